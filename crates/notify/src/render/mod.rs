//! A message as text and as HTML. Pure functions: the same message gives the same bytes.
//!
//! The wording has one place, [`Facts`]; the two templates beside this file only arrange it.

pub(crate) mod words;

use crate::{Error, Message, ReviewNotice};
use lakegate_core::machine::OnExpiry;
use lakegate_core::verdict::{Severity, Verdict};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, Value};
use serde::Serialize;
use words::{count, duration, grouped, moment, one_line};

/// At most this many kinds of data are listed; the rest are counted.
const IDENTIFIERS_MAX: usize = 20;
/// At most this many characters of a name are shown.
const NAME_CHARACTERS_MAX: usize = 100;

const TEXT: &str = include_str!("notice.txt.j2");
const HTML: &str = include_str!("notice.html.j2");

/// The message as plain text.
pub fn text(message: &Message) -> Result<String, Error> {
    render(("notice.txt", TEXT), message, Value::from(message.facts.link.as_str()))
}

/// The message as an HTML page with inline styles and no image, script or address but the link.
pub fn html(message: &Message) -> Result<String, Error> {
    // A link holds no character that HTML gives a meaning to but this one.
    let link = message.facts.link.as_str().replace('&', "&amp;");
    render(("notice.html", HTML), message, Value::from_safe_string(link))
}

/// The template's name decides how values are escaped: by its ending.
fn render((name, template): (&str, &str), message: &Message, link: Value) -> Result<String, Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    let failed = |e: minijinja::Error| Error::message(format!("its template failed: {e}"));
    environment.set_syntax(
        SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build().map_err(failed)?,
    );
    let facts = Value::from(Serde(Facts::of(message)?));
    environment
        .render_named_str(name, template, minijinja::context! { link, facts })
        .map_err(failed)
}

/// What the templates show, in words.
#[derive(Serialize)]
struct Facts {
    subject: String,
    heading: String,
    reminder: Option<String>,
    flow: String,
    run: String,
    review: String,
    rest_of_run: String,
    verdicts: Vec<String>,
    severities: Option<String>,
    identifiers: Vec<IdentifierRow>,
    more_identifiers: Option<String>,
    opened: String,
    expires: String,
    then: &'static str,
}

#[derive(Serialize)]
struct IdentifierRow {
    id: String,
    name: String,
    objects: String,
    occurrences: String,
}

impl Facts {
    fn of(message: &Message) -> Result<Self, Error> {
        let notice = &message.facts;
        let name = |text: &str| one_line(text, NAME_CHARACTERS_MAX);
        let verb = if notice.held == 1 { "waits" } else { "wait" };
        Ok(Self {
            subject: message.subject_line(),
            heading: format!("{} {verb} for a decision", count(notice.held, "object")),
            reminder: notice
                .reminder
                .map(|nth| format!("This is reminder {nth}: the review is still open.")),
            flow: name(notice.flow.as_str()),
            run: name(notice.run.as_str()),
            review: name(notice.review.as_str()),
            rest_of_run: rest_of_run(notice),
            verdicts: verdicts(notice),
            severities: severities(notice),
            identifiers: identifiers(notice),
            more_identifiers: more_identifiers(notice),
            opened: moment(notice.opened_ms)?,
            expires: expires(message)?,
            then: then(message),
        })
    }
}

fn rest_of_run(notice: &ReviewNotice) -> String {
    let released = count(notice.released, "object");
    match notice.failed {
        0 => format!("{released} released"),
        failed => format!("{released} released, {} failed and need an operator", grouped(failed)),
    }
}

fn verdicts(notice: &ReviewNotice) -> Vec<String> {
    let why = |verdict: Verdict| match verdict {
        Verdict::Findings => "with sensitive data",
        Verdict::Partial => "inspected only in part",
        Verdict::Unscannable => "that could not be read",
        Verdict::Failed => "whose inspection failed",
        Verdict::Clean => "held by policy though nothing was found",
    };
    let some = notice.verdicts.iter().filter(|(_, number)| **number > 0);
    some.map(|(verdict, number)| format!("{} {}", count(*number, "object"), why(*verdict)))
        .collect()
}

fn severities(notice: &ReviewNotice) -> Option<String> {
    let parts: Vec<String> = [Severity::High, Severity::Medium, Severity::Low]
        .into_iter()
        .filter_map(|severity| {
            let number = *notice.severities.get(&severity).filter(|number| **number > 0)?;
            Some(format!("{} {}", grouped(number), severity.as_str().to_lowercase()))
        })
        .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn identifiers(notice: &ReviewNotice) -> Vec<IdentifierRow> {
    let shown = notice.identifiers.iter().take(IDENTIFIERS_MAX);
    shown
        .map(|identifier| IdentifierRow {
            id: one_line(&identifier.id, NAME_CHARACTERS_MAX),
            name: one_line(&identifier.name, NAME_CHARACTERS_MAX),
            objects: grouped(identifier.objects),
            occurrences: grouped(identifier.occurrences),
        })
        .collect()
}

fn more_identifiers(notice: &ReviewNotice) -> Option<String> {
    let more = notice.identifiers.len().saturating_sub(IDENTIFIERS_MAX);
    (more > 0)
        .then(|| format!("and {} of data, listed in the review", count(more as u64, "more kind")))
}

fn expires(message: &Message) -> Result<String, Error> {
    let expires_ms = message.facts.expires_ms;
    let left_ms = expires_ms.saturating_sub(message.created_ms);
    let at = moment(expires_ms)?;
    Ok(if left_ms > 0 {
        format!("Time left to decide: {}, until {at}.", duration(left_ms))
    } else {
        format!("The time to decide was up on {at}.")
    })
}

fn then(message: &Message) -> &'static str {
    let is_over = message.facts.expires_ms <= message.created_ms;
    match (message.facts.on_expiry, is_over) {
        (OnExpiry::Hold, false) => {
            "Without a decision by then the objects stay held, and a reminder follows. Nothing is \
             ever released because time ran out."
        }
        (OnExpiry::Hold, true) => {
            "The objects stay held until somebody decides. Nothing is ever released because time \
             ran out."
        }
        (OnExpiry::Deny, false) => {
            "Objects without a decision by then are denied: they move to the trash, and are \
             deleted there when their retention time ends."
        }
        (OnExpiry::Deny, true) => {
            "Objects without a decision are denied: they move to the trash, and are deleted there \
             when their retention time ends."
        }
    }
}
