//! Patterns to one table: a dense anchored automaton that reports every pattern that ends at a byte.

use regex_automata::Anchored;
use regex_automata::MatchKind;
use regex_automata::dfa::{Automaton, dense};
use regex_automata::nfa::thompson;
use regex_automata::util::primitives::StateID;
use regex_automata::util::start;
use regex_automata::util::syntax;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::ops::Range;

/// An automaton as tables. Row `s` of `table` holds, for each byte class, the next state. State 0 is dead.
pub struct Tables {
    pub classes: [u8; 256],
    pub width: usize,
    pub start: u16,
    pub table: Vec<u16>,
    /// In this state and all behind it patterns end.
    pub accepting: u16,
    /// For each of those, the index of the set of patterns that do.
    pub sets: Vec<u16>,
    pub accepts: Vec<Vec<u16>>,
    /// Bit `b0 << 8 | b1` is set if a match can begin with these two bytes.
    pub pairs: Vec<u64>,
}

/// An automaton has at most so many states: its tables should stay near the processor.
const STATES_MAX: usize = 24_000;

/// Determinisation stops at so many bytes, which is more than `STATES_MAX` states take.
const DETERMINISED_BYTES_MAX: usize = 48 << 20;

/// Groups of patterns, each with its tables.
pub type Groups = Vec<(Range<usize>, Tables)>;

/// Cuts `count` patterns into as few groups as can be compiled by halving those that can not.
/// A pattern that can not be compiled by itself is an error, with its index.
pub fn partition(
    count: usize,
    mut compile: impl FnMut(Range<usize>) -> Result<Tables, String>,
) -> Result<Groups, (usize, String)> {
    let mut groups = Vec::new();
    let whole = 0..count;
    let mut open = vec![whole];
    while let Some(range) = open.pop() {
        if range.is_empty() {
            continue;
        }
        match compile(range.clone()) {
            Ok(tables) => groups.push((range, tables)),
            Err(why) if range.len() == 1 => return Err((range.start, why)),
            Err(_) => {
                let middle = range.start + range.len() / 2;
                open.push(middle..range.end);
                open.push(range.start..middle);
            }
        }
    }
    Ok(groups)
}

/// Compiles `patterns`; `accepts` names them by their index.
pub fn compile(patterns: &[&str]) -> Result<Tables, String> {
    let dfa = dense::Builder::new()
        .configure(
            dense::Config::new()
                .match_kind(MatchKind::All)
                .start_kind(regex_automata::dfa::StartKind::Anchored)
                .byte_classes(true)
                .dfa_size_limit(Some(DETERMINISED_BYTES_MAX))
                .determinize_size_limit(Some(DETERMINISED_BYTES_MAX))
                .minimize(false),
        )
        .syntax(syntax::Config::new().unicode(false).utf8(false))
        .thompson(thompson::Config::new().utf8(false).shrink(true))
        .build_many(patterns)
        .map_err(|error| format!("{error}: {error:?}"))?;
    let (classes, representatives) = byte_classes(&dfa);
    let walked = walk(&dfa, &representatives)?;
    let mut tables = accepting_last(classes, representatives.len(), walked);
    tables.pairs = pairs(&tables);
    Ok(tables)
}

/// Numbers anew the states in which patterns end, so that they come behind all others: to see whether
/// patterns end in a state then takes no look into memory.
fn accepting_last(classes: [u8; 256], width: usize, walked: Walked) -> Tables {
    let (accepting, others): (Vec<usize>, Vec<usize>) =
        (0..walked.rows.len()).partition(|state| walked.sets[*state] != 0);
    let mut numbers = vec![0u16; walked.rows.len()];
    for (number, state) in others.iter().chain(&accepting).enumerate() {
        numbers[*state] = number as u16;
    }
    let in_order = others.iter().chain(&accepting).flat_map(|state| &walked.rows[*state]);
    Tables {
        classes,
        width,
        start: numbers[1],
        table: in_order.map(|next| numbers[usize::from(*next)]).collect(),
        accepting: others.len() as u16,
        sets: accepting.iter().map(|state| walked.sets[*state]).collect(),
        accepts: walked.accepts,
        pairs: Vec::new(),
    }
}

fn byte_classes(dfa: &dense::DFA<Vec<u32>>) -> ([u8; 256], Vec<u8>) {
    let mut classes = [0u8; 256];
    let mut representatives: Vec<u8> = Vec::new();
    let mut last = None;
    for byte in 0..=255u8 {
        let class = dfa.byte_classes().get(byte);
        if last != Some(class) {
            representatives.push(byte);
            last = Some(class);
        }
        classes[usize::from(byte)] = (representatives.len() - 1) as u8;
    }
    (classes, representatives)
}

struct Walked {
    rows: Vec<Vec<u16>>,
    /// The index of the set of patterns that end in each state.
    sets: Vec<u16>,
    accepts: Vec<Vec<u16>>,
}

/// Numbers the states in breadth-first order from the start; 0 is the dead state. Match states of
/// the library lag a byte behind; without look-around the set of patterns that end in a state is the
/// one that the end of input would report.
fn walk(dfa: &dense::DFA<Vec<u32>>, bytes: &[u8]) -> Result<Walked, String> {
    let start = dfa
        .start_state(&start::Config::new().anchored(Anchored::Yes))
        .map_err(|error| error.to_string())?;
    let mut numbers: HashMap<StateID, u16> = HashMap::from([(start, 1)]);
    let mut queue = VecDeque::from([start]);
    let mut known: BTreeMap<Vec<u16>, u16> = BTreeMap::from([(Vec::new(), 0)]);
    let mut accepts = vec![Vec::new()];
    let (mut rows, mut sets) = (vec![vec![0u16; bytes.len()]], vec![0]);
    while let Some(state) = queue.pop_front() {
        let mut row = Vec::with_capacity(bytes.len());
        for &byte in bytes {
            let next = dfa.next_state(state, byte);
            if dfa.is_quit_state(next) {
                return Err("a pattern needs Unicode classes".into());
            }
            if dfa.is_dead_state(next) {
                row.push(0);
                continue;
            }
            let fresh = numbers.len() + 1;
            let number = *numbers.entry(next).or_insert_with(|| {
                queue.push_back(next);
                fresh.min(STATES_MAX) as u16
            });
            if fresh >= STATES_MAX {
                return Err("the automaton has too many states".into());
            }
            row.push(number);
        }
        let ended = dfa.next_eoi_state(state);
        let mut set: Vec<u16> = Vec::new();
        if dfa.is_match_state(ended) {
            for index in 0..dfa.match_len(ended) {
                set.push(dfa.match_pattern(ended, index).as_usize() as u16);
            }
        }
        set.sort_unstable();
        let fresh = known.len() as u16;
        let index = *known.entry(set.clone()).or_insert_with(|| {
            accepts.push(set);
            fresh
        });
        sets.push(index);
        rows.push(row);
    }
    Ok(Walked { rows, sets, accepts })
}

/// The fewest bytes of a class with which a match of a pattern begins.
pub fn first_run(regex: &str, within: fn(&u8) -> bool) -> Result<usize, String> {
    let tables = compile(&[regex])?;
    let mut states = vec![tables.start];
    for length in 0..tables.states() {
        let goes_on = |state: &u16| {
            let others = (0..=u8::MAX).filter(|byte| !within(byte));
            tables.accepts_in(*state)
                || others.into_iter().any(|byte| tables.step(*state, byte) != 0)
        };
        if states.is_empty() || states.iter().any(goes_on) {
            return Ok(length);
        }
        let inner = || (0..=u8::MAX).filter(within);
        states = states
            .iter()
            .flat_map(|state| inner().map(|byte| tables.step(*state, byte)))
            .filter(|state| *state != 0)
            .collect();
        states.sort_unstable();
        states.dedup();
    }
    Ok(tables.states())
}

impl Tables {
    /// The state behind `byte`.
    pub fn step(&self, state: u16, byte: u8) -> u16 {
        self.table[usize::from(state) * self.width + usize::from(self.classes[usize::from(byte)])]
    }

    /// Whether a match may end in a state.
    pub fn accepts_in(&self, state: u16) -> bool {
        state >= self.accepting
    }

    /// How many states there are.
    pub fn states(&self) -> usize {
        self.table.len() / self.width
    }

    /// A byte of each class, and all digits.
    pub fn representatives(&self) -> Vec<u8> {
        let first = |byte: &u8| {
            (0..*byte).all(|b| self.classes[usize::from(b)] != self.classes[usize::from(*byte)])
        };
        (0..=u8::MAX).filter(|byte| byte.is_ascii_digit() || first(byte)).collect()
    }
}

fn pairs(tables: &Tables) -> Vec<u64> {
    let mut bits = vec![0u64; 1024];
    for first in 0..=255u8 {
        let state = tables.step(tables.start, first);
        if state == 0 {
            continue;
        }
        for second in 0..=255u8 {
            if tables.step(state, second) != 0 {
                let pair = usize::from(first) << 8 | usize::from(second);
                bits[pair / 64] |= 1 << (pair % 64);
            }
        }
    }
    bits
}
