//! The log: on standard error, text on a terminal and JSON elsewhere.

use crate::arguments::{Arguments, Command};
use std::io::IsTerminal;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt;
use tracing_subscriber::prelude::*;

/// Starts the log. A server tells what it does; a command only what goes wrong, unless asked.
pub(crate) fn start(arguments: &Arguments) {
    let serves = matches!(arguments.command, Command::Serve(_));
    let level = match (arguments.global.quiet, arguments.global.verbose, serves) {
        (true, ..) => LevelFilter::ERROR,
        (_, 0, true) | (_, 1, false) => LevelFilter::INFO,
        (_, 0, false) => LevelFilter::WARN,
        (_, 1, true) | (_, 2, _) => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    // The libraries below say much that is of no use to an operator.
    let others = level.min(LevelFilter::WARN);
    let filter = Targets::new().with_default(others).with_target("lakegate", level).with_targets(
        ["cli", "core", "gate", "ledger", "notify", "scan", "server", "store"]
            .map(|name| (format!("lakegate_{name}"), level)),
    );
    let registry = tracing_subscriber::registry().with(filter);
    // Only a second start in one process fails, and then the first one's log goes on.
    let _ = if std::io::stderr().is_terminal() || !serves {
        registry.with(fmt::layer().with_writer(std::io::stderr).with_target(false)).try_init()
    } else {
        registry.with(fmt::layer().json().with_writer(std::io::stderr)).try_init()
    };
}
