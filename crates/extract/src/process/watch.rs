//! Whether a child comes on, and how one fails at an object.

use crate::limits::Limits;
use std::io::{self, Read};
use std::process::Child;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How often it is looked whether a child still comes on.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// How a child failed at an object.
pub(super) enum Failed {
    /// The object's bytes could not be read on: the caller knows why.
    Input,
    /// What it sent made no sense.
    Nonsense,
    /// It was ended because it did not come on.
    Stalled,
    /// It was ended because the object took too long.
    TooLong,
    /// It ended of itself.
    Ended,
}

impl Failed {
    pub fn of(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::InvalidData => Failed::Nonsense,
            _ => Failed::Ended,
        }
    }
}

pub(super) fn kill(child: &Mutex<&mut Child>) {
    if let Ok(mut child) = child.lock() {
        let _ = child.kill();
    }
}

/// Ends the child when the sink panics, so that nobody waits for it.
pub(super) struct EndOnPanic<'w, 'c, 'l> {
    pub child: &'w Mutex<&'c mut Child>,
    pub watch: &'w Watch<'l>,
}

impl Drop for EndOnPanic<'_, '_, '_> {
    fn drop(&mut self) {
        kill(self.child);
        self.watch.is_done.store(true, Ordering::Release);
    }
}

/// Whether and since when an object does not come on.
pub(super) struct Watch<'l> {
    pub limits: &'l Limits,
    begun: Instant,
    /// Counts what comes and goes.
    advances: AtomicU64,
    pub is_done: AtomicBool,
    pub ended: Mutex<Option<Failed>>,
    /// Whether the object's own source is waited for: that is no fault of the child.
    pub is_waiting: AtomicBool,
    /// Whether others read something of it meanwhile, and for how long pictures were read: nor is that.
    is_reading_elsewhere: AtomicBool,
    recognised_ms: AtomicU64,
}

impl<'l> Watch<'l> {
    pub fn new(limits: &'l Limits) -> Self {
        Self {
            limits,
            begun: Instant::now(),
            advances: AtomicU64::new(0),
            is_done: AtomicBool::new(false),
            ended: Mutex::new(None),
            is_waiting: AtomicBool::new(false),
            is_reading_elsewhere: AtomicBool::new(false),
            recognised_ms: AtomicU64::new(0),
        }
    }

    pub fn advance(&self) {
        self.advances.fetch_add(1, Ordering::Relaxed);
    }

    /// How long the object took so far, but for its pictures.
    pub fn spent(&self) -> Duration {
        let recognised = Duration::from_millis(self.recognised_ms.load(Ordering::Acquire));
        self.begun.elapsed().saturating_sub(recognised)
    }

    /// Ends the child when it stalls or the object takes too long.
    pub fn over(&self, child: &Mutex<&mut Child>) {
        let stalled_max = Duration::from_secs(self.limits.stalled_seconds);
        let object_max = Duration::from_secs(self.limits.object_seconds_max);
        let (mut seen, mut since) = (0, Instant::now());
        while !self.is_done.load(Ordering::Acquire) {
            std::thread::park_timeout(LOOK_EVERY);
            if self.is_done.load(Ordering::Acquire) {
                return;
            }
            let advances = self.advances.load(Ordering::Relaxed);
            let is_reading_elsewhere = self.is_reading_elsewhere.load(Ordering::Acquire);
            if advances != seen || self.is_waiting.load(Ordering::Relaxed) || is_reading_elsewhere {
                (seen, since) = (advances, Instant::now());
            }
            if is_reading_elsewhere {
                continue;
            }
            let why = if since.elapsed() > stalled_max {
                Failed::Stalled
            } else if self.spent() > object_max {
                Failed::TooLong
            } else {
                continue;
            };
            self.end(why, child);
            return;
        }
    }

    /// Something of the object is read by others, and the child has to wait for that. `read` tells how much time of
    /// it was for pictures, which does not count as the object's.
    pub fn reading_elsewhere<T>(&self, read: impl FnOnce() -> (T, Duration)) -> T {
        self.is_reading_elsewhere.store(true, Ordering::Release);
        let (result, recognised) = read();
        let ms = u64::try_from(recognised.as_millis()).unwrap_or(u64::MAX);
        self.recognised_ms.fetch_add(ms, Ordering::Release);
        self.is_reading_elsewhere.store(false, Ordering::Release);
        result
    }

    /// Ends the child for this reason.
    pub fn end(&self, why: Failed, child: &Mutex<&mut Child>) {
        if let Ok(mut ended) = self.ended.lock() {
            ended.get_or_insert(why);
        }
        kill(child);
    }
}

/// How a child ended, in words.
pub(super) fn ending(status: io::Result<std::process::ExitStatus>) -> String {
    #[cfg(unix)]
    if let Ok(status) = &status {
        use std::os::unix::process::ExitStatusExt;
        let signal = status.signal();
        const CPU: i32 = 24;
        const ABORT: i32 = 6;
        return match signal {
            Some(CPU) => "its parser used too much CPU time without coming on".to_owned(),
            Some(ABORT) => "its parser broke off, or needed too much memory".to_owned(),
            Some(signal) => format!("its parser was ended by signal {signal}"),
            None => "its parser broke off".to_owned(),
        };
    }
    "its parser broke off".to_owned()
}

/// Tells the watch that something came.
pub(super) struct Watched<'w, 'l, R> {
    pub input: R,
    pub watch: &'w Watch<'l>,
}

impl<R: Read> Read for Watched<'_, '_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.watch.advance();
        self.input.read(buffer)
    }
}
