//! What the first bytes of a text tell about whether a match of some automata begins there.

use crate::automaton::Tables;

/// A match that begins with digits has its first other byte within so many, or is looked for always.
const DIGIT_RUNS: usize = 32;

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

fn after_digit(tables: &Tables, states: &[u16]) -> Vec<u16> {
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

/// Bits `b0 << 8 | b1` of the first two bytes, and of the next two, of matches that do not begin with a
/// digit. All are set where matches are shorter.
pub fn pairs(automata: &[&Tables]) -> [Vec<u64>; 2] {
    let mut first = vec![0u64; 1024];
    let mut second = vec![0u64; 1024];
    for tables in automata {
        let start = [tables.start];
        let letters: Vec<u16> =
            add_pairs(tables, &start, &mut first, |byte| !byte.is_ascii_digit());
        if letters.iter().any(|state| tables.accepts_in(*state)) {
            second.fill(u64::MAX);
        }
        add_pairs(tables, &letters, &mut second, |_| true);
    }
    [first, second]
}

/// Adds the pairs of bytes that lead on from `states`; returns where they lead.
fn add_pairs(
    tables: &Tables,
    states: &[u16],
    bits: &mut [u64],
    may_be_first: impl Fn(u8) -> bool,
) -> Vec<u16> {
    let mut reached = Vec::new();
    for one in (0..=u8::MAX).filter(|byte| may_be_first(*byte)) {
        let mut middle: Vec<u16> = states.iter().map(|state| tables.step(*state, one)).collect();
        middle.retain(|state| *state != 0);
        middle.sort_unstable();
        middle.dedup();
        for two in 0..=u8::MAX {
            let ends = middle.iter().map(|state| tables.step(*state, two));
            let known = reached.len();
            reached.extend(ends.filter(|state| *state != 0));
            let in_middle = middle.iter().any(|state| tables.accepts_in(*state));
            if reached.len() > known || in_middle {
                let pair = usize::from(one) << 8 | usize::from(two);
                bits[pair / 64] |= 1 << (pair % 64);
            }
        }
        if reached.len() > 1 << 20 {
            reached.sort_unstable();
            reached.dedup();
        }
    }
    reached.sort_unstable();
    reached.dedup();
    reached
}
