//! Why a custom identifier or an allow list is refused.

use super::definition::{
    CUSTOM_ID_BYTES_MAX, DISTANCE_MAX, DISTANCE_MIN, IGNORE_WORDS_MAX, KEYWORDS_MAX,
    SEVERITY_LEVELS_MAX,
};
use super::syntax::{REGEX_CHARS_MAX, REPEAT_MAX};

/// Why a definition is refused: each names its field and the rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DefinitionError {
    /// The id can not be one.
    #[error(
        "`id` {id:?} can not be one: it has 1 to {CUSTOM_ID_BYTES_MAX} letters, digits, `_` and `-`"
    )]
    Id {
        /// The id as given.
        id: String,
    },
    /// A text has too few or too many characters.
    #[error("`{field}`: {text:?} has {chars} characters; {min} to {max} are allowed")]
    Length {
        /// The field.
        field: &'static str,
        /// The text's beginning.
        text: String,
        /// How many it has.
        chars: usize,
        /// The fewest.
        min: usize,
        /// The most.
        max: usize,
    },
    /// A list has too many elements.
    #[error("`{field}` has {count} elements; at most {max} are allowed")]
    TooMany {
        /// The field: at most 50 keywords, 10 words to ignore, 3 severity levels.
        field: &'static str,
        /// How many it has.
        count: usize,
        /// The most.
        max: usize,
    },
    /// The distance is out of bounds.
    #[error("`maximum_match_distance` is {value}, not between {DISTANCE_MIN} and {DISTANCE_MAX}")]
    Distance {
        /// The distance as given.
        value: u32,
    },
    /// Severity levels do not rise.
    #[error(
        "`severity_levels`: thresholds begin at 1 and rise with the severity from level to level"
    )]
    SeverityOrder,
    /// The regex.
    #[error("`regex`: {0}")]
    Regex(#[from] RegexError),
}

impl DefinitionError {
    /// The field that is wrong.
    pub fn field(&self) -> &'static str {
        match self {
            DefinitionError::Id { .. } => "id",
            DefinitionError::Length { field, .. } | DefinitionError::TooMany { field, .. } => field,
            DefinitionError::Distance { .. } => "maximum_match_distance",
            DefinitionError::SeverityOrder => "severity_levels",
            DefinitionError::Regex(_) => "regex",
        }
    }
}

/// Why a regex is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegexError {
    /// It is too long.
    #[error("it has {chars} characters; at most {REGEX_CHARS_MAX} are allowed")]
    TooLong {
        /// How many it has.
        chars: usize,
    },
    /// It is no regex.
    #[error("it can not be read at character {at}: {message}")]
    Syntax {
        /// Where, in characters from 1.
        at: usize,
        /// What the parser says.
        message: String,
    },
    /// It uses what is not supported, by Macie neither.
    #[error("{what} at character {at}: not supported")]
    Unsupported {
        /// What.
        what: &'static str,
        /// Where, in characters from 1.
        at: usize,
    },
    /// A bounded repeat is too large.
    #[error(
        "the repeat at character {at} counts to {count}; at most {REPEAT_MAX} is allowed, or no upper bound"
    )]
    LargeRepeat {
        /// Where, in characters from 1.
        at: usize,
        /// The count.
        count: u32,
    },
    /// Wildcards stand after one another.
    #[error(
        "three repeats without bounds stand after one another at character {at}, such as `a*b*a*`"
    )]
    StackedWildcards {
        /// Where, in characters from 1.
        at: usize,
    },
    /// It matches nothing at all.
    #[error("it matches the empty text")]
    MatchesEmpty,
    /// It can match no text.
    #[error("it can not match any text")]
    MatchesNothing,
    /// Its automaton does not fit.
    #[error(
        "it is too complex: its automaton needs more than {max_bytes} bytes; \
         narrow its wildcards or shorten its repeats"
    )]
    TooComplex {
        /// The bound.
        max_bytes: usize,
    },
}

const _: () = assert!(KEYWORDS_MAX == 50 && IGNORE_WORDS_MAX == 10 && SEVERITY_LEVELS_MAX == 3);
