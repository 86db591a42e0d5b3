//! The cells of one sheet, in the order of the file. The first rows wait until it is clear which of
//! them, if any, names the columns.

use crate::session::Session;
use crate::writer::TableWriter;

/// Rows with a cell that wait.
const HELD_ROWS_MAX: usize = 12;

/// Bytes of cells that wait.
const HELD_BYTES_MAX: usize = 64 << 10;

/// Longer text names no column.
const NAME_CHARS_MAX: usize = 100;

struct Held {
    row: u64,
    column: u32,
    end: usize,
    is_text: bool,
}

/// Writes the cells of a sheet.
pub(super) struct Grid<'w, 's> {
    table: TableWriter<'w, 's>,
    held: Vec<Held>,
    held_text: String,
    held_rows: usize,
    is_settled: bool,
    last_row: u64,
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
            last_row: 0,
            rows: 0,
        }
    }

    /// A cell, its row from 1 and its column from 0; `is_text` unless it is a number, a date and the like.
    pub fn cell(&mut self, row: u64, column: u32, value: &str, is_text: bool) {
        if value.is_empty() {
            return;
        }
        let is_new_row = row != self.last_row;
        self.last_row = row;
        self.rows += u64::from(is_new_row);
        if !self.is_settled {
            self.held_rows += usize::from(is_new_row);
            if self.held_rows <= HELD_ROWS_MAX && self.held_text.len() < HELD_BYTES_MAX {
                self.held_text.push_str(value);
                let end = self.held_text.len();
                self.held.push(Held { row, column, end, is_text });
                return;
            }
            self.settle();
        }
        self.table.cell(row, column, value);
    }

    /// Writes what waits. What comes later than this is no header.
    pub fn settle(&mut self) {
        if self.is_settled {
            return;
        }
        self.is_settled = true;
        let header = self.header();
        let mut start = 0;
        for index in 0..self.held.len() {
            if let Some(header) = header.clone().filter(|header| header.end == index) {
                self.name(header);
            }
            let cell = &self.held[index];
            let value = self.held_text.get(start..cell.end).unwrap_or_default();
            start = cell.end;
            self.table.cell(cell.row, cell.column, value);
        }
        self.held = Vec::new();
        self.held_text = String::new();
    }

    fn name(&mut self, header: std::ops::Range<usize>) {
        for index in header {
            let value = self.value(index).trim().to_owned();
            self.table.name(self.held[index].column, &value);
        }
    }

    fn value(&self, index: usize) -> &str {
        let start = index.checked_sub(1).map_or(0, |before| self.held[before].end);
        self.held_text.get(start..self.held[index].end).unwrap_or_default()
    }

    /// The cells of the first row that is all text, as wide as half of the widest and followed by others.
    fn header(&self) -> Option<std::ops::Range<usize>> {
        let mut rows = Vec::new();
        let mut start = 0;
        for index in 1..=self.held.len() {
            if index == self.held.len() || self.held[index].row != self.held[start].row {
                rows.push(start..index);
                start = index;
            }
        }
        let widest = rows.iter().map(|row| row.len()).max()?;
        rows.pop();
        rows.into_iter().find(|row| {
            // A title stands alone.
            row.len() * 2 >= widest
                && row.len() >= widest.min(2)
                && row.clone().all(|index| self.held[index].is_text && is_name(self.value(index)))
        })
    }

    /// What follows stands in another sheet.
    pub fn sheet(&mut self, name: &str) {
        self.settle();
        self.table.sheet(name);
        self.held_rows = 0;
        self.is_settled = false;
        self.last_row = 0;
    }

    /// Writes what is left, and tells how many rows there were.
    pub fn finish(mut self) -> u64 {
        self.settle();
        self.table.finish();
        self.rows
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
