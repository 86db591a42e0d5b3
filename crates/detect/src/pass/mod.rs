//! One pass over one block: from places where a match may begin, through automata, to hits.
//!
//! First those of the patterns that need no keyword, anywhere ([`anywhere`]). Then, only around keywords
//! and in values whose column or field is named by one, those of the patterns that need it
//! ([`near_keywords`]).

mod anywhere;
mod near_keywords;

use crate::automaton::Automaton;
use crate::catalogue::{Anchor, Need, PATTERNS, Pattern};
use crate::checks;
use crate::classes::Classes;
use crate::detector::{Detector, MATCH_BYTES_MAX};
use crate::edges;
use crate::evidence::Nearby;
use crate::hit::{Explanation, Hit, KeywordEvidence};
use crate::keywords::Bits;
use lakegate_core::text::{Block, Segment};
use std::ops::Range;

/// A match that begins behind a `_` or `-` is at most so long: longer tokens must not be glued to a
/// word before them, or else text full of their beginnings would be walked again and again.
const GLUED_BYTES_MAX: usize = 320;

/// One pass over one block.
pub(crate) struct Pass<'a> {
    detector: &'a Detector,
    block: &'a Block<'a>,
    classes: &'a Classes,
    nearby: Nearby<'a>,
    /// Segment of the last place looked at.
    segment: usize,
    /// Start of the last token at which matches that need a keyword were looked for.
    token: usize,
    hits: &'a mut Vec<Hit>,
}

/// A value, and its place among the block's segments.
#[derive(Clone, Copy)]
struct Value {
    index: usize,
    segment: Segment,
}

impl Value {
    fn range(&self) -> Range<usize> {
        self.segment.start as usize..self.segment.end as usize
    }

    fn start(&self) -> usize {
        self.segment.start as usize
    }

    fn end(&self) -> usize {
        self.segment.end as usize
    }
}

impl<'a> Pass<'a> {
    /// A pass that will add to `hits`.
    pub fn new(
        detector: &'a Detector,
        block: &'a Block<'a>,
        classes: &'a Classes,
        nearby: Nearby<'a>,
        hits: &'a mut Vec<Hit>,
    ) -> Self {
        Self { detector, block, classes, nearby, segment: 0, token: usize::MAX, hits }
    }

    /// Looks at every place.
    pub fn run(mut self) {
        self.anywhere();
        self.segment = 0;
        self.tildes();
        self.segment = 0;
        self.near_keywords();
        self.named_values();
    }

    /// The value that holds position `at`. Positions come in order, nearly: a token's start may lie
    /// before the last place looked at.
    #[inline]
    fn value_at(&mut self, at: usize) -> Option<Value> {
        self.value_from(at).filter(|value| value.start() <= at)
    }

    /// The first value that ends behind position `at`.
    #[inline]
    fn value_from(&mut self, at: usize) -> Option<Value> {
        let segments = self.block.segments;
        let before =
            |index: usize| index.checked_sub(1).is_some_and(|i| segments[i].end as usize > at);
        while before(self.segment) {
            self.segment -= 1;
        }
        while segments.get(self.segment).is_some_and(|segment| segment.end as usize <= at) {
            self.segment += 1;
        }
        let segment = *segments.get(self.segment)?;
        Some(Value { index: self.segment, segment })
    }

    #[inline]
    fn bytes(&self) -> &'a [u8] {
        self.block.text.as_bytes()
    }

    #[inline]
    fn strong(&mut self, value: Value, start: usize) {
        let detector = self.detector;
        let limit = walk_limit(self.bytes(), &value.segment, start);
        self.plain(&detector.automata.strong, value, start, limit);
    }

    /// Walks automata whose patterns need no keyword.
    #[inline]
    fn plain(&mut self, automata: &[&'static Automaton], value: Value, start: usize, limit: usize) {
        let bytes = self.bytes();
        if start + 1 >= limit {
            return;
        }
        for automaton in automata {
            if automaton.may_begin(bytes[start], bytes[start + 1]) {
                automaton.walk(bytes, start, limit, |pattern, end| {
                    self.consider(pattern, value, start, end);
                });
            }
        }
    }

    fn weak(&mut self, value: Value, start: usize, near: &Bits) {
        let bytes = self.bytes();
        let limit = walk_limit(bytes, &value.segment, start);
        if start + 1 >= limit {
            return;
        }
        let automata = &self.detector.automata;
        let mut groups = near
            .identifiers()
            .fold(0, |groups, identifier| groups | automata.weak_of[usize::from(identifier)]);
        while groups != 0 {
            let automaton = automata.weak[groups.trailing_zeros() as usize];
            groups &= groups - 1;
            if automaton.may_begin(bytes[start], bytes[start + 1]) {
                automaton.walk(bytes, start, limit, |pattern, end| {
                    if near.contains(PATTERNS[usize::from(pattern)].identifier) {
                        self.consider(pattern, value, start, end);
                    }
                });
            }
        }
    }

    /// Takes a match if all its rules hold.
    fn consider(&mut self, number: u16, value: Value, start: usize, end: usize) {
        let pattern = &PATTERNS[usize::from(number)];
        if !self.detector.active.contains(pattern.identifier) {
            return;
        }
        let Some(end) = form_holds(pattern, self.block.text, &value.range(), start, end) else {
            return;
        };
        let keyword = match pattern.need {
            Need::None => None,
            Need::Required => {
                match self.nearby.evidence(pattern.identifier, &value.segment, start, end) {
                    None => return,
                    some => some,
                }
            }
            Need::Absent => {
                match self.nearby.evidence(pattern.identifier, &value.segment, start, end) {
                    None => None,
                    Some(_) => return,
                }
            }
        };
        self.take(pattern, value, start, end, keyword);
    }

    fn take(
        &mut self,
        pattern: &Pattern,
        value: Value,
        start: usize,
        end: usize,
        keyword: Option<KeywordEvidence>,
    ) {
        let explanation = Explanation::of(pattern, keyword);
        self.hits.push(Hit {
            identifier: usize::from(pattern.identifier),
            segment: value.index,
            start,
            end,
            score: explanation.score(),
            explanation,
        });
    }
}

/// How far a walk from `start` may go.
pub(crate) fn walk_limit(bytes: &[u8], segment: &Segment, start: usize) -> usize {
    let glued = start > segment.start as usize && matches!(bytes[start - 1], b'_' | b'-');
    let longest = if glued { GLUED_BYTES_MAX } else { MATCH_BYTES_MAX };
    (segment.end as usize).min(start + longest)
}

/// Whether edges and check of a pattern hold for a match; returns where it ends.
pub(crate) fn form_holds(
    pattern: &Pattern,
    text: &str,
    value: &Range<usize>,
    start: usize,
    end: usize,
) -> Option<usize> {
    let assigned = pattern.anchor == Anchor::Assigned;
    if !assigned && !edges::left(pattern.left, text, value.start, start)
        || !edges::right(pattern.right, text, value.end, end)
    {
        return None;
    }
    match pattern.check {
        None => Some(end),
        Some(check) => {
            let candidate = checks::Candidate {
                text: text.as_bytes(),
                value: value.clone(),
                found: start..end,
            };
            let end = check.run(&candidate)?;
            debug_assert!(text.is_char_boundary(end), "a check ends within a character");
            Some(text.ceil_char_boundary(end))
        }
    }
}
