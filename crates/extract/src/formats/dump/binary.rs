//! Values that a dump writes in hexadecimal digits: `0x416e6e`, `X'416e6e'`, and `\\x416e6e` of PostgreSQL. What
//! is text in them is read as text, and what is long and none is a file; all else stays as it stands.

use crate::text::encoding::{self, Decoder, Encoding};

/// Fewer bytes are no file, but a key, a digest or a place.
const FILE_BYTES_MIN: usize = 128;

/// What a value in hexadecimal digits is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Decoded {
    Text(String),
    File(Vec<u8>),
}

/// What stands in a value in hexadecimal digits, if it says something.
pub(super) fn decoded(literal: &str) -> Option<Decoded> {
    let bytes = bytes(literal)?;
    match text(&bytes) {
        Some(text) => Some(Decoded::Text(text)),
        None if bytes.len() >= FILE_BYTES_MIN => Some(Decoded::File(bytes)),
        None => None,
    }
}

fn bytes(literal: &str) -> Option<Vec<u8>> {
    let digits =
        ["0x", "0X", "\\x"].iter().find_map(|start| literal.strip_prefix(start)).or_else(|| {
            let quoted = literal.strip_prefix(['x', 'X'])?;
            quoted.strip_prefix('\'')?.strip_suffix('\'')
        })?;
    let (pairs, []) = digits.as_bytes().as_chunks::<2>() else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let byte = |[high, low]: &[u8; 2]| Some((digit(*high)? * 16 + digit(*low)?) as u8);
    pairs.iter().map(byte).collect()
}

fn text(bytes: &[u8]) -> Option<String> {
    let (encoding, mark_bytes) = encoding::detect(bytes)?;
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
    use super::*;

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
            let expect = expect.map(|text| Decoded::Text(text.to_owned()));
            assert_eq!(decoded(literal), expect, "{literal}");
        }
        let file = format!("0x{}", "9c01f7e203".repeat(FILE_BYTES_MIN));
        assert!(matches!(decoded(&file), Some(Decoded::File(_))));
    }
}
