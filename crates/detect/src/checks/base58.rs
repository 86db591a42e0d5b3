//! Base58 as wallets write it: plain, with Bitcoin's checksum, and in Monero's blocks.

use super::hashes::{keccak256, sha256_twice};

/// Bitcoin's alphabet, and that of most others.
pub(super) const BITCOIN: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// The XRP Ledger's alphabet.
pub(super) const RIPPLE: &[u8; 58] = b"rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz";

/// Nothing longer is decoded: 111 characters of an extended key are 82 bytes.
const BYTES_MAX: usize = 96;

/// Bytes that a text spells.
pub(super) struct Decoded {
    bytes: [u8; BYTES_MAX],
    len: usize,
}

impl Decoded {
    /// The bytes, the first one first.
    pub(super) fn as_slice(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    /// Those of a checked text without their checksum.
    pub(super) fn payload(&self) -> &[u8] {
        &self.bytes[..self.len - CHECKSUM_BYTES]
    }
}

/// Bitcoin's checksum is so long.
const CHECKSUM_BYTES: usize = 4;

/// Decodes a text; `None` if it has a foreign character or is too long.
pub(super) fn decode(text: &[u8], alphabet: &[u8; 58]) -> Option<Decoded> {
    // The number is built with its last byte first, and turned round at the end.
    let mut decoded = Decoded { bytes: [0; BYTES_MAX], len: 0 };
    for byte in text {
        let mut carry = value(*byte, alphabet)?;
        for place in &mut decoded.bytes[..decoded.len] {
            carry += u32::from(*place) * 58;
            *place = carry as u8;
            carry >>= 8;
        }
        while carry > 0 {
            *decoded.bytes.get_mut(decoded.len)? = carry as u8;
            decoded.len += 1;
            carry >>= 8;
        }
    }
    let zeros = text.iter().take_while(|byte| **byte == alphabet[0]).count();
    if decoded.len + zeros > BYTES_MAX {
        return None;
    }
    decoded.len += zeros;
    decoded.bytes[..decoded.len].reverse();
    Some(decoded)
}

fn value(byte: u8, alphabet: &[u8; 58]) -> Option<u32> {
    alphabet.iter().position(|letter| *letter == byte).map(|value| value as u32)
}

/// Decodes a text whose last four bytes are the first of SHA-256 taken twice of the others
/// (Bitcoin's Base58Check).
pub(super) fn checked(text: &[u8], alphabet: &[u8; 58]) -> Option<Decoded> {
    let decoded = decode(text, alphabet)?;
    let (payload, checksum) =
        decoded.as_slice().split_at_checked(decoded.len.checked_sub(CHECKSUM_BYTES)?)?;
    (!payload.is_empty() && sha256_twice(payload)[..CHECKSUM_BYTES] == *checksum).then_some(decoded)
}

/// Monero writes 8 bytes as 11 characters, and the 5 that are left as 7.
const MONERO_BLOCK: (usize, usize) = (8, 11);

/// Whether a text is a Monero address: 69 bytes (77 with a payment id), of which the first names the
/// kind and the last four are the first of Keccak-256 of the others.
pub(super) fn is_monero(text: &[u8]) -> bool {
    let mut bytes = [0u8; BYTES_MAX];
    let mut len = 0;
    for block in text.chunks(MONERO_BLOCK.1) {
        let width = match block.len() {
            11 => MONERO_BLOCK.0,
            7 => 5,
            _ => return false,
        };
        let Some(number) = block.iter().try_fold(0u128, |number, byte| {
            value(*byte, BITCOIN).map(|value| number * 58 + u128::from(value))
        }) else {
            return false;
        };
        if number >> (8 * width) != 0 || len + width > BYTES_MAX {
            return false;
        }
        bytes[len..len + width].copy_from_slice(&number.to_be_bytes()[16 - width..]);
        len += width;
    }
    let kind_fits = matches!((len, bytes[0]), (69, 18 | 42) | (77, 19));
    kind_fits && keccak256(&bytes[..len - CHECKSUM_BYTES])[..CHECKSUM_BYTES] == bytes[len - 4..len]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Encodes bytes, for round trips.
    fn encode(bytes: &[u8], alphabet: &[u8; 58]) -> String {
        let mut digits: Vec<u8> = Vec::new();
        for byte in bytes {
            let mut carry = u32::from(*byte);
            for digit in &mut digits {
                carry += u32::from(*digit) << 8;
                *digit = (carry % 58) as u8;
                carry /= 58;
            }
            while carry > 0 {
                digits.push((carry % 58) as u8);
                carry /= 58;
            }
        }
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        let zeros = std::iter::repeat_n(0, zeros);
        zeros.chain(digits.into_iter().rev()).map(|d| char::from(alphabet[d as usize])).collect()
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            for alphabet in [BITCOIN, RIPPLE] {
                let text = encode(&bytes, alphabet);
                let decoded = decode(text.as_bytes(), alphabet).unwrap();
                prop_assert_eq!(decoded.as_slice(), &bytes[..]);
            }
        }

        #[test]
        fn any_changed_character_is_refused(mut bytes in prop::collection::vec(any::<u8>(), 1..40)) {
            let checksum = sha256_twice(&bytes);
            bytes.extend(&checksum[..4]);
            let text = encode(&bytes, BITCOIN).into_bytes();
            prop_assert!(checked(&text, BITCOIN).is_some());
            for index in 0..text.len() {
                let mut other = text.clone();
                other[index] = if other[index] == b'z' { b'y' } else { b'z' };
                prop_assert!(checked(&other, BITCOIN).is_none());
            }
        }

        #[test]
        fn any_bytes_are_borne(text in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = (decode(&text, BITCOIN), checked(&text, RIPPLE), is_monero(&text));
        }
    }
}
