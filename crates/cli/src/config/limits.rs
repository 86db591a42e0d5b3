//! `[limits]`: how much is done at once, and how often a failing step is tried.

use super::quantity::Size;
use super::reader::Section;
use std::time::Duration;

const MIB: u64 = 1 << 20;

/// The bounds of a run's work.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Objects in one shard, at most.
    pub shard_objects: u64,
    /// A shard is cut when it has this many bytes.
    pub shard_size: Size,
    /// Objects that one listing call claims, at most; they are in memory together.
    pub page_objects: u64,
    /// Shards in flight at once.
    pub lanes: u64,
    /// Objects of one shard that are moved at once.
    pub transfers_at_once: u64,
    /// Objects of one shard that are inspected at once.
    pub inspections_at_once: u64,
    /// How often a failing step is tried, the first time included.
    pub attempts: u64,
    /// How long to wait before the second attempt; doubles each time.
    pub retry_first: Duration,
    /// The longest wait between two attempts.
    pub retry_longest: Duration,
}

impl Limits {
    pub(super) fn read(section: &mut Section<'_, '_>) -> Self {
        Self {
            shard_objects: section.number("shard_objects", 500, (1, 10_000)),
            shard_size: section.value_where("shard_size", Size(256 * MIB), at_least_one),
            page_objects: section.number("page_objects", 5_000, (1, 100_000)),
            lanes: section.number("lanes", 2, (1, 64)),
            transfers_at_once: section.number("transfers_at_once", 16, (1, 256)),
            inspections_at_once: section.number("inspections_at_once", 4, (1, 256)),
            attempts: section.number("attempts", 5, (1, 100)),
            retry_first: section.value("retry_first", Duration::from_millis(500)),
            retry_longest: section.value("retry_longest", Duration::from_secs(30)),
        }
    }
}

/// A size that may not be nothing.
pub(super) fn at_least_one(size: &Size) -> Result<(), String> {
    if size.0 == 0 { Err("is 0".to_owned()) } else { Ok(()) }
}
