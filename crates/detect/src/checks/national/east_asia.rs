//! China, Hong Kong, Taiwan, Japan, Korea, and the south-east.

use super::{
    Check, Digits, Solid, base36, code_pass, complement, cross_sum, digits_pass, is_birth_date,
    is_digit, is_short_date, luhn, number, tail_weighted, weighted,
};

/// Chinese resident identity number (GB 11643): province, date, and ISO 7064 modulo 11-2.
pub(crate) static CHINA_RESIDENT_ID: Check = Check::Text(|text| {
    code_pass(text, |code: &[u8; 18]| {
        const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        let digits = Digits::of(&code[..17]);
        let Ok(d) = <&[u8; 17]>::try_from(digits.as_slice()) else { return false };
        matches!(
            number(&d[..2]),
            11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83
        ) && is_birth_date(number(&d[6..10]), number(&d[10..12]), number(&d[12..14]))
            && b"10X98765432"[weighted(d, &WEIGHTS) as usize % 11] == code[17]
    })
});

/// Chinese unified social credit code (GB 32100): region, and powers of three modulo 31.
pub(crate) static CHINA_USCC: Check = Check::Text(|text| {
    const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    code_pass(text, |code: &[u8; 18]| {
        let value = |byte: u8| ALPHABET.iter().position(|other| *other == byte);
        let (mut sum, mut weight) = (0, 1);
        for byte in &code[..17] {
            let Some(value) = value(*byte) else { return false };
            sum += value * weight;
            weight = weight * 3 % 31;
        }
        code[2..8].iter().all(u8::is_ascii_digit) && ALPHABET[(31 - sum % 31) % 31] == code[17]
    })
});

/// Hong Kong identity card: one or two letters (a missing one counts as 36), weights 9 to 1 modulo 11.
pub(crate) static HONG_KONG_ID: Check = Check::Text(|text| {
    let solid = Solid::of(text);
    let code = solid.as_slice();
    let letters: u32 = match code.len() {
        8 => 36 * 9 + base36(code[0]) * 8,
        9 => base36(code[0]) * 9 + base36(code[1]) * 8,
        _ => return false,
    };
    let (check, number) = (code[code.len() - 1], &code[code.len() - 7..code.len() - 1]);
    let digits: u32 =
        number.iter().zip((2..=7).rev()).map(|(byte, weight)| base36(*byte) * weight).sum();
    (letters + digits + base36(check)).is_multiple_of(11)
        && (check == b'A' || check.is_ascii_digit())
});

/// Taiwanese identity number: the letter as two digits, weights 1, 9, 8 … 1, 1 modulo 10. Residents'
/// older numbers have a letter in the second place too.
pub(crate) static TAIWAN_ID: Check = Check::Text(|text| {
    code_pass(text, |code: &[u8; 10]| {
        let (Some(first), Some(second)) = (taiwan_letter(code[0]), taiwan_second(code[1])) else {
            return false;
        };
        digits_pass(&code[2..], |d: &[u8; 8]| {
            let sum =
                first / 10 + first % 10 * 9 + second * 8 + weighted(d, &[7, 6, 5, 4, 3, 2, 1, 1]);
            sum.is_multiple_of(10)
        })
    })
});

fn taiwan_letter(letter: u8) -> Option<u32> {
    let place = b"ABCDEFGHJKLMNPQRSTUVXYWZIO".iter().position(|other| *other == letter)?;
    Some(place as u32 + 10)
}

fn taiwan_second(byte: u8) -> Option<u32> {
    match byte {
        b'1' | b'2' | b'8' | b'9' => Some(u32::from(byte - b'0')),
        b'A'..=b'D' => taiwan_letter(byte).map(|value| value % 10),
        _ => None,
    }
}

/// Taiwanese unified business number: cross sums a multiple of 5; a 7 in the seventh place counts as 10
/// or as 1 and 0.
pub(crate) static TAIWAN_UBN: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 8]| {
        let sum = cross_sum(d, &[1, 2, 1, 2, 1, 2, 4, 1]);
        sum.is_multiple_of(5) || d[6] == 7 && (sum + 1).is_multiple_of(5)
    })
});

/// Japanese My Number (Ordinance 85 of 2014): modulo 11.
pub(crate) static JAPAN_MY_NUMBER: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 12]| {
        let sum = weighted(&d[..11], &[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]);
        is_digit(d[11], complement(sum, 11) % 10)
    })
});

/// Japanese corporate number: the check digit stands first, modulo 9.
pub(crate) static JAPAN_CORPORATE: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 13]| {
        let sum = weighted(&d[1..], &[2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]);
        is_digit(d[0], 9 - sum % 9)
    })
});

/// Korean resident registration number: date, sex and century, modulo 11. Numbers given out since
/// October 2020 have random last digits: of those only the date is known.
pub(crate) static KOREA_RRN: Check = Check::Text(|text| korea_registration(text, 11));

/// Korean registration number of foreigners: as of residents, sex from 5, and the check digit two more.
pub(crate) static KOREA_FRN: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    matches!(digits.as_slice().get(6), Some(5..=8)) && korea_registration(text, 13)
});

fn korea_registration(text: &[u8], base: u32) -> bool {
    digits_pass(text, |d: &[u8; 13]| {
        let century = match d[6] {
            1 | 2 | 5 | 6 => 1900,
            3 | 4 | 7 | 8 => 2000,
            _ => 1800,
        };
        let (year, month, day) = (century + number(&d[..2]), number(&d[2..4]), number(&d[4..6]));
        let sum = weighted(&d[..12], &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]);
        is_birth_date(year, month, day)
            && ((year, month) >= (2020, 10) || is_digit(d[12], (base - sum % 11) % 10))
    })
}

/// Korean business registration number: modulo 10.
pub(crate) static KOREA_BRN: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 10]| {
        let sum = weighted(&d[..9], &[1, 3, 7, 1, 3, 7, 1, 3, 5]) + u32::from(d[8]) * 5 / 10;
        number(&d[..3]) > 100 && number(&d[3..5]) > 0 && is_digit(d[9], complement(sum, 10))
    })
});

/// Singaporean NRIC and FIN: weights modulo 11, the letters by the first one.
pub(crate) static SINGAPORE_NRIC: Check = Check::Text(|text| {
    code_pass(text, |code: &[u8; 9]| {
        let (added, letters) = match code[0] {
            b'S' => (0, b"JZIHGFEDCBA"),
            b'T' => (4, b"JZIHGFEDCBA"),
            b'F' => (0, b"XWUTRQPNMLK"),
            b'G' => (4, b"XWUTRQPNMLK"),
            b'M' => (3, b"XWUTRQPNJLK"),
            _ => return false,
        };
        digits_pass(&code[1..8], |d: &[u8; 7]| {
            letters[(weighted(d, &[2, 7, 6, 5, 4, 3, 2]) + added) as usize % 11] == code[8]
        })
    })
});

/// Singaporean UEN (ACRA): businesses, companies (year first) and others, each with a letter modulo 11.
pub(crate) static SINGAPORE_UEN: Check = Check::Text(|text| {
    let solid = Solid::of(text);
    let code = solid.as_slice();
    let Some((letter, head)) = code.split_last() else { return false };
    let digits = Digits::of(head);
    let d = digits.as_slice();
    match (d.len(), head.len()) {
        (8, 8) => b"XMKECAWLJDB"[weighted(d, &[10, 4, 9, 3, 8, 2, 7, 1]) as usize % 11] == *letter,
        (9, 9) => {
            (1800..2040).contains(&number(&d[..4]))
                && b"ZKCMDNERGWH"[weighted(d, &[10, 8, 6, 4, 9, 7, 5, 3, 1]) as usize % 11]
                    == *letter
        }
        (6, 9) => singapore_other(head) == Some(*letter),
        _ => false,
    }
});

fn singapore_other(head: &[u8]) -> Option<u8> {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWX0123456789";
    const WEIGHTS: [usize; 9] = [4, 3, 5, 3, 10, 2, 2, 5, 7];
    let mut sum = 0;
    for (byte, weight) in head.iter().zip(WEIGHTS) {
        sum += weight * ALPHABET.iter().position(|other| other == byte)?;
    }
    ALPHABET.get((sum + 11 - 5) % 11).copied()
}

/// Malaysian MyKad: date and place of birth.
pub(crate) static MALAYSIA_NRIC: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 12]| {
        is_short_date(number(&d[..2]), number(&d[2..4]), number(&d[4..6]))
            && matches!(
                number(&d[6..8]),
                1..=16 | 21..=68 | 71 | 72 | 74..=79 | 82..=93 | 98 | 99
            )
    })
});

/// Thai identity number: places from the right as weights, modulo 11; persons begin with 1 to 8.
pub(crate) static THAILAND_ID: Check =
    Check::Text(|text| digits_pass(text, |d: &[u8; 13]| (1..=8).contains(&d[0]) && thai(d)));

/// Thai number of juristic persons (MOA, DBD): begins with 0.
pub(crate) static THAILAND_JURISTIC: Check =
    Check::Text(|text| digits_pass(text, |d: &[u8; 13]| d[0] == 0 && thai(d)));

fn thai(digits: &[u8; 13]) -> bool {
    is_digit(digits[12], (11 - tail_weighted(&digits[..12], 2) % 11) % 10)
}

/// Indonesian NIK: province, and date of birth with 40 added to women's days.
pub(crate) static INDONESIA_NIK: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 16]| {
        let day = number(&d[6..8]);
        (11..=97).contains(&number(&d[..2]))
            && number(&d[2..4]) > 0
            && number(&d[12..]) > 0
            && is_short_date(number(&d[10..12]), number(&d[8..10]), day - 40 * u32::from(day > 40))
    })
});

/// Indonesian NPWP of fifteen digits, or sixteen with a 0 before: Luhn over the first nine.
pub(crate) static INDONESIA_NPWP: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 15]| number(&d[..9]) > 0 && luhn(&d[..9]))
        || digits_pass(text, |d: &[u8; 16]| d[0] == 0 && number(&d[1..10]) > 0 && luhn(&d[1..10]))
});

/// Vietnamese tax number (MST): modulo 11, and a branch.
pub(crate) static VIETNAM_MST: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let d = digits.as_slice();
    matches!(d.len(), 10 | 13)
        && number(&d[2..9]) > 0
        && is_digit(d[9], 10 - weighted(&d[..9], &[31, 29, 23, 19, 17, 13, 7, 5, 3]) % 11)
        && (d.len() == 10 || number(&d[10..]) > 0)
});

/// Vietnamese citizen card (CCCD): province, sex and century.
pub(crate) static VIETNAM_CCCD: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 12]| {
        d[0] == 0 && (1..=96).contains(&number(&d[..3])) && d[3] <= 3 && number(&d[6..]) > 0
    })
});
