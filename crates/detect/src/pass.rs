//! One pass over one block: from candidates through automata to hits.
//!
//! It must visit candidates in the order of the text: what it knows of segments and keywords only
//! grows forward.

use crate::assignment;
use crate::automaton::Automaton;
use crate::candidates::{self, Candidate};
use crate::catalogue::{Anchor, Need, PATTERNS, Pattern};
use crate::checks;
use crate::classes::{self, Classes, window};
use crate::detector::{Detector, MATCH_BYTES_MAX};
use crate::edges;
use crate::evidence::{self, Nearby};
use crate::hit::{Explanation, Hit, KeywordEvidence, KeywordPlace};
use crate::keywords::{Bits, Found};
use lakegate_core::text::{Block, Segment};
use std::ops::Range;

/// A match that needs a keyword has its digits within so many bytes of its first one.
const NUMBER_BYTES: usize = 24;

/// A match that begins behind a `_` or `-` is at most so long: longer tokens must not be glued to a
/// word before them, or else text full of their beginnings would be walked again and again.
const GLUED_BYTES_MAX: usize = 320;

/// One pass over one block.
pub(crate) struct Pass<'a> {
    detector: &'a Detector,
    block: &'a Block<'a>,
    classes: &'a Classes,
    nearby: Nearby<'a>,
    /// Segment of the last candidate.
    segment: usize,
    /// Start of the last token with digits.
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
    /// A pass that will add to `hits`. `keywords` is memory to use, `names` what the names of the
    /// block's contexts are keywords for.
    pub fn new(
        detector: &'a Detector,
        block: &'a Block<'a>,
        classes: &'a Classes,
        names: &'a [Bits],
        keywords: &'a mut Vec<Found>,
        hits: &'a mut Vec<Hit>,
    ) -> Self {
        let nearby = Nearby::new(detector, block, classes, names, keywords);
        Self { detector, block, classes, nearby, segment: 0, token: usize::MAX, hits }
    }

    /// Looks at every candidate.
    pub fn run(mut self) {
        let classes = self.classes;
        candidates::each(classes, |candidate| self.look(candidate));
        self.named_values();
    }

    fn look(&mut self, candidate: Candidate) {
        let at = match candidate {
            Candidate::LongRun(at)
            | Candidate::Digits(at)
            | Candidate::At(at)
            | Candidate::Hyphens(at)
            | Candidate::Scheme(at)
            | Candidate::Colons(at)
            | Candidate::Assign(at) => at,
        };
        let Some(value) = self.value_at(at) else { return };
        match candidate {
            Candidate::Digits(first) => self.digits(value, first),
            Candidate::LongRun(start) => self.long_run(value, start),
            Candidate::At(at) => self.at(value, at),
            Candidate::Hyphens(last) => self.hyphens(value, last),
            Candidate::Scheme(colon) => self.scheme(value, colon),
            Candidate::Colons(colon) => self.colons(value, colon),
            Candidate::Assign(sign) => self.assigned(value, sign),
        }
    }

    /// The value that holds position `at`. Positions come in order.
    #[inline]
    fn value_at(&mut self, at: usize) -> Option<Value> {
        let segments = self.block.segments;
        while segments.get(self.segment).is_some_and(|segment| segment.end as usize <= at) {
            self.segment += 1;
        }
        let segment = *segments.get(self.segment)?;
        (segment.start as usize <= at).then_some(Value { index: self.segment, segment })
    }

    fn bytes(&self) -> &'a [u8] {
        self.block.text.as_bytes()
    }

    /// A token whose first digits begin at `first`.
    fn digits(&mut self, value: Value, first: usize) {
        let before = classes::run_before(&self.classes.alnum, first);
        let start = first.saturating_sub(before).max(value.start());
        if start == self.token {
            return;
        }
        self.token = start;
        let ahead = window(&self.classes.digit, first);
        let near = (ahead & ((1 << NUMBER_BYTES) - 1)).count_ones();
        let first_run = (!ahead).trailing_zeros();
        let digits_min = self.detector.automata.strong_digits_min;
        if start < first || near >= digits_min && self.goes_on(first, first_run, digits_min) {
            self.strong(value, start);
        }
        if start > value.start() && matches!(self.bytes()[start - 1], b'+' | b'(') {
            self.strong(value, start - 1);
        }
        if let Some(prefix) = candidates::prefix_before(self.bytes(), value.start(), start) {
            self.strong(value, prefix);
        }
        let lettered = start < first;
        if near >= 5 || near >= 4 && lettered || near >= 3 && first_run <= 4 {
            self.weak_around(value, start, first);
        }
    }

    /// Whether digits that run for `run` bytes are enough for a match that needs no keyword, or may be
    /// its first group.
    fn goes_on(&self, first: usize, run: u32, digits_min: u32) -> bool {
        run >= digits_min
            || matches!(
                self.bytes().get(first + run as usize),
                Some(b' ' | b'-' | b'.' | b':' | b')')
            )
    }

    fn weak_around(&mut self, value: Value, start: usize, trigger: usize) {
        let Some(near) = self.nearby.bits(&value.segment, start, trigger) else { return };
        self.weak(value, start, &near);
        if start > value.start() && matches!(self.bytes()[start - 1], b'(' | b'+') {
            self.weak(value, start - 1, &near);
        }
        if let Some(word) = candidates::word_before(self.bytes(), value.start(), start) {
            self.weak(value, word, &near);
        }
    }

    /// A long run: each token in it may begin with a key's prefix; its start may be that of a key
    /// which has none.
    fn long_run(&mut self, value: Value, start: usize) {
        let end = classes::run_end(&self.classes.long, start, value.end());
        let mut token = Some(start);
        while let Some(at) = token {
            self.strong(value, at);
            let behind = classes::run_end(&self.classes.alnum, at, end);
            token = classes::next(&self.classes.alnum, behind, end);
        }
        if let Some(near) = self.nearby.bits(&value.segment, start, start) {
            self.weak(value, start, &near);
            if let Some(word) = candidates::word_before(self.bytes(), value.start(), start) {
                self.weak(value, word, &near);
            }
        }
    }

    /// The last five hyphens of a run.
    fn hyphens(&mut self, value: Value, last: usize) {
        if last >= value.start() + 4 {
            self.strong(value, last - 4);
        }
    }

    fn at(&mut self, value: Value, at: usize) {
        if let Some(start) = candidates::local_part(self.bytes(), value.start(), at) {
            let detector = self.detector;
            self.plain(&detector.automata.at, value, start, value.end());
        }
    }

    fn scheme(&mut self, value: Value, colon: usize) {
        if let Some(start) = candidates::scheme_start(self.bytes(), value.start(), colon) {
            let detector = self.detector;
            let limit = walk_limit(self.bytes(), &value.segment, start);
            self.plain(&detector.automata.scheme, value, start, limit);
        }
    }

    fn colons(&mut self, value: Value, colon: usize) {
        if let Some(start) = candidates::colons_start(self.bytes(), value.start(), colon) {
            let detector = self.detector;
            self.plain(&detector.automata.colons, value, start, value.end());
        }
    }

    /// What follows a sign that may assign it to a keyword before the sign.
    fn assigned(&mut self, value: Value, sign: usize) {
        let bytes = self.bytes();
        let Some(key_end) = assignment::key_end(bytes, value.start(), sign) else { return };
        let Some(start) = assignment::value_start(bytes, value.end(), sign) else { return };
        let detector = self.detector;
        let owners = self.nearby.ending_at(&value.segment, key_end);
        if !owners.meets(&detector.automata.assigned_bits) {
            return;
        }
        self.walk_assigned(value, start, &owners, |pass, identifier| {
            let keyword = pass.nearby.longest_ending_at(key_end, identifier)?;
            Some(KeywordEvidence { keyword, place: KeywordPlace::Assigned })
        });
    }

    /// Values of columns and fields whose name is a keyword that values are assigned to.
    fn named_values(&mut self) {
        let detector = self.detector;
        let assigned = &detector.automata.assigned_bits;
        if !self.nearby.names().iter().any(|names| names.meets(assigned)) {
            return;
        }
        let block = self.block;
        for (index, segment) in block.segments.iter().enumerate() {
            let Some(names) = self.nearby.names().get(segment.context as usize) else { continue };
            if !names.meets(assigned) {
                continue;
            }
            let (names, value) = (*names, Value { index, segment: *segment });
            let Some(start) = assignment::named_start(self.bytes(), &value.range()) else {
                continue;
            };
            let context = &block.contexts[segment.context as usize];
            self.walk_assigned(value, start, &names, |_, identifier| {
                let keyword = evidence::name_keyword(context, identifier)?;
                Some(KeywordEvidence { keyword, place: KeywordPlace::Name })
            });
        }
    }

    fn walk_assigned(
        &mut self,
        value: Value,
        start: usize,
        owners: &Bits,
        evidence: impl Fn(&Self, u16) -> Option<KeywordEvidence>,
    ) {
        let (detector, bytes) = (self.detector, self.bytes());
        let limit = walk_limit(bytes, &value.segment, start);
        for automaton in &detector.automata.assigned {
            automaton.walk(bytes, start, limit, |number, end| {
                let pattern = &PATTERNS[usize::from(number)];
                let identifier = pattern.identifier;
                if !owners.contains(identifier) || !detector.active.contains(identifier) {
                    return;
                }
                let text = self.block.text;
                let Some(end) = form_holds(pattern, text, &value.range(), start, end) else {
                    return;
                };
                if let Some(evidence) = evidence(self, identifier) {
                    self.take(pattern, value, start, end, Some(evidence));
                }
            });
        }
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
        let detector = self.detector;
        for (automaton, members) in &detector.automata.weak {
            if members.meets(near) && automaton.may_begin(bytes[start], bytes[start + 1]) {
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
        Some(check) => check.run(&checks::Candidate {
            text: text.as_bytes(),
            value: value.clone(),
            found: start..end,
        }),
    }
}
