//! A look at the JSON that follows, without reading it: which name comes behind a value, and whether the
//! first of some rows names the columns of the others.

use super::tokens::{StringEnd, string_end};
use crate::tables::cells::{Cell, Row};

/// Rows that are looked at.
const ROWS_MAX: usize = 12;

/// Bytes that follow.
pub(super) struct Ahead<'t> {
    text: &'t str,
    at: usize,
    /// The look ended because nothing more is there.
    pub is_cut: bool,
}

impl<'t> Ahead<'t> {
    pub fn new(text: &'t str) -> Self {
        Ahead { text, at: 0, is_cut: false }
    }

    /// The next byte that is no blank.
    pub fn peek(&mut self) -> Option<u8> {
        let rest = &self.text.as_bytes()[self.at..];
        let blanks = rest.iter().take_while(|byte| b" \t\r\n".contains(byte)).count();
        self.at += blanks;
        self.is_cut |= blanks == rest.len();
        rest.get(blanks).copied()
    }

    /// Takes the next byte if it is this one.
    pub fn take(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    /// The string that comes next, as it stands.
    pub fn string(&mut self) -> Option<&'t str> {
        if self.peek() != Some(b'"') {
            return None;
        }
        match string_end(self.text.as_bytes(), self.at + 1) {
            StringEnd::Closed { at, .. } => {
                let string = &self.text[self.at + 1..at];
                self.at = at + 1;
                Some(string)
            }
            StringEnd::Broken(_) => None,
            StringEnd::Open => {
                self.is_cut = true;
                None
            }
        }
    }

    /// The number or word that comes next.
    fn scalar(&mut self) -> Option<&'t str> {
        self.peek();
        let rest = &self.text[self.at..];
        let is_part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
        let length = rest.bytes().take_while(is_part).count();
        self.is_cut |= length == rest.len();
        self.at += length;
        (length > 0).then(|| &rest[..length])
    }

    /// Passes over a value, whatever is in it.
    pub fn pass(&mut self) -> Option<()> {
        let mut depth = 0_u32;
        loop {
            match self.peek()? {
                b'"' => drop(self.string()?),
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                    continue;
                }
                b'}' | b']' => {
                    depth = depth.checked_sub(1)?;
                    self.at += 1;
                }
                b',' | b':' if depth > 0 => {
                    self.at += 1;
                    continue;
                }
                _ => drop(self.scalar()?),
            }
            if depth == 0 {
                return Some(());
            }
        }
    }

    /// The next rows: arrays, or objects with an array in them that `is_row` knows by its name.
    pub fn rows(&mut self, is_row: impl Fn(&str) -> bool) -> Vec<Row<'t>> {
        let mut rows = Vec::new();
        while rows.len() < ROWS_MAX {
            let is_object = self.take(b'{');
            if is_object {
                let is_known = self.string().is_some_and(&is_row) && self.take(b':');
                if !is_known {
                    break;
                }
            }
            let Some(row) = self.row() else { break };
            rows.push(row);
            if is_object && !self.take(b'}') {
                break;
            }
            self.take(b',');
        }
        rows
    }

    fn row(&mut self) -> Option<Row<'t>> {
        if !self.take(b'[') {
            return None;
        }
        let start = self.at;
        let mut cells = Vec::new();
        loop {
            match self.peek()? {
                b']' => {
                    self.at += 1;
                    return Some(Row { start, cells });
                }
                b',' => self.at += 1,
                _ => {
                    let text = self.cell()?;
                    cells.push(Cell { text, quoted: false, spaced: false });
                }
            }
        }
    }

    /// A scalar, or one that stands alone in an object.
    fn cell(&mut self) -> Option<&'t str> {
        let is_object = self.take(b'{');
        if is_object {
            self.string()?;
            self.take(b':').then_some(())?;
        }
        let text = match self.peek()? {
            b'"' => self.string()?,
            b'{' | b'[' => return None,
            _ => self.scalar()?,
        };
        if is_object {
            self.take(b'}').then_some(())?;
        }
        Some(if text == "null" { "" } else { text })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Vec<String>> {
        let mut ahead = Ahead::new(text);
        let rows = ahead.rows(|name| name == "Data");
        rows.iter().map(|row| row.cells.iter().map(|cell| cell.text.to_owned()).collect()).collect()
    }

    #[test]
    fn rows_that_follow() {
        let expect = vec![vec!["id", "ssn"], vec!["1", ""]];
        assert_eq!(rows("[ \"id\", \"ssn\"],\n [1, null]]"), expect);
        assert_eq!(rows("[\"id\",\"ssn\"]\n[1,null]\n"), expect);
        assert_eq!(
            rows(
                "{\"Data\":[{\"V\":\"id\"},{\"V\":\"ssn\"}]},{\"Data\":[{\"V\":1},{\"V\":null}]}]"
            ),
            expect
        );
        assert!(rows("{\"a\":[1]}]").is_empty());
        assert_eq!(rows("[1],[[2]]"), [["1"]]);
    }

    #[test]
    fn values_are_passed_over() {
        let mut ahead = Ahead::new(r#"{"a":[1,"}]\"",{}],"b":true},7"#);
        assert_eq!(ahead.pass(), Some(()));
        assert!(ahead.take(b',') && ahead.scalar() == Some("7") && ahead.is_cut);
        let mut ahead = Ahead::new(r#"["a"#);
        assert!(ahead.pass().is_none() && ahead.is_cut);
        assert!(Ahead::new("]").pass().is_none());
    }
}
