//! From the beginning of a run to the verdict of one small object.

use crate::Outcome;
use crate::world::{self, flow_name};
use lakegate_gate::{Until, Zones};
use lakegate_store::folder::{FolderBucket, FolderOptions};
use std::sync::Arc;
use std::time::{Duration, Instant};

const RUNS: usize = 21;

pub(crate) async fn run() -> Outcome {
    let dir = tempfile::tempdir_in(".")?;
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
    let gate = world::gate(dir.path(), zones, 10).await?;
    let (mut verdicts, mut routed) = (Vec::new(), Vec::new());
    for number in 0..RUNS {
        let path = dir.path().join("raw").join(format!("note-{number}.txt"));
        std::fs::write(path, format!("order {number} has shipped\n"))?;
        tokio::time::sleep(Duration::from_millis(30)).await;
        let started = Instant::now();
        let run = gate.begin_run(&flow_name(), "bench", "bench").await?;
        let progress = gate.progress(&run);
        let watch = tokio::spawn(async move {
            while progress.read().scanned == 0 {
                tokio::time::sleep(Duration::from_micros(200)).await;
            }
            started.elapsed()
        });
        gate.drive(&run, Until::Routed).await?;
        routed.push(started.elapsed());
        verdicts.push(watch.await?);
    }
    verdicts.sort();
    routed.sort();
    let ms = |times: &[Duration], index: usize| times[index].as_secs_f64() * 1_000.0;
    println!(
        "one small object, run begun to verdict: median {:.1} ms, worst of {RUNS} {:.1} ms (goal under 100)",
        ms(&verdicts, RUNS / 2),
        ms(&verdicts, RUNS - 1)
    );
    println!("  run begun to routed: median {:.1} ms", ms(&routed, RUNS / 2));
    Ok(())
}
