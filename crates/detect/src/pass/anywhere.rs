//! Places where a match that needs no keyword may begin; tables tell from the first bytes that none does,
//! and nearly always they do.

use super::{Pass, Value, walk_limit};
use crate::automaton::Starts;
use crate::candidates;
use crate::catalogue::{RUN_BYTES_MIN, RUNS_STARTS, STRONG_STARTS};
use crate::classes::{LONG_RUN_BYTES_MIN, LONG_WORD_LETTERS_MIN, Word};
use crate::fold::separator;

impl Pass<'_> {
    /// Patterns that need no keyword.
    pub(super) fn anywhere(&mut self) {
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
        let least = row[usize::from(next)];
        if least == u8::MAX {
            return false;
        }
        match separator(next) {
            Some(place) if !self.may_group(starts, start, run as usize, place) => return false,
            None if run < 4 && !self.may_begin_so(starts, start) => return false,
            _ => {}
        }
        let ahead = self.classes.window(|word| word.digit, start) as u32;
        ahead.count_ones() >= u32::from(least)
    }

    /// Whether a match may go on with what stands behind a separator, and behind a second one.
    #[inline]
    fn may_group(&self, starts: &Starts, start: usize, run: usize, place: usize) -> bool {
        let first = [run, place];
        let (length, next, behind) = self.group(start + run + 1);
        match starts.may_group(first, length, next) {
            (true, true) => separator(next).is_none_or(|other| {
                let (third, next, _) = self.group(behind + 1);
                starts.may_group_third(first, [length, other], third, next)
            }),
            (may, _) => may,
        }
    }

    /// How many digits stand from `at` on, the byte behind them, and its place.
    #[inline]
    fn group(&self, at: usize) -> (usize, u8, usize) {
        let length = if at < self.bytes().len() {
            (!self.classes.window(|word| word.digit, at)).trailing_zeros() as usize
        } else {
            0
        };
        (length, self.bytes().get(at + length).copied().unwrap_or_default(), at + length)
    }

    /// Whether a match may begin with the four bytes from `start` on.
    #[inline]
    fn may_begin_so(&self, starts: &Starts, start: usize) -> bool {
        self.bytes()[start..].first_chunk().is_none_or(|first| starts.may_begin(*first))
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
    /// which has none. Words that dots join to it may be a prefix, too.
    fn long_run(&mut self, start: usize) {
        let Some(value) = self.value_at(start) else { return };
        let mut word = start;
        for _ in 0..candidates::DOTTED_WORDS_MAX {
            let before = candidates::dotted_before(self.bytes(), value.start(), word);
            let Some(before) = before else { break };
            self.tokens_of_word(value, before, word - 1);
            word = before;
        }
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

    /// Tokens of a word, whose hyphens and underscores may stand before a prefix.
    fn tokens_of_word(&mut self, value: Value, start: usize, end: usize) {
        for at in start..end {
            let begins = at == start || matches!(self.bytes()[at - 1], b'_' | b'-');
            if begins && self.bytes()[at].is_ascii_alphabetic() {
                self.strong(value, at);
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
}
