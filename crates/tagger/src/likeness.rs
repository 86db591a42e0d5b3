//! How much the value of a cell looks like a name or an address by itself.
//!
//! A table's column is judged by many of its distinct values: one value proves little.

use crate::gazetteer::known;
use crate::tagger::{Scratch, Tagger};
use crate::token::{self, Shape, Token};

/// Values with more tokens are no single name or address.
const TOKENS_MAX: usize = 40;
const NAME_WORDS_MAX: usize = 7;

impl Tagger<'_> {
    /// How much a value looks like a person's name, from 0 to 1. The mean over a column of names is
    /// above 0.6, over a column of products or words below 0.35, of towns below 0.45: many towns bear
    /// names of people.
    pub fn name_likeness(&self, value: &str, scratch: &mut Scratch) -> f32 {
        let tokens = self.cell(value, scratch);
        let words = tokens.iter().filter(|token| token.is_word()).count();
        if !(1..=NAME_WORDS_MAX).contains(&words) || tokens.iter().any(speaks_against_name) {
            return 0.0;
        }
        let mut sum = 0.0;
        let mut count = 0.0;
        for token in tokens.iter().filter(|token| token.is_word()) {
            let particle = token.has(known::PARTICLE | known::TITLE) && words > 1;
            if particle || token.shape == Shape::Initial {
                continue;
            }
            sum += word_likeness(token);
            count += 1.0;
        }
        if count == 0.0 { 0.0 } else { sum / count }
    }

    /// How much a value looks like a postal address or a street line, from 0 to 1.
    pub fn address_likeness(&self, value: &str, scratch: &mut Scratch) -> f32 {
        let tokens = self.cell(value, scratch);
        let word = tokens.iter().any(|token| token.is_word() && token.len() >= 3);
        if !word {
            return 0.0;
        }
        let street = tokens.iter().any(|token| token.has(known::STREET) && token.len() > 1);
        let number = |token: &Token| token.shape == Shape::Number && token.word.len <= 6;
        let house = tokens.iter().any(number);
        let town = tokens.iter().any(|token| token.has(known::PLACE | known::REGION));
        let edge = tokens.first().is_some_and(number) || tokens.last().is_some_and(number);
        match (street, house) {
            (true, true) => 1.0,
            (true, false) => 0.5,
            (false, true) if town && tokens.len() >= 3 => 0.6,
            (false, true) if edge && tokens.len() >= 2 => 0.4,
            _ => 0.0,
        }
    }

    /// The tokens of a cell; none if it is too long.
    fn cell<'s>(&self, value: &str, scratch: &'s mut Scratch) -> &'s [Token] {
        let Scratch { words, tokens, .. } = scratch;
        tokens.clear();
        if value.len() <= 400 {
            token::cut_with(value, 0..value.len(), self.lists(), Some(words), tokens);
        }
        if tokens.len() > TOKENS_MAX { &[] } else { tokens }
    }
}

fn speaks_against_name(token: &Token) -> bool {
    token.shape == Shape::Number
        || token.has(known::ORGANISATION) && !token.has(known::GIVEN | known::FAMILY | known::TITLE)
        || ['@', '/', '_', ':', '#', '%', '=', '+', '&'].iter().any(|sign| token.is_sign(*sign))
}

fn word_likeness(token: &Token) -> f32 {
    let everyday = token.has(known::WORD | known::WORD_RARE);
    let place = token.has(known::PLACE | known::REGION);
    match token.known {
        k if k & known::GIVEN != 0 => {
            if everyday {
                0.6
            } else {
                1.0
            }
        }
        k if k & known::FAMILY != 0 => {
            if everyday {
                0.4
            } else if place {
                0.5
            } else {
                1.0
            }
        }
        k if k & known::RARE != 0 => {
            if everyday || place {
                0.25
            } else {
                0.8
            }
        }
        k if k & known::PINYIN != 0 => 0.7,
        _ if everyday || place => 0.0,
        _ if token.is_capital() => 0.5,
        _ => 0.2,
    }
}
