//! Byte classes of a text as bitmaps: bit `i % 64` of word `i / 64` says whether byte `i` is in the class.
//!
//! This is the only pass over every byte. Sixty-four bytes at a time become [`Masks`], by AVX2, NEON or
//! plain arithmetic, whichever the processor has; a test proves that all give the same. Bitmaps are
//! padded by [`PADDING`] empty words, so that a window may be read at every position of the text.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "aarch64")]
mod neon;
mod portable;

/// Empty words behind the text's last.
const PADDING: usize = 2;

/// How many bitmaps there are.
const MAPS: usize = 9;

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
    /// `:`.
    pub colon: Vec<u64>,
    /// `/`.
    pub slash: Vec<u64>,
    /// A sign that may assign a value (`=`, `:`, `>`), behind a letter, a closing quote or bracket, a
    /// blank or a byte that is not ASCII.
    pub assign: Vec<u64>,
    /// Whether the text is all ASCII.
    pub is_ascii: bool,
}

impl Classes {
    /// Replaces the bitmaps by those of `text`.
    pub fn fill(&mut self, text: &[u8]) {
        #[cfg(target_arch = "x86_64")]
        if avx2::fill(self, text) {
            return;
        }
        #[cfg(target_arch = "aarch64")]
        if neon::fill(self, text) {
            return;
        }
        self.fill_by(text, portable::classify);
    }

    /// Fills by a classifier of 64 bytes. Inlined, so that the classifier's instructions are those of
    /// the caller.
    #[inline(always)]
    fn fill_by(&mut self, text: &[u8], classify: impl Fn(&[u8; 64]) -> Masks) {
        let words = text.len().div_ceil(64);
        for map in self.maps() {
            map.clear();
            map.resize(words + PADDING, 0);
        }
        self.is_ascii = true;
        let mut before = Before::default();
        let (chunks, rest) = text.as_chunks::<64>();
        for (word, chunk) in chunks.iter().enumerate() {
            self.set(word, &classify(chunk), &mut before);
        }
        if !rest.is_empty() {
            let mut last = [0u8; 64];
            last[..rest.len()].copy_from_slice(rest);
            self.set(words - 1, &classify(&last), &mut before);
        }
    }

    fn maps(&mut self) -> [&mut Vec<u64>; MAPS] {
        let Classes { digit, alnum, long, begin, at, dash, colon, slash, assign, is_ascii: _ } =
            self;
        [digit, alnum, long, begin, at, dash, colon, slash, assign]
    }

    #[inline]
    fn set(&mut self, word: usize, masks: &Masks, before: &mut Before) {
        let alpha = masks.upper | masks.lower;
        let first = alpha & !(alpha << 1 | before.alpha);
        let hump = masks.upper & (masks.lower << 1 | before.lower);
        let closing = alpha | masks.closing;
        let sign = masks.colon | masks.sign;
        self.assign[word] = sign & (closing << 1 | before.closing);
        *before = Before { alpha: alpha >> 63, lower: masks.lower >> 63, closing: closing >> 63 };
        self.digit[word] = masks.digit;
        self.alnum[word] = masks.digit | alpha;
        self.long[word] = masks.digit | alpha | masks.dash | masks.slash | masks.joiner;
        self.begin[word] = first | hump | masks.lead;
        self.at[word] = masks.at;
        self.dash[word] = masks.dash;
        self.colon[word] = masks.colon;
        self.slash[word] = masks.slash;
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
    colon: u64,
    slash: u64,
    /// `_` and `+`.
    joiner: u64,
    /// `=` and `>`.
    sign: u64,
    /// Quotes, closing brackets, a backslash, blanks and bytes that are not ASCII.
    closing: u64,
}

/// What the byte before a word of bits was.
#[derive(Default)]
struct Before {
    alpha: u64,
    lower: u64,
    closing: u64,
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
            assert_eq!(bit(&classes.colon), *byte == b':');
            assert_eq!(bit(&classes.slash), *byte == b'/');
            let closing = !before.is_ascii() || before.is_ascii_alphabetic();
            let closing = closing || b"\"'`)]\\ \t".contains(&before);
            let assign = b"=:>".contains(byte) && closing && index > 0;
            assert_eq!(bit(&classes.assign), assign, "{before} {byte}");
        }
        assert_eq!(classes.words(), text.len().div_ceil(64));
        assert!(!classes.is_ascii);
        classes.fill(b"plain");
        assert!(classes.is_ascii);
    }

    proptest! {
        #[test]
        fn every_implementation_gives_the_same(text in proptest::collection::vec(0u8..=255, 0..300)) {
            let mut fast = Classes::default();
            fast.fill(&text);
            let mut plain = Classes::default();
            plain.fill_by(&text, portable::classify);
            prop_assert_eq!(fast.maps(), plain.maps());
            prop_assert_eq!(fast.is_ascii, plain.is_ascii);
        }
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
