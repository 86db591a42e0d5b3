//! Whole scans of formats, as ratios to the least that must be done for them in the same run: detection
//! alone, reading without looking, decompression by the usual programs, a bare decode, a second core.
//!
//! `lakegate-bench-formats [texts|columnar|endless|all]`. Absolute figures depend on the machine. Nothing here
//! asserts: timing does not belong in tests.
#![allow(clippy::print_stdout, clippy::print_stderr)] // Printing is what a benchmark is for.

mod columnar;
mod endless;
mod texts;
mod work;

use std::process::Command;

/// What a benchmark returns: any error, told on standard error.
pub(crate) type Outcome = Result<(), Box<dyn std::error::Error>>;

const ALL: [&str; 3] = ["texts", "columnar", "endless"];

fn main() -> Outcome {
    let name = std::env::args().nth(1).unwrap_or_else(|| "all".to_owned());
    match name.as_str() {
        "texts" => texts::run(),
        "columnar" => columnar::run(),
        "endless" => endless::run(),
        work::WORK => work::run(),
        work::READING_PROCESS => match lakegate_extract::process::serve() {
            true => Ok(()),
            false => Err("the process broke off".into()),
        },
        "all" => each_in_its_own_process(),
        other => Err(format!("no benchmark `{other}`; there are {}", ALL.join(", ")).into()),
    }
}

fn each_in_its_own_process() -> Outcome {
    let program = std::env::current_exe()?;
    for name in ALL {
        println!("== {name}");
        let status = Command::new(&program).arg(name).status()?;
        if !status.success() {
            return Err(format!("{name} failed").into());
        }
    }
    Ok(())
}
