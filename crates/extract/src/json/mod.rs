//! JSON documents and JSON Lines, read token by token from whatever part has arrived.
//!
//! Strings, numbers and booleans are values. The name of a member is a value as well, once for each
//! distinct place it has in the records' shape, with the path of the object that it is in: data hides
//! in names too. A trailing comma is forgiven. What is not JSON is read as text: a line of JSON Lines on
//! its own, of anything else all that follows.

mod contexts;
mod escapes;
mod long_string;

use crate::batch::{Batch, Labels, Taken};
use crate::limits::Limits;
use crate::lines::LinesReader;
use crate::marks::find3;
use crate::notes::Damage;
use crate::reader::{BlockSink, Step};
use crate::window::Window;
use contexts::{Contexts, NONE, is_exact};
use lakegate_core::text::{Layout, PathNode, PathStep, Segment};
use long_string::LongString;

/// Numbers and words are shorter than this.
const SCALAR_BYTES_MAX: usize = 4096;

/// The longest escape is a pair of surrogates: this much of a string must be seen past a cut.
const ESCAPE_BYTES_MAX: usize = 16;

const ROOT: PathNode = PathNode { parent: 0, step: PathStep::Root };

/// What may come next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expect {
    /// A record, or the end of the object.
    Record,
    Value,
    /// An element, or the end of its array.
    Element,
    /// A member's name, or the end of its object.
    Key,
    Colon,
    /// A comma, or the end of an array or object.
    Separator,
}

/// An array or object that is open.
#[derive(Debug)]
struct Frame {
    is_object: bool,
    context: u32,
    /// The member read now or last; `NONE` before the first.
    member: u32,
    /// The element read now.
    index: u64,
    /// Its node in the block's paths; `NONE` until a value needs it.
    node: u32,
}

/// Why reading stopped, and how much of the view was read by then.
#[derive(Clone, Copy, Debug)]
enum Stop {
    /// The rest of the view is not a whole token.
    Starved(usize),
    /// A block is full, or must end here for another reason.
    Full(usize),
    /// The table of contexts is full: it starts anew before the name here.
    Contexts(usize),
    /// The string at the start of the view is too long for one block.
    LongString,
    /// This is not JSON.
    Malformed(usize, &'static str),
    /// Nested too deep.
    TooDeep(usize),
}

/// Where a string ends.
#[derive(Clone, Copy, Debug)]
enum StringEnd {
    Closed {
        at: usize,
        escaped: bool,
    },
    /// By a line break, which no JSON string holds.
    Broken(usize),
    Open,
}

/// Reads the window as JSON.
#[derive(Debug)]
pub(crate) struct JsonReader {
    limits: Limits,
    expect: Expect,
    stack: Vec<Frame>,
    contexts: Contexts,
    batch: Batch,
    paths: Vec<PathNode>,
    long_string: Option<LongString>,
    /// The line at the window's front is read as text; so many bytes of it were read already.
    damaged_line: Option<usize>,
    pub(crate) damage: Damage,
    /// The line at which the object is nested too deep.
    pub(crate) too_deep_line: Option<u64>,
    position: RecordPosition,
    pub(crate) values: u64,
}

/// Which record is being read.
#[derive(Debug, Default)]
struct RecordPosition {
    /// Its index.
    record: u64,
    records: u64,
    damaged_lines: u64,
    /// The line being read, from 0.
    line: u64,
    /// The line that has index 0.
    first_line: u64,
    /// A record goes over several lines.
    is_multiline: bool,
    is_on_new_line: bool,
}

impl RecordPosition {
    fn start(&mut self) {
        self.record = if self.records == 0 {
            self.line.saturating_sub(self.first_line)
        } else if self.is_on_new_line && !self.is_multiline {
            self.line.saturating_sub(self.first_line).max(self.record + 1)
        } else {
            self.record + 1
        };
    }

    fn end(&mut self) {
        self.records += 1;
        self.is_on_new_line = false;
    }
}

impl JsonReader {
    /// `is_lines` says whether a look at the object's start showed several records, one a line: blank
    /// lines before them have an index too.
    pub(crate) fn new(limits: &Limits, is_lines: bool) -> Self {
        let first_line = if is_lines { 0 } else { u64::MAX };
        JsonReader {
            limits: limits.clone(),
            expect: Expect::Record,
            stack: Vec::new(),
            contexts: Contexts::new(limits),
            batch: Batch::default(),
            paths: vec![ROOT],
            long_string: None,
            damaged_line: None,
            damage: Damage::default(),
            too_deep_line: None,
            position: RecordPosition { first_line, ..RecordPosition::default() },
            values: 0,
        }
    }

    /// Records that were read so far, in part or whole, and lines read as text between them.
    pub(crate) fn records(&self) -> u64 {
        let unfinished = u64::from(self.expect != Expect::Record);
        self.position.records + unfinished + self.position.damaged_lines
    }

    /// Whether it is JSON Lines rather than one document.
    pub(crate) fn is_lines(&self) -> bool {
        self.records() > 1 && !self.position.is_multiline
    }

    pub(crate) fn read(
        &mut self,
        window: &mut Window,
        end: usize,
        last: bool,
        sink: &mut dyn BlockSink,
    ) -> Step {
        if let Some(lead) = self.damaged_line {
            return self.read_damaged_line(window, lead, end, last, sink);
        }
        if let Some(long) = self.long_string {
            return self.read_long_string(window, long, end, last, sink);
        }
        match self.tokens(&window.text[..end], last) {
            Stop::Starved(0) if !last => Step::Starved,
            Stop::Starved(at) => {
                if last && self.expect != Expect::Record {
                    let (line, _) = window.place(at);
                    self.damage.ends_early(line);
                }
                self.emit(window, Taken::all(at), sink);
                Step::Advanced
            }
            Stop::Full(at) => {
                self.emit(window, Taken::all(at), sink);
                Step::Advanced
            }
            Stop::Contexts(at) => {
                self.emit(window, Taken::all(at), sink);
                self.restart_contexts();
                Step::Advanced
            }
            Stop::LongString => {
                let long = LongString::start(self.expect == Expect::Key);
                self.read_long_string(window, long, end, last, sink)
            }
            Stop::Malformed(at, problem) => self.malformed(window, at, problem, sink),
            Stop::TooDeep(at) => {
                self.too_deep_line = Some(window.place(at).0);
                Step::Text { lead: self.leave_rest(window, at, sink) }
            }
        }
    }

    fn emit(&mut self, window: &mut Window, taken: Taken, sink: &mut dyn BlockSink) {
        let labels = Labels {
            layout: Layout::Records,
            contexts: self.contexts.as_slice(),
            paths: &self.paths,
            epoch: self.contexts.epoch(),
        };
        self.batch.emit(window, taken, labels, escapes::unescape, sink);
        self.paths.truncate(1);
        for frame in &mut self.stack {
            frame.node = NONE;
        }
    }

    /// Hands on what was read before `at`, and keeps some of it as neighbours of the text from there:
    /// so many bytes.
    fn leave_rest(&mut self, window: &mut Window, at: usize, sink: &mut dyn BlockSink) -> usize {
        let taken = Taken::leaving(window, at, self.limits.overlap_bytes / 2);
        self.emit(window, taken, sink);
        taken.end - taken.keep_from
    }

    fn malformed(
        &mut self,
        window: &mut Window,
        at: usize,
        problem: &'static str,
        sink: &mut dyn BlockSink,
    ) -> Step {
        let (line, _) = window.place(at);
        let lead = self.leave_rest(window, at, sink);
        self.damaged(line, lead, problem)
    }

    /// The window's front is no JSON; the first `lead` bytes of it are only neighbours.
    fn damaged(&mut self, line: u64, lead: usize, problem: &'static str) -> Step {
        let is_lines = self.position.records > 0 && !self.position.is_multiline;
        if is_lines && self.damage.one_more(line, &self.limits) {
            self.damaged_line = Some(lead);
            self.stack.clear();
            self.expect = Expect::Record;
            self.long_string = None;
            return Step::Advanced;
        }
        self.damage.rest_is_text(line, problem);
        Step::Text { lead }
    }

    fn read_damaged_line(
        &mut self,
        window: &mut Window,
        lead: usize,
        end: usize,
        last: bool,
        sink: &mut dyn BlockSink,
    ) -> Step {
        let after = match memchr::memchr(b'\n', &window.text.as_bytes()[lead..end]) {
            Some(newline) => lead + newline + 1,
            None if last => end,
            None if end - lead > self.limits.value_bytes_max => {
                let (line, _) = window.place(lead);
                self.damage.rest_is_text(line, "a line that is not JSON is too long");
                return Step::Text { lead };
            }
            None => return Step::Starved,
        };
        LinesReader::new(&self.limits, lead).emit(window, after, after, sink);
        let place = window.place(after);
        window.advance(after, place);
        self.damaged_line = None;
        self.position.damaged_lines += 1;
        self.position.line += 1;
        self.position.is_on_new_line = true;
        Step::Advanced
    }

    /// Reads tokens until the view ends or something must happen first.
    fn tokens(&mut self, text: &str, last: bool) -> Stop {
        let bytes = text.as_bytes();
        let mut at = 0;
        loop {
            at = self.skip_blanks(bytes, at);
            let Some(byte) = bytes.get(at).copied() else { return Stop::Starved(at) };
            if self.batch.segments.len() >= self.limits.segments_max
                || self.paths.len() > self.limits.segments_max
            {
                return Stop::Full(at);
            }
            let read = match (self.expect, byte) {
                (Expect::Colon, b':') => {
                    self.expect = Expect::Value;
                    Ok(at + 1)
                }
                (Expect::Separator, b',') => Ok(self.comma(at)),
                (Expect::Key, b'"') => self.key(text, at, last),
                (Expect::Key | Expect::Separator, b'}') => self.close(at, true),
                (Expect::Element | Expect::Separator, b']') => self.close(at, false),
                (Expect::Record | Expect::Value | Expect::Element, _) => {
                    self.value(text, at, byte, last)
                }
                _ => Err(Stop::Malformed(at, "not JSON")),
            };
            match read {
                Ok(next) => at = next,
                Err(stop) => return stop,
            }
        }
    }

    #[inline(always)]
    fn skip_blanks(&mut self, bytes: &[u8], mut at: usize) -> usize {
        while let Some(byte) = bytes.get(at) {
            match byte {
                b' ' | b'\t' | b'\r' => {}
                b'\n' => {
                    self.position.line += 1;
                    if self.expect == Expect::Record {
                        self.position.is_on_new_line = true;
                    } else {
                        self.position.is_multiline = true;
                    }
                }
                // RFC 7464 puts a record separator before each record.
                b'\x1e' if self.expect == Expect::Record => {}
                _ => break,
            }
            at += 1;
        }
        at
    }

    fn comma(&mut self, at: usize) -> usize {
        if let Some(frame) = self.stack.last_mut() {
            frame.index += 1;
            self.expect = if frame.is_object { Expect::Key } else { Expect::Element };
        }
        at + 1
    }

    fn close(&mut self, at: usize, is_object: bool) -> Result<usize, Stop> {
        if self.stack.last().is_none_or(|frame| frame.is_object != is_object) {
            return Err(Stop::Malformed(at, "not JSON"));
        }
        self.stack.pop();
        self.end_value();
        Ok(at + 1)
    }

    #[inline(always)]
    fn end_value(&mut self) {
        if self.stack.is_empty() {
            self.position.end();
            self.expect = Expect::Record;
        } else {
            self.expect = Expect::Separator;
        }
    }

    #[inline(always)]
    fn value(&mut self, text: &str, at: usize, byte: u8, last: bool) -> Result<usize, Stop> {
        if self.expect == Expect::Record {
            if self.position.first_line == u64::MAX {
                self.position.first_line = self.position.line;
            }
            self.position.start();
        }
        match byte {
            b'"' => self.string(text, at, last),
            b'{' | b'[' => self.open(at, byte == b'{'),
            b'-' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => self.scalar(text, at, last),
            _ => Err(Stop::Malformed(at, "not JSON")),
        }
    }

    fn open(&mut self, at: usize, is_object: bool) -> Result<usize, Stop> {
        if self.stack.len() >= self.limits.json_depth_max {
            return Err(Stop::TooDeep(at));
        }
        let context = self.value_context();
        self.stack.push(Frame { is_object, context, member: NONE, index: 0, node: NONE });
        self.expect = if is_object { Expect::Key } else { Expect::Element };
        Ok(at + 1)
    }

    #[inline(always)]
    fn string(&mut self, text: &str, at: usize, last: bool) -> Result<usize, Stop> {
        let (end, escaped) = self.whole_string(text, at, last)?;
        let segment = self.value_segment(at + 1, end);
        self.push(segment, escaped);
        self.end_value();
        Ok(end + 1)
    }

    /// The end of the string that opens at `open`, which is short enough for one segment.
    #[inline(always)]
    fn whole_string(&self, text: &str, open: usize, last: bool) -> Result<(usize, bool), Stop> {
        let max = self.limits.value_bytes_max;
        let too_long = || if open == 0 { Stop::LongString } else { Stop::Full(open) };
        match string_end(text.as_bytes(), open + 1) {
            StringEnd::Closed { at, escaped } if at - open - 1 <= max => Ok((at, escaped)),
            StringEnd::Broken(at) if at - open - 1 <= max => {
                Err(Stop::Malformed(open, "a string is not closed"))
            }
            StringEnd::Closed { .. } | StringEnd::Broken(_) => Err(too_long()),
            StringEnd::Open if text.len() - open > max + ESCAPE_BYTES_MAX => Err(too_long()),
            StringEnd::Open if last => Err(Stop::Malformed(open, "a string is not closed")),
            StringEnd::Open => Err(Stop::Starved(open)),
        }
    }

    fn scalar(&mut self, text: &str, at: usize, last: bool) -> Result<usize, Stop> {
        let bytes = &text.as_bytes()[at..];
        let is_part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
        let length = bytes.iter().take(SCALAR_BYTES_MAX + 1).take_while(|b| is_part(b)).count();
        if length > SCALAR_BYTES_MAX {
            return Err(Stop::Malformed(at, "not JSON"));
        }
        if length == bytes.len() && !last {
            return Err(Stop::Starved(at));
        }
        let is_value = match &bytes[..length] {
            b"null" => false,
            b"true" | b"false" | b"NaN" | b"Infinity" | b"-Infinity" => true,
            number if is_number(number) => true,
            _ => return Err(Stop::Malformed(at, "not JSON")),
        };
        if is_value {
            let segment = self.value_segment(at, at + length);
            self.push(segment, false);
        }
        self.end_value();
        Ok(at + length)
    }

    #[inline(always)]
    fn key(&mut self, text: &str, at: usize, last: bool) -> Result<usize, Stop> {
        let Some(frame) = self.stack.last_mut() else {
            return Err(Stop::Malformed(at, "not JSON"));
        };
        if let Some((member, key)) = self.contexts.expected(frame.context, frame.member) {
            let rest = &text.as_bytes()[at + 1..];
            if rest.get(key.len()) == Some(&b'"') && rest.starts_with(key.as_bytes()) {
                frame.member = member;
                self.expect = Expect::Colon;
                return Ok(at + key.len() + 2);
            }
        }
        let (end, escaped) = self.whole_string(text, at, last)?;
        let key = &text[at + 1..end];
        if !self.know_key(key) {
            if self.contexts.is_full() {
                return Err(Stop::Contexts(at));
            }
            let segment = self.key_segment(at + 1, end);
            self.push(segment, escaped);
            self.name_member(key);
        }
        self.expect = Expect::Colon;
        Ok(end + 1)
    }

    /// Whether this very name was met here before; the frame then stands at it.
    fn know_key(&mut self, key: &str) -> bool {
        let Some(frame) = self.stack.last_mut() else { return false };
        if !is_exact(key) {
            return false;
        }
        match self.contexts.find(frame.context, frame.member, key) {
            Some(member) => {
                frame.member = member;
                true
            }
            None => false,
        }
    }

    fn name_member(&mut self, key: &str) {
        let Some(frame) = self.stack.last_mut() else { return };
        let found = self.contexts.find(frame.context, frame.member, key);
        frame.member = found.unwrap_or_else(|| {
            let mut name = String::new();
            escapes::unescape(key, &mut name);
            self.contexts.add(frame.context, frame.member, key, &name)
        });
    }

    #[inline(always)]
    fn push(&mut self, segment: Segment, escaped: bool) {
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
    fn value_segment(&mut self, start: usize, end: usize) -> Segment {
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
    fn key_segment(&mut self, start: usize, end: usize) -> Segment {
        let depth = self.stack.len();
        Segment {
            start: start as u32,
            end: end as u32,
            context: self.stack.last().map_or(0, |frame| frame.context),
            unit: self.position.record,
            part: if depth == 0 { 0 } else { self.container_node(depth - 1) },
        }
    }

    #[inline(always)]
    fn value_context(&self) -> u32 {
        match self.stack.last() {
            None => 0,
            Some(frame) if frame.is_object => frame.member,
            Some(frame) => frame.context,
        }
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

    /// Starts the table of contexts anew with those of the open arrays and objects.
    fn restart_contexts(&mut self) {
        let old = self.contexts.restart();
        let mut context = 0;
        for frame in &mut self.stack {
            frame.context = context;
            if frame.is_object && frame.member != NONE {
                let (key, name) = old.key_and_name(frame.member);
                frame.member = self.contexts.add(context, NONE, key, name);
            }
            if frame.is_object {
                context = frame.member;
            }
        }
        self.contexts.set_base();
    }
}

#[inline(always)]
fn string_end(bytes: &[u8], from: usize) -> StringEnd {
    let mut at = from;
    let mut escaped = false;
    while let Some(found) = find3(bytes, at, [b'"', b'\\', b'\n']) {
        match bytes[found] {
            b'"' => return StringEnd::Closed { at: found, escaped },
            b'\n' => return StringEnd::Broken(found),
            _ => escaped = true,
        }
        // The escaped character is no end, but a line break is one even here.
        at = match bytes.get(found + 1) {
            Some(b'\n') => found + 1,
            _ => found + 2,
        };
    }
    StringEnd::Open
}

/// Digits with what may stand between and before them; how many zeros lead is of no interest here.
fn is_number(token: &[u8]) -> bool {
    let unsigned = token.strip_prefix(b"-").unwrap_or(token);
    let digits = |bytes: &[u8]| bytes.iter().take_while(|b| b.is_ascii_digit()).count();
    let whole = digits(unsigned);
    let mut rest = &unsigned[whole..];
    if whole == 0 {
        return false;
    }
    if let Some(fraction) = rest.strip_prefix(b".") {
        let length = digits(fraction);
        rest = &fraction[length..];
        if length == 0 {
            return false;
        }
    }
    if let Some(exponent) = rest.strip_prefix(b"e").or_else(|| rest.strip_prefix(b"E")) {
        let exponent =
            exponent.strip_prefix(b"+").or_else(|| exponent.strip_prefix(b"-")).unwrap_or(exponent);
        let length = digits(exponent);
        return length > 0 && length == exponent.len();
    }
    rest.is_empty()
}
