//! The side effects: the only implementation of the machine's calls.
//!
//! Every call is idempotent. What it has done is in the ledger and in the buckets; executed again, in
//! part or whole, it goes on from there and ends in the same state. The order is always: intent in the
//! ledger, bytes moved and verified, the move in the ledger, the source deleted.
//!
//! A call must never turn an error into progress: what can not be done now is tried again. After the
//! last attempt an object that could not be inspected has the verdict `FAILED`, one that could not be
//! released is held with the reason, and one that could not be moved at all is `failed` where it
//! stands, which is logged as an error and shown in the run; `lakegate reconcile --mend` lands it anew.

mod apply;
mod claim;
mod review;
mod route;
mod scan;
mod stage;
mod steps;

pub(crate) use route::tags as tags_of;
pub(crate) use steps::sentence;

use crate::flow::Flow;
use crate::progress::Progress;
use lakegate_core::environment::{Clock, Entropy};
use lakegate_core::ids::RunId;
use lakegate_core::machine::{Call, CallId, CallOut};
use lakegate_ledger::Ledger;

/// The actor under which the gate's own steps stand in the audit.
pub(crate) const ACTOR: &str = "lakegate";

/// What a call works with.
pub(crate) struct Work<'w> {
    pub(crate) run: &'w RunId,
    /// The call's number within the run: the same each time that it is executed.
    pub(crate) call: CallId,
    pub(crate) flow: &'w Flow,
    pub(crate) ledger: &'w Ledger,
    pub(crate) clock: &'w dyn Clock,
    pub(crate) entropy: &'w dyn Entropy,
    pub(crate) progress: &'w Progress,
    /// Whether this is the last attempt: what fails now has failed for good.
    pub(crate) last_attempt: bool,
}

/// Why a call did not end well.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A bucket failed in a way that may pass.
    Retry(lakegate_store::Error),
    /// The ledger failed: nothing can be known or recorded.
    Ledger(lakegate_ledger::Error),
}

impl From<lakegate_ledger::Error> for Failure {
    fn from(error: lakegate_ledger::Error) -> Self {
        Failure::Ledger(error)
    }
}

/// Executes a call.
pub(crate) async fn perform(call: &Call, work: &Work<'_>) -> Result<CallOut, Failure> {
    match call {
        Call::Claim { page, first_shard } => claim::claim(*page, *first_shard, work).await,
        Call::Stage { shard } => stage::stage(*shard, work).await,
        Call::Scan { shard } => scan::scan(*shard, work).await,
        Call::Route { shard } => route::route(*shard, work).await,
        Call::OpenReview => review::open(work).await,
        Call::Apply => apply::apply(work).await,
        Call::Remind => review::remind(work).await,
        Call::Expire => review::expire(work).await,
        Call::Close => review::close(work).await,
    }
}
