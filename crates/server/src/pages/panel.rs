//! The form's own part of a review's page: who decides, why, on what; and what came of it.

use super::review::Desk;
use super::words::{count, decided, duration, number, visible};
use crate::app::App;
use crate::cookies;
use crate::outcomes::{LINES_MAX, Outcome};
use axum::http::HeaderMap;
use lakegate_core::passage::DecisionKind;
use lakegate_gate::REASON_CHARACTERS_MAX;
use lakegate_ledger::Review;
use maud::{Markup, html};
use std::collections::BTreeSet;

/// A name is at most this long.
pub(crate) const NAME_CHARACTERS_MAX: usize = 80;

/// The form as it is shown: blank, or as it was sent with what is wrong with it.
pub(crate) struct FormState {
    /// The browser's secret, in its cookie.
    pub(crate) secret: String,
    /// The anti-forgery token that fits it.
    pub(crate) token: String,
    /// The form's own number, by which it is known when it is sent twice.
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) reason: String,
    pub(crate) selected: BTreeSet<String>,
    pub(crate) problems: Vec<String>,
}

/// What a form's token is for.
pub(crate) fn purpose(review: &Review) -> String {
    format!("decide {}", review.id)
}

impl FormState {
    /// A blank form for a browser; one that has a secret already keeps it, so that its other pages
    /// stay good.
    pub(crate) fn blank(app: &App, review: &Review, headers: &HeaderMap) -> Self {
        let secret = cookies::read(headers, cookies::FORM_COOKIE).map(str::to_owned);
        let secret = secret.unwrap_or_else(|| app.random_token());
        Self {
            token: app.gate().links().form_token(&purpose(review), &secret),
            secret,
            id: app.random_token(),
            name: cookies::decider(headers).unwrap_or_default(),
            reason: String::new(),
            selected: BTreeSet::new(),
            problems: Vec::new(),
        }
    }
}

/// What is wrong with the form that was sent.
pub(crate) fn problems(form: &FormState) -> Markup {
    html! {
        @if !form.problems.is_empty() {
            section.banner.refused role="alert" {
                h2 { "Nothing was decided yet" }
                ul { @for problem in &form.problems { li { (problem) } } }
            }
        }
    }
}

/// What came of the form that was sent last.
pub(crate) fn outcome(outcome: Option<&Outcome>) -> Markup {
    html! {
        div aria-live="polite" {
            @if let Some(outcome) = outcome {
                @let class = if outcome.refused == 0 { "banner done" } else { "banner mixed" };
                section class=(class) role="status" {
                    h2 {
                        @if outcome.recorded > 0 {
                            (decided(outcome.kind)) ": " (count(outcome.recorded, "object", "objects"))
                        }
                        @if outcome.recorded > 0 && outcome.refused > 0 { ". " }
                        @if outcome.refused > 0 {
                            "Not decided: " (count(outcome.refused, "object", "objects"))
                        }
                    }
                    details open[outcome.refused > 0] {
                        summary { "What happened to each" }
                        ul.lines {
                            @for line in &outcome.lines {
                                li class=(if line.is_recorded { "ok" } else { "not" }) {
                                    span.key { (visible(&line.key)) }
                                    span { (visible(&line.text)) }
                                }
                            }
                        }
                        @let total = outcome.recorded + outcome.refused;
                        @if total > LINES_MAX as u64 {
                            p.muted { "and " (number(total - LINES_MAX as u64)) " more" }
                        }
                    }
                }
            }
        }
    }
}

/// What becomes of denied objects, in a sentence.
pub(crate) fn denied_go(desk: &Desk) -> String {
    match desk.trash_ms {
        Some(0) => "Denied objects are deleted at once.".to_owned(),
        Some(ms) => format!("Denied objects are kept in the trash for {}.", duration(ms)),
        None => "Denied objects go to the trash.".to_owned(),
    }
}

/// The form's fields and buttons.
pub(crate) fn decide(desk: &Desk, form: &FormState) -> Markup {
    html! {
        aside.panel #decide aria-label="Decide" {
            h2 { "Decide" }
            // The form's first button is what the Enter key presses in a field. It must decide nothing.
            button type="submit" disabled hidden {}
            input type="hidden" name="form_token" value=(form.token);
            input type="hidden" name="form_id" value=(form.id);
            input type="hidden" name="seal" value=(desk.everything.seal);
            div.field {
                label for="name" { "Your name" }
                input #name name="name" required maxlength=(NAME_CHARACTERS_MAX)
                    autocomplete="name" value=(form.name) aria-describedby="name-note";
                p.note #name-note {
                    "There is no sign-in yet: the name is recorded as you give it, marked as coming \
                     from this link."
                }
            }
            div.field {
                label for="reason" { "Reason" }
                textarea #reason name="reason" required rows="3" maxlength=(REASON_CHARACTERS_MAX)
                    placeholder="Why is this the right decision?" { (form.reason) }
            }
            p.chosen data-chosen="" aria-live="polite" { "Tick the objects that you decide on." }
            div.buttons {
                button.approve name="decision" value="approve" data-verb="Approve" {
                    "Approve selected"
                }
                button.deny name="decision" value="deny" data-verb="Deny" { "Deny selected" }
            }
            @if desk.everything.objects > 1 { (everything(desk)) }
            p.note {
                "Approved objects go to scanned-data as they are. " (denied_go(desk))
                " Nothing moves if its content has changed since this page was made."
            }
            p.note.keys {
                kbd { "j" } " " kbd { "k" } " move · " kbd { "x" } " select · " kbd { "a" }
                " approve · " kbd { "d" } " deny · " kbd { "?" } " help"
            }
        }
        a.jump href="#decide" { span data-chosen-short="" { "Decide" } }
        (dialogs())
    }
}

/// Deciding on all that waits in the view. The tick is what makes it deliberate without script.
fn everything(desk: &Desk) -> Markup {
    let objects = number(desk.everything.objects);
    let what = if desk.filter.narrows() {
        format!("all {objects} that fit this view")
    } else {
        format!("all {objects} held objects of this run")
    };
    html! {
        details.everything {
            summary { "Decide on " (what) }
            label.tick {
                input type="checkbox" name="all_meant" value="yes";
                span { "I mean " (what) ", on this page or not" }
            }
            div.buttons {
                button.approve name="decision" value=(all_value(DecisionKind::Approve))
                    data-all=(objects) data-verb="Approve" { "Approve all " (objects) }
                button.deny name="decision" value=(all_value(DecisionKind::Deny))
                    data-all=(objects) data-verb="Deny" { "Deny all " (objects) }
            }
        }
    }
}

/// What a button sends that decides on all.
pub(crate) fn all_value(kind: DecisionKind) -> &'static str {
    match kind {
        DecisionKind::Approve => "approve-all",
        DecisionKind::Deny => "deny-all",
        DecisionKind::Redact => "redact-all",
    }
}

/// What only the script opens: a question before deciding, and help with the keys.
fn dialogs() -> Markup {
    let keys = [
        ("j, k", "next and previous object"),
        ("x", "select the object"),
        ("o", "show where it was found"),
        ("a", "approve what is selected"),
        ("d", "deny what is selected"),
        ("/", "search by key"),
        ("?", "this help"),
    ];
    html! {
        dialog #confirm aria-labelledby="confirm-title" {
            h2 #confirm-title { "Decide?" }
            p data-confirm-text="" {}
            div.buttons {
                button.approve type="button" data-confirm-yes="" { "Yes" }
                button.quiet type="button" data-confirm-no="" { "Not yet" }
            }
        }
        dialog #help aria-labelledby="help-title" {
            h2 #help-title { "Keys" }
            dl.keys-list {
                @for (key, what) in keys { div { dt { kbd { (key) } } dd { (what) } } }
            }
            div.buttons { button.quiet type="button" data-help-close="" { "Close" } }
        }
    }
}
