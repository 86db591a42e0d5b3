//! Parquet: row group by row group, and in each a few columns at a time, so that memory is bounded by
//! pages and batches and not by the file. What of a row group cannot be decoded is told, and the rest
//! read.

mod header;
mod pages;
mod plan;
mod rows;

use super::arrays;
use super::codecs::{guarded, malformed};
use super::values::Values;
use crate::formats::Format;
use crate::gaps::{self, Bound};
use crate::session::Session;
use crate::spool::Spool;
use crate::writer::RecordWriter;
use lakegate_core::coverage::{Count, Coverage};
use parquet::arrow::parquet_to_arrow_schema;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};
use parquet::schema::types::SchemaDescriptor;
use rows::Rows;

/// The mark at the end, with the length of the footer before it.
const TAIL_BYTES: u64 = 8;

/// The field of the footer that says how columns are encrypted.
const ENCRYPTION_FIELD: i64 = 8;

pub(in crate::formats) fn read(session: &mut Session<'_>, spool: &Spool) -> Coverage {
    match open(session, spool) {
        Ok(file) => file.read(session, spool),
        Err(bound) => super::skipped(Format::Parquet, &bound),
    }
}

/// What the footer says.
struct File {
    metadata: ParquetMetaData,
    /// The schema, in which texts are bytes: they need not be valid, and then are read all the same.
    schema: SchemaDescriptor,
    /// Some columns are encrypted, and the footer is not.
    has_encryption: bool,
}

fn open(session: &Session<'_>, spool: &Spool) -> Result<File, Bound> {
    let footer = footer(session, spool)?;
    let has_encryption = header::has_field(&footer, ENCRYPTION_FIELD);
    let decoded = guarded(|| ParquetMetaDataReader::decode_metadata(&footer));
    let metadata = decoded.and_then(|decoded| {
        decoded.map_err(|_| {
            if has_encryption {
                let detail = "its columns are encrypted".into();
                return Bound { code: gaps::ENCRYPTED, detail };
            }
            malformed("the footer is damaged")
        })
    })?;
    let root = plan::of_bytes(metadata.file_metadata().schema_descr().root_schema(), 0)?;
    Ok(File { metadata, schema: SchemaDescriptor::new(root), has_encryption })
}

fn footer(session: &Session<'_>, spool: &Spool) -> Result<bytes::Bytes, Bound> {
    let damaged = |error: std::io::Error| {
        let (code, detail) = gaps::of_error("the file", &error);
        Bound { code, detail }
    };
    let size_bytes = spool.size_bytes();
    let tail_at = size_bytes.saturating_sub(TAIL_BYTES);
    let tail = spool.bytes(tail_at, TAIL_BYTES as usize).map_err(damaged)?;
    let (length, mark) = match tail.first_chunk::<4>() {
        Some(length) => (u64::from(u32::from_le_bytes(*length)), &tail[4..]),
        None => return Err(malformed("there is no footer: it is cut off")),
    };
    if mark == b"PARE" {
        return Err(Bound { code: gaps::ENCRYPTED, detail: "the footer is encrypted".into() });
    }
    if mark != b"PAR1" {
        return Err(malformed("there is no footer at its end: it is cut off"));
    }
    if length > tail_at {
        return Err(malformed("the footer is longer than the file"));
    }
    if length > session.limits.document_bytes_max {
        let detail = "the footer is longer than what is read as a whole".into();
        return Err(Bound { code: gaps::TOO_BIG, detail });
    }
    spool.bytes(tail_at - length, length as usize).map_err(damaged)
}

impl File {
    fn read(&self, session: &mut Session<'_>, spool: &Spool) -> Coverage {
        self.metadata_text(session);
        let Ok(Ok(schema)) = guarded(|| parquet_to_arrow_schema(&self.schema, None)) else {
            let bound = malformed("the schema cannot be understood");
            return super::skipped(Format::Parquet, &bound);
        };
        let fields = schema.fields;
        let mut values = Values::new(RecordWriter::new(session), Format::Parquet);
        arrays::keep_schema(&mut values, &fields);
        let mut count = Count::default();
        let mut packed_bytes = 0_u64;
        for index in 0..self.metadata.num_row_groups() {
            let claimed = self.metadata.row_group(index).num_rows();
            let mut rows = Rows {
                file: self,
                spool,
                fields: &fields,
                index,
                rows: u64::try_from(claimed).unwrap_or(0),
                first: count.total,
            };
            if claimed < 0 {
                values
                    .gap(gaps::MALFORMED, format!("row group {index} says to have {claimed} rows"));
            }
            packed_bytes = packed_bytes.saturating_add(rows.packed_bytes());
            if packed_bytes > spool.size_bytes() {
                values.gap(gaps::MALFORMED, format!("row group {index} overlaps another"));
            } else {
                count.inspected += rows.read(&mut values);
            }
            count.total = count.total.saturating_add(rows.rows);
        }
        if u64::try_from(self.metadata.file_metadata().num_rows()) != Ok(count.total) {
            gaps::note(&mut values.coverage, "the footer counts other rows than its row groups");
        }
        values.finish(count)
    }

    /// What is said beside the data: by whom it was written, and key-value metadata. The schema of Arrow
    /// is left out: its names are known from the columns.
    fn metadata_text(&self, session: &mut Session<'_>) {
        let metadata = self.metadata.file_metadata();
        let pairs = metadata.key_value_metadata().into_iter().flatten();
        let pairs = pairs
            .filter(|pair| pair.key != "ARROW:schema")
            .map(|pair| (pair.key.as_str(), pair.value.as_deref().unwrap_or("")));
        super::metadata(
            session,
            metadata.created_by().map(|by| ("created_by", by)).into_iter().chain(pairs),
        );
    }
}
