//! Where text is cut into windows that are tagged on their own.
//!
//! Whether a gap between two tokens is a cut depends only on the [`REACH_BYTES`] on both its sides, so
//! that the windows far from an edge of the text do not depend on where that edge lies. Strong gaps
//! always cut; a weaker one only where no stronger is near.

use crate::gazetteer::known;
use crate::token::{Shape, Token};
use std::ops::Range;

/// How far a gap looks for a stronger one.
const REACH_BYTES: usize = 150;

/// A window that is longer is not tagged: it is no text.
pub const WINDOW_BYTES_MAX: usize = 660;

/// How strong the gap before a token is; 0 is the strongest.
const NO_CUT: u8 = 5;

/// A line that is as long is no line of an address.
const LONG_LINE_BYTES: usize = 60;

/// Words longer than this end no sentence.
const WORD_BYTES_MAX: usize = 32;

/// Calls `each` with the windows of `tokens`, as ranges of them. `strength` is scratch memory.
pub fn each(tokens: &[Token], strength: &mut Vec<u8>, each: impl FnMut(Range<usize>)) {
    of_region(tokens, 0..tokens.len(), strength, each);
}

/// Calls `each` with the windows that hold one of the tokens `places`, which rise, and with those places,
/// as indices into the window. Windows that are too long are left out.
pub(crate) fn each_around(
    tokens: &[Token],
    places: &[usize],
    strength: &mut Vec<u8>,
    mut each: impl FnMut(Range<usize>, &[usize]),
) {
    let mut rest = places;
    while let Some(first) = rest.first() {
        // Cuts farther than this from a place are those of windows that are too long.
        const AROUND: usize = WINDOW_BYTES_MAX + REACH_BYTES;
        let apart = |pair: &[usize]| tokens[pair[1]].start - tokens[pair[0]].end > 2 * AROUND;
        let count = rest.windows(2).position(apart).map_or(rest.len(), |gap| gap + 1);
        let near;
        (near, rest) = rest.split_at(count);
        let (low, high) = (tokens[*first].start, tokens[near[count - 1]].end);
        let before = tokens[..*first].iter().rev().take_while(|t| t.end + AROUND >= low).count();
        let behind = tokens[near[count - 1]..].iter().take_while(|t| t.start <= high + AROUND);
        let region = *first - before..near[count - 1] + behind.count();
        let mut left = near;
        of_region(tokens, region, strength, |window| {
            let own;
            (own, left) = left.split_at(left.partition_point(|place| *place < window.end));
            let bytes = tokens[window.end - 1].end - tokens[window.start].start;
            if !own.is_empty() && bytes <= WINDOW_BYTES_MAX {
                each(window, own);
            }
        });
    }
}

/// The windows of a region of the tokens. Those that reach to its ends may be longer in truth.
fn of_region(
    tokens: &[Token],
    region: Range<usize>,
    strength: &mut Vec<u8>,
    mut each: impl FnMut(Range<usize>),
) {
    strength.clear();
    strength.extend(region.clone().map(|at| gap(tokens, at)));
    drop_shadowed(&tokens[region.clone()], strength);
    let mut first = region.start;
    for (at, strength) in region.clone().zip(&*strength).skip(1) {
        if *strength < NO_CUT {
            each(first..at);
            first = at;
        }
    }
    if first < region.end {
        each(first..region.end);
    }
}

/// Takes back the cuts that have a stronger gap near.
fn drop_shadowed(tokens: &[Token], strength: &mut [u8]) {
    const FAR: usize = usize::MAX / 2;
    let mut dropped = [FAR; NO_CUT as usize];
    // Behind: distances to the next gap of each strength. Marks are kept in the high bit until the
    // way back, because a shadowed gap still shadows weaker ones.
    for at in (0..tokens.len()).rev() {
        let level = strength[at];
        if level == NO_CUT {
            continue;
        }
        let near = dropped[..usize::from(level)]
            .iter()
            .any(|next| *next != FAR && next - tokens[at].start <= REACH_BYTES);
        dropped[usize::from(level)] = tokens[at].start;
        if near {
            strength[at] |= 0x80;
        }
    }
    let mut last = [None; NO_CUT as usize];
    for at in 0..tokens.len() {
        let level = strength[at] & 0x7f;
        if level == NO_CUT {
            continue;
        }
        let start = tokens[at].start;
        let near = last[..usize::from(level)]
            .iter()
            .any(|last: &Option<usize>| last.is_some_and(|last| start - last <= REACH_BYTES));
        last[usize::from(level)] = Some(start);
        if near || strength[at] & 0x80 != 0 {
            strength[at] = NO_CUT;
        }
    }
}

/// The strength of the gap before token `at`.
fn gap(tokens: &[Token], at: usize) -> u8 {
    let Some(before) = at.checked_sub(1).map(|before| &tokens[before]) else { return 0 };
    let token = &tokens[at];
    match before.shape {
        Shape::Line => line_gap(tokens, at),
        Shape::Sign if ends_sentence(tokens, at) => 0,
        Shape::Sign if token.glued && token.is_word() || abbreviates(tokens, at - 1) => NO_CUT,
        Shape::Sign if token.shape == Shape::Number && belongs(tokens, at) => NO_CUT,
        Shape::Sign => 3,
        _ if token.shape == Shape::Line => NO_CUT,
        _ if token.is_word() && !token.glued && token.word.hash & 3 == 0 => 4,
        _ => NO_CUT,
    }
}

/// The strength of the gap between a line end and token `at`.
fn line_gap(tokens: &[Token], at: usize) -> u8 {
    let line = &tokens[at - 1];
    let blank = at.checked_sub(2).map(|earlier| &tokens[earlier]).is_some_and(|earlier| {
        let near = line.start - earlier.end <= WORD_BYTES_MAX;
        earlier.shape == Shape::Line && near
            || earlier.is_sign('.') && line.start - earlier.end <= 2
    });
    if blank || begins_field(&tokens[at..]) {
        return 0;
    }
    let long = tokens[..at - 1]
        .iter()
        .rev()
        .take_while(|token| token.shape != Shape::Line)
        .any(|token| line.start - token.start >= LONG_LINE_BYTES);
    if long { 1 } else { 2 }
}

/// Whether the sign is a full stop that shortens the word before it.
fn abbreviates(tokens: &[Token], sign: usize) -> bool {
    tokens[sign].is_sign('.')
        && sign.checked_sub(1).map(|word| &tokens[word]).is_some_and(|word| {
            tokens[sign].glued
                && (word.shape == Shape::Initial
                    || word.has(known::TITLE | known::STREET)
                    || word.is_word() && word.len() <= 4)
        })
}

/// Whether the number behind a sign belongs to what is before it: `20-6`, `Mayor, 7`.
fn belongs(tokens: &[Token], at: usize) -> bool {
    let (sign, number) = (&tokens[at - 1], &tokens[at]);
    let is_house =
        || sign.is_sign(',') && number.word.len <= 4 && at >= 2 && tokens[at - 2].is_word();
    sign.glued && number.glued || is_house()
}

/// Whether the sign before token `at` ends a sentence: behind a small word, before a capital.
fn ends_sentence(tokens: &[Token], at: usize) -> bool {
    let Some(word) = at.checked_sub(2).map(|word| &tokens[word]) else { return false };
    let sign = &tokens[at - 1];
    (sign.is_sign('.') || sign.is_sign('!') || sign.is_sign('?'))
        && tokens[at].start > sign.end
        && tokens[at].is_capital()
        && word.shape == Shape::Lower
        && (3..=WORD_BYTES_MAX).contains(&word.len())
        && !word.has(known::STREET | known::TITLE | known::ORGANISATION)
}

/// Whether a line begins with words and a colon, as a form's field does.
fn begins_field(line: &[Token]) -> bool {
    let Some(first) = line.first().filter(|first| first.is_word()) else { return false };
    line.iter()
        .take(5)
        .skip(1)
        .take_while(|token| token.shape != Shape::Line && token.end - first.start <= 48)
        .any(|token| token.is_sign(':'))
}
