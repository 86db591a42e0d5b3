//! Text cut into words, numbers, signs and line ends.

use crate::fold::{self, Folded};
use crate::gazetteer::{Gazetteer, known, reads_as_pinyin};
use crate::lexicon;
use crate::word_cache::{Seen, WordCache};
use std::ops::Range;

/// How a token looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[repr(u8)]
pub enum Shape {
    /// A word in small letters.
    #[default]
    Lower,
    /// A word with a first capital.
    Capital,
    /// A word of two or more capitals.
    Upper,
    /// A word with capitals inside.
    Mixed,
    /// One capital letter.
    Initial,
    /// Digits.
    Number,
    /// Any other sign.
    Sign,
    /// The end of a line.
    Line,
}

/// A word, number, sign or line end.
#[derive(Clone, Copy, Debug, Default)]
pub struct Token {
    /// First byte.
    pub start: usize,
    /// Behind the last byte.
    pub end: usize,
    /// How it looks.
    pub shape: Shape,
    /// Whether it begins right where the one before it ends.
    pub glued: bool,
    /// Its letters without case and accents; of a number its length, of a sign the sign.
    pub word: Folded,
    /// What lists know of it ([`known`]).
    pub known: u16,
}

impl Token {
    /// Whether the token is a word that begins with a capital.
    pub fn is_capital(&self) -> bool {
        matches!(self.shape, Shape::Capital | Shape::Upper | Shape::Mixed | Shape::Initial)
    }

    /// Whether the token is of letters.
    pub fn is_word(&self) -> bool {
        self.is_capital() || self.shape == Shape::Lower
    }

    /// Whether the token is this sign.
    pub fn is_sign(&self, sign: char) -> bool {
        self.shape == Shape::Sign && self.word.hash == u64::from(u32::from(sign))
    }

    /// Whether lists know one of these of it.
    #[inline]
    pub fn has(&self, flags: u16) -> bool {
        self.known & flags != 0
    }

    /// How many bytes it is long.
    pub fn len(&self) -> usize {
        self.end - self.start
    }

    /// Never: a token holds at least one byte.
    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }
}

/// Words longer than this are no names: nothing is known of them.
const WORD_BYTES_MAX: usize = 40;

/// Adds the tokens of `text[range]` to `out`. Both ends must be character boundaries.
pub fn cut(text: &str, range: Range<usize>, lists: Gazetteer<'_>, out: &mut Vec<Token>) {
    cut_with(text, range, lists, None, out);
}

/// As [`cut`], with a memory of words.
pub(crate) fn cut_with(
    text: &str,
    range: Range<usize>,
    lists: Gazetteer<'_>,
    mut cache: Option<&mut WordCache>,
    out: &mut Vec<Token>,
) {
    let bytes = text.as_bytes();
    let mut at = range.start;
    let mut behind = usize::MAX;
    while at < range.end {
        let start = at;
        // All parts of a token are worked out before it is written, once and whole: to read back what was
        // written in parts costs more than all the rest.
        let (end, Seen { word, known, shape }) = match bytes[at] {
            b'\n' => (at + 1, Seen::line()),
            b'\\' if at + 1 < range.end && matches!(bytes[at + 1], b'n' | b'r') => {
                (at + 2, Seen::line())
            }
            b' ' | b'\r' => {
                at += 1;
                continue;
            }
            b'0'..=b'9' => number(bytes, at, range.end),
            b'a'..=b'z' | b'A'..=b'Z' => word(text, at, range.end, lists, cache.as_deref_mut()),
            byte @ 0..0x80 => (at + 1, sign(u32::from(byte))),
            _ => match text[at..range.end].chars().next() {
                Some(c) if is_letter(c) => word(text, at, range.end, lists, cache.as_deref_mut()),
                Some(c) if c.is_whitespace() || is_invisible(c) => {
                    at += c.len_utf8();
                    continue;
                }
                Some(c) => (at + c.len_utf8(), sign(u32::from(c))),
                None => return,
            },
        };
        at = end;
        let glued = start == behind;
        out.push(Token { start, end, shape, glued, word, known });
        if glued {
            join(out, &text[..range.end]);
        }
        behind = at;
    }
    phrases(out, lists);
}

/// What the last token and the one that it is glued to make of each other. Letters glued to digits are part of
/// a code or an ordinal: `bd` in `9bd12` is no boulevard, nor is `st` in `1st` a street.
#[inline]
fn join(tokens: &mut [Token], text: &str) {
    if let Some([s, slash, n]) = tokens.last_chunk_mut()
        && (s.len(), n.len()) == (1, 1)
        && slash.glued
        && slash.is_sign('/')
        && s.word == fold::word("s")
        && n.word == fold::word("n")
    {
        // Sin número: a house without a number.
        s.known |= known::STREET;
    }
    let Some([before, token]) = tokens.last_chunk_mut() else { return };
    let word = match (before.shape, token.shape) {
        (Shape::Number, Shape::Lower | Shape::Upper) => token,
        (Shape::Lower | Shape::Upper, Shape::Number) => before,
        (Shape::Lower | Shape::Initial, Shape::Sign) => {
            if token.is_sign('/') && is_calle(before, text, token.end) {
                before.known |= known::STREET;
            }
            return;
        }
        _ => return,
    };
    word.known &= known::VOCABULARY | known::WORD | known::WORD_RARE | known::ORGANISATION;
}

/// Whether a letter and the slash behind it stand for *calle*, as in `C/ Mayor` and `c/. de la Fuente`.
fn is_calle(letter: &Token, text: &str, behind_slash: usize) -> bool {
    if letter.glued || letter.len() != 1 || letter.word != fold::word("c") {
        return false;
    }
    let rest = &text[behind_slash..];
    let name = rest.strip_prefix('.').unwrap_or(rest);
    let name = name.strip_prefix(' ').unwrap_or(name);
    let mut letters = name.chars();
    let is_apart = name.len() < rest.len();
    let is_capital = letters.next().is_some_and(char::is_uppercase)
        && (is_apart || letters.next().is_some_and(char::is_lowercase));
    let article =
        || ["de", "del", "la", "las", "el", "los"].contains(&name.split(' ').next().unwrap_or(""));
    is_capital || is_apart && article()
}

/// Whether a character is part of words. The ordinal signs of 1º and 2ª are letters to Unicode only.
fn is_letter(c: char) -> bool {
    c.is_alphabetic() && !matches!(c, 'º' | 'ª')
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}')
}

#[inline(always)]
fn sign(c: u32) -> Seen {
    // Typographic apostrophes, quotes and dashes count as the plain ones.
    let c = match c {
        0x2018 | 0x2019 | 0xb4 | 0x60 => 0x27,
        0x201c..=0x201e | 0xab | 0xbb => 0x22,
        0x2010..=0x2015 => 0x2d,
        0xba | 0xaa | 0xb0 => 0xba,
        other => other,
    };
    let word = Folded { hash: u64::from(c), ..Folded::default() };
    Seen { word, known: 0, shape: Shape::Sign }
}

#[inline(always)]
fn number(bytes: &[u8], start: usize, limit: usize) -> (usize, Seen) {
    let len = bytes[start..limit].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let word = Folded { hash: len.min(12) as u64, len: len.min(255) as u32, ..Folded::default() };
    (start + len, Seen { word, known: 0, shape: Shape::Number })
}

#[inline(always)]
fn word(
    text: &str,
    start: usize,
    limit: usize,
    lists: Gazetteer<'_>,
    cache: Option<&mut WordCache>,
) -> (usize, Seen) {
    let end = word_end(text, start, limit);
    if end - start > WORD_BYTES_MAX {
        return (end, Seen::default());
    }
    let look = || look(&text[start..end], lists);
    let seen = match cache {
        Some(cache) => cache.seen(text.as_bytes(), (start, end), look),
        None => look(),
    };
    (end, seen)
}

/// What a word is, by its letters and by the lists.
#[inline(never)]
fn look(written: &str, lists: Gazetteer<'_>) -> Seen {
    let word = fold::word(written);
    let shape = shape(written);
    let mut known = lists.look(word.hash);
    if shape != Shape::Lower {
        if lexicon::is_street_compound(word.tail, word.len) {
            known |= known::STREET;
        }
        let explained =
            known::WORD | known::WORD_RARE | known::TITLE | known::ORGANISATION | known::REGION;
        if known & explained == 0 && shape == Shape::Capital && is_pinyin(written, &word) {
            known |= known::PINYIN;
        }
    }
    Seen { word, known, shape }
}

fn is_pinyin(written: &str, word: &Folded) -> bool {
    let ends_well =
        matches!(word.tail as u8, b'a' | b'e' | b'i' | b'o' | b'u' | b'n' | b'g' | b'r');
    if !ends_well || !(2..=12).contains(&word.len) || !written.is_ascii() {
        return false;
    }
    let mut lower = [0; 12];
    let lower = &mut lower[..written.len()];
    lower.copy_from_slice(written.as_bytes());
    lower.make_ascii_lowercase();
    reads_as_pinyin(lower)
}

/// Where a word ends: at the first byte that is no letter; an apostrophe behind one or two letters
/// belongs to it (O'Brien, D'Angelo).
fn word_end(text: &str, start: usize, limit: usize) -> usize {
    let bytes = text.as_bytes();
    let mut at = start;
    let mut letters = 0;
    let mut apostrophe = false;
    while at < limit {
        let byte = bytes[at];
        if byte.is_ascii_alphabetic() {
            at += 1;
        } else if byte < 0x80 {
            let joins = byte == b'\'' && (1..=2).contains(&letters) && !apostrophe;
            if !joins || !bytes.get(at + 1).is_some_and(u8::is_ascii_uppercase) || at + 1 >= limit {
                break;
            }
            apostrophe = true;
            at += 1;
        } else {
            match text[at..limit].chars().next() {
                Some(c) if is_letter(c) || ('\u{300}'..='\u{36f}').contains(&c) => {
                    at += c.len_utf8();
                }
                _ => break,
            }
        }
        letters += 1;
    }
    at
}

fn shape(word: &str) -> Shape {
    let mut upper = 0;
    let mut others = 0;
    let mut first = false;
    for (index, c) in word.chars().enumerate() {
        if c.is_uppercase() {
            upper += 1;
            first |= index == 0;
        } else if c.is_lowercase() {
            others += 1;
        }
    }
    match (upper, others) {
        (0, _) => Shape::Lower,
        (1, 0) => Shape::Initial,
        (_, 0) => Shape::Upper,
        (1, _) if first => Shape::Capital,
        _ => Shape::Mixed,
    }
}

/// Places and regions of several words: each of their words is marked.
fn phrases(tokens: &mut [Token], lists: Gazetteer<'_>) {
    for first in 0..tokens.len() {
        if !tokens[first].is_capital() {
            continue;
        }
        let mut hash = tokens[first].word.hash;
        let mut next = first + 1;
        for _ in 0..3 {
            if tokens.get(next).is_some_and(|token| token.is_sign('-') && token.glued) {
                next += 1;
            }
            let Some(token) = tokens.get(next).filter(|token| token.is_word()) else { break };
            hash = fold::joined(hash, token.word.hash);
            let found = lists.look(hash) & (known::PLACE | known::REGION);
            if found != 0 {
                tokens[first..=next].iter_mut().for_each(|token| token.known |= found);
            }
            next += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        let mut tokens = Vec::new();
        cut(text, 0..text.len(), Gazetteer::new(&[]), &mut tokens);
        tokens.iter().map(|token| &text[token.start..token.end]).collect()
    }

    #[test]
    fn words_numbers_signs() {
        assert_eq!(
            words("O'Brien's d’Or, 12B\nNº 5"),
            ["O'Brien", "'", "s", "d", "’", "Or", ",", "12", "B", "\n", "N", "º", "5"]
        );
        assert_eq!(
            words("a\\nJohn\u{200b} María-José"),
            ["a", "\\n", "John", "María", "-", "José"]
        );
    }

    #[test]
    fn shapes() {
        let seen: Vec<_> = ["anna", "Anna", "ANNA", "McAnna", "A"].map(shape).into();
        assert_eq!(
            seen,
            [Shape::Lower, Shape::Capital, Shape::Upper, Shape::Mixed, Shape::Initial]
        );
    }
}
