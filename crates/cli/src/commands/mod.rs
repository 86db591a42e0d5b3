//! The commands, one module each.

mod completions;
mod config;
mod confinements;
mod decide;
mod demo;
mod detect;
mod identifiers;
mod init;
mod objects;
mod operations;
mod progress;
mod reviews;
mod rules;
mod run;
mod runs;
mod scan;
mod serve;

use crate::arguments::{Arguments, Command, Format, Global};
use crate::config::{Config, FlagValue};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use lakegate_core::passage::DecisionKind;

/// Carries out the command.
pub(crate) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let global = &arguments.global;
    let is_scan = matches!(arguments.command, Command::Scan(_));
    if matches!(global.output, Format::Sarif | Format::Macie) && !is_scan {
        return Err(Failure::usage("only `scan` prints sarif and macie"));
    }
    match &arguments.command {
        Command::Demo(demo) => demo::run(demo, output),
        Command::Run(run) => run::run(run, global, output),
        Command::Serve(serve) => serve::run(serve, global, output),
        Command::Scan(scan) => scan::run(scan, global, output),
        Command::Runs(runs) => runs::run(runs, global, output),
        Command::Reviews(reviews) => reviews::run(reviews, global, output),
        Command::Objects(objects) => objects::run(objects, global, output),
        Command::Approve(asked) => decide::run(DecisionKind::Approve, asked, global, output),
        Command::Deny(asked) => decide::run(DecisionKind::Deny, asked, global, output),
        Command::Restore(restore) => objects::restore(restore, global, output),
        Command::Reconcile(reconcile) => operations::reconcile(reconcile, global, output),
        Command::Audit(audit) => operations::audit(audit, global, output),
        Command::Doctor => operations::doctor(global, output),
        Command::Init(init) => init::run(init, output),
        Command::Detect(detect) => detect::run(detect, global, output),
        Command::Identifiers(identifiers) => identifiers::run(identifiers, global, output),
        Command::Config(config) => config::run(config, global, output),
        Command::Completions(completions) => completions::run(completions, output),
    }
}

/// The configuration that the command line names, under the process's environment.
fn load_config(global: &Global, flags: Vec<FlagValue>) -> Result<Config, Failure> {
    Ok(Config::load(&global.config, flags, environment())?)
}

/// The process's environment. A variable that is not Unicode can not be a setting's value.
fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, text)| Some((name.into_string().ok()?, text.into_string().ok()?)))
}
