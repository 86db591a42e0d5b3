//! Names that the data itself gives to values, beside those of the members on their path: `ssn` in
//! `{"name": "ssn", "value": "123-45-6789"}`, or in the first row of a table.
//!
//! Each set of such names is kept once. There are at most so many at a time: what comes then loses these
//! names, and nothing else.

use super::contexts::NONE;
use crate::limits::Limits;
use crate::tables::pairs::RESTARTS_MAX;
use crate::tail_chars;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

/// Names in a set.
const NAMES_MAX: usize = 4;

/// A longer name loses characters from its start.
const NAME_CHARS_MAX: usize = 240;

#[derive(Debug)]
struct Set {
    /// The set with all names but the last.
    others: u32,
    name: Box<str>,
}

/// The sets.
#[derive(Debug)]
pub(super) struct Labels {
    sets: Vec<Set>,
    /// By hash of the other names and the last. Where two hashes are one, the later set stands.
    by_name: HashMap<u64, u32>,
    hashing: RandomState,
    bytes: usize,
    restarts: u32,
    sets_max: usize,
    bytes_max: usize,
}

impl Labels {
    pub fn new(limits: &Limits) -> Self {
        Labels {
            sets: Vec::new(),
            by_name: HashMap::new(),
            hashing: RandomState::new(),
            bytes: 0,
            restarts: 0,
            sets_max: limits.contexts_max,
            bytes_max: limits.contexts_bytes_max,
        }
    }

    /// Whether no more sets are kept.
    pub fn is_full(&self) -> bool {
        self.sets.len() >= self.sets_max || self.bytes >= self.bytes_max
    }

    /// Whether the sets may start anew.
    pub fn may_restart(&self) -> bool {
        self.restarts < RESTARTS_MAX
    }

    /// Forgets all sets. No value that is read may have one.
    pub fn restart(&mut self) {
        self.restarts += 1;
        self.sets.clear();
        self.by_name.clear();
        self.bytes = 0;
    }

    /// The set of these names and one more; the same if it can not be kept.
    pub fn with(&mut self, set: u32, name: &str) -> u32 {
        let name = tail_chars(name, NAME_CHARS_MAX);
        if name.is_empty() {
            return set;
        }
        let hash = self.hashing.hash_one((set, name));
        if let Some(known) = self.by_name.get(&hash)
            && self.sets[*known as usize].others == set
            && *self.sets[*known as usize].name == *name
        {
            return *known;
        }
        let names = self.names(set);
        if names.len() >= NAMES_MAX || names.contains(&name) || self.is_full() {
            return set;
        }
        let id = self.sets.len() as u32;
        self.bytes += name.len();
        self.sets.push(Set { others: set, name: name.into() });
        self.by_name.insert(hash, id);
        id
    }

    /// The set of the names of two.
    pub fn with_all(&mut self, set: u32, more: u32) -> u32 {
        if set == NONE {
            return more;
        }
        let names: Vec<String> = self.names(more).into_iter().map(str::to_owned).collect();
        names.iter().fold(set, |set, name| self.with(set, name))
    }

    /// The names of a set, in the order in which they came.
    pub fn names(&self, mut set: u32) -> Vec<&str> {
        let mut names = Vec::new();
        while let Some(Set { others, name }) = self.sets.get(set as usize) {
            names.push(&**name);
            set = *others;
        }
        names.reverse();
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_of_names() {
        let mut labels = Labels::new(&Limits { contexts_max: 5, ..Limits::default() });
        let ssn = labels.with(NONE, "ssn");
        let both = labels.with(ssn, "US");
        assert_eq!(labels.names(both), ["ssn", "US"]);
        assert_eq!(labels.with(NONE, "ssn"), ssn);
        assert_eq!(labels.with(both, "ssn"), both);
        let other = labels.with(NONE, "iban");
        let all = labels.with_all(other, both);
        assert_eq!(labels.names(all), ["iban", "ssn", "US"]);
        assert_eq!(labels.with(NONE, "one too many"), NONE);
        assert!(labels.is_full() && labels.names(NONE).is_empty());
    }
}
