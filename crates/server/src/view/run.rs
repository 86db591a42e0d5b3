//! A run, as it is answered with.

use super::{PAGE_MAX, Result, time};
use lakegate_core::ids::{FlowName, RunId};
use lakegate_core::machine::Phase;
use lakegate_core::passage::PassageState;
use lakegate_gate::{Error, Gate};
use lakegate_ledger::{Review, Run};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RunView {
    /// Its id; the value of the tag `WorkflowId`.
    pub run: String,
    /// Its flow.
    pub flow: String,
    /// What started it: `schedule`, `request` or `arrival`.
    pub trigger: String,
    /// Who started it.
    pub actor: String,
    /// `new`, `passing`, `opening`, `reviewing`, `closing` or `closed`.
    pub phase: String,
    /// Whether every object is routed: nothing is left to do but what people decide.
    pub routed: bool,
    /// When it began.
    pub started: String,
    /// When it closed.
    pub closed: Option<String>,
    /// Its objects, counted as they are now.
    pub objects: RunObjects,
    /// Its objects by verdict.
    pub verdicts: BTreeMap<String, u64>,
    /// Its review, when it has one.
    pub review: Option<String>,
    /// Bytes of all objects that it claimed.
    pub bytes: u64,
    /// Seconds from its start until everything was routed, or until now.
    pub seconds: f64,
    /// Calls that failed for good; known when it is closed.
    pub calls_failed: Option<u32>,
}

/// The objects of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RunObjects {
    /// All that it ever claimed.
    pub claimed: u64,
    /// Those in `scanned-data`.
    pub released: u64,
    /// Those that wait for a decision.
    pub held: u64,
    /// Those that were denied.
    pub denied: u64,
    /// Those that something stood in the way of.
    pub failed: u64,
}

/// A run by its id.
///
/// # Errors
/// [`Error::NoSuchRun`], or the ledger's.
pub async fn run(gate: &Gate, id: &RunId) -> Result<RunView> {
    let run = gate.ledger().run(id).await?.ok_or_else(|| Error::NoSuchRun(id.clone()))?;
    let review = gate.ledger().review_of_run(id).await?;
    Ok(run_view(&run, review.as_ref(), gate.clock().now_ms()))
}

/// Runs, of one flow or of all, the newest first.
///
/// # Errors
/// The ledger's.
pub async fn runs(gate: &Gate, flow: Option<&FlowName>, limit: u32) -> Result<Vec<RunView>> {
    let mut views = Vec::new();
    for run in gate.ledger().runs(flow, limit.clamp(1, PAGE_MAX)).await? {
        let review = gate.ledger().review_of_run(&run.params.run).await?;
        views.push(run_view(&run, review.as_ref(), gate.clock().now_ms()));
    }
    Ok(views)
}

/// A run with its review, as it stands at `now_ms`.
pub fn run_view(run: &Run, review: Option<&Review>, now_ms: i64) -> RunView {
    let in_state = |state| run.counts.in_state(state);
    let routed = matches!(run.phase, Phase::Reviewing | Phase::Closing | Phase::Closed);
    let end_ms = review.map(|review| review.opened_ms).or(run.closed_ms).unwrap_or(now_ms);
    let by_verdict = run.counts.by_verdict.iter();
    RunView {
        run: run.params.run.to_string(),
        flow: run.params.flow.to_string(),
        trigger: run.trigger.clone(),
        actor: run.actor.clone(),
        phase: phase_name(run.phase).to_owned(),
        routed,
        started: time(run.started_ms),
        closed: run.closed_ms.map(time),
        objects: RunObjects {
            claimed: run.counts.claimed(),
            released: in_state(PassageState::Released) + in_state(PassageState::Redacted),
            held: run.counts.undecided(),
            denied: in_state(PassageState::Denied),
            failed: in_state(PassageState::Failed),
        },
        verdicts: by_verdict.map(|(verdict, n)| (verdict.as_str().to_owned(), *n)).collect(),
        review: review.map(|review| review.id.to_string()),
        bytes: run.bytes,
        seconds: end_ms.saturating_sub(run.started_ms).max(0) as f64 / 1_000.0,
        calls_failed: run.outcome.as_ref().map(|outcome| outcome.calls_failed),
    }
}

fn phase_name(phase: Phase) -> &'static str {
    match phase {
        Phase::New => "new",
        Phase::Passing => "passing",
        Phase::Opening => "opening",
        Phase::Reviewing => "reviewing",
        Phase::Closing => "closing",
        Phase::Closed => "closed",
    }
}
