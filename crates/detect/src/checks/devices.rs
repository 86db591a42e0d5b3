<<<<<<< HEAD
//! Unique device identifiers: the match is the beginning, and a check extends it to the end.

use super::{Candidate, Check, Digits, all_same};

/// No identifier is longer.
const IDENTIFIER_BYTES_MAX: usize = 80;

/// A device identifier of GS1: the GTIN behind `01` has a check digit by weights 3 and 1 (GS1
/// General Specifications, section 7.9). Lot, serial and dates may follow, each behind its own number,
/// with brackets if the first has them.
pub(crate) static UDI_GS1: Check = Check::InValue(|candidate| {
    let found = &candidate.text[candidate.found.clone()];
    let digits = Digits::of(found);
    let gtin = digits.as_slice().get(2..16)?;
    let sum: u32 = gtin
        .iter()
        .zip([3u32, 1].iter().cycle())
        .map(|(digit, weight)| u32::from(*digit) * weight)
        .sum();
    let brackets = found.first() == Some(&b'(');
    let part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/' | b'_' | b'-');
    let goes_on = |byte: u8| part(byte) || brackets && matches!(byte, b'(' | b')');
    (sum.is_multiple_of(10) && !all_same(gtin)).then(|| end_of(candidate, goes_on))
});

const HIBC_CHARACTERS: &[u8; 43] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%";

/// A device identifier of HIBCC: the last character is the sum of all others modulo 43 (ANSI/HIBC
/// 2.6).
pub(crate) static UDI_HIBCC: Check = Check::InValue(|candidate| {
    let value = |byte: u8| HIBC_CHARACTERS.iter().position(|known| *known == byte);
    let end = end_of(candidate, |byte| byte != b' ' && value(byte).is_some());
    let (check, rest) = candidate.text[candidate.found.start..end].split_last()?;
    let sum = rest.iter().try_fold(0, |sum, byte| Some(sum + value(*byte)?))?;
    (rest.len() > candidate.found.len() && value(*check) == Some(sum % 43)).then_some(end)
});

/// A device identifier of ICCBBA (ISBT 128) stands behind its data identifier `=/`; what else is coded
/// follows behind `=` or `&`.
pub(crate) static UDI_ICCBBA: Check = Check::InValue(|candidate| isbt_128(candidate, b"=/", b"=&"));

/// A blood bag's identifier of ISBT 128 stands behind `=)`, its lot behind `&)`.
pub(crate) static UDI_BLOOD_BAG: Check =
    Check::InValue(|candidate| isbt_128(candidate, b"=)", b"&"));

fn isbt_128(candidate: &Candidate<'_>, identifier: &[u8], separators: &[u8]) -> Option<usize> {
    let before = &candidate.text[candidate.value.start..candidate.found.start];
    let next = candidate.text[..candidate.value.end].get(candidate.found.end);
    let end = match next {
        Some(byte) if separators.contains(byte) => {
            end_of(candidate, |byte| byte.is_ascii_graphic())
        }
        Some(byte) if byte.is_ascii_alphanumeric() => return None,
        _ => candidate.found.end,
    };
    before.ends_with(identifier).then_some(end)
}

/// Where a match ends that goes on over bytes that `goes_on` allows.
fn end_of(candidate: &Candidate<'_>, goes_on: impl Fn(u8) -> bool) -> usize {
    let from = candidate.found.end;
    let limit = candidate.value.end.min(from + IDENTIFIER_BYTES_MAX);
    let more = candidate.text[from..limit].iter().take_while(|byte| goes_on(**byte)).count();
    from + more
=======
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
    code.chunks(2).any(|pair| pair != &code[..2])
>>>>>>> wt-finance
}

#[cfg(test)]
mod tests {
<<<<<<< HEAD
    use super::*;

    fn check(check: &Check, before: &str, found: &str, after: &str, expected: Option<&str>) {
        let text = format!("{before}{found}{after}");
        let start = before.len();
        let found = start..start + found.len();
        let candidate = Candidate { text: text.as_bytes(), value: 0..text.len(), found };
        assert_eq!(check.run(&candidate).map(|end| &text[start..end]), expected, "{text}");
    }

    #[test]
    fn the_match_is_extended_over_the_whole_identifier() {
        let gtin = "(01)09506000134352";
        check(&UDI_GS1, "", gtin, "(17)301231(10)Q4 x", Some("(01)09506000134352(17)301231(10)Q4"));
        check(&UDI_GS1, "", gtin, "", Some(gtin));
        check(&UDI_GS1, "", "(01)09506000134353", "(17)301231", None);
        check(&UDI_HIBCC, "", "+A999", "12345/$$52001510X33 x", Some("+A99912345/$$52001510X33"));
        check(&UDI_HIBCC, "", "+A999", "12345/$$52001510X34", None);
        check(&UDI_HIBCC, "", "+A999", "", None);
        let code = "A9999XYZ902T0238";
        check(&UDI_ICCBBA, "=/", code, "=,000025 x", Some("A9999XYZ902T0238=,000025"));
        check(&UDI_ICCBBA, "", code, "=,000025", None);
        check(&UDI_BLOOD_BAG, "=)", "1QX4471902", "&)RZ44719023", Some("1QX4471902&)RZ44719023"));
        check(&UDI_BLOOD_BAG, "=)", "1QX4471902", "Z", None);
=======
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
>>>>>>> wt-finance
    }
}
