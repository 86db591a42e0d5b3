//! India and its neighbours, Iran.

use super::super::documents::verhoeff;
use super::{Check, Digits, base36, code_pass, digits_pass, is_digit, luhn, number, tail_weighted};

/// Indian GSTIN: state, PAN, entity, Z, and Luhn's rule over base 36.
pub(crate) static INDIA_GSTIN: Check = Check::Text(|text| {
    code_pass(text, |code: &[u8; 15]| {
        let state = base36(code[0]) * 10 + base36(code[1]);
        let sum: u32 = code
            .iter()
            .zip([1, 2].iter().cycle())
            .map(|(byte, factor)| base36(*byte) * factor)
            .map(|product| product / 36 + product % 36)
            .sum();
        matches!(state, 1..=38 | 96 | 97 | 99)
            && b"ABCFGHLJPTK".contains(&code[5])
            && sum.is_multiple_of(36)
    })
});

/// Indian voter card (EPIC): three letters, and Luhn over seven digits.
pub(crate) static INDIA_EPIC: Check = Check::Text(|text| digits_pass(text, |d: &[u8; 7]| luhn(d)));

/// Indian Aadhaar virtual id: sixteen digits by Verhoeff, no palindrome.
pub(crate) static INDIA_VID: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 16]| d[0] >= 2 && !d.iter().eq(d.iter().rev()) && verhoeff(d))
});

/// Indian PF account (UAN): twelve digits that begin with 10 as they have been given out since 2014.
pub(crate) static INDIA_UAN: Check =
    Check::Text(|text| digits_pass(text, |d: &[u8; 12]| d[0] == 1 && d[1] <= 2));

/// Sri Lankan identity number: year and day of birth (500 added for women), nine digits and V or X, or
/// twelve digits.
pub(crate) static SRI_LANKA_NIC: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let d = digits.as_slice();
    let day_exists = |day: u32| matches!(day, 1..=366 | 501..=866);
    match d.len() {
        9 => number(&d[..2]) >= 30 && day_exists(number(&d[2..5])),
        12 => (1930..2040).contains(&number(&d[..4])) && day_exists(number(&d[4..7])),
        _ => false,
    }
});

/// Pakistani CNIC (NADRA): province from 1 to 7; the last digit tells the sex.
pub(crate) static PAKISTAN_CNIC: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 13]| (1..=7).contains(&d[0]) && number(&d[5..12]) > 0 && d[12] > 0)
});

/// Bangladeshi NID of ten, thirteen or seventeen digits; the longest begins with the year of birth.
pub(crate) static BANGLADESH_NID: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let d = digits.as_slice();
    !super::all_same(d)
        && match d.len() {
            10 | 13 => d[0] > 0,
            17 => (1900..2040).contains(&number(&d[..4])),
            _ => false,
        }
});

/// Iranian national code: weights 10 to 2 modulo 11.
pub(crate) static IRAN_NATIONAL_CODE: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 10]| {
        let check = match tail_weighted(&d[..9], 2) % 11 {
            rest @ 0..=1 => rest,
            rest => 11 - rest,
        };
        number(&d[..3]) > 0 && number(&d[3..9]) > 0 && is_digit(d[9], check)
    })
});
