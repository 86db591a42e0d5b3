//! ZIP archives, member by member, save those that are a document.

use super::{Format, office, zip_rest};
use crate::gaps::{self, Bound};
use crate::members::Members;
use crate::passwords::Refused;
use crate::session::Session;
use crate::spool::{Spool, SpoolReader};
use lakegate_core::coverage::Coverage;
use std::cell::Cell;
use std::io::{self, BufReader};
use zeroize::Zeroizing;
use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

/// An archive in a spool.
type Archive = ZipArchive<BufReader<SpoolReader>>;

/// Rounds of a hash for the key of AES-256 (WinZip's AE-2: PBKDF2 of 1,000 rounds, four blocks of SHA-1 by two).
const KEY_ROUNDS: u64 = 8_000;

pub(super) fn read(session: &mut Session<'_>, spool: &Spool) -> Coverage {
    let mime_type = Format::Zip.mime_type();
    let mut archive = match ZipArchive::new(BufReader::new(spool.reader())) {
        Ok(archive) => archive,
        Err(error) => {
            let (code, detail) = reason("the archive", &error);
            return gaps::skipped(mime_type, code, detail);
        }
    };
    // A document whose parts are encrypted one by one is read part by part.
    let is_locked = (0..archive.len()).any(|index| is_encrypted(&mut archive, index));
    let kind = if is_locked { None } else { office::kind(&mut archive, session.limits) };
    let mut coverage = match kind {
        Some(kind) => office::read(session, &mut archive, kind),
        None => read_members(session, &mut archive),
    };
    zip_rest::read(session, spool, &mut archive, &mut coverage);
    coverage
}

fn is_encrypted(archive: &mut Archive, index: usize) -> bool {
    archive.by_index_raw(index).is_ok_and(|member| member.encrypted())
}

fn read_members(session: &mut Session<'_>, archive: &mut Archive) -> Coverage {
    let mut members = Members::new(Format::Zip.mime_type());
    for index in 0..archive.len() {
        let key = match is_encrypted(archive, index) {
            true => match unlocked(session, archive, index) {
                Ok(key) => Some(key),
                Err((code, detail)) => {
                    members.skip(code, &detail);
                    continue;
                }
            },
            false => None,
        };
        let opened = match &key {
            Some(key) => archive.by_index_decrypt(index, key),
            None => archive.by_index(index),
        };
        let member = match opened {
            Ok(member) => member,
            Err(error) => {
                let (code, detail) = reason("it", &error);
                members.skip(code, &detail);
                continue;
            }
        };
        if !read_member(session, member, &mut members) {
            break;
        }
    }
    members.finish()
}

fn read_member(
    session: &mut Session<'_>,
    mut member: ZipFile<'_, BufReader<SpoolReader>>,
    members: &mut Members,
) -> bool {
    // Folders hold no bytes; what does is read, whatever it says to be.
    if !member.is_file() && member.size() == 0 && member.compressed_size() == 0 {
        return true;
    }
    let name = String::from_utf8_lossy(member.name_raw()).into_owned();
    let packed_bytes = Cell::new(member.compressed_size());
    members.read(session, &name, &mut member, Some(&packed_bytes))
}

/// The key that opens a member, or the gap. The archive's own check passes one wrong password of 256 or of
/// 65,536: what comes out must have the right sum, to its last byte, before any of it is taken for text.
fn unlocked(
    session: &mut Session<'_>,
    archive: &mut Archive,
    index: usize,
) -> Result<Zeroizing<Vec<u8>>, (&'static str, String)> {
    let found = session.unlock(KEY_ROUNDS, &[], |session, password| {
        for key in keys(password) {
            match opens(session, archive, index, &key) {
                Err(Refused::Wrong) => {}
                Ok(()) => return Ok(key),
                Err(broken) => return Err(broken),
            }
        }
        Err(Refused::Wrong)
    });
    found.map_err(|locked| locked.gap("it"))
}

/// A password as programs write it: in UTF-8, or in the code page of western Windows.
fn keys(password: &str) -> impl Iterator<Item = Zeroizing<Vec<u8>>> {
    let (western, _, has_others) = encoding_rs::WINDOWS_1252.encode(password);
    let is_other = !has_others && western.as_ref() != password.as_bytes();
    let western = is_other.then(|| Zeroizing::new(western.into_owned()));
    std::iter::once(Zeroizing::new(password.as_bytes().to_vec())).chain(western)
}

fn opens(
    session: &mut Session<'_>,
    archive: &mut Archive,
    index: usize,
    key: &[u8],
) -> Result<(), Refused> {
    let mut member = match archive.by_index_decrypt(index, key) {
        Ok(member) => member,
        Err(ZipError::InvalidPassword) => return Err(Refused::Wrong),
        Err(error) => {
            let (code, detail) = reason("it", &error);
            return Err(Refused::Broken(code, detail));
        }
    };
    let packed_bytes = Cell::new(member.compressed_size());
    session.rehearse(&mut member, Some(&packed_bytes)).map_err(|error| refused(&error))
}

/// What an error says of a password with which something was read: nonsense comes of a wrong one.
pub(super) fn refused(error: &io::Error) -> Refused {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Bound>()) {
        Some(bound) => Refused::Broken(bound.code, bound.detail.clone()),
        None => Refused::Wrong,
    }
}

/// Why a ZIP, or what is in it, can not be read.
pub(super) fn reason(what: &str, error: &ZipError) -> (&'static str, String) {
    match error {
        ZipError::Io(error) => gaps::of_error(what, error),
        ZipError::InvalidPassword => (gaps::ENCRYPTED, format!("{what} is encrypted")),
        ZipError::UnsupportedArchive(why) if *why == ZipError::PASSWORD_REQUIRED => {
            (gaps::ENCRYPTED, format!("{what} is encrypted"))
        }
        ZipError::UnsupportedArchive(why) => {
            (gaps::UNSUPPORTED, format!("{what} uses what is not supported: {why}"))
        }
        _ => (gaps::MALFORMED, format!("{what} is damaged")),
    }
}
