//! Journals and timers.

use crate::fixture::*;
use lakegate_core::ids::RunId;
use lakegate_core::machine::{CallId, CallOut, Event, Outcome, Phase, TimerId};
use lakegate_ledger::{Error, JournalBatch, Ledger};

fn batch(after: u64, events: &[Event]) -> JournalBatch<'_> {
    JournalBatch {
        after,
        events,
        phase: Phase::Passing,
        timers_started: &[],
        timers_cancelled: &[],
        outcome: None,
        at_ms: NOON,
    }
}

async fn begun() -> Ledger {
    let ledger = Ledger::open_in_memory().await.unwrap();
    ledger.begin_run(new_run(&run_id())).await.unwrap();
    ledger
}

#[tokio::test]
async fn events_come_back_in_order_and_are_appended_once() {
    let ledger = begun().await;
    let done = Event::Done { id: CallId(0), out: CallOut::Passed };
    ledger.append(&run_id(), &batch(0, &[Event::Start])).await.unwrap();
    for _ in 0..2 {
        let events = [done.clone(), Event::Decided];
        ledger.append(&run_id(), &batch(1, &events)).await.unwrap();
    }
    let journal = ledger.journal(&run_id()).await.unwrap();
    assert_eq!(journal, [Event::Start, done, Event::Decided]);
    assert_eq!(ledger.run(&run_id()).await.unwrap().unwrap().phase, Phase::Passing);
}

#[tokio::test]
async fn a_batch_that_does_not_fit_is_refused() {
    let ledger = begun().await;
    ledger.append(&run_id(), &batch(0, &[Event::Start])).await.unwrap();
    for (after, events) in [(0, [Event::Decided]), (2, [Event::Decided])] {
        let refused = ledger.append(&run_id(), &batch(after, &events)).await;
        assert!(matches!(refused, Err(Error::JournalMoved { found: 1, .. })));
    }
    assert_eq!(ledger.journal(&run_id()).await.unwrap(), [Event::Start]);
}

#[tokio::test]
async fn timers_start_fire_and_are_cancelled() {
    let ledger = begun().await;
    let started = [(TimerId(0), NOON + 30), (TimerId(1), NOON + 10), (TimerId(2), NOON + 20)];
    let first = JournalBatch { timers_started: &started, ..batch(0, &[Event::Start]) };
    ledger.append(&run_id(), &first).await.unwrap();
    let due = [(TimerId(1), NOON + 10), (TimerId(2), NOON + 20), (TimerId(0), NOON + 30)];
    assert_eq!(ledger.timers(&run_id()).await.unwrap(), due);
    let fired = [Event::TimerFired { id: TimerId(1) }];
    let second = JournalBatch { timers_cancelled: &[TimerId(0)], ..batch(1, &fired) };
    ledger.append(&run_id(), &second).await.unwrap();
    assert_eq!(ledger.timers(&run_id()).await.unwrap(), [(TimerId(2), NOON + 20)]);
    ledger.append(&run_id(), &first).await.unwrap_err();
    assert_eq!(ledger.timers(&run_id()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_outcome_closes_the_run_once() {
    let ledger = begun().await;
    let outcome = Outcome { calls_failed: 1, listing_complete: true };
    let last = JournalBatch {
        phase: Phase::Closed,
        outcome: Some(&outcome),
        at_ms: NOON + 5,
        ..batch(0, &[Event::Start])
    };
    for _ in 0..2 {
        ledger.append(&run_id(), &last).await.unwrap();
    }
    let run = ledger.run(&run_id()).await.unwrap().unwrap();
    assert_eq!((run.phase, run.closed_ms), (Phase::Closed, Some(NOON + 5)));
    assert_eq!(run.outcome, Some(outcome));
    assert!(ledger.open_runs().await.unwrap().is_empty());
    assert_eq!(whole(&ledger).await, 2);
}

#[tokio::test]
async fn a_journal_belongs_to_a_run() {
    let ledger = begun().await;
    let refused = ledger.append(&RunId::new("none"), &batch(0, &[])).await;
    assert!(matches!(refused, Err(Error::NoSuchRun { .. })));
    let refused = ledger.append(&RunId::new("none"), &batch(0, &[Event::Start])).await;
    assert!(refused.is_err());
}
