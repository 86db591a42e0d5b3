//! SARIF 2.1.0: a result for each place where something was found, and one for each object that was not
//! read whole. A line is told only where it is one of the file that the result names.

use super::place::{is_line_of_file, place, place_within};
use super::{Scanned, coverage, detections, verdict};
use lakegate_core::coverage::{Coverage, CoverageStatus};
use lakegate_core::detection::{Detection, Location, Occurrence};
use lakegate_core::verdict::{Severity, Verdict};
use lakegate_extract::ROWS_ARE_NOT_LINES;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// Results of one detection and object; the last one says how many more there are.
const RESULTS_MAX: usize = 100;

/// The rule of objects that were not read whole.
const NOT_FULLY_READ: &str = "lakegate/not-fully-read";

/// The schema's own address, by which readers find it.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Collects results, and the rules that they name.
#[derive(Default)]
pub(super) struct Sarif {
    results: Vec<Json>,
    rules: Vec<Json>,
    numbers: BTreeMap<String, usize>,
}

impl Sarif {
    /// Adds the results of an object.
    pub(super) fn add(&mut self, scanned: &Scanned) {
        for detection in detections(scanned) {
            self.add_detection(scanned, detection);
        }
        let coverage = coverage(scanned);
        if coverage.status != CoverageStatus::Complete || !coverage.gaps.is_empty() {
            self.add_not_read(scanned, &coverage);
        }
    }

    /// The whole document.
    pub(super) fn finish(self) -> Json {
        json!({
            "$schema": SCHEMA,
            "version": "2.1.0",
            "runs": [{
                "tool": { "driver": {
                    "name": "lakegate", "version": env!("CARGO_PKG_VERSION"), "rules": self.rules,
                } },
                "columnKind": "unicodeCodePoints",
                "results": self.results,
            }],
        })
    }

    fn add_detection(&mut self, scanned: &Scanned, detection: &Detection) {
        let rule = self.rule(&detection.identifier, || {
            json!({
                "shortDescription": { "text": detection.name },
                "properties": { "tags": [detection.category] },
            })
        });
        let level = match detection.severity {
            Severity::High => "error",
            Severity::Medium => "warning",
            Severity::Low => "note",
        };
        let shown = detection.occurrences.len().min(RESULTS_MAX);
        let left = detection.count - shown as u64;
        for (number, occurrence) in detection.occurrences.iter().take(shown).enumerate() {
            let mut message = format!("{} at {}", detection.name, place(scanned, occurrence));
            if number + 1 == shown && left > 0 {
                message.push_str(&format!("; {left} more in this object are not listed"));
            }
            let mut result = json!({
                "ruleId": detection.identifier,
                "ruleIndex": rule,
                "level": level,
                "message": { "text": message },
                "locations": [location(scanned, occurrence)],
                "partialFingerprints": { "lakegate/v1": occurrence.fingerprint },
            });
            if let Some(rule) = &scanned.archived_by {
                result["suppressions"] = json!([{ "kind": "external", "justification": rule }]);
            }
            self.results.push(result);
        }
    }

    fn add_not_read(&mut self, scanned: &Scanned, coverage: &Coverage) {
        let rule = self.rule(NOT_FULLY_READ, || {
            json!({
                "shortDescription": { "text": "Not fully read" },
                "fullDescription": { "text":
                    "An object of which not everything was read: what it holds is not known." },
            })
        });
        let verdict = verdict(scanned);
        let level = match verdict {
            Verdict::Failed | Verdict::Unscannable => "error",
            Verdict::Clean | Verdict::Findings | Verdict::Partial => "warning",
        };
        let gaps: Vec<String> =
            coverage.gaps.iter().map(|gap| format!("{}: {}", gap.code, gap.detail)).collect();
        let mut codes: Vec<&str> = coverage.gaps.iter().map(|gap| gap.code.as_str()).collect();
        codes.sort_unstable();
        codes.dedup();
        self.results.push(json!({
            "ruleId": NOT_FULLY_READ,
            "ruleIndex": rule,
            "level": level,
            "message": { "text": format!("{verdict}, not fully read: {}", gaps.join("; ")) },
            "locations": [{ "physicalLocation": { "artifactLocation": { "uri": uri(&scanned.name) } } }],
            "properties": { "verdict": verdict, "coverage": coverage.status, "reasons": codes },
        }));
    }

    /// The number of a rule, which is told once.
    fn rule(&mut self, id: &str, described: impl FnOnce() -> Json) -> usize {
        if let Some(number) = self.numbers.get(id) {
            return *number;
        }
        let mut rule = described();
        rule["id"] = json!(id);
        self.rules.push(rule);
        self.numbers.insert(id.to_owned(), self.rules.len() - 1);
        self.rules.len() - 1
    }
}

fn location(scanned: &Scanned, occurrence: &Occurrence) -> Json {
    let mut physical = json!({ "artifactLocation": { "uri": uri(&scanned.name) } });
    match &occurrence.location {
        Location::LineRange { start, end, start_column }
            if is_line_of_file(scanned, occurrence) =>
        {
            physical["region"] =
                json!({ "startLine": start, "endLine": end, "startColumn": start_column });
            return json!({ "physicalLocation": physical });
        }
        Location::Cell { row, sheet: None, .. }
            if is_line_of_file(scanned, occurrence) && rows_are_lines(scanned) =>
        {
            physical["region"] = json!({ "startLine": row });
        }
        _ => {}
    }
    let kind = match &occurrence.location {
        Location::Cell { .. } => "cell",
        Location::Record { .. } => "value",
        Location::Page { .. } => "page",
        Location::LineRange { .. } => "text",
    };
    json!({
        "physicalLocation": physical,
        "logicalLocations": [{ "fullyQualifiedName": place_within(occurrence), "kind": kind }],
    })
}

/// Whether a row's number is its line's: in tables that are text and whose cells are of one line each.
fn rows_are_lines(scanned: &Scanned) -> bool {
    scanned.result.as_ref().is_ok_and(|inspected| {
        let coverage = &inspected.coverage;
        matches!(coverage.mime_type.as_str(), "text/csv" | "text/tab-separated-values")
            && !coverage.notes.iter().any(|note| note == ROWS_ARE_NOT_LINES)
    })
}

/// The name of an object as a URI: of a path that begins at the root with its scheme, of another one
/// relative to where the scan was started. What an URI can not hold is percent-encoded.
fn uri(name: &str) -> String {
    let (mut uri, path) = match name.split_once("://") {
        Some(("s3", path)) => ("s3://".to_owned(), path),
        _ if name.starts_with('/') => ("file://".to_owned(), name),
        _ => (String::new(), name),
    };
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn names_become_uris() {
        for (name, expect) in [
            ("data/a.csv", "data/a.csv"),
            ("./ä b#1?.csv", "./%C3%A4%20b%231%3F.csv"),
            ("a:b/100%.txt", "a%3Ab/100%25.txt"),
            ("/data/a b", "file:///data/a%20b"),
            ("s3://lake/raw/a+b//c", "s3://lake/raw/a%2Bb//c"),
        ] {
            assert_eq!(uri(name), expect);
        }
    }
}
