//! Taking decisions from a review's page.
//!
//! A form counts only when it comes from a page of ours in the same browser, names the decider and
//! the reason, and says which content was shown. What it decides is the gate's to judge.

use super::filter::Filter;
use super::panel::{FormState, NAME_CHARACTERS_MAX, all_value, purpose};
use super::review::{self, Desk, Everything};
use super::words::number;
use super::{failed, message};
use crate::app::App;
use crate::cookies;
use crate::form::Fields;
use crate::guard;
use crate::outcomes::{LINES_MAX, Line, Outcome};
use crate::view;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use lakegate_core::hash::ContentHash;
use lakegate_core::ids::PassageId;
use lakegate_core::passage::DecisionKind;
use lakegate_gate::{Answer, Ask, REASON_CHARACTERS_MAX};
use lakegate_ledger::{DecisionResult, Review};
use maud::html;
use std::time::Duration;

/// Objects that one form may select; more are decided on with the button for all.
const SELECTED_MAX: usize = 1_000;

/// After recording, wait so long for the decisions to be carried out before showing the page.
const CARRY_OUT_WITHIN: Duration = Duration::from_millis(1_500);

/// How often to look meanwhile.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// What a form asks for.
struct Asked {
    kind: DecisionKind,
    is_all: bool,
    name: String,
    reason: String,
}

/// `POST /r/{token}/decisions`.
pub(crate) async fn decide(
    State(app): State<App>,
    Path(token): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if !guard::is_own_form(&app, &headers) {
        return forged();
    }
    let review = match review::open(&app, &token).await {
        Ok(review) => review,
        Err(page) => return page,
    };
    let fields = Fields::parse(&body);
    let secret = cookies::read(&headers, cookies::FORM_COOKIE).unwrap_or_default();
    let form_token = fields.one("form_token").unwrap_or_default();
    let fits = app.gate().links().form_token_fits(&purpose(&review), secret, form_token);
    if secret.is_empty() || !fits {
        return outdated();
    }
    let filter = Filter::parse(query.as_deref().unwrap_or_default());
    let form_id = fields.one("form_id").unwrap_or_default();
    if app.outcomes().find(review.id.as_str(), form_id).is_some() {
        // The same form again: what came of it is shown, and nothing is done twice.
        return see_other(&token, &filter, form_id);
    }
    match take(&app, &review, &filter, &fields).await {
        Ok(Taken::Decided(outcome, name)) => {
            app.outcomes().keep(outcome);
            carried_out(&app, &review).await;
            let mut response = see_other(&token, &filter, form_id);
            if let Some(cookie) = cookies::set_decider(&app, &name) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            response
        }
        Ok(Taken::Incomplete(problems)) => {
            again(&app, token, review, filter, &headers, &fields, problems).await
        }
        Err(error) => failed(&error),
    }
}

enum Taken {
    Decided(Outcome, String),
    Incomplete(Vec<String>),
}

async fn take(
    app: &App,
    review: &Review,
    filter: &Filter,
    fields: &Fields,
) -> Result<Taken, lakegate_gate::Error> {
    let mut problems = Vec::new();
    let asked = asked(fields, &mut problems);
    let (asks, mut lines) = match &asked {
        Some(asked) if asked.is_all => {
            (all(app, review, filter, fields, &mut problems).await?, vec![])
        }
        Some(_) => selected(app, review, fields, &mut problems).await?,
        None => (vec![], vec![]),
    };
    let Some(asked) = asked.filter(|_| problems.is_empty()) else {
        return Ok(Taken::Incomplete(problems));
    };
    let actor = format!("link:{}", asked.name);
    let answers = app.gate().decide(&asks, asked.kind, &actor, &asked.reason).await?;
    let mut outcome = Outcome {
        scope: review.id.to_string(),
        id: fields.one("form_id").unwrap_or_default().to_owned(),
        kind: asked.kind,
        recorded: 0,
        refused: lines.len() as u64,
        lines: Vec::new(),
        answer: None,
    };
    for answer in &answers {
        let line = line(answer);
        if line.is_recorded {
            outcome.recorded += 1
        } else {
            outcome.refused += 1
        }
        lines.push(line);
    }
    lines.sort_by_key(|line| line.is_recorded);
    lines.truncate(LINES_MAX);
    outcome.lines = lines;
    Ok(Taken::Decided(outcome, asked.name))
}

/// Reads who decides what and why; says what is missing.
fn asked(fields: &Fields, problems: &mut Vec<String>) -> Option<Asked> {
    let kinds = [DecisionKind::Approve, DecisionKind::Deny];
    let value = fields.one("decision").unwrap_or_default();
    let one = kinds.into_iter().find(|kind| kind.as_str() == value);
    let all = kinds.into_iter().find(|kind| all_value(*kind) == value);
    let name = fields.one("name").unwrap_or_default().trim();
    let reason = fields.one("reason").unwrap_or_default().trim();
    if name.is_empty() {
        problems.push("Give your name.".to_owned());
    }
    if name.chars().count() > NAME_CHARACTERS_MAX || name.chars().any(char::is_control) {
        problems.push(format!("Give a name of at most {NAME_CHARACTERS_MAX} characters."));
    }
    if reason.is_empty() {
        problems.push("Give a reason: it is recorded with the decision.".to_owned());
    }
    if reason.chars().count() > REASON_CHARACTERS_MAX {
        problems.push(format!("Give a reason of at most {REASON_CHARACTERS_MAX} characters."));
    }
    let Some(kind) = one.or(all) else {
        problems.push("Choose whether to approve or to deny.".to_owned());
        return None;
    };
    Some(Asked { kind, is_all: all.is_some(), name: name.to_owned(), reason: reason.to_owned() })
}

/// The objects that the form selects, and a line for each that is not of this review.
async fn selected(
    app: &App,
    review: &Review,
    fields: &Fields,
    problems: &mut Vec<String>,
) -> Result<(Vec<Ask>, Vec<Line>), lakegate_gate::Error> {
    let mut values: Vec<&str> = fields.all("object").collect();
    values.sort_unstable();
    values.dedup();
    if values.is_empty() {
        problems.push("Select at least one object.".to_owned());
    }
    if values.len() > SELECTED_MAX {
        problems.push(format!("Select at most {} objects at once.", number(SELECTED_MAX as u64)));
        values.clear();
    }
    let (mut asks, mut lines) = (Vec::new(), Vec::new());
    for value in values {
        let (id, shown) = value.rsplit_once('.').unwrap_or((value, ""));
        let id = PassageId::new(id);
        let shown = ContentHash::parse(shown);
        let refused = |key: &str, text: &str| Line {
            key: key.to_owned(),
            is_recorded: false,
            text: text.to_owned(),
        };
        match app.gate().ledger().passage(&id).await? {
            Some(passage) if passage.run == review.run => {
                // Where no content hash was shown there was none; if there is one now, the content
                // is not what was looked at.
                if shown.is_none() && passage.content_hash.is_some() {
                    lines.push(refused(&passage.key, CHANGED));
                } else {
                    asks.push(Ask { passage: id, content_hash: shown });
                }
            }
            _ => lines.push(refused(id.as_str(), "There is no such object in this review.")),
        }
    }
    Ok((asks, lines))
}

/// All that waits in the form's view, if it is still what the page was made of.
async fn all(
    app: &App,
    review: &Review,
    filter: &Filter,
    fields: &Fields,
    problems: &mut Vec<String>,
) -> Result<Vec<Ask>, lakegate_gate::Error> {
    let objects = app.gate().ledger().review_object_hashes(&filter.waiting(&review.run)).await?;
    if fields.one("all_meant") != Some("yes") {
        problems.push("Tick that you mean all of them.".to_owned());
    }
    if fields.one("seal") != Some(Everything::of(&objects).seal.as_str()) {
        problems.push(
            "What is held has changed since the page was made. Look at it as it is now, and decide \
             again."
                .to_owned(),
        );
    }
    Ok(objects.into_iter().map(|(passage, content_hash)| Ask { passage, content_hash }).collect())
}

const CHANGED: &str = "Its content has changed since the page was made.";

fn line(answer: &Answer) -> Line {
    let key = answer.key.clone().unwrap_or_else(|| answer.passage.to_string());
    let is_recorded = answer.result == DecisionResult::Recorded;
    Line { key, is_recorded, text: view::answer_text(&answer.result) }
}

/// Waits a moment for the run's driver, so that the page shows what is done and not what is begun.
async fn carried_out(app: &App, review: &Review) {
    let looking = async {
        loop {
            match app.gate().ledger().pending_decisions(&review.run, 1).await {
                Ok(pending) if !pending.is_empty() => tokio::time::sleep(LOOK_EVERY).await,
                _ => break,
            }
        }
    };
    let _ = tokio::time::timeout(CARRY_OUT_WITHIN, looking).await;
}

/// The page again with the form as it was sent, and what is wrong with it.
async fn again(
    app: &App,
    token: String,
    review: Review,
    filter: Filter,
    headers: &HeaderMap,
    fields: &Fields,
    problems: Vec<String>,
) -> Response {
    let form = FormState {
        name: fields.one("name").unwrap_or_default().to_owned(),
        reason: fields.one("reason").unwrap_or_default().to_owned(),
        selected: fields.all("object").map(str::to_owned).collect(),
        problems,
        ..FormState::blank(app, &review, headers)
    };
    match Desk::load(app, token, review, filter).await {
        Ok(desk) => review::answer(app, &desk, &form, StatusCode::UNPROCESSABLE_ENTITY),
        Err(error) => failed(&error),
    }
}

fn see_other(token: &str, filter: &Filter, outcome: &str) -> Response {
    let shown = Filter { outcome: Some(outcome.to_owned()), ..filter.first_page() };
    let to = format!("/r/{token}{}", shown.query());
    match HeaderValue::from_str(&to) {
        Ok(to) => (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response(),
        Err(error) => failed(&error),
    }
}

fn forged() -> Response {
    message(
        StatusCode::FORBIDDEN,
        "Nothing was decided",
        html! {
            p { "The form did not come from the review's own page." }
            p.muted { "Open the link from the message, and decide there." }
        },
    )
}

fn outdated() -> Response {
    message(
        StatusCode::FORBIDDEN,
        "Nothing was decided",
        html! {
            p { "The page with the form was open for too long, or was opened again elsewhere in this \
                 browser." }
            p.muted { "Go back, load the page again, and decide there. If that does not help, this \
                       browser keeps no cookies for this site." }
        },
    )
}
