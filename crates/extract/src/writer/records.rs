//! Values of records: of Parquet, Avro, ORC and Arrow.

use crate::gaps::Bound;
use crate::limits::Limits;
use crate::session::Session;
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
    node: u32,
    context: u32,
}

impl Node {
    /// The record itself.
    pub const ROOT: Node = Node { node: 0, context: 0 };
}

/// Writes the values of records, in any order.
pub(crate) struct RecordWriter<'w, 's> {
    session: &'w mut Session<'s>,
    /// Those of the root and of each named field.
    contexts: Vec<Context>,
    paths: Vec<PathNode>,
    members: HashMap<u32, BTreeMap<String, Node>>,
    elements: HashMap<u32, Vec<Node>>,
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
        Node { node, context }
    }

    /// All nodes so far hold for good: for those of a schema, not for those that values make.
    pub fn keep(&mut self) {
        self.kept = (self.contexts.len(), self.paths.len());
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
