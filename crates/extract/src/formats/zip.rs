//! ZIP archives, member by member, save those that are a document.

use super::{Format, office, zip_rest};
use crate::gaps;
use crate::session::{Members, Session};
use crate::spool::{Spool, SpoolReader};
use lakegate_core::coverage::Coverage;
use std::cell::Cell;
use std::io::BufReader;
use zip::ZipArchive;
use zip::result::ZipError;

pub(super) fn read(session: &mut Session<'_>, spool: &Spool) -> Coverage {
    let mime_type = Format::Zip.mime_type();
    let mut archive = match ZipArchive::new(BufReader::new(spool.reader())) {
        Ok(archive) => archive,
        Err(error) => {
            let (code, detail) = reason("the archive", &error);
            return gaps::skipped(mime_type, code, detail);
        }
    };
    let mut coverage = match office::kind(&mut archive, session.limits) {
        Some(kind) => office::read(session, &mut archive, kind),
        None => read_members(session, &mut archive),
    };
    zip_rest::read(session, spool, &mut archive, &mut coverage);
    coverage
}

fn read_members(
    session: &mut Session<'_>,
    archive: &mut ZipArchive<BufReader<SpoolReader>>,
) -> Coverage {
    let mut members = Members::new(Format::Zip.mime_type());
    for index in 0..archive.len() {
        let mut member = match archive.by_index(index) {
            Ok(member) => member,
            Err(error) => {
                let (code, detail) = reason("it", &error);
                members.skip(code, &detail);
                continue;
            }
        };
        // Folders hold no bytes; what does is read, whatever it says to be.
        if !member.is_file() && member.size() == 0 && member.compressed_size() == 0 {
            continue;
        }
        let name = String::from_utf8_lossy(member.name_raw()).into_owned();
        let packed_bytes = Cell::new(member.compressed_size());
        if !members.read(session, &name, &mut member, Some(&packed_bytes)) {
            break;
        }
    }
    members.finish()
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
