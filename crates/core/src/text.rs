//! Located text: the form in which extraction hands an object to detection.
//!
//! An object becomes a sequence of [`Block`]s of a few hundred KiB. A block is one run of UTF-8 text
//! with its value boundaries beside it, so that detection can go over the text in one pass, at the
//! speed of memory, and look at boundaries, context and location only where it found a candidate.
//!
//! A block of prose or logs is one segment; a block of CSV has one segment per cell; a block of JSON
//! has one per string, number or boolean. What stands between segments (commas, quotes) belongs to no
//! value: a detection lies within one segment.
//!
//! Blocks of long texts overlap. Each start offset is *owned* by exactly one block, so that a
//! detection near a border is reported once, by the block that sees enough of both its sides.

use crate::detection::Location;

/// Text that a value's neighbours say about it: a column name, or the element names of a JSON path.
/// It is made once per column or path, and serves all its values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Context {
    /// The names, outermost first; for a table the column's name alone.
    pub names: Vec<String>,
}

/// One step of the path to a value of a JSON record. A block's nodes form a tree by their parents, so
/// that a path costs a few bytes until somebody asks for its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathNode {
    /// The node one step nearer to the root, by its place in [`Block::paths`]: always less than the
    /// node's own place, save for the root, which is node 0 and its own parent.
    pub parent: u32,
    /// The step from there.
    pub step: PathStep,
}

/// What a [`PathNode`] adds to its parent's path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathStep {
    /// Nothing: the record itself.
    Root,
    /// The member of an object that is named by the last name of this context.
    Member {
        /// Index into [`Block::contexts`].
        context: u32,
    },
    /// The element of an array, from 0.
    Element {
        /// Its index.
        index: u64,
    },
}

/// A longer element name loses characters from its start (macie-engine, section 10).
const PATH_NAME_CHARS_MAX: usize = 240;

/// A longer path loses leading elements until it fits (macie-engine, section 10).
const PATH_CHARS_MAX: usize = 250;

/// Stands for the leading elements that a path lost: `$..` means "somewhere below the root".
const PATH_CUT: &str = "$.";

/// One value within a block's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// First byte of the value in the block's text.
    pub start: u32,
    /// One past its last byte.
    pub end: u32,
    /// Index into [`Block::contexts`] (by position in that slice).
    pub context: u32,
    /// Row, record index or first line; its meaning is the layout's.
    pub unit: u64,
    /// Column from 0 in a table; node in the block's `paths` for records; for lines the characters
    /// before the segment on its first line, at most `u32::MAX`.
    pub part: u32,
}

/// How a block's segments map onto locations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Lines of text. `Segment::unit` is the line (from 1) on which the segment's first byte stands,
    /// `Segment::part` the characters that stand before it on that line.
    Lines,
    /// Cells of a table. `unit` is the row from 1, `part` the column from 0.
    Table,
    /// Values of JSON records. `unit` is the record's index from 0, `part` the path's last node in
    /// [`Block::paths`]. The name of a member is a value too, with the path of the object it is in.
    Records,
}

/// Which part of an object a block is from, where objects have parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place<'a> {
    /// The member of a container, such as `b/c.csv`, with the containers in which it stands:
    /// `inner.zip!b/c.csv`. Empty for the object itself.
    pub member: &'a str,
    /// The sheet of a workbook, or the table of a database.
    pub sheet: Option<&'a str>,
    /// The page of a document or the slide of a presentation, from 1.
    pub page: Option<u32>,
}

/// Where else the values of a block stand: a value that a format stores once for many rows is looked at
/// once and counts as often as it is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Repeats<'a> {
    /// By segment, where its part of `units` ends; it begins where that of the segment before ends. Empty
    /// if nothing is repeated.
    pub ends: &'a [u32],
    /// Further rows or records, in the sense of [`Segment::unit`].
    pub units: &'a [u64],
}

impl<'a> Repeats<'a> {
    /// Further units of a segment.
    pub fn of(&self, segment: usize) -> &'a [u64] {
        let end = |index: usize| self.ends.get(index).map_or(0, |end| *end as usize);
        let start = segment.checked_sub(1).map_or(0, end);
        self.units.get(start..end(segment)).unwrap_or(&[])
    }
}

/// A run of text with its values.
#[derive(Clone, Debug)]
pub struct Block<'a> {
    /// The text, UTF-8.
    pub text: &'a str,
    /// The values in it, in order, not overlapping.
    pub segments: &'a [Segment],
    /// Contexts that the segments refer to.
    pub contexts: &'a [Context],
    /// JSON paths that the segments of a `Records` block refer to.
    pub paths: &'a [PathNode],
    /// How to read `unit` and `part`.
    pub layout: Layout,
    /// Which part of the object this is.
    pub place: Place<'a>,
    /// Where else its values stand.
    pub repeats: Repeats<'a>,
    /// Start offsets that this block owns: a detection is reported exactly if it starts in
    /// `own_start..own_end`.
    pub own_start: u32,
    /// One past the last owned start offset.
    pub own_end: u32,
    /// A number that is the same for all blocks whose `contexts` slice only grew since, and of no
    /// other block in this process: consumers may cache what they derived from `contexts[i]` as long
    /// as it does not change.
    pub contexts_epoch: u64,
}

impl Segment {
    /// The one value of a plain text of less than 4 GiB.
    pub fn whole(text: &str) -> Self {
        let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
        Self { start: 0, end, context: 0, unit: 1, part: 0 }
    }
}

impl<'a> Block<'a> {
    /// A plain text of less than 4 GiB that is an object of its own, with the values in it.
    pub fn of_text(text: &'a str, segments: &'a [Segment]) -> Self {
        Self {
            text,
            segments,
            contexts: &[],
            paths: &[],
            layout: Layout::Lines,
            place: Place::default(),
            repeats: Repeats::default(),
            own_start: 0,
            own_end: Segment::whole(text).end,
            contexts_epoch: 0,
        }
    }
}

impl Block<'_> {
    /// Where the bytes `start..end` of the text stand in the object. They must lie within `segment`.
    pub fn locate(&self, segment: &Segment, start: usize, end: usize) -> Location {
        match self.layout {
            Layout::Table => Location::Cell {
                sheet: self.place.sheet.map(str::to_owned),
                row: segment.unit,
                column: segment.part + 1,
                column_name: self
                    .contexts
                    .get(segment.context as usize)
                    .and_then(|context| context.names.last().cloned()),
            },
            Layout::Records => Location::Record {
                record_index: segment.unit,
                json_path: self.json_path(segment.part),
            },
            Layout::Lines => self.locate_lines(segment, start, end),
        }
    }

    /// The JSON path that ends in a node, such as `$.user.phones[2]` or `$['odd name']`, with Macie's
    /// rules of length; empty when there is no such node.
    pub fn json_path(&self, node: u32) -> String {
        let mut steps = Vec::new();
        let mut chars = 1;
        let mut at = node;
        loop {
            let Some(PathNode { parent, step }) = self.paths.get(at as usize).copied() else {
                return String::new();
            };
            let text = match step {
                PathStep::Root => break,
                PathStep::Member { context } => member_step(self.member_name(context)),
                PathStep::Element { index } => format!("[{index}]"),
            };
            chars += text.chars().count();
            steps.push(text);
            if parent >= at {
                break;
            }
            at = parent;
        }
        let mut lead = "$";
        while chars > PATH_CHARS_MAX && steps.len() > 1 {
            chars -= steps.pop().map_or(0, |step| step.chars().count());
            if lead != PATH_CUT {
                chars += "..".len();
                lead = PATH_CUT;
            }
        }
        let first_is_bare = steps.last().is_some_and(|step| step.starts_with('.'));
        let mut path = String::from(lead);
        if lead == PATH_CUT && !first_is_bare {
            path.push('.');
        }
        path.extend(steps.iter().rev().map(String::as_str));
        path
    }

    fn member_name(&self, context: u32) -> &str {
        self.contexts
            .get(context as usize)
            .and_then(|context| context.names.last())
            .map_or("", String::as_str)
    }

    fn locate_lines(&self, segment: &Segment, start: usize, end: usize) -> Location {
        if let Some(page_number) = self.place.page {
            return Location::Page { page_number };
        }
        let from = segment.start as usize;
        let before = &self.text[from..start];
        let first = segment.unit + count_newlines(before);
        let start_column = match before.rfind('\n') {
            Some(newline) => before[newline + 1..].chars().count() as u64 + 1,
            None => u64::from(segment.part) + before.chars().count() as u64 + 1,
        };
        let last = first + count_newlines(&self.text[start..end]);
        Location::LineRange { start: first, end: last, start_column }
    }
}

/// `.name`, or `['name']` where the name is not a plain word.
fn member_step(name: &str) -> String {
    let surplus = name.chars().count().saturating_sub(PATH_NAME_CHARS_MAX);
    let kept = name.char_indices().nth(surplus).map_or("", |(at, _)| &name[at..]);
    let plain = kept.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && kept.chars().all(|c| c.is_alphanumeric() || c == '_');
    if plain {
        return format!(".{kept}");
    }
    let mut step = String::from("['");
    for c in kept.chars() {
        match c {
            '\'' | '\\' => step.extend(['\\', c]),
            c if c.is_control() => step.extend(c.escape_default()),
            c => step.push(c),
        }
    }
    step.push_str("']");
    step
}

fn count_newlines(text: &str) -> u64 {
    text.bytes().filter(|b| *b == b'\n').count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_characters_from_one() {
        let text = "é one\ntwö three\n";
        let segment = Segment { unit: 5, part: 3, ..Segment::whole(text) };
        let block = Block::of_text(text, std::slice::from_ref(&segment));
        let one = text.find("one").unwrap();
        assert_eq!(
            block.locate(&segment, one, one + 3),
            Location::LineRange { start: 5, end: 5, start_column: 6 }
        );
        let three = text.find("three").unwrap();
        assert_eq!(
            block.locate(&segment, three, three + 5),
            Location::LineRange { start: 6, end: 6, start_column: 5 }
        );
    }

    /// Paths over the names given, `[n]` standing for an element, against the rendered text.
    fn check_path(steps: &[&str], expect: &str) {
        let mut contexts = Vec::new();
        let mut paths = vec![PathNode { parent: 0, step: PathStep::Root }];
        for step in steps {
            let index = step.strip_prefix('[').and_then(|s| s.strip_suffix(']')?.parse().ok());
            let step = match index {
                Some(index) => PathStep::Element { index },
                None => {
                    contexts.push(Context { names: vec![step.to_string()] });
                    PathStep::Member { context: contexts.len() as u32 - 1 }
                }
            };
            paths.push(PathNode { parent: paths.len() as u32 - 1, step });
        }
        let none = Block::of_text("", &[]);
        let block = Block { contexts: &contexts, paths: &paths, layout: Layout::Records, ..none };
        let path = block.json_path(steps.len() as u32);
        assert_eq!(path, expect);
        assert!(path.chars().count() <= PATH_CHARS_MAX);
    }

    #[test]
    fn json_paths_follow_macies_form_and_lengths() {
        check_path(&[], "$");
        check_path(&["user", "phones", "[2]"], "$.user.phones[2]");
        check_path(&["[0]", "größe"], "$[0].größe");
        check_path(&["odd key", "it's", "1st", ""], "$['odd key']['it\\'s']['1st']['']");
        let long = "x".repeat(300);
        check_path(&["a", &long], &format!("$.a.{}", "x".repeat(240)));
        let (a, b, c) = ("a".repeat(120), "b".repeat(120), "c".repeat(120));
        check_path(&[&a, &b, &c], &format!("$..{b}.{c}"));
        check_path(&[&a, &a, "[7]", &c], &format!("$..{a}[7].{c}"));
        check_path(&[&a, "[7]", &a, &c], &format!("$..[7].{a}.{c}"));
    }

    #[test]
    fn a_path_without_its_node_is_empty() {
        let block = Block { layout: Layout::Records, ..Block::of_text("", &[]) };
        assert_eq!(block.json_path(3), "");
    }
}
