//! Numbers of health care: insurance cards, prescribers, procedures.

use super::{Check, Digits, all_same, luhn, modulo, separator, weighted};

/// DEA registration number: the last digit is the last of d1 + d3 + d5 + 2 (d2 + d4 + d6), by the
/// Drug Enforcement Administration's own rule. A 9 may stand for the second letter.
pub(crate) static DEA: Check = Check::Text(|text| {
    let digits = Digits::of(text.get(2..).unwrap_or_default());
    let digits = digits.as_slice();
    digits.len() == 7
        && weighted(&digits[..6], &[1, 2, 1, 2, 1, 2]) % 10 == u32::from(digits[6])
        && !all_same(digits)
});

/// US health insurance claim number: its nine digits are a Social Security number, so the rules for
/// area, group and serial hold; the six digits of an old railroad claim have none.
pub(crate) static USA_HICN: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    match digits.len() {
        6 => !all_same(digits),
        9 | 10 => {
            let area = modulo(&digits[..3], 1000);
            !matches!(area, 0 | 666 | 900..)
                && modulo(&digits[3..5], 100) != 0
                && modulo(&digits[5..9], 10_000) != 0
                && !all_same(&digits[..9])
        }
        _ => false,
    }
});

/// Canadian health number. British Columbia: ten digits that begin with 9, modulo 11; Ontario: ten
/// digits by Luhn, and up to two letters of version.
pub(crate) static CANADA_HEALTH: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    if digits.len() != 10 || all_same(digits) || separator_of_groups(text).is_err() {
        return false;
    }
    if digits[0] != 9 {
        return luhn(digits);
    }
    let sum = weighted(&digits[1..9], &[2, 4, 8, 5, 10, 9, 7, 3]);
    (11 - sum % 11) % 11 == u32::from(digits[9])
});

/// The separator between groups of digits, letters behind them left out.
fn separator_of_groups(text: &[u8]) -> Result<Option<u8>, ()> {
    let end = text.iter().rposition(u8::is_ascii_digit).map_or(0, |last| last + 1);
    separator(&text[..end])
}

/// Quebec's health insurance number (RAMQ): month (women's count from 51) and day of birth.
pub(crate) static QUEBEC_HEALTH: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    digits.len() == 8
        && matches!(modulo(&digits[2..4], 100), 1..=12 | 51..=62)
        && (1..=31).contains(&modulo(&digits[4..6], 100))
});

/// Countries that issue the European Health Insurance Card, by their ISO 3166 number; sorted.
const EHIC_COUNTRIES: [u64; 32] = [
    40, 56, 100, 191, 196, 203, 208, 233, 246, 250, 276, 300, 348, 352, 372, 380, 428, 438, 440,
    442, 470, 528, 578, 616, 620, 642, 703, 705, 724, 752, 756, 826,
];

/// European Health Insurance Card (Decision S2 of the Administrative Commission; EN 1867): 80 for
/// health care, the country, the issuer, and the card's serial.
pub(crate) static EHIC: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    digits.len() == 20
        && digits[..2] == [8, 0]
        && EHIC_COUNTRIES.binary_search(&modulo(&digits[2..5], 1000)).is_ok()
        && !all_same(&digits[5..])
});

/// NHS number: weights 10 to 2 modulo 11 (NHS Data Dictionary); a check of 10 is not issued.
pub(crate) static UK_NHS: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    digits.len() == 10
        && !all_same(digits)
        && weighted(digits, &[10, 9, 8, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
        && separator(text).is_ok()
});

/// HCPCS: the ranges of CPT's sections, and the letters of level II.
pub(crate) static HCPCS: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    match (digits.len(), text.first()) {
        (5, _) => matches!(
            modulo(digits, 100_000),
            100..=1_999 | 10_004..=69_990 | 70_010..=79_999 | 80_047..=89_398 | 90_281..=99_607
        ),
        (4, Some(first)) if first.is_ascii_digit() => modulo(digits, 10_000) != 0,
        (4, Some(_)) => true,
        _ => false,
    }
});

/// National Provider Identifier: Luhn over the number behind the prefix 80840 (45 CFR 162.406).
pub(crate) static NPI: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    if digits.len() != 10 || all_same(&digits[1..]) {
        return false;
    }
    let mut whole = [8, 0, 8, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    whole[5..].copy_from_slice(digits);
    luhn(&whole)
});

#[cfg(test)]
mod tests {
    use super::super::tests::passes;
    use super::*;

    #[test]
    fn numbers_from_the_authorities_documents() {
        for (check, good, bad) in [
            (&DEA, "AB1234563", "AB1234564"),
            (&DEA, "F91234563", "F91234553"),
            (&USA_HICN, "536-22-8726A", "666-22-8726A"),
            (&CANADA_HEALTH, "9123 456 780", "9123 456 781"),
            (&QUEBEC_HEALTH, "QXZA 7562 1018", "QXZA 7563 1018"),
            (&EHIC, "80246 00001 0123456789", "80999 00001 0123456789"),
            (&UK_NHS, "943 476 5870", "943 476 5871"),
            (&HCPCS, "99213", "99999"),
            (&NPI, "1234567893", "1234567894"),
        ] {
            assert!(passes(check, good), "{good}");
            assert!(!passes(check, bad), "{bad}");
        }
    }

    #[test]
    fn countries_are_sorted() {
        assert!(EHIC_COUNTRIES.is_sorted());
    }
}
