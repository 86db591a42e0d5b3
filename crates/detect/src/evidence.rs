//! Keywords around a match: which identifiers have one near, and which one stands nearest.

use crate::candidates;
use crate::catalogue::{IDENTIFIERS, KEYWORD_DISTANCE_MAX, KEYWORDS};
use crate::hit::{KeywordEvidence, KeywordPlace, Side};
use crate::keywords::{self, Bits, Found, KEYWORD_BYTES_MAX};
use lakegate_core::text::{Block, Context, Segment};
use std::ops::Range;

/// A keyword behind a match counts only if the match is at most so long: no number is longer.
pub(crate) const BEFORE_KEYWORD_BYTES_MAX: usize = 64;

/// So many letters may stand in a token before its first digit.
const LETTERS_FIRST_BYTES_MAX: usize = 24;

/// Between a keyword and the value that it is given are at most so many bytes.
const GIVING_BYTES_MAX: usize = 32;

/// A character is at most so long in UTF-8.
const CHAR_BYTES_MAX: usize = 4;

/// What is known of a block's keywords.
pub(crate) struct Nearby<'a> {
    block: &'a Block<'a>,
    /// What the names of the block's contexts are keywords for.
    names: &'a [Bits],
    /// The keywords in its text, in order of their starts.
    keywords: &'a [Found],
    /// The most bytes that a keyword distance may span in this block.
    reach: usize,
}

impl<'a> Nearby<'a> {
    /// What names and keywords tell of a block, whose text may be all ASCII.
    pub fn new(
        block: &'a Block<'a>,
        names: &'a [Bits],
        keywords: &'a [Found],
        is_ascii: bool,
    ) -> Self {
        let char_bytes = if is_ascii { 1 } else { CHAR_BYTES_MAX };
        Self { block, names, keywords, reach: char_bytes * KEYWORD_DISTANCE_MAX }
    }

    /// What the names of the block's contexts are keywords for.
    pub fn names(&self) -> &'a [Bits] {
        self.names
    }

    /// The keywords in the block's text, in order of their starts.
    pub fn keywords(&self) -> &'a [Found] {
        self.keywords
    }

    /// Where matches may begin that a keyword counts for.
    pub fn region(&self, found: &Found) -> Range<usize> {
        let before = self.reach + BEFORE_KEYWORD_BYTES_MAX;
        let behind = self.reach + candidates::WORD_BEFORE_BYTES_MAX + LETTERS_FIRST_BYTES_MAX + 1;
        found.start.saturating_sub(before)..found.end + behind
    }

    /// The identifiers with a keyword in the segment's names, or so near that it may count for a match
    /// that begins at `start`, or at the word before.
    pub fn bits(&self, segment: &Segment, start: usize) -> Option<Bits> {
        let names = self.names.get(segment.context as usize).filter(|names| !names.is_empty());
        let mut bits = names.copied();
        let from = start.saturating_sub(self.reach + candidates::WORD_BEFORE_BYTES_MAX);
        let to = start + BEFORE_KEYWORD_BYTES_MAX + self.reach;
        let (first, last) = (segment.start as usize, segment.end as usize);
        for found in self.beginning_in(from.saturating_sub(KEYWORD_BYTES_MAX), to + 1) {
            if found.end >= from && found.start >= first && found.end <= last {
                bits.get_or_insert_default().insert_owners(found.keyword);
            }
        }
        bits
    }

    /// Keywords that begin in `from..to`.
    fn beginning_in(&self, from: usize, to: usize) -> impl Iterator<Item = &'a Found> {
        let first = self.keywords.partition_point(|found| found.start < from);
        self.keywords[first..].iter().take_while(move |found| found.start < to)
    }

    /// The keyword that stands nearest, if one is near enough.
    pub fn evidence(
        &self,
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
        let limit = u64::from(IDENTIFIERS[usize::from(identifier)].keyword_distance);
        let from = start.saturating_sub(KEYWORD_BYTES_MAX + self.reach).max(segment.start as usize);
        let mut nearest: Option<(KeywordPlace, u16)> = None;
        for found in self.beginning_in(from, end + self.reach + 1) {
            if found.end > segment.end as usize {
                continue;
            }
            if KEYWORDS[usize::from(found.keyword)].owners.binary_search(&identifier).is_err() {
                continue;
            }
            let Some(distance) = gap(self.block.text, found, start, end) else { continue };
            if distance > limit {
                continue;
            }
            let value = &self.block.text[..segment.end as usize];
            let side = side(value, found, start);
            let place = KeywordPlace::Value { distance: distance as u16, side };
            if nearest.is_none_or(|(least, _)| place.remoteness() < least.remoteness()) {
                nearest = Some((place, found.keyword));
            }
        }
        nearest.map(|(place, keyword)| KeywordEvidence {
            keyword: KEYWORDS[usize::from(keyword)].text,
            place,
        })
    }

    /// The longest of an identifier's keywords that end at `end`, among those of the segment.
    pub fn longest_ending_at(
        &self,
        segment: &Segment,
        end: usize,
        identifier: u16,
    ) -> Option<&'static str> {
        let from = end.saturating_sub(KEYWORD_BYTES_MAX).max(segment.start as usize);
        self.beginning_in(from, end)
            .filter(|found| found.end == end)
            .map(|found| &KEYWORDS[usize::from(found.keyword)])
            .filter(|keyword| keyword.owners.binary_search(&identifier).is_ok())
            .map(|keyword| keyword.text)
            .max_by_key(|text| text.len())
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

/// On which side of a match that begins at `start` a keyword stands. `value` ends where the value ends that both
/// are in.
pub(crate) fn side(value: &str, found: &Found, start: usize) -> Side {
    match found.end <= start {
        true => Side::Before,
        false if names_what_follows(&value[found.end..]) => Side::Elsewhere,
        false => Side::Behind,
    }
}

/// Whether what stands behind a keyword gives it a value: ` number: 4`, `="x`, ` is 4`.
fn names_what_follows(rest: &str) -> bool {
    let mut gives = false;
    for byte in rest.bytes().take(GIVING_BYTES_MAX) {
        match byte {
            b':' | b'=' => gives = true,
            b'0'..=b'9' => return true,
            b' ' | b'\t' | b'"' | b'\'' | b'>' | b'_' | b'-' | b'.' | b'#' => {}
            letter if letter.is_ascii_alphabetic() || !letter.is_ascii() => {
                if gives {
                    return true;
                }
            }
            _ => return false,
        }
    }
    false
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
