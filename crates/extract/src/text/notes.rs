//! What was damaged in a table or in records, in words for a person.

use crate::limits::Limits;

/// The note of a table whose cells hold line breaks: from the first such cell on a row's number is not
/// that of its line.
pub const ROWS_ARE_NOT_LINES: &str = "cells hold line breaks: rows are not lines";

/// Damage that was read around, and where the rest became text.
#[derive(Debug, Default)]
pub(crate) struct Damage {
    first_line: u64,
    count: u32,
    text_from: Option<(u64, &'static str)>,
}

impl Damage {
    /// Notes a damaged place; false if there are too many for the object to go on being read as it
    /// was.
    pub(crate) fn one_more(&mut self, line: u64, limits: &Limits) -> bool {
        if self.count >= limits.damaged_max {
            return false;
        }
        if self.count == 0 {
            self.first_line = line;
        }
        self.count += 1;
        true
    }

    /// From this line on the object is read as text.
    pub(crate) fn rest_is_text(&mut self, line: u64, problem: &'static str) {
        self.text_from = Some((line, problem));
    }

    /// The notes, `what` being what a damaged place is, such as "not JSON".
    pub(crate) fn notes(&self, what: &str) -> Vec<String> {
        let mut notes = Vec::new();
        match self.count {
            0 => {}
            1 => notes.push(format!("line {}: {what}, read as text", self.first_line)),
            count => notes.push(format!(
                "line {}: {what}, read as text; so in {count} places",
                self.first_line
            )),
        }
        if let Some((line, problem)) = self.text_from {
            notes.push(format!("line {line}: {problem}, read as text from here"));
        }
        notes
    }
}
