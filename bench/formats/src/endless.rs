//! Memory while 10 GiB of CSV go by that stand nowhere.

use crate::Outcome;
use crate::work::{peak_memory_mib, rules};
use lakegate_extract::Limits;
use lakegate_scan::{FingerprintKey, Inspector};
use std::io::Read;
use std::time::Instant;

const ALL_BYTES: u64 = 10 << 30;
const EARLY_BYTES: u64 = 10 << 20;

pub(crate) fn run() -> Outcome {
    let inspector = Inspector::new(rules()?, FingerprintKey::derive(b"bench"), Limits::default());
    let rows = crate::texts::csv(EARLY_BYTES as usize).into_bytes();
    let rounds_left = ALL_BYTES / rows.len() as u64;
    let mut input = Rounds { rows, at: 0, rounds_left, read: 0, early_mib: f64::NAN };
    let begun = Instant::now();
    let inspected = inspector.inspect_from(&mut input)?;
    println!(
        "CSV of {:.1} GB in {:.0} s, {} of it read: peak memory {:.0} MiB after 10 MiB, {:.0} MiB after all",
        input.read as f64 / 1e9,
        begun.elapsed().as_secs_f64(),
        if inspected.coverage.gaps.is_empty() { "all" } else { "not all" },
        input.early_mib,
        peak_memory_mib()
    );
    Ok(())
}

/// The same rows so many times; notes the memory after the first bytes.
struct Rounds {
    rows: Vec<u8>,
    at: usize,
    rounds_left: u64,
    read: u64,
    early_mib: f64,
}

impl Read for Rounds {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.at == self.rows.len() {
            (self.at, self.rounds_left) = (0, self.rounds_left.saturating_sub(1));
        }
        if self.rounds_left == 0 {
            return Ok(0);
        }
        let count = (&self.rows[self.at..]).read(buffer)?;
        self.at += count;
        self.read += count as u64;
        if self.early_mib.is_nan() && self.read >= EARLY_BYTES {
            self.early_mib = peak_memory_mib();
        }
        Ok(count)
    }
}
