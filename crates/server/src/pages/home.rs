//! The overview: open reviews, the last runs, and the flows.

use super::words::{ago, count, duration, number};
use super::{Page, failed};
use crate::app::App;
use crate::view;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use lakegate_core::machine::Phase;
use lakegate_core::object::Zone;
use lakegate_core::passage::PassageState;
use lakegate_gate::Flow;
use lakegate_ledger::{Review, Run};
use maud::{Markup, html};
use std::sync::Arc;

/// Runs shown.
const RUNS_MAX: u32 = 20;

/// Open reviews shown.
const REVIEWS_MAX: u32 = 50;

/// `GET /`.
pub(crate) async fn show(State(app): State<App>) -> Response {
    match load(&app).await {
        Ok(body) => Page::plain("Overview", body).answer(StatusCode::OK),
        Err(error) => failed(&error),
    }
}

async fn load(app: &App) -> lakegate_ledger::Result<Markup> {
    let ledger = app.gate().ledger();
    let mut open = Vec::new();
    for review in ledger.reviews(true, REVIEWS_MAX).await? {
        let run = ledger.run(&review.run).await?;
        open.push((review, run.map_or(0, |run| run.counts.undecided())));
    }
    let runs = ledger.runs(None, RUNS_MAX).await?;
    let mut flows = Vec::new();
    for flow in app.gate().flows() {
        let last = ledger.runs(Some(&flow.name), 1).await?.pop();
        flows.push((flow.clone(), last));
    }
    let now_ms = app.now_ms();
    Ok(html! {
        section.heading {
            div {
                h1 { (headline(&open)) }
                p.lede { "Objects land in raw, are inspected in scan-stage, and go on to scanned-data \
                          when they are clean. The rest waits in manual-review." }
            }
        }
        (reviews(app, &open, now_ms))
        section {
            h2 { "Runs" }
            (runs_table(&runs, now_ms))
        }
        section {
            h2 { "Flows" }
            @for (flow, last) in &flows { (flow_card(flow, last.as_ref(), now_ms)) }
        }
    })
}

fn headline(open: &[(Review, u64)]) -> String {
    let waiting: u64 = open.iter().map(|(_, waiting)| waiting).sum();
    match waiting {
        0 => "Nothing waits for a decision".to_owned(),
        1 => "1 object waits for a decision".to_owned(),
        n => format!("{} objects wait for a decision", number(n)),
    }
}

fn reviews(app: &App, open: &[(Review, u64)], now_ms: i64) -> Markup {
    html! {
        @if !open.is_empty() {
            section {
                h2 { "Open reviews" }
                ul.cards {
                    @for (review, waiting) in open {
                        @let left_ms = review.expires_ms - now_ms;
                        li.card.review {
                            div {
                                h3 {
                                    a href=(view::link_path(app.gate(), review)) {
                                        (count(*waiting, "object", "objects")) " of " (review.flow)
                                    }
                                }
                                p.meta {
                                    span { "opened " (ago(review.opened_ms, now_ms)) }
                                    code { (review.run) }
                                }
                            }
                            span.chip {
                                @if left_ms > 0 { (duration(left_ms)) " left" } @else { "overdue" }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Runs as a table.
fn runs_table(runs: &[Run], now_ms: i64) -> Markup {
    html! {
        @if runs.is_empty() {
            p.empty { "No run yet. " code { "lakegate run" } " begins one." }
        } @else {
            div.scroll {
                table {
                    thead {
                        tr {
                            th scope="col" { "Run" }
                            th scope="col" { "Flow" }
                            th scope="col" { "Began" }
                            th scope="col" { "State" }
                            th.figure scope="col" { "Claimed" }
                            th.figure scope="col" { "Released" }
                            th.figure scope="col" { "Held" }
                            th.figure scope="col" { "Denied" }
                            th.figure scope="col" { "Failed" }
                        }
                    }
                    tbody {
                        @for run in runs {
                            @let in_state = |state| number(run.counts.in_state(state));
                            tr {
                                th scope="row" {
                                    a href={ "/runs/" (run.params.run) } { code { (run.params.run) } }
                                }
                                td { (run.params.flow) }
                                td { (ago(run.started_ms, now_ms)) }
                                td { (phase(run.phase)) }
                                td.figure { (number(run.counts.claimed())) }
                                td.figure { (in_state(PassageState::Released)) }
                                td.figure { (number(run.counts.undecided())) }
                                td.figure { (in_state(PassageState::Denied)) }
                                td.figure { (in_state(PassageState::Failed)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// How far a run is, in words.
pub(crate) fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::New => "Beginning",
        Phase::Passing => "Inspecting",
        Phase::Opening => "Opening its review",
        Phase::Reviewing => "In review",
        Phase::Closing => "Closing",
        Phase::Closed => "Closed",
    }
}

fn flow_card(flow: &Arc<Flow>, last: Option<&Run>, now_ms: i64) -> Markup {
    html! {
        div.card.flow {
            h3 { (flow.name) }
            p.meta {
                @match last {
                    Some(run) => { span { "last run " (ago(run.started_ms, now_ms)) } },
                    None => { span { "no run yet" } },
                }
            }
            dl.zones {
                @for zone in Zone::ALL {
                    div { dt { (zone) } dd { code { (flow.zones.bucket(zone).location()) } } }
                }
            }
        }
    }
}
