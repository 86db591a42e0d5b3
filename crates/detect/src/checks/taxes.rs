//! Tax numbers.

use super::{Check, Digits, Solid, all_same, luhn, modulo, weighted};

/// Brazilian CPF: two digits modulo 11.
pub(crate) static CPF: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    let check = |count: u32| {
        let weights = (2..=count + 1).rev();
        let sum: u32 =
            digits.iter().zip(weights).map(|(digit, weight)| u32::from(*digit) * weight).sum();
        match sum % 11 {
            0 | 1 => 0,
            rest => 11 - rest,
        }
    };
    digits.len() == 11
        && !all_same(digits)
        && u32::from(digits[9]) == check(9)
        && u32::from(digits[10]) == check(10)
});

/// Brazilian CNPJ: two digits modulo 11; letters (allowed since July 2026) count as their code less 48.
pub(crate) static CNPJ: Check = Check::Text(|text| {
    const WEIGHTS: [u32; 13] = [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2];
    let solid = Solid::of(text);
    let code = solid.as_slice();
    if code.len() != 14 || all_same(code) {
        return false;
    }
    let check = |count: usize| {
        let sum: u32 = code[..count]
            .iter()
            .zip(&WEIGHTS[13 - count..])
            .map(|(byte, weight)| u32::from(byte - b'0') * weight)
            .sum();
        (11 - sum % 11) % 11 % 10
    };
    u32::from(code[12] - b'0') == check(12) && u32::from(code[13] - b'0') == check(13)
});

/// Chilean RUT: weights 2 to 7 from the right, modulo 11, with K for 10.
pub(crate) static CHILE_RUT: Check = Check::Text(|text| {
    let solid = Solid::of(text);
    let Some((check, number)) = solid.as_slice().split_last() else { return false };
    if number.iter().any(|byte| !byte.is_ascii_digit()) || number.iter().all(|byte| *byte == b'0') {
        return false;
    }
    let sum: u32 = number
        .iter()
        .rev()
        .zip((2..=7).cycle())
        .map(|(byte, weight)| u32::from(byte - b'0') * weight)
        .sum();
    match 11 - sum % 11 {
        11 => *check == b'0',
        10 => *check == b'K',
        other => u32::from(check.wrapping_sub(b'0')) == other,
    }
});

/// Argentine CUIT and CUIL: modulo 11; where 10 would come out, the prefix was changed to 23, 24 or 33,
/// and some of those numbers then have a 9.
pub(crate) static ARGENTINA_CUIT: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    if digits.len() != 11 {
        return false;
    }
    let sum = weighted(&digits[..10], &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]);
    let expected = match (11 - sum % 11) % 11 {
        10 => 9,
        other => other,
    };
    u32::from(digits[10]) == expected && !digits[2..].iter().all(|digit| *digit == 0)
});

/// German tax number (IdNr): ISO 7064 modulo 11, 10; of the first ten digits exactly one value
/// occurs twice or three times.
pub(crate) static GERMANY_IDNR: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    if digits.len() != 11 || digits[0] == 0 {
        return false;
    }
    let mut counts = [0u8; 10];
    for digit in &digits[..10] {
        counts[usize::from(*digit)] += 1;
    }
    let repeated = counts.iter().filter(|count| **count > 1).count();
    let most = counts.iter().max().copied().unwrap_or(0);
    repeated == 1 && most <= 3 && iso_7064_mod_11_10(digits)
});

/// ISO/IEC 7064 modulo 11, 10, the check digit last.
pub(super) fn iso_7064_mod_11_10(digits: &[u8]) -> bool {
    let Some((check, number)) = digits.split_last() else { return false };
    let product = number.iter().fold(10u32, |product, digit| {
        let sum = match (u32::from(*digit) + product) % 10 {
            0 => 10,
            sum => sum,
        };
        sum * 2 % 11
    });
    (product + u32::from(*check)) % 10 == 1
}

/// French tax number (SPI): the last three digits are the first ten modulo 511.
pub(crate) static FRANCE_SPI: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    digits.len() == 13
        && modulo(&digits[..10], 511) == modulo(&digits[10..], 1000)
        && !all_same(digits)
});

/// Spanish CIF of organizations: Luhn digit, or its letter, by the kind of organization.
pub(crate) static SPAIN_CIF: Check = Check::Text(|text| {
    let solid = Solid::of(text);
    let code = solid.as_slice();
    if code.len() != 9 {
        return false;
    }
    let mut digits = [0u8; 8];
    for (digit, byte) in digits.iter_mut().zip(&code[1..8]) {
        *digit = byte.wrapping_sub(b'0');
    }
    let Some(control) = (0..10u8).find(|control| {
        digits[7] = *control;
        luhn(&digits)
    }) else {
        return false;
    };
    let letter = b"JABCDEFGHI"[usize::from(control)];
    match code[0] {
        b'A' | b'B' | b'E' | b'H' => code[8] == b'0' + control,
        b'N' | b'P' | b'Q' | b'R' | b'S' | b'W' => code[8] == letter,
        _ => code[8] == b'0' + control || code[8] == letter,
    }
});

/// Italian partita IVA (D.P.R. 633/1972): Luhn over seven digits of the holder, three of the office,
/// and the check digit.
pub(crate) static ITALY_IVA: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    digits.len() == 11
        && matches!(modulo(&digits[7..10], 1000), 1..=100 | 120 | 121 | 888 | 999)
        && !all_same(&digits[..7])
        && luhn(digits)
});

/// Australian tax file number: nine digits, weights modulo 11 (eight digits: an older form).
pub(crate) static AUSTRALIA_TFN: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    let sum = match digits.len() {
        9 => weighted(digits, &[1, 4, 3, 7, 5, 8, 6, 9, 10]),
        8 => weighted(digits, &[10, 7, 8, 4, 6, 3, 5, 1]),
        _ => return false,
    };
    sum.is_multiple_of(11) && !all_same(digits)
});

/// British unique taxpayer reference: the first digit checks the other nine.
pub(crate) static UK_UTR: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    digits.len() == 10
        && !all_same(digits)
        && digits[0]
            == b"21987654321"[weighted(&digits[1..], &[6, 7, 8, 9, 10, 5, 4, 3, 2]) as usize % 11]
                - b'0'
});

#[cfg(test)]
mod tests {
    use super::super::tests::passes;
    use super::*;

    #[test]
    fn numbers_from_the_authorities_documents() {
        for (check, good, bad) in [
            (&CPF, "529.982.247-25", "529.982.247-26"),
            (&CNPJ, "11.222.333/0001-81", "11.222.333/0001-82"),
            (&CNPJ, "12.ABC.345/01DE-35", "12.ABC.345/01DE-36"),
            (&CHILE_RUT, "12.345.678-5", "12.345.678-6"),
            (&ARGENTINA_CUIT, "20-12345678-6", "20-12345678-7"),
            (&GERMANY_IDNR, "86095742719", "86095742718"),
            (&FRANCE_SPI, "30 23 217 600 053", "30 23 217 600 054"),
            (&SPAIN_CIF, "A58818501", "A58818502"),
            (&ITALY_IVA, "00743110157", "00743110158"),
            (&AUSTRALIA_TFN, "123 456 782", "123 456 783"),
            (&UK_UTR, "1955839661", "2955839661"),
        ] {
            assert!(passes(check, good), "{good}");
            assert!(!passes(check, bad), "{bad}");
        }
    }
}
