//! Whole scans of formats, beside the least that must be done for them: detection on the same bytes in
//! memory, decompression by the usual programs, a second core.

use crate::Outcome;
use lakegate_core::text::{Block, Segment};
use lakegate_detect::{Ruleset, RulesetScratch, Selection};
use lakegate_extract::Limits;
use lakegate_extract::process::Pool;
use lakegate_scan::{FingerprintKey, Inspector};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

const FILE_BYTES: usize = 100 << 20;
const PART_BYTES: usize = 256 << 10;
const ROUNDS: u32 = 3;

/// The word by which this program becomes a process that reads objects.
pub(crate) const READING_PROCESS: &str = "reading-process";

pub(crate) fn run() -> Outcome {
    let dir = tempfile::tempdir_in(".")?;
    let csv = written(dir.path().join("orders.csv"), &csv(FILE_BYTES))?;
    let jsonl = written(dir.path().join("orders.jsonl"), &jsonl(FILE_BYTES))?;
    for file in [&csv, &jsonl] {
        let raw = best(|| detect_alone(file))?;
        let scan = best(|| inspect(file))?;
        let size = std::fs::metadata(file)?.len() as f64 / 1e6;
        println!(
            "{}: detection alone {:.0} MB/s, whole scan {:.0} MB/s, ratio {:.2} (goal 0.60)",
            name(file),
            size / raw,
            size / scan,
            raw / scan
        );
    }
    for (program, extension, unpack) in [("gzip", "gz", "zcat"), ("zstd", "zst", "zstdcat")] {
        let packed = packed(program, &csv, extension)?;
        let plain = best(|| to_nowhere(unpack, &packed))?;
        let scan = best(|| inspect(&packed))?;
        println!(
            "{}: {unpack} {plain:.2} s, whole scan {scan:.2} s, ratio {:.2} (goal 0.85)",
            name(&packed),
            plain / scan
        );
    }
    let one = best(|| inspect_all(&[&csv, &jsonl, &csv, &jsonl], 1))?;
    let two = best(|| inspect_all(&[&csv, &jsonl, &csv, &jsonl], 2))?;
    println!("four files: one core {one:.2} s, two {two:.2} s, ratio {:.2} (goal 1.8)", one / two);
    Ok(())
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
fn detect_alone(file: &Path) -> Outcome {
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

fn inspector() -> Result<Inspector, Box<dyn std::error::Error>> {
    let inspector = Inspector::new(rules()?, FingerprintKey::derive(b"bench"), Limits::default());
    let pool = Pool::new(std::env::current_exe()?, vec![READING_PROCESS.into()]);
    Ok(inspector.with_processes(Arc::new(pool)))
}

fn inspect(file: &Path) -> Outcome {
    inspector()?.inspect_from(&mut std::fs::File::open(file)?)?;
    Ok(())
}

/// Some files on so many threads.
fn inspect_all(files: &[&PathBuf], threads: usize) -> Outcome {
    let inspector = inspector()?;
    std::thread::scope(|scope| {
        for files in files.chunks(files.len().div_ceil(threads)) {
            let inspector = &inspector;
            scope.spawn(move || {
                for file in files {
                    let inspected = std::fs::File::open(file)
                        .map(|mut file| inspector.inspect_from(&mut file).is_ok());
                    assert!(inspected.is_ok_and(|is_done| is_done), "a file was not inspected");
                }
            });
        }
    });
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
