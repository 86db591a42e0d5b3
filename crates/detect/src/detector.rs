//! The engine: candidates, automata, edges, checks, keywords, overlaps.
//!
//! One pass over byte classes finds where a match may begin. There the automata of the patterns
//! that need no keyword are walked; those of the patterns that do, only where a keyword stands near
//! or the column's name is one ([`crate::pass`]). What a walk finds must pass its edges, its check and
//! its keyword rule; of what overlaps, the better stands ([`crate::overlap`]).
//!
//! Nothing is allocated per value: all memory is in [`Scratch`] and reused.

use crate::automaton::Automaton;
use crate::catalogue::{
    ASSIGNED, AT, COLONS, IDENTIFIERS, KEYWORDS, LONG, RUNS, SCHEME, STRONG, TILDE, WEAK,
};
use crate::checks;
use crate::classes::Classes;
use crate::evidence::Nearby;
use crate::hit::Hit;
use crate::keywords::{self, Bits, Found, Keyword};
use crate::models::{self, ModelScratch, Models};
use crate::overlap;
use crate::pass::Pass;
use crate::plain_form::PlainForm;
use crate::selection::Selection;
use lakegate_core::text::{Block, Context, Segment};
use lakegate_tagger::Column;

/// No match is longer than this, in bytes.
pub const MATCH_BYTES_MAX: usize = checks::KEY_BLOCK_BYTES_MAX;

/// So much text a block needs before its first owned offset, for its hits to be those of the whole.
pub const BEFORE_BYTES: usize = 2048;

/// So much text a block needs behind its last owned offset, for its hits to be those of the whole.
pub const AFTER_BYTES: usize = MATCH_BYTES_MAX + 1024;

/// The identifiers that are active, ready to look.
#[derive(Debug)]
pub struct Detector {
    pub(crate) active: Bits,
    /// By keyword, whether an active identifier has it.
    pub(crate) wanted: Vec<bool>,
    pub(crate) automata: Automata,
    models: Option<Models>,
    digest: String,
}

/// Automata by where their matches begin; only those with an active identifier.
#[derive(Debug)]
pub(crate) struct Automata {
    /// Of patterns that need no keyword.
    pub strong: Vec<&'static Automaton>,
    /// Of those among them that begin with a long run of letters and digits.
    pub runs: Vec<&'static Automaton>,
    /// Of those that begin with a long run of base64.
    pub long: Vec<&'static Automaton>,
    pub weak: Vec<&'static Automaton>,
    /// By identifier: bit `i` is set if it has a pattern in `weak[i]`.
    pub weak_of: Vec<u64>,
    pub at: Vec<&'static Automaton>,
    pub scheme: Vec<&'static Automaton>,
    pub colons: Vec<&'static Automaton>,
    pub tilde: Vec<&'static Automaton>,
    pub assigned: Vec<&'static Automaton>,
    /// What the automata of assigned values look for.
    pub assigned_bits: Bits,
}

impl Automata {
    fn of(active: &Bits) -> Self {
        let bits = |automaton: &Automaton| {
            let mut bits = Bits::default();
            for member in automaton.members.iter().filter(|member| active.contains(**member)) {
                bits.insert(*member);
            }
            bits
        };
        let used = |kind: &'static [Automaton]| -> Vec<(&'static Automaton, Bits)> {
            let all = kind.iter().map(|automaton| (automaton, bits(automaton)));
            all.filter(|(_, bits)| bits.meets(active)).collect()
        };
        let plain = |kind| -> Vec<&'static Automaton> {
            used(kind).into_iter().map(|(automaton, _)| automaton).collect()
        };
        let mut assigned_bits = Bits::default();
        used(ASSIGNED).iter().for_each(|(_, bits)| assigned_bits.insert_all(bits));
        let weak = plain(WEAK);
        const { assert!(WEAK.len() <= 64) };
        let mut weak_of = vec![0u64; IDENTIFIERS.len()];
        for (index, automaton) in weak.iter().enumerate() {
            for member in automaton.members {
                weak_of[usize::from(*member)] |= 1 << index;
            }
        }
        Self {
            strong: plain(STRONG),
            runs: plain(RUNS),
            long: plain(LONG),
            weak,
            weak_of,
            at: plain(AT),
            scheme: plain(SCHEME),
            colons: plain(COLONS),
            tilde: plain(TILDE),
            assigned: plain(ASSIGNED),
            assigned_bits,
        }
    }
}

/// Memory that detection reuses from block to block. One per thread.
#[derive(Default)]
pub struct Scratch {
    classes: Classes,
    keywords: Vec<Found>,
    names: Names,
    fallen: Vec<bool>,
    plain: PlainForm,
    models: ModelScratch,
}

impl Scratch {
    /// Begins another object. A fresh scratch need not be told.
    pub fn begin_object(&mut self) {
        self.models.begin_object();
    }
}

/// What the names of a block's contexts are keywords for. The contexts are kept and compared, so that
/// one object's names never stand for another's.
#[derive(Default)]
struct Names {
    contexts: Vec<Context>,
    bits: Vec<Bits>,
    columns: Vec<Option<Column>>,
}

impl Names {
    fn update(&mut self, contexts: &[Context]) {
        let known = self.contexts.iter().zip(contexts).take_while(|(a, b)| a == b).count();
        self.contexts.truncate(known);
        self.bits.truncate(known);
        self.columns.truncate(known);
        for context in &contexts[known..] {
            let mut bits = Bits::default();
            for name in &context.names {
                keywords::in_name(name, |keyword| bits.insert_owners(keyword));
            }
            self.columns.push(models::column_of(context));
            self.contexts.push(context.clone());
            self.bits.push(bits);
        }
    }
}

impl Detector {
    /// Makes a detector of the selected identifiers.
    pub fn new(selection: &Selection) -> Result<Self, crate::Error> {
        let indices = selection.resolve()?;
        let mut active = Bits::default();
        for index in &indices {
            active.insert(*index as u16);
        }
        let owned = |keyword: &Keyword| keyword.owners.iter().any(|owner| active.contains(*owner));
        let wanted = KEYWORDS.iter().map(owned).collect();
        let automata = Automata::of(&active);
        let models = Models::of(&active);
        Ok(Self { active, wanted, automata, models, digest: crate::digest::of(&indices) })
    }

    /// A stable digest (BLAKE3, hexadecimal) of the active rules and of the engine's version. It is
    /// recorded with each verdict.
    pub fn ruleset_digest(&self) -> &str {
        &self.digest
    }

    /// Finds what the block owns. `hits` is emptied first and then holds the hits sorted by start;
    /// no two overlap unless they are of different values.
    pub fn detect(&self, block: &Block<'_>, scratch: &mut Scratch, hits: &mut Vec<Hit>) {
        hits.clear();
        let Scratch { classes, keywords, names, fallen, plain, models } = scratch;
        names.update(block.contexts);
        classes.fill(block.text.as_bytes());
        if !classes.is_ascii && plain.fill(block.text, block.segments) {
            let form = Block { text: &plain.text, segments: &plain.segments, ..block.clone() };
            classes.fill(form.text.as_bytes());
            self.look(&form, classes, names, keywords, hits);
            for hit in &mut *hits {
                let range = plain.range_in_text(hit.start..hit.end);
                (hit.start, hit.end) = (range.start, range.end);
            }
        } else {
            self.look(block, classes, names, keywords, hits);
        }
        if let Some(active) = &self.models {
            active.find(block, &names.columns, models, hits);
        }
        overlap::resolve(hits, fallen);
        let owned = block.own_start as usize..block.own_end as usize;
        hits.retain(|hit| owned.contains(&hit.start));
    }

    fn look(
        &self,
        block: &Block<'_>,
        classes: &Classes,
        names: &Names,
        keywords: &mut Vec<Found>,
        hits: &mut Vec<Hit>,
    ) {
        keywords.clear();
        keywords::scan(block.text, classes, &self.wanted, keywords);
        let nearby = Nearby::new(block, &names.bits, keywords, classes.is_ascii);
        Pass::new(self, block, classes, nearby, hits).run();
    }

    /// Finds what stands in a plain text of less than 4 GiB.
    pub fn detect_text(&self, text: &str, scratch: &mut Scratch) -> Vec<Hit> {
        scratch.begin_object();
        let mut hits = Vec::new();
        let segment = Segment::whole(text);
        self.detect(&Block::of_text(text, &[segment]), scratch, &mut hits);
        hits
    }
}
