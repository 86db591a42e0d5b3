//! Keywords of custom identifiers: before a match, or in the name of its column or field.
//!
//! Case makes no difference, and a space may stand as a line break, a tab, `_` or `-`. In a name spaces
//! may also be left out. Whether a keyword is a word of its own does not matter.

use super::definition::DISTANCE_MAX;
use crate::fold::{fold_ascii, fold_char};
use crate::hit::{KeywordPlace, Side};
use lakegate_core::text::Context;
use memchr::memmem::{Finder, FinderRev};
use std::ops::Range;

/// A character is at most so long in UTF-8.
const CHAR_BYTES_MAX: usize = 4;

/// A keyword is at most so long.
const KEYWORD_BYTES_MAX: usize = super::KEYWORD_CHARS_MAX * CHAR_BYTES_MAX;

/// So much text a block needs before a match that it owns, for its keywords to be seen.
pub const CUSTOM_BEFORE_BYTES: usize = DISTANCE_MAX as usize * CHAR_BYTES_MAX + KEYWORD_BYTES_MAX;

/// A keyword that makes a match count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KeywordFound {
    /// Its place in the definition.
    pub keyword: u16,
    /// Where it stands; a distance is from its end to the end of the match.
    pub place: KeywordPlace,
}

/// The keywords of one identifier.
#[derive(Debug)]
pub(crate) struct Keywords {
    backwards: Vec<FinderRev<'static>>,
    in_names: Vec<Finder<'static>>,
    distance: usize,
}

/// What is known of the keywords in one value. Matches come in the order of their starts.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// Keywords that end up to here are known.
    scanned: usize,
    /// The one that ends last: where, and which.
    last: Option<(usize, u16)>,
}

impl Keywords {
    pub fn new(keywords: &[String], distance: u32) -> Self {
        let folded: Vec<Vec<u8>> = keywords.iter().map(|keyword| folded(keyword)).collect();
        let unspaced = |keyword: &Vec<u8>| {
            let solid: Vec<u8> = keyword.iter().copied().filter(|byte| *byte != b' ').collect();
            Finder::new(&solid).into_owned()
        };
        Self {
            in_names: folded.iter().map(unspaced).collect(),
            backwards: folded.iter().map(|k| FinderRev::new(k).into_owned()).collect(),
            distance: distance as usize,
        }
    }

    /// Whether matches need none.
    pub fn is_empty(&self) -> bool {
        self.backwards.is_empty()
    }

    /// The first keyword that stands in one of the names.
    pub fn in_names(&self, context: &Context) -> Option<u16> {
        let solid = |name: &String| -> Vec<u8> {
            folded(name).into_iter().filter(|byte| *byte != b' ').collect()
        };
        let names: Vec<Vec<u8>> = context.names.iter().map(solid).collect();
        let stands = |finder: &Finder<'_>| names.iter().any(|name| finder.find(name).is_some());
        self.in_names.iter().position(stands).map(|index| index as u16)
    }

    /// The nearest keyword that stands before a match, near enough. `scratch` is memory to use.
    pub fn before(
        &self,
        text: &str,
        found: &Range<usize>,
        known: &mut Known,
        scratch: &mut Vec<u8>,
    ) -> Option<KeywordFound> {
        let reach = self.distance * CHAR_BYTES_MAX + KEYWORD_BYTES_MAX;
        let from = known.scanned.saturating_sub(KEYWORD_BYTES_MAX);
        let from = text.floor_char_boundary(from.max(found.end.saturating_sub(reach)));
        if from < found.start {
            scratch.clear();
            fold_into(&text[from..found.start], scratch);
            for (index, finder) in self.backwards.iter().enumerate() {
                let Some(at) = finder.rfind(scratch.as_slice()) else { continue };
                let end = from + at + finder.needle().len();
                if known.last.is_none_or(|(last, _)| last < end) {
                    known.last = Some((end, index as u16));
                }
            }
        }
        known.scanned = known.scanned.max(found.start);
        let (end, keyword) = known.last?;
        if end + self.distance * CHAR_BYTES_MAX < found.end {
            return None;
        }
        let distance = text[end..found.end].chars().count();
        (distance <= self.distance).then_some(KeywordFound {
            keyword,
            place: KeywordPlace::Value { distance: distance as u16, side: Side::Before },
        })
    }
}

fn folded(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    fold_into(text, &mut out);
    out
}

/// Folds character by character. One whose folded form has another length stays, so that positions are
/// those of the text.
fn fold_into(text: &str, out: &mut Vec<u8>) {
    let mut buffer = [0; CHAR_BYTES_MAX];
    for c in text.chars() {
        if c.is_ascii() {
            out.push(fold_ascii(c as u8));
            continue;
        }
        let folded = fold_char(c);
        let same = if folded.len_utf8() == c.len_utf8() { folded } else { c };
        out.extend_from_slice(same.encode_utf8(&mut buffer).as_bytes());
    }
}
