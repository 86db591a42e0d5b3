//! The rows of one row group: groups of columns, batch by batch; and where a group fails, its columns
//! one by one from there.

use super::File;
use super::pages::{Chunk, Failure, OneChunk, Survey};
use super::plan::{self, Group};
use crate::formats::columnar::arrays;
use crate::formats::columnar::codecs::{guarded, malformed};
use crate::formats::columnar::values::Values;
use crate::gaps::{self, Bound};
use crate::limits::Limits;
use crate::spool::Spool;
use arrow_schema::Fields;
use parquet::arrow::arrow_reader::{
    ParquetRecordBatchReader, RowGroups, RowSelection, RowSelector,
};
use parquet::arrow::{FieldLevels, ProjectionMask, parquet_to_arrow_field_levels};
use parquet::column::page::PageIterator;
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, RowGroupMetaData};
use std::sync::Arc;

/// A column of no values is at most so long: a dictionary without entries.
const EMPTY_COLUMN_BYTES_MAX: i64 = 64;

/// Whether a column holds nothing, as those of a file without rows.
fn is_empty(column: &ColumnChunkMetaData) -> bool {
    column.num_values() == 0 && column.compressed_size() <= EMPTY_COLUMN_BYTES_MAX
}

/// One row group.
pub(super) struct Rows<'f> {
    pub file: &'f File,
    pub spool: &'f Spool,
    /// The fields of the schema, without hints.
    pub fields: &'f Fields,
    /// Which row group it is.
    pub index: usize,
    /// Rows that it says to have; more, if it turns out to have more.
    pub rows: u64,
    /// The index of its first record in the file.
    pub first: u64,
}

impl Rows<'_> {
    /// Bytes that it says to take of the file.
    pub fn packed_bytes(&self) -> u64 {
        let columns = self.file.metadata.row_group(self.index).columns().iter();
        let bytes = columns.map(|column| u64::try_from(column.compressed_size()).unwrap_or(0));
        bytes.fold(0, u64::saturating_add)
    }

    /// Reads all columns, and tells how many rows were read in all of them.
    pub fn read(&mut self, values: &mut Values<'_, '_>) -> u64 {
        let group = self.file.metadata.row_group(self.index);
        if self.rows == 0 && group.columns().iter().all(is_empty) {
            return 0;
        }
        let leaves = plan::leaves(self.file.schema.root_schema());
        let surveys: Vec<Survey> = (0..self.file.schema.num_columns())
            .map(|leaf| {
                // What is wrong with it is told where it is read.
                let column = group.columns().get(leaf);
                let chunk = column.and_then(|c| Chunk::new(self.spool, c, values.limits).ok());
                chunk.and_then(|chunk| chunk.survey().ok()).unwrap_or_default()
            })
            .collect();
        let hints = plan::with_hints(self.fields, &surveys);
        let claimed = self.rows;
        let mut inspected = claimed;
        for group in plan::groups(&leaves, &surveys, claimed) {
            let (read, failed) = self.columns(values, &hints, &group, 0);
            let Some(failed) = failed else {
                inspected = inspected.min(self.account(values, &group.roots, read, claimed));
                continue;
            };
            if group.roots.len() == 1 {
                inspected = inspected.min(read);
                self.tell(values, group.roots[0], read, &failed);
                continue;
            }
            for root in &group.roots {
                let alone = Group { roots: vec![*root], ..group };
                let (read, failed) = self.columns(values, &hints, &alone, read);
                match failed {
                    Some(failed) => {
                        inspected = inspected.min(read);
                        self.tell(values, *root, read, &failed);
                    }
                    None => {
                        inspected = inspected.min(self.account(values, &[*root], read, claimed))
                    }
                }
            }
        }
        inspected
    }

    /// Compares the rows that were read with those claimed, and tells how many of these they are.
    fn account(
        &mut self,
        values: &mut Values<'_, '_>,
        roots: &[usize],
        read: u64,
        claimed: u64,
    ) -> u64 {
        if read != claimed {
            let index = self.index;
            values.gap(
                gaps::MALFORMED,
                format!(
                    "row group {index}, column {}: {read} rows instead of {claimed}",
                    roots.first().copied().unwrap_or(0)
                ),
            );
            self.rows = self.rows.max(read);
        }
        read.min(claimed)
    }

    fn tell(&self, values: &mut Values<'_, '_>, root: usize, read: u64, failed: &Bound) {
        let index = self.index;
        let detail =
            format!("row group {index}, column {root}, from row {read} on: {}", failed.detail);
        values.gap(failed.code, detail);
    }

    /// Reads some columns from a row on. Tells up to which row they were read, and why no further.
    fn columns(
        &self,
        values: &mut Values<'_, '_>,
        hints: &Fields,
        group: &Group,
        from: u64,
    ) -> (u64, Option<Bound>) {
        let failure = Failure::default();
        let mut at = from;
        let opened = guarded(|| self.open(values, hints, group, from, &failure));
        let Ok(Ok(mut reader)) = opened else {
            return (at, Some(self.reason(&failure)));
        };
        loop {
            let Ok(next) = guarded(|| reader.next()) else {
                return (at, Some(self.reason(&failure)));
            };
            match next {
                None => return (at, None),
                Some(Ok(batch)) if batch.num_rows() == 0 => return (at, None),
                Some(Ok(batch)) => {
                    arrays::batch(values, &batch, self.first + at);
                    at += batch.num_rows() as u64;
                }
                Some(Err(_)) => return (at, Some(self.reason(&failure))),
            }
        }
    }

    fn open(
        &self,
        values: &Values<'_, '_>,
        hints: &Fields,
        group: &Group,
        from: u64,
        failure: &Failure,
    ) -> Result<ParquetRecordBatchReader, ParquetError> {
        let schema = &self.file.schema;
        let mask = || ProjectionMask::roots(schema, group.roots.iter().copied());
        let levels: FieldLevels = parquet_to_arrow_field_levels(schema, mask(), Some(hints))
            .or_else(|_| parquet_to_arrow_field_levels(schema, mask(), None))?;
        let chunks = Chunks { rows: self, limits: values.limits, failure };
        let selection = (from > 0).then(|| {
            let skip = RowSelector::skip(from as usize);
            let rest = RowSelector::select(self.rows.saturating_sub(from) as usize);
            RowSelection::from(vec![skip, rest])
        });
        ParquetRecordBatchReader::try_new_with_row_groups(
            &levels,
            &chunks,
            group.batch_rows,
            selection,
        )
    }

    /// Why columns could not be read.
    fn reason(&self, failure: &Failure) -> Bound {
        let bound =
            failure.lock().ok().and_then(|mut failure| failure.take()).unwrap_or_else(|| {
                malformed("its values are damaged, or of an encoding that is not supported")
            });
        if self.file.has_encryption && bound.code == gaps::MALFORMED {
            return Bound { code: gaps::ENCRYPTED, detail: "it is encrypted".into() };
        }
        bound
    }
}

/// The column chunks of one row group, for the decoder.
struct Chunks<'r> {
    rows: &'r Rows<'r>,
    limits: &'r Limits,
    failure: &'r Failure,
}

impl RowGroups for Chunks<'_> {
    fn num_rows(&self) -> usize {
        self.rows.rows as usize
    }

    fn column_chunks(&self, leaf: usize) -> Result<Box<dyn PageIterator>, ParquetError> {
        let group = self.rows.file.metadata.row_group(self.rows.index);
        let column = group
            .columns()
            .get(leaf)
            .ok_or_else(|| ParquetError::General("a column is missing".into()))?;
        let failure = Arc::clone(self.failure);
        match Chunk::new(self.rows.spool, column, self.limits) {
            Ok(chunk) => Ok(Box::new(OneChunk { chunk: Some(chunk), failure })),
            Err(bound) => {
                let told = ParquetError::General(bound.detail.clone());
                if let Ok(mut failure) = failure.lock() {
                    failure.get_or_insert(bound);
                }
                Err(told)
            }
        }
    }

    fn row_groups(&self) -> Box<dyn Iterator<Item = &RowGroupMetaData> + '_> {
        Box::new(std::iter::once(self.rows.file.metadata.row_group(self.rows.index)))
    }

    fn metadata(&self) -> &ParquetMetaData {
        &self.rows.file.metadata
    }
}
