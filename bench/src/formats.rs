//! Whole scans of formats, beside the least that must be done for them: detection on the same bytes in
//! memory, reading without looking, decompression by the usual programs, a second core.

use crate::Outcome;
use crate::world::peak_memory_mib;
use lakegate_core::text::{Block, Segment};
use lakegate_detect::{Ruleset, RulesetScratch, Selection};
use lakegate_extract::process::Pool;
use lakegate_extract::{BlockSink, Limits};
use lakegate_scan::{FingerprintKey, Inspector};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

const FILE_BYTES: usize = 100 << 20;
const PART_BYTES: usize = 256 << 10;
const ROUNDS: u32 = 3;

/// The word by which this program becomes a process that reads objects.
pub(crate) const READING_PROCESS: &str = "reading-process";

/// The word by which this program does one work with files, for [`timed`].
pub(crate) const WORK: &str = "formats-work";

/// Cores that work is bound to, as `taskset` takes them.
pub(crate) const ONE_CORE: &str = "0";
const TWO_CORES: &str = "0,1";

pub(crate) fn run() -> Outcome {
    let dir = tempfile::tempdir_in(".")?;
    let csv = written(dir.path().join("orders.csv"), &csv(FILE_BYTES))?;
    let jsonl = written(dir.path().join("orders.jsonl"), &jsonl(FILE_BYTES))?;
    for file in [&csv, &jsonl] {
        let raw = timed(ONE_CORE, "detect", &[file])?;
        let read = timed(ONE_CORE, "read", &[file])?;
        let scan = timed(ONE_CORE, "scan", &[file])?;
        let rate = |seconds: f64| FILE_BYTES as f64 / 1e6 / seconds;
        println!(
            "{}, one core: whole scan {:.0} MB/s, reading alone {:.0} MB/s; detection on these cells is {:.2} of \
             the scan (goal 0.60); on the same bytes as running text it does {:.0} MB/s",
            name(file),
            rate(scan),
            rate(read),
            (scan - read) / scan,
            rate(raw)
        );
    }
    let plain = timed(TWO_CORES, "scan", &[&csv])?;
    println!("{}, two cores: whole scan {plain:.2} s", name(&csv));
    for (program, extension, unpack) in [("gzip", "gz", "zcat"), ("zstd", "zst", "zstdcat")] {
        let packed = packed(program, &csv, extension)?;
        let unpacked = best(|| to_nowhere(unpack, &packed))?;
        let scan = timed(TWO_CORES, "scan", &[&packed])?;
        println!(
            "{}, two cores: {unpack} {unpacked:.2} s, whole scan {scan:.2} s, ratio {:.2} (goal 0.85); to the scan of \
             the same file unpacked {:.2}",
            name(&packed),
            unpacked / scan,
            plain / scan
        );
    }
    let four = [&csv, &jsonl, &csv, &jsonl].map(PathBuf::as_path);
    let one = timed(ONE_CORE, "scan", &four)?;
    let two = timed(TWO_CORES, "scan", &four)?;
    println!("four files: one core {one:.2} s, two {two:.2} s, ratio {:.2} (goal 1.8)", one / two);
    Ok(())
}

/// Does the work that the arguments name: what to do, and the files to do it with, side by side.
pub(crate) fn work() -> Outcome {
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

fn name(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn written(path: PathBuf, content: &str) -> Result<PathBuf, std::io::Error> {
    std::fs::write(&path, content)?;
    Ok(path)
}

fn csv(bytes: usize) -> String {
    let mut text = String::from("order,customer,note,price,placed,page\n");
    let mut index = 0;
    while text.len() < bytes {
        let order = 100_000 + index * 17;
        text.push_str(&format!(
            "{order},customer {},\"shipped, insured\",{}.{:02},2026-0{}-1{},https://shop.example/p/{}\n",
            index % 5_000,
            index % 900,
            index % 100,
            index % 9 + 1,
            index % 9,
            index % 3_000
        ));
        index += 1;
    }
    text
}

fn jsonl(bytes: usize) -> String {
    let mut text = String::new();
    let mut index = 0;
    while text.len() < bytes {
        text.push_str(&format!(
            "{{\"order\": {}, \"customer\": {{\"name\": \"customer {}\", \"tags\": [\"a\", \"b\"]}}, \
             \"note\": \"shipped, insured\", \"price\": {}.5, \"placed\": \"2026-0{}-1{}\"}}\n",
            100_000 + index * 17,
            index % 5_000,
            index % 900,
            index % 9 + 1,
            index % 9
        ));
        index += 1;
    }
    text
}

/// The shortest of some rounds, in seconds.
fn best(mut work: impl FnMut() -> Outcome) -> Result<f64, Box<dyn std::error::Error>> {
    let mut best = f64::INFINITY;
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        work()?;
        best = best.min(begun.elapsed().as_secs_f64());
    }
    Ok(best)
}

fn rules() -> Result<Ruleset, Box<dyn std::error::Error>> {
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

fn packed(program: &str, file: &Path, extension: &str) -> Result<PathBuf, std::io::Error> {
    let packed = file.with_extension(format!("csv.{extension}"));
    let output = Command::new(program).arg("-c").arg(file).output()?;
    std::fs::File::create(&packed)?.write_all(&output.stdout)?;
    Ok(packed)
}

fn to_nowhere(program: &str, file: &Path) -> Outcome {
    let status = Command::new(program).arg(file).stdout(Stdio::null()).status()?;
    if status.success() { Ok(()) } else { Err(format!("{program} failed").into()) }
}
