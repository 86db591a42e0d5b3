//! Objects: looking at them, and taking denied ones out of the trash.

use super::{Answer, Parameters, body};
use crate::app::App;
use crate::problem::Problem;
use crate::view::{self, ObjectPage, ObjectQuery, ObjectStory, ObjectView};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use lakegate_core::ids::{FlowName, PassageId, RunId};
use lakegate_core::passage::PassageState;
use lakegate_core::verdict::Verdict;
use serde::Deserialize;
use utoipa::ToSchema;

/// Who restores over the API, when nobody is named.
const ACTOR: &str = "api";

/// An object to take out of the trash.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Restore {
    /// Who does it.
    #[serde(default)]
    actor: Option<String>,
}

/// Lists objects
#[utoipa::path(
    get, path = "/api/v1/objects", tag = "objects", operation_id = "list_objects",
    params(
        ("run" = Option<String>, Query, description = "Of this run."),
        ("flow" = Option<String>, Query, description = "Of this flow."),
        ("state" = Option<String>, Query, description = "In one of these states, with commas between them."),
        ("verdict" = Option<String>, Query, description = "With one of these verdicts, with commas between them."),
        ("archived" = Option<bool>, Query, description = "Whose finding a suppression rule archives, or does not."),
        ("key" = Option<String>, Query, description = "Whose key begins with this."),
        ("cursor" = Option<String>, Query, description = "After this object: `next` of the page before."),
        ("limit" = Option<u32>, Query, description = "At most this many; 100 when left out, 1,000 at most."),
    ),
    responses((status = 200, body = ObjectPage), (status = "4XX", body = Problem)),
)]
pub(crate) async fn list(State(app): State<App>, RawQuery(query): RawQuery) -> Answer<ObjectPage> {
    let known = ["run", "flow", "state", "verdict", "archived", "key", "cursor", "limit"];
    let query = Parameters::read(query, &known)?;
    let asked = ObjectQuery {
        run: query.one("run").map(RunId::new),
        flow: query.one("flow").map(FlowName::new),
        states: query.all("state", PassageState::parse)?,
        verdicts: query.all("verdict", Verdict::parse)?,
        archived: query.parsed("archived")?,
        key_prefix: query.one("key").map(str::to_owned),
        cursor: query.one("cursor").map(PassageId::new),
        limit: query.parsed("limit")?.unwrap_or(100),
    };
    Ok(Json(view::objects(app.gate(), asked).await?))
}

/// Tells an object's whole story
#[utoipa::path(
    get, path = "/api/v1/objects/{id}", tag = "objects", operation_id = "show_object",
    params(("id" = String, Path, description = "The object's id.")),
    responses((status = 200, body = ObjectStory), (status = "4XX", body = Problem)),
)]
pub(crate) async fn show(State(app): State<App>, Path(id): Path<String>) -> Answer<ObjectStory> {
    Ok(Json(view::story(app.gate(), &PassageId::new(id)).await?))
}

/// Takes a denied object out of the trash
///
/// It goes back to `raw`, where the next run inspects it anew.
#[utoipa::path(
    post, path = "/api/v1/objects/{id}/restore", tag = "objects", operation_id = "restore_object",
    params(("id" = String, Path, description = "The object's id.")),
    request_body = Restore,
    responses(
        (status = 200, body = ObjectView),
        (status = 422, body = Problem, description = "It is not in the trash."),
        (status = "4XX", body = Problem),
    ),
)]
pub(crate) async fn restore(
    State(app): State<App>,
    Path(id): Path<String>,
    bytes: Bytes,
) -> Answer<ObjectView> {
    let asked: Restore = body(&bytes)?;
    let id = PassageId::new(id);
    app.gate().restore(&id, asked.actor.as_deref().unwrap_or(ACTOR)).await?;
    Ok(Json(view::object(app.gate(), &id).await?))
}
