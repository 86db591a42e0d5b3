//! North America, Central America and the Caribbean.

use super::{
    Check, Digits, Solid, all_same, complement, digits_pass, is_birth_date, is_digit,
    is_short_date, luhn, number, padded_pass, rising, tail_weighted, weighted,
};

/// US employer identification number: the prefixes that the IRS has given out.
pub(crate) static USA_EIN: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 9]| {
        number(&d[2..]) > 0
            && matches!(
                number(&d[..2]),
                1..=6 | 10..=16 | 20..=27 | 30..=48 | 50..=68 | 71..=77 | 80..=88 | 90..=95 | 98 | 99
            )
    })
});

/// US adoption taxpayer number: 9 and, in the middle, 93.
pub(crate) static USA_ATIN: Check =
    Check::Text(|text| digits_pass(text, |d: &[u8; 9]| d[0] == 9 && d[3..5] == [9, 3]));

/// Canadian business number (CRA): Luhn over the first nine digits.
pub(crate) static CANADA_BUSINESS: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let d = digits.as_slice();
    matches!(d.len(), 9 | 13) && !all_same(&d[..9]) && luhn(&d[..9])
});

/// Mexican social security number (IMSS): Luhn.
pub(crate) static MEXICO_NSS: Check =
    Check::Text(|text| digits_pass(text, |d: &[u8; 11]| number(&d[..2]) > 0 && luhn(d)));

/// Mexican voter key (INE): date of birth and state.
pub(crate) static MEXICO_VOTER_KEY: Check = Check::Text(|text| {
    let solid = Solid::of(text);
    let Some(middle) = solid.as_slice().get(6..14) else { return false };
    let digits = Digits::of(middle);
    let Ok(d) = <&[u8; 8]>::try_from(digits.as_slice()) else { return false };
    is_short_date(number(&d[..2]), number(&d[2..4]), number(&d[4..6]))
        && matches!(number(&d[6..]), 1..=32 | 87 | 88)
});

/// Guatemalan NIT (SAT): weights from the right, modulo 11, with K for 10.
pub(crate) static GUATEMALA_NIT: Check = Check::Text(|text| {
    let solid = Solid::of(text);
    let Some((check, head)) = solid.as_slice().split_last() else { return false };
    let digits = Digits::of(head);
    let d = digits.as_slice();
    let expected = complement(tail_weighted(d, 2), 11);
    d.len() == head.len()
        && number(d) > 0
        && if expected == 10 { *check == b'K' } else { *check == b'0' + expected as u8 }
});

/// Guatemalan CUI of the DPI (RENAP): modulo 11 as the ninth digit, then department and municipality.
pub(crate) static GUATEMALA_CUI: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 13]| {
        is_digit(d[8], rising(&d[..8], 2) % 11)
            && (1..=22).contains(&number(&d[9..11]))
            && (1..=38).contains(&number(&d[11..]))
    })
});

/// Salvadoran NIT: place and date of birth, serial, modulo 11 by two rules.
pub(crate) static EL_SALVADOR_NIT: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 14]| {
        let check = match number(&d[10..13]) {
            ..=100 => tail_weighted(&d[..13], 2) % 11 % 10,
            _ => {
                let weights = [2, 7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2];
                complement(weighted(&d[..13], &weights), 11) % 10
            }
        };
        matches!(d[0], 0 | 1 | 9) && is_digit(d[13], check)
    })
});

/// Salvadoran DUI (RNPN): weights 9 to 2 modulo 10.
pub(crate) static EL_SALVADOR_DUI: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 9]| is_digit(d[8], complement(tail_weighted(&d[..8], 2), 10)))
});

/// Honduran DNI: department, municipality, year of registration.
pub(crate) static HONDURAS_DNI: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 13]| {
        (1..=18).contains(&number(&d[..2]))
            && (1..=28).contains(&number(&d[2..4]))
            && (1900..2040).contains(&number(&d[4..8]))
    })
});

/// Nicaraguan cédula: municipality, and date of birth.
pub(crate) static NICARAGUA_CEDULA: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 13]| {
        (1..=616).contains(&number(&d[..3]))
            && is_short_date(number(&d[7..9]), number(&d[5..7]), number(&d[3..5]))
    })
});

/// Dominican cédula (JCE): Luhn. A few hundred old cards break it and are not found.
pub(crate) static DOMINICAN_CEDULA: Check =
    Check::Text(|text| digits_pass(text, |d: &[u8; 11]| number(&d[3..10]) > 0 && luhn(d)));

/// Dominican RNC (DGII): weights modulo 11.
pub(crate) static DOMINICAN_RNC: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 9]| {
        let sum = weighted(&d[..8], &[7, 9, 8, 6, 5, 4, 3, 2]);
        is_digit(d[8], (10 - sum % 11 + 9) % 9 + 1)
    })
});

/// Costa Rican cédula jurídica: class and type.
pub(crate) static COSTA_RICA_CPJ: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 10]| match (d[0], number(&d[1..4])) {
        (2, kind) => matches!(kind, 100 | 200 | 300 | 400),
        (3, kind) => matches!(kind, 2..=14 | 101..=110),
        (4, kind) => kind == 0,
        (5, kind) => kind == 1,
        _ => false,
    })
});

/// Costa Rican cédula of persons: province from 1 to 9, volume and entry.
pub(crate) static COSTA_RICA_CPF: Check = Check::Text(|text| {
    padded_pass(text, |d: &[u8; 10]| {
        d[0] == 0 && d[1] > 0 && number(&d[2..6]) > 0 && number(&d[6..]) > 0
    })
});

/// Cuban identity number: date, and a digit for the century.
pub(crate) static CUBA_NI: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 11]| {
        let century = match d[6] {
            9 => 1800,
            0..=5 => 1900,
            _ => 2000,
        };
        is_birth_date(century + number(&d[..2]), number(&d[2..4]), number(&d[4..6]))
    })
});
