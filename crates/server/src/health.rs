//! Whether the server lives, and whether it can do its work.

use crate::app::App;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use lakegate_core::object::Zone;
use std::time::Duration;

/// A part that does not answer within this time is not ready.
const READY_WITHIN: Duration = Duration::from_secs(3);

/// Answers as long as requests are answered.
pub(crate) async fn livez() -> Response {
    text(StatusCode::OK, "ok\n".to_owned())
}

/// Answers whether the ledger can be written and every zone be listed. It names no bucket: anybody
/// may ask.
pub(crate) async fn readyz(State(app): State<App>) -> Response {
    let mut report = String::new();
    let mut is_ready = true;
    let mut check = |name: &str, works: bool| {
        is_ready &= works;
        report.push_str(&format!("{} {name}\n", if works { "ok" } else { "failed" }));
    };
    let ledger = app.gate().ledger().prove_writable();
    let works = tokio::time::timeout(READY_WITHIN, ledger).await;
    check("ledger", matches!(works, Ok(Ok(()))));
    for flow in app.gate().flows() {
        for zone in Zone::ALL {
            let bucket = flow.zones.bucket(zone);
            let works = tokio::time::timeout(READY_WITHIN, bucket.list("", None, 1)).await;
            check(&format!("{} {zone}", flow.name), matches!(works, Ok(Ok(_))));
        }
    }
    let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    text(status, report)
}

fn text(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], body).into_response()
}
