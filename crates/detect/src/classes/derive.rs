//! From the classes of neighbouring words to the places in one of them.
//!
//! Nearly everything looks back, with the last bits of the word before kept from when it was there: a
//! shift over two registers would be slow on many processors.

use super::{LONG_RUN_BYTES_MIN, LONG_WORD_LETTERS_MIN, Masks, Word};

/// Last bits of the maps of the word before, moved to where they are the first of the next: the digit
/// in a name says by how many bits.
#[derive(Default)]
pub(super) struct Carry {
    letter_1: u64,
    lower_1: u64,
    digit_1: u64,
    /// Whether the run that reaches up to the end of the last word holds a digit behind a letter.
    token: bool,
    long: Runs,
    long_4_16: u64,
    long_20_1: u64,
    words: Runs,
    words_4_8: u64,
    words_1_12: u64,
    words_13_1: u64,
    dash: [u64; 3],
    colon_5: u64,
    slash_1: u64,
    colon_2: u64,
    sign_1: u64,
    gap_1: u64,
    letter_2: u64,
    pair_2: u64,
}

impl Carry {
    /// The word with these masks, behind the one given before.
    #[inline(always)]
    pub fn word(&mut self, here: &Masks) -> Word {
        let carry = self;
        let letter = here.upper | here.lower;
        let alnum = letter | here.digit;
        let long = alnum | here.dash | here.slash | here.underscore | here.plus;
        let behind_letter = letter << 1 | carry.letter_1;
        let first = letter & !(behind_letter | here.digit << 1 | carry.digit_1);
        let hump = here.upper & (here.lower << 1 | carry.lower_1);
        let begin = first | hump | here.lead;
        // A bit added to a run of ones carries up to the run's end.
        let (sum, one) = alnum.overflowing_add(here.digit & behind_letter);
        let (sum, other) = sum.overflowing_add(u64::from(carry.token));
        carry.token = one | other;
        (carry.letter_1, carry.lower_1) = (letter >> 63, here.lower >> 63);
        carry.digit_1 = here.digit >> 63;
        let long_marks = carry.twenty(long);
        let marks = here.at
            | carry.thirteen(letter)
            | carry.hyphens(here.dash)
            | carry.colons(here.colon, here.slash)
            | carry.openings(here, letter);
        Word {
            digit: here.digit,
            alnum,
            long,
            begin,
            lettered_ends: sum & !alnum,
            long_marks,
            marks,
        }
    }
}

/// Last bits of the maps of runs of at least 1, 2, 4 and 8.
#[derive(Default)]
struct Runs([u64; 4]);

impl Runs {
    /// Bits at which at least 2, 4, 8 and 16 bits of the map have been set.
    #[inline(always)]
    fn push(&mut self, map: u64) -> [u64; 4] {
        let two = map & (map << 1 | self.0[0]);
        let four = two & (two << 2 | self.0[1]);
        let eight = four & (four << 4 | self.0[2]);
        let sixteen = eight & (eight << 8 | self.0[3]);
        self.0 = [map >> 63, two >> 62, four >> 60, eight >> 56];
        [two, four, eight, sixteen]
    }
}

impl Carry {
    /// The 20th bytes of long runs.
    #[inline(always)]
    fn twenty(&mut self, long: u64) -> u64 {
        const { assert!(LONG_RUN_BYTES_MIN == 20) };
        let [_, four, _, sixteen] = self.long.push(long);
        let twenty = sixteen & (four << 16 | self.long_4_16);
        let marks = twenty & !(twenty << 1 | self.long_20_1);
        (self.long_4_16, self.long_20_1) = (four >> 48, twenty >> 63);
        marks
    }

    /// The 13th letters of long words.
    #[inline(always)]
    fn thirteen(&mut self, letter: u64) -> u64 {
        const { assert!(LONG_WORD_LETTERS_MIN == 13) };
        let [_, four, eight, _] = self.words.push(letter);
        let thirteen = eight & (four << 8 | self.words_4_8) & (letter << 12 | self.words_1_12);
        let marks = thirteen & !(thirteen << 1 | self.words_13_1);
        self.words_4_8 = four >> 56;
        self.words_1_12 = letter >> 52;
        self.words_13_1 = thirteen >> 63;
        marks
    }

    /// The fifth and further hyphens of a run.
    #[inline(always)]
    fn hyphens(&mut self, dash: u64) -> u64 {
        let two = dash & (dash << 1 | self.dash[0]);
        let four = two & (two << 2 | self.dash[1]);
        let marks = dash & (four << 1 | self.dash[2]);
        self.dash = [dash >> 63, two >> 62, four >> 63];
        marks
    }

    /// The second slash of a `://`, and colons behind another within five bytes.
    #[inline(always)]
    fn colons(&mut self, colon: u64, slash: u64) -> u64 {
        let scheme = slash & (slash << 1 | self.slash_1) & (colon << 2 | self.colon_2);
        let behind = colon << 1 | colon << 2 | colon << 3 | colon << 4 | colon << 5;
        let several = colon & (behind | self.colon_5);
        let last = colon >> 59;
        self.colon_5 = last | last >> 1 | last >> 2 | last >> 3 | last >> 4;
        (self.slash_1, self.colon_2) = (slash >> 63, colon >> 62);
        scheme | several
    }

    /// Digits behind a `+` or `(`, or behind two letters that stand alone and a space or
    /// hyphen.
    #[inline(always)]
    fn openings(&mut self, here: &Masks, letter: u64) -> u64 {
        let sign = here.plus | here.paren;
        let gap = here.space | here.dash;
        let opened = here.digit & (sign << 1 | self.sign_1);
        let before = letter << 1 | self.letter_2 >> 1;
        let pairs = letter & before & !(letter << 2 | self.letter_2);
        let prefixed = here.digit & (gap << 1 | self.gap_1) & (pairs << 2 | self.pair_2);
        self.sign_1 = sign >> 63;
        self.gap_1 = gap >> 63;
        (self.letter_2, self.pair_2) = (letter >> 62, pairs >> 62);
        opened | prefixed
    }
}
