//! The anchored automaton that walks candidates: one table for all patterns of a kind.
//!
//! It is built by the build script and lies in the binary, so there is nothing to compile or to
//! validate at run time. A walk costs one look-up a byte and reports every pattern at every end; it
//! never looks around: what may stand beside a match is the business of [`crate::edges`].

use crate::fold::{
    GROUP_LENGTHS, MAY_HAVE_ENDED, THIRDS, behind_group, digits_alike, pair, start, third,
};
use std::fmt;

/// Tables of an automaton. State 0 is dead.
pub(crate) struct Automaton {
    /// Class of each byte.
    pub classes: &'static [u8; 256],
    /// Rows of little-endian `u16`: the next state by class.
    pub table: &'static [u8],
    /// Columns of a row.
    pub width: usize,
    /// Where a walk starts.
    pub start: u16,
    /// In this state and all behind it patterns end.
    pub accepting: u16,
    /// For each of those, the index into `accepts`.
    pub sets: &'static [u16],
    /// Sets of patterns (by number in the catalogue).
    pub accepts: &'static [&'static [u16]],
    /// Bit `b0 << 8 | b1` is set if a match can begin with these two bytes.
    pub pairs: &'static [u64; 1024],
    /// Identifiers whose patterns are in it, ascending.
    pub members: &'static [u16],
}

/// What the first bytes of a text tell about whether a match of some automata begins there.
pub(crate) struct Starts {
    /// `[run][byte]`: the fewest digits among the first 32 bytes of a match that begins with a run of
    /// `run` digits before `byte`; 255 where none does.
    pub digits_min: &'static [[u8; 256]; 32],
    /// `[run][separator][length]`: what may follow a second group of digits, as bits of
    /// [`behind_group`]; the last length stands for all longer ones.
    pub groups: &'static [[[u16; GROUP_LENGTHS]; 5]; 32],
    /// At [`third`]: what may follow a third group, likewise.
    pub thirds: &'static [u16; THIRDS],
    /// Bits [`start`] of the first four bytes of matches.
    pub fours: &'static [u64; 2048],
    /// Bits [`pair`] of the first two bytes that decide alone.
    pub wide: &'static [u64; 1024],
}

impl Starts {
    /// Whether a match may begin with these bytes.
    #[inline]
    pub fn may_begin(&self, first: [u8; 4]) -> bool {
        let alike = digits_alike(first);
        let (four, two) = (start(alike), pair(alike));
        self.fours[four / 64 % 2048] >> (four % 64) & 1 == 1
            || self.wide[two / 64 % 1024] >> (two % 64) & 1 == 1
    }

    /// Whether a match may go on with a group of so many digits and a byte, behind a run of digits and a
    /// separator: whether it may at all, and whether what follows a third group tells more.
    #[inline]
    pub fn may_group(&self, first: [usize; 2], length: usize, next: u8) -> (bool, bool) {
        let [run, separator] = first;
        let Some(row) = self.groups.get(run) else { return (true, false) };
        let bits = row[separator][length.min(GROUP_LENGTHS - 1)];
        let tells_more = bits & MAY_HAVE_ENDED == 0 && length < GROUP_LENGTHS - 1;
        (bits & behind_group(next) != 0, tells_more)
    }

    /// Whether it may go on with a third group of so many digits and a byte.
    #[inline]
    pub fn may_group_third(
        &self,
        first: [usize; 2],
        second: [usize; 2],
        length: usize,
        next: u8,
    ) -> bool {
        let bits = self.thirds[third(first, second, length.min(GROUP_LENGTHS - 1)) % THIRDS];
        bits & behind_group(next) != 0
    }
}

impl fmt::Debug for Automaton {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Automaton({} identifiers)", self.members.len())
    }
}

impl Automaton {
    /// Whether a match can begin with these two bytes.
    #[inline]
    pub fn may_begin(&self, first: u8, second: u8) -> bool {
        let pair = usize::from(first) << 8 | usize::from(second);
        self.pairs[pair / 64] >> (pair % 64) & 1 == 1
    }

    /// Walks from `start` and calls `found` with pattern and end for every match that ends by `limit`.
    #[inline]
    pub fn walk(&self, text: &[u8], start: usize, limit: usize, mut found: impl FnMut(u16, usize)) {
        let mut state = self.start;
        for (offset, &byte) in text[start..limit].iter().enumerate() {
            let row = usize::from(state) * self.width;
            state = self.cell(row + usize::from(self.classes[usize::from(byte)]));
            if state == 0 {
                return;
            }
            if state >= self.accepting {
                let set = self.sets[usize::from(state - self.accepting)];
                for &pattern in self.accepts[usize::from(set)] {
                    found(pattern, start + offset + 1);
                }
            }
        }
    }

    #[inline]
    fn cell(&self, index: usize) -> u16 {
        u16::from_le_bytes([self.table[2 * index], self.table[2 * index + 1]])
    }
}
