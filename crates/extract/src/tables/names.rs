//! Names of a table's columns and rows, kept once for all the cells that bear them.

use crate::limits::Limits;
use crate::tables::pairs::{Pair, pairs};
use crate::text::reader::next_epoch;
use lakegate_core::text::Context;
use std::collections::HashMap;

/// The names of one table. Its first context is that of cells without a name, that of column `c` is
/// `c + 1`, and those behind are of cells that a name at their left tells more of.
#[derive(Debug)]
pub(crate) struct CellNames {
    contexts: Vec<Context>,
    /// Contexts of columns, and the first.
    columns: usize,
    labelled: HashMap<(u32, String), u32>,
    epoch: u64,
}

impl CellNames {
    /// Of a table that has no names yet.
    pub fn new() -> Self {
        Self {
            contexts: vec![Context::default()],
            columns: 1,
            labelled: HashMap::new(),
            epoch: next_epoch(),
        }
    }

    /// Adds to the name of a column, counted from 0, if it may have one. No block with cells that have
    /// names may wait meanwhile.
    pub fn name(&mut self, column: u32, name: &str, limits: &Limits) {
        let index = column as usize + 1;
        let name = name.trim();
        if name.is_empty() || index > limits.named_columns_max {
            return;
        }
        self.forget_labels();
        if self.contexts.len() <= index {
            self.contexts.resize(index + 1, Context::default());
            self.columns = index + 1;
        }
        match self.contexts[index].names.first_mut() {
            Some(known) => {
                known.push(' ');
                known.push_str(name);
            }
            None => self.contexts[index].names.push(name.to_owned()),
        }
    }

    /// Which columns name the cells of which, by their names.
    pub fn pairs(&self) -> Vec<Pair> {
        let columns = self.contexts[..self.columns].iter().skip(1);
        pairs(columns.map(|context| context.names.first().map_or("", String::as_str)))
    }

    /// The context of the cells of a column.
    #[inline]
    pub fn of(&self, column: u32) -> u32 {
        let index = column as usize + 1;
        if index < self.columns { index as u32 } else { 0 }
    }

    /// The context of a cell that also has a name at its left.
    pub fn labelled(&mut self, column: u32, label: &str) -> u32 {
        let of_column = self.of(column);
        let key = (of_column, label.to_owned());
        if let Some(context) = self.labelled.get(&key) {
            return *context;
        }
        let context = self.contexts.len() as u32;
        let mut names = vec![label.to_owned()];
        names.extend(self.contexts[of_column as usize].names.iter().cloned());
        self.contexts.push(Context { names });
        self.labelled.insert(key, context);
        context
    }

    /// Whether names at the left of cells must be forgotten before there are more.
    pub fn is_full(&self, limits: &Limits) -> bool {
        self.contexts.len() - self.columns >= limits.contexts_max
    }

    /// Whether there are names at the left of cells.
    pub fn has_labels(&self) -> bool {
        self.contexts.len() > self.columns
    }

    /// Forgets the names at the left of cells. No block with cells may wait meanwhile.
    pub fn forget_labels(&mut self) {
        self.contexts.truncate(self.columns);
        self.labelled.clear();
        self.epoch = next_epoch();
    }

    /// The names, for a block.
    pub fn contexts(&self) -> &[Context] {
        &self.contexts
    }

    /// The number that stands for the names.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }
}
