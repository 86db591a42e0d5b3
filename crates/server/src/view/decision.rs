//! Decisions and what became of them, as they are answered with.

use super::time;
use lakegate_gate::Answer;
use lakegate_ledger::{Decision, DecisionOutcome, DecisionResult};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A decision that was recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DecisionView {
    /// Its id.
    pub decision: String,
    /// `approve`, `deny` or `redact`.
    pub kind: String,
    /// Who decided. `link:` stands before a name that came with a review's link.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: String,
    /// The hash of the content that it is about.
    pub content_hash: Option<String>,
    /// `waiting`, `applied`, `refused` or `failed`.
    pub outcome: String,
    /// A stable code, where it was refused or failed.
    pub code: Option<String>,
    /// A sentence, where it was refused or failed.
    pub message: Option<String>,
    /// When it was carried out, refused or failed.
    pub concluded: Option<String>,
}

/// What became of a request to decide.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DecisionsView {
    /// Decisions recorded.
    pub recorded: u64,
    /// Decisions not recorded.
    pub refused: u64,
    /// Object by object.
    pub objects: Vec<AnswerView>,
}

/// What became of one object's decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AnswerView {
    /// The object's id.
    pub object: String,
    /// Its key.
    pub key: Option<String>,
    /// `recorded`, `already_decided`, `not_held`, `changed` or `no_such_object`.
    pub result: String,
    /// The decision that stands already.
    pub decided: Option<DecidedView>,
    /// The result in a sentence.
    pub message: String,
}

/// A decision that stands already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DecidedView {
    /// `approve`, `deny` or `redact`.
    pub kind: String,
    /// Who decided.
    pub actor: String,
    /// When.
    pub at: String,
}

/// Decisions on an object, in the order in which they were made.
pub fn decisions(decisions: &[Decision]) -> Vec<DecisionView> {
    decisions.iter().map(decision_view).collect()
}

fn decision_view(decision: &Decision) -> DecisionView {
    let (outcome, why) = match &decision.outcome {
        None => ("waiting", None),
        Some(DecisionOutcome::Applied) => ("applied", None),
        Some(DecisionOutcome::Refused { code, message }) => ("refused", Some((code, message))),
        Some(DecisionOutcome::Failed { code, message }) => ("failed", Some((code, message))),
    };
    DecisionView {
        decision: decision.id.clone(),
        kind: decision.kind.as_str().to_owned(),
        actor: decision.actor.clone(),
        reason: decision.reason.clone(),
        at: time(decision.at_ms),
        content_hash: decision.content_hash.as_ref().map(ToString::to_string),
        outcome: outcome.to_owned(),
        code: why.map(|(code, _)| code.clone()),
        message: why.map(|(_, message)| message.clone()),
        concluded: decision.concluded_ms.map(time),
    }
}

/// The gate's answers to a request to decide.
pub fn answers(answers: &[Answer]) -> DecisionsView {
    let mut view = DecisionsView::default();
    for answer in answers {
        let (result, decided) = match &answer.result {
            DecisionResult::Recorded => ("recorded", None),
            DecisionResult::AlreadyDecided { kind, actor, at_ms } => {
                let kind = kind.as_str().to_owned();
                let decided = DecidedView { kind, actor: actor.clone(), at: time(*at_ms) };
                ("already_decided", Some(decided))
            }
            DecisionResult::NotHeld { .. } => ("not_held", None),
            DecisionResult::HashMismatch => ("changed", None),
            DecisionResult::NoSuchPassage => ("no_such_object", None),
        };
        if answer.result == DecisionResult::Recorded {
            view.recorded += 1;
        } else {
            view.refused += 1;
        }
        view.objects.push(AnswerView {
            object: answer.passage.to_string(),
            key: answer.key.clone(),
            result: result.to_owned(),
            decided,
            message: answer_text(&answer.result),
        });
    }
    view
}

/// What became of one decision, in a sentence.
pub fn answer_text(result: &DecisionResult) -> String {
    match result {
        DecisionResult::Recorded => "The decision is recorded.".to_owned(),
        DecisionResult::AlreadyDecided { kind, actor, at_ms } => {
            let who = actor.strip_prefix("link:").unwrap_or(actor);
            let at = jiff::Timestamp::from_millisecond(*at_ms).map_or_else(
                |_| time(*at_ms),
                |at| at.strftime("%-d %b %Y, %H:%M UTC").to_string(),
            );
            let done = match kind {
                lakegate_core::passage::DecisionKind::Approve => "approved",
                lakegate_core::passage::DecisionKind::Deny => "denied",
                lakegate_core::passage::DecisionKind::Redact => "approved with redaction",
            };
            format!("Already {done} by {who} on {at}.")
        }
        DecisionResult::NotHeld { state } => {
            format!("It does not wait for a decision: it is {state}.")
        }
        DecisionResult::HashMismatch => {
            "Its content is not what the decision was about, or was never read whole.".to_owned()
        }
        DecisionResult::NoSuchPassage => "There is no such object.".to_owned(),
    }
}
