//! CSV and JSON Lines, plain and compressed, beside the least that must be done for them.

use crate::Outcome;
use crate::work::{ONE_CORE, TWO_CORES, best, timed};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const FILE_BYTES: usize = 100 << 20;

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

fn name(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn written(path: PathBuf, content: &str) -> Result<PathBuf, std::io::Error> {
    std::fs::write(&path, content)?;
    Ok(path)
}

pub(crate) fn csv(bytes: usize) -> String {
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
