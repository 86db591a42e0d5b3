//! The set `secrets`: credentials in context, and texts that only look like them.
//!
//! Any credential of ours that overlaps a label finds it; whether it names the provider is counted apart.

use crate::bench::Bench;
use crate::corpus::{Scope, Span, Text};
use crate::eye::Found;
use crate::judge::{needs_word, overlaps};
use crate::log::{Kind, Place};
use crate::report::{Section, Table};
use crate::tally::{ratio, share};
use crate::terms::Terms;
use lakegate_core::detection::Category;
use std::collections::BTreeMap;

#[derive(Clone, Copy, Default)]
struct Positives {
    labels: usize,
    found: usize,
    /// By an identifier of the provider.
    provider: usize,
    /// Overlapped by more than half of the longer.
    half: usize,
    bare: usize,
}

#[derive(Clone, Copy, Default)]
struct Negatives {
    texts: usize,
    hit: usize,
    /// By an identifier of the provider whose near miss it is.
    provider: usize,
}

#[derive(Default)]
struct Tally {
    by_type: BTreeMap<String, Positives>,
    negatives: BTreeMap<String, Negatives>,
}

/// Measures the set.
pub fn run(bench: &mut Bench) -> crate::Outcome<Section> {
    const TITLE: &str = "Secrets";
    let Some(texts) = bench.corpus.secrets()? else { return Ok(Section::absent(TITLE)) };
    let mut tally = Tally::default();
    for text in &texts {
        let mut found = bench.eye.text(&text.text);
        found.retain(|one| bench.terms.known()[one.identifier].category == Category::Credentials);
        match &text.spans {
            Some(spans) if spans.is_empty() => negative(bench, &mut tally, text, &found),
            spans => {
                for span in spans.iter().flatten() {
                    positive(bench, &mut tally, text, span, &found);
                }
            }
        }
    }
    Ok(tally.section(TITLE, &bench.terms))
}

fn positive(bench: &mut Bench, tally: &mut Tally, text: &Text, span: &Span, found: &[Found]) {
    let terms = &bench.terms;
    let touches = |one: &&Found| one.start < span.end && span.start < one.end;
    let own = terms.identifiers(&span.kind);
    let mut touching = found.iter().filter(touches).peekable();
    let count = tally.by_type.entry(span.kind.clone()).or_default();
    let is_found = touching.peek().is_some();
    if !is_found && text.is_bare() && !own.is_empty() && needs_word(&span.kind, terms) {
        count.bare += 1;
        return;
    }
    count.labels += 1;
    count.found += usize::from(is_found);
    let (mut provider, mut half) = (false, span.approx && is_found);
    for one in touching {
        provider |= own.contains(&one.identifier);
        half |= overlaps(one.span(), (span.start, span.end));
    }
    count.provider += usize::from(provider);
    count.half += usize::from(half);
    if !is_found {
        let listed = if own.is_empty() { "unlisted" } else { "listed" };
        let place = Place { id: &text.id, text: &text.text, span: (span.start, span.end) };
        bench.log.take(Kind::Missed, &[&span.kind, "secrets", listed], &place);
    }
}

fn negative(bench: &mut Bench, tally: &mut Tally, text: &Text, found: &[Found]) {
    let terms = &bench.terms;
    let Scope::Types(types) = &text.scope else { return };
    let kind = types.first().map_or("", String::as_str);
    let own: Vec<usize> =
        types.iter().flat_map(|kind| terms.identifiers(kind).into_owned()).collect();
    let count = tally.negatives.entry(kind.to_owned()).or_default();
    count.texts += 1;
    count.hit += usize::from(!found.is_empty());
    count.provider += usize::from(found.iter().any(|one| own.contains(&one.identifier)));
    for one in found {
        let id = terms.known()[one.identifier].id.as_str();
        let place = Place { id: &text.id, text: &text.text, span: one.span() };
        bench.log.take(Kind::False, &[id, kind, "secrets"], &place);
    }
}

impl Tally {
    fn section(&self, title: &str, terms: &Terms) -> Section {
        let mut section = Section::new(title);
        section.notes.push(
            "A label is found when any credential of ours overlaps it. Listed: we have an identifier of \
             that provider. \"bare\": no word stands around a value that needs one; it does not count. A \
             negative is a near miss of one provider's rule: another rule may be right to fire there."
                .to_owned(),
        );
        let is_listed = |kind: &str| !terms.identifiers(kind).is_empty();
        let mut overall = Table::new(
            "Positives",
            &["providers", "types", "labels", "found", "share", "by provider", "over half", "bare"],
        );
        for (name, wanted) in [("listed", true), ("not listed", false)] {
            let rows: Vec<_> =
                self.by_type.iter().filter(|(kind, _)| is_listed(kind) == wanted).collect();
            let sum = rows.iter().fold(Positives::default(), |sum, (_, one)| sum.plus(one));
            overall.row(name, std::iter::once(rows.len().to_string()).chain(sum.cells()));
        }
        let mut negatives = Table::new(
            "Negatives",
            &["providers", "texts", "hit", "share", "hit by that provider", "share"],
        );
        for (name, wanted) in [("listed", true), ("not listed", false)] {
            let rows = self.negatives.iter().filter(|(kind, _)| is_listed(kind) == wanted);
            let sum = rows.fold(Negatives::default(), |sum, (_, one)| sum.plus(one));
            negatives.row(name, sum.cells());
        }
        let all = self.negatives.values().fold(Negatives::default(), |sum, one| sum.plus(one));
        negatives.row("all", all.cells());
        section.tables =
            vec![overall, negatives, self.short_of(is_listed), self.unlisted(is_listed)];
        section
    }

    /// Listed types of which not all is found.
    fn short_of(&self, is_listed: impl Fn(&str) -> bool) -> Table {
        let mut table = Table::work_list(
            "Listed and not all found",
            &["type", "labels", "found", "share", "by provider", "over half", "bare"],
        );
        let rows =
            self.by_type.iter().filter(|(kind, one)| is_listed(kind) && one.found < one.labels);
        for (kind, one) in rows {
            table.row(kind, one.cells());
        }
        table
    }

    fn unlisted(&self, is_listed: impl Fn(&str) -> bool) -> Table {
        let mut table = Table::work_list(
            "Not listed",
            &["type", "labels", "found", "share", "by provider", "over half", "bare"],
        );
        for (kind, one) in self.by_type.iter().filter(|(kind, _)| !is_listed(kind)) {
            table.row(kind, one.cells());
        }
        table
    }
}

impl Positives {
    fn plus(self, other: &Self) -> Self {
        Self {
            labels: self.labels + other.labels,
            found: self.found + other.found,
            provider: self.provider + other.provider,
            half: self.half + other.half,
            bare: self.bare + other.bare,
        }
    }

    fn cells(&self) -> Vec<String> {
        let mut cells = vec![self.labels.to_string(), self.found.to_string()];
        cells.push(ratio(share(self.found, self.labels)));
        cells.extend([self.provider, self.half, self.bare].map(|n| n.to_string()));
        cells
    }
}

impl Negatives {
    fn plus(self, other: &Self) -> Self {
        Self {
            texts: self.texts + other.texts,
            hit: self.hit + other.hit,
            provider: self.provider + other.provider,
        }
    }

    fn cells(&self) -> Vec<String> {
        vec![
            self.texts.to_string(),
            self.hit.to_string(),
            ratio(share(self.hit, self.texts)),
            self.provider.to_string(),
            ratio(share(self.provider, self.texts)),
        ]
    }
}
