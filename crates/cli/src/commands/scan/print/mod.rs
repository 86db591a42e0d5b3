//! A scan's results: for people, as JSON, as SARIF, as Macie's findings.

mod place;
mod sarif;
mod text;

use super::Scanned;
use crate::arguments::{Format, Global};
use crate::assembly::SystemClock;
use crate::output::Output;
use lakegate_core::coverage::{Coverage, CoverageStatus, Gap};
use lakegate_core::detection::Detection;
use lakegate_core::environment::Clock;
use lakegate_core::finding::{FindingFacts, occurrences_json, to_json};
use lakegate_core::object::Tags;
use lakegate_core::verdict::Verdict;
use sarif::Sarif;
use serde_json::{Value as Json, json};
use std::borrow::Cow;
use std::io;

/// Writes results in one form. Forms that are one document keep what they print until the end.
pub(super) struct Printer {
    format: Format,
    /// Every place and every note is told to people.
    tells_all: bool,
    kept: Vec<Json>,
    sarif: Sarif,
}

impl Printer {
    pub(super) fn new(global: &Global) -> Self {
        Self {
            format: global.output,
            tells_all: global.verbose > 0,
            kept: Vec::new(),
            sarif: Sarif::default(),
        }
    }

    pub(super) fn print(&mut self, scanned: &Scanned, output: &mut Output) -> io::Result<()> {
        match self.format {
            Format::Text => output.text(&text::text(scanned, self.tells_all)),
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
                self.sarif.add(scanned);
                Ok(())
            }
        }
    }

    pub(super) fn finish(self, output: &mut Output) -> io::Result<()> {
        match self.format {
            Format::Text | Format::Jsonl => Ok(()),
            Format::Json => output.json(&json!({ "objects": self.kept })),
            Format::Macie => output.json(&json!({ "findings": self.kept })),
            Format::Sarif => output.json(&self.sarif.finish()),
        }
    }
}

/// The verdict, also where nothing could be concluded.
fn verdict(scanned: &Scanned) -> Verdict {
    scanned.result.as_ref().map_or(Verdict::Failed, |inspected| inspected.verdict)
}

/// What was read, also where the object could not even be opened.
fn coverage(scanned: &Scanned) -> Cow<'_, Coverage> {
    match &scanned.result {
        Ok(inspected) => Cow::Borrowed(&inspected.coverage),
        Err(why) => Cow::Owned(Coverage {
            status: CoverageStatus::Skipped,
            mime_type: "application/octet-stream".to_owned(),
            encoding: None,
            bytes_inspected: 0,
            bytes_total: scanned.object.size_bytes,
            units_inspected: 0,
            rows: None,
            pages: None,
            members: None,
            gaps: vec![Gap { code: "SCAN_READ".to_owned(), detail: why.clone() }],
            notes: Vec::new(),
        }),
    }
}

fn detections(scanned: &Scanned) -> &[Detection] {
    scanned.result.as_ref().map_or(&[], |inspected| &inspected.detections)
}

/// The shape of one object, as the contract of the command line has it.
fn line(scanned: &Scanned) -> Json {
    let mut line = json!({
        "object": scanned.name,
        "verdict": verdict(scanned),
        "coverage": coverage(scanned),
        "detections": detections(scanned).iter().map(detection).collect::<Vec<_>>(),
    });
    if let Some(rule) = &scanned.archived_by {
        line["archived_by"] = json!(rule);
    }
    line
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
