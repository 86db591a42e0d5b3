//! Keywords in text and in the names of columns and fields (macie-engine, section 3).
//!
//! A keyword begins at a word's start, or at a hump of `camelCase`; one of four letters or fewer
//! must also end with its word. Case, and whether a space stands as a space, `_`, `-` or not at all,
//! make no difference.

mod trie;

pub(crate) use trie::{From, Heads, Trie};

use crate::catalogue::{
    BITS_WORDS, KEYWORD_FIRSTS, KEYWORD_HEADS, KEYWORD_LEADS, KEYWORD_TRIE, KEYWORD_WHOLES,
    KEYWORDS,
};
use crate::classes::{Classes, Offsets, PART_BYTES, PART_WORDS};
use crate::fold::{HEAD_LETTERS_MAX, Head, first_letters, lead};

/// A keyword in its folded form.
#[derive(Debug)]
pub(crate) struct Keyword {
    /// The folded text.
    pub text: &'static str,
    /// How many letters it has.
    pub letters: u8,
    /// Identifiers that have it, ascending.
    pub owners: &'static [u16],
}

/// A keyword in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Index into [`KEYWORDS`].
    pub keyword: u16,
}

/// A keyword with at most this many letters must end where its word ends.
const SHORT_LETTERS_MAX: u8 = 4;

/// One with at least this many need not.
const LONG_LETTERS_MIN: u32 = SHORT_LETTERS_MAX as u32 + 1;

/// Keywords of more letters have their first ones in the filter of heads.
const WHOLE_LETTERS_MAX: u32 = HEAD_LETTERS_MAX - 1;

/// One with at most this many must not touch a digit either: hexadecimal text is full of them.
const TINY_LETTERS_MAX: u8 = 2;

/// No keyword is longer than this in a text, with the blanks that it may hold; in bytes.
pub(crate) const KEYWORD_BYTES_MAX: usize = 192;

/// A set of identifiers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bits([u64; BITS_WORDS]);

impl Bits {
    /// Adds an identifier.
    pub fn insert(&mut self, identifier: u16) {
        self.0[usize::from(identifier) / 64] |= 1 << (identifier % 64);
    }

    /// Whether an identifier is in the set.
    pub fn contains(&self, identifier: u16) -> bool {
        self.0[usize::from(identifier) / 64] >> (identifier % 64) & 1 == 1
    }

    /// Whether both sets have an identifier.
    pub fn meets(&self, other: &Bits) -> bool {
        self.0.iter().zip(&other.0).any(|(a, b)| a & b != 0)
    }

    /// Adds all of another set.
    pub fn insert_all(&mut self, other: &Bits) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a |= b);
    }

    /// The identifiers in the set, ascending.
    pub fn identifiers(&self) -> impl Iterator<Item = u16> {
        self.0.iter().enumerate().flat_map(|(word, bits)| {
            let mut bits = *bits;
            std::iter::from_fn(move || {
                let bit = bits.trailing_zeros();
                (bits != 0).then(|| {
                    bits &= bits - 1;
                    (word as u32 * 64 + bit) as u16
                })
            })
        })
    }

    /// Whether nothing is in the set.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// Adds all that own a keyword.
    pub fn insert_owners(&mut self, keyword: u16) {
        for &owner in KEYWORDS[usize::from(keyword)].owners {
            self.insert(owner);
        }
    }
}

/// Whether a word, or a hump of one, begins at `at`; none begins directly behind an ASCII digit, because
/// hexadecimal text is full of such letters.
fn begins_word(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    if let [before, here] = bytes[at.saturating_sub(1)..bytes.len().min(at + 1)]
        && before.is_ascii()
        && here.is_ascii()
    {
        return here.is_ascii_alphabetic()
            && (!before.is_ascii_alphanumeric()
                || before.is_ascii_lowercase() && here.is_ascii_uppercase());
    }
    let here = text[at..].chars().next().unwrap_or(' ');
    let before = text[..at].chars().next_back().unwrap_or(' ');
    here.is_alphabetic()
        && (!before.is_alphabetic() && !before.is_ascii_digit()
            || before.is_lowercase() && here.is_uppercase())
}

/// Whether a word, or a hump of one, ends before `at`; so it does where no letter stands before.
fn ends_word(text: &str, at: usize) -> bool {
    let Some(after) = text[at..].chars().next() else { return true };
    let before = text[..at].chars().next_back().unwrap_or(' ');
    !before.is_alphanumeric()
        || !after.is_alphabetic()
        || before.is_lowercase() && after.is_uppercase()
}

/// Whether a short keyword stands for itself between its neighbours.
fn stands_alone(text: &str, start: usize, end: usize, letters: u8) -> bool {
    let bytes = text.as_bytes();
    let digit_behind = bytes.get(end).is_some_and(u8::is_ascii_digit);
    begins_word(text, start)
        && ends_word(text, end)
        && !(letters <= TINY_LETTERS_MAX && digit_behind)
}

/// Finds the wanted keywords of a text, in order of their starts.
pub(crate) fn scan(text: &str, classes: &Classes, wanted: &[bool], out: &mut Vec<Found>) {
    let bytes = text.as_bytes();
    let mut starts = Offsets::default();
    for (part, words) in classes.words().chunks(PART_WORDS).enumerate() {
        let base = part * PART_BYTES;
        starts.fill(words.iter().map(|word| word.begin));
        starts.retain(|start| may_begin_so(eight(bytes, base + start)));
        starts.retain(|start| may_begin(eight(bytes, base + start)));
        for start in starts.iter().map(|start| base + start) {
            // In ASCII the bitmap is exact.
            if classes.is_ascii || begins_word(text, start) {
                walk(text, start, From::of(eight(bytes, start)), wanted, out);
            }
        }
    }
}

/// Whether a keyword may begin with the first letters of a word; cheap to tell, and often wrong.
#[inline(always)]
fn may_begin_so(word: [u8; 8]) -> bool {
    let (bit, has_hump) = first_letters(word);
    is_set(&KEYWORD_FIRSTS, bit) | has_hump | !word[0].is_ascii()
}

/// Whether a keyword may begin with the first bytes of a word.
#[inline(always)]
fn may_begin(word: [u8; 8]) -> bool {
    let [first, second, ..] = word;
    if !first.is_ascii() {
        return is_set(&KEYWORD_LEADS, lead(first, second));
    }
    let head = Head::of(word);
    is_set(&KEYWORD_HEADS, head.bit()) || is_whole(&head)
}

/// Whether a keyword may be no more than the letters of a head, or the first of them.
#[inline(always)]
fn is_whole(head: &Head) -> bool {
    let whole = |letters: u32| is_set(&KEYWORD_WHOLES, head.whole_bit(letters));
    whole(head.count.min(WHOLE_LETTERS_MAX))
        || head.count > LONG_LETTERS_MIN && whole(LONG_LETTERS_MIN)
        || head.before_humps(u32::from(SHORT_LETTERS_MAX)).any(whole)
}

impl From {
    /// Where a walk goes on from for a word of which these are the first bytes: behind its first letters
    /// where they tell.
    fn of(word: [u8; 8]) -> Self {
        let head = Head::of(word);
        if head.count < HEAD_LETTERS_MAX || is_whole(&head) {
            return Self::START;
        }
        KEYWORD_TRIE.behind_head(&head).unwrap_or(Self::START)
    }
}

/// Eight bytes from `start` on; zeros behind the end.
#[inline(always)]
fn eight(bytes: &[u8], start: usize) -> [u8; 8] {
    match bytes[start..].first_chunk() {
        Some(eight) => *eight,
        None => std::array::from_fn(|offset| bytes.get(start + offset).copied().unwrap_or(0)),
    }
}

#[inline(always)]
fn is_set<const WORDS: usize>(bits: &[u64; WORDS], bit: usize) -> bool {
    bits[bit / 64 % WORDS] >> (bit % 64) & 1 == 1
}

/// Finds the wanted keywords that begin at `start`, a character's first byte, without any filter.
#[cfg(test)]
pub(crate) fn at(text: &str, start: usize, wanted: &[bool], out: &mut Vec<Found>) {
    if begins_word(text, start) {
        walk(text, start, From::START, wanted, out);
    }
}

fn walk(text: &str, start: usize, from: From, wanted: &[bool], out: &mut Vec<Found>) {
    KEYWORD_TRIE.walk(text, start, from, |end, keyword| {
        let letters = KEYWORDS[usize::from(keyword)].letters;
        let fits = letters > SHORT_LETTERS_MAX || stands_alone(text, start, end, letters);
        if fits && wanted[usize::from(keyword)] {
            out.push(Found { start, end, keyword });
        }
    });
}

/// Calls `found` with every keyword in a column's or field's name. There a longer keyword may also
/// begin within a word, since names are often written together.
pub(crate) fn in_name(name: &str, mut found: impl FnMut(u16)) {
    for (start, _) in name.char_indices() {
        KEYWORD_TRIE.walk(name, start, From::START, |end, keyword| {
            let letters = KEYWORDS[usize::from(keyword)].letters;
            if letters > SHORT_LETTERS_MAX || stands_alone(name, start, end, letters) {
                found(keyword);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&'static str> {
        let mut classes = Classes::default();
        let text = &format!("{text} = 1");
        classes.fill(text.as_bytes());
        let mut out = Vec::new();
        scan(text, &classes, &vec![true; KEYWORDS.len()], &mut out);
        out.iter().map(|found| KEYWORDS[usize::from(found.keyword)].text).collect()
    }

    #[test]
    fn spelling_variants_are_one_keyword() {
        for text in [
            "social security",
            "Social_Security",
            "SOCIAL-SECURITY",
            "socialsecurity",
            "mySocialSecurity",
            "social\n  security",
        ] {
            let found = found(text);
            assert!(
                found.iter().any(|keyword| keyword.replace(' ', "") == "socialsecurity"),
                "{text}: {found:?}"
            );
        }
    }

    #[test]
    fn short_keywords_are_whole_words() {
        for text in ["ssn", "user_ssn", "userSsn", "SSN:", "«ssn»", "ssn2"] {
            assert!(found(text).contains(&"ssn"), "{text}");
        }
        for text in ["assn", "ssnx", "essn", "7ssn"] {
            assert!(!found(text).contains(&"ssn"), "{text}");
        }
        assert!(found("cc 7").contains(&"cc") && !found("cc7").contains(&"cc"));
    }

    /// Every short keyword in every spelling with capitals, before what may stand behind it.
    #[test]
    fn filters_let_pass_what_a_walk_finds() {
        let wanted = vec![true; KEYWORDS.len()];
        let short = KEYWORDS.iter().filter(|keyword| {
            (2..=4).contains(&keyword.text.len())
                && keyword.text.bytes().all(|byte| byte.is_ascii_lowercase())
        });
        for keyword in short {
            for capitals in 0..1 << keyword.text.len() {
                let spelt = keyword.text.char_indices();
                let spelt: String = spelt
                    .map(|(at, c)| if capitals >> at & 1 == 1 { c.to_ascii_uppercase() } else { c })
                    .collect();
                for suffix in ["", "X", "Value", "value", "É", "é", "1", " x", "-", "'s"] {
                    let text = format!("{spelt}{suffix}");
                    let mut plain = Vec::new();
                    (0..text.len())
                        .filter(|at| text.is_char_boundary(*at))
                        .for_each(|start| at(&text, start, &wanted, &mut plain));
                    let mut classes = Classes::default();
                    classes.fill(text.as_bytes());
                    let mut fast = Vec::new();
                    scan(&text, &classes, &wanted, &mut fast);
                    assert_eq!(fast, plain, "{text}");
                }
            }
        }
    }

    #[test]
    fn names_may_hold_long_keywords_anywhere() {
        let mut seen = Vec::new();
        in_name("holderpassportref", |keyword| seen.push(KEYWORDS[usize::from(keyword)].text));
        assert!(seen.contains(&"passport"));
    }
}
