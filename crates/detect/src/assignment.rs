//! Values that are assigned to a keyword: `password = X`, `"api_key": "X"`, `<secret>X`, `token => X`,
//! `password is X`.
//!
//! An assignment is a keyword, a short gap with one sign in it, and a value. The gap is bounded, so
//! that what is decided depends on a few bytes only.

use std::ops::Range;

/// Between the keyword and the sign, and between the sign and the value, stand at most so many bytes.
const GAP_BYTES_MAX: usize = 8;

/// Whether a byte is a sign that may assign what follows it.
fn is_sign(byte: u8) -> bool {
    matches!(byte, b'=' | b':' | b'>')
}

/// Whether a byte may stand between a keyword and the sign: a closing quote or bracket, or a blank.
fn may_close(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`' | b')' | b']' | b'\\' | b' ' | b'\t')
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
        _ => None,
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
        check("a b", None);
        check("a=", None);
        check("a=            b", None);
        check("a            =b", None);
    }
}
