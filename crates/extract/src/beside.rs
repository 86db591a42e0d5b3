//! Extraction on a thread of its own, beside the one that takes the blocks: for large objects, where both
//! have much to do.

use crate::Error;
use crate::extract::{Extracted, extract};
use crate::limits::Limits;
use crate::text::reader::BlockSink;
use lakegate_core::text::{Block, Context, Layout, PathNode, Place, Repeats, Segment};
use std::io::Read;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// A longer text is read on one thread and looked at on another.
const ON_ONE_THREAD_BYTES_MAX: u64 = 4 << 20;

/// Hand-overs that wait to be taken.
const WAITING_MAX: usize = 4;

/// Bytes of blocks, and how many of them, that are handed over at once: many small blocks would each wake
/// the other thread.
const HANDED_BYTES: usize = 256 << 10;
const HANDED_MAX: usize = 1_024;

/// Reads one text as [`extract()`] does; if it is long, on another thread than this one, on which `sink` takes
/// its blocks.
///
/// # Errors
/// As of [`extract()`].
pub fn extract_beside(
    input: &mut (dyn Read + Send),
    limits: &Limits,
    sink: &mut dyn BlockSink,
) -> Result<Extracted, Error> {
    where_it_pays(input, sink, |input, sink| extract(input, limits, sink))
}

/// Has `read` read the input, on another thread if it is long, while `sink` takes the blocks on this one.
pub(crate) fn where_it_pays<T: Send>(
    input: &mut (dyn Read + Send),
    sink: &mut dyn BlockSink,
    read: impl FnOnce(&mut dyn Read, &mut dyn BlockSink) -> T + Send,
) -> T {
    let mut head = Vec::new();
    // An error comes again where the input is read on.
    let _ = input.take(ON_ONE_THREAD_BYTES_MAX).read_to_end(&mut head);
    let is_long = head.len() as u64 == ON_ONE_THREAD_BYTES_MAX;
    let mut whole = head.chain(input);
    if !is_long {
        return read(&mut whole, sink);
    }
    let (sender, receiver) = sync_channel(WAITING_MAX);
    // Memory of blocks that were taken goes back to be filled again.
    let (give_back, used) = sync_channel(WAITING_MAX + 2);
    std::thread::scope(move |scope| {
        // They go with this closure, so that a panic of the sink does not leave the reader waiting.
        let (receiver, give_back) = (receiver, give_back);
        let reading = scope.spawn(move || {
            let (handed, handed_bytes) = (Vec::new(), 0);
            let contexts = Arc::default();
            let mut queue = Queue { sender, used, handed, handed_bytes, contexts, told: None };
            let told = read(&mut whole, &mut queue);
            queue.hand_over();
            told
        });
        while let Ok(blocks) = receiver.recv() {
            let blocks: Vec<Owned> = blocks;
            for owned in blocks {
                sink.block(&owned.block());
                let _ = give_back.try_send(owned);
            }
        }
        // A panic of the reader is one of this call.
        reading.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// A block with all that it refers to.
#[derive(Default)]
struct Owned {
    text: String,
    segments: Vec<Segment>,
    contexts: Arc<Vec<Context>>,
    paths: Vec<PathNode>,
    layout: Option<Layout>,
    member: String,
    sheet: Option<String>,
    page: Option<u32>,
    repeat_ends: Vec<u32>,
    repeat_units: Vec<u64>,
    own: (u32, u32),
    epoch: u64,
}

impl Owned {
    fn fill(&mut self, block: &Block<'_>, contexts: Arc<Vec<Context>>, epoch: u64) {
        block.text.clone_into(&mut self.text);
        block.segments.clone_into(&mut self.segments);
        block.paths.clone_into(&mut self.paths);
        block.place.member.clone_into(&mut self.member);
        block.repeats.ends.clone_into(&mut self.repeat_ends);
        block.repeats.units.clone_into(&mut self.repeat_units);
        self.contexts = contexts;
        self.layout = Some(block.layout);
        self.sheet = block.place.sheet.map(str::to_owned);
        self.page = block.place.page;
        self.own = (block.own_start, block.own_end);
        self.epoch = epoch;
    }

    fn block(&self) -> Block<'_> {
        let sheet = self.sheet.as_deref();
        Block {
            text: &self.text,
            segments: &self.segments,
            contexts: &self.contexts,
            paths: &self.paths,
            layout: self.layout.unwrap_or(Layout::Lines),
            place: Place { member: &self.member, sheet, page: self.page },
            repeats: Repeats { ends: &self.repeat_ends, units: &self.repeat_units },
            own_start: self.own.0,
            own_end: self.own.1,
            contexts_epoch: self.epoch,
        }
    }
}

/// What a block takes up, but for its contexts.
fn size_bytes(block: &Block<'_>) -> usize {
    block.text.len()
        + block.place.member.len()
        + size_of_val(block.segments)
        + size_of_val(block.paths)
        + size_of_val(block.repeats.ends)
        + size_of_val(block.repeats.units)
}

/// Gives blocks to the other thread.
struct Queue {
    sender: SyncSender<Vec<Owned>>,
    used: Receiver<Owned>,
    /// What is handed over next, and the bytes of it.
    handed: Vec<Owned>,
    handed_bytes: usize,
    /// The contexts of the last block, and their epoch and number there.
    contexts: Arc<Vec<Context>>,
    told: Option<(u64, usize)>,
}

impl Queue {
    fn hand_over(&mut self) {
        self.handed_bytes = 0;
        // Nobody takes it only if the taking thread panicked, which ends the object anyway.
        let _ = self.sender.send(std::mem::take(&mut self.handed));
    }
}

impl BlockSink for Queue {
    fn block(&mut self, block: &Block<'_>) {
        let told = Some((block.contexts_epoch, block.contexts.len()));
        if self.told != told {
            self.contexts = Arc::new(block.contexts.to_vec());
            let names = block.contexts.iter().flat_map(|context| &context.names);
            self.handed_bytes += names.map(String::len).sum::<usize>();
            self.told = told;
        }
        let mut owned = self.used.try_recv().unwrap_or_default();
        owned.fill(block, self.contexts.clone(), block.contexts_epoch);
        self.handed_bytes += size_bytes(block);
        self.handed.push(owned);
        if self.handed_bytes >= HANDED_BYTES || self.handed.len() >= HANDED_MAX {
            self.hand_over();
        }
    }
}
