//! Places where a match that needs no keyword may begin; tables tell from the first bytes that none does,
//! and nearly always they do.

use super::{Pass, Value, walk_limit};
use crate::automaton::Starts;
use crate::candidates;
use crate::catalogue::{LONG_KEY_BYTES_MIN, RUN_BYTES_MIN, RUNS_STARTS, STRONG_STARTS};
use crate::classes::{
    LONG_RUN_BYTES_MIN, LONG_WORD_LETTERS_MIN, Offsets, PART_BYTES, PART_WORDS, Word,
};
use crate::fold::separator;

/// Where runs of digits begin behind what is no letter and no digit; `before` is whether the byte before
/// the word is one.
#[inline(always)]
fn number_starts(word: &Word, before: &mut u64) -> u64 {
    let starts = word.digit & !(word.alnum << 1 | *before);
    *before = word.alnum >> 63;
    starts
}

/// Places of each kind in a part of the text, and for each the segment of the last place looked at.
#[derive(Default)]
struct Places {
    numbers: Offsets,
    runs: Offsets,
    ends: Offsets,
    segments: [usize; 4],
}

impl Pass<'_> {
    /// Patterns that need no keyword.
    pub(super) fn anywhere(&mut self) {
        let mut places = Places::default();
        let classes = self.classes;
        let mut alnum_before = 0;
        for (part, words) in classes.words().chunks(PART_WORDS).enumerate() {
            let base = part * PART_BYTES;
            let mut before = alnum_before;
            places.runs.fill(words.iter().enumerate().map(|(index, word)| {
                let starts = number_starts(word, &mut before);
                starts & classes.runs_of::<RUN_BYTES_MIN>(|word| word.alnum, base + index * 64)
            }));
            places.numbers.fill(words.iter().map(|word| number_starts(word, &mut alnum_before)));
            places.ends.fill(words.iter().map(|word| word.lettered_ends));
            self.numbers(base, &mut places);
            self.tokens(base, &mut places);
            self.segment = places.segments[2];
            for (index, word) in words.iter().enumerate() {
                self.marks(word, base + index * 64);
            }
            places.segments[2] = self.segment;
        }
    }

    /// What has a `Q~` within. The character is so rare that it is looked for by itself.
    pub(super) fn tildes(&mut self) {
        let (bytes, detector) = (self.bytes(), self.detector);
        if detector.automata.tilde.is_empty() {
            return;
        }
        for at in memchr::memchr_iter(b'~', bytes) {
            if !bytes[..at].ends_with(b"Q") {
                continue;
            }
            let Some(value) = self.value_at(at) else { continue };
            if let Some(start) = candidates::tilde_start(bytes, value.start(), at) {
                let limit = walk_limit(bytes, &value.segment, start);
                self.plain(&detector.automata.tilde, value, start, limit);
            }
        }
    }

    /// What begins with digits.
    #[inline(always)]
    fn numbers(&mut self, base: usize, places: &mut Places) {
        let Places { numbers, runs, segments, .. } = places;
        numbers.retain(|start| self.has_digits(&STRONG_STARTS, base + start));
        self.segment = segments[0];
        for start in numbers.iter().map(|start| base + start) {
            if self.may_begin_number(&STRONG_STARTS, start) {
                self.strong_at(start);
            }
        }
        segments[0] = self.segment;
        self.segment = segments[3];
        for start in runs.iter().map(|start| base + start) {
            if self.has_digits(&RUNS_STARTS, start) && self.may_begin_number(&RUNS_STARTS, start) {
                self.run_at(start);
            }
        }
        segments[3] = self.segment;
    }

    /// Tokens of letters and digits, by their ends.
    #[inline(always)]
    fn tokens(&mut self, base: usize, places: &mut Places) {
        let Places { ends, segments, .. } = places;
        ends.retain(|end| {
            let (start, end) = self.token_before(base + end);
            self.may_be_token(start, end)
        });
        self.segment = segments[1];
        for end in ends.iter().map(|end| base + end) {
            let (start, end) = self.token_before(end);
            self.token(start, end);
        }
        segments[1] = self.segment;
    }

    #[inline(always)]
    fn token_before(&self, end: usize) -> (usize, usize) {
        (end - self.classes.run_before(|word| word.alnum, end), end)
    }

    /// Whether a token may be a match's beginning. One that begins with a digit is among the numbers.
    #[inline(always)]
    fn may_be_token(&self, start: usize, end: usize) -> bool {
        let Some(first) = self.bytes()[start..].first_chunk::<4>() else { return true };
        let may_begin = STRONG_STARTS.may_begin(*first) | (end - start >= RUN_BYTES_MIN);
        may_begin & !first[0].is_ascii_digit()
    }

    /// Places of other kinds in a word of bits.
    #[inline(always)]
    fn marks(&mut self, word: &Word, base: usize) {
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

    /// Whether enough digits stand from `start` on for a match that begins with so many of them before
    /// such a byte.
    #[inline(always)]
    fn has_digits(&self, starts: &Starts, start: usize) -> bool {
        let ahead = self.classes.window(|word| word.digit, start);
        let run = (!ahead).trailing_zeros() as usize;
        let next = self.bytes().get(start + run).copied().unwrap_or_default();
        let told = run.min(starts.digits_min.len() - 1);
        let least = u32::from(starts.digits_min[told][usize::from(next)]);
        (run > told) | ((ahead as u32).count_ones() >= least)
    }

    /// Whether a match may begin with the digits that begin at `start`, as far as what follows them tells.
    #[inline]
    fn may_begin_number(&self, starts: &Starts, start: usize) -> bool {
        let (run, next, _) = self.group(start);
        match separator(next) {
            _ if run >= starts.groups.len() => true,
            Some(place) => self.may_group(starts, start, run, place),
            None if run < 4 => self.may_begin_so(starts, start),
            None => true,
        }
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
        if end - start >= LONG_KEY_BYTES_MIN {
            let limit = walk_limit(self.bytes(), &value.segment, start);
            let detector = self.detector;
            self.plain(&detector.automata.long, value, start, limit);
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
