//! The commands, one module each.

mod completions;
mod config;
mod detect;
mod identifiers;
mod init;

use crate::arguments::{Arguments, Command, Global};
use crate::config::{Config, FlagValue};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

/// Carries out the command.
pub(crate) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let global = &arguments.global;
    match &arguments.command {
        Command::Init(init) => init::run(init, output),
        Command::Detect(detect) => detect::run(detect, output),
        Command::Identifiers(identifiers) => identifiers::run(identifiers, output),
        Command::Config(config) => config::run(config, global, output),
        Command::Completions(completions) => completions::run(completions, output),
    }
}

/// The configuration that the command line names, under the process's environment.
fn load_config(global: &Global, flags: Vec<FlagValue>) -> Result<Config, Failure> {
    // A variable that is not Unicode can not be a setting's value.
    let environment = std::env::vars_os()
        .filter_map(|(name, text)| Some((name.into_string().ok()?, text.into_string().ok()?)));
    Ok(Config::load(&global.config, flags, environment)?)
}
