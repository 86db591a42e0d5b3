//! The values found in the front of a window, and handing them on as one block.

use crate::text::reader::BlockSink;
use crate::text::window::Window;
use lakegate_core::text::{Block, Context, Layout, PathNode, Place, Repeats, Segment};

/// Which part of the window a batch takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    /// The block's text ends here.
    pub(crate) end: usize,
    /// The window goes on here: before `end` where what follows needs its neighbours.
    pub(crate) keep_from: usize,
    /// Starts that the block owns.
    pub(crate) own: (usize, usize),
}

impl Taken {
    /// Everything up to `end`, owned.
    pub(crate) fn all(end: usize) -> Self {
        Taken { end, keep_from: end, own: (0, end) }
    }

    /// Everything up to `end`; up to `lead_max` bytes before it stay as neighbours of what follows.
    pub(crate) fn leaving(window: &Window, end: usize, lead_max: usize) -> Self {
        let keep_from = window.text.ceil_char_boundary(end - lead_max.min(end));
        Taken { end, keep_from, own: (0, end) }
    }
}

/// What a block says of its segments.
#[derive(Clone, Copy)]
pub(crate) struct Labels<'a> {
    pub(crate) layout: Layout,
    pub(crate) contexts: &'a [Context],
    pub(crate) paths: &'a [PathNode],
    pub(crate) epoch: u64,
}

/// Segments of the next block. Its memory is used again for each.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) segments: Vec<Segment>,
    /// Indices of segments whose text holds escapes.
    pub(crate) escaped: Vec<u32>,
    scratch: String,
}

impl Batch {
    /// Hands the segments on with their escapes resolved, and takes their text off the window.
    pub(crate) fn emit(
        &mut self,
        window: &mut Window,
        taken: Taken,
        labels: Labels<'_>,
        unescape: impl Fn(&str, &mut String),
        sink: &mut dyn BlockSink,
    ) {
        let place = window.place(taken.keep_from);
        let kept = (taken.keep_from < taken.end && !self.escaped.is_empty())
            .then(|| window.text[taken.keep_from..taken.end].to_owned());
        for index in self.escaped.drain(..) {
            let segment = &mut self.segments[index as usize];
            let raw = segment.start as usize..segment.end as usize;
            self.scratch.clear();
            unescape(&window.text[raw.clone()], &mut self.scratch);
            let decoded = self.scratch.len().min(raw.len());
            // Blanks fill what the value lost: it keeps its place, and its neighbours theirs.
            self.scratch.extend(std::iter::repeat_n(' ', raw.len() - decoded));
            window.text.replace_range(raw, &self.scratch);
            segment.end = segment.start + decoded as u32;
        }
        if !self.segments.is_empty() {
            sink.block(&Block {
                text: &window.text[..taken.end],
                segments: &self.segments,
                contexts: labels.contexts,
                paths: labels.paths,
                layout: labels.layout,
                place: Place::default(),
                repeats: Repeats::default(),
                own_start: taken.own.0 as u32,
                own_end: taken.own.1 as u32,
                contexts_epoch: labels.epoch,
            });
        }
        self.segments.clear();
        match kept {
            // The rewritten text is not whole characters everywhere: it goes, and the old comes back.
            Some(kept) => {
                window.advance(taken.end, place);
                window.text.insert_str(0, &kept);
            }
            None => window.advance(taken.keep_from, place),
        }
    }
}
