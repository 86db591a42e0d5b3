//! How keyword text is folded before it is compared: case, separators and typographic apostrophes.
//!
//! Shared with the build script, so that the catalogue and the text are folded by the same rule.

/// The folded form of an ASCII byte: lower case; blanks, `_` and `-` are all a space, because a
/// keyword's space may stand as any of them (macie-engine, section 3).
pub(crate) const fn fold_ascii(byte: u8) -> u8 {
    match byte {
        b'\t' | b'\n' | b'\r' | b'_' | b'-' => b' ',
        _ => byte.to_ascii_lowercase(),
    }
}

/// A folded ASCII byte in five bits, for the filter of keywords' beginnings: letters, the space, and
/// one value for all else.
pub(crate) const fn five_bits(byte: u8) -> usize {
    match fold_ascii(byte) {
        letter @ b'a'..=b'z' => (letter - b'a') as usize + 1,
        b' ' => 0,
        _ => 31,
    }
}

/// The filter's bit for three bytes.
pub(crate) const fn beginning(bytes: [u8; 3]) -> usize {
    five_bits(bytes[0]) << 10 | five_bits(bytes[1]) << 5 | five_bits(bytes[2])
}

/// Words of 64 bits that the filter has.
pub(crate) const BEGINNINGS_WORDS: usize = (1 << 15) / 64;

/// The folded form of any other character. Its lower case is taken when that is one character.
pub(crate) fn fold_char(c: char) -> char {
    match c {
        '\u{a0}' | '\u{2010}'..='\u{2015}' => ' ',
        '\u{2018}' | '\u{2019}' => '\'',
        _ => {
            let mut lower = c.to_lowercase();
            match (lower.next(), lower.next()) {
                (Some(one), None) => one,
                _ => c,
            }
        }
    }
}
