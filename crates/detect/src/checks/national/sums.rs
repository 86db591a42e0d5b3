//! The arithmetic that check digits share.

/// What must be added to `sum` to make it a multiple of `modulus`.
pub(super) fn complement(sum: u32, modulus: u32) -> u32 {
    (modulus - sum % modulus) % modulus
}

/// Whether a digit is this value; 10 and more are no digit.
pub(super) fn is_digit(digit: u8, value: u32) -> bool {
    u32::from(digit) == value
}

/// The number that up to nine digits spell.
pub(super) fn number(digits: &[u8]) -> u32 {
    digits.iter().take(9).fold(0, |value, digit| value * 10 + u32::from(*digit))
}

/// The sum of products whose two-digit results count as the sum of their digits.
pub(super) fn cross_sum(digits: &[u8], weights: &[u32]) -> u32 {
    digits
        .iter()
        .zip(weights)
        .map(|(digit, weight)| u32::from(*digit) * weight)
        .map(|product| product / 10 + product % 10)
        .sum()
}

/// Weighted sum with the weights rising by one from left to right, the first being `first`.
pub(super) fn rising(digits: &[u8], first: u32) -> u32 {
    digits.iter().zip(first..).map(|(digit, weight)| u32::from(*digit) * weight).sum()
}

/// Weighted sum with the weights rising by one from right to left, the last being `last`.
pub(super) fn tail_weighted(digits: &[u8], last: u32) -> u32 {
    digits.iter().rev().zip(last..).map(|(digit, weight)| u32::from(*digit) * weight).sum()
}

/// The sum modulo 11 with `weight` of each place; where that is 10, with the weights of two places on;
/// where that is 10 too, 0.
pub(super) fn two_rounds(digits: &[u8], weight: fn(u32) -> u32) -> u32 {
    let round = |from: u32| -> u32 {
        digits.iter().zip(from..).map(|(digit, place)| u32::from(*digit) * weight(place)).sum()
    };
    match round(0) % 11 {
        10 => round(2) % 11 % 10,
        first => first,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums() {
        assert_eq!(complement(22, 11), 0);
        assert_eq!(complement(23, 11), 10);
        assert_eq!(number(&[0, 4, 2]), 42);
        assert_eq!(cross_sum(&[9, 5], &[2, 1]), 9 + 5);
        assert_eq!(rising(&[1, 2, 3], 2), 2 + 6 + 12);
        assert_eq!(tail_weighted(&[1, 2, 3], 2), 4 + 6 + 6);
        assert!(is_digit(3, 3) && !is_digit(0, 10));
    }
}
