//! Checksums that are hashes: SHA-256, Keccak-256, CRC-16.

use sha2::{Digest, Sha256, Sha512_256};
use sha3::Keccak256;

/// SHA-256.
pub(super) fn sha256(data: &[u8]) -> [u8; 32] {
    Sha256::digest(data).into()
}

/// SHA-256 of SHA-256, as Bitcoin and its descendants take it.
pub(super) fn sha256_twice(data: &[u8]) -> [u8; 32] {
    sha256(&sha256(data))
}

/// SHA-512/256, as Algorand takes it.
pub(super) fn sha512_256(data: &[u8]) -> [u8; 32] {
    Sha512_256::digest(data).into()
}

/// Keccak-256 as it was before SHA-3, as Ethereum and Monero take it.
pub(super) fn keccak256(data: &[u8]) -> [u8; 32] {
    Keccak256::digest(data).into()
}

/// CRC-16/XMODEM: polynomial 0x1021, start 0, as Stellar and TON take it.
pub(super) fn crc16(data: &[u8]) -> u16 {
    data.iter().fold(0u16, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte) << 8, |crc, _| {
            if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x1021 }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_vectors() {
        assert_eq!(crc16(b"123456789"), 0x31c3);
        assert_eq!(sha256(b"abc")[..4], [0xba, 0x78, 0x16, 0xbf]);
        assert_eq!(sha512_256(b"abc")[..4], [0x53, 0x04, 0x8e, 0x26]);
        assert_eq!(keccak256(b"")[..4], [0xc5, 0xd2, 0x46, 0x01]);
    }
}
