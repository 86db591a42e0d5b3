//! How a line of text is a row of a table: with tabs between its cells, or with its cells at places that
//! are the same in all rows and blanks between them.

use crate::tables::cells::{Cell, Row, split_rows};
use std::ops::Range;

/// Blanks between columns of fixed width.
const GAP_CHARS_MIN: usize = 2;

/// Characters of a line in which columns of fixed width are looked for.
const LINE_CHARS_MAX: usize = 32_768;

/// Rows by which columns of fixed width are told.
const FIXED_ROWS_MIN: usize = 3;

/// How the cells of a row are told from each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RowForm {
    /// By tabs.
    Tabs,
    /// By where they begin: characters from the start of the line, of each column but the first.
    Fixed(Vec<usize>),
}

impl RowForm {
    /// Whether a line could be a row.
    pub fn is_row(&self, line: &str) -> bool {
        match self {
            RowForm::Tabs => {
                memchr::memchr(b'\t', line.as_bytes()).is_some() && !line.trim().is_empty()
            }
            RowForm::Fixed(starts) => {
                let line = line.trim_end();
                let mut filled = 0;
                self.cells(line, |_, _, _| filled += 1);
                filled > 1 && is_blank_before(line, starts)
            }
        }
    }

    /// Tells each cell of a line that is not empty: its column, the characters before it, and where it
    /// stands.
    pub fn cells(&self, line: &str, mut each: impl FnMut(u32, u32, Range<usize>)) {
        let mut tell = |column: usize, chars: usize, range: Range<usize>| {
            let cell = &line[range.clone()];
            let text = cell.trim();
            if !text.is_empty() {
                let lead = cell.len() - cell.trim_start().len();
                let before = chars + cell[..lead].chars().count();
                let start = range.start + lead;
                let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
                each(number(column), number(before), start..start + text.len());
            }
        };
        match self {
            RowForm::Tabs => {
                let (mut at, mut chars) = (0, 0);
                for (column, cell) in line.split('\t').enumerate() {
                    tell(column, chars, at..at + cell.len());
                    at += cell.len() + 1;
                    chars += cell.chars().count() + 1;
                }
            }
            RowForm::Fixed(starts) => {
                let (mut at, mut chars) = (0, 0);
                for (column, next) in starts.iter().chain([&usize::MAX]).enumerate() {
                    let rest = &line[at..];
                    let length = rest.char_indices().nth(next.saturating_sub(chars));
                    let end = length.map_or(line.len(), |(length, _)| at + length);
                    tell(column, chars, at..end);
                    (at, chars) = (end, *next);
                }
            }
        }
    }

    /// The first lines as rows.
    pub fn rows<'t>(&self, lines: &'t str, rows_max: usize) -> Vec<Row<'t>> {
        if *self == RowForm::Tabs {
            return split_rows(lines, b'\t', 0, false, rows_max);
        }
        let mut rows = Vec::new();
        let mut at = 0;
        for line in lines.split_inclusive('\n').take(rows_max) {
            let mut cells = Vec::new();
            self.cells(line, |column, _, range| {
                let empty = Cell { text: "", quoted: false, spaced: false };
                cells.resize(column as usize + 1, empty);
                cells[column as usize].text = &line[range];
            });
            // A line below the names is drawn.
            if !is_rule(line) {
                rows.push(Row { start: at, cells });
            }
            at += line.len();
        }
        rows
    }

    /// Columns of fixed width that some lines have in common.
    pub fn fixed(lines: &str, rows_max: usize) -> Option<Self> {
        let mut filled: Vec<bool> = Vec::new();
        let mut count = 0;
        for line in lines.lines().take(rows_max).filter(|line| !is_rule(line)) {
            count += 1;
            for (at, c) in line.chars().take(LINE_CHARS_MAX).enumerate() {
                if filled.len() <= at {
                    filled.resize(at + 1, false);
                }
                filled[at] |= !c.is_whitespace();
            }
        }
        let mut starts = Vec::new();
        let mut blanks = 0;
        let mut has_begun = false;
        for (at, is_filled) in filled.iter().enumerate() {
            if *is_filled && has_begun && blanks >= GAP_CHARS_MIN {
                starts.push(at);
            }
            has_begun |= *is_filled;
            blanks = if *is_filled { 0 } else { blanks + 1 };
        }
        (count >= FIXED_ROWS_MIN && !starts.is_empty()).then_some(RowForm::Fixed(starts))
    }
}

/// Whether words in the line stand as far from each other as columns of fixed width.
pub(crate) fn could_be_fixed(line: &str) -> bool {
    let line = line.trim();
    is_rule(line) || line.contains("  ") && !line.contains('\t')
}

/// Whether before each place that the line reaches a blank stands.
fn is_blank_before(line: &str, starts: &[usize]) -> bool {
    let mut chars = line.chars();
    let mut at = 0;
    starts.iter().all(|start| {
        let before = chars.nth(start - 1 - at);
        at = *start;
        before.is_none_or(char::is_whitespace)
    })
}

/// Whether a line is drawn, such as `-----  ---`.
fn is_rule(line: &str) -> bool {
    let line = line.trim();
    line.len() > 2 && line.bytes().all(|byte| b"-=_+| ".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_fixed_width() {
        let text = "name        city   ssn\n----------  -----  ---\nAnn Miller  Bern   123-45-6789\n\
                    Jo                 123-45-6780\n";
        let form = RowForm::fixed(text, 10);
        assert_eq!(form, Some(RowForm::Fixed(vec![12, 19])));
        let form = form.unwrap_or(RowForm::Tabs);
        let rows = form.rows(text, 10);
        let texts = |row: &Row<'_>| row.cells.iter().map(|cell| cell.text.to_owned()).collect();
        let rows: Vec<Vec<String>> = rows.iter().map(texts).collect();
        let expected = [
            ["name", "city", "ssn"],
            ["Ann Miller", "Bern", "123-45-6789"],
            ["Jo", "", "123-45-6780"],
        ];
        assert_eq!(rows, expected);
        assert!(form.is_row("Ä  6        Rome   5") && !form.is_row("Some words go over it all."));
        let mut places = Vec::new();
        form.cells("Ä           Rome   5\n", |column, chars, range| {
            places.push((column, chars, range))
        });
        assert_eq!(places, [(0, 0, 0..2), (1, 12, 13..17), (2, 19, 20..21)]);
    }
}
