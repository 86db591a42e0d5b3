//! Table cells: strong values alone in a cell, whatever separates it from its neighbours; and numbers
//! that are no cards. Made from the catalogue's own examples, so no corpus is needed.

use crate::bench::Bench;
use crate::eye::Eye;
use crate::log::{Kind, Place};
use crate::report::{Section, Table};
use lakegate_detect::{Catalogue, Proof};
use std::fmt::Write;

/// A cell's surroundings: name, what stands before it, what stands behind it.
const SEPARATORS: [(&str, &str, &str); 9] = [
    ("comma", ",", ","),
    ("pipe", "|", "|"),
    ("tab", "\t", "\t"),
    ("semicolon", ";", ";"),
    ("space", " ", " "),
    ("double quotes", ",\"", "\","),
    ("single quotes", ",'", "',"),
    ("line", "\n", "\n"),
    ("alone", "", ""),
];

/// A value that holds one of these is not tried: a table would break it up.
const SEPARATING: [char; 7] = [',', ';', '|', '\t', '\n', '"', '\''];

/// Measures the cells.
pub fn run(bench: &mut Bench) -> crate::Outcome<Section> {
    let strong = strong_values(bench)?;
    let mut section = Section::new("Table cells");
    section.notes.push(format!(
        "{} values from the examples of identifiers that need no keyword and prove themselves by check \
         digits or a distinctive form, alone in a cell of a row and of a file. A value that holds a separator \
         of tables itself is left out.",
        strong.len()
    ));
    let mut table = Table::new(
        "Strong values in a cell",
        &["separator", "values", "found in a row", "found in a file"],
    );
    for (name, before, after) in SEPARATORS {
        let mut counts = [0; 3];
        for (identifier, value) in &strong {
            if name == "space" && value.contains(' ') {
                continue;
            }
            let row = format!("17{before}{value}{after}4");
            let row = if name == "alone" { value.clone() } else { row };
            let in_row = bench.eye.text(&row).iter().any(|one| one.identifier == *identifier);
            let file = format!("n{before}v{after}m\n{row}\n{row}\n");
            let file = if name == "alone" { format!("{row}\n{row}\n") } else { file };
            let (found, _) = bench.eye.file(file.as_bytes())?;
            let in_file = found.iter().filter(|one| one.identifier == *identifier).count() == 2;
            counts =
                [counts[0] + 1, counts[1] + usize::from(in_row), counts[2] + usize::from(in_file)];
            if !(in_row && in_file) {
                let id = bench.terms.known()[*identifier].id.as_str();
                let place = Place { id: name, text: &row, span: (0, row.chars().count()) };
                bench.log.take(Kind::Missed, &[id, "cells"], &place);
            }
        }
        table.row(name, counts.map(|n| n.to_string()));
    }
    section.tables = vec![table, look_alikes(bench)];
    Ok(section)
}

/// The matched part of each example that is found by a form that needs no keyword.
fn strong_values(bench: &mut Bench) -> crate::Outcome<Vec<(usize, String)>> {
    let mut values = Vec::new();
    let detector = lakegate_detect::Detector::new(&lakegate_detect::Selection::all())?;
    let mut scratch = lakegate_detect::Scratch::default();
    for (index, identifier) in Catalogue::managed().identifiers().iter().enumerate() {
        for example in identifier.examples.iter().filter(|example| example.column.is_none()) {
            for hit in detector.detect_text(example.text, &mut scratch) {
                let text = &example.text[hit.start..hit.end];
                let is_strong = hit.identifier == index
                    && hit.explanation.keyword.is_none()
                    && hit.explanation.proof > Proof::Form
                    && !text.contains(SEPARATING);
                if is_strong && bench.eye.text(text).iter().any(|one| one.identifier == index) {
                    values.push((index, text.to_owned()));
                }
            }
        }
    }
    Ok(values)
}

/// So many of each kind of number that is no card.
const LOOK_ALIKES: usize = 5_000;

/// A generator of made-up numbers: the same in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

/// Makes one number of a kind.
type Maker = dyn Fn(&mut Numbers) -> String;

fn look_alikes(bench: &mut Bench) -> Table {
    let mut table = Table::new("Numbers that are no cards, in cells", &["kind", "cells", "cards"]);
    let mut numbers = Numbers(0x5eed_1a4e_9a7e_0001);
    let kinds: [(&str, &Maker); 8] = [
        ("floats", &|n| format!("{}.{:016}", n.next() % 10, n.next() % 10u64.pow(16))),
        ("seconds", &|n| second(n.next()).to_string()),
        ("milliseconds", &|n| format!("{}{:03}", second(n.next()), n.next() % 1_000)),
        ("microseconds", &|n| format!("{}{:06}", second(n.next()), n.next() % 1_000_000)),
        ("nanoseconds", &|n| format!("{}{:09}", second(n.next()), n.next() % 1_000_000_000)),
        ("UUIDs", &|n| {
            let (high, low) = (n.next(), n.next());
            format!(
                "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
                high >> 32,
                high >> 16 & 0xffff,
                high & 0xfff,
                low >> 52,
                low & 0xffff_ffff_ffff
            )
        }),
        ("hashes", &|n| {
            let mut hash = String::new();
            for _ in 0..4 {
                let _ = write!(hash, "{:016x}", n.next());
            }
            hash
        }),
        ("ids from a series", &|n| format!("1{:015}", n.next() % 10u64.pow(15))),
    ];
    for (name, make) in kinds {
        let cards = (0..LOOK_ALIKES)
            .filter(|_| has_card(&mut bench.eye, &make(&mut numbers), bench.terms.known()))
            .count();
        table.row(name, [LOOK_ALIKES.to_string(), cards.to_string()]);
    }
    table
}

/// A time of our days, in seconds.
fn second(number: u64) -> u64 {
    1_500_000_000 + number % 300_000_000
}

fn has_card(eye: &mut Eye, text: &str, known: &[crate::terms::Known]) -> bool {
    eye.cell(text, "value")
        .iter()
        .any(|one| known[one.identifier].id.starts_with("CREDIT_CARD_NUMBER"))
}
