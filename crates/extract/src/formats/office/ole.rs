//! OLE compound files: old Office documents, and objects within documents of any age. A storage within
//! one is read as if it were a file of its own.

use super::bytes::u32_at;
use super::findings::Findings;
use super::{allocation, blips, doc, locked, ppt, properties, strings, vba, xls};
use crate::gaps::{self, Bound};
use crate::session::Session;
use crate::spool::{Spool, SpoolReader};
use lakegate_core::coverage::Coverage;
use std::io::{self, BufReader, Read};

/// Storages within one another.
const DEPTH_MAX: usize = 16;

/// Streams and storages of one file.
const ENTRIES_MAX: usize = 100_000;

/// The storage that tells that a document is encrypted.
const DATA_SPACES: &str = "\u{6}DataSpaces/";

/// What a compound file, or a storage in one, is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Kind {
    Word,
    Excel,
    PowerPoint,
    /// A mail of Outlook.
    Message,
    /// An Office document since 2007 that is encrypted.
    Encrypted,
    /// Something that was put into a document.
    Object,
    Unknown,
}

impl Kind {
    fn mime_type(self) -> &'static str {
        match self {
            Kind::Word => "application/msword",
            Kind::Excel => "application/vnd.ms-excel",
            Kind::PowerPoint => "application/vnd.ms-powerpoint",
            Kind::Message => "application/vnd.ms-outlook",
            Kind::Encrypted => "application/x-tika-ooxml-protected",
            Kind::Object | Kind::Unknown => "application/x-ole-storage",
        }
    }
}

/// An open compound file.
pub(in super::super) struct Tree {
    file: cfb::CompoundFile<BufReader<SpoolReader>>,
    entries: Vec<Entry>,
    bytes_max: u64,
    is_cut: bool,
}

struct Entry {
    /// With a slash at its start and none at its end.
    path: String,
    is_stream: bool,
    is_taken: bool,
    bytes: u64,
}

impl Tree {
    /// Opens a compound file.
    ///
    /// # Errors
    /// When it is damaged.
    pub fn open(spool: &Spool, bytes_max: u64) -> std::io::Result<Self> {
        let file = cfb::CompoundFile::open(BufReader::new(spool.reader()))?;
        let entries = file
            .walk()
            .take(ENTRIES_MAX)
            .map(|entry| Entry {
                path: entry.path().to_string_lossy().into_owned(),
                is_stream: entry.is_stream(),
                is_taken: false,
                bytes: entry.len(),
            })
            .collect();
        Ok(Self { file, entries, bytes_max, is_cut: allocation::is_cut(spool) })
    }

    /// What the file is.
    pub fn kind(&self) -> Kind {
        self.kind_of("")
    }

    /// The streams and storages directly in a storage, by number and name.
    fn within<'t>(&'t self, storage: &'t str) -> impl Iterator<Item = (usize, &'t str)> {
        self.entries.iter().enumerate().filter_map(move |(index, entry)| {
            let name = entry.path.strip_prefix(storage)?.strip_prefix('/')?;
            (!name.is_empty() && !name.contains('/')).then_some((index, name))
        })
    }

    fn kind_of(&self, storage: &str) -> Kind {
        let has = |wanted: &str| self.has(storage, wanted);
        if has(locked::PACKAGE) {
            Kind::Encrypted
        } else if has("__properties_version1.0") {
            Kind::Message
        } else if has("WordDocument") {
            Kind::Word
        } else if has("Workbook") || has("Book") {
            Kind::Excel
        } else if has("PowerPoint Document") {
            Kind::PowerPoint
        } else if has("\u{1}Ole") || has("\u{1}CompObj") || has("\u{1}Ole10Native") {
            Kind::Object
        } else {
            Kind::Unknown
        }
    }

    /// The stream of a storage with that name.
    pub fn find(&self, storage: &str, name: &str) -> Option<usize> {
        self.within(storage)
            .find(|(index, found)| {
                found.eq_ignore_ascii_case(name) && self.entries[*index].is_stream
            })
            .map(|(index, _)| index)
    }

    /// Whether a storage has a stream or a storage with that name.
    pub fn has(&self, storage: &str, name: &str) -> bool {
        self.within(storage).any(|(_, found)| found.eq_ignore_ascii_case(name))
    }

    /// All bytes of a stream, which is then not among the rest. What can not be read is told.
    pub(super) fn take(&mut self, index: usize, findings: &mut Findings) -> Vec<u8> {
        let mut bytes = Vec::new();
        let Some(entry) = self.entries.get_mut(index) else { return bytes };
        entry.is_taken = true;
        let claimed = entry.bytes;
        if claimed > self.bytes_max {
            findings.gap(gaps::TOO_BIG, format!("a stream has more than {} bytes", self.bytes_max));
            return bytes;
        }
        let result = self
            .file
            .open_stream(&entry.path)
            .and_then(|stream| stream.take(self.bytes_max).read_to_end(&mut bytes));
        match result {
            Ok(count) if (count as u64) < claimed => {
                findings.gap(gaps::MALFORMED, "a stream is cut off");
            }
            Ok(_) => {}
            Err(error) => {
                let (code, detail) = gaps::of_error("a stream", &error);
                findings.gap(code, detail);
            }
        }
        bytes
    }

    /// A stream that is read piece by piece, and is then not among the rest.
    ///
    /// # Errors
    /// When there is none, or it is damaged.
    pub(super) fn stream(
        &mut self,
        storage: &str,
        name: &str,
    ) -> io::Result<cfb::Stream<BufReader<SpoolReader>>> {
        let index = self.find(storage, name).ok_or(io::ErrorKind::NotFound)?;
        let entry = &mut self.entries[index];
        entry.is_taken = true;
        self.file.open_stream(&entry.path)
    }
}

/// Reads a compound file.
pub(in super::super) fn read(session: &mut Session<'_>, tree: &mut Tree) -> Coverage {
    let kind = tree.kind();
    let mime_type = kind.mime_type();
    let mut findings = Findings::new(mime_type);
    if tree.entries.len() >= ENTRIES_MAX {
        findings.gap(gaps::TOO_MANY_MEMBERS, format!("more than {ENTRIES_MAX} streams"));
    }
    if tree.is_cut {
        findings.gap(gaps::MALFORMED, "the compound file is cut off");
    }
    if kind == Kind::Encrypted {
        return encrypted(session, tree, findings);
    }
    storage(session, tree, &mut findings, "", 0);
    findings.finish()
}

/// Reads a document that is encrypted: its coverage is that of what is within.
fn encrypted(session: &mut Session<'_>, tree: &mut Tree, mut findings: Findings) -> Coverage {
    let mime_type = Kind::Encrypted.mime_type();
    let mut coverage = match locked::read(session, tree, &mut findings, "") {
        Ok(coverage) => coverage,
        Err(Bound { code, detail }) => return gaps::skipped(mime_type, code, detail),
    };
    rest(session, tree, &mut findings, "", 0);
    let beside = findings.finish();
    coverage.units_inspected += beside.units_inspected;
    for gap in &beside.gaps {
        gaps::gap(&mut coverage, &gap.code, format!("beside the document: {}", gap.detail));
    }
    // They were bytes of what is within.
    (coverage.bytes_total, coverage.bytes_inspected) = (0, 0);
    coverage
}

/// Reads a storage with all that is in it.
fn storage(
    session: &mut Session<'_>,
    tree: &mut Tree,
    findings: &mut Findings,
    path: &str,
    depth: usize,
) {
    if depth > DEPTH_MAX {
        findings.gap(gaps::TOO_DEEP, format!("more than {DEPTH_MAX} storages in one another"));
        return;
    }
    let kind = tree.kind_of(path);
    let text_bytes = session.text_bytes;
    match kind {
        Kind::Word => doc::read(session, tree, findings, path),
        Kind::Excel => xls::read(session, tree, findings, path),
        Kind::PowerPoint => ppt::read(session, tree, findings, path),
        Kind::Encrypted => match locked::read(session, tree, findings, path) {
            Ok(inner) => findings.add_embedded(&inner),
            Err(Bound { code, detail }) => {
                findings.gap(code, format!("embedded object: {detail}"));
                return;
            }
        },
        Kind::Message | Kind::Object | Kind::Unknown => {}
    }
    rest(session, tree, findings, path, depth);
    findings.shows(session.text_bytes - text_bytes);
}

/// Reads what is in a storage and not yet read.
fn rest(
    session: &mut Session<'_>,
    tree: &mut Tree,
    findings: &mut Findings,
    path: &str,
    depth: usize,
) {
    let inner: Vec<(usize, String)> =
        tree.within(path).map(|(index, name)| (index, name.to_owned())).collect();
    for (index, name) in &inner {
        let entry = &tree.entries[*index];
        if entry.is_stream && !entry.is_taken {
            stream(session, tree, findings, *index, name);
        }
    }
    for (index, _) in inner {
        if !tree.entries[index].is_stream {
            let path = tree.entries[index].path.clone();
            storage(session, tree, findings, &path, depth + 1);
        }
    }
}

/// Reads a stream that is not the main one of a document.
fn stream(
    session: &mut Session<'_>,
    tree: &mut Tree,
    findings: &mut Findings,
    index: usize,
    name: &str,
) {
    let path = tree.entries[index].path.trim_start_matches('/').to_owned();
    let bytes = tree.take(index, findings);
    let label: String = path.chars().filter(|c| !c.is_control()).collect();
    let is_macro = path.contains("VBA/") || path.contains("VBA_PROJECT");
    if bytes.is_empty() {
        return;
    }
    if name == "\u{1}Ole10Native" {
        return native(session, findings, &bytes);
    }
    let is_package = ["package", "contents"].contains(&name.to_ascii_lowercase().as_str());
    let is_ours = is_ours(name) || is_macro || path.starts_with(DATA_SPACES);
    if is_package && is_known(&bytes) || !is_ours {
        findings.embedded(session, &label, &mut &bytes[..], None);
        return;
    }
    if matches!(name, "Data" | "Pictures") {
        for (index, place) in blips::pictures(&bytes).into_iter().enumerate() {
            let name = format!("{label}/picture {}", index + 1);
            let content = bytes.get(place).unwrap_or_default();
            findings.embedded(session, &name, &mut &content[..], None);
        }
    }
    findings.lines(session, &label, None, |lines| {
        match name {
            "\u{5}SummaryInformation" | "\u{5}DocumentSummaryInformation" => {
                properties::read(&bytes, lines);
            }
            _ if is_macro => vba::read(&bytes, lines),
            _ if path.starts_with(DATA_SPACES) => strings::read_wide(&bytes, lines),
            // Pictures, with texts of forms between them.
            "Data" | "1Table" | "0Table" | "Pictures" => strings::read_wide(&bytes, lines),
            _ => strings::read(&bytes, lines),
        }
        Ok(())
    });
}

/// Streams that programs keep beside what a person put into a document: controls, presentations for the
/// screen, tables of a text, the name of the user.
fn is_ours(name: &str) -> bool {
    let names = [
        "Data",
        "1Table",
        "0Table",
        "Pictures",
        "Current User",
        "contents",
        "CONTENTS",
        "Contents",
        "f",
        "o",
        "PROJECT",
        "PROJECTwm",
        "PROJECTlk",
        "Ctls",
        "CompObj",
        "EncryptedSummary",
        "VBFrame",
        "WordDocument",
        "Workbook",
        "Book",
        "PowerPoint Document",
    ];
    names.contains(&name)
        || name.starts_with(|c: char| c.is_control())
        || name.starts_with("_SX_DB")
        || name.bytes().all(|byte| byte.is_ascii_hexdigit()) && name.len() == 4
}

/// Whether bytes begin as a file does that is read by itself.
fn is_known(bytes: &[u8]) -> bool {
    let marks: [&[u8]; 6] =
        [b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff"];
    marks.iter().any(|mark| bytes.starts_with(mark))
}

/// A file that was put into a document: its size, a label, two paths, then its bytes.
fn native(session: &mut Session<'_>, findings: &mut Findings, bytes: &[u8]) {
    let Some((names, content)) = native_parts(bytes) else {
        // Older programs write their data after its size alone.
        let content = bytes.get(4..).unwrap_or_default();
        findings.embedded(session, "Ole10Native", &mut &content[..], None);
        return;
    };
    findings.lines(session, "Ole10Native", None, |lines| {
        strings::read(names, lines);
        Ok(())
    });
    let label = names.get(6..).and_then(|label| label.split(|byte| *byte == 0).next());
    let label = label.map(|label| String::from_utf8_lossy(label).into_owned()).unwrap_or_default();
    let name = if label.is_empty() { "Ole10Native" } else { &label };
    findings.embedded(session, name, &mut &content[..], None);
}

fn native_parts(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let after_zero =
        |at: usize| Some(at + bytes.get(at..)?.iter().position(|byte| *byte == 0)? + 1);
    if super::bytes::u16_at(bytes, 4)? != 2 {
        return None;
    }
    let at = after_zero(after_zero(6)?)?;
    let command_bytes = u32_at(bytes, at + 4)? as usize;
    let size_at = at.checked_add(8)?.checked_add(command_bytes)?;
    let size = u32_at(bytes, size_at)? as usize;
    let content = bytes.get(size_at + 4..)?;
    let content = content.get(..size).unwrap_or(content);
    Some((bytes.get(..size_at)?, content))
}
