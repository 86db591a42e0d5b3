//! Recall and precision on labelled texts in the shape of `text.jsonl`.

use lakegate_tagger::{Label, Scratch, Span, Tagger, Wanted};
use serde_json::Value;
use std::collections::BTreeMap;
use std::ops::Range;

/// Counts of one type in one source.
#[derive(Clone, Copy, Default)]
pub struct Counts {
    found: usize,
    gold: usize,
    right: usize,
    guessed: usize,
}

impl Counts {
    fn add(&mut self, other: &Counts) {
        self.found += other.found;
        self.gold += other.gold;
        self.right += other.right;
        self.guessed += other.guessed;
    }

    fn line(&self) -> String {
        let share =
            |part: usize, whole: usize| if whole == 0 { 1.0 } else { part as f64 / whole as f64 };
        let (r, p) = (share(self.found, self.gold), share(self.right, self.guessed));
        let f = |beta: f64| {
            let b = beta * beta;
            if p + r == 0.0 { 0.0 } else { (1.0 + b) * p * r / (b * p + r) }
        };
        format!(
            "recall {r:.3} ({:5} of {:5})  precision {p:.3} ({:5} of {:5})  F1 {:.3}  F2 {:.3}",
            self.found,
            self.gold,
            self.right,
            self.guessed,
            f(1.0),
            f(2.0)
        )
    }
}

/// One labelled text.
struct Labelled {
    id: String,
    source: String,
    text: String,
    gold: Vec<(Range<usize>, Label)>,
    scope: Vec<Label>,
}

/// Prints the figures of a file; with `errors`, also about so many wrong and missed spans of each source, and
/// from a thousand on all of them.
pub fn run(tagger: &Tagger<'_>, file: &str, errors: usize, only: &str) -> String {
    let mut counts: BTreeMap<(Label, String), Counts> = BTreeMap::new();
    let mut out = String::new();
    let mut shown: BTreeMap<(Label, String, bool), usize> = BTreeMap::new();
    let mut scratch = Scratch::default();
    for labelled in file.lines().filter_map(read).filter(|l| l.source.contains(only)) {
        let mut spans = Vec::new();
        tagger.find(
            &labelled.text,
            0..labelled.text.len(),
            Wanted::NAMES,
            &mut scratch,
            &mut spans,
        );
        for label in &labelled.scope {
            let count = counts.entry((*label, labelled.source.clone())).or_default();
            let gold: Vec<_> =
                labelled.gold.iter().filter(|g| g.1 == *label).map(|g| g.0.clone()).collect();
            let guesses: Vec<&Span> = spans.iter().filter(|span| span.label == *label).collect();
            let missed: Vec<_> =
                gold.iter().filter(|g| !guesses.iter().any(|s| hits(g, s))).collect();
            let wrong: Vec<_> =
                guesses.iter().filter(|s| !gold.iter().any(|g| hits(g, s))).collect();
            count.gold += gold.len();
            count.found += gold.len() - missed.len();
            count.guessed += guesses.len();
            count.right += guesses.len() - wrong.len();
            let missed = missed.into_iter().map(|m| (m.clone(), true));
            for (range, is_missed) in
                missed.chain(wrong.into_iter().map(|s| (s.start..s.end, false)))
            {
                let seen = shown.entry((*label, labelled.source.clone(), is_missed)).or_default();
                *seen += 1;
                if errors >= 1000 || (*seen).wrapping_mul(7) % 11 < 2 && *seen < errors * 6 {
                    let kind = if is_missed { "MISSED" } else { "WRONG" };
                    out += &format!(
                        "{kind} {label:?} {}: {}\n",
                        labelled.id,
                        around(&labelled.text, &range)
                    );
                }
            }
        }
    }
    for label in [Label::Person, Label::Address] {
        let mut all = Counts::default();
        for ((_, source), count) in counts.iter().filter(|((l, _), _)| *l == label) {
            out += &format!("{label:8?} {source:42} {}\n", count.line());
            all.add(count);
        }
        out += &format!("{label:8?} {:42} {}\n", "all", all.line());
    }
    out
}

fn around(text: &str, range: &Range<usize>) -> String {
    let from = text.floor_char_boundary(range.start.saturating_sub(45));
    let to = text.ceil_char_boundary((range.end + 35).min(text.len()));
    format!("{}[[{}]]{}", &text[from..range.start], &text[range.clone()], &text[range.end..to])
        .replace('\n', "⏎")
}

/// Whether a found span overlaps a labelled one by more than half of the longer one.
fn hits(gold: &Range<usize>, span: &Span) -> bool {
    let overlap = gold.end.min(span.end).saturating_sub(gold.start.max(span.start));
    2 * overlap > gold.len().max(span.end - span.start)
}

fn read(line: &str) -> Option<Labelled> {
    let value: Value = serde_json::from_str(line).ok()?;
    let text = value["text"].as_str()?.to_owned();
    let offsets: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let label = |name: &str| match name {
        "NAME" => Some(Label::Person),
        "ADDRESS" => Some(Label::Address),
        _ => None,
    };
    let gold = value["spans"].as_array()?.iter().filter_map(|span| {
        let (start, end) = (span["start"].as_u64()? as usize, span["end"].as_u64()? as usize);
        Some((*offsets.get(start)?..*offsets.get(end)?, label(span["type"].as_str()?)?))
    });
    let gold = gold.collect();
    let scope = match &value["scope"] {
        Value::String(all) if all == "all" => vec![Label::Person, Label::Address],
        Value::Array(types) => types.iter().filter_map(|t| label(t.as_str()?)).collect(),
        _ => Vec::new(),
    };
    let part = |name: &str| Some(value[name].as_str()?.to_owned());
    Some(Labelled { id: part("id")?, source: part("source")?, text, gold, scope })
}
