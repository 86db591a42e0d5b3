//! The proof of the catalogue: what `lakegate identifiers check` and a test run.
//!
//! That all patterns compile together, and that every check exists, the build has proven already.

use crate::catalogue::{Example, IDENTIFIERS, Identifier};
use crate::detector::{Detector, Scratch};
use crate::hit::Hit;
use crate::selection::Selection;
use lakegate_core::text::{Block, Context, Layout, Segment};
use std::collections::BTreeSet;

/// An identifier needs at least so many examples, and as many counter-examples.
const EXAMPLES_MIN: usize = 3;

/// Proves the catalogue; returns what is wrong with it, a sentence each. Empty: all is well.
pub fn check() -> Vec<String> {
    let mut problems = Vec::new();
    let detector = match Detector::new(&Selection::all()) {
        Ok(detector) => detector,
        Err(error) => return vec![error.to_string()],
    };
    let mut seen = BTreeSet::new();
    for (index, identifier) in IDENTIFIERS.iter().enumerate() {
        let mut report = |what: String| problems.push(format!("{}: {what}", identifier.id));
        if !seen.insert(identifier.id) {
            report("the id is not unique".into());
        }
        check_fields(identifier, &mut report);
        check_examples(&detector, index, identifier, &mut report);
    }
    problems
}

fn check_fields(identifier: &Identifier, report: &mut impl FnMut(String)) {
    let well_formed = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || "_()".contains(c);
    if identifier.id.is_empty() || !identifier.id.chars().all(well_formed) {
        report("the id is not in capitals, digits and underscores".into());
    }
    if identifier.name.is_empty() || identifier.description.is_empty() {
        report("it has no name or no description".into());
    }
    if identifier.references.is_empty() {
        report("it names no reference".into());
    }
    if identifier.severity.first().is_none_or(|(from, _)| *from != 1) {
        report("its severity does not begin at 1".into());
    }
    if identifier.severity.windows(2).any(|pair| pair[0].1 > pair[1].1) {
        report("its severity falls as the count rises".into());
    }
    if identifier.patterns().is_empty() && identifier.model.is_none() {
        report("it has no pattern".into());
    }
    let needs_keywords =
        identifier.patterns().iter().any(|p| p.need != crate::catalogue::Need::None);
    if needs_keywords == identifier.keywords.is_empty() {
        report("its keywords and its patterns' need for them do not agree".into());
    }
}

fn check_examples(
    detector: &Detector,
    index: usize,
    identifier: &Identifier,
    report: &mut impl FnMut(String),
) {
    if identifier.examples.len() < EXAMPLES_MIN || identifier.counter_examples.len() < EXAMPLES_MIN
    {
        report(format!("it has fewer than {EXAMPLES_MIN} examples or counter-examples"));
    }
    for (number, example) in identifier.examples.iter().enumerate() {
        let found = detect(detector, example);
        if !found.iter().any(|hit| hit.identifier == index) {
            let others: Vec<&str> =
                found.iter().map(|hit| IDENTIFIERS[hit.identifier].id).collect();
            report(format!("example {} is not found, but [{}]", number + 1, others.join(", ")));
        }
    }
    for (number, example) in identifier.counter_examples.iter().enumerate() {
        if detect(detector, example).iter().any(|hit| hit.identifier == index) {
            report(format!("counter-example {} is found", number + 1));
        }
    }
}

pub(crate) fn detect(detector: &Detector, example: &Example) -> Vec<Hit> {
    let mut scratch = Scratch::default();
    let Some(column) = example.column else {
        return detector.detect_text(example.text, &mut scratch);
    };
    let mut hits = Vec::new();
    let segment = Segment { unit: 2, ..Segment::whole(example.text) };
    let block = Block {
        contexts: &[Context { names: vec![column.to_string()] }],
        layout: Layout::Table,
        ..Block::of_text(example.text, std::slice::from_ref(&segment))
    };
    detector.detect(&block, &mut scratch, &mut hits);
    hits
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_catalogue_is_proven() {
        let problems = super::check();
        assert!(problems.is_empty(), "{}", problems.join("\n"));
    }
}
