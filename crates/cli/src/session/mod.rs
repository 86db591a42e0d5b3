//! How a command reaches the gate: it is the gate itself where no server runs, and speaks to the server
//! that owns the ledger where one does. Either way it gets the same answers.

mod client;
mod here;

pub use client::Client;
pub use here::Here;

use crate::config::Config;
use crate::exit::Exit;
use crate::failure::{Failure, Report};
use lakegate_core::passage::DecisionKind;
use lakegate_gate::{Reconciliation, ZoneReport};
use lakegate_ledger::{Error as LedgerError, Ledger};
use lakegate_server::view::{
    AuditPage, AuditVerdict, DecisionsView, ObjectPage, ObjectStory, ObjectView, ReviewView,
    RunView,
};
use lakegate_server::{STATE_FILE, ServerState};
use std::collections::BTreeMap;
use std::path::Path;

/// The ledger's file in the state folder.
pub const LEDGER_FILE: &str = "ledger.sqlite";

/// The gate, here or behind a server.
pub enum Session {
    /// This process owns the ledger.
    Here(Box<Here>),
    /// A server does.
    There(Box<Client>),
}

/// Which objects to list.
#[derive(Clone, Debug, Default)]
pub struct ObjectFilter {
    /// Of this run.
    pub run: Option<String>,
    /// In this state.
    pub state: Option<String>,
    /// With this verdict.
    pub verdict: Option<String>,
    /// Whose finding is archived, or is not.
    pub archived: Option<bool>,
    /// Whose key begins with this.
    pub key: Option<String>,
    /// At most this many.
    pub limit: u32,
}

/// Runs an asynchronous command to its end.
///
/// # Errors
/// The command's, or when the system gives no threads.
pub fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| {
        let report = Report::new("RUNTIME", "no threads to work with").caused_by(&error);
        Failure::new(Exit::Failed, report)
    })?;
    runtime.block_on(work)
}

impl Session {
    /// Becomes the owner of the configured ledger, or finds the server that is.
    ///
    /// # Errors
    /// When the ledger can not be opened, or its owner is no server that answers.
    pub async fn open(config: Config) -> Result<Self, Failure> {
        make_state_dir(&config.state_dir)?;
        match Ledger::open(&config.state_dir.join(LEDGER_FILE)).await {
            Ok(ledger) => {
                forget_killed_server(&config.state_dir)?;
                Ok(Session::Here(Box::new(Here::new(config, ledger).await?)))
            }
            Err(error @ LedgerError::Locked { .. }) => match ServerState::read(&config.state_dir) {
                Ok(Some(state)) => Ok(Session::There(Box::new(Client::new(state)))),
                _ => Err(error.into()),
            },
            Err(error) => Err(error.into()),
        }
    }

    /// Runs, the newest first.
    ///
    /// # Errors
    /// The gate's.
    pub async fn runs(&self, flow: Option<&str>, limit: u32) -> Result<Vec<RunView>, Failure> {
        match self {
            Session::Here(here) => here.runs(flow, limit).await,
            Session::There(client) => client.runs(flow, limit).await,
        }
    }

    /// A run.
    ///
    /// # Errors
    /// The gate's.
    pub async fn run(&self, id: &str) -> Result<RunView, Failure> {
        match self {
            Session::Here(here) => here.run(id).await,
            Session::There(client) => client.run(id).await,
        }
    }

    /// Reviews, the newest first.
    ///
    /// # Errors
    /// The gate's.
    pub async fn reviews(&self, all: bool, limit: u32) -> Result<Vec<ReviewView>, Failure> {
        match self {
            Session::Here(here) => here.reviews(all, limit).await,
            Session::There(client) => client.reviews(all, limit).await,
        }
    }

    /// A review.
    ///
    /// # Errors
    /// The gate's.
    pub async fn review(&self, id: &str) -> Result<ReviewView, Failure> {
        match self {
            Session::Here(here) => here.review(id).await,
            Session::There(client) => client.review(id).await,
        }
    }

    /// Objects.
    ///
    /// # Errors
    /// The gate's.
    pub async fn objects(&self, filter: &ObjectFilter) -> Result<ObjectPage, Failure> {
        match self {
            Session::Here(here) => here.objects(filter).await,
            Session::There(client) => client.objects(filter).await,
        }
    }

    /// An object's whole story, by its id.
    ///
    /// # Errors
    /// The gate's.
    pub async fn story(&self, id: &str) -> Result<ObjectStory, Failure> {
        match self {
            Session::Here(here) => here.story(id).await,
            Session::There(client) => client.story(id).await,
        }
    }

    /// Decides on objects (ids or keys), or on all that a run holds, and has it carried out.
    ///
    /// # Errors
    /// The gate's.
    pub async fn decide(
        &self,
        objects: &[String],
        run: Option<&str>,
        kind: DecisionKind,
        reason: &str,
    ) -> Result<DecisionsView, Failure> {
        match self {
            Session::Here(here) => here.decide(objects, run, kind, reason).await,
            Session::There(client) => client.decide(objects, run, kind, reason).await,
        }
    }

    /// Takes a denied object out of the trash.
    ///
    /// # Errors
    /// The gate's.
    pub async fn restore(&self, id: &str) -> Result<ObjectView, Failure> {
        match self {
            Session::Here(here) => here.restore(id).await,
            Session::There(client) => client.restore(id).await,
        }
    }

    /// Compares ledger and zones, by flow.
    ///
    /// # Errors
    /// The gate's.
    pub async fn reconcile(
        &self,
        flow: Option<&str>,
        mend: bool,
    ) -> Result<BTreeMap<String, Reconciliation>, Failure> {
        match self {
            Session::Here(here) => here.reconcile(flow, mend).await,
            Session::There(client) => client.reconcile(flow, mend).await,
        }
    }

    /// Tries what the stores can do.
    ///
    /// # Errors
    /// The server's.
    pub async fn doctor(&self) -> Result<Vec<ZoneReport>, Failure> {
        match self {
            Session::Here(here) => Ok(here.gate.doctor().await),
            Session::There(client) => client.doctor().await,
        }
    }

    /// Audit rows after a row.
    ///
    /// # Errors
    /// The gate's.
    pub async fn audit(&self, after: i64, limit: u32) -> Result<AuditPage, Failure> {
        match self {
            Session::Here(here) => here.audit(after, limit).await,
            Session::There(client) => client.audit(after, limit).await,
        }
    }

    /// Whether the audit is whole.
    ///
    /// # Errors
    /// The gate's.
    pub async fn verify_audit(&self) -> Result<AuditVerdict, Failure> {
        match self {
            Session::Here(here) => here.verify_audit().await,
            Session::There(client) => client.verify_audit().await,
        }
    }
}

/// Whoever has the ledger's lock knows that no server runs: a file that says otherwise was left by one
/// that was killed.
fn forget_killed_server(state_dir: &Path) -> Result<(), Failure> {
    let file = state_dir.join(STATE_FILE);
    match std::fs::remove_file(&file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            let message = format!("{} can not be removed", file.display());
            Err(Failure::new(Exit::Failed, Report::new("STATE_DIR", message).caused_by(&error)))
        }
        _ => Ok(()),
    }
}

/// The state folder, for its owner alone.
///
/// # Errors
/// When it can not be made.
pub fn make_state_dir(state_dir: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::DirBuilderExt;
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(state_dir);
    made.map_err(|error| {
        let message = format!("the state folder {} can not be made", state_dir.display());
        Failure::new(Exit::Failed, Report::new("STATE_DIR", message).caused_by(&error))
    })
}

/// Who acts, in the audit: the person at the command line.
pub fn actor() -> String {
    let name = std::env::var("USER").or_else(|_| std::env::var("LOGNAME"));
    format!("cli:{}", name.unwrap_or_else(|_| "unknown".to_owned()))
}
