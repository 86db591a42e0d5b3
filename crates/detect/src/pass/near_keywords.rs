//! Places around keywords, and in values that are named by one, where a match that needs it may begin.

use super::{Pass, Value, form_holds, walk_limit};
use crate::assignment;
use crate::candidates;
use crate::catalogue::{KEYWORDS, PATTERNS};
use crate::classes::{Classes, Word};
use crate::evidence;
use crate::hit::{KeywordEvidence, KeywordPlace};
use crate::keywords::Bits;
use std::ops::Range;

/// A match that needs a keyword has its digits within so many bytes of its first one.
const NUMBER_BYTES: usize = 24;

/// A key that needs a keyword has at least so many characters of letters, digits and `_-+/`.
const KEY_BYTES_MIN: usize = 12;

/// So many places are told of at a time: the rest of a window shows how long a run is.
const PLACES: usize = 64 - KEY_BYTES_MIN;

/// Bits of places where a match that needs a keyword may begin.
struct Places {
    /// Starts of runs that may be keys, and of tokens in them from which on they are long enough.
    keys: u64,
    /// Starts of runs of digits, or of the rest of one that began before.
    digits: u64,
    /// Starts of words that may be codes.
    words: u64,
}

impl Places {
    /// Those of [`PLACES`] places from `at` on in a part of a value.
    #[inline]
    fn at(classes: &Classes, value: Value, region: &Range<usize>, at: usize) -> Self {
        // Runs that begin with the value begin there, whatever stands before it.
        let before = |map: fn(&Word) -> u64, least: usize| match at {
            at if at <= least => 0,
            at => classes.window(map, at - 1) & 1,
        };
        let (long, alnum, digit) =
            (|word: &Word| word.long, |word: &Word| word.alnum, |word: &Word| word.digit);
        let longs = classes.window(long, at);
        let long_starts = longs & !(longs << 1 | before(long, value.start()));
        let alnums = classes.window(alnum, at);
        let digits = classes.window(digit, at);
        let token_starts = alnums & !(alnums << 1 | before(alnum, value.start()));
        let letters = alnums & !digits;
        let told = (1 << PLACES) - 1;
        Self {
            keys: told & runs::<KEY_BYTES_MIN>(longs) & (long_starts | token_starts),
            digits: told & digits & !(digits << 1 | before(digit, region.start)),
            words: told & token_starts & runs::<{ candidates::CODE_LETTERS_MIN }>(letters),
        }
    }
}

/// Bits from which on at least so many bits of a map are set.
#[inline]
fn runs<const LENGTH: usize>(map: u64) -> u64 {
    let (mut runs, mut length) = (map, 1);
    while length < LENGTH {
        let step = length.min(LENGTH - length);
        runs &= runs >> step;
        length += step;
    }
    runs
}

impl Pass<'_> {
    /// Patterns that need a keyword, around those in the text and in values named by one.
    pub(super) fn near_keywords(&mut self) {
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
        let mut from = region.start;
        while from < region.end {
            let Some(value) = self.value_from(from) else { return };
            let first = from.max(value.start());
            let end = region.end.min(value.end());
            self.weak_in_value(value, first..end);
            from = value.end();
        }
    }

    fn weak_in_value(&mut self, value: Value, region: Range<usize>) {
        let mut at = region.start;
        while at < region.end {
            let places = Places::at(self.classes, value, &region, at);
            let mut all = places.keys | places.digits | places.words;
            while all != 0 {
                let bit = all.trailing_zeros() as usize;
                all &= all - 1;
                let place = at + bit;
                if place >= region.end {
                    return;
                }
                if places.keys >> bit & 1 == 1 {
                    self.weak_around(value, place);
                }
                if places.digits >> bit & 1 == 1 {
                    self.digits(value, place);
                } else if places.words >> bit & 1 == 1 {
                    self.letters(value, place);
                }
            }
            at += PLACES;
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
    pub(super) fn named_values(&mut self) {
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
}
