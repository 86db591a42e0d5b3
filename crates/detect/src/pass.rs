//! One pass over one block: from places where a match may begin, through automata, to hits.
//!
//! First those of the patterns that need no keyword, anywhere; a table tells from the first bytes that
//! nothing begins, and nearly always it does. Then, only around keywords and in values whose column or
//! field is named by one, those of the patterns that need it.

use crate::assignment;
use crate::automaton::{Automaton, Starts};
use crate::candidates;
use crate::catalogue::{
    Anchor, KEYWORDS, Need, PATTERNS, Pattern, RUN_BYTES_MIN, RUNS_STARTS, STRONG_STARTS,
};
use crate::checks;
use crate::classes::{Classes, LONG_RUN_BYTES_MIN, LONG_WORD_LETTERS_MIN, Word};
use crate::detector::{Detector, MATCH_BYTES_MAX};
use crate::edges;
use crate::evidence::{self, Nearby};
use crate::hit::{Explanation, Hit, KeywordEvidence, KeywordPlace};
use crate::keywords::Bits;
use lakegate_core::text::{Block, Segment};
use std::ops::Range;

/// A match that needs a keyword has its digits within so many bytes of its first one.
const NUMBER_BYTES: usize = 24;

/// A match that begins behind a `_` or `-` is at most so long: longer tokens must not be glued to a
/// word before them, or else text full of their beginnings would be walked again and again.
const GLUED_BYTES_MAX: usize = 320;

/// A key that needs a keyword has at least so many characters of letters, digits and `_-+/`.
const KEY_BYTES_MIN: usize = 12;

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
        self.near_keywords();
        self.named_values();
    }

    /// Patterns that need no keyword.
    fn anywhere(&mut self) {
        let mut alnum_before = 0;
        for (index, word) in self.classes.words().iter().enumerate() {
            let base = index * 64;
            let mut numbers = word.digit & !(word.alnum << 1 | alnum_before);
            alnum_before = word.alnum >> 63;
            while numbers != 0 {
                let at = numbers.trailing_zeros();
                numbers &= numbers - 1;
                let start = base + at as usize;
                if self.may_begin_number(&STRONG_STARTS, word, at, base) {
                    self.strong_at(start);
                }
                if self.is_run(start) && self.may_begin_number(&RUNS_STARTS, word, at, base) {
                    self.run_at(start);
                }
            }
            let mut ends = word.lettered_ends;
            while ends != 0 {
                let end = base + ends.trailing_zeros() as usize;
                ends &= ends - 1;
                let start = end - self.classes.run_before(|word| word.alnum, end);
                self.token(start, end);
            }
            let mut marks = word.long_marks;
            while marks != 0 {
                let at = base + marks.trailing_zeros() as usize;
                marks &= marks - 1;
                self.long_run(at + 1 - LONG_RUN_BYTES_MIN);
            }
            let mut marks = word.marks;
            while marks != 0 {
                let at = base + marks.trailing_zeros() as usize;
                marks &= marks - 1;
                self.mark(at);
            }
        }
    }

    /// A token of letters and digits that begins with no digit.
    #[inline]
    fn token(&mut self, start: usize, end: usize) {
        let Some(first) = self.bytes()[start..].first_chunk::<4>() else {
            return self.strong_at(start);
        };
        if STRONG_STARTS.may_begin(*first) {
            self.strong_at(start);
        }
        if end - start >= RUN_BYTES_MIN && RUNS_STARTS.may_begin(*first) {
            self.run_at(start);
        }
    }

    /// Whether a run of letters and digits at `start` is long enough for a pattern of one.
    #[inline]
    fn is_run(&self, start: usize) -> bool {
        let ahead = self.classes.window(|word| word.alnum, start);
        (!ahead).trailing_zeros() as usize >= RUN_BYTES_MIN
    }

    /// Whether a match that needs no keyword may begin with the digits that begin at bit `at` of a word,
    /// the first of which is byte `base` of the text.
    #[inline]
    fn may_begin_number(&self, starts: &Starts, word: &Word, at: u32, base: usize) -> bool {
        let mut run = (!(word.digit >> at)).trailing_zeros();
        let start = base + at as usize;
        if at + run >= 64 {
            run = (!self.classes.window(|word| word.digit, start)).trailing_zeros();
        }
        let Some(row) = starts.digits_min.get(run as usize) else { return true };
        let next = self.bytes().get(start + run as usize).copied().unwrap_or_default();
        match row[usize::from(next)] {
            u8::MAX => false,
            least => {
                let ahead = self.classes.window(|word| word.digit, start) as u32;
                ahead.count_ones() >= u32::from(least)
            }
        }
    }

    /// The value that holds position `at`. Positions come in order, nearly: a token's start may lie
    /// before the last place looked at.
    #[inline]
    fn value_at(&mut self, at: usize) -> Option<Value> {
        let segments = self.block.segments;
        while self.segment > 0 && segments[self.segment - 1].end as usize > at {
            self.segment -= 1;
        }
        while segments.get(self.segment).is_some_and(|segment| segment.end as usize <= at) {
            self.segment += 1;
        }
        let segment = *segments.get(self.segment)?;
        (segment.start as usize <= at).then_some(Value { index: self.segment, segment })
    }

    #[inline]
    fn bytes(&self) -> &'a [u8] {
        self.block.text.as_bytes()
    }

    /// What may begin at `start`, at a token's start in the text; in its value, tokens may begin later.
    fn strong_at(&mut self, start: usize) {
        if let Some(value) = self.value_at(start) {
            self.strong(value, start);
        }
    }

    /// What may begin at `start` with a long run of letters and digits.
    fn run_at(&mut self, start: usize) {
        if let Some(value) = self.value_at(start) {
            let limit = walk_limit(self.bytes(), &value.segment, start);
            let detector = self.detector;
            self.plain(&detector.automata.runs, value, start, limit);
        }
    }

    /// A long run: each token in it may begin with a key's prefix; its start may be that of a key
    /// which has none.
    fn long_run(&mut self, start: usize) {
        let Some(value) = self.value_at(start) else { return };
        let end = self.classes.run_end(|word| word.long, start, value.end());
        if !self.bytes()[start].is_ascii_alphanumeric() {
            self.strong(value, start);
        }
        let mut from = start;
        while let Some(at) = self.classes.next(|word| word.alnum, from, end) {
            from = self.classes.run_end(|word| word.alnum, at, end);
            if !self.bytes()[at].is_ascii_digit() {
                self.token(at, from);
            }
        }
    }

    /// A place of another kind; the bytes up to `at` tell which.
    fn mark(&mut self, at: usize) {
        let Some(value) = self.value_at(at) else { return };
        let (bytes, first, end) = (self.bytes(), value.start(), value.end());
        let automata = &self.detector.automata;
        match bytes[at] {
            b'@' => {
                if let Some(start) = candidates::local_part(bytes, first, at) {
                    self.plain(&automata.at, value, start, end);
                }
            }
            b'/' => {
                if let Some(start) = candidates::scheme_start(bytes, first, at) {
                    let limit = walk_limit(bytes, &value.segment, start);
                    self.plain(&automata.scheme, value, start, limit);
                }
            }
            b':' => {
                if let Some(start) = candidates::colons_start(bytes, first, at) {
                    self.plain(&automata.colons, value, start, end);
                }
            }
            b'-' => {
                if let Some(start) = candidates::last_hyphens(bytes, first, end, at) {
                    self.strong(value, start);
                }
            }
            b'0'..=b'9' => {
                if let Some(start) = candidates::opening(bytes, first, at) {
                    self.strong(value, start);
                }
            }
            _ => {
                if let Some(start) = (at + 1).checked_sub(LONG_WORD_LETTERS_MIN) {
                    self.strong_at(start);
                }
            }
        }
    }

    /// Patterns that need a keyword, around those in the text and in values named by one.
    fn near_keywords(&mut self) {
        let mut next = 0;
        for found in self.nearby.keywords() {
            let region = self.nearby.region(found);
            let from = region.start.max(next);
            next = next.max(region.end).min(self.block.text.len());
            self.weak_in(from..next);
            self.directly_behind(found.end);
            self.assigned_to(found.end, found.keyword);
        }
        if self.nearby.names().iter().all(Bits::is_empty) {
            return;
        }
        for index in 0..self.block.segments.len() {
            let segment = self.block.segments[index];
            let names = self.nearby.names().get(segment.context as usize);
            if names.is_some_and(|names| !names.is_empty()) {
                self.weak_in(segment.start as usize..segment.end as usize);
            }
        }
    }

    /// What stands directly behind a keyword may be of any form.
    fn directly_behind(&mut self, end: usize) {
        let bytes = self.bytes();
        let gap = bytes[end..]
            .iter()
            .take(2)
            .take_while(|byte| matches!(byte, b' ' | b':' | b'='))
            .count();
        let Some(value) = self.value_at(end + gap) else { return };
        let near = (gap > 0).then(|| self.nearby.bits(&value.segment, end + gap)).flatten();
        if let Some(near) = near {
            self.weak(value, end + gap, &near);
        }
    }

    /// Places in a region where a match that needs a keyword may begin.
    fn weak_in(&mut self, region: Range<usize>) {
        let starts = |word: &Word| word.begin | word.digit | word.long & !(word.long << 1);
        let mut at = region.start;
        while let Some(place) = self.classes.next(starts, at, region.end) {
            at = place + 1;
            let Some(value) = self.value_at(place) else { continue };
            if self.is_long_start(value, place) {
                self.weak_around(value, place);
            }
            if self.bytes()[place].is_ascii_digit() {
                let run = self.classes.run_end(|word| word.digit, place, value.end());
                at = run.max(place + 1);
                self.digits(value, place);
            } else if place == value.start() || !self.bytes()[place - 1].is_ascii_alphanumeric() {
                self.letters(value, place);
            }
        }
    }

    /// A run of digits, or the rest of one, at `first`: with the token that it is in.
    fn digits(&mut self, value: Value, first: usize) {
        let before = self.classes.run_before(|word| word.alnum, first);
        let start = first.saturating_sub(before).max(value.start());
        let ahead = self.classes.window(|word| word.digit, first);
        let near = (ahead & ((1 << NUMBER_BYTES) - 1)).count_ones();
        let first_run = (!ahead).trailing_zeros();
        let lettered = start < first;
        if near >= 5 || near >= 4 && lettered || near >= 3 && first_run <= 4 {
            self.weak_around(value, start);
        }
    }

    fn weak_around(&mut self, value: Value, start: usize) {
        if start == self.token {
            return;
        }
        self.token = start;
        let Some(near) = self.nearby.bits(&value.segment, start) else { return };
        self.weak(value, start, &near);
        if start > value.start() && matches!(self.bytes()[start - 1], b'(' | b'+') {
            self.weak(value, start - 1, &near);
        }
        if let Some(word) = candidates::word_before(self.bytes(), value.start(), start) {
            self.weak(value, word, &near);
        }
    }

    /// Whether a run that may be a key begins in a value.
    fn is_long_start(&self, value: Value, at: usize) -> bool {
        let long = |word: &Word| word.long;
        let alnum = |word: &Word| word.alnum;
        let begins = |run: &dyn Fn(&Word) -> u64| {
            (at == value.start() || self.classes.window(run, at - 1) & 1 == 0)
                && self.classes.run_end(run, at, value.end()) - at >= KEY_BYTES_MIN
        };
        begins(&long) || begins(&alnum)
    }

    /// A word: if it begins with enough capitals, it may be a code.
    fn letters(&mut self, value: Value, start: usize) {
        let end = (start + candidates::CODE_LETTERS_MIN).min(value.end());
        let first = &self.bytes()[start..end];
        if first.len() == candidates::CODE_LETTERS_MIN && first.iter().all(u8::is_ascii_uppercase) {
            self.weak_around(value, start);
        }
    }

    /// What is assigned to a keyword that ends at `key_end`.
    fn assigned_to(&mut self, key_end: usize, keyword: u16) {
        let detector = self.detector;
        let assigned = &detector.automata.assigned_bits;
        if !KEYWORDS[usize::from(keyword)].owners.iter().any(|owner| assigned.contains(*owner)) {
            return;
        }
        let Some(value) = self.value_at(key_end - 1) else { return };
        let Some(start) = assignment::value_start(self.bytes(), key_end, value.end()) else {
            return;
        };
        let mut owners = Bits::default();
        owners.insert_owners(keyword);
        self.walk_assigned(value, start, &owners, |pass, identifier| {
            let keyword = pass.nearby.longest_ending_at(&value.segment, key_end, identifier)?;
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
        Some(check) => check.run(&checks::Candidate {
            text: text.as_bytes(),
            value: value.clone(),
            found: start..end,
        }),
    }
}
