//! Germany.

use super::super::taxes::iso_7064_mod_11_10;
use super::{
    Check, Digits, code_pass, complement, cross_sum, digits_pass, is_digit, is_short_date, number,
};

/// German pension insurance number (DRV): area, date of birth, letter, serial; products by their cross
/// sums modulo 10, the letter as two digits.
pub(crate) static GERMANY_RVNR: Check = Check::Text(|text| {
    code_pass(text, |code: &[u8; 12]| {
        let Some(d) = with_letter_as_two::<13>(code, 8) else { return false };
        let sum = cross_sum(&d[..12], &[2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1]);
        number(&d[..2]) > 1
            && is_short_date(number(&d[6..8]), number(&d[4..6]), number(&d[2..4]))
            && is_digit(d[12], sum % 10)
    })
});

/// German health insurance number (GKV): a letter as two digits, products by their cross sums modulo 10.
pub(crate) static GERMANY_KVNR: Check = Check::Text(|text| {
    code_pass(text, |code: &[u8; 10]| {
        let Some(d) = with_letter_as_two::<11>(code, 0) else { return false };
        let sum = cross_sum(&d[..10], &[1, 2, 1, 2, 1, 2, 1, 2, 1, 2]);
        is_digit(d[10], sum % 10)
    })
});

/// The digits of a code of `N - 1` characters whose letter at `at` stands for its place in two digits.
fn with_letter_as_two<const N: usize>(code: &[u8], at: usize) -> Option<[u8; N]> {
    let mut digits = [0u8; N];
    let place = code.get(at)?.checked_sub(b'A')?.checked_add(1)?;
    for (index, byte) in code.iter().enumerate() {
        let to = index + usize::from(index > at);
        *digits.get_mut(to)? = byte.wrapping_sub(b'0');
    }
    *digits.get_mut(at)? = place / 10;
    *digits.get_mut(at + 1)? = place % 10;
    digits.iter().all(|digit| *digit <= 9).then_some(digits)
}

/// German physician number (KBV): weights 4 and 9 modulo 10, and a speciality.
pub(crate) static GERMANY_LANR: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 9]| {
        let sum = super::weighted(&d[..6], &[4, 9, 4, 9, 4, 9]);
        is_digit(d[6], complement(sum, 10)) && number(&d[7..]) > 0
    })
});

/// German VAT number (BZSt): ISO 7064 modulo 11, 10.
pub(crate) static GERMANY_VAT: Check =
    Check::Text(|text| digits_pass(text, |d: &[u8; 9]| d[0] > 0 && iso_7064_mod_11_10(d)));

/// German tax number: ten or eleven digits as the offices print it, or thirteen with the state before
/// and a 0 as the fifth. Its check digit goes by the state's own rule and is not looked at.
pub(crate) static GERMANY_STEUERNUMMER: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let d = digits.as_slice();
    let is_unified = d.len() == 13
        && d[4] == 0
        && matches!(
            (d[0], d[1]),
            (1, 0 | 1) | (2, 1..=4 | 6..=8) | (3, 0..=2) | (4, 0 | 1) | (5, _) | (9, _)
        );
    (matches!(d.len(), 10 | 11) || is_unified) && !super::all_same(d)
});
