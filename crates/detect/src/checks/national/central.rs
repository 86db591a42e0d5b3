//! Poland, Czechia, Slovakia, Hungary, Romania, Bulgaria.

use super::{
    Check, Digits, base36, code_pass, complement, digits_pass, is_birth_date, is_digit,
    is_short_date, modulo, number, padded_pass, rising, tail_weighted, two_rounds, weighted,
};

/// Polish NIP: modulo 11.
pub(crate) static POLAND_NIP: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 10]| {
        number(&d[..3]) > 0 && is_digit(d[9], weighted(&d[..9], &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11)
    })
});

/// Polish REGON of nine or fourteen digits (GUS): modulo 11, each check digit.
pub(crate) static POLAND_REGON: Check = Check::Text(|text| {
    let nine = |d: &[u8]| is_digit(d[8], weighted(&d[..8], &[8, 9, 2, 3, 4, 5, 6, 7]) % 11 % 10);
    digits_pass(text, |d: &[u8; 9]| nine(d))
        || digits_pass(text, |d: &[u8; 14]| {
            let sum = weighted(&d[..13], &[2, 4, 8, 5, 0, 9, 7, 3, 6, 1, 2, 4, 8]);
            nine(d) && is_digit(d[13], sum % 11 % 10)
        })
});

/// Polish identity card: weights 7, 3, 1, the check digit after the three letters.
pub(crate) static POLAND_IDENTITY_CARD: Check =
    Check::Text(|text| code_pass(text, |code: &[u8; 9]| letters_then_check(code, 3)));

/// Polish passport: as the identity card, with two letters.
pub(crate) static POLAND_PASSPORT: Check =
    Check::Text(|text| code_pass(text, |code: &[u8; 9]| letters_then_check(code, 2)));

fn letters_then_check(code: &[u8; 9], check_at: usize) -> bool {
    const WEIGHTS: [u32; 3] = [7, 3, 1];
    let rest = code.iter().enumerate().filter(|(index, _)| *index != check_at);
    let sum: u32 =
        rest.enumerate().map(|(place, (_, byte))| base36(*byte) * WEIGHTS[place % 3]).sum();
    base36(code[check_at]) == sum % 10
}

/// Czech and Slovak rodné číslo: date with 50 added to women's months (and 20 where numbers ran out),
/// modulo 11 since 1954; nine digits before.
pub(crate) static BIRTH_NUMBER: Check = Check::Text(birth_number);

fn birth_number(text: &[u8]) -> bool {
    let digits = Digits::of(text);
    let d = digits.as_slice();
    if d.len() < 9 {
        return false;
    }
    let (year, month, day) = (number(&d[..2]), number(&d[2..4]) % 50, number(&d[4..6]));
    match d.len() {
        9 => {
            let year = if year < 54 { 1900 + year } else { 1800 + year };
            number(&d[6..]) > 0 && is_birth_date(year, month, day)
        }
        10 => {
            let year = if year < 54 { 2000 + year } else { 1900 + year };
            let month = if year >= 2004 && month > 20 { month - 20 } else { month };
            let rest = modulo(&d[..9], 11);
            is_birth_date(year, month, day) && u64::from(d[9]) == rest % 10
        }
        _ => false,
    }
}

/// Czech and Slovak company number (IČO): modulo 11.
pub(crate) static ICO: Check = Check::Text(|text| digits_pass(text, |d: &[u8; 8]| ico(d)));

fn ico(d: &[u8; 8]) -> bool {
    let check = match complement(weighted(&d[..7], &[8, 7, 6, 5, 4, 3, 2]), 11) {
        0 => 1,
        other => other % 10,
    };
    is_digit(d[7], check)
}

/// Czech VAT number (DIČ): a company's number, a birth number, or a number of its own kind with 6.
pub(crate) static CZECHIA_VAT: Check = Check::Text(|text| {
    let special = |d: &[u8; 9]| {
        d[0] == 6 && {
            let rest = weighted(&d[1..8], &[8, 7, 6, 5, 4, 3, 2]) % 11;
            is_digit(d[8], (18 - (21 - rest) % 11) % 10)
        }
    };
    digits_pass(text, |d: &[u8; 8]| d[0] < 9 && ico(d))
        || digits_pass(text, special)
        || birth_number(text)
});

/// Slovak VAT number: a multiple of 11.
pub(crate) static SLOVAKIA_VAT: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 10]| {
        d[0] > 0 && matches!(d[2], 2 | 3 | 4 | 7 | 8 | 9) && modulo(d, 11) == 0
    })
});

/// Hungarian TAJ: weights 3 and 7 modulo 10.
pub(crate) static HUNGARY_TAJ: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 9]| {
        is_digit(d[8], weighted(&d[..8], &[3, 7, 3, 7, 3, 7, 3, 7]) % 10)
    })
});

/// Hungarian tax id (adóazonosító jel): begins with 8, places as weights, modulo 11.
pub(crate) static HUNGARY_ADOAZONOSITO: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 10]| d[0] == 8 && is_digit(d[9], rising(&d[..9], 1) % 11))
});

/// Hungarian personal id: sex and century, date, and modulo 11 from the left (before 1997) or from the
/// right.
pub(crate) static HUNGARY_SZEMELYI: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 11]| {
        let (year, month, day) = (number(&d[1..3]), number(&d[3..5]), number(&d[5..7]));
        let sum = match (d[0], year) {
            (1 | 2, ..=96) => rising(&d[..10], 1),
            _ => tail_weighted(&d[..10], 1),
        };
        let century = if d[0] <= 2 { 1900 } else { 2000 };
        (1..=4).contains(&d[0])
            && is_birth_date(century + year, month, day)
            && is_digit(d[10], sum % 11)
    })
});

/// Hungarian tax number of companies and VAT number: the first eight digits, weights 9, 7, 3, 1.
pub(crate) static HUNGARY_ADOSZAM: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let d = digits.as_slice();
    matches!(d.len(), 8 | 11)
        && d[0] > 0
        && is_digit(d[7], complement(weighted(&d[..7], &[9, 7, 3, 1, 9, 7, 3]), 10))
        && (d.len() == 8 || (1..=5).contains(&d[8]))
});

/// Romanian CNP: sex and century, date, county, modulo 11.
pub(crate) static ROMANIA_CNP: Check = Check::Text(romania_person);

fn romania_person(text: &[u8]) -> bool {
    digits_pass(text, |d: &[u8; 13]| {
        let (year, month, day) = (number(&d[1..3]), number(&d[3..5]), number(&d[5..7]));
        let is_date = match d[0] {
            1 | 2 => is_birth_date(1900 + year, month, day),
            3 | 4 => is_birth_date(1800 + year, month, day),
            5 | 6 => is_birth_date(2000 + year, month, day),
            7..=9 => is_short_date(year, month, day),
            _ => false,
        };
        let rest = weighted(&d[..12], &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
        is_date
            && matches!(number(&d[7..9]), 1..=52 | 70 | 80..=83)
            && is_digit(d[12], if rest == 10 { 1 } else { rest })
    })
}

/// Romanian tax number (CUI, CIF): two to ten digits, modulo 11; or a person's CNP.
pub(crate) static ROMANIA_CUI: Check = Check::Text(|text| {
    padded_pass(text, |d: &[u8; 10]| {
        let sum = weighted(&d[..9], &[7, 5, 3, 2, 1, 7, 5, 3, 2]);
        number(&d[..9]) > 0 && is_digit(d[9], sum * 10 % 11 % 10)
    }) || romania_person(text)
});

/// Romanian trade register number: register, county, number and year (or date) with separators; or,
/// since 2024, year, number, county (00 from 2025) and a check digit modulo 10.
pub(crate) static ROMANIA_TRADE_REGISTER: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let d = digits.as_slice();
    let is_solid = text.iter().all(u8::is_ascii_alphanumeric);
    let (county, year) = match d.len() {
        13 if is_solid => (number(&d[10..12]), number(&d[..4])),
        6..=16 if !is_solid => (leading_number(text), number(&d[d.len() - 4..])),
        _ => return false,
    };
    let check = || {
        let register = u32::from(text[0].to_ascii_uppercase()) % 10;
        (register + d[..12].iter().map(|digit| u32::from(*digit)).sum::<u32>()) % 10
    };
    (1990..2040).contains(&year)
        && match is_solid {
            true => {
                is_digit(d[12], check()) && matches!((county, year), (0, 2024..) | (1..=52, ..2025))
            }
            false => matches!(county, 1..=40 | 51 | 52),
        }
});

/// The first run of digits in a text, of which at most three are read.
fn leading_number(text: &[u8]) -> u32 {
    text.iter()
        .skip_while(|byte| !byte.is_ascii_digit())
        .take_while(|byte| byte.is_ascii_digit())
        .take(3)
        .fold(0, |value, byte| value * 10 + u32::from(byte - b'0'))
}

/// Bulgarian EGN: date (20 or 40 added to the month for other centuries), modulo 11.
pub(crate) static BULGARIA_EGN: Check = Check::Text(|text| digits_pass(text, egn));

fn egn(d: &[u8; 10]) -> bool {
    let (year, month, day) = (number(&d[..2]), number(&d[2..4]), number(&d[4..6]));
    let is_date = match month {
        1..=12 => is_birth_date(1900 + year, month, day),
        21..=32 => is_birth_date(1800 + year, month - 20, day),
        41..=52 => is_birth_date(2000 + year, month - 40, day),
        _ => false,
    };
    is_date && is_digit(d[9], weighted(&d[..9], &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10)
}

/// Bulgarian number of foreigners (LNCh): modulo 10.
pub(crate) static BULGARIA_LNCH: Check = Check::Text(|text| digits_pass(text, lnch));

fn lnch(d: &[u8; 10]) -> bool {
    is_digit(d[9], weighted(&d[..9], &[21, 19, 17, 13, 11, 9, 7, 3, 1]) % 10)
}

/// Bulgarian VAT number: a company's nine digits by two rounds modulo 11; ten digits of a person, or
/// of others by a rule of their own.
pub(crate) static BULGARIA_VAT: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 9]| is_digit(d[8], two_rounds(&d[..8], |place| place + 1)))
        || digits_pass(text, |d: &[u8; 10]| {
            let others = complement(weighted(&d[..9], &[4, 3, 2, 7, 6, 5, 4, 3, 2]), 11);
            egn(d) || lnch(d) || is_digit(d[9], others)
        })
});
