//! Custom identifiers: what an operator looks for beside the managed ones, with Macie's rules
//! (macie-engine, section 11).
//!
//! A [`CustomIdentifier`] is a regex with keywords, words to ignore and severity levels. It is checked
//! and compiled once ([`CustomIdentifier::compile`]); what can not be checked in linear time and bounded
//! memory is refused with its reason, and never merely slow.
//!
//! How a match is looked for:
//! 1. A literal that every match holds, if the regex has one, is searched for; a value without it is
//!    passed over at the speed of memory. Where the literal stands at a known place of the match, it says
//!    at once where a match may begin.
//! 2. Otherwise an automaton goes over the value once, backwards, and marks where a match may begin. So a
//!    regex without a literal costs one step of an automaton for every byte: about a nanosecond.
//! 3. From each mark that no earlier match covers, a second automaton goes forward, as far as a match
//!    goes, but at most [`CUSTOM_MATCH_BYTES_MAX`].
//! 4. What it found counts if it holds no ignored word, and has its keyword before it or in a name.
//!
//! Matches of one identifier do not overlap: the leftmost counts, as with any search from left to right.
//! The search of a value that comes in several blocks goes on where it stood, so the same is found
//! however a text is cut. Custom and managed identifiers do not hide each other, as with Macie: a count
//! that a severity level asks for must not depend on what else is looked for.

mod definition;
mod error;
mod evidence;
mod search;
mod syntax;

pub use definition::{
    CUSTOM_ID_BYTES_MAX, CustomIdentifier, DISTANCE_DEFAULT, DISTANCE_MAX, DISTANCE_MIN,
    IGNORE_WORDS_MAX, KEYWORD_CHARS_MAX, KEYWORD_CHARS_MIN, KEYWORDS_MAX, SEVERITY_LEVELS_MAX,
    SeverityLevel,
};
pub use error::{DefinitionError, RegexError};
pub use evidence::CUSTOM_BEFORE_BYTES;
pub use search::{CUSTOM_AFTER_BYTES, CUSTOM_MATCH_BYTES_MAX, STEPS_FREE, STEPS_PER_BYTE};
pub use syntax::{REGEX_CHARS_MAX, REPEAT_MAX};

pub(crate) use definition::{Custom, CustomScratch};
pub(crate) use search::{Progress, Value, WholeMatcher};
pub(crate) use syntax::Form;

#[cfg(test)]
mod tests;
