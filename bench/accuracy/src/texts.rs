//! The set `text`: labelled spans in running text.

use crate::bench::Bench;
use crate::corpus::{Scope, Text};
use crate::eye::Found;
use crate::judge::{Fate, Judgement, Worth, judge};
use crate::log::{Kind, Place};
use crate::report::{Section, Table};
use crate::tally::{COLUMNS, Count};
use crate::terms::{MODEL_FAMILIES, Terms};
use std::collections::{BTreeMap, BTreeSet};

type Counts = BTreeMap<String, Count>;

#[derive(Default)]
struct Tally {
    families: Counts,
    types: Counts,
    /// By corpus, what patterns find.
    corpora: Counts,
    patterns: Count,
    /// As `patterns`, of labels for whose very type we have an identifier.
    listed: Count,
    /// Labels of families that we have nothing for.
    unclaimed: BTreeMap<String, usize>,
    count_only: (usize, usize),
    /// Families of which the set has a label, or says that it has all.
    covered: BTreeSet<String>,
    /// What was found of others, by type.
    uncovered: BTreeMap<String, usize>,
}

/// Measures the set.
pub fn run(bench: &mut Bench) -> crate::Outcome<Section> {
    const TITLE: &str = "Text with labelled spans";
    let Some(texts) = bench.corpus.texts()? else { return Ok(Section::absent(TITLE)) };
    let covered = covered(&texts, &bench.terms);
    let mut tally = Tally { covered, ..Tally::default() };
    for text in &texts {
        let found = bench.eye.text(&text.text);
        let judgement = judge(text, &found, &bench.terms);
        tally.take(text, &found, &judgement, &bench.terms);
        note(bench, text, &found, &judgement);
    }
    Ok(tally.section(TITLE, texts.len(), &bench.terms))
}

/// The families that labels or scopes of the texts name.
fn covered(texts: &[Text], terms: &Terms) -> BTreeSet<String> {
    let labels = texts.iter().flat_map(|text| text.spans.iter().flatten()).map(|span| &span.kind);
    let scopes = texts.iter().flat_map(|text| match &text.scope {
        Scope::All(_) => &[],
        Scope::Types(types) => types.as_slice(),
    });
    labels.chain(scopes).map(|kind| terms.family(kind.trim_end_matches('*')).to_owned()).collect()
}

/// The type that a thing found is counted under when no label says it.
fn own_type(identifier: usize, terms: &Terms) -> &str {
    &terms.known()[identifier].id
}

/// The family that a thing found is counted under when no label says it: of the text's scope if it
/// serves one of it, else its first.
fn own_family<'a>(identifier: usize, text: &Text, terms: &'a Terms) -> &'a str {
    let served = terms.served(identifier);
    let in_scope = match &text.scope {
        Scope::All(_) => None,
        Scope::Types(types) => served
            .iter()
            .find(|family| types.iter().any(|kind| terms.family(kind) == family.as_str())),
    };
    let preferred = in_scope.or_else(|| served.iter().find(|family| !family.starts_with("OTHER:")));
    preferred.or_else(|| served.first()).map_or("", String::as_str)
}

impl Tally {
    fn take(&mut self, text: &Text, found: &[Found], judgement: &Judgement, terms: &Terms) {
        if text.spans.is_none() {
            self.count_only.0 += text.min.unwrap_or(0);
            self.count_only.1 += judgement.counted;
        }
        let spans = text.spans.iter().flatten();
        for (span, fate) in spans.zip(&judgement.labels) {
            let mut count = Count::default();
            match *fate {
                Fate::Unclaimed => {
                    *self.unclaimed.entry(terms.family(&span.kind).to_owned()).or_default() += 1;
                    continue;
                }
                Fate::Weak | Fate::Reserved => count.excused = 1,
                Fate::Bare => count.bare = 1,
                Fate::Missed => count.labelled = 1,
                Fate::Found { exact, whole } => {
                    count.labelled = 1;
                    count.found = 1;
                    count.exact = usize::from(exact);
                    count.whole = usize::from(whole);
                }
            }
            let is_listed = !terms.identifiers(&span.kind).is_empty();
            self.add(terms.family(&span.kind), &span.kind, text.corpus(), count, is_listed);
        }
        for (one, worth) in found.iter().zip(&judgement.found) {
            if *worth == Worth::False {
                let family = own_family(one.identifier, text, terms);
                let kind = own_type(one.identifier, terms);
                if !self.covered.contains(family) {
                    *self.uncovered.entry(kind.to_owned()).or_default() += 1;
                    continue;
                }
                let count = Count { wrong: 1, ..Count::default() };
                self.add(family, kind, text.corpus(), count, true);
            }
        }
    }

    fn add(&mut self, family: &str, kind: &str, corpus: &str, count: Count, is_listed: bool) {
        *self.families.entry(family.to_owned()).or_default() += count;
        *self.types.entry(kind.to_owned()).or_default() += count;
        if !MODEL_FAMILIES.contains(&family) {
            *self.corpora.entry(corpus.to_owned()).or_default() += count;
            self.patterns += count;
            if is_listed {
                self.listed += count;
            }
        }
    }

    fn section(&self, title: &str, texts: usize, terms: &Terms) -> Section {
        let mut section = Section::new(title);
        section.notes.push(format!(
            "{texts} texts. Found means: something of the label's family overlaps it by more than half of \
             the longer. \"bare\": not found where no word stands around a value that needs a keyword; \
             \"excused\": weak by the source's own score, or a card number reserved for tests. Neither \
             counts. Where only a count is labelled, {} are expected and {} were found.",
            self.count_only.0, self.count_only.1
        ));
        if !self.uncovered.is_empty() {
            let kinds: Vec<String> =
                self.uncovered.iter().map(|(kind, count)| format!("{kind} ({count})")).collect();
            section.notes.push(format!(
                "Found, and in no figure, because no label of the whole set is of their families, so that \
                 nobody can say whether they are right: {}.",
                kinds.join(", ")
            ));
        }
        let mut overall = table("Overall, names and addresses apart", "labels");
        overall.row("families that we have", self.patterns.cells());
        overall.row("types that we have", self.listed.cells());
        let mut types = table("By type", "type");
        for (kind, count) in &self.types {
            types.row(&marked(kind, terms), count.cells());
        }
        let mut unclaimed = Table::work_list(
            "Labelled, and nothing of ours is of the family",
            &["family", "labels"],
        );
        for (family, labels) in &self.unclaimed {
            unclaimed.row(family, [labels.to_string()]);
        }
        section.tables = vec![
            overall,
            filled(table("By family", "family"), &self.families),
            types,
            filled(table("By corpus, names and addresses apart", "corpus"), &self.corpora),
            unclaimed,
        ];
        section
    }
}

/// A label whose family we have, but not its type, is marked.
fn marked(kind: &str, terms: &Terms) -> String {
    match terms.identifiers(kind).is_empty() {
        true => format!("{kind} (family only)"),
        false => kind.to_owned(),
    }
}

fn table(caption: &str, first: &str) -> Table {
    let head: Vec<&str> = std::iter::once(first).chain(COLUMNS).collect();
    Table::new(caption, &head)
}

fn filled(mut table: Table, counts: &Counts) -> Table {
    for (name, count) in counts {
        table.row(name, count.cells());
    }
    table
}

fn note(bench: &mut Bench, text: &Text, found: &[Found], judgement: &Judgement) {
    let terms = &bench.terms;
    for (span, fate) in text.spans.iter().flatten().zip(&judgement.labels) {
        if *fate == Fate::Missed {
            let place = Place { id: &text.id, text: &text.text, span: (span.start, span.end) };
            bench.log.take(Kind::Missed, &[&span.kind, terms.family(&span.kind)], &place);
        }
    }
    if text.min.unwrap_or(0) > judgement.counted
        && let Scope::Types(types) = &text.scope
    {
        let place = Place { id: &text.id, text: &text.text, span: (0, text.text.chars().count()) };
        let names: Vec<&str> = types.iter().map(String::as_str).collect();
        bench.log.take(Kind::Missed, &names, &place);
    }
    for (one, worth) in found.iter().zip(&judgement.found) {
        if *worth == Worth::False {
            let place = Place { id: &text.id, text: &text.text, span: one.span() };
            let family = own_family(one.identifier, text, terms);
            bench.log.take(Kind::False, &[own_type(one.identifier, terms), family], &place);
        }
    }
}
