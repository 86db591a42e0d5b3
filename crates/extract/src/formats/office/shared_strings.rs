//! Strings of a workbook that cells refer to by number.

use super::package::Trouble;
use super::walker::Lines;
use super::xml::{Element, Handler};
use crate::gaps;

/// Strings that cells refer to by number.
pub(super) struct SharedStrings {
    text: String,
    ends: Vec<usize>,
    is_used: Vec<bool>,
    bytes_max: usize,
    /// How much may yet be taken once more.
    repeats_left_bytes: usize,
    /// A string was not given because too much was.
    is_exhausted: bool,
}

/// Bytes of strings that cells take after the first time: a short file can name a long string often.
const REPEATS_BYTES_MAX: usize = 1 << 30;

impl SharedStrings {
    pub fn new(bytes_max: u64) -> Self {
        let bytes_max = usize::try_from(bytes_max).unwrap_or(usize::MAX);
        Self {
            text: String::new(),
            ends: Vec::new(),
            is_used: Vec::new(),
            bytes_max,
            repeats_left_bytes: REPEATS_BYTES_MAX,
            is_exhausted: false,
        }
    }

    /// Adds one; `false` if there is no room for it.
    pub fn push(&mut self, text: &str) -> bool {
        // Numbers are kept in step in any case, and cost as much as some text.
        if self.text.len() + self.ends.len() * 16 + text.len() > self.bytes_max {
            return false;
        }
        self.text.push_str(text);
        self.ends.push(self.text.len());
        self.is_used.push(false);
        true
    }

    fn at(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)?;
        let start = index.checked_sub(1).and_then(|before| self.ends.get(before)).copied();
        self.text.get(start.unwrap_or(0)..end)
    }

    /// The string of that number, which is then used.
    pub fn take(&mut self, index: usize) -> Option<&str> {
        let bytes = self.at(index)?.len();
        let is_used = self.is_used.get_mut(index)?;
        if *is_used {
            let Some(left) = self.repeats_left_bytes.checked_sub(bytes) else {
                self.is_exhausted = true;
                return None;
            };
            self.repeats_left_bytes = left;
        }
        *is_used = true;
        self.at(index)
    }

    /// What a report says if not all was given.
    pub fn trouble(&self) -> Result<(), Trouble> {
        if !self.is_exhausted {
            return Ok(());
        }
        let detail = format!("cells repeat more than {REPEATS_BYTES_MAX} bytes of shared strings");
        Err((gaps::OOXML_RATIO, detail))
    }

    /// Writes those that no cell took.
    pub fn unused(&self, lines: &mut dyn Lines) {
        for (index, is_used) in self.is_used.iter().enumerate() {
            if let Some(text) = self.at(index).filter(|text| !is_used && !text.is_empty()) {
                lines.push(text);
                lines.push("\n");
            }
        }
    }
}

/// Reads the part of shared strings.
pub(super) struct StringsReader<'r> {
    strings: &'r mut SharedStrings,
    /// For what has no room or number.
    lines: &'r mut dyn Lines,
    item: String,
    is_phonetic: bool,
}

impl<'r> StringsReader<'r> {
    pub fn new(strings: &'r mut SharedStrings, lines: &'r mut dyn Lines) -> Self {
        Self { strings, lines, item: String::new(), is_phonetic: false }
    }
}

impl Handler for StringsReader<'_> {
    fn start(&mut self, element: &Element<'_>) {
        match element.local() {
            "si" => self.item.clear(),
            "rPh" => self.is_phonetic = true,
            _ => {}
        }
    }
    fn end(&mut self, name: &str) {
        match name {
            "si" => {
                if !self.strings.push(&self.item) {
                    self.lines.push(&self.item);
                    self.lines.push("\n");
                }
                self.item.clear();
            }
            "rPh" => {
                self.is_phonetic = false;
                self.lines.push("\n");
            }
            _ => {}
        }
    }
    fn text(&mut self, text: &str) {
        if self.is_phonetic {
            self.lines.push(text);
        } else {
            self.item.push_str(text);
        }
    }
    fn remark(&mut self, text: &str) {
        self.lines.push(text);
        self.lines.push("\n");
    }
}
