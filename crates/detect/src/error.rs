//! What can go wrong when a detector is made. Detection itself cannot fail.

/// An error of this crate.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A selection names an identifier that does not exist.
    #[error("there is no identifier `{id}`; did you mean `{suggestion}`?")]
    UnknownIdentifier {
        /// The id as given.
        id: String,
        /// The id that looks most like it.
        suggestion: String,
    },
    /// A word for many identifiers stands in a list of ids.
    #[error("`{word}` stands alone, not in a list of ids")]
    StandsAlone {
        /// `all`, `recommended` or `none`.
        word: &'static str,
    },
    /// A selection leaves no identifier.
    #[error("no identifier is selected")]
    NothingSelected,
    /// A custom identifier breaks a rule.
    #[error("custom identifier `{id}`: {problem}")]
    Custom {
        /// Its id.
        id: String,
        /// What is wrong.
        problem: crate::custom::DefinitionError,
    },
    /// Two identifiers have one id.
    #[error("the id `{id}` of a custom identifier is taken")]
    TakenId {
        /// The id.
        id: String,
    },
    /// There are too many custom identifiers.
    #[error("there are {count} custom identifiers; at most {max} are allowed")]
    TooManyCustom {
        /// How many there are.
        count: usize,
        /// The most.
        max: usize,
    },
}
