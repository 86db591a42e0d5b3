//! Why a command did not do what it was asked, as people and scripts get it.

use crate::config;
use crate::exit::Exit;
use std::borrow::Cow;
use std::error::Error;
use std::io;

/// At most this many causes of an error are printed.
const CAUSES_MAX: usize = 16;

/// One thing that went wrong.
#[derive(Debug)]
pub struct Report {
    /// A stable code, such as `CONFIG_VALUE`.
    pub code: Cow<'static, str>,
    /// What happened to which object.
    pub message: String,
    /// Why, from the nearest cause to the farthest.
    pub causes: Vec<String>,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Report {
    /// A report with nothing but its message.
    pub fn new(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), causes: Vec::new(), hint: None }
    }

    /// The same, with advice.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same, with an error and what caused that as its causes.
    #[must_use]
    pub fn caused_by(mut self, error: &dyn Error) -> Self {
        let mut next = Some(error);
        while let Some(cause) = next.filter(|_| self.causes.len() < CAUSES_MAX) {
            self.causes.push(cause.to_string());
            next = cause.source();
        }
        self
    }
}

/// Why a command ended early.
#[derive(Debug)]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// What went wrong; empty where there is nobody left to tell.
    pub reports: Vec<Report>,
}

impl Failure {
    /// A failure for one reason.
    pub fn new(exit: Exit, report: Report) -> Self {
        Self { exit, reports: vec![report] }
    }

    /// The command line can not be carried out as it is.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, Report::new("USAGE", message))
    }
}

impl From<config::Error> for Failure {
    fn from(error: config::Error) -> Self {
        let report = |problem: &config::Problem| Report {
            code: problem.kind.code().into(),
            message: error.line(problem),
            causes: Vec::new(),
            hint: problem.hint.clone(),
        };
        Self { exit: Exit::Usage, reports: error.problems.iter().map(report).collect() }
    }
}

impl From<lakegate_gate::Error> for Failure {
    fn from(error: lakegate_gate::Error) -> Self {
        use lakegate_gate::Error as Gate;
        let (exit, hint) = match &error {
            Gate::Refused(_) => (Exit::Refused, None),
            Gate::NoSuchFlow(_) => (Exit::Usage, Some("`lakegate config show` names the flows")),
            Gate::NoSuchRun(_) => (Exit::Failed, Some("`lakegate runs list` names the runs")),
            Gate::NoSuchObject { .. } => {
                (Exit::Failed, Some("`lakegate objects list` names the objects"))
            }
            Gate::RunUnderWay { .. } => (Exit::Failed, Some("try again when it has been routed")),
            Gate::Ledger(inner) => (Exit::Failed, inner.hint()),
            Gate::Store(inner) => (Exit::Failed, store_hint(inner.kind)),
        };
        let mut report = Report::new(error.code(), error.to_string());
        if let Some(cause) = std::error::Error::source(&error) {
            report = report.caused_by(cause);
        }
        report.hint = hint.map(str::to_owned);
        Self::new(exit, report)
    }
}

fn store_hint(kind: lakegate_store::ErrorKind) -> Option<&'static str> {
    use lakegate_store::ErrorKind;
    match kind {
        ErrorKind::NotFound => Some("make the bucket or folder first, or mend its name"),
        ErrorKind::Denied => {
            Some("look at the credentials in the environment and at what they may do")
        }
        ErrorKind::Unavailable => Some("look at the endpoint; `lakegate doctor` tries all stores"),
        _ => None,
    }
}

impl From<lakegate_ledger::Error> for Failure {
    fn from(error: lakegate_ledger::Error) -> Self {
        let mut report = Report::new(error.code(), error.to_string());
        if let Some(cause) = std::error::Error::source(&error) {
            report = report.caused_by(cause);
        }
        report.hint = error.hint().map(str::to_owned);
        Self::new(Exit::Failed, report)
    }
}

/// What was being written to standard output could not be.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        // Whoever read our output has seen enough, as `head` does.
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self { exit: Exit::Done, reports: Vec::new() };
        }
        let report = Report::new("OUTPUT", "standard output can not be written");
        Self::new(Exit::Failed, report.caused_by(&error))
    }
}
