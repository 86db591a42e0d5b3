//! Numbers of phones, SIM cards and subscribers.

use super::{Check, Digits, Solid, all_same, luhn, modulo};

/// Bodies that allot type codes (GSMA TS.06), by the first two digits of an IMEI.
fn has_reporting_body(digits: &[u8]) -> bool {
    matches!(
        modulo(&digits[..2], 100),
        1 | 10 | 30 | 33 | 35 | 44 | 45 | 49..=54 | 86 | 91 | 98 | 99
    )
}

/// IMEI (3GPP TS 23.003): 15 digits, the last by Luhn; or 14 without it.
pub(crate) static IMEI: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    matches!(digits.len(), 14 | 15)
        && has_reporting_body(digits)
        && digits[8..14].iter().any(|digit| *digit != 0)
        && (digits.len() == 14 || luhn(digits))
});

/// IMEI with software version: 16 digits, of which none is a check digit; version 99 is kept.
pub(crate) static IMEISV: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    digits.len() == 16 && has_reporting_body(digits) && modulo(&digits[14..], 100) != 99
});

/// ICCID (ITU-T E.118): telecommunications' 89, country, issuer, number, Luhn; 19 or 20 digits.
pub(crate) static ICCID: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    matches!(digits.len(), 19 | 20) && digits.starts_with(&[8, 9]) && luhn(digits)
});

/// EID of an embedded SIM (GSMA SGP.29): 32 digits, 1 modulo 97.
pub(crate) static EID: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    digits.len() == 32 && digits.starts_with(&[8, 9]) && modulo(digits, 97) == 1
});

/// IMSI (ITU-T E.212): the country code in use is in the regions 2 to 7, or shared (901).
pub(crate) static IMSI: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    matches!(digits.len(), 14 | 15)
        && matches!(modulo(&digits[..3], 1000), 202..=297 | 302..=376 | 400..=470 | 502..=555 | 602..=659 | 702..=750 | 901)
        && !all_same(&digits[5..])
});

/// MEID (3GPP2 S.R0048): 14 hexadecimal digits from A0 on, perhaps with a Luhn digit to base 16; or 18
/// decimal digits of 32 and 24 bits, perhaps with a Luhn digit.
pub(crate) static MEID: Check = Check::InValue(|candidate| {
    let text = &candidate.text[candidate.found.clone()];
    let after = &candidate.text[candidate.found.end..candidate.value.end];
    let solid = Solid::of(text);
    let code = solid.as_slice();
    // What stands behind a last blank may be the check digit, and then has to fit.
    let goes_on = text.contains(&b' ')
        && matches!(after, [b' ', digit, rest @ ..]
            if digit.is_ascii_hexdigit() && rest.first().is_none_or(|byte| !byte.is_ascii_alphanumeric()));
    let fits = match code.len() {
        18 => is_decimal_meid(code) && !goes_on,
        19 => is_decimal_meid(code) && luhn(Digits::of(text).as_slice()),
        14 => is_hexadecimal_meid(code) && !goes_on,
        15 => is_hexadecimal_meid(code) && luhn_to_base_16(code),
        _ => false,
    };
    fits.then_some(candidate.found.end)
});

fn is_decimal_meid(code: &[u8]) -> bool {
    let digits = Digits::of(code);
    let digits = digits.as_slice();
    digits.len() == code.len()
        && (0xa000_0000..=0xffff_ffff).contains(&modulo(&digits[..10], 10_000_000_000))
        && modulo(&digits[10..18], 100_000_000) < 1 << 24
}

fn is_hexadecimal_meid(code: &[u8]) -> bool {
    code.iter().all(u8::is_ascii_hexdigit)
        && code[0] >= b'A'
        && Digits::of(code).len >= DIGITS_MIN
        && code.windows(2).any(|pair| pair[0] != pair[1])
}

fn luhn_to_base_16(code: &[u8]) -> bool {
    let sum: u32 = code
        .iter()
        .rev()
        .enumerate()
        .map(|(index, byte)| char::from(*byte).to_digit(16).unwrap_or(0) << (index % 2))
        .map(|value| value / 16 + value % 16)
        .sum();
    sum.is_multiple_of(16)
}

/// The id of an Android installation. One with hardly any decimal digit is a word or a mask.
pub(crate) static ANDROID_ID: Check =
    Check::Text(|text| Digits::of(text).len >= DIGITS_MIN && is_varied(text));

/// In hexadecimal of 14 digits and more so many are decimal; all but one in a thousand have them.
const DIGITS_MIN: usize = 3;

/// An id of 16 bytes or fewer in hexadecimal: zeros, or one byte repeated, name no device.
pub(crate) static DEVICE_ID: Check = Check::Text(is_varied);

fn is_varied(text: &[u8]) -> bool {
    let solid = Solid::of(text);
    let code = solid.as_slice();
    code.chunks(2).zip(code.chunks(2).skip(1)).any(|(one, next)| one != next)
}

#[cfg(test)]
mod tests {
    use super::super::codes::tests::refuses_changed_digits;
    use super::super::tests::passes;
    use super::*;

    #[test]
    fn numbers_with_check_digits() {
        refuses_changed_digits(&[
            (&IMEI, "490154203237518"),
            (&IMEI, "35-209900-176148-1"),
            (&ICCID, "8944500102198304826"),
            (&EID, "89049032123451234512345678901235"),
        ]);
        assert!(passes(&MEID, "AF 01 23 45 0A BC DE C"));
        assert!(passes(&MEID, "AF0123450ABCDE"));
        assert!(passes(&MEID, "29360 87365 0070 3710 0"));
        assert!(!passes(&MEID, "AF 01 23 45 0A BC DE D"));
        assert!(!passes(&MEID, "29360 87365 0070 3710 1"));
    }

    #[test]
    fn numbers_of_no_device_are_refused() {
        assert!(!passes(&IMEI, "000000000000000"));
        assert!(!passes(&IMEI, "210154203237510"));
        assert!(!passes(&IMSI, "123456789012345"));
        assert!(passes(&IMSI, "310150123456789"));
        assert!(!passes(&DEVICE_ID, "00000000-0000-0000-0000-000000000000"));
    }
}
