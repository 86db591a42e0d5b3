//! Hashes and ciphers of encrypted Office documents, as [MS-OFFCRYPTO] names them.

use aes::cipher::{Array, BlockCipherDecrypt, KeyInit};
use aes::{Aes128, Aes192, Aes256};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

/// Bytes of a block of AES.
pub(super) const BLOCK_BYTES: usize = 16;

/// A key, or what a key is made of. It is overwritten when it is dropped.
pub(super) type Key = Zeroizing<Vec<u8>>;

/// A hash that a document may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    Md5,
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    /// The hash of that name.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "MD5" => Hash::Md5,
            "SHA1" | "SHA-1" => Hash::Sha1,
            "SHA256" | "SHA-256" => Hash::Sha256,
            "SHA384" | "SHA-384" => Hash::Sha384,
            "SHA512" | "SHA-512" => Hash::Sha512,
            _ => return None,
        })
    }

    /// The hash of all parts, one behind the other.
    pub fn of(self, parts: &[&[u8]]) -> Key {
        match self {
            Hash::Md5 => of::<Md5>(parts),
            Hash::Sha1 => of::<Sha1>(parts),
            Hash::Sha256 => of::<Sha256>(parts),
            Hash::Sha384 => of::<Sha384>(parts),
            Hash::Sha512 => of::<Sha512>(parts),
        }
    }

    /// The hash of a salt and a password, hashed so many times again behind the number of the time. The
    /// caller bounds how many.
    pub fn spun(self, salt: &[u8], password: &[u8], rounds: u32) -> Key {
        match self {
            Hash::Md5 => spun::<Md5>(salt, password, rounds),
            Hash::Sha1 => spun::<Sha1>(salt, password, rounds),
            Hash::Sha256 => spun::<Sha256>(salt, password, rounds),
            Hash::Sha384 => spun::<Sha384>(salt, password, rounds),
            Hash::Sha512 => spun::<Sha512>(salt, password, rounds),
        }
    }
}

fn of<D: Digest>(parts: &[&[u8]]) -> Key {
    let mut hasher = D::new();
    parts.iter().for_each(|part| hasher.update(part));
    Zeroizing::new(hasher.finalize().to_vec())
}

fn spun<D: Digest>(salt: &[u8], password: &[u8], rounds: u32) -> Key {
    let mut hash = D::new().chain_update(salt).chain_update(password).finalize();
    for round in 0..rounds {
        hash = D::new().chain_update(round.to_le_bytes()).chain_update(&hash).finalize();
    }
    Zeroizing::new(hash.to_vec())
}

/// A password as Office hashes it: in UTF-16.
pub(super) fn wide(password: &str) -> Key {
    let mut wide = Zeroizing::new(Vec::with_capacity(2 * password.len()));
    password.encode_utf16().for_each(|unit| wide.extend_from_slice(&unit.to_le_bytes()));
    wide
}

/// AES with a key of 128, 192 or 256 bits.
pub(super) enum Aes {
    Aes128(Box<Aes128>),
    Aes192(Box<Aes192>),
    Aes256(Box<Aes256>),
}

impl Aes {
    /// `None` if no key is that long.
    pub fn new(key: &[u8]) -> Option<Self> {
        Some(match key.len() {
            16 => Aes::Aes128(Box::new(Aes128::new_from_slice(key).ok()?)),
            24 => Aes::Aes192(Box::new(Aes192::new_from_slice(key).ok()?)),
            32 => Aes::Aes256(Box::new(Aes256::new_from_slice(key).ok()?)),
            _ => return None,
        })
    }

    /// Decrypts whole blocks, each by itself (ECB). What is behind the last whole one stays.
    pub fn decrypt(&self, bytes: &mut [u8]) {
        let (blocks, _) = Array::slice_as_chunks_mut(bytes);
        match self {
            Aes::Aes128(cipher) => cipher.decrypt_blocks(blocks),
            Aes::Aes192(cipher) => cipher.decrypt_blocks(blocks),
            Aes::Aes256(cipher) => cipher.decrypt_blocks(blocks),
        }
    }

    /// Decrypts whole blocks that are chained (CBC), the first to `start`.
    pub fn decrypt_chain(&self, start: &[u8], bytes: &mut [u8]) {
        let whole = bytes.len() - bytes.len() % BLOCK_BYTES;
        let mut before = start.to_vec();
        before.resize(BLOCK_BYTES, 0);
        before.extend_from_slice(&bytes[..whole.saturating_sub(BLOCK_BYTES)]);
        self.decrypt(bytes);
        bytes[..whole].iter_mut().zip(before).for_each(|(byte, before)| *byte ^= before);
    }
}

/// As many bytes as asked for: cut off, or filled up with the byte that Office fills with.
pub(super) fn fitted(bytes: &[u8], length: usize) -> Key {
    const FILLING: u8 = 0x36;
    let mut fitted = Zeroizing::new(Vec::with_capacity(length));
    fitted.extend_from_slice(&bytes[..length.min(bytes.len())]);
    fitted.resize(length, FILLING);
    fitted
}

#[cfg(test)]
mod tests {
    use super::*;

    /// NIST SP 800-38A, F.1.1 and F.2.1.
    #[test]
    fn known_blocks_are_decrypted() {
        let bytes = |hex: &str| -> Vec<u8> {
            (0..hex.len())
                .step_by(2)
                .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
                .collect()
        };
        let plain = bytes("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51");
        let aes = Aes::new(&bytes("2b7e151628aed2a6abf7158809cf4f3c")).unwrap();
        let mut alone = bytes("3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf");
        aes.decrypt(&mut alone);
        assert_eq!(alone, plain);
        let mut chain = bytes("7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2");
        aes.decrypt_chain(&bytes("000102030405060708090a0b0c0d0e0f"), &mut chain);
        assert_eq!(chain, plain);
        assert!(Aes::new(&[0; 20]).is_none());
    }
}
