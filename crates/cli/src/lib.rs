//! The binary `lakegate`: it parses what is asked for, calls the crate that does it, and prints what
//! came of it.
//!
//! No rule of the gate's may stand here: what a command decides, the crates below decide. Data goes to
//! standard output, everything else to standard error, and nothing that matched goes anywhere.
#![deny(missing_docs)]

pub mod arguments;
pub mod assembly;
mod commands;
pub mod config;
pub mod exit;
pub mod failure;
mod logging;
pub mod output;
pub mod session;

use arguments::Arguments;
use clap::Parser;
use clap::error::ErrorKind;
use exit::Exit;
use failure::{Failure, Report};
use output::Output;
use std::process::ExitCode;

/// The word by which this program is told to be nothing but a process that reads objects.
pub(crate) const READING_PROCESS: &str = "reading-process";

/// The word by which this program is told to confine itself and become what reads a picture.
pub(crate) const RECOGNISING_PROCESS: &str = "recognising-process";

/// How the parser's usage of `detect` begins: people name a file there.
const DETECT_USAGE: &str = "Usage: lakegate detect";
const DETECT_HINT: &str = "texts come on standard input, one JSON object {\"id\", \"text\"} a line; \
                           `lakegate scan` inspects files";

/// Does what the process was asked for.
pub fn main() -> ExitCode {
    // Before anything is read or opened: this process is to have as little as possible.
    if std::env::args_os().nth(1).is_some_and(|word| word == READING_PROCESS) {
        return if lakegate_extract::process::serve() { Exit::Done } else { Exit::Failed }.into();
    }
    if std::env::args_os().nth(1).is_some_and(|word| word == RECOGNISING_PROCESS) {
        return lakegate_extract::process::recognise(std::env::args_os().skip(2)).into();
    }
    match Arguments::try_parse() {
        Ok(arguments) => {
            logging::start(&arguments);
            let mut output = Output::new(&arguments.global);
            run(&arguments, &mut output).into()
        }
        Err(error) => unparsed(&error).into(),
    }
}

fn run(arguments: &Arguments, output: &mut Output) -> Exit {
    let ended = commands::run(arguments, output)
        .and_then(|exit| output.flush().map(|()| exit).map_err(Failure::from));
    match ended {
        Ok(exit) => exit,
        Err(failure) => {
            // What was done before the failure is data all the same.
            let _ = output.flush();
            output.failure(&failure);
            failure.exit
        }
    }
}

/// Help and version are data; all else that can not be parsed is an error in our own form.
fn unparsed(error: &clap::Error) -> Exit {
    let help_was_asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    if help_was_asked || error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let _ = error.print();
        return if help_was_asked { Exit::Done } else { Exit::Usage };
    }
    let global = arguments::Global::for_errors();
    let mut report = usage_report(&error.render().to_string());
    let usage = report.hint.as_deref().unwrap_or_default();
    let is_word = !report.message.contains("argument '-");
    if is_word && error.kind() == ErrorKind::UnknownArgument && usage.starts_with(DETECT_USAGE) {
        report.hint = Some(DETECT_HINT.to_owned());
    }
    Output::new(&global).report(&report);
    Exit::Usage
}

/// What the parser says: its first paragraph, and its tip or else how the command is used.
fn usage_report(text: &str) -> Report {
    let text = text.strip_prefix("error: ").unwrap_or(text);
    let mut paragraphs = text.split("\n\n").map(str::trim);
    let report = Report::new("USAGE", paragraphs.next().unwrap_or_default());
    let rest: Vec<&str> = paragraphs.collect();
    let tip = rest.iter().find_map(|paragraph| paragraph.strip_prefix("tip: "));
    let usage = rest.iter().find(|paragraph| paragraph.starts_with("Usage: ")).copied();
    match tip.or(usage) {
        Some(hint) => report.with_hint(hint),
        None => report,
    }
}
