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

/// The filter's bit for the first four letters of a word, of either case.
#[inline]
pub(crate) const fn four(word: [u8; 8]) -> usize {
    hashed(word, 0xffff_ffff)
}

/// The filter's bit for the first five letters of a word.
#[inline]
pub(crate) const fn five(word: [u8; 8]) -> usize {
    hashed(word, 0xff_ffff_ffff)
}

/// The filter's bit for the first six letters of a word.
#[inline]
pub(crate) const fn six(word: [u8; 8]) -> usize {
    hashed(word, 0xffff_ffff_ffff)
}

#[inline]
const fn hashed(word: [u8; 8], kept: u64) -> usize {
    let folded = (u64::from_le_bytes(word) | 0x2020_2020_2020_2020) & kept;
    (folded.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 47) as usize
}

/// The bit, in the filter of matches' beginnings, for the first four bytes; all digits count as one.
#[inline]
pub(crate) fn start(bytes: [u8; 4]) -> usize {
    let plain = bytes.map(|byte| if byte.is_ascii_digit() { b'0' } else { byte });
    (u32::from_le_bytes(plain).wrapping_mul(0x9e37_79b1) >> 15) as usize
}

/// Separators between groups of a number, by their place in the table of groups.
#[inline]
pub(crate) const fn separator(byte: u8) -> Option<usize> {
    match byte {
        b' ' => Some(0),
        b'-' => Some(1),
        b'.' => Some(2),
        b'/' => Some(3),
        b':' => Some(4),
        _ => None,
    }
}

/// The bit for what follows a number's second group.
#[inline]
pub(crate) const fn behind_group(byte: u8) -> u8 {
    match separator(byte) {
        Some(place) => 1 << place,
        None if byte.is_ascii_alphabetic() => 1 << 5,
        None => 1 << 6,
    }
}

/// The filter's bit for a word of one to three letters, of either case; of a single one also by the kind
/// of what stands behind it.
#[inline]
pub(crate) fn three(word: [u8; 8], letters: usize) -> usize {
    let bits = |at: usize| usize::from(FIVE_BITS[usize::from(word[at])]);
    match letters {
        1 => bits(0) << 10 | kind(word[1]),
        2 => bits(0) << 10 | bits(1) << 5,
        _ => bits(0) << 10 | bits(1) << 5 | bits(2),
    }
}

/// What stands behind a single letter: a blank, a dot, a slash, a quote, no ASCII, or anything else.
const fn kind(byte: u8) -> usize {
    match fold_ascii(byte) {
        b' ' => 1,
        b'.' => 2,
        b'/' => 3,
        b'"' | b'\'' => 4,
        0x80.. => 1,
        _ => 0,
    }
}

/// A letter of either case as 1 to 26, anything else as 0.
static FIVE_BITS: [u8; 256] = {
    let mut bits = [0; 256];
    let mut letter = 0;
    while letter < 26 {
        bits[(b'a' + letter) as usize] = letter + 1;
        bits[(b'A' + letter) as usize] = letter + 1;
        letter += 1;
    }
    bits
};

/// The filter's bit for the first two bytes of such a character.
#[inline]
pub(crate) const fn lead(first: u8, second: u8) -> usize {
    ((first & 0x3f) as usize) << 6 | (second & 0x3f) as usize
}

/// The folded form of any other character. Its lower case is taken when that is one character, and not
/// ASCII (as that of the Kelvin sign).
pub(crate) fn fold_char(c: char) -> char {
    match c {
        '\u{a0}' | '\u{2010}'..='\u{2015}' => ' ',
        '\u{2018}' | '\u{2019}' => '\'',
        _ => {
            let mut lower = c.to_lowercase();
            match (lower.next(), lower.next()) {
                (Some(one), None) if !one.is_ascii() => one,
                _ => c,
            }
        }
    }
}
