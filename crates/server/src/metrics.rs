//! Figures for Prometheus, in its text format. No label holds a key or anything else of an object.

use crate::app::App;
use crate::problem::Problem;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use std::fmt::Write;

/// Answers with all figures.
pub(crate) async fn get(State(app): State<App>) -> Result<Response, Problem> {
    let ledger = app.gate().ledger();
    let totals = ledger.totals().await?;
    let reviews = ledger.open_reviews().await?;
    let waiting = ledger.messages_waiting().await?;
    let mut out = String::new();
    let head = |out: &mut String, name: &str, kind: &str, help: &str| {
        let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
    };
    head(&mut out, "lakegate_objects_total", "gauge", "Objects by state and verdict.");
    for (state, verdict, objects) in totals {
        let _ = writeln!(
            out,
            "lakegate_objects_total{{state=\"{state}\",verdict=\"{verdict}\"}} {objects}"
        );
    }
    head(&mut out, "lakegate_reviews_open", "gauge", "Reviews that wait for decisions.");
    let _ = writeln!(out, "lakegate_reviews_open {}", reviews.count);
    let oldest_s =
        reviews.oldest_ms.map_or(0, |opened_ms| (app.now_ms() - opened_ms).max(0) / 1000);
    head(
        &mut out,
        "lakegate_review_oldest_seconds",
        "gauge",
        "How long the oldest open review has been waiting.",
    );
    let _ = writeln!(out, "lakegate_review_oldest_seconds {oldest_s}");
    head(&mut out, "lakegate_outbox_waiting", "gauge", "Messages that wait to leave.");
    let _ = writeln!(out, "lakegate_outbox_waiting {waiting}");
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], out).into_response())
}
