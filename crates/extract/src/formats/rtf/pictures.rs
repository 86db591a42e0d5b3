//! Pictures within RTF: PNG and JPEG are read as what they are, metafiles are counted.

use super::super::scans;
use crate::gaps;
use crate::picture::is_picture;
use crate::session::Session;
use lakegate_core::coverage::{Coverage, CoverageStatus};

/// Pictures that are looked at; more are counted.
const PICTURES_MAX: usize = 10_000;

/// The pictures of a text.
pub(super) struct Pictures {
    now: Vec<u8>,
    kept: Vec<Vec<u8>>,
    /// Lengths of those that are no file of a format that is read.
    others: Vec<u64>,
    /// Bytes that may still be kept.
    room_bytes: usize,
    /// Bytes of the picture that is under way, kept or not.
    bytes: u64,
}

impl Default for Pictures {
    fn default() -> Self {
        Self::new(0)
    }
}

impl Pictures {
    pub fn new(bytes_max: usize) -> Self {
        let (now, kept, others) = (Vec::new(), Vec::new(), Vec::new());
        Self { now, kept, others, room_bytes: bytes_max, bytes: 0 }
    }

    pub fn byte(&mut self, byte: u8) {
        self.bytes += 1;
        if self.now.len() < self.room_bytes {
            self.now.push(byte);
        }
    }

    /// The picture that is under way is at its end.
    pub fn end(&mut self) {
        let picture = std::mem::take(&mut self.now);
        let bytes = std::mem::take(&mut self.bytes);
        let is_whole = picture.len() as u64 == bytes;
        if is_whole && is_picture(&picture) && self.kept.len() < PICTURES_MAX {
            self.room_bytes -= picture.len();
            self.kept.push(picture);
        } else if self.others.len() < PICTURES_MAX {
            self.others.push(bytes);
        }
    }

    /// Reads them, and tells those that can not be. The text around has so many characters.
    pub fn read(self, session: &mut Session<'_>, coverage: &mut Coverage, chars: u64) {
        let mut unread = scans::Pictures::default();
        for (index, picture) in self.kept.iter().enumerate() {
            let name = format!("picture {}", index + 1);
            session.take_largest_pixels();
            let inner = match session.within(&name, &mut &picture[..], None) {
                Ok(inner) => inner,
                Err(bound) => {
                    gaps::gap(coverage, bound.code, bound.detail);
                    break;
                }
            };
            coverage.units_inspected += inner.units_inspected;
            if inner.status != CoverageStatus::Complete {
                unread.add(session.take_largest_pixels(), picture.len() as u64);
            }
            let tells = session.reads_pictures();
            for gap in inner.gaps.iter().filter(|gap| tells || gap.code != gaps::IMAGE_ONLY) {
                gaps::gap(coverage, &gap.code, format!("{name}: {}", gap.detail));
            }
        }
        // A metafile mostly stands in for one of those, for programs that can not show them.
        for bytes in self.others.iter().skip(self.kept.len()) {
            unread.add(0, *bytes);
            if session.reads_pictures() {
                let detail = "a picture that is not read: its format is not known";
                gaps::gap(coverage, gaps::IMAGE_ONLY, detail);
            }
        }
        if unread.count > 0 {
            gaps::note(coverage, format!("{} images were not read", unread.count));
        }
        if !session.reads_pictures() && unread.are_all(chars) {
            let detail = "it shows images and hardly any text: pixels are not read";
            gaps::gap(coverage, gaps::IMAGE_ONLY, detail);
        }
    }
}
