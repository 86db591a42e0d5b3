//! Messages of Outlook (MS-OXMSG): a compound file whose streams are the properties of a message, its
//! recipients and its attachments. All properties of text are read, whatever they mean.

use super::rtf;
use crate::gaps;
use crate::members::Members;
use crate::session::Session;
use crate::spool::{Spool, SpoolReader};
use crate::writer::TextWriter;
use cfb::CompoundFile;
use encoding_rs::Encoding;
use lakegate_core::coverage::{Coverage, CoverageStatus};
use std::cell::Cell;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

const MIME_TYPE: &str = "application/vnd.ms-outlook";

/// Holds the properties of fixed size; a compound file with it is a message.
pub(crate) const PROPERTIES: &str = "__properties_version1.0";
const SUBSTANCE: &str = "__substg1.0_";
const ATTACHMENT: &str = "__attach_version1.0_";
const RECIPIENT: &str = "__recip_version1.0_";

/// Properties as they stand in the names of streams: identifier and type.
const HTML: &str = "10130102";
const RTF: &str = "10090102";
const ATTACHED: &str = "37010102";
const ATTACHED_STORAGE: &str = "3701000D";

/// Compound files are made of sectors of this length, or of a multiple.
const SECTOR_BYTES: u64 = 512;

/// Messages within messages.
const DEPTH_MAX: usize = 8;

/// What people call the commonest properties.
const NAMES: &[(&str, &str)] = &[
    ("0037", "Subject"),
    ("0042", "Sent representing name"),
    ("0065", "Sent representing address"),
    ("0070", "Topic"),
    ("007D", "Headers"),
    ("0C1A", "Sender name"),
    ("0C1F", "Sender address"),
    ("0E02", "Bcc"),
    ("0E03", "Cc"),
    ("0E04", "To"),
    ("1000", "Body"),
    ("1035", "Message-ID"),
    ("3001", "Name"),
    ("3003", "Address"),
    ("39FE", "SMTP address"),
    ("3704", "File name"),
    ("3707", "File name"),
    ("5D01", "Sender SMTP address"),
];

pub(crate) fn read(session: &mut Session<'_>, spool: &Spool) -> Coverage {
    let compound = match CompoundFile::open(spool.reader()) {
        Ok(compound) => compound,
        Err(error) => {
            let (code, detail) = gaps::of_error("the message", &error);
            return gaps::skipped(MIME_TYPE, code, detail);
        }
    };
    let mut message = Message {
        compound,
        members: Members::new(MIME_TYPE),
        binary: 0,
        lines: 0,
        bytes_left: spool.size_bytes(),
    };
    message.read(session);
    let Message { members, binary, lines, .. } = message;
    let mut coverage = members.finish();
    coverage.units_inspected += lines;
    if coverage.status == CoverageStatus::Skipped && lines > 0 {
        coverage.status = CoverageStatus::Partial;
    }
    if !spool.size_bytes().is_multiple_of(SECTOR_BYTES) {
        gaps::gap(&mut coverage, gaps::MALFORMED, "the message is cut off within a sector");
    }
    if binary > 0 {
        gaps::note(&mut coverage, format!("properties that are not text: {binary}"));
    }
    coverage
}

struct Message {
    compound: CompoundFile<SpoolReader>,
    members: Members,
    /// Properties of bytes that are no body and no attachment.
    binary: u64,
    lines: u64,
    /// Properties have together no more bytes than the file, if it is honest.
    bytes_left: u64,
}

/// One property that has a stream of its own.
struct Property {
    /// Identifier and type.
    tag: String,
    path: PathBuf,
}

impl Message {
    fn read(&mut self, session: &mut Session<'_>) {
        let text = self.message(session, Path::new("/"), "", 0);
        let mut writer = TextWriter::new(session, None);
        writer.push(&text);
        self.lines += writer.finish();
    }

    /// Reads bodies and attachments of a message, and gives its properties of text.
    fn message(
        &mut self,
        session: &mut Session<'_>,
        storage: &Path,
        name: &str,
        depth: usize,
    ) -> String {
        let encoding = self.encoding(storage, if depth == 0 { 32 } else { 24 });
        let mut text = self.texts(session, storage, encoding);
        for inner in self.storages(storage) {
            let kind = inner.file_name().map(|name| name.to_string_lossy().into_owned());
            let kind = kind.unwrap_or_default();
            if kind.starts_with(RECIPIENT) {
                text.push_str(&self.texts(session, &inner, encoding));
            } else if kind.starts_with(ATTACHMENT) {
                text.push_str(&self.attachment(session, &inner, encoding, name, depth));
            }
        }
        for (tag, file) in [(HTML, ""), (RTF, "")] {
            self.body(session, storage, tag, &within(name, file));
        }
        text
    }

    /// A body that is not plain text.
    fn body(&mut self, session: &mut Session<'_>, storage: &Path, tag: &str, name: &str) {
        let path = storage.join(format!("{SUBSTANCE}{tag}"));
        if !self.compound.is_stream(&path) {
            return;
        }
        let bytes = match self.bytes(session, &path) {
            Ok(bytes) => bytes,
            Err(detail) => return self.members.gap(gaps::MALFORMED, detail),
        };
        if tag != RTF {
            self.members.read(session, name, &mut &bytes[..], None);
            return;
        }
        let Some((rtf, is_whole)) = rtf::decompress(&bytes) else {
            return self.members.gap(gaps::MALFORMED, "the formatted body is damaged");
        };
        if !is_whole {
            self.members.gap(gaps::MALFORMED, "the formatted body is cut off");
        }
        let packed_bytes = Cell::new(bytes.len() as u64);
        self.members.read(session, name, &mut &rtf[..], Some(&packed_bytes));
    }

    /// Reads an attached file or message, and gives the properties of text that tell of it.
    fn attachment(
        &mut self,
        session: &mut Session<'_>,
        storage: &Path,
        encoding: &'static Encoding,
        outer: &str,
        depth: usize,
    ) -> String {
        let text = self.texts(session, storage, encoding);
        let file = text.lines().find_map(|line| line.strip_prefix("File name: "));
        let file = file.or_else(|| text.lines().find_map(|line| line.strip_prefix("Name: ")));
        let name = within(outer, file.unwrap_or("attachment"));
        let path = storage.join(format!("{SUBSTANCE}{ATTACHED}"));
        let nested = storage.join(format!("{SUBSTANCE}{ATTACHED_STORAGE}"));
        if self.compound.is_stream(&path) {
            match self.compound.open_stream(&path) {
                Ok(mut stream) => {
                    self.members.read(session, &name, &mut stream, None);
                }
                Err(error) => {
                    let (code, detail) = gaps::of_error("it", &error);
                    self.members.skip(code, &detail);
                }
            }
        } else if self.compound.is_stream(nested.join(PROPERTIES)) {
            if depth >= DEPTH_MAX {
                self.members.skip(gaps::NESTING, "too many messages in one another");
            } else {
                let inner = self.message(session, &nested, &name, depth + 1);
                self.members.read(session, &name, &mut inner.as_bytes(), None);
            }
        } else if self.compound.is_storage(&nested) {
            self.members.skip(gaps::UNSUPPORTED, "an embedded OLE object is not read");
        }
        text
    }

    /// The properties of text that a storage holds, a line for each.
    fn texts(
        &mut self,
        session: &mut Session<'_>,
        storage: &Path,
        encoding: &'static Encoding,
    ) -> String {
        let mut text = String::new();
        for property in self.properties(storage) {
            let (id, kind) = property.tag.split_at_checked(4).unwrap_or_default();
            let encoding = match kind {
                "001F" | "101F" => encoding_rs::UTF_16LE,
                "001E" | "101E" => encoding,
                _ => {
                    let is_read = [HTML, RTF, ATTACHED].contains(&property.tag.as_str());
                    self.binary += u64::from(!is_read);
                    continue;
                }
            };
            match self.bytes(session, &property.path) {
                Ok(bytes) => {
                    let value = encoding.decode_without_bom_handling(&bytes).0;
                    push(&mut text, id, value.trim_end_matches('\0'));
                }
                Err(detail) => self.members.gap(gaps::MALFORMED, detail),
            }
        }
        text
    }

    fn properties(&self, storage: &Path) -> Vec<Property> {
        let Ok(entries) = self.compound.read_storage(storage) else { return Vec::new() };
        let streams = entries.filter(|entry| entry.is_stream());
        let property = |entry: cfb::Entry| {
            let rest = entry.name().strip_prefix(SUBSTANCE)?;
            // The stream of a property with many values holds their lengths; each has its own.
            let (tag, value) = rest.split_once('-').map_or((rest, None), |(tag, n)| (tag, Some(n)));
            let is_lengths = matches!(tag.get(4..), Some("101F" | "101E")) && value.is_none();
            let property = Property { tag: tag.to_owned(), path: entry.path().to_owned() };
            (!is_lengths).then_some(property)
        };
        streams.filter_map(property).collect()
    }

    fn storages(&self, storage: &Path) -> Vec<PathBuf> {
        let Ok(entries) = self.compound.read_storage(storage) else { return Vec::new() };
        entries.filter(cfb::Entry::is_storage).map(|entry| entry.path().to_owned()).collect()
    }

    fn bytes(&mut self, session: &Session<'_>, path: &Path) -> Result<Vec<u8>, String> {
        let bytes_max = session.limits.document_bytes_max.min(self.bytes_left);
        let mut read = || -> io::Result<Vec<u8>> {
            let stream = self.compound.open_stream(path)?;
            let length = stream.len();
            let mut bytes = Vec::new();
            stream.take(bytes_max).read_to_end(&mut bytes)?;
            if (bytes.len() as u64) < length {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            Ok(bytes)
        };
        let bytes =
            read().map_err(|error| format!("a property can not be read ({})", error.kind()))?;
        self.bytes_left -= bytes.len() as u64;
        Ok(bytes)
    }

    /// That of text that is not Unicode, told by a property of the message.
    fn encoding(&mut self, storage: &Path, header_bytes: usize) -> &'static Encoding {
        let mut bytes = Vec::new();
        if let Ok(stream) = self.compound.open_stream(storage.join(PROPERTIES)) {
            // What is damaged here shows in the properties themselves.
            let _ = stream.take(64 << 10).read_to_end(&mut bytes);
        }
        let mut found = None;
        for entry in bytes.get(header_bytes..).unwrap_or_default().chunks_exact(16) {
            let id = u16::from_le_bytes([entry[2], entry[3]]);
            let value = u32::from_le_bytes([entry[8], entry[9], entry[10], entry[11]]);
            match id {
                // The code page of the message, and that of its way through the internet.
                0x3ffd => found = code_page(value).or(found),
                0x3fde => found = found.or(code_page(value)),
                _ => {}
            }
        }
        found.unwrap_or(encoding_rs::WINDOWS_1252)
    }
}

/// Adds a line for a property of text, with what people call it.
pub(super) fn push(text: &mut String, id: &str, value: &str) {
    if value.trim().is_empty() {
        return;
    }
    if let Some((_, name)) = NAMES.iter().find(|(known, _)| *known == id) {
        text.extend([name, ": "]);
    }
    text.push_str(value);
    text.push('\n');
}

/// The path of a file in an attached message.
fn within(outer: &str, file: &str) -> String {
    match (outer, file) {
        ("", file) => file.to_owned(),
        (outer, "") => outer.to_owned(),
        (outer, file) => format!("{outer}!{file}"),
    }
}

/// The encoding of a Windows code page.
pub(crate) fn code_page(number: u32) -> Option<&'static Encoding> {
    let label = match number {
        437 | 850 | 1252 | 20127 => "windows-1252".to_owned(),
        874 => "windows-874".to_owned(),
        932 => "shift_jis".to_owned(),
        936 => "gbk".to_owned(),
        949 => "euc-kr".to_owned(),
        950 => "big5".to_owned(),
        866 => "ibm866".to_owned(),
        1250..=1258 => format!("windows-{number}"),
        10000 => "macintosh".to_owned(),
        20866 => "koi8-r".to_owned(),
        20932 | 51932 => "euc-jp".to_owned(),
        21866 => "koi8-u".to_owned(),
        28591..=28606 => format!("iso-8859-{}", number - 28590),
        50220..=50222 => "iso-2022-jp".to_owned(),
        54936 => "gb18030".to_owned(),
        65001 => "utf-8".to_owned(),
        _ => return None,
    };
    Encoding::for_label(label.as_bytes())
}
