//! SQLite databases, table by table, without the library: only what a reader of rows needs, and no trust
//! in what pages claim. Indexes hold copies and are not read; neither is what was deleted.

mod pages;
mod record;
pub(super) mod schema;
mod tables;

use super::Format;
use crate::gaps;
use crate::session::Session;
use crate::spool::Spool;
use crate::writer::TextWriter;
use encoding_rs::Encoding;
use lakegate_core::coverage::{Count, Coverage};
use pages::{Database, Walk};
use record::Value;
use schema::Table;
use std::collections::BTreeMap;
use tables::Reading;

const HEADER_BYTES: usize = 100;

pub(super) fn read(session: &mut Session<'_>, spool: &Spool) -> Coverage {
    let mime_type = Format::Sqlite.mime_type();
    let header = spool.bytes(0, HEADER_BYTES).unwrap_or_default();
    let Some(database) = Database::new(spool, &header) else {
        return gaps::skipped(mime_type, gaps::MALFORMED, "the database's header is damaged");
    };
    let mut coverage = gaps::complete(mime_type);
    if database.is_cut() {
        gaps::gap(&mut coverage, gaps::MALFORMED, "the database is cut off");
    }
    if header.get(18..20).is_some_and(|versions| versions.contains(&2)) {
        let note = "the newest rows may be in a write-ahead log, which is another object (`-wal`)";
        gaps::note(&mut coverage, note);
    }
    gaps::note(&mut coverage, "deleted rows that are still in the file are not read");
    let encoding = match header.get(59) {
        Some(2) => encoding_rs::UTF_16LE,
        Some(3) => encoding_rs::UTF_16BE,
        _ => encoding_rs::UTF_8,
    };
    coverage.encoding = Some(encoding.name().to_owned());
    read_tables(session, &database, encoding, &mut coverage);
    coverage
}

fn read_tables(
    session: &mut Session<'_>,
    database: &Database<'_>,
    encoding: &'static Encoding,
    coverage: &mut Coverage,
) {
    let mut walk = Walk::new(database, session.limits.document_bytes_max);
    let (tables, statements) = schema(&mut walk, encoding);
    walk.tell("the schema", coverage);
    let mut writer = TextWriter::new(session, None);
    writer.push(&statements);
    writer.finish();
    let mut rows = Count::default();
    let mut whole = Count { inspected: 0, total: tables.len() as u64 };
    let mut told = BTreeMap::new();
    for (number, table) in tables.iter().enumerate() {
        let before = coverage.gaps.len();
        let mut reading = Reading { session, encoding, table, told: &mut told };
        let read = reading.read(&mut walk, coverage);
        walk.tell(&format!("table {}", number + 1), coverage);
        rows.inspected += read;
        rows.total += read;
        whole.inspected += u64::from(coverage.gaps.len() == before);
    }
    for (note, count) in told {
        gaps::note(coverage, format!("{note}: {count}"));
    }
    coverage.units_inspected += rows.inspected;
    coverage.rows = Some(rows);
    coverage.pages = Some(whole);
}

/// The tables of a database, and all its statements of definition.
fn schema(walk: &mut Walk<'_, '_>, encoding: &'static Encoding) -> (Vec<Table>, String) {
    let mut tables = Vec::new();
    let mut statements = String::new();
    let mut text = String::new();
    walk.rows(1, &mut |_, row| {
        let mut fields = [const { String::new() }; 5];
        for (field, value) in fields.iter_mut().zip(row) {
            if let Some(value) = value.text(encoding, &mut text) {
                value.clone_into(field);
            }
        }
        let [kind, name, _, root, statement] = fields;
        if !statement.is_empty() {
            statements.push_str(&statement);
            statements.push_str(";\n");
        }
        if let (true, Ok(root @ 1..)) = (kind == "table", root.parse()) {
            tables.push(Table::new(name, root, &statement));
        }
    });
    (tables, statements)
}

/// A value that is bytes.
fn blob<'v>(value: &Value<'v>) -> Option<&'v [u8]> {
    match value {
        Value::Blob(bytes) if !bytes.is_empty() => Some(bytes),
        _ => None,
    }
}
