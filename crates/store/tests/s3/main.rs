//! The S3 backend against a real server: the one that `LAKEGATE_TEST_S3_ENDPOINT` names, else the
//! SeaweedFS that the set-up script of the test run starts. No test is skipped for want of a server.
// A failed expectation is a test's answer; what a server can do is printed for the reader.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod access;
mod conformance;
mod copies;
mod keys;
mod probe;
mod proxy;
mod puts;
mod races;
mod server;
mod versions;
