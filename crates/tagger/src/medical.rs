//! Medical terms near words of health: diseases, procedures, drugs.
//!
//! The file holds the hashes of the terms, sorted, behind them those of the words that must stand near, and
//! then a bit for each 16 bits that a hash of one of these words or of a term's first word begins with. It is
//! searched where it lies; for most words the bit says that there is nothing to search.

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
    bits: &'a [u8],
}

/// Bits of a hash that choose its bit, and bytes of all these bits.
const CHOOSING_BITS: u32 = 16;
const BITS_BYTES: usize = 1 << (CHOOSING_BITS - 3);

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
        let (terms, rest) = rest.split_at(end.min(rest.len()));
        let (keywords, bits) = rest.split_at(rest.len().saturating_sub(BITS_BYTES));
        Self { terms, keywords, bits }
    }

    /// Whether the word may be one that must stand near, or a term's first.
    #[inline]
    fn may_matter(&self, token: &Token) -> bool {
        let bit = token.word.hash >> (64 - CHOOSING_BITS);
        token.is_word()
            && self.bits.get(bit as usize / 8).is_some_and(|byte| byte >> (bit % 8) & 1 == 1)
    }

    /// Calls `each` with the ranges of tokens that are terms, the longest at each place.
    pub(crate) fn each(&self, tokens: &[Token], mut each: impl FnMut(std::ops::Range<usize>)) {
        let mut keyword_behind: Option<usize> = None;
        let mut at = 0;
        while at < tokens.len() {
            if !self.may_matter(&tokens[at]) {
                at += 1;
                continue;
            }
            if has(self.keywords, tokens[at].word.hash) {
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
                |token: &&Token| self.may_matter(token) && has(self.keywords, token.word.hash);
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

/// Makes the file of terms and keywords.
pub fn build(terms: &[String], keywords: &[String]) -> Vec<u8> {
    let hashes = |list: &[String]| {
        let mut hashes: Vec<u64> = list.iter().map(|phrase| fold::phrase(phrase)).collect();
        hashes.sort_unstable();
        hashes.dedup();
        hashes
    };
    let mut bits = vec![0u8; BITS_BYTES];
    for phrase in terms.iter().chain(keywords) {
        let first = phrase.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty());
        let bit = fold::phrase(first.unwrap_or_default()) >> (64 - CHOOSING_BITS);
        bits[bit as usize / 8] |= 1 << (bit % 8);
    }
    let (terms, keywords) = (hashes(terms), hashes(keywords));
    let count = [terms.len() as u64];
    let hashes = count.iter().chain(&terms).chain(&keywords).flat_map(|hash| hash.to_le_bytes());
    hashes.chain(bits).collect()
}
