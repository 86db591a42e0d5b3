//! Formats that are not plain text: how each is read. Every reader gives blocks of located text to the
//! session, and says in a coverage what it read and what not; none trusts a length, a count or an offset
//! that a file claims.

mod compound;
mod dump;
mod images;
mod mail;
mod pdf;
mod sevenzip;
mod sqlite;
mod streams;
mod tar;
mod zip;

use crate::gaps;
use crate::session::Session;
use crate::spool::Spool;
use lakegate_core::coverage::Coverage;
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
    Pdf,
    /// One mail.
    Mail,
    /// Many mails, one after the other.
    Mailbox,
    /// `winmail.dat`.
    Tnef,
    /// A compound file of Microsoft's: old Office documents, Outlook messages.
    Compound,
    SevenZip,
    Sqlite,
    Jpeg,
    Png,
    Tiff,
    Webp,
    Gif,
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
            Format::Pdf => "PDF",
            Format::Mail => "mail",
            Format::Mailbox => "mailbox",
            Format::Tnef => "TNEF",
            Format::Compound => "OLE (old Office)",
            Format::SevenZip => "7z",
            Format::Sqlite => "SQLite",
            Format::Jpeg => "JPEG",
            Format::Png => "PNG",
            Format::Tiff => "TIFF",
            Format::Webp => "WebP",
            Format::Gif => "GIF",
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
            Format::Pdf => "application/pdf",
            Format::Mail => "message/rfc822",
            Format::Mailbox => "application/mbox",
            Format::Tnef => "application/ms-tnef",
            Format::Compound => "application/x-ole-storage",
            Format::SevenZip => "application/x-7z-compressed",
            Format::Sqlite => "application/vnd.sqlite3",
            Format::Jpeg => "image/jpeg",
            Format::Png => "image/png",
            Format::Tiff => "image/tiff",
            Format::Webp => "image/webp",
            Format::Gif => "image/gif",
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
        Format::Pdf => spooled(session, format, input, pdf::read),
        Format::Mail => spooled(session, format, input, mail::read),
        Format::SqlDump => dump::read(session, input),
        Format::Mailbox => mail::read_mailbox(session, input),
        Format::Tnef => spooled(session, format, input, mail::tnef::read),
        Format::Compound => spooled(session, format, input, compound::read),
        Format::SevenZip => spooled(session, format, input, sevenzip::read),
        Format::Sqlite => spooled(session, format, input, sqlite::read),
        Format::Jpeg | Format::Png | Format::Tiff | Format::Webp | Format::Gif | Format::Heif => {
            spooled(session, format, input, |session, spool| images::read(session, format, spool))
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
