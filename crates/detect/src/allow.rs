//! Allow lists: texts that are not sensitive though an identifier finds them (macie-engine, section 12).
//!
//! A detected text that is on a list, as a whole, is neither counted nor reported, whatever identifier
//! found it. The one exception is Macie's: postal addresses are never taken off.

use crate::custom::{Form, RegexError, WholeMatcher};
use std::collections::HashSet;

/// A list of words has at most so many entries.
pub const ALLOW_ENTRIES_MAX: usize = 100_000;

/// A list of words has at most so many bytes.
pub const ALLOW_BYTES_MAX: u64 = 35 * 1024 * 1024;

/// An entry has at most so many characters.
const ENTRY_CHARS_MAX: usize = 90;

/// No list takes these off.
const NEVER_ALLOWED: [&str; 1] = ["ADDRESS"];

/// An allow list, ready to compare.
#[derive(Debug)]
pub struct AllowList {
    name: String,
    kind: Kind,
    digest: blake3::Hash,
}

#[derive(Debug)]
enum Kind {
    /// Entries in small letters.
    Words(HashSet<Box<str>>),
    Regex(Box<WholeMatcher>),
}

/// Why an allow list can not be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AllowListError {
    /// It has no entry.
    #[error("the list has no entry")]
    Empty,
    /// It has too many entries.
    #[error("the list has more than {ALLOW_ENTRIES_MAX} entries")]
    TooManyEntries,
    /// It is too long.
    #[error("the list is longer than {ALLOW_BYTES_MAX} bytes")]
    TooLong,
    /// It is not UTF-8.
    #[error("line {line} is not UTF-8")]
    NotUtf8 {
        /// The line, from 1.
        line: usize,
    },
    /// An entry is too long.
    #[error("line {line} has {chars} characters; at most {ENTRY_CHARS_MAX} are allowed")]
    LongEntry {
        /// The line, from 1.
        line: usize,
        /// How many characters it has.
        chars: usize,
    },
    /// The regex.
    #[error("`regex`: {0}")]
    Regex(#[from] RegexError),
}

impl AllowList {
    /// A list of words: the content of a file with one entry on each line. Blank lines, and blanks at the
    /// ends of lines, do not count.
    ///
    /// # Errors
    /// When the content breaks a rule. A gate does not go on with half a list.
    pub fn words(name: impl Into<String>, content: &[u8]) -> Result<Self, AllowListError> {
        if content.len() as u64 > ALLOW_BYTES_MAX {
            return Err(AllowListError::TooLong);
        }
        let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
        let text = std::str::from_utf8(content).map_err(|error| {
            let before = &content[..error.valid_up_to()];
            let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            AllowListError::NotUtf8 { line }
        })?;
        let mut words = HashSet::new();
        let mut entries = 0;
        for (index, entry) in text.lines().enumerate() {
            let entry = entry.trim();
            let chars = entry.chars().count();
            if chars > ENTRY_CHARS_MAX {
                return Err(AllowListError::LongEntry { line: index + 1, chars });
            }
            if chars > 0 {
                entries += 1;
                words.insert(entry.to_lowercase().into_boxed_str());
            }
            if entries > ALLOW_ENTRIES_MAX {
                return Err(AllowListError::TooManyEntries);
            }
        }
        if words.is_empty() {
            return Err(AllowListError::Empty);
        }
        let digest = blake3::hash(content);
        Ok(Self { name: name.into(), kind: Kind::Words(words), digest })
    }

    /// A list by a regex that must match the whole detected text.
    ///
    /// # Errors
    /// When the regex is refused.
    pub fn regex(name: impl Into<String>, regex: &str) -> Result<Self, AllowListError> {
        let matcher = WholeMatcher::new(&Form::read(regex)?)?;
        let digest = blake3::hash(regex.as_bytes());
        Ok(Self { name: name.into(), kind: Kind::Regex(Box::new(matcher)), digest })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it takes off a text that an identifier found.
    pub fn takes_off(&self, identifier: &str, text: &str) -> bool {
        self.allows(identifier, text, &mut String::new())
    }

    /// The same; `small` is memory to use.
    pub(crate) fn allows(&self, identifier: &str, text: &str, small: &mut String) -> bool {
        if NEVER_ALLOWED.contains(&identifier) {
            return false;
        }
        match &self.kind {
            Kind::Regex(matcher) => matcher.matches(text),
            Kind::Words(words) => {
                small.clear();
                if text.is_ascii() {
                    small.push_str(text);
                    small.make_ascii_lowercase();
                } else {
                    small.push_str(&text.to_lowercase());
                }
                words.contains(small.as_str())
            }
        }
    }

    /// What tells this list's content from another's.
    pub(crate) fn digest(&self) -> (&'static str, &blake3::Hash) {
        let kind = match self.kind {
            Kind::Words(_) => "words",
            Kind::Regex(_) => "regex",
        };
        (kind, &self.digest)
    }
}
