//! The pipeline, once and pure: events in, commands out.
//!
//! A [`Machine`] is one run. It holds counters, a cursor and what is in flight; never object lists
//! or findings, which live in the ledger. Whoever drives it executes its commands and feeds back
//! what came of them; both engines do this, and neither holds a rule of the gate's.
//!
//! The machine tolerates what at-least-once delivery brings: an answer to a call that is not open,
//! a timer that was cancelled, a decision that comes early or twice.
//!
//! It must never release anything by itself: a call that fails leads to holding
//! ([`Call::Route`] treats what has no verdict as `FAILED`), and no timer leads to a release.

#[cfg(test)]
mod model;
mod step;
#[cfg(test)]
mod tests;

use crate::ids::{FlowName, RunId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the rules in this module. A run keeps the version it began with.
pub const MACHINE_VERSION: u32 = 1;

/// When held objects could not be moved, in spite of all retries, they are tried again after this long.
pub const MOVE_AGAIN_AFTER_S: u64 = 60;

/// What happens to objects that nobody decided on in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnExpiry {
    /// They stay held, and a reminder goes out.
    #[default]
    Hold,
    /// They are denied. An operator must have written this down.
    Deny,
}

/// What a run is told when it starts. It does not change afterwards.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RunParams {
    /// The run's id.
    pub run: RunId,
    /// The flow that it is a run of.
    pub flow: FlowName,
    /// [`MACHINE_VERSION`] when it started.
    pub machine_version: u32,
    /// Shards that may be in flight at once; at least 1.
    pub lanes: u32,
    /// How long a review may take, in seconds.
    pub review_expires_after_s: u64,
    /// When to remind the reviewers, in seconds after the review opened, in rising order.
    pub remind_after_s: Vec<u64>,
    /// How many further reminders are sent after expiry, one each time as much time has passed again.
    pub reminders_after_expiry: u32,
    /// What happens when the time is up.
    pub on_expiry: OnExpiry,
}

/// A call's number within its run. Numbers are never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CallId(pub u32);

/// A timer's number within its run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TimerId(pub u32);

/// A piece of work with side effects. Each is idempotent: what it has done already is in the ledger.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    /// List the next page of what has landed and claim it, cut into shards.
    Claim {
        /// Page from 0; where the page begins is in the ledger.
        page: u32,
        /// The number of the first shard that this page makes.
        first_shard: u32,
    },
    /// Move a shard's claimed objects to `scan-stage`.
    Stage {
        /// The shard.
        shard: u32,
    },
    /// Inspect a shard's staged objects and record their verdicts.
    Scan {
        /// The shard.
        shard: u32,
    },
    /// Send a shard's objects on, by verdict and policy. What has no verdict by now is `FAILED`.
    Route {
        /// The shard.
        shard: u32,
    },
    /// Open the review of what is held, if anything is, and notify.
    OpenReview,
    /// Carry out the decisions that the ledger holds for this run and that are not carried out yet.
    Apply,
    /// Remind the reviewers.
    Remind,
    /// The time is up: mark what is undecided, or deny it where the operator said so.
    Expire,
    /// Close the run and its review.
    Close,
}

/// What a call reports when it is done. Counts only.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallOut {
    /// Of [`Call::Claim`].
    Claimed {
        /// Shards made by this page.
        shards: u32,
        /// Objects claimed by this page.
        objects: u64,
        /// Their bytes.
        bytes: u64,
        /// Whether the listing has ended.
        last: bool,
    },
    /// Of [`Call::Stage`] and [`Call::Scan`].
    Passed,
    /// Of [`Call::OpenReview`].
    ReviewOpened {
        /// Objects that wait for a decision.
        held: u64,
    },
    /// Of [`Call::Route`], of [`Call::Apply`] and of [`Call::Expire`]: what is now where, in this
    /// shard or, for the latter two, by this call.
    Moved {
        /// Objects released.
        released: u64,
        /// Objects that wait for a decision: for a shard, its own; for `Apply` and `Expire`, of
        /// the whole run.
        held: u64,
        /// Objects denied.
        denied: u64,
        /// Objects that could not be moved.
        failed: u64,
    },
    /// Of [`Call::Remind`] and [`Call::Close`].
    Noted,
}

/// Why a call failed for good, after its retries.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CallError {
    /// A stable code.
    pub code: String,
    /// What happened, without any text or key of an object.
    pub message: String,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The run begins.
    Start,
    /// A call is done.
    Done {
        /// Which.
        id: CallId,
        /// What it reports.
        out: CallOut,
    },
    /// A call failed for good.
    Failed {
        /// Which.
        id: CallId,
        /// Why.
        error: CallError,
    },
    /// The ledger holds decisions that may not be carried out yet.
    Decided,
    /// A timer is due.
    TimerFired {
        /// Which.
        id: TimerId,
    },
    /// Somebody asked the run to claim no more.
    Cancelled,
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Execute a call and report back under its id.
    Call {
        /// The id.
        id: CallId,
        /// The work.
        call: Call,
    },
    /// Fire a timer after that many seconds.
    StartTimer {
        /// The id.
        id: TimerId,
        /// Seconds from now.
        after_s: u64,
    },
    /// Forget a timer.
    CancelTimer {
        /// The id.
        id: TimerId,
    },
    /// The run is over.
    Finish {
        /// What came of it.
        outcome: Outcome,
    },
}

/// What came of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Outcome {
    /// Calls that failed for good. The run did what it could; what they left is held or failed.
    pub calls_failed: u32,
    /// Whether the listing was read to its end.
    pub listing_complete: bool,
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Not begun.
    New,
    /// Claiming, staging, inspecting, routing.
    Passing,
    /// Opening the review.
    Opening,
    /// Waiting for decisions.
    Reviewing,
    /// Closing.
    Closing,
    /// Over.
    Closed,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
enum TimerKind {
    Remind,
    Expire,
    RemindAfterExpiry {
        nth: u32,
    },
    /// Held objects could not be moved: try again what waits.
    MoveAgain,
}

/// One run. See the module's text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Machine {
    params: RunParams,
    phase: Phase,
    next_call: u32,
    next_timer: u32,
    open: BTreeMap<CallId, Call>,
    timers: BTreeMap<TimerId, TimerKind>,
    pages: u32,
    listing_ended: bool,
    claim_stopped: bool,
    shards_made: u32,
    shards_started: u32,
    decisions_waiting: bool,
    expiry_waiting: bool,
    outcome: Outcome,
}

impl Machine {
    /// A run that has not begun.
    pub fn new(params: RunParams) -> Self {
        Self {
            params,
            phase: Phase::New,
            next_call: 0,
            next_timer: 0,
            open: BTreeMap::new(),
            timers: BTreeMap::new(),
            pages: 0,
            listing_ended: false,
            claim_stopped: false,
            shards_made: 0,
            shards_started: 0,
            decisions_waiting: false,
            expiry_waiting: false,
            outcome: Outcome::default(),
        }
    }

    /// How far the run is.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// The calls that have no answer yet: after a replay, these must be executed (again).
    pub fn open_calls(&self) -> impl Iterator<Item = (CallId, &Call)> {
        self.open.iter().map(|(id, call)| (*id, call))
    }

    /// What the run was told at its start.
    pub fn params(&self) -> &RunParams {
        &self.params
    }
}
