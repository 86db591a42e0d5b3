//! What can be wrong with a configuration, and where a value came from.

use super::document::Position;
use std::fmt;
use std::path::PathBuf;

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It is the default.
    Default,
    /// It stands in the file.
    File(Position),
    /// An environment variable of this name holds it.
    Environment(String),
    /// A flag of this name was given.
    Flag(&'static str),
}

/// The kinds of problem, each with its stable code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// The file can not be read.
    Unreadable,
    /// The file is not TOML.
    Syntax,
    /// A key that does not exist.
    UnknownKey,
    /// A value that can not be used.
    Value,
    /// A key that must be there and is not.
    Missing,
    /// A secret that stands in the file itself.
    SecretInFile,
    /// Two values that can not both hold.
    Conflict,
}

impl ProblemKind {
    /// The stable code, such as `CONFIG_UNKNOWN_KEY`.
    pub fn code(self) -> &'static str {
        match self {
            ProblemKind::Unreadable => "CONFIG_UNREADABLE",
            ProblemKind::Syntax => "CONFIG_SYNTAX",
            ProblemKind::UnknownKey => "CONFIG_UNKNOWN_KEY",
            ProblemKind::Value => "CONFIG_VALUE",
            ProblemKind::Missing => "CONFIG_MISSING_KEY",
            ProblemKind::SecretInFile => "CONFIG_SECRET_IN_FILE",
            ProblemKind::Conflict => "CONFIG_CONFLICT",
        }
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug)]
pub struct Problem {
    /// What kind of thing.
    pub kind: ProblemKind,
    /// Where; [`Origin::Default`] where nothing was written.
    pub origin: Origin,
    /// What, as a sentence without its place. It never holds a secret.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// Why a configuration can not be used: every problem that was found.
#[derive(Debug)]
pub struct Error {
    /// The file, as it was named.
    pub file: PathBuf,
    /// What is wrong with it, in the order of the file; never empty.
    pub problems: Vec<Problem>,
}

impl Error {
    /// A problem's place and message on one line.
    pub fn line(&self, problem: &Problem) -> String {
        let file = self.file.display();
        match &problem.origin {
            Origin::File(at) => format!("{file}:{}:{}: {}", at.line, at.column, problem.message),
            Origin::Environment(name) => format!("{name}: {}", problem.message),
            Origin::Flag(name) => format!("{name}: {}", problem.message),
            Origin::Default => format!("{file}: {}", problem.message),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            f.write_str(&self.line(problem))?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
