//! The page of a review: what is held, why, and the form to decide on it.
//!
//! Opening it reads the ledger and nothing else.

use super::card::{self, Card};
use super::filter::{Filter, PAGE_OBJECTS};
use super::panel::{self, FormState};
use super::words::{ago, count, duration, moment, number, severity_chip, verdict_chip};
use super::{Page, expired_link, failed, invalid_link};
use crate::app::App;
use crate::cookies;
use crate::outcomes::Outcome;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use lakegate_core::hash::ContentHash;
use lakegate_core::ids::PassageId;
use lakegate_core::machine::OnExpiry;
use lakegate_core::passage::PassageState;
use lakegate_core::verdict::Verdict;
use lakegate_gate::LinkError;
use lakegate_ledger::{Passage, Review, ReviewCounts, ReviewPosition, Run, Standing};
use maud::{Markup, html};
use std::sync::Arc;

/// What the page shows of a review.
pub(crate) struct Desk {
    pub(crate) token: String,
    pub(crate) review: Review,
    pub(crate) run: Run,
    pub(crate) filter: Filter,
    pub(crate) counts: ReviewCounts,
    /// Objects that fit the filter, on all pages.
    pub(crate) matching: u64,
    pub(crate) cards: Vec<Card>,
    pub(crate) next: Option<ReviewPosition>,
    pub(crate) everything: Everything,
    /// How long denied objects are kept, where the flow is known.
    pub(crate) trash_ms: Option<i64>,
    pub(crate) now_ms: i64,
}

/// All that waits in a view, as it is when the page is made: how many, and a seal over their ids and
/// content hashes, so that a decision on all of them is on exactly those.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Everything {
    pub(crate) objects: u64,
    pub(crate) seal: String,
}

impl Everything {
    pub(crate) fn of(objects: &[(PassageId, Option<ContentHash>)]) -> Self {
        let mut hasher = blake3::Hasher::new();
        for (id, hash) in objects {
            hasher.update(id.as_str().as_bytes());
            hasher.update(b" ");
            hasher.update(hash.as_ref().map_or("-", ContentHash::as_str).as_bytes());
            hasher.update(b"\n");
        }
        Self { objects: objects.len() as u64, seal: hasher.finalize().to_hex().to_string() }
    }
}

/// The review that a link opens, or the page that says why it opens none.
pub(crate) async fn open(app: &App, token: &str) -> Result<Review, Response> {
    let review = match app.gate().links().open(token, app.now_ms()) {
        Ok(review) => review,
        Err(LinkError::Invalid) => return Err(invalid_link()),
        Err(LinkError::Expired) => return Err(expired_link()),
    };
    match app.gate().ledger().review(&review).await {
        Ok(Some(review)) => Ok(review),
        Ok(None) => Err(invalid_link()),
        Err(error) => Err(failed(&error)),
    }
}

/// `GET /r/{token}`.
pub(crate) async fn show(
    State(app): State<App>,
    Path(token): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let review = match open(&app, &token).await {
        Ok(review) => review,
        Err(page) => return page,
    };
    let filter = Filter::parse(query.as_deref().unwrap_or_default());
    let form = FormState::blank(&app, &review, &headers);
    match Desk::load(&app, token, review, filter).await {
        Ok(desk) => answer(&app, &desk, &form, StatusCode::OK),
        Err(error) => failed(&error),
    }
}

/// The page, with the cookie that its form needs.
pub(crate) fn answer(app: &App, desk: &Desk, form: &FormState, status: StatusCode) -> Response {
    let outcome = desk.filter.outcome.as_deref();
    let outcome = outcome.and_then(|id| app.outcomes().find(desk.review.id.as_str(), id));
    let mut response = page(desk, form, outcome).answer(status);
    let path = format!("/r/{}", desk.token);
    if let Some(cookie) = cookies::set_form_secret(app, &path, &form.secret) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

impl Desk {
    /// Reads what the page shows.
    pub(crate) async fn load(
        app: &App,
        token: String,
        review: Review,
        mut filter: Filter,
    ) -> Result<Self, lakegate_gate::Error> {
        let ledger = app.gate().ledger();
        let run = ledger.run(&review.run).await?;
        let run = run.ok_or_else(|| lakegate_gate::Error::NoSuchRun(review.run.clone()))?;
        let mut counts = ledger.review_counts(&review.run, filter.standing).await?;
        if counts.waiting == 0 && filter.standing == Standing::Waiting {
            // With nothing left to decide, what was decided is what people come for.
            filter.standing = Standing::Any;
            counts = ledger.review_counts(&review.run, filter.standing).await?;
        }
        let query = filter.objects(&review.run);
        let matching = ledger.count_review_objects(&query).await?;
        let mut passages = ledger.review_objects(&query).await?;
        let next = (passages.len() > PAGE_OBJECTS as usize).then(|| {
            passages.truncate(PAGE_OBJECTS as usize);
            passages.last().map(position)
        });
        let waiting = ledger.review_object_hashes(&filter.waiting(&review.run)).await?;
        let flow = app.gate().flow(&review.flow).ok();
        let trash_s = flow.map(|flow| flow.settings.trash_retention_s);
        Ok(Self {
            everything: Everything::of(&waiting),
            cards: card::load(ledger, passages).await?,
            next: next.flatten(),
            trash_ms: trash_s.map(|s| i64::try_from(s.saturating_mul(1_000)).unwrap_or(i64::MAX)),
            now_ms: app.now_ms(),
            token,
            review,
            run,
            filter,
            counts,
            matching,
        })
    }

    /// The page's address with another view.
    pub(crate) fn link(&self, filter: &Filter) -> String {
        format!("/r/{}{}", self.token, filter.query())
    }

    /// Whether anything in the view can still be decided on.
    pub(crate) fn can_decide(&self) -> bool {
        self.counts.waiting > 0 && self.filter.standing != Standing::Decided
    }
}

fn position(passage: &Passage) -> ReviewPosition {
    ReviewPosition { severity: passage.severity, passage: passage.id.clone() }
}

fn page(desk: &Desk, form: &FormState, outcome: Option<Arc<Outcome>>) -> Page {
    let body = html! {
        (heading(desk))
        (panel::outcome(outcome.as_deref()))
        (panel::problems(form))
        (toolbar(desk))
        @if desk.can_decide() {
            form.desk method="post" action={ "/r/" (desk.token) "/decisions" (desk.filter.query()) }
                data-denied=(panel::denied_go(desk)) {
                div.list { (list(desk, form)) }
                (panel::decide(desk, form))
            }
        } @else {
            div.desk.single { div.list { (list(desk, form)) } }
        }
    };
    Page {
        title: title(desk),
        with_script: desk.can_decide(),
        trail: vec![("Review".to_owned(), None), (desk.review.flow.to_string(), None)],
        body,
    }
}

fn title(desk: &Desk) -> String {
    let waiting = desk.counts.waiting;
    if desk.review.closed_ms.is_some() {
        "This review is closed".to_owned()
    } else if waiting == 0 {
        "Everything is decided".to_owned()
    } else {
        let verb = if waiting == 1 { "waits" } else { "wait" };
        format!("{} {verb} for a decision", count(waiting, "object", "objects"))
    }
}

fn heading(desk: &Desk) -> Markup {
    let in_state = |state| desk.run.counts.in_state(state);
    let failed = in_state(PassageState::Failed);
    html! {
        section.heading {
            div {
                h1 { (title(desk)) }
                p.lede { (lede(desk)) }
            }
            @if desk.review.closed_ms.is_none() { (time_left(desk)) }
        }
        dl.facts {
            div { dt { "Flow" } dd { (desk.review.flow) } }
            div { dt { "Run" } dd { code { (desk.review.run) } } }
            div { dt { "Opened" } dd { (moment(desk.review.opened_ms)) } }
            @if let Some(closed_ms) = desk.review.closed_ms {
                div { dt { "Closed" } dd { (moment(closed_ms)) } }
            }
            div {
                dt { "This run" }
                dd {
                    (number(in_state(PassageState::Released))) " released, "
                    (number(desk.counts.waiting)) " held, "
                    (number(in_state(PassageState::Denied))) " denied"
                }
            }
        }
        @if failed > 0 {
            p.notice {
                (count(failed, "object", "objects")) " of this run could not be moved. They are not \
                 released, and not part of this review: they wait for an operator."
            }
        }
    }
}

fn lede(desk: &Desk) -> Markup {
    let released = desk.run.counts.in_state(PassageState::Released);
    html! {
        @if desk.review.closed_ms.is_some() {
            "All of its objects have been decided on. This page stays as a record; nothing can be \
             changed here any more."
        } @else if desk.counts.waiting == 0 {
            "What was decided is being carried out. Load the page again to see it done."
        } @else {
            "They landed in " b { (desk.review.flow) } " and did not pass the gate. Look at what was \
             found, then approve or deny each of them. "
            @if released > 0 && desk.counts.decided == 0 {
                (count(released, "other object", "other objects")) " of the run passed."
            }
        }
    }
}

fn time_left(desk: &Desk) -> Markup {
    let left_ms = desk.review.expires_ms - desk.now_ms;
    let denies = desk.run.params.on_expiry == OnExpiry::Deny;
    let total_ms = (desk.review.expires_ms - desk.review.opened_ms).max(1);
    let urgency = if left_ms <= 0 {
        "over"
    } else if left_ms.saturating_mul(5) < total_ms {
        "soon"
    } else {
        "calm"
    };
    html! {
        div class={ "clock " (urgency) } {
            @if left_ms > 0 {
                p { b { (duration(left_ms)) } " left" }
                p.muted {
                    "until " (moment(desk.review.expires_ms)) ". Then undecided objects "
                    (if denies { "are denied." } else { "stay held." })
                }
            } @else {
                p { b { "Overdue" } " since " (ago(desk.review.expires_ms, desk.now_ms)) }
                p.muted { "What is undecided is still held, and can still be decided." }
            }
        }
    }
}

fn toolbar(desk: &Desk) -> Markup {
    let filter = &desk.filter;
    let tabs = [
        (Standing::Waiting, "To decide", desk.counts.waiting),
        (Standing::Decided, "Decided", desk.counts.decided),
        (Standing::Any, "All", desk.counts.waiting + desk.counts.decided),
    ];
    let identifiers = &desk.counts.identifiers;
    let chosen = filter.identifier.as_deref();
    let chosen_name = identifiers.iter().find(|(id, ..)| Some(id.as_str()) == chosen);
    html! {
        section.toolbar aria-label="What is shown" {
            nav.tabs aria-label="By standing" {
                @for (standing, name, objects) in tabs {
                    a href=(desk.link(&filter.with_standing(standing)))
                        aria-current=[(filter.standing == standing).then_some("true")] {
                        (name) " " span.tally { (number(objects)) }
                    }
                }
            }
            div.facets {
                @for (verdict, objects) in verdicts(desk) {
                    a.facet href=(desk.link(&filter.toggling_verdict(verdict)))
                        aria-current=[filter.verdicts.contains(&verdict).then_some("true")] {
                        (verdict_chip(verdict)) " " span.tally { (number(objects)) }
                    }
                }
                @for (severity, objects) in desk.counts.severities.iter().rev() {
                    a.facet href=(desk.link(&filter.toggling_severity(*severity)))
                        aria-current=[filter.severities.contains(severity).then_some("true")] {
                        (severity_chip(*severity)) " " span.tally { (number(*objects)) }
                    }
                }
                (archived(desk))
                @if !identifiers.is_empty() {
                    details.menu {
                        summary {
                            @match chosen {
                                Some(id) => { "Found: " (chosen_name.map_or(id, |(_, name, _)| name)) },
                                None => { "What was found" },
                            }
                        }
                        ul {
                            @if chosen.is_some() {
                                li { a href=(desk.link(&filter.with_identifier(None))) { "Anything" } }
                            }
                            @for (id, name, objects) in identifiers {
                                li {
                                    a href=(desk.link(&filter.with_identifier(Some(id))))
                                        aria-current=[(Some(id.as_str()) == chosen).then_some("true")] {
                                        (name) " " span.tally { (number(*objects)) }
                                    }
                                }
                            }
                        }
                    }
                }
                (search(desk))
                @if filter.narrows() {
                    a.clear href=(desk.link(&filter.widened())) { "Show everything" }
                }
            }
        }
    }
}

fn verdicts(desk: &Desk) -> impl Iterator<Item = (Verdict, u64)> {
    desk.counts.verdicts.iter().map(|(verdict, objects)| (*verdict, *objects))
}

/// Archived or not: a choice where there is one.
fn archived(desk: &Desk) -> Markup {
    let filter = &desk.filter;
    let all: u64 = verdicts(desk).map(|(_, objects)| objects).sum();
    let archived = desk.counts.archived;
    let choices =
        [(true, "Archived", archived), (false, "Not archived", all.saturating_sub(archived))];
    html! {
        @if archived > 0 || filter.archived.is_some() {
            @for (is_archived, name, objects) in choices {
                a.facet href=(desk.link(&filter.toggling_archived(is_archived)))
                    aria-current=[(filter.archived == Some(is_archived)).then_some("true")] {
                    span.chip.archived { (name) } " " span.tally { (number(objects)) }
                }
            }
        }
    }
}

fn search(desk: &Desk) -> Markup {
    let filter = desk.filter.first_page();
    // The rest of the view goes along in hidden fields.
    let without = Filter { search: None, ..filter.clone() }.query();
    let rest: Vec<(String, String)> =
        form_urlencoded::parse(without.trim_start_matches('?').as_bytes()).into_owned().collect();
    html! {
        form.search method="get" action={ "/r/" (desk.token) } role="search" {
            @for (name, value) in &rest { input type="hidden" name=(name) value=(value); }
            label.unseen for="search" { "Key contains" }
            input #search type="search" name="key" placeholder="Key contains…"
                value=[filter.search.as_deref()] autocomplete="off" maxlength="200";
            button.quiet { "Find" }
        }
    }
}

fn list(desk: &Desk, form: &FormState) -> Markup {
    let selectable = desk.cards.iter().filter(|card| card.is_waiting()).count() as u64;
    let shown = desk.cards.len() as u64;
    html! {
        div.list-head {
            h2 {
                @if shown < desk.matching {
                    (number(shown)) " of " (count(desk.matching, "object", "objects"))
                } @else {
                    (count(shown, "object", "objects"))
                }
                span.muted { ", the gravest first" }
            }
            @if selectable > 1 {
                a.select-page href=(desk.link(&desk.filter.selecting_page()))
                    data-select-page="" { "Select all " (number(selectable)) " on this page" }
            }
        }
        @if desk.cards.is_empty() {
            div.empty {
                p { "No object fits this view." }
                @if desk.filter.narrows() {
                    p { a href=(desk.link(&desk.filter.widened())) { "Show everything" } }
                }
            }
        }
        ol.cards {
            @for card in &desk.cards { (card::render(card, desk, form)) }
        }
        @if desk.filter.after.is_some() || desk.next.is_some() {
            nav.pages aria-label="Pages" {
                @if desk.filter.after.is_some() {
                    a href=(desk.link(&desk.filter.first_page())) { "First page" }
                }
                @if let Some(next) = &desk.next {
                    a.next rel="next" href=(desk.link(&desk.filter.after_position(next.clone()))) {
                        "Next page"
                    }
                }
            }
        }
    }
}
