//! `lakegate runs list|show`

use super::load_config;
use crate::arguments::{Format, Global, Runs};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, Row};
use crate::session::{Session, block_on};
use lakegate_server::view::RunView;

pub(super) fn run(command: &Runs, global: &Global, output: &mut Output) -> Result<Exit, Failure> {
    let config = load_config(global, Vec::new())?;
    match command {
        Runs::List { flow, limit } => {
            let runs = block_on(async {
                Session::open(config).await?.runs(flow.as_deref(), *limit).await
            })?;
            output.rows(&runs)?;
        }
        Runs::Show { id } => {
            let run = block_on(async { Session::open(config).await?.run(id).await })?;
            match output.format() {
                Format::Json => output.json(&run)?,
                Format::Jsonl => output.json_line(&run)?,
                _ => output.text(&text(&run))?,
            }
        }
    }
    Ok(Exit::Done)
}

impl Row for RunView {
    const HEADS: &'static [&'static str] =
        &["RUN", "FLOW", "PHASE", "STARTED", "CLAIMED", "RELEASED", "HELD", "DENIED", "FAILED"];

    fn cells(&self) -> Vec<String> {
        let objects = &self.objects;
        vec![
            self.run.clone(),
            self.flow.clone(),
            self.phase.clone(),
            self.started.clone(),
            objects.claimed.to_string(),
            objects.released.to_string(),
            objects.held.to_string(),
            objects.denied.to_string(),
            objects.failed.to_string(),
        ]
    }
}

fn text(run: &RunView) -> String {
    let objects = &run.objects;
    let verdicts: Vec<String> =
        run.verdicts.iter().map(|(verdict, count)| format!("{count} {verdict}")).collect();
    format!(
        "Run       {}\nFlow      {}\nStarted   {} by {} ({})\nPhase     {}\nObjects   {} claimed, {} \
         released, {} held, {} denied, {} failed\nVerdicts  {}\nReview    {}\nBytes     {}\n",
        run.run,
        run.flow,
        run.started,
        run.actor,
        run.trigger,
        run.phase,
        objects.claimed,
        objects.released,
        objects.held,
        objects.denied,
        objects.failed,
        if verdicts.is_empty() { "none".to_owned() } else { verdicts.join(", ") },
        run.review.as_deref().unwrap_or("none"),
        run.bytes,
    )
}
