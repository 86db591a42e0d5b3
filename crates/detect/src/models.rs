//! Names, addresses and medical terms, which have no form: the tagger's spans as hits.
//!
//! In running text the tagger decides. In a table or in records the column's or field's name decides
//! first: under `first_name` any word is a name, under `customer` what looks like one; other values are
//! looked at as text if they have words enough for one. As Macie does, each is counted up to 1,000 times
//! an object and then looked for no more (macie-engine, section 5).

use crate::catalogue::{IDENTIFIERS, Model, Proof};
use crate::hit::{Explanation, Hit, KeywordEvidence, KeywordPlace};
use crate::keywords::Bits;
use lakegate_core::text::{Block, Context, Layout};
use lakegate_tagger::{Column, Label, PIECE_BYTES, Span, Tagger, Wanted, column};

/// An object's names, its addresses and its medical terms are each counted up to here.
const COUNTED_MAX: u32 = 1_000;

/// No span is longer, so spans that begin so far before the owned text matter to it.
pub(crate) const SPAN_BYTES_MAX: usize = 660;

/// A value of fewer words is no text.
const TEXT_WORDS_MIN: usize = 3;

/// From this likeness on, a value under `customer` or the like is a name.
const MAYBE_NAME_LIKENESS_MIN: f32 = 0.6;

/// From this likeness on, a value under `address` or the like is one.
const ADDRESS_LIKENESS_MIN: f32 = 0.3;

/// A value under a name's column that is longer is none.
const NAME_BYTES_MAX: usize = 80;

/// How sure a name is that the column's name says.
const COLUMN_SCORE: f32 = 0.8;

/// The models that active identifiers ask for.
#[derive(Debug)]
pub(crate) struct Models {
    tagger: Tagger<'static>,
    /// Identifiers by label: name, address, medical term.
    identifiers: [Option<usize>; 3],
}

/// How far the models have come in an object, and memory that they reuse.
#[derive(Default)]
pub(crate) struct ModelScratch {
    tagger: lakegate_tagger::Scratch,
    spans: Vec<Span>,
    counted: [u32; 3],
}

impl ModelScratch {
    /// Begins another object.
    pub fn begin_object(&mut self) {
        self.counted = [0; 3];
    }
}

fn index(label: Label) -> usize {
    match label {
        Label::Person => 0,
        Label::Address => 1,
        Label::MedicalTerm => 2,
    }
}

/// What a context's last name says of the values below it.
pub(crate) fn column_of(context: &Context) -> Option<Column> {
    context.names.last().and_then(|name| column(name))
}

impl Models {
    /// The models of the active identifiers; `None` if none asks for one.
    pub fn of(active: &Bits) -> Option<Self> {
        let by = |model: Model| {
            let mut all = IDENTIFIERS.iter().enumerate();
            all.find(|(_, identifier)| identifier.model == Some(model))
                .map(|(index, _)| index)
                .filter(|index| active.contains(*index as u16))
        };
        let identifiers = [by(Model::Name), by(Model::Address), by(Model::MedicalTerm)];
        let any = identifiers.iter().any(Option::is_some);
        any.then(|| Self { tagger: Tagger::built_in(), identifiers })
    }

    /// Adds what the models see in a block. `columns` is what the names of its contexts say.
    pub fn find(
        &self,
        block: &Block<'_>,
        columns: &[Option<Column>],
        scratch: &mut ModelScratch,
        hits: &mut Vec<Hit>,
    ) {
        if !self.goes_on(scratch) {
            return;
        }
        let from = (block.own_start as usize).saturating_sub(SPAN_BYTES_MAX);
        let to = block.own_end as usize + SPAN_BYTES_MAX;
        let first = block.segments.partition_point(|segment| segment.end as usize <= from);
        let is_prose = block.layout == Layout::Lines && block.segments.len() == 1;
        for (number, segment) in block.segments.iter().enumerate().skip(first) {
            let (start, end) = (segment.start as usize, segment.end as usize);
            if start >= to {
                break;
            }
            let says = columns.get(segment.context as usize).copied().flatten();
            let text = &block.text[start..end];
            if let Some(column) = says {
                scratch.spans.clear();
                self.value(text, column, scratch);
                self.take(block, number, true, scratch, hits);
            } else if is_prose || has_words(text) {
                let mut own = from.clamp(start, end) - start..to.clamp(start, end) - start;
                while !own.is_empty() && self.goes_on(scratch) {
                    let piece = own.start..(own.start + PIECE_BYTES).min(own.end);
                    own.start = piece.end;
                    let wanted = self.wanted(scratch);
                    let ModelScratch { tagger, spans, .. } = &mut *scratch;
                    spans.clear();
                    self.tagger.find(text, piece, wanted, tagger, spans);
                    self.take(block, number, false, scratch, hits);
                }
            }
        }
    }

    /// What is still looked for in the object.
    fn wanted(&self, scratch: &ModelScratch) -> Wanted {
        let is = |label: Label| {
            self.identifiers[index(label)].is_some() && scratch.counted[index(label)] < COUNTED_MAX
        };
        Wanted {
            person: is(Label::Person),
            address: is(Label::Address),
            medical: is(Label::MedicalTerm),
        }
    }

    /// Whether anything is still looked for.
    fn goes_on(&self, scratch: &ModelScratch) -> bool {
        let Wanted { person, address, medical } = self.wanted(scratch);
        person || address || medical
    }

    /// What stands in a value under a column that says what its values are.
    fn value(&self, value: &str, column: Column, scratch: &mut ModelScratch) {
        let ModelScratch { tagger, spans, .. } = scratch;
        let found = value.trim();
        let start = value.len() - value.trim_start().len();
        let whole = start..start + found.len();
        let label = match column {
            Column::FullName | Column::GivenName | Column::FamilyName => {
                is_wordy(found).then_some(Label::Person)
            }
            Column::MaybeName => {
                let likeness = self.tagger.name_likeness(found, tagger);
                (likeness >= MAYBE_NAME_LIKENESS_MIN).then_some(Label::Person)
            }
            Column::Address => {
                let likeness = self.tagger.address_likeness(found, tagger);
                (likeness >= ADDRESS_LIKENESS_MIN).then_some(Label::Address)
            }
        };
        if let Some(label) = label {
            let (start, end) = (whole.start, whole.end);
            spans.push(Span { start, end, block_end: end, label, score: COLUMN_SCORE });
        }
    }

    fn take(
        &self,
        block: &Block<'_>,
        segment: usize,
        column_says: bool,
        scratch: &mut ModelScratch,
        hits: &mut Vec<Hit>,
    ) {
        let base = block.segments[segment].start as usize;
        let owned = block.own_start as usize..block.own_end as usize;
        let bytes = block.text.as_bytes();
        for span in &scratch.spans {
            let ends = [base + span.start, base + span.end - 1];
            if !column_says && ends.into_iter().any(|at| is_within_random(bytes, at)) {
                continue;
            }
            let Some(identifier) = self.identifiers[index(span.label)] else { continue };
            let counted = &mut scratch.counted[index(span.label)];
            if owned.contains(&(base + span.start)) {
                *counted += 1;
            }
            if *counted > COUNTED_MAX {
                continue;
            }
            let keyword = column_says
                .then_some(KeywordEvidence { keyword: "column name", place: KeywordPlace::Name });
            hits.push(Hit {
                identifier,
                segment,
                start: base + span.start,
                end: base + span.end,
                score: span.score,
                explanation: Explanation {
                    proof: Proof::Model,
                    check: "tagger",
                    keyword,
                    assigned: false,
                },
            });
        }
    }
}

/// A run of letters, digits and what else base64 has is random text if it is at least so long and has
/// digits, capitals and small letters.
const RANDOM_BYTES_MIN: usize = 20;

/// How far such a run is looked at to either side.
const RANDOM_BYTES_MAX: usize = 64;

/// Whether what stands at `at` is a part of random text, as of a certificate or an image in base64: words
/// and numbers come out of it by chance.
fn is_within_random(bytes: &[u8], at: usize) -> bool {
    let base64 = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let before = bytes[..at].iter().rev().take(RANDOM_BYTES_MAX).take_while(base64).count();
    let behind = bytes[at..].iter().take(RANDOM_BYTES_MAX).take_while(base64).count();
    let run = &bytes[at - before..at + behind];
    run.len() >= RANDOM_BYTES_MIN
        && run.iter().any(u8::is_ascii_digit)
        && run.iter().any(u8::is_ascii_uppercase)
        && run.iter().any(u8::is_ascii_lowercase)
}

/// Whether a value under a name's column may be one: words, no number, nothing that stands for nothing.
fn is_wordy(value: &str) -> bool {
    const NOTHING: [&str; 8] =
        ["none", "null", "unknown", "n/a", "nan", "true", "false", "undefined"];
    value.len() <= NAME_BYTES_MAX
        && value.chars().filter(|c| c.is_alphabetic()).take(2).count() == 2
        && !value.contains(|c: char| c.is_numeric() || "@/_=<>{}".contains(c))
        && !NOTHING.iter().any(|nothing| value.eq_ignore_ascii_case(nothing))
}

/// Whether a value has words enough to be a text.
fn has_words(value: &str) -> bool {
    let blanks = value.trim().bytes().filter(|byte| matches!(byte, b' ' | b'\n' | b'\t'));
    blanks.take(TEXT_WORDS_MIN - 1).count() == TEXT_WORDS_MIN - 1
}

#[cfg(test)]
mod tests {
    use crate::{Catalogue, Detector, Scratch, Selection};

    fn names(texts: &[&str]) -> Vec<usize> {
        let selection = Selection::parse("NAME,ADDRESS", "").unwrap();
        let detector = Detector::new(&selection).unwrap();
        let mut scratch = Scratch::default();
        texts.iter().map(|text| detector.detect_text(text, &mut scratch).len()).collect()
    }

    #[test]
    fn random_text_holds_no_names() {
        let found = names(&[
            "sha: KLpB3P4Ky9MWlp5i42G/HYnDu3/Anna/Kowalska12 and so on",
            "Dear Mrs. Anna Kowalska, we have sent it.\n",
        ]);
        assert_eq!(found, [0, 1]);
    }

    #[test]
    fn names_stop_at_a_thousand_an_object() {
        let line = "Dear Mrs. Anna Kowalska, we have sent it.\n";
        let many = line.repeat(1_300);
        assert_eq!(names(&[line, &many, line]), [1, 1_000, 1]);
    }

    #[test]
    fn what_is_proven_stands_over_what_is_guessed() {
        let detector = Detector::new(&Selection::all()).unwrap();
        let text = "Dear Anna Kowalska, write to anna.kowalska@larkspur.example today.";
        let hits = detector.detect_text(text, &mut Scratch::default());
        let ids: Vec<&str> =
            hits.iter().map(|hit| Catalogue::managed().identifiers()[hit.identifier].id).collect();
        assert_eq!(ids, ["NAME", "EMAIL_ADDRESS"]);
    }
}
