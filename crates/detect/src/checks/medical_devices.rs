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
}

#[cfg(test)]
mod tests {
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
    }
}
