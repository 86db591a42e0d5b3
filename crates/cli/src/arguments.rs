//! The command line: what may be asked for. Nothing here does any of it.

use clap::{Args, Parser, Subcommand, ValueEnum};
use lakegate_detect::custom::DISTANCE_DEFAULT;
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
    /// Tell more: every place and note (`scan`), and a log on standard error; twice for still more.
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
    /// SARIF 2.1.0; `scan` only.
    Sarif,
    /// Findings as Amazon Macie writes them; `scan` only.
    Macie,
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
    /// Make a small sample lake, run the gate over it, and serve the review page.
    Demo(Demo),
    /// Write a commented lakegate.toml that runs as it is, and make its folders.
    Init(Init),
    /// Do one run now, and print what came of it.
    Run(Run),
    /// Serve schedule, triggers, API and review pages until stopped.
    Serve(Serve),
    /// Inspect files, folders and S3 prefixes where they are; nothing is moved.
    Scan(Scan),
    /// Find sensitive data in texts: JSON lines {"id","text"} in, {"id","spans"} out.
    Detect(Detect),
    /// Runs of the gate.
    #[command(subcommand)]
    Runs(Runs),
    /// Reviews: held objects that wait for decisions.
    #[command(subcommand)]
    Reviews(Reviews),
    /// Objects and their stories.
    #[command(subcommand)]
    Objects(Objects),
    /// Release held objects.
    Approve(Decide),
    /// Move held objects to the trash.
    Deny(Decide),
    /// Take denied objects out of the trash; the next run inspects them anew.
    Restore(Restore),
    /// Compare the ledger with the zones.
    Reconcile(Reconcile),
    /// The record of everything that happened.
    #[command(subcommand)]
    Audit(Audit),
    /// Try what the configured stores can do, and whether what reads objects is confined.
    Doctor,
    /// The kinds of sensitive data that are known.
    #[command(subcommand)]
    Identifiers(Identifiers),
    /// The configuration that holds.
    #[command(subcommand)]
    Config(Config),
    /// Print the completions for a shell.
    Completions(Completions),
}

/// `lakegate demo`
#[derive(Args, Debug)]
pub struct Demo {
    /// Where the sample lake is made; one that is there is gone on with.
    #[arg(long, value_name = "DIR", default_value = "lakegate-demo")]
    pub dir: PathBuf,
    /// Port of the review page.
    #[arg(long, value_name = "N")]
    pub port: Option<u16>,
    /// Print the result and end.
    #[arg(long)]
    pub no_serve: bool,
}

/// `lakegate run`
#[derive(Args, Debug)]
pub struct Run {
    /// The flow; it may be left out where there is only one.
    #[arg(long, value_name = "NAME")]
    pub flow: Option<String>,
    /// Return when the run's review is closed, too.
    #[arg(long)]
    pub wait: bool,
}

/// `lakegate serve`
#[derive(Args, Debug)]
pub struct Serve {
    /// Where to listen, instead of what is configured.
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub listen: Option<String>,
}

/// `lakegate scan`
#[derive(Args, Debug)]
#[command(
    after_help = "Exit codes: 0 all clean, 3 findings, 1 something could not be opened, 4 something \
    is partial or unscannable, 2 usage or configuration, 130 interrupted. Of 3, 1 and 4 the first that \
    applies; all that can be is scanned in any case."
)]
pub struct Scan {
    /// Files, folders, or s3://bucket/prefix.
    #[arg(value_name = "PATH|s3://…", required = true)]
    pub paths: Vec<String>,
    /// Which identifiers are looked for.
    #[command(flatten)]
    pub selection: Selection,
    /// Archive findings for which this condition holds, as a suppression rule; may be repeated. The
    /// exit code stays 3.
    #[arg(long, value_name = "CONDITION")]
    pub suppress: Vec<String>,
    /// Archive what the suppression rules of this flow of the configuration archive.
    #[arg(long, value_name = "FLOW")]
    pub suppress_flow: Option<String>,
    /// A file with a password of encrypted objects on each line, beside those of the configuration;
    /// may be repeated.
    #[arg(long, value_name = "FILE")]
    pub password_file: Vec<PathBuf>,
    /// Read what pictures and scanned pages show, with Tesseract, as `[formats.ocr]` of the configuration
    /// says. It must be installed.
    #[arg(long)]
    pub ocr: bool,
    /// Objects inspected at once; by default as many as there are cores.
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
}

/// `lakegate runs`
#[derive(Debug, Subcommand)]
pub enum Runs {
    /// List them, the newest first.
    List {
        /// Only those of this flow.
        #[arg(long, value_name = "NAME")]
        flow: Option<String>,
        /// At most this many.
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: u32,
    },
    /// Show one.
    Show {
        /// Its id.
        #[arg(value_name = "ID")]
        id: String,
    },
}

/// `lakegate reviews`
#[derive(Debug, Subcommand)]
pub enum Reviews {
    /// List the open ones.
    List {
        /// The closed ones, too.
        #[arg(long)]
        all: bool,
        /// At most this many.
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: u32,
    },
    /// Show one with its objects and the link to its page.
    Show {
        /// Its id.
        #[arg(value_name = "ID")]
        id: String,
    },
}

/// `lakegate objects`
#[derive(Debug, Subcommand)]
pub enum Objects {
    /// List them.
    List {
        /// Only those of this run.
        #[arg(long, value_name = "ID")]
        run: Option<String>,
        /// Only those in this state, such as held.
        #[arg(long, value_name = "STATE")]
        state: Option<String>,
        /// Only those with this verdict, such as FINDINGS.
        #[arg(long, value_name = "VERDICT")]
        verdict: Option<String>,
        /// Only those whose finding a suppression rule archives, or does not.
        #[arg(long, value_name = "true|false", num_args = 0..=1, default_missing_value = "true")]
        archived: Option<bool>,
        /// Only those whose key begins with this.
        #[arg(long, value_name = "PREFIX")]
        key: Option<String>,
        /// At most this many.
        #[arg(long, value_name = "N", default_value_t = 100)]
        limit: u32,
    },
    /// Tell an object's whole story.
    Show {
        /// Its id, or its key: then the last object that bore it.
        #[arg(value_name = "OBJECT")]
        object: String,
    },
}

/// `lakegate approve`, `lakegate deny`
#[derive(Args, Debug)]
pub struct Decide {
    /// Objects: ids, or keys that just one held object bears.
    #[arg(value_name = "OBJECT")]
    pub objects: Vec<String>,
    /// The run: all that it holds is decided, or only the objects that are named.
    #[arg(long, value_name = "ID")]
    pub run: Option<String>,
    /// All that the run holds; the same as to name no objects.
    #[arg(long)]
    pub all: bool,
    /// Why; it stands in the audit.
    #[arg(long, value_name = "TEXT", required = true)]
    pub reason: String,
}

/// `lakegate restore`
#[derive(Args, Debug)]
pub struct Restore {
    /// Ids of denied objects.
    #[arg(value_name = "OBJECT", required = true)]
    pub objects: Vec<String>,
}

/// `lakegate reconcile`
#[derive(Args, Debug)]
pub struct Reconcile {
    /// The flow; all by default.
    #[arg(long, value_name = "NAME")]
    pub flow: Option<String>,
    /// Set tags right, and put failed objects back to raw.
    #[arg(long)]
    pub mend: bool,
}

/// `lakegate audit`
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Check that nothing in it was changed, removed or inserted.
    Verify,
    /// Print it as JSON lines.
    Export {
        /// Only what follows this row.
        #[arg(long, value_name = "SEQ", default_value_t = 0)]
        after: i64,
    },
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
    /// `all`, `recommended`, `none`, or ids separated by commas; those of the configuration's custom
    /// identifiers, too.
    #[arg(long, value_name = "all|recommended|none|ID,…", default_value = "all")]
    pub identifiers: String,
    /// Ids to leave out, separated by commas.
    #[arg(long, value_name = "ID,…", default_value = "", hide_default_value = true)]
    pub exclude: String,
    /// Look for all custom identifiers of the configuration, too, and heed its allow lists.
    #[arg(long)]
    pub custom: bool,
}

/// `lakegate detect`
#[derive(Args, Debug)]
pub struct Detect {
    /// Which identifiers are looked for.
    #[command(flatten)]
    pub selection: Selection,
    /// Say of each span why it is one: rule, check, keyword.
    #[arg(long)]
    pub explain: bool,
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
    /// Try one on a text, and say why something is found and why not.
    Test(TestIdentifier),
}

/// `lakegate identifiers test`
#[derive(Args, Debug)]
#[command(group = clap::ArgGroup::new("tried").required(true))]
pub struct TestIdentifier {
    /// The text; without it standard input is read.
    #[arg(value_name = "TEXT")]
    pub text: Option<String>,
    /// A managed identifier, or a custom one of the configuration.
    #[arg(long, value_name = "ID", group = "tried")]
    pub id: Option<String>,
    /// A custom identifier to be: its regex.
    #[arg(long, value_name = "REGEX", group = "tried")]
    pub regex: Option<String>,
    /// A keyword that must stand before a match; any one of several suffices.
    #[arg(long, value_name = "WORD", requires = "regex")]
    pub keyword: Vec<String>,
    /// Characters from the end of a keyword to the end of the match.
    #[arg(long, value_name = "N", requires = "regex", default_value_t = DISTANCE_DEFAULT)]
    pub distance: u32,
    /// A word that makes a match not count.
    #[arg(long, value_name = "WORD", requires = "regex")]
    pub ignore: Vec<String>,
    /// Take the text as a cell of the column of this name.
    #[arg(long, value_name = "NAME")]
    pub column: Option<String>,
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
