//! Where a regex matches in a value: in linear time, in bounded memory, the same however the value is cut
//! into blocks.

use super::error::RegexError;
use super::syntax::{Form, Required};
use memchr::memmem::Finder;
use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::nfa::thompson::{self, NFA, WhichCaptures};
use regex_automata::{Anchored, Input, MatchKind};
use regex_syntax::hir::Hir;
use std::ops::Range;

/// A match has at most this many bytes. Of what could go on longer, the longest part that is itself a
/// match is found; what has none that fits is not.
pub const CUSTOM_MATCH_BYTES_MAX: usize = 1_024;

/// Values are searched in strides of so many bytes.
const STRIDE_BYTES: usize = 4_096;

/// So much text a block needs behind its last owned offset, for its matches to be those of the whole.
pub const CUSTOM_AFTER_BYTES: usize = STRIDE_BYTES + CUSTOM_MATCH_BYTES_MAX + 1;

/// Each of a regex's automata has at most this many bytes.
const AUTOMATON_BYTES_MAX: usize = 1 << 20;

/// The states that a regex spells out, before an automaton is made of them, take at most this many bytes.
/// With [`STATE_SETS_BYTES_MAX`] it bounds the work of compiling, which counted repeats of wide classes
/// within one another make quadratic, to tens of milliseconds.
const SPELT_OUT_BYTES_MAX: usize = 128 << 10;

/// The sets of such states that the states of an automaton stand for take at most this many bytes.
const STATE_SETS_BYTES_MAX: usize = 256 << 10;

/// The walks of one identifier over one object may take so many steps, and [`STEPS_PER_BYTE`] more for
/// each byte of it.
pub const STEPS_FREE: u64 = 1 << 20;

/// Steps that a walk may take for each byte of an object. Ordinary regexes need a handful; one that
/// begins everywhere and ends nowhere is given up when a text makes it need more, and the object counts
/// as not wholly inspected.
pub const STEPS_PER_BYTE: u64 = 64;

/// A compiled regex.
#[derive(Debug)]
pub(crate) struct Searcher {
    /// From a start to the end of the match there.
    forward: dense::DFA<Vec<u32>>,
    starts: Starts,
    looks_at_end: bool,
}

/// How the places where a match may begin are found.
#[derive(Debug)]
enum Starts {
    /// So many bytes before each occurrence of a literal.
    Literal { finder: Finder<'static>, offset: usize },
    /// By going backwards over values that hold the literal, if there is one.
    Backwards { finder: Option<Finder<'static>>, automaton: Box<dense::DFA<Vec<u32>>> },
}

/// The part of a value that is in a block.
#[derive(Clone, Debug)]
pub(crate) struct Value<'a> {
    /// All of it that is known; positions are of this text.
    pub text: &'a str,
    /// Matches that begin here are looked for.
    pub owned: Range<usize>,
    /// Whether the value ends with the text.
    pub is_last: bool,
    /// So many owned bytes of the block stand before the owned part.
    pub before: usize,
}

/// How far the search of an object has come.
#[derive(Clone, Debug, Default)]
pub(crate) struct Progress {
    /// So many bytes of the next block's owned part belong to the last match.
    pub covered: usize,
    /// Owned bytes of the blocks before.
    bytes: u64,
    /// Steps that walks have taken.
    pub steps: u64,
    /// Whether the search was given up.
    pub is_given_up: bool,
}

impl Progress {
    /// Goes past a block's owned part, after its values.
    pub fn pass(&mut self, bytes: usize) {
        self.bytes += bytes as u64;
    }
}

impl Searcher {
    /// Compiles a regex.
    pub fn new(form: &Form) -> Result<Self, RegexError> {
        let forward = forward(&form.hir)?;
        let starts = match form.required() {
            Some(Required { bytes, offset: Some(offset) }) => {
                Starts::Literal { finder: Finder::new(&bytes).into_owned(), offset }
            }
            required => Starts::Backwards {
                finder: required.map(|required| Finder::new(&required.bytes).into_owned()),
                automaton: Box::new(backward(&form.hir).or_else(|_| backward(&form.weakened()))?),
            },
        };
        Ok(Self { forward, starts, looks_at_end: form.looks_at_end() })
    }

    /// Whether a text may hold a match, by its literal.
    pub fn may_match(&self, text: &str) -> bool {
        match &self.starts {
            Starts::Literal { finder, .. } | Starts::Backwards { finder: Some(finder), .. } => {
                finder.find(text.as_bytes()).is_some()
            }
            Starts::Backwards { finder: None, .. } => true,
        }
    }

    /// Calls `found` with every match that begins in the value's owned part. `marks` is memory to use.
    pub fn search(
        &self,
        value: &Value<'_>,
        progress: &mut Progress,
        marks: &mut Vec<u32>,
        mut found: impl FnMut(Range<usize>),
    ) {
        let Value { text, owned, is_last, before } = value;
        let first = owned.start + std::mem::take(&mut progress.covered);
        if progress.is_given_up || owned.is_empty() {
            return;
        }
        let bytes = self.trimmed(text, *is_last);
        let end = owned.end.min(bytes.len());
        let origin = progress.bytes + *before as u64;
        let mut next = first;
        let mut from = first;
        while from < end {
            // Strides begin at fixed places of the object, so that what is marked, and so what it costs,
            // does not depend on how the object is cut into blocks.
            let passed = origin + (from - owned.start) as u64;
            let stride_end = from + STRIDE_BYTES - passed as usize % STRIDE_BYTES;
            self.mark(bytes, from..end.min(stride_end), stride_end, marks);
            for mark in marks.iter().rev() {
                let start = *mark as usize;
                if start < next {
                    continue;
                }
                if let Some(matched) = self.walk(bytes, start, &mut progress.steps) {
                    next = matched;
                    found(start..matched);
                }
                let passed = origin + (start - owned.start) as u64;
                if progress.steps > STEPS_FREE + STEPS_PER_BYTE * passed {
                    progress.is_given_up = true;
                    return;
                }
            }
            from = next.max(stride_end);
        }
        progress.covered = next.saturating_sub(owned.end);
    }

    /// A `$` may stand before the line break that ends a text.
    fn trimmed<'t>(&self, text: &'t str, is_last: bool) -> &'t [u8] {
        if !self.looks_at_end || !is_last {
            return text.as_bytes();
        }
        let line = text.strip_suffix('\n').unwrap_or(text);
        line.strip_suffix('\r').unwrap_or(line).as_bytes()
    }

    /// Marks where matches may begin in `part`, from the last to the first. Matches are looked for up to
    /// the greatest length behind `stride_end`.
    fn mark(&self, bytes: &[u8], part: Range<usize>, stride_end: usize, marks: &mut Vec<u32>) {
        marks.clear();
        let horizon = bytes.len().min(stride_end + CUSTOM_MATCH_BYTES_MAX);
        match &self.starts {
            Starts::Literal { finder, offset } => {
                let mut from = (part.start + offset).min(horizon);
                // One occurrence may overlap the next.
                while let Some(at) = finder.find(&bytes[from..horizon]) {
                    let start = from + at - offset;
                    if start >= part.end {
                        break;
                    }
                    marks.push(start as u32);
                    from += at + 1;
                }
                marks.reverse();
            }
            Starts::Backwards { finder, automaton } => {
                let span = part.start..horizon;
                let there = |finder: &Finder<'_>| finder.find(&bytes[span.clone()]).is_some();
                if finder.as_ref().is_none_or(there) {
                    mark_backwards(automaton, bytes, span, marks);
                    let beyond = marks.partition_point(|mark| *mark as usize >= part.end);
                    marks.drain(..beyond);
                }
            }
        }
    }

    /// The end of the match at `start`.
    fn walk(&self, bytes: &[u8], start: usize, steps: &mut u64) -> Option<usize> {
        let limit = bytes.len().min(start + CUSTOM_MATCH_BYTES_MAX);
        let input = Input::new(bytes).span(start..limit).anchored(Anchored::Yes);
        let dfa = &self.forward;
        let mut state = dfa.start_state_forward(&input).ok()?;
        let mut last = None;
        for (at, byte) in bytes.iter().enumerate().take(limit).skip(start) {
            *steps += 1;
            state = dfa.next_state(state, *byte);
            if dfa.is_special_state(state) {
                if dfa.is_match_state(state) {
                    last = Some(at);
                } else if dfa.is_dead_state(state) {
                    return last;
                }
            }
        }
        state = match bytes.get(limit) {
            Some(byte) => dfa.next_state(state, *byte),
            None => dfa.next_eoi_state(state),
        };
        if dfa.is_match_state(state) { Some(limit) } else { last }
    }
}

/// Goes over `span` backwards and notes every place where a match begins.
fn mark_backwards(
    dfa: &dense::DFA<Vec<u32>>,
    bytes: &[u8],
    span: Range<usize>,
    marks: &mut Vec<u32>,
) {
    let input = Input::new(bytes).span(span.clone());
    let Ok(mut state) = dfa.start_state_reverse(&input) else { return };
    for at in span.clone().rev() {
        state = dfa.next_state(state, bytes[at]);
        if dfa.is_special_state(state) {
            if dfa.is_match_state(state) {
                marks.push(at as u32 + 1);
            } else if dfa.is_dead_state(state) {
                return;
            }
        }
    }
    state = match span.start.checked_sub(1) {
        Some(before) => dfa.next_state(state, bytes[before]),
        None => dfa.next_eoi_state(state),
    };
    if dfa.is_match_state(state) {
        marks.push(span.start as u32);
    }
}

/// An automaton that says whether a whole text matches.
#[derive(Debug)]
pub(crate) struct WholeMatcher(dense::DFA<Vec<u32>>);

impl WholeMatcher {
    /// Compiles a regex.
    pub fn new(form: &Form) -> Result<Self, RegexError> {
        forward(&form.whole()).map(Self)
    }

    /// Whether all of `text` matches.
    pub fn matches(&self, text: &str) -> bool {
        let input = Input::new(text).anchored(Anchored::Yes);
        matches!(self.0.try_search_fwd(&input), Ok(Some(end)) if end.offset() == text.len())
    }
}

fn forward(hir: &Hir) -> Result<dense::DFA<Vec<u32>>, RegexError> {
    automaton(hir, false, StartKind::Anchored, MatchKind::LeftmostFirst)
}

fn backward(hir: &Hir) -> Result<dense::DFA<Vec<u32>>, RegexError> {
    automaton(hir, true, StartKind::Unanchored, MatchKind::All)
}

fn automaton(
    hir: &Hir,
    reverse: bool,
    starts: StartKind,
    matches: MatchKind,
) -> Result<dense::DFA<Vec<u32>>, RegexError> {
    let too_complex = || RegexError::TooComplex { max_bytes: AUTOMATON_BYTES_MAX };
    let config = thompson::Config::new()
        .reverse(reverse)
        .which_captures(WhichCaptures::None)
        .nfa_size_limit(Some(SPELT_OUT_BYTES_MAX));
    let nfa: NFA = thompson::Compiler::new()
        .configure(config)
        .build_from_hir(hir)
        .map_err(|_| too_complex())?;
    let config = dense::Config::new()
        .accelerate(false)
        .start_kind(starts)
        .match_kind(matches)
        .dfa_size_limit(Some(AUTOMATON_BYTES_MAX))
        .determinize_size_limit(Some(STATE_SETS_BYTES_MAX));
    dense::Builder::new().configure(config).build_from_nfa(&nfa).map_err(|_| too_complex())
}
