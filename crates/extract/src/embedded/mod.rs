//! What stands in a text in Base64 (pictures, documents, other texts) is read as the object that it is, beside the
//! text, which stays as it stands. What must never happen: that a text is called wholly read although something in
//! it was not.
//!
//! Text is read where no process confines it, and pictures must not be: there they are read [`Apart`].

mod finder;
mod sextets;

pub(crate) use finder::{Embedded, Finder};

use crate::formats::{images, scans::Pictures};
use crate::gaps;
use crate::session::Session;
use crate::text::reader::BlockSink;
use lakegate_core::coverage::{Count, Coverage, CoverageStatus};
use lakegate_core::text::{Block, Place};
use sha2::{Digest, Sha256};
use std::cell::Cell;
use std::collections::HashSet;

/// Things that are remembered, so that none is read twice.
const KNOWN_MAX: usize = 10_000;

/// Shorter values hold nothing that is read by itself.
const VALUE_BYTES_MIN: usize = 64;

/// Characters beside pictures that make a text more than its pictures.
const BESIDE_CHARS_MIN: u64 = 100;

/// Reads an object elsewhere than in this process.
pub(crate) trait Apart {
    /// Whether someone reads what pictures show.
    fn reads_pictures(&self) -> bool;

    /// Reads the object, which stands under this name in another.
    fn read(&mut self, name: &str, bytes: &[u8], sink: &mut dyn BlockSink) -> Coverage;
}

/// What the things came to that stood in one object.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    count: Count,
    units: u64,
    coverage: Option<Box<Coverage>>,
    known: HashSet<[u8; 32]>,
    /// Pictures that nobody reads, and where the first stands.
    unread: u64,
    first_unread: Option<String>,
    has_told_unread: bool,
    /// Characters that stand around them in the text.
    pub outside_chars: u64,
}

impl Contents {
    fn coverage(&mut self) -> &mut Coverage {
        self.coverage.get_or_insert_with(|| Box::new(gaps::complete("")))
    }

    /// Tells what they came to in the coverage of the object.
    pub fn tell(mut self, coverage: &mut Coverage) {
        if let Some(place) = self.first_unread.take() {
            let count = self.unread;
            gaps::note(coverage, format!("{count} images were not read, the first {place}"));
            if !self.has_told_unread && self.outside_chars < BESIDE_CHARS_MIN {
                let detail = format!("{place}: an image and hardly any text: pixels are not read");
                gaps::gap(coverage, gaps::IMAGE_ONLY, detail);
            }
        }
        coverage.units_inspected += self.units;
        if self.count.total > 0 {
            let members = coverage.members.get_or_insert_default();
            members.total += self.count.total;
            members.inspected += self.count.inspected;
        }
        let Some(told) = self.coverage else { return };
        told.gaps.into_iter().for_each(|gap| gaps::gap(coverage, &gap.code, gap.detail));
        told.notes.into_iter().for_each(|note| gaps::note(coverage, note));
    }

    /// Whether this was not read before.
    fn is_new(&mut self, bytes: &[u8]) -> bool {
        let hash = Sha256::digest(bytes).into();
        let is_known = self.known.contains(&hash);
        if !is_known && self.known.len() < KNOWN_MAX {
            self.known.insert(hash);
        }
        !is_known
    }

    /// Adds what was read.
    fn add(&mut self, place: &str, bytes: &[u8], inner: &Coverage, reads_pictures: bool) {
        let is_image = inner.mime_type.starts_with("image/");
        let has_pixels_alone = inner.gaps.iter().all(|gap| gap.code == gaps::IMAGE_ONLY);
        self.units += inner.units_inspected;
        if is_image && !inner.gaps.is_empty() && has_pixels_alone && !reads_pictures {
            return self.unread(place, bytes);
        }
        let is_unknown = inner.gaps.iter().all(|gap| gap.code == gaps::UNSUPPORTED);
        if inner.status == CoverageStatus::Skipped && is_unknown && is_font(bytes) {
            return gaps::note(self.coverage(), format!("{place}: a font, which is not read"));
        }
        self.count.total += 1 + inner.members.map_or(0, |within| within.total);
        let is_whole = inner.status == CoverageStatus::Complete;
        self.count.inspected +=
            u64::from(is_whole) + inner.members.map_or(0, |within| within.inspected);
        let kind = &inner.mime_type;
        if !is_whole && inner.gaps.is_empty() {
            let detail = format!("{place} ({kind}): not all of it was read");
            gaps::gap(self.coverage(), gaps::MEMBERS, detail);
        }
        for gap in &inner.gaps {
            let detail = format!("{place} ({kind}): {}", gap.detail);
            gaps::gap(self.coverage(), &gap.code, detail);
        }
        for note in &inner.notes {
            gaps::note(self.coverage(), format!("{place}: {note}"));
        }
    }

    /// Adds a picture that nobody reads: by itself it takes something from the coverage if it may be a scanned page.
    fn unread(&mut self, place: &str, bytes: &[u8]) {
        let size = images::head_size(bytes);
        let mut picture = Pictures::default();
        picture.add(size.map_or(0, |size| size.pixels()), bytes.len() as u64);
        self.unread += 1;
        self.first_unread.get_or_insert_with(|| place.to_owned());
        if !picture.may_be_scan() {
            return;
        }
        self.has_told_unread = true;
        let pixels = size.map(|size| format!(" of {} × {} pixels", size.width, size.height));
        let detail =
            format!("{place}: an image{}: pixels are not read", pixels.unwrap_or_default());
        gaps::gap(self.coverage(), gaps::IMAGE_ONLY, detail);
    }
}

impl Session<'_> {
    /// Looks into a value of the object that is at hand as a whole.
    pub fn look_into(&mut self, value: &str) {
        if value.len() < VALUE_BYTES_MIN || !Finder::may_find(value) {
            return;
        }
        let mut finder = Finder::new(0, self.limits.embedded_bytes_max);
        finder.push(value);
        finder.finish();
        // What a document or a table holds beside it was read by others.
        self.contents.outside_chars = self.contents.outside_chars.max(BESIDE_CHARS_MIN);
        finder.take().into_iter().for_each(|found| self.read_embedded(&found));
    }

    /// Reads something that stands in the text that is read.
    pub fn read_embedded(&mut self, found: &Embedded) {
        if !self.contents.is_new(&found.bytes) {
            return;
        }
        let number = self.contents.count.total + self.contents.unread + 1;
        let name = match found.line {
            0 => format!("embedded {number}"),
            line => format!("embedded {number} (line {line})"),
        };
        if found.is_too_long {
            self.contents.count.total += 1;
            let detail = format!("{name}: more than {} bytes", found.bytes.len());
            return gaps::gap(self.contents.coverage(), gaps::TOO_BIG, detail);
        }
        if self.contents.count.total >= self.limits.members_max {
            let detail = format!("more than {} things in one text", self.limits.members_max);
            return gaps::gap(self.contents.coverage(), gaps::TOO_MANY_MEMBERS, detail);
        }
        let (inner, reads_pictures) = match self.apart.take() {
            Some(apart) => {
                let path = self.path_of(&name);
                let inner = apart.read(&path, &found.bytes, self.sink());
                let reads_pictures = apart.reads_pictures();
                self.apart = Some(apart);
                (inner, reads_pictures)
            }
            None => {
                let packed_bytes = Cell::new(found.bytes.len() as u64);
                let read = self.within(&name, &mut &found.bytes[..], Some(&packed_bytes));
                let inner = read.unwrap_or_else(|bound| {
                    gaps::skipped("application/octet-stream", bound.code, bound.detail)
                });
                (inner, self.reads_pictures())
            }
        };
        self.contents.add(&name, &found.bytes, &inner, reads_pictures);
    }
}

/// Whether these are the first bytes of a font: its letters are no text.
fn is_font(bytes: &[u8]) -> bool {
    const MARKS: [&[u8]; 6] = [b"wOFF", b"wOF2", b"OTTO", b"ttcf", b"true\0", b"\0\x01\0\0\0"];
    is_embedded_opentype(bytes) || MARKS.iter().any(|mark| bytes.starts_with(mark))
}

/// Whether these are the first bytes of an Embedded OpenType file, which begins with its length, as the
/// submission of that name to the W3C has it.
fn is_embedded_opentype(bytes: &[u8]) -> bool {
    const VERSIONS: [u32; 3] = [0x1_0000, 0x2_0001, 0x2_0002];
    let number = |at: usize| {
        let bytes = bytes.get(at..)?.first_chunk()?;
        Some(u32::from_le_bytes(*bytes))
    };
    bytes.get(34..36) == Some(b"LP")
        && number(0).is_some_and(|length| length as usize == bytes.len())
        && number(8).is_some_and(|version| VERSIONS.contains(&version))
}

/// Names the object in blocks of what stands in it.
pub(crate) struct Under<'u> {
    pub sink: &'u mut dyn BlockSink,
    pub name: &'u str,
}

impl BlockSink for Under<'_> {
    fn block(&mut self, block: &Block<'_>) {
        let inner = block.place.member;
        let path = format!("{}!{inner}", self.name);
        let member = if inner.is_empty() { self.name } else { &path };
        let place = Place { member, ..block.place };
        self.sink.block(&Block { place, ..block.clone() });
    }

    fn alive(&mut self) {
        self.sink.alive();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_fonts_are_fonts() {
        let mut eot = vec![0; 100];
        eot[0] = 100;
        eot[8..12].copy_from_slice(&0x2_0001_u32.to_le_bytes());
        eot[34..36].copy_from_slice(b"LP");
        assert!(is_font(&eot) && is_font(b"wOF2\0\x01\0\0"));
        let mut pdf = *b"%PDF-1.7 %                        LP and more that is no font";
        assert!(!is_font(&pdf));
        pdf[8..12].copy_from_slice(&0x2_0001_u32.to_le_bytes());
        assert!(!is_font(&pdf));
    }

    #[test]
    fn a_font_that_could_not_be_read_for_another_reason_is_a_gap() {
        let told = |code| {
            let mut contents = Contents::default();
            let inner = gaps::skipped("application/octet-stream", code, "for this reason");
            contents.add("embedded 1", b"wOF2\0\x01\0\0", &inner, false);
            let mut coverage = gaps::complete("text/css");
            contents.tell(&mut coverage);
            coverage.gaps.len()
        };
        assert_eq!((told(gaps::UNSUPPORTED), told(gaps::CRASHED)), (0, 1));
    }
}
