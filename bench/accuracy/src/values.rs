//! The set `values`: one value of one identifier, valid or not.
//!
//! Each value is tried four times: alone in a column that is named by a keyword, before an eye that
//! knows this identifier only (so that its form and check decide); bare; behind a keyword; and as a cell
//! of that column, all before the whole catalogue.

use crate::bench::Bench;
use crate::corpus::Value;
use crate::eye::{Eye, Found};
use crate::judge::overlaps;
use crate::log::{Kind, Place};
use crate::report::{Section, Table};
use crate::terms::Terms;
use lakegate_detect::{Base, Selection};
use std::collections::BTreeMap;

/// The four ways, in the order of the columns.
const WAYS: [&str; 4] = ["validator", "bare", "keyword", "column"];

/// How many valid values were accepted and how many invalid ones refused.
#[derive(Clone, Copy, Default)]
struct Count {
    valid: usize,
    accepted: [usize; WAYS.len()],
    invalid: usize,
    refused: [usize; WAYS.len()],
}

/// Measures the set.
pub fn run(bench: &mut Bench) -> crate::Outcome<Section> {
    const TITLE: &str = "Values, valid and invalid";
    let Some(values) = bench.corpus.values()? else { return Ok(Section::absent(TITLE)) };
    let mut by_type: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for value in &values {
        by_type.entry(&value.identifier).or_default().push(value);
    }
    let (mut ours, mut others) = (BTreeMap::new(), BTreeMap::new());
    for (kind, values) in by_type {
        let identifiers = bench.terms.identifiers(kind).into_owned();
        if identifiers.is_empty() {
            let valid = values.iter().filter(|value| value.valid).count();
            others.insert(kind, (valid, values.len() - valid));
        } else {
            ours.insert(kind, measure(bench, kind, &identifiers, &values)?);
        }
    }
    Ok(section(TITLE, &ours, &others, &bench.terms))
}

fn measure(
    bench: &mut Bench,
    kind: &str,
    identifiers: &[usize],
    values: &[&Value],
) -> crate::Outcome<Count> {
    let known = bench.terms.known();
    let ids = identifiers.iter().map(|index| known[*index].id.clone()).collect();
    let selection = Selection { base: Base::Only(ids), excluded: Vec::new() };
    let mut single = Eye::new(&selection)?;
    let mut words: Vec<String> =
        identifiers.iter().filter_map(|index| known[*index].keywords.first().cloned()).collect();
    words.dedup();
    if words.is_empty() {
        words.push("value".to_owned());
    }
    let mut count = Count::default();
    for value in values {
        let seen = [
            words.iter().any(|word| sees(&single.cell(&value.value, word), value, 0, identifiers)),
            sees(&bench.eye.text(&value.value), value, 0, identifiers),
            words.iter().any(|word| {
                let text = format!("{word}: {}", value.value);
                let before = word.chars().count() + 2;
                sees(&bench.eye.text(&text), value, before, identifiers)
            }),
            words
                .iter()
                .any(|word| sees(&bench.eye.cell(&value.value, word), value, 0, identifiers)),
        ];
        count.take(value.valid, seen);
        note(bench, kind, value, seen);
    }
    Ok(count)
}

/// Whether something of these identifiers covers the value, which begins at `start`.
fn sees(found: &[Found], value: &Value, start: usize, identifiers: &[usize]) -> bool {
    let span = (start, start + value.value.chars().count());
    found.iter().any(|one| identifiers.contains(&one.identifier) && overlaps(one.span(), span))
}

/// A valid value is missed, or an invalid one false, by its validator; where only the whole catalogue
/// goes wrong, the name `context` asks for it.
fn note(bench: &mut Bench, kind: &str, value: &Value, seen: [bool; WAYS.len()]) {
    let span = (0, value.value.chars().count());
    let place = Place { id: &value.id, text: &value.value, span };
    let (wrong, log_kind) = match value.valid {
        true => (!seen[0], Kind::Missed),
        false => (seen[0], Kind::False),
    };
    if wrong {
        bench.log.take(log_kind, &[kind, "values"], &place);
    } else if value.valid && !(seen[2] && seen[3]) {
        bench.log.take(log_kind, &[kind, "context"], &place);
    }
}

impl Count {
    fn take(&mut self, valid: bool, seen: [bool; WAYS.len()]) {
        let (total, right) = match valid {
            true => (&mut self.valid, &mut self.accepted),
            false => (&mut self.invalid, &mut self.refused),
        };
        *total += 1;
        for (count, seen) in right.iter_mut().zip(seen) {
            *count += usize::from(seen == valid);
        }
    }

    fn plus(mut self, other: &Self) -> Self {
        self.valid += other.valid;
        self.invalid += other.invalid;
        for way in 0..WAYS.len() {
            self.accepted[way] += other.accepted[way];
            self.refused[way] += other.refused[way];
        }
        self
    }

    fn cells(&self) -> Vec<String> {
        let mut cells = vec![self.valid.to_string()];
        cells.extend(self.accepted.map(|n| n.to_string()));
        cells.push(self.invalid.to_string());
        cells.extend(self.refused.map(|n| n.to_string()));
        cells
    }
}

fn section(
    title: &str,
    ours: &BTreeMap<&str, Count>,
    others: &BTreeMap<&str, (usize, usize)>,
    terms: &Terms,
) -> Section {
    let mut section = Section::new(title);
    section.notes.push(
        "Counts of valid values accepted and of invalid values refused: by the validator (in a column \
         named by a keyword, before an eye that knows only this identifier), and by the whole catalogue: \
         bare, behind a keyword, and in a column named by one. A bare value of an identifier that needs a \
         keyword is not to be accepted."
            .to_owned(),
    );
    let sum = |wanted: &dyn Fn(&str) -> bool| {
        ours.iter()
            .filter(|(kind, _)| wanted(kind))
            .fold(Count::default(), |sum, (_, one)| sum.plus(one))
    };
    let mut overall = table("Overall", "identifiers");
    overall.row("all that we have", sum(&|_| true).cells());
    overall.row("phones apart", sum(&|kind| terms.family(kind) != "PHONE").cells());
    let mut each = table("By identifier", "identifier");
    let mut rows: BTreeMap<&str, Count> = BTreeMap::new();
    for (kind, count) in ours {
        let sum = rows.entry(row_name(kind)).or_default();
        *sum = sum.plus(count);
    }
    for (name, count) in rows {
        each.row(name, count.cells());
    }
    let mut missing = Table::work_list("Not ours", &["identifier", "valid", "invalid"]);
    for (kind, (valid, invalid)) in others {
        missing.row(kind, [valid.to_string(), invalid.to_string()]);
    }
    section.tables = vec![overall, each, missing];
    section
}

/// The phones of some two hundred countries share a row.
fn row_name(kind: &str) -> &str {
    match kind.starts_with("OTHER:PHONE_NUMBER_") {
        true => "OTHER:PHONE_NUMBER_*",
        false => kind,
    }
}

fn table(caption: &str, first: &str) -> Table {
    let mut head = vec![first, "valid"];
    head.extend(WAYS);
    head.push("invalid");
    head.extend(WAYS);
    Table::new(caption, &head)
}
