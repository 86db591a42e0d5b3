//! Ukraine, Russia, Belarus, Moldova, the Caucasus and Central Asia.

use super::super::documents::icao;
use super::{
    Check, Digits, all_same, base36, code_pass, digits_pass, is_birth_date, is_digit,
    is_short_date, modulo, number, padded_pass, tail_weighted, two_rounds, weighted,
};

/// Ukrainian taxpayer number (RNOKPP): modulo 11.
pub(crate) static UKRAINE_RNOKPP: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 10]| {
        // 10 is -1 modulo 11.
        is_digit(d[9], weighted(&d[..9], &[10, 5, 7, 9, 4, 6, 10, 5, 7]) % 11 % 10)
    })
});

/// Ukrainian company number (EDRPOU): two rounds modulo 11, whose weights hang on the number's range.
pub(crate) static UKRAINE_EDRPOU: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 8]| {
        let first: fn(u32) -> u32 = |place| place + 1;
        let turned: fn(u32) -> u32 = |place| match place {
            0 => 7,
            1..=6 => place,
            _ => 0,
        };
        let weight = if (30_000_000..60_000_000).contains(&number(d)) { turned } else { first };
        let sum = |added: u32| -> u32 {
            d[..7].iter().zip(0..).map(|(digit, at)| u32::from(*digit) * (weight(at) + added)).sum()
        };
        let check = match sum(0) % 11 {
            10 => sum(2) % 11 % 10,
            rest => rest,
        };
        is_digit(d[7], check)
    })
});

/// Russian INN of ten (companies) or twelve digits (persons): modulo 11.
pub(crate) static RUSSIA_INN: Check = Check::Text(|text| {
    const WEIGHTS: [u32; 11] = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8];
    let check = |digits: &[u8]| weighted(digits, &WEIGHTS[11 - digits.len()..]) % 11 % 10;
    digits_pass(text, |d: &[u8; 10]| is_digit(d[9], check(&d[..9])))
        || digits_pass(text, |d: &[u8; 12]| {
            is_digit(d[10], check(&d[..10])) && is_digit(d[11], check(&d[..11]))
        })
});

/// Russian SNILS: places from the right as weights, modulo 101, and 100 is 0.
pub(crate) static RUSSIA_SNILS: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 11]| {
        number(&d[..9]) > 1_001_998 && number(&d[9..]) == tail_weighted(&d[..9], 1) % 101 % 100
    })
});

/// Russian OGRN (thirteen digits) and OGRNIP (fifteen): the rest of the number modulo 11 or 13.
pub(crate) static RUSSIA_OGRN: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 13]| {
        matches!(d[0], 1 | 2 | 5) && u64::from(d[12]) == modulo(&d[..12], 11) % 10
    }) || digits_pass(text, |d: &[u8; 15]| {
        d[0] == 3 && u64::from(d[14]) == modulo(&d[..14], 13) % 10
    })
});

/// Belarusian UNP: two letters or digits and digits, modulo 11.
pub(crate) static BELARUS_UNP: Check = Check::Text(|text| {
    code_pass(text, |code: &[u8; 9]| {
        let mut values = [0u8; 8];
        for (value, byte) in values.iter_mut().zip(code) {
            *value = base36(*byte) as u8;
        }
        if let Some(place) = b"ABCEHKMOPT".iter().position(|letter| *letter == code[1]) {
            values[1] = place as u8;
        }
        let check = weighted(&values, &[29, 23, 19, 17, 13, 7, 5, 3]) % 11;
        !all_same(code) && base36(code[8]) == check && check < 10
    })
});

/// Belarusian personal number: sex and century, date, region, serial, citizenship, and a check digit
/// as in ICAO 9303.
pub(crate) static BELARUS_PERSONAL_NUMBER: Check = Check::Text(|text| {
    code_pass(text, |code: &[u8; 14]| {
        let digits = Digits::of(&code[..7]);
        let Ok(d) = <&[u8; 7]>::try_from(digits.as_slice()) else { return false };
        let century = match d[0] {
            1 | 2 => 1800,
            3 | 4 => 1900,
            _ => 2000,
        };
        is_birth_date(century + number(&d[5..]), number(&d[3..5]), number(&d[1..3]))
            && base36(code[13]) == icao(&code[..13])
    })
});

/// Moldovan IDNP and IDNO: weights 7, 3, 1 modulo 10.
pub(crate) static MOLDOVA_IDN: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 13]| {
        is_digit(d[12], weighted(&d[..12], &[7, 3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1]) % 10)
    })
});

/// Kazakh IIN: date, sex and century, two rounds modulo 11.
pub(crate) static KAZAKHSTAN_IIN: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 12]| {
        let century = match d[6] {
            1 | 2 => 1800,
            3 | 4 => 1900,
            5 | 6 => 2000,
            _ => return false,
        };
        is_birth_date(century + number(&d[..2]), number(&d[2..4]), number(&d[4..6]))
            && is_digit(d[11], two_rounds(&d[..11], |place| place % 11 + 1))
    })
});

/// Uzbek PINFL: sex and century, date, district, serial, weights 7, 3, 1 modulo 10.
pub(crate) static UZBEKISTAN_PINFL: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 14]| {
        (1..=6).contains(&d[0])
            && is_short_date(number(&d[5..7]), number(&d[3..5]), number(&d[1..3]))
            && is_digit(d[13], weighted(&d[..13], &[7, 3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1, 7]) % 10)
    })
});

/// Kyrgyz PIN: sex, date of birth with the whole year, and a serial.
pub(crate) static KYRGYZSTAN_PIN: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 14]| {
        (1..=2).contains(&d[0])
            && is_birth_date(number(&d[5..9]), number(&d[3..5]), number(&d[1..3]))
    })
});

/// Armenian public services number: sex and century in the day (10 to 80 added), date, serial.
pub(crate) static ARMENIA_PSN: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 10]| {
        // Tens of the day: 1 to 4 men, 5 to 8 women.
        let day = match number(&d[..2]) {
            day @ 11..=41 => day - 10,
            day @ 51..=81 => day - 50,
            _ => return false,
        };
        is_short_date(number(&d[4..6]), number(&d[2..4]), day)
    })
});

/// Azerbaijani VÖEN: eight digits, their check by weights modulo 11, and the kind of the payer.
pub(crate) static AZERBAIJAN_VOEN: Check = Check::Text(|text| {
    padded_pass(text, |d: &[u8; 10]| {
        matches!(d[9], 1 | 2) && is_digit(d[8], weighted(&d[..8], &[4, 1, 8, 6, 2, 7, 5, 3]) % 11)
    })
});
