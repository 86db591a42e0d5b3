//! Decisions.

use crate::fixture::*;
use lakegate_core::hash::ContentHash;
use lakegate_core::ids::PassageId;
use lakegate_core::passage::DecisionKind::{self, *};
use lakegate_core::passage::PassageState::*;
use lakegate_core::verdict::Verdict;
use lakegate_ledger::{
    DecisionOutcome, DecisionResult, Error, Ledger, NewDecision,
    TransitionResult::{AlreadyThere, Applied, Conflict},
};

fn decision(id: &str, number: u32, kind: DecisionKind) -> NewDecision {
    NewDecision {
        id: id.into(),
        passage: passage_id(number),
        kind,
        content_hash: Some(hash()),
        actor: "ada".into(),
        reason: "looked at it".into(),
        at_ms: NOON + 1,
    }
}

async fn decide(ledger: &Ledger, new: NewDecision) -> DecisionResult {
    ledger.decide(&[new]).await.unwrap().pop().unwrap()
}

fn refused() -> DecisionOutcome {
    DecisionOutcome::Refused { code: "changed".into(), message: "it changed".into() }
}

async fn held() -> Ledger {
    let ledger = ledger_with(4).await;
    hold(&ledger, 0).await;
    hold(&ledger, 1).await;
    ledger
}

#[tokio::test]
async fn a_decision_is_recorded_once_and_read_back() {
    let ledger = held().await;
    assert_eq!(decide(&ledger, decision("d1", 0, Approve)).await, DecisionResult::Recorded);
    let rows = whole(&ledger).await;
    assert_eq!(decide(&ledger, decision("d1", 0, Approve)).await, DecisionResult::Recorded);
    assert_eq!(whole(&ledger).await, rows);
    let pending = ledger.pending_decisions(&run_id(), 9).await.unwrap();
    assert_eq!(pending.len(), 1);
    assert_eq!((pending[0].id.as_str(), pending[0].kind), ("d1", Approve));
    assert_eq!((&pending[0].content_hash, &pending[0].outcome), (&Some(hash()), &None));
    assert_eq!(ledger.runs_with_pending_decisions().await.unwrap(), [run_id()]);
    assert_eq!(ledger.decisions_of(&passage_id(0)).await.unwrap(), pending);
}

#[tokio::test]
async fn each_decision_answers_for_itself() {
    let ledger = held().await;
    decide(&ledger, decision("d0", 1, Deny)).await;
    let mut other_bytes = decision("d1", 0, Approve);
    other_bytes.content_hash = Some(ContentHash::from_bytes(&[8; 32]));
    let mut no_bytes = decision("d2", 0, Deny);
    no_bytes.content_hash = None;
    let mut unknown = decision("d3", 0, Deny);
    unknown.passage = PassageId::new("p-none");
    let decisions = [
        other_bytes,
        no_bytes,
        unknown,
        decision("d4", 2, Approve),
        decision("d5", 1, Approve),
        decision("d6", 0, Approve),
        decision("d7", 0, Deny),
    ];
    let results = ledger.decide(&decisions).await.unwrap();
    let already =
        |kind| DecisionResult::AlreadyDecided { kind, actor: "ada".into(), at_ms: NOON + 1 };
    let expected = [
        DecisionResult::HashMismatch,
        DecisionResult::HashMismatch,
        DecisionResult::NoSuchPassage,
        DecisionResult::NotHeld { state: Claimed },
        already(Deny),
        DecisionResult::Recorded,
        already(Approve),
    ];
    assert_eq!(results, expected);
    whole(&ledger).await;
}

#[tokio::test]
async fn an_id_names_one_decision() {
    let ledger = held().await;
    decide(&ledger, decision("d1", 0, Approve)).await;
    let batches = [
        vec![decision("d1", 0, Deny)],
        vec![decision("d1", 1, Approve)],
        vec![decision("d2", 1, Deny), decision("d2", 1, Approve)],
    ];
    for batch in batches {
        let result = ledger.decide(&batch).await;
        assert!(matches!(result, Err(Error::IdTaken { .. })));
    }
    hold(&ledger, 2).await;
    let twice = [decision("d3", 1, Deny), decision("d3", 2, Deny)];
    assert!(matches!(ledger.decide(&twice).await, Err(Error::IdTaken { .. })));
    assert_eq!(ledger.decisions_of(&passage_id(1)).await.unwrap(), []);
}

#[tokio::test]
async fn what_was_never_hashed_can_only_be_denied() {
    let ledger = ledger_with(1).await;
    apply(&ledger, step(0, Claimed, Staged)).await;
    let mut scanned = step(0, Staged, Scanned);
    let mut failed = inspection(Verdict::Failed, vec![]);
    failed.content_hash = None;
    scanned.changes.inspection = Some(failed);
    apply(&ledger, scanned).await;
    apply(&ledger, step(0, Scanned, Held)).await;
    for (id, kind, hash, expected) in [
        ("d1", Approve, Some(hash()), DecisionResult::HashMismatch),
        ("d2", Approve, None, DecisionResult::HashMismatch),
        ("d3", Redact, None, DecisionResult::HashMismatch),
        ("d4", Deny, None, DecisionResult::Recorded),
    ] {
        let mut new = decision(id, 0, kind);
        new.content_hash = hash;
        assert_eq!(decide(&ledger, new).await, expected, "{id}");
    }
}

#[tokio::test]
async fn a_refused_decision_frees_the_passage() {
    let ledger = held().await;
    decide(&ledger, decision("d1", 0, Approve)).await;
    assert!(ledger.conclude_decision("d1", &refused(), NOON + 2).await.unwrap());
    let rows = whole(&ledger).await;
    assert!(!ledger.conclude_decision("d1", &DecisionOutcome::Applied, NOON + 3).await.unwrap());
    assert!(!ledger.conclude_decision("none", &refused(), NOON + 3).await.unwrap());
    assert_eq!(whole(&ledger).await, rows);
    assert_eq!(decide(&ledger, decision("d2", 0, Deny)).await, DecisionResult::Recorded);
    let all = ledger.decisions_of(&passage_id(0)).await.unwrap();
    assert_eq!(all[0].outcome, Some(refused()));
    assert_eq!((all[0].concluded_ms, &all[1].outcome), (Some(NOON + 2), &None));
}

#[tokio::test]
async fn an_expired_passage_can_still_be_decided() {
    let ledger = held().await;
    apply(&ledger, step(0, Held, Expired)).await;
    assert_eq!(decide(&ledger, decision("d1", 0, Redact)).await, DecisionResult::Recorded);
}

#[tokio::test]
async fn a_decision_is_concluded_with_its_transition() {
    let ledger = held().await;
    decide(&ledger, decision("d1", 0, Approve)).await;
    decide(&ledger, decision("d2", 1, Approve)).await;
    apply(&ledger, step(1, Held, Failed)).await;
    let steps = [
        (step(0, Held, Released), "d1".to_owned(), DecisionOutcome::Applied),
        (step(1, Held, Released), "d2".to_owned(), DecisionOutcome::Applied),
    ];
    let results = ledger.transition_deciding(&steps, NOON + 2, "ada").await.unwrap();
    assert_eq!(results, [Applied, Conflict { found: Failed }]);
    let pending = ledger.pending_decisions(&run_id(), 9).await.unwrap();
    assert_eq!(pending.iter().map(|d| d.id.as_str()).collect::<Vec<_>>(), ["d2"]);
    let rows = whole(&ledger).await;
    let results = ledger.transition_deciding(&steps, NOON + 2, "ada").await.unwrap();
    assert_eq!(results, [AlreadyThere, Conflict { found: Failed }]);
    assert_eq!(whole(&ledger).await, rows);
    let applied = &ledger.decisions_of(&passage_id(0)).await.unwrap()[0];
    assert_eq!(applied.outcome, Some(DecisionOutcome::Applied));
    let late = decide(&ledger, decision("d3", 0, Deny)).await;
    assert!(matches!(late, DecisionResult::AlreadyDecided { kind: Approve, .. }));
}

#[tokio::test]
async fn many_are_decided_in_one_call() {
    let ledger = ledger_with(300).await;
    let mut decisions = Vec::new();
    for number in 0..300 {
        hold(&ledger, number).await;
        decisions.push(decision(&format!("d{number}"), number, Deny));
    }
    let results = ledger.decide(&decisions).await.unwrap();
    assert!(results.iter().all(|result| *result == DecisionResult::Recorded));
    assert_eq!(ledger.pending_decisions(&run_id(), 1_000).await.unwrap().len(), 300);
    assert_eq!(ledger.pending_decisions(&run_id(), 10).await.unwrap().len(), 10);
    whole(&ledger).await;
}
