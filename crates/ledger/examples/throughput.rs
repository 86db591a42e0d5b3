//! Measures the ledger's share of a run: objects claimed, staged, scanned, ruled upon and released in
//! shards of 500, each step with its audit rows, on a file in the folder given as first argument.
//!
//! `cargo run --release -p lakegate-ledger --example throughput -- FOLDER [OBJECTS]`

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)] // A measurement.

use lakegate_core::coverage::{Coverage, CoverageStatus};
use lakegate_core::hash::ContentHash;
use lakegate_core::ids::{FlowName, PassageId, RunId};
use lakegate_core::machine::{CallOut, OnExpiry, RunParams};
use lakegate_core::object::{ObjectRef, Zone};
use lakegate_core::passage::PassageState::{self, *};
use lakegate_core::verdict::Verdict;
use lakegate_ledger::{
    Changes, Inspection, Ledger, NewPassage, NewRun, Pending, PendingDelete, Place, Ruling,
    Transition,
};
use std::path::PathBuf;
use std::time::Instant;

const SHARD: u32 = 500;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().expect("a folder"));
    let objects: u32 = arguments.next().map_or(10_000, |count| count.parse().unwrap());
    let ledger = Ledger::open(&folder.join("throughput.db")).await.unwrap();
    let run = begin(&ledger).await;

    let total = Instant::now();
    let mut start = Instant::now();
    let mut lap = |name: &str| {
        println!("{name:>10} {:>7.0} ms", start.elapsed().as_secs_f64() * 1e3);
        start = Instant::now();
    };
    for shard in 0..objects.div_ceil(SHARD) {
        let new: Vec<_> = numbers(shard, objects).map(|n| new_passage(n, shard)).collect();
        let out = CallOut::Claimed { shards: 1, objects: new.len() as u64, bytes: 0, last: false };
        ledger.claim(&run, shard, &out, None, &new, 1).await.unwrap();
    }
    lap("claim");
    for (name, make) in STEPS {
        for shard in 0..objects.div_ceil(SHARD) {
            let steps: Vec<_> = numbers(shard, objects).map(make).collect();
            let results = ledger.transition(&steps, 1, "engine").await.unwrap();
            assert!(results.into_iter().all(|result| result.holds()));
        }
        lap(name);
    }
    let whole = total.elapsed().as_secs_f64();
    println!("{objects} objects in {whole:.2} s, {:.0} objects/s", f64::from(objects) / whole);
    for shard in 0..objects.div_ceil(SHARD) {
        assert_eq!(ledger.shard(&run, shard, &[Released]).await.unwrap().len(), SHARD as usize);
    }
    lap("read");
    let report = ledger.verify_audit().await.unwrap();
    assert_eq!(report.problem, None);
    lap("verify");
    println!("{} audit rows", report.rows);
    ledger.close().await;
}

type MakeStep = fn(u32) -> Transition;
const STEPS: [(&str, MakeStep); 6] = [
    ("stage", stage),
    ("cleared", cleared),
    ("scan", scan),
    ("rule", rule),
    ("release", release),
    ("cleared", cleared_again),
];

async fn begin(ledger: &Ledger) -> RunId {
    let run = RunId::new("run-1");
    let params = RunParams {
        run: run.clone(),
        flow: FlowName::new("inbox"),
        machine_version: 1,
        lanes: 2,
        review_expires_after_s: 1,
        remind_after_s: vec![],
        on_expiry: OnExpiry::Hold,
        reminders_after_expiry: 0,
    };
    let new = NewRun { params, trigger: "request".into(), actor: "bench".into(), at_ms: 0 };
    ledger.begin_run(new).await.unwrap();
    run
}

fn numbers(shard: u32, objects: u32) -> std::ops::Range<u32> {
    shard * SHARD..((shard + 1) * SHARD).min(objects)
}

fn object(number: u32) -> ObjectRef {
    ObjectRef {
        key: format!("department/2026/11/23/report-{number:08}.csv"),
        version: None,
        etag: format!("{number:032x}"),
        size_bytes: 4_096,
        modified_ms: 0,
    }
}

fn new_passage(number: u32, shard: u32) -> NewPassage {
    let source = object(number);
    NewPassage { id: id(number), shard, key: source.key.clone(), source }
}

fn id(number: u32) -> PassageId {
    // As ids are made: the first part by the time, the second at random.
    PassageId::new(format!("p-{:010}{:010}", number / 100, number.wrapping_mul(2_654_435_761)))
}

fn step(number: u32, from: PassageState, to: PassageState, changes: Changes) -> Transition {
    Transition { passage: id(number), from, to, cause: "bench".into(), detail: None, changes }
}

fn moved(number: u32, from: Zone, to: Zone) -> Changes {
    let object = object(number);
    Changes {
        place: Some(Place { zone: to, key: object.key.clone(), object: object.clone() }),
        source_pending: Some(Pending::Set(PendingDelete { zone: from, object })),
        ..Changes::default()
    }
}

fn stage(number: u32) -> Transition {
    step(number, Claimed, Staged, moved(number, Zone::Raw, Zone::ScanStage))
}

fn cleared(number: u32) -> Transition {
    let changes = Changes { source_pending: Some(Pending::Cleared), ..Changes::default() };
    step(number, Staged, Staged, changes)
}

fn cleared_again(number: u32) -> Transition {
    Transition { from: Released, to: Released, ..cleared(number) }
}

fn scan(number: u32) -> Transition {
    let coverage = Coverage {
        status: CoverageStatus::Complete,
        mime_type: "text/csv".into(),
        encoding: Some("UTF-8".into()),
        bytes_inspected: 4_096,
        bytes_total: 4_096,
        units_inspected: 40,
        rows: None,
        pages: None,
        members: None,
        gaps: vec![],
        notes: vec![],
    };
    let inspection = Inspection {
        verdict: Verdict::Clean,
        content_hash: Some(ContentHash::from_bytes(&[7; 32])),
        coverage: Some(coverage),
        detections: vec![],
        ruleset: "0123456789abcdef".into(),
        severity: None,
        archived_by: None,
    };
    let changes = Changes { inspection: Some(inspection), ..Changes::default() };
    step(number, Staged, Scanned, changes)
}

fn rule(number: u32) -> Transition {
    let ruling = Ruling { action: "release".into(), rule: "default".into() };
    let changes = Changes { ruling: Some(ruling), ..Changes::default() };
    step(number, Scanned, Scanned, changes)
}

fn release(number: u32) -> Transition {
    step(number, Scanned, Released, moved(number, Zone::ScanStage, Zone::ScannedData))
}
