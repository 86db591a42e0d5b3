//! Reviews.

use super::{Answer, Parameters};
use crate::app::App;
use crate::problem::Problem;
use crate::view::{self, PAGE_MAX, ReviewView};
use axum::Json;
use axum::extract::{Path, RawQuery, State};
use lakegate_core::ids::ReviewId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Reviews.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ReviewsView {
    /// The newest first.
    pub(crate) reviews: Vec<ReviewView>,
}

/// Lists reviews
#[utoipa::path(
    get, path = "/api/v1/reviews", tag = "reviews", operation_id = "list_reviews",
    params(
        ("open" = Option<bool>, Query, description = "Only those that are open."),
        ("limit" = Option<u32>, Query, description = "At most this many; 100 when left out."),
    ),
    responses((status = 200, body = ReviewsView), (status = "4XX", body = Problem)),
)]
pub(crate) async fn list(State(app): State<App>, RawQuery(query): RawQuery) -> Answer<ReviewsView> {
    let query = Parameters::read(query, &["open", "limit"])?;
    let open_only = query.parsed("open")?.unwrap_or(false);
    let limit = query.parsed("limit")?.unwrap_or(100).min(PAGE_MAX);
    Ok(Json(ReviewsView { reviews: view::reviews(app.gate(), open_only, limit).await? }))
}

/// Shows a review
#[utoipa::path(
    get, path = "/api/v1/reviews/{id}", tag = "reviews", operation_id = "show_review",
    params(("id" = String, Path, description = "The review's id.")),
    responses((status = 200, body = ReviewView), (status = "4XX", body = Problem)),
)]
pub(crate) async fn show(State(app): State<App>, Path(id): Path<String>) -> Answer<ReviewView> {
    Ok(Json(view::review(app.gate(), &ReviewId::new(id)).await?))
}
