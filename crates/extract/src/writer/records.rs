//! Values of records: of Parquet, Avro, ORC and Arrow.

use super::record_labels::{NONE, RecordLabels};
use crate::gaps::Bound;
use crate::limits::Limits;
use crate::session::Session;
use crate::tables::roles::Roles;
use crate::text::reader::next_epoch;
use lakegate_core::coverage::Coverage;
use lakegate_core::text::{Block, Context, Layout, PathNode, PathStep, Place, Repeats, Segment};
use std::collections::{BTreeMap, HashMap};
use std::io::Read;

/// Further records that the values of one block may stand in. 1,048,576.
const REPEATS_MAX: usize = 1 << 20;

/// A place in records: a field, or an element of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    pub(super) node: u32,
    context: u32,
    /// What a field's name says of its values.
    pub(super) roles: Roles,
}

impl Node {
    /// The record itself.
    pub const ROOT: Node = Node { node: 0, context: 0, roles: Roles::NONE };
}

/// Writes the values of records, in any order.
pub(crate) struct RecordWriter<'w, 's> {
    session: &'w mut Session<'s>,
    /// Those of the root and of each named field.
    contexts: Vec<Context>,
    paths: Vec<PathNode>,
    members: HashMap<u32, BTreeMap<String, Node>>,
    elements: HashMap<u32, Vec<Node>>,
    labels: RecordLabels,
    /// How many contexts and nodes are kept when a block is handed on.
    kept: (usize, usize),
    epoch: u64,
    text: String,
    segments: Vec<Segment>,
    repeat_ends: Vec<u32>,
    repeat_units: Vec<u64>,
}

impl<'w, 's> RecordWriter<'w, 's> {
    /// Records of the object.
    pub fn new(session: &'w mut Session<'s>) -> Self {
        Self {
            session,
            contexts: vec![Context::default()],
            paths: vec![PathNode { parent: 0, step: PathStep::Root }],
            members: HashMap::new(),
            elements: HashMap::new(),
            labels: RecordLabels::default(),
            kept: (1, 1),
            epoch: next_epoch(),
            text: String::new(),
            segments: Vec::new(),
            repeat_ends: Vec::new(),
            repeat_units: Vec::new(),
        }
    }

    /// The field of that name below a node. It holds up to the next [`RecordWriter::settle`], or for good
    /// if [`RecordWriter::keep`] was called since.
    pub fn member(&mut self, parent: Node, name: &str) -> Node {
        if let Some(node) = self.members.get(&parent.node).and_then(|names| names.get(name)) {
            return *node;
        }
        let mut names = self.contexts[parent.context as usize].names.clone();
        names.push(name.to_owned());
        let context = self.contexts.len() as u32;
        self.contexts.push(Context { names });
        let node = self.push(parent, PathStep::Member { context }, context);
        let node = Node { roles: Roles::of(name), ..node };
        self.members.entry(parent.node).or_default().insert(name.to_owned(), node);
        node
    }

    /// The element of a list, from 0; it holds as long as a field does.
    pub fn element(&mut self, list: Node, index: u64) -> Node {
        let known = self.elements.get(&list.node).map_or(0, Vec::len) as u64;
        for next in known..=index {
            let node = self.push(list, PathStep::Element { index: next }, list.context);
            self.elements.entry(list.node).or_default().push(node);
        }
        self.elements[&list.node][index as usize]
    }

    fn push(&mut self, parent: Node, step: PathStep, context: u32) -> Node {
        let node = self.paths.len() as u32;
        self.paths.push(PathNode { parent: parent.node, step });
        Node { node, context, roles: Roles::NONE }
    }

    /// All nodes so far hold for good: for those of a schema, not for those that values make.
    pub fn keep(&mut self) {
        self.kept = (self.contexts.len(), self.paths.len());
        self.labels.keep(&self.members, self.paths.len());
    }

    /// A value of the record of that index, from 0, and of `further` ones that have the same. Empty values
    /// need not be told.
    pub fn repeated(
        &mut self,
        record: u64,
        node: Node,
        text: &str,
        further: impl Iterator<Item = u64>,
    ) {
        if text.is_empty() {
            return;
        }
        self.session.look_into(text);
        if !node.roles.is_none() && self.labels.concern(node) {
            self.named(record, node, text, further.collect());
        } else {
            self.put(record, node, text, further);
        }
    }

    /// A value that may name another one of its record, or be named by one.
    fn named(&mut self, record: u64, node: Node, text: &str, further: Vec<u64>) {
        let parent = self.paths[node.node as usize].parent;
        let records = || std::iter::once(record).chain(further.iter().copied());
        self.labels.tell(node, parent, text, records(), self.session.limits);
        if further.is_empty() {
            let label = self.labels.of(node, parent, record);
            let node = Node { context: self.labelled(node.context, label), ..node };
            self.put(record, node, text, further.into_iter());
            return;
        }
        let mut by_label: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
        for record in records() {
            by_label.entry(self.labels.of(node, parent, record)).or_default().push(record);
        }
        for (label, records) in by_label {
            let node = Node { context: self.labelled(node.context, label), ..node };
            let mut records = records.into_iter();
            if let Some(record) = records.next() {
                self.put(record, node, text, records);
            }
        }
    }

    /// The context of a field's values with one more name.
    fn labelled(&mut self, context: u32, label: u32) -> u32 {
        let name = self.labels.name(label).filter(|_| label != NONE);
        let Some(name) = name else { return context };
        if let Some(known) = self.labels.contexts.get(&(context, label)) {
            return *known;
        }
        let mut names = self.contexts[context as usize].names.clone();
        names.push(name.to_owned());
        let id = self.contexts.len() as u32;
        self.contexts.push(Context { names });
        self.labels.contexts.insert((context, label), id);
        id
    }

    fn put(&mut self, record: u64, node: Node, text: &str, further: impl Iterator<Item = u64>) {
        let limits = self.session.limits;
        if text.len() > limits.value_bytes_max {
            self.long(record, node, text, further);
            return;
        }
        if self.text.len() + text.len() > limits.block_bytes
            || self.segments.len() >= limits.segments_max
            || self.repeat_units.len() >= REPEATS_MAX
        {
            self.flush();
        }
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        let start = self.text.len() as u32;
        self.text.push_str(text);
        self.segments.push(Segment {
            start,
            end: self.text.len() as u32,
            context: node.context,
            unit: record,
            part: node.node,
        });
        self.repeat_units.extend(further);
        self.repeat_ends.push(self.repeat_units.len() as u32);
    }

    /// Hands on a value that is too long for one segment in pieces that overlap, each in a block of its
    /// own, all with the location of the whole.
    fn long(&mut self, record: u64, node: Node, text: &str, further: impl Iterator<Item = u64>) {
        self.flush();
        let limits = self.session.limits;
        let piece_bytes = limits.block_bytes.min(limits.value_bytes_max);
        let half = limits.overlap_bytes / 2;
        let units: Vec<u64> = further.collect();
        let ends = [units.len() as u32];
        let (mut start, mut own_start) = (0, 0);
        loop {
            let end = text.floor_char_boundary((start + piece_bytes).min(text.len()));
            let is_last = end == text.len();
            let own_end = if is_last { end } else { text.floor_char_boundary(end - half) };
            let length = (end - start) as u32;
            let (context, part) = (node.context, node.node);
            let segment = Segment { start: 0, end: length, context, unit: record, part };
            self.session.emit(&Block {
                text: &text[start..end],
                segments: &[segment],
                contexts: &self.contexts,
                paths: &self.paths,
                layout: Layout::Records,
                place: Place::default(),
                repeats: Repeats { ends: &ends, units: &units },
                own_start: (own_start - start) as u32,
                own_end: (own_end - start) as u32,
                contexts_epoch: self.epoch,
            });
            if is_last {
                return;
            }
            own_start = own_end;
            start = text.floor_char_boundary(own_end - half);
        }
    }

    /// Reads what a value holds as an object of its own, a member under this name.
    pub fn within(&mut self, name: &str, input: &mut dyn Read) -> Result<Coverage, Bound> {
        self.session.within(name, input, None)
    }

    /// The names on the way to a node, with dots between.
    pub fn names(&self, node: Node) -> String {
        self.contexts[node.context as usize].names.join(".")
    }

    /// The bounds.
    pub fn limits(&self) -> &'s Limits {
        self.session.limits
    }

    /// Between records: nodes that are not kept may be forgotten, so that memory does not grow.
    pub fn settle(&mut self) {
        let limits = self.session.limits;
        if self.contexts.len() - self.kept.0 <= limits.contexts_max
            && self.paths.len() - self.kept.1 <= limits.segments_max
        {
            return;
        }
        self.flush();
        let (contexts, paths) = self.kept;
        self.contexts.truncate(contexts);
        self.labels.contexts.clear();
        self.paths.truncate(paths);
        let is_kept = |node: &Node| (node.node as usize) < paths;
        for names in self.members.values_mut() {
            names.retain(|_, node| is_kept(node));
        }
        for list in self.elements.values_mut() {
            list.retain(is_kept);
        }
        self.members.retain(|_, names| !names.is_empty());
        self.elements.retain(|_, list| !list.is_empty());
        self.epoch = next_epoch();
    }

    /// Hands on what is left.
    pub fn finish(mut self) {
        self.flush();
    }

    fn flush(&mut self) {
        if self.segments.is_empty() {
            return;
        }
        let has_repeats = !self.repeat_units.is_empty();
        let ends = if has_repeats { &self.repeat_ends[..] } else { &[] };
        self.session.emit(&Block {
            text: &self.text,
            segments: &self.segments,
            contexts: &self.contexts,
            paths: &self.paths,
            layout: Layout::Records,
            place: Place::default(),
            repeats: Repeats { ends, units: &self.repeat_units },
            own_start: 0,
            own_end: self.text.len() as u32,
            contexts_epoch: self.epoch,
        });
        self.text.clear();
        self.segments.clear();
        self.repeat_ends.clear();
        self.repeat_units.clear();
    }
}
