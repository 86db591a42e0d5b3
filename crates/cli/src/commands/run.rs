//! `lakegate run`: one run now.

use super::confinements::Confinements;
use super::serve::Serving;
use super::{load_config, progress};
use crate::arguments::{Format, Global, Run};
use crate::assembly::reading_processes;
use crate::exit::Exit;
use crate::failure::{Failure, Report};
use crate::output::Output;
use crate::session::{Here, Session, actor, block_on};
use lakegate_core::ids::{FlowName, RunId};
use lakegate_gate::Until;
use lakegate_server::view::{self, RunView};
use lakegate_server::{Bound, ServerOptions, serve};
use serde_json::{Value as Json, json};
use std::time::Duration;

/// How long the server goes on answering when the review is closed.
const ANSWERS_AFTER: Duration = Duration::from_secs(2);

/// How often notices leave while a review is waited for.
const DELIVER_EVERY: Duration = Duration::from_secs(2);

pub(super) fn run(arguments: &Run, global: &Global, output: &mut Output) -> Result<Exit, Failure> {
    let config = load_config(global, Vec::new())?;
    let flow = arguments.flow.clone();
    if let (None, [_, _, ..]) = (&flow, config.flows.as_slice()) {
        return Err(Failure::usage("there are several flows: name one with --flow"));
    }
    let flow = flow.or_else(|| config.flows.first().map(|flow| flow.name.to_string()));
    let serving = Serving::of(&config)?;
    Confinements::of(reading_processes(&config.ocr)?.as_ref())?.warn();
    let run = block_on(async {
        match Session::open(config).await? {
            Session::There(client) => client.begin_run(flow.as_deref(), arguments.wait).await,
            Session::Here(here) => {
                let flow = FlowName::new(flow.unwrap_or_default());
                let work = async {
                    let run = begin_and_route(&here, &flow, output).await?;
                    if arguments.wait {
                        wait_for_review(&here, &run, serving, output).await?;
                    }
                    Ok(view::run(&here.gate, &run).await?)
                };
                tokio::select! {
                    done = work => done,
                    _ = tokio::signal::ctrl_c() => Err(interrupted()),
                }
            }
        }
    })?;
    print(&run, output)?;
    Ok(exit_of(&run))
}

/// What ended early goes on from the ledger.
fn interrupted() -> Failure {
    let report = Report::new("INTERRUPTED", "interrupted; nothing is lost")
        .with_hint("the next `lakegate run` or `lakegate serve` goes on where this one stopped");
    Failure::new(Exit::Interrupted, report)
}

/// Finishes what earlier runs of the flow left on the way, then does a run.
pub(super) async fn begin_and_route(
    here: &Here,
    flow: &FlowName,
    output: &mut Output,
) -> Result<RunId, Failure> {
    let gate = &here.gate;
    gate.check_zones(flow).await?;
    for open in gate.ledger().open_runs().await? {
        if open.params.flow == *flow {
            gate.drive(&open.params.run, Until::Routed).await?;
        }
    }
    let run = gate.begin_run(flow, "request", &actor()).await?;
    progress::show(gate, &run, output, gate.drive(&run, Until::Routed)).await?;
    gate.deliver().await?;
    gate.purge_trash().await?;
    Ok(run)
}

/// Serves the review's page, and the commands that decide on it, until the review is closed.
async fn wait_for_review(
    here: &Here,
    run: &RunId,
    serving: Serving,
    output: &mut Output,
) -> Result<(), Failure> {
    let gate = &here.gate;
    let Some(review) = view::run(gate, run).await?.review else { return Ok(()) };
    let (bound, told) = tokio::sync::oneshot::channel();
    let options = ServerOptions {
        listen: serving.listen,
        state_dir: Some(serving.state_dir),
        secure_cookies: serving.secure_cookies,
        rules: Some(serving.rules),
        bound: Some(bound),
    };
    let serve = serve(gate.clone(), options, std::future::pending());
    let beside = async {
        if let Ok(Bound { url, .. }) = told.await {
            output.note(&format!("Waiting for review {review} at {url}/"));
        }
        loop {
            gate.deliver().await?;
            gate.purge_trash().await?;
            tokio::time::sleep(DELIVER_EVERY).await;
        }
    };
    tokio::select! {
        served = serve => served.map_err(|error| super::serve::failure(&error)),
        driven = async {
            let driven = gate.drive(run, Until::Closed).await;
            // Whoever made the last decision is still being told what became of it.
            tokio::time::sleep(ANSWERS_AFTER).await;
            driven
        } => Ok(driven.map(|_| ())?),
        delivered = beside => delivered,
    }
}

/// The run as the contract of the command line has it.
pub(super) fn summary(run: &RunView) -> Json {
    json!({
        "run": run.run,
        "objects": {
            "claimed": run.objects.claimed,
            "released": run.objects.released,
            "held": run.objects.held,
            "failed": run.objects.failed,
        },
        "review": run.review,
        "bytes": run.bytes,
        "seconds": run.seconds,
    })
}

pub(super) fn print(run: &RunView, output: &mut Output) -> Result<(), Failure> {
    match output.format() {
        Format::Json => output.json(&summary(run))?,
        Format::Jsonl => output.json_line(&summary(run))?,
        _ => output.text(&text(run))?,
    }
    if run.objects.failed > 0 {
        let count = run.objects.failed;
        output.note(&format!(
            "{count} failed: `lakegate objects list --run {} --state failed` says why",
            run.run
        ));
    }
    Ok(())
}

fn text(run: &RunView) -> String {
    let objects = &run.objects;
    let mut out = format!(
        "{}: {} claimed, {} released, {} held, {} denied, {} failed in {:.1} s\n",
        run.run,
        objects.claimed,
        objects.released,
        objects.held,
        objects.denied,
        objects.failed,
        run.seconds
    );
    for (verdict, count) in &run.verdicts {
        out.push_str(&format!("  {verdict:12} {count}\n"));
    }
    if let (Some(review), true) = (&run.review, objects.held > 0) {
        out.push_str(&format!("Review {review} waits for decisions.\n"));
    }
    out
}

pub(super) fn exit_of(run: &RunView) -> Exit {
    if run.objects.failed > 0 || run.calls_failed.is_some_and(|calls| calls > 0) {
        Exit::Failed
    } else {
        Exit::Done
    }
}
