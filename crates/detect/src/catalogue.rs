//! The managed identifiers, as the build script read them from `identifiers/*.yaml`.

use crate::automaton::{Automaton, Starts};
use crate::checks::Check;
use crate::edges::Edge;
use crate::keywords::{Heads, Keyword, Trie};
use lakegate_core::detection::Category;
use lakegate_core::verdict::Severity;

include!(concat!(env!("OUT_DIR"), "/catalogue.rs"));

/// The managed identifiers of this build.
pub struct Catalogue {
    identifiers: &'static [Identifier],
}

static MANAGED: Catalogue = Catalogue { identifiers: IDENTIFIERS };

impl Catalogue {
    /// The one catalogue that is built in.
    pub fn managed() -> &'static Catalogue {
        &MANAGED
    }

    /// All identifiers, in the order in which they are listed to people. An index into this slice
    /// is what [`crate::Hit::identifier`] holds.
    pub fn identifiers(&self) -> &'static [Identifier] {
        self.identifiers
    }

    /// The identifier of that id, with its index.
    pub fn find(&self, id: &str) -> Option<(usize, &'static Identifier)> {
        self.identifiers.iter().enumerate().find(|(_, identifier)| identifier.id == id)
    }
}

/// A kind of sensitive data.
#[derive(Debug)]
pub struct Identifier {
    /// Macie's id where Macie has one, such as `CREDIT_CARD_NUMBER`.
    pub id: &'static str,
    /// Its name for people.
    pub name: &'static str,
    /// Its category.
    pub category: Category,
    /// ISO 3166 codes of the countries it belongs to; empty for any.
    pub countries: &'static [&'static str],
    /// Whether it is in the set that is used by default.
    pub recommended: bool,
    /// What it is, how it is recognised and what is left out, in a few sentences.
    pub description: &'static str,
    /// Severity by least count, ascending.
    pub severity: &'static [(u64, Severity)],
    /// Words that must stand near where a pattern needs them.
    pub keywords: &'static [&'static str],
    /// How far from a match a keyword may stand in the same value, in characters.
    pub keyword_distance: u32,
    /// Where the facts are from.
    pub references: &'static [&'static str],
    /// Texts in which it is found.
    pub examples: &'static [Example],
    /// Near misses in which it is not found.
    pub counter_examples: &'static [Example],
    /// First and one past the last of its patterns in [`PATTERNS`].
    pub(crate) patterns: (u16, u16),
    /// The model that finds it, if no pattern does.
    pub(crate) model: Option<Model>,
}

/// What an identifier asks of keywords.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeywordRule {
    /// Found by its form alone.
    NotNeeded,
    /// Some of its forms need a keyword, others do not.
    Varies,
    /// Found only near a keyword, or in a column or field that is named by one.
    Required,
}

impl Identifier {
    /// How grave `count` occurrences in one object are (macie-engine, section 8).
    pub fn severity(&self, count: u64) -> Severity {
        self.severity
            .iter()
            .rev()
            .find(|(from, _)| *from <= count)
            .map_or(Severity::Low, |(_, level)| *level)
    }

    /// What it asks of keywords.
    pub fn keyword_rule(&self) -> KeywordRule {
        let required = self.patterns().iter().filter(|p| p.need == Need::Required).count();
        match required {
            0 => KeywordRule::NotNeeded,
            n if n == self.patterns().len() => KeywordRule::Required,
            _ => KeywordRule::Varies,
        }
    }

    /// Names of the checks that matches of its forms must pass, each once.
    pub fn checks(&self) -> Vec<&'static str> {
        let mut names: Vec<_> = self.patterns().iter().map(|pattern| pattern.check_name).collect();
        names.retain(|name| !name.is_empty());
        names.sort_unstable();
        names.dedup();
        names
    }

    pub(crate) fn patterns(&self) -> &'static [Pattern] {
        &PATTERNS[usize::from(self.patterns.0)..usize::from(self.patterns.1)]
    }
}

/// A text, or a value of a column, that shows what an identifier finds or leaves.
#[derive(Debug)]
pub struct Example {
    /// The text, or the value.
    pub text: &'static str,
    /// The column's name, if it is a value of a table.
    pub column: Option<&'static str>,
}

/// One form of an identifier.
#[derive(Debug)]
pub(crate) struct Pattern {
    /// Index of its identifier.
    pub identifier: u16,
    /// Its regex, for the digest and for the reference implementation.
    pub regex: &'static str,
    /// Where a match may start.
    pub anchor: Anchor,
    /// What it asks of keywords.
    pub need: Need,
    /// What may stand before a match.
    pub left: Edge,
    /// What may stand after it.
    pub right: Edge,
    /// What else must hold.
    pub check: Option<&'static Check>,
    /// The check's name, for the digest.
    pub check_name: &'static str,
    /// What the check proves.
    pub proof: Proof,
}

/// Where a match of a pattern may start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    /// At a token (see [`crate::candidates`]).
    Token,
    /// At the start of what stands before an `@`.
    At,
    /// At the start of a URL's scheme.
    Scheme,
    /// At the first group of hexadecimal digits with colons between.
    Colons,
    /// A few characters before a `Q~`.
    Tilde,
    /// At the start of a value that is assigned to a keyword.
    Assigned,
}

/// A model that finds what has no form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Model {
    /// Names of people.
    Name,
    /// Postal addresses.
    Address,
    /// Diseases, procedures and drugs.
    MedicalTerm,
}

/// What a pattern asks of keywords.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// Nothing.
    None,
    /// One must be there.
    Required,
    /// None may be there: another identifier reports those matches.
    Absent,
}

/// How much a pattern and its check prove.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Proof {
    /// A model judged the words and their neighbours.
    Model,
    /// The form fits.
    Form,
    /// Check digits fit.
    Checksum,
    /// A form so particular that nothing else has it, such as a vendor's key prefix.
    Distinctive,
}
