//! From tags of tokens to spans of text.

use crate::fold;
use crate::gazetteer::known;
use crate::lexicon;
use crate::model::{Scores, Tag};
use crate::token::{Shape, Token};

/// What a span is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Label {
    /// A person's name.
    Person,
    /// A postal address, or its street line.
    Address,
    /// A disease, a procedure or a drug.
    MedicalTerm,
}

/// A name or an address in a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// Behind the last byte.
    pub end: usize,
    /// Where all that belongs to it ends: behind the town of an address of which the span is only the
    /// street line. Otherwise the same as `end`.
    pub block_end: usize,
    /// What it is.
    pub label: Label,
    /// How sure the tagger is, from 0 to 1: the share of the margin by which the label won over
    /// "nothing", evened out so that 0.5 is the least that is reported.
    pub score: f32,
}

/// The margin at which a score is three quarters.
const MARGIN_HALF: f32 = 250.0;

/// Adds the spans of the tags.
pub(crate) fn collect(
    text: &str,
    tokens: &[Token],
    tags: &[Tag],
    scores: &[Scores],
    out: &mut Vec<Span>,
) {
    let mut at = 0;
    let mut second = None;
    while at < tags.len() {
        let (label, further) = match tags[at] {
            Tag::PersonFirst => (Label::Person, Tag::Person),
            Tag::AddressFirst => (Label::Address, Tag::Address),
            Tag::Address if second == Some(at) => (Label::Address, Tag::Address),
            _ => {
                at += 1;
                continue;
            }
        };
        let mut end = at + 1;
        while tags.get(end).is_some_and(|tag| *tag == further || goes_on(tokens, tags, end)) {
            end += 1;
        }
        if label == Label::Person {
            end = extended(tokens, tags, at, end);
        }
        if label == Label::Address {
            let and = parted(tokens, at, end);
            if and < end {
                (end, second) = (and, Some(and + 1));
            }
            if let Some(street) = street_behind_name(tokens, at, end) {
                keep(text, tokens, tags, scores, (Label::Person, at, street), out);
                at = street;
            }
        }
        keep(text, tokens, tags, scores, (label, at, end), out);
        at = end;
    }
}

/// Adds the span of the tokens from one to before another, if it holds what a name or an address has.
fn keep(
    text: &str,
    tokens: &[Token],
    tags: &[Tag],
    scores: &[Scores],
    (label, at, end): (Label, usize, usize),
    out: &mut Vec<Span>,
) {
    let kept = match label {
        Label::Person => person(tokens, at, end),
        _ => address(tokens, at, end),
    };
    let Some((first, last)) = kept else { return };
    let margin: i32 = (first..=last)
        .map(|at| scores[at][tags[at] as usize] - scores[at][Tag::Other as usize])
        .sum();
    let margin = (margin as f32 / (last - first + 1) as f32).max(0.0);
    let score = 0.5 + 0.5 * margin / (margin + MARGIN_HALF);
    if score < least(label, &tokens[first..=last]) {
        return;
    }
    let line = match label {
        Label::Address => bare_town(tokens, first, street_line(tokens, first, last)),
        _ => last,
    };
    let (start, end) = (tokens[first].start, tokens[line].end);
    debug_assert!(text.is_char_boundary(start) && text.is_char_boundary(end));
    out.push(Span { start, end, block_end: tokens[last].end, label, score });
}

/// Where an address ends that another one is said to follow in the same breath: before `, and 7 Mill Lane`.
fn parted(tokens: &[Token], first: usize, end: usize) -> usize {
    let is_and = |at: &usize| {
        let word = tokens[*at].word;
        tokens[*at - 1].is_sign(',')
            && tokens[*at].shape == Shape::Lower
            && word.len <= 3
            && ["and", "y", "et", "und", "e", "en", "i", "oder", "or"]
                .iter()
                .any(|and| fold::word(and) == word)
    };
    (first + 2..end).find(is_and).unwrap_or(end)
}

/// Where the street begins, in what was taken for an address from the name before it on: `Dr. Juan Mora
/// Calle Olmos 3`.
fn street_behind_name(tokens: &[Token], first: usize, end: usize) -> Option<usize> {
    let is_street = |at: &usize| {
        tokens[*at].has(known::STREET) && lexicon::begins_spanish_street(tokens[*at].word.hash)
    };
    let street = (first + 2..end).find(is_street)?;
    let before = &tokens[first..street];
    let is_name =
        |token: &Token| token.is_word() || ['.', '-', 'º'].iter().any(|sign| token.is_sign(*sign));
    let names = before.iter().any(|token| token.has(known::TITLE | known::GIVEN));
    (names
        && before.iter().all(is_name)
        && before.iter().all(|token| !token.has(known::STREET) || token.has(known::TITLE)))
    .then_some(street)
}

/// The least score: more is asked for where the lists say nothing, or something else.
fn least(label: Label, tokens: &[Token]) -> f32 {
    let street = tokens.iter().any(|token| token.has(known::STREET));
    let everyday = |token: &Token| token.has(known::WORD) && !token.has(known::GIVEN);
    match label {
        Label::Address if street => 0.52,
        Label::Address => 0.68,
        Label::Person if tokens.len() == 1 && everyday(&tokens[0]) => 0.75,
        Label::Person if tokens.len() == 1 && is_short_or_small(&tokens[0]) => 0.7,
        _ => 0.5,
    }
}

/// Whether a single word is as abbreviations are, or in small letters.
fn is_short_or_small(token: &Token) -> bool {
    token.shape == Shape::Lower || token.shape == Shape::Upper && token.len() <= 4
}

/// Where a name ends that holds a first name: behind the surnames that follow it, whatever they were
/// taken for, as long as that is no organisation.
fn extended(tokens: &[Token], tags: &[Tag], first: usize, mut end: usize) -> usize {
    let other = known::WORD | known::WORD_RARE | known::ORGANISATION | known::TITLE | known::STREET;
    let given = tokens[first..end].iter().any(|token| token.has(known::GIVEN));
    while given
        && end < tokens.len().min(first + 6)
        && matches!(tags[end], Tag::Other | Tag::Place | Tag::Misc | Tag::PersonFirst)
        && matches!(tokens[end].shape, Shape::Capital | Shape::Mixed)
        && tokens[end - 1].is_capital()
        && tokens[end].start - tokens[end - 1].end == 1
        && !tokens[end].has(other)
    {
        end += 1;
    }
    end
}

/// Whether a name that is said to begin at a word just behind another one is the same name.
fn goes_on(tokens: &[Token], tags: &[Tag], at: usize) -> bool {
    tags[at] == Tag::PersonFirst
        && matches!(tags[at - 1], Tag::PersonFirst | Tag::Person)
        && tokens[at - 1].is_word()
        && tokens[at].start - tokens[at - 1].end == 1
}

/// Whether lists know a word as a name and not as an everyday word.
fn is_listed(token: &Token) -> bool {
    token.has(known::GIVEN | known::FAMILY | known::RARE)
        && !token.has(known::WORD | known::WORD_RARE)
}

/// A name's tokens without what is no name at its ends; `None` if no word is left, or if nothing but the
/// tags speaks for it.
fn person(tokens: &[Token], first: usize, end: usize) -> Option<(usize, usize)> {
    let small = tokens[first..end].iter().all(|token| !token.is_capital());
    if small {
        return small_name(tokens, first, end);
    }
    let begins = |at: &usize| tokens[*at].is_capital() || tokens[*at].has(known::PARTICLE);
    let first = (first..end).find(begins)?;
    let last = (first..end).rev().find(|at| tokens[*at].is_capital() || is_listed(&tokens[*at]))?;
    let name = &tokens[first..=last];
    let letters: usize = name.iter().filter(|token| token.is_word()).map(Token::len).sum();
    (letters >= 2).then_some((first, last))
}

/// A name in small letters: a first name, and nothing but names beside it.
fn small_name(tokens: &[Token], first: usize, end: usize) -> Option<(usize, usize)> {
    let last = (first..end).rev().find(|at| tokens[*at].is_word())?;
    let name = &tokens[first..=last];
    let is_name =
        |token: &Token| is_listed(token) || !token.is_word() || token.has(known::PARTICLE);
    let given = name.iter().any(|token| token.has(known::GIVEN) && is_listed(token));
    (given && name.iter().all(is_name) && is_listed(&name[0])).then_some((first, last))
}

/// An address's tokens without signs and line ends at its ends; `None` if nothing in them says that it
/// is one: a number, a street's word.
fn address(tokens: &[Token], first: usize, end: usize) -> Option<(usize, usize)> {
    let is_part = |at: &usize| !matches!(tokens[*at].shape, Shape::Sign | Shape::Line);
    let first = (first..end).find(is_part)?;
    let last = (first..end).rev().find(is_part)?;
    if is_cut_decimal(tokens, last) || (first..last).any(|at| is_measure(tokens, at)) {
        return None;
    }
    let whole = &tokens[first..=last];
    let street = whole.iter().any(is_clear_street);
    let short_street = whole.iter().any(|token| token.has(known::STREET));
    let number = whole.iter().filter(|token| token.shape == Shape::Number);
    let house = number.clone().any(|token| token.word.len <= 4) || number.count() > 1;
    let name = whole.iter().any(|token| {
        matches!(token.shape, Shape::Capital | Shape::Mixed) && token.len() >= 3
            || token.shape == Shape::Upper
                && token.len() >= 4
                && (short_street || is_listed(token) || token.has(known::PLACE | known::REGION))
    });
    (street && whole.len() > 1 && (house || name) || (house || short_street) && name)
        .then_some((first, last))
}

/// Whether a word says by itself that this is a street, as `Ln` and `AV` do not: they have other meanings.
fn is_clear_street(token: &Token) -> bool {
    token.has(known::STREET)
        && (token.len() != 2
            || token.shape != Shape::Upper && lexicon::begins_spanish_street(token.word.hash))
}

/// Whether a number with decimals begins at the token: a measured value, unless it says how far along a road,
/// or is floor and door behind the house's number.
fn is_measure(tokens: &[Token], at: usize) -> bool {
    let along_road = tokens[..at]
        .iter()
        .rev()
        .take(2)
        .any(|token| token.is_word() && token.len() == 2 && fold::word("km") == token.word);
    let Some([number, sign, decimals]) = tokens.get(at..at + 3) else { return false };
    number.shape == Shape::Number
        && (sign.is_sign(',') || sign.is_sign('.'))
        && sign.glued
        && decimals.shape == Shape::Number
        && decimals.glued
        && !along_road
        && !(at >= 2 && tokens[at - 1].is_sign(',') && tokens[at - 2].shape == Shape::Number)
        && tokens
            .get(at + 3)
            .is_none_or(|next| !next.glued || !(next.is_word() || next.is_sign('º')))
}

/// Whether the last token is the whole part of a number with decimals: a measured value.
fn is_cut_decimal(tokens: &[Token], last: usize) -> bool {
    let Some([sign, digits]) = tokens.get(last + 1..last + 3) else { return false };
    tokens[last].shape == Shape::Number
        && (sign.is_sign(',') || sign.is_sign('.'))
        && sign.glued
        && digits.glued
        && digits.shape == Shape::Number
}

/// The last token of a Spanish street line: postcode and town behind it are a line of their own, even
/// where they stand in the same line.
fn street_line(tokens: &[Token], first: usize, last: usize) -> usize {
    let has_no_number = |at: &usize| {
        tokens[*at].len() == 1
            && tokens[*at].shape == Shape::Lower
            && tokens[*at].has(known::STREET)
            && tokens[*at + 1].glued
    };
    if let Some(s) = (first + 1..last.saturating_sub(1)).find(has_no_number) {
        return s + 2;
    }
    if !lexicon::begins_spanish_street(tokens[first].word.hash) {
        return full_stop(tokens, first, last);
    }
    let postcode = |at: &usize| {
        tokens[*at].shape == Shape::Number
            && matches!(tokens[*at].word.len, 4 | 5)
            && tokens[*at + 1..=last].iter().take(3).any(Token::is_capital)
    };
    let Some(code) = (first + 2..last).find(postcode) else { return last };
    let is_prefix = |token: &Token| {
        matches!(token.shape, Shape::Sign | Shape::Line)
            || token.shape == Shape::Initial
                && token.len() == 1
                && token.word.hash == fold::word("e").hash
    };
    (first..code).rev().find(|at| !is_prefix(&tokens[*at])).unwrap_or(last)
}

/// The last token before a full stop that parts the street line from postcode and town: `Los Alisos, 10.
/// 13002 Ciudad Real`.
fn full_stop(tokens: &[Token], first: usize, last: usize) -> usize {
    let parts = |at: &usize| {
        tokens[*at].is_sign('.')
            && (tokens[*at - 1].shape == Shape::Number || tokens[*at - 1].len() == 1)
            && tokens[*at + 1].shape == Shape::Number
            && tokens[*at + 1].word.len == 5
            && !tokens[*at + 1].glued
            && (tokens[*at + 2].is_capital() || tokens[*at + 2].is_sign('-'))
    };
    (first + 2..last.saturating_sub(1)).find(parts).map_or(last, |stop| stop - 1)
}

/// Where the street line ends if all that follows it is the name of a town: without postcode, region or
/// country that is no part of an address, but a place.
fn bare_town(tokens: &[Token], first: usize, last: usize) -> usize {
    let Some(number) = (first..=last).rev().find(|at| tokens[*at].shape == Shape::Number) else {
        return last;
    };
    let parts = |token: &Token| token.is_sign(',') || token.shape == Shape::Line;
    let Some(gap) = (number + 1..last).find(|at| parts(&tokens[*at])) else { return last };
    let town = &tokens[gap + 1..=last];
    let street_goes_on = town.iter().any(|token| {
        token.has(known::STREET | known::REGION)
            || matches!(token.shape, Shape::Line | Shape::Initial)
            || token.shape == Shape::Upper && token.len() <= 3
            || token.is_sign(',')
    });
    if street_goes_on || number == first { last } else { gap - 1 }
}
