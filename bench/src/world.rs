//! A gate to measure: real folders or a real S3 store, a ledger in a file.

use lakegate_core::environment::{Clock, Entropy};
use lakegate_core::ids::FlowName;
use lakegate_core::policy::Policy;
use lakegate_core::suppression::Suppression;
use lakegate_detect::{Detector, Selection};
use lakegate_extract::Limits;
use lakegate_gate::{Flow, FlowSettings, Gate, GateOptions, Zones};
use lakegate_ledger::Ledger;
use lakegate_scan::{FingerprintKey, Inspector};
use std::future::Future;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::Outcome;

struct System;

impl Clock for System {
    fn now_ms(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }
}

impl Entropy for System {
    fn fill(&self, buffer: &mut [u8]) {
        let read = std::fs::File::open("/dev/urandom").and_then(|mut f| f.read_exact(buffer));
        if read.is_err() {
            std::process::abort();
        }
    }
}

/// The name of the flow that is measured.
pub(crate) fn flow_name() -> FlowName {
    FlowName::new("bench")
}

/// A gate with one flow.
pub(crate) async fn gate(
    state: &Path,
    zones: Zones,
    settle_ms: u64,
) -> Result<Gate, Box<dyn std::error::Error>> {
    let secret = vec![7; 32];
    let detector = Detector::new(&Selection::all())?;
    let key = FingerprintKey::derive(&secret);
    let flow = Flow {
        name: flow_name(),
        zones,
        policy: Policy::default(),
        suppression: Suppression::default(),
        inspector: Arc::new(Inspector::new(detector, key, Limits::default())),
        settings: FlowSettings { settle_ms, ..FlowSettings::default() },
    };
    Ok(Gate::new(GateOptions {
        ledger: Ledger::open(&state.join("ledger.sqlite")).await?,
        flows: vec![flow],
        clock: Arc::new(System),
        entropy: Arc::new(System),
        secret,
        channels: Vec::new(),
        subject: None,
        public_url: "http://127.0.0.1:8017".to_owned(),
    }))
}

/// Runs a benchmark to its end.
pub(crate) fn block_on(work: impl Future<Output = Outcome>) -> Outcome {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work)
}

/// The most memory that this process ever had, in MiB, as Linux tells it.
pub(crate) fn peak_memory_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse::<f64>().ok());
    kib.unwrap_or(f64::NAN) / 1024.0
}
