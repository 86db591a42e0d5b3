//! The encryption of Office documents up to 2003: RC4, whose key changes from block to block ([MS-OFFCRYPTO]
//! 2.3.5 and 2.3.6). What lies between the blocks is the matter of each format.

use super::super::bytes::{slice, u16_at, u32_at};
use super::USUAL;
use super::ciphers::{Hash, Key, wide};
use crate::passwords::{Locked, Refused};
use crate::session::Session;

/// Bytes of salt and verifier.
const SALT_BYTES: usize = 16;

/// Bytes of a key's start that a block's key is made of, where that is by MD5.
const SHORT_BYTES: usize = 5;

/// How often hash and salt are hashed one behind the other there.
const REPEATS: usize = 16;

/// Where the key's length stands in the header, and the length that is meant by none.
const KEY_BITS_AT: usize = 16;
const KEY_BITS_USUAL: u32 = 40;

/// A key is at least this long; a shorter one is filled up with zeros.
const KEY_BYTES: usize = 16;

/// How a document is encrypted.
pub(in super::super) struct Rc4Lock {
    hash: Hash,
    key_bytes: usize,
    salt: Vec<u8>,
    input: Vec<u8>,
    expected: Vec<u8>,
}

/// A password's key, of which those of the blocks are made.
pub(in super::super) struct Rc4Key {
    hash: Hash,
    key_bytes: usize,
    base: Key,
}

impl Rc4Lock {
    /// What stands in a document from its version on; `None` if that is cut off or not known.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        match (u16_at(bytes, 0)?, u16_at(bytes, 2)?) {
            (1, 1) => Some(Self {
                hash: Hash::Md5,
                key_bytes: KEY_BYTES,
                salt: slice(bytes, 4, SALT_BYTES)?.to_vec(),
                input: slice(bytes, 20, SALT_BYTES)?.to_vec(),
                expected: slice(bytes, 36, 16)?.to_vec(),
            }),
            (2..=4, 2) => Self::of_crypto_api(bytes),
            _ => None,
        }
    }

    fn of_crypto_api(bytes: &[u8]) -> Option<Self> {
        let header_bytes = u32_at(bytes, 8)? as usize;
        let header = slice(bytes, 12, header_bytes)?;
        let key_bits = match u32_at(header, KEY_BITS_AT)? {
            0 => KEY_BITS_USUAL,
            bits => bits,
        };
        let verifier = bytes.get(12 + header_bytes..)?;
        let is_known = (40..=128).contains(&key_bits) && u32_at(verifier, 0)? == SALT_BYTES as u32;
        is_known.then_some(Self {
            hash: Hash::Sha1,
            key_bytes: key_bits as usize / 8,
            salt: slice(verifier, 4, SALT_BYTES)?.to_vec(),
            input: slice(verifier, 20, SALT_BYTES)?.to_vec(),
            expected: slice(verifier, 40, 20)?.to_vec(),
        })
    }

    /// Tries the passwords.
    pub fn unlock(&self, session: &mut Session<'_>) -> Result<Rc4Key, Locked> {
        session.unlock(1, USUAL, |_, password| self.open(password).ok_or(Refused::Wrong))
    }

    fn open(&self, password: &str) -> Option<Rc4Key> {
        let base = match self.hash {
            Hash::Md5 => {
                let hash = Hash::Md5.of(&[&wide(password)]);
                let piece = [&hash[..SHORT_BYTES], &self.salt].concat();
                Hash::Md5.of(&[&Key::new(piece.repeat(REPEATS))])
            }
            hash => hash.of(&[self.salt.as_slice(), &wide(password)]),
        };
        let key = Rc4Key { hash: self.hash, key_bytes: self.key_bytes, base };
        let mut both = Key::new([self.input.as_slice(), &self.expected].concat());
        key.block(0).apply(&mut both);
        let (input, expected) = both.split_at(self.input.len());
        (self.hash.of(&[input]).as_slice() == expected).then_some(key)
    }
}

impl Rc4Key {
    fn block(&self, number: u32) -> Rc4 {
        let base = if self.hash == Hash::Md5 { &self.base[..SHORT_BYTES] } else { &self.base[..] };
        let mut key = self.hash.of(&[base, &number.to_le_bytes()]);
        key.truncate(self.key_bytes);
        if self.key_bytes == SHORT_BYTES {
            key.resize(KEY_BYTES, 0);
        }
        Rc4::new(&key)
    }

    /// Decrypts a stream of blocks in which every byte is encrypted.
    pub fn decrypt(&self, bytes: &mut [u8], block_bytes: usize) {
        for (number, block) in (0..).zip(bytes.chunks_mut(block_bytes)) {
            self.block(number).apply(block);
        }
    }
}

/// The cipher.
struct Rc4 {
    state: [u8; 256],
    i: u8,
    j: u8,
}

impl Rc4 {
    fn new(key: &[u8]) -> Self {
        let mut state: [u8; 256] = std::array::from_fn(|index| index as u8);
        let mut j = 0_u8;
        for (i, byte) in (0..256).zip(key.iter().cycle()) {
            j = j.wrapping_add(state[i]).wrapping_add(*byte);
            state.swap(i, usize::from(j));
        }
        Self { state, i: 0, j: 0 }
    }

    fn apply(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.i = self.i.wrapping_add(1);
            let at = usize::from(self.i);
            self.j = self.j.wrapping_add(self.state[at]);
            self.state.swap(at, usize::from(self.j));
            let sum = self.state[at].wrapping_add(self.state[usize::from(self.j)]);
            *byte ^= self.state[usize::from(sum)];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6229, the key of 40 bits.
    #[test]
    fn the_cipher_gives_what_is_known() {
        let mut bytes = [0; 16];
        Rc4::new(&[1, 2, 3, 4, 5]).apply(&mut bytes);
        let known = 0xb239_6305_f03d_c027_ccc3_524a_0a11_18a8_u128;
        assert_eq!(u128::from_be_bytes(bytes), known);
    }
}
