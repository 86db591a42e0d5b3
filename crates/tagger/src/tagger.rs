//! Names and addresses in free text.

use crate::features::{self, Cell};
use crate::gazetteer::{Gazetteer, known};
use crate::medical::Terms;
use crate::model::{self, Model, Scores, TAGS, Tag};
use crate::spans::{self, Label, Span};
use crate::token::{self, Shape, Token};
use crate::word_cache::WordCache;
use crate::{quiet, trigger, windows};
use std::ops::Range;

/// What is said of a span depends on the text at most so many bytes before its start and behind it.
pub const CONTEXT_BYTES: usize = 900;

/// Text is cut into tokens in pieces of about this size, so that memory does not grow with it.
pub const PIECE_BYTES: usize = 16 * 1024;

/// Taken from the score of "nothing": how much more a missed name weighs than a false one.
const NOTHING_BIAS: i32 = 60;

/// Taken from the scores of other names.
const ELSE_BIAS: i32 = 40;

/// The score of a medical term: it is one of a list, and the word near it says that it is meant.
const MEDICAL_SCORE: f32 = 0.8;

static WEIGHTS: &[u8] = include_bytes!("../model/weights.bin");
static WORDS: &[u8] = include_bytes!("../model/words.bin");

/// The tagger: weights and lists, used where they lie.
#[derive(Clone, Copy, Debug)]
pub struct Tagger<'a> {
    model: Model<'a>,
    lists: Gazetteer<'a>,
}

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Names of people.
    pub person: bool,
    /// Postal addresses.
    pub address: bool,
    /// Medical terms that have a word of health near: a patient, a diagnosis, a prescription.
    pub medical: bool,
}

impl Wanted {
    /// Names and addresses.
    pub const NAMES: Self = Self { person: true, address: true, medical: false };

    /// Medical terms.
    pub const MEDICAL: Self = Self { person: false, address: false, medical: true };

    /// Whether spans of the label are looked for.
    pub fn includes(self, label: Label) -> bool {
        match label {
            Label::Person => self.person,
            Label::Address => self.address,
            Label::MedicalTerm => self.medical,
        }
    }
}

/// Memory that is reused from text to text. One per thread; printing it shows no text.
#[derive(Default)]
pub struct Scratch {
    pub(crate) words: WordCache,
    pub(crate) tokens: Vec<Token>,
    signs: Vec<usize>,
    strength: Vec<u8>,
    tagging: Tagging,
}

impl std::fmt::Debug for Scratch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scratch").finish_non_exhaustive()
    }
}

#[derive(Default)]
struct Tagging {
    cells: Vec<Cell>,
    scores: Vec<Scores>,
    back: Vec<[u8; TAGS]>,
    tags: Vec<Tag>,
    nameless: Nameless,
}

/// Prints of what was tagged lately and holds neither name nor address, so that the hundredth line of a log
/// is not tagged again.
#[derive(Debug)]
struct Nameless(Vec<u64>);

impl Default for Nameless {
    fn default() -> Self {
        Self(vec![0; 1 << 10])
    }
}

impl Nameless {
    fn slot(&mut self, print: u64) -> &mut u64 {
        let index = print as usize % self.0.len();
        &mut self.0[index]
    }
}

impl Tagger<'static> {
    /// The tagger with the weights and lists that come with it.
    pub fn built_in() -> Self {
        Self::new(WEIGHTS, WORDS)
    }
}

impl Default for Tagger<'static> {
    fn default() -> Self {
        Self::built_in()
    }
}

impl<'a> Tagger<'a> {
    /// A tagger with the weights and the word table of two files.
    pub fn new(weights: &'a [u8], words: &'a [u8]) -> Self {
        Self { model: Model::new(weights), lists: Gazetteer::new(words) }
    }

    /// What lists know of words.
    pub fn lists(&self) -> Gazetteer<'a> {
        self.lists
    }

    /// Adds to `out` the spans that begin in `text[range]`, of each label in order. The text around the
    /// range is context: [`CONTEXT_BYTES`] on both sides are enough for the result to be that of the whole.
    pub fn find(
        &self,
        text: &str,
        range: Range<usize>,
        wanted: Wanted,
        scratch: &mut Scratch,
        out: &mut Vec<Span>,
    ) {
        let mut rest = range.start..range.end.min(text.len());
        while let Some(own) =
            quiet::next_stretch(text.as_bytes(), rest.clone(), CONTEXT_BYTES, PIECE_BYTES)
        {
            rest.start = own.end;
            self.piece(text, own, wanted, scratch, out);
        }
    }

    fn piece(
        &self,
        text: &str,
        own: Range<usize>,
        wanted: Wanted,
        scratch: &mut Scratch,
        out: &mut Vec<Span>,
    ) {
        let from = text.floor_char_boundary(own.start.saturating_sub(CONTEXT_BYTES));
        let to = text.ceil_char_boundary((own.end + CONTEXT_BYTES).min(text.len()));
        let Scratch { words, tokens, signs, strength, tagging } = scratch;
        tokens.clear();
        token::cut_with(text, from..to, self.lists, Some(words), tokens);
        let first_out = out.len();
        if wanted.person || wanted.address {
            trigger::signs(tokens, wanted, signs);
            let pairs = self.model.pairs();
            windows::each_around(tokens, signs, strength, |window, signs| {
                let first = window.start;
                let window = &tokens[window];
                let bytes = extent(window);
                if bytes.start >= own.end || bytes.end <= own.start {
                    return;
                }
                trigger::each_worth(window, signs.iter().map(|at| at - first), |part| {
                    features::cells(window, part.clone(), &mut tagging.cells);
                    let tokens = &window[part];
                    if self.tag(tokens, &pairs, tagging) {
                        spans::collect(text, tokens, &tagging.tags, &tagging.scores, out);
                    }
                });
            });
        }
        if wanted.medical {
            Terms::built_in().each(tokens, |term| {
                let (start, end) = (tokens[term.start].start, tokens[term.end - 1].end);
                let label = Label::MedicalTerm;
                out.push(Span { start, end, block_end: end, label, score: MEDICAL_SCORE });
            });
        }
        let mut kept = first_out;
        for at in first_out..out.len() {
            if own.contains(&out[at].start) && wanted.includes(out[at].label) {
                out[kept] = out[at];
                kept += 1;
            }
        }
        out.truncate(kept);
    }

    /// Tags tokens whose cells are there. Whether there is a name or an address among them.
    fn tag(&self, tokens: &[Token], pairs: &[Scores; TAGS], tagging: &mut Tagging) -> bool {
        let Tagging { cells, scores, back, tags, nameless } = tagging;
        let print = features::print(cells);
        if *nameless.slot(print) == print {
            return false;
        }
        scores.clear();
        let may_be_address = trigger::may_be_address(tokens);
        for (at, token) in tokens.iter().enumerate() {
            if !may_be_address && is_plain(token) {
                scores.push(PLAIN);
                continue;
            }
            let mut score = self.model.scores(cells, model::cell_index(at));
            score[Tag::Other as usize] -= NOTHING_BIAS;
            for tag in [Tag::Organisation, Tag::Place, Tag::Misc] {
                score[tag as usize] -= ELSE_BIAS;
            }
            scores.push(score);
        }
        model::best(scores, pairs, back, tags);
        let has_span = tags.iter().any(|tag| matches!(tag, Tag::PersonFirst | Tag::AddressFirst));
        if !has_span {
            *nameless.slot(print) = print;
        }
        has_span
    }
}

/// Whether a token is an everyday word in small letters that no name of a person holds. Half of what stands
/// around names is, and to ask the weights about it takes most of the time.
fn is_plain(token: &Token) -> bool {
    const NAMES: u16 = known::GIVEN | known::FAMILY | known::TITLE | known::PARTICLE;
    token.shape == Shape::Lower && token.has(known::WORD) && !token.has(NAMES)
}

/// The scores of a token that is nothing.
const PLAIN: Scores = {
    let mut scores = [model::IMPOSSIBLE; TAGS];
    scores[Tag::Other as usize] = 0;
    scores
};

/// The bytes from the first to the last token.
fn extent(tokens: &[Token]) -> Range<usize> {
    match (tokens.first(), tokens.last()) {
        (Some(first), Some(last)) => first.start..last.end,
        _ => 0..0,
    }
}
