//! Works with files, each in a process of its own, bound to some cores.

use crate::Outcome;
use lakegate_core::text::{Block, Segment};
use lakegate_detect::{Ruleset, RulesetScratch, Selection};
use lakegate_extract::process::Pool;
use lakegate_extract::{BlockSink, Limits};
use lakegate_scan::{FingerprintKey, Inspector};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

const PART_BYTES: usize = 256 << 10;
const ROUNDS: u32 = 3;

/// The word by which this program becomes a process that reads objects.
pub(crate) const READING_PROCESS: &str = "reading-process";

/// The word by which this program does one work with files.
pub(crate) const WORK: &str = "work";

/// Cores that work is bound to, as `taskset` takes them.
pub(crate) const ONE_CORE: &str = "0";
pub(crate) const TWO_CORES: &str = "0,1";

/// Does the work that the arguments name: what to do, and the files to do it with, side by side.
pub(crate) fn run() -> Outcome {
    let mut arguments = std::env::args_os().skip(2);
    let what = arguments.next().unwrap_or_default();
    let files: Vec<PathBuf> = arguments.map(PathBuf::from).collect();
    match what.to_str() {
        Some("scan") => scan(&files)?,
        Some("read") => files.iter().try_for_each(|file| read(file))?,
        Some("decode") => files.iter().try_for_each(|file| crate::columnar::decode(file))?,
        Some("detect") => files.iter().try_for_each(|file| detect(file))?,
        _ => return Err("no such work".into()),
    }
    eprintln!("{}", peak_memory_mib());
    Ok(())
}

/// The shortest time of some rounds of a work, in a process of its own on these cores, in seconds.
pub(crate) fn timed(
    cores: &str,
    what: &str,
    files: &[impl AsRef<Path>],
) -> Result<f64, Box<dyn std::error::Error>> {
    best(|| {
        let mut command = working(cores, what, files)?;
        let status = command.stderr(Stdio::null()).status()?;
        if status.success() { Ok(()) } else { Err(format!("{what} failed").into()) }
    })
}

/// The most memory that a work took in the process that did it, in MiB.
pub(crate) fn memory_mib(what: &str, file: &Path) -> Result<f64, Box<dyn std::error::Error>> {
    let output = working(TWO_CORES, what, &[file])?.output()?;
    Ok(String::from_utf8(output.stderr)?.trim().parse()?)
}

fn working(cores: &str, what: &str, files: &[impl AsRef<Path>]) -> Result<Command, std::io::Error> {
    let mut command = Command::new("taskset");
    command.args(["-c", cores]).arg(std::env::current_exe()?).args([WORK, what]);
    command.args(files.iter().map(AsRef::as_ref)).stdout(Stdio::null());
    Ok(command)
}

/// The shortest of some rounds, in seconds.
pub(crate) fn best(mut work: impl FnMut() -> Outcome) -> Result<f64, Box<dyn std::error::Error>> {
    let mut best = f64::INFINITY;
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        work()?;
        best = best.min(begun.elapsed().as_secs_f64());
    }
    Ok(best)
}

pub(crate) fn rules() -> Result<Ruleset, Box<dyn std::error::Error>> {
    Ok(Ruleset::new(&Selection::all(), &[], Vec::new())?)
}

/// Detection on the file's bytes as lines of text.
fn detect(file: &Path) -> Outcome {
    let text = std::fs::read_to_string(file)?;
    let rules = rules()?;
    let mut scratch = RulesetScratch::default();
    let mut found = Vec::new();
    for part in text.as_bytes().chunks(PART_BYTES) {
        let part = std::str::from_utf8(part)?;
        rules.detect(&Block::of_text(part, &[Segment::whole(part)]), &mut scratch, &mut found);
    }
    Ok(())
}

/// Takes blocks and looks at none.
struct Blind;

impl BlockSink for Blind {
    fn block(&mut self, _: &Block<'_>) {}
}

/// Reads a file without looking for anything, in this process.
fn read(file: &Path) -> Outcome {
    let mut file = std::fs::File::open(file)?;
    lakegate_extract::extract(&mut file, &Limits::default(), &mut Blind)?;
    Ok(())
}

/// Whole scans of some files side by side, as many at once as there are cores.
fn scan(files: &[PathBuf]) -> Outcome {
    let inspector = Inspector::new(rules()?, FingerprintKey::derive(b"bench"), Limits::default());
    let pool = Pool::new(std::env::current_exe()?, vec![READING_PROCESS.into()]);
    let inspector = inspector.with_processes(Arc::new(pool));
    let threads = std::thread::available_parallelism()?.get();
    let next = AtomicUsize::new(0);
    let scan = || {
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mut file = std::fs::File::open(file).map_err(|error| error.to_string())?;
            inspector.inspect_from(&mut file).map_err(|error| error.to_string())?;
        }
        Ok::<(), String>(())
    };
    std::thread::scope(|scope| {
        let scans: Vec<_> = (0..threads).map(|_| scope.spawn(scan)).collect();
        scans
            .into_iter()
            .try_for_each(|scan| scan.join().map_err(|_| "a scan panicked".to_owned())?)
    })?;
    Ok(())
}

/// The most memory that this process has had, in MiB.
pub(crate) fn peak_memory_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse::<f64>().ok());
    kib.unwrap_or(f64::NAN) / 1024.0
}
