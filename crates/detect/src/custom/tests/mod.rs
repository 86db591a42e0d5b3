//! What custom identifiers find, and what is refused.

mod bounds;
mod cutting;
mod finding;
mod refusing;

use crate::custom::CustomIdentifier;
use crate::ruleset::{Match, Ruleset, RulesetScratch};
use crate::selection::{Base, Selection};
use lakegate_core::text::{Block, Context, Layout, Segment};

pub(super) fn rules(custom: &[CustomIdentifier]) -> Ruleset {
    let selection = Selection { base: Base::None, excluded: Vec::new() };
    Ruleset::new(&selection, custom, Vec::new()).unwrap()
}

/// The texts that an identifier finds in a text that is an object of its own.
pub(super) fn found<'t>(custom: &CustomIdentifier, text: &'t str) -> Vec<&'t str> {
    let mut out = Vec::new();
    rules(std::slice::from_ref(custom)).detect_text(text, &mut RulesetScratch::default(), &mut out);
    out.iter().map(|found| &text[found.start..found.end]).collect()
}

/// What is found in one value of a table or a record, whose names are given.
pub(super) fn found_under(rules: &Ruleset, names: &[&str], value: &str) -> Vec<Match> {
    let mut out = Vec::new();
    let segment = Segment { unit: 2, ..Segment::whole(value) };
    let names = names.iter().map(|name| (*name).to_owned()).collect();
    let block = Block {
        contexts: &[Context { names }],
        layout: Layout::Table,
        ..Block::of_text(value, std::slice::from_ref(&segment))
    };
    rules.detect(&block, &mut RulesetScratch::default(), &mut out);
    out
}
