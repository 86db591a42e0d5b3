//! JSON documents and JSON Lines, read token by token from whatever part has arrived.
//!
//! Strings, numbers and booleans are values. The name of a member is a value as well, once for each
//! distinct place it has in the records' shape, with the path of the object that it is in: data hides
//! in names too. A trailing comma is forgiven. What is not JSON is read as text: a line of JSON Lines on
//! its own, of anything else all that follows.

mod ahead;
mod contexts;
mod escapes;
mod labels;
mod long_string;
mod named;
mod places;
mod rows;
mod tokens;

use crate::limits::Limits;
use crate::tables::roles::Roles;
use crate::text::batch::{Batch, Labels, Taken};
use crate::text::lines::LinesReader;
use crate::text::notes::Damage;
use crate::text::reader::{BlockSink, Step};
use crate::text::window::Window;
use contexts::{Contexts, NONE};
use labels::Labels as ValueNames;
use lakegate_core::text::{Layout, PathNode, PathStep};
use long_string::LongString;
use named::{Name, Naming, TopRows};

/// The longest escape is a pair of surrogates: this much of a string must be seen past a cut.
const ESCAPE_BYTES_MAX: usize = 16;

/// What is wrong with a value that the object's end cuts off.
const CUT: &str = "a value is not whole";

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
    /// Its values name others or are named by others: it must be looked at.
    is_marked: bool,
    /// What is surely a name of its values was met.
    is_named: bool,
    /// What the name of the member read now says.
    roles: Roles,
    context: u32,
    /// The member read now or last; `NONE` before the first.
    member: u32,
    /// The element read now.
    index: u64,
    /// Its node in the block's paths; `NONE` until a value needs it.
    node: u32,
    /// The set of names that the value read now bears beside those on its path.
    labels: u32,
    /// That of all values here.
    inherited: u32,
    /// The set of names that values here give to those beside them.
    own: u32,
    naming: Option<Box<Naming>>,
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

/// Reads the window as JSON.
#[derive(Debug)]
pub(crate) struct JsonReader {
    limits: Limits,
    expect: Expect,
    stack: Vec<Frame>,
    contexts: Contexts,
    labels: ValueNames,
    /// Texts that may name values that come, by how many arrays and objects are open.
    names: Vec<Name>,
    /// What the first array in no other says of those that follow.
    top_rows: Option<TopRows>,
    batch: Batch,
    paths: Vec<PathNode>,
    long_string: Option<LongString>,
    /// The line at the window's front is read as text; so many bytes of it were read already.
    damaged_line: Option<usize>,
    pub(crate) damage: Damage,
    /// The line on which the object ends although something is open.
    pub(crate) cut_line: Option<u64>,
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
            labels: ValueNames::new(limits),
            names: Vec::new(),
            top_rows: None,
            batch: Batch::default(),
            paths: vec![ROOT],
            long_string: None,
            damaged_line: None,
            damage: Damage::default(),
            cut_line: None,
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
                    self.cut_line = Some(window.place(at).0);
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
        self.take_names(&window.text, 1);
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
        if problem == CUT {
            self.cut_line = Some(line);
        }
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

    /// Whether no value that is read has names from elsewhere, so that they may be forgotten.
    fn may_restart_labels(&self) -> bool {
        self.stack.is_empty() && self.top_rows.is_none() && self.labels.may_restart()
    }

    /// Starts the table of contexts anew with those of the open arrays and objects.
    fn restart_contexts(&mut self) {
        let old = self.contexts.restart();
        if self.labels.is_full() && self.may_restart_labels() {
            self.labels.restart();
        }
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
