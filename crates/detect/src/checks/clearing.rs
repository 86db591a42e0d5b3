//! Numbers by which national clearing systems name banks and accounts.

use super::codes::modulo_97;
use super::{Check, Digits, all_same, luhn, modulo, weighted};

/// US routing number (ABA): a Federal Reserve district in the first two digits, weights 3, 7, 1.
pub(crate) static US_ROUTING: Check = Check::Text(|text| {
    const WEIGHTS: [u32; 9] = [3, 7, 1, 3, 7, 1, 3, 7, 1];
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    digits.len() == 9
        && matches!(modulo(&digits[..2], 100), 0..=12 | 21..=32 | 61..=72 | 80)
        && digits[..4].iter().any(|digit| *digit != 0)
        && weighted(digits, &WEIGHTS).is_multiple_of(10)
});

/// Mexican CLABE: bank, place, account; each product with 3, 7, 1 modulo 10.
pub(crate) static CLABE: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    if digits.len() != 18 || modulo(&digits[..3], 1000) < 2 {
        return false;
    }
    let sum: u32 = digits[..17]
        .iter()
        .zip([3, 7, 1].into_iter().cycle())
        .map(|(digit, weight)| u32::from(*digit) * weight % 10)
        .sum();
    u32::from(digits[17]) == (10 - sum % 10) % 10
});

/// Argentine CBU and CVU: a check digit for bank and branch, one for the account (BCRA).
pub(crate) static CBU: Check = Check::Text(|text| {
    const BANK: [u32; 7] = [7, 1, 3, 9, 7, 1, 3];
    const ACCOUNT: [u32; 13] = [3, 9, 7, 1, 3, 9, 7, 1, 3, 9, 7, 1, 3];
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    let fits = |digits: &[u8], weights: &[u32], check: u8| {
        u32::from(check) == (10 - weighted(digits, weights) % 10) % 10
    };
    digits.len() == 22
        && !all_same(digits)
        && fits(&digits[..7], &BANK, digits[7])
        && fits(&digits[8..21], &ACCOUNT, digits[21])
});

/// Brazilian bank slip, 47 digits as typed: three fields with a Luhn digit each, and over the 43 others
/// of the bar code a digit modulo 11 with weights 2 to 9 (FEBRABAN).
pub(crate) static BOLETO: Check = Check::Text(|text| {
    let mut typed = [0u8; 47];
    let mut digits = text.iter().filter(|byte| byte.is_ascii_digit());
    for place in &mut typed {
        let Some(digit) = digits.next() else { return false };
        *place = digit - b'0';
    }
    if digits.next().is_some() || all_same(&typed[..9]) {
        return false;
    }
    let fields = [&typed[..10], &typed[10..21], &typed[21..32]];
    let (bank, due) = (&typed[..4], &typed[33..]);
    let free = typed[4..9].iter().chain(&typed[10..20]).chain(&typed[21..31]);
    let sum: u32 = free
        .rev()
        .chain(due.iter().rev())
        .chain(bank.iter().rev())
        .zip((2..=9).cycle())
        .map(|(digit, weight)| u32::from(*digit) * weight)
        .sum();
    let check = match 11 - sum % 11 {
        0 | 1 | 10 | 11 => 1,
        other => other,
    };
    fields.into_iter().all(luhn) && u32::from(typed[32]) == check
});

/// Polish account number (NRB): an IBAN without its country.
pub(crate) static POLAND_NRB: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    digits.len() == 26 && !all_same(digits) && {
        let account = digits[2..].iter().map(|digit| digit + b'0');
        modulo_97(account.chain(*b"PL").chain(digits[..2].iter().map(|d| d + b'0'))) == 1
    }
});

/// Portuguese NIB: two check digits modulo 97 at the end.
pub(crate) static PORTUGAL_NIB: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    digits.len() == 21 && !all_same(digits) && modulo(digits, 97) == 1
});

/// Hungarian account number: 16 or 24 digits; the first eight and the others are each a multiple of ten
/// under the weights 9, 7, 3, 1.
pub(crate) static HUNGARY_ACCOUNT: Check = Check::Text(|text| {
    const WEIGHTS: [u32; 16] = [9, 7, 3, 1, 9, 7, 3, 1, 9, 7, 3, 1, 9, 7, 3, 1];
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    matches!(digits.len(), 16 | 24)
        && !all_same(digits)
        && weighted(&digits[..8], &WEIGHTS).is_multiple_of(10)
        && weighted(&digits[8..], &WEIGHTS).is_multiple_of(10)
});

/// Czech and Slovak account number: prefix, number and bank. Prefix and number are each a multiple of
/// eleven under powers of two modulo 11 (Czech decree 169/2011).
pub(crate) static CZECH_ACCOUNT: Check = Check::Text(|text| {
    const WEIGHTS: [u32; 10] = [6, 3, 7, 9, 10, 5, 8, 4, 2, 1];
    let fits = |part: &[u8]| {
        let digits = Digits::of(part);
        digits.len <= 10 && {
            let weights = &WEIGHTS[10 - digits.len..];
            weighted(digits.as_slice(), weights).is_multiple_of(11)
        }
    };
    let Some(slash) = text.iter().position(|byte| *byte == b'/') else { return false };
    let (account, bank) = text.split_at(slash);
    let mut parts = account.rsplit(|byte| *byte == b'-');
    let number = parts.next().unwrap_or_default();
    let significant = number.iter().skip_while(|byte| **byte == b'0').count();
    significant >= 2
        && modulo(Digits::of(bank).as_slice(), 10_000) >= 100
        && fits(number)
        && parts.next().is_none_or(fits)
});

/// Norwegian account number: weights 5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1 modulo 11.
pub(crate) static NORWAY_ACCOUNT: Check = Check::Text(|text| {
    const WEIGHTS: [u32; 11] = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1];
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    digits.len() == 11 && !all_same(digits) && weighted(digits, &WEIGHTS).is_multiple_of(11)
});

/// Swedish Bankgiro and Plusgiro numbers: a Luhn digit.
pub(crate) static SWEDEN_GIRO: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    (2..=8).contains(&digits.len()) && digits[0] != 0 && !all_same(digits) && luhn(digits)
});

/// Belgian account number as it was before the IBAN: ten digits, and their rest modulo 97.
pub(crate) static BELGIUM_ACCOUNT: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    digits.len() == 12 && !all_same(digits) && {
        let rest = modulo(&digits[..10], 97);
        modulo(&digits[10..], 100) == if rest == 0 { 97 } else { rest }
    }
});

/// Swiss payment reference (ESR, QR): a digit by modulo 10, recursive.
pub(crate) static SWISS_REFERENCE: Check = Check::Text(|text| {
    const TABLE: [u8; 10] = [0, 9, 4, 6, 8, 2, 7, 1, 3, 5];
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    let Some((check, number)) = digits.split_last() else { return false };
    let carry = number.iter().fold(0u8, |carry, digit| TABLE[usize::from((carry + digit) % 10)]);
    !all_same(digits) && *check == (10 - carry) % 10
});

/// Russian account number near a keyword: a balance account of banks' clients, and a currency.
pub(crate) static RUSSIA_ACCOUNT: Check = Check::Text(|text| {
    const CURRENCIES: [u64; 10] = [810, 840, 978, 643, 826, 756, 156, 398, 933, 392];
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    digits.len() == 20
        && matches!(modulo(&digits[..3], 1000), 301..=303 | 401..=408 | 420..=426 | 454..=455)
        && CURRENCIES.contains(&modulo(&digits[5..8], 1000))
});

/// Canadian transit number: `0` and institution before the branch, or the institution behind it. Banks
/// have institution numbers below 400, credit unions from 800 on.
pub(crate) static CANADA_TRANSIT: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    let institution = match digits {
        [0, institution @ .., _, _, _, _, _] if digits.len() == 9 => institution,
        [_, _, _, _, _, institution @ ..] if digits.len() == 8 => institution,
        _ => return false,
    };
    matches!(modulo(institution, 1000), 1..=399 | 500..=699 | 800..=899) && !all_same(digits)
});

/// Australian BSB: the first two digits name a bank, the third a state.
pub(crate) static AUSTRALIA_BSB: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    let bank = modulo(&digits[..digits.len().min(2)], 100);
    digits.len() == 6
        && matches!(bank, 1..=19 | 21..=36 | 40 | 46 | 48 | 51..=94)
        && !all_same(digits)
});

/// British sort code: the first two digits name a bank.
pub(crate) static UK_SORT_CODE: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    digits.len() == 6 && modulo(&digits[..2], 100) < 99 && !all_same(digits)
});

/// An Indian UPI id: what follows the handle must not make it a domain's label.
pub(crate) static UPI_ID: Check = Check::InValue(|candidate| {
    let after = &candidate.text[candidate.found.end..candidate.value.end];
    let goes_on = matches!(after, [b'.' | b'-' | b'_', next, ..] if next.is_ascii_alphanumeric());
    (!goes_on).then_some(candidate.found.end)
});

/// A bank, the ranges of its branches, and how its accounts are checked.
type Bank = (u64, &'static [(u64, u64)], Method);

/// Ranges of branches by bank, and how its accounts are checked (Inland Revenue of New Zealand, resident
/// withholding tax specification).
const NEW_ZEALAND: [Bank; 31] = [
    (1, &[(1, 999), (1100, 1199), (1800, 1899)], Method::Eleven),
    (2, &[(1, 999), (1200, 1299)], Method::Eleven),
    (
        3,
        &[(1, 999), (1300, 1399), (1500, 1599), (1700, 1799), (1900, 1999), (7350, 7399)],
        Method::Eleven,
    ),
    (6, &[(1, 999), (1400, 1499)], Method::Eleven),
    (8, &[(6500, 6599)], Method::Seven),
    (9, &[(0, 0)], Method::Suffix),
    (11, &[(5000, 6499), (6600, 8999)], Method::Eleven),
    (12, &[(3000, 3299), (3400, 3499), (3600, 3699)], Method::Eleven),
    (13, &[(4900, 4999)], Method::Eleven),
    (14, &[(4700, 4799)], Method::Eleven),
    (15, &[(3900, 3999)], Method::Eleven),
    (16, &[(4400, 4499)], Method::Eleven),
    (17, &[(3300, 3399)], Method::Eleven),
    (18, &[(3500, 3599)], Method::Eleven),
    (19, &[(4600, 4649)], Method::Eleven),
    (20, &[(4100, 4199)], Method::Eleven),
    (21, &[(4800, 4899)], Method::Eleven),
    (22, &[(4000, 4049)], Method::Eleven),
    (23, &[(3700, 3799)], Method::Eleven),
    (24, &[(4300, 4349)], Method::Eleven),
    (25, &[(2500, 2599)], Method::Ten),
    (26, &[(2600, 2699)], Method::TenWithSuffix),
    (27, &[(3800, 3849)], Method::Eleven),
    (28, &[(2100, 2149)], Method::TenWithSuffix),
    (29, &[(2150, 2299)], Method::TenWithSuffix),
    (30, &[(2900, 2949)], Method::Eleven),
    (31, &[(2800, 2849)], Method::None),
    (33, &[(6700, 6799)], Method::Ten),
    (35, &[(2400, 2499)], Method::Eleven),
    (38, &[(9000, 9499)], Method::Eleven),
    (88, &[(8800, 8805)], Method::None),
];

#[derive(Clone, Copy)]
enum Method {
    Eleven,
    Seven,
    Suffix,
    Ten,
    TenWithSuffix,
    None,
}

/// New Zealand account number: bank, branch, account of seven or eight digits, suffix of two to four.
pub(crate) static NEW_ZEALAND_ACCOUNT: Check = Check::Text(|text| {
    let mut parts = [[0u8; 8]; 4];
    if !split_account(text, &mut parts) {
        return false;
    }
    let [bank, branch, account, suffix] = &parts;
    let (bank, branch_number) = (modulo(bank, 100), modulo(branch, 10_000));
    let known = NEW_ZEALAND.iter().find(|(number, ranges, _)| {
        *number == bank && ranges.iter().any(|(from, to)| (*from..=*to).contains(&branch_number))
    });
    let Some((_, _, method)) = known else { return false };
    modulo(account, 100_000_000) != 0 && account_fits(*method, &branch[4..], account, &suffix[4..])
});

/// Splits an account number into bank, branch, account and suffix, each filled up with zeros before. A
/// branch may lack its first zero if it stands between separators.
fn split_account(text: &[u8], parts: &mut [[u8; 8]; 4]) -> bool {
    let digits = Digits::of(text);
    let mut groups = text.split(|byte| !byte.is_ascii_digit()).map(<[u8]>::len);
    let short = groups.next() == Some(2) && groups.next() == Some(3);
    let branch = if short { 3 } else { 4 };
    let Some(suffix) = digits.len.checked_sub(2 + branch + 7) else { return false };
    if !(2..=4).contains(&suffix) {
        return false;
    }
    let mut rest = digits.as_slice();
    for (part, len) in parts.iter_mut().zip([2, branch, 7, suffix]) {
        let (head, tail) = rest.split_at(len);
        part[8 - len..].copy_from_slice(head);
        rest = tail;
    }
    true
}

fn account_fits(method: Method, branch: &[u8], account: &[u8; 8], suffix: &[u8]) -> bool {
    let digit_sums = |digits: &[u8], weights: &[u32]| -> u32 {
        let products = digits.iter().zip(weights).map(|(digit, weight)| u32::from(*digit) * weight);
        products.map(|product| product / 10 + product % 10).map(|sum| sum / 10 + sum % 10).sum()
    };
    match method {
        Method::Eleven => {
            let old = modulo(account, 100_000_000) < 990_000;
            let branch_weights = if old { [6, 3, 7, 9] } else { [0; 4] };
            let sum =
                weighted(branch, &branch_weights) + weighted(account, &[0, 0, 10, 5, 8, 4, 2, 1]);
            sum.is_multiple_of(11)
        }
        Method::Seven => weighted(account, &[0, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11),
        Method::Suffix => {
            let sum =
                digit_sums(account, &[0, 0, 0, 0, 5, 4, 3, 2]) + digit_sums(suffix, &[0, 0, 0, 1]);
            sum.is_multiple_of(11)
        }
        Method::Ten => weighted(account, &[0, 1, 7, 3, 1, 7, 3, 1]).is_multiple_of(10),
        Method::TenWithSuffix => {
            let sum =
                digit_sums(account, &[0, 1, 3, 7, 1, 3, 7, 1]) + digit_sums(suffix, &[0, 3, 7, 1]);
            sum.is_multiple_of(10)
        }
        Method::None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::super::codes::tests::refuses_changed_digits;
    use super::super::tests::passes;
    use super::*;

    #[test]
    fn numbers_of_the_clearing_systems() {
        refuses_changed_digits(&[
            (&US_ROUTING, "021000021"),
            (&CLABE, "032180000118359719"),
            (&CBU, "2850590940090418135201"),
            (&POLAND_NRB, "61 1090 1014 0000 0712 1981 2874"),
            (&PORTUGAL_NIB, "0002 0123 12345678901 54"),
            (&HUNGARY_ACCOUNT, "11773016-11111018-00000000"),
            (&NORWAY_ACCOUNT, "8601 11 17947"),
            (&SWEDEN_GIRO, "5050-1055"),
            (&BELGIUM_ACCOUNT, "539-0075470-34"),
            (&SWISS_REFERENCE, "21 00000 00003 13947 14300 09017"),
        ]);
    }

    #[test]
    fn parts_that_have_no_check_digit_must_be_known() {
        assert!(passes(&CZECH_ACCOUNT, "19-2000145399/0800"));
        assert!(!passes(&CZECH_ACCOUNT, "19-2000145398/0800"));
        assert!(!passes(&CZECH_ACCOUNT, "18-2000145399/0800"));
        assert!(!passes(&CZECH_ACCOUNT, "19-2000145399/0000"));
        assert!(passes(&RUSSIA_ACCOUNT, "40702810500000012345"));
        assert!(!passes(&RUSSIA_ACCOUNT, "40702111500000012345"));
        assert!(passes(&CANADA_TRANSIT, "000305847"));
        assert!(!passes(&CANADA_TRANSIT, "12345-000"));
    }

    #[test]
    fn bank_slips_have_four_check_digits() {
        let good = "00190.50095 40144.816069 06809.350314 3 37370000000100";
        assert!(passes(&BOLETO, good));
        for index in (0..34).chain(35..good.len()) {
            let mut other = good.as_bytes().to_vec();
            if other[index].is_ascii_digit() {
                other[index] = if other[index] == b'9' { b'0' } else { other[index] + 1 };
                assert!(!passes(&BOLETO, std::str::from_utf8(&other).unwrap()), "{index}");
            }
        }
    }

    #[test]
    fn new_zealand_knows_banks_and_branches() {
        assert!(passes(&NEW_ZEALAND_ACCOUNT, "01-902-0068389-00"));
        assert!(passes(&NEW_ZEALAND_ACCOUNT, "08-6523-1954512-001"));
        assert!(!passes(&NEW_ZEALAND_ACCOUNT, "08-6523-1954513-001"));
        assert!(!passes(&NEW_ZEALAND_ACCOUNT, "01-9999-0068389-00"));
    }
}
