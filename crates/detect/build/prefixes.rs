//! What the first bytes of a text tell about whether a match of some automata begins there.

use crate::automaton::Tables;
use crate::fold::{digits_alike, pair, start};
use std::collections::BTreeSet;

/// A match that begins with digits has its first other byte within so many, or is looked for always.
pub const DIGIT_RUNS: usize = 32;

/// How far digits are counted.
const COUNTED_BYTES: usize = 32;

/// Where no match begins.
const NEVER: u8 = u8::MAX;

/// `[run][byte]`: the fewest digits among the first [`COUNTED_BYTES`] bytes of any match that begins
/// with a run of `run` digits before `byte`, or ends with that run; [`NEVER`] if there is none.
pub fn digits_min(automata: &[&Tables]) -> Vec<[u8; 256]> {
    let mut rows = vec![[NEVER; 256]; DIGIT_RUNS];
    for tables in automata {
        let fewest = fewest_digits(tables);
        let mut states = vec![tables.start];
        for (run, row) in rows.iter_mut().enumerate() {
            if run > 0 {
                states = after_digit(tables, &states);
            }
            let ended = states.iter().any(|state| tables.accepts_in(*state));
            for byte in 0..=u8::MAX {
                let on = states.iter().map(|state| tables.step(*state, byte));
                let more = on.filter(|next| *next != 0).map(|next| fewest(run, next)).min();
                let end = (ended && run > 0).then_some(run as u8);
                let least = more.into_iter().chain(end).min().unwrap_or(NEVER);
                row[usize::from(byte)] = row[usize::from(byte)].min(least);
            }
        }
    }
    rows
}

pub fn after_digit(tables: &Tables, states: &[u16]) -> Vec<u16> {
    let mut after: Vec<u16> = states
        .iter()
        .flat_map(|state| (b'0'..=b'9').map(|digit| tables.step(*state, digit)))
        .filter(|state| *state != 0)
        .collect();
    after.sort_unstable();
    after.dedup();
    after
}

/// A function of a run's length and the state one byte behind it: the fewest digits that a match has.
fn fewest_digits(tables: &Tables) -> impl Fn(usize, u16) -> u8 {
    let states = tables.states();
    // By bytes that are still counted: the fewest digits in them on the way to a match's end.
    let mut layers: Vec<Vec<u8>> = vec![vec![0; states]];
    let columns = tables.representatives();
    for _ in 0..COUNTED_BYTES {
        let last = &layers[layers.len() - 1];
        let layer = (0..states as u16)
            .map(|state| {
                if tables.accepts_in(state) {
                    return 0;
                }
                let on = columns.iter().map(|byte| (byte, tables.step(state, *byte)));
                on.filter(|(_, next)| *next != 0)
                    .map(|(byte, next)| {
                        last[usize::from(next)].saturating_add(u8::from(byte.is_ascii_digit()))
                    })
                    .min()
                    .unwrap_or(NEVER)
            })
            .collect();
        layers.push(layer);
    }
    move |run, next| {
        let left = COUNTED_BYTES.saturating_sub(run + 1);
        layers[left][usize::from(next)].saturating_add(run as u8)
    }
}

/// The states behind a byte.
pub fn after(tables: &Tables, states: &[u16], byte: u8) -> Vec<u16> {
    let mut after: Vec<u16> = states.iter().map(|state| tables.step(*state, byte)).collect();
    after.retain(|state| *state != 0);
    after.sort_unstable();
    after.dedup();
    after
}

/// Bits of the filter of matches' beginnings; as many as [`start`] gives.
const FOURS: usize = 1 << 17;

/// If more pairs of bytes may follow the first two, those two alone decide.
const SECOND_PAIRS_MAX: usize = 1_200;

/// The bits [`start`] of the first four bytes of matches; and bits [`pair`] of the first two, behind which
/// too much may follow to list it.
pub fn fours(automata: &[&Tables]) -> (Vec<u64>, Vec<u64>) {
    let mut fours = vec![0u64; FOURS / 64];
    let mut wide = vec![0u64; 1024];
    let set = |bits: &mut Vec<u64>, bit: usize| bits[bit / 64] |= 1 << (bit % 64);
    let plain = |byte: u8| if byte.is_ascii_digit() { b'0' } else { byte };
    for tables in automata {
        for (first, states) in on_from(tables, &[tables.start]) {
            for (second, states) in on_from(tables, &states) {
                let mut pairs = BTreeSet::new();
                let mut ends = states.iter().any(|state| tables.accepts_in(*state));
                for (third, states) in on_from(tables, &states) {
                    ends |= states.iter().any(|state| tables.accepts_in(*state));
                    let fourths = on_from(tables, &states).map(|(fourth, _)| fourth);
                    pairs.extend(fourths.map(|fourth| (plain(third), plain(fourth))));
                }
                if ends || pairs.len() > SECOND_PAIRS_MAX {
                    set(&mut wide, pair(digits_alike([first, second, 0, 0])));
                    continue;
                }
                for (third, fourth) in pairs {
                    set(&mut fours, start(digits_alike([first, second, third, fourth])));
                }
            }
        }
    }
    (fours, wide)
}

/// Bytes that lead on from some states, and where to.
fn on_from<'t>(
    tables: &'t Tables,
    states: &[u16],
) -> impl Iterator<Item = (u8, Vec<u16>)> + use<'t> {
    let states = states.to_vec();
    let on = (0..=u8::MAX).map(move |byte| (byte, after(tables, &states, byte)));
    on.filter(|(_, states)| !states.is_empty())
}
