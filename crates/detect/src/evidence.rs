//! Keywords around a match: which identifiers have one near, and which one stands nearest.
//!
//! Keywords of a text are looked for lazily, forward only, around the candidates that may need one.

use crate::candidates;
use crate::catalogue::{IDENTIFIERS, KEYWORD_DISTANCE_MAX, KEYWORDS};
use crate::classes::Classes;
use crate::detector::Detector;
use crate::hit::{KeywordEvidence, KeywordPlace};
use crate::keywords::{self, Bits, Found, KEYWORD_BYTES_MAX};
use lakegate_core::text::{Block, Context, Segment};

/// A keyword behind a match counts only if the match is at most so long: no number is longer, and how
/// far ahead keywords must be known is bounded by it.
pub(crate) const BEFORE_KEYWORD_BYTES_MAX: usize = 64;

/// Keywords are looked for so much further than a candidate needs, for the next ones.
const SCAN_STRIDE_BYTES: usize = 128;

/// A character is at most so long in UTF-8.
const CHAR_BYTES_MAX: usize = 4;

/// What is known of a block's keywords.
pub(crate) struct Nearby<'a> {
    detector: &'a Detector,
    block: &'a Block<'a>,
    classes: &'a Classes,
    names: &'a [Bits],
    keywords: &'a mut Vec<Found>,
    /// Keywords are known up to here.
    scanned: usize,
    /// Keywords before this one end too far before any further candidate.
    near: usize,
}

impl<'a> Nearby<'a> {
    /// Nothing is known yet. `keywords` is memory to use.
    pub fn new(
        detector: &'a Detector,
        block: &'a Block<'a>,
        classes: &'a Classes,
        names: &'a [Bits],
        keywords: &'a mut Vec<Found>,
    ) -> Self {
        keywords.clear();
        Self { detector, block, classes, names, keywords, scanned: 0, near: 0 }
    }

    /// What the names of the block's contexts are keywords for.
    pub fn names(&self) -> &'a [Bits] {
        self.names
    }

    /// The active identifiers with a keyword in the segment's names, or so near that it may count for
    /// a match that begins at `start`, or at the word before. `trigger` marked the candidate.
    pub fn bits(&mut self, segment: &Segment, start: usize, trigger: usize) -> Option<Bits> {
        let named = self.names.get(segment.context as usize).filter(|names| !names.is_empty());
        let reach = self.distance_bytes();
        self.scan_to(segment, trigger + BEFORE_KEYWORD_BYTES_MAX + reach + 1);
        let from = start.saturating_sub(reach + candidates::WORD_BEFORE_BYTES_MAX);
        let to = start + BEFORE_KEYWORD_BYTES_MAX + reach;
        // The next candidate's token may begin before this one's digits, but not before its start.
        while self.keywords.get(self.near).is_some_and(|found| found.end < from) {
            self.near += 1;
        }
        let mut bits = named.copied();
        let (first, last) = (segment.start as usize, segment.end as usize);
        for found in self.keywords[self.near..].iter().take_while(|found| found.start <= to) {
            if found.end >= from && found.start >= first && found.end <= last {
                bits.get_or_insert_default().insert_owners(found.keyword);
            }
        }
        bits
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
    pub fn evidence(
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

    /// The identifiers that own a keyword of the segment which ends at `end`.
    pub fn ending_at(&mut self, segment: &Segment, end: usize) -> Bits {
        self.scan_to(segment, end);
        let mut owners = Bits::default();
        let first = segment.start as usize;
        for found in self.before(end).filter(|found| found.start >= first) {
            owners.insert_owners(found.keyword);
        }
        owners
    }

    /// The longest of an identifier's keywords that end at `end`, among those known.
    pub fn longest_ending_at(&self, end: usize, identifier: u16) -> Option<&'static str> {
        self.before(end)
            .map(|found| &KEYWORDS[usize::from(found.keyword)])
            .filter(|keyword| keyword.owners.binary_search(&identifier).is_ok())
            .map(|keyword| keyword.text)
            .max_by_key(|text| text.len())
    }

    /// The known keywords that end at `end`.
    fn before(&self, end: usize) -> impl Iterator<Item = &Found> {
        let from = end.saturating_sub(KEYWORD_BYTES_MAX);
        let near = self.keywords.iter().rev().skip_while(move |found| found.start >= end);
        near.take_while(move |found| found.start >= from).filter(move |found| found.end == end)
    }
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

/// The longest of an identifier's keywords in the names of a context.
pub(crate) fn name_keyword(context: &Context, identifier: u16) -> Option<&'static str> {
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
