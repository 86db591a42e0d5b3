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
    /// ASCII letters, and every byte of other characters.
    pub letter: Vec<u64>,
    /// `@`.
    pub at: Vec<u64>,
    /// `-`.
    pub dash: Vec<u64>,
}

impl Classes {
    /// Replaces the bitmaps by those of `text`.
    pub fn fill(&mut self, text: &[u8]) {
        let words = text.len().div_ceil(64);
        for map in self.maps() {
            map.clear();
            map.resize(words + PADDING, 0);
        }
        let mut chunks = text.chunks_exact(64);
        let mut word = 0;
        for chunk in &mut chunks {
            self.set(word, classify(chunk));
            word += 1;
        }
        if !chunks.remainder().is_empty() {
            let mut last = [0u8; 64];
            last[..chunks.remainder().len()].copy_from_slice(chunks.remainder());
            self.set(word, classify(&last));
        }
    }

    fn maps(&mut self) -> [&mut Vec<u64>; MAPS] {
        let Classes { digit, alnum, long, letter, at, dash } = self;
        [digit, alnum, long, letter, at, dash]
    }

    #[inline]
    fn set(&mut self, word: usize, masks: [u64; MAPS]) {
        for (map, mask) in self.maps().into_iter().zip(masks) {
            map[word] = mask;
        }
    }

    /// Words that hold text.
    pub fn words(&self) -> usize {
        self.digit.len().saturating_sub(PADDING)
    }
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
fn classify(chunk: &[u8]) -> [u64; MAPS] {
    let mut masks = [0u64; MAPS];
    for (index, eight) in chunk.chunks_exact(8).enumerate() {
        let mut bytes = [0u8; 8];
        bytes.copy_from_slice(eight);
        let x = u64::from_le_bytes(bytes);
        let digit = in_range(x, b'0', b'9');
        let alpha = in_range(x | ONES * 0x20, b'a', b'z');
        let alnum = digit | alpha;
        let dash = in_range(x, b'-', b'-');
        let long = alnum
            | dash
            | in_range(x, b'_', b'_')
            | in_range(x, b'+', b'+')
            | in_range(x, b'/', b'/');
        let at = in_range(x, b'@', b'@');
        for (mask, high) in masks.iter_mut().zip([digit, alnum, long, alpha | x & HIGH, at, dash]) {
            *mask |= gather(high) << (8 * index);
        }
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
            assert_eq!(
                bit(&classes.letter),
                byte.is_ascii_alphabetic() || !byte.is_ascii(),
                "{byte}"
            );
            assert_eq!(bit(&classes.at), *byte == b'@');
            assert_eq!(bit(&classes.dash), *byte == b'-');
        }
        assert_eq!(classes.words(), text.len().div_ceil(64));
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
