//! Where something stands, in words by which a person opens it.

use lakegate_core::detection::{Location, Occurrence, cell_reference};

/// The place with the object's name where that makes it one to jump to: `data/a.log:12:7`.
pub(super) fn place(name: &str, occurrence: &Occurrence) -> String {
    match (&occurrence.member, &occurrence.location) {
        (None, Location::LineRange { start, start_column, .. }) => {
            format!("{}:{start}:{start_column}", name.escape_debug())
        }
        _ => place_within(occurrence),
    }
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
