//! The engine: candidates, automata, edges, checks, keywords, overlaps.
//!
//! One pass over byte classes finds where a match may begin. There the automaton of the patterns
//! that need no keyword is walked; the one of the patterns that do, only where a keyword stands near
//! or the column's name is one. What a walk finds must pass its edges, its check and its keyword
//! rule; of what overlaps, the better stands ([`crate::overlap`]).
//!
//! Nothing is allocated per value: all memory is in [`Scratch`] and reused.

use crate::candidates::{self, Candidate};
use crate::catalogue::{
    AT, IDENTIFIERS, KEYWORD_DISTANCE_MAX, KEYWORDS, Need, PATTERNS, Pattern, STRONG, WEAK,
};
use crate::checks;
use crate::classes::{self, Classes, window};
use crate::edges;
use crate::hit::{Explanation, Hit, KeywordEvidence, KeywordPlace};
use crate::keywords::{self, Bits, Found, KEYWORD_BYTES_MAX, Keyword};
use crate::overlap;
use crate::selection::Selection;
use lakegate_core::text::{Block, Context, Layout, Segment};

/// No match is longer than this, in bytes.
pub const MATCH_BYTES_MAX: usize = checks::KEY_BLOCK_BYTES_MAX;

/// So much text a block needs before its first owned offset, for its hits to be those of the whole.
pub const BEFORE_BYTES: usize = 1024;

/// So much text a block needs behind its last owned offset, for its hits to be those of the whole.
pub const AFTER_BYTES: usize = MATCH_BYTES_MAX + 1024;

/// A match that needs a keyword has its digits within so many bytes of its first one.
const NUMBER_BYTES: usize = 24;

/// A match that begins behind a `_` or `-` is at most so long: longer tokens must not be glued to a
/// word before them, or else text full of their beginnings would be walked again and again.
const GLUED_BYTES_MAX: usize = 320;

/// A keyword behind a match counts only if the match is at most so long: no number is longer, and how
/// far ahead keywords must be known is bounded by it.
pub(crate) const BEFORE_KEYWORD_BYTES_MAX: usize = 64;

/// Keywords are looked for so much further than a candidate needs, for the next ones.
const SCAN_STRIDE_BYTES: usize = 128;

/// A character is at most so long in UTF-8.
const CHAR_BYTES_MAX: usize = 4;

/// The identifiers that are active, ready to look.
#[derive(Debug)]
pub struct Detector {
    active: Bits,
    /// By keyword, whether an active identifier has it.
    wanted: Vec<bool>,
    digest: String,
}

/// Memory that detection reuses from block to block. One per thread; it holds no text.
#[derive(Default)]
pub struct Scratch {
    classes: Classes,
    keywords: Vec<Found>,
    names: Names,
    fallen: Vec<bool>,
}

/// What the names of a block's contexts are keywords for. The contexts are kept and compared, so that
/// one object's names never stand for another's.
#[derive(Default)]
struct Names {
    contexts: Vec<Context>,
    bits: Vec<Bits>,
}

impl Names {
    fn update(&mut self, contexts: &[Context]) {
        let known = self.contexts.iter().zip(contexts).take_while(|(a, b)| a == b).count();
        self.contexts.truncate(known);
        self.bits.truncate(known);
        for context in &contexts[known..] {
            let mut bits = Bits::default();
            for name in &context.names {
                keywords::in_name(name, |keyword| bits.insert_owners(keyword));
            }
            self.contexts.push(context.clone());
            self.bits.push(bits);
        }
    }
}

impl Detector {
    /// Makes a detector of the selected identifiers.
    pub fn new(selection: &Selection) -> Result<Self, crate::Error> {
        let indices = selection.resolve()?;
        let mut active = Bits::default();
        for index in &indices {
            active.insert(*index as u16);
        }
        let owned = |keyword: &Keyword| keyword.owners.iter().any(|owner| active.contains(*owner));
        let wanted = KEYWORDS.iter().map(owned).collect();
        Ok(Self { active, wanted, digest: crate::digest::of(&indices) })
    }

    /// A stable digest (BLAKE3, hexadecimal) of the active rules and of the engine's version. It is
    /// recorded with each verdict.
    pub fn ruleset_digest(&self) -> &str {
        &self.digest
    }

    /// Finds what the block owns. `hits` is emptied first and then holds the hits sorted by start;
    /// no two overlap unless they are of different values.
    pub fn detect(&self, block: &Block<'_>, scratch: &mut Scratch, hits: &mut Vec<Hit>) {
        hits.clear();
        let Scratch { classes, keywords, names, fallen } = scratch;
        classes.fill(block.text.as_bytes());
        names.update(block.contexts);
        keywords.clear();
        let mut pass = Pass {
            detector: self,
            block,
            classes,
            names: &names.bits,
            keywords,
            scanned: 0,
            near: 0,
            segment: 0,
            token: usize::MAX,
            hits,
        };
        candidates::each(classes, |candidate| pass.look(candidate));
        overlap::resolve(hits, fallen);
        let owned = block.own_start as usize..block.own_end as usize;
        hits.retain(|hit| owned.contains(&hit.start));
    }

    /// Finds what stands in a plain text of less than 4 GiB.
    pub fn detect_text(&self, text: &str, scratch: &mut Scratch) -> Vec<Hit> {
        let mut hits = Vec::new();
        let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let segment = Segment { start: 0, end, context: 0, unit: 1, part: 0 };
        let block = Block {
            text,
            segments: &[segment],
            contexts: &[],
            paths: &[],
            layout: Layout::Lines,
            own_start: 0,
            own_end: end,
            contexts_epoch: 0,
        };
        self.detect(&block, scratch, &mut hits);
        hits
    }
}

/// One pass over one block.
struct Pass<'a> {
    detector: &'a Detector,
    block: &'a Block<'a>,
    classes: &'a Classes,
    names: &'a [Bits],
    keywords: &'a mut Vec<Found>,
    /// Keywords are known up to here.
    scanned: usize,
    /// Keywords before this one end too far before any further candidate.
    near: usize,
    /// Segment of the last candidate.
    segment: usize,
    /// Start of the last token with digits.
    token: usize,
    hits: &'a mut Vec<Hit>,
}

impl Pass<'_> {
    fn look(&mut self, candidate: Candidate) {
        let (Candidate::Digits(at)
        | Candidate::LongRun(at)
        | Candidate::At(at)
        | Candidate::Hyphens(at)) = candidate;
        if let Candidate::LongRun(start) = candidate {
            return self.long_run(start);
        }
        let Some((index, segment)) = self.segment_at(at) else { return };
        match candidate {
            Candidate::Digits(first) => self.digits(index, &segment, first),
            Candidate::At(at) => self.at(index, &segment, at),
            Candidate::Hyphens(last) => self.hyphens(index, &segment, last),
            Candidate::LongRun(_) => {}
        }
    }

    /// The segment that holds position `at`. Positions come in order.
    fn segment_at(&mut self, at: usize) -> Option<(usize, Segment)> {
        let segments = self.block.segments;
        while segments.get(self.segment).is_some_and(|segment| segment.end as usize <= at) {
            self.segment += 1;
        }
        let segment = segments.get(self.segment)?;
        (segment.start as usize <= at).then_some((self.segment, *segment))
    }

    fn bytes(&self) -> &[u8] {
        self.block.text.as_bytes()
    }

    /// A token whose first digits begin at `first`.
    fn digits(&mut self, index: usize, segment: &Segment, first: usize) {
        let value_start = segment.start as usize;
        let before = classes::run_before(&self.classes.alnum, first);
        let start = first.saturating_sub(before).max(value_start);
        if start == self.token {
            return;
        }
        self.token = start;
        let ahead = window(&self.classes.digit, first);
        let near = (ahead & ((1 << NUMBER_BYTES) - 1)).count_ones();
        let first_run = (!ahead).trailing_zeros();
        if start < first || near >= STRONG.digits_min && self.goes_on(first, first_run) {
            self.strong(index, segment, start);
        }
        if start > value_start && self.bytes()[start - 1] == b'+' {
            self.strong(index, segment, start - 1);
        }
        if let Some(prefix) = candidates::prefix_before(self.bytes(), value_start, start) {
            self.strong(index, segment, prefix);
        }
        let lettered = start < first;
        if near >= 5 || near >= 4 && lettered || near >= 3 && first_run <= 2 {
            self.weak_around(index, segment, start, first);
        }
    }

    /// Whether digits that run for `run` bytes are enough for a match that needs no keyword, or may be
    /// its first group.
    fn goes_on(&self, first: usize, run: u32) -> bool {
        run >= STRONG.digits_min
            || matches!(self.bytes().get(first + run as usize), Some(b' ' | b'-'))
    }

    fn weak_around(&mut self, index: usize, segment: &Segment, start: usize, trigger: usize) {
        if !self.has_keyword(segment, start, trigger) {
            return;
        }
        self.weak(index, segment, start);
        let value_start = segment.start as usize;
        if start > value_start && matches!(self.bytes()[start - 1], b'(' | b'+') {
            self.weak(index, segment, start - 1);
        }
        if let Some(word) = candidates::word_before(self.bytes(), value_start, start) {
            self.weak(index, segment, word);
        }
    }

    /// A long run: each token in it may begin with a key's prefix; its start may be that of a key
    /// which has none.
    fn long_run(&mut self, start: usize) {
        let Some((index, segment)) = self.segment_at(start) else { return };
        let end = classes::run_end(&self.classes.long, start, segment.end as usize);
        let mut token = Some(start);
        while let Some(at) = token {
            self.strong(index, &segment, at);
            let behind = classes::run_end(&self.classes.alnum, at, end);
            token = classes::next(&self.classes.alnum, behind, end);
        }
        if self.has_keyword(&segment, start, start) {
            self.weak(index, &segment, start);
            if let Some(word) = candidates::word_before(self.bytes(), segment.start as usize, start)
            {
                self.weak(index, &segment, word);
            }
        }
    }

    /// The last five hyphens of a run.
    fn hyphens(&mut self, index: usize, segment: &Segment, last: usize) {
        if last >= segment.start as usize + 4 {
            self.strong(index, segment, last - 4);
        }
    }

    fn at(&mut self, index: usize, segment: &Segment, at: usize) {
        let Some(start) = candidates::local_part(self.bytes(), segment.start as usize, at) else {
            return;
        };
        let block = self.block;
        AT.walk(block.text.as_bytes(), start, segment.end as usize, |pattern, end| {
            self.consider(pattern, index, segment, start, end);
        });
    }

    #[inline]
    fn strong(&mut self, index: usize, segment: &Segment, start: usize) {
        let block = self.block;
        let bytes = block.text.as_bytes();
        let limit = walk_limit(bytes, segment, start);
        if start + 1 < limit && STRONG.may_begin(bytes[start], bytes[start + 1]) {
            STRONG.walk(bytes, start, limit, |pattern, end| {
                self.consider(pattern, index, segment, start, end);
            });
        }
    }

    fn weak(&mut self, index: usize, segment: &Segment, start: usize) {
        let block = self.block;
        let bytes = block.text.as_bytes();
        let limit = walk_limit(bytes, segment, start);
        if start + 1 < limit && WEAK.may_begin(bytes[start], bytes[start + 1]) {
            WEAK.walk(bytes, start, limit, |pattern, end| {
                self.consider(pattern, index, segment, start, end);
            });
        }
    }

    /// Takes a match if all its rules hold.
    fn consider(&mut self, number: u16, index: usize, segment: &Segment, start: usize, end: usize) {
        let pattern = &PATTERNS[usize::from(number)];
        if !self.detector.active.contains(pattern.identifier) {
            return;
        }
        let value = segment.start as usize..segment.end as usize;
        let Some(end) = form_holds(pattern, self.block.text, &value, start, end) else { return };
        let keyword = match pattern.need {
            Need::None => None,
            Need::Required => match self.evidence(pattern.identifier, segment, start, end) {
                None => return,
                some => some,
            },
            Need::Absent => match self.evidence(pattern.identifier, segment, start, end) {
                None => None,
                Some(_) => return,
            },
        };
        let explanation = Explanation { proof: pattern.proof, check: pattern.check_name, keyword };
        self.hits.push(Hit {
            identifier: usize::from(pattern.identifier),
            segment: index,
            start,
            end,
            score: explanation.score(),
            explanation,
        });
    }

    /// Whether an active identifier has a keyword in the segment's names, or so near that it may count
    /// for a match that begins at `start`, or at the word before. `trigger` marked the candidate.
    fn has_keyword(&mut self, segment: &Segment, start: usize, trigger: usize) -> bool {
        let names = self.names.get(segment.context as usize);
        if names.is_some_and(|names| names.meets(&self.detector.active)) {
            return true;
        }
        let reach = self.distance_bytes();
        self.scan_to(segment, trigger + BEFORE_KEYWORD_BYTES_MAX + reach + 1);
        let from = start.saturating_sub(reach + candidates::WORD_BEFORE_BYTES_MAX);
        let to = start + BEFORE_KEYWORD_BYTES_MAX + reach;
        // The next candidate's token may begin before this one's digits, but not before its start.
        while self.keywords.get(self.near).is_some_and(|found| found.end < from) {
            self.near += 1;
        }
        let value = segment.start as usize..=segment.end as usize;
        self.keywords[self.near..].iter().take_while(|found| found.start <= to).any(|found| {
            found.end >= from && value.contains(&found.start) && value.contains(&found.end)
        })
    }

    /// Makes known the keywords of the segment that begin before `to` and may count for a candidate
    /// that needs those up to there.
    #[inline]
    fn scan_to(&mut self, segment: &Segment, to: usize) {
        let to = to.min(segment.end as usize);
        if self.scanned < to {
            self.scan_on(segment, to);
        }
    }

    #[inline(never)]
    fn scan_on(&mut self, segment: &Segment, to: usize) {
        let reach = KEYWORD_BYTES_MAX + 3 * BEFORE_KEYWORD_BYTES_MAX + 2 * self.distance_bytes();
        let from = to.saturating_sub(reach).max(segment.start as usize).max(self.scanned);
        let to = (to + SCAN_STRIDE_BYTES).min(segment.end as usize);
        let wanted = &self.detector.wanted;
        keywords::scan(self.block.text, self.classes, wanted, from, to, self.keywords);
        self.scanned = to;
    }

    /// The most bytes that a keyword distance may span in this block.
    fn distance_bytes(&self) -> usize {
        let char_bytes = if self.classes.is_ascii { 1 } else { CHAR_BYTES_MAX };
        char_bytes * KEYWORD_DISTANCE_MAX
    }

    /// The keyword that stands nearest, if one is near enough.
    fn evidence(
        &mut self,
        identifier: u16,
        segment: &Segment,
        start: usize,
        end: usize,
    ) -> Option<KeywordEvidence> {
        let named =
            self.names.get(segment.context as usize).is_some_and(|n| n.contains(identifier));
        if named {
            let context = self.block.contexts.get(segment.context as usize)?;
            let keyword = name_keyword(context, identifier)?;
            return Some(KeywordEvidence { keyword, place: KeywordPlace::Name });
        }
        self.scan_to(segment, start + BEFORE_KEYWORD_BYTES_MAX + self.distance_bytes() + 1);
        let limit = u64::from(IDENTIFIERS[usize::from(identifier)].keyword_distance);
        let reach = self.distance_bytes();
        let from = start.saturating_sub(KEYWORD_BYTES_MAX + reach).max(segment.start as usize);
        let first = self.keywords.partition_point(|found| found.start < from);
        let mut nearest: Option<(u64, u16)> = None;
        for found in self.keywords[first..].iter().take_while(|found| found.start <= end + reach) {
            if found.end > segment.end as usize {
                continue;
            }
            if KEYWORDS[usize::from(found.keyword)].owners.binary_search(&identifier).is_err() {
                continue;
            }
            let Some(distance) = gap(self.block.text, found, start, end) else { continue };
            if distance <= limit && nearest.is_none_or(|(least, _)| distance < least) {
                nearest = Some((distance, found.keyword));
            }
        }
        nearest.map(|(distance, keyword)| KeywordEvidence {
            keyword: KEYWORDS[usize::from(keyword)].text,
            place: KeywordPlace::Value { distance: distance as u16 },
        })
    }
}

/// How far a walk from `start` may go.
pub(crate) fn walk_limit(bytes: &[u8], segment: &Segment, start: usize) -> usize {
    let glued = start > segment.start as usize && matches!(bytes[start - 1], b'_' | b'-');
    let longest = if glued { GLUED_BYTES_MAX } else { MATCH_BYTES_MAX };
    (segment.end as usize).min(start + longest)
}

/// Characters between a keyword and a match; `None` if they overlap.
fn gap(text: &str, found: &Found, start: usize, end: usize) -> Option<u64> {
    let between = if found.end <= start {
        &text[found.end..start]
    } else if found.start >= end && end - start <= BEFORE_KEYWORD_BYTES_MAX {
        &text[end..found.start]
    } else {
        return None;
    };
    if between.len() > CHAR_BYTES_MAX * KEYWORD_DISTANCE_MAX {
        return None;
    }
    Some(between.chars().count() as u64)
}

fn name_keyword(context: &Context, identifier: u16) -> Option<&'static str> {
    let mut longest: Option<&'static str> = None;
    for name in &context.names {
        keywords::in_name(name, |keyword| {
            let keyword = &KEYWORDS[usize::from(keyword)];
            let owns = keyword.owners.binary_search(&identifier).is_ok();
            if owns && longest.is_none_or(|known| known.len() < keyword.text.len()) {
                longest = Some(keyword.text);
            }
        });
    }
    longest
}

/// Whether edges and check of a pattern hold for a match; returns where it ends.
pub(crate) fn form_holds(
    pattern: &Pattern,
    text: &str,
    value: &std::ops::Range<usize>,
    start: usize,
    end: usize,
) -> Option<usize> {
    if !edges::left(pattern.left, text, value.start, start)
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
