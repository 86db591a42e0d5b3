//! From the classes of three neighbouring words to the places in the middle one.

use super::{LONG_RUN_BYTES_MIN, LONG_WORD_LETTERS_MIN, Masks, Word};

/// Takes masks in the order of the text, and gives each word when the masks behind it are known.
#[derive(Default)]
pub(super) struct Deriving {
    before: Masks,
    here: Masks,
    begun: bool,
    /// Whether the runs that reach up to the end of the last word hold a digit.
    carry: bool,
}

impl Deriving {
    /// The word before the one whose masks are given; none for the first.
    #[inline(always)]
    pub fn push(&mut self, next: Masks) -> Option<Word> {
        let word = self.begun.then(|| self.word(&next));
        self.begun = true;
        self.before = self.here;
        self.here = next;
        word
    }

    #[inline(always)]
    fn word(&mut self, next: &Masks) -> Word {
        let (before, here) = (&self.before, &self.here);
        let letter = here.upper | here.lower;
        let alnum = letter | here.digit;
        let long = here.long();
        let first = letter & !(letter << 1 | before.letter() >> 63);
        let begin = first | here.hump(before) | here.lead;
        let ends = wide(!letter | here.hump(before), !next.letter() | next.hump(here));
        // A digit added to a run of ones carries up to the run's end.
        let (sum, one) = alnum.overflowing_add(here.digit);
        let (sum, other) = sum.overflowing_add(u64::from(self.carry));
        self.carry = one | other;
        Word {
            digit: here.digit,
            alnum,
            long,
            begin,
            short: begin & (ends >> 1 | ends >> 2 | ends >> 3) as u64,
            token_ends: sum & !alnum,
            long_starts: long
                & !(long << 1 | before.long() >> 63)
                & from_twenty(wide(long, next.long()))
                | first & from_thirteen(wide(letter, next.letter())),
            marks: marks(before, here, next),
        }
    }
}

impl Masks {
    #[inline(always)]
    fn letter(&self) -> u64 {
        self.upper | self.lower
    }

    #[inline(always)]
    fn long(&self) -> u64 {
        self.letter() | self.digit | self.dash | self.slash | self.underscore | self.plus
    }

    /// Capitals behind a small letter.
    #[inline(always)]
    fn hump(&self, before: &Masks) -> u64 {
        self.upper & (self.lower << 1 | before.lower >> 63)
    }
}

/// See [`crate::candidates`].
#[inline(always)]
fn marks(before: &Masks, here: &Masks, next: &Masks) -> u64 {
    let mut marks = here.at;
    if here.dash != 0 {
        let dashes = wide(before.dash, here.dash);
        let two = dashes & dashes << 1;
        let five = (two & two << 2 & dashes << 4) >> 64;
        marks |= here.dash & !(here.dash >> 1 | next.dash << 63) & five as u64;
    }
    if here.colon != 0 {
        let slashes = wide(here.slash, next.slash);
        let (ahead, behind) = (wide(here.colon, next.colon), wide(before.colon, here.colon));
        let near = (ahead >> 1 | ahead >> 2 | ahead >> 3 | ahead >> 4 | ahead >> 5) as u64;
        let far =
            ((behind << 1 | behind << 2 | behind << 3 | behind << 4 | behind << 5) >> 64) as u64;
        marks |= here.colon & ((slashes >> 1 & slashes >> 2) as u64 | near & !far);
    }
    let digits = wide(here.digit, next.digit);
    marks |= (here.plus | here.paren) & (digits >> 1) as u64;
    // Two letters that stand alone, a space or hyphen, a digit.
    let letters = wide(here.letter(), next.letter());
    let gaps = wide(here.space | here.dash, next.space | next.dash);
    let alone = !((here.letter() | here.digit) << 1 | (before.letter() | before.digit) >> 63);
    marks | alone & (letters & letters >> 1 & gaps >> 2 & digits >> 3) as u64
}

/// Two neighbouring words as one.
#[inline(always)]
fn wide(low: u64, high: u64) -> u128 {
    u128::from(low) | u128::from(high) << 64
}

/// Bits from which at least [`LONG_WORD_LETTERS_MIN`] are set.
#[inline(always)]
fn from_thirteen(map: u128) -> u64 {
    const { assert!(LONG_WORD_LETTERS_MIN == 13) };
    let two = map & map >> 1;
    let four = two & two >> 2;
    let eight = four & four >> 4;
    (eight & four >> 8 & map >> 12) as u64
}

/// Bits from which at least [`LONG_RUN_BYTES_MIN`] are set.
#[inline(always)]
fn from_twenty(map: u128) -> u64 {
    const { assert!(LONG_RUN_BYTES_MIN == 20) };
    let two = map & map >> 1;
    let four = two & two >> 2;
    let eight = four & four >> 4;
    (eight & eight >> 8 & four >> 16) as u64
}
