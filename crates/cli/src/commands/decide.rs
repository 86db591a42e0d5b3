//! `lakegate approve|deny|redact`

use super::load_config;
use crate::arguments::{Decide, Global};
use crate::exit::Exit;
use crate::failure::{Failure, Report};
use crate::output::{Output, Row};
use crate::session::{ObjectFilter, Session, block_on};
use lakegate_core::passage::DecisionKind;
use serde::Serialize;

/// Objects of a run whose keys may begin alike.
const SAME_START_MAX: u32 = 1_000;

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
    if arguments.all && (arguments.run.is_none() || !arguments.objects.is_empty()) {
        return Err(Failure::usage("--all goes with --run ID, and with no objects"));
    }
    if arguments.run.is_none() && arguments.objects.is_empty() {
        return Err(Failure::usage("name objects, or a run with --run ID"));
    }
    let config = load_config(global, Vec::new())?;
    let decided = block_on(async {
        let session = Session::open(config).await?;
        let run = arguments.run.as_deref();
        let answers = if arguments.objects.is_empty() {
            session.decide(&[], run, kind, &arguments.reason).await?
        } else {
            let objects = within(&session, run, &arguments.objects).await?;
            session.decide(&objects, None, kind, &arguments.reason).await?
        };
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

/// The objects as they are named; where a run is named too, the ids of those that it holds.
async fn within(
    session: &Session,
    run: Option<&str>,
    names: &[String],
) -> Result<Vec<String>, Failure> {
    let Some(run) = run else { return Ok(names.to_vec()) };
    let mut ids = Vec::with_capacity(names.len());
    for name in names {
        let filter = ObjectFilter {
            run: Some(run.to_owned()),
            key: Some(name.clone()),
            limit: SAME_START_MAX,
            ..ObjectFilter::default()
        };
        let page = session.objects(&filter).await?;
        let by_key = page.objects.into_iter().find(|object| object.key == *name);
        let id = match by_key {
            Some(object) => object.object,
            None => session.story(name).await?.object.object,
        };
        if session.story(&id).await?.object.run != run {
            let message = format!("`{name}` is not an object of {run}");
            return Err(Failure::new(Exit::Failed, Report::new("GATE_NO_SUCH_OBJECT", message)));
        }
        ids.push(id);
    }
    Ok(ids)
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
