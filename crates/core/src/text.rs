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
    /// Column from 0 in a table; index into the block's `paths` for records; otherwise 0.
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
    /// Values of JSON records. `unit` is the record's index from 0, `part` the path's index in
    /// [`Block::paths`].
    Records,
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
    /// JSON paths that the segments of a `Records` block refer to, such as `$.user.phones[2]`.
    pub paths: &'a [String],
    /// How to read `unit` and `part`.
    pub layout: Layout,
    /// Start offsets that this block owns: a detection is reported exactly if it starts in
    /// `own_start..own_end`.
    pub own_start: u32,
    /// One past the last owned start offset.
    pub own_end: u32,
    /// A number that is the same for all blocks whose `contexts` slice only grew since: consumers may
    /// cache what they derived from `contexts[i]` as long as it does not change.
    pub contexts_epoch: u64,
}

impl Block<'_> {
    /// Where the bytes `start..end` of the text stand in the object. They must lie within `segment`.
    pub fn locate(&self, segment: &Segment, start: usize, end: usize) -> Location {
        match self.layout {
            Layout::Table => Location::Cell {
                row: segment.unit,
                column: segment.part + 1,
                column_name: self
                    .contexts
                    .get(segment.context as usize)
                    .and_then(|context| context.names.last().cloned()),
            },
            Layout::Records => Location::Record {
                record_index: segment.unit,
                json_path: self.paths.get(segment.part as usize).cloned().unwrap_or_default(),
            },
            Layout::Lines => self.locate_lines(segment, start, end),
        }
    }

    fn locate_lines(&self, segment: &Segment, start: usize, end: usize) -> Location {
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

fn count_newlines(text: &str) -> u64 {
    text.bytes().filter(|b| *b == b'\n').count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_characters_from_one() {
        let text = "é one\ntwö three\n";
        let segment = Segment { start: 0, end: text.len() as u32, context: 0, unit: 5, part: 3 };
        let block = Block {
            text,
            segments: &[segment],
            contexts: &[],
            paths: &[],
            layout: Layout::Lines,
            own_start: 0,
            own_end: text.len() as u32,
            contexts_epoch: 0,
        };
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
}
