//! The same planted values in every format and container: the same detections, each at its right place.
//!
//! One table of two people is written in each format (`formats.rs`), and each of those objects is put
//! into each container (`containers.rs`). What is found must be the planted values and nothing else, at
//! the places that the format's case names, with the member's path before them.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A test that fails may panic.

mod containers;
mod documents;
mod formats;
mod long_tables;
mod mutated;
mod named_values;

use lakegate_core::coverage::CoverageStatus;
use lakegate_core::detection::{Location, Occurrence, cell_reference};
use lakegate_detect::{Ruleset, Selection};
use lakegate_extract::Limits;
use lakegate_scan::{FingerprintKey, Inspected, Inspector};

/// The planted values, by column: a name of the column, and the values of the two people.
pub(crate) const TABLE: [(&str, [&str; 2]); 3] = [
    ("card", ["4539726167513615", "5425233430109903"]),
    ("ssn", ["318-49-3004", "219-09-9998"]),
    ("email", ["mira@larkspur.example", "jon@larkspur.example"]),
];

/// The identifier of each column.
const IDENTIFIERS: [&str; 3] =
    ["CREDIT_CARD_NUMBER", "USA_SOCIAL_SECURITY_NUMBER", "EMAIL_ADDRESS"];

/// An object of one format.
pub(crate) struct Case {
    name: &'static str,
    object: Vec<u8>,
    /// The member in which the table stands, or nothing.
    member: &'static str,
    /// Where the value of column `c` of person `p` stands.
    place: fn(c: usize, p: usize) -> String,
}

fn inspector() -> Inspector {
    inspector_of(&IDENTIFIERS.join(","))
}

fn inspector_of(identifiers: &str) -> Inspector {
    let selection = Selection::parse(identifiers, "").unwrap();
    let rules = Ruleset::new(&selection, &[], Vec::new()).unwrap();
    Inspector::new(rules, FingerprintKey::derive(b"test"), Limits::default())
}

fn place(occurrence: &Occurrence) -> String {
    let member = occurrence.member.as_deref().map_or(String::new(), |member| format!("{member}: "));
    let place = match &occurrence.location {
        Location::Cell { row, column, column_name, sheet: None } => {
            format!("R{row}C{column} {}", column_name.as_deref().unwrap_or("-"))
        }
        Location::Cell { row, column, sheet: Some(sheet), column_name } => {
            let name = column_name.as_deref().unwrap_or("-");
            format!("{} {name}", cell_reference(sheet, *row, *column))
        }
        Location::Record { record_index, json_path } => format!("{record_index} {json_path}"),
        Location::LineRange { start, .. } => format!("line {start}"),
        Location::Page { page_number } => format!("page {page_number}"),
    };
    format!("{member}{place}")
}

fn found(inspected: &Inspected) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for detection in &inspected.detections {
        assert_eq!(detection.count, detection.occurrences.len() as u64);
        let places = detection.occurrences.iter().map(place);
        found.extend(places.map(|place| format!("{} at {place}", detection.identifier)));
    }
    found.sort();
    found
}

fn expected(case: &Case, members: &[&str]) -> Vec<String> {
    let mut all = Vec::new();
    for member in members {
        let path = [*member, case.member].into_iter().filter(|part| !part.is_empty());
        let path = path.collect::<Vec<_>>().join("!");
        let within = if path.is_empty() { path } else { format!("{path}: ") };
        for (column, identifier) in IDENTIFIERS.iter().enumerate() {
            for person in 0..2 {
                all.push(format!("{identifier} at {within}{}", (case.place)(column, person)));
            }
        }
    }
    all.sort();
    all
}

fn check(what: &str, object: &[u8], expected: &[String]) -> Result<(), String> {
    let inspected = inspector().inspect_from(&mut &object[..]).unwrap();
    let coverage = &inspected.coverage;
    let found = found(&inspected);
    if found == expected
        && coverage.status == CoverageStatus::Complete
        && coverage.bytes_total == object.len() as u64
    {
        return Ok(());
    }
    Err(format!("=== {what}\n{coverage:?}\nexpected {expected:#?}\nfound {found:#?}"))
}

#[test]
fn every_format_gives_the_planted_values_at_their_places() {
    let cases = formats::all();
    let results = cases.iter().map(|case| check(case.name, &case.object, &expected(case, &[""])));
    let failures: Vec<String> = results.filter_map(Result::err).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_container_gives_what_its_members_give() {
    let mut failures = Vec::new();
    for case in formats::all() {
        for container in containers::ALL {
            let object = (container.put)(&case.object);
            let what = format!("{} in {}", case.name, container.name);
            failures.extend(check(&what, &object, &expected(&case, container.members)).err());
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The names of columns tell of values far below them, in each format that has tables.
#[test]
fn columns_are_named_however_long_they_are() {
    let cases = long_tables::all();
    let results = cases.iter().map(|case| check(case.name, &case.object, &case.expected()));
    let failures: Vec<String> = results.filter_map(Result::err).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Numbers of passports are found by names that stand beside them, above them or elsewhere, and numbers that
/// look the same are not.
#[test]
fn values_are_found_by_what_names_them() {
    let inspector = inspector_of("USA_PASSPORT_NUMBER");
    let mut failures = Vec::new();
    for case in named_values::all() {
        let inspected = inspector.inspect_from(&mut &case.object[..]).unwrap();
        let count: u64 = inspected.detections.iter().map(|detection| detection.count).sum();
        let is_complete = inspected.coverage.status == CoverageStatus::Complete;
        if count != named_values::ROWS as u64 || !is_complete {
            let places = found(&inspected);
            let first = places.first().map_or("", String::as_str);
            failures
                .push(format!("{}: {count}, first {first}\n{:?}", case.name, inspected.coverage));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// What stands before or behind a container is read, or told as not read.
#[test]
fn bytes_around_a_container_are_not_passed_over() {
    const HIDDEN: &[u8] = b"\nssn: 318-49-3004\n";
    let mut failures = Vec::new();
    for container in containers::ALL {
        let object = (container.put)(b"nothing here\n");
        let mut around = vec![("behind", [&object, HIDDEN].concat())];
        around.push(("far behind", [&object, &[0; 3_000][..], HIDDEN].concat()));
        if container.name == "ZIP" {
            around.push(("before", [HIDDEN, &object].concat()));
            // Between the directory and its end record, and as long as a member's descriptor.
            let end = object.len() - 22;
            around.push(("before the end of", [&object[..end], HIDDEN, &object[end..]].concat()));
        }
        if container.name == "LZ4" {
            let empty = (container.put)(b"");
            let again = (container.put)(HIDDEN);
            around
                .push(("behind an empty frame of", [&object, &empty[..], &empty, &again].concat()));
        }
        for (place, object) in around {
            let inspected = inspector().inspect_from(&mut &object[..]).unwrap();
            let is_complete = inspected.coverage.status == CoverageStatus::Complete;
            if is_complete && inspected.detections.is_empty() {
                failures.push(format!("{place} {}: {:?}", container.name, inspected.coverage));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
