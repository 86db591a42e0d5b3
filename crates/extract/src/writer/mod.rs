//! From what a document's reader finds to blocks: lines of text, cells of a table, values of records.
//! Writers gather small pieces, hand on blocks of a good size, and keep names once for all values that
//! bear them.

mod record_labels;
mod records;
mod table;
mod text;

pub(crate) use crate::text::prose::Tables;
pub(crate) use records::{Node, RecordWriter};
pub(crate) use table::TableWriter;
pub(crate) use text::TextWriter;
