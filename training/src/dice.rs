//! Random draws from a seed, so that the same seed gives the same weights.

use std::cell::RefCell;
use std::ops::RangeBounds;

/// A source of draws that can be shared.
pub struct Dice(RefCell<fastrand::Rng>);

impl Dice {
    /// The source that a seed gives.
    pub fn new(seed: u64) -> Self {
        Self(RefCell::new(fastrand::Rng::with_seed(seed)))
    }

    /// A number of the range.
    pub fn u8(&self, range: impl RangeBounds<u8>) -> u8 {
        self.0.borrow_mut().u8(range)
    }

    /// A number of the range.
    pub fn u16(&self, range: impl RangeBounds<u16>) -> u16 {
        self.0.borrow_mut().u16(range)
    }

    /// A number of the range.
    pub fn u32(&self, range: impl RangeBounds<u32>) -> u32 {
        self.0.borrow_mut().u32(range)
    }

    /// A number of the range.
    pub fn usize(&self, range: impl RangeBounds<usize>) -> usize {
        self.0.borrow_mut().u64(as_u64(range)) as usize
    }

    /// Heads or tails.
    pub fn bool(&self) -> bool {
        self.0.borrow_mut().bool()
    }

    /// Puts values into another order.
    pub fn shuffle<T>(&self, values: &mut [T]) {
        for last in (1..values.len()).rev() {
            values.swap(last, self.usize(..=last));
        }
    }
}

/// The range in numbers that are as wide on every machine: the draws must not depend on it.
fn as_u64(range: impl RangeBounds<usize>) -> (std::ops::Bound<u64>, std::ops::Bound<u64>) {
    (range.start_bound().map(|n| *n as u64), range.end_bound().map(|n| *n as u64))
}
