//! Office documents that are encrypted. Since 2007 they are compound files that hold the document as a stream,
//! and how it is encrypted as another: with the right password the document is read as if it stood there alone.
//! Before, their streams were encrypted one by one, and so are the parts of OpenDocument files.
//!
//! What must never happen here: text of a wrong password. The right one is told by a hash before anything is
//! decrypted.

mod agile;
mod ciphers;
pub(super) mod document;
pub(super) mod opendocument;
mod package;
pub(super) mod rc4;
mod standard;
pub(super) mod workbook;

use super::bytes::u16_at;
use super::findings::Findings;
use super::ole::Tree;
use crate::gaps::{self, Bound};
use crate::passwords::Refused;
use crate::session::Session;
use agile::Agile;
use ciphers::Aes;
use lakegate_core::coverage::Coverage;
use package::{Chain, Package};
use standard::Standard;
use std::io::Read;

/// Programs encrypt with this password what may be read by all and changed by none.
pub(super) const USUAL: &[&str] = &["VelvetSweatshop"];

/// The streams.
pub(super) const PACKAGE: &str = "EncryptedPackage";
const INFO: &str = "EncryptionInfo";

/// Where the XML of agile encryption begins: behind version and flags.
const XML_AT: usize = 8;

/// So much may stand behind the document to fill it up.
const FILLING_BYTES_MAX: u64 = 4096;

/// What a password opens: the cipher with the document's key, and how segments are chained.
type Opening = (Aes, Option<Chain>);

/// A way in which documents are encrypted.
trait Lock {
    /// Rounds of a hash that one try takes.
    fn rounds(&self) -> u64;
    /// `None` if the password is not the right one.
    fn open(&self, password: &str) -> Option<Opening>;
}

/// Reads the document in a storage. The coverage is the document's own.
pub(super) fn read(
    session: &mut Session<'_>,
    tree: &mut Tree,
    findings: &mut Findings,
    storage: &str,
) -> Result<Coverage, Bound> {
    let opened = match lock(tree, findings, storage) {
        Some(lock) => {
            let rounds = lock.rounds();
            session.unlock(rounds, USUAL, |_, password| lock.open(password).ok_or(Refused::Wrong))
        }
        None => {
            let detail = "the document is encrypted in a way that is not supported";
            return Err(Bound { code: gaps::ENCRYPTED, detail: detail.into() });
        }
    };
    let (aes, chain) = opened.map_err(|locked| {
        let (code, detail) = locked.gap("the document");
        Bound { code, detail }
    })?;
    let damaged = |error: &std::io::Error| {
        let (code, detail) = gaps::of_error("the document", error);
        Bound { code, detail }
    };
    let mut stream = tree.stream(storage, PACKAGE).map_err(|error| damaged(&error))?;
    let mut length = [0; 8];
    stream.read_exact(&mut length).map_err(|error| damaged(&error))?;
    let mut package = Package::new(stream, u64::from_le_bytes(length), aes, chain);
    let mut coverage = session.within("", &mut package, None)?;
    // All of it is read whatever its own end says.
    let unread = std::io::copy(&mut package, &mut std::io::sink());
    match unread.and_then(|_| package.rest()) {
        Ok(rest) if rest <= FILLING_BYTES_MAX => {}
        Ok(_) => gaps::gap(&mut coverage, gaps::MALFORMED, "more stands behind the document"),
        Err(error) => {
            let Bound { code, detail } = damaged(&error);
            gaps::gap(&mut coverage, code, detail);
        }
    }
    gaps::note(&mut coverage, "it was encrypted");
    Ok(coverage)
}

/// How the document in a storage is encrypted; `None` if that is not known.
fn lock(tree: &mut Tree, findings: &mut Findings, storage: &str) -> Option<Box<dyn Lock>> {
    let index = tree.find(storage, INFO)?;
    let info = tree.take(index, findings);
    match (u16_at(&info, 0)?, u16_at(&info, 2)?) {
        (4, 4) => Some(Box::new(Agile::of(info.get(XML_AT..)?)?)),
        (2..=4, 2) => Some(Box::new(Standard::of(info.get(4..)?)?)),
        _ => None,
    }
}
