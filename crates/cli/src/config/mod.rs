//! The configuration: one strict TOML file, over which lie environment variables and flags.
//!
//! Order: flag, environment, file, default. Unknown keys are errors, durations and sizes carry units,
//! secrets never stand in the file. Every problem is reported, with its place and what to do.
//!
//! Nothing here opens a bucket, a ledger or a connection, and nothing here prints a secret.

mod custom;
mod document;
mod flow;
mod formats;
mod limits;
mod location;
mod notify;
mod ocr;
mod overlay;
mod problem;
mod quantity;
mod reader;
mod s3;
mod schedule;
mod server;
mod setting;
mod zones;

pub use custom::CustomRules;
pub use document::Position;
pub use flow::{Flow, Review};
pub use formats::ObjectPasswords;
pub use lakegate_notify::Secret;
pub use limits::Limits;
pub use location::Location;
pub use notify::{Notify, Webhook};
pub use ocr::Ocr;
pub use overlay::{ENVIRONMENT_PREFIX, FlagValue};
pub use problem::{Error, Origin, Problem, ProblemKind};
pub use quantity::{Size, parse_duration, show_duration};
pub(crate) use reader::read_secret;
pub use reader::{ANY_NAME, Declared, Effective};
pub use schedule::Schedule;
pub use server::Server;
pub use setting::toml_text;
pub use zones::ZoneLocations;

use formats::Formats;
use lakegate_scan::SourcePasswords;
use overlay::Overlay;
use reader::{Reader, Section};
use std::path::{Path, PathBuf};

/// The version of the file's shape.
pub const VERSION: u64 = 1;

/// A configuration file is at most this long.
pub const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// The commented file that `lakegate init` writes: every option, with its default.
pub const TEMPLATE: &str = include_str!("template.toml");

/// Everything that is configured.
#[derive(Debug)]
pub struct Config {
    /// The file that it was read from, as it was named.
    pub file: PathBuf,
    /// Where the ledger and the installation's secrets are.
    pub state_dir: PathBuf,
    /// The flows, by name.
    pub flows: Vec<Flow>,
    /// Custom identifiers and allow lists.
    pub custom: CustomRules,
    /// Where notifications go.
    pub notify: Notify,
    /// The pages and the API.
    pub server: Server,
    /// What reading an object of a complex format may take.
    pub formats: lakegate_extract::Limits,
    /// What opens encrypted objects.
    pub passwords: Vec<ObjectPasswords>,
    /// Whether and how what pictures show is read.
    pub ocr: Ocr,
    /// How much is done at once.
    pub limits: Limits,
    /// Every setting that holds, in the order in which they are documented.
    pub effective: Vec<Effective>,
    /// Every setting that exists.
    pub declared: Vec<Declared>,
}

impl Config {
    /// Reads the file and lays `flags` and `environment` over it.
    pub fn load(
        file: &Path,
        flags: Vec<FlagValue>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Error> {
        let text = Self::text(file)?;
        Self::parse(file, &text, flags, environment)
    }

    /// Reads the file for what is not of a flow, such as custom identifiers. It needs no flow then; all
    /// that stands in it must hold all the same.
    pub fn load_without_flow(
        file: &Path,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Error> {
        let text = Self::text(file)?;
        Self::parse_text(file, &text, Vec::new(), environment, false)
    }

    fn text(file: &Path) -> Result<String, Error> {
        read(file).map_err(|problem| Error { file: file.to_owned(), problems: vec![problem] })
    }

    /// The same for a text that stands in for the file's.
    pub fn parse(
        file: &Path,
        text: &str,
        flags: Vec<FlagValue>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Error> {
        Self::parse_text(file, text, flags, environment, true)
    }

    fn parse_text(
        file: &Path,
        text: &str,
        flags: Vec<FlagValue>,
        environment: impl IntoIterator<Item = (String, String)>,
        needs_flow: bool,
    ) -> Result<Self, Error> {
        let fail = |problems| Error { file: file.to_owned(), problems };
        let root = document::parse(text)
            .map_err(|errors| fail(errors.into_iter().map(syntax_problem).collect()))?;
        let absolute = std::path::absolute(file).map_err(|error| fail(vec![unreadable(&error)]))?;
        let base = absolute.parent().unwrap_or(Path::new("/")).to_owned();
        let mut reader = Reader::new(Overlay::new(flags, environment), base);
        let mut config = reader.read(&root, |section| Self::read(file, needs_flow, section));
        if reader.problems.is_empty() {
            zones::check(&config, &absolute, &mut reader.problems);
        }
        if !reader.problems.is_empty() {
            return Err(fail(reader.problems));
        }
        config.effective = reader.effective;
        config.declared = reader.declared;
        Ok(config)
    }

    fn read(file: &Path, needs_flow: bool, section: &mut Section<'_, '_>) -> Self {
        check_version(section);
        let state_dir = section.section("state", |state| state.path_value("dir", "state"));
        let server = section.section("server", Server::read);
        let s3 = section.section("s3", |s3| s3::read(s3, &s3::defaults()));
        let custom = CustomRules::read(section);
        let flows =
            section.named_sections("flows", |name, flow| Flow::read(name, flow, &s3, &custom));
        if needs_flow && flows.is_empty() && (section.is_sound() || !section.is_given("flows")) {
            let hint = "`lakegate init DIR` writes a file with a flow to begin with".to_owned();
            let message = "no flow is configured".to_owned();
            section.refuse(None, ProblemKind::Missing, message, Some(hint));
        }
        let notify = section.section("notify", Notify::read);
        let Formats { limits: formats, ocr, passwords } = section.section("formats", formats::read);
        let names: Vec<&str> = flows.iter().map(|flow| flow.name.as_str()).collect();
        if section.is_sound() {
            formats::check(section, &passwords, &names);
        }
        let limits = section.section("limits", Limits::read);
        let file = file.to_owned();
        let (effective, declared) = (Vec::new(), Vec::new());
        Self {
            file,
            state_dir,
            flows,
            custom,
            notify,
            server,
            formats,
            passwords,
            ocr,
            limits,
            effective,
            declared,
        }
    }

    /// The passwords of the objects of a flow; of every object where no flow is meant.
    pub fn source_passwords(&self, flow: Option<&str>) -> Vec<SourcePasswords> {
        let is_of = |passwords: &&ObjectPasswords| match (&passwords.flow, flow) {
            (Some(own), Some(flow)) => own == flow,
            _ => true,
        };
        self.passwords.iter().filter(is_of).map(|passwords| passwords.source.clone()).collect()
    }

    /// The flow of that name.
    pub fn flow(&self, name: &str) -> Option<&Flow> {
        self.flows.iter().find(|flow| flow.name.as_str() == name)
    }
}

fn check_version(section: &mut Section<'_, '_>) {
    let version: Option<u64> = section.required("version", VERSION);
    if version.is_some_and(|version| version != VERSION) {
        let message = format!("`version` is not {VERSION}, the only one that is known");
        let hint = "a newer Lakegate may have written this file".to_owned();
        section.refuse(Some("version"), ProblemKind::Value, message, Some(hint));
    }
}

fn read(file: &Path) -> Result<String, Problem> {
    let metadata = std::fs::metadata(file).map_err(|error| unreadable(&error))?;
    if metadata.len() > FILE_BYTES_MAX {
        let message = format!("the file is longer than {FILE_BYTES_MAX} bytes");
        let (kind, origin) = (ProblemKind::Unreadable, Origin::Default);
        return Err(Problem { kind, origin, message, hint: None });
    }
    std::fs::read_to_string(file).map_err(|error| unreadable(&error))
}

fn unreadable(error: &std::io::Error) -> Problem {
    let missing = error.kind() == std::io::ErrorKind::NotFound;
    let hint = "`lakegate init` writes one here; `--config FILE` or LAKEGATE_CONFIG names another";
    Problem {
        kind: ProblemKind::Unreadable,
        origin: Origin::Default,
        message: if missing { "there is no such file".to_owned() } else { error.to_string() },
        hint: missing.then(|| hint.to_owned()),
    }
}

fn syntax_problem(error: document::SyntaxError) -> Problem {
    Problem {
        kind: ProblemKind::Syntax,
        origin: error.at.map_or(Origin::Default, Origin::File),
        message: format!("this is not TOML: {}", error.message),
        hint: None,
    }
}
