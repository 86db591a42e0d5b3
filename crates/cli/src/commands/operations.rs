//! `lakegate reconcile`, `audit verify|export`, `doctor`

use super::confinements::Confinements;
use super::load_config;
use crate::arguments::{Audit, Format, Global, Reconcile};
use crate::assembly::{reading_processes, recogniser};
use crate::exit::Exit;
use crate::failure::{Failure, Report};
use crate::output::{Output, Row};
use crate::session::{Session, block_on};
use lakegate_gate::{Difference, ZoneReport};
use serde::Serialize;
use serde_json::json;

/// Audit rows asked for at once.
const ROWS_AT_ONCE: u32 = 1_000;

#[derive(Serialize)]
struct Found {
    flow: String,
    #[serde(flatten)]
    difference: Difference,
}

impl Row for Found {
    const HEADS: &'static [&'static str] =
        &["FLOW", "KIND", "MENDED", "ZONE", "OBJECT", "KEY", "DETAIL"];

    fn cells(&self) -> Vec<String> {
        let difference = &self.difference;
        vec![
            self.flow.clone(),
            format!("{:?}", difference.kind).to_lowercase(),
            if difference.mended { "yes" } else { "no" }.to_owned(),
            difference.zone.to_string(),
            difference.passage.clone().unwrap_or_else(|| "-".to_owned()),
            difference.key.escape_debug().to_string(),
            difference.detail.clone(),
        ]
    }
}

pub(super) fn reconcile(
    arguments: &Reconcile,
    global: &Global,
    output: &mut Output,
) -> Result<Exit, Failure> {
    let config = load_config(global, Vec::new())?;
    let reports = block_on(async {
        let session = Session::open(config).await?;
        session.reconcile(arguments.flow.as_deref(), arguments.mend).await
    })?;
    let (mut passages, mut objects, mut differences) = (0, 0, 0);
    let mut rows = Vec::new();
    for (flow, report) in reports {
        passages += report.passages;
        objects += report.objects;
        differences += report.differences_found;
        let found = report.differences.into_iter();
        rows.extend(found.map(|difference| Found { flow: flow.clone(), difference }));
    }
    output.rows(&rows)?;
    output.note(&format!(
        "{passages} passages compared with {objects} objects: {differences} differences"
    ));
    let left = rows.iter().any(|row| !row.difference.mended) || differences > rows.len() as u64;
    Ok(if left { Exit::Failed } else { Exit::Done })
}

pub(super) fn audit(
    command: &Audit,
    global: &Global,
    output: &mut Output,
) -> Result<Exit, Failure> {
    let config = load_config(global, Vec::new())?;
    match command {
        Audit::Verify => {
            let verdict = block_on(async { Session::open(config).await?.verify_audit().await })?;
            match output.format() {
                Format::Json => output.json(&verdict)?,
                Format::Jsonl => output.json_line(&verdict)?,
                _ => output.text(&format!(
                    "{} rows, head {}: {}\n",
                    verdict.rows,
                    verdict.head_hash,
                    if verdict.whole { "whole" } else { "NOT whole" }
                ))?,
            }
            if verdict.whole {
                return Ok(Exit::Done);
            }
            let what = verdict.problem.unwrap_or_default();
            let message = match verdict.problem_seq {
                Some(seq) => format!("the audit is not whole at row {seq}: {what}"),
                None => format!("the audit is not whole: {what}"),
            };
            Err(Failure::new(Exit::Failed, Report::new("AUDIT_NOT_WHOLE", message)))
        }
        Audit::Export { after } => {
            block_on(async {
                let session = Session::open(config).await?;
                let mut after = *after;
                loop {
                    let page = session.audit(after, ROWS_AT_ONCE).await?;
                    for row in &page.rows {
                        output.json_line(row)?;
                    }
                    match page.next {
                        Some(next) => after = next,
                        None => return Ok(()),
                    }
                }
            })?;
            Ok(Exit::Done)
        }
    }
}

impl Row for ZoneReport {
    const HEADS: &'static [&'static str] = &["FLOW", "ZONE", "USABLE", "LOCATION"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.flow.clone(),
            self.zone.to_string(),
            if self.is_usable() { "yes" } else { "no" }.to_owned(),
            self.location.clone(),
        ]
    }
}

pub(super) fn doctor(global: &Global, output: &mut Output) -> Result<Exit, Failure> {
    let config = load_config(global, Vec::new())?;
    // A server that runs may have been started before Tesseract was taken away.
    let recogniser = recogniser(&config.ocr)?;
    let ocr = config.ocr.clone();
    let zones = block_on(async { Session::open(config).await?.doctor().await })?;
    if let Some(recogniser) = recogniser {
        output.note(&format!("pictures are read by {}", recogniser.name()));
    }
    let held = Confinements::of(reading_processes(&ocr)?.as_ref())?;
    match output.format() {
        Format::Json => {
            output.json(&json!({
                "zones": zones,
                "reading_processes": held.reading,
                "recogniser": held.recogniser,
            }))?;
        }
        Format::Jsonl => {
            output.rows(&zones)?;
            output.json_line(&json!({ "reading_processes": held.reading }))?;
            output.json_line(&json!({ "recogniser": held.recogniser }))?;
        }
        _ => {
            output.rows(&zones)?;
            for zone in &zones {
                output.text(&details(zone))?;
            }
            for (who, parts) in held.parts() {
                output.text(&format!("\n{who}\n"))?;
                for (what, holds) in parts {
                    output.text(&format!("  {what}: {}\n", if holds { "yes" } else { "NO" }))?;
                }
            }
        }
    }
    let is_usable = zones.iter().all(ZoneReport::is_usable);
    // Elsewhere there is no filter of system calls.
    let is_confined = held.is_whole() || !cfg!(target_os = "linux");
    Ok(if is_usable && is_confined { Exit::Done } else { Exit::Failed })
}

fn details(zone: &ZoneReport) -> String {
    let mut out = format!("\n{} {}\n", zone.flow, zone.zone);
    let abilities: Vec<String> =
        zone.abilities.iter().map(|(ability, has)| format!("{ability}: {has}")).collect();
    if !abilities.is_empty() {
        out.push_str(&format!("  {}\n", abilities.join(", ")));
    }
    for fallback in &zone.fallbacks {
        out.push_str(&format!("  instead: {fallback}\n"));
    }
    for problem in &zone.problems {
        out.push_str(&format!("  problem: {problem}\n"));
    }
    out
}
