//! The United Kingdom.

use super::{
    Check, Digits, Solid, code_pass, complement, digits_pass, is_digit, is_short_date, number,
    rising, tail_weighted, weighted,
};

/// Scottish CHI number: a date of birth, and modulo 11 as in the NHS number.
pub(crate) static UK_CHI: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 10]| {
        is_short_date(number(&d[4..6]), number(&d[2..4]), number(&d[..2])) && nhs(d)
    })
});

/// Health and care number of Northern Ireland: 320 to 399, modulo 11 as in the NHS number.
pub(crate) static UK_HEALTH_AND_CARE: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 10]| (320..400).contains(&number(&d[..3])) && nhs(d))
});

fn nhs(digits: &[u8; 10]) -> bool {
    is_digit(digits[9], complement(tail_weighted(&digits[..9], 2), 11))
}

/// British VAT number (HMRC): weights 8 to 2 modulo 97, or the newer numbers' 55 more. Departments
/// (GD) and health authorities (HA) have three digits.
pub(crate) static UK_VAT: Check = Check::Text(|text| {
    let solid = Solid::of(text);
    let code = solid.as_slice();
    let code = code.strip_prefix(b"GB").or(code.strip_prefix(b"XI")).unwrap_or(code);
    let digits = Digits::of(code);
    let d = digits.as_slice();
    match (code, d.len()) {
        ([b'G', b'D', ..], 3) => number(d) < 500,
        ([b'H', b'A', ..], 3) => number(d) >= 500,
        ([b'G', b'D', ..] | [b'H', b'A', ..], 9) => {
            d[..4] == [8, 8, 8, 8]
                && (number(&d[4..7]) < 500) == (code[0] == b'G')
                && number(&d[4..7]) % 97 == number(&d[7..])
        }
        (_, 9 | 12) => {
            let rest = weighted(&d[..9], &[8, 7, 6, 5, 4, 3, 2, 10, 1]) % 97;
            number(&d[..7]) > 0 && (rest == 0 || matches!(rest, 42 | 55) && number(&d[..3]) >= 100)
        }
        _ => false,
    }
});

/// Unique pupil number (Department for Education): the letter is the rest modulo 23.
pub(crate) static UK_UPN: Check = Check::Text(|text| {
    code_pass(text, |code: &[u8; 13]| {
        const LETTERS: &[u8; 23] = b"ABCDEFGHJKLMNPQRTUVWXYZ";
        let mut values = [0u8; 12];
        for (value, byte) in values.iter_mut().zip(&code[1..]) {
            *value = match byte {
                b'0'..=b'9' => byte - b'0',
                // A temporary number ends in a letter.
                _ => LETTERS.iter().position(|letter| letter == byte).unwrap_or(0) as u8,
            };
        }
        (201..=946).contains(&number(&values[..3]))
            && LETTERS[rising(&values, 2) as usize % 23] == code[0]
    })
});
