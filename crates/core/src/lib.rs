//! The words of Lakegate as types, and its rules as pure functions.
//!
//! Everything else in the workspace speaks in these types: objects, zones, runs, passages,
//! verdicts, findings, policy, and the state machine that decides what a run does next.
//!
//! This crate must never do I/O, read a clock, draw a random number or look at the
//! environment: given the same input it returns the same output, which is what lets one
//! definition of the gate run under two engines and be replayed from a journal.
#![deny(missing_docs)]

pub mod condition;
pub mod coverage;
pub mod detection;
pub mod environment;
pub mod finding;
pub mod hash;
pub mod ids;
pub mod machine;
pub mod object;
pub mod passage;
pub mod policy;
pub mod secret;
pub mod sensitive;
pub mod suppression;
pub mod text;
pub mod verdict;
