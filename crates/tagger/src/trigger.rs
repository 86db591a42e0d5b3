//! Where names or addresses may stand: the cheap question before the tagger is asked.

use crate::gazetteer::known;
use crate::token::{Shape, Token};
use std::ops::Range;

/// Tokens before a sign of a name that are tagged with it, and behind it.
const BEFORE: usize = 4;
const BEHIND: usize = 10;

/// A street's word counts with a number among so many tokens before or behind it.
const NUMBER_REACH: usize = 6;

/// Calls `each` with the parts of a window that are worth tagging.
pub(crate) fn each_worth(tokens: &[Token], mut each: impl FnMut(Range<usize>)) {
    let mut open: Option<Range<usize>> = None;
    for at in 0..tokens.len() {
        if !is_sign(tokens, at) {
            continue;
        }
        let end = (at + BEHIND + 1).min(tokens.len());
        let start = at.saturating_sub(BEFORE);
        open = match open {
            Some(part) if start <= part.end => Some(part.start..end),
            Some(part) => {
                each(part);
                Some(start..end)
            }
            None => Some(start..end),
        };
    }
    if let Some(part) = open {
        each(part);
    }
}

/// Whether the token speaks for a name or an address.
#[inline]
fn is_sign(tokens: &[Token], at: usize) -> bool {
    let token = &tokens[at];
    match token.shape {
        Shape::Capital | Shape::Mixed | Shape::Upper => capital(tokens, at),
        Shape::Lower => {
            token.has(
                known::GIVEN | known::FAMILY | known::TITLE | known::STREET | known::VOCABULARY,
            ) && lower(tokens, at)
        }
        Shape::Number => number(tokens, at),
        Shape::Initial | Shape::Sign | Shape::Line => false,
    }
}

fn capital(tokens: &[Token], at: usize) -> bool {
    let token = &tokens[at];
    let names = known::GIVEN | known::FAMILY | known::RARE | known::PINYIN;
    if token.has(known::TITLE | known::GIVEN) {
        return !token.has(known::WORD)
            || token.has(known::TITLE)
            || inside(tokens, at)
            || has_capital_neighbour(tokens, at);
    }
    if token.has(known::STREET) && has_number(tokens, at) {
        return true;
    }
    if token.has(known::WORD | known::WORD_RARE) {
        return token.has(names)
            && has_capital_neighbour(tokens, at)
            && !token.has(known::ORGANISATION);
    }
    if token.has(names) {
        return true;
    }
    // A word that no list knows.
    token.known & !known::VOCABULARY == 0
        && token.len() >= 3
        && token.shape == Shape::Capital
        && !is_code(tokens, at)
}

/// Whether a word is part of a longer one with signs or digits, as names in programs are.
fn is_code(tokens: &[Token], at: usize) -> bool {
    let joins = |sign: &Token| {
        sign.shape == Shape::Number || sign.is_sign('_') || sign.is_sign('/') || sign.is_sign('(')
    };
    let next = tokens.get(at + 1).filter(|next| next.glued);
    tokens[at].glued && at > 0 && joins(&tokens[at - 1]) && !tokens[at - 1].is_sign('(')
        || next.is_some_and(joins)
}

/// Whether a word stands inside a sentence, or behind a colon.
fn inside(tokens: &[Token], at: usize) -> bool {
    at.checked_sub(1).is_some_and(|before| {
        let before = &tokens[before];
        before.is_word() || before.is_sign(',') || before.is_sign(':') || before.is_sign('"')
    })
}

fn has_capital_neighbour(tokens: &[Token], at: usize) -> bool {
    let is = |token: Option<&Token>| {
        token.is_some_and(|token| token.is_capital() && !token.has(known::ORGANISATION))
    };
    is(tokens.get(at + 1)) || is(at.checked_sub(1).and_then(|before| tokens.get(before)))
}

fn has_number(tokens: &[Token], at: usize) -> bool {
    let range = at.saturating_sub(NUMBER_REACH)..(at + NUMBER_REACH + 1).min(tokens.len());
    tokens[range].iter().any(|token| token.shape == Shape::Number && token.word.len <= 6)
        || tokens[at..].windows(3).take(NUMBER_REACH).any(|three| three[1].is_sign('/'))
}

/// A name in small letters.
fn lower(tokens: &[Token], at: usize) -> bool {
    let token = &tokens[at];
    if token.has(known::STREET) {
        return token.len() >= 2 && has_number(tokens, at) && !token.has(known::WORD);
    }
    if token.has(known::TITLE) && !token.has(known::WORD) {
        return true;
    }
    token.has(known::GIVEN) && !token.has(known::WORD | known::WORD_RARE)
}

/// A house number before a capital, or a postcode beside a place.
fn number(tokens: &[Token], at: usize) -> bool {
    let token = &tokens[at];
    if token.word.len > 6 {
        return false;
    }
    let place = |token: Option<&Token>| {
        token.is_some_and(|token| token.is_capital() && token.has(known::PLACE | known::REGION))
    };
    (4..=6).contains(&token.word.len)
        && (place(tokens.get(at + 1)) || place(at.checked_sub(1).and_then(|b| tokens.get(b))))
}
