//! Names that the values of one field give to those of another in the same record: of fields such as
//! `attribute` and `value`.
//!
//! Columns come one after the other, so the names of many records are kept: the attribute's column first.
//! What comes before its name, or after more records than are kept, has none.

use super::Node;
use crate::limits::Limits;
use crate::tables::pairs::pairs;
use crate::tables::roles::Roles;
use std::collections::{BTreeMap, HashMap};

/// Records whose names are kept together.
const CHUNK_RECORDS: u64 = 4_096;

/// Chunks of records that are kept: of 4,194,304 records.
const CHUNKS_MAX: usize = 1_024;

/// No name.
pub(super) const NONE: u32 = 0;

/// What a field has to do with names.
#[derive(Clone, Copy)]
enum Part {
    Attribute(Roles),
    /// Named by the field of that node.
    Value(u32),
}

/// The names of one attribute's field, by record.
#[derive(Default)]
struct Chunks(HashMap<u64, Box<[u32]>>);

#[derive(Default)]
pub(super) struct RecordLabels {
    parts: HashMap<u32, Part>,
    /// By node of the schema, whether it is in a pair.
    is_paired: Vec<bool>,
    by_attribute: HashMap<u32, Chunks>,
    names: Vec<String>,
    by_name: HashMap<String, u32>,
    /// Contexts of values by their field's and the name.
    pub contexts: HashMap<(u32, u32), u32>,
    /// The last attribute that stands where there is no schema: in which object, of which record.
    last: Option<(u32, u64, u32)>,
}

impl RecordLabels {
    /// Whether the values of a field name others or are named.
    pub fn concern(&self, node: Node) -> bool {
        let is_any = node.roles.is_name() || node.roles.is_value();
        self.is_paired.get(node.node as usize).copied().unwrap_or(is_any)
    }

    /// Takes the fields of a schema of so many nodes: by node, its fields by name.
    pub fn keep(&mut self, members: &HashMap<u32, BTreeMap<String, Node>>, nodes: usize) {
        self.is_paired = vec![false; nodes];
        for fields in members.values() {
            let mut fields: Vec<(&str, Node)> =
                fields.iter().map(|(name, node)| (name.as_str(), *node)).collect();
            fields.sort_unstable_by_key(|(_, node)| node.node);
            for pair in pairs(fields.iter().map(|(name, _)| *name)) {
                let node = |column: u32| fields.get(column as usize).map(|(_, node)| node.node);
                if let (Some(attribute), Some(value)) = (node(pair.attribute), node(pair.value)) {
                    self.parts.insert(attribute, Part::Attribute(pair.roles));
                    self.parts.insert(value, Part::Value(attribute));
                    for node in [attribute, value] {
                        self.is_paired[node as usize] = true;
                    }
                }
            }
        }
    }

    /// A value of some records, in a field of that parent: keeps it if it is a name.
    pub fn tell(
        &mut self,
        node: Node,
        parent: u32,
        text: &str,
        records: impl Iterator<Item = u64>,
        limits: &Limits,
    ) {
        let (roles, is_of_schema) = match self.parts.get(&node.node) {
            Some(Part::Attribute(roles)) => (*roles, true),
            None if node.roles.is_name() && !node.roles.is_value() => (node.roles, false),
            _ => return,
        };
        let label = roles.label(text).map_or(NONE, |label| self.number(label, limits));
        if !is_of_schema {
            if let (Some(record), true) = (records.last(), label != NONE) {
                self.last = Some((parent, record, label));
            }
            return;
        }
        let chunks = self.by_attribute.entry(node.node).or_default();
        records.for_each(|record| chunks.set(record, label));
    }

    /// The name of a value of a record.
    pub fn of(&self, node: Node, parent: u32, record: u64) -> u32 {
        match (self.parts.get(&node.node), self.last) {
            (Some(Part::Value(attribute)), _) => {
                self.by_attribute.get(attribute).map_or(NONE, |chunks| chunks.get(record))
            }
            (None, Some((of, at, label))) if node.roles.are(Roles::VALUE) => {
                if of == parent && at == record { label } else { NONE }
            }
            _ => NONE,
        }
    }

    /// The text of a name.
    pub fn name(&self, label: u32) -> Option<&str> {
        let index = label.checked_sub(1)?;
        self.names.get(index as usize).map(String::as_str)
    }

    fn number(&mut self, name: &str, limits: &Limits) -> u32 {
        if let Some(known) = self.by_name.get(name) {
            return *known;
        }
        if self.names.len() >= limits.contexts_max {
            return NONE;
        }
        self.names.push(name.to_owned());
        let number = self.names.len() as u32;
        self.by_name.insert(name.to_owned(), number);
        number
    }
}

impl Chunks {
    fn set(&mut self, record: u64, label: u32) {
        let chunk = record / CHUNK_RECORDS;
        let is_known = self.0.contains_key(&chunk);
        if label == NONE && !is_known {
            return;
        }
        if !is_known && self.0.len() >= CHUNKS_MAX {
            self.0.clear();
        }
        let labels = self.0.entry(chunk);
        let labels = labels.or_insert_with(|| vec![NONE; CHUNK_RECORDS as usize].into());
        labels[(record % CHUNK_RECORDS) as usize] = label;
    }

    fn get(&self, record: u64) -> u32 {
        let labels = self.0.get(&(record / CHUNK_RECORDS));
        labels.map_or(NONE, |labels| labels[(record % CHUNK_RECORDS) as usize])
    }
}
