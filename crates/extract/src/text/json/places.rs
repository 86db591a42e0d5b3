//! Where a JSON value stands: its record, its path and the names above it.

use super::JsonReader;
use super::contexts::NONE;
use lakegate_core::text::{PathNode, PathStep, Segment};

impl JsonReader {
    #[inline(always)]
    pub(super) fn push(&mut self, segment: Segment, escaped: bool) {
        if segment.start == segment.end {
            return;
        }
        self.values += 1;
        if escaped {
            self.batch.escaped.push(self.batch.segments.len() as u32);
        }
        self.batch.segments.push(segment);
    }

    #[inline(always)]
    pub(super) fn value_segment(&mut self, start: usize, end: usize) -> Segment {
        let part = match self.stack.len() {
            0 => 0,
            depth => {
                let parent = self.container_node(depth - 1);
                self.push_node(parent, depth - 1)
            }
        };
        Segment {
            start: start as u32,
            end: end as u32,
            context: self.value_context(),
            unit: self.position.record,
            part,
        }
    }

    /// A name stands in the object that it belongs to.
    pub(super) fn key_segment(&mut self, start: usize, end: usize) -> Segment {
        let depth = self.stack.len();
        Segment {
            start: start as u32,
            end: end as u32,
            context: self.stack.last().map_or(0, |frame| frame.context),
            unit: self.position.record,
            part: if depth == 0 { 0 } else { self.container_node(depth - 1) },
        }
    }

    /// The names on the way to a value.
    #[inline(always)]
    pub(super) fn plain_context(&self) -> u32 {
        match self.stack.last() {
            None => 0,
            Some(frame) if frame.is_object => frame.member,
            Some(frame) => frame.context,
        }
    }

    /// The same with those that it has from elsewhere.
    #[inline(always)]
    fn value_context(&mut self) -> u32 {
        let labels = self.stack.last().map_or(NONE, |frame| frame.labels);
        let context = self.plain_context();
        if labels == NONE { context } else { self.contexts.labelled(context, labels, &self.labels) }
    }

    /// The node of an open array or object, made now if this block has none yet.
    #[inline(always)]
    fn container_node(&mut self, depth: usize) -> u32 {
        if self.stack[depth].node == NONE {
            let known = self.stack[..depth].iter().rposition(|frame| frame.node != NONE);
            for at in known.map_or(0, |known| known + 1)..=depth {
                self.stack[at].node = match at {
                    0 => 0,
                    at => self.push_node(self.stack[at - 1].node, at - 1),
                };
            }
        }
        self.stack[depth].node
    }

    #[inline(always)]
    fn push_node(&mut self, parent: u32, depth: usize) -> u32 {
        let frame = &self.stack[depth];
        let step = if frame.is_object {
            PathStep::Member { context: frame.member }
        } else {
            PathStep::Element { index: frame.index }
        };
        self.paths.push(PathNode { parent, step });
        self.paths.len() as u32 - 1
    }
}
