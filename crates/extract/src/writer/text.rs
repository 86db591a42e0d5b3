//! Running text: that of a page, a slide, a mail's part or a whole document.

use crate::session::Session;
use crate::text::prose::{ProseReader, Tables};
use crate::text::reader::BlockSink;
use crate::text::window::Window;
use lakegate_core::text::{Block, Place};

/// Writes text, of which each line is one to count.
pub(crate) struct TextWriter<'w, 's> {
    session: &'w mut Session<'s>,
    page: Option<u32>,
    window: Window,
    reader: ProseReader,
}

impl<'w, 's> TextWriter<'w, 's> {
    /// Text of the object, or of one page (from 1) of it. What stands on different pages is never
    /// looked at together.
    pub fn new(session: &'w mut Session<'s>, page: Option<u32>) -> Self {
        let reader = ProseReader::of_document(session.limits, 0);
        Self { session, page, window: Window::new(), reader }
    }

    /// The text goes on with what stood on the page before: so do its tables.
    pub fn after(mut self, tables: Tables) -> Self {
        self.reader.after(tables);
        self
    }

    /// Text of the object that begins on that line, from 1.
    pub fn at_line(session: &'w mut Session<'s>, line: u64) -> Self {
        let mut writer = Self::new(session, None);
        writer.window.line = line;
        writer
    }

    /// Text of the object beside words that are read elsewhere and say something about it.
    pub fn beside(session: &'w mut Session<'s>, words: &str) -> Self {
        let limits = session.limits;
        let mut writer = Self::new(session, None);
        if !words.is_empty() {
            let words = words.replace('\n', " ");
            writer.window.text.extend([words.as_str(), "\n"]);
            writer.window.line = 0;
            writer.reader = ProseReader::of_document(limits, writer.window.text.len());
        }
        writer
    }

    /// Adds text as it stands; `\n` ends a line.
    pub fn push(&mut self, text: &str) {
        let view_bytes = self.session.limits.block_bytes;
        let mut rest = text;
        while !rest.is_empty() {
            let room = view_bytes.saturating_sub(self.window.text.len()).max(1);
            let (now, later) = rest.split_at(rest.ceil_char_boundary(room.min(rest.len())));
            self.window.text.push_str(now);
            rest = later;
            if self.window.text.len() >= view_bytes {
                self.read(false);
            }
        }
    }

    /// Hands on what is left, and tells how many lines there were.
    pub fn finish(self) -> u64 {
        self.finish_page().0
    }

    /// Hands on what is left, and tells how many lines there were, and which tables.
    pub fn finish_page(mut self) -> (u64, Tables) {
        self.read(true);
        (self.reader.lines(), self.reader.into_tables())
    }

    fn read(&mut self, is_end: bool) {
        let view_bytes = self.session.limits.block_bytes;
        let mut sink = OnPage { session: self.session, page: self.page };
        loop {
            let end = self.window.text.len();
            if end == 0 || end < view_bytes && !is_end {
                return;
            }
            self.reader.read(&mut self.window, end, is_end, &mut sink);
        }
    }
}

struct OnPage<'w, 's> {
    session: &'w mut Session<'s>,
    page: Option<u32>,
}

impl BlockSink for OnPage<'_, '_> {
    fn block(&mut self, block: &Block<'_>) {
        let place = Place { page: self.page, ..block.place };
        self.session.emit(&Block { place, ..block.clone() });
    }
}
