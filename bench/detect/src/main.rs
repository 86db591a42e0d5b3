//! Speed of detection beside other tools on the same files, in one run.
//!
//! `lakegate-bench-detect` makes four files (mixed without hits, mixed with 1% of lines hit, dense
//! numbers, prose with names), and tells for each how many megabytes a second of CPU time this
//! program, `cat`, `wc -l`, ripgrep with ten patterns and Kingfisher (the last two where they are
//! installed) go through it, on one core each. `memory all` measures detection alone, of a selection, and
//! `custom` what custom identifiers cost. Nothing here asserts: timing does not belong in tests.
#![allow(clippy::print_stdout)] // Printing is what a benchmark is for.

mod corpus;
mod cpu;
mod detect;
mod peers;

use std::error::Error;

/// What a part of the benchmark returns: any error, told on standard error.
pub(crate) type Outcome = Result<(), Box<dyn Error>>;

/// Each file has so many bytes, unless the first argument says otherwise, in MB.
const FILE_MB: usize = 100;

fn main() -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => peers::compare(FILE_MB),
        ["file", path, identifiers] => detect::file(path.as_ref(), identifiers),
        ["memory", identifiers] => detect::in_memory(identifiers, &corpus::KINDS),
        ["memory", identifiers, kind] => detect::in_memory(identifiers, &[kind]),
        ["custom"] => detect::custom(),
        ["start"] => detect::start(),
        [megabytes] => match megabytes.parse() {
            Ok(megabytes) => peers::compare(megabytes),
            Err(_) => Err(format!("`{megabytes}` is no number of megabytes").into()),
        },
        _ => Err("usage: lakegate-bench-detect [MEGABYTES | memory IDENTIFIERS | custom]".into()),
    }
}
