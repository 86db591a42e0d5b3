//! Reading an object that is text: decode, fill a window, let a reader take from it.

pub(crate) mod batch;
pub(crate) mod encoding;
pub(crate) mod entities;
pub(crate) mod html;
mod html_rows;
pub(crate) mod json;
pub(crate) mod lines;
pub(crate) mod marks;
pub(crate) mod markup;
pub(crate) mod notes;
pub(crate) mod prose;
pub(crate) mod reader;
pub(crate) mod table;
pub(crate) mod window;

use crate::embedded::Finder;
use crate::limits::Limits;
use crate::sniff::{Form, MAIL, TextKind};
use crate::tables::dialect;
use crate::text::encoding::{Decoder, Encoding};
use crate::text::html::HtmlReader;
use crate::text::json::JsonReader;
use crate::text::notes::ROWS_ARE_NOT_LINES;
use crate::text::prose::ProseReader;
use crate::text::reader::{BlockSink, Reader, Step};
use crate::text::table::TableReader;
use crate::text::window::Window;
use lakegate_core::coverage::{Coverage, CoverageStatus, Gap};

/// Bytes that are decoded at a time.
const PIECE_BYTES: usize = 64 << 10;

/// Reads one text.
#[derive(Debug)]
pub(crate) struct TextExtractor {
    limits: Limits,
    cr_lines: bool,
    is_boxed: bool,
    mime_type: &'static str,
    decoder: Decoder,
    window: Window,
    /// The window is read once it holds this much. Readers see no more than that at once, so that
    /// nothing depends on the chunks in which the object came.
    view_bytes: usize,
    reader: Reader,
    first_invalid_line: Option<u64>,
    /// Bytes of the object that were decoded.
    decoded_bytes: u64,
    /// Characters may be written by name or number.
    has_entities: bool,
    /// What may be the beginning of such a name.
    held: String,
    /// Where binary data begins, in bytes of the object. Nothing is read from there on.
    binary_at: Option<u64>,
    notes: Vec<String>,
    gaps: Vec<Gap>,
    /// Rows or records before the rest was read as lines.
    units: u64,
    /// Sees the text before readers take it.
    pub(crate) finder: Finder,
}

impl TextExtractor {
    pub(crate) fn new(limits: &Limits, kind: &TextKind, finder: Finder) -> Self {
        let (reader, mime_type) = match kind.form {
            Form::Json { is_lines } => {
                (Reader::Json(Box::new(JsonReader::new(limits, is_lines))), "application/json")
            }
            Form::Table(dialect) => {
                let tabs = dialect.delimiter == b'\t';
                let mime_type = if tabs { "text/tab-separated-values" } else { "text/csv" };
                (Reader::Table(Box::new(TableReader::new(limits, dialect))), mime_type)
            }
            Form::Lines { mime_type: mime_type @ "text/html" } => {
                (Reader::Html(Box::new(HtmlReader::new(limits))), mime_type)
            }
            Form::Lines { mime_type } => {
                (Reader::Lines(Box::new(ProseReader::new(limits, 0))), mime_type)
            }
        };
        let mut text = TextExtractor {
            limits: limits.clone(),
            cr_lines: kind.cr_lines,
            is_boxed: kind.is_boxed,
            mime_type,
            decoder: Decoder::new(kind.encoding),
            window: Window::new(),
            view_bytes: limits.block_bytes,
            reader,
            decoded_bytes: kind.mark_bytes as u64,
            first_invalid_line: None,
            has_entities: matches!(mime_type, "text/html" | "text/xml"),
            held: String::new(),
            binary_at: None,
            notes: Vec::new(),
            gaps: Vec::new(),
            units: 0,
            finder,
        };
        if mime_type == MAIL {
            text.gap(
                "UNSUPPORTED_FILE_TYPE_EXCEPTION",
                "parts of a mail may be encoded; it was read as plain text",
            );
        }
        text
    }

    /// The same, of a text that begins on this line of the object.
    pub(crate) fn at_line(mut self, line: u64) -> Self {
        self.window.line = line;
        self
    }

    /// Takes the next bytes.
    pub(crate) fn push(&mut self, mut bytes: &[u8], sink: &mut dyn BlockSink) {
        while !bytes.is_empty() && self.binary_at.is_none() {
            let room = self.view_bytes.saturating_sub(self.window.text.len()).clamp(1, PIECE_BYTES);
            let length = bytes.len().min(room);
            let nul = self.decoder.encoding().find_nul(&bytes[..length]);
            let (piece, rest) = bytes.split_at(nul.map_or(length, |nul| nul + 1));
            bytes = rest;
            let before = self.window.text.len();
            self.decoder.decode(piece, &mut self.window.text);
            self.check_decoded(before, piece);
            self.resolve_entities(before, false);
            self.finder.push(&self.window.text[before..]);
            self.read(false, sink);
        }
    }

    /// Reads what is left and sums up.
    pub(crate) fn finish(
        mut self,
        bytes_total: u64,
        sink: &mut dyn BlockSink,
    ) -> (Coverage, Finder) {
        let before = self.window.text.len();
        if self.binary_at.is_none() {
            self.decoder.finish(&mut self.window.text);
            self.check_decoded(before, &[]);
        }
        self.resolve_entities(before, true);
        self.finder.push(&self.window.text[before..]);
        self.finder.finish();
        self.read(true, sink);
        self.leave_reader();
        self.note_encoding();
        let coverage = Coverage {
            status: match (self.gaps.is_empty(), self.binary_at) {
                (true, _) => CoverageStatus::Complete,
                (false, Some(0)) => CoverageStatus::Skipped,
                (false, _) => CoverageStatus::Partial,
            },
            mime_type: self.mime_type.into(),
            encoding: Some(self.decoder.encoding().name().into()),
            bytes_inspected: self.binary_at.unwrap_or(bytes_total),
            bytes_total,
            units_inspected: self.units,
            rows: None,
            pages: None,
            members: None,
            gaps: self.gaps,
            notes: self.notes,
        };
        (coverage, self.finder)
    }

    /// Looks at what was just decoded from `bytes`: notes the first damage, and stops before binary
    /// data.
    fn check_decoded(&mut self, from: usize, bytes: &[u8]) {
        if self.cr_lines {
            let lines = self.window.text[from..].replace('\r', "\n");
            self.window.text.replace_range(from.., &lines);
        }
        if self.is_boxed && self.window.text[from..].contains(dialect::DRAWN) {
            let cells = self.window.text[from..].replace(dialect::DRAWN, dialect::DRAWN_AS);
            self.window.text.replace_range(from.., &cells);
        }
        if let (Some(at), None) = (self.decoder.first_invalid, self.first_invalid_line) {
            self.first_invalid_line = Some(self.window.place(at).0);
        }
        let encoding = self.decoder.encoding();
        let added = &self.window.text[from..];
        let nul = memchr::memchr(0, added.as_bytes());
        let text = &added[..nul.unwrap_or(added.len())];
        self.decoded_bytes += encoding
            .wide_bytes(text)
            .unwrap_or_else(|| memchr::memchr(0, bytes).unwrap_or(bytes.len()) as u64);
        if let Some(nul) = nul {
            self.binary_at = Some(self.decoded_bytes);
            self.window.text.truncate(from + nul);
            self.gap("MALFORMED_FILE", "binary data within the text; it was read up to there");
        }
    }

    /// Writes as characters what was decoded as their names.
    fn resolve_entities(&mut self, from: usize, is_end: bool) {
        if !self.has_entities {
            return;
        }
        let mut text = std::mem::take(&mut self.held);
        text.push_str(&self.window.text[from..]);
        self.window.text.truncate(from);
        self.held = entities::resolve(&text, is_end, &mut self.window.text).to_owned();
    }

    /// Lets the reader take what it can; at the end of the object, all.
    fn read(&mut self, is_end: bool, sink: &mut dyn BlockSink) {
        loop {
            let length = self.window.text.len();
            if length == 0 || length < self.view_bytes && !is_end {
                return;
            }
            let end = self.window.text.ceil_char_boundary(self.view_bytes.min(length));
            let last = is_end && end == length;
            match self.reader.read(&mut self.window, end, last, sink) {
                Step::Advanced => self.view_bytes = self.limits.block_bytes,
                Step::Starved => self.view_bytes = end.saturating_mul(2),
                Step::Text { lead } => {
                    self.leave_reader();
                    self.reader = Reader::Lines(Box::new(ProseReader::new(&self.limits, lead)));
                    self.view_bytes = self.limits.block_bytes;
                }
            }
        }
    }

    /// Takes over what the reader has to say.
    fn leave_reader(&mut self) {
        match &self.reader {
            Reader::Lines(reader) => self.units += reader.lines(),
            Reader::Html(reader) => self.units += reader.lines(),
            Reader::Table(reader) => {
                self.units += reader.rows();
                self.notes.extend(reader.damage.notes("a stray quote"));
                if reader.rows_are_not_lines() {
                    self.notes.push(ROWS_ARE_NOT_LINES.to_owned());
                }
            }
            Reader::Json(reader) => {
                self.units += reader.records();
                self.notes.extend(reader.damage.notes("not JSON"));
                if reader.is_lines() {
                    self.mime_type = "application/jsonl";
                }
                let (cut_line, too_deep_line) = (reader.cut_line, reader.too_deep_line);
                if let Some(line) = cut_line {
                    let detail =
                        format!("line {line}: it ends before all that it opened is closed");
                    self.gap("MALFORMED_FILE", &detail);
                }
                if let Some(line) = too_deep_line {
                    let detail =
                        format!("line {line}: nested too deep; read as plain text from there");
                    self.gap("JSON_NESTING_LEVEL_OVER_LIMIT", &detail);
                }
            }
        }
    }

    fn note_encoding(&mut self) {
        let encoding = self.decoder.encoding();
        // Of a wide encoding, more than what was read may have been decoded.
        let is_counted = self.binary_at.is_none() || !encoding.is_wide();
        if let Some(line) = self.first_invalid_line.filter(|_| is_counted) {
            let instead =
                if encoding == Encoding::Utf8 { "windows-1252" } else { "unknown characters" };
            self.notes.push(format!(
                "line {line}: not valid {}, read as {instead}; {} in all",
                encoding.name(),
                self.decoder.invalid
            ));
        }
        if matches!(encoding, Encoding::Windows1252 | Encoding::CodePage(_)) {
            self.notes.push(format!(
                "not Unicode, read as {}: letters outside ASCII may be others",
                encoding.name()
            ));
        }
    }

    fn gap(&mut self, code: &str, detail: &str) {
        self.gaps.push(Gap { code: code.into(), detail: detail.into() });
    }
}
