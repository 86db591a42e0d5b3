//! The accuracy bench: what the catalogue finds, misses and takes for what it is not.
//!
//! `lakegate-accuracy [FOLDER] [--set NAME]… [--markdown FILE] [--misses TYPE]… [--false TYPE]…
//! [--reveal]`. It reads a folder in the shape of the development corpora and prints, by set, counts,
//! precision, recall, F1 and F2. Nothing here asserts: what holds is for the tests of the catalogue.
#![allow(clippy::print_stdout, clippy::print_stderr)] // Printing is what a bench is for.

mod bench;
mod cells;
mod corpus;
mod eye;
mod files;
mod judge;
mod log;
mod report;
mod secrets;
mod tally;
mod terms;
mod texts;
mod values;

use bench::{Bench, SETS};
use log::{Kind, Log};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What the bench returns: any error, told on standard error.
pub(crate) type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

const USAGE: &str = "\
usage: lakegate-accuracy [FOLDER] [options]

FOLDER                 corpora in the shape of the development corpora; default: shared/corpora
                       beside the repository
--set NAME             only this set (text, secrets, values, files, cells); may be repeated
--markdown FILE        also write the figures into FILE, between its marks
--misses TYPE          list what of TYPE was missed: a type, a family, or all; may be repeated
--false TYPE           list what was found as TYPE and is not
--reveal               show the texts of the corpora in these lists; without it they are masked";

/// What the command line asks for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Asked {
    folder: Option<PathBuf>,
    sets: Vec<String>,
    markdown: Option<PathBuf>,
    wanted: Vec<(Kind, String)>,
    reveal: bool,
}

impl Asked {
    fn read(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut asked = Self::default();
        let mut arguments = arguments;
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument} needs a value\n{USAGE}"));
            match argument.as_str() {
                "--set" => {
                    let set = value()?;
                    if !SETS.contains(&set.as_str()) {
                        return Err(format!("no set `{set}`; there are {}", SETS.join(", ")));
                    }
                    asked.sets.push(set);
                }
                "--markdown" => asked.markdown = Some(value()?.into()),
                "--misses" => asked.wanted.push((Kind::Missed, value()?)),
                "--false" => asked.wanted.push((Kind::False, value()?)),
                "--reveal" => asked.reveal = true,
                _ if argument.starts_with('-') || asked.folder.is_some() => {
                    return Err(format!("what is `{argument}`?\n{USAGE}"));
                }
                _ => asked.folder = Some(argument.into()),
            }
        }
        Ok(asked)
    }
}

fn main() -> ExitCode {
    let outcome = Asked::read(std::env::args().skip(1)).map_err(Into::into).and_then(run);
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(asked: Asked) -> Outcome<()> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = asked.folder.unwrap_or_else(|| repository.join("../shared/corpora"));
    let log = Log { wanted: asked.wanted, reveal: asked.reveal, lines: Vec::new() };
    let mut bench = Bench::new(&folder, log)?;
    let sections = bench.run(&asked.sets)?;
    if bench.log.wanted.is_empty() {
        print!("{}", report::text(&sections));
    }
    for line in &bench.log.lines {
        println!("{line}");
    }
    if let Some(path) = asked.markdown {
        let document = match std::fs::read_to_string(&path) {
            Ok(document) => document,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error.into()),
        };
        std::fs::write(&path, report::refreshed(&document, &report::markdown(&sections)))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_read() {
        let read = |line: &str| Asked::read(line.split_whitespace().map(str::to_owned));
        let asked = read("some/folder --set text --misses PHONE --false all --reveal").unwrap();
        assert_eq!(asked.folder, Some("some/folder".into()));
        assert_eq!(asked.sets, ["text"]);
        let wanted = [(Kind::Missed, "PHONE".to_owned()), (Kind::False, "all".to_owned())];
        assert_eq!(asked.wanted, wanted);
        assert!(asked.reveal && asked.markdown.is_none());
        assert_eq!(read("").unwrap(), Asked::default());
        for bad in ["--set", "--set no", "--what", "a b"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
