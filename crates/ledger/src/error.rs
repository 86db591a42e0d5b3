//! What can go wrong, to which ledger or passage, and what helps.

use lakegate_core::ids::{PassageId, RunId};
use lakegate_core::passage::PassageState;
use std::path::PathBuf;

/// An error of the ledger.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Another process owns the ledger.
    #[error("the ledger {path} is in use by {holder}")]
    Locked {
        /// The ledger's file.
        path: PathBuf,
        /// Who holds it, as the lock file says.
        holder: String,
    },
    /// The lock file could not be made or read.
    #[error("the lock file {path} cannot be used")]
    LockFile {
        /// The lock file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A later version of Lakegate has written this ledger.
    #[error("the ledger has schema {found}, this version knows up to {known}")]
    NewerSchema {
        /// The ledger's schema.
        found: i64,
        /// The newest schema that this version knows.
        known: i64,
    },
    /// The ledger must be brought to the current schema, which reading alone cannot do.
    #[error("the ledger has schema {found}, reading it needs schema {known}")]
    OlderSchema {
        /// The ledger's schema.
        found: i64,
        /// The schema that this version needs.
        known: i64,
    },
    /// A migration failed; the ledger is as it was before it.
    #[error("the ledger could not be brought to schema {known}")]
    Migration {
        /// The schema aimed at.
        known: i64,
        /// Why.
        source: sqlx::migrate::MigrateError,
    },
    /// The file is damaged, or is no ledger.
    #[error("the ledger is damaged or is not a ledger")]
    Corrupt {
        /// What the database said.
        source: sqlx::Error,
    },
    /// No space is left for the ledger.
    #[error("no space is left for the ledger")]
    DiskFull {
        /// What the database said.
        source: sqlx::Error,
    },
    /// The ledger's file cannot be opened.
    #[error("the ledger cannot be opened")]
    CannotOpen {
        /// What the database said.
        source: sqlx::Error,
    },
    /// Another connection kept the ledger busy for too long.
    #[error("the ledger stayed busy")]
    Busy {
        /// What the database said.
        source: sqlx::Error,
    },
    /// The ledger was opened for reading only.
    #[error("the ledger is open for reading only")]
    ReadOnly,
    /// The ledger was closed.
    #[error("the ledger is closed")]
    Closed,
    /// Any other failure of the database.
    #[error("the ledger's database failed")]
    Database {
        /// What the database said.
        source: sqlx::Error,
    },
    /// A stored value is not what this version writes.
    #[error("{column} of the ledger holds what cannot be read")]
    Unreadable {
        /// The column, with its table where that is known.
        column: String,
        /// Why, where a parser said so.
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// A value could not be turned into what the ledger stores.
    #[error("{column} of the ledger cannot hold the value")]
    Unwritable {
        /// Table and column.
        column: &'static str,
    },
    /// There is no such run.
    #[error("there is no run {run}")]
    NoSuchRun {
        /// The run.
        run: RunId,
    },
    /// There is no such passage.
    #[error("there is no passage {passage}")]
    NoSuchPassage {
        /// The passage.
        passage: PassageId,
    },
    /// The order of states has no such step.
    #[error("passage {passage} may not go from {from} to {to}")]
    IllegalTransition {
        /// The passage.
        passage: PassageId,
        /// From which state.
        from: PassageState,
        /// To which.
        to: PassageState,
    },
    /// A page of a listing was asked for before the page that leads to it was recorded.
    #[error("run {run} has no page {page} yet")]
    PageMissing {
        /// The run.
        run: RunId,
        /// The page that is not recorded.
        page: u32,
    },
    /// The journal does not stand where the batch begins: somebody else drives this run too.
    #[error("the journal of run {run} holds {found} events, the batch begins after {expected}")]
    JournalMoved {
        /// The run.
        run: RunId,
        /// Events in the journal.
        found: u64,
        /// Events that the batch expected.
        expected: u64,
    },
    /// An id names something else already.
    #[error("the {what} {id} exists already with another content")]
    IdTaken {
        /// What kind of thing.
        what: &'static str,
        /// The id.
        id: String,
    },
    /// The database's answer contradicts what the same transaction read before.
    #[error("the ledger contradicts itself: {what}")]
    Contradiction {
        /// What was expected.
        what: &'static str,
    },
}

impl Error {
    /// A stable code for output and logs.
    pub fn code(&self) -> &'static str {
        match self {
            Error::Locked { .. } => "LEDGER_LOCKED",
            Error::LockFile { .. } => "LEDGER_LOCK_FILE",
            Error::NewerSchema { .. } => "LEDGER_NEWER_SCHEMA",
            Error::OlderSchema { .. } => "LEDGER_OLDER_SCHEMA",
            Error::Migration { .. } => "LEDGER_MIGRATION",
            Error::Corrupt { .. } => "LEDGER_CORRUPT",
            Error::DiskFull { .. } => "LEDGER_DISK_FULL",
            Error::CannotOpen { .. } => "LEDGER_CANNOT_OPEN",
            Error::Busy { .. } => "LEDGER_BUSY",
            Error::ReadOnly => "LEDGER_READ_ONLY",
            Error::Closed => "LEDGER_CLOSED",
            Error::Database { .. } => "LEDGER_DATABASE",
            Error::Unreadable { .. } => "LEDGER_UNREADABLE",
            Error::Unwritable { .. } => "LEDGER_UNWRITABLE",
            Error::NoSuchRun { .. } => "LEDGER_NO_SUCH_RUN",
            Error::NoSuchPassage { .. } => "LEDGER_NO_SUCH_PASSAGE",
            Error::IllegalTransition { .. } => "LEDGER_ILLEGAL_TRANSITION",
            Error::PageMissing { .. } => "LEDGER_PAGE_MISSING",
            Error::JournalMoved { .. } => "LEDGER_JOURNAL_MOVED",
            Error::IdTaken { .. } => "LEDGER_ID_TAKEN",
            Error::Contradiction { .. } => "LEDGER_CONTRADICTION",
        }
    }

    /// What a person can do about it, where something can be done.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Error::Locked { .. } => {
                "stop the other process, or let the command speak to it over its address"
            }
            Error::LockFile { .. } | Error::CannotOpen { .. } => {
                "check that the ledger's folder exists and that this user may write there"
            }
            Error::NewerSchema { .. } => {
                "use the version of Lakegate that wrote it, or a later one"
            }
            Error::OlderSchema { .. } => "start Lakegate once with this version; it migrates",
            Error::Corrupt { .. } => {
                "check the configured path; if it is right, restore the ledger from a backup"
            }
            Error::DiskFull { .. } => "make room on the ledger's disk; nothing was lost",
            Error::Busy { .. } => "end what else has the ledger's file open, such as a backup",
            _ => return None,
        })
    }

    /// Whether the same call may succeed later without anything else being changed.
    pub fn is_transient(&self) -> bool {
        matches!(self, Error::Busy { .. } | Error::DiskFull { .. })
    }
}

// SQLite's primary result codes: https://www.sqlite.org/rescode.html
const SQLITE_BUSY: u32 = 5;
const SQLITE_LOCKED: u32 = 6;
const SQLITE_READONLY: u32 = 8;
const SQLITE_CORRUPT: u32 = 11;
const SQLITE_FULL: u32 = 13;
const SQLITE_CANTOPEN: u32 = 14;
const SQLITE_NOTADB: u32 = 26;

impl From<sqlx::Error> for Error {
    fn from(source: sqlx::Error) -> Self {
        if matches!(source, sqlx::Error::PoolClosed) {
            return Error::Closed;
        }
        let code = source.as_database_error().and_then(|e| e.code());
        // The low byte of an extended code is the primary one.
        let primary = code.and_then(|c| c.parse::<u32>().ok()).map(|c| c & 0xff);
        match primary {
            Some(SQLITE_BUSY | SQLITE_LOCKED) => Error::Busy { source },
            Some(SQLITE_READONLY) => Error::ReadOnly,
            Some(SQLITE_CORRUPT | SQLITE_NOTADB) => Error::Corrupt { source },
            Some(SQLITE_FULL) => Error::DiskFull { source },
            Some(SQLITE_CANTOPEN) => Error::CannotOpen { source },
            _ => Error::Database { source },
        }
    }
}
