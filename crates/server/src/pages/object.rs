//! An object's whole story: what it is, what was found, what was decided, and every step it took.

use super::card::{self, Card, earlier_decisions, found, places, why_held};
use super::words::{
    actor, ago, archived_chip, moment, severity_chip, size, state, state_chip, verdict_chip,
    visible,
};
use super::{Page, failed, message, review};
use crate::app::App;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use lakegate_core::hash::ContentHash;
use lakegate_core::ids::PassageId;
use lakegate_core::object::Tags;
use lakegate_ledger::{AuditRow, Passage};
use maud::{Markup, html};

/// Occurrences shown of each detection at first.
const OCCURRENCES_SHOWN: usize = 10;

/// Occurrences shown of each detection when asked for more.
const OCCURRENCES_MAX: usize = 100;

/// `GET /objects/{id}`.
pub(crate) async fn show(State(app): State<App>, Path(id): Path<String>) -> Response {
    match app.gate().ledger().passage(&PassageId::new(id)).await {
        Ok(Some(passage)) => {
            let run = passage.run.to_string();
            let trail = vec![
                ("Overview".to_owned(), Some("/".to_owned())),
                (run.clone(), Some(format!("/runs/{run}"))),
                ("Object".to_owned(), None),
            ];
            page(&app, passage, trail).await
        }
        Ok(None) => no_such_object(),
        Err(error) => failed(&error),
    }
}

/// `GET /r/{token}/objects/{id}`.
pub(crate) async fn show_by_link(
    State(app): State<App>,
    Path((token, id)): Path<(String, String)>,
) -> Response {
    let review = match review::open(&app, &token).await {
        Ok(review) => review,
        Err(page) => return page,
    };
    match belonging(&app, &review, PassageId::new(id)).await {
        Ok(Some(passage)) => {
            let trail = vec![
                ("Review".to_owned(), Some(format!("/r/{token}"))),
                ("Object".to_owned(), None),
            ];
            page(&app, passage, trail).await
        }
        Ok(None) => no_such_object(),
        Err(error) => failed(&error),
    }
}

/// The passage, if it belongs to the review: a link opens nothing else of its run.
async fn belonging(
    app: &App,
    review: &lakegate_ledger::Review,
    id: PassageId,
) -> lakegate_ledger::Result<Option<Passage>> {
    let Some(passage) = app.gate().ledger().passage(&id).await? else { return Ok(None) };
    if passage.run != review.run {
        return Ok(None);
    }
    use lakegate_core::passage::PassageState::{Expired, Held};
    let was_decided = !app.gate().ledger().decisions_of(&id).await?.is_empty();
    Ok((was_decided || matches!(passage.state, Held | Expired)).then_some(passage))
}

fn no_such_object() -> Response {
    message(
        StatusCode::NOT_FOUND,
        "There is no such object here",
        html! {
            p { "No object of this review has this id." }
        },
    )
}

async fn page(app: &App, passage: Passage, trail: Vec<(String, Option<String>)>) -> Response {
    let ledger = app.gate().ledger();
    let rows = match ledger.audit_of(&passage.id).await {
        Ok(rows) => rows,
        Err(error) => return failed(&error),
    };
    let card = match card::load(ledger, vec![passage]).await {
        Ok(mut cards) => cards.pop(),
        Err(error) => return failed(&error),
    };
    let Some(card) = card else { return no_such_object() };
    let body = body(&card, &rows, app.now_ms());
    Page { title: "Object".to_owned(), with_script: false, trail, body }.answer(StatusCode::OK)
}

fn body(card: &Card, rows: &[AuditRow], now_ms: i64) -> Markup {
    let passage = &card.passage;
    html! {
        section.heading {
            div {
                h1.key { (visible(&passage.key)) }
                p.meta {
                    (state_chip(passage.state))
                    @if let Some(verdict) = passage.verdict { (verdict_chip(verdict)) }
                    (archived_chip(passage.archived_by.as_deref()))
                    @if let Some(severity) = passage.severity { (severity_chip(severity)) }
                    span { (size(passage.source.size_bytes)) }
                    @if let Some(coverage) = &passage.coverage { span { (coverage.mime_type) } }
                }
            }
        }
        (facts(passage))
        (why_held(passage))
        @if !card.detections.is_empty() {
            section {
                h2 { "What was found" }
                (found(&card.detections, passage.coverage.as_ref()))
                (places(&card.detections, passage.coverage.as_ref(), OCCURRENCES_SHOWN))
                @if card.detections.iter().any(|d| d.occurrences.len() > OCCURRENCES_SHOWN) {
                    details.where {
                        summary { "More places" }
                        (places(&card.detections, passage.coverage.as_ref(), OCCURRENCES_MAX))
                    }
                }
            }
        }
        @if !card.decisions.is_empty() {
            section {
                h2 { "What was decided" }
                (earlier_decisions(card, now_ms))
            }
        }
        section {
            h2 { "What happened" }
            ol.timeline {
                @for row in rows { (step(row, now_ms)) }
            }
        }
    }
}

fn facts(passage: &Passage) -> Markup {
    let place = passage.place.as_ref();
    let hash = passage.content_hash.as_ref().map(ContentHash::as_str);
    html! {
        dl.facts {
            div { dt { "Flow" } dd { (passage.flow) } }
            div { dt { "Run" } dd { code { (passage.run) } } }
            div { dt { "Id" } dd { code { (passage.id) } } }
            div { dt { "Landed" } dd { (moment(passage.source.modified_ms)) } }
            div {
                dt { "Its bytes are in" }
                dd { @match place { Some(place) => { (place.zone) }, None => { "no zone: deleted" } } }
            }
            @if let Some(purge_ms) = passage.purge_after_ms {
                div { dt { "In the trash until" } dd { (moment(purge_ms)) } }
            }
            @if let Some(hash) = hash {
                div { dt { "BLAKE3" } dd { code title=(hash) { (hash.get(..16).unwrap_or(hash)) "…" } } }
            }
            (named("Tags", &passage.producer_tags))
            (named("Metadata", &passage.producer_metadata))
        }
        @if let Some(coverage) = &passage.coverage {
            @for note in &coverage.notes { p.notice { (visible(note)) } }
        }
    }
}

fn named(title: &str, values: &Tags) -> Markup {
    html! {
        @if !values.is_empty() {
            div {
                dt { (title) }
                dd { @for (name, value) in values { code { (visible(name)) "=" (visible(value)) } " " } }
            }
        }
    }
}

fn step(row: &AuditRow, now_ms: i64) -> Markup {
    let detail: serde_json::Value = serde_json::from_str(&row.detail).unwrap_or_default();
    let text = |name: &str| detail.get(name).and_then(|value| value.as_str());
    let archived_by = detail.pointer("/inspection/archived_by").and_then(|rule| rule.as_str());
    html! {
        li {
            p {
                b { (title(row)) } " "
                span.muted { (ago(row.at_ms, now_ms)) " by " (actor(&row.actor)) }
            }
            @if let Some(cause) = text("cause") { p.muted { code { (visible(cause)) } } }
            @if let Some(rule) = archived_by {
                p { "Suppression rule " code { (visible(rule)) } " archives its finding." }
            }
            @if let Some(reason) = text("reason") { blockquote { (visible(reason)) } }
            @if let Some(why) = text("message") { p { (visible(why)) } }
        }
    }
}

fn title(row: &AuditRow) -> String {
    let named = match row.action.as_str() {
        "decision.recorded" => Some("Decision recorded"),
        "decision.applied" => Some("Decision carried out"),
        "decision.refused" => Some("Decision refused"),
        "decision.failed" => Some("Decision failed"),
        "passage.updated" => Some("Updated"),
        "passage.restored" => Some("Taken out of the trash"),
        "passage.purged" => Some("Deleted from the trash"),
        _ => None,
    };
    match (named, row.state) {
        (Some(named), _) => named.to_owned(),
        (None, Some(of)) => state(of).to_owned(),
        (None, None) => row.action.clone(),
    }
}
