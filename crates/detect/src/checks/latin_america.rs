//! Numbers of Latin America: Colombian NIT, Mexican RFC, Argentine DNI and SUBE card.

use super::days::exists;
use super::{Candidate, Check, Digits, Solid, all_same, luhn, modulo, separator};

/// Colombian NIT of a person: the last digit by prime weights modulo 11 (DIAN, Decreto 2460 of
/// 2013). Nine digits that begin with 8 or 9 are an organization's.
pub(crate) static COLOMBIA_PERSON_NIT: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    let organization = digits.len() == 10 && matches!(digits[0], 8 | 9);
    !organization && nit(digits)
});

/// Colombian NIT of an organization: nine digits that begin with 8 or 9, and the check digit.
pub(crate) static COLOMBIA_ORGANIZATION_NIT: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    digits.len() == 10 && matches!(digits[0], 8 | 9) && nit(digits)
});

fn nit(digits: &[u8]) -> bool {
    const WEIGHTS: [u32; 15] = [3, 7, 13, 17, 19, 23, 29, 37, 41, 43, 47, 53, 59, 67, 71];
    let Some((check, number)) = digits.split_last() else { return false };
    let sum: u32 =
        number.iter().rev().zip(WEIGHTS).map(|(digit, weight)| u32::from(*digit) * weight).sum();
    let expected = match sum % 11 {
        rest @ (0 | 1) => rest,
        rest => 11 - rest,
    };
    (6..=10).contains(&number.len()) && !all_same(number) && u32::from(*check) == expected
}

/// Mexican RFC: a date that exists, and none of the two numbers that stand for any person. Its check
/// character is wrong in too many numbers in use to be asked for. Its letters may be `&` and `Ñ`; one
/// of them first is looked for before the match, where no match can begin.
pub(crate) static MEXICO_RFC: Check = Check::Text(|text| {
    let solid = Solid::of(text);
    let code = solid.as_slice();
    let Some(from) = code.iter().position(u8::is_ascii_digit) else { return false };
    let digits = Digits::of(&code[from..code.len().min(from + 6)]);
    let digits = digits.as_slice();
    if digits.len() != 6 || matches!(code, b"XAXX010101000" | b"XEXX010101000") {
        return false;
    }
    let two = |from: usize| modulo(&digits[from..from + 2], 100) as u32;
    // The century is not written: a leap day passes if it exists in either.
    exists(2000 + two(0), two(2), two(4)) || exists(1900 + two(0), two(2), two(4))
});

/// As `MEXICO_RFC`, for a match whose first letter is a `&` or `Ñ` that stands before it.
pub(crate) static MEXICO_RFC_BEHIND_SIGN: Check = Check::InValue(|candidate: &Candidate<'_>| {
    let before = &candidate.text[candidate.value.start..candidate.found.start];
    let behind = before.ends_with(b"&") || before.ends_with("Ñ".as_bytes());
    behind.then(|| MEXICO_RFC.run(candidate)).flatten()
});

/// Argentine DNI: Macie leaves out 99.999.999 and zeros.
pub(crate) static ARGENTINA_DNI: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    matches!(digits.len(), 7 | 8) && !all_same(digits)
});

/// Argentine SUBE card: Luhn, sixteen digits behind 6061.
pub(crate) static ARGENTINA_SUBE: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    digits.len() == 16
        && digits.starts_with(&[6, 0, 6, 1])
        && luhn(digits)
        && separator(text).is_ok()
});

/// Colombian citizenship card: six to eight digits of old, ten of today; nine were never issued.
pub(crate) static COLOMBIA_CARD: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    !all_same(digits)
        && match digits.len() {
            6..=8 => true,
            10 => digits[0] == 1,
            _ => false,
        }
});

#[cfg(test)]
mod tests {
    use super::super::tests::passes;
    use super::*;

    #[test]
    fn numbers_from_the_authorities_documents() {
        for (check, good, bad) in [
            (&COLOMBIA_PERSON_NIT, "213.123.432-1", "213.123.432-2"),
            (&COLOMBIA_ORGANIZATION_NIT, "899.999.090-2", "899.999.090-3"),
            (&COLOMBIA_PERSON_NIT, "41.717.283-5", "899.999.090-2"),
            (&MEXICO_RFC, "QXAZ7701127K3", "QXAZ7713127K3"),
            (&MEXICO_RFC, "Q&A000229AB1", "Q&A010229AB1"),
            (&MEXICO_RFC, "XAXX010101001", "XAXX010101000"),
            (&ARGENTINA_DNI, "20.123.456", "99.999.999"),
            (&ARGENTINA_SUBE, "6061 2671 2345 6780", "6061 2671 2345 6781"),
            (&COLOMBIA_CARD, "1.020.345.678", "3.020.345.678"),
        ] {
            assert!(passes(check, good), "{good}");
            assert!(!passes(check, bad), "{bad}");
        }
    }
}
