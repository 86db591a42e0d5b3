//! Where names or addresses may stand: the cheap question before the tagger is asked.

use crate::gazetteer::known;
use crate::tagger::Wanted;
use crate::token::{Shape, Token};
use std::ops::Range;

/// Tokens before a sign of a name that are tagged with it, and behind it.
const BEFORE: usize = 4;
const BEHIND: usize = 5;

/// Tokens behind a sign that are tagged with it if a number or a street's word says that it may be one of an
/// address.
const BEHIND_ADDRESS: usize = 10;

/// Tokens before a postcode that are tagged with it: the street.
const BEFORE_POSTCODE: usize = 9;

/// A street's word counts with a number among so many tokens before or behind it.
const NUMBER_REACH: usize = 6;

/// The tokens that speak for a name or an address, by all that is around them. In a window that is cut out
/// of the tokens no other does.
pub(crate) fn signs(tokens: &[Token], wanted: Wanted, out: &mut Vec<usize>) {
    out.clear();
    let is = |at: &usize| {
        may_be_sign(&tokens[*at])
            && is_sign(tokens, *at)
            && (wanted.person || wanted.address && is_near_address(tokens, *at))
    };
    out.extend((0..tokens.len()).filter(is));
}

/// Calls `each` with the parts of a window that are worth tagging. `signs` are where [`signs`] says, as
/// indices of the window.
pub(crate) fn each_worth(
    window: &[Token],
    signs: impl Iterator<Item = usize>,
    mut each: impl FnMut(Range<usize>),
) {
    let mut open: Option<Range<usize>> = None;
    for at in signs.filter(|at| is_sign(window, *at)) {
        let behind = if is_near_address(window, at) { BEHIND_ADDRESS } else { BEHIND };
        let end = (at + behind + 1).min(window.len());
        let is_postcode = window[at].shape == Shape::Number;
        let start = at.saturating_sub(if is_postcode { BEFORE_POSTCODE } else { BEFORE });
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

/// Whether a number or a street's word is near.
fn is_near_address(tokens: &[Token], at: usize) -> bool {
    let range = at.saturating_sub(NUMBER_REACH)..(at + NUMBER_REACH + 1).min(tokens.len());
    may_be_address(&tokens[range])
}

/// Whether there is a number or a street's word among the tokens, without which there is no address.
pub(crate) fn may_be_address(tokens: &[Token]) -> bool {
    tokens.iter().any(|token| token.shape == Shape::Number || token.has(known::STREET))
}

/// Whether [`is_sign`] has to look at the neighbours. Without branches: which token comes next, nobody can
/// foresee.
#[inline(always)]
fn may_be_sign(token: &Token) -> bool {
    let is_capital = matches!(token.shape, Shape::Capital | Shape::Upper | Shape::Mixed);
    let is_code = (token.shape == Shape::Number) & (4..=6).contains(&token.word.len);
    is_capital | is_code | token.has(known::GIVEN | known::TITLE | known::STREET)
}

/// Whether the token speaks for a name or an address.
#[inline]
fn is_sign(tokens: &[Token], at: usize) -> bool {
    let token = &tokens[at];
    match token.shape {
        Shape::Capital | Shape::Mixed | Shape::Upper => capital(tokens, at),
        Shape::Lower => token.has(known::GIVEN | known::TITLE | known::STREET) && lower(tokens, at),
        Shape::Number => number(tokens, at),
        Shape::Initial => token.has(known::STREET),
        Shape::Sign | Shape::Line => false,
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

/// Whether a number stands so near to a street's word in small letters as the house's does: `97 guildry
/// street`, `calle mayor 5`.
fn has_house(tokens: &[Token], at: usize) -> bool {
    const NEAR: usize = 3;
    let range = at.saturating_sub(NEAR)..(at + NEAR + 1).min(tokens.len());
    tokens[range].iter().any(|token| token.shape == Shape::Number && token.word.len <= 5)
}

/// A name in small letters.
fn lower(tokens: &[Token], at: usize) -> bool {
    let token = &tokens[at];
    if token.has(known::STREET) {
        if token.len() == 1 {
            return true;
        }
        let is_clear = !token.has(known::WORD) && token.len() >= 2;
        return is_clear && has_number(tokens, at) || token.len() >= 3 && has_house(tokens, at);
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
