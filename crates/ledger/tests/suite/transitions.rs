//! Transitions: compare and set, and all that rides along.

use crate::fixture::*;
use lakegate_core::ids::PassageId;
use lakegate_core::object::{Tags, Zone};
use lakegate_core::passage::PassageState::*;
use lakegate_core::verdict::{Severity, Verdict};
use lakegate_ledger::{
    Error, Pending, PendingDelete, Reason, Ruling,
    TransitionResult::{self, *},
};

#[tokio::test]
async fn a_transition_is_made_once() {
    let ledger = ledger_with(1).await;
    let staged = [step(0, Claimed, Staged)];
    assert_eq!(ledger.transition(&staged, NOON, "engine").await.unwrap(), [Applied]);
    let rows = whole(&ledger).await;
    assert_eq!(ledger.transition(&staged, NOON, "engine").await.unwrap(), [AlreadyThere]);
    assert_eq!(whole(&ledger).await, rows);
}

#[tokio::test]
async fn each_transition_answers_for_itself() {
    let ledger = ledger_with(3).await;
    apply(&ledger, step(1, Claimed, Staged)).await;
    apply(&ledger, step(2, Claimed, Failed)).await;
    let mut unknown = step(0, Claimed, Staged);
    unknown.passage = PassageId::new("p-none");
    let steps =
        [step(0, Claimed, Staged), step(1, Claimed, Staged), step(2, Claimed, Staged), unknown];
    let results = ledger.transition(&steps, NOON, "engine").await.unwrap();
    let expected: [TransitionResult; 4] =
        [Applied, AlreadyThere, Conflict { found: Failed }, NoSuchPassage];
    assert_eq!(results, expected);
    assert_eq!(state_of(&ledger, 2).await, Failed);
}

#[tokio::test]
async fn the_order_of_states_is_kept() {
    let ledger = ledger_with(2).await;
    let steps = [step(0, Claimed, Staged), step(1, Staged, Released)];
    let refused = ledger.transition(&steps, NOON, "engine").await;
    assert!(matches!(refused, Err(Error::IllegalTransition { .. })));
    assert_eq!(state_of(&ledger, 0).await, Claimed);
}

#[tokio::test]
async fn one_passage_may_take_several_steps_in_one_call() {
    let ledger = ledger_with(1).await;
    let steps = [step(0, Claimed, Staged), step(0, Staged, Scanned), step(0, Scanned, Held)];
    let results = ledger.transition(&steps, NOON, "engine").await.unwrap();
    assert_eq!(results, [Applied, Applied, Applied]);
    assert_eq!(state_of(&ledger, 0).await, Held);
    assert_eq!(whole(&ledger).await, 5);
}

#[tokio::test]
async fn a_whole_shard_goes_in_one_call() {
    let ledger = ledger_with(573).await;
    let steps: Vec<_> = (0..573).map(|n| step(n, Claimed, Staged)).collect();
    let results = ledger.transition(&steps, NOON, "engine").await.unwrap();
    assert!(results.iter().all(|result| *result == Applied) && results.len() == 573);
    let counts = ledger.run(&run_id()).await.unwrap().unwrap().counts;
    assert_eq!(counts.in_state(Staged), 573);
    assert_eq!(whole(&ledger).await, 1 + 2 * 573);
}

#[tokio::test]
async fn changes_ride_along_and_what_is_not_named_stays() {
    let ledger = ledger_with(1).await;
    let mut staged = step(0, Claimed, Staged);
    let tags = Tags::from([("team".to_owned(), "blue".to_owned())]);
    let delete = PendingDelete { zone: Zone::Raw, object: object("in/000000.csv") };
    staged.changes.place = Some(place(Zone::ScanStage, 0));
    staged.changes.source_pending = Some(Pending::Set(delete.clone()));
    staged.changes.producer_tags = Some(tags.clone());
    staged.changes.producer_metadata = Some(tags.clone());
    apply(&ledger, staged).await;
    assert_eq!(ledger.pending_deletes(None, 9).await.unwrap(), [(passage_id(0), delete)]);

    let mut scanned = step(0, Staged, Scanned);
    let findings = vec![detection("A"), detection("B")];
    scanned.changes.inspection = Some(inspection(Verdict::Findings, findings.clone()));
    apply(&ledger, scanned).await;
    let mut held = step(0, Scanned, Held);
    held.changes.ruling = Some(Ruling { action: "hold".into(), rule: "default".into() });
    held.changes.reason = Some(Reason { code: "findings".into(), message: "2 kinds".into() });
    held.changes.source_pending = Some(Pending::Cleared);
    held.changes.purge_after_ms = Some(5);
    apply(&ledger, held.clone()).await;

    let passage = ledger.passage(&passage_id(0)).await.unwrap().unwrap();
    assert_eq!(passage.place, Some(place(Zone::ScanStage, 0)));
    assert_eq!((&passage.producer_tags, &passage.producer_metadata), (&tags, &tags));
    assert_eq!(passage.verdict, Some(Verdict::Findings));
    assert_eq!((passage.content_hash, passage.severity), (Some(hash()), Some(Severity::High)));
    assert_eq!(passage.coverage, inspection(Verdict::Findings, vec![]).coverage);
    assert_eq!(passage.ruleset.as_deref(), Some("rules-1"));
    assert_eq!((passage.ruling, passage.reason), (held.changes.ruling, held.changes.reason));
    assert_eq!((passage.source_pending, passage.purge_after_ms), (None, Some(5)));
    assert_eq!(ledger.pending_deletes(Some(&run_id()), 9).await.unwrap(), []);
    assert_eq!(ledger.detections(&passage_id(0)).await.unwrap(), findings);
    let counts = ledger.detection_counts(&[passage_id(0), passage_id(9)]).await.unwrap();
    assert_eq!(counts.len(), 1);
    assert_eq!(counts[&passage_id(0)][1].identifier, "B");
}

#[tokio::test]
async fn a_new_inspection_replaces_all_of_the_old_one() {
    let ledger = ledger_with(1).await;
    hold(&ledger, 0).await;
    let mut again = step(0, Held, Held);
    let mut failed = inspection(Verdict::Failed, vec![]);
    (failed.content_hash, failed.coverage) = (None, None);
    again.changes.inspection = Some(failed);
    apply(&ledger, again).await;
    let passage = ledger.passage(&passage_id(0)).await.unwrap().unwrap();
    assert_eq!(passage.verdict, Some(Verdict::Failed));
    assert_eq!((passage.content_hash, passage.coverage, passage.severity), (None, None, None));
    assert_eq!(passage.archived_by, None);
    assert_eq!(ledger.detections(&passage_id(0)).await.unwrap(), []);
    let counts = ledger.run(&run_id()).await.unwrap().unwrap().counts;
    assert_eq!((counts.with_verdict(Verdict::Failed), counts.by_verdict.len()), (1, 1));
}

#[tokio::test]
async fn an_update_that_brings_nothing_new_leaves_no_trace() {
    let ledger = ledger_with(1).await;
    let mut update = step(0, Claimed, Claimed);
    update.changes.place = Some(place(Zone::ScanStage, 0));
    update.changes.source_pending = Some(Pending::Cleared);
    apply(&ledger, update.clone()).await;
    let rows = whole(&ledger).await;
    let again = ledger.transition(&[update], NOON, "engine").await.unwrap();
    assert_eq!(again, [AlreadyThere]);
    assert_eq!(whole(&ledger).await, rows);
    let late = ledger.transition(&[step(0, Staged, Staged)], NOON, "engine").await.unwrap();
    assert_eq!(late, [Conflict { found: Claimed }]);
}

#[tokio::test]
async fn the_trash_empties_and_gives_back() {
    let ledger = ledger_with(2).await;
    for number in 0..2 {
        hold(&ledger, number).await;
        let mut denied = step(number, Held, Denied);
        denied.changes.purge_after_ms = Some(NOON + 10);
        apply(&ledger, denied).await;
    }
    assert_eq!(ledger.due_purges(NOON + 9, 9).await.unwrap(), []);
    assert_eq!(ledger.due_purges(NOON + 10, 9).await.unwrap().len(), 2);
    assert!(ledger.mark_purged(&passage_id(0), "engine", NOON + 10).await.unwrap());
    let back = place(Zone::Raw, 1);
    assert!(ledger.mark_restored(&passage_id(1), &back, None, "ada", NOON + 10).await.unwrap());
    let rows = whole(&ledger).await;
    assert!(!ledger.mark_purged(&passage_id(0), "engine", NOON + 10).await.unwrap());
    assert!(!ledger.mark_purged(&passage_id(1), "engine", NOON + 10).await.unwrap());
    assert!(!ledger.mark_restored(&passage_id(1), &back, None, "ada", NOON + 10).await.unwrap());
    assert_eq!(whole(&ledger).await, rows);
    assert_eq!(ledger.due_purges(NOON + 10, 9).await.unwrap(), []);
    let places: Vec<_> = ledger.shard(&run_id(), 0, &[Denied]).await.unwrap();
    let places: Vec<_> = places.into_iter().map(|passage| passage.place).collect();
    assert_eq!(places, [None, Some(back)]);
}
