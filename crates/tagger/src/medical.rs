//! Medical terms near words of health: diseases, procedures, drugs.
//!
//! The file holds the hashes of the terms, sorted, and behind them those of the words that must stand
//! near; it is searched where it lies.

use crate::fold;
use crate::token::Token;

/// A term counts only if a word of health stands among so many tokens before or behind it.
const NEAR: usize = 14;

/// And no farther than so many bytes.
const NEAR_BYTES: usize = 200;

/// Terms have at most so many words.
const WORDS_MAX: usize = 5;

static FILE: &[u8] = include_bytes!("../model/medical.bin");

/// Terms and the words that must stand near them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms<'a> {
    terms: &'a [u8],
    keywords: &'a [u8],
}

/// Bytes of a hash.
const HASH: usize = 8;

impl Terms<'static> {
    /// The terms that come with the tagger.
    pub(crate) fn built_in() -> Self {
        Self::new(FILE)
    }
}

impl<'a> Terms<'a> {
    fn new(file: &'a [u8]) -> Self {
        let (count, rest) = file.split_first_chunk().unwrap_or((&[0; HASH], &[]));
        let end = usize::try_from(u64::from_le_bytes(*count)).unwrap_or(0).saturating_mul(HASH);
        let (terms, keywords) = rest.split_at(end.min(rest.len()));
        Self { terms, keywords }
    }

    /// Calls `each` with the ranges of tokens that are terms, the longest at each place.
    pub(crate) fn each(&self, tokens: &[Token], mut each: impl FnMut(std::ops::Range<usize>)) {
        let mut keyword_behind: Option<usize> = None;
        let mut at = 0;
        while at < tokens.len() {
            if tokens[at].is_word() && has(self.keywords, tokens[at].word.hash) {
                keyword_behind = Some(at);
            }
            let Some(end) = self.term(tokens, at) else {
                at += 1;
                continue;
            };
            let near = |from: &Token, to: &Token| to.start - from.end <= NEAR_BYTES;
            let behind = keyword_behind.is_some_and(|behind| {
                behind < at && at - behind <= NEAR && near(&tokens[behind], &tokens[at])
            });
            let reach = (end + NEAR).min(tokens.len());
            let is_keyword =
                |token: &&Token| token.is_word() && has(self.keywords, token.word.hash);
            let ahead = || {
                tokens[end..reach]
                    .iter()
                    .find(is_keyword)
                    .is_some_and(|k| near(&tokens[end - 1], k))
            };
            if behind || ahead() {
                each(at..end);
            }
            at = end;
        }
    }

    /// Where the longest term ends that begins at a token.
    fn term(&self, tokens: &[Token], at: usize) -> Option<usize> {
        if !tokens[at].is_word() {
            return None;
        }
        let mut hash = tokens[at].word.hash;
        let mut found = has(self.terms, hash).then_some(at + 1);
        let mut words = 1;
        for (next, token) in tokens.iter().enumerate().skip(at + 1).take(2 * WORDS_MAX) {
            let joins = token.is_sign('-') || token.is_sign('\'');
            if token.is_word() {
                hash = fold::joined(hash, token.word.hash);
                words += 1;
                if has(self.terms, hash) {
                    found = Some(next + 1);
                }
            } else if !joins {
                break;
            }
            if words == WORDS_MAX {
                break;
            }
        }
        found
    }
}

/// Whether a sorted list of hashes holds this one.
fn has(list: &[u8], hash: u64) -> bool {
    let read = |index: usize| {
        let bytes = list.get(index * HASH..(index + 1) * HASH)?;
        Some(u64::from_le_bytes(bytes.try_into().ok()?))
    };
    let (mut low, mut high) = (0, list.len() / HASH);
    while low < high {
        let middle = low + (high - low) / 2;
        match read(middle) {
            Some(value) if value == hash => return true,
            Some(value) if value < hash => low = middle + 1,
            _ => high = middle,
        }
    }
    false
}

/// Makes the file of terms and keywords, given as hashes of their words ([`crate::fold::phrase`]).
pub fn build(mut terms: Vec<u64>, mut keywords: Vec<u64>) -> Vec<u8> {
    for list in [&mut terms, &mut keywords] {
        list.sort_unstable();
        list.dedup();
    }
    let count = [terms.len() as u64];
    count.iter().chain(&terms).chain(&keywords).flat_map(|hash| hash.to_le_bytes()).collect()
}
