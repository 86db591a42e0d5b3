//! Byte classes of a text as bitmaps: bit `i % 64` of word `i / 64` says whether byte `i` is in the class.
//!
//! This is the only pass over every byte. It works on eight bytes at a time in plain arithmetic, the
//! portable form of what vector instructions do; another implementation of [`Classes::fill`] must
//! give the same bitmaps and needs to change nothing else. Bitmaps are padded by [`PADDING`] empty
//! words, so that a window may be read at every position of the text.

/// Empty words behind the text's last.
const PADDING: usize = 2;

/// How many bitmaps there are.
const MAPS: usize = 6;

/// Bitmaps of a text.
#[derive(Default)]
pub(crate) struct Classes {
    /// `0-9`.
    pub digit: Vec<u64>,
    /// `0-9A-Za-z`.
    pub alnum: Vec<u64>,
    /// `0-9A-Za-z_-+/`: what base64 of both alphabets and keys with prefixes are made of.
    pub long: Vec<u64>,
    /// Where a word may begin: an ASCII letter behind what is none, a capital behind a small letter,
    /// and the first byte of any other character.
    pub begin: Vec<u64>,
    /// `@`.
    pub at: Vec<u64>,
    /// `-`.
    pub dash: Vec<u64>,
    /// Whether the text is all ASCII.
    pub is_ascii: bool,
}

impl Classes {
    /// Replaces the bitmaps by those of `text`.
    pub fn fill(&mut self, text: &[u8]) {
        let words = text.len().div_ceil(64);
        for map in self.maps() {
            map.clear();
            map.resize(words + PADDING, 0);
        }
        self.is_ascii = true;
        let mut before = Before::default();
        let mut chunks = text.chunks_exact(64);
        for (word, chunk) in (&mut chunks).enumerate() {
            self.set(word, &classify(chunk), &mut before);
        }
        if !chunks.remainder().is_empty() {
            let mut last = [0u8; 64];
            last[..chunks.remainder().len()].copy_from_slice(chunks.remainder());
            self.set(words - 1, &classify(&last), &mut before);
        }
    }

    fn maps(&mut self) -> [&mut Vec<u64>; MAPS] {
        let Classes { digit, alnum, long, begin, at, dash, is_ascii: _ } = self;
        [digit, alnum, long, begin, at, dash]
    }

    #[inline]
    fn set(&mut self, word: usize, masks: &Masks, before: &mut Before) {
        let alpha = masks.upper | masks.lower;
        let first = alpha & !(alpha << 1 | before.alpha);
        let hump = masks.upper & (masks.lower << 1 | before.lower);
        *before = Before { alpha: alpha >> 63, lower: masks.lower >> 63 };
        self.digit[word] = masks.digit;
        self.alnum[word] = masks.digit | alpha;
        self.long[word] = masks.digit | alpha | masks.dash | masks.joiner;
        self.begin[word] = first | hump | masks.lead;
        self.at[word] = masks.at;
        self.dash[word] = masks.dash;
        self.is_ascii &= masks.lead == 0;
    }

    /// Words that hold text.
    pub fn words(&self) -> usize {
        self.digit.len().saturating_sub(PADDING)
    }
}

/// Classes of 64 bytes.
#[derive(Default)]
struct Masks {
    digit: u64,
    upper: u64,
    lower: u64,
    /// First bytes of characters that are not ASCII.
    lead: u64,
    at: u64,
    dash: u64,
    /// `_`, `+` and `/`.
    joiner: u64,
}

/// What the byte before a word of bits was.
#[derive(Default)]
struct Before {
    alpha: u64,
    lower: u64,
}

/// The 64 bits of `map` from position `at` on.
#[inline]
pub(crate) fn window(map: &[u64], at: usize) -> u64 {
    let (word, shift) = (at / 64, at % 64);
    if shift == 0 { map[word] } else { map[word] >> shift | map[word + 1] << (64 - shift) }
}

/// How many bits directly before position `at` are set, counted to 63 at most.
#[inline]
pub(crate) fn run_before(map: &[u64], at: usize) -> usize {
    let (word, shift) = (at / 64, at % 64);
    let here = if shift == 0 { 0 } else { map[word] << (64 - shift) };
    let before = if word == 0 { 0 } else { map[word - 1] };
    let last = here | if shift == 0 { before } else { before >> shift };
    (!last).leading_zeros().min(63) as usize
}

/// The first set bit of `map` in `from..to`.
#[inline]
pub(crate) fn next(map: &[u64], from: usize, to: usize) -> Option<usize> {
    let mut at = from;
    while at < to {
        let ahead = window(map, at);
        if ahead != 0 {
            let found = at + ahead.trailing_zeros() as usize;
            return (found < to).then_some(found);
        }
        at += 64;
    }
    None
}

/// The first bit of `map` in `from..to` that is not set, or `to`.
#[inline]
pub(crate) fn run_end(map: &[u64], from: usize, to: usize) -> usize {
    let mut at = from;
    while at < to {
        let ones = (!window(map, at)).trailing_zeros() as usize;
        at += ones;
        if ones < 64 {
            break;
        }
    }
    at.min(to)
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// High bit of each byte of `x` that is ASCII and within `low..=high`.
#[inline]
fn in_range(x: u64, low: u8, high: u8) -> u64 {
    let seven = x & !HIGH;
    let at_least = seven + ONES * u64::from(0x80 - low);
    let above = seven + ONES * u64::from(0x7f - high);
    at_least & !above & !x & HIGH
}

/// Gathers the high bits of eight bytes into eight bits.
#[inline]
fn gather(high: u64) -> u64 {
    (high >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

#[inline]
fn classify(chunk: &[u8]) -> Masks {
    let mut masks = Masks::default();
    for (index, eight) in chunk.chunks_exact(8).enumerate() {
        let mut bytes = [0u8; 8];
        bytes.copy_from_slice(eight);
        let x = u64::from_le_bytes(bytes);
        let place = 8 * index;
        let joiner = in_range(x, b'_', b'_') | in_range(x, b'+', b'+') | in_range(x, b'/', b'/');
        masks.digit |= gather(in_range(x, b'0', b'9')) << place;
        masks.upper |= gather(in_range(x, b'A', b'Z')) << place;
        masks.lower |= gather(in_range(x, b'a', b'z')) << place;
        masks.lead |= gather(x & x << 1 & HIGH) << place;
        masks.at |= gather(in_range(x, b'@', b'@')) << place;
        masks.dash |= gather(in_range(x, b'-', b'-')) << place;
        masks.joiner |= gather(joiner) << place;
    }
    masks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bitmaps_agree_with_bytes() {
        let text: Vec<u8> = (0..=255u8).chain((0..=255).rev()).chain(*b"a1-_@").collect();
        let mut classes = Classes::default();
        classes.fill(&text);
        for (index, byte) in text.iter().enumerate() {
            let bit = |map: &[u64]| map[index / 64] >> (index % 64) & 1 == 1;
            assert_eq!(bit(&classes.digit), byte.is_ascii_digit(), "{byte}");
            assert_eq!(bit(&classes.alnum), byte.is_ascii_alphanumeric(), "{byte}");
            assert_eq!(
                bit(&classes.long),
                byte.is_ascii_alphanumeric() || b"_-+/".contains(byte),
                "{byte}"
            );
            let before = if index == 0 { b' ' } else { text[index - 1] };
            let hump = before.is_ascii_lowercase() && byte.is_ascii_uppercase();
            let first = byte.is_ascii_alphabetic() && !before.is_ascii_alphabetic();
            assert_eq!(bit(&classes.begin), first || hump || *byte >= 0xc0, "{byte}");
            assert_eq!(bit(&classes.at), *byte == b'@');
            assert_eq!(bit(&classes.dash), *byte == b'-');
        }
        assert_eq!(classes.words(), text.len().div_ceil(64));
        assert!(!classes.is_ascii);
        classes.fill(b"plain");
        assert!(classes.is_ascii);
    }

    #[test]
    fn windows_and_runs_cross_words() {
        let map = [u64::MAX << 60, 0b0111, 0, 0];
        assert_eq!(window(&map, 60), 0b111_1111);
        assert_eq!(run_before(&map, 67), 7);
        assert_eq!(run_before(&map, 64), 4);
        assert_eq!(run_before(&map, 60), 0);
        assert_eq!(run_before(&[u64::MAX, 0, 0], 64), 63);
    }
}
