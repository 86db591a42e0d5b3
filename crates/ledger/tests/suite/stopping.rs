//! Stopping anywhere: a call that is given up half-way leaves all of its work or nothing.

use crate::fixture::*;
use lakegate_core::passage::PassageState::*;
use lakegate_ledger::Ledger;
use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

/// A future that is given up when it has been asked this often.
struct GivenUp<'f, F> {
    inner: Pin<&'f mut F>,
    polls_left: u32,
}

impl<F: Future> Future for GivenUp<'_, F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.polls_left == 0 {
            return Poll::Ready(None);
        }
        self.polls_left -= 1;
        self.inner.as_mut().poll(context).map(Some)
    }
}

async fn give_up<F: Future>(future: F, polls_left: u32) -> Option<F::Output> {
    GivenUp { inner: pin!(future), polls_left }.await
}

/// More polls than any of the calls below takes.
const POLLS_MAX: u32 = 500;

#[tokio::test]
async fn a_claim_that_is_given_up_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let new: Vec<_> = (0..561).map(new_passage).collect();
    let mut given_up = 0;
    for polls in 0..POLLS_MAX {
        let ledger = Ledger::open(&folder.path().join(format!("{polls}.db"))).await.unwrap();
        ledger.begin_run(new_run(&run_id())).await.unwrap();
        let (run, out) = (run_id(), claimed(2, 561, true));
        let done = give_up(ledger.claim(&run, 0, &out, None, &new, NOON), polls).await;
        // The next write comes after whatever the one that was given up still does.
        ledger.begin_run(new_run(&run)).await.unwrap();
        let found = ledger.run(&run).await.unwrap().unwrap().counts.claimed();
        let rows = whole(&ledger).await;
        assert!((found, rows) == (0, 1) || (found, rows) == (561, 562), "{found} {rows}");
        if done.is_some() {
            assert_eq!(found, 561);
            break;
        }
        given_up += 1;
        ledger.claim(&run, 0, &out, None, &new, NOON).await.unwrap();
        assert_eq!(whole(&ledger).await, 562);
        ledger.close().await;
    }
    assert!((5..POLLS_MAX).contains(&given_up), "{given_up}");
}

#[tokio::test]
async fn transitions_that_are_given_up_leave_nothing() {
    let steps: Vec<_> = (0..300).map(|number| step(number, Claimed, Staged)).collect();
    let mut given_up = 0;
    for polls in 0..POLLS_MAX {
        let ledger = ledger_with(300).await;
        let done = give_up(ledger.transition(&steps, NOON, "engine"), polls).await;
        ledger.begin_run(new_run(&run_id())).await.unwrap();
        let staged = ledger.run(&run_id()).await.unwrap().unwrap().counts.in_state(Staged);
        whole(&ledger).await;
        assert!(staged == 0 || staged == 300, "{staged}");
        assert_eq!(ledger.shard(&run_id(), 0, &[Staged]).await.unwrap().len() as u64, staged);
        if done.is_some() {
            break;
        }
        given_up += 1;
    }
    assert!((5..POLLS_MAX).contains(&given_up), "{given_up}");
}
