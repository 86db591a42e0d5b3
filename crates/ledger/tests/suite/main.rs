//! The ledger as its users see it: every method twice, every conflict, every kind of tampering.

#![allow(clippy::unwrap_used, clippy::expect_used)] // A test may panic.

mod auditing;
mod claiming;
mod deciding;
mod fixture;
mod journaling;
mod opening;
mod reviewing;
mod stopping;
mod transitions;
