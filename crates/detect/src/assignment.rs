//! Values that are assigned to a keyword: `password = X`, `"api_key": "X"`, `<secret>X`, `token => X`,
//! `password is X`; with the sign behind the word `value`, `key="password" value="X"`; and loosely,
//! `--password X` and `"password", "X"`.
//!
//! An assignment is a keyword, a short gap with one sign in it, and a value. The gap is bounded, so
//! that what is decided depends on a few bytes only. A loose one says less: the checks ask for more
//! ([`how`]).

use std::ops::Range;

/// Between the keyword and the sign, and between the sign and the value, stand at most so many bytes.
pub(crate) const GAP_BYTES_MAX: usize = 8;

/// Between the keyword and the word `value` stand at most so many bytes, a line's indentation among them.
const VALUE_GAP_BYTES_MAX: usize = 24;

/// Whether a byte is a sign that may assign what follows it.
fn is_sign(byte: u8) -> bool {
    matches!(byte, b'=' | b':' | b'>')
}

/// Whether a byte may stand between a keyword and the sign: a closing quote or bracket, or a blank.
fn may_close(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`' | b')' | b']' | b'\\' | b' ' | b'\t' | b'?')
}

/// Whether a byte may stand between the sign and the value: the rest of a longer sign, a blank, an
/// opening quote.
fn may_open(byte: u8) -> bool {
    is_sign(byte) || matches!(byte, b'"' | b'\'' | b'`' | b'\\' | b' ' | b'\t')
}

/// Where the value begins that is assigned to the keyword which ends at `key_end`; `None` if none is.
pub(crate) fn value_start(bytes: &[u8], key_end: usize, value_end: usize) -> Option<usize> {
    let rest = &bytes[key_end..value_end];
    let gap = rest.iter().take(GAP_BYTES_MAX + 1).take_while(|byte| may_close(**byte)).count();
    if gap > GAP_BYTES_MAX {
        return None;
    }
    match rest[gap..] {
        [sign, ..] if is_sign(sign) => first_of_value(bytes, key_end + gap + 1, value_end),
        [b'i', b's', b' ', ..] if gap > 0 => first_of_value(bytes, key_end + gap + 3, value_end),
        _ => behind_value_word(bytes, key_end, value_end)
            .or_else(|| loose_start(rest, gap).map(|start| key_end + start)),
    }
}

/// Where the value begins of a name that stands in a member of its own: `"name": "token", "value": "X"`,
/// `key="token" value="X"`.
fn behind_value_word(bytes: &[u8], key_end: usize, value_end: usize) -> Option<usize> {
    let rest = &bytes[key_end..value_end];
    let joins = |byte: &u8| byte.is_ascii_whitespace() || b"\"',\\-".contains(byte);
    let gap = rest.iter().take(VALUE_GAP_BYTES_MAX + 1).take_while(|byte| joins(byte)).count();
    let word = rest.get(gap..gap + 5)?;
    if !(1..=VALUE_GAP_BYTES_MAX).contains(&gap) || !word.eq_ignore_ascii_case(b"value") {
        return None;
    }
    let from = gap + 5;
    let close =
        rest[from..].iter().take(GAP_BYTES_MAX).take_while(|byte| may_close(**byte)).count();
    let sign = rest.get(from + close).copied().filter(|byte| is_sign(*byte));
    sign.and_then(|_| first_of_value(bytes, key_end + from + close + 1, value_end))
}

/// Where a value begins behind one or two blanks alone, or as the next of two quoted members of a list.
fn loose_start(rest: &[u8], gap: usize) -> Option<usize> {
    let (between, behind) = rest.split_at(gap);
    match (between, behind) {
        (b" " | b"  " | b"\t", [first, ..]) => first.is_ascii_graphic().then_some(gap),
        ([b'"' | b'\'', blanks @ ..], [b',', after @ ..]) => {
            let blank = |byte: &&u8| matches!(byte, b' ' | b'\t');
            let opened = after.iter().take(GAP_BYTES_MAX).take_while(blank).count();
            let quotes = after[opened..].iter().take_while(|byte| b"\"'".contains(byte)).count();
            let holds = blanks.iter().all(|byte| blank(&byte)) && (1..=2).contains(&quotes);
            let start = gap + 1 + opened + quotes;
            (holds && start < rest.len()).then_some(start)
        }
        _ => None,
    }
}

/// How a value is assigned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// By a sign.
    Sign,
    /// Behind an option on a command line.
    Option,
    /// By blanks alone, or a comma: prose and lists of names have these as well.
    Loose,
}

/// How the value is assigned that begins behind `before`.
pub(crate) fn how(before: &[u8]) -> How {
    let unquoted = before.trim_ascii_end();
    let quotes = unquoted.iter().rev().take_while(|byte| b"\"'`\\".contains(byte)).count();
    let unquoted = unquoted[..unquoted.len() - quotes].trim_ascii_end();
    match unquoted.last() {
        Some(b',') => How::Loose,
        Some(last) if last.is_ascii_alphanumeric() && !unquoted.ends_with(b" is") => {
            let within = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
            let length = unquoted.iter().rev().take(48).take_while(within).count();
            match unquoted[unquoted.len() - length] {
                b'-' => How::Option,
                _ => How::Loose,
            }
        }
        _ => How::Sign,
    }
}

/// Where the value of a named column or field begins, its opening quotes left out.
pub(crate) fn named_start(bytes: &[u8], value: &Range<usize>) -> Option<usize> {
    first_of_value(bytes, value.start, value.end)
}

fn first_of_value(bytes: &[u8], from: usize, value_end: usize) -> Option<usize> {
    let rest = bytes[from..value_end].iter();
    let gap = rest.take(GAP_BYTES_MAX + 1).take_while(|byte| may_open(**byte)).count();
    (gap <= GAP_BYTES_MAX && from + gap < value_end).then_some(from + gap)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        let start = value_start(text.as_bytes(), 1, text.len());
        assert_eq!(start.map(|start| &text[start..]), expected, "{text}");
    }

    #[test]
    fn values_begin_behind_signs_quotes_and_blanks() {
        check("a=b", Some("b"));
        check("a := 'b'", Some("b'"));
        check("a\": \"b\"", Some("b\""));
        check("a => b", Some("b"));
        check("a\\\": \\\"b", Some("b"));
        check("a is b", Some("b"));
        check("ais b", None);
        check("a b", Some("b"));
        check("a b?", Some("b?"));
        check("a   b", None);
        check("a=", None);
        check("a=            b", None);
        check("a            =b", None);
        check("a ?= b", Some("b"));
    }

    #[test]
    fn names_may_stand_in_a_member_of_their_own() {
        check("a\" value=\"b\"", Some("b\""));
        check("a\", \"value\": \"b\"", Some("b\""));
        check("a\n          value: b", Some("b"));
        check("a\" valued=\"b\"", None);
        check("a', '\"b\"'", Some("b\"'"));
        check("a', b", None);
    }

    #[test]
    fn what_has_no_sign_is_loose() {
        for (before, expected) in [
            ("", How::Sign),
            ("a=", How::Sign),
            ("a is ", How::Sign),
            ("a: \"", How::Sign),
            ("the a ", How::Loose),
            ("\"a\", \"", How::Loose),
            ("x --a-b ", How::Option),
            ("x -Password \"", How::Option),
        ] {
            assert_eq!(how(before.as_bytes()), expected, "{before}");
        }
    }
}
