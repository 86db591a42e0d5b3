//! A run: its figures and its objects.

use super::home::phase;
use super::words::{
    archived_chip, count, duration, moment, number, severity_chip, size, state_chip, verdict_chip,
    visible,
};
use super::{Page, failed, message};
use crate::app::App;
use crate::view;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use lakegate_core::ids::{PassageId, RunId};
use lakegate_core::passage::PassageState;
use lakegate_ledger::{Passage, PassageQuery, Review, Run};
use maud::{Markup, html};

/// Objects on one page.
const OBJECTS_MAX: u32 = 100;

/// `GET /runs/{id}`.
pub(crate) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let after = form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .find(|(name, _)| name == "after")
        .map(|(_, value)| PassageId::new(value));
    match load(&app, RunId::new(id), after).await {
        Ok(Some(page)) => page.answer(StatusCode::OK),
        Ok(None) => message(
            StatusCode::NOT_FOUND,
            "There is no such run",
            html! {
                p { a href="/" { "Back to the overview" } }
            },
        ),
        Err(error) => failed(&error),
    }
}

async fn load(
    app: &App,
    id: RunId,
    after: Option<PassageId>,
) -> lakegate_ledger::Result<Option<Page>> {
    let ledger = app.gate().ledger();
    let Some(run) = ledger.run(&id).await? else { return Ok(None) };
    let review = ledger.review_of_run(&id).await?;
    let query =
        PassageQuery { run: Some(id), after, limit: OBJECTS_MAX, ..PassageQuery::default() };
    let objects = ledger.passages(&query).await?;
    Ok(Some(Page {
        title: format!("Run {}", run.params.run),
        with_script: false,
        trail: vec![
            ("Overview".to_owned(), Some("/".to_owned())),
            (run.params.run.to_string(), None),
        ],
        body: body(app, &run, review.as_ref(), &objects),
    }))
}

fn body(app: &App, run: &Run, review: Option<&Review>, objects: &[Passage]) -> Markup {
    let in_state = |state| number(run.counts.in_state(state));
    let full = objects.len() == OBJECTS_MAX as usize;
    let link = review.filter(|r| r.closed_ms.is_none()).map(|r| view::link_path(app.gate(), r));
    html! {
        section.heading {
            div {
                h1 { (count(run.counts.claimed(), "object", "objects")) " of " (run.params.flow) }
                p.lede { (phase(run.phase)) }
            }
            @if let Some(link) = link { a.button href=(link) { "Open its review" } }
        }
        dl.facts {
            div { dt { "Run" } dd { code { (run.params.run) } } }
            div { dt { "Began" } dd { (moment(run.started_ms)) ", by " (run.trigger) } }
            @if let Some(closed_ms) = run.closed_ms {
                div { dt { "Took" } dd { (duration(closed_ms - run.started_ms)) } }
            }
            div { dt { "Size" } dd { (size(run.bytes)) } }
            div {
                dt { "Objects" }
                dd {
                    (in_state(PassageState::Released)) " released, "
                    (number(run.counts.undecided())) " held, "
                    (in_state(PassageState::Denied)) " denied, "
                    (in_state(PassageState::Failed)) " failed"
                }
            }
        }
        div.scroll {
            table {
                thead {
                    tr {
                        th scope="col" { "Key" }
                        th scope="col" { "State" }
                        th scope="col" { "Verdict" }
                        th scope="col" { "Severity" }
                        th.figure scope="col" { "Size" }
                    }
                }
                tbody {
                    @for object in objects {
                        tr {
                            th.key scope="row" {
                                a href={ "/objects/" (object.id) } { (visible(&object.key)) }
                            }
                            td { (state_chip(object.state)) }
                            td {
                                @if let Some(verdict) = object.verdict { (verdict_chip(verdict)) }
                                " " (archived_chip(object.archived_by.as_deref()))
                            }
                            td { @if let Some(severity) = object.severity { (severity_chip(severity)) } }
                            td.figure { (size(object.source.size_bytes)) }
                        }
                    }
                }
            }
        }
        @if let Some(last) = objects.last().filter(|_| full) {
            nav.pages aria-label="Pages" {
                a.next rel="next" href={ "/runs/" (run.params.run) "?after=" (last.id) } { "Next page" }
            }
        }
    }
}
