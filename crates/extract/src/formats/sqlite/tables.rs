//! The rows of one table, and the files that it holds in columns of bytes.

use super::blob;
use super::pages::Walk;
use super::record::Value;
use super::schema::Table;
use crate::gaps;
use crate::runs::KEY_BYTES_MAX;
use crate::session::Session;
use crate::sniff::{Kind, sniff};
use crate::writer::TableWriter;
use encoding_rs::Encoding;
use lakegate_core::coverage::Coverage;
use std::collections::BTreeMap;

/// Reads one table.
pub(super) struct Reading<'r, 's> {
    pub session: &'r mut Session<'s>,
    pub encoding: &'static Encoding,
    pub table: &'r Table,
    /// What is worth a note, and how often it was met.
    pub told: &'r mut BTreeMap<&'static str, u64>,
}

impl Reading<'_, '_> {
    /// Reads all rows, and tells how many there were.
    pub fn read(&mut self, walk: &mut Walk<'_, '_>, coverage: &mut Coverage) -> u64 {
        let (table, encoding) = (self.table, self.encoding);
        let again = walk.again();
        let mut writer = TableWriter::new(self.session, Some(&table.name));
        for (column, name) in &table.columns {
            writer.name(*column, name);
        }
        let mut row = 0;
        let mut blobs = 0;
        let mut buffer = String::new();
        walk.rows(table.root, &mut |number, values| {
            row += 1;
            for (place, value) in values.iter().enumerate() {
                let place = place_in_row(table, number, place);
                let value = match (value, number) {
                    (Value::Null, Some(number)) if table.number_column == Some(place) => {
                        Value::Integer(number)
                    }
                    (value, _) => *value,
                };
                let plain = blob(&value).and_then(plain_text);
                blobs += u64::from(blob(&value).is_some() && plain.is_none());
                if let Some(text) = plain.or_else(|| value.text(encoding, &mut buffer)) {
                    writer.cell(row, column(table, place), text);
                }
            }
        });
        writer.finish();
        if blobs > 0 {
            self.read_blobs(again, coverage);
        }
        row
    }

    /// Goes over the rows again, now for their bytes.
    fn read_blobs(&mut self, mut walk: Walk<'_, '_>, coverage: &mut Coverage) {
        let table = self.table;
        let mut row = 0_u64;
        let mut goes_on = true;
        walk.rows(table.root, &mut |number, values| {
            row += 1;
            for (place, value) in values.iter().enumerate() {
                let bytes = blob(value).filter(|bytes| goes_on && plain_text(bytes).is_none());
                let Some(bytes) = bytes else { continue };
                let place = place_in_row(table, number, place);
                goes_on = self.read_blob(row, column(table, place), bytes, coverage);
            }
        });
    }

    /// Reads bytes that can be told to be something. `false` if no further ones need be tried.
    fn read_blob(&mut self, row: u64, column: u32, bytes: &[u8], coverage: &mut Coverage) -> bool {
        let head = &bytes[..bytes.len().min(self.session.limits.sniff_bytes)];
        let is_whole = head.len() == bytes.len();
        if matches!(sniff(head, is_whole, self.session.limits), Kind::Unreadable(_)) {
            *self.told.entry("values of bytes that are nothing readable").or_default() += 1;
            if bytes.len() > KEY_BYTES_MAX {
                let detail =
                    format!("row {row}, column {}: bytes that are not readable", column + 1);
                gaps::gap(coverage, gaps::UNSUPPORTED, detail);
            }
            return true;
        }
        let name = format!("{} row {row} column {}", self.table.name, column + 1);
        match self.session.within(&name, &mut &bytes[..], None) {
            Ok(inner) => {
                for gap in &inner.gaps {
                    let detail = format!("row {row}, column {}: {}", column + 1, gap.detail);
                    gaps::gap(coverage, &gap.code, detail);
                }
                true
            }
            Err(bound) => {
                gaps::gap(coverage, bound.code, bound.detail);
                false
            }
        }
    }
}

/// Bytes that are a line of text are a cell's text, unless they may be a text with names of its own.
fn plain_text(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| text.len() <= TEXT_BYTES_MAX)?;
    let is_plain =
        !text.contains(char::is_control) && !text.trim_start().starts_with(['{', '[', '<', '%']);
    is_plain.then_some(text)
}

/// Longer bytes may be a document, and are read as what they are.
const TEXT_BYTES_MAX: usize = 256;

/// The place that a value would have in a table with row numbers.
fn place_in_row(table: &Table, number: Option<i64>, place: usize) -> usize {
    match number {
        Some(_) => place,
        None => table.keyed_order.get(place).copied().unwrap_or(place),
    }
}

/// The column of a place: columns that are not stored count too.
fn column(table: &Table, place: usize) -> u32 {
    table.columns.get(place).map_or(place as u32, |column| column.0)
}
