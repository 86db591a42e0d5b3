//! How far a scan is: a bar on a terminal, a line now and then elsewhere.

use crate::output::Output;
use indicatif::{HumanBytes, ProgressBar, ProgressStyle};
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::time::{Interval, MissedTickBehavior};

/// How often the bar moves.
const BAR_EVERY: Duration = Duration::from_millis(200);

/// How often a line says how far the scan is, where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// While the sum of all sizes is not known.
const OPEN: &str = "{spinner} {msg}, {bytes} at {bytes_per_sec}, {elapsed}";

/// When it is known.
const CLOSED: &str = "{bar:30} {bytes}/{total_bytes} at {bytes_per_sec}, {eta} left; {msg}";

/// Shows how far a scan is.
pub(super) struct Meter {
    bar: Option<ProgressBar>,
    objects: u64,
    /// Bytes that were read.
    read: Arc<AtomicU64>,
    /// All bytes there are, once they are summed up; 0 before.
    total: Arc<AtomicU64>,
    begun: Instant,
    ticks: Interval,
}

impl Meter {
    /// A meter of a scan that only reads `local` files and folders, if that is known.
    pub(super) fn new(output: &Output, local: Option<Vec<PathBuf>>) -> Self {
        let bar =
            output.draws_progress().then(|| ProgressBar::new_spinner().with_style(style(OPEN)));
        let total = Arc::new(AtomicU64::new(0));
        if let (Some(_), Some(paths)) = (&bar, local) {
            let total = total.clone();
            // Only a bar needs it, and the scan does not wait for it.
            std::thread::spawn(move || total.store(size_of(paths), Ordering::Relaxed));
        }
        let every = if bar.is_some() { BAR_EVERY } else { LINE_EVERY };
        let mut ticks = tokio::time::interval_at(tokio::time::Instant::now() + every, every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { bar, objects: 0, read: Arc::default(), total, begun: Instant::now(), ticks }
    }

    /// Counts the bytes that are read.
    pub(super) fn read(&self) -> Arc<AtomicU64> {
        self.read.clone()
    }

    /// An object is done.
    pub(super) fn passed(&mut self) {
        self.objects += 1;
    }

    /// Comes back when it is time to tell how far the scan is.
    pub(super) async fn time_to_tell(&mut self) {
        self.ticks.tick().await;
    }

    /// Tells how far the scan is.
    pub(super) fn tell(&self, output: &mut Output) {
        let read = self.read.load(Ordering::Relaxed);
        let objects = format!("{} objects", self.objects);
        let Some(bar) = &self.bar else {
            let rate = read as f64 / self.begun.elapsed().as_secs_f64().max(0.001);
            let (read, rate) = (HumanBytes(read), HumanBytes(rate as u64));
            output.note(&format!("{objects} scanned, {read} at {rate}/s"));
            return;
        };
        let total = self.total.load(Ordering::Relaxed);
        if total > 0 && bar.length() != Some(total) {
            bar.set_length(total);
            bar.set_style(style(CLOSED));
        }
        bar.set_position(read);
        bar.set_message(objects);
        bar.tick();
    }

    pub(super) fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}

/// Bytes of files and folders. What can not be looked at counts as nothing here; the scan tells of it.
fn size_of(mut paths: Vec<PathBuf>) -> u64 {
    let mut bytes = 0;
    while let Some(path) = paths.pop() {
        let Ok(metadata) = std::fs::symlink_metadata(&path) else { continue };
        if metadata.is_file() {
            bytes += metadata.len();
        } else if metadata.is_dir() {
            let entries = std::fs::read_dir(&path).into_iter().flatten().flatten();
            paths.extend(entries.map(|entry| entry.path()));
        }
    }
    bytes
}

/// Counts what is read of a file.
pub(super) struct Counted<R> {
    pub(super) input: R,
    pub(super) read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}
