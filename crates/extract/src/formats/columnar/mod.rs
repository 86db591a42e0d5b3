//! Columnar and record formats: Parquet, ORC, Arrow and Avro, of which the tables of a data lake are
//! made. Each gives its values by one way to text ([`values::Values`]), with the record's index in the
//! whole object and the path in it.
//!
//! Footers, counts and sizes in such files are claims. Nothing is taken into memory, expanded or looped
//! over because of a claim alone.

mod arrays;
pub(super) mod avro;
mod codecs;
pub(crate) mod ipc;
pub(super) mod orc;
pub(super) mod parquet;
mod values;
mod wkb;
mod words;

use crate::session::Session;
use crate::writer::TextWriter;
use lakegate_core::coverage::Coverage;

/// Reads what a format says about itself in words, such as the key-value metadata of a footer: it may
/// hold samples, names and statistics. It counts as lines of text.
fn metadata<'t>(session: &mut Session<'_>, pairs: impl Iterator<Item = (&'t str, &'t str)>) {
    let mut writer = TextWriter::new(session, None);
    for (key, value) in pairs {
        writer.push(key);
        writer.push(": ");
        writer.push(value);
        writer.push("\n");
    }
    writer.finish();
}

/// Nothing of the object could be read.
fn skipped(format: super::Format, bound: &crate::gaps::Bound) -> Coverage {
    crate::gaps::skipped(format.mime_type(), bound.code, bound.detail.clone())
}
