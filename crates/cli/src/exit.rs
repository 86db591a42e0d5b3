//! Exit codes: a contract with scripts.

use std::process::ExitCode;

/// How a command ended. There is no code outside this list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done; for `scan`, and all was clean.
    Done = 0,
    /// An operation failed.
    Failed = 1,
    /// The command line or the configuration is wrong.
    Usage = 2,
    /// `scan` found sensitive data.
    Findings = 3,
    /// `scan` could not read everything, and found nothing in what it read.
    Incomplete = 4,
    /// Refused by policy or for lack of permission.
    Refused = 5,
    /// Interrupted.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}
