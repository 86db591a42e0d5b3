//! How far a value that is assigned to a name goes: to its closing quote, to the next separator, or to
//! the end of its cell.

use super::Candidate;
use crate::assignment::GAP_BYTES_MAX;

/// No assigned value is longer than this; what is longer is no password and no key.
const VALUE_BYTES_MAX: usize = 512;

/// A value and how it stands.
pub(super) struct Value<'a> {
    /// Its text.
    pub text: &'a [u8],
    /// Where it ends in the candidate's text.
    pub end: usize,
    /// Quotes stand around it.
    pub quoted: bool,
    /// It is the whole value of a named column or field.
    pub named: bool,
}

/// The value that begins where the match does. `None` if it has no end near, or prose goes on behind.
pub(super) fn value_of<'a>(candidate: &Candidate<'a>) -> Option<Value<'a>> {
    let (start, limit) = (candidate.found.start, candidate.value.end);
    let rest = &candidate.text[start..limit.min(start + VALUE_BYTES_MAX)];
    let before = &candidate.text[candidate.value.start..start];
    if before.len() <= GAP_BYTES_MAX && before.iter().all(|byte| b"\"'`\\ \t=:>".contains(byte)) {
        let whole = rest.trim_ascii_end();
        let text = before.last().and_then(|quote| whole.strip_suffix(&[*quote])).unwrap_or(whole);
        let complete = start + rest.len() == limit && !text.iter().any(u8::is_ascii_control);
        let value = Value { text, end: start + text.len(), quoted: false, named: true };
        return (complete && !text.is_empty()).then_some(value);
    }
    match before.last() {
        Some(&quote @ (b'"' | b'\'' | b'`')) => {
            quoted(rest, start, quote, before).or_else(|| behind_backtick(rest, start, before))
        }
        last => bare(rest, start, limit, last == Some(&b' ')),
    }
}

/// Up to the quote before a backtick, with which a value in quotes may begin.
fn behind_backtick<'a>(rest: &'a [u8], start: usize, before: &[u8]) -> Option<Value<'a>> {
    let outer = before.strip_suffix(b"`")?;
    let quote = outer.last().copied().filter(|byte| matches!(byte, b'"' | b'\''))?;
    quoted(rest, start, quote, outer)
}

/// Up to the closing quote on the same line; quotes that are escaped in their text end escaped.
fn quoted<'a>(rest: &'a [u8], start: usize, quote: u8, before: &[u8]) -> Option<Value<'a>> {
    let escaped = before.len() >= 2 && before[before.len() - 2] == b'\\';
    let mut length = 0;
    loop {
        let byte = *rest.get(length)?;
        if byte == b'\n' || byte == b'\r' {
            return None;
        }
        let behind_backslash = length > 0 && rest[length - 1] == b'\\';
        if byte == quote && behind_backslash == escaped {
            break;
        }
        length += 1;
    }
    let length = if escaped { length.checked_sub(1)? } else { length };
    Some(Value { text: &rest[..length], end: start + length, quoted: true, named: false })
}

/// Up to a blank or to what separates values.
fn bare<'a>(rest: &'a [u8], start: usize, limit: usize, spaced: bool) -> Option<Value<'a>> {
    let ends = |byte: &u8| byte.is_ascii_whitespace() || b"\"'`<>,;&|".contains(byte);
    let length = rest.iter().position(ends);
    let length = length.or_else(|| (start + rest.len() == limit).then_some(rest.len()))?;
    let text = &rest[..length];
    let is_letter = |byte: &u8| byte.is_ascii_alphabetic() || !byte.is_ascii() || *byte == b'_';
    let is_name = text.iter().all(is_letter);
    if is_name && goes_on(&rest[length..], spaced) {
        return None;
    }
    let text = text.strip_suffix(b")").filter(|head| !head.contains(&b'(')).unwrap_or(text);
    Some(Value { text, end: start + text.len(), quoted: false, named: false })
}

/// Whether prose or code goes on behind a bare word: another word, or the end of a statement. A
/// statement has a blank behind its sign; a connection string has none.
fn goes_on(behind: &[u8], spaced: bool) -> bool {
    match behind {
        [b' ', next, ..] => next.is_ascii_alphabetic() || matches!(next, b'+' | b'=' | b'?' | b'.'),
        [b';', ..] => spaced,
        _ => false,
    }
}
