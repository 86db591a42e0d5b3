//! Standard encryption: what Office 2007 writes ([MS-OFFCRYPTO] 2.3.4.5 to 2.3.4.9). It is told in binary.

use super::super::bytes::{slice, u32_at};
use super::ciphers::{Aes, Hash, Key, wide};
use super::{Lock, Opening};

/// How often the password's hash is hashed again.
const ROUNDS: u32 = 50_000;

/// What the flags and the algorithm are where it is AES.
const FLAG_AES: u32 = 0x20;
const AES_128_TO_256: std::ops::RangeInclusive<u32> = 0x660e..=0x6610;

/// Bytes of the salt and the verifier.
const SALT_BYTES: usize = 16;

/// Bytes of SHA-1, which is the only hash, and of what encrypts it.
const HASH_BYTES: usize = 20;
const ENCRYPTED_HASH_BYTES: usize = 32;

/// A document's standard encryption.
pub(super) struct Standard {
    key_bytes: usize,
    salt: Vec<u8>,
    input: Vec<u8>,
    expected: Vec<u8>,
}

impl Standard {
    /// What stands behind the version; `None` if it is cut off, or asks for what is not known.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let header_bytes = u32_at(bytes, 4)? as usize;
        let header = slice(bytes, 8, header_bytes)?;
        let is_aes =
            u32_at(header, 0)? & FLAG_AES != 0 && AES_128_TO_256.contains(&u32_at(header, 8)?);
        let key_bytes = u32_at(header, 16)? as usize / 8;
        let verifier = bytes.get(8 + header_bytes..)?;
        let salt_bytes = u32_at(verifier, 0)? as usize;
        if !is_aes || ![16, 24, 32].contains(&key_bytes) || salt_bytes != SALT_BYTES {
            return None;
        }
        Some(Self {
            key_bytes,
            salt: slice(verifier, 4, SALT_BYTES)?.to_vec(),
            input: slice(verifier, 20, SALT_BYTES)?.to_vec(),
            expected: slice(verifier, 40, ENCRYPTED_HASH_BYTES)?.to_vec(),
        })
    }

    fn key(&self, password: &str) -> Key {
        let spun = Hash::Sha1.spun(&self.salt, &wide(password), ROUNDS);
        let hash = Hash::Sha1.of(&[spun.as_slice(), &0_u32.to_le_bytes()]);
        let half = |filling: u8| {
            let mut bytes = Key::new(vec![filling; 64]);
            bytes.iter_mut().zip(hash.iter()).for_each(|(byte, hash)| *byte ^= hash);
            Hash::Sha1.of(&[bytes.as_slice()])
        };
        let mut key = Key::new([half(0x36).as_slice(), half(0x5c).as_slice()].concat());
        key.truncate(self.key_bytes);
        key
    }
}

impl Lock for Standard {
    fn rounds(&self) -> u64 {
        u64::from(ROUNDS)
    }

    fn open(&self, password: &str) -> Option<Opening> {
        let aes = Aes::new(&self.key(password))?;
        let (mut input, mut expected) = (self.input.clone(), self.expected.clone());
        aes.decrypt(&mut input);
        aes.decrypt(&mut expected);
        let found = Hash::Sha1.of(&[input.as_slice()]);
        (expected.get(..HASH_BYTES)? == found.as_slice()).then_some((aes, None))
    }
}
