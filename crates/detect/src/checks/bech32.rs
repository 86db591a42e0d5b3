//! Bech32 and its relatives: BIP 173, BIP 350, and Bitcoin Cash's CashAddr.

/// The 32 characters, by value.
pub(super) const CHARSET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/// The checksum's last value in BIP 173 and in BIP 350.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Variant {
    /// BIP 173.
    Bech32,
    /// BIP 350.
    Bech32m,
}

/// Longest data part that is looked at; a Cardano address with a stake part has 98.
const DATA_MAX: usize = 128;

/// What a text holds.
pub(super) struct Decoded {
    /// Which checksum fits.
    pub(super) variant: Variant,
    /// Values of five bits each, without the checksum's.
    data: [u8; DATA_MAX],
    len: usize,
}

impl Decoded {
    /// The values, of five bits each.
    pub(super) fn values(&self) -> &[u8] {
        &self.data[..self.len]
    }

    /// How many whole bytes the values from `from` on hold; `None` if what is left over is not zero or
    /// would be a whole value.
    pub(super) fn bytes_from(&self, from: usize) -> Option<usize> {
        whole_bytes(self.values().get(from..)?)
    }
}

/// How many whole bytes values of five bits hold.
pub(super) fn whole_bytes(values: &[u8]) -> Option<usize> {
    let bits = values.len() * 5;
    let over = bits % 8;
    let last = values.last().copied().unwrap_or(0);
    (over < 5 && last & ((1 << over) - 1) == 0).then_some(bits / 8)
}

/// Value of a character, in either case.
fn value(byte: u8) -> Option<u8> {
    let lower = byte.to_ascii_lowercase();
    CHARSET.iter().position(|letter| *letter == lower).map(|value| value as u8)
}

/// Whether letters are all small or all capital.
fn one_case(text: &[u8]) -> bool {
    !(text.iter().any(u8::is_ascii_lowercase) && text.iter().any(u8::is_ascii_uppercase))
}

/// Decodes a text of the human-readable part `prefix` (small letters), `1`, data and checksum.
pub(super) fn decode(text: &[u8], prefix: &[u8]) -> Option<Decoded> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    let data = rest.strip_prefix(b"1")?;
    if !head.eq_ignore_ascii_case(prefix) || !one_case(text) || data.len() > DATA_MAX {
        return None;
    }
    let mut sum = expand(prefix).fold(1, polymod);
    let mut decoded = Decoded { variant: Variant::Bech32, data: [0; DATA_MAX], len: data.len() };
    for (place, byte) in decoded.data.iter_mut().zip(data) {
        *place = value(*byte)?;
        sum = polymod(sum, *place);
    }
    decoded.variant = match sum {
        1 => Variant::Bech32,
        0x2bc8_30a3 => Variant::Bech32m,
        _ => return None,
    };
    decoded.len = decoded.len.checked_sub(6)?;
    Some(decoded)
}

fn expand(prefix: &[u8]) -> impl Iterator<Item = u8> + '_ {
    prefix.iter().map(|byte| byte >> 5).chain([0]).chain(prefix.iter().map(|byte| byte & 31))
}

fn polymod(sum: u32, value: u8) -> u32 {
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let top = sum >> 25;
    let shifted = (sum & 0x1ff_ffff) << 5 ^ u32::from(value);
    GENERATOR
        .iter()
        .enumerate()
        .filter(|(bit, _)| top >> bit & 1 == 1)
        .fold(shifted, |sum, (_, generator)| sum ^ generator)
}

/// Whether a text is a segregated-witness address of the given prefix. Version 0 has the checksum of
/// BIP 173 and 20 or 32 bytes, version 1 that of BIP 350; for the versions that are not in use either
/// is taken.
pub(super) fn is_witness(text: &[u8], prefix: &[u8]) -> bool {
    let Some(decoded) = decode(text, prefix) else { return false };
    let Some(version) = decoded.values().first() else { return false };
    let Some(bytes) = decoded.bytes_from(1) else { return false };
    match version {
        0 => decoded.variant == Variant::Bech32 && matches!(bytes, 20 | 32),
        1 => decoded.variant == Variant::Bech32m && bytes == 32,
        2..=16 => (2..=40).contains(&bytes),
        _ => false,
    }
}

/// Whether 42 characters are a Bitcoin Cash address of 20 bytes without its prefix (CashAddr).
pub(super) fn is_cash_address(text: &[u8]) -> bool {
    const PREFIX: &[u8] = b"bitcoincash";
    if text.len() != 42 || !one_case(text) {
        return false;
    }
    let mut sum = PREFIX.iter().map(|byte| byte & 31).chain([0]).fold(1, cash_polymod);
    for byte in text {
        let Some(value) = value(*byte) else { return false };
        sum = cash_polymod(sum, value);
    }
    sum == 1
}

fn cash_polymod(sum: u64, value: u8) -> u64 {
    const GENERATOR: [u64; 5] =
        [0x98_f2bc_8e61, 0x79_b76d_99e2, 0xf3_3e5f_b3c4, 0xae_2eab_e2a8, 0x1e_4f43_e470];
    let top = sum >> 35;
    let shifted = (sum & 0x7_ffff_ffff) << 5 ^ u64::from(value);
    GENERATOR
        .iter()
        .enumerate()
        .filter(|(bit, _)| top >> bit & 1 == 1)
        .fold(shifted, |sum, (_, generator)| sum ^ generator)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Encodes values of five bits, for round trips.
    fn encode(prefix: &[u8], values: &[u8], variant: Variant) -> Vec<u8> {
        let all = expand(prefix).chain(values.iter().copied()).chain([0; 6]);
        let last = if variant == Variant::Bech32 { 1 } else { 0x2bc8_30a3 };
        let sum = all.fold(1, polymod) ^ last;
        let checksum = (0..6).map(|index| (sum >> (5 * (5 - index)) & 31) as u8);
        let data = values.iter().copied().chain(checksum);
        let letters = data.map(|value| CHARSET[usize::from(value)]);
        prefix.iter().copied().chain(*b"1").chain(letters).collect()
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded_and_no_character_may_change(
            values in prop::collection::vec(0u8..32, 0..60),
            new in any::<bool>(),
            prefix in "[a-z]{1,6}",
        ) {
            let variant = if new { Variant::Bech32m } else { Variant::Bech32 };
            let text = encode(prefix.as_bytes(), &values, variant);
            let decoded = decode(&text, prefix.as_bytes()).unwrap();
            prop_assert_eq!((decoded.variant, decoded.values()), (variant, &values[..]));
            for index in prefix.len() + 1..text.len() {
                let mut other = text.clone();
                other[index] = if other[index] == b'q' { b'p' } else { b'q' };
                prop_assert!(decode(&other, prefix.as_bytes()).is_none());
            }
        }

        #[test]
        fn any_bytes_are_borne(text in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = (is_witness(&text, b"bc"), is_cash_address(&text));
        }
    }

    #[test]
    fn addresses_of_the_standards() {
        for good in [
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
            "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
            "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs",
        ] {
            assert!(is_witness(good.as_bytes(), b"bc"), "{good}");
        }
        for bad in [
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
            "Bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
            "bc1gmk9yu",
            "bc1pw5dgrnzv",
            "bc1zw508d6qejxtdg4y5r3zarvaryvqyzf3du",
        ] {
            assert!(!is_witness(bad.as_bytes(), b"bc"), "{bad}");
        }
        assert!(is_cash_address(b"qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a"));
        assert!(is_cash_address(b"ppm2qsznhks23z7629mms6s4cwef74vcwvn0h829pq"));
        assert!(!is_cash_address(b"ppm2qsznhks23z7629mms6s4cwef74vcwvn0h829pp"));
    }
}
