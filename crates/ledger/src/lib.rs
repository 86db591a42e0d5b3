//! The ledger: the truth about runs, passages, findings, reviews, decisions and audit.
//!
//! An intent is written here before its side effect, and every method may be called twice with the
//! same arguments: the second call finds what the first one did. A change to a passage and the audit
//! row that tells of it are one transaction.
//!
//! The default is one SQLite file that one process owns ([`Ledger::open`]); others may read beside
//! it ([`Ledger::open_read_only`]). All writes go through one connection, in the order they come.
//!
//! The ledger must never hold matched text: what it stores of an occurrence is already masked. It
//! reads no clock and draws no ids; both are given.

mod audit;
mod bulk;
mod cells;
mod claim;
mod decision;
mod detections;
mod error;
mod gauges;
mod held;
mod journal;
mod ledger;
mod lock;
mod outbox;
mod passage;
mod review;
mod review_objects;
mod run;
mod schema;
mod transition;
mod trash;
mod verify;
mod write;

pub use audit::{AUDIT_ENCODING, AuditRow};
pub use claim::{ClaimPosition, Instance, NewPassage};
pub use decision::{Decision, DecisionOutcome, DecisionResult, NewDecision};
pub use detections::DetectionCount;
pub use error::Error;
pub use gauges::OpenReviews;
pub use held::HeldIdentifier;
pub use journal::JournalBatch;
pub use ledger::Ledger;
pub use outbox::{Message, MessageStatus, NewMessage};
pub use passage::{Passage, PassageQuery, PendingDelete, Place, Reason, Ruling};
pub use review::{NewReview, Review};
pub use review_objects::{ReviewCounts, ReviewObjectsQuery, ReviewPosition, Standing};
pub use run::{NewRun, Run, RunCounts};
pub use schema::SCHEMA_VERSION;
pub use transition::{Changes, Inspection, Pending, Transition, TransitionResult};
pub use verify::{AuditProblem, AuditReport};

/// What every method of the ledger returns.
pub type Result<T> = std::result::Result<T, Error>;
