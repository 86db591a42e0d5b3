//! Australia and New Zealand.

use super::{
    Check, Digits, Solid, base36, complement, digits_pass, is_digit, luhn, modulo, number,
    padded_pass, tail_weighted, weighted,
};

/// Australian ABN (ABR): the first digit less one, weights, modulo 89.
pub(crate) static AUSTRALIA_ABN: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 11]| {
        let sum = weighted(d, &[10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]);
        d[0] > 0 && (sum - 10).is_multiple_of(89)
    })
});

/// Australian ACN (ASIC): weights 8 to 1 modulo 10.
pub(crate) static AUSTRALIA_ACN: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 9]| is_digit(d[8], complement(tail_weighted(&d[..8], 1), 10)))
});

/// Australian Medicare number: first digit 2 to 6, weights modulo 10 as the ninth, an issue number, and
/// the person's place on the card.
pub(crate) static AUSTRALIA_MEDICARE: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let d = digits.as_slice();
    matches!(d.len(), 10 | 11)
        && (2..=6).contains(&d[0])
        && d[9] > 0
        && is_digit(d[8], weighted(&d[..8], &[1, 3, 7, 9, 1, 3, 7, 9]) % 10)
});

/// Australian healthcare identifiers (IHI 8003 60, HPI-I 8003 61): Luhn over sixteen digits.
pub(crate) static AUSTRALIA_IHI: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 16]| {
        matches!(modulo(&d[..6], 1_000_000), 800_360..=800_362) && luhn(d)
    })
});

/// New Zealand IRD number: eight or nine digits, modulo 11 by one or another row of weights.
pub(crate) static NEW_ZEALAND_IRD: Check = Check::Text(|text| {
    padded_pass(text, |d: &[u8; 9]| {
        let check = match complement(weighted(&d[..8], &[3, 2, 7, 6, 5, 4, 3, 2]), 11) {
            10 => complement(weighted(&d[..8], &[7, 4, 3, 2, 5, 2, 7, 6]), 11),
            check => check,
        };
        (10_000_000..200_000_000).contains(&number(d)) && is_digit(d[8], check)
    })
});

/// New Zealand NHI number (HISO 10046): three letters and four digits modulo 11, or with a letter in
/// the sixth place modulo 24 to a letter.
pub(crate) static NEW_ZEALAND_NHI: Check = Check::Text(|text| {
    let solid = Solid::of(text);
    let Ok(code) = <&[u8; 7]>::try_from(solid.as_slice()) else { return false };
    const LETTERS: &[u8; 24] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";
    let mut sum = 0;
    for (byte, weight) in code[..6].iter().zip((2..=7).rev()) {
        let value = match LETTERS.iter().position(|letter| letter == byte) {
            Some(place) => place as u32 + 1,
            None if byte.is_ascii_digit() => base36(*byte),
            None => return false,
        };
        sum += value * weight;
    }
    match code[6] {
        digit @ b'0'..=b'9' => sum % 11 != 0 && u32::from(digit - b'0') == complement(sum, 11) % 10,
        letter => LETTERS[(23 + 24 - sum as usize % 24) % 24] == letter,
    }
});
