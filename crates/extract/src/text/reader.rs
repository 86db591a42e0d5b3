//! What all readers of text share: they take from a window and hand blocks to a sink.

use crate::picture::Picture;
use crate::text::html::HtmlReader;
use crate::text::json::JsonReader;
use crate::text::prose::ProseReader;
use crate::text::table::TableReader;
use crate::text::window::Window;
use lakegate_core::coverage::Coverage;
use lakegate_core::text::Block;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::io::Read;
use std::sync::atomic::{AtomicU64, Ordering};

/// Takes blocks of located text as they become ready, in the order of the object.
pub trait BlockSink {
    /// One block. It is gone when this returns.
    fn block(&mut self, block: &Block<'_>);

    /// The object comes on, although there is no block to hand on.
    fn alive(&mut self) {}

    /// A long text, from its first byte to its last: its coverage, if someone else reads it. `None` if
    /// nobody does; then nothing was taken of it.
    fn text(&mut self, _: &TextPlace<'_>, _: &mut dyn Read) -> Option<Coverage> {
        None
    }

    /// A picture whose text someone else reads. `false` if nobody does.
    fn picture(&mut self, _: &Picture<'_>) -> bool {
        false
    }
}

/// Where a text is that someone else reads.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TextPlace<'t> {
    /// The path of its member.
    pub member: Cow<'t, str>,
    /// The line on which it begins, from 1.
    pub first_line: u64,
}

/// What a reader made of its view of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// It took something off the front.
    Advanced,
    /// It needs to see more before it can take anything.
    Starved,
    /// The rest of the object is lines of text. `lead` bytes at the front were read already.
    Text { lead: usize },
}

/// The reader that fits the object.
#[derive(Debug)]
pub(crate) enum Reader {
    Lines(Box<ProseReader>),
    Html(Box<HtmlReader>),
    Table(Box<TableReader>),
    Json(Box<JsonReader>),
}

impl Reader {
    /// Reads from `window.text[..end]`, which ends the object if `last`. A view that ends the object is
    /// taken whole, or left to be read as text.
    pub(crate) fn read(
        &mut self,
        window: &mut Window,
        end: usize,
        last: bool,
        sink: &mut dyn BlockSink,
    ) -> Step {
        match self {
            Reader::Lines(reader) => reader.read(window, end, last, sink),
            Reader::Html(reader) => reader.read(window, end, last, sink),
            Reader::Table(reader) => reader.read(window, end, last, sink),
            Reader::Json(reader) => reader.read(window, end, last, sink),
        }
    }
}

/// A number for `Block::contexts_epoch` that this process has not used before.
pub(crate) fn next_epoch() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
