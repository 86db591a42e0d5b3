//! Vehicle identification numbers.

use super::{Check, Solid, all_same};

/// ISO 3779: the last four characters are digits. Numbers of North America (first character 1 to 5)
/// have a check digit at position 9 (49 CFR 565.15); others need not.
pub(crate) static VIN: Check = Check::Text(|text| {
    let solid = Solid::of(text);
    let code = solid.as_slice();
    code.len() == 17
        && code[13..].iter().all(u8::is_ascii_digit)
        && code.iter().any(u8::is_ascii_alphabetic)
        && !all_same(&code[3..])
        && (!matches!(code[0], b'1'..=b'5') || has_check_digit(code))
});

fn has_check_digit(code: &[u8]) -> bool {
    const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let sum: u32 =
        code.iter().zip(WEIGHTS).map(|(byte, weight)| transliterate(*byte) * weight).sum();
    match sum % 11 {
        10 => code[8] == b'X',
        rest => u32::from(code[8]) == u32::from(b'0') + rest,
    }
}

/// A to H are 1 to 8, J to R are 1 to 9, S to Z are 2 to 9.
fn transliterate(byte: u8) -> u32 {
    match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        b'A'..=b'I' => u32::from(byte - b'A') + 1,
        b'J'..=b'R' => u32::from(byte - b'J') + 1,
        b'S'..=b'Z' => u32::from(byte - b'S') + 2,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::passes;
    use super::*;

    #[test]
    fn only_north_american_numbers_need_the_check_digit() {
        assert!(passes(&VIN, "1M8GDM9AXKP042788"));
        assert!(!passes(&VIN, "1M8GDM9A1KP042788"));
        assert!(passes(&VIN, "WVWZZZ1JZXW000001"));
        assert!(!passes(&VIN, "WVWZZZ1JZXW00000A"));
    }
}
