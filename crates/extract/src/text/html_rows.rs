//! Rows of tables in HTML: where their cells stand, in which column, and which rows are names.

use crate::tables::cells::{Cell, Row};
use crate::tables::headings::Headings;
use std::ops::Range;

/// Rows by which a table is told.
pub(super) const ROWS_MAX: usize = 12;

/// Rows of names that a table may have.
const HEADER_ROWS_MAX: usize = 3;

/// Columns that a cell may span.
const SPAN_MAX: u32 = 1_000;

/// Cells that go down into further rows, at once.
const SPANS_MAX: usize = 64;

/// Bytes of a tag after which it is none.
const TAG_BYTES_MAX: usize = 64 << 10;

#[derive(Debug)]
pub(super) struct TableCell {
    pub range: Range<usize>,
    pub column: u32,
    pub span: u32,
    pub is_name: bool,
}

#[derive(Debug, Default)]
pub(super) struct TableRow {
    pub cells: Vec<TableCell>,
}

/// The whole rows at the start of a text that begins within a table.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub rows: Vec<TableRow>,
    /// Where the last of them ends.
    pub end: usize,
    /// The table ends there, or another one begins.
    pub is_closed: bool,
    /// The row that is not whole yet, and its cell.
    row: TableRow,
    cell: Option<TableCell>,
    next_column: u32,
    /// Cells that go down into further rows: their column, how many they span, and the rows left.
    above: Vec<(u32, u32, u32)>,
    /// Those that begin in this row.
    begun: Vec<(u32, u32, u32)>,
}

impl Rows {
    /// Of a text that ends the object if `last`.
    pub fn of(text: &str, last: bool) -> Self {
        let mut rows = Self::default();
        let mut at = 0;
        while let Some(tag) = next_tag(text, at) {
            rows.tag(text, &tag);
            if rows.is_closed {
                rows.end = if tag.is_end { tag.range.end } else { tag.range.start };
                return rows;
            }
            at = tag.range.end;
        }
        if last {
            rows.end_row(text.len());
            rows.end = text.len();
        }
        rows
    }

    fn tag(&mut self, text: &str, tag: &Tag<'_>) {
        let start = tag.range.start;
        match (tag.name.to_ascii_lowercase().as_str(), tag.is_end) {
            // The tag that begins the table was seen before.
            ("table", false) if start == 0 => {}
            ("table", _) => {
                self.end_row(start);
                self.is_closed = true;
            }
            ("tr", is_end) => {
                self.end_row(start);
                self.end = if is_end { tag.range.end } else { start };
            }
            (name @ ("td" | "th"), false) => {
                self.end_cell(start);
                let number = |name| attribute_number(&text[tag.range.clone()], name).unwrap_or(1);
                let (span, rows) = (number("colspan").clamp(1, SPAN_MAX), number("rowspan"));
                let column = self.free_column();
                if rows > 1 && self.begun.len() < SPANS_MAX {
                    self.begun.push((column, span, rows - 1));
                }
                self.cell = Some(TableCell {
                    range: tag.range.end..tag.range.end,
                    column,
                    span,
                    is_name: name == "th",
                });
            }
            ("td" | "th", true) => self.end_cell(start),
            _ => {}
        }
    }

    fn end_cell(&mut self, end: usize) {
        if let Some(mut cell) = self.cell.take() {
            cell.range.end = end;
            self.next_column = cell.column.saturating_add(cell.span);
            self.row.cells.push(cell);
        }
    }

    fn end_row(&mut self, end: usize) {
        self.end_cell(end);
        self.next_column = 0;
        let row = std::mem::take(&mut self.row);
        if !row.cells.is_empty() {
            self.rows.push(row);
            self.above.iter_mut().for_each(|(_, _, rows)| *rows -= 1);
            self.above.retain(|(_, _, rows)| *rows > 0);
            self.above.append(&mut self.begun);
            self.above.truncate(SPANS_MAX);
        }
    }

    /// The next column of the row that no cell from above goes down into.
    fn free_column(&self) -> u32 {
        let mut column = self.next_column;
        while let Some((start, span, _)) =
            self.above.iter().find(|(start, span, _)| (*start..start + span).contains(&column))
        {
            column = start + span;
        }
        column
    }

    /// Rows of names at the start; 0 if nothing names the columns.
    pub fn header_rows(&self, text: &str) -> usize {
        let is_names = |row: &&TableRow| row.cells.len() > 1 && row.cells.iter().all(|c| c.is_name);
        let named = self.rows.iter().take_while(is_names).count();
        if named > 0 {
            return if named < self.rows.len() { named.min(HEADER_ROWS_MAX) } else { 0 };
        }
        let sample = || self.rows.iter().take(ROWS_MAX);
        let texts: Vec<Vec<String>> = sample()
            .map(|row| row.cells.iter().map(|cell| plain(&text[cell.range.clone()])).collect())
            .collect();
        let rows: Vec<Row<'_>> = texts.iter().map(|texts| row_of(texts)).collect();
        let columns = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
        let headings = Headings::of(&rows, columns);
        // A name at the left is found in the text.
        match headings {
            Headings { first: 0, rows, labels: 0 } if columns > 1 && rows < self.rows.len() => rows,
            _ => 0,
        }
    }
}

fn row_of(texts: &[String]) -> Row<'_> {
    let cell = |text| Cell { text, quoted: false, spaced: false };
    Row { start: 0, cells: texts.iter().map(|text| cell(text.as_str())).collect() }
}

pub(super) struct Tag<'t> {
    pub name: &'t str,
    pub is_end: bool,
    pub range: Range<usize>,
}

/// The first whole tag from a place on; comments are passed over.
pub(super) fn next_tag(text: &str, from: usize) -> Option<Tag<'_>> {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        let start = at + memchr::memchr(b'<', &bytes[at..])?;
        if bytes[start..].starts_with(b"<!--") {
            at = start + memchr::memmem::find(&bytes[start..], b"-->")?;
            continue;
        }
        let is_end = bytes.get(start + 1) == Some(&b'/');
        let name_start = start + 1 + usize::from(is_end);
        let name = &text[name_start..];
        let name = &name[..name.bytes().take_while(u8::is_ascii_alphanumeric).count()];
        let head = &bytes[start..bytes.len().min(start + TAG_BYTES_MAX)];
        // A tag that another one begins in is none.
        match memchr::memchr2(b'>', b'<', &head[1..]).map(|length| length + 1) {
            Some(length) if head[length] == b'>' && !name.is_empty() => {
                return Some(Tag { name, is_end, range: start..start + length + 1 });
            }
            Some(length) => at = start + length,
            None if head.len() < TAG_BYTES_MAX => return None,
            None => at = start + head.len(),
        }
    }
}

fn attribute_number(tag: &str, name: &str) -> Option<u32> {
    let lower = tag.to_ascii_lowercase();
    let value = lower[lower.find(name)? + name.len()..].trim_start().strip_prefix('=')?;
    let digits = value.trim_start().trim_start_matches(['"', '\'']);
    digits[..digits.bytes().take_while(u8::is_ascii_digit).count()].parse().ok()
}

/// A cell's text without tags.
pub(super) fn plain(cell: &str) -> String {
    let mut out = String::new();
    let mut rest = cell;
    while let Some((before, behind)) = rest.split_once('<') {
        out.push_str(before);
        rest = behind.split_once('>').map_or("", |(_, behind)| behind);
    }
    out.push_str(rest);
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}
