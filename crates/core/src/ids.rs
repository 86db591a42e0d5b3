//! The names things go by. Each is a string with one meaning; none is ever parsed for content.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Wraps a text that is already known to be an id of this kind.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// One configured gate, by the name it has in the configuration.
    FlowName
}
id! {
    /// One pass of a flow over what has landed; the value of the tag `WorkflowId`.
    RunId
}
id! {
    /// One object's way through one run.
    PassageId
}
id! {
    /// The held objects of one run, waiting for a person.
    ReviewId
}
