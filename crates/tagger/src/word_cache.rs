//! Words seen before, with what is known of them.
//!
//! Few words make up most of a text. Looking at one letter by letter and then into a table of two megabytes
//! costs ten times what it costs to find it here, where the processor's own memory holds it.

use crate::fold::Folded;
use crate::token::Shape;

/// Longer words are not kept.
const WORD_BYTES_MAX: usize = 16;

/// Slots, as a power of two. A slot keeps the last word that fell into it.
const SLOTS_LOG2: u32 = 11;

/// What is known of a word, or another token, as it is written.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    pub word: Folded,
    pub known: u16,
    pub shape: Shape,
}

impl Seen {
    /// The end of a line.
    #[inline(always)]
    pub fn line() -> Self {
        Self { shape: Shape::Line, ..Self::default() }
    }
}

/// The words seen last. It does not show them when it is printed.
pub(crate) struct WordCache {
    slots: Vec<(u128, Seen)>,
}

impl Default for WordCache {
    fn default() -> Self {
        Self { slots: vec![(0, Seen::default()); 1 << SLOTS_LOG2] }
    }
}

impl std::fmt::Debug for WordCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WordCache").finish_non_exhaustive()
    }
}

impl WordCache {
    /// What is known of the word `text[start..end]`; `look` is asked if it was not seen lately.
    #[inline]
    pub fn seen(
        &mut self,
        text: &[u8],
        (start, end): (usize, usize),
        look: impl FnOnce() -> Seen,
    ) -> Seen {
        if end - start > WORD_BYTES_MAX {
            return look();
        }
        // A word has at least one byte and no zero bytes, so no word's key is that of an empty slot.
        let key = key(text, start, end);
        let mixed =
            (key as u64 ^ ((key >> 64) as u64).rotate_left(25)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let slot = &mut self.slots[(mixed >> (64 - SLOTS_LOG2)) as usize];
        if slot.0 != key {
            *slot = (key, look());
        }
        slot.1
    }
}

/// The word's bytes as a number.
#[inline]
fn key(text: &[u8], start: usize, end: usize) -> u128 {
    let len = end - start;
    match text.get(start..).and_then(|rest| rest.first_chunk::<WORD_BYTES_MAX>()) {
        Some(bytes) => u128::from_le_bytes(*bytes) & (u128::MAX >> (128 - 8 * len.max(1))),
        None => {
            let mut bytes = [0; WORD_BYTES_MAX];
            bytes[..len].copy_from_slice(&text[start..end]);
            u128::from_le_bytes(bytes)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_looked_up_once_and_never_taken_for_another() {
        let mut cache = WordCache::default();
        let text = b"anna annas anna sixteen-letters! a-word-of-seventeen annas";
        let mut looked = 0;
        for (start, end) in [(0, 4), (5, 10), (11, 15), (16, 32), (33, 52), (53, 58)] {
            let seen = cache.seen(text, (start, end), || {
                looked += 1;
                let word = Folded { len: (end - start) as u32, ..Folded::default() };
                Seen { word, ..Seen::default() }
            });
            assert_eq!(seen.word.len as usize, end - start);
        }
        assert_eq!(looked, 4);
    }
}
