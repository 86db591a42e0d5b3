//! What detection says of one match.

use crate::catalogue::{Anchor, Pattern, Proof};

/// One match in a block's text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// Index of the identifier in [`crate::Catalogue::identifiers`].
    pub identifier: usize,
    /// Index of the value in the block's segments.
    pub segment: usize,
    /// First byte in the block's text.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// How sure: 1 less the doubt that is left. The doubt is 0.5 for a form alone, 0.15 with check
    /// digits, 0.05 for a form that nothing else has. A keyword in the value halves it; a keyword in
    /// the column's or field's name, or one that the match is assigned to, leaves two fifths. A
    /// model tells its own score: 0.5 is the least that it reports.
    pub score: f32,
    /// Why.
    pub explanation: Explanation,
}

/// Why a match is one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Explanation {
    /// What its form and check prove.
    pub proof: Proof,
    /// The check that it passed, by name; empty if its form was all there is to check.
    pub check: &'static str,
    /// The keyword that was needed, if one was.
    pub keyword: Option<KeywordEvidence>,
    /// Whether the match is a value of any form, known only by the name it is assigned to.
    pub assigned: bool,
}

/// A keyword and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeywordEvidence {
    /// The keyword as the catalogue has it: lower case, separators as spaces.
    pub keyword: &'static str,
    /// Where it stands.
    pub place: KeywordPlace,
}

/// Where a keyword stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeywordPlace {
    /// In the value, so many characters from the match.
    Value {
        /// Characters between match and keyword.
        distance: u16,
        /// On which side of the match.
        side: Side,
    },
    /// Directly before the match, which is assigned to it: `keyword = match`.
    Assigned,
    /// In the name of the column, or of an element of the field's path.
    Name,
}

/// On which side of a match a keyword in its value stands, the better ones first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// Before it.
    Before,
    /// Behind it.
    Behind,
    /// Behind it, and before another value that it names: `ssn: X, passport: Y`.
    Elsewhere,
}

impl KeywordPlace {
    /// What decides between two keywords in a value: the less, the nearer. One that names another value counts
    /// only where there is no other.
    pub(crate) fn remoteness(self) -> (bool, u16, Side) {
        match self {
            KeywordPlace::Value { distance, side } => (side == Side::Elsewhere, distance, side),
            KeywordPlace::Assigned | KeywordPlace::Name => (false, 0, Side::Before),
        }
    }
}

impl Explanation {
    /// Why a match of a pattern is one.
    pub(crate) fn of(pattern: &Pattern, keyword: Option<KeywordEvidence>) -> Self {
        let assigned = pattern.anchor == Anchor::Assigned;
        Self { proof: pattern.proof, check: pattern.check_name, keyword, assigned }
    }

    /// The score that [`Hit::score`] describes.
    pub(crate) fn score(&self) -> f32 {
        let doubt = match self.proof {
            Proof::Model | Proof::Form => 0.5,
            Proof::Checksum => 0.15,
            Proof::Distinctive => 0.05,
        };
        let left = match self.keyword.map(|evidence| evidence.place) {
            None => 1.0,
            Some(KeywordPlace::Value { .. }) => 0.5,
            Some(KeywordPlace::Name | KeywordPlace::Assigned) => 0.4,
        };
        1.0 - doubt * left
    }

    /// How a match was known: 2 by itself, 1 with a keyword's help or by a model, 0 by the name that it is
    /// assigned to.
    pub(crate) fn kind(&self) -> u8 {
        match self.keyword {
            _ if self.proof == Proof::Model => 1,
            None => 2,
            Some(_) if self.assigned => 0,
            Some(_) => 1,
        }
    }

    /// How far the keyword is; as near as a name if none was needed.
    pub(crate) fn remoteness(&self) -> (bool, u16, Side) {
        self.keyword.map_or(KeywordPlace::Name, |evidence| evidence.place).remoteness()
    }
}
