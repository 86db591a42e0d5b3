//! Cells of a sheet or of a database's table.

use crate::reader::next_epoch;
use crate::session::Session;
use lakegate_core::text::{Block, Context, Layout, Place, Repeats, Segment};

/// Writes the cells of one table, in any order.
pub(crate) struct TableWriter<'w, 's> {
    session: &'w mut Session<'s>,
    sheet: Option<String>,
    /// The first is that of columns without a name; column `n` has `n + 1`.
    contexts: Vec<Context>,
    epoch: u64,
    text: String,
    segments: Vec<Segment>,
    row: u64,
}

impl<'w, 's> TableWriter<'w, 's> {
    /// A table, and the sheet or table of a database that it is.
    pub fn new(session: &'w mut Session<'s>, sheet: Option<&str>) -> Self {
        Self {
            session,
            sheet: sheet.map(str::to_owned),
            contexts: vec![Context::default()],
            epoch: next_epoch(),
            text: String::new(),
            segments: Vec::new(),
            row: 0,
        }
    }

    /// What follows stands in another sheet, whose columns have no names yet.
    pub fn sheet(&mut self, sheet: &str) {
        self.flush();
        self.sheet = Some(sheet.to_owned());
        self.contexts = vec![Context::default()];
        self.epoch = next_epoch();
        self.row = 0;
    }

    /// Names a column, counted from 0.
    pub fn name(&mut self, column: u32, name: &str) {
        let index = column as usize + 1;
        if index > self.session.limits.named_columns_max {
            return;
        }
        self.flush();
        if self.contexts.len() <= index {
            self.contexts.resize(index + 1, Context::default());
        }
        self.contexts[index] = Context { names: vec![name.to_owned()] };
        self.epoch = next_epoch();
    }

    /// A cell: its row from 1 and its column from 0. Empty ones need not be told.
    pub fn cell(&mut self, row: u64, column: u32, value: &str) {
        if value.is_empty() {
            return;
        }
        let limits = self.session.limits;
        if self.text.len() + value.len() > limits.block_bytes
            || self.segments.len() >= limits.segments_max
        {
            self.flush();
        }
        if !self.text.is_empty() {
            self.text.push(if row == self.row { '\t' } else { '\n' });
        }
        self.row = row;
        let start = self.text.len() as u32;
        self.text.push_str(value);
        let named = column as usize + 1;
        let context = if named < self.contexts.len() { named as u32 } else { 0 };
        let end = self.text.len() as u32;
        self.segments.push(Segment { start, end, context, unit: row, part: column });
    }

    /// Hands on what is left.
    pub fn finish(mut self) {
        self.flush();
    }

    fn flush(&mut self) {
        if self.segments.is_empty() {
            return;
        }
        self.session.emit(&Block {
            text: &self.text,
            segments: &self.segments,
            contexts: &self.contexts,
            paths: &[],
            layout: Layout::Table,
            place: Place { sheet: self.sheet.as_deref(), ..Place::default() },
            repeats: Repeats::default(),
            own_start: 0,
            own_end: self.text.len() as u32,
            contexts_epoch: self.epoch,
        });
        self.text.clear();
        self.segments.clear();
    }
}
