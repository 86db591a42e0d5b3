//! One large file through the inspection, beside `cat` and `wc -l` on the same file.

use crate::Outcome;
use crate::world::peak_memory_mib;
use lakegate_detect::{Detector, Selection};
use lakegate_extract::Limits;
use lakegate_scan::{FingerprintKey, Inspector};
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

const FILE_BYTES: u64 = 2 * 1024 * 1024 * 1024;
const CHUNK_BYTES: usize = 1024 * 1024;

pub(crate) fn run() -> Outcome {
    let dir = tempfile::tempdir_in(".")?;
    let path = dir.path().join("orders.csv");
    write_csv(&path)?;
    // Once through, so that all three read from memory.
    timed(Command::new("cat").arg(&path).stdout(Stdio::null()))?;
    let cat = timed(Command::new("cat").arg(&path).stdout(Stdio::null()))?;
    let wc = timed(Command::new("wc").arg("-l").arg(&path).stdout(Stdio::null()))?;
    let program = std::env::current_exe()?;
    let scan = timed(Command::new(program).arg("scan-file").arg(&path))?;
    let rate = |seconds: f64| FILE_BYTES as f64 / seconds / 1e6;
    println!(
        "2 GiB CSV: scan {:.0} MB/s; cat {:.0}, wc -l {:.0}; ratio to cat {:.3}, to wc -l {:.3}",
        rate(scan),
        rate(cat),
        rate(wc),
        cat / scan,
        wc / scan
    );
    Ok(())
}

/// Inspects the file given as second argument, and tells its memory.
pub(crate) fn one_file() -> Outcome {
    let path = std::env::args().nth(2).ok_or("no file given")?;
    let detector = Detector::new(&Selection::all())?;
    let inspector = Inspector::new(detector, FingerprintKey::derive(b"bench"), Limits::default());
    let file = std::fs::File::open(path)?;
    let mut watched = Watched { file, read: 0, early_mib: 0.0 };
    let inspected = inspector.inspect_from(&mut watched)?;
    let early_mib = watched.early_mib;
    println!(
        "  verdict {}, {} rows; peak memory {:.0} MiB, {early_mib:.0} MiB after 2% (goal under 200, flat)",
        inspected.verdict,
        inspected.coverage.units_inspected,
        peak_memory_mib()
    );
    Ok(())
}

/// A file that notes the memory after 2% of it.
struct Watched {
    file: std::fs::File,
    read: u64,
    early_mib: f64,
}

impl Read for Watched {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.read += count as u64;
        if self.early_mib == 0.0 && self.read > FILE_BYTES / 50 {
            self.early_mib = peak_memory_mib();
        }
        Ok(count)
    }
}

fn write_csv(path: &Path) -> Outcome {
    let mut block = String::from("");
    let mut index = 0u64;
    while block.len() < 8 * CHUNK_BYTES {
        let order = 100_000 + index * 17;
        block.push_str(&format!(
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
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    file.write_all(b"order,customer,note,price,placed,page\n")?;
    let mut written = 0u64;
    while written < FILE_BYTES {
        file.write_all(block.as_bytes())?;
        written += block.len() as u64;
    }
    file.flush()?;
    Ok(())
}

fn timed(command: &mut Command) -> Result<f64, Box<dyn std::error::Error>> {
    let started = Instant::now();
    if !command.status()?.success() {
        return Err("a command failed".into());
    }
    Ok(started.elapsed().as_secs_f64())
}
