//! Where something stands, in words by which a person opens it.

use super::Scanned;
use lakegate_core::detection::{Location, Occurrence, cell_reference};

/// Types beside those of text whose lines are lines of the file.
const OF_LINES: [&str; 4] =
    ["application/json", "application/jsonl", "application/sql", "message/rfc822"];

/// The place with the object's name where that makes it one to jump to: `data/a.log:12:7`.
pub(super) fn place(scanned: &Scanned, occurrence: &Occurrence) -> String {
    match &occurrence.location {
        Location::LineRange { start, start_column, .. } if is_line_of_file(scanned, occurrence) => {
            format!("{}:{start}:{start_column}", scanned.name.escape_debug())
        }
        _ => place_within(occurrence),
    }
}

/// Whether the lines of an occurrence are those of the object: they may be of a member, of what was
/// compressed, or paragraphs of a document.
pub(super) fn is_line_of_file(scanned: &Scanned, occurrence: &Occurrence) -> bool {
    let mime_type = scanned.result.as_ref().map_or("", |i| i.coverage.mime_type.as_str());
    occurrence.member.is_none() && (mime_type.starts_with("text/") || OF_LINES.contains(&mime_type))
}

/// The place within the object: `inner.zip!b/c.csv: row 3, column 2 (ssn)`.
pub(super) fn place_within(occurrence: &Occurrence) -> String {
    let place = match &occurrence.location {
        Location::Cell { row, column, sheet: Some(sheet), .. } => {
            cell_reference(&sheet.escape_debug().to_string(), *row, *column)
        }
        Location::Page { page_number } => format!("page {page_number}"),
        Location::Cell { row, column, column_name, .. } => match column_name {
            Some(head) => format!("row {row}, column {column} ({})", head.escape_debug()),
            None => format!("row {row}, column {column}"),
        },
        Location::Record { record_index, json_path } if json_path.is_empty() => {
            format!("record {record_index}")
        }
        Location::Record { record_index, json_path } => {
            format!("record {record_index}: {json_path}")
        }
        Location::LineRange { start, start_column, .. } => {
            format!("line {start}, character {start_column}")
        }
    };
    match &occurrence.member {
        Some(member) => format!("{}: {place}", member.escape_debug()),
        None => place,
    }
}
