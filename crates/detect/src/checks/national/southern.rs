//! Italy, Greece, Cyprus, Malta, Spain.

use super::super::{SPAIN_CIF, SPAIN_LETTER};
use super::{
    Check, Digits, Solid, code_pass, digits_pass, is_digit, is_short_date, luhn, number,
    padded_pass, weighted,
};

/// Italian partita IVA: a province's office, and Luhn.
pub(crate) static ITALY_PARTITA_IVA: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 11]| {
        let office = number(&d[7..10]);
        number(&d[..7]) > 0 && matches!(office, 1..=100 | 120 | 121 | 888 | 999) && luhn(d)
    })
});

/// Greek AFM: powers of two modulo 11.
pub(crate) static GREECE_AFM: Check = Check::Text(|text| {
    padded_pass(text, |d: &[u8; 9]| {
        number(d) > 9_999_999
            && is_digit(d[8], weighted(&d[..8], &[256, 128, 64, 32, 16, 8, 4, 2]) % 11 % 10)
    })
});

/// Greek AMKA: date of birth and Luhn.
pub(crate) static GREECE_AMKA: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 11]| {
        is_short_date(number(&d[4..6]), number(&d[2..4]), number(&d[..2])) && luhn(d)
    })
});

/// Cypriot tax and VAT number: digits in even places by a table, modulo 26 to a letter.
pub(crate) static CYPRUS_TIC: Check = Check::Text(|text| {
    const TABLE: [u32; 10] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
    let solid = Solid::of(text);
    let Some(letter) = solid.as_slice().last() else { return false };
    let digits = Digits::of(text);
    let d = digits.as_slice();
    let sum: u32 = d
        .iter()
        .enumerate()
        .map(|(index, digit)| match index % 2 {
            0 => TABLE[usize::from(*digit)],
            _ => u32::from(*digit),
        })
        .sum();
    d.len() == 8 && d[..2] != [1, 2] && u32::from(*letter) == u32::from(b'A') + sum % 26
});

/// Maltese identity card: the serial and, but for the registers A and P, the year of registration.
pub(crate) static MALTA_ID: Check = Check::Text(|text| {
    let register = text.last().map(u8::to_ascii_uppercase);
    padded_pass(text, |d: &[u8; 7]| match register {
        Some(b'A' | b'P') => d[6] > 0,
        _ => (1..=32_000).contains(&number(&d[..5])) && number(&d[5..]) > 0,
    })
});

/// Maltese VAT number: weights with the last two digits, modulo 37.
pub(crate) static MALTA_VAT: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 8]| {
        d[0] > 0 && weighted(d, &[3, 4, 6, 7, 8, 9, 10, 1]).is_multiple_of(37)
    })
});

/// Spanish VAT number: ES, and the NIF of a person or of an organization.
pub(crate) static SPAIN_VAT: Check = Check::Text(|text| {
    let rest = text.get(2..).unwrap_or_default();
    if Solid::of(rest).as_slice().len() != 9 {
        return false;
    }
    match rest.iter().find(|byte| byte.is_ascii_alphanumeric()).map(u8::to_ascii_uppercase) {
        Some(b'0'..=b'9' | b'K'..=b'M' | b'X'..=b'Z') => SPAIN_LETTER.passes(rest),
        _ => SPAIN_CIF.passes(rest),
    }
});

/// Spanish cadastral reference: two control letters, each over a parcel's or building's seven
/// characters and the last ones of the unit, modulo 23.
pub(crate) static SPAIN_CADASTRAL_REFERENCE: Check = Check::Text(|text| {
    const WEIGHTS: [u32; 11] = [13, 15, 12, 5, 4, 17, 9, 21, 3, 7, 1];
    const LETTERS: &[u8; 23] = b"MQWERTYUIOPASDFGHJKLBZX";
    code_pass(text, |code: &[u8; 20]| {
        let value = |byte: u8| match byte {
            b'0'..=b'9' => u32::from(byte - b'0'),
            // The alphabet has Ñ after N.
            _ => u32::from(byte - b'A') + 1 + u32::from(byte > b'N'),
        };
        let control = |part: &[u8]| {
            let chars = part.iter().chain(&code[14..18]);
            let sum: u32 = chars.zip(WEIGHTS).map(|(byte, weight)| value(*byte) * weight).sum();
            LETTERS[sum as usize % 23]
        };
        code[18] == control(&code[..7]) && code[19] == control(&code[7..14])
    })
});
