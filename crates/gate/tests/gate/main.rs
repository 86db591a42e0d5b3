//! The gate, end to end: over memory, folders and S3, with and without things going wrong.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A test that fails may panic.
#![allow(clippy::print_stdout, clippy::print_stderr)] // Figures, and the seed that failed.

mod aws_sample;
mod deciding;
mod every_step;
mod kill;
mod run;
mod s3;
mod scenarios;
mod simulation;
mod support;
