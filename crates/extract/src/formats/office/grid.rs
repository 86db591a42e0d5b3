//! The cells of one sheet, in the order of the file. The first rows of each table wait until it is clear
//! what names its cells: rows above them, or the cell at their left. Another table may begin behind an empty
//! row, and wherever a row looks like names of columns.

use crate::session::Session;
use crate::tables::cells::{Cell, Class, Row, class};
use crate::tables::header::{Header, Look, has_column_word, header};
use crate::tables::headings::{Headings, label};
use crate::tables::likeness::Likeness;
use crate::writer::TableWriter;
use std::ops::Range;

/// Rows with a cell that wait.
const HELD_ROWS_MAX: usize = 12;

/// Bytes of cells that wait.
const HELD_BYTES_MAX: usize = 64 << 10;

/// Longer text names no column.
const NAME_CHARS_MAX: usize = 100;

/// A longer name at the left of cells loses characters from its start.
const LABEL_CHARS_MAX: usize = 240;

/// Columns of a table that are looked at together.
const COLUMNS_MAX: usize = 1_024;

struct Held {
    row: u64,
    column: u32,
    /// Where its value stands in the text that waits.
    value: Range<usize>,
    is_text: bool,
}

/// Where a table begins.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Begin {
    /// The sheet.
    Sheet,
    /// An empty row.
    EmptyRow,
    /// A row that may be names, among others.
    Row,
}

/// Writes the cells of a sheet.
pub(super) struct Grid<'w, 's> {
    table: TableWriter<'w, 's>,
    held: Vec<Held>,
    held_text: String,
    held_rows: usize,
    is_settled: bool,
    /// Which table of the sheet waits.
    begin: Begin,
    /// All its rows came: what follows is beside them.
    is_over: bool,
    /// What the rows of the table are like, and where its columns begin.
    likeness: Likeness,
    first_column: u32,
    last_row: u64,
    written_row: u64,
    /// Columns whose cells name those at their right, a bit each; and the name in the row so far.
    label_columns: Vec<u32>,
    label: String,
    /// Rows with a cell.
    rows: u64,
}

impl<'w, 's> Grid<'w, 's> {
    pub fn new(session: &'w mut Session<'s>, sheet: &str) -> Self {
        Self {
            table: TableWriter::new(session, Some(sheet)),
            held: Vec::new(),
            held_text: String::new(),
            held_rows: 0,
            is_settled: false,
            begin: Begin::Sheet,
            is_over: false,
            likeness: Likeness::default(),
            first_column: 0,
            last_row: 0,
            written_row: 0,
            label_columns: Vec::new(),
            label: String::new(),
            rows: 0,
        }
    }

    /// A cell, its row from 1 and its column from 0; `is_text` unless it is a number, a date and the like.
    pub fn cell(&mut self, row: u64, column: u32, value: &str, is_text: bool) {
        if value.is_empty() {
            return;
        }
        let is_new_row = row != self.last_row;
        self.rows += u64::from(is_new_row);
        if self.is_over {
            self.last_row = row;
            return self.write(row, column, value, is_new_row);
        }
        let is_title = !self.is_settled && self.held_rows == 1;
        // Behind an empty row another table may begin.
        if row > self.last_row.saturating_add(1) && self.last_row > 0 && !is_title {
            self.release();
            (self.is_settled, self.begin, self.held_rows) = (false, Begin::EmptyRow, 0);
        } else if is_new_row && self.is_settled {
            if self.could_be_names() {
                (self.is_settled, self.begin, self.held_rows) = (false, Begin::Row, 1);
            } else {
                self.release();
            }
        }
        self.last_row = row;
        self.held_rows += usize::from(is_new_row);
        let has_room = self.held_text.len() < HELD_BYTES_MAX;
        if !has_room || !self.is_settled && self.held_rows > HELD_ROWS_MAX {
            self.release();
        }
        let start = self.held_text.len();
        self.held_text.push_str(value);
        self.held.push(Held { row, column, value: start..self.held_text.len(), is_text });
    }

    /// Writes what waits. What comes later than this is no header.
    pub fn settle(&mut self) {
        self.release();
        self.is_over = true;
    }

    /// Writes what waits.
    fn release(&mut self) {
        let (held, text) = (std::mem::take(&mut self.held), std::mem::take(&mut self.held_text));
        let header = if self.is_settled { 0..0 } else { self.header(&held, &text) };
        self.is_settled = true;
        self.held_rows = 0;
        for (index, cell) in held.iter().enumerate() {
            if index == header.end && !header.is_empty() {
                self.name(&held[header.clone()], &text);
            }
            let is_new_row = cell.row != self.written_row;
            self.write(cell.row, cell.column, &text[cell.value.clone()], is_new_row);
        }
    }

    /// Whether the row that waits may be the names of another table: words, at least one of them above
    /// what is none.
    fn could_be_names(&self) -> bool {
        let is_word = |cell: &Held| {
            let value = &self.held_text[cell.value.clone()];
            cell.is_text && is_name(value) && !value.bytes().any(|byte| byte.is_ascii_digit())
        };
        self.held.len() > 1
            && self.held.iter().all(is_word)
            && Sample::of(&self.held, &self.held_text, Some(self.first_column))
                .is_some_and(|sample| sample.rows.iter().any(|row| self.likeness.is_above(row)))
    }

    /// The cells among those that wait which name the columns, and which columns name what is at their
    /// right.
    fn header(&mut self, held: &[Held], text: &str) -> Range<usize> {
        let Some(sample) = Sample::of(held, text, None) else { return 0..0 };
        let headings = Headings::of(&sample.rows, sample.columns);
        let likeness = Likeness::of(sample.rows.get(headings.rows.max(1)..).unwrap_or_default());
        let is_here = sample.first_column == self.first_column;
        let (alike, unlike) = self.likeness.compare(&likeness);
        // Words in a row of the table are no names of what goes on below them.
        let is_row = self.begin == Begin::Row
            && (alike > 0 && unlike == 0 && is_here)
            && !sample.are_column_words(headings);
        if self.begin != Begin::Sheet && (is_row || !sample.is_sure(headings)) {
            let is_other = self.begin == Begin::EmptyRow && sample.has_names(headings);
            if !is_other {
                if is_here && alike == 0 && unlike > 0 {
                    self.likeness = likeness;
                    self.label_columns.clear();
                    self.table.unname();
                }
                return 0..0;
            }
        }
        self.likeness = likeness;
        self.first_column = sample.first_column;
        self.label_columns = sample.labels(headings, held);
        match headings.rows {
            0 if headings.labels == 0 => sample.row_of_text(held, text),
            0 => 0..0,
            rows => sample.cells[headings.first].start..sample.cells[headings.first + rows - 1].end,
        }
    }

    fn write(&mut self, row: u64, column: u32, value: &str, is_new_row: bool) {
        self.written_row = row;
        if is_new_row {
            self.label.clear();
        }
        if self.label_columns.contains(&column) {
            self.label.clear();
            self.label.push_str(crate::tail_chars(label(value), LABEL_CHARS_MAX));
            self.table.cell(row, column, value);
        } else if self.label.is_empty() {
            self.table.cell(row, column, value);
        } else if !self.table.labelled(row, column, &self.label, value) {
            self.label_columns.clear();
            self.label.clear();
        }
    }

    fn name(&mut self, header: &[Held], text: &str) {
        self.table.unname();
        for cell in header {
            self.table.name(cell.column, text[cell.value.clone()].trim());
        }
    }

    /// What follows stands in another sheet.
    pub fn sheet(&mut self, name: &str) {
        self.release();
        self.table.sheet(name);
        (self.is_settled, self.begin, self.is_over) = (false, Begin::Sheet, false);
        self.likeness = Likeness::default();
        (self.last_row, self.written_row) = (0, 0);
        self.label_columns.clear();
    }

    /// Writes what is left, and tells how many rows there were.
    pub fn finish(mut self) -> u64 {
        self.release();
        self.table.finish();
        self.rows
    }
}

/// The cells that wait, as rows of one table.
struct Sample<'t> {
    rows: Vec<Row<'t>>,
    /// By row, which cells are its.
    cells: Vec<Range<usize>>,
    first_column: u32,
    columns: usize,
}

impl<'t> Sample<'t> {
    /// Of these cells; the first column is that of the first of them unless it is known.
    fn of(held: &[Held], text: &'t str, first_column: Option<u32>) -> Option<Self> {
        let least = held.iter().map(|cell| cell.column).min()?;
        let first_column = first_column.map_or(least, |first| first.min(least));
        let last_column = held.iter().map(|cell| cell.column).max()?;
        let columns = (last_column - first_column) as usize + 1;
        let (mut rows, mut cells) = (Vec::new(), Vec::new());
        let mut start = 0;
        for end in 1..=held.len() {
            if end < held.len() && held[end].row == held[start].row {
                continue;
            }
            let empty = Cell { text: "", quoted: false, spaced: false };
            let mut row = Row { start: 0, cells: vec![empty; columns.min(COLUMNS_MAX)] };
            for cell in &held[start..end] {
                let column = (cell.column - first_column) as usize;
                if let Some(place) = row.cells.get_mut(column) {
                    place.text = &text[cell.value.clone()];
                }
            }
            rows.push(row);
            cells.push(start..end);
            start = end;
        }
        Some(Self { rows, cells, first_column, columns: columns.min(COLUMNS_MAX) })
    }

    /// Whether the names are surely such, and not a row of the table before.
    fn is_sure(&self, headings: Headings) -> bool {
        let rows = self.rows.get(headings.first..).unwrap_or_default();
        headings.rows > 0
            && Look::of(rows, self.columns).is_some_and(|look| look.known && look.unlike_data)
    }

    /// Whether most of the names name columns elsewhere, too.
    fn are_column_words(&self, headings: Headings) -> bool {
        let names = self.rows.get(headings.first).map_or(&[][..], |row| &row.cells);
        let names = names.iter().map(|cell| cell.text.trim()).filter(|name| !name.is_empty());
        let known = names.clone().filter(|name| has_column_word(name)).count();
        known > 1 && known * 3 >= names.count() * 2
    }

    /// Whether the first row is words above what is none.
    fn has_names(&self, headings: Headings) -> bool {
        let Some(first) = self.rows.get(headings.first) else { return false };
        let rows = &self.rows[headings.first..];
        let texts = first.cells.iter().map(|cell| cell.text).filter(|text| !text.is_empty());
        headings.rows > 0
            && texts.clone().count() > 1
            && texts
                .clone()
                .all(|text| is_name(text) && matches!(class(text), Class::Word | Class::Prose))
            && header(rows, self.columns) != Header::None
            && Look::of(rows, self.columns).is_some_and(|look| look.unlike_data)
    }

    /// The columns whose cells name those at their right. Of a row that stands alone, these are words
    /// that name columns elsewhere, beside what is no word.
    fn labels(&self, headings: Headings, held: &[Held]) -> Vec<u32> {
        let is_alone = self.rows.len() == 1 && headings == Headings::default();
        if !is_alone {
            let columns = (0..u64::BITS).filter(|column| headings.labels >> column & 1 == 1);
            return columns.map(|column| column + self.first_column).collect();
        }
        let text = |cell: &Held| {
            let place = (cell.column - self.first_column) as usize;
            self.rows[0].cells.get(place).map_or("", |cell| cell.text)
        };
        let is_pair = |pair: &&[Held]| {
            let is_value =
                matches!(class(text(&pair[1])), Class::Digits | Class::Mail | Class::Code);
            pair[0].is_text && has_column_word(label(text(&pair[0]))) && is_value
        };
        held.windows(2).filter(is_pair).map(|pair| pair[0].column).collect()
    }

    /// The cells of the first row that is all text, as wide as half of the widest and followed by others.
    fn row_of_text(&self, held: &[Held], text: &str) -> Range<usize> {
        let Some((_, above)) = self.cells.split_last() else { return 0..0 };
        let widest = self.cells.iter().map(Range::len).max().unwrap_or(0);
        let is_header = |row: &&Range<usize>| {
            // A title stands alone.
            row.len() * 2 >= widest
                && row.len() >= widest.min(2)
                && held[(*row).clone()]
                    .iter()
                    .all(|cell| cell.is_text && is_name(&text[cell.value.clone()]))
        };
        above.iter().find(is_header).cloned().unwrap_or(0..0)
    }
}

/// Whether a text could name a column: mails, numbers and long texts do not.
fn is_name(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    text.chars().take(NAME_CHARS_MAX + 1).count() <= NAME_CHARS_MAX
        && !text.contains('@')
        && digits * 2 <= text.len()
}

/// The place that a reference such as `B12` names: its row from 1 and its column from 0.
pub(super) fn place(reference: &str) -> Option<(u64, u32)> {
    let reference = reference.trim_start_matches('$');
    let letters = reference.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (column, row) = reference.split_at(letters);
    let column = column.bytes().try_fold(0_u32, |column, letter| {
        column.checked_mul(26)?.checked_add(u32::from(letter.to_ascii_uppercase() - b'A') + 1)
    })?;
    let row = row.trim_start_matches('$').parse().ok().filter(|row| *row > 0)?;
    Some((row, column.checked_sub(1)?))
}

/// Whether a formula says more than where its operands stand: a string, or a number of some length.
pub(super) fn is_telling(formula: &str) -> bool {
    let bytes = formula.as_bytes();
    let mut digits = 0;
    let mut is_reference = false;
    for byte in bytes {
        match byte {
            b'"' => return true,
            b'0'..=b'9' if is_reference => {}
            b'0'..=b'9' => {
                digits += 1;
                if digits > 3 {
                    return true;
                }
            }
            _ => {
                digits = 0;
                is_reference = byte.is_ascii_alphabetic() || matches!(byte, b'$' | b'_' | b'.');
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references() {
        assert_eq!(place("A1"), Some((1, 0)));
        assert_eq!(place("$AB$12"), Some((12, 27)));
        for wrong in ["", "A", "1", "A0", "ZZZZZZZZZZ1", "A-1"] {
            assert_eq!(place(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn formulas_that_say_something() {
        assert!(is_telling("HYPERLINK(\"x\")") && is_telling("A1+12345"));
        assert!(!is_telling("SUM(A10000:$B$20000)*100") && !is_telling("LOG10(A1)"));
    }
}
