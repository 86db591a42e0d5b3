//! A plain reader of tables for the sample from which a dialect is told.

/// A cell of the sample.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cell<'a> {
    pub(crate) text: &'a str,
    pub(crate) quoted: bool,
    /// A blank stands before it.
    pub(crate) spaced: bool,
}

/// A row of the sample.
#[derive(Debug)]
pub(crate) struct Row<'a> {
    /// Where it begins in the text.
    pub(crate) start: usize,
    pub(crate) cells: Vec<Cell<'a>>,
}

impl Row<'_> {
    pub(crate) fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.text.trim().is_empty())
    }
}

/// The first rows of a text.
pub(crate) fn split_rows(
    text: &str,
    delimiter: u8,
    quote: u8,
    backslash: bool,
    rows_max: usize,
) -> Vec<Row<'_>> {
    let bytes = text.as_bytes();
    let mut rows = Vec::new();
    let mut cells = Vec::new();
    let mut at = 0;
    let mut start = 0;
    while at < bytes.len() && rows.len() < rows_max {
        let (cell, end) = next_cell(text, at, delimiter, quote, backslash);
        cells.push(cell);
        at = end + 1;
        if bytes.get(end) != Some(&delimiter) {
            rows.push(Row { start, cells: std::mem::take(&mut cells) });
            start = at;
        } else if at == bytes.len() {
            cells.push(Cell { text: "", quoted: false, spaced: false });
        }
    }
    if !cells.is_empty() {
        rows.push(Row { start, cells });
    }
    rows
}

/// The cell at `start`, and where it ends.
fn next_cell(
    text: &str,
    start: usize,
    delimiter: u8,
    quote: u8,
    backslash: bool,
) -> (Cell<'_>, usize) {
    let bytes = text.as_bytes();
    let open = start + bytes[start..].iter().take_while(|b| **b == b' ').count();
    let spaced = open > start;
    if bytes.get(open) == Some(&quote)
        && let Some(close) = closing_quote(bytes, open, quote, backslash)
    {
        let tail = &bytes[close + 1..];
        let blanks =
            tail.iter().take_while(|b| **b != delimiter && matches!(b, b' ' | b'\t' | b'\r'));
        let end = close + 1 + blanks.count();
        if bytes.get(end).is_none_or(|b| *b == delimiter || *b == b'\n') {
            return (Cell { text: &text[open + 1..close], quoted: true, spaced }, end);
        }
    }
    let end = memchr::memchr2(delimiter, b'\n', &bytes[start..]).map_or(bytes.len(), |n| start + n);
    (Cell { text: text[start..end].trim_end_matches('\r'), quoted: false, spaced }, end)
}

fn closing_quote(bytes: &[u8], open: usize, quote: u8, backslash: bool) -> Option<usize> {
    let mut at = open + 1;
    while at < bytes.len() {
        if backslash && bytes[at] == b'\\' {
            at += 1;
        } else if bytes[at] == quote {
            if bytes.get(at + 1) != Some(&quote) {
                return Some(at);
            }
            at += 1;
        }
        at += 1;
    }
    None
}

/// What a cell is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Empty,
    /// Digits and what is written between and around them.
    Digits,
    /// An e-mail address.
    Mail,
    /// Letters and digits without blanks.
    Code,
    /// Letters without blanks.
    Word,
    Prose,
}

pub(crate) fn class(cell: &str) -> Class {
    let cell = cell.trim();
    let has_digit = cell.bytes().any(|b| b.is_ascii_digit());
    let letters = cell.chars().filter(|c| c.is_alphabetic()).count();
    if cell.is_empty() {
        Class::Empty
    } else if has_digit && letters <= cell.len() / 8 + 1 {
        Class::Digits
    } else if cell.contains(' ') {
        Class::Prose
    } else if cell.contains('@') {
        Class::Mail
    } else if has_digit {
        Class::Code
    } else {
        Class::Word
    }
}
