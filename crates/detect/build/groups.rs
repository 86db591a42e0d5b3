//! What may stand behind the first, second and third group of digits of a number.

use crate::automaton::Tables;
use crate::fold::{GROUP_LENGTHS, MAY_HAVE_ENDED, THIRDS, behind_group, separator, third};
use crate::prefixes::{DIGIT_RUNS, after, after_digit};

/// Bits of [`behind_group`] that stand for anything.
const ANYTHING: u16 = 0xff;

/// What may stand behind groups of digits, of all matches of some automata.
pub struct Groups {
    /// `[run][separator][length]`: what may follow a second group of `length` digits, behind a first of
    /// `run` digits and a separator, as bits of [`behind_group`].
    pub seconds: Vec<[[u16; GROUP_LENGTHS]; 5]>,
    /// At [`third`]: what may follow a third group.
    pub thirds: Vec<u16>,
}

/// The groups of all matches of some automata.
pub fn groups(automata: &[&Tables]) -> Groups {
    let seconds = vec![[[0; GROUP_LENGTHS]; 5]; DIGIT_RUNS];
    let mut groups = Groups { seconds, thirds: vec![0; THIRDS] };
    for tables in automata {
        let walk = Walk { tables, follow: follow_bits(tables) };
        let mut states = vec![tables.start];
        for run in 0..DIGIT_RUNS {
            if run > 0 {
                states = after_digit(tables, &states);
            }
            let ended = run > 0 && walk.accepts(&states);
            for (place, byte) in separators() {
                let behind = after(tables, &states, byte);
                walk.second([run, place], behind, ended, &mut groups);
            }
        }
    }
    groups
}

fn separators() -> impl Iterator<Item = (usize, u8)> {
    (0..=u8::MAX).filter_map(|byte| separator(byte).map(|place| (place, byte)))
}

struct Walk<'t> {
    tables: &'t Tables,
    /// By class: a byte of it, and the bits of [`behind_group`] of all of it that are no digits.
    follow: Vec<(u8, u16)>,
}

fn follow_bits(tables: &Tables) -> Vec<(u8, u16)> {
    let mut bits: Vec<(u8, u16)> = vec![(0, 0); 256];
    for byte in (0..=u8::MAX).filter(|byte| !byte.is_ascii_digit()) {
        let (one, all) = &mut bits[usize::from(tables.classes[usize::from(byte)])];
        *one = byte;
        *all |= behind_group(byte);
    }
    bits.retain(|(_, all)| *all != 0);
    bits
}

impl Walk<'_> {
    fn accepts(&self, states: &[u16]) -> bool {
        states.iter().any(|state| self.tables.accepts_in(*state))
    }

    fn follows(&self, states: &[u16]) -> u16 {
        let leads_on = |byte: u8| states.iter().any(|state| self.tables.step(*state, byte) != 0);
        self.follow
            .iter()
            .filter(|(byte, _)| leads_on(*byte))
            .fold(0, |bits, (_, of_class)| bits | of_class)
    }

    /// Second groups of all lengths, from the states behind a separator.
    fn second(&self, first: [usize; 2], mut states: Vec<u16>, ended: bool, groups: &mut Groups) {
        let [run, place] = first;
        for length in 0..GROUP_LENGTHS {
            if length > 0 {
                states = after_digit(self.tables, &states);
            }
            let last = length + 1 == GROUP_LENGTHS && !states.is_empty();
            let bits = if ended || last || self.accepts(&states) {
                ANYTHING | MAY_HAVE_ENDED
            } else {
                self.follows(&states)
            };
            groups.seconds[run][place][length] |= bits;
            for (other, byte) in separators() {
                let behind = after(self.tables, &states, byte);
                self.third(first, [length, other], behind, &mut groups.thirds);
            }
        }
    }

    /// Third groups of all lengths, from the states behind their separator.
    fn third(
        &self,
        first: [usize; 2],
        second: [usize; 2],
        mut states: Vec<u16>,
        thirds: &mut [u16],
    ) {
        for length in 0..GROUP_LENGTHS {
            if length > 0 {
                states = after_digit(self.tables, &states);
            }
            if states.is_empty() {
                return;
            }
            let open = length + 1 == GROUP_LENGTHS || self.accepts(&states);
            let bits = if open { ANYTHING } else { self.follows(&states) };
            thirds[third(first, second, length)] |= bits;
        }
    }
}
