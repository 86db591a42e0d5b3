//! A training text in the making: text and the names in it.

use lakegate_tagger::model::Tag;
use std::ops::Range;

/// What a stretch of a training text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A person's name.
    Person,
    /// A postal address.
    Address,
    /// An organisation's name.
    Organisation,
    /// A place's name.
    Place,
    /// Another name.
    Misc,
}

impl Kind {
    /// The tag of the kind's first token and of its others.
    pub fn tags(self) -> (Tag, Tag) {
        match self {
            Kind::Person => (Tag::PersonFirst, Tag::Person),
            Kind::Address => (Tag::AddressFirst, Tag::Address),
            Kind::Organisation => (Tag::Organisation, Tag::Organisation),
            Kind::Place => (Tag::Place, Tag::Place),
            Kind::Misc => (Tag::Misc, Tag::Misc),
        }
    }
}

/// Text and what stands in it.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// The text.
    pub text: String,
    /// Its names, in order.
    pub spans: Vec<(Range<usize>, Kind)>,
}

impl Draft {
    /// Adds plain text.
    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds a name.
    pub fn mark(&mut self, kind: Kind, text: &str) {
        let start = self.text.len();
        self.text.push_str(text);
        self.spans.push((start..self.text.len(), kind));
    }

    /// Adds another draft.
    pub fn append(&mut self, other: &Draft) {
        let shift = self.text.len();
        self.text.push_str(&other.text);
        let moved = other.spans.iter().map(|(r, kind)| (r.start + shift..r.end + shift, *kind));
        self.spans.extend(moved);
    }

    /// The draft with each part of its text changed.
    pub fn map(&self, change: impl Fn(&str) -> String) -> Draft {
        let mut out = Draft::default();
        let mut at = 0;
        for (range, kind) in &self.spans {
            out.push(&change(&self.text[at..range.start]));
            out.mark(*kind, &change(&self.text[range.clone()]));
            at = range.end;
        }
        out.push(&change(&self.text[at..]));
        out
    }
}
