//! A whole run on folders: listed, claimed, staged, inspected, routed, with a durable ledger.

use crate::Outcome;
use crate::objects::{OBJECT_BYTES, OBJECTS, object};
use crate::world::{self, flow_name, peak_memory_mib};
use lakegate_core::passage::PassageState;
use lakegate_gate::{Until, Zones};
use lakegate_store::folder::{FolderBucket, FolderOptions};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub(crate) async fn run() -> Outcome {
    let dir = tempfile::tempdir_in(".")?;
    fill(&dir.path().join("raw"))?;
    let copied = copy_loop(dir.path())?;
    // The objects must have been unchanged for the settle time, as they would be in a lake.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let open = |name: &str| -> Result<Arc<FolderBucket>, lakegate_store::Error> {
        let options = FolderOptions { create: true, ..FolderOptions::default() };
        Ok(Arc::new(FolderBucket::open(&dir.path().join(name), options)?))
    };
    let zones = Zones {
        raw: open("raw")?,
        scan_stage: open("scan-stage")?,
        manual_review: open("manual-review")?,
        scanned_data: open("scanned-data")?,
    };
    let gate = world::gate(dir.path(), zones, 1_000).await?;
    let started = Instant::now();
    let run = gate.begin_run(&flow_name(), "bench", "bench").await?;
    gate.drive(&run, Until::Routed).await?;
    let seconds = started.elapsed().as_secs_f64();
    let counts = gate.ledger().run(&run).await?.ok_or("the run is gone")?.counts;
    println!(
        "{OBJECTS} objects of {OBJECT_BYTES} B on folders: {:.0} objects/s ({seconds:.2} s), goal 1,500",
        OBJECTS as f64 / seconds
    );
    println!(
        "  released {}, held {}, peak memory {:.0} MiB (goal under 200)",
        counts.in_state(PassageState::Released),
        counts.in_state(PassageState::Held),
        peak_memory_mib()
    );
    println!(
        "  {:.2} of the rate of copying and syncing each file once ({copied:.2} s)",
        copied / seconds
    );
    Ok(())
}

fn fill(raw: &Path) -> Outcome {
    for number in 0..OBJECTS {
        let (key, bytes) = object(number);
        let path = raw.join(key);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, bytes)?;
    }
    Ok(())
}

/// The simplest thing that moves objects durably: copy, fsync, delete nothing. Answers its seconds.
fn copy_loop(dir: &Path) -> Result<f64, Box<dyn std::error::Error>> {
    let target = dir.join("copied");
    std::fs::create_dir_all(&target)?;
    let started = Instant::now();
    for number in 0..OBJECTS {
        let (key, _) = object(number);
        let to = target.join(format!("{number}"));
        std::fs::copy(dir.join("raw").join(key), &to)?;
        std::fs::File::open(&to)?.sync_all()?;
    }
    let seconds = started.elapsed().as_secs_f64();
    std::fs::remove_dir_all(&target)?;
    Ok(seconds)
}
