//! A ledger with a run and passages in it.

use lakegate_core::coverage::{Coverage, CoverageStatus};
use lakegate_core::detection::{Category, Detection, Location, Occurrence};
use lakegate_core::hash::ContentHash;
use lakegate_core::ids::{FlowName, PassageId, RunId};
use lakegate_core::machine::{CallOut, OnExpiry, RunParams};
use lakegate_core::object::{ObjectRef, Zone};
use lakegate_core::passage::PassageState;
use lakegate_core::verdict::{Severity, Verdict};
use lakegate_ledger::{
    Changes, Inspection, Ledger, NewPassage, NewRun, Place, Transition, TransitionResult,
};

pub const NOON: i64 = 1_790_000_000_000;

pub fn run_id() -> RunId {
    RunId::new("run-1")
}

pub fn flow() -> FlowName {
    FlowName::new("inbox")
}

pub fn passage_id(number: u32) -> PassageId {
    PassageId::new(format!("p-{number:06}"))
}

pub fn params(run: &RunId) -> RunParams {
    RunParams {
        run: run.clone(),
        flow: flow(),
        machine_version: 1,
        lanes: 2,
        review_expires_after_s: 432_000,
        remind_after_s: vec![86_400],
        on_expiry: OnExpiry::Hold,
        reminders_after_expiry: 3,
    }
}

pub fn new_run(run: &RunId) -> NewRun {
    NewRun { params: params(run), trigger: "request".into(), actor: "ada".into(), at_ms: NOON }
}

pub fn object(key: &str) -> ObjectRef {
    ObjectRef {
        key: key.into(),
        version: None,
        etag: format!("etag of {key}"),
        size_bytes: 100,
        modified_ms: NOON - 1,
    }
}

pub fn new_passage(number: u32) -> NewPassage {
    let key = format!("in/{number:06}.csv");
    NewPassage { id: passage_id(number), shard: number / 500, source: object(&key), key }
}

pub fn claimed(shards: u32, objects: u64, last: bool) -> CallOut {
    CallOut::Claimed { shards, objects, bytes: objects * 100, last }
}

/// A ledger in memory with one run that has claimed so many objects.
pub async fn ledger_with(objects: u32) -> Ledger {
    let ledger = Ledger::open_in_memory().await.unwrap();
    fill(&ledger, objects).await;
    ledger
}

pub async fn fill(ledger: &Ledger, objects: u32) {
    ledger.begin_run(new_run(&run_id())).await.unwrap();
    let new: Vec<_> = (0..objects).map(new_passage).collect();
    let out = claimed(1, u64::from(objects), true);
    ledger.claim(&run_id(), 0, &out, None, &new, NOON).await.unwrap();
}

pub fn step(number: u32, from: PassageState, to: PassageState) -> Transition {
    let changes = Changes::default();
    Transition {
        passage: passage_id(number),
        from,
        to,
        cause: "test".into(),
        detail: None,
        changes,
    }
}

pub fn place(zone: Zone, number: u32) -> Place {
    let key = format!("run-1/in/{number:06}.csv");
    Place { zone, object: object(&key), key }
}

pub fn hash() -> ContentHash {
    ContentHash::from_bytes(&[7; 32])
}

pub fn detection(identifier: &str) -> Detection {
    Detection {
        identifier: identifier.into(),
        name: "Something".into(),
        category: Category::PersonalInformation,
        severity: Severity::High,
        count: 3,
        occurrences: vec![Occurrence {
            location: Location::Cell {
                row: 2,
                column: 1,
                column_name: Some("id".into()),
                sheet: None,
            },
            member: None,
            masked: "•••".into(),
            fingerprint: "00112233".into(),
        }],
    }
}

pub fn inspection(verdict: Verdict, detections: Vec<Detection>) -> Inspection {
    let severity = detections.iter().map(|d| d.severity).max();
    let coverage = Coverage {
        status: CoverageStatus::Complete,
        mime_type: "text/csv".into(),
        encoding: Some("UTF-8".into()),
        bytes_inspected: 100,
        bytes_total: 100,
        units_inspected: 3,
        rows: None,
        pages: None,
        members: None,
        gaps: vec![],
        notes: vec![],
    };
    Inspection {
        verdict,
        content_hash: Some(hash()),
        coverage: Some(coverage),
        detections,
        ruleset: "rules-1".into(),
        severity,
        archived_by: None,
    }
}

/// Applies one transition that must apply.
pub async fn apply(ledger: &Ledger, transition: Transition) {
    let results = ledger.transition(&[transition], NOON, "engine").await.unwrap();
    assert_eq!(results, [TransitionResult::Applied]);
}

/// Brings a claimed passage to `held`, with findings that are archived.
pub async fn hold(ledger: &Ledger, number: u32) {
    use PassageState::*;
    apply(ledger, step(number, Claimed, Staged)).await;
    let mut scanned = step(number, Staged, Scanned);
    let found = inspection(Verdict::Findings, vec![detection("USA_SOCIAL_SECURITY_NUMBER")]);
    scanned.changes.inspection = Some(Inspection { archived_by: Some("tests".into()), ..found });
    apply(ledger, scanned).await;
    let mut held = step(number, Scanned, Held);
    held.changes.place = Some(place(Zone::ManualReview, number));
    apply(ledger, held).await;
}

pub async fn state_of(ledger: &Ledger, number: u32) -> PassageState {
    ledger.passage(&passage_id(number)).await.unwrap().unwrap().state
}

/// The audit chain must be whole; answers with its number of rows.
pub async fn whole(ledger: &Ledger) -> u64 {
    let report = ledger.verify_audit().await.unwrap();
    assert_eq!(report.problem, None);
    report.rows
}
