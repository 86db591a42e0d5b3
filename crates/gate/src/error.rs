//! What can go wrong in the gate, as its callers see it.

use lakegate_core::ids::{FlowName, RunId};

/// A failed operation of the gate.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The ledger failed. Whatever was under way stands still until it works again.
    #[error("the ledger failed")]
    Ledger(#[from] lakegate_ledger::Error),
    /// A bucket failed.
    #[error("a bucket failed")]
    Store(#[from] lakegate_store::Error),
    /// No flow has that name.
    #[error("there is no flow `{0}`")]
    NoSuchFlow(FlowName),
    /// No run has that id.
    #[error("there is no run `{0}`")]
    NoSuchRun(RunId),
    /// Another run of the flow is still taking objects in.
    #[error("run {run} of flow `{flow}` is still taking objects in")]
    RunUnderWay {
        /// The flow.
        flow: FlowName,
        /// The run that must get further first.
        run: RunId,
    },
    /// A name given for an object fits none, or more than one.
    #[error("`{name}`: {problem}")]
    NoSuchObject {
        /// What was given.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The gate must not do that.
    #[error("{0}")]
    Refused(String),
}

impl Error {
    /// A stable code for people and programs.
    pub fn code(&self) -> &'static str {
        match self {
            Error::Ledger(error) => error.code(),
            Error::Store(error) => error.kind.code(),
            Error::NoSuchFlow(_) => "GATE_NO_SUCH_FLOW",
            Error::NoSuchRun(_) => "GATE_NO_SUCH_RUN",
            Error::RunUnderWay { .. } => "GATE_RUN_UNDER_WAY",
            Error::NoSuchObject { .. } => "GATE_NO_SUCH_OBJECT",
            Error::Refused(_) => "GATE_REFUSED",
        }
    }
}

/// What every operation of the gate returns.
pub type Result<T> = std::result::Result<T, Error>;
