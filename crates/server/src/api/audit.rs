//! The audit.

use super::{Answer, Parameters};
use crate::app::App;
use crate::problem::Problem;
use crate::view::{self, AuditPage, AuditVerdict};
use axum::Json;
use axum::extract::{RawQuery, State};

/// Lists audit rows
#[utoipa::path(
    get, path = "/api/v1/audit", tag = "audit", operation_id = "list_audit",
    params(
        ("after" = Option<i64>, Query, description = "After the row of this number."),
        ("limit" = Option<u32>, Query, description = "At most this many; 100 when left out, 1,000 at most."),
    ),
    responses((status = 200, body = AuditPage), (status = "4XX", body = Problem)),
)]
pub(crate) async fn list(State(app): State<App>, RawQuery(query): RawQuery) -> Answer<AuditPage> {
    let query = Parameters::read(query, &["after", "limit"])?;
    let after = query.parsed("after")?.unwrap_or(0);
    let limit = query.parsed("limit")?.unwrap_or(100);
    Ok(Json(view::audit(app.gate(), after, limit).await?))
}

/// Verifies the whole audit
#[utoipa::path(
    get, path = "/api/v1/audit/verify", tag = "audit", operation_id = "verify_audit",
    responses((status = 200, body = AuditVerdict), (status = "4XX", body = Problem)),
)]
pub(crate) async fn verify(State(app): State<App>) -> Answer<AuditVerdict> {
    Ok(Json(view::verify_audit(app.gate()).await?))
}
