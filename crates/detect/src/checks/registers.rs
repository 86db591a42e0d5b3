//! Numbers of registers: Spanish social security, British electoral roll, coordinates of places.

use super::{Candidate, Check, Digits, all_same, modulo};

/// Spanish social security number (Orden TAS/2865/2003): the last two digits are the others modulo
/// 97, a sequence below ten million being taken without its leading zero. The province comes first.
pub(crate) static SPAIN_SOCIAL_SECURITY: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    if !matches!(digits.len(), 11 | 12) {
        return false;
    }
    let (number, check) = digits.split_at(digits.len() - 2);
    let province = modulo(&number[..2], 100);
    let sequence = modulo(&number[2..], 100_000_000);
    let whole = match sequence {
        0..10_000_000 => province * 10_000_000 + sequence,
        _ => province * 100_000_000 + sequence,
    };
    matches!(province, 1..=53 | 66) && sequence != 0 && whole % 97 == modulo(check, 100)
});

/// British electoral number: the letters of a polling district, not a word that stands before numbers.
pub(crate) static UK_ELECTORAL: Check = Check::Text(|text| {
    const WORDS: [&[u8]; 26] = [
        b"JAN", b"FEB", b"MAR", b"APR", b"MAY", b"JUN", b"JUL", b"AUG", b"SEP", b"OCT", b"NOV",
        b"DEC", b"IN", b"ON", b"OF", b"AT", b"TO", b"BY", b"NO", b"IS", b"THE", b"AND", b"FOR",
        b"NR", b"TEL", b"FAX",
    ];
    let letters = text.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let digits = Digits::of(text);
    let spaced = text.get(letters) == Some(&b' ');
    !(spaced && WORDS.iter().any(|word| word.eq_ignore_ascii_case(&text[..letters])))
        && digits.as_slice().iter().any(|digit| *digit != 0)
});

/// A pair of decimal degrees: latitude up to 90, longitude up to 180. Whole degrees count only with a
/// sign before one of them, and with three digits: pairs of small numbers are anything.
pub(crate) static COORDINATES: Check = Check::InValue(|candidate: &Candidate<'_>| {
    let text = &candidate.text[candidate.found.clone()];
    let before = &candidate.text[candidate.value.start..candidate.found.start];
    let number = |byte: &u8| byte.is_ascii_digit() || *byte == b'.';
    let mut parts = text.split(|byte| !number(byte)).filter(|part| !part.is_empty());
    let (latitude, longitude) = (parts.next()?, parts.next()?);
    let signed = matches!(before.last(), Some(b'-' | b'+'))
        || text.iter().any(|byte| matches!(byte, b'-' | b'+'));
    let fractions = latitude.contains(&b'.') && longitude.contains(&b'.');
    let told = fractions || signed && latitude.len() + longitude.len() >= 3;
    let fits = within(latitude, 90) && within(longitude, 180) && told;
    fits.then_some(candidate.found.end)
});

/// Whether a decimal is at most `limit`.
fn within(decimal: &[u8], limit: u64) -> bool {
    let whole = decimal.split(|byte| *byte == b'.').next().unwrap_or_default();
    let fraction = decimal.get(whole.len() + 1..).unwrap_or_default();
    let whole = modulo(Digits::of(whole).as_slice(), 1_000_000);
    whole < limit || whole == limit && fraction.iter().all(|byte| *byte == b'0')
}

/// A postal or similar code: digits that are not all the same.
pub(crate) static PLAIN_CODE: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    !all_same(digits.as_slice())
});

#[cfg(test)]
mod tests {
    use super::super::tests::passes;
    use super::*;

    #[test]
    fn numbers_of_registers() {
        for (check, good, bad) in [
            (&SPAIN_SOCIAL_SECURITY, "28/12345678/40", "28/12345678/41"),
            (&UK_ELECTORAL, "QXZ 417", "MAY 2019"),
            (&COORDINATES, "90.000, 180.000", "90.001, 180.000"),
            (&COORDINATES, "17.738223, 85.605469", "17.738223, 185.605469"),
            (&COORDINATES, "71, -146", "71, 146"),
            (&COORDINATES, "7, -14", "7, -1"),
        ] {
            assert!(passes(check, good), "{good}");
            assert!(!passes(check, bad), "{bad}");
        }
    }
}
