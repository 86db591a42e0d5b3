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
        suggestion: &'static str,
    },
    /// A selection leaves no identifier.
    #[error("no identifier is selected")]
    NothingSelected,
}
