//! What the API answers with, made from the gate: the same shapes whether a server is asked or a
//! command does the work itself.
//!
//! Times are RFC 3339 in UTC. No shape holds matched text.

mod decision;
mod object;
mod review;
mod run;

pub use decision::{
    AnswerView, DecidedView, DecisionView, DecisionsView, answer_text, answers, decisions,
};
pub use object::{
    CoverageView, DetectionView, GapView, ObjectPage, ObjectQuery, ObjectStory, ObjectView,
    OccurrenceView, StepView, object, objects, story,
};
pub(crate) use review::link_path;
pub use review::{ReviewView, review, reviews};
pub use run::{RunObjects, RunView, run, run_view, runs};

use lakegate_gate::Gate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What every function here returns.
pub type Result<T> = std::result::Result<T, lakegate_gate::Error>;

/// At most this many runs, reviews or objects are answered with at once.
pub const PAGE_MAX: u32 = 1_000;

/// A moment as RFC 3339 in UTC; what no calendar has is given in milliseconds.
pub(crate) fn time(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).map_or_else(|_| ms.to_string(), |at| at.to_string())
}

/// A row of the audit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AuditView {
    /// Its number, from 1 without gaps.
    pub seq: i64,
    /// When.
    pub at: String,
    /// Who.
    pub actor: String,
    /// What.
    pub action: String,
    /// The run it concerns.
    pub run: Option<String>,
    /// The object it concerns.
    pub object: Option<String>,
    /// The state in which the object is from then on.
    pub state: Option<String>,
    /// Particulars.
    #[schema(value_type = Object)]
    pub detail: serde_json::Value,
    /// The hash of the row before.
    pub prev_hash: String,
    /// Its hash.
    pub hash: String,
}

/// A part of the audit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AuditPage {
    /// Rows in their order.
    pub rows: Vec<AuditView>,
    /// Give this as `after` for the rows that follow; missing at the end.
    pub next: Option<i64>,
}

/// Whether the audit is whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AuditVerdict {
    /// Whether it is.
    pub whole: bool,
    /// Rows found in order.
    pub rows: u64,
    /// The hash of the last of them.
    pub head_hash: String,
    /// The row at which the first problem shows.
    pub problem_seq: Option<i64>,
    /// The first problem.
    pub problem: Option<String>,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Audit rows after the row `after`, at most `limit`.
///
/// # Errors
/// The ledger's.
pub async fn audit(gate: &Gate, after: i64, limit: u32) -> Result<AuditPage> {
    let limit = limit.clamp(1, PAGE_MAX);
    let rows = gate.ledger().audit(after, limit).await?;
    let next = (rows.len() == limit as usize).then(|| rows.last().map(|row| row.seq)).flatten();
    let rows = rows
        .into_iter()
        .map(|row| AuditView {
            seq: row.seq,
            at: time(row.at_ms),
            actor: row.actor,
            action: row.action,
            run: row.run,
            object: row.passage,
            state: row.state.map(|state| state.as_str().to_owned()),
            detail: serde_json::from_str(&row.detail).unwrap_or(serde_json::Value::Null),
            prev_hash: hex(&row.prev_hash),
            hash: hex(&row.hash),
        })
        .collect();
    Ok(AuditPage { rows, next })
}

/// Verifies the whole audit.
///
/// # Errors
/// The ledger's.
pub async fn verify_audit(gate: &Gate) -> Result<AuditVerdict> {
    let report = gate.ledger().verify_audit().await?;
    Ok(AuditVerdict {
        whole: report.problem.is_none(),
        rows: report.rows,
        head_hash: hex(&report.head_hash),
        problem_seq: report.problem.as_ref().map(|problem| problem.seq),
        problem: report.problem.map(|problem| problem.what),
    })
}
