//! Located values as lines of text, for tests to compare.

// Each test crate uses its own part of this.
#![allow(dead_code)]

use lakegate_core::coverage::Coverage;
use lakegate_core::detection::Location;
use lakegate_core::text::{Block, Layout, PathNode, PathStep, Segment};
use lakegate_extract::{BlockSink, Limits};
use std::io::Read;

/// What an extraction gave.
pub struct Dump {
    /// `location = value`, in the order of the object. Of a value in pieces, the owned part of each.
    pub values: Vec<String>,
    /// The names that went before each value, where there are any.
    pub contexts: Vec<Vec<String>>,
    pub coverage: Coverage,
    pub longest_block_bytes: usize,
    /// The owned text of all blocks of lines, end to end.
    pub lines: String,
    /// The text of all segments, whole, with a line break after each.
    pub seen: String,
}

#[derive(Default)]
struct Collect {
    values: Vec<String>,
    contexts: Vec<Vec<String>>,
    longest_block_bytes: usize,
    lines: String,
    seen: String,
    /// The location of a value whose end the last block did not own.
    line: Option<(Location, String)>,
}

impl Collect {
    fn add(&mut self, location: &str, value: &str, context: &[String]) {
        let value = value.replace('\n', "⏎").replace('\r', "␍").replace('\t', "⇥");
        self.values.push(format!("{location} = {value}"));
        self.contexts.push(context.to_vec());
    }

    fn end_line(&mut self) {
        if let Some((location, text)) = self.line.take() {
            self.add(&show(&location), text.trim_end_matches('\n'), &[]);
        }
    }

    fn lines(&mut self, block: &Block<'_>) {
        self.lines.push_str(&block.text[block.own_start as usize..block.own_end as usize]);
        let [segment] = block.segments else { return self.cells(block) };
        if segment.end - segment.start < block.text.len() as u32 {
            return self.cells(block);
        }
        let mut at = block.own_start as usize;
        for part in block.text[at..block.own_end as usize].split_inclusive('\n') {
            let location =
                block.locate(segment, at, at + part.len() - usize::from(part.ends_with('\n')));
            let Location::LineRange { start_column, .. } = location else { panic!("lines") };
            if start_column == 1 {
                self.end_line();
            }
            match &mut self.line {
                Some((_, text)) => text.push_str(part),
                None => self.line = Some((location, part.to_owned())),
            }
            at += part.len();
        }
    }
}

impl Collect {
    fn cells(&mut self, block: &Block<'_>) {
        self.end_line();
        for (index, segment) in block.segments.iter().enumerate() {
            let start = segment.start.max(block.own_start) as usize;
            let end = segment.end.min(block.own_end) as usize;
            let beside = names_beside(block, segment);
            let location = show(&block.locate(segment, start, end)) + &beside;
            let names = &block.contexts[segment.context as usize].names;
            self.add(&location, &block.text[start..end], names);
            for unit in block.repeats.of(index) {
                let segment = Segment { unit: *unit, ..*segment };
                let location = show(&block.locate(&segment, start, end)) + &beside;
                self.add(&location, &block.text[start..end], names);
            }
        }
    }
}

/// The names of a value that its place does not tell: ` (ssn)`.
fn names_beside(block: &Block<'_>, segment: &Segment) -> String {
    let names = &block.contexts[segment.context as usize].names;
    let mut told: Vec<&String> = names.last().into_iter().collect();
    if block.layout == Layout::Records {
        told.clear();
        let mut node = segment.part;
        while let Some(PathNode { parent, step }) = block.paths.get(node as usize) {
            if let PathStep::Member { context } = step {
                told.extend(block.contexts[*context as usize].names.last());
            }
            if *parent >= node {
                break;
            }
            node = *parent;
        }
    }
    let beside: Vec<&str> =
        names.iter().filter(|name| !told.contains(name)).map(String::as_str).collect();
    if beside.is_empty() { String::new() } else { format!(" ({})", beside.join(", ")) }
}

impl BlockSink for Collect {
    fn block(&mut self, block: &Block<'_>) {
        check_form(block);
        self.longest_block_bytes = self.longest_block_bytes.max(block.text.len());
        for segment in block.segments {
            self.seen.push_str(&block.text[segment.start as usize..segment.end as usize]);
            self.seen.push('\n');
        }
        if block.layout == Layout::Lines {
            self.lines(block);
            return;
        }
        self.cells(block);
    }
}

/// What every block must be.
fn check_form(block: &Block<'_>) {
    assert!(block.own_start <= block.own_end && block.own_end as usize <= block.text.len());
    assert!(block.text.is_char_boundary(block.own_start as usize));
    assert!(block.text.is_char_boundary(block.own_end as usize));
    let mut end = 0;
    for segment in block.segments {
        assert!(end <= segment.start && segment.start < segment.end);
        end = segment.end;
        assert!(block.text.get(segment.start as usize..end as usize).is_some());
        assert!((segment.context as usize) < block.contexts.len());
    }
    assert!(!block.segments.is_empty());
    for (at, node) in block.paths.iter().enumerate().skip(1) {
        assert!((node.parent as usize) < at);
    }
}

fn show(location: &Location) -> String {
    match location {
        Location::Cell { row, column, column_name: Some(name), .. } => {
            format!("R{row}C{column} {name}")
        }
        Location::Cell { row, column, column_name: None, .. } => format!("R{row}C{column}"),
        Location::Record { record_index, json_path } => format!("#{record_index} {json_path}"),
        Location::LineRange { start, start_column, .. } => format!("L{start}:{start_column}"),
        Location::Page { page_number } => format!("P{page_number}"),
    }
}

/// Gives bytes in chunks.
struct Chunks<'a> {
    rest: &'a [u8],
    lengths: std::iter::Cycle<std::slice::Iter<'a, usize>>,
}

impl Read for Chunks<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let chunk = self.lengths.next().map_or(1, |length| (*length).max(1));
        let count = chunk.min(self.rest.len()).min(buffer.len());
        buffer[..count].copy_from_slice(&self.rest[..count]);
        self.rest = &self.rest[count..];
        Ok(count)
    }
}

/// Extracts from chunks whose lengths are taken from `chunk_bytes` in turn.
pub fn extract(bytes: &[u8], limits: &Limits, chunk_bytes: &[usize]) -> Dump {
    let mut input = Chunks { rest: bytes, lengths: chunk_bytes.iter().cycle() };
    let (extracted, dump) =
        collected(|sink| lakegate_extract::extract(&mut input, limits, sink).unwrap());
    Dump { coverage: extracted.coverage, ..dump }
}

/// What is given to a sink, and what giving it returned. The coverage is an empty one.
pub fn collected<T>(give: impl FnOnce(&mut dyn BlockSink) -> T) -> (T, Dump) {
    let mut collect = Collect::default();
    let given = give(&mut collect);
    collect.end_line();
    let dump = Dump {
        values: collect.values,
        contexts: collect.contexts,
        coverage: lakegate_extract::extract(&mut &b""[..], &Limits::default(), &mut Nowhere)
            .unwrap()
            .coverage,
        longest_block_bytes: collect.longest_block_bytes,
        lines: collect.lines,
        seen: collect.seen,
    };
    (given, dump)
}

struct Nowhere;

impl BlockSink for Nowhere {
    fn block(&mut self, _: &Block<'_>) {}
}
