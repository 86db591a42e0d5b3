//! How far a run is, for whoever watches it. Approximate while it runs; the ledger has the truth.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counters that only grow.
#[derive(Debug, Default)]
pub struct Progress {
    claimed: AtomicU64,
    staged: AtomicU64,
    scanned: AtomicU64,
    routed: AtomicU64,
    bytes: AtomicU64,
}

/// A reading of the counters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProgressReading {
    /// Objects claimed.
    pub claimed: u64,
    /// Objects moved to `scan-stage`.
    pub staged: u64,
    /// Objects inspected.
    pub scanned: u64,
    /// Objects sent on.
    pub routed: u64,
    /// Bytes inspected.
    pub bytes: u64,
}

impl Progress {
    pub(crate) fn claimed(&self, objects: u64) {
        self.claimed.fetch_add(objects, Ordering::Relaxed);
    }

    pub(crate) fn staged(&self, objects: u64) {
        self.staged.fetch_add(objects, Ordering::Relaxed);
    }

    pub(crate) fn scanned(&self, objects: u64, bytes: u64) {
        self.scanned.fetch_add(objects, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn routed(&self, objects: u64) {
        self.routed.fetch_add(objects, Ordering::Relaxed);
    }

    /// The counters now.
    pub fn read(&self) -> ProgressReading {
        ProgressReading {
            claimed: self.claimed.load(Ordering::Relaxed),
            staged: self.staged.load(Ordering::Relaxed),
            scanned: self.scanned.load(Ordering::Relaxed),
            routed: self.routed.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
        }
    }
}
