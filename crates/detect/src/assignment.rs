//! Values that are assigned to a keyword: `password = X`, `"api_key": "X"`, `<secret>X`, `token => X`.
//!
//! An assignment is a keyword, a short gap with one sign in it, and a value. The gap is bounded, so
//! that what is decided depends on a few bytes only.

use crate::catalogue::ASSIGNED_ENDINGS;
use crate::fold::beginning;
use std::ops::Range;

/// Between the keyword and the sign, and between the sign and the value, stand at most so many bytes.
const GAP_BYTES_MAX: usize = 8;

/// Whether a byte is a sign that may assign what follows it.
pub(crate) fn is_sign(byte: u8) -> bool {
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

/// Where the keyword ends to which the sign at `sign` may assign; `None` where the three bytes before
/// are no keyword's last.
#[inline]
pub(crate) fn key_end(bytes: &[u8], value_start: usize, sign: usize) -> Option<usize> {
    let mut end = sign;
    while end > value_start && may_close(bytes[end - 1]) {
        end -= 1;
        if sign - end > GAP_BYTES_MAX {
            return None;
        }
    }
    let [.., one, two, three] = bytes[value_start..end] else { return None };
    let bit = beginning([one, two, three]);
    (ASSIGNED_ENDINGS[bit / 64] >> (bit % 64) & 1 == 1).then_some(end)
}

/// Where the value begins that the sign at `sign` assigns; `None` if nothing follows near.
pub(crate) fn value_start(bytes: &[u8], value_end: usize, sign: usize) -> Option<usize> {
    first_of_value(bytes, sign + 1, value_end)
}

/// Where the value of a named column or field begins, its opening quotes left out.
pub(crate) fn named_start(bytes: &[u8], value: &Range<usize>) -> Option<usize> {
    first_of_value(bytes, value.start, value.end)
}

fn first_of_value(bytes: &[u8], from: usize, value_end: usize) -> Option<usize> {
    let gap = bytes[from..value_end].iter().take_while(|byte| may_open(**byte)).count();
    (gap <= GAP_BYTES_MAX && from + gap < value_end).then_some(from + gap)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        let bytes = text.as_bytes();
        let sign = bytes.iter().position(|byte| is_sign(*byte)).unwrap();
        let start = value_start(bytes, bytes.len(), sign);
        assert_eq!(start.map(|start| &text[start..]), expected, "{text}");
    }

    #[test]
    fn values_begin_behind_signs_quotes_and_blanks() {
        check("a=b", Some("b"));
        check("a := 'b'", Some("b'"));
        check("\"a\": \"b\"", Some("b\""));
        check("a => b", Some("b"));
        check("{\\\"a\\\": \\\"b", Some("b"));
        check("a=", None);
        check("a=            b", None);
        check("a=\nb", Some("\nb"));
    }
}
