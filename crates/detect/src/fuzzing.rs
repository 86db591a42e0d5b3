//! What fuzzing drives: the engine on any text, cut anywhere, and every check on any bytes.
//!
//! The targets stand in `fuzz/`; a property test drives the same functions for a short while. Must never
//! be part of a build that ships.

use crate::catalogue::PATTERNS;
use crate::checks::Candidate;
use crate::{AFTER_BYTES, BEFORE_BYTES, Detector, Hit, Scratch, Selection};
use lakegate_core::text::{Block, Context, Layout, Segment};
use std::sync::LazyLock;

static ENGINE: LazyLock<Option<Detector>> = LazyLock::new(|| Detector::new(&Selection::all()).ok());

/// Runs the check with that number, counted round, on bytes as the whole value and as a part of one.
pub fn check(number: usize, bytes: &[u8]) {
    let checks: Vec<_> = PATTERNS.iter().filter_map(|pattern| pattern.check).collect();
    let check = checks[number % checks.len()];
    let whole = 0..bytes.len();
    check.run(&Candidate { text: bytes, value: whole.clone(), found: whole.clone() });
    let half = bytes.len() / 2;
    check.run(&Candidate { text: bytes, value: whole, found: 0..half });
    check.run(&Candidate { text: bytes, value: 0..half, found: half / 2..half });
}

/// How many checks there are, those of every pattern counted.
pub fn checks() -> usize {
    PATTERNS.iter().filter(|pattern| pattern.check.is_some()).count()
}

/// Detects in a text as a whole and in blocks of about `block_bytes`; both must find the same.
///
/// # Panics
/// When they do not, or when the engine does.
pub fn engine(text: &str, block_bytes: usize) {
    let Some(engine) = ENGINE.as_ref() else { return };
    let mut scratch = Scratch::default();
    let whole: Vec<(usize, usize, usize)> =
        engine.detect_text(text, &mut scratch).iter().map(|hit| shape(hit, 0)).collect();
    let mut parts = Vec::new();
    let mut from = 0;
    while from < text.len() {
        let to = ceil(text, from + block_bytes.max(1));
        let first = floor(text, from.saturating_sub(BEFORE_BYTES));
        let last = ceil(text, to + AFTER_BYTES);
        let mut hits = Vec::new();
        let own = (from - first) as u32..(to - first) as u32;
        with_block(&text[first..last], own, |block| engine.detect(block, &mut scratch, &mut hits));
        parts.extend(hits.iter().map(|hit| shape(hit, first)));
        from = to;
    }
    assert_eq!(whole, parts, "blocks of {block_bytes} bytes find something else");
}

/// Detects in the values of a table whose cells end at tabs and whose columns have these names.
pub fn table(text: &str, names: &[&str]) {
    let Some(engine) = ENGINE.as_ref() else { return };
    let contexts: Vec<Context> =
        names.iter().map(|name| Context { names: vec![(*name).to_owned()] }).collect();
    let mut segments = Vec::new();
    let mut start = 0;
    for (index, cell) in text.split('\t').enumerate() {
        let end = start + cell.len();
        let context = (index % names.len().max(1)) as u32;
        segments.push(Segment {
            start: start as u32,
            end: end as u32,
            context,
            unit: 2,
            part: context,
        });
        start = end + 1;
    }
    let plain = Block::of_text(text, &segments);
    let block = Block { contexts: &contexts, layout: Layout::Table, ..plain };
    engine.detect(&block, &mut Scratch::default(), &mut Vec::new());
}

fn with_block(text: &str, own: std::ops::Range<u32>, look: impl FnOnce(&Block<'_>)) {
    let segment = Segment::whole(text);
    let whole = Block::of_text(text, std::slice::from_ref(&segment));
    look(&Block { own_start: own.start, own_end: own.end, ..whole });
}

fn shape(hit: &Hit, offset: usize) -> (usize, usize, usize) {
    (hit.identifier, hit.start + offset, hit.end + offset)
}

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn ceil(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn checks_take_any_bytes(bytes in proptest::collection::vec(0u8..=255, 0..80)) {
            (0..checks()).for_each(|number| check(number, &bytes));
        }

        #[test]
        fn checks_take_any_number_and_code(bytes in "[0-9]{0,30}|[A-Z0-9 ./-]{0,40}|[ -~]{0,60}") {
            (0..checks()).for_each(|number| check(number, bytes.as_bytes()));
        }

        #[test]
        fn the_engine_takes_any_table(text in "[0-9a-zA-Z@:/.=\\t -]{0,200}") {
            table(&text, &["ssn", "password", "notes"]);
        }
    }
}
