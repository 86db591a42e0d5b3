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
}

/// Calls `visit` with every candidate, in the order of the text.
#[inline]
pub(crate) fn each(classes: &Classes, mut visit: impl FnMut(Candidate)) {
    let (mut digit_before, mut long_before, mut dash_before) = (0, 0, 0);
    for word in 0..classes.words() {
        let digit = classes.digit[word];
        let long = classes.long[word];
        let dash = classes.dash[word];
        let digits = starts(digit, digit_before);
        let long_runs = starts(long, long_before) & thirteen(long, classes.long[word + 1]);
        let hyphens = match dash {
            0 => 0,
            _ => ends(dash, classes.dash[word + 1]) & five_up_to(dash, dash_before),
        };
        (digit_before, long_before, dash_before) = (digit >> 63, long >> 63, dash);
        let at = classes.at[word];
        let mut marks = digits | long_runs | hyphens | at;
        while marks != 0 {
            let bit = marks & marks.wrapping_neg();
            let position = word * 64 + marks.trailing_zeros() as usize;
            marks ^= bit;
            if at & bit != 0 {
                visit(Candidate::At(position));
                continue;
            }
            if hyphens & bit != 0 {
                visit(Candidate::Hyphens(position));
            }
            if long_runs & bit != 0 {
                visit(Candidate::LongRun(position));
            }
            if digits & bit != 0 {
                visit(Candidate::Digits(position));
            }
        }
    }
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
