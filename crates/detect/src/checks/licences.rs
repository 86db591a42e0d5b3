//! Driving licences whose numbers can be checked.

use super::days::exists;
use super::{Check, Digits, Solid, all_same, luhn, modulo};

/// Codes of India's states and territories in driving licences and number plates.
const INDIAN_STATES: [&[u8; 2]; 41] = [
    b"AN", b"AP", b"AR", b"AS", b"BR", b"CG", b"CH", b"DD", b"DL", b"DN", b"GA", b"GJ", b"HP",
    b"HR", b"JH", b"JK", b"KA", b"KL", b"LA", b"LD", b"MH", b"ML", b"MN", b"MP", b"MZ", b"NL",
    b"OD", b"OR", b"PB", b"PY", b"RJ", b"SK", b"TG", b"TN", b"TR", b"TS", b"UA", b"UK", b"UP",
    b"UT", b"WB",
];

/// Indian licence: a state's code, the office, the year of issue, seven digits.
pub(crate) static INDIA_LICENCE: Check = Check::Text(|text| {
    let solid = Solid::of(text);
    let code = solid.as_slice();
    let digits = Digits::of(text);
    code.len() == 15
        && INDIAN_STATES.iter().any(|state| code.starts_with(*state))
        && digits.as_slice().get(6..).is_some_and(|serial| !all_same(serial))
});

/// Finnish licence: the personal identity code, whose check character is the number modulo 31.
pub(crate) static FINLAND_LICENCE: Check = Check::Text(|text| {
    const CHARACTERS: &[u8; 31] = b"0123456789ABCDEFHJKLMNPRSTUVWXY";
    let [date @ .., sign, _, _, _, check] = text else { return false };
    let digits = Digits::of(&text[..text.len() - 1]);
    let digits = digits.as_slice();
    if date.len() != 6 || digits.len() != 9 {
        return false;
    }
    let century = match sign.to_ascii_uppercase() {
        b'+' => 1800,
        b'A'..=b'F' => 2000,
        _ => 1900,
    };
    let two = |from: usize| modulo(&digits[from..from + 2], 100) as u32;
    exists(century + two(4), two(2), two(0))
        && CHARACTERS[modulo(digits, 31) as usize] == check.to_ascii_uppercase()
});

/// Swedish licence: the personal identity number, Luhn over its last ten digits. The day counts
/// from 61 in a coordination number.
pub(crate) static SWEDEN_LICENCE: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    let ten = match digits.len() {
        10 => digits,
        12 => &digits[2..],
        _ => return false,
    };
    let (month, day) = (modulo(&ten[2..4], 100), modulo(&ten[4..6], 100));
    (1..=12).contains(&month) && matches!(day, 1..=31 | 61..=91) && luhn(ten)
});

/// A licence of letters and digits: letters with a space behind them must not be a word of texts.
pub(crate) static LICENCE_WITH_LETTERS: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    digits.len >= 4 && !all_same(digits.as_slice()) && !begins_with_word(text)
});

/// Short words that stand before numbers in texts and are no part of a licence.
const WORDS: [&[u8]; 16] = [
    b"NO", b"NR", b"ID", b"DL", b"OF", b"ON", b"IN", b"AT", b"TO", b"BY", b"IS", b"DOB", b"EXP",
    b"TEL", b"FAX", b"ZIP",
];

/// Whether letters and a space stand first, and the letters are a word of texts.
fn begins_with_word(found: &[u8]) -> bool {
    let letters = found.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    found.get(letters) == Some(&b' ')
        && WORDS.iter().any(|word| word.eq_ignore_ascii_case(&found[..letters]))
}

#[cfg(test)]
mod tests {
    use super::super::tests::passes;
    use super::*;

    #[test]
    fn licences_that_are_identity_numbers() {
        for (check, good, bad) in [
            (&FINLAND_LICENCE, "131052-308T", "131052-308U"),
            (&FINLAND_LICENCE, "010203A1230", "320203A1230"),
            (&SWEDEN_LICENCE, "811218-9876", "811218-9875"),
            (&SWEDEN_LICENCE, "19811218-9876", "19811318-9876"),
            (&INDIA_LICENCE, "MH12 20110012345", "XX12 20110012345"),
            (&LICENCE_WITH_LETTERS, "AB 447190", "no 447190"),
        ] {
            assert!(passes(check, good), "{good}");
            assert!(!passes(check, bad), "{bad}");
        }
    }
}
