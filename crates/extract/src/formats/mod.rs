//! Formats that are not plain text: how each is read. Every reader gives blocks of located text to the
//! session, and says in a coverage what it read and what not; none trusts a length, a count or an offset
//! that a file claims.

mod columnar;
mod dump;
pub(crate) mod images;
mod mail;
mod office;
mod pdf;
mod rtf;
pub(crate) mod scans;
mod sevenzip;
mod sqlite;
mod streams;
mod tar;
mod zip;
mod zip_rest;
mod zip_twins;

pub(crate) use columnar::ipc;

use crate::gaps;
use crate::session::Session;
use crate::spool::Spool;
use bytes::Bytes;
use lakegate_core::coverage::{Coverage, CoverageStatus};
use std::borrow::Cow;
use std::io::Read;

/// A format that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Gzip,
    Zstandard,
    Bzip2,
    Xz,
    Lz4,
    Tar,
    /// A ZIP archive, or what is made of one: Office and OpenDocument files, and more.
    Zip,
    Parquet,
    Avro,
    Orc,
    /// Also Feather version 2.
    ArrowFile,
    ArrowStream,
    /// An OLE compound file: an Office document up to 2003, a mail of Outlook, and more.
    Ole,
    Rtf,
    Pdf,
    /// One mail.
    Mail,
    /// Many mails, one after the other.
    Mailbox,
    /// `winmail.dat`.
    Tnef,
    SevenZip,
    Sqlite,
    Jpeg,
    Png,
    Tiff,
    Webp,
    Gif,
    Bmp,
    /// Pictures of telephones: HEIC and AVIF.
    Heif,
    /// Statements that fill a database.
    SqlDump,
}

impl Format {
    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            Format::Gzip => "gzip",
            Format::Zstandard => "Zstandard",
            Format::Bzip2 => "bzip2",
            Format::Xz => "xz",
            Format::Lz4 => "LZ4",
            Format::Tar => "tar",
            Format::Zip => "ZIP",
            Format::Parquet => "Parquet",
            Format::Avro => "Avro",
            Format::Orc => "ORC",
            Format::ArrowFile => "Arrow",
            Format::ArrowStream => "Arrow stream",
            Format::Ole => "OLE",
            Format::Rtf => "RTF",
            Format::Pdf => "PDF",
            Format::Mail => "mail",
            Format::Mailbox => "mailbox",
            Format::Tnef => "TNEF",
            Format::SevenZip => "7z",
            Format::Sqlite => "SQLite",
            Format::Jpeg => "JPEG",
            Format::Png => "PNG",
            Format::Tiff => "TIFF",
            Format::Webp => "WebP",
            Format::Gif => "GIF",
            Format::Bmp => "BMP",
            Format::Heif => "HEIF",
            Format::SqlDump => "SQL dump",
        }
    }

    /// As Macie names types.
    pub fn mime_type(self) -> &'static str {
        match self {
            Format::Gzip => "application/gzip",
            Format::Zstandard => "application/zstd",
            Format::Bzip2 => "application/x-bzip2",
            Format::Xz => "application/x-xz",
            Format::Lz4 => "application/x-lz4",
            Format::Tar => "application/x-tar",
            Format::Zip => "application/zip",
            Format::Parquet => "application/vnd.apache.parquet",
            Format::Avro => "application/vnd.apache.avro",
            Format::Orc => "application/vnd.apache.orc",
            Format::ArrowFile => "application/vnd.apache.arrow.file",
            Format::ArrowStream => "application/vnd.apache.arrow.stream",
            Format::Ole => "application/x-ole-storage",
            Format::Rtf => "application/rtf",
            Format::Pdf => "application/pdf",
            Format::Mail => "message/rfc822",
            Format::Mailbox => "application/mbox",
            Format::Tnef => "application/ms-tnef",
            Format::SevenZip => "application/x-7z-compressed",
            Format::Sqlite => "application/vnd.sqlite3",
            Format::Jpeg => "image/jpeg",
            Format::Png => "image/png",
            Format::Tiff => "image/tiff",
            Format::Webp => "image/webp",
            Format::Gif => "image/gif",
            Format::Bmp => "image/bmp",
            Format::Heif => "image/heif",
            Format::SqlDump => "application/sql",
        }
    }
}

/// Reads an object of this format.
pub(crate) fn read(session: &mut Session<'_>, format: Format, input: &mut dyn Read) -> Coverage {
    match format {
        Format::Gzip | Format::Zstandard | Format::Bzip2 | Format::Xz | Format::Lz4 => {
            streams::read(session, format, input)
        }
        Format::Tar => tar::read(session, input),
        Format::Zip => spooled(session, format, input, zip::read),
        Format::Parquet => spooled(session, format, input, columnar::parquet::read),
        Format::Orc => spooled(session, format, input, columnar::orc::read),
        Format::Avro => columnar::avro::read(session, input),
        Format::ArrowFile | Format::ArrowStream => columnar::ipc::read(session, format, input),
        Format::Ole => spooled(session, format, input, ole),
        Format::Rtf => rtf::read(session, input),
        Format::Pdf => spooled(session, format, input, pdf::read),
        Format::Mail => spooled(session, format, input, mail::read),
        Format::SqlDump => dump::read(session, input),
        Format::Mailbox => mail::read_mailbox(session, input),
        Format::Tnef => spooled(session, format, input, mail::tnef::read),
        Format::SevenZip => spooled(session, format, input, sevenzip::read),
        Format::Sqlite => spooled(session, format, input, sqlite::read),
        Format::Jpeg
        | Format::Png
        | Format::Tiff
        | Format::Webp
        | Format::Gif
        | Format::Bmp
        | Format::Heif => {
            spooled(session, format, input, |session, spool| images::read(session, format, spool))
        }
    }
}

/// Reads an OLE compound file as what its streams show it to be.
fn ole(session: &mut Session<'_>, spool: &Spool) -> Coverage {
    match office::ole::Tree::open(spool, session.limits.document_bytes_max) {
        Ok(mut tree) => match tree.kind() {
            office::ole::Kind::Message => mail::msg::read(session, spool),
            _ => office::ole::read(session, &mut tree),
        },
        Err(error) => {
            let (code, detail) = gaps::of_error("the compound file", &error);
            gaps::skipped(Format::Ole.mime_type(), code, detail)
        }
    }
}

/// Reads what must be read in any order.
fn spooled(
    session: &mut Session<'_>,
    format: Format,
    input: &mut dyn Read,
    read: impl FnOnce(&mut Session<'_>, &Spool) -> Coverage,
) -> Coverage {
    match session.spool(input) {
        Ok(spool) => read(session, &spool),
        Err(error) => {
            let (code, detail) = gaps::of_error(format.name(), &error);
            gaps::skipped(format.mime_type(), code, detail)
        }
    }
}

/// All bytes of what is read as a whole; the coverage of an object that has too many, or can not be read.
fn whole(
    session: &Session<'_>,
    spool: &Spool,
    mime_type: &str,
    what: &str,
) -> Result<Bytes, Box<Coverage>> {
    let bytes_max = session.limits.document_bytes_max;
    match spool.whole(bytes_max) {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => {
            let detail = format!("more than {bytes_max} bytes");
            Err(gaps::skipped(mime_type, gaps::TOO_BIG, detail).into())
        }
        Err(error) => {
            let (code, detail) = gaps::of_error(what, &error);
            Err(gaps::skipped(mime_type, code, detail).into())
        }
    }
}

/// Reads what stands behind an object's own end, as what it is.
fn rest(session: &mut Session<'_>, rest: &[u8], what: &str, coverage: &mut Coverage) {
    match session.within(what, &mut &rest[..], None) {
        Ok(inner) => {
            coverage.units_inspected += inner.units_inspected;
            if inner.status != CoverageStatus::Complete && inner.gaps.is_empty() {
                gaps::gap(coverage, gaps::MEMBERS, format!("{what}: not all of it was read"));
            }
            for gap in &inner.gaps {
                gaps::gap(coverage, &gap.code, format!("{what}: {}", gap.detail));
            }
        }
        Err(bound) => gaps::gap(coverage, bound.code, format!("{what}: {}", bound.detail)),
    }
}

/// Text whose encoding nobody tells.
fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}
