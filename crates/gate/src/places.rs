//! Under which key an object stands in each zone.
//!
//! In `scan-stage` and `manual-review` a key stands under its run's id, so that the same key landing
//! again can not meet itself; in `scanned-data` it is the original. Run ids begin with `run-`, so the
//! trash prefix never meets a run's.

use lakegate_core::ids::RunId;

/// Where denied objects wait for the end of their retention, within `manual-review`.
pub const TRASH_PREFIX: &str = "trash/";

/// S3 keys have at most this many bytes.
const KEY_BYTES_MAX: usize = 1_024;

/// The key of a run's object in `scan-stage` and `manual-review`: `<run id>/<original key>`. Where
/// that would be too long for S3, the original key is replaced by its hash; the ledger knows it.
pub fn under_run(run: &RunId, key: &str) -> String {
    let plain = format!("{run}/{key}");
    if plain.len() <= KEY_BYTES_MAX {
        return plain;
    }
    format!("{run}/.lakegate-long-key/{}", blake3::hash(key.as_bytes()).to_hex())
}

/// The key of a run's denied object in the trash.
pub fn in_trash(run: &RunId, key: &str) -> String {
    let plain = format!("{TRASH_PREFIX}{run}/{key}");
    if plain.len() <= KEY_BYTES_MAX {
        return plain;
    }
    format!("{TRASH_PREFIX}{}", under_run(run, key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stay_within_the_limit_and_apart() {
        let run = RunId::new("run-0123456789abcdefghjk");
        let long = "é".repeat(512);
        assert_eq!(under_run(&run, "a//b"), "run-0123456789abcdefghjk/a//b");
        assert!(under_run(&run, &long).len() <= KEY_BYTES_MAX);
        assert!(in_trash(&run, &long).len() <= KEY_BYTES_MAX);
        assert_ne!(under_run(&run, &long), under_run(&run, &format!("{long}x")));
    }
}
