//! Decisions over the API.

use super::body;
use crate::app::App;
use crate::outcomes::Outcome;
use crate::problem::Problem;
use crate::view::{self, DecisionsView};
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use lakegate_core::hash::ContentHash;
use lakegate_core::ids::{PassageId, RunId};
use lakegate_core::passage::DecisionKind;
use lakegate_gate::Ask;
use serde::Deserialize;
use utoipa::ToSchema;

/// Objects that one request may name.
const OBJECTS_MAX: usize = 10_000;

/// An idempotency key is at most this long.
const KEY_BYTES_MAX: usize = 200;

/// Who decides over the API, when nobody is named.
const ACTOR: &str = "api";

/// What remembered answers belong to.
const SCOPE: &str = "api";

/// A decision on objects, or on all that a run holds.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Decide {
    /// The objects: each by its id, or by a key that just one held object bears.
    #[serde(default)]
    objects: Vec<String>,
    /// The content hash that was looked at, for each of `objects` in turn; when left out, the decision
    /// is about the content that the ledger has.
    #[serde(default)]
    content_hashes: Vec<String>,
    /// All held objects of this run, instead of `objects`.
    #[serde(default)]
    run: Option<String>,
    /// What is decided.
    #[schema(value_type = String)]
    kind: DecisionKind,
    /// Why.
    reason: String,
    /// Who decides.
    #[serde(default)]
    actor: Option<String>,
}

/// Decides on held objects
///
/// Each object is judged by itself: the answer says what became of each. A request with an
/// `Idempotency-Key` that was answered already is answered the same again.
#[utoipa::path(
    post, path = "/api/v1/decisions", tag = "decisions", operation_id = "decide",
    params(("Idempotency-Key" = Option<String>, Header, description = "A name for this request, of your making.")),
    request_body = Decide,
    responses(
        (status = 200, body = DecisionsView),
        (status = 422, body = Problem, description = "There is no reason, or the decision can not be made."),
        (status = "4XX", body = Problem),
    ),
)]
pub(crate) async fn decide(
    State(app): State<App>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<Json<serde_json::Value>, Problem> {
    let asked: Decide = body(&bytes)?;
    let key = idempotency_key(&headers, &bytes)?;
    let earlier = key.as_deref().and_then(|key| app.outcomes().find(SCOPE, key));
    if let Some(answer) = earlier.and_then(|outcome| outcome.answer.clone()) {
        return Ok(Json(answer));
    }
    let asks = asks(&app, &asked).await?;
    let actor = asked.actor.as_deref().unwrap_or(ACTOR);
    let answers = app.gate().decide(&asks, asked.kind, actor, &asked.reason).await?;
    let view = view::answers(&answers);
    let answer = serde_json::to_value(&view).map_err(|error| {
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "ANSWER", error.to_string())
    })?;
    if let Some(id) = key {
        app.outcomes().keep(Outcome {
            scope: SCOPE.to_owned(),
            id,
            kind: asked.kind,
            recorded: view.recorded,
            refused: view.refused,
            lines: Vec::new(),
            answer: Some(answer.clone()),
        });
    }
    Ok(Json(answer))
}

/// The request's key, bound to its body: another body under the same key is another request.
fn idempotency_key(headers: &HeaderMap, body: &Bytes) -> Result<Option<String>, Problem> {
    let Some(key) = headers.get("idempotency-key") else { return Ok(None) };
    match key.to_str() {
        Ok(key) if !key.is_empty() && key.len() <= KEY_BYTES_MAX => {
            Ok(Some(format!("{key} {}", blake3::hash(body).to_hex())))
        }
        _ => Err(Problem::bad_request("the Idempotency-Key can not be used")),
    }
}

async fn asks(app: &App, asked: &Decide) -> Result<Vec<Ask>, Problem> {
    if let Some(run) = &asked.run {
        if !asked.objects.is_empty() {
            return Err(Problem::bad_request("give `objects` or `run`, not both"));
        }
        return Ok(app.gate().undecided(&RunId::new(run)).await?);
    }
    if asked.objects.is_empty() || asked.objects.len() > OBJECTS_MAX {
        let message = format!("give `run`, or 1 to {OBJECTS_MAX} `objects`");
        return Err(Problem::bad_request(message));
    }
    if !asked.content_hashes.is_empty() && asked.content_hashes.len() != asked.objects.len() {
        return Err(Problem::bad_request("give one content hash for each object, or none"));
    }
    let mut asks = Vec::with_capacity(asked.objects.len());
    for (at, name) in asked.objects.iter().enumerate() {
        let content_hash = match asked.content_hashes.get(at) {
            Some(hash) => Some(
                ContentHash::parse(hash)
                    .ok_or_else(|| Problem::bad_request(format!("`{hash}` is no content hash")))?,
            ),
            None => None,
        };
        let passage: PassageId = app.gate().held_object(name).await?.id;
        asks.push(Ask { passage, content_hash });
    }
    Ok(asks)
}
