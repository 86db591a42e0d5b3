//! Agile encryption: what Office writes since 2010 ([MS-OFFCRYPTO] 2.3.4.10 to 2.3.4.15). It is told in XML.

use super::super::xml::{self, Element, Handler};
use super::ciphers::{Aes, Hash, Key, fitted, wide};
use super::package::Chain;
use super::{Lock, Opening};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

/// What keys are made with, beside the hash of the password.
const INPUT_KEY: [u8; 8] = [0xfe, 0xa7, 0xd2, 0x76, 0x3b, 0x4b, 0x9e, 0x79];
const VALUE_KEY: [u8; 8] = [0xd7, 0xaa, 0x0f, 0x6d, 0x30, 0x61, 0x34, 0x4e];
const KEY_KEY: [u8; 8] = [0x14, 0x6e, 0x0b, 0xe7, 0xab, 0xac, 0xd0, 0xd6];

/// Bytes of a salt, a hash or an encrypted key; theirs are at most 64.
const VALUE_BYTES_MAX: usize = 1 << 10;

/// How something is encrypted.
struct Method {
    hash: Hash,
    salt: Vec<u8>,
    key_bytes: usize,
    block_bytes: usize,
}

impl Method {
    fn of(element: &Element<'_>) -> Option<Self> {
        let is_aes = element.attribute("cipherAlgorithm")? == "AES"
            && element.attribute("cipherChaining")? == "ChainingModeCBC";
        let method = Self {
            hash: Hash::named(&element.attribute("hashAlgorithm")?)?,
            salt: value(element, "saltValue")?,
            key_bytes: element.number::<usize>("keyBits")? / 8,
            block_bytes: element.number("blockSize")?,
        };
        let is_known = is_aes && method.block_bytes == super::ciphers::BLOCK_BYTES;
        (is_known && [16, 24, 32].contains(&method.key_bytes)).then_some(method)
    }

    /// Decrypts a value that is chained from the salt on.
    fn decrypt(&self, key: &[u8], bytes: &[u8]) -> Option<Key> {
        let mut bytes = Key::new(bytes.to_vec());
        let aes = Aes::new(key)?;
        aes.decrypt_chain(&fitted(&self.salt, self.block_bytes), &mut bytes);
        Some(bytes)
    }
}

fn value(element: &Element<'_>, name: &str) -> Option<Vec<u8>> {
    let text = element.attribute(name)?;
    let value = BASE64_STANDARD.decode(text.trim()).ok()?;
    (value.len() <= VALUE_BYTES_MAX).then_some(value)
}

/// A key that a password encrypts, and what tells the right password.
struct ByPassword {
    method: Method,
    rounds: u32,
    input: Vec<u8>,
    expected: Vec<u8>,
    key: Vec<u8>,
}

impl ByPassword {
    fn of(element: &Element<'_>) -> Option<Self> {
        Some(Self {
            method: Method::of(element)?,
            rounds: element.number("spinCount")?,
            input: value(element, "encryptedVerifierHashInput")?,
            expected: value(element, "encryptedVerifierHashValue")?,
            key: value(element, "encryptedKeyValue")?,
        })
    }
}

/// What the XML tells. A document may be encrypted for holders of certificates, too.
#[derive(Default)]
struct Told {
    package: Option<Method>,
    by_password: Option<ByPassword>,
}

impl Handler for Told {
    fn start(&mut self, element: &Element<'_>) {
        match element.local() {
            "keyData" => self.package = Method::of(element),
            "encryptedKey" if self.by_password.is_none() => {
                self.by_password = ByPassword::of(element);
            }
            _ => {}
        }
    }
    fn end(&mut self, _: &str) {}
    fn text(&mut self, _: &str) {}
    fn remark(&mut self, _: &str) {}
}

/// A document's agile encryption.
pub(super) struct Agile {
    package: Method,
    by_password: ByPassword,
}

impl Agile {
    /// What the XML says; `None` if it is damaged, or asks for what is not known.
    pub fn of(xml: &[u8]) -> Option<Self> {
        let mut told = Told::default();
        xml::read("the encryption", &mut &xml[..], &mut told).ok()?;
        Some(Self { package: told.package?, by_password: told.by_password? })
    }
}

impl Lock for Agile {
    fn rounds(&self) -> u64 {
        u64::from(self.by_password.rounds)
    }

    fn open(&self, password: &str) -> Option<Opening> {
        let ByPassword { method, rounds, input, expected, key } = &self.by_password;
        let spun = method.hash.spun(&method.salt, &wide(password), *rounds);
        let key_for =
            |purpose: &[u8]| fitted(&method.hash.of(&[spun.as_slice(), purpose]), method.key_bytes);
        let input = method.decrypt(&key_for(&INPUT_KEY), input)?;
        let expected = method.decrypt(&key_for(&VALUE_KEY), expected)?;
        let found = method.hash.of(&[input.as_slice()]);
        // It is filled up to whole blocks.
        if found.is_empty() || expected.get(..found.len())? != found.as_slice() {
            return None;
        }
        let key = method.decrypt(&key_for(&KEY_KEY), key)?;
        let aes = Aes::new(key.get(..self.package.key_bytes)?)?;
        Some((aes, Some(Chain { hash: self.package.hash, salt: self.package.salt.clone() })))
    }
}
