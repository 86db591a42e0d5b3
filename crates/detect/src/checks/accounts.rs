//! Bank accounts: IBANs and the national numbers inside them.

use super::{Check, Digits, Solid, all_same, base36, modulo, separator, weighted};

/// ISO 13616: the IBAN with its first four characters moved to the end is 1 modulo 97 (ISO 7064).
/// Small letters count as capitals: mod 97 is proof enough.
pub(crate) static IBAN: Check = Check::Text(|text| separator(text).is_ok() && iban(text));

fn iban(text: &[u8]) -> bool {
    let solid = Solid::of(text);
    let solid = solid.as_slice();
    solid.len() > 4 && {
        let (head, tail) = solid.split_at(4);
        let rest = tail.iter().chain(head).fold(0u32, |rest, byte| {
            let value = base36(*byte);
            (if value > 9 { rest * 100 + value } else { rest * 10 + value }) % 97
        });
        rest == 1
    }
}

/// An IBAN whose national number ends in two check digits of its own: the number is 1 modulo 97
/// (ISO 7064), as in Montenegro.
pub(crate) static IBAN_OF_TWO_CHECKS: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let [_, _, national @ ..] = digits.as_slice() else { return false };
    iban(text) && separator(text).is_ok() && modulo(national, 97) == 1
});

/// The French RIB: 5 bank, 5 branch, 11 account, 2 key. Letters count as digits by the key's own table.
pub(crate) static FRANCE_RIB: Check = Check::Text(|text| {
    let solid = Solid::of(text);
    let mut digits = [0u8; 23];
    if solid.len != digits.len() {
        return false;
    }
    for (digit, byte) in digits.iter_mut().zip(solid.as_slice()) {
        *digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'A'..=b'I' => byte - b'A' + 1,
            b'J'..=b'R' => byte - b'J' + 1,
            _ => byte - b'S' + 2,
        };
    }
    let key = modulo(&digits[21..], 100);
    let sum = 89 * modulo(&digits[..5], 97)
        + 15 * modulo(&digits[5..10], 97)
        + 3 * modulo(&digits[10..21], 97);
    key == 97 - sum % 97
});

/// The Spanish CCC: 4 bank, 4 branch, 2 check, 10 account; each check digit modulo 11.
pub(crate) static SPAIN_CCC: Check = Check::Text(|text| {
    const WEIGHTS: [u32; 10] = [1, 2, 4, 8, 5, 10, 9, 7, 3, 6];
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    let check = |sum: u32| match 11 - sum % 11 {
        11 => 0,
        10 => 1,
        other => other,
    };
    digits.len() == 20
        && !all_same(digits)
        && u32::from(digits[8]) == check(weighted(&digits[..8], &WEIGHTS[2..]))
        && u32::from(digits[9]) == check(weighted(&digits[10..], &WEIGHTS))
});

/// The Italian BBAN: the first letter (CIN) is computed from the other 22 characters.
pub(crate) static ITALY_CIN: Check = Check::Text(|text| {
    let solid = Solid::of(text);
    let solid = solid.as_slice();
    solid.len() == 23 && solid[0] == b'A' + (super::documents::italian_sum(&solid[1..]) % 26) as u8
});

/// An account number without check digits: only what is plainly no number is refused.
pub(crate) static PLAIN_ACCOUNT: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    !all_same(digits.as_slice())
});

#[cfg(test)]
mod tests {
    use super::super::tests::passes;
    use super::*;

    #[test]
    fn national_account_numbers() {
        assert!(passes(&FRANCE_RIB, "20041 01005 0500013M026 06"));
        assert!(!passes(&FRANCE_RIB, "20041 01005 0500013M026 07"));
        assert!(passes(&SPAIN_CCC, "2100 0418 45 0200051332"));
        assert!(!passes(&SPAIN_CCC, "2100 0418 46 0200051332"));
        assert!(passes(&ITALY_CIN, "X0542811101000000123456"));
        assert!(!passes(&ITALY_CIN, "Y0542811101000000123456"));
    }

    #[test]
    fn an_iban_passes_modulo_97_with_one_kind_of_separator() {
        assert!(passes(&IBAN, "DE89 3704 0044 0532 0130 00"));
        assert!(!passes(&IBAN, "DE89 3704-0044 0532 0130 00"));
        assert!(!passes(&IBAN, "DE88370400440532013000"));
        assert!(passes(&IBAN, "fr1420041010050500013m02606"));
    }

    #[test]
    fn national_check_digits_inside_ibans() {
        assert!(passes(&IBAN_OF_TWO_CHECKS, "ME25505000012345678951"));
        assert!(!passes(&IBAN_OF_TWO_CHECKS, "ME52510000000006234132"));
        for check in [&IBAN, &IBAN_OF_TWO_CHECKS] {
            assert!(!passes(check, "B") && !passes(check, ""));
        }
    }
}
