//! Where in a text a match may begin.
//!
//! A pattern of the catalogue can begin only at one of these places; the property test against the
//! plain reference implementation proves it for every pattern:
//! - a *token*: a run of ASCII letters and digits that holds a digit; also a bracket or `+` before
//!   it, and a word before it with a short separator between (for a pattern that needs no keyword:
//!   two letters, and a space or hyphen between);
//! - a token within a *long run*: at least 13 characters of letters, digits and `_-+/`,
//!   and the run's own start;
//! - an `@`;
//! - the `:` of a `://`;
//! - the first of two or more colons with at most four bytes between;
//! - a sign that may assign a value, with something before it that may be a keyword's end;
//! - the last five of five or more hyphens.

use crate::classes::Classes;

/// A place where a match may begin, by what marks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Candidate {
    /// A run of digits begins here; its token may begin before.
    Digits(usize),
    /// A long run begins here.
    LongRun(usize),
    /// An `@` stands here.
    At(usize),
    /// Five or more hyphens end here: the position of the last.
    Hyphens(usize),
    /// The `:` of a `://` stands here.
    Scheme(usize),
    /// The first of several colons stands here.
    Colons(usize),
    /// A sign that may assign a value stands here.
    Assign(usize),
}

/// Calls `visit` with every candidate, in the order of the text.
#[inline]
pub(crate) fn each(classes: &Classes, mut visit: impl FnMut(Candidate)) {
    let mut before = Maps::default();
    for word in 0..classes.words() {
        let here = Maps::at(classes, word);
        let marks = Marks::of(classes, word, &here, &before);
        before = here;
        let mut any = marks.any();
        while any != 0 {
            let bit = any & any.wrapping_neg();
            let position = word * 64 + any.trailing_zeros() as usize;
            any ^= bit;
            marks.visit(bit, position, &mut visit);
        }
    }
}

/// What a word's marks depend on beside the words behind it.
#[derive(Default)]
struct Maps {
    digit: u64,
    long: u64,
    dash: u64,
    colon: u64,
}

impl Maps {
    #[inline]
    fn at(classes: &Classes, word: usize) -> Self {
        Self {
            digit: classes.digit[word],
            long: classes.long[word],
            dash: classes.dash[word],
            colon: classes.colon[word],
        }
    }
}

/// Candidates of a word, by kind.
struct Marks {
    digits: u64,
    long_runs: u64,
    hyphens: u64,
    at: u64,
    scheme: u64,
    colons: u64,
    assign: u64,
}

impl Marks {
    #[inline]
    fn of(classes: &Classes, word: usize, here: &Maps, before: &Maps) -> Self {
        let long_starts = starts(here.long, before.long >> 63);
        let hyphens = match here.dash {
            0 => 0,
            dash => ends(dash, classes.dash[word + 1]) & five_up_to(dash, before.dash),
        };
        let (scheme, colons) = match here.colon {
            0 => (0, 0),
            colon => (
                colon & two_behind(classes.slash[word], classes.slash[word + 1]),
                colon
                    & behind_within_five(colon, classes.colon[word + 1])
                    & !before_within_five(colon, before.colon),
            ),
        };
        Self {
            digits: starts(here.digit, before.digit >> 63),
            long_runs: long_starts & thirteen(here.long, classes.long[word + 1]),
            hyphens,
            at: classes.at[word],
            scheme,
            colons,
            assign: classes.assign[word],
        }
    }

    #[inline]
    fn any(&self) -> u64 {
        self.digits
            | self.long_runs
            | self.hyphens
            | self.at
            | self.scheme
            | self.colons
            | self.assign
    }

    #[inline]
    fn visit(&self, bit: u64, position: usize, visit: &mut impl FnMut(Candidate)) {
        if self.digits & bit != 0 {
            if self.long_runs & bit != 0 {
                visit(Candidate::LongRun(position));
            }
            return visit(Candidate::Digits(position));
        }
        if self.long_runs & bit != 0 {
            visit(Candidate::LongRun(position));
        }
        if self.assign & bit != 0 {
            visit(Candidate::Assign(position));
        }
        if self.scheme & bit != 0 {
            visit(Candidate::Scheme(position));
        }
        if self.colons & bit != 0 {
            visit(Candidate::Colons(position));
        }
        if self.at & bit != 0 {
            visit(Candidate::At(position));
        }
        if self.hyphens & bit != 0 {
            visit(Candidate::Hyphens(position));
        }
    }
}

/// Bits behind which the next two are set, over two words.
#[inline]
fn two_behind(map: u64, next: u64) -> u64 {
    let both = u128::from(map) | u128::from(next) << 64;
    (both >> 1 & both >> 2) as u64
}

/// Bits behind which one of the next five is set, over two words.
#[inline]
fn behind_within_five(map: u64, next: u64) -> u64 {
    let both = u128::from(map) | u128::from(next) << 64;
    (both >> 1 | both >> 2 | both >> 3 | both >> 4 | both >> 5) as u64
}

/// Bits before which one of the last five is set, over two words.
#[inline]
fn before_within_five(map: u64, before: u64) -> u64 {
    let both = u128::from(before) | u128::from(map) << 64;
    ((both << 1 | both << 2 | both << 3 | both << 4 | both << 5) >> 64) as u64
}

/// First bits of runs.
#[inline]
fn starts(map: u64, before: u64) -> u64 {
    map & !(map << 1 | before)
}

/// Bits from which at least 13 bits are set, over two words.
#[inline]
fn thirteen(map: u64, next: u64) -> u64 {
    let one = u128::from(map) | u128::from(next) << 64;
    let two = one & one >> 1;
    let four = two & two >> 2;
    let eight = four & four >> 4;
    (eight & four >> 8 & one >> 12) as u64
}

/// Last bits of runs.
#[inline]
fn ends(map: u64, next: u64) -> u64 {
    map & !(map >> 1 | next << 63)
}

/// Bits up to which at least five bits are set, over two words.
#[inline]
fn five_up_to(map: u64, before: u64) -> u64 {
    let one = u128::from(before) | u128::from(map) << 64;
    let two = one & one << 1;
    ((two & two << 2 & one << 4) >> 64) as u64
}

/// At most this many characters of an e-mail address stand before its `@` (RFC 5321).
const LOCAL_PART_MAX: usize = 64;

/// Start of the local part before the `@` at `at`: as far as its characters go, without a leading
/// dot, hyphen or quote; `None` if there is none or it is too long. Besides ASCII, letters of Latin
/// script with accents belong to it; other scripts do not, since they are often written up to an
/// address without a space.
pub(crate) fn local_part(bytes: &[u8], value_start: usize, at: usize) -> Option<usize> {
    let mut start = at;
    while start > value_start {
        let width = match bytes[value_start..start] {
            [.., last] if is_local(last) => 1,
            [.., lead, last] if is_latin(lead, last) => 2,
            _ => break,
        };
        start -= width;
        if at - start > LOCAL_PART_MAX {
            return None;
        }
    }
    while start < at && bytes[start].is_ascii() && !is_local_start(bytes[start]) {
        start += 1;
    }
    (start < at).then_some(start)
}

fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'%' | b'+' | b'-' | b'&' | b'\'')
}

fn is_local_start(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether two bytes are a character of U+00C0 to U+024F, nearly all of which are Latin letters.
fn is_latin(lead: u8, last: u8) -> bool {
    matches!(lead, 0xc3..=0xc9) && matches!(last, 0x80..=0xbf)
}

/// Start of the two ASCII letters that stand before `token`, a space or hyphen between, as a country
/// does before an IBAN.
#[inline]
pub(crate) fn prefix_before(bytes: &[u8], value_start: usize, token: usize) -> Option<usize> {
    match bytes[value_start..token] {
        [.., first, second, b' ' | b'-'] => {
            let letters = first.is_ascii_alphabetic() && second.is_ascii_alphabetic();
            letters.then(|| token - 3)
        }
        _ => None,
    }
}

/// A word before a token is at most this long, and at most two separators stand between.
const WORD_BEFORE_MAX: usize = 14;

/// So many bytes before a token the word before it may begin.
pub(crate) const WORD_BEFORE_BYTES_MAX: usize = WORD_BEFORE_MAX + 2;

/// Start of the word of ASCII letters that stands before `token`, one or two separators between.
pub(crate) fn word_before(bytes: &[u8], value_start: usize, token: usize) -> Option<usize> {
    let mut end = token;
    while end > value_start
        && token - end < 2
        && matches!(bytes[end - 1], b' ' | b'.' | b',' | b'-' | b'/')
    {
        end -= 1;
    }
    let mut start = end;
    while start > value_start && bytes[start - 1].is_ascii_alphabetic() {
        start -= 1;
        if end - start > WORD_BEFORE_MAX {
            return None;
        }
    }
    (start < end && end < token).then_some(start)
}

/// A URL's scheme is at most this long.
const SCHEME_BYTES_MAX: usize = 32;

/// Start of the scheme before the `:` at `colon`: its letters, digits, `+`, `-` and `.`, as far as they
/// go; `None` if there is none, it does not begin with a letter, or it is too long.
pub(crate) fn scheme_start(bytes: &[u8], value_start: usize, colon: usize) -> Option<usize> {
    let within = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    let length = bytes[value_start..colon].iter().rev().take_while(|byte| within(byte)).count();
    let start = colon - length;
    (1..=SCHEME_BYTES_MAX)
        .contains(&length)
        .then_some(start)
        .filter(|start| bytes[*start].is_ascii_alphabetic())
}

/// A group of hexadecimal digits between colons is at most this long.
const HEX_GROUP_BYTES_MAX: usize = 4;

/// Start of the hexadecimal digits before the first colon, at `colon`; `None` if there are too many.
pub(crate) fn colons_start(bytes: &[u8], value_start: usize, colon: usize) -> Option<usize> {
    let digits = bytes[value_start..colon].iter().rev().take(HEX_GROUP_BYTES_MAX + 1);
    let length = digits.take_while(|byte| byte.is_ascii_hexdigit()).count();
    (length <= HEX_GROUP_BYTES_MAX).then_some(colon - length)
}
