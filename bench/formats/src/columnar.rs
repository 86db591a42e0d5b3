//! Parquet, beside a bare decode of the same columns by the crate that decodes them here too, and the memory
//! that a large file takes.

use crate::Outcome;
use crate::work::{ONE_CORE, memory_mib, timed};
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, DictionaryArray, Float64Array, Int64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const ROWS: usize = 4_000_000;
const BATCH_ROWS: usize = 1 << 16;
/// The file that is read for its memory is at least so large.
const LARGE_BYTES: u64 = 2 << 30;
const CITIES: [&str; 6] = ["Aachen", "Bergen", "Cork", "Dijon", "Espoo", "Faro"];

pub(crate) fn run() -> Outcome {
    let dir = tempfile::tempdir_in(".")?;
    for kind in ["words of a dictionary", "strings", "mixed", "numbers"] {
        let path = dir.path().join("table.parquet");
        written(&path, kind, |written_rows, _| written_rows < ROWS)?;
        let bare = timed(ONE_CORE, "decode", &[&path])?;
        let read = timed(ONE_CORE, "read", &[&path])?;
        let scan = timed(ONE_CORE, "scan", &[&path])?;
        println!(
            "{kind}, {ROWS} rows, one core: bare decode {bare:.2} s, reading {read:.2} s, ratio {:.2} (goal 0.70); whole \
             scan {scan:.2} s",
            bare / read
        );
    }
    let path = dir.path().join("large.parquet");
    written(&path, "incompressible", |_, bytes| bytes < LARGE_BYTES)?;
    println!(
        "{:.1} GiB of Parquet: peak memory {:.0} MiB where it is decoded, {:.0} MiB where it is looked at (goal under 300)",
        std::fs::metadata(&path)?.len() as f64 / (1u64 << 30) as f64,
        memory_mib("read", &path)?,
        memory_mib("scan", &path)?
    );
    Ok(())
}

/// Decodes all columns of a file.
pub(crate) fn decode(path: &Path) -> Outcome {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path)?)?.build()?;
    let mut rows = 0;
    for batch in reader {
        rows += batch?.num_rows();
    }
    if rows > 0 { Ok(()) } else { Err("no rows".into()) }
}

/// Writes batches as long as `goes_on` says of the rows and bytes so far.
fn written(path: &PathBuf, kind: &str, goes_on: impl Fn(usize, u64) -> bool) -> Outcome {
    let first = batch(kind, 0)?;
    let mut writer = ArrowWriter::try_new(File::create(path)?, first.schema(), None)?;
    let mut rows = 0;
    while goes_on(rows, writer.bytes_written() as u64) {
        writer.write(&batch(kind, rows)?)?;
        rows += BATCH_ROWS;
    }
    writer.close()?;
    Ok(())
}

fn batch(kind: &str, first: usize) -> Result<RecordBatch, Box<dyn std::error::Error>> {
    let rows = || first..first + BATCH_ROWS;
    let scattered = |row: usize| (row as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let integers = || -> ArrayRef {
        Arc::new(Int64Array::from_iter_values(rows().map(|row| (scattered(row) >> 40) as i64)))
    };
    let floats = || -> ArrayRef {
        let value = |row| (scattered(row) >> 44) as f64 / 100.0;
        Arc::new(Float64Array::from_iter_values(rows().map(value)))
    };
    let strings = || -> ArrayRef {
        let value = |row| format!("order {} of shelf {}", scattered(row) >> 40, row % 977);
        Arc::new(StringArray::from_iter_values(rows().map(value)))
    };
    let words = || -> ArrayRef {
        let values = rows().map(|row| CITIES[row % CITIES.len()]);
        Arc::new(values.collect::<DictionaryArray<Int32Type>>())
    };
    let digests = || -> ArrayRef {
        let value = |row: usize| {
            let word = |seed: usize| scattered(row.wrapping_mul(31) + seed);
            format!("{:016x}{:016x}{:016x}", word(1), word(2), word(3))
        };
        Arc::new(StringArray::from_iter_values(rows().map(value)))
    };
    let columns = match kind {
        "words of a dictionary" => vec![("city", words()), ("port", words())],
        "strings" => vec![("note", strings()), ("remark", strings())],
        "mixed" => {
            vec![("order", integers()), ("note", strings()), ("city", words()), ("price", floats())]
        }
        "numbers" => vec![("order", integers()), ("price", floats()), ("stock", integers())],
        _ => vec![("digest", digests()), ("price", floats()), ("other", digests())],
    };
    Ok(RecordBatch::try_from_iter(columns)?)
}
