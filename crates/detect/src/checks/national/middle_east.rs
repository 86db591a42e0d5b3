//! Israel, the Gulf, Jordan, Egypt, the Maghreb.

use super::{
    Check, Digits, digits_pass, is_birth_date, is_digit, luhn, modulo, number, padded_pass,
    weighted,
};

/// Israeli identity number: nine digits with leading zeros, Luhn.
pub(crate) static ISRAEL_ID: Check =
    Check::Text(|text| padded_pass(text, |d: &[u8; 9]| number(d) > 99_999 && luhn(d)));

/// Israeli company number: begins with 5, Luhn.
pub(crate) static ISRAEL_COMPANY: Check =
    Check::Text(|text| digits_pass(text, |d: &[u8; 9]| d[0] == 5 && luhn(d)));

/// Emirates ID (ICP): 784, year of birth, serial, Luhn.
pub(crate) static EMIRATES_ID: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 15]| {
        d[..3] == [7, 8, 4] && (1900..2040).contains(&number(&d[3..7])) && luhn(d)
    })
});

/// Saudi national id (1) and iqama (2): Luhn.
pub(crate) static SAUDI_ID: Check =
    Check::Text(|text| digits_pass(text, |d: &[u8; 10]| matches!(d[0], 1 | 2) && luhn(d)));

/// Saudi VAT number (ZATCA): fifteen digits, a 3 at either end.
pub(crate) static SAUDI_VAT: Check =
    Check::Text(|text| digits_pass(text, |d: &[u8; 15]| d[0] == 3 && d[14] == 3));

/// Kuwaiti civil id (PACI): century, date, serial, modulo 11.
pub(crate) static KUWAIT_CIVIL_ID: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 12]| {
        let sum = weighted(&d[..11], &[2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]);
        (1..=3).contains(&d[0])
            && is_birth_date(
                1700 + 100 * u32::from(d[0]) + number(&d[1..3]),
                number(&d[3..5]),
                number(&d[5..7]),
            )
            && is_digit(d[11], 11 - sum % 11)
    })
});

/// Bahraini personal number: year and month of birth.
pub(crate) static BAHRAIN_CPR: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 9]| (1..=12).contains(&number(&d[2..4])) && number(&d[4..]) > 0)
});

/// Qatari id: century, year of birth, ISO 3166 number of the nationality, serial.
pub(crate) static QATAR_ID: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 11]| {
        (d[0] == 2 || d[0] == 3 && number(&d[1..3]) < 40) && (4..=894).contains(&number(&d[3..6]))
    })
});

/// Jordanian national number: begins with 9 (citizens of the last century) or 2.
pub(crate) static JORDAN_NATIONAL: Check =
    Check::Text(|text| digits_pass(text, |d: &[u8; 10]| matches!(d[0], 2 | 9)));

/// Egyptian national number: century, date, governorate.
pub(crate) static EGYPT_NATIONAL: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 14]| {
        matches!(d[0], 2 | 3)
            && is_birth_date(
                1700 + 100 * u32::from(d[0]) + number(&d[1..3]),
                number(&d[3..5]),
                number(&d[5..7]),
            )
            && matches!(number(&d[7..9]), 1..=4 | 11..=19 | 21..=29 | 31..=35 | 88)
    })
});

/// Libyan national number: sex, and the year of birth.
pub(crate) static LIBYA_NATIONAL: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 12]| {
        matches!(d[0], 1 | 2) && (1900..2040).contains(&number(&d[1..5]))
    })
});

/// Moroccan ICE: a multiple of 97.
pub(crate) static MOROCCO_ICE: Check =
    Check::Text(|text| digits_pass(text, |d: &[u8; 15]| modulo(d, 97) == 0 && number(&d[..9]) > 0));

/// Algerian NIF of fifteen or twenty digits.
pub(crate) static ALGERIA_NIF: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    matches!(digits.len, 15 | 20) && !super::all_same(digits.as_slice())
});

/// Algerian NIN: eighteen digits, with the year of birth behind the kind of record.
pub(crate) static ALGERIA_NIN: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 18]| d[0] == 1 && matches!(number(&d[2..5]), ..40 | 900..1000))
});
