//! What a custom identifier is made of, and what Macie allows of it.

use super::error::DefinitionError;
use super::evidence::{KeywordFound, Keywords, Known};
use super::search::{Progress, Searcher, Value};
use super::syntax::Form;
use crate::hit::KeywordPlace;
use lakegate_core::text::Context;
use lakegate_core::verdict::Severity;
use std::ops::Range;

/// An id is at most so long.
pub const CUSTOM_ID_BYTES_MAX: usize = 64;
/// A name has at most so many characters.
const NAME_CHARS_MAX: usize = 128;
/// A description has at most so many characters.
const DESCRIPTION_CHARS_MAX: usize = 512;
/// An identifier has at most so many keywords.
pub const KEYWORDS_MAX: usize = 50;
/// A keyword has at least so many characters.
pub const KEYWORD_CHARS_MIN: usize = 3;
/// A keyword or a word to ignore has at most so many characters.
pub const KEYWORD_CHARS_MAX: usize = 90;
/// An identifier has at most so many words to ignore.
pub const IGNORE_WORDS_MAX: usize = 10;
/// A word to ignore has at least so many characters.
const IGNORE_WORD_CHARS_MIN: usize = 4;
/// The least distance between keyword and match.
pub const DISTANCE_MIN: u32 = 1;
/// The greatest.
pub const DISTANCE_MAX: u32 = 300;
/// The distance where none is given.
pub const DISTANCE_DEFAULT: u32 = 50;
/// An identifier has at most so many severity levels.
pub const SEVERITY_LEVELS_MAX: usize = 3;
/// So much of a text stands in messages about it.
const SHOWN_CHARS_MAX: usize = 40;

/// The severity from a count on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeverityLevel {
    /// The least count.
    pub occurrences_threshold: u64,
    /// The severity from there.
    pub severity: Severity,
}

/// A custom identifier as an operator writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomIdentifier {
    /// What stands in findings, policies and output: letters, digits, `_` and `-`.
    pub id: String,
    /// Its name for people, 1 to 128 characters.
    pub name: String,
    /// What it is for, at most 512 characters.
    pub description: String,
    /// The regex, at most 512 characters.
    pub regex: String,
    /// If there are any, one of them must stand before a match or in the name of its column or field.
    pub keywords: Vec<String>,
    /// How many characters there may be from the end of a keyword to the end of the match.
    pub maximum_match_distance: u32,
    /// A match that contains one of them, in this case, does not count.
    pub ignore_words: Vec<String>,
    /// Severity by least count, rising. Fewer than the first make no detection; without any it is Medium.
    pub severity_levels: Vec<SeverityLevel>,
}

impl CustomIdentifier {
    /// One with a regex and else the defaults.
    pub fn new(id: impl Into<String>, regex: impl Into<String>) -> Self {
        let id = id.into();
        Self {
            name: id.clone(),
            id,
            description: String::new(),
            regex: regex.into(),
            keywords: Vec::new(),
            maximum_match_distance: DISTANCE_DEFAULT,
            ignore_words: Vec::new(),
            severity_levels: Vec::new(),
        }
    }

    /// Everything that is wrong with it; empty if it can be used.
    pub fn problems(&self) -> Vec<DefinitionError> {
        let mut problems = Vec::new();
        let usable = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if self.id.is_empty() || self.id.len() > CUSTOM_ID_BYTES_MAX || !self.id.chars().all(usable)
        {
            problems.push(DefinitionError::Id { id: shown(&self.id) });
        }
        problems.extend(length("name", &self.name, 1, NAME_CHARS_MAX));
        problems.extend(length("description", &self.description, 0, DESCRIPTION_CHARS_MAX));
        problems.extend(texts("keywords", &self.keywords, KEYWORDS_MAX, KEYWORD_CHARS_MIN));
        if !(DISTANCE_MIN..=DISTANCE_MAX).contains(&self.maximum_match_distance) {
            problems.push(DefinitionError::Distance { value: self.maximum_match_distance });
        }
        let ignored = &self.ignore_words;
        problems.extend(texts("ignore_words", ignored, IGNORE_WORDS_MAX, IGNORE_WORD_CHARS_MIN));
        problems.extend(self.severity_problem());
        if let Err(error) = Form::read(&self.regex).and_then(|form| Searcher::new(&form)) {
            problems.push(error.into());
        }
        problems
    }

    fn severity_problem(&self) -> Option<DefinitionError> {
        let levels = &self.severity_levels;
        if levels.len() > SEVERITY_LEVELS_MAX {
            let (field, count, max) = ("severity_levels", levels.len(), SEVERITY_LEVELS_MAX);
            return Some(DefinitionError::TooMany { field, count, max });
        }
        let rises = levels.windows(2).all(|pair| {
            pair[0].occurrences_threshold < pair[1].occurrences_threshold
                && pair[0].severity < pair[1].severity
        });
        let begins = levels.first().is_none_or(|level| level.occurrences_threshold >= 1);
        (!rises || !begins).then_some(DefinitionError::SeverityOrder)
    }

    /// Checks and compiles it.
    ///
    /// # Errors
    /// The first of its problems.
    pub(crate) fn compile(&self) -> Result<Custom, DefinitionError> {
        if let Some(problem) = self.problems().into_iter().next() {
            return Err(problem);
        }
        Ok(Custom {
            searcher: Searcher::new(&Form::read(&self.regex)?)?,
            keywords: Keywords::new(&self.keywords, self.maximum_match_distance),
            definition: self.clone(),
        })
    }

    /// How grave `count` occurrences in one object are; `None` if so few make no detection.
    pub fn severity(&self, count: u64) -> Option<Severity> {
        if self.severity_levels.is_empty() {
            return Some(Severity::Medium);
        }
        let reached = |level: &&SeverityLevel| level.occurrences_threshold <= count;
        self.severity_levels.iter().rev().find(reached).map(|level| level.severity)
    }
}

fn shown(text: &str) -> String {
    text.chars().take(SHOWN_CHARS_MAX).collect()
}

fn length(field: &'static str, text: &str, min: usize, max: usize) -> Option<DefinitionError> {
    let chars = text.chars().count();
    let wrong = !(min..=max).contains(&chars);
    wrong.then(|| DefinitionError::Length { field, text: shown(text), chars, min, max })
}

fn texts(
    field: &'static str,
    texts: &[String],
    count_max: usize,
    chars_min: usize,
) -> Vec<DefinitionError> {
    let (count, max) = (texts.len(), count_max);
    let too_many = (count > max).then_some(DefinitionError::TooMany { field, count, max });
    let lengths = texts.iter().filter_map(|text| length(field, text, chars_min, KEYWORD_CHARS_MAX));
    too_many.into_iter().chain(lengths).collect()
}

/// A custom identifier, compiled.
#[derive(Debug)]
pub(crate) struct Custom {
    pub definition: CustomIdentifier,
    searcher: Searcher,
    keywords: Keywords,
}

/// Memory that is used from value to value.
#[derive(Debug, Default)]
pub(crate) struct CustomScratch {
    marks: Vec<u32>,
    folded: Vec<u8>,
}

impl Custom {
    /// Calls `found` with every match in a value that counts. `names` is what is known of the names of
    /// its column or field: the keyword in them.
    pub fn detect(
        &self,
        value: &Value<'_>,
        named: Option<u16>,
        progress: &mut Progress,
        scratch: &mut CustomScratch,
        mut found: impl FnMut(Range<usize>, Option<KeywordFound>),
    ) {
        let CustomScratch { marks, folded } = scratch;
        let mut known = Known::default();
        self.searcher.search(value, progress, marks, |range| {
            let matched = &value.text[range.clone()];
            if self.definition.ignore_words.iter().any(|word| matched.contains(word.as_str())) {
                return;
            }
            if self.keywords.is_empty() {
                return found(range, None);
            }
            let evidence = match named {
                Some(keyword) => Some(KeywordFound { keyword, place: KeywordPlace::Name }),
                None => self.keywords.before(value.text, &range, &mut known, folded),
            };
            if evidence.is_some() {
                found(range, evidence);
            }
        });
    }

    /// Whether a text may hold a match.
    pub fn may_match(&self, text: &str) -> bool {
        self.searcher.may_match(text)
    }

    /// The keyword that stands in the names of a column or field.
    pub fn keyword_in(&self, context: &Context) -> Option<u16> {
        if self.keywords.is_empty() { None } else { self.keywords.in_names(context) }
    }
}
