//! South America.

use super::{
    Check, Digits, Solid, code_pass, complement, digits_pass, is_digit, number, padded_pass,
    rising, tail_weighted, weighted,
};

/// Brazilian CNH (driving licence): two digits modulo 11, the second less 2 where the first came out as
/// 10.
pub(crate) static BRAZIL_CNH: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 11]| {
        let first = tail_weighted(&d[..9], 1) % 11;
        let (first, less) = if first == 10 { (0, 2) } else { (first, 0) };
        let second = match rising(&d[..9], 1) % 11 {
            10 => Some(0),
            rest => rest.checked_sub(less).or((rest + 11).checked_sub(less)).map(|rest| rest % 10),
        };
        is_digit(d[9], first) && second.is_some_and(|second| is_digit(d[10], second))
    })
});

/// Brazilian PIS, PASEP, NIS and NIT: modulo 11.
pub(crate) static BRAZIL_PIS: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 11]| {
        let sum = weighted(&d[..10], &[3, 2, 9, 8, 7, 6, 5, 4, 3, 2]);
        is_digit(d[10], complement(sum, 11) % 10)
    })
});

/// Brazilian título de eleitor (TSE): state, and two digits modulo 11; in São Paulo and Minas Gerais a
/// rest of 0 is 1.
pub(crate) static BRAZIL_VOTER: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 12]| {
        let state = number(&d[8..10]);
        let check = |sum: u32| match sum % 11 {
            0 if state <= 2 => 1,
            rest => rest % 10,
        };
        let first = check(rising(&d[..8], 2));
        let second = check(7 * u32::from(d[8]) + 8 * u32::from(d[9]) + 9 * first);
        (1..=28).contains(&state) && is_digit(d[10], first) && is_digit(d[11], second)
    })
});

/// Brazilian health card (CNS): weights 15 to 1 modulo 11.
pub(crate) static BRAZIL_CNS: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 15]| {
        matches!(d[0], 1 | 2 | 7..=9) && tail_weighted(d, 1).is_multiple_of(11)
    })
});

/// Peruvian CUI (Reniec): a DNI and its check character, a digit or a letter, modulo 11.
pub(crate) static PERU_CUI: Check = Check::Text(|text| {
    let solid = Solid::of(text);
    let Some((check, dni)) = solid.as_slice().split_last() else { return false };
    digits_pass(dni, |d: &[u8; 8]| {
        let at = weighted(d, &[3, 2, 7, 6, 5, 4, 3, 2]) as usize % 11;
        *check == b"65432110987"[at] || *check == b"KJIHGFEDCBA"[at]
    })
});

/// Peruvian RUC (SUNAT): kind of payer, modulo 11.
pub(crate) static PERU_RUC: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 11]| {
        let sum = weighted(&d[..10], &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]);
        matches!(number(&d[..2]), 10 | 15..=17 | 20) && is_digit(d[10], (11 - sum % 11) % 10)
    })
});

/// Ecuadorian cédula: province, and Luhn's doubling from the left.
pub(crate) static ECUADOR_CEDULA: Check = Check::Text(|text| digits_pass(text, ecuador_person));

fn ecuador_person(d: &[u8; 10]) -> bool {
    ecuador_province(d) && d[2] < 6 && super::luhn(d)
}

fn ecuador_province(digits: &[u8]) -> bool {
    matches!(number(&digits[..2]), 1..=24 | 30 | 50)
}

/// Ecuadorian RUC (SRI): of persons a cédula, of the state (6) and of companies (9) modulo 11; an
/// establishment at the end.
pub(crate) static ECUADOR_RUC: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 13]| {
        let mut person = [0u8; 10];
        person.copy_from_slice(&d[..10]);
        let state = weighted(&d[..9], &[3, 2, 7, 6, 5, 4, 3, 2, 1]);
        let company = weighted(&d[..10], &[4, 3, 2, 7, 6, 5, 4, 3, 2, 1]);
        let establishment = number(&d[10..]) > 0;
        ecuador_province(d)
            && match d[2] {
                6 if state.is_multiple_of(11) => number(&d[9..]) > 0,
                6 => establishment && super::luhn(&person),
                9 => establishment && company.is_multiple_of(11),
                _ => establishment && ecuador_person(&person),
            }
    })
});

/// Uruguayan cédula: modulo 10; seven digits for the oldest.
pub(crate) static URUGUAY_CEDULA: Check = Check::Text(|text| {
    padded_pass(text, |d: &[u8; 8]| {
        number(d) > 999_999
            && is_digit(d[7], complement(weighted(&d[..7], &[2, 9, 8, 7, 6, 3, 4]), 10))
    })
});

/// Uruguayan RUT (DGI): kind, number, 001, modulo 11.
pub(crate) static URUGUAY_RUT: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 12]| {
        let sum = weighted(&d[..11], &[4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]);
        (1..=22).contains(&number(&d[..2]))
            && number(&d[2..8]) > 0
            && d[8..11] == [0, 0, 1]
            && is_digit(d[11], complement(sum, 11))
    })
});

/// Paraguayan RUC (SET): weights from the right, modulo 11.
pub(crate) static PARAGUAY_RUC: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let Some((check, digits)) = digits.as_slice().split_last() else { return false };
    (4..=8).contains(&digits.len())
        && number(digits) > 0
        && is_digit(*check, complement(tail_weighted(digits, 2), 11) % 10)
});

/// Venezuelan RIF (SENIAT): the letter counts as a number, modulo 11.
pub(crate) static VENEZUELA_RIF: Check = Check::Text(|text| {
    code_pass(text, |code: &[u8; 10]| {
        let kind = match code[0] {
            b'V' => 4,
            b'E' => 8,
            b'J' | b'C' => 12,
            b'P' => 16,
            b'G' => 20,
            _ => return false,
        };
        digits_pass(&code[1..], |d: &[u8; 9]| {
            let sum = kind + weighted(&d[..8], &[3, 2, 7, 6, 5, 4, 3, 2]);
            is_digit(d[8], complement(sum, 11) % 10)
        })
    })
});
