//! Speed and memory of the whole gate, as ratios to simpler work done in the same run.
//!
//! `lakegate-bench gate-folders|gate-s3|scan|latency|all`. Each measurement runs in a process of its
//! own, so that its peak memory is its own. Absolute figures depend on the machine; the ratios are what
//! to look at. Nothing here asserts: timing does not belong in tests.
#![allow(clippy::print_stdout)] // Printing is what a benchmark is for.

mod folders;
mod latency;
mod objects;
mod s3;
mod scan;
mod world;

use std::process::Command;

/// What a benchmark returns: any error, told on standard error.
pub(crate) type Outcome = Result<(), Box<dyn std::error::Error>>;

const ALL: [&str; 4] = ["gate-folders", "latency", "scan", "gate-s3"];

fn main() -> Outcome {
    let name = std::env::args().nth(1).unwrap_or_else(|| "all".to_owned());
    match name.as_str() {
        "gate-folders" => world::block_on(folders::run()),
        "gate-s3" => world::block_on(s3::run()),
        "scan" => scan::run(),
        "scan-file" => scan::one_file(),
        "latency" => world::block_on(latency::run()),
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
