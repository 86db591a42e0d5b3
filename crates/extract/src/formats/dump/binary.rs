//! Values that a dump writes in hexadecimal digits: `0x416e6e`, `X'416e6e'`, and `\\x416e6e` of PostgreSQL. What
//! is text in them is read as text; what is none stays as it stands.

use crate::text::encoding::{self, Decoder, Encoding};

/// The text of a value that stands in hexadecimal digits, if it is text.
pub(super) fn text(literal: &str) -> Option<String> {
    let digits =
        ["0x", "0X", "\\x"].iter().find_map(|start| literal.strip_prefix(start)).or_else(|| {
            let quoted = literal.strip_prefix(['x', 'X'])?;
            quoted.strip_prefix('\'')?.strip_suffix('\'')
        })?;
    let (pairs, []) = digits.as_bytes().as_chunks::<2>() else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let byte = |[high, low]: &[u8; 2]| Some((digit(*high)? * 16 + digit(*low)?) as u8);
    let bytes: Vec<u8> = pairs.iter().map(byte).collect::<Option<_>>()?;
    let (encoding, mark_bytes) = encoding::detect(&bytes)?;
    if matches!(encoding, Encoding::Windows1252 | Encoding::CodePage(_)) {
        return None;
    }
    let mut text = String::new();
    let mut decoder = Decoder::new(encoding);
    decoder.decode(&bytes[mark_bytes..], &mut text);
    decoder.finish(&mut text);
    let is_text = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    (decoder.invalid == 0 && !text.trim().is_empty() && text.chars().all(is_text)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn text_in_digits_is_text_and_all_else_is_not() {
        for (literal, expect) in [
            ("0x416E6E", Some("Ann")),
            ("X'5a6fc3ab'", Some("Zoë")),
            ("\\x5a6f\u{eb}", None),
            ("\\x5a6fc3ab", Some("Zoë")),
            ("0x5A006F00EB004100", Some("ZoëA")),
            ("0x4111111111111111", None),
            ("0xDEADBEEF", None),
            ("0x4", None),
            ("0x", None),
            ("x", None),
        ] {
            assert_eq!(text(literal).as_deref(), expect, "{literal}");
        }
    }
}
