//! Byte classes of a text as bitmaps, and what follows from them by arithmetic on whole words.
//!
//! This is the only pass over every byte. Sixty-four bytes at a time become [`Masks`], by AVX2, NEON or
//! plain arithmetic, whichever the processor has; from the masks of three neighbouring words follow the
//! places where a match or a keyword may begin. A test proves that all give the same. In a [`Word`], bit
//! `i` speaks of byte `i`; behind the text's last word stand [`PADDING`] empty ones, so that a window
//! may be read at every position of the text.

#[cfg(target_arch = "x86_64")]
mod avx2;
mod derive;
#[cfg(target_arch = "aarch64")]
mod neon;
mod offsets;
mod portable;

pub(crate) use offsets::{Offsets, PART_BYTES, PART_WORDS};

/// Empty words behind the text's last.
const PADDING: usize = 2;

/// Classes and places of 64 bytes of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Word {
    /// `0-9`.
    pub digit: u64,
    /// `0-9A-Za-z`.
    pub alnum: u64,
    /// `0-9A-Za-z_-+/`: what base64 of both alphabets and keys with prefixes are made of.
    pub long: u64,
    /// Where a word may begin: an ASCII letter behind what is no letter and no digit, a capital behind
    /// a small letter, and the first byte of any other character.
    pub begin: u64,
    /// Directly behind each run of `alnum` that holds a digit behind a letter.
    pub lettered_ends: u64,
    /// The last byte of the first [`LONG_RUN_BYTES_MIN`] of a run of `long`.
    pub long_marks: u64,
    /// Bytes that tell of a place of another kind where a match may begin; which kind, and where it
    /// begins, the bytes up to it tell: an `@`; a `/` that ends a `://`; a colon with another within
    /// the last five bytes; a hyphen behind four; the letter that makes a word one of
    /// [`LONG_WORD_LETTERS_MIN`]; a digit behind a `+` or `(`, or behind two letters that stand alone
    /// and a space or hyphen.
    pub marks: u64,
}

/// A run of `long` from which a match may begin at any token has at least so many bytes.
pub(crate) const LONG_RUN_BYTES_MIN: usize = 20;

/// A word from which a match may begin has at least so many letters: `Authorization` has.
pub(crate) const LONG_WORD_LETTERS_MIN: usize = 13;

/// Writes the masks of as many runs of 64 bytes.
type Classifier = fn(&[[u8; 64]], &mut [Masks]);

/// So many words are classified before places are derived from them. Kept apart, because compilers
/// move the arithmetic on bitmaps into vectors of bits where both stand in one loop.
const BATCH_WORDS: usize = 64;

/// The fastest classifier that this processor has.
fn best_classifier() -> Classifier {
    #[cfg(target_arch = "x86_64")]
    if let Some(classify) = avx2::classifier() {
        return classify;
    }
    #[cfg(target_arch = "aarch64")]
    if let Some(classify) = neon::classifier() {
        return classify;
    }
    portable::classify
}

/// Words of a text.
#[derive(Default)]
pub(crate) struct Classes {
    words: Vec<Word>,
    /// Whether the text is all ASCII.
    pub is_ascii: bool,
}

impl Classes {
    /// Replaces all by what is true of `text`.
    pub fn fill(&mut self, text: &[u8]) {
        self.fill_by(text, best_classifier());
    }

    fn fill_by(&mut self, text: &[u8], classify: Classifier) {
        let words = text.len().div_ceil(64);
        self.words.clear();
        self.words.reserve(words + PADDING);
        self.is_ascii = true;
        let mut carry = derive::Carry::default();
        let mut masks = [Masks::default(); BATCH_WORDS];
        let (chunks, rest) = text.as_chunks::<64>();
        for chunks in chunks.chunks(BATCH_WORDS) {
            let masks = &mut masks[..chunks.len()];
            classify(chunks, masks);
            self.take(masks, &mut carry);
        }
        let mut last = [0u8; 64];
        last[..rest.len()].copy_from_slice(rest);
        classify(&[last], &mut masks[..1]);
        self.take(&masks[..1], &mut carry);
        while self.words.len() < words + PADDING {
            self.words.push(carry.word(&Masks::default()));
        }
    }

    fn take(&mut self, masks: &[Masks], carry: &mut derive::Carry) {
        let mut not_ascii = 0;
        for masks in masks {
            not_ascii |= masks.lead;
            self.words.push(carry.word(masks));
        }
        self.is_ascii &= not_ascii == 0;
    }

    /// All words, and the first of the padding, where a token may have its end.
    pub fn words(&self) -> &[Word] {
        &self.words[..self.words.len() + 1 - PADDING]
    }

    /// The 64 bits of a map from position `at` on.
    #[inline]
    pub fn window(&self, map: impl Fn(&Word) -> u64, at: usize) -> u64 {
        let (word, shift) = (at / 64, at % 64);
        // Shifted in two steps, because one by 64 bits is none.
        map(&self.words[word]) >> shift | map(&self.words[word + 1]) << 1 << (63 - shift)
    }

    /// The bits of the word at `base` from which on at least so many bits of a map are set, at most 64.
    #[inline(always)]
    pub fn runs_of<const LENGTH: usize>(&self, map: impl Fn(&Word) -> u64, base: usize) -> u64 {
        let word = base / 64;
        let (here, next) = (map(&self.words[word]), map(&self.words[word + 1]));
        let (mut runs, mut length) = (u128::from(next) << 64 | u128::from(here), 1);
        while length < LENGTH {
            let step = length.min(LENGTH - length);
            runs &= runs >> step;
            length += step;
        }
        runs as u64
    }

    /// How many bits of a map directly before position `at` are set, counted to 63 at most.
    #[inline]
    pub fn run_before(&self, map: impl Fn(&Word) -> u64, at: usize) -> usize {
        let (word, shift) = (at / 64, at % 64);
        let before = if word == 0 { 0 } else { map(&self.words[word - 1]) };
        let last = map(&self.words[word]) << 1 << (63 - shift) | before >> shift;
        (!last).leading_zeros().min(63) as usize
    }

    /// The first set bit of a map in `from..to`.
    #[inline]
    pub fn next(&self, map: impl Fn(&Word) -> u64, from: usize, to: usize) -> Option<usize> {
        let mut at = from;
        while at < to {
            let ahead = self.window(&map, at);
            if ahead != 0 {
                let found = at + ahead.trailing_zeros() as usize;
                return (found < to).then_some(found);
            }
            at += 64;
        }
        None
    }

    /// The first bit of a map in `from..to` that is not set, or `to`.
    #[inline]
    pub fn run_end(&self, map: impl Fn(&Word) -> u64, from: usize, to: usize) -> usize {
        let mut at = from;
        while at < to {
            let ones = (!self.window(&map, at)).trailing_zeros() as usize;
            at += ones;
            if ones < 64 {
                break;
            }
        }
        at.min(to)
    }
}

/// Classes of 64 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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
    space: u64,
    underscore: u64,
    plus: u64,
    /// `(`.
    paren: u64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn masks_agree_with_bytes() {
        let text: Vec<u8> = (0..=255u8).chain((0..=255).rev()).collect();
        for chunk in text.as_chunks::<64>().0 {
            let mut masks = [Masks::default()];
            portable::classify(&[*chunk], &mut masks);
            let [masks] = masks;
            let of = |is: fn(&u8) -> bool| {
                chunk.iter().enumerate().fold(0u64, |map, (i, byte)| map | u64::from(is(byte)) << i)
            };
            let expected = Masks {
                digit: of(u8::is_ascii_digit),
                upper: of(u8::is_ascii_uppercase),
                lower: of(u8::is_ascii_lowercase),
                lead: of(|byte| *byte >= 0xc0),
                at: of(|byte| *byte == b'@'),
                dash: of(|byte| *byte == b'-'),
                colon: of(|byte| *byte == b':'),
                slash: of(|byte| *byte == b'/'),
                space: of(|byte| *byte == b' '),
                underscore: of(|byte| *byte == b'_'),
                plus: of(|byte| *byte == b'+'),
                paren: of(|byte| *byte == b'('),
            };
            assert_eq!(masks, expected);
        }
    }

    proptest! {
        #[test]
        fn every_implementation_gives_the_same(text in proptest::collection::vec(0u8..=255, 0..300)) {
            let mut fast = Classes::default();
            fast.fill(&text);
            let mut plain = Classes::default();
            plain.fill_by(&text, portable::classify);
            prop_assert_eq!(&fast.words, &plain.words);
            prop_assert_eq!(fast.is_ascii, plain.is_ascii);
        }

        #[test]
        fn windows_and_runs_agree_with_bytes(text in "([0-9a ]|[0-9]{18,80}){0,200}") {
            let bytes = text.as_bytes();
            let mut classes = Classes::default();
            classes.fill(bytes);
            let digit = |word: &Word| word.digit;
            for at in 0..bytes.len() {
                let ahead = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
                prop_assert_eq!(classes.run_end(digit, at, bytes.len()), at + ahead);
                prop_assert_eq!((!classes.window(digit, at)).trailing_zeros() as usize, ahead.min(64));
                let behind = bytes[..at].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
                prop_assert_eq!(classes.run_before(digit, at), behind.min(63));
                let next = bytes[at..].iter().position(u8::is_ascii_digit).map(|next| at + next);
                prop_assert_eq!(classes.next(digit, at, bytes.len()), next);
                let runs = classes.runs_of::<18>(digit, at / 64 * 64);
                prop_assert_eq!(runs >> (at % 64) & 1 == 1, ahead >= 18);
            }
        }
    }
}
