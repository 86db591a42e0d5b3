//! Excel workbooks up to 2003 ([MS-XLS], BIFF 5 and 8), record by record: cells of all sheets, comments,
//! text boxes, names, and the characters of every record that is not known.

use super::biff::{Cursor, Record, record};
use super::bytes::{f64_at, u16_at, u32_at};
use super::code_page;
use super::findings::Findings;
use super::grid::Grid;
use super::locked;
use super::numbers::{self, Look};
use super::ole::Tree;
use super::shared_strings::SharedStrings;
use super::strings::{self, Strings};
use super::walker::{Lines, Waiting};
use crate::gaps;
use crate::session::Session;
use encoding_rs::Encoding;
use lakegate_core::coverage::Count;
use std::collections::HashMap;

/// Reads the workbooks of a storage: one, or the same for two versions of Excel.
pub(super) fn read(
    session: &mut Session<'_>,
    tree: &mut Tree,
    findings: &mut Findings,
    storage: &str,
) {
    for name in ["Workbook", "Book"] {
        if let Some(index) = tree.find(storage, name) {
            let mut bytes = tree.take(index, findings);
            match locked::workbook::unlock(session, &mut bytes) {
                Ok(false) => {}
                Ok(true) => leave_encrypted(tree, findings, storage),
                Err((code, detail)) => {
                    findings.gap(code, detail);
                    continue;
                }
            }
            workbook(session, findings, name, &bytes);
        }
    }
}

/// What is encrypted beside a workbook and is not decrypted: properties, and what pivot tables keep.
fn leave_encrypted(tree: &mut Tree, findings: &mut Findings, storage: &str) {
    for name in ["encryption", "_SX_DB_CUR"] {
        if tree.has(storage, name) {
            findings.gap(gaps::ENCRYPTED, "a part beside the workbook is encrypted");
        }
    }
}

/// What is known so far of a workbook.
struct Book {
    is_old: bool,
    encoding: &'static Encoding,
    is_1904: bool,
    /// Names by where the sheets begin.
    sheets: HashMap<usize, String>,
    strings: SharedStrings,
    /// Strings for which there was no room.
    over: Waiting,
    codes: HashMap<u16, String>,
    formats: Vec<u16>,
    looks: Vec<Look>,
    is_cut: bool,
    /// The characters of records that are not known.
    other: Strings,
}

impl Book {
    /// A string with a length before it, in either version.
    fn string(&self, record: &Record<'_>, at: usize, length_bytes: usize, text: &mut String) {
        if self.is_old {
            let bytes = record.bytes();
            let length = match length_bytes {
                1 => bytes.get(at).map(|length| usize::from(*length)),
                _ => u16_at(bytes, at).map(usize::from),
            };
            let inner = bytes.get(at + length_bytes..).unwrap_or_default();
            let inner = inner.get(..length.unwrap_or(0)).unwrap_or(inner);
            code_page::decode(self.encoding, inner, text);
        } else {
            let mut cursor = Cursor::new(&record.parts);
            if cursor.skip(at).is_some() {
                let _ = cursor.string(length_bytes, text);
            }
        }
    }

    fn look(&self, format: Option<u16>) -> &Look {
        format.and_then(|format| self.looks.get(usize::from(format))).unwrap_or(&Look::Plain)
    }

    /// All formats are known by the time a sheet begins.
    fn settle(&mut self) {
        if self.looks.len() != self.formats.len() {
            let look = |format: &u16| match self.codes.get(format) {
                Some(code) => numbers::look(code),
                None => numbers::built_in(u32::from(*format)),
            };
            self.looks = self.formats.iter().map(look).collect();
        }
    }

    /// Reads a record of the workbook as a whole.
    fn global(&mut self, record: &Record<'_>, lines: &mut dyn Lines) {
        let bytes = record.bytes();
        match record.kind {
            0x22 => self.is_1904 = u16_at(bytes, 0) == Some(1),
            0x42 => {
                let page = u16_at(bytes, 0).map_or(1252, u32::from);
                let page = if page == 0x8000 { 10_000 } else { page };
                self.encoding = code_page::encoding(page);
            }
            0x85 => {
                let mut name = String::new();
                self.string(record, 6, 1, &mut name);
                if let Some(at) = u32_at(bytes, 0) {
                    self.sheets.insert(at as usize, name);
                }
            }
            0x41e => {
                let mut code = String::new();
                self.string(record, 2, if self.is_old { 1 } else { 2 }, &mut code);
                self.codes.extend(u16_at(bytes, 0).map(|id| (id, code)));
            }
            0xe0 => self.formats.push(u16_at(bytes, 2).unwrap_or(0)),
            0xfc => self.shared_strings(record),
            // Who wrote it last.
            0x5c => {
                let mut name = String::new();
                self.string(record, 0, if self.is_old { 1 } else { 2 }, &mut name);
                lines.push(name.trim());
                lines.push("\n");
            }
            _ => other(record, &mut self.other, lines),
        }
    }

    /// A record of a sheet that is one string: a header, a footer, the name of a series.
    fn text(&self, record: &Record<'_>, lines: &mut dyn Lines) {
        let (at, length_bytes) = match record.kind {
            0x100d => (2, 1),
            _ => (0, if self.is_old { 1 } else { 2 }),
        };
        let mut text = String::new();
        self.string(record, at, length_bytes, &mut text);
        lines.push(text.trim());
        lines.push("\n");
    }

    fn shared_strings(&mut self, record: &Record<'_>) {
        let Some(count) = u32_at(record.bytes(), 4) else { return };
        let mut cursor = Cursor::new(&record.parts);
        let mut text = String::new();
        let _ = cursor.skip(8);
        for _ in 0..count {
            // Some programs count more than there are.
            if cursor.is_at_end() {
                break;
            }
            text.clear();
            let is_whole = cursor.string(2, &mut text).is_some();
            if !self.strings.push(&text) {
                self.over.push(&text);
                self.over.push("\n");
            }
            if !is_whole {
                self.is_cut = true;
                break;
            }
        }
    }
}

/// The characters of a record that is not known. Pictures have none of one byte.
fn other(record: &Record<'_>, strings: &mut Strings, lines: &mut dyn Lines) {
    for part in &record.parts {
        match record.kind {
            // Formats of cells, colours, and where things stand.
            0x87c | 0x87d | 0x92 | 0x4d => {}
            0xeb..=0xed | 0x7f | 0xe9 | 0x896 | 0x89b..=0x89d => strings.read_wide(part, lines),
            _ => strings.read(part, lines),
        }
    }
}

fn workbook(session: &mut Session<'_>, findings: &mut Findings, name: &str, bytes: &[u8]) {
    let mut book = Book {
        is_old: u16_at(bytes, 4).is_some_and(|version| version < 0x600),
        encoding: encoding_rs::WINDOWS_1252,
        is_1904: false,
        sheets: HashMap::new(),
        strings: SharedStrings::new(session.limits.document_bytes_max),
        over: Waiting::default(),
        codes: HashMap::new(),
        formats: Vec::new(),
        looks: Vec::new(),
        is_cut: false,
        other: Strings::default(),
    };
    if u16_at(bytes, 0).is_some_and(|kind| kind != 0x809) {
        findings.gap(gaps::UNSUPPORTED, "a workbook of Excel before 5.0");
    }
    let mut waiting = Waiting::default();
    let mut at = 0;
    let mut pages = 0;
    let mut rows = 0;
    let mut depth = 0_usize;
    while let Some((record, next)) = record(bytes, at) {
        match record.kind {
            0x2f => {
                findings.gap(gaps::ENCRYPTED, "a part of the workbook is encrypted");
                return;
            }
            0x809 if depth == 0 && at > 0 => {
                book.settle();
                pages += 1;
                let sheet =
                    book.sheets.get(&at).cloned().unwrap_or_else(|| format!("sheet {pages}"));
                let mut grid = Grid::new(session, &sheet);
                let mut reader = SheetReader::new(&mut book, &mut grid, &mut waiting);
                at = reader.read(bytes, at);
                rows += grid.finish();
                continue;
            }
            0x809 => depth += 1,
            0x0a => depth = depth.saturating_sub(1),
            _ => book.global(&record, &mut waiting),
        }
        at = next;
    }
    // Zeros may follow the end.
    let is_cut = bytes.get(at..).is_some_and(|rest| rest.iter().any(|byte| *byte != 0));
    if is_cut || book.is_cut || bytes.is_empty() || depth > 0 {
        findings.gap(gaps::MALFORMED, "the workbook is damaged or cut off");
    }
    if let Some(rest) = bytes.get(at..).filter(|_| is_cut) {
        strings::read(rest, &mut waiting);
    }
    findings.trouble(book.strings.trouble());
    findings.units(rows);
    findings.coverage.rows = Some(Count { inspected: rows, total: rows });
    findings.coverage.pages =
        Some(Count { inspected: pages, total: pages.max(book.sheets.len() as u64) });
    findings.waiting(session, name, &waiting);
    findings.waiting(session, name, &book.over);
    findings.lines(session, name, None, |lines| {
        book.strings.unused(lines);
        Ok(())
    });
}

struct SheetReader<'r, 'w, 's> {
    book: &'r mut Book,
    grid: &'r mut Grid<'w, 's>,
    lines: &'r mut Waiting,
    /// The cell of a formula whose text follows.
    formula: Option<(u64, u32)>,
    /// The drawn object that was told last.
    object: u16,
    /// Texts of objects that may be comments.
    boxes: HashMap<u16, String>,
    text: String,
}

impl<'r, 'w, 's> SheetReader<'r, 'w, 's> {
    fn new(book: &'r mut Book, grid: &'r mut Grid<'w, 's>, lines: &'r mut Waiting) -> Self {
        Self {
            book,
            grid,
            lines,
            formula: None,
            object: 0,
            boxes: HashMap::new(),
            text: String::new(),
        }
    }

    /// Reads from a sheet's first record on, and tells where it ends.
    fn read(&mut self, bytes: &[u8], mut at: usize) -> usize {
        let mut depth = 0_usize;
        while let Some((record, next)) = record(bytes, at) {
            at = next;
            match record.kind {
                0x809 => depth += 1,
                0x0a => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        break;
                    }
                }
                _ => self.record(&record),
            }
        }
        self.grid.settle();
        for text in self.boxes.values() {
            self.lines.push(text);
            self.lines.push("\n");
        }
        at
    }

    fn record(&mut self, record: &Record<'_>) {
        let bytes = record.bytes();
        let place = u16_at(bytes, 0).zip(u16_at(bytes, 2));
        let (row, column) =
            place.map_or((1, 0), |(row, column)| (u64::from(row) + 1, u32::from(column)));
        let format = u16_at(bytes, 4);
        self.text.clear();
        match record.kind {
            0xfd => {
                let index = u32_at(bytes, 6).map(|index| index as usize);
                if let Some(text) = index.and_then(|index| self.book.strings.take(index)) {
                    self.grid.cell(row, column, text, true);
                }
            }
            0x204 | 0xd6 | 0x04 => {
                let mut text = std::mem::take(&mut self.text);
                self.book.string(record, 6, 2, &mut text);
                self.grid.cell(row, column, &text, true);
                self.text = text;
            }
            0x203 => self.number(row, column, format, f64_at(bytes, 6)),
            0x27e => self.number(row, column, format, u32_at(bytes, 6).map(compact)),
            0xbd => {
                // Row, first column, format and number of each, last column.
                for (column, cell) in
                    (column..).zip(bytes.get(4..).unwrap_or_default().chunks_exact(6))
                {
                    self.number(row, column, u16_at(cell, 0), u32_at(cell, 2).map(compact));
                }
            }
            0x06 => self.formula(row, column, record),
            0x207 => {
                let mut text = std::mem::take(&mut self.text);
                self.book.string(record, 0, 2, &mut text);
                if let Some((row, column)) = self.formula.take() {
                    self.grid.cell(row, column, &text, true);
                } else {
                    self.lines.push(&text);
                    self.lines.push("\n");
                }
                self.text = text;
            }
            0x205 => {
                if bytes.get(7) == Some(&0) {
                    let shown = if bytes.get(6) == Some(&1) { "TRUE" } else { "FALSE" };
                    self.grid.cell(row, column, shown, false);
                }
            }
            0x14 | 0x15 | 0x100d => self.book.text(record, self.lines),
            // Blank cells, rows and their index.
            0x201 | 0xbe | 0x208 | 0xd7 | 0x20b | 0x225 | 0x55 | 0x7d => {}
            0x5d => {
                self.object = u16_at(bytes, 6).unwrap_or(0);
                other(record, &mut self.book.other, self.lines);
            }
            0x1b6 => self.text_box(record),
            0x1c => self.note(row, column, record),
            _ => other(record, &mut self.book.other, self.lines),
        }
    }

    fn number(&mut self, row: u64, column: u32, format: Option<u16>, number: Option<f64>) {
        let Some(number) = number else { return };
        self.text.clear();
        numbers::write(self.book.look(format), number, None, self.book.is_1904, &mut self.text);
        self.grid.cell(row, column, &self.text, false);
    }

    fn formula(&mut self, row: u64, column: u32, record: &Record<'_>) {
        let bytes = record.bytes();
        self.formula = None;
        if u16_at(bytes, 12) == Some(0xffff) {
            match (bytes.get(6), bytes.get(8)) {
                (Some(0), _) => self.formula = Some((row, column)),
                (Some(1), Some(value)) => {
                    let shown = if *value == 1 { "TRUE" } else { "FALSE" };
                    self.grid.cell(row, column, shown, false);
                }
                _ => {}
            }
        } else {
            self.number(row, column, u16_at(bytes, 4), f64_at(bytes, 6));
        }
        // Strings in the formula itself.
        let mut strings = Waiting::default();
        strings::read(bytes.get(20..).unwrap_or_default(), &mut strings);
        for text in strings.text.lines() {
            self.grid.cell(row, column, text, false);
        }
    }

    /// The text of a drawn object stands in what continues its record.
    fn text_box(&mut self, record: &Record<'_>) {
        let count = u16_at(record.bytes(), 10).unwrap_or(0);
        let Some(parts) = record.parts.get(1..).filter(|parts| !parts.is_empty()) else { return };
        let mut cursor = Cursor::new(parts);
        let Some(flags) = cursor.byte() else { return };
        let mut text = String::new();
        let _ = cursor.chars(usize::from(count), flags & 1 != 0, &mut text);
        if let Some(before) = self.boxes.insert(self.object, text) {
            self.lines.push(&before);
            self.lines.push("\n");
        }
    }

    /// A comment: its author, and its text in an object or, in older files, here.
    fn note(&mut self, row: u64, column: u32, record: &Record<'_>) {
        let bytes = record.bytes();
        self.grid.settle();
        if self.book.is_old {
            let mut text = String::new();
            code_page::decode(self.book.encoding, bytes.get(6..).unwrap_or_default(), &mut text);
            self.grid.cell(row, column, text.trim_matches('\0'), true);
            return;
        }
        let mut author = String::new();
        self.book.string(record, 8, 2, &mut author);
        self.lines.push(&author);
        self.lines.push("\n");
        let object = u16_at(bytes, 6).unwrap_or(0);
        if let Some(text) = self.boxes.remove(&object) {
            self.grid.cell(row, column, &text, true);
        }
    }
}

/// A number in 30 bits: an integer or the upper half of a fraction, in hundredths or not.
pub(super) fn compact(bits: u32) -> f64 {
    let number = if bits & 2 != 0 {
        f64::from(bits.cast_signed() >> 2)
    } else {
        f64::from_bits(u64::from(bits & !3) << 32)
    };
    if bits & 1 != 0 { number / 100.0 } else { number }
}
