//! Blocks as bytes. Numbers are of variable length. From segment to segment is a step of which few differ
//! in a table, so that most of its small cells cost one byte each.

use crate::text::reader::next_epoch;
use lakegate_core::text::{Block, Context, Layout, PathNode, PathStep, Place, Repeats, Segment};

/// Writes blocks, and remembers which contexts were told.
#[derive(Debug, Default)]
pub(super) struct Encoder {
    bytes: Vec<u8>,
    epoch: Option<u64>,
    contexts_told: usize,
}

impl Encoder {
    /// Another object begins.
    pub fn begin(&mut self) {
        self.epoch = None;
    }

    /// The block's bytes.
    pub fn encode(&mut self, block: &Block<'_>) -> &[u8] {
        self.bytes.clear();
        let is_new = self.epoch != Some(block.contexts_epoch);
        if is_new || block.contexts.len() < self.contexts_told {
            self.contexts_told = 0;
            self.epoch = Some(block.contexts_epoch);
        }
        let out = &mut self.bytes;
        put(out, u64::from(self.contexts_told == 0));
        put(
            out,
            match block.layout {
                Layout::Lines => 0,
                Layout::Table => 1,
                Layout::Records => 2,
            },
        );
        put(out, u64::from(block.own_start));
        put(out, u64::from(block.own_end));
        text(out, block.place.member);
        put(out, block.place.page.map_or(0, |page| u64::from(page) + 1));
        put(out, u64::from(block.place.sheet.is_some()));
        text(out, block.place.sheet.unwrap_or_default());
        let contexts = &block.contexts[self.contexts_told..];
        self.contexts_told = block.contexts.len();
        put(out, contexts.len() as u64);
        for context in contexts {
            put(out, context.names.len() as u64);
            context.names.iter().for_each(|name| text(out, name));
        }
        put(out, block.paths.len() as u64);
        for node in block.paths {
            put(out, u64::from(node.parent));
            match node.step {
                PathStep::Root => put(out, 0),
                PathStep::Member { context } => {
                    put(out, 1);
                    put(out, u64::from(context));
                }
                PathStep::Element { index } => {
                    put(out, 2);
                    put(out, index);
                }
            }
        }
        segments(out, block.segments);
        put(out, block.repeats.ends.len() as u64);
        block.repeats.ends.iter().for_each(|end| put(out, u64::from(*end)));
        put(out, block.repeats.units.len() as u64);
        let mut last = 0;
        for unit in block.repeats.units {
            put(out, zigzag(unit.wrapping_sub(last)));
            last = *unit;
        }
        text(out, block.text);
        out
    }
}

fn segments(out: &mut Vec<u8>, segments: &[Segment]) {
    put(out, segments.len() as u64);
    let mut last = Segment { start: 0, end: 0, context: 0, unit: 0, part: 0 };
    let mut steps = Steps::default();
    for segment in segments {
        let step = Step::between(&last, segment);
        let length = segment.end.wrapping_sub(segment.start);
        let short = (length < u32::from(LONG)).then_some(length as u8);
        let known = steps.known.iter().position(|known| *known == step);
        out.push(
            known.map_or(NEW_STEP, |index| (index as u8) << LENGTH_BITS) | short.unwrap_or(LONG),
        );
        if short.is_none() {
            put(out, u64::from(length));
        }
        if known.is_none() {
            put(out, u64::from(step.gap));
            put(out, zigzag(step.context));
            put(out, zigzag(step.unit));
            put(out, zigzag(step.part));
            steps.learn(step);
        }
        last = *segment;
    }
}

/// How many steps are remembered: from cell to cell, from row to row, and one more.
const STEPS: usize = 3;

/// Of a segment's first byte, the bits that tell how long it is; those above tell the step.
const LENGTH_BITS: u8 = 6;

/// The step follows.
const NEW_STEP: u8 = (STEPS as u8) << LENGTH_BITS;

/// The length follows.
const LONG: u8 = (1 << LENGTH_BITS) - 1;

/// From one segment to the next, but for their lengths. Values of a table go on in few different steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Step {
    gap: u32,
    context: u64,
    unit: u64,
    part: u64,
}

impl Step {
    fn between(last: &Segment, next: &Segment) -> Self {
        Self {
            gap: next.start.wrapping_sub(last.end),
            context: u64::from(next.context).wrapping_sub(u64::from(last.context)),
            unit: next.unit.wrapping_sub(last.unit),
            part: u64::from(next.part).wrapping_sub(u64::from(last.part)),
        }
    }
}

/// The steps that were last told.
#[derive(Debug, Default)]
struct Steps {
    known: [Step; STEPS],
    next: usize,
}

impl Steps {
    fn learn(&mut self, step: Step) {
        self.known[self.next] = step;
        self.next = (self.next + 1) % STEPS;
    }
}

/// Small differences, up or down, as small numbers.
fn zigzag(difference: u64) -> u64 {
    let signed = difference as i64;
    (signed << 1 ^ signed >> 63) as u64
}

fn unzigzag(number: u64) -> u64 {
    (number >> 1) ^ (number & 1).wrapping_neg()
}

fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn text(out: &mut Vec<u8>, text: &str) {
    put(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

/// What a child sent is not a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotABlock;

/// Reads blocks, and keeps the contexts of those before.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    contexts: Vec<Context>,
    epoch: u64,
    paths: Vec<PathNode>,
    segments: Vec<Segment>,
    repeat_ends: Vec<u32>,
    repeat_units: Vec<u64>,
}

impl Decoder {
    /// The block that stands in `bytes`, if it is one: every offset, index and length is checked.
    pub fn decode<'d>(&'d mut self, bytes: &'d [u8]) -> Result<Block<'d>, NotABlock> {
        let mut input = Input(bytes);
        let is_new = input.number()? != 0;
        let layout = match input.number()? {
            0 => Layout::Lines,
            1 => Layout::Table,
            2 => Layout::Records,
            _ => return Err(NotABlock),
        };
        let (own_start, own_end) = (input.small()?, input.small()?);
        let member = input.text()?;
        let page = input.small()?.checked_sub(1);
        let has_sheet = input.number()? != 0;
        let sheet = Some(input.text()?).filter(|_| has_sheet);
        if is_new {
            self.contexts.clear();
            self.epoch = next_epoch();
        }
        self.contexts(&mut input)?;
        self.paths(&mut input)?;
        self.segments(&mut input)?;
        self.repeats(&mut input)?;
        let text = input.text()?;
        let block = Block {
            text,
            segments: &self.segments,
            contexts: &self.contexts,
            paths: &self.paths,
            layout,
            place: Place { member, sheet, page },
            repeats: Repeats { ends: &self.repeat_ends, units: &self.repeat_units },
            own_start,
            own_end,
            contexts_epoch: self.epoch,
        };
        if input.0.is_empty() && is_whole(&block) { Ok(block) } else { Err(NotABlock) }
    }

    fn contexts(&mut self, input: &mut Input<'_>) -> Result<(), NotABlock> {
        for _ in 0..input.count()? {
            let mut names = Vec::new();
            for _ in 0..input.count()? {
                names.push(input.text()?.to_owned());
            }
            self.contexts.push(Context { names });
        }
        Ok(())
    }

    fn paths(&mut self, input: &mut Input<'_>) -> Result<(), NotABlock> {
        self.paths.clear();
        for _ in 0..input.count()? {
            let parent = input.small()?;
            let step = match input.number()? {
                0 => PathStep::Root,
                1 => PathStep::Member { context: input.small()? },
                2 => PathStep::Element { index: input.number()? },
                _ => return Err(NotABlock),
            };
            self.paths.push(PathNode { parent, step });
        }
        Ok(())
    }

    fn segments(&mut self, input: &mut Input<'_>) -> Result<(), NotABlock> {
        self.segments.clear();
        let mut last = Segment { start: 0, end: 0, context: 0, unit: 0, part: 0 };
        let narrow = |number: u64| u32::try_from(number).map_err(|_| NotABlock);
        let mut steps = Steps::default();
        for _ in 0..input.count()? {
            let head = input.byte()?;
            let length = match head & LONG {
                LONG => input.small()?,
                short => u32::from(short),
            };
            let step = match steps.known.get(usize::from(head >> LENGTH_BITS)) {
                Some(step) => *step,
                None => {
                    let gap = input.small()?;
                    let [context, unit, part] = [input.number()?, input.number()?, input.number()?];
                    let (context, unit, part) = (unzigzag(context), unzigzag(unit), unzigzag(part));
                    let step = Step { gap, context, unit, part };
                    steps.learn(step);
                    step
                }
            };
            let start = last.end.checked_add(step.gap).ok_or(NotABlock)?;
            let end = start.checked_add(length).ok_or(NotABlock)?;
            let context = u64::from(last.context).wrapping_add(step.context);
            let unit = last.unit.wrapping_add(step.unit);
            let part = u64::from(last.part).wrapping_add(step.part);
            last = Segment { start, end, context: narrow(context)?, unit, part: narrow(part)? };
            self.segments.push(last);
        }
        Ok(())
    }

    fn repeats(&mut self, input: &mut Input<'_>) -> Result<(), NotABlock> {
        self.repeat_ends.clear();
        self.repeat_units.clear();
        for _ in 0..input.count()? {
            self.repeat_ends.push(input.small()?);
        }
        let mut last: u64 = 0;
        for _ in 0..input.count()? {
            last = last.wrapping_add(unzigzag(input.number()?));
            self.repeat_units.push(last);
        }
        Ok(())
    }
}

/// Whether all that a block says of itself holds.
fn is_whole(block: &Block<'_>) -> bool {
    let inside = |at: u32| block.text.is_char_boundary(at as usize);
    let contexts = block.contexts.len();
    let segments = block.segments.iter().all(|segment| {
        inside(segment.start) && inside(segment.end) && (segment.context as usize) < contexts
    });
    let paths = block.paths.iter().enumerate().all(|(index, node)| {
        let is_known = match node.step {
            PathStep::Member { context } => (context as usize) < contexts,
            PathStep::Root | PathStep::Element { .. } => true,
        };
        is_known && ((node.parent as usize) < index || index == 0 && node.parent == 0)
    });
    let ends = block.repeats.ends;
    let repeats =
        ends.is_sorted() && ends.last().map_or(0, |end| *end as usize) == block.repeats.units.len();
    inside(block.own_start) && inside(block.own_end) && segments && paths && repeats
}

/// Bytes still to be read.
struct Input<'i>(&'i [u8]);

impl<'i> Input<'i> {
    fn byte(&mut self) -> Result<u8, NotABlock> {
        let (byte, rest) = self.0.split_first().ok_or(NotABlock)?;
        self.0 = rest;
        Ok(*byte)
    }

    fn number(&mut self) -> Result<u64, NotABlock> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(NotABlock)
    }

    fn small(&mut self) -> Result<u32, NotABlock> {
        u32::try_from(self.number()?).map_err(|_| NotABlock)
    }

    /// How many things follow, each of at least one byte.
    fn count(&mut self) -> Result<usize, NotABlock> {
        let count = usize::try_from(self.number()?).map_err(|_| NotABlock)?;
        if count <= self.0.len() { Ok(count) } else { Err(NotABlock) }
    }

    fn text(&mut self) -> Result<&'i str, NotABlock> {
        let length = self.count()?;
        let (text, rest) = self.0.split_at(length);
        self.0 = rest;
        std::str::from_utf8(text).map_err(|_| NotABlock)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(encoder: &mut Encoder, decoder: &mut Decoder, block: &Block<'_>) {
        let bytes = encoder.encode(block).to_vec();
        let found = decoder.decode(&bytes).unwrap();
        let same = Block { contexts_epoch: block.contexts_epoch, ..found.clone() };
        assert_eq!(format!("{same:?}"), format!("{block:?}"));
        // Nothing that is cut off is a block.
        for length in 0..bytes.len() {
            let mut fresh = Decoder::default();
            assert!(fresh.decode(&bytes[..length]).is_err(), "{length}");
        }
    }

    #[test]
    fn blocks_come_out_as_they_went_in() {
        let (mut encoder, mut decoder) = (Encoder::default(), Decoder::default());
        let mut contexts = vec![Context { names: vec!["größe".into(), "b".into()] }];
        let paths = [
            PathNode { parent: 0, step: PathStep::Root },
            PathNode { parent: 0, step: PathStep::Member { context: 0 } },
            PathNode { parent: 1, step: PathStep::Element { index: u64::MAX } },
        ];
        let segments = [
            Segment { start: 0, end: 2, context: 0, unit: 7, part: 2 },
            Segment { start: 2, end: 5, context: 0, unit: 3, part: 1 },
            Segment { start: 5, end: 105, context: 0, unit: u64::MAX, part: 0 },
        ];
        for round in 0..3 {
            let block = Block {
                text: &format!("ab\u{e9}c{}", "x".repeat(100)),
                segments: &segments,
                contexts: &contexts.clone(),
                paths: &paths,
                layout: Layout::Records,
                place: Place { member: "a!b", sheet: (round == 1).then_some("S"), page: Some(4) },
                repeats: Repeats { ends: &[1, 3], units: &[9, 2, u64::MAX] },
                own_start: 0,
                own_end: 2,
                contexts_epoch: 5,
            };
            if round == 0 {
                check(&mut encoder, &mut decoder, &block);
            } else {
                let bytes = encoder.encode(&block).to_vec();
                let found = decoder.decode(&bytes).unwrap();
                assert_eq!(found.contexts, block.contexts);
                assert_eq!(found.place, block.place);
            }
            contexts.push(Context { names: vec![format!("{round}")] });
        }
    }

    proptest! {
        #[test]
        fn segments_come_out_as_they_went_in(
            cells in proptest::collection::vec((0u32..3, 0u32..130, 0u32..3, 0u64..3, 0u32..4), 0..60),
        ) {
            let mut at = 0;
            let segments: Vec<_> = cells
                .iter()
                .map(|(gap, length, context, unit, part)| {
                    let start = at + gap;
                    at = start + length;
                    Segment { start, end: at, context: *context, unit: *unit, part: *part }
                })
                .collect();
            let mut out = Vec::new();
            super::segments(&mut out, &segments);
            let mut decoder = Decoder::default();
            let mut input = Input(&out);
            decoder.segments(&mut input).unwrap();
            prop_assert!(input.0.is_empty());
            prop_assert_eq!(decoder.segments, segments);
        }

        #[test]
        fn foreign_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = Decoder::default().decode(&bytes);
        }

        #[test]
        fn numbers_come_out_as_they_went_in(number in any::<u64>()) {
            let mut out = Vec::new();
            put(&mut out, number);
            prop_assert_eq!(Input(&out).number(), Ok(number));
            prop_assert_eq!(unzigzag(zigzag(number)), number);
        }
    }
}
