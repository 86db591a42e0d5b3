//! Cells of a sheet or of a database's table.

use crate::embedded::Embedded;
use crate::session::Session;
use crate::tables::names::CellNames;
use crate::tables::pairs::{Pair, RESTARTS_MAX};
use lakegate_core::text::{Block, Layout, Place, Repeats, Segment};

/// Writes the cells of one table, in any order.
pub(crate) struct TableWriter<'w, 's> {
    session: &'w mut Session<'s>,
    sheet: Option<String>,
    names: CellNames,
    /// Columns that name others; `None` if it is not known which.
    pairs: Option<Vec<Pair>>,
    /// By pair, the name in the row of that number so far.
    labels: Vec<String>,
    labels_row: u64,
    /// How often all such names were forgotten.
    restarts: u32,
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
            pairs: None,
            labels: Vec::new(),
            labels_row: 0,
            restarts: 0,
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
        self.pairs = None;
        self.row = 0;
    }

    /// What follows is another table of the sheet, whose columns have no names yet.
    pub fn unname(&mut self) {
        self.flush();
        self.names = CellNames::new();
        self.pairs = None;
    }

    /// Names a column, counted from 0, or adds to its name.
    pub fn name(&mut self, column: u32, name: &str) {
        self.flush();
        self.names.name(column, name, self.session.limits);
        self.pairs = None;
    }

    /// A cell: its row from 1 and its column from 0. Empty ones need not be told.
    pub fn cell(&mut self, row: u64, column: u32, value: &str) {
        if self.pairs.as_ref().is_none_or(|pairs| !pairs.is_empty()) {
            self.paired(row, column, value);
            return;
        }
        let context = self.names.of(column);
        self.put(row, column, value, context);
    }

    /// A cell of a table in which some name others, unless there are none.
    fn paired(&mut self, row: u64, column: u32, value: &str) {
        let pairs = self.pairs.take().unwrap_or_else(|| self.names.pairs());
        self.labels.resize(pairs.len(), String::new());
        if self.labels_row != row {
            self.labels_row = row;
            self.labels.iter_mut().for_each(String::clear);
        }
        let of_value = pairs.iter().position(|pair| pair.value == column);
        let label = of_value.map(|pair| std::mem::take(&mut self.labels[pair]));
        match label.filter(|label| !label.is_empty()) {
            Some(label) => self.restarts += u32::from(!self.labelled(row, column, &label, value)),
            None => self.put(row, column, value, self.names.of(column)),
        }
        for (index, pair) in pairs.iter().enumerate().filter(|(_, pair)| pair.attribute == column) {
            if let Some(label) = pair.roles.label(value) {
                self.labels[index].push_str(label);
                self.name_before(row, pair.value, label);
            }
        }
        self.pairs = Some(if self.restarts > RESTARTS_MAX { Vec::new() } else { pairs });
    }

    /// Names the cell of a column that stands before what names it.
    fn name_before(&mut self, row: u64, column: u32, label: &str) {
        let of_row = |segment: &&mut Segment| segment.unit == row;
        let mut cells = self.segments.iter_mut().rev().take_while(of_row);
        if let Some(cell) = cells.find(|cell| cell.part == column)
            && !self.names.is_full(self.session.limits)
        {
            cell.context = self.names.labelled(column, label);
        }
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

    /// A file that stands in a cell.
    pub fn file(&mut self, bytes: Vec<u8>) {
        self.session.read_embedded(&Embedded::file(bytes));
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
