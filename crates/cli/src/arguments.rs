//! The command line: what may be asked for. Nothing here does any of it.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// A gate in front of a data lake: what lands is inspected, and what is sensitive waits for a decision.
#[derive(Debug, Parser)]
#[command(name = "lakegate", version, max_term_width = 100)]
#[command(subcommand_required = true, arg_required_else_help = true)]
#[command(disable_help_subcommand = true, disable_help_flag = true)]
#[command(after_help = "Exit codes: 0 done, 1 an operation failed, 2 usage or configuration, \
    3 findings (scan), 4 something partial or unscannable (scan), 5 refused, 130 interrupted.")]
pub struct Arguments {
    /// What every command takes.
    #[command(flatten)]
    pub global: Global,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// What every command takes.
#[derive(Args, Debug)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Configuration file.
    #[arg(long, global = true, value_name = "FILE", env = "LAKEGATE_CONFIG")]
    #[arg(default_value = "lakegate.toml", hide_env_values = true)]
    pub config: PathBuf,
    /// Form of the data on standard output.
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    pub output: Format,
    /// Print data and errors only.
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Log more on standard error; twice for still more.
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// When to use colour; NO_COLOR is heeded.
    #[arg(long, global = true, value_enum, default_value_t = ColorChoice::Auto)]
    pub color: ColorChoice,
    /// Print help.
    #[arg(long, short, global = true, action = clap::ArgAction::HelpShort)]
    pub help: Option<bool>,
}

/// The form of the data on standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// One JSON document.
    Json,
    /// One line of JSON for each thing.
    Jsonl,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a commented lakegate.toml that runs as it is, and make its folders.
    Init(Init),
    /// Find sensitive data in texts: JSON lines {"id","text"} in, {"id","spans"} out.
    Detect(Detect),
    /// The kinds of sensitive data that are known.
    #[command(subcommand)]
    Identifiers(Identifiers),
    /// The configuration that holds.
    #[command(subcommand)]
    Config(Config),
    /// Print the completions for a shell.
    Completions(Completions),
}

/// `lakegate init`
#[derive(Args, Debug)]
pub struct Init {
    /// Where; it is made if it does not exist.
    #[arg(value_name = "DIR", default_value = ".")]
    pub dir: PathBuf,
}

/// Which identifiers are looked for.
#[derive(Args, Debug)]
pub struct Selection {
    /// `all`, `recommended`, or ids separated by commas.
    #[arg(long, value_name = "all|recommended|ID,…", default_value = "all")]
    pub identifiers: String,
    /// Ids to leave out, separated by commas.
    #[arg(long, value_name = "ID,…", default_value = "", hide_default_value = true)]
    pub exclude: String,
}

/// `lakegate detect`
#[derive(Args, Debug)]
pub struct Detect {
    /// Which identifiers are looked for.
    #[command(flatten)]
    pub selection: Selection,
}

/// `lakegate identifiers`
#[derive(Debug, Subcommand)]
pub enum Identifiers {
    /// List them.
    List,
    /// Show one: how it is recognised, with examples.
    Show {
        /// Its id, such as CREDIT_CARD_NUMBER.
        #[arg(value_name = "ID")]
        id: String,
    },
    /// Prove that every example is found and no counter-example is.
    Check,
}

/// `lakegate config`
#[derive(Debug, Subcommand)]
pub enum Config {
    /// Print every setting; secrets are shown as (set).
    Show {
        /// Print where each one comes from, too.
        #[arg(long)]
        origin: bool,
    },
}

/// `lakegate completions`
#[derive(Args, Debug)]
pub struct Completions {
    /// The shell.
    #[arg(value_enum, value_name = "SHELL")]
    pub shell: clap_complete::Shell,
}

impl Global {
    /// What holds while the command line itself is not understood.
    pub fn for_errors() -> Self {
        Self {
            config: PathBuf::new(),
            output: Format::Text,
            quiet: false,
            verbose: 0,
            color: ColorChoice::Auto,
            help: None,
        }
    }
}
