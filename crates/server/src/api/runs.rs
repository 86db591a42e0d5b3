//! Runs: looking at them, and beginning one.

use super::{Answer, Parameters, body};
use crate::app::App;
use crate::problem::Problem;
use crate::view::{self, PAGE_MAX, RunView};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use lakegate_core::ids::{FlowName, RunId};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::ToSchema;

/// A request waits for a run at most this long; whoever wants to wait longer asks again.
const WAIT_MAX: Duration = Duration::from_secs(60);

/// How often to look at a run that is waited for.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Who begins a run over the API, when nobody is named.
const ACTOR: &str = "api";

/// Runs.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct RunsView {
    /// The newest first.
    pub(crate) runs: Vec<RunView>,
}

/// What to wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Wait {
    /// Until every object is routed.
    Routed,
    /// Until the run's review is closed.
    Closed,
}

impl Wait {
    fn is_over(self, run: &RunView) -> bool {
        match self {
            Wait::Routed => run.routed,
            Wait::Closed => run.closed.is_some(),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        match text {
            "routed" => Some(Wait::Routed),
            "closed" => Some(Wait::Closed),
            _ => None,
        }
    }
}

/// A run to begin.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BeginRun {
    /// The flow. It may be left out where there is only one.
    #[serde(default)]
    flow: Option<String>,
    /// Wait for this before answering, up to a minute.
    #[serde(default)]
    wait: Option<Wait>,
    /// Who begins it.
    #[serde(default)]
    actor: Option<String>,
}

/// Lists runs
#[utoipa::path(
    get, path = "/api/v1/runs", tag = "runs", operation_id = "list_runs",
    params(
        ("flow" = Option<String>, Query, description = "Of this flow."),
        ("limit" = Option<u32>, Query, description = "At most this many; 100 when left out."),
    ),
    responses((status = 200, body = RunsView), (status = "4XX", body = Problem)),
)]
pub(crate) async fn list(State(app): State<App>, RawQuery(query): RawQuery) -> Answer<RunsView> {
    let query = Parameters::read(query, &["flow", "limit"])?;
    let flow = query.one("flow").map(FlowName::new);
    let limit = query.parsed("limit")?.unwrap_or(100).min(PAGE_MAX);
    Ok(Json(RunsView { runs: view::runs(app.gate(), flow.as_ref(), limit).await? }))
}

/// Shows a run
#[utoipa::path(
    get, path = "/api/v1/runs/{id}", tag = "runs", operation_id = "show_run",
    params(
        ("id" = String, Path, description = "The run's id."),
        ("wait" = Option<String>, Query, description = "Wait until it is `routed` or `closed`, up to a minute."),
    ),
    responses((status = 200, body = RunView), (status = "4XX", body = Problem)),
)]
pub(crate) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer<RunView> {
    let query = Parameters::read(query, &["wait"])?;
    let wait = query.all("wait", Wait::parse)?.pop();
    Ok(Json(waited(&app, &RunId::new(id), wait).await?))
}

/// Begins a run
///
/// The server drives it. The answer is the run as it stands, or as it stands once what is waited
/// for has come, or after a minute.
#[utoipa::path(
    post, path = "/api/v1/runs", tag = "runs", operation_id = "begin_run",
    request_body = BeginRun,
    responses(
        (status = 201, body = RunView, description = "It has begun."),
        (status = 409, body = Problem, description = "A run of the flow is still taking objects in."),
        (status = "4XX", body = Problem),
    ),
)]
pub(crate) async fn begin(
    State(app): State<App>,
    bytes: Bytes,
) -> Result<(StatusCode, Json<RunView>), Problem> {
    let asked: BeginRun = body(&bytes)?;
    let flow = match asked.flow {
        Some(name) => FlowName::new(name),
        None => only_flow(&app)?,
    };
    let actor = asked.actor.as_deref().unwrap_or(ACTOR);
    let run = app.gate().begin_run(&flow, "request", actor).await?;
    Ok((StatusCode::CREATED, Json(waited(&app, &run, asked.wait).await?)))
}

fn only_flow(app: &App) -> Result<FlowName, Problem> {
    let mut flows = app.gate().flows();
    match (flows.next(), flows.next()) {
        (Some(flow), None) => Ok(flow.name.clone()),
        _ => Err(Problem::bad_request("name the flow: there is not just one")),
    }
}

async fn waited(app: &App, id: &RunId, wait: Option<Wait>) -> Result<RunView, Problem> {
    let deadline = tokio::time::Instant::now() + WAIT_MAX;
    loop {
        let run = view::run(app.gate(), id).await?;
        let is_over = wait.is_none_or(|wait| wait.is_over(&run));
        if is_over || tokio::time::Instant::now() >= deadline {
            return Ok(run);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
