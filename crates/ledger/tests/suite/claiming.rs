//! Claims and runs.

use crate::fixture::*;
use lakegate_core::ids::{FlowName, RunId};
use lakegate_core::object::Zone;
use lakegate_core::passage::PassageState::{self, *};
use lakegate_core::verdict::Verdict;
use lakegate_ledger::{
    ClaimPosition, Error, Instance, Ledger, PassageQuery, Pending, PendingDelete,
};

#[tokio::test]
async fn a_run_begins_once() {
    let ledger = Ledger::open_in_memory().await.unwrap();
    assert!(ledger.begin_run(new_run(&run_id())).await.unwrap());
    assert!(!ledger.begin_run(new_run(&run_id())).await.unwrap());
    assert_eq!(whole(&ledger).await, 1);
    let mut other = new_run(&run_id());
    other.params.lanes = 9;
    assert!(matches!(ledger.begin_run(other).await, Err(Error::IdTaken { .. })));
    let run = ledger.run(&run_id()).await.unwrap().unwrap();
    assert_eq!((run.params, run.trigger.as_str()), (params(&run_id()), "request"));
    assert_eq!(ledger.run(&RunId::new("run-2")).await.unwrap(), None);
}

#[tokio::test]
async fn runs_come_newest_first_and_by_flow() {
    let ledger = Ledger::open_in_memory().await.unwrap();
    for number in 0..3 {
        let mut new = new_run(&RunId::new(format!("run-{number}")));
        new.at_ms += number;
        new.params.flow = FlowName::new(if number == 1 { "other" } else { "inbox" });
        ledger.begin_run(new).await.unwrap();
    }
    let ids = |runs: Vec<lakegate_ledger::Run>| {
        runs.into_iter().map(|run| run.params.run.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(ids(ledger.runs(None, 2).await.unwrap()), ["run-2", "run-1"]);
    assert_eq!(ids(ledger.runs(Some(&flow()), 9).await.unwrap()), ["run-2", "run-0"]);
    assert_eq!(ids(ledger.open_runs().await.unwrap()), ["run-0", "run-1", "run-2"]);
}

#[tokio::test]
async fn a_page_is_claimed_once() {
    let ledger = ledger_with(3).await;
    let done = ClaimPosition::Done(claimed(1, 3, true));
    assert_eq!(ledger.claim_position(&run_id(), 0).await.unwrap(), done);
    let rows = whole(&ledger).await;
    let others: Vec<_> = (10..15).map(new_passage).collect();
    let out = claimed(1, 5, false);
    let again = ledger.claim(&run_id(), 0, &out, None, &others, NOON).await.unwrap();
    assert_eq!(again, claimed(1, 3, true));
    assert_eq!(whole(&ledger).await, rows);
    assert_eq!(ledger.shard(&run_id(), 0, &[]).await.unwrap().len(), 3);
}

#[tokio::test]
async fn pages_follow_one_another() {
    let ledger = Ledger::open_in_memory().await.unwrap();
    ledger.begin_run(new_run(&run_id())).await.unwrap();
    let start = ledger.claim_position(&run_id(), 0).await.unwrap();
    assert_eq!(start, ClaimPosition::StartAfter(None));
    assert!(matches!(
        ledger.claim_position(&run_id(), 1).await,
        Err(Error::PageMissing { page: 0, .. })
    ));
    let new = [new_passage(0)];
    ledger.claim(&run_id(), 0, &claimed(1, 1, false), Some("k"), &new, NOON).await.unwrap();
    let next = ledger.claim_position(&run_id(), 1).await.unwrap();
    assert_eq!(next, ClaimPosition::StartAfter(Some("k".into())));
    let (none, out) = (RunId::new("none"), claimed(0, 0, true));
    let unknown = ledger.claim(&none, 0, &out, None, &[], NOON).await;
    assert!(matches!(unknown, Err(Error::NoSuchRun { .. })));
}

#[tokio::test]
async fn a_key_is_claimed_once_per_run() {
    let ledger = ledger_with(2).await;
    let mut same_key = new_passage(1);
    same_key.id = passage_id(77);
    let new = [same_key, new_passage(2)];
    ledger.claim(&run_id(), 1, &claimed(1, 2, true), None, &new, NOON).await.unwrap();
    assert_eq!(ledger.passage(&passage_id(77)).await.unwrap(), None);
    let run = ledger.run(&run_id()).await.unwrap().unwrap();
    assert_eq!((run.counts.claimed(), run.bytes), (3, 300));
    whole(&ledger).await;
}

#[tokio::test]
async fn a_claimed_passage_is_all_there() {
    let ledger = ledger_with(1).await;
    let passage = ledger.passage(&passage_id(0)).await.unwrap().unwrap();
    let new = new_passage(0);
    assert_eq!((passage.key, passage.source.clone(), passage.shard), (new.key, new.source, 0));
    assert_eq!((passage.state, passage.created_ms), (Claimed, NOON));
    let place = passage.place.unwrap();
    assert_eq!((place.zone, place.object), (Zone::Raw, passage.source));
    assert_eq!(passage.verdict, None);
}

#[tokio::test]
async fn what_is_in_flight_is_not_claimed_again() {
    let ledger = ledger_with(4).await;
    let other = RunId::new("run-2");
    ledger.begin_run(new_run(&other)).await.unwrap();
    // 0 stays claimed; 1 is moved on for good; 2 is moved on, its source not yet deleted; 3 failed.
    apply(&ledger, step(1, Claimed, Staged)).await;
    let mut staged = step(2, Claimed, Staged);
    let delete = PendingDelete { zone: Zone::Raw, object: new_passage(2).source };
    staged.changes.source_pending = Some(Pending::Set(delete));
    apply(&ledger, staged).await;
    apply(&ledger, step(3, Claimed, Failed)).await;
    let keys: Vec<_> = (0..5).map(|n| new_passage(n).key).collect();
    let instance = |n| {
        let new = new_passage(n);
        Instance { key: new.key, etag: new.source.etag, version: None }
    };
    let found = ledger.in_flight(&flow(), &other, &keys).await.unwrap();
    assert_eq!(found.into_iter().collect::<Vec<_>>(), [instance(0), instance(2)]);
    let own = ledger.in_flight(&flow(), &run_id(), &keys).await.unwrap();
    assert_eq!(own.into_iter().collect::<Vec<_>>(), [instance(2)]);
    let elsewhere = ledger.in_flight(&FlowName::new("other"), &other, &keys).await.unwrap();
    assert!(elsewhere.is_empty());
}

#[tokio::test]
async fn passages_are_found_by_every_condition() {
    let ledger = ledger_with(1_200).await;
    hold(&ledger, 3).await;
    let find = async |query: PassageQuery| {
        let found = ledger.passages(&PassageQuery { limit: 10_000, ..query }).await.unwrap();
        found.into_iter().map(|passage| passage.id).collect::<Vec<_>>()
    };
    let all = PassageQuery::default();
    assert_eq!(find(all.clone()).await.len(), 1_200);
    let held = vec![passage_id(3)];
    let states = vec![Held, Expired];
    assert_eq!(find(PassageQuery { states, ..all.clone() }).await, held);
    let archived = |archived| PassageQuery { archived: Some(archived), ..all.clone() };
    assert_eq!(find(archived(true)).await, held);
    assert_eq!(find(archived(false)).await.len(), 1_199);
    let verdicts = vec![Verdict::Findings];
    assert_eq!(find(PassageQuery { verdicts, ..all.clone() }).await, held);
    let run = Some(RunId::new("none"));
    assert_eq!(find(PassageQuery { run, ..all.clone() }).await, []);
    let flow = Some(flow());
    assert_eq!(find(PassageQuery { flow, ..all.clone() }).await.len(), 1_200);
    let key_prefix = Some("in/00000".to_owned());
    assert_eq!(find(PassageQuery { key_prefix, ..all.clone() }).await.len(), 10);
    let after = Some(passage_id(1_197));
    assert_eq!(find(PassageQuery { after, ..all }).await, [passage_id(1_198), passage_id(1_199)]);
    let found = ledger.held_by_key("in/000003.csv").await.unwrap();
    assert_eq!(found.into_iter().map(|p| p.id).collect::<Vec<_>>(), held);
    assert!(ledger.held_by_key("in/000004.csv").await.unwrap().is_empty());
    assert_eq!(ledger.shard(&run_id(), 2, &[Claimed]).await.unwrap().len(), 200);
    assert_eq!(ledger.shard(&run_id(), 2, &[Staged, Scanned]).await.unwrap().len(), 0);
}

#[tokio::test]
async fn keys_are_kept_byte_for_byte() {
    let ledger = Ledger::open_in_memory().await.unwrap();
    ledger.begin_run(new_run(&run_id())).await.unwrap();
    let keys =
        ["a//b", "a/ b ", "ü", "u\u{308}", "'; DROP TABLE passages; --", "%_*?[", "🙂/x", "A", "a"];
    let new: Vec<_> = (0..)
        .zip(keys)
        .map(|(number, key)| {
            let mut new = new_passage(number);
            new.key = key.into();
            new.source.key = key.into();
            new
        })
        .collect();
    ledger.claim(&run_id(), 0, &claimed(1, 9, true), None, &new, NOON).await.unwrap();
    for (number, key) in (0..).zip(keys) {
        let passage = ledger.passage(&passage_id(number)).await.unwrap().unwrap();
        assert_eq!((passage.key.as_str(), passage.source.key.as_str()), (key, key));
        let key_prefix = Some(key.to_owned());
        let query = PassageQuery { key_prefix, limit: 9, ..PassageQuery::default() };
        let found = ledger.passages(&query).await.unwrap();
        let expected = keys.iter().filter(|other| other.starts_with(key)).count();
        assert_eq!(found.len(), expected, "{key}");
    }
}

#[tokio::test]
async fn counts_follow_the_passages() {
    let ledger = ledger_with(5).await;
    hold(&ledger, 0).await;
    apply(&ledger, step(0, Held, Expired)).await;
    apply(&ledger, step(1, Claimed, Failed)).await;
    let counts = ledger.run(&run_id()).await.unwrap().unwrap().counts;
    let states: Vec<(PassageState, u64)> = counts.by_state.clone().into_iter().collect();
    assert_eq!(states, [(Claimed, 3), (Expired, 1), (Failed, 1)]);
    assert_eq!((counts.claimed(), counts.undecided()), (5, 1));
    assert_eq!(counts.with_verdict(Verdict::Findings), 1);
    assert_eq!(counts.by_verdict.len(), 1);
}
