//! The decoded text of a dump, as far as it is needed.

use crate::text::encoding::{Decoder, Encoding};
use std::io::{self, Read};

/// Bytes that are read at a time.
const PIECE_BYTES: usize = 64 << 10;

/// What was taken is dropped once it is so much.
const DROPPED_BYTES: usize = 1 << 20;

pub(super) struct Source<'r> {
    input: &'r mut dyn Read,
    decoder: Decoder,
    text: String,
    /// How much of it was taken.
    at: usize,
    /// Of the next character, from 1.
    pub line: u64,
    /// A statement may begin here.
    pub is_statement_start: bool,
    pub error: Option<io::Error>,
    /// It ends where more must follow.
    pub is_cut: bool,
    is_end: bool,
    piece: Vec<u8>,
    line_bytes_max: usize,
}

impl<'r> Source<'r> {
    pub fn new(input: &'r mut dyn Read, encoding: Encoding, line_bytes_max: usize) -> Self {
        Self {
            input,
            decoder: Decoder::new(encoding),
            text: String::new(),
            at: 0,
            line: 1,
            is_statement_start: true,
            error: None,
            is_cut: false,
            is_end: false,
            piece: vec![0; PIECE_BYTES],
            line_bytes_max,
        }
    }

    /// What was decoded and not taken.
    pub fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    /// Bytes of a value, at most.
    pub fn value_bytes_max(&self) -> usize {
        self.line_bytes_max
    }

    /// Whether nothing follows so many bytes.
    pub fn is_at_end(&self, length: usize) -> bool {
        self.is_end && length >= self.rest().len()
    }

    /// How much was not valid in its encoding.
    pub fn invalid(&self) -> u64 {
        self.decoder.invalid
    }

    pub fn has_more(&mut self) -> bool {
        self.fill(1);
        !self.rest().is_empty()
    }

    /// Decodes until so much is there, if there is so much. `false` if there is nothing more.
    pub fn fill(&mut self, length: usize) -> bool {
        let before = self.rest().len();
        while self.rest().len() < length && !self.is_end {
            if self.at > DROPPED_BYTES {
                self.text.drain(..self.at);
                self.at = 0;
            }
            match self.input.read(&mut self.piece) {
                Ok(0) => self.end(None),
                Ok(count) => self.decoder.decode(&self.piece[..count], &mut self.text),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => self.end(Some(error)),
            }
        }
        self.rest().len() > before
    }

    fn end(&mut self, error: Option<io::Error>) {
        self.is_end = true;
        self.error = error;
        self.decoder.finish(&mut self.text);
    }

    /// The next bytes, at most so many.
    pub fn head(&mut self, length: usize) -> &str {
        self.fill(length);
        let rest = self.rest();
        &rest[..rest.floor_char_boundary(length)]
    }

    /// The length of the next line with its end, or of a piece of it if it is very long.
    pub fn line_bytes(&mut self) -> usize {
        let mut searched = 0;
        loop {
            let rest = self.rest();
            if let Some(end) = memchr::memchr(b'\n', &rest.as_bytes()[searched..]) {
                return searched + end + 1;
            }
            searched = rest.len();
            if searched >= self.line_bytes_max || !self.fill(searched + 1) {
                return searched;
            }
        }
    }

    /// Takes what was read.
    pub fn advance(&mut self, length: usize) {
        let end = self.text.ceil_char_boundary((self.at + length).min(self.text.len()));
        let taken = &self.text[self.at..end];
        self.line += memchr::memchr_iter(b'\n', taken.as_bytes()).count() as u64;
        self.is_statement_start = taken.ends_with('\n');
        self.at = end;
    }

    /// Takes blank space, after which a statement may begin.
    pub fn skip_space(&mut self) {
        loop {
            let rest = self.rest();
            let length = rest.len() - rest.trim_start().len();
            let is_all = length == rest.len();
            self.advance(length);
            if !is_all || !self.fill(1) {
                break;
            }
        }
        self.is_statement_start = true;
    }
}
