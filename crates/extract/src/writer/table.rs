//! Cells of a sheet or of a database's table.

use crate::session::Session;
use crate::tables::names::CellNames;
use lakegate_core::text::{Block, Layout, Place, Repeats, Segment};

/// Writes the cells of one table, in any order.
pub(crate) struct TableWriter<'w, 's> {
    session: &'w mut Session<'s>,
    sheet: Option<String>,
    names: CellNames,
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
            names: CellNames::new(),
            text: String::new(),
            segments: Vec::new(),
            row: 0,
        }
    }

    /// What follows stands in another sheet, whose columns have no names yet.
    pub fn sheet(&mut self, sheet: &str) {
        self.flush();
        self.sheet = Some(sheet.to_owned());
        self.names = CellNames::new();
        self.row = 0;
    }

    /// What follows is another table of the sheet, whose columns have no names yet.
    pub fn unname(&mut self) {
        self.flush();
        self.names = CellNames::new();
    }

    /// Names a column, counted from 0, or adds to its name.
    pub fn name(&mut self, column: u32, name: &str) {
        self.flush();
        self.names.name(column, name, self.session.limits);
    }

    /// A cell: its row from 1 and its column from 0. Empty ones need not be told.
    pub fn cell(&mut self, row: u64, column: u32, value: &str) {
        let context = self.names.of(column);
        self.put(row, column, value, context);
    }

    /// A cell that one at its left names. `false` if there were so many names that they are none.
    pub fn labelled(&mut self, row: u64, column: u32, label: &str, value: &str) -> bool {
        let is_full = self.names.is_full(self.session.limits);
        if is_full {
            self.flush();
            self.names.forget_labels();
        }
        let context =
            if is_full { self.names.of(column) } else { self.names.labelled(column, label) };
        self.put(row, column, value, context);
        !is_full
    }

    fn put(&mut self, row: u64, column: u32, value: &str, context: u32) {
        if value.is_empty() {
            return;
        }
        self.session.look_into(value);
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
            contexts: self.names.contexts(),
            paths: &[],
            layout: Layout::Table,
            place: Place { sheet: self.sheet.as_deref(), ..Place::default() },
            repeats: Repeats::default(),
            own_start: 0,
            own_end: self.text.len() as u32,
            contexts_epoch: self.names.epoch(),
        });
        self.text.clear();
        self.segments.clear();
    }
}
