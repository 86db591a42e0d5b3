//! The Netherlands, Belgium, Luxembourg, France, Ireland.

use super::super::documents::verhoeff;
use super::{
    Check, Digits, Solid, base36, code_pass, complement, cross_sum, digits_pass, is_birth_date,
    is_digit, is_short_date, luhn, modulo, number, padded_pass, weighted,
};

/// Dutch BSN (RvIG): the eleven test, in which the last digit counts negative.
pub(crate) static NETHERLANDS_BSN: Check = Check::Text(|text| {
    padded_pass(text, |d: &[u8; 9]| number(d) > 9_999_999 && eleven_test(d) == 0)
});

/// Dutch education number: begins with 10, and the eleven test leaves 5.
pub(crate) static NETHERLANDS_ONDERWIJSNUMMER: Check =
    Check::Text(|text| digits_pass(text, |d: &[u8; 9]| d[..2] == [1, 0] && eleven_test(d) == 5));

fn eleven_test(digits: &[u8; 9]) -> u32 {
    // 10 is -1 modulo 11.
    weighted(digits, &[9, 8, 7, 6, 5, 4, 3, 2, 10]) % 11
}

/// Dutch VAT number: the eleven test over its first nine digits, or (since 2020, sole traders) modulo
/// 97 over all of it with letters as two digits.
pub(crate) static NETHERLANDS_VAT: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    let Some(cut) = digits.len().checked_sub(2) else { return false };
    let mut whole = [0u8; 9];
    let Some(missing) = whole.len().checked_sub(cut) else { return false };
    whole[missing..].copy_from_slice(&digits[..cut]);
    let suffix = number(&digits[cut..]);
    let rest = whole.iter().fold(2321u64 % 97, |rest, digit| (rest * 10 + u64::from(*digit)) % 97);
    let rest = (rest * 100 + 11) % 97;
    suffix > 0
        && number(&whole) > 0
        && (eleven_test(&whole) == 0 || (rest * 100 + u64::from(suffix)) % 97 == 1)
});

/// Dutch passport or identity card: letters without O, six letters or digits, and a digit.
pub(crate) static NETHERLANDS_DOCUMENT: Check = Check::Text(|text| {
    code_pass(text, |code: &[u8; 9]| {
        !code.contains(&b'O') && code.iter().filter(|byte| byte.is_ascii_digit()).count() >= 2
    })
});

/// Belgian national register and BIS numbers: 97 less the first nine digits modulo 97, with a 2 before
/// them for births from 2000. BIS numbers have 20 or 40 added to the month; a date may be unknown.
pub(crate) static BELGIUM_NATIONAL_NUMBER: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 11]| {
        let control = u64::from(number(&d[9..]));
        let rest = modulo(&d[..9], 97);
        let (last_century, this_century) =
            (97 - rest, 97 - (2_000_000_000u64 + u64::from(number(&d[..9]))) % 97);
        let year = number(&d[..2]);
        let month = number(&d[2..4]) % 20;
        let day = number(&d[4..6]);
        let exists = |century: u32| match (month, day) {
            (0, _) => number(&d[2..4]) < 60 && day <= 31,
            (1..=12, 0) => true,
            _ => is_birth_date(century + year, month, day),
        };
        number(&d[2..4]) <= 52
            && (control == last_century && exists(1900) || control == this_century && exists(2000))
    })
});

/// Belgian identity card: the first ten digits modulo 97, with 97 for 0.
pub(crate) static BELGIUM_IDENTITY_CARD: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 12]| {
        let rest = modulo(&d[..10], 97);
        number(&d[..3]) > 0 && u64::from(number(&d[10..])) == if rest == 0 { 97 } else { rest }
    })
});

/// Belgian enterprise and VAT number: 97 less the first eight digits modulo 97.
pub(crate) static BELGIUM_VAT: Check = Check::Text(|text| {
    padded_pass(text, |d: &[u8; 10]| {
        d[0] <= 1 && number(&d[..8]) > 0 && u64::from(number(&d[8..])) == 97 - modulo(&d[..8], 97)
    })
});

/// Luxembourg matricule: date, Luhn over the first twelve digits, Verhoeff over eleven and the last.
pub(crate) static LUXEMBOURG_MATRICULE: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 13]| {
        let mut eleven_and_last = [0u8; 12];
        eleven_and_last[..11].copy_from_slice(&d[..11]);
        eleven_and_last[11] = d[12];
        is_birth_date(number(&d[..4]), number(&d[4..6]), number(&d[6..8]))
            && luhn(&d[..12])
            && verhoeff(&eleven_and_last)
    })
});

/// Luxembourg VAT number: the first six digits modulo 89.
pub(crate) static LUXEMBOURG_VAT: Check =
    Check::Text(|text| digits_pass(text, |d: &[u8; 8]| number(&d[..6]) % 89 == number(&d[6..])));

/// French SIREN (Insee): Luhn.
pub(crate) static FRANCE_SIREN: Check = Check::Text(|text| digits_pass(text, luhn_of::<9>));

fn luhn_of<const N: usize>(digits: &[u8; N]) -> bool {
    luhn(digits)
}

/// French SIRET (Insee): Luhn over all and over the SIREN; those of La Poste sum to a multiple of 5.
pub(crate) static FRANCE_SIRET: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 14]| {
        const LA_POSTE: [u8; 9] = [3, 5, 6, 0, 0, 0, 0, 0, 0];
        let sum: u32 = d.iter().map(|digit| u32::from(*digit)).sum();
        luhn(&d[..9]) && (luhn(d) || d[..9] == LA_POSTE && sum.is_multiple_of(5))
    })
});

/// French VAT number: two characters and a SIREN. Two digits are the SIREN and 12 modulo 97; with a
/// letter, the newer rule modulo 11.
pub(crate) static FRANCE_VAT: Check = Check::Text(|text| {
    let solid = Solid::of(text);
    let code = solid.as_slice();
    let code = code.strip_prefix(b"FR").unwrap_or(code);
    let Ok(code) = <&[u8; 11]>::try_from(code) else { return false };
    let digits = Digits::of(&code[2..]);
    let siren = digits.as_slice();
    if siren.len() != 9 || !(luhn(siren) || siren[..3] == [0, 0, 0]) {
        return false;
    }
    let key_digits = code[..2].iter().filter(|byte| byte.is_ascii_digit()).count();
    if key_digits == 2 {
        let key = u64::from(code[0] - b'0') * 10 + u64::from(code[1] - b'0');
        return key == (modulo(siren, 97) * 100 + 12) % 97;
    }
    const LETTERS: &[u8; 34] = b"0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let place = |byte: u8| LETTERS.iter().position(|letter| *letter == byte).map(|at| at as u64);
    let (Some(first), Some(second)) = (place(code[0]), place(code[1])) else { return false };
    let check = match code[0].is_ascii_digit() {
        true => (first * 24 + second).checked_sub(10),
        false => (first * 34 + second).checked_sub(100),
    };
    check.is_some_and(|check| (modulo(siren, 11) + 1 + check / 11) % 11 == check % 11)
});

const IRISH_LETTERS: &[u8; 23] = b"WABCDEFGHIJKLMNOPQRSTUV";

/// Irish PPS and VAT numbers: weights 8 to 2 modulo 23; a second letter counts nine times its place.
/// The older VAT form has its second character aside.
pub(crate) static IRELAND_NUMBER: Check = Check::Text(|text| {
    let solid = Solid::of(text);
    let code = solid.as_slice();
    let code = code.strip_prefix(b"IE").unwrap_or(code);
    if code.len() < 8 || code.len() > 9 {
        return false;
    }
    let mut digits = [0u8; 7];
    let is_older = !code[1].is_ascii_digit();
    for (index, digit) in digits.iter_mut().enumerate() {
        let byte = match (is_older, index) {
            (false, _) => code[index],
            (true, 0) => b'0',
            (true, 1..=5) => code[index + 1],
            (true, _) => code[0],
        };
        *digit = byte.wrapping_sub(b'0');
    }
    let second = match code.get(8) {
        Some(letter @ b'A'..=b'I') => u32::from(letter - b'A') + 1,
        _ => 0,
    };
    digits.iter().all(|digit| *digit <= 9)
        && number(&digits) > 0
        && IRISH_LETTERS[(weighted(&digits, &[8, 7, 6, 5, 4, 3, 2]) + 9 * second) as usize % 23]
            == code[7]
});

/// Andorran NRT: the ranges of natural and legal persons.
pub(crate) static ANDORRA_NRT: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let value = number(digits.as_slice());
    match text.first().map(u8::to_ascii_uppercase) {
        Some(b'F') => digits.len == 6 && value <= 699_999,
        Some(b'A' | b'L') => digits.len == 6 && (700_000..800_000).contains(&value),
        _ => digits.len == 6,
    }
});

/// Austrian social insurance number: modulo 11 with the check digit fourth, then a date.
pub(crate) static AUSTRIA_SVNR: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 10]| {
        let month = number(&d[6..8]);
        d[0] > 0
            && weighted(d, &[3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 == u32::from(d[3])
            && (month >= 13 || is_short_date(number(&d[8..]), month, number(&d[4..6])))
            && number(&d[4..6]) <= 31
            && (1..=15).contains(&month)
    })
});

/// Austrian tax number (Abgabenkontonummer): Luhn after the office.
pub(crate) static AUSTRIA_STEUERNUMMER: Check = Check::Text(|text| digits_pass(text, luhn_of::<9>));

/// Austrian VAT number: U, and a check digit 96 less by Luhn's sum.
pub(crate) static AUSTRIA_VAT: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 8]| {
        let sum = cross_sum(&d[..7], &[1, 2, 1, 2, 1, 2, 1]);
        is_digit(d[7], complement(sum + 4, 10))
    })
});

/// Austrian company register number: up to six digits and a letter modulo 17.
pub(crate) static AUSTRIA_FIRMENBUCH: Check = Check::Text(|text| {
    let solid = Solid::of(text);
    let Some(&letter) = solid.as_slice().last() else { return false };
    padded_pass(text, |d: &[u8; 6]| {
        let sum = weighted(d, &[6, 4, 14, 15, 10, 1]);
        b"ABDFGHIKMPSTVWXYZ"[sum as usize % 17] == letter
    })
});

/// Swiss AHV number (ZAS): 756 and a check digit as in EAN-13.
pub(crate) static SWITZERLAND_AHV: Check =
    Check::Text(|text| digits_pass(text, |d: &[u8; 13]| d[..3] == [7, 5, 6] && ean_13(d)));

fn ean_13(digits: &[u8; 13]) -> bool {
    weighted(digits, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]).is_multiple_of(10)
}

/// Swiss UID (BFS): modulo 11.
pub(crate) static SWITZERLAND_UID: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 9]| {
        is_digit(d[8], complement(weighted(&d[..8], &[5, 4, 3, 2, 7, 6, 5, 4]), 11))
    })
});

/// Portuguese citizen card: Luhn's doubling over digits and letters, from the left.
pub(crate) static PORTUGAL_CITIZEN_CARD: Check = Check::Text(|text| {
    code_pass(text, |code: &[u8; 12]| {
        let sum: u32 = code
            .iter()
            .enumerate()
            .map(|(index, byte)| match (index % 2, base36(*byte)) {
                (0, value) if value * 2 > 9 => value * 2 - 9,
                (0, value) => value * 2,
                (_, value) => value,
            })
            .sum();
        sum.is_multiple_of(10)
    })
});

/// Portuguese NIF: modulo 11.
pub(crate) static PORTUGAL_NIF: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 9]| {
        !matches!(d[0], 0 | 4)
            && is_digit(d[8], complement(weighted(&d[..8], &[9, 8, 7, 6, 5, 4, 3, 2]), 11) % 10)
    })
});
