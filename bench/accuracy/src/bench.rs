//! What all sets share: the corpora, the eye, the terms and the log.

use crate::corpus::Corpus;
use crate::eye::Eye;
use crate::log::Log;
use crate::report::Section;
use crate::terms::{Known, Terms};
use crate::{Outcome, cells, files, secrets, texts, values};
use lakegate_detect::{Catalogue, KeywordRule, Selection};
use std::path::Path;

/// A bench over one folder of corpora.
pub struct Bench {
    pub corpus: Corpus,
    pub eye: Eye,
    pub terms: Terms,
    pub log: Log,
}

/// The sets, by the name that chooses them.
pub const SETS: [&str; 5] = ["text", "secrets", "values", "files", "cells"];

impl Bench {
    /// A bench with the whole catalogue.
    pub fn new(root: &Path, log: Log) -> Outcome<Self> {
        let corpus = Corpus::new(root);
        let terms = Terms::new(known(), &corpus.types()?, corpus.secret_types()?)?;
        Ok(Self { corpus, eye: Eye::new(&Selection::all())?, terms, log })
    }

    /// Measures these sets, or all if none is named.
    pub fn run(&mut self, sets: &[String]) -> Outcome<Vec<Section>> {
        let mut sections = Vec::new();
        for set in SETS.iter().filter(|set| sets.is_empty() || sets.iter().any(|one| one == *set)) {
            sections.push(match *set {
                "text" => texts::run(self)?,
                "secrets" => secrets::run(self)?,
                "values" => values::run(self)?,
                "files" => files::run(self)?,
                _ => cells::run(self)?,
            });
        }
        Ok(sections)
    }
}

/// The catalogue as the terms see it.
fn known() -> Vec<Known> {
    let strings = |list: &[&str]| list.iter().map(|item| item.to_string()).collect();
    Catalogue::managed()
        .identifiers()
        .iter()
        .map(|identifier| Known {
            id: identifier.id.to_owned(),
            category: identifier.category,
            countries: strings(identifier.countries),
            keywords: strings(identifier.keywords),
            stands_alone: identifier.keyword_rule() == KeywordRule::NotNeeded,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::Kind;
    use crate::report;

    #[test]
    fn a_tiny_corpus_is_measured_in_every_set() {
        let folder = tempfile::tempdir().unwrap();
        crate::corpus::tests::tiny(folder.path());
        let wanted = vec![(Kind::Missed, "all".to_owned()), (Kind::False, "all".to_owned())];
        let log = Log { wanted, reveal: false, lines: Vec::new() };
        let mut bench = Bench::new(folder.path(), log).unwrap();
        let sections = bench.run(&[]).unwrap();
        let row = |section: usize, table: usize, name: &str| {
            let table = &sections[section].tables[table];
            table.rows.iter().find(|row| row[0] == name).cloned().unwrap_or_default()
        };
        let email = row(0, 1, "EMAIL_ADDRESS");
        assert_eq!(email[1..6], ["1", "1", "1", "0", "1.000"], "labelled, found, by type, false");
        assert!(sections[0].notes[0].contains("1 are expected and 1 were found"));
        assert_eq!(row(0, 4, "OTHER:MOON_ID")[1], "2");
        assert_eq!(row(1, 0, "listed")[2..4], ["1", "1"]);
        assert_eq!(row(1, 1, "all")[1..3], ["1", "0"]);
        let card = row(2, 1, "CREDIT_CARD_NUMBER");
        assert_eq!(card[1..], ["1"; 10]);
        assert_eq!(row(2, 2, "OTHER:MOON_ID")[1], "1");
        assert_eq!(row(3, 0, "FINANCIAL")[1..], ["1", "1"]);
        assert_eq!(row(3, 3, "structured/c.csv")[1..], ["EMAIL_ADDRESS", "1", "1"]);
        assert!(sections[4].tables[0].rows.len() == 9);
        let of_corpus = bench.log.lines.iter().filter(|line| line.contains("-1 "));
        assert_eq!(of_corpus.count(), 0, "{:?}", bench.log.lines);
        let text = report::text(&sections);
        assert!(!text.contains("4539582252627731") && !text.contains("larkspur"), "{text}");
    }

    #[test]
    fn an_empty_folder_is_skipped_with_a_word() {
        let folder = tempfile::tempdir().unwrap();
        let mut bench = Bench::new(folder.path(), Log::default()).unwrap();
        let sets = ["text", "secrets", "values", "files"].map(str::to_owned);
        let sections = bench.run(&sets).unwrap();
        assert_eq!(sections.len(), 4);
        assert!(sections.iter().all(|section| section.notes[0].starts_with("Skipped")));
    }
}
