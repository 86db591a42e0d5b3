//! Estonia, Latvia, Lithuania.

use super::{Check, digits_pass, is_birth_date, is_digit, number, two_rounds, weighted};

/// Estonian isikukood and Lithuanian asmens kodas (EVS 585): sex and century, date, two rounds modulo
/// 11.
pub(crate) static BALTIC_PERSONAL_CODE: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 11]| {
        let century = match d[0] {
            1 | 2 => 1800,
            3 | 4 => 1900,
            5 | 6 => 2000,
            _ => return false,
        };
        is_birth_date(century + number(&d[1..3]), number(&d[3..5]), number(&d[5..7]))
            && is_digit(d[10], two_rounds(&d[..10], to_nine))
    })
});

/// Weights 1 to 9, and again from 1.
fn to_nine(place: u32) -> u32 {
    place % 9 + 1
}

/// Estonian register code of companies: two rounds modulo 11.
pub(crate) static ESTONIA_REGISTRIKOOD: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 8]| {
        matches!(d[0], 1 | 7..=9) && is_digit(d[7], two_rounds(&d[..7], to_nine))
    })
});

/// Estonian VAT number: weights 3, 7, 1 modulo 10.
pub(crate) static ESTONIA_VAT: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 9]| weighted(d, &[3, 7, 1, 3, 7, 1, 3, 7, 1]).is_multiple_of(10))
});

/// Latvian personas kods: date and century (numbers since 2017 begin with 32 and have no date), modulo
/// 11.
pub(crate) static LATVIA_PERSONAS_KODS: Check =
    Check::Text(|text| digits_pass(text, latvia_person));

fn latvia_person(d: &[u8; 11]) -> bool {
    let (day, month, year) = (number(&d[..2]), number(&d[2..4]), number(&d[4..6]));
    let is_date = match d[6] {
        century @ 0..=2 => is_birth_date(1800 + 100 * u32::from(century) + year, month, day),
        _ => false,
    };
    let sum = weighted(&d[..10], &[10, 5, 8, 4, 2, 1, 6, 3, 7, 9]);
    (day == 32 || is_date) && is_digit(d[10], (1 + sum) % 11 % 10)
}

/// Latvian VAT number: of companies by weights modulo 11, of persons their code.
pub(crate) static LATVIA_VAT: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 11]| {
        let sum = weighted(d, &[9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1]);
        if d[0] > 3 { sum % 11 == 3 } else { latvia_person(d) }
    })
});

/// Lithuanian VAT number: nine or twelve digits, two rounds modulo 11.
pub(crate) static LITHUANIA_VAT: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 9]| d[7] == 1 && is_digit(d[8], two_rounds(&d[..8], to_nine)))
        || digits_pass(text, |d: &[u8; 12]| {
            d[10] == 1 && is_digit(d[11], two_rounds(&d[..11], to_nine))
        })
});

/// Lithuanian company code: two rounds modulo 11.
pub(crate) static LITHUANIA_COMPANY: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 9]| is_digit(d[8], two_rounds(&d[..8], to_nine)))
});
