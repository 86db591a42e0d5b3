//! Former Yugoslavia, Albania, Türkiye.

use super::super::taxes::iso_7064_mod_11_10;
use super::{
    Check, Solid, complement, digits_pass, is_birth_date, is_digit, number, tail_weighted, weighted,
};

/// JMBG of Bosnia and Herzegovina: regions 10 to 19.
pub(crate) static BOSNIA_JMBG: Check = Check::Text(|text| jmbg(text, 10, 19));

/// JMBG of Montenegro: regions 20 to 29.
pub(crate) static MONTENEGRO_JMBG: Check = Check::Text(|text| jmbg(text, 20, 29));

/// JMBG of Croatia (before the OIB): regions 30 to 39.
pub(crate) static CROATIA_JMBG: Check = Check::Text(|text| jmbg(text, 30, 39));

/// EMBG of North Macedonia: regions 40 to 49.
pub(crate) static NORTH_MACEDONIA_EMBG: Check = Check::Text(|text| jmbg(text, 40, 49));

/// EMŠO of Slovenia: regions 50 to 59.
pub(crate) static SLOVENIA_EMSO: Check = Check::Text(|text| jmbg(text, 50, 59));

/// JMBG of Serbia: foreigners (00 to 09, 60 to 69), and regions 70 to 99.
pub(crate) static SERBIA_JMBG: Check = Check::Text(|text| jmbg(text, 60, 99) || jmbg(text, 0, 9));

/// Date with three digits of the year, region, serial, and a check digit modulo 11.
fn jmbg(text: &[u8], region_min: u32, region_max: u32) -> bool {
    digits_pass(text, |d: &[u8; 13]| {
        let year = match number(&d[4..7]) {
            year @ 850.. => 1000 + year,
            year => 2000 + year,
        };
        is_birth_date(year, number(&d[2..4]), number(&d[..2]))
            && (region_min..=region_max).contains(&number(&d[7..9]))
            && is_digit(d[12], seven_to_two(d) % 10)
    })
}

/// The check value of thirteen digits: weights 7 to 2, twice, modulo 11.
fn seven_to_two(digits: &[u8; 13]) -> u32 {
    complement(weighted(&digits[..12], &[7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]), 11)
}

/// Croatian OIB: ISO 7064 modulo 11, 10.
pub(crate) static CROATIA_OIB: Check =
    Check::Text(|text| digits_pass(text, |d: &[u8; 11]| iso_7064_mod_11_10(d)));

/// Serbian PIB: ISO 7064 modulo 11, 10.
pub(crate) static SERBIA_PIB: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 9]| number(d) > 100_000_000 && iso_7064_mod_11_10(d))
});

/// North Macedonian EDB: begins with 4, 5 or 6; weights as in the EMBG.
pub(crate) static NORTH_MACEDONIA_EDB: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 13]| {
        (4..=6).contains(&d[0]) && is_digit(d[12], seven_to_two(d) % 10)
    })
});

/// Montenegrin PIB: weights 8 to 2 modulo 11.
pub(crate) static MONTENEGRO_PIB: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 8]| is_digit(d[7], complement(tail_weighted(&d[..7], 2), 11) % 10))
});

/// Slovenian tax number (DDV): weights 8 to 2 modulo 11; 11 is not given out.
pub(crate) static SLOVENIA_DDV: Check =
    Check::Text(|text| digits_pass(text, |d: &[u8; 8]| d[0] > 0 && slovenia(&d[..7], d[7])));

/// Slovenian matična številka of companies: weights 7 to 2 modulo 11, and a unit of three characters.
pub(crate) static SLOVENIA_MATICNA: Check = Check::Text(|text| {
    let solid = Solid::of(text);
    let Some(core) = solid.as_slice().get(..7) else { return false };
    digits_pass(core, |d: &[u8; 7]| slovenia(&d[..6], d[6]))
});

/// Weights down to 2 modulo 11, with 0 for 10; 11 is not given out.
fn slovenia(digits: &[u8], check: u8) -> bool {
    let sum = tail_weighted(digits, 2);
    !sum.is_multiple_of(11) && is_digit(check, complement(sum, 11) % 10)
}

/// Albanian personal number: a letter for the decade, a digit for the year, month (50 added for women)
/// and day.
pub(crate) static ALBANIA_NID: Check = Check::Text(|text| {
    let solid = Solid::of(text);
    let Some(code) = solid.as_slice().get(..6) else { return false };
    let decade = match code[0] {
        byte @ b'0'..=b'9' => 1800 + u32::from(byte - b'0') * 10,
        byte @ b'A'..=b'T' => 1900 + u32::from(byte - b'A') * 10,
        _ => return false,
    };
    let digit = |at: usize| u32::from(code[at].wrapping_sub(b'0'));
    let month = (digit(2) * 10 + digit(3)) % 50;
    is_birth_date(decade + digit(1), month, digit(4) * 10 + digit(5))
});

/// Turkish identity number: the tenth digit from sums of odd and even places, the last from all.
pub(crate) static TURKIYE_TCKN: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 11]| {
        let odd: u32 = d[..9].iter().step_by(2).map(|digit| u32::from(*digit)).sum();
        let even: u32 = d[1..8].iter().step_by(2).map(|digit| u32::from(*digit)).sum();
        let tenth = (odd * 7 + 10 * 9 - even) % 10;
        d[0] > 0 && is_digit(d[9], tenth) && is_digit(d[10], (odd + even + tenth) % 10)
    })
});

/// Turkish tax number (VKN): each digit moved by its place, times a power of two modulo 9.
pub(crate) static TURKIYE_VKN: Check = Check::Text(|text| {
    digits_pass(text, |d: &[u8; 10]| {
        let sum: u32 = d[..9]
            .iter()
            .zip(0..9u32)
            .map(|(digit, at)| {
                let moved = (u32::from(*digit) + 9 - at) % 10;
                let product = moved * (1 << (9 - at)) % 9;
                if moved != 0 && product == 0 { 9 } else { product }
            })
            .sum();
        is_digit(d[9], complement(sum, 10))
    })
});
