//! A scan's results: for people, as JSON, as SARIF, as Macie's findings.

use super::Scanned;
use crate::arguments::Format;
use crate::assembly::SystemClock;
use crate::output::Output;
use lakegate_core::detection::{Detection, Location, Occurrence, cell_reference};
use lakegate_core::environment::Clock;
use lakegate_core::finding::{FindingFacts, occurrences_json, to_json};
use lakegate_core::object::Tags;
use lakegate_core::verdict::{Severity, Verdict};
use lakegate_detect::Catalogue;
use lakegate_scan::Inspected;
use serde_json::{Value as Json, json};
use std::io;

/// Occurrences that are shown of each detection to people.
const SHOWN_MAX: usize = 3;

/// Results of one detection and object in SARIF.
const SARIF_RESULTS_MAX: usize = 100;

/// Writes results in one form. Forms that are one document keep what they print until the end.
pub(super) struct Printer {
    format: Format,
    kept: Vec<Json>,
    /// Ids and names of the custom identifiers.
    custom: Vec<(String, String)>,
}

impl Printer {
    pub(super) fn new(format: Format, custom: Vec<(String, String)>) -> Self {
        Self { format, kept: Vec::new(), custom }
    }

    pub(super) fn print(&mut self, scanned: &Scanned, output: &mut Output) -> io::Result<()> {
        match self.format {
            Format::Text => output.text(&text(scanned)),
            Format::Jsonl => {
                output.json_line(&line(scanned))?;
                output.flush()
            }
            Format::Json => {
                self.kept.push(line(scanned));
                Ok(())
            }
            Format::Macie => {
                self.kept.extend(finding(scanned));
                Ok(())
            }
            Format::Sarif => {
                self.kept.extend(results(scanned));
                Ok(())
            }
        }
    }

    pub(super) fn finish(self, output: &mut Output) -> io::Result<()> {
        match self.format {
            Format::Text | Format::Jsonl => Ok(()),
            Format::Json => output.json(&json!({ "objects": self.kept })),
            Format::Macie => output.json(&json!({ "findings": self.kept })),
            Format::Sarif => output.json(&sarif(self.kept, &self.custom)),
        }
    }
}

/// The shape of one object, as the contract of the command line has it.
fn line(scanned: &Scanned) -> Json {
    match &scanned.result {
        Ok(inspected) => {
            let mut line = json!({
                "object": scanned.name,
                "verdict": inspected.verdict,
                "coverage": inspected.coverage,
                "detections": inspected.detections.iter().map(detection).collect::<Vec<_>>(),
            });
            if let Some(rule) = &scanned.archived_by {
                line["archived_by"] = json!(rule);
            }
            line
        }
        Err(why) => json!({
            "object": scanned.name,
            "verdict": Verdict::Failed,
            "coverage": {
                "status": "SKIPPED", "mime_type": "application/octet-stream",
                "bytes_inspected": 0, "bytes_total": scanned.object.size_bytes,
                "units_inspected": 0, "gaps": [{ "code": "SCAN_READ", "detail": why }],
            },
            "detections": [],
        }),
    }
}

fn detection(detection: &Detection) -> Json {
    json!({
        "type": detection.identifier,
        "category": detection.category,
        "severity": detection.severity,
        "count": detection.count,
        "occurrences": occurrences_json(detection.occurrences.iter()),
    })
}

fn text(scanned: &Scanned) -> String {
    let name = scanned.name.escape_debug();
    let Ok(Inspected { verdict, coverage, detections, .. }) = &scanned.result else {
        return format!("{:12} {name}\n", Verdict::Failed.as_str());
    };
    let mut out = format!("{:12} {name}\n", verdict.as_str());
    if let Some(rule) = &scanned.archived_by {
        out.push_str(&format!("    archived by `{}`\n", rule.escape_debug()));
    }
    for gap in &coverage.gaps {
        out.push_str(&format!("    {}: {}\n", gap.code, gap.detail));
    }
    for detection in detections {
        out.push_str(&format!(
            "    {} x {} ({})\n",
            detection.count, detection.identifier, detection.severity
        ));
        for occurrence in detection.occurrences.iter().take(SHOWN_MAX) {
            let place = place(&scanned.name, occurrence);
            out.push_str(&format!("        {place}  {}\n", occurrence.masked));
        }
    }
    out
}

/// Where something stands, so that a person can open it.
fn place(name: &str, occurrence: &Occurrence) -> String {
    let within = match &occurrence.member {
        Some(member) => format!("{}: ", member.escape_debug()),
        None => String::new(),
    };
    let place = match &occurrence.location {
        Location::Cell { row, column, sheet: Some(sheet), .. } => {
            cell_reference(&sheet.escape_debug().to_string(), *row, *column)
        }
        Location::Page { page_number } => format!("page {page_number}"),
        Location::Cell { row, column, column_name, .. } => match column_name {
            Some(head) => format!("row {row}, column {column} ({})", head.escape_debug()),
            None => format!("row {row}, column {column}"),
        },
        Location::Record { record_index, json_path } => {
            format!("record {record_index}: {json_path}")
        }
        Location::LineRange { start, start_column, .. } if within.is_empty() => {
            format!("{name}:{start}:{start_column}")
        }
        Location::LineRange { start, start_column, .. } => {
            format!("line {start}, character {start_column}")
        }
    };
    format!("{within}{place}")
}

fn finding(scanned: &Scanned) -> Option<Json> {
    let inspected = scanned.result.as_ref().ok()?;
    if inspected.detections.is_empty() {
        return None;
    }
    let now = jiff::Timestamp::from_millisecond(SystemClock.now_ms()).unwrap_or_default();
    let id = blake3::hash(format!("{}\n{}", scanned.name, inspected.content_hash).as_bytes());
    Some(to_json(&FindingFacts {
        id: id.to_hex()[..32].to_owned(),
        created_at: now.to_string(),
        job_id: "scan",
        bucket: &scanned.place,
        object: &scanned.object,
        tags: &Tags::new(),
        verdict: inspected.verdict,
        detections: &inspected.detections,
        coverage: &inspected.coverage,
        content_hash: &inspected.content_hash,
        archived_by: scanned.archived_by.as_deref(),
    }))
}

/// SARIF 2.1.0 results: one for each located occurrence.
fn results(scanned: &Scanned) -> Vec<Json> {
    let Ok(inspected) = &scanned.result else { return Vec::new() };
    let mut results = Vec::new();
    for detection in &inspected.detections {
        for occurrence in detection.occurrences.iter().take(SARIF_RESULTS_MAX) {
            let level = match detection.severity {
                Severity::High => "error",
                Severity::Medium => "warning",
                Severity::Low => "note",
            };
            let place = place(&scanned.name, occurrence);
            let uri = match &occurrence.member {
                Some(member) => format!("{}!{member}", scanned.name),
                None => scanned.name.clone(),
            };
            let mut location = json!({ "artifactLocation": { "uri": uri } });
            match &occurrence.location {
                Location::LineRange { start, end, start_column } => {
                    location["region"] =
                        json!({ "startLine": start, "endLine": end, "startColumn": start_column });
                }
                Location::Cell { row, sheet: None, .. } => {
                    location["region"] = json!({ "startLine": row });
                }
                Location::Cell { .. } | Location::Record { .. } | Location::Page { .. } => {}
            }
            let mut result = json!({
                "ruleId": detection.identifier,
                "level": level,
                "message": { "text": format!("{} at {place}", detection.name) },
                "locations": [{ "physicalLocation": location }],
                "partialFingerprints": { "lakegate/v1": occurrence.fingerprint },
            });
            if let Some(rule) = &scanned.archived_by {
                result["suppressions"] = json!([{ "kind": "external", "justification": rule }]);
            }
            results.push(result);
        }
    }
    results
}

fn sarif(results: Vec<Json>, custom: &[(String, String)]) -> Json {
    let managed = Catalogue::managed().identifiers().iter();
    let managed = managed.map(|identifier| (identifier.id, identifier.name));
    let custom = custom.iter().map(|(id, name)| (id.as_str(), name.as_str()));
    let rules: Vec<Json> = managed
        .chain(custom)
        .map(|(id, name)| json!({ "id": id, "shortDescription": { "text": name } }))
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "lakegate", "version": env!("CARGO_PKG_VERSION"), "rules": rules,
            } },
            "results": results,
        }],
    })
}
