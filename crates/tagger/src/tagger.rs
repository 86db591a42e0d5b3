//! Names and addresses in free text.

use crate::features::{self, Cell};
use crate::gazetteer::Gazetteer;
use crate::medical::Terms;
use crate::model::{self, Model, Scores, TAGS, Tag};
use crate::spans::{self, Label, Span};
use crate::token::{self, Token};
use crate::{trigger, windows};
use std::ops::Range;

/// What is said of a span depends on the text at most so many bytes before its start and behind it.
pub const CONTEXT_BYTES: usize = 900;

/// Text is cut into tokens in pieces of about this size, so that memory does not grow with it.
const PIECE_BYTES: usize = 32 * 1024;

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

/// Memory that is reused from text to text. One per thread; it holds no text.
#[derive(Debug, Default)]
pub struct Scratch {
    tokens: Vec<Token>,
    strength: Vec<u8>,
    tagging: Tagging,
}

#[derive(Debug, Default)]
struct Tagging {
    cells: Vec<Cell>,
    scores: Vec<Scores>,
    back: Vec<[u8; TAGS]>,
    tags: Vec<Tag>,
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

    /// Adds to `out`, in order, the spans that begin in `text[range]`. The text around the range is
    /// context: [`CONTEXT_BYTES`] on both sides are enough for the result to be that of the whole.
    pub fn find(
        &self,
        text: &str,
        range: Range<usize>,
        scratch: &mut Scratch,
        out: &mut Vec<Span>,
    ) {
        let end = range.end.min(text.len());
        let mut start = range.start;
        while start < end {
            let next = (start + PIECE_BYTES).min(end);
            self.piece(text, start..next, scratch, out);
            start = next;
        }
    }

    fn piece(&self, text: &str, own: Range<usize>, scratch: &mut Scratch, out: &mut Vec<Span>) {
        let from = text.floor_char_boundary(own.start.saturating_sub(CONTEXT_BYTES));
        let to = text.ceil_char_boundary((own.end + CONTEXT_BYTES).min(text.len()));
        let Scratch { tokens, strength, tagging } = scratch;
        tokens.clear();
        token::cut(text, from..to, self.lists, tokens);
        let pairs = self.model.pairs();
        let first_out = out.len();
        windows::each(tokens, strength, |window| {
            let window = &tokens[window];
            let bytes = extent(window);
            let owned = bytes.start < own.end && bytes.end > own.start;
            if !owned || bytes.len() > windows::WINDOW_BYTES_MAX {
                return;
            }
            let mut has_cells = false;
            trigger::each_worth(window, |part| {
                if !has_cells {
                    features::cells(window, &mut tagging.cells);
                    has_cells = true;
                }
                self.tag(part.clone(), &pairs, tagging);
                spans::collect(text, &window[part], &tagging.tags, &tagging.scores, out);
            });
        });
        let mut kept = first_out;
        for at in first_out..out.len() {
            if own.contains(&out[at].start) {
                out[kept] = out[at];
                kept += 1;
            }
        }
        out.truncate(kept);
    }

    /// Adds to `out`, in order, the medical terms that begin in `text[range]` and have a word of health
    /// near: a patient, a diagnosis, a prescription. The context is as for [`Self::find`].
    pub fn find_medical(
        &self,
        text: &str,
        range: Range<usize>,
        scratch: &mut Scratch,
        out: &mut Vec<Span>,
    ) {
        let end = range.end.min(text.len());
        let mut start = range.start;
        while start < end {
            let own = start..(start + PIECE_BYTES).min(end);
            start = own.end;
            let from = text.floor_char_boundary(own.start.saturating_sub(CONTEXT_BYTES));
            let to = text.ceil_char_boundary((own.end + CONTEXT_BYTES).min(text.len()));
            scratch.tokens.clear();
            token::cut(text, from..to, self.lists, &mut scratch.tokens);
            let tokens = &scratch.tokens;
            Terms::built_in().each(tokens, |term| {
                let (start, end) = (tokens[term.start].start, tokens[term.end - 1].end);
                if own.contains(&start) {
                    let label = Label::MedicalTerm;
                    out.push(Span { start, end, block_end: end, label, score: MEDICAL_SCORE });
                }
            });
        }
    }

    /// Tags a part of the window whose cells are there.
    fn tag(&self, part: Range<usize>, pairs: &[Scores; TAGS], tagging: &mut Tagging) {
        let Tagging { cells, scores, back, tags } = tagging;
        scores.clear();
        for at in part {
            let mut score = self.model.scores(cells, model::cell_index(at));
            score[Tag::Other as usize] -= NOTHING_BIAS;
            for tag in [Tag::Organisation, Tag::Place, Tag::Misc] {
                score[tag as usize] -= ELSE_BIAS;
            }
            scores.push(score);
        }
        model::best(scores, pairs, back, tags);
    }
}

/// The bytes from the first to the last token.
fn extent(tokens: &[Token]) -> Range<usize> {
    match (tokens.first(), tokens.last()) {
        (Some(first), Some(last)) => first.start..last.end,
        _ => 0..0,
    }
}
