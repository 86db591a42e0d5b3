//! Tables of separated values, read cell by cell.
//!
//! A table is read as a forgiving reader of CSV does: a quote inside a cell is a character, rows may be
//! of any length, and blanks around a quoted cell do not count. Where quoting is broken, the cell or the
//! rest of the object becomes text: nothing is left out.

use crate::limits::Limits;
use crate::tables::cells::{Row, split_rows};
use crate::tables::dialect::Dialect;
use crate::tables::header::is_plain_name;
use crate::tables::headings::{begins_another, follows_directly, label};
use crate::tables::names::CellNames;
use crate::tables::pairs::{Pair, RESTARTS_MAX};
use crate::text::batch::{Batch, Labels, Taken};
use crate::text::lines::LinesReader;
use crate::text::marks::Marks;
use crate::text::notes::Damage;
use crate::text::reader::{BlockSink, Step};
use crate::text::window::Window;
use lakegate_core::text::{Layout, Segment};

/// Rows behind a blank one by which another table is told.
const ROWS_MAX: usize = 12;

/// Rows of words behind which another table is looked for; one more in each block.
const LOOKS_MAX: u32 = 64;

/// Bytes of a row among which a digit is looked for.
const FIRST_BYTES_MAX: usize = 1_024;

/// A longer column name loses characters from its start, as Macie's element names do.
const NAME_CHARS_MAX: usize = 240;

/// Digits of a whole number before `.0`: fewer are a measure, and more have no place in such a number.
const WHOLE_DIGITS_MIN: usize = 6;
const WHOLE_DIGITS_MAX: usize = 17;

/// Reads the window as rows of cells.
#[derive(Debug)]
pub(crate) struct TableReader {
    limits: Limits,
    dialect: Dialect,
    batch: Batch,
    names: CellNames,
    /// The name at the left of the cells that follow in the row.
    label: String,
    /// Columns that name others by what these are called, and by pair the name in the row so far.
    pairs: Vec<Pair>,
    labels: Vec<String>,
    /// How often all such names were forgotten.
    restarts: u32,
    /// Some cells name others of their row.
    has_labels: bool,
    in_preamble: bool,
    /// The row being read, from 1.
    row: u64,
    /// The cell being read, from 0.
    column: u32,
    rows: u64,
    /// Some cell of the row is not empty, and some row had several cells.
    is_filled: bool,
    is_wide: bool,
    /// Rows of names of another table that comes next.
    next_header_rows: u64,
    /// Rows of words that may still be looked at.
    looks: u32,
    /// Some cell goes over several lines.
    has_long_cells: bool,
    pub(crate) damage: Damage,
}

/// How a quoted cell goes on.
enum Quoted {
    /// The closing quote, where the cell ends, and whether it holds doubled or escaped quotes.
    Closed { close: usize, end: usize, escaped: bool },
    /// Text follows the closing quote: the quotes are part of the cell.
    Literal,
    /// The quote opens nothing: what follows its would-be end is not the end of a cell.
    Stray,
    /// The view ends first.
    Open,
}

impl TableReader {
    pub(crate) fn new(limits: &Limits, dialect: Dialect) -> Self {
        TableReader {
            limits: limits.clone(),
            batch: Batch::default(),
            names: CellNames::new(),
            label: String::new(),
            pairs: Vec::new(),
            labels: Vec::new(),
            restarts: 0,
            has_labels: dialect.label_columns != 0,
            in_preamble: dialect.preamble_bytes > 0,
            row: dialect.preamble_lines + 1,
            column: 0,
            rows: dialect.preamble_lines,
            is_filled: false,
            is_wide: false,
            next_header_rows: 0,
            looks: LOOKS_MAX,
            has_long_cells: false,
            damage: Damage::default(),
            dialect,
        }
    }

    /// Rows that were handed on so far.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// Whether the number of a row may be another than that of its line.
    pub(crate) fn rows_are_not_lines(&self) -> bool {
        self.has_long_cells
    }

    pub(crate) fn read(
        &mut self,
        window: &mut Window,
        end: usize,
        last: bool,
        sink: &mut dyn BlockSink,
    ) -> Step {
        if self.in_preamble {
            return self.read_preamble(window, end, sink);
        }
        let (taken, broken) = self.cells(window, end, last);
        if let Some(problem) = broken {
            let (line, _) = window.place(taken);
            self.damage.rest_is_text(line, problem);
            let taken = Taken::leaving(window, taken, self.limits.overlap_bytes / 2);
            self.emit(window, taken, sink);
            return Step::Text { lead: taken.end - taken.keep_from };
        }
        if taken == 0 && !last {
            return Step::Starved;
        }
        self.emit(window, Taken::all(taken), sink);
        self.looks = (self.looks + 1).min(LOOKS_MAX);
        if self.next_header_rows > 0 {
            self.names = CellNames::new();
            self.dialect.header_row = self.row;
            self.dialect.header_rows = std::mem::take(&mut self.next_header_rows);
            self.set_labels(0, Vec::new());
        }
        if self.names.is_full(&self.limits) {
            // So many names are none.
            self.names.forget_labels();
            self.restarts += 1;
            if self.pairs.is_empty() || self.restarts > RESTARTS_MAX {
                self.set_labels(0, Vec::new());
            }
        }
        Step::Advanced
    }

    /// Comments above the table are lines of text.
    fn read_preamble(&mut self, window: &mut Window, end: usize, sink: &mut dyn BlockSink) -> Step {
        let bytes = self.dialect.preamble_bytes;
        if end < bytes {
            return Step::Starved;
        }
        self.in_preamble = false;
        LinesReader::new(&self.limits, 0).emit(window, bytes, bytes, sink);
        let place = window.place(bytes);
        window.advance(bytes, place);
        Step::Advanced
    }

    fn emit(&mut self, window: &mut Window, taken: Taken, sink: &mut dyn BlockSink) {
        let labels = Labels {
            layout: Layout::Table,
            contexts: self.names.contexts(),
            paths: &[],
            epoch: self.names.epoch(),
        };
        let dialect = self.dialect;
        self.batch.emit(window, taken, labels, |raw, out| dialect.unescape(raw, out), sink);
    }

    /// Collects whole cells. Returns where the first cell begins that is not collected, and what is
    /// wrong with it if it cannot be.
    fn cells(&mut self, window: &Window, end: usize, last: bool) -> (usize, Option<&'static str>) {
        const TOO_LONG: &str = "a cell is longer than the limit";
        let text = &window.text[..end];
        let bytes = text.as_bytes();
        let Dialect { delimiter, quote, .. } = self.dialect;
        let mut marks = Marks::new(bytes, [delimiter, b'\n', quote]);
        let mut start = 0;
        while let Some(at) = marks.next() {
            let mut at = at;
            let mut value = (start, at);
            let mut escaped = false;
            if bytes[at] == quote {
                if !is_blank(&bytes[start..at]) {
                    continue;
                }
                match self.quoted(bytes, at, &mut marks, last) {
                    Quoted::Closed { close, end, escaped: holds_escapes } => {
                        value = (at + 1, close);
                        escaped = holds_escapes;
                        at = end;
                    }
                    Quoted::Literal => continue,
                    Quoted::Open if !last && end - start <= self.limits.value_bytes_max => {
                        return (start, None);
                    }
                    // A quote that nothing closes is a character, and the table goes on behind it.
                    Quoted::Stray | Quoted::Open => {
                        let (line, _) = window.place(at);
                        if !self.damage.one_more(line, &self.limits) {
                            return (start, Some("too many quotes are stray"));
                        }
                        marks.seek(at + 1);
                        continue;
                    }
                }
            } else if bytes[at] == b'\n' && at > start && bytes[at - 1] == b'\r' {
                value.1 = at - 1;
            }
            if at - start > self.limits.value_bytes_max {
                return (start, Some(TOO_LONG));
            }
            self.cell(text, value, escaped);
            if at == end || bytes[at] == b'\n' {
                // An empty row or a title may stand between tables.
                let may_end_table = !self.is_filled || self.column == 0 && self.is_wide;
                self.end_row();
                let next = (at + 1).min(end);
                if may_end_table && self.another_begins(&text[next..]) {
                    return (next, None);
                }
                if self.looks > 0 && self.another_follows(&text[next..]) {
                    return (next, None);
                }
                if self.row == self.dialect.header_row && self.names.has_labels() {
                    // The names above end here.
                    return (next, None);
                }
            } else {
                self.column = self.column.saturating_add(1);
            }
            start = (at + 1).min(end);
            let is_full = self.batch.segments.len() >= self.limits.segments_max;
            if is_full || self.names.is_full(&self.limits) {
                return (start, None);
            }
        }
        if end - start > self.limits.value_bytes_max {
            return (start, Some(TOO_LONG));
        }
        if last && (start < end || self.column > 0) {
            let value_end = end - usize::from(text[start..].ends_with('\r'));
            self.cell(text, (start, value_end), false);
            self.end_row();
            start = end;
        }
        (start, None)
    }

    fn quoted(&mut self, bytes: &[u8], open: usize, marks: &mut Marks<'_>, last: bool) -> Quoted {
        let Dialect { delimiter, quote, backslash, .. } = self.dialect;
        let mut escaped = false;
        let mut has_breaks = false;
        loop {
            let Some(close) = marks.next() else { return Quoted::Open };
            if bytes[close] != quote {
                has_breaks |= bytes[close] == b'\n';
                continue;
            }
            if backslash && is_escaped(&bytes[open + 1..close]) {
                escaped = true;
                continue;
            }
            match bytes.get(close + 1) {
                Some(next) if *next == quote => {
                    escaped = true;
                    marks.seek(close + 2);
                    continue;
                }
                None if !last => return Quoted::Open,
                _ => {}
            }
            let tail = &bytes[close + 1..];
            let blanks = tail.iter().take_while(|b| is_blank_byte(**b, delimiter)).count();
            let end = close + 1 + blanks;
            return match bytes.get(end) {
                Some(b) if *b == delimiter || *b == b'\n' => {
                    marks.seek(end + 1);
                    self.has_long_cells |= has_breaks;
                    Quoted::Closed { close, end, escaped }
                }
                None if last => {
                    self.has_long_cells |= has_breaks;
                    Quoted::Closed { close, end, escaped }
                }
                None => Quoted::Open,
                Some(_) if memchr::memchr(b'\n', &bytes[open..close]).is_some() => Quoted::Stray,
                Some(_) => Quoted::Literal,
            };
        }
    }

    #[inline(always)]
    fn cell(&mut self, text: &str, value: (usize, usize), escaped: bool) {
        if value.0 == value.1 {
            return;
        }
        self.is_filled = true;
        let raw = &text[value.0..value.1];
        let (raw, value) = match whole_number(raw) {
            Some(number) => (number, (value.0, value.0 + number.len())),
            None => (raw, value),
        };
        let is_header = self.row.wrapping_sub(self.dialect.header_row) < self.dialect.header_rows;
        let is_above = self.row < self.dialect.header_row;
        let context = if is_header {
            self.name_column(raw);
            0
        } else if is_above {
            self.context_above(raw)
        } else if !self.has_labels {
            self.names.of(self.column)
        } else {
            self.context_beside_labels(raw)
        };
        if escaped {
            self.batch.escaped.push(self.batch.segments.len() as u32);
        }
        self.batch.segments.push(Segment {
            start: value.0 as u32,
            end: value.1 as u32,
            context,
            unit: self.row,
            part: self.column,
        });
    }

    /// Whether behind a blank row another table begins, with names of its own. What was collected must be
    /// handed on before they are taken.
    #[cold]
    fn another_begins(&mut self, text: &str) -> bool {
        let Dialect { delimiter, quote, backslash, .. } = self.dialect;
        let rows = split_rows(text, delimiter, quote, backslash, ROWS_MAX);
        let ends = |row: &Row<'_>| row.is_blank() || row.cells.len() == 1;
        let end = rows.iter().position(ends).unwrap_or(rows.len());
        self.next_header_rows = begins_another(&rows[..end]);
        self.next_header_rows > 0
    }

    /// Whether directly behind a row another table begins.
    #[inline]
    fn another_follows(&mut self, text: &str) -> bool {
        let begins = |byte: &u8| byte.is_ascii_digit() || *byte == b'\n';
        let first = text.bytes().take(FIRST_BYTES_MAX).find(|byte| begins(byte));
        let is_further = self.row > self.dialect.header_row + self.dialect.header_rows;
        is_further && first == Some(b'\n') && self.is_another(text)
    }

    /// The same behind which a row without digits follows.
    #[cold]
    fn is_another(&mut self, text: &str) -> bool {
        self.looks -= 1;
        let Dialect { delimiter, quote, backslash, .. } = self.dialect;
        let rows = split_rows(text, delimiter, quote, backslash, ROWS_MAX);
        let ends = |row: &Row<'_>| row.is_blank() || row.cells.len() == 1;
        let end = rows.iter().position(ends).unwrap_or(rows.len());
        self.next_header_rows = follows_directly(&rows[..end]);
        self.next_header_rows > 0
    }

    /// The context of a cell above the names of columns: the first of a row may name the second.
    #[cold]
    fn context_above(&mut self, raw: &str) -> u32 {
        if self.column == 0 {
            self.label.clear();
            self.dialect.unescape(crate::tail_chars(label(raw), NAME_CHARS_MAX), &mut self.label);
        } else if self.column == 1 && is_plain_name(&self.label) {
            return self.names.labelled(self.column, &self.label);
        }
        self.names.of(self.column)
    }

    #[cold]
    fn name_column(&mut self, raw: &str) {
        let mut name = String::new();
        self.dialect.unescape(crate::tail_chars(raw, NAME_CHARS_MAX), &mut name);
        self.names.name(self.column, &name, &self.limits);
    }

    /// The context of a cell in a table in which some cells name those at their right.
    #[cold]
    fn context_beside_labels(&mut self, raw: &str) -> u32 {
        if !self.pairs.is_empty() {
            return self.context_in_pair(raw);
        }
        let is_label = self.column < 64 && self.dialect.label_columns >> self.column & 1 == 1;
        if is_label {
            self.label.clear();
            self.dialect.unescape(crate::tail_chars(label(raw), NAME_CHARS_MAX), &mut self.label);
        }
        if is_label || self.label.is_empty() {
            return self.names.of(self.column);
        }
        self.names.labelled(self.column, &self.label)
    }

    /// The context of a cell in a table in which columns name others.
    fn context_in_pair(&mut self, raw: &str) -> u32 {
        let of_value = self.pairs.iter().position(|pair| pair.value == self.column);
        let context = match of_value.map(|pair| &self.labels[pair]) {
            Some(label) if !label.is_empty() => self.names.labelled(self.column, label),
            _ => self.names.of(self.column),
        };
        for (index, pair) in self.pairs.iter().enumerate() {
            if pair.attribute != self.column {
                continue;
            }
            let mut name = String::new();
            self.dialect.unescape(raw, &mut name);
            let Some(label) = pair.roles.label(&name) else { continue };
            let label = label.to_owned();
            let of_row = |segment: &&mut Segment| segment.unit == self.row;
            let mut cells = self.batch.segments.iter_mut().rev().take_while(of_row);
            if let Some(cell) = cells.find(|cell| cell.part == pair.value) {
                cell.context = self.names.labelled(pair.value, &label);
            }
            self.labels[index] = label;
        }
        context
    }

    /// What names cells of their row.
    fn set_labels(&mut self, columns: u64, pairs: Vec<Pair>) {
        self.dialect.label_columns = columns;
        self.labels = vec![String::new(); pairs.len()];
        self.has_labels = columns != 0 || !pairs.is_empty();
        self.pairs = pairs;
    }

    fn end_row(&mut self) {
        if self.row.wrapping_sub(self.dialect.header_row) < self.dialect.header_rows {
            self.set_labels(self.dialect.label_columns, self.names.pairs());
        }
        self.row += 1;
        self.rows += 1;
        self.is_wide |= self.column > 0;
        self.is_filled = false;
        self.column = 0;
        if !self.label.is_empty() {
            self.label.clear();
        }
        if self.has_labels {
            self.labels.iter_mut().for_each(String::clear);
        }
    }
}

/// What a number of some length is that a program wrote as a fraction although it is whole, as those do whose
/// columns of numbers have empty cells.
#[inline(always)]
fn whole_number(cell: &str) -> Option<&str> {
    let number = cell.strip_suffix(".0")?;
    let is_long = (WHOLE_DIGITS_MIN..=WHOLE_DIGITS_MAX).contains(&number.len());
    (is_long && number.bytes().all(|byte| byte.is_ascii_digit())).then_some(number)
}

/// Whether the quote after these bytes of a cell is escaped by a backslash.
fn is_escaped(before: &[u8]) -> bool {
    before.iter().rev().take_while(|b| **b == b'\\').count() % 2 == 1
}

fn is_blank(bytes: &[u8]) -> bool {
    bytes.iter().all(|b| *b == b' ')
}

/// What may stand between a closing quote and the end of its cell.
fn is_blank_byte(byte: u8, delimiter: u8) -> bool {
    byte != delimiter && matches!(byte, b' ' | b'\t' | b'\r')
}
