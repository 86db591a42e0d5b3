//! The one way of values of columnar and record formats to text: each becomes what people would write,
//! at its record and path. Bytes become the text they are, or are read as the file they are, or are
//! counted: none is passed over in silence.

use super::{wkb, words};
use crate::formats::Format;
use crate::gaps;
use crate::limits::Limits;
use crate::magic::{self, Known};
use crate::runs;
use crate::text::encoding::{self, Decoder};
use crate::writer::{Node, RecordWriter};
use lakegate_core::coverage::{Count, Coverage, CoverageStatus};
use std::collections::BTreeMap;

/// Bytes that are fewer are no file, although they may begin like one: every hash value begins like
/// something now and then.
const FILE_BYTES_MIN: usize = 128;

/// Documents that may be valid UTF-8 and yet say little when read as plain text.
const DOCUMENTS_OF_TEXT: [&[u8]; 2] = [b"%PDF-", b"{\\rtf"];

/// Longer keys of a map name no place of their own.
const MAP_KEY_BYTES_MAX: usize = 256;

/// Elements of one list that have a place of their own; what comes after has the list's.
pub(super) const ELEMENTS_MAX: u64 = 65_536;

/// Types within one another that are followed.
pub(super) const DEPTH_MAX: usize = 64;

/// Bytes as text, if they are nothing else.
pub(super) fn plain_text(bytes: &[u8]) -> Option<&str> {
    let text = simdutf8::basic::from_utf8(bytes).ok()?;
    let is_document = bytes.len() >= FILE_BYTES_MIN
        && DOCUMENTS_OF_TEXT.iter().any(|mark| bytes.starts_with(mark));
    (!is_document).then_some(text)
}

/// Writes values, and keeps account of what could not be read.
pub(super) struct Values<'w, 's> {
    pub writer: RecordWriter<'w, 's>,
    pub limits: &'s Limits,
    pub coverage: Coverage,
    /// Further records in which the next value stands.
    further: Vec<u64>,
    scratch: String,
    /// Binary values of which only runs of characters were read.
    opaque: u64,
    /// Those among them that are too long to hide nothing.
    unknown: u64,
    /// Binary values that are files of a kind that is not read, by its name.
    unread: BTreeMap<&'static str, u64>,
    files: Count,
    /// Values lie too deep within others.
    is_too_deep: bool,
}

impl<'w, 's> Values<'w, 's> {
    pub fn new(writer: RecordWriter<'w, 's>, format: Format) -> Self {
        let limits = writer.limits();
        Self {
            writer,
            limits,
            coverage: gaps::complete(format.mime_type()),
            further: Vec::new(),
            scratch: String::new(),
            opaque: 0,
            unknown: 0,
            unread: BTreeMap::new(),
            files: Count::default(),
            is_too_deep: false,
        }
    }

    /// Writes what `write` writes for the first of these records as standing in all of them.
    pub fn in_all(
        &mut self,
        mut records: impl Iterator<Item = u64>,
        write: impl FnOnce(&mut Self, u64),
    ) {
        let Some(first) = records.next() else { return };
        self.further.extend(records);
        write(self, first);
        self.further.clear();
    }

    pub fn text(&mut self, record: u64, node: Node, text: &str) {
        self.writer.repeated(record, node, text, self.further.iter().copied());
    }

    /// A value that `write` puts into words.
    pub fn written(&mut self, record: u64, node: Node, write: impl FnOnce(&mut String)) {
        self.scratch.clear();
        write(&mut self.scratch);
        self.writer.repeated(record, node, &self.scratch, self.further.iter().copied());
    }

    pub fn integer(&mut self, record: u64, node: Node, value: impl itoa::Integer) {
        self.text(record, node, itoa::Buffer::new().format(value));
    }

    pub fn float(&mut self, record: u64, node: Node, value: f64) {
        if value.is_finite() {
            self.written(record, node, |out| words::float(value, out));
        }
    }

    pub fn float32(&mut self, record: u64, node: Node, value: f32) {
        if value.is_finite() {
            self.written(record, node, |out| words::float32(value, out));
        }
    }

    /// A whole number of units of `10^-scale`.
    pub fn decimal(&mut self, record: u64, node: Node, unscaled: i128, scale: i32) {
        let mut buffer = itoa::Buffer::new();
        let digits = buffer.format(unscaled);
        self.written(record, node, |out| words::decimal(digits, scale, out));
    }

    /// A value that is said to be text, but may not be valid.
    pub fn text_bytes(&mut self, record: u64, node: Node, bytes: &[u8]) {
        match simdutf8::basic::from_utf8(bytes) {
            Ok(text) => self.text(record, node, text),
            Err(_) => self.bytes(record, node, bytes),
        }
    }

    /// A value of bytes.
    pub fn bytes(&mut self, record: u64, node: Node, bytes: &[u8]) {
        if let Some(text) = plain_text(bytes) {
            return self.text(record, node, text);
        }
        let is_long = bytes.len() >= FILE_BYTES_MIN;
        if let Some(known) = magic::certain(bytes).filter(|_| is_long) {
            return self.file(record, node, known, bytes);
        }
        self.scratch.clear();
        if wkb::words(bytes, &mut self.scratch).is_some() {
            runs::readable(bytes, &mut self.scratch);
            let further = self.further.iter().copied();
            return self.writer.repeated(record, node, &self.scratch, further);
        }
        let head = &bytes[..bytes.len().min(self.limits.sniff_bytes)];
        if let Some((encoding, mark_bytes)) = encoding::detect(head) {
            let mut decoder = Decoder::new(encoding);
            return self.written(record, node, |out| {
                decoder.decode(&bytes[mark_bytes..], out);
                decoder.finish(out);
            });
        }
        match magic::of_binary(head) {
            Known::Unreadable(kind) if kind == magic::UNKNOWN => self.opaque(record, node, bytes),
            _ if !is_long => self.opaque(record, node, bytes),
            known => self.file(record, node, known, bytes),
        }
    }

    /// Bytes of no known kind, such as a hash value, or a record of some other format: what reads as
    /// text in them is read.
    fn opaque(&mut self, record: u64, node: Node, bytes: &[u8]) {
        self.opaque += 1 + self.further.len() as u64;
        self.unknown +=
            u64::from(bytes.len() > runs::KEY_BYTES_MAX) * (1 + self.further.len() as u64);
        self.written(record, node, |out| runs::readable(bytes, out));
    }

    /// A file that is a value.
    fn file(&mut self, record: u64, node: Node, known: Known, bytes: &[u8]) {
        if let Known::Unreadable(kind) = known {
            *self.unread.entry(kind.name).or_default() += 1 + self.further.len() as u64;
            return;
        }
        let name = format!("record {record}: {}", self.writer.names(node));
        self.files.total += 1;
        match self.writer.within(&name, &mut &*bytes) {
            Ok(read) => {
                self.files.inspected += u64::from(read.status == CoverageStatus::Complete);
                for gap in &read.gaps {
                    let detail = format!("a file in record {record}: {}", gap.detail);
                    gaps::gap(&mut self.coverage, &gap.code, detail);
                }
            }
            Err(bound) => {
                let detail = format!("a file in record {record}: {}", bound.detail);
                gaps::gap(&mut self.coverage, bound.code, detail);
            }
        }
    }

    /// The place of an element of a list.
    pub fn element(&mut self, list: Node, index: u64) -> Node {
        if index < ELEMENTS_MAX { self.writer.element(list, index) } else { list }
    }

    /// The place of a map's value.
    pub fn entry(&mut self, map: Node, key: &str) -> Node {
        if key.len() > MAP_KEY_BYTES_MAX { map } else { self.writer.member(map, key) }
    }

    /// Whether types lie no deeper than they are followed.
    pub fn is_within(&mut self, depth: usize) -> bool {
        self.is_too_deep |= depth > DEPTH_MAX;
        depth <= DEPTH_MAX
    }

    /// Something could not be read.
    pub fn gap(&mut self, code: &str, detail: impl Into<String>) {
        gaps::gap(&mut self.coverage, code, detail);
    }

    /// Hands on what is left. `rows` is how many records were read wholly, of how many.
    pub fn finish(mut self, rows: Count) -> Coverage {
        if self.is_too_deep {
            let detail = format!("values more than {DEPTH_MAX} types deep were not read");
            self.gap(gaps::NESTING, detail);
        }
        for (name, count) in std::mem::take(&mut self.unread) {
            self.gap(gaps::UNSUPPORTED, format!("{count} binary values are not readable: {name}"));
        }
        if self.unknown > 0 {
            let detail = format!("{} binary values are of no known kind", self.unknown);
            self.gap(gaps::UNSUPPORTED, detail);
        }
        if self.opaque > 0 {
            let note = format!(
                "{} binary values are of no known kind; only characters in a row were read of them",
                self.opaque
            );
            gaps::note(&mut self.coverage, note);
        }
        self.writer.finish();
        self.coverage.rows = Some(rows);
        self.coverage.units_inspected = rows.inspected;
        if self.files.total > 0 {
            self.coverage.members = Some(self.files);
        }
        self.coverage
    }
}
