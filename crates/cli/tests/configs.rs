//! The corpora of configurations: each valid one loads, each invalid one is refused with the messages
//! that its snapshot holds.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A test that fails may panic.

use lakegate_cli::config::{Config, Error, Origin, toml_text};
use lakegate_cli::failure::Failure;
use std::fmt::Write;
use std::path::{Path, PathBuf};

fn corpus(kind: &str) -> Vec<PathBuf> {
    let folder = Path::new("tests/configs").join(kind);
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

fn name(file: &Path) -> String {
    file.file_stem().unwrap().to_str().unwrap().to_owned()
}

fn load(file: &Path) -> Result<Config, Error> {
    Config::load(file, Vec::new(), [])
}

/// Every setting that is not a default.
fn set(config: &Config) -> String {
    let here = std::env::current_dir().unwrap();
    let mut out = String::new();
    for effective in &config.effective {
        if let Origin::File(at) = effective.origin {
            let value = effective.value.as_ref().map_or("(set)".to_owned(), toml_text);
            let value = value.replace(here.to_str().unwrap(), "CRATE");
            writeln!(out, "{}: {} = {value}", at.line, effective.key).unwrap();
        }
    }
    out
}

/// The error as the command line prints it.
fn printed(error: Error) -> String {
    let mut out = String::new();
    for report in Failure::from(error).reports {
        writeln!(out, "error[{}]: {}", report.code, report.message).unwrap();
        if let Some(hint) = report.hint {
            writeln!(out, "  hint: {hint}").unwrap();
        }
    }
    out.replace(std::env::current_dir().unwrap().to_str().unwrap(), "CRATE")
}

#[test]
fn valid_configurations_load() {
    for file in corpus("valid") {
        let config = load(&file).unwrap_or_else(|error| panic!("{error}"));
        insta::assert_snapshot!(format!("valid-{}", name(&file)), set(&config));
    }
}

#[test]
fn invalid_configurations_are_refused_with_every_problem() {
    for file in corpus("invalid") {
        let error = load(&file).expect_err(file.to_str().unwrap());
        let printed = printed(error);
        assert!(!printed.contains("not shown anywhere"), "a secret is printed");
        insta::assert_snapshot!(format!("invalid-{}", name(&file)), printed);
    }
}

#[test]
fn no_byte_of_a_broken_file_panics() {
    let text = std::fs::read_to_string("tests/configs/valid/several-flows.toml").unwrap();
    for (at, _) in text.char_indices().step_by(7) {
        let cut = &text[..at];
        let without = format!("{}{}", cut, &text[at..].chars().skip(3).collect::<String>());
        for text in [cut, &without] {
            let _ = Config::parse(Path::new("x.toml"), text, Vec::new(), []);
        }
    }
}
