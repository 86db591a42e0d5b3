//! What all tests of the gate share: a lake without a gate's eyes, things that go wrong on demand, a
//! gate that can be killed and made anew, and the invariants that hold at the end of every test.

pub mod contents;
pub mod cut_short;
pub mod invariants;
pub mod lake;
pub mod mail;
pub mod plan;
pub mod world;

pub use contents::Content;
pub use lake::{Lake, Standing};
pub use plan::Plan;
pub use world::{Rules, World};

use lakegate_core::environment::{Clock, Entropy};
use lakegate_core::object::Tags;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// When tests begin: 2027-01-15T08:00:00Z.
const START_MS: i64 = 1_800_000_000_000;

/// Told how often the clock was read.
type OnReading = Box<dyn FnMut(u64) + Send>;

/// A clock that a test sets by hand. It counts how often it is read: the gate reads it just before it
/// writes to the ledger, so a reading is a moment at which a process can be killed.
pub struct HandClock {
    now_ms: AtomicI64,
    readings: AtomicU64,
    on_reading: Mutex<Option<OnReading>>,
}

impl Default for HandClock {
    fn default() -> Self {
        Self {
            now_ms: AtomicI64::new(START_MS),
            readings: AtomicU64::new(0),
            on_reading: Mutex::new(None),
        }
    }
}

impl HandClock {
    pub fn advance_s(&self, seconds: i64) {
        self.now_ms.fetch_add(seconds * 1_000, Ordering::SeqCst);
    }

    /// Calls `hook` with the number of each later reading.
    pub fn on_reading(&self, hook: impl FnMut(u64) + Send + 'static) {
        *self.on_reading.lock().unwrap() = Some(Box::new(hook));
    }
}

impl Clock for HandClock {
    fn now_ms(&self) -> i64 {
        let reading = self.readings.fetch_add(1, Ordering::SeqCst) + 1;
        if let Some(hook) = self.on_reading.lock().unwrap_or_else(PoisonError::into_inner).as_mut()
        {
            hook(reading);
        }
        self.now_ms.load(Ordering::SeqCst)
    }
}

/// Randomness from a seed.
pub struct SeededEntropy(Mutex<fastrand::Rng>);

impl SeededEntropy {
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(fastrand::Rng::with_seed(seed)))
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        self.0.lock().unwrap().fill(buffer);
    }
}

/// Tags or metadata from pairs.
pub fn tags(pairs: &[(&str, &str)]) -> Tags {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Runs a test's future on one thread, so that a seed means one order of events.
pub fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// Runs a test on zones in memory and on folders.
pub fn everywhere(test: impl AsyncFn(&mut World)) {
    block_on(async {
        for mut world in [World::memory().await, World::folders().await] {
            test(&mut world).await;
            invariants::assert_hold(&world).await;
        }
    });
}

/// Runs a test in memory, where more can be staged.
pub fn staged(test: impl AsyncFn(&mut World)) {
    block_on(async {
        let mut world = World::memory().await;
        test(&mut world).await;
        invariants::assert_hold(&world).await;
    });
}
