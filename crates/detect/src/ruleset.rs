//! Everything that is looked for: managed identifiers, custom ones, and what is allowed all the same.

use crate::allow::AllowList;
use crate::catalogue::{Catalogue, Proof};
use crate::custom::{Custom, CustomIdentifier, CustomScratch, Progress, Value};
use crate::detector::{Detector, Scratch};
use crate::error::Error;
use crate::hit::{Explanation, Hit, KeywordEvidence, KeywordPlace};
use crate::selection::{Base, Selection};
use lakegate_core::coverage::Gap;
use lakegate_core::detection::Category;
use lakegate_core::text::{Block, Segment};
use lakegate_core::verdict::Severity;
use std::collections::HashMap;
use std::sync::Arc;

/// There are at most so many custom identifiers in one set of rules.
pub const CUSTOM_IDENTIFIERS_MAX: usize = 100;

/// Managed and custom identifiers, and allow lists.
#[derive(Debug)]
pub struct Ruleset {
    detector: Detector,
    custom: Vec<Custom>,
    allow_lists: Vec<Arc<AllowList>>,
    digest: String,
}

/// A match of a managed or a custom identifier.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Match {
    /// Number of the identifier: the managed ones as in the catalogue, the custom ones behind them. Ask
    /// [`Ruleset::identifier`] what it is.
    pub identifier: usize,
    /// Index of the value in the block's segments.
    pub segment: usize,
    /// First byte in the block's text.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// How sure, as [`Hit::score`] says. A custom identifier's form proves no more than a form.
    pub score: f32,
    why: Why,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Why {
    Managed(Explanation),
    /// The keyword that was needed, by its place in the definition.
    Custom(Option<(u16, KeywordPlace)>),
}

/// What an identifier is, managed or custom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named<'r> {
    /// Its id.
    pub id: &'r str,
    /// Its name for people.
    pub name: &'r str,
    /// Its category.
    pub category: Category,
}

/// Why a match is one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Explained<'r> {
    /// The identifier.
    pub rule: Named<'r>,
    /// What its form and check prove.
    pub proof: Proof,
    /// The check that it passed; `None` if its form was all there is to check.
    pub check: Option<&'static str>,
    /// The keyword that was needed, if one was.
    pub keyword: Option<Evidence<'r>>,
}

/// A keyword and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Evidence<'r> {
    /// The keyword, as the identifier has it.
    pub keyword: &'r str,
    /// Where it stands. For a custom identifier the distance is from the end of the keyword to the end
    /// of the match, as Macie measures it; for a managed one it is what lies between.
    pub place: KeywordPlace,
}

/// Memory that a ruleset reuses from block to block of one object, and how far it has come in it.
#[derive(Default)]
pub struct RulesetScratch {
    managed: Scratch,
    hits: Vec<Hit>,
    custom: CustomScratch,
    progress: Vec<Progress>,
    names: HashMap<u32, Vec<Option<u16>>>,
    names_epoch: u64,
    small: String,
}

impl RulesetScratch {
    /// Begins another object. A fresh scratch need not be told.
    pub fn begin_object(&mut self) {
        self.progress.clear();
        self.managed.begin_object();
    }
}

impl From<Detector> for Ruleset {
    fn from(detector: Detector) -> Self {
        let digest = detector.ruleset_digest().to_owned();
        Self { detector, custom: Vec::new(), allow_lists: Vec::new(), digest }
    }
}

impl Ruleset {
    /// Makes the rules of a selection, custom identifiers and allow lists.
    ///
    /// # Errors
    /// When a custom identifier breaks a rule, an id is taken, or nothing is left to look for.
    pub fn new(
        selection: &Selection,
        custom: &[CustomIdentifier],
        allow_lists: Vec<Arc<AllowList>>,
    ) -> Result<Self, Error> {
        let max = CUSTOM_IDENTIFIERS_MAX;
        if custom.len() > max {
            return Err(Error::TooManyCustom { count: custom.len(), max });
        }
        if custom.is_empty() && selection.base == Base::None {
            return Err(Error::NothingSelected);
        }
        let mut compiled: Vec<Custom> = Vec::with_capacity(custom.len());
        for definition in custom {
            let id = definition.id.clone();
            let is_taken = Catalogue::managed().find(&id).is_some()
                || compiled.iter().any(|other| other.definition.id == id);
            if is_taken {
                return Err(Error::TakenId { id });
            }
            compiled.push(definition.compile().map_err(|problem| Error::Custom { id, problem })?);
        }
        let detector = Detector::new(selection)?;
        let digest = digest(detector.ruleset_digest(), custom, &allow_lists);
        Ok(Self { detector, custom: compiled, allow_lists, digest })
    }

    /// A stable digest (BLAKE3, hexadecimal) of all that decides what is found: the managed rules, the
    /// custom identifiers and the content of the allow lists. It is recorded with each verdict.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// What an identifier is, by the number that a match has.
    pub fn identifier(&self, number: usize) -> Named<'_> {
        let managed = Catalogue::managed().identifiers();
        match (managed.get(number), self.custom_of(number)) {
            (Some(i), _) => Named { id: i.id, name: i.name, category: i.category },
            (None, Some(custom)) => {
                let CustomIdentifier { id, name, .. } = &custom.definition;
                Named { id, name, category: Category::CustomIdentifier }
            }
            (None, None) => Named { id: "", name: "", category: Category::CustomIdentifier },
        }
    }

    /// How grave `count` occurrences in one object are; `None` if so few make no detection, as the
    /// severity levels of a custom identifier may say.
    pub fn severity(&self, number: usize, count: u64) -> Option<Severity> {
        match (Catalogue::managed().identifiers().get(number), self.custom_of(number)) {
            (Some(identifier), _) => Some(identifier.severity(count)),
            (None, Some(custom)) => custom.definition.severity(count),
            // Nobody has such a number; nothing that was seen may get lost.
            (None, None) => Some(Severity::High),
        }
    }

    /// Why a match is one.
    pub fn explain(&self, found: &Match) -> Explained<'_> {
        let rule = self.identifier(found.identifier);
        match found.why {
            Why::Managed(explanation) => Explained {
                rule,
                proof: explanation.proof,
                check: (!explanation.check.is_empty()).then_some(explanation.check),
                keyword: explanation
                    .keyword
                    .map(|KeywordEvidence { keyword, place }| Evidence { keyword, place }),
            },
            Why::Custom(evidence) => Explained {
                rule,
                proof: Proof::Form,
                check: None,
                keyword: evidence.and_then(|(index, place)| {
                    let keywords = &self.custom_of(found.identifier)?.definition.keywords;
                    Some(Evidence { keyword: keywords.get(usize::from(index))?, place })
                }),
            },
        }
    }

    fn custom_of(&self, number: usize) -> Option<&Custom> {
        self.custom.get(number.checked_sub(Catalogue::managed().identifiers().len())?)
    }

    /// Finds what the block owns. `out` is emptied first and then holds the matches sorted by start.
    /// Those of managed identifiers do not overlap each other; custom ones may lie over anything. The
    /// blocks of one object must come in their order, with the same scratch.
    pub fn detect(&self, block: &Block<'_>, scratch: &mut RulesetScratch, out: &mut Vec<Match>) {
        out.clear();
        self.detector.detect(block, &mut scratch.managed, &mut scratch.hits);
        out.extend(scratch.hits.iter().map(Match::of));
        if !self.custom.is_empty() {
            self.detect_custom(block, scratch, out);
            out.sort_unstable_by_key(|found| (found.start, found.end, found.identifier));
        }
        if !self.allow_lists.is_empty() {
            let small = &mut scratch.small;
            out.retain(|found| {
                let id = self.identifier(found.identifier).id;
                let text = &block.text[found.start..found.end];
                !self.allow_lists.iter().any(|list| list.allows(id, text, small))
            });
        }
    }

    fn detect_custom(&self, block: &Block<'_>, scratch: &mut RulesetScratch, out: &mut Vec<Match>) {
        scratch.progress.resize_with(self.custom.len(), Progress::default);
        if scratch.names_epoch != block.contexts_epoch || block.contexts_epoch == 0 {
            scratch.names_epoch = block.contexts_epoch;
            scratch.names.clear();
        }
        let managed = Catalogue::managed().identifiers().len();
        for (index, custom) in self.custom.iter().enumerate() {
            let progress = &mut scratch.progress[index];
            if block.own_start == 0 {
                progress.covered = 0;
            }
            let owned = (block.own_end - block.own_start) as usize;
            if !custom.may_match(block.text) {
                progress.covered = progress.covered.saturating_sub(owned);
                progress.pass(owned);
                continue;
            }
            for (number, segment) in owned_segments(block) {
                let named = *scratch
                    .names
                    .entry(segment.context)
                    .or_insert_with(|| self.keywords_in_names(block, segment.context))
                    .get(index)
                    .unwrap_or(&None);
                let value = value(block, segment);
                let offset = segment.start as usize;
                custom.detect(&value, named, progress, &mut scratch.custom, |range, evidence| {
                    let evidence = evidence.map(|found| (found.keyword, found.place));
                    out.push(Match {
                        identifier: managed + index,
                        segment: number,
                        start: offset + range.start,
                        end: offset + range.end,
                        score: custom_score(evidence),
                        why: Why::Custom(evidence),
                    });
                });
            }
            progress.pass(owned);
        }
    }

    /// By custom identifier, the keyword that stands in a context's names.
    fn keywords_in_names(&self, block: &Block<'_>, context: u32) -> Vec<Option<u16>> {
        let Some(context) = block.contexts.get(context as usize) else { return Vec::new() };
        self.custom.iter().map(|custom| custom.keyword_in(context)).collect()
    }

    /// Finds what stands in a plain text of less than 4 GiB, which is an object of its own.
    pub fn detect_text(&self, text: &str, scratch: &mut RulesetScratch, out: &mut Vec<Match>) {
        scratch.begin_object();
        let segment = Segment::whole(text);
        self.detect(&Block::of_text(text, &[segment]), scratch, out);
    }

    /// Ids of the custom identifiers that were given up in the object so far, because what they did grew
    /// out of bounds: [`STEPS_PER_BYTE`](crate::custom::STEPS_PER_BYTE). What they would still have found
    /// is not known, so the object is not wholly inspected.
    pub fn given_up<'r>(&'r self, scratch: &RulesetScratch) -> Vec<&'r str> {
        let states = self.custom.iter().zip(&scratch.progress);
        let given_up = states.filter(|(_, progress)| progress.is_given_up);
        given_up.map(|(custom, _)| custom.definition.id.as_str()).collect()
    }

    /// As [`Ruleset::given_up`], each with what it leaves uninspected.
    pub fn gaps<'r>(&'r self, scratch: &RulesetScratch) -> Vec<(&'r str, Gap)> {
        let gap = |id: &str| Gap {
            code: "CUSTOM_IDENTIFIER_GIVEN_UP".to_owned(),
            detail: format!("the regex of `{id}` takes too many steps on this text"),
        };
        self.given_up(scratch).into_iter().map(|id| (id, gap(id))).collect()
    }

    /// The custom identifiers.
    pub fn custom(&self) -> impl Iterator<Item = &CustomIdentifier> {
        self.custom.iter().map(|custom| &custom.definition)
    }
}

impl Match {
    fn of(hit: &Hit) -> Self {
        let Hit { identifier, segment, start, end, score, explanation } = *hit;
        Self { identifier, segment, start, end, score, why: Why::Managed(explanation) }
    }
}

/// The same reckoning as for managed identifiers.
fn custom_score(evidence: Option<(u16, KeywordPlace)>) -> f32 {
    let keyword = evidence.map(|(_, place)| KeywordEvidence { keyword: "", place });
    Explanation { proof: Proof::Form, check: "", keyword, assigned: false }.score()
}

/// The values in which something may begin that the block owns.
fn owned_segments<'b>(block: &'b Block<'_>) -> impl Iterator<Item = (usize, &'b Segment)> {
    let first = block.segments.partition_point(|segment| segment.end <= block.own_start);
    let segments = block.segments[first..].iter().enumerate();
    segments
        .map(move |(index, segment)| (first + index, segment))
        .take_while(|(_, segment)| segment.start < block.own_end)
        .filter(|(_, segment)| segment.start < segment.end)
}

fn value<'b>(block: &Block<'b>, segment: &Segment) -> Value<'b> {
    let from = segment.start;
    let owned_start = block.own_start.max(from) - from;
    let owned_end = block.own_end.min(segment.end) - from;
    Value {
        text: &block.text[from as usize..segment.end as usize],
        owned: owned_start as usize..owned_end as usize,
        is_last: segment.end <= block.own_end,
        before: (block.own_start.max(from) - block.own_start) as usize,
    }
}

fn digest(managed: &str, custom: &[CustomIdentifier], allow_lists: &[Arc<AllowList>]) -> String {
    if custom.is_empty() && allow_lists.is_empty() {
        return managed.to_owned();
    }
    let mut hasher = blake3::Hasher::new();
    field(&mut hasher, managed);
    hasher.update(&(custom.len() as u64).to_le_bytes());
    for identifier in custom {
        let CustomIdentifier { id, name, description: _, regex, .. } = identifier;
        [id, name, regex].into_iter().for_each(|text| field(&mut hasher, text));
        for list in [&identifier.keywords, &identifier.ignore_words] {
            hasher.update(&(list.len() as u64).to_le_bytes());
            list.iter().for_each(|text| field(&mut hasher, text));
        }
        hasher.update(&identifier.maximum_match_distance.to_le_bytes());
        for level in &identifier.severity_levels {
            hasher.update(&level.occurrences_threshold.to_le_bytes());
            field(&mut hasher, level.severity.as_str());
        }
        field(&mut hasher, "");
    }
    for list in allow_lists {
        let (kind, content) = list.digest();
        field(&mut hasher, kind);
        hasher.update(content.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

/// Length first, so that fields cannot run into each other.
fn field(hasher: &mut blake3::Hasher, text: &str) {
    hasher.update(&(text.len() as u64).to_le_bytes());
    hasher.update(text.as_bytes());
}
