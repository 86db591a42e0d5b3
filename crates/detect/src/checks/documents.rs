//! National identity numbers, social security numbers, passports and licences.

use super::{Check, Digits, Solid, all_same, base36, luhn, modulo, weighted};

/// US Social Security number: area, group and serial in use, and none of the numbers that are known
/// from advertisements.
pub(crate) static USA_SSN: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    if digits.len() != 9 {
        return false;
    }
    let (area, group, serial) =
        (modulo(&digits[..3], 1000), modulo(&digits[3..5], 100), modulo(&digits[5..], 10_000));
    !matches!(area, 0 | 666 | 900..)
        && group != 0
        && serial != 0
        && !all_same(digits)
        && !KNOWN_SSNS.contains(&(area, group, serial))
        && super::separator(text).is_ok()
});

/// Numbers that the Social Security Administration made void because they were printed in wallets,
/// leaflets and advertisements: area, group, serial.
const KNOWN_SSNS: [(u64, u64, u64); 22] = [
    (22, 28, 1852),
    (42, 10, 3580),
    (62, 36, 749),
    (78, 5, 1120),
    (95, 7, 3645),
    (128, 3, 6045),
    (135, 1, 6629),
    (141, 18, 6941),
    (165, 16, 7999),
    (165, 18, 7999),
    (165, 20, 7999),
    (165, 22, 7999),
    (165, 24, 7999),
    (189, 9, 2294),
    (212, 9, 7694),
    (212, 9, 9999),
    (219, 9, 9999),
    (306, 30, 2348),
    (308, 12, 5070),
    (457, 55, 5462),
    (468, 28, 8779),
    (549, 24, 1889),
];

/// Canadian Social Insurance Number: Luhn; 0 and 8 are not issued as first digits.
pub(crate) static CANADA_SIN: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    digits.len() == 9
        && !matches!(digits[0], 0 | 8)
        && luhn(digits)
        && super::separator(text).is_ok()
});

const SPANISH_LETTERS: &[u8; 23] = b"TRWAGMYFPDXBNJZSQVHLCKE";

/// Spanish DNI, NIE and the NIF of persons: the number modulo 23 gives the letter. X, Y and Z count
/// as 0, 1 and 2; K, L and M as nothing.
pub(crate) static SPAIN_LETTER: Check = Check::Text(|text| {
    let solid = Solid::of(text);
    let Some((letter, number)) = solid.as_slice().split_last() else { return false };
    if number.len() > 8 {
        return false;
    }
    let value = number.iter().fold(0usize, |value, byte| match byte {
        b'0'..=b'9' => value * 10 + usize::from(byte - b'0'),
        b'X' | b'Y' | b'Z' => usize::from(byte - b'X'),
        _ => 0,
    });
    let digits = Digits::of(text);
    !matches!(value, 0 | 99_999_999) && digits.len >= 7 && SPANISH_LETTERS[value % 23] == *letter
});

/// Italian codice fiscale: month letter, day, and the check letter. Digits may stand as the letters
/// of omocodia.
pub(crate) static CODICE_FISCALE: Check = Check::Text(|text| {
    let solid = Solid::of(text);
    let code = solid.as_slice();
    if code.len() != 16 {
        return false;
    }
    let day = omocodia(code[9]) * 10 + omocodia(code[10]);
    b"ABCDEHLMPRST".contains(&code[8])
        && matches!(day, 1..=31 | 41..=71)
        && code[15] == b'A' + (italian_sum(&code[..15]) % 26) as u8
});

fn omocodia(byte: u8) -> u32 {
    match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        _ => b"LMNPQRSTUV".iter().position(|letter| *letter == byte).unwrap_or(9) as u32,
    }
}

/// The sum of the codice fiscale and of the CIN: odd positions by a table, even ones at face value.
pub(super) fn italian_sum(code: &[u8]) -> u32 {
    const ODD: [u32; 26] = [
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24,
        23,
    ];
    let face =
        |byte: u8| if byte.is_ascii_digit() { byte - b'0' } else { byte.saturating_sub(b'A') };
    code.iter()
        .enumerate()
        .map(|(index, byte)| {
            let value = face(*byte);
            if index % 2 == 0 { ODD[usize::from(value) % 26] } else { u32::from(value) }
        })
        .sum()
}

/// French NIR: the key is 97 less the number modulo 97; Corsica's 2A and 2B count as 19 and 18.
pub(crate) static FRANCE_NIR: Check = Check::Text(|text| {
    let solid = Solid::of(text);
    let code = solid.as_slice();
    if code.len() != 15 {
        return false;
    }
    let mut digits = [0u8; 15];
    for (digit, byte) in digits.iter_mut().zip(code) {
        *digit = if byte.is_ascii_digit() { byte - b'0' } else { 0 };
    }
    match &code[5..7] {
        b"2A" => digits[6] = 19 - 10,
        b"2B" => digits[6] = 18 - 10,
        _ => {}
    }
    if code[6].is_ascii_alphabetic() {
        digits[5] = 1;
    }
    let month = digits[3] * 10 + digits[4];
    modulo(&digits[13..], 100) == 97 - modulo(&digits[..13], 97)
        && matches!(month, 1..=12 | 20..=42 | 50..=99)
});

/// German identity card and passport: ICAO 9303 check digit where it is printed.
pub(crate) static GERMANY_DOCUMENT: Check = Check::Text(|text| {
    let solid = Solid::of(text);
    let code = solid.as_slice();
    let has_digit = code.iter().any(u8::is_ascii_digit);
    match code.len() {
        9 => has_digit,
        10 => has_digit && u32::from(code[9]) == u32::from(b'0') + icao(&code[..9]),
        _ => false,
    }
});

/// ICAO 9303 part 3: weights 7, 3, 1 repeating, modulo 10.
pub(super) fn icao(code: &[u8]) -> u32 {
    const WEIGHTS: [u32; 3] = [7, 3, 1];
    code.iter().enumerate().map(|(index, byte)| base36(*byte) * WEIGHTS[index % 3]).sum::<u32>()
        % 10
}

/// Indian Aadhaar: Verhoeff; never a palindrome.
pub(crate) static AADHAAR: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    digits.len() == 12
        && digits[0] >= 2
        && !digits.iter().eq(digits.iter().rev())
        && verhoeff(digits)
        && super::separator(text).is_ok()
});

/// Verhoeff's check over the dihedral group, the check digit last.
pub(super) fn verhoeff(digits: &[u8]) -> bool {
    const PERMUTATION: [u8; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    let mut check = 0u8;
    for (index, digit) in digits.iter().rev().enumerate() {
        let mut permuted = *digit;
        for _ in 0..index % 8 {
            permuted = PERMUTATION[usize::from(permuted)];
        }
        check = dihedral(check, permuted);
    }
    check == 0
}

/// Multiplication in the dihedral group of the pentagon.
fn dihedral(a: u8, b: u8) -> u8 {
    match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => (a + b - 5) % 5 + 5,
        (false, true) => (a - 5 + 5 - b) % 5 + 5,
        (false, false) => (a - 5 + 5 - (b - 5)) % 5,
    }
}

/// Mexican CURP: date, and the last digit by weights 18 to 2.
pub(crate) static CURP: Check = Check::Text(|text| {
    let solid = Solid::of(text);
    let code = solid.as_slice();
    if code.len() != 18 {
        return false;
    }
    // The alphabet has Ñ between N and O, so letters from O on count one more.
    let value = |byte: u8| base36(byte) + u32::from(byte >= b'O');
    let sum: u32 =
        code[..17].iter().zip((2..=18u32).rev()).map(|(byte, weight)| value(*byte) * weight).sum();
    u32::from(code[17]) == u32::from(b'0') + (10 - sum % 10) % 10
});

/// Polish PESEL: weights 1, 3, 7, 9, and a date whose month also holds the century.
pub(crate) static PESEL: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    if digits.len() != 11 {
        return false;
    }
    let (month, day) = (modulo(&digits[2..4], 100), modulo(&digits[4..6], 100));
    (1..=12).contains(&(month % 20))
        && (1..=31).contains(&day)
        && weighted(digits, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]).is_multiple_of(10)
});

/// British National Insurance number: prefixes that are never issued.
pub(crate) static UK_NINO: Check = Check::Text(|text| {
    let solid = Solid::of(text);
    let code = solid.as_slice();
    let Some(prefix) = code.get(..2) else { return false };
    !b"DFIQUV".contains(&prefix[0])
        && !b"DFIOQUV".contains(&prefix[1])
        && !matches!(prefix, b"BG" | b"GB" | b"KN" | b"NK" | b"NT" | b"TN" | b"ZZ")
});

/// British driving licence: the month (women's months count from 51) and the day.
pub(crate) static UK_LICENCE: Check = Check::Text(|text| {
    let solid = Solid::of(text);
    let code = solid.as_slice();
    if code.len() < 16 {
        return false;
    }
    let digit = |index: usize| u32::from(code[index].wrapping_sub(b'0'));
    let (month, day) = (digit(6) * 10 + digit(7), digit(8) * 10 + digit(9));
    matches!(month, 1..=12 | 51..=62) && (1..=31).contains(&day)
});

/// A document number without check digits: one digit repeated is none.
pub(crate) static PLAIN_DOCUMENT: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    !all_same(digits.as_slice()) && digits.len >= 4
});

#[cfg(test)]
mod tests {
    use super::super::tests::passes;
    use super::*;

    #[test]
    fn void_numbers_are_refused() {
        assert!(!passes(&USA_SSN, "078-05-1120"));
    }

    #[test]
    fn numbers_from_the_standards() {
        for (check, good, bad) in [
            (&AADHAAR, "2341 2341 2346", "2341 2341 2345"),
            (&FRANCE_NIR, "2 55 08 14 168 025 38", "2 55 08 14 168 025 39"),
            (&GERMANY_DOCUMENT, "T220001293", "T220001294"),
            (&SPAIN_LETTER, "12345678Z", "12345678A"),
            (&SPAIN_LETTER, "X1234567L", "Y1234567L"),
            (&PESEL, "44051401359", "44051401358"),
            (&CANADA_SIN, "130 692 544", "130 692 545"),
            (&CODICE_FISCALE, "RSSMRA85T10A562S", "RSSMRA85T10A562T"),
        ] {
            assert!(passes(check, good), "{good}");
            assert!(!passes(check, bad), "{bad}");
        }
    }
}
