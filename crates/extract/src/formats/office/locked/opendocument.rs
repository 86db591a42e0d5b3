//! OpenDocument files that are encrypted (OpenDocument 1.3, part 2, 4.8 and 5): each part by itself, and the
//! manifest tells how. With the right password the document is put together anew and read as if it stood
//! there alone.

use super::super::package::Package;
use super::super::xml::{self, Element, Handler};
use super::ciphers::{Aes, BLOCK_BYTES, Hash, Key};
use crate::gaps::{self, Bound};
use crate::passwords::{Locked, Refused};
use crate::session::Session;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use flate2::read::DeflateDecoder;
use lakegate_core::coverage::Coverage;
use sha1::Sha1;
use std::collections::HashMap;
use std::io::{self, Cursor, Read};
use zip::write::{SimpleFileOptions, ZipWriter};

const MANIFEST: &str = "META-INF/manifest.xml";

/// What a sum is of: the first bytes of a part, as it is compressed.
const SUMMED_BYTES: usize = 1 << 10;

/// The only key that programs write, and what a round for it takes: four hashes.
const KEY_BYTES: usize = 32;
const HASHES_OF_ROUND: u64 = 4;

/// Parts of a document; they have some tens.
const PARTS_MAX: usize = 10_000;

/// A gap.
type Trouble = (&'static str, String);

/// How one part is encrypted.
#[derive(Default)]
struct Method {
    is_aes: bool,
    start: Vec<u8>,
    /// What makes the password the start of the key.
    hash: Option<Hash>,
    is_pbkdf2: bool,
    key_bytes: usize,
    rounds: u32,
    salt: Vec<u8>,
    sum: Option<(Hash, Vec<u8>)>,
}

impl Method {
    fn is_known(&self) -> bool {
        let is_cipher = self.is_aes && self.start.len() == BLOCK_BYTES;
        is_cipher && self.is_pbkdf2 && self.key_bytes == KEY_BYTES && self.sum.is_some()
    }

    fn rounds(&self) -> u64 {
        u64::from(self.rounds).saturating_mul(HASHES_OF_ROUND)
    }

    /// The part, still compressed; `None` if the password is not the right one.
    fn open(&self, password: &str, bytes: &[u8]) -> Option<Key> {
        let start = self.hash.unwrap_or(Hash::Sha1).of(&[password.as_bytes()]);
        let mut key = Key::new(vec![0; KEY_BYTES]);
        pbkdf2::pbkdf2_hmac::<Sha1>(&start, &self.salt, self.rounds, &mut key);
        let mut plain = Key::new(bytes.to_vec());
        Aes::new(&key)?.decrypt_chain(&self.start, &mut plain);
        // The last byte tells how many fill the last block.
        let filling = usize::from(*plain.last()?);
        let length = plain.len().checked_sub(filling).filter(|_| filling <= BLOCK_BYTES)?;
        plain.truncate(length);
        let (hash, sum) = self.sum.as_ref()?;
        let found = hash.of(&[&plain[..SUMMED_BYTES.min(plain.len())]]);
        (found.as_slice() == sum.as_slice()).then_some(plain)
    }
}

/// What the manifest tells: by name, how each part is encrypted.
#[derive(Default)]
struct Told {
    name: String,
    methods: HashMap<String, Method>,
}

impl Handler for Told {
    fn start(&mut self, element: &Element<'_>) {
        let name = |attribute: &str| element.attribute(attribute).unwrap_or_default();
        let value = |attribute: &str| BASE64_STANDARD.decode(name(attribute).trim()).ok();
        if element.local() == "file-entry" {
            self.name = name("full-path");
            return;
        }
        if element.local() == "encryption-data" && self.methods.len() < PARTS_MAX {
            let hash = match name("checksum-type").to_ascii_lowercase() {
                kind if kind.ends_with("sha256-1k") => Some(Hash::Sha256),
                kind if kind.ends_with("sha1/1k") || kind.ends_with("sha1-1k") => Some(Hash::Sha1),
                _ => None,
            };
            let method = Method { sum: hash.zip(value("checksum")), ..Method::default() };
            self.methods.insert(self.name.clone(), method);
        }
        let Some(method) = self.methods.get_mut(&self.name) else { return };
        match element.local() {
            "algorithm" => {
                method.is_aes = name("algorithm-name").ends_with("aes256-cbc");
                method.start = value("initialisation-vector").unwrap_or_default();
            }
            "key-derivation" => {
                method.is_pbkdf2 = name("key-derivation-name").ends_with("PBKDF2")
                    || name("key-derivation-name").ends_with("pbkdf2");
                method.key_bytes = element.number("key-size").unwrap_or(16);
                method.rounds = element.number("iteration-count").unwrap_or(u32::MAX);
                method.salt = value("salt").unwrap_or_default();
            }
            "start-key-generation" => {
                let is_256 = name("start-key-generation-name").ends_with("sha256");
                method.hash = Some(if is_256 { Hash::Sha256 } else { Hash::Sha1 });
            }
            _ => {}
        }
    }
    fn end(&mut self, _: &str) {}
    fn text(&mut self, _: &str) {}
    fn remark(&mut self, _: &str) {}
}

/// Reads the document. The coverage is the document's own.
pub(in super::super) fn read(
    session: &mut Session<'_>,
    package: &mut Package<'_>,
) -> Result<Coverage, Bound> {
    let (opened, expanded_bytes) = match rebuilt(session, package) {
        Ok(opened) => opened,
        Err((code, detail)) => return Err(Bound { code, detail }),
    };
    session.add_expanded(expanded_bytes);
    let mut coverage = session.within("", &mut opened.as_slice(), None)?;
    gaps::note(&mut coverage, "it was encrypted");
    (coverage.bytes_total, coverage.bytes_inspected) = (0, 0);
    Ok(coverage)
}

/// The document as an archive without encryption, and how many bytes came out of its parts.
fn rebuilt(session: &mut Session<'_>, package: &mut Package<'_>) -> Result<(Key, u64), Trouble> {
    let mut told = Told::default();
    let manifest = package.find(MANIFEST);
    let manifest = manifest.ok_or_else(|| (gaps::MALFORMED, "it has no manifest".to_owned()))?;
    xml::read("the manifest", &mut package.look(manifest)?, &mut told)?;
    if told.methods.values().any(|method| !method.is_known()) {
        let detail = "the document is encrypted in a way that is not supported";
        return Err((gaps::ENCRYPTED, detail.into()));
    }
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    let mut expanded_bytes = 0;
    if package.len() > PARTS_MAX {
        return Err((gaps::TOO_MANY_MEMBERS, format!("more than {PARTS_MAX} parts")));
    }
    for index in 0..package.len() {
        let name = package.name(index).to_owned();
        if package.is_directory(index) {
            continue;
        }
        let mut bytes = Vec::new();
        let bytes_max = session.limits.document_bytes_max;
        let part = package.look(index)?;
        part.take(bytes_max).read_to_end(&mut bytes).map_err(|e| gaps::of_error("a part", &e))?;
        if index == manifest {
            unmark(&mut bytes);
        }
        let packed_bytes = bytes.len() as u64;
        let room_bytes = bytes_max.saturating_sub(expanded_bytes);
        let mut input: Box<dyn Read> = match told.methods.get(&name) {
            Some(method) => {
                let opened = session.unlock(method.rounds(), &[], |_, password| {
                    method.open(password, &bytes).ok_or(Refused::Wrong)
                });
                let plain = opened.map_err(|locked: Locked| locked.gap("the document"))?;
                Box::new(DeflateDecoder::new(Cursor::new(plain)))
            }
            None => Box::new(Cursor::new(bytes)),
        };
        let written = out
            .start_file(name, SimpleFileOptions::default())
            .map_err(io::Error::other)
            .and_then(|()| io::copy(&mut (&mut input).take(room_bytes), &mut out))
            .map_err(|error| gaps::of_error("a part", &error))?;
        expanded_bytes += written;
        let honest_bytes = packed_bytes.saturating_mul(session.limits.expansion_ratio_max);
        let honest_bytes = honest_bytes.max(session.limits.expansion_free_bytes);
        if written >= room_bytes || written > honest_bytes {
            return Err((gaps::RATIO, "a part expands to more than it can honestly hold".into()));
        }
    }
    let archive =
        out.finish().map_err(|error| gaps::of_error("a part", &io::Error::other(error)))?;
    Ok((Key::new(archive.into_inner()), expanded_bytes))
}

/// Takes from the manifest that anything is encrypted; all that it says else is read on.
fn unmark(manifest: &mut [u8]) {
    let (mark, other) = (b"encryption-data", b"decrypted-data_");
    let places: Vec<usize> = memchr::memmem::find_iter(manifest, mark).collect();
    for at in places {
        manifest[at..at + mark.len()].copy_from_slice(other);
    }
}
