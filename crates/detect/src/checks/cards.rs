//! Payment cards: ISO/IEC 7812 numbers of the brands that Macie names.

use super::{Candidate, Check, Digits, all_same, luhn, separator};

/// A card number near a keyword: any length that its brand has ever used.
pub(crate) static CARD: Check = Check::InValue(|candidate| card(candidate, Lengths::Any));

/// A card number without a keyword: the lengths in use, so that fewer ids are taken for cards.
pub(crate) static CARD_IN_USE: Check = Check::InValue(|candidate| card(candidate, Lengths::InUse));

#[derive(Clone, Copy, PartialEq)]
enum Lengths {
    Any,
    InUse,
}

fn card(candidate: &Candidate<'_>, lengths: Lengths) -> Option<usize> {
    let found = &candidate.text[candidate.found.clone()];
    let separator = separator(found).ok()?;
    let digits = Digits::of(found);
    let digits = digits.as_slice();
    let passes = brand_allows(digits, lengths)
        && luhn(digits)
        && !all_same(&digits[1..])
        && !is_published_sample(digits)
        && stands_alone(candidate, separator);
    passes.then_some(candidate.found.end)
}

/// Issuer ranges and lengths by brand. Ranges are compared on the first four digits.
fn brand_allows(digits: &[u8], lengths: Lengths) -> bool {
    if digits.len() < 12 {
        return false;
    }
    let prefix = digits[..4].iter().fold(0u32, |value, digit| value * 10 + u32::from(*digit));
    let any = lengths == Lengths::Any;
    let length = digits.len();
    match prefix {
        // Visa and Visa Electron; 13 and 19 digits are rare. Switch had 18.
        4000..=4999 => length == 16 || any && matches!(length, 13 | 18 | 19),
        // Mastercard; Dankort 5019.
        5100..=5599 | 2221..=2720 | 5019 => length == 16,
        // American Express.
        3400..=3499 | 3700..=3799 => length == 15,
        // Diners Club, whose newer numbers have up to 19 digits.
        3000..=3059 | 3090..=3099 | 3600..=3699 | 3800..=3999 => {
            length == 14 || any && (14..=19).contains(&length)
        }
        // Discover.
        6011 | 6440..=6599 => length == 16 || any && (16..=19).contains(&length),
        // JCB.
        3528..=3589 => length == 16 || any && (16..=19).contains(&length),
        // JCB of old; and what test generators write for JCB.
        1800 | 2131 => any && length == 15,
        3500..=3527 | 3590..=3599 => any && length == 16,
        // Maestro, which is not among Macie's brands.
        5000..=5099 | 5600..=5899 | 6304 | 6700..=6799 => any && (12..=19).contains(&length),
        // Switch, Solo and Laser, which became Maestro; 0604 is what test generators write for it.
        604 | 6331 | 6333 | 6334 => any && (16..=19).contains(&length),
        // Diners Club enRoute (2014 and 2149), InstaPayment, Mir, RuPay.
        2014..=2019 | 2149 => any && length == 15,
        6370..=6399 | 2200..=2204 | 6060..=6099 | 8172..=8199 => any && length == 16,
        // UnionPay; 8100 to 8171 are promised to it.
        6200..=6299 => (16..=19).contains(&length),
        8100..=8171 => any && (16..=19).contains(&length),
        _ => false,
    }
}

/// A grouped number must not go on in the same grouping; what is glued to decimals or ids is no card.
fn stands_alone(candidate: &Candidate<'_>, separator: Option<u8>) -> bool {
    let before = &candidate.text[candidate.value.start..candidate.found.start];
    let after = &candidate.text[candidate.found.end..candidate.value.end];
    match separator {
        Some(b' ') => {
            let digits_after = leading_digits(after.strip_prefix(b" ").unwrap_or(b""));
            let before = before.strip_suffix(b" ").unwrap_or(b"");
            let digits_before =
                before.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
            digits_after != 4 && digits_before != 4
        }
        _ => true,
    }
}

fn leading_digits(text: &[u8]) -> usize {
    text.iter().take(5).take_while(|byte| byte.is_ascii_digit()).count()
}

/// Numbers reserved for tests, which Macie never reports (macie-engine, section 22); sorted.
const PUBLISHED_SAMPLES: [u64; SAMPLES] = [
    76009244561,
    4222222222222,
    4911830000000,
    30569309025904,
    34343434343434,
    36148900647913,
    36700102000000,
    38520000023237,
    122000000000003,
    371449635398431,
    378282246310005,
    378734493671000,
    2222405343248877,
    2222990905257051,
    2223007648726984,
    2223577120017656,
    3528000700000000,
    3530111333300000,
    3566002020360505,
    4012888888881881,
    4111111111111111,
    4444333322221111,
    4462030000000000,
    4484070000000000,
    4917300800000000,
    4917610000000000,
    5019717010103742,
    5105105105105100,
    5111010030175156,
    5185540810000019,
    5200828282828210,
    5204230080000017,
    5204740009900014,
    5420923878724339,
    5454545454545454,
    5455330760000018,
    5506900490000436,
    5506900490000444,
    5506900510000234,
    5506920809243667,
    5506922400634930,
    5506927427317625,
    5553042241984105,
    5555553753048194,
    5555555555554444,
    5610591081018250,
    6011000400000000,
    6011000990139424,
    6011111111111117,
    6331101999990016,
    6759649826438453,
    630490017740292441,
    630495060000000000,
    4917610000000000003,
    6799990100000000019,
];
const SAMPLES: usize = 55;

fn is_published_sample(digits: &[u8]) -> bool {
    let number = digits.iter().fold(0u64, |value, digit| value * 10 + u64::from(*digit));
    digits.len() <= 19 && PUBLISHED_SAMPLES.binary_search(&number).is_ok()
}

#[cfg(test)]
mod tests {
    use super::super::tests::passes;
    use super::*;

    #[test]
    fn samples_are_sorted() {
        assert!(PUBLISHED_SAMPLES.is_sorted());
    }

    #[test]
    fn brands_lengths_and_samples() {
        for good in
            ["4539578763621486", "5425 2334 3010 9903", "2223-0000-4841-0010", "374245455400126"]
        {
            assert!(passes(&CARD_IN_USE, good), "{good}");
        }
        for old in ["201468173452901", "6334172958302649", "0604518392746500", "490361728394051629"]
        {
            assert!(passes(&CARD, old) && !passes(&CARD_IN_USE, old), "{old}");
        }
        for bad in [
            "4539578763621487",
            "4111111111111111",
            "5425 2334-3010 9903",
            "9999999999999995",
            "4222222222222",
        ] {
            assert!(!passes(&CARD_IN_USE, bad), "{bad}");
        }
    }
}
