//! The contexts of JSON values: one for each distinct chain of element names, without array indices.
//!
//! Records repeat their shape, so the table remembers which member followed which: in the common case a
//! name is found by one comparison with the bytes of the text.

use super::labels::Labels;
use crate::limits::Limits;
use crate::tables::roles::Roles;
use crate::tail_chars;
use crate::text::reader::next_epoch;
use lakegate_core::text::Context;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

/// No entry.
pub(super) const NONE: u32 = u32::MAX;

/// Names of a context that are kept: the innermost.
const NAMES_MAX: usize = 32;

/// A longer element name loses characters from its start (macie-engine, section 10).
const NAME_CHARS_MAX: usize = 240;

/// Longer names are not told apart by more than their end.
const KEY_BYTES_MAX: usize = 4 * NAME_CHARS_MAX;

/// How often what follows is looked at in objects of one place where nothing comes of it.
const LOOKS_MAX: u8 = 64;

#[derive(Debug)]
struct Entry {
    parent: u32,
    /// What its name says.
    roles: Roles,
    /// Looks in vain at what follows there.
    looks: u8,
    /// The name as it stands in the text, escapes and all.
    key: Box<str>,
    /// The member that came first in this one the last time.
    first_member: u32,
    /// The member that came after this one the last time.
    next_member: u32,
}

/// The table. Entry 0 is the record itself.
#[derive(Debug)]
pub(super) struct Contexts {
    contexts: Vec<Context>,
    entries: Vec<Entry>,
    /// By hash of parent and key. Where two hashes are one, the later entry stands, and the earlier is
    /// made again when it is met.
    by_name: HashMap<u64, u32>,
    /// By context and set of further names.
    labelled: HashMap<(u32, u32), u32>,
    /// Bytes of the names of those.
    labelled_bytes: usize,
    hashing: RandomState,
    /// Entries and bytes that the last restart left.
    base: (usize, usize),
    bytes: usize,
    epoch: u64,
    entries_max: usize,
    bytes_max: usize,
}

impl Contexts {
    pub(super) fn new(limits: &Limits) -> Self {
        Contexts::empty(RandomState::new(), limits.contexts_max, limits.contexts_bytes_max)
    }

    fn empty(hashing: RandomState, entries_max: usize, bytes_max: usize) -> Self {
        let root = Entry::new(0, "", Roles::default());
        Contexts {
            contexts: vec![Context::default()],
            entries: vec![root],
            by_name: HashMap::new(),
            labelled: HashMap::new(),
            labelled_bytes: 0,
            hashing,
            base: (0, 0),
            bytes: 0,
            epoch: next_epoch(),
            entries_max,
            bytes_max,
        }
    }

    pub(super) fn as_slice(&self) -> &[Context] {
        &self.contexts
    }

    pub(super) fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The member that is expected after `previous` (`NONE`: first) in an object, and its name.
    #[inline(always)]
    pub(super) fn expected(&self, object: u32, previous: u32) -> Option<(u32, &str)> {
        let expected = if previous == NONE {
            self.entries[object as usize].first_member
        } else {
            self.entries[previous as usize].next_member
        };
        self.entries.get(expected as usize).map(|entry| (expected, &*entry.key))
    }

    /// The context of a member that is known, noting that it came after `previous`.
    pub(super) fn find(&mut self, object: u32, previous: u32, key: &str) -> Option<u32> {
        let key = short_key(key);
        let found = *self.by_name.get(&self.hash(object, key))?;
        let entry = &self.entries[found as usize];
        if entry.parent != object || *entry.key != *key {
            return None;
        }
        self.follow(object, previous, found);
        Some(found)
    }

    /// Whether so much was added that the table should start anew first.
    pub(super) fn is_full(&self) -> bool {
        self.entries.len() - self.labelled.len() - self.base.0 >= self.entries_max
            || self.bytes - self.base.1 >= self.bytes_max
    }

    /// Adds a member. `name` is its key without escapes.
    pub(super) fn add(&mut self, object: u32, previous: u32, key: &str, name: &str) -> u32 {
        let key = short_key(key);
        let id = self.entries.len() as u32;
        let above = &self.contexts[object as usize].names;
        let surplus = (above.len() + 1).saturating_sub(NAMES_MAX);
        let mut names = above[surplus..].to_vec();
        names.push(tail_chars(name, NAME_CHARS_MAX).to_owned());
        self.bytes += key.len() + names.iter().map(String::len).sum::<usize>();
        self.contexts.push(Context { names });
        self.entries.push(Entry::new(object, key, Roles::of(name)));
        self.by_name.insert(self.hash(object, key), id);
        self.follow(object, previous, id);
        id
    }

    /// What the name of a member says.
    #[inline(always)]
    pub(super) fn roles(&self, member: u32) -> Roles {
        self.entries.get(member as usize).map_or(Roles::NONE, |entry| entry.roles)
    }

    /// The same of a member that is known by its name in an object.
    pub(super) fn roles_of(&self, object: u32, key: &str) -> Option<Roles> {
        let known = *self.by_name.get(&self.hash(object, short_key(key)))?;
        let entry = &self.entries[known as usize];
        (entry.parent == object && *entry.key == *key).then_some(entry.roles)
    }

    /// Whether it may be worth it to look at what follows in this place.
    pub(super) fn may_look(&self, place: u32) -> bool {
        self.entries[place as usize].looks < LOOKS_MAX
    }

    /// What follows in this place was looked at.
    pub(super) fn has_looked(&mut self, place: u32, is_useful: bool) {
        let looks = &mut self.entries[place as usize].looks;
        *looks = if is_useful { 0 } else { looks.saturating_add(1) };
    }

    /// The context with a set of further names; the same if there are too many.
    #[cold]
    pub(super) fn labelled(&mut self, context: u32, set: u32, labels: &Labels) -> u32 {
        if let Some(known) = self.labelled.get(&(context, set)) {
            return *known;
        }
        if self.labelled.len() >= self.entries_max || self.labelled_bytes >= self.bytes_max {
            return context;
        }
        let mut names = self.contexts[context as usize].names.clone();
        names.extend(labels.names(set).into_iter().map(str::to_owned));
        names.drain(..names.len().saturating_sub(NAMES_MAX));
        self.labelled_bytes += names.iter().map(String::len).sum::<usize>();
        let id = self.entries.len() as u32;
        self.contexts.push(Context { names });
        self.entries.push(Entry::new(context, "", Roles::default()));
        self.labelled.insert((context, set), id);
        id
    }

    /// Empties the table under another epoch, and returns the old one.
    pub(super) fn restart(&mut self) -> Contexts {
        let empty = Contexts::empty(self.hashing.clone(), self.entries_max, self.bytes_max);
        std::mem::replace(self, empty)
    }

    /// What is in the table now does not count towards its bounds: it is the open objects' own.
    pub(super) fn set_base(&mut self) {
        self.base = (self.entries.len(), self.bytes);
    }

    /// The key and name under which a member was added.
    pub(super) fn key_and_name(&self, member: u32) -> (&str, &str) {
        let name = self.contexts[member as usize].names.last().map_or("", String::as_str);
        (&self.entries[member as usize].key, name)
    }

    fn follow(&mut self, object: u32, previous: u32, member: u32) {
        if previous == NONE {
            self.entries[object as usize].first_member = member;
        } else {
            self.entries[previous as usize].next_member = member;
        }
    }

    fn hash(&self, object: u32, key: &str) -> u64 {
        self.hashing.hash_one((object, key))
    }
}

impl Entry {
    fn new(parent: u32, key: &str, roles: Roles) -> Self {
        Entry { parent, roles, looks: 0, key: key.into(), first_member: NONE, next_member: NONE }
    }
}

fn short_key(key: &str) -> &str {
    &key[key.ceil_char_boundary(key.len() - KEY_BYTES_MAX.min(key.len()))..]
}

/// Whether a name this long is told apart from all others.
pub(super) fn is_exact(key: &str) -> bool {
    key.len() <= KEY_BYTES_MAX
}
