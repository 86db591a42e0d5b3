//! How many pixels a picture has, and how many pages, as its own head tells.

use super::Format;
use crate::magic::{self, Known};
use crate::picture::Size;

/// Pages of a TIFF that are followed; one with more is not handed on.
const PAGES_MAX: u32 = 10_000;

/// Entries of all its directories together, which may be the same ones many times.
const ENTRIES_MAX: usize = 1_000_000;

/// Segments of a JPEG before its size.
const SEGMENTS_MAX: usize = 100_000;

/// What is known of a picture before it is read.
pub(super) struct Head {
    pub size: Size,
    /// It holds further pictures that recognisers do not look at.
    pub has_more: bool,
}

/// What a picture's head tells, if it is one.
pub(super) fn head(format: Format, bytes: &[u8]) -> Option<Head> {
    let one = |size: Option<Size>| size.map(|size| Head { size, has_more: false });
    match format {
        Format::Png => {
            let size = Size::new(big32(bytes, 16)?, big32(bytes, 20)?);
            let before_pixels = memchr::memmem::find(bytes, b"IDAT").unwrap_or(bytes.len());
            let has_more = memchr::memmem::find(&bytes[..before_pixels], b"acTL").is_some();
            Some(Head { size, has_more })
        }
        Format::Jpeg => one(jpeg(bytes)),
        Format::Webp => webp(bytes),
        Format::Bmp => one(bmp(bytes)),
        Format::Tiff => tiff(bytes),
        _ => None,
    }
}

/// The size that a picture's first bytes tell, whatever its format.
pub(crate) fn head_size(bytes: &[u8]) -> Option<Size> {
    let known = magic::certain(bytes).unwrap_or_else(|| magic::of_binary(bytes));
    let Known::Format(format) = known else { return None };
    match format {
        // Of the screen on which its pictures are shown.
        Format::Gif => Some(Size::new(little16(bytes, 6)?, little16(bytes, 8)?)),
        format => head(format, bytes).map(|head| head.size),
    }
}

fn big16(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|b| u32::from(u16::from_be_bytes(*b)))
}

fn big32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|b| u32::from_be_bytes(*b))
}

fn little16(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|b| u32::from(u16::from_le_bytes(*b)))
}

fn little32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|b| u32::from_le_bytes(*b))
}

/// The size stands in the segment that begins the picture.
fn jpeg(bytes: &[u8]) -> Option<Size> {
    let mut at = 2;
    for _ in 0..SEGMENTS_MAX {
        while bytes.get(at..at + 2)? == [0xff, 0xff] {
            at += 1;
        }
        let marker = match bytes.get(at..at + 2)? {
            [0xff, marker] => *marker,
            _ => return None,
        };
        match marker {
            0x01 | 0xd0..=0xd8 => at += 2,
            0xc4 | 0xc8 | 0xcc => at += 2 + big16(bytes, at + 2)? as usize,
            0xc0..=0xcf => return Some(Size::new(big16(bytes, at + 7)?, big16(bytes, at + 5)?)),
            0xd9 | 0xda => return None,
            _ => at += 2 + big16(bytes, at + 2)? as usize,
        }
    }
    None
}

fn webp(bytes: &[u8]) -> Option<Head> {
    const CONTENT: usize = 20;
    const ANIMATION: u8 = 2;
    let kind = bytes.get(12..16)?;
    let little24 = |at: usize| little32(bytes, at).map(|number| number & 0xff_ffff);
    let (size, has_more) = match kind {
        b"VP8X" => {
            let size = Size::new(little24(CONTENT + 4)? + 1, little24(CONTENT + 7)? + 1);
            (size, bytes.get(CONTENT)? & ANIMATION != 0)
        }
        b"VP8L" => {
            let sides = little32(bytes, CONTENT + 1)?;
            (Size::new((sides & 0x3fff) + 1, (sides >> 14 & 0x3fff) + 1), false)
        }
        b"VP8 " => {
            let side = |at| little16(bytes, at).map(|side| side & 0x3fff);
            (Size::new(side(CONTENT + 6)?, side(CONTENT + 8)?), false)
        }
        _ => return None,
    };
    Some(Head { size, has_more })
}

fn bmp(bytes: &[u8]) -> Option<Size> {
    const OLD_HEAD_BYTES: u32 = 12;
    match little32(bytes, 14)? {
        OLD_HEAD_BYTES => Some(Size::new(little16(bytes, 18)?, little16(bytes, 20)?)),
        // A negative height tells that the rows stand from top to bottom.
        _ => {
            let side = |at| little32(bytes, at).map(|side| (side as i32).unsigned_abs());
            Some(Size::new(side(18)?, side(22)?))
        }
    }
}

/// The largest page, and how many there are.
fn tiff(bytes: &[u8]) -> Option<Head> {
    const ENTRY_BYTES: usize = 12;
    const WIDTH: u32 = 256;
    const HEIGHT: u32 = 257;
    const WITHIN: u32 = 330;
    const SHORT: u32 = 3;
    let is_little = bytes.starts_with(b"II");
    let short = |at| if is_little { little16(bytes, at) } else { big16(bytes, at) };
    let long = |at| if is_little { little32(bytes, at) } else { big32(bytes, at) };
    let mut largest = Size { width: 0, height: 0, frames: 0 };
    let mut has_more = false;
    let mut at = long(4)? as usize;
    let mut entries = 0;
    while at != 0 {
        let count = short(at)? as usize;
        entries += count;
        // One that leads back to itself ends here too.
        if largest.frames >= PAGES_MAX || entries > ENTRIES_MAX {
            return None;
        }
        let (mut width, mut height) = (0, 0);
        for entry in (0..count).map(|index| at + 2 + index * ENTRY_BYTES) {
            let kind = short(entry + 2)?;
            let value = if kind == SHORT { short(entry + 8)? } else { long(entry + 8)? };
            match short(entry)? {
                WIDTH => width = value,
                HEIGHT => height = value,
                WITHIN => has_more = true,
                _ => {}
            }
        }
        let page = Size::new(width, height);
        if page.pixels() > largest.pixels() || largest.frames == 0 {
            (largest.width, largest.height) = (width, height);
        }
        largest.frames += 1;
        at = long(at + 2 + count * ENTRY_BYTES)? as usize;
    }
    (largest.frames > 0).then_some(Head { size: largest, has_more })
}
