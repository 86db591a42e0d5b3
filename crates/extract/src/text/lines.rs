//! Text without values of its own: logs, prose, markup, source, and what is left of damaged tables and
//! records. Every byte reaches detection, and blocks overlap.

use crate::limits::Limits;
use crate::text::markup;
use crate::text::reader::{BlockSink, Step, next_epoch};
use crate::text::window::Window;
use lakegate_core::text::{Block, Context, Layout, Place, Repeats, Segment};

/// Reads the window as lines.
#[derive(Debug)]
pub(crate) struct LinesReader {
    overlap_bytes: usize,
    /// Bytes at the window's front that an earlier block owns.
    lead: usize,
    epoch: u64,
    contexts: [Context; 1],
    newlines: u64,
    ends_in_line: bool,
    is_markup: bool,
}

impl LinesReader {
    /// `lead` bytes at the window's front were read before, and are only seen again as neighbours.
    pub(crate) fn new(limits: &Limits, lead: usize) -> Self {
        LinesReader {
            overlap_bytes: limits.overlap_bytes,
            lead,
            epoch: next_epoch(),
            contexts: [Context::default()],
            newlines: 0,
            ends_in_line: false,
            is_markup: false,
        }
    }

    /// Bytes at the window's front that were read before.
    pub(crate) fn lead(&self) -> usize {
        self.lead
    }

    /// The same, of text in which tags may stand within words.
    pub(crate) fn of_markup(limits: &Limits) -> Self {
        Self { is_markup: true, ..Self::new(limits, 0) }
    }

    /// Lines that were handed on so far.
    pub(crate) fn lines(&self) -> u64 {
        self.newlines + u64::from(self.ends_in_line)
    }

    pub(crate) fn read(
        &mut self,
        window: &mut Window,
        end: usize,
        last: bool,
        sink: &mut dyn BlockSink,
    ) -> Step {
        let (own_end, next_start) = if last {
            (end, end)
        } else {
            let half = self.overlap_bytes / 2;
            let own_end = window.text.floor_char_boundary(end - half).max(self.lead);
            (own_end, window.text.floor_char_boundary(own_end - half.min(own_end)))
        };
        if own_end > self.lead {
            self.emit(window, end, own_end, sink);
        }
        let place = window.place(next_start);
        window.advance(next_start, place);
        self.lead = own_end - next_start;
        Step::Advanced
    }

    /// Hands on `window[..end]`, of which `lead..own_end` is owned.
    pub(crate) fn emit(
        &mut self,
        window: &Window,
        end: usize,
        own_end: usize,
        sink: &mut dyn BlockSink,
    ) {
        let text = &window.text[..end];
        let owned = &text.as_bytes()[self.lead..own_end];
        self.newlines += memchr::memchr_iter(b'\n', owned).count() as u64;
        self.ends_in_line = owned.last().is_some_and(|b| *b != b'\n');
        sink.block(&Block {
            text,
            segments: &[Segment {
                start: 0,
                end: end as u32,
                context: 0,
                unit: window.line,
                part: u32::try_from(window.column).unwrap_or(u32::MAX),
            }],
            contexts: &self.contexts,
            paths: &[],
            layout: Layout::Lines,
            place: Place::default(),
            repeats: Repeats::default(),
            own_start: self.lead as u32,
            own_end: own_end as u32,
            contexts_epoch: self.epoch,
        });
        if self.is_markup {
            let own = self.lead..own_end;
            let names =
                markup::Names { contexts: &self.contexts, epoch: self.epoch, segments: &[] };
            markup::read(window, end, own, &names, sink);
        }
    }
}
