//! The part of the decoded text that is not handed on yet, and where it stands in the object.

use memchr::{memchr_iter, memrchr};

/// Text that waits to be read. Readers take from its front; decoding appends at its end.
#[derive(Debug)]
pub(crate) struct Window {
    pub(crate) text: String,
    /// Line of the first byte, from 1.
    pub(crate) line: u64,
    /// Characters before the first byte on its line.
    pub(crate) column: u64,
}

impl Window {
    pub(crate) fn new() -> Self {
        Window { text: String::new(), line: 1, column: 0 }
    }

    /// Line (from 1) and characters before it on that line, of a place in the text.
    pub(crate) fn place(&self, at: usize) -> (u64, u64) {
        let before = &self.text[..at];
        match memrchr(b'\n', before.as_bytes()) {
            None => (self.line, self.column + before.chars().count() as u64),
            Some(last) => {
                let newlines = memchr_iter(b'\n', before.as_bytes()).count() as u64;
                (self.line + newlines, before[last + 1..].chars().count() as u64)
            }
        }
    }

    /// The place of the first byte.
    pub(crate) fn cursor(&self) -> Cursor {
        Cursor { at: 0, line: self.line, column: self.column }
    }

    /// Drops the first `count` bytes. Their place must be known before any of them are rewritten.
    pub(crate) fn advance(&mut self, count: usize, place: (u64, u64)) {
        self.text.drain(..count);
        (self.line, self.column) = place;
    }
}

/// A place in the window that only goes on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor {
    /// Bytes before it in the window.
    pub(crate) at: usize,
    /// Its line, from 1.
    pub(crate) line: u64,
    /// Characters before it on that line.
    pub(crate) column: u64,
}

impl Cursor {
    /// Goes on to a later place in the same text.
    pub(crate) fn advance(&mut self, text: &str, to: usize) {
        let passed = &text[self.at..to];
        match memrchr(b'\n', passed.as_bytes()) {
            None => self.column += passed.chars().count() as u64,
            Some(last) => {
                self.line += memchr_iter(b'\n', passed.as_bytes()).count() as u64;
                self.column = passed[last + 1..].chars().count() as u64;
            }
        }
        self.at = to;
    }
}
