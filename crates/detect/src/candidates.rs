//! Where in a text a match may begin.
//!
//! A pattern of the catalogue can begin only at one of these places; the property test against the
//! plain reference implementation proves it for every pattern:
//! - a *token*: a run of ASCII letters and digits that holds a digit;
//! - a `+` or `(` before a digit; two letters that stand alone before a space or hyphen and a digit;
//! - the start of a *long run*, at least 20 characters of letters, digits and `_-+/`, and any token in
//!   it; a word of at least 13 letters; the words before a long run that dots join to it, as in
//!   `SG.…` and `dp.pt.…`;
//! - for a pattern that needs a keyword, near one: also a bracket or `+` before a token, a word before
//!   it with one or two separators between, and a word of capitals;
//! - before an `@`;
//! - at the scheme before a `://`;
//! - at the first of two or more colons with at most four bytes between, or the hexadecimal digits
//!   before it;
//! - the last five of five or more hyphens;
//! - four bytes before a `Q~` behind a digit;
//! - what is assigned to a keyword ([`crate::assignment`]).

/// A code of capitals alone has at least so many.
pub(crate) const CODE_LETTERS_MIN: usize = 6;

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

/// What a match may begin with before its first digit, at `digit`: a `+` or `(`, or two letters that
/// stand alone with a space or hyphen behind them, as a country before an IBAN.
pub(crate) fn opening(bytes: &[u8], value_start: usize, digit: usize) -> Option<usize> {
    match bytes[value_start..digit] {
        [.., b'+' | b'('] => Some(digit - 1),
        [.., first, second, b' ' | b'-'] => {
            let letters = first.is_ascii_alphabetic() && second.is_ascii_alphabetic();
            let glued = bytes[..digit - 3].last().is_some_and(u8::is_ascii_alphabetic);
            (letters && !glued).then(|| digit - 3)
        }
        _ => None,
    }
}

/// Start of the last five of the hyphens around `at`, if there are five, and `at` is the fifth.
pub(crate) fn last_hyphens(
    bytes: &[u8],
    value_start: usize,
    value_end: usize,
    at: usize,
) -> Option<usize> {
    let before = bytes[value_start..at].iter().rev().take(5).take_while(|byte| **byte == b'-');
    if before.count() != 4 {
        return None;
    }
    let ahead = bytes[at..value_end].iter().take_while(|byte| **byte == b'-').count();
    Some(at + ahead - 5)
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

/// A prefix that dots join to a key has at most so many words, each of at most so many bytes.
pub(crate) const DOTTED_WORDS_MAX: usize = 3;
const DOTTED_WORD_BYTES_MAX: usize = 35;

/// Start of the word of letters, digits, `_` and `-` that ends at the dot directly before `at`.
pub(crate) fn dotted_before(bytes: &[u8], value_start: usize, at: usize) -> Option<usize> {
    let before = bytes[value_start..at].strip_suffix(b".")?;
    let within = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let word = before.iter().rev().take(DOTTED_WORD_BYTES_MAX + 1).take_while(|byte| within(byte));
    let length = word.count();
    (1..=DOTTED_WORD_BYTES_MAX).contains(&length).then(|| value_start + before.len() - length)
}

/// Before the `Q~` of a client secret of Microsoft Entra ID stand so many characters, the last a digit.
const BEFORE_TILDE: usize = 4;

/// Start of what has its `Q~` at the `~` at `tilde`.
pub(crate) fn tilde_start(bytes: &[u8], value_start: usize, tilde: usize) -> Option<usize> {
    let before = bytes[value_start..tilde].strip_suffix(b"Q")?;
    let start = before.len().checked_sub(BEFORE_TILDE)?;
    before.last()?.is_ascii_digit().then_some(value_start + start)
}

/// A URL's scheme is at most this long.
const SCHEME_BYTES_MAX: usize = 32;

/// Start of the scheme before the `://` that ends at `slash`: its letters, digits, `+`, `-` and `.`, as
/// far as they go; `None` if there is none, it does not begin with a letter, or it is too long.
pub(crate) fn scheme_start(bytes: &[u8], value_start: usize, slash: usize) -> Option<usize> {
    let within = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    let before = bytes[value_start..slash + 1].strip_suffix(b"://")?;
    let scheme = before.iter().rev().take(SCHEME_BYTES_MAX + 1).take_while(|byte| within(byte));
    let length = scheme.count();
    let start = value_start + before.len() - length;
    (length <= SCHEME_BYTES_MAX && bytes[start].is_ascii_alphabetic()).then_some(start)
}

/// A group of hexadecimal digits between colons is at most this long.
const HEX_GROUP_BYTES_MAX: usize = 4;

/// Start of the hexadecimal digits before the first of several colons, if the one at `second` is the
/// second: between the two stand at most four hexadecimal digits, and before those of the first stands
/// no colon. Where a word ends at the first, as in `mac:`, the row begins behind it.
pub(crate) fn colons_start(bytes: &[u8], value_start: usize, second: usize) -> Option<usize> {
    let digits_before = |end: usize| {
        let digits = bytes[value_start..end].iter().rev().take(HEX_GROUP_BYTES_MAX + 1);
        digits.take_while(|byte| byte.is_ascii_hexdigit()).count()
    };
    let between = digits_before(second);
    let first = second.checked_sub(between + 1).filter(|first| *first >= value_start)?;
    if bytes[first] != b':' || between > HEX_GROUP_BYTES_MAX {
        return None;
    }
    let start = first - digits_before(first);
    match bytes[value_start..start].last() {
        Some(b':') => None,
        Some(byte) if byte.is_ascii_alphanumeric() => Some(first + 1),
        _ => (first - start <= HEX_GROUP_BYTES_MAX).then_some(start),
    }
}
