//! Pictures on their way to a recogniser: as files of formats that it reads.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A picture whose text someone else reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture<'p> {
    /// The path of the member that it is or stands in; empty for the object itself.
    pub member: Cow<'p, str>,
    /// The page, from 1, on which it stands.
    pub page: Option<u32>,
    /// The pages that it has itself.
    pub frames: u32,
    /// The picture as a file.
    #[serde(skip)]
    pub bytes: Cow<'p, [u8]>,
}

/// A picture with a side of fewer pixels shows no text that anyone could read.
pub(crate) const SIDE_MIN: u32 = 8;

/// The first bytes of files that a recogniser reads as a picture.
const MARKS: &[&[u8]] = &[
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"GIF87a",
    b"GIF89a",
    b"II*\x00",
    b"MM\x00*",
    b"BM",
    b"P4\n",
    b"P5\n",
    b"P6\n",
    b"\x00\x00\x00\x0cjP  \r\n\x87\n",
    b"\xff\x4f\xff\x51",
];

/// Whether a file begins as a picture does. What does not must never reach a recogniser: it may take that
/// for a list of names of files, and read those.
pub(crate) fn is_picture(bytes: &[u8]) -> bool {
    let is_webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    is_webp || MARKS.iter().any(|mark| bytes.starts_with(mark))
}

/// How many pixels a picture has, and how many pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size {
    pub width: u32,
    pub height: u32,
    pub frames: u32,
}

impl Size {
    /// Of a picture of one page.
    pub fn new(width: u32, height: u32) -> Self {
        Self { width, height, frames: 1 }
    }

    pub fn pixels(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// Too small to show text.
    pub fn is_tiny(self) -> bool {
        self.width < SIDE_MIN || self.height < SIDE_MIN
    }
}
