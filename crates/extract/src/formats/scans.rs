//! When a page or a document that shows pictures counts as nothing but pictures.

/// A picture of so many pixels may be a scanned page.
const SCAN_PIXELS_MIN: u64 = 500_000;

/// Characters of a page that has hardly any text: a stamp or a page number.
const STAMP_CHARS_MAX: u64 = 100;

/// A picture of a format whose pixels are not known may be a scanned page if it has so many bytes.
const SCAN_BYTES_MIN: u64 = 50_000;

/// Pictures that stand together with some text.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pictures {
    pub count: u64,
    /// Pixels of the largest.
    pub pixels_max: u64,
    /// Pixels of all.
    pixels: u64,
}

/// Pictures in more pieces than this, none of which is most of them, can not be read piece by piece: lines of text
/// are cut through.
const PIECES_MAX: u64 = 4;

impl Pictures {
    /// One more, of so many pixels, or of so many bytes where its pixels are not known.
    pub fn add(&mut self, pixels: u64, bytes: u64) {
        self.count += 1;
        let is_likely = pixels == 0 && bytes >= SCAN_BYTES_MIN;
        let pixels = if is_likely { SCAN_PIXELS_MIN } else { pixels };
        self.pixels_max = self.pixels_max.max(pixels);
        self.pixels = self.pixels.saturating_add(pixels);
    }

    /// Whether one of them may be a scanned page.
    pub fn may_be_scan(&self) -> bool {
        self.pixels_max >= SCAN_PIXELS_MIN
    }

    /// Those of another part of the same page.
    pub fn extend(&mut self, other: &Self) {
        self.count += other.count;
        self.pixels_max = self.pixels_max.max(other.pixels_max);
        self.pixels = self.pixels.saturating_add(other.pixels);
    }

    /// Whether they may be one picture that was cut to pieces.
    pub fn are_pieces(&self) -> bool {
        self.count > PIECES_MAX && self.pixels_max < self.pixels / 2
    }

    /// Whether they are all that is shown beside so many characters, white space aside.
    pub fn are_all(&self, chars: u64) -> bool {
        self.count > 0 && chars == 0
            || chars < STAMP_CHARS_MAX && self.pixels_max >= SCAN_PIXELS_MIN
    }
}

/// Characters that are no white space.
pub(super) fn chars(text: &str) -> u64 {
    text.chars().filter(|c| !c.is_whitespace()).count() as u64
}
