//! `lakegate approve|deny|redact`

use super::load_config;
use crate::arguments::{Decide, Global};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, Row};
use crate::session::{Session, block_on};
use lakegate_core::passage::DecisionKind;
use serde::Serialize;

/// What became of one object's decision.
#[derive(Serialize)]
struct Decided {
    object: String,
    key: Option<String>,
    /// `applied`, `waiting`, `refused`, `failed`, or why nothing was recorded.
    result: String,
    /// The state in which the object is now.
    state: Option<String>,
    message: String,
}

impl Row for Decided {
    const HEADS: &'static [&'static str] = &["OBJECT", "RESULT", "STATE", "KEY", "MESSAGE"];

    fn cells(&self) -> Vec<String> {
        let key = self.key.as_deref().unwrap_or("-").escape_debug().to_string();
        let state = self.state.clone().unwrap_or_else(|| "-".to_owned());
        vec![self.object.clone(), self.result.clone(), state, key, self.message.clone()]
    }
}

pub(super) fn run(
    kind: DecisionKind,
    arguments: &Decide,
    global: &Global,
    output: &mut Output,
) -> Result<Exit, Failure> {
    match (&arguments.run, arguments.objects.is_empty(), arguments.all) {
        (None, true, _) => {
            return Err(Failure::usage("name objects, or a run with --run ID --all"));
        }
        (None, false, true) => return Err(Failure::usage("--all goes with --run ID")),
        (Some(_), true, false) => {
            return Err(Failure::usage("--run ID decides all that the run holds: add --all"));
        }
        (Some(_), false, true) => {
            return Err(Failure::usage("name objects, or take --run ID --all; not both"));
        }
        _ => {}
    }
    let config = load_config(global, Vec::new())?;
    let decided = block_on(async {
        let session = Session::open(config).await?;
        let run = arguments.run.as_deref().filter(|_| arguments.all);
        let answers = session.decide(&arguments.objects, run, kind, &arguments.reason).await?;
        let mut decided = Vec::with_capacity(answers.objects.len());
        for answer in answers.objects {
            let mut row = Decided {
                object: answer.object,
                key: answer.key,
                result: answer.result,
                state: None,
                message: answer.message,
            };
            if row.result == "recorded" {
                let story = session.story(&row.object).await?;
                row.state = Some(story.object.state);
                if let Some(decision) = story.decisions.last() {
                    row.result.clone_from(&decision.outcome);
                    row.message = decision.message.clone().unwrap_or_default();
                }
            }
            decided.push(row);
        }
        Ok(decided)
    })?;
    output.rows(&decided)?;
    if decided.is_empty() {
        output.note("Nothing was held.");
    }
    Ok(exit_of(&decided))
}

fn exit_of(decided: &[Decided]) -> Exit {
    let any = |result: &str| decided.iter().any(|row| row.result == result);
    if any("failed") || any("waiting") || any("no_such_object") {
        Exit::Failed
    } else if decided.iter().all(|row| row.result == "applied") {
        Exit::Done
    } else {
        Exit::Refused
    }
}
