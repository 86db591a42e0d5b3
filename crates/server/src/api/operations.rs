//! What an operator asks: whether the stores can do their work, and whether ledger and zones agree.

use super::{Answer, body};
use crate::app::App;
use crate::problem::Problem;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use lakegate_core::ids::FlowName;
use lakegate_gate::{Reconciliation, ZoneReport};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What the doctor found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DoctorView {
    /// Whether every zone can be used.
    usable: bool,
    /// Zone by zone.
    #[schema(value_type = Vec<Object>)]
    zones: Vec<ZoneReport>,
}

/// What to reconcile.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reconcile {
    /// The flow; all when left out.
    #[serde(default)]
    flow: Option<String>,
    /// Whether to mend what can be mended; otherwise differences are only reported.
    #[serde(default)]
    mend: bool,
}

/// What the reconciler found, by flow.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReconciliationView {
    /// Flow by flow.
    #[schema(value_type = BTreeMap<String, Object>)]
    flows: BTreeMap<String, Reconciliation>,
}

/// Tries what the stores can do
#[utoipa::path(
    get, path = "/api/v1/doctor", tag = "operations", operation_id = "doctor",
    responses((status = 200, body = DoctorView), (status = "4XX", body = Problem)),
)]
pub(crate) async fn doctor(State(app): State<App>) -> Answer<DoctorView> {
    let zones = app.gate().doctor().await;
    Ok(Json(DoctorView { usable: zones.iter().all(ZoneReport::is_usable), zones }))
}

/// Compares the ledger with the zones
#[utoipa::path(
    post, path = "/api/v1/reconcile", tag = "operations", operation_id = "reconcile",
    request_body = Reconcile,
    responses((status = 200, body = ReconciliationView), (status = "4XX", body = Problem)),
)]
pub(crate) async fn reconcile(State(app): State<App>, bytes: Bytes) -> Answer<ReconciliationView> {
    let asked: Reconcile = body(&bytes)?;
    let names: Vec<FlowName> = match asked.flow {
        Some(name) => vec![FlowName::new(name)],
        None => app.gate().flows().map(|flow| flow.name.clone()).collect(),
    };
    let mut flows = BTreeMap::new();
    for name in names {
        let report = app.gate().reconcile(&name, asked.mend).await?;
        flows.insert(name.to_string(), report);
    }
    Ok(Json(ReconciliationView { flows }))
}
