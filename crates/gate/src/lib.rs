//! The gate: the steps of the pipeline, and the embedded driver that executes them.
//!
//! A [`Gate`] holds the flows of an installation. It begins runs, does their work until it has to
//! wait for people, takes their decisions, and delivers notices. All state is in the ledger: a gate
//! that is killed anywhere goes on where it was when it is made again.
//!
//! This is the only crate that moves objects. It must never release anything but by a `CLEAN` verdict,
//! a policy rule or a decision that the ledger has recorded for exactly those bytes.
#![deny(missing_docs)]

mod cron_time;
mod decisions;
mod doctor;
mod driver;
mod error;
mod flow;
mod gate;
mod housekeeping;
mod links;
mod notice;
mod outbox;
mod perform;
pub mod places;
mod progress;
mod reconcile;
mod service;
mod triggers;

pub use decisions::{Answer, Ask, REASON_CHARACTERS_MAX};
pub use doctor::ZoneReport;
pub use driver::Until;
pub use error::{Error, Result};
pub use flow::{Flow, FlowSettings, Zones};
pub use gate::{Gate, GateOptions};
pub use links::{LinkError, Links};
pub use outbox::{ATTEMPTS_MAX, Channel, Delivered};
pub use progress::{Progress, ProgressReading};
pub use reconcile::{DIFFERENCES_MAX, Difference, DifferenceKind, Reconciliation};
pub use triggers::{Schedule, Triggers};
