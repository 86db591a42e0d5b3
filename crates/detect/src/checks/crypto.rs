//! Addresses of crypto wallets, each by the checksum of its chain.

use super::base58::{self, BITCOIN, RIPPLE};
use super::bech32::{self, Variant};
use super::hashes::{crc16, keccak256, sha512_256};
use super::{Check, all_same};

/// Whether a text is Base58Check of `len` bytes that begin with one of `versions`.
fn versioned(text: &[u8], alphabet: &[u8; 58], len: usize, versions: &[&[u8]]) -> bool {
    base58::checked(text, alphabet).is_some_and(|decoded| {
        let payload = decoded.payload();
        payload.len() == len && versions.iter().any(|version| payload.starts_with(version))
    })
}

/// Bitcoin: Base58Check of a version and 20 bytes on the main network, or a witness program there or on
/// the test network (BIP 13, 173, 350).
pub(crate) static BITCOIN_ADDRESS: Check = Check::Text(|text| {
    versioned(text, BITCOIN, 21, &[&[0x00], &[0x05]])
        || bech32::is_witness(text, b"bc")
        || bech32::is_witness(text, b"tb")
});

/// Litecoin: its own versions, and witness programs under `ltc`.
pub(crate) static LITECOIN_ADDRESS: Check = Check::Text(|text| {
    versioned(text, BITCOIN, 21, &[&[0x30], &[0x32]]) || bech32::is_witness(text, b"ltc")
});

/// Dogecoin: version 30, or 22 for scripts.
pub(crate) static DOGECOIN_ADDRESS: Check =
    Check::Text(|text| versioned(text, BITCOIN, 21, &[&[0x1e], &[0x16]]));

/// Dash: version 76, or 16 for scripts.
pub(crate) static DASH_ADDRESS: Check =
    Check::Text(|text| versioned(text, BITCOIN, 21, &[&[0x4c], &[0x10]]));

/// Zcash: transparent addresses with their two bytes of version, and Sapling's under `zs`.
pub(crate) static ZCASH_ADDRESS: Check = Check::Text(|text| {
    versioned(text, BITCOIN, 22, &[&[0x1c, 0xb8], &[0x1c, 0xbd]])
        || bech32::decode(text, b"zs").is_some_and(|decoded| {
            decoded.variant == Variant::Bech32 && decoded.bytes_from(0) == Some(43)
        })
});

/// TRON: version 65.
pub(crate) static TRON_ADDRESS: Check =
    Check::Text(|text| versioned(text, BITCOIN, 21, &[&[0x41]]));

/// Tezos: three bytes of version and a hash of 20; `tz1` to `tz4`, and contracts (`KT1`).
pub(crate) static TEZOS_ADDRESS: Check = Check::Text(|text| {
    let accounts: [&[u8]; 4] = [&[6, 161, 159], &[6, 161, 161], &[6, 161, 164], &[6, 161, 166]];
    versioned(text, BITCOIN, 23, &accounts)
        || base58::checked(text, BITCOIN).is_some_and(|decoded| {
            decoded.payload().len() == 23 && decoded.payload().starts_with(&[2, 90, 121])
        })
});

/// The XRP Ledger's classic address, in its own alphabet. The account of which all bytes are zero is
/// nobody's.
pub(crate) static RIPPLE_ADDRESS: Check = Check::Text(|text| {
    versioned(text, RIPPLE, 21, &[&[0]])
        && base58::decode(text, RIPPLE)
            .is_some_and(|decoded| decoded.as_slice()[..20].iter().any(|byte| *byte != 0))
});

/// Bitcoin Cash (CashAddr), its prefix left out.
pub(crate) static BITCOIN_CASH_ADDRESS: Check = Check::Text(bech32::is_cash_address);

/// Cardano since Shelley (CIP 19): `addr` with 57 or 29 bytes (more with a pointer), `stake` with 29.
pub(crate) static CARDANO_ADDRESS: Check = Check::Text(|text| {
    let bytes = |prefix: &[u8]| {
        let decoded = bech32::decode(text, prefix)?;
        (decoded.variant == Variant::Bech32).then(|| decoded.bytes_from(0)).flatten()
    };
    bytes(b"addr").is_some_and(|bytes| (29..=57).contains(&bytes))
        || bytes(b"stake").is_some_and(|bytes| bytes == 29)
});

/// Chains of the Cosmos SDK: a name, and an account of 20 or 32 bytes.
pub(crate) static COSMOS_ADDRESS: Check = Check::Text(|text| {
    let Some(end) = text.iter().position(|byte| *byte == b'1') else { return false };
    bech32::decode(text, &text[..end]).is_some_and(|decoded| {
        decoded.variant == Variant::Bech32 && matches!(decoded.bytes_from(0), Some(20 | 32))
    })
});

/// Ethereum in mixed case: a letter is capital where the Keccak-256 of the small text has a high bit
/// (EIP-55).
pub(crate) static ETHEREUM_MIXED: Check =
    Check::Text(|text| text.get(2..).is_some_and(|hex| is_mixed(hex) && eip55_holds(hex)));

/// Ethereum near a keyword: in one case there is nothing to check but that the bytes are not all the
/// same, as those of the zero address are.
pub(crate) static ETHEREUM_ADDRESS: Check = Check::Text(|text| {
    let Some(hex) = text.get(2..) else { return false };
    !all_same(&hex[..hex.len().saturating_sub(4)]) && (!is_mixed(hex) || eip55_holds(hex))
});

fn is_mixed(hex: &[u8]) -> bool {
    hex.iter().any(u8::is_ascii_lowercase) && hex.iter().any(u8::is_ascii_uppercase)
}

fn eip55_holds(hex: &[u8]) -> bool {
    let mut lower = [0u8; 40];
    if hex.len() != lower.len() {
        return false;
    }
    for (small, byte) in lower.iter_mut().zip(hex) {
        *small = byte.to_ascii_lowercase();
    }
    let hash = keccak256(&lower);
    hex.iter().enumerate().all(|(index, byte)| {
        let nibble = hash[index / 2] >> (4 * (1 - index % 2)) & 15;
        byte.is_ascii_digit() || byte.is_ascii_uppercase() == (nibble >= 8)
    })
}

/// Solana near a keyword: 32 bytes in Base58, without a checksum.
pub(crate) static SOLANA_ADDRESS: Check = Check::Text(|text| {
    base58::decode(text, BITCOIN)
        .is_some_and(|decoded| decoded.as_slice().len() == 32 && !all_same(&text[..16]))
});

/// Polkadot and Kusama near a keyword: network, 32 bytes, checksum of two. The checksum, of BLAKE2b,
/// is not looked at.
pub(crate) static POLKADOT_ADDRESS: Check = Check::Text(|text| {
    base58::decode(text, BITCOIN).is_some_and(|decoded| {
        decoded.as_slice().len() == 35 && matches!(decoded.as_slice()[0], 0 | 2 | 42)
    })
});

/// Monero: standard, sub- and integrated addresses.
pub(crate) static MONERO_ADDRESS: Check = Check::Text(base58::is_monero);

/// Values of Base32 (RFC 4648) as bytes; `None` if a character is foreign or bits are left over.
fn base32<const BYTES: usize>(text: &[u8]) -> Option<[u8; BYTES]> {
    let mut bytes = [0u8; BYTES];
    let (mut bits, mut held, mut len) = (0u32, 0u32, 0);
    for byte in text {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'2'..=b'7' => byte - b'2' + 26,
            _ => return None,
        };
        bits = (bits << 5 | u32::from(value)) & 0xfff;
        held += 5;
        if held >= 8 {
            held -= 8;
            *bytes.get_mut(len)? = (bits >> held) as u8;
            len += 1;
        }
    }
    let left_over = bits & ((1 << held) - 1);
    (len == BYTES && left_over == 0).then_some(bytes)
}

/// Stellar (SEP 23): version, 32 bytes, CRC-16 with its low byte first.
fn is_stellar(text: &[u8], version: u8) -> bool {
    base32::<35>(text).is_some_and(|bytes| {
        bytes[0] == version && crc16(&bytes[..33]).to_le_bytes() == bytes[33..]
    })
}

/// A Stellar account: `G` and 55 characters.
pub(crate) static STELLAR_ADDRESS: Check = Check::Text(|text| is_stellar(text, 6 << 3));

/// A Stellar secret seed: `S` and 55 characters.
pub(crate) static STELLAR_SECRET: Check = Check::Text(|text| is_stellar(text, 18 << 3));

/// Algorand: 32 bytes, and the last four of their SHA-512/256.
pub(crate) static ALGORAND_ADDRESS: Check = Check::Text(|text| {
    base32::<36>(text).is_some_and(|bytes| {
        sha512_256(&bytes[..32])[28..] == bytes[32..] && bytes[..32].iter().any(|byte| *byte != 0)
    })
});

/// TON: a tag, the workchain, 32 bytes and a CRC-16 in Base64 of either alphabet (TEP 2).
pub(crate) static TON_ADDRESS: Check = Check::Text(|text| {
    let mut bytes = [0u8; 36];
    if text.len() != 48 {
        return false;
    }
    for (three, four) in bytes.chunks_mut(3).zip(text.chunks(4)) {
        let mut bits = 0u32;
        for byte in four {
            let value = match byte {
                b'A'..=b'Z' => byte - b'A',
                b'a'..=b'z' => byte - b'a' + 26,
                b'0'..=b'9' => byte - b'0' + 52,
                b'-' | b'+' => 62,
                b'_' | b'/' => 63,
                _ => return false,
            };
            bits = bits << 6 | u32::from(value);
        }
        three.copy_from_slice(&bits.to_be_bytes()[1..]);
    }
    matches!(bytes[0], 0x11 | 0x51)
        && matches!(bytes[1], 0 | 0xff)
        && bytes[2..34].iter().any(|byte| *byte != 0)
        && crc16(&bytes[..34]).to_be_bytes() == bytes[34..]
});

#[cfg(test)]
mod tests {
    use super::super::tests::passes;
    use super::*;

    #[test]
    fn addresses_from_the_chains_own_documents() {
        for (check, good) in [
            (&BITCOIN_ADDRESS, "17VZNX1SN5NtKa8UQFxwQbFeFc3iqRYhem"),
            (&BITCOIN_ADDRESS, "3EktnHQD7RiAE6uzMj2ZifT9YgRrkSgzQX"),
            (&ETHEREUM_MIXED, "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"),
            (&ETHEREUM_MIXED, "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"),
            (&RIPPLE_ADDRESS, "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"),
            (&STELLAR_ADDRESS, "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ"),
            (&ALGORAND_ADDRESS, "VCMJKWOY5P5P7SKMZFFOCEROPJCZOTIJMNIYNUCKH7LRO45JMJP6UYBIJA"),
            (&TON_ADDRESS, "EQAvDfWFG0oYX19jwNDNBBL1rKNT9XfaGP9HyTb5nb2Eml6y"),
        ] {
            assert!(passes(check, good), "{good}");
            for index in 2..good.len() {
                let mut other = good.as_bytes().to_vec();
                other[index] = match other[index] {
                    b'0'..=b'8' => other[index] + 1,
                    b'a' => b'b',
                    b'A' => b'B',
                    byte if byte.is_ascii_lowercase() => b'a',
                    _ => b'A',
                };
                let other = String::from_utf8(other).unwrap();
                let caught = !passes(check, &other);
                // EIP-55 has one bit for each letter, so a change may slip through.
                assert!(caught || std::ptr::eq(check, &raw const ETHEREUM_MIXED), "{other}");
            }
        }
    }

    #[test]
    fn accounts_of_nobody_are_refused() {
        assert!(!passes(&RIPPLE_ADDRESS, "rrrrrrrrrrrrrrrrrrrrrhoLvTp"));
        assert!(!passes(&ETHEREUM_ADDRESS, "0x0000000000000000000000000000000000000000"));
        assert!(!passes(&SOLANA_ADDRESS, "11111111111111111111111111111111"));
    }
}
