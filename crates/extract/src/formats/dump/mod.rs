//! Dumps of databases as SQL: the values of `INSERT` statements and of `COPY` blocks are read as cells of
//! their table, and all else as lines of text. What does not read as values is text too.

mod binary;
mod copy;
mod source;
mod statement;
mod values;

use super::Format;
use crate::gaps;
use crate::session::Session;
use crate::text::encoding;
use crate::writer::{TableWriter, TextWriter};
use binary::Decoded;
use lakegate_core::coverage::{Count, Coverage};
use source::Source;
use statement::Target;
use std::collections::HashMap;
use std::io::Read;

/// Tables whose columns are remembered.
const TABLES_MAX: usize = 10_000;

/// Statements of definition and the heads of others are at most so long.
const HEAD_BYTES_MAX: usize = 64 << 10;

pub(super) fn read(session: &mut Session<'_>, input: &mut dyn Read) -> Coverage {
    let mut head = Vec::new();
    let sniff_bytes = session.limits.sniff_bytes as u64;
    let sniffed = (&mut *input).take(sniff_bytes).read_to_end(&mut head);
    let (encoding, mark_bytes) = encoding::detect(&head).unwrap_or((encoding::Encoding::Utf8, 0));
    let mut rest = head[mark_bytes..].chain(input);
    let mut source = Source::new(&mut rest, encoding, session.limits.value_bytes_max);
    let mut dump =
        Dump { columns: HashMap::new(), rows: HashMap::new(), has_escapes: false, read: 0 };
    let mut lines = 0;
    let mut damaged = 0_u64;
    while source.has_more() {
        lines += dump.prose(session, &mut source);
        damaged += u64::from(!dump.table(session, &mut source));
    }
    let mut coverage = gaps::complete(Format::SqlDump.mime_type());
    coverage.encoding = Some(encoding.name().to_owned());
    coverage.units_inspected = dump.read + lines;
    coverage.rows = Some(Count { inspected: dump.read, total: dump.read });
    if damaged > 0 {
        let note =
            format!("statements whose values are read as text from some place on: {damaged}");
        gaps::note(&mut coverage, note);
    }
    if source.is_cut {
        gaps::gap(&mut coverage, gaps::MALFORMED, "the dump is cut off within values");
    }
    if source.invalid() > 0 {
        let note = format!("not valid {}: {} in all", encoding.name(), source.invalid());
        gaps::note(&mut coverage, note);
    }
    if let Some(error) = sniffed.err().as_ref().or(source.error.as_ref()) {
        let (code, detail) = gaps::of_error("what holds the dump", error);
        gaps::gap(&mut coverage, code, detail);
    }
    coverage
}

struct Dump {
    /// By table, the names of its columns.
    columns: HashMap<String, Vec<String>>,
    /// By table, how many rows were read.
    rows: HashMap<String, u64>,
    /// A backslash escapes, as MySQL has it.
    has_escapes: bool,
    read: u64,
}

impl Dump {
    /// Writes text up to the next values, and tells how many lines it was.
    fn prose(&mut self, session: &mut Session<'_>, source: &mut Source<'_>) -> u64 {
        let mut writer = TextWriter::at_line(session, source.line);
        while source.has_more() {
            if source.is_statement_start {
                let head = source.head(HEAD_BYTES_MAX);
                if statement::target(head).is_some() {
                    break;
                }
                self.learn(head);
            }
            let length = source.line_bytes();
            writer.push(&source.rest()[..length]);
            source.advance(length);
        }
        writer.finish()
    }

    /// Takes from a statement what it tells of later ones.
    fn learn(&mut self, head: &str) {
        self.has_escapes |= head.starts_with("-- MySQL") || head.starts_with("-- MariaDB");
        let Some((name, columns)) = statement::definition(head) else { return };
        // Only MySQL quotes names so.
        self.has_escapes |= head.contains('`');
        if self.columns.len() < TABLES_MAX {
            self.columns.insert(name, columns);
        }
    }

    /// Writes the values of a table, as long as statements are for the same one. `false` if some did not
    /// read as values.
    fn table(&mut self, session: &mut Session<'_>, source: &mut Source<'_>) -> bool {
        let Some(first) = statement::target(source.head(HEAD_BYTES_MAX)) else { return true };
        self.has_escapes |= first.has_ticks;
        let mut writer = TableWriter::new(session, Some(&first.table));
        let known = self.columns.get(&first.table);
        let names = if first.columns.is_empty() { known } else { Some(&first.columns) };
        for (column, name) in (0..).zip(names.into_iter().flatten()) {
            writer.name(column, name);
        }
        let before = self.rows.get(&first.table).copied().unwrap_or(0);
        let mut row = before;
        let mut next = Some(first.clone());
        let mut is_read = true;
        while let Some(target) = next.take().filter(|target| target.is_like(&first)) {
            source.advance(target.values_at);
            is_read = if target.is_copy {
                copy::rows(source, &mut writer, &mut row)
            } else {
                values::rows(source, &mut writer, &mut row, self.has_escapes)
            };
            if is_read {
                source.skip_space();
                next = statement::target(source.head(HEAD_BYTES_MAX));
            }
        }
        writer.finish();
        self.read += row - before;
        if self.rows.len() < TABLES_MAX || self.rows.contains_key(&first.table) {
            self.rows.insert(first.table, row);
        }
        is_read
    }
}

impl Target {
    /// Whether its values can stand in one table with those of another.
    fn is_like(&self, other: &Self) -> bool {
        self.table == other.table && self.columns == other.columns
    }
}

/// Writes a value, or the text that stands in its digits. A file that stands there is read, too.
fn cell(
    writer: &mut TableWriter<'_, '_>,
    (row, column): (u64, u32),
    value: &str,
    decoded: Option<Decoded>,
) {
    match decoded {
        Some(Decoded::Text(text)) => writer.cell(row, column, &text),
        Some(Decoded::File(bytes)) => {
            writer.file(bytes);
            writer.cell(row, column, value);
        }
        None => writer.cell(row, column, value),
    }
}
