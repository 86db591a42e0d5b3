//! Africa south of the Sahara.

use super::{
    Check, Digits, Solid, all_same, base36, code_pass, complement, digits_pass, is_birth_date,
    is_digit, is_short_date, luhn, number, rising, weighted,
};

/// Ghanaian TIN: kind, and places as weights modulo 11, with X for 10.
pub(crate) static GHANA_TIN: Check = Check::Text(|text| {
    code_pass(text, |code: &[u8; 11]| {
        digits_pass(&code[1..10], |d: &[u8; 9]| {
            let check = rising(d, 1) % 11;
            if check == 10 { code[10] == b'X' } else { code[10] == b'0' + check as u8 }
        })
    })
});

/// Senegalese NINEA: seven or nine digits with Luhn-like weights, and the tax code that may follow.
pub(crate) static SENEGAL_NINEA: Check = Check::Text(|text| {
    let solid = Solid::of(text);
    let code = solid.as_slice();
    // A tax code such as 2G2 ends in digit, letter, digit.
    let number = match code {
        [number @ .., _, letter, _] if letter.is_ascii_alphabetic() => number,
        _ => code,
    };
    let digits = Digits::of(number);
    let d = digits.as_slice();
    matches!(d.len(), 7 | 9)
        && !all_same(d)
        && weighted(d, &[1, 2, 1, 2, 1, 2, 1, 2, 1]).is_multiple_of(10)
});

/// Mozambican NUIT: weights modulo 11, 10 counts as 1.
pub(crate) static MOZAMBIQUE_NUIT: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 9]| {
        let rest = weighted(&d[..8], &[8, 9, 4, 5, 6, 7, 8, 9]) % 11;
        is_digit(d[8], if rest == 10 { 1 } else { rest })
    })
});

/// Guinean NIFp: Luhn.
pub(crate) static GUINEA_NIFP: Check =
    Check::Text(|text| digits_pass(text, |d: &[u8; 9]| (1..=9).contains(&d[0]) && luhn(d)));

/// Tanzanian NIDA number: date of birth, ward, serial, class.
pub(crate) static TANZANIA_NIDA: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 20]| {
        is_birth_date(number(&d[..4]), number(&d[4..6]), number(&d[6..8]))
    })
});

/// Rwandan identity number: kind, year of birth, sex, and the serial.
pub(crate) static RWANDA_ID: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 16]| {
        (1..=3).contains(&d[0]) && (1900..2040).contains(&number(&d[1..5])) && matches!(d[5], 7 | 8)
    })
});

/// South African identity number: date of birth, citizenship, Luhn.
pub(crate) static SOUTH_AFRICA_ID: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 13]| {
        is_short_date(number(&d[..2]), number(&d[2..4]), number(&d[4..6])) && d[10] <= 2 && luhn(d)
    })
});

/// South African tax reference number (SARS): begins with 0, 1, 2, 3 or 9, Luhn.
pub(crate) static SOUTH_AFRICA_TAX: Check =
    Check::Text(|text| digits_pass(text, |d: &[u8; 10]| matches!(d[0], 0..=3 | 9) && luhn(d)));

/// Mauritian identity number: date of birth, and weights 14 to 2 modulo 17 in base 36.
pub(crate) static MAURITIUS_ID: Check = Check::Text(|text| {
    code_pass(text, |code: &[u8; 14]| {
        let digits = Digits::of(&code[1..7]);
        let Ok(d) = <&[u8; 6]>::try_from(digits.as_slice()) else { return false };
        let sum: u32 = code[..13]
            .iter()
            .zip((2..=14).rev())
            .map(|(byte, weight)| base36(*byte) * weight)
            .sum();
        is_short_date(number(&d[4..]), number(&d[2..4]), number(&d[..2]))
            && base36(code[13]) == complement(sum, 17)
    })
});
