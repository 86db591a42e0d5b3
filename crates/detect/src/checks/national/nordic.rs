//! Denmark, Sweden, Norway, Finland, Iceland.

use super::{
    Check, Digits, Solid, code_pass, complement, digits_pass, is_birth_date, is_digit,
    is_short_date, luhn, number, weighted,
};

/// Danish CPR number: date, and a seventh digit that tells the century. Modulo 11 has not held for
/// all numbers since 2007 (CPR-kontoret, "Personnummeret i CPR").
pub(crate) static DENMARK_CPR: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 10]| {
        let year = number(&d[4..6]);
        let century = match (d[6], year) {
            (0..=3, _) | (4 | 9, 37..) => 1900,
            (4 | 9, _) | (5..=8, ..=57) => 2000,
            _ => 1800,
        };
        // The same seventh digits will stand for later years of this century, but not for long yet.
        century + year < 2040 && is_birth_date(century + year, number(&d[2..4]), number(&d[..2]))
    })
});

/// Danish CVR and VAT number: modulo 11.
pub(crate) static DENMARK_CVR: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 8]| {
        d[0] > 0 && weighted(d, &[2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
    })
});

/// Swedish personnummer (Skatteverket, SKV 704): date and Luhn over the last ten digits.
pub(crate) static SWEDEN_PERSONNUMMER: Check = Check::Text(|text| sweden_person(text, 0));

/// Swedish samordningsnummer (SKV 707): as a personnummer, with 60 added to the day.
pub(crate) static SWEDEN_SAMORDNINGSNUMMER: Check = Check::Text(|text| sweden_person(text, 60));

fn sweden_person(text: &[u8], added: u32) -> bool {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    let Some(short) = digits.len().checked_sub(10).map(|from| &digits[from..]) else {
        return false;
    };
    let (year, month) = (number(&short[..2]), number(&short[2..4]));
    let Some(day) = number(&short[4..6]).checked_sub(added) else { return false };
    let date_is_valid = match digits.len() {
        12 => is_birth_date(number(&digits[..4]), month, day),
        // A plus says that a hundred years have passed.
        10 if text.contains(&b'+') => year < 40 && is_birth_date(1900 + year, month, day),
        10 => is_short_date(year, month, day),
        _ => false,
    };
    date_is_valid && luhn(short)
}

/// Swedish organisationsnummer: Luhn; the third digit is at least 2, so that it is no date.
pub(crate) static SWEDEN_ORGANISATIONSNUMMER: Check =
    Check::Text(|text| digits_pass(text, |d: &[u8; 10]| d[0] > 0 && d[2] >= 2 && luhn(d)));

/// Swedish VAT number: ten digits by Luhn, and 01.
pub(crate) static SWEDEN_VAT: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 12]| d[10..] == [0, 1] && d[0] > 0 && luhn(&d[..10]))
});

/// Norwegian fødselsnummer (Skatteetaten): two check digits modulo 11; D-numbers have 40 added to the
/// day, H-numbers and numbers of tests 40 or 80 to the month.
pub(crate) static NORWAY_FODSELSNUMMER: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 11]| {
        let (day, month) = (number(&d[..2]), number(&d[2..4]));
        is_short_date(number(&d[4..6]), month % 40, if day > 40 { day - 40 } else { day })
            && is_digit(d[9], complement(weighted(&d[..9], &[3, 7, 6, 1, 8, 9, 4, 5, 2]), 11))
            && is_digit(d[10], complement(weighted(&d[..10], &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]), 11))
    })
});

/// Norwegian organisasjonsnummer (Brønnøysundregistrene): modulo 11.
pub(crate) static NORWAY_ORGANISASJONSNUMMER: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 9]| {
        is_digit(d[8], complement(weighted(&d[..8], &[3, 2, 7, 6, 5, 4, 3, 2]), 11))
    })
});

/// Finnish henkilötunnus (DVV): date, sign of the century, and a control character modulo 31.
pub(crate) static FINLAND_HENKILOTUNNUS: Check = Check::Text(|text| {
    let solid = Solid::of(text);
    let Some(&control) = solid.as_slice().last() else { return false };
    let digits = Digits::of(&text[..text.len().saturating_sub(1)]);
    let Ok(d) = <&[u8; 9]>::try_from(digits.as_slice()) else { return false };
    let century = match text.get(6) {
        Some(b'+') => 1800,
        Some(b'-' | b'U'..=b'Y' | b'u'..=b'y') => 1900,
        _ => 2000,
    };
    is_birth_date(century + number(&d[4..6]), number(&d[2..4]), number(&d[..2]))
        && number(&d[6..]) >= 2
        && b"0123456789ABCDEFHJKLMNPRSTUVWXY"[number(d) as usize % 31] == control
});

/// Finnish Y-tunnus (PRH): modulo 11.
pub(crate) static FINLAND_YTUNNUS: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 8]| {
        is_digit(d[7], complement(weighted(&d[..7], &[7, 9, 10, 5, 8, 4, 2]), 11))
    })
});

/// Icelandic kennitala (Þjóðskrá): date (40 added to the day for companies), modulo 11, century.
pub(crate) static ICELAND_KENNITALA: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 10]| {
        let century = match d[9] {
            8 => 1800,
            9 => 1900,
            0 => 2000,
            _ => return false,
        };
        let day = number(&d[..2]);
        let day = if day > 40 { day - 40 } else { day };
        is_birth_date(century + number(&d[4..6]), number(&d[2..4]), day)
            && weighted(&d[..9], &[3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
    })
});

/// Faroese p-tal: a date and three digits.
pub(crate) static FAROE_PTAL: Check = Check::Text(|text| {
    code_pass(text, |code: &[u8; 9]| {
        let d = code.map(|byte| byte.wrapping_sub(b'0'));
        is_short_date(number(&d[4..6]), number(&d[2..4]), number(&d[..2]))
    })
});
