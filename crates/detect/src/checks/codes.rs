//! Codes of banks, companies and securities.

use super::{Check, Digits, Solid, base36, luhn, modulo, weighted};

/// Country codes of ISO 3166-1, and `XK`, which banks use for Kosovo.
const COUNTRIES: &[u8] = b"\
    ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCNCO\
    CRCUCVCWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHR\
    HTHUIDIEILIMINIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMN\
    MOMPMQMRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSCSD\
    SESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSXK\
    YEYTZAZMZW";

/// Whether two capitals are a country's code.
pub(super) fn is_country(code: &[u8]) -> bool {
    COUNTRIES.chunks(2).any(|country| country == code)
}

/// ISO 9362: four letters, country, location, branch. A location that ends in `0` is of a test network.
pub(crate) static BIC: Check = Check::Text(|text| {
    let solid = Solid::of(text);
    let code = solid.as_slice();
    matches!(code.len(), 8 | 11)
        && code[..6].iter().all(u8::is_ascii_uppercase)
        && is_country(&code[4..6])
        && code[7] != b'0'
        && !WORDS_LIKE_BICS.contains(&code)
});

/// Words of forms and messages that are built like codes of banks.
const WORDS_LIKE_BICS: [&[u8]; 16] = [
    b"ABSOLUTE",
    b"BENEFICIARY",
    b"BUSINESS",
    b"CUSTOMER",
    b"DELIVERY",
    b"DOCUMENT",
    b"ELECTRONICS",
    b"IDENTIFY",
    b"INSTITUTION",
    b"MATERIAL",
    b"MONETARY",
    b"NATIONAL",
    b"ORDERING",
    b"PERSONAL",
    b"REGISTER",
    b"RESIDENT",
];

/// ISO 6166: prefix, nine characters, and a Luhn digit over the digits that letters stand for. Besides
/// countries there are the prefixes of international clearing and of substitute agencies.
pub(crate) static ISIN: Check = Check::Text(is_isin);

fn is_isin(text: &[u8]) -> bool {
    let solid = Solid::of(text);
    let code = solid.as_slice();
    let known = code.len() == 12
        && (is_country(&code[..2])
            || matches!(&code[..2], [b'X', b'A'..=b'F' | b'S'] | b"EU" | b"QS" | b"QT" | b"EZ"));
    known && luhn_over_letters(code)
}

/// Luhn over the digits of base-36 values.
fn luhn_over_letters(code: &[u8]) -> bool {
    let mut digits = [0u8; 24];
    let mut len = 0;
    for byte in code {
        let value = base36(*byte) as u8;
        if value > 9 {
            digits[len] = value / 10;
            len += 1;
        }
        digits[len] = value % 10;
        len += 1;
    }
    luhn(&digits[..len])
}

/// ISO 17442: 18 characters and two check digits, 1 modulo 97 (ISO 7064).
pub(crate) static LEI: Check = Check::Text(|text| {
    let solid = Solid::of(text);
    let code = solid.as_slice();
    code.len() == 20
        && code[..18].iter().any(|byte| *byte != code[0])
        && modulo_97(code.iter().copied()) == 1
});

/// The number that base-36 values spell in decimal, modulo 97.
pub(super) fn modulo_97(code: impl Iterator<Item = u8>) -> u32 {
    code.map(base36).fold(0, |rest, value| {
        (if value > 9 { rest * 100 + value } else { rest * 10 + value }) % 97
    })
}

/// CUSIP (ANSI X9.6): every second value doubled, digits summed.
pub(crate) static CUSIP: Check = Check::Text(|text| {
    let mut code = [0u8; 9];
    let mut solid = text.iter().filter(|byte| **byte != b' ');
    for place in &mut code {
        let Some(byte) = solid.next() else { return false };
        *place = match byte {
            b'*' => 36,
            b'@' => 37,
            b'#' => 38,
            _ => base36(byte.to_ascii_uppercase()) as u8,
        };
    }
    let (check, code) = (code[8], &code[..8]);
    let sum: u32 = code
        .iter()
        .enumerate()
        .map(|(index, value)| u32::from(*value) << (index % 2))
        .map(|value| value / 10 + value % 10)
        .sum();
    solid.next().is_none()
        && u32::from(check) == (10 - sum % 10) % 10
        && code.iter().any(|value| *value != code[0])
});

/// SEDOL (London Stock Exchange): weights 1, 3, 1, 7, 3, 9, 1.
pub(crate) static SEDOL: Check = Check::Text(is_sedol);

fn is_sedol(text: &[u8]) -> bool {
    const WEIGHTS: [u32; 7] = [1, 3, 1, 7, 3, 9, 1];
    let sum: u32 = text
        .iter()
        .zip(WEIGHTS)
        .map(|(byte, weight)| base36(byte.to_ascii_uppercase()) * weight)
        .sum();
    text.len() == 7 && sum.is_multiple_of(10) && text[..6].iter().any(|byte| *byte != text[0])
}

/// Where nothing assigns a value to a keyword, a code is looked for only if it has so many digits.
const DIGITS_IN_TEXT_MIN: usize = 3;

fn in_text(text: &[u8], check: impl Fn(&[u8]) -> bool) -> bool {
    Digits::of(text).len >= DIGITS_IN_TEXT_MIN && check(text)
}

/// [`ISIN`] in running text.
pub(crate) static ISIN_IN_TEXT: Check = Check::Text(|text| in_text(text, is_isin));

/// [`SEDOL`] in running text.
pub(crate) static SEDOL_IN_TEXT: Check = Check::Text(|text| in_text(text, is_sedol));

/// [`FIGI`] in running text.
pub(crate) static FIGI_IN_TEXT: Check = Check::Text(|text| in_text(text, is_figi));

/// [`WKN`] in running text.
pub(crate) static WKN_IN_TEXT: Check = Check::Text(|text| in_text(text, is_wkn));

/// FIGI (OMG, ANSI X9.145): every second value doubled, digits summed. Prefixes that ISINs of some
/// countries have are not given out.
pub(crate) static FIGI: Check = Check::Text(is_figi);

fn is_figi(text: &[u8]) -> bool {
    const NOT_GIVEN_OUT: [&[u8]; 7] = [b"BS", b"BM", b"GG", b"GB", b"GH", b"KY", b"VG"];
    if text.len() != 12 || NOT_GIVEN_OUT.contains(&&text[..2]) {
        return false;
    }
    let sum: u32 = text[..11]
        .iter()
        .enumerate()
        .map(|(index, byte)| base36(*byte) << (index % 2))
        .map(|value| value / 10 + value % 10)
        .sum();
    base36(text[11]) == (10 - sum % 10) % 10
}

/// SEPA's creditor identifier: country, two check digits modulo 97, a business code that does not count,
/// and the national number.
pub(crate) static SEPA_CREDITOR: Check = Check::Text(|text| {
    let solid = Solid::of(text);
    let code = solid.as_slice();
    code.len() >= 8
        && is_country(&code[..2])
        && modulo_97(code[7..].iter().chain(&code[..4]).copied()) == 1
});

/// ISO 11649: `RF`, two check digits modulo 97, up to 21 characters.
pub(crate) static CREDITOR_REFERENCE: Check = Check::Text(|text| {
    let solid = Solid::of(text);
    let code = solid.as_slice();
    (5..=25).contains(&code.len()) && modulo_97(code[4..].iter().chain(&code[..4]).copied()) == 1
});

/// A German WKN has no check digit; one that repeats a character is none.
pub(crate) static WKN: Check = Check::Text(is_wkn);

fn is_wkn(text: &[u8]) -> bool {
    text.iter().any(|byte| *byte != text[0]) && Digits::of(text).len > 0
}

/// The Belgian structured communication: ten digits, and their rest modulo 97 (97 for 0).
pub(crate) static BELGIUM_COMMUNICATION: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    digits.len() == 12 && {
        let rest = modulo(&digits[..10], 97);
        modulo(&digits[10..], 100) == if rest == 0 { 97 } else { rest }
    }
});

/// A Belgian IBAN: the check digits of ISO 13616, and those of the national number.
pub(crate) static BELGIUM_IBAN: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    digits.len() == 14 && is_iban(text) && {
        let rest = modulo(&digits[2..12], 97);
        modulo(&digits[12..], 100) == if rest == 0 { 97 } else { rest }
    }
});

/// A Norwegian IBAN: the check digits of ISO 13616, and that of the national number.
pub(crate) static NORWAY_IBAN: Check = Check::Text(|text| {
    const WEIGHTS: [u32; 11] = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1];
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    digits.len() == 13 && is_iban(text) && weighted(&digits[2..], &WEIGHTS).is_multiple_of(11)
});

/// The check digits of ISO 13616, whatever the grouping.
fn is_iban(text: &[u8]) -> bool {
    let solid = Solid::of(text);
    let (head, tail) = solid.as_slice().split_at(4);
    modulo_97(tail.iter().chain(head).copied()) == 1
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::tests::passes;
    use super::*;

    /// Checks that each code passes, and with any of its digits changed does not.
    pub(crate) fn refuses_changed_digits(cases: &[(&Check, &str)]) {
        for (check, good) in cases {
            assert!(passes(check, good), "{good}");
            for index in 0..good.len() {
                let old = good.as_bytes()[index];
                for digit in (b'0'..=b'9').filter(|digit| old.is_ascii_digit() && *digit != old) {
                    let mut other = good.as_bytes().to_vec();
                    other[index] = digit;
                    let other = String::from_utf8(other).unwrap();
                    assert!(!passes(check, &other), "{other} for {good}");
                }
            }
        }
    }

    #[test]
    fn codes_of_the_standards() {
        refuses_changed_digits(&[
            (&ISIN, "US0378331005"),
            (&ISIN, "GB0002634946"),
            (&LEI, "5493001KJTIIGC8Y1R12"),
            (&CUSIP, "037833100"),
            (&CUSIP, "38259P 50 8"),
            (&SEDOL, "0263494"),
            (&SEDOL, "B15KXQ8"),
            (&FIGI, "BBG000BLNQ16"),
            (&CREDITOR_REFERENCE, "RF18 5390 0754 7034"),
            (&BELGIUM_COMMUNICATION, "+++090/9337/55493+++"),
            (&BELGIUM_IBAN, "BE68 5390 0754 7034"),
            (&NORWAY_IBAN, "NO93 8601 11 17947"),
        ]);
        assert!(passes(&SEPA_CREDITOR, "DE98ZZZ09999999999"));
        assert!(passes(&SEPA_CREDITOR, "DE98ABC09999999999"));
        assert!(!passes(&SEPA_CREDITOR, "DE98ZZZ09999999998"));
    }

    #[test]
    fn bank_codes_need_a_country() {
        for good in ["DEUTDEFF", "DEUTDEFF500", "NEDSZAJJXXX"] {
            assert!(passes(&BIC, good), "{good}");
        }
        for bad in ["DEUTXXFF", "DEUTDEF0", "DEUTDEFF50", "D3UTDEFF"] {
            assert!(!passes(&BIC, bad), "{bad}");
        }
    }

    #[test]
    fn countries_are_sorted_and_whole() {
        assert_eq!(COUNTRIES.len(), 2 * 250);
        assert!(COUNTRIES.chunks(2).is_sorted());
    }
}
