//! HTML: lines of text, and tables, whose cells bear the names that their rows of names give them.
//!
//! The text stays as it is written, tags and all, so that every byte is looked at where it stands; a
//! table only tells which of it is a cell.

use crate::limits::Limits;
use crate::tables::cells::{Cell, Row};
use crate::tables::headings::Headings;
use crate::tables::names::CellNames;
use crate::text::markup;
use crate::text::prose::ProseReader;
use crate::text::reader::{BlockSink, Step};
use crate::text::window::{Cursor, Window};
use lakegate_core::text::{Block, Layout, Place, Repeats, Segment};
use std::ops::Range;

/// Rows by which a table is told.
const ROWS_MAX: usize = 12;

/// Rows of names that a table may have.
const HEADER_ROWS_MAX: usize = 3;

/// Columns that a cell may span.
const SPAN_MAX: u32 = 1_000;

/// Cells that go down into further rows, at once.
const SPANS_MAX: usize = 64;

/// Small tables that follow each other are read so many bytes at a time, if there are so many: what is taken
/// off a long window moves all the rest of it.
const NEAR_BYTES: usize = 16 << 10;
const NEAR_TABLES_MIN: usize = 4;

/// Bytes of a tag after which it is none.
const TAG_BYTES_MAX: usize = 64 << 10;

/// Bytes of the tag that begins a table, without what may stand in it.
const TABLE_TAG_BYTES: usize = "<table".len();

/// Reads the window as HTML.
#[derive(Debug)]
pub(crate) struct HtmlReader {
    limits: Limits,
    prose: ProseReader,
    /// The table in whose rows the window begins.
    table: Option<Table>,
    /// Lines that stood in tables.
    lines: u64,
}

#[derive(Debug)]
struct Table {
    names: CellNames,
    /// Rows of names that are still to come.
    header_rows: usize,
}

/// What tables are in the view.
enum Found {
    /// A table with names begins there.
    Table(usize, usize),
    /// So far it can not be told what begins there.
    Unclear(usize),
    Nothing,
}

impl HtmlReader {
    pub fn new(limits: &Limits) -> Self {
        Self {
            limits: limits.clone(),
            prose: ProseReader::of_markup(limits),
            table: None,
            lines: 0,
        }
    }

    /// Lines that were handed on so far.
    pub fn lines(&self) -> u64 {
        self.prose.lines() + self.lines
    }

    /// Reads from `window.text[..end]`, which ends the text if `last`.
    pub fn read(
        &mut self,
        window: &mut Window,
        end: usize,
        last: bool,
        sink: &mut dyn BlockSink,
    ) -> Step {
        let near = if self.table.is_none() && self.prose.lead() == 0 {
            small_tables(&window.text[..end])
        } else {
            0
        };
        if near == 0 {
            return self.step(window, end, last, sink);
        }
        let place = window.place(near);
        let (text, line, column) = (window.text[..near].to_owned(), window.line, window.column);
        let mut tables = Window { text, line, column };
        while !tables.text.is_empty() {
            let length = tables.text.len();
            self.step(&mut tables, length, true, sink);
        }
        window.advance(near, place);
        Step::Advanced
    }

    fn step(
        &mut self,
        window: &mut Window,
        end: usize,
        last: bool,
        sink: &mut dyn BlockSink,
    ) -> Step {
        if self.go_on(window, end, last, sink) {
            return Step::Advanced;
        }
        let start = match find(&window.text[..end], self.prose.lead(), last) {
            Found::Table(start, header_rows) => {
                self.table = Some(Table { names: CellNames::new(), header_rows });
                start
            }
            Found::Unclear(start) => start,
            Found::Nothing => 0,
        };
        if start > 0 {
            return self.prose.read(window, start, true, sink);
        }
        if self.go_on(window, end, last, sink) {
            return Step::Advanced;
        }
        self.prose.read(window, end, last, sink)
    }

    /// Reads further rows of the table, if there are any; else it has ended.
    fn go_on(
        &mut self,
        window: &mut Window,
        end: usize,
        last: bool,
        sink: &mut dyn BlockSink,
    ) -> bool {
        let Some(table) = self.table.take() else { return false };
        let rows = Rows::of(&window.text[..end], last);
        let has_rows = rows.end > 0;
        if has_rows {
            self.read_rows(table, rows, window, sink);
        }
        has_rows
    }

    /// Hands on rows of the table, and what is between them.
    fn read_rows(
        &mut self,
        mut table: Table,
        rows: Rows,
        window: &mut Window,
        sink: &mut dyn BlockSink,
    ) {
        let text = &window.text[..rows.end];
        let mut out = Segments { text, list: Vec::new(), cursor: window.cursor() };
        let mut at = 0;
        for row in &rows.rows {
            let is_header = table.header_rows > 0;
            table.header_rows -= usize::from(is_header);
            for cell in &row.cells {
                out.between(at..cell.range.start);
                at = cell.range.end;
                if is_header {
                    let name = plain(&text[cell.range.clone()]);
                    for column in cell.column..cell.column + cell.span {
                        table.names.name(column, crate::tail_chars(&name, 240), &self.limits);
                    }
                }
                let context = if is_header { 0 } else { table.names.of(cell.column) };
                out.add(cell.range.clone(), context);
            }
        }
        out.between(at..rows.end);
        if !out.list.is_empty() {
            sink.block(&Block {
                text,
                segments: &out.list,
                contexts: table.names.contexts(),
                paths: &[],
                layout: Layout::Lines,
                place: Place::default(),
                repeats: Repeats::default(),
                own_start: 0,
                own_end: rows.end as u32,
                contexts_epoch: table.names.epoch(),
            });
        }
        let names = markup::Names {
            contexts: table.names.contexts(),
            epoch: table.names.epoch(),
            segments: &out.list,
        };
        markup::read(window, rows.end, 0..rows.end, &names, sink);
        self.lines += memchr::memchr_iter(b'\n', text.as_bytes()).count() as u64;
        let place = window.place(rows.end);
        window.advance(rows.end, place);
        self.table = (!rows.is_closed).then_some(table);
    }
}

/// Where the last of many small tables at the start of a text ends; 0 if there are few, or the text is short.
fn small_tables(text: &str) -> usize {
    const END: &str = "</table>";
    if text.len() <= 2 * NEAR_BYTES {
        return 0;
    }
    let near = &text[..text.floor_char_boundary(NEAR_BYTES)];
    let ends = near.match_indices("</").filter(|(at, _)| {
        near.get(*at..at + END.len()).is_some_and(|tag| tag.eq_ignore_ascii_case(END))
    });
    let (count, last) = ends.fold((0, 0), |(count, _), (at, _)| (count + 1, at + END.len()));
    if count >= NEAR_TABLES_MIN { last } else { 0 }
}

/// Segments of a block, in order.
struct Segments<'t> {
    text: &'t str,
    list: Vec<Segment>,
    cursor: Cursor,
}

impl Segments<'_> {
    fn add(&mut self, range: Range<usize>, context: u32) {
        let text = &self.text[range.clone()];
        let start = range.start + text.len() - text.trim_start().len();
        let end = start + text.trim().len();
        if start == end {
            return;
        }
        self.cursor.advance(self.text, start);
        self.list.push(Segment {
            start: start as u32,
            end: end as u32,
            context,
            unit: self.cursor.line,
            part: u32::try_from(self.cursor.column).unwrap_or(u32::MAX),
        });
    }

    /// What stands between cells, unless it is nothing but tags.
    fn between(&mut self, range: Range<usize>) {
        let is_tag = |byte: u8| byte.is_ascii_alphabetic() || b"<>/ \t\r\n".contains(&byte);
        if !self.text[range.clone()].bytes().all(is_tag) || has_text(&self.text[range.clone()]) {
            self.add(range, 0);
        }
    }
}

/// Whether something stands outside tags.
fn has_text(text: &str) -> bool {
    text.split('<')
        .skip(1)
        .any(|tag| tag.split_once('>').is_none_or(|(_, behind)| !behind.trim().is_empty()))
        || text.split('<').next().is_some_and(|before| !before.trim().is_empty())
}

/// The first table with names in a view that begins behind `lead` bytes, and its rows of names.
fn find(text: &str, lead: usize, last: bool) -> Found {
    // A tag may begin in what was read before.
    let mut at = lead.saturating_sub(TABLE_TAG_BYTES);
    while let Some(tag) = next_tag(text, at) {
        at = tag.range.end;
        if tag.is_end || !tag.name.eq_ignore_ascii_case("table") {
            continue;
        }
        let within = &text[tag.range.end..];
        let rows = Rows::of(within, last);
        let is_whole = rows.is_closed || last || rows.rows.len() > ROWS_MAX;
        let start = tag.range.start;
        if !is_whole && start > lead {
            return Found::Unclear(start);
        }
        let header_rows = rows.header_rows(within);
        if header_rows > 0 {
            return Found::Table(start.max(lead), header_rows);
        }
    }
    Found::Nothing
}

#[derive(Debug)]
struct TableCell {
    range: Range<usize>,
    column: u32,
    span: u32,
    is_name: bool,
}

#[derive(Debug, Default)]
struct TableRow {
    cells: Vec<TableCell>,
}

/// The whole rows at the start of a text that begins within a table.
#[derive(Debug, Default)]
struct Rows {
    rows: Vec<TableRow>,
    /// Where the last of them ends.
    end: usize,
    /// The table ends there, or another one begins.
    is_closed: bool,
    /// The row that is not whole yet, and its cell.
    row: TableRow,
    cell: Option<TableCell>,
    next_column: u32,
    /// Cells that go down into further rows: their column, how many they span, and the rows left.
    above: Vec<(u32, u32, u32)>,
    /// Those that begin in this row.
    begun: Vec<(u32, u32, u32)>,
}

impl Rows {
    fn of(text: &str, last: bool) -> Self {
        let mut rows = Self::default();
        let mut at = 0;
        while let Some(tag) = next_tag(text, at) {
            rows.tag(text, &tag);
            if rows.is_closed {
                rows.end = if tag.is_end { tag.range.end } else { tag.range.start };
                return rows;
            }
            at = tag.range.end;
        }
        if last {
            rows.end_row(text.len());
            rows.end = text.len();
        }
        rows
    }

    fn tag(&mut self, text: &str, tag: &Tag<'_>) {
        let start = tag.range.start;
        match (tag.name.to_ascii_lowercase().as_str(), tag.is_end) {
            // The tag that begins the table was seen before.
            ("table", false) if start == 0 => {}
            ("table", _) => {
                self.end_row(start);
                self.is_closed = true;
            }
            ("tr", is_end) => {
                self.end_row(start);
                self.end = if is_end { tag.range.end } else { start };
            }
            (name @ ("td" | "th"), false) => {
                self.end_cell(start);
                let number = |name| attribute_number(&text[tag.range.clone()], name).unwrap_or(1);
                let (span, rows) = (number("colspan").clamp(1, SPAN_MAX), number("rowspan"));
                let column = self.free_column();
                if rows > 1 && self.begun.len() < SPANS_MAX {
                    self.begun.push((column, span, rows - 1));
                }
                self.cell = Some(TableCell {
                    range: tag.range.end..tag.range.end,
                    column,
                    span,
                    is_name: name == "th",
                });
            }
            ("td" | "th", true) => self.end_cell(start),
            _ => {}
        }
    }

    fn end_cell(&mut self, end: usize) {
        if let Some(mut cell) = self.cell.take() {
            cell.range.end = end;
            self.next_column = cell.column.saturating_add(cell.span);
            self.row.cells.push(cell);
        }
    }

    fn end_row(&mut self, end: usize) {
        self.end_cell(end);
        self.next_column = 0;
        let row = std::mem::take(&mut self.row);
        if !row.cells.is_empty() {
            self.rows.push(row);
            self.above.iter_mut().for_each(|(_, _, rows)| *rows -= 1);
            self.above.retain(|(_, _, rows)| *rows > 0);
            self.above.append(&mut self.begun);
            self.above.truncate(SPANS_MAX);
        }
    }

    /// The next column of the row that no cell from above goes down into.
    fn free_column(&self) -> u32 {
        let mut column = self.next_column;
        while let Some((start, span, _)) =
            self.above.iter().find(|(start, span, _)| (*start..start + span).contains(&column))
        {
            column = start + span;
        }
        column
    }

    /// Rows of names at the start; 0 if nothing names the columns.
    fn header_rows(&self, text: &str) -> usize {
        let is_names = |row: &&TableRow| row.cells.len() > 1 && row.cells.iter().all(|c| c.is_name);
        let named = self.rows.iter().take_while(is_names).count();
        if named > 0 {
            return if named < self.rows.len() { named.min(HEADER_ROWS_MAX) } else { 0 };
        }
        let sample = || self.rows.iter().take(ROWS_MAX);
        let texts: Vec<Vec<String>> = sample()
            .map(|row| row.cells.iter().map(|cell| plain(&text[cell.range.clone()])).collect())
            .collect();
        let rows: Vec<Row<'_>> = texts.iter().map(|texts| row_of(texts)).collect();
        let columns = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
        let headings = Headings::of(&rows, columns);
        // A name at the left is found in the text.
        match headings {
            Headings { first: 0, rows, labels: 0 } if columns > 1 && rows < self.rows.len() => rows,
            _ => 0,
        }
    }
}

fn row_of(texts: &[String]) -> Row<'_> {
    let cell = |text| Cell { text, quoted: false, spaced: false };
    Row { start: 0, cells: texts.iter().map(|text| cell(text.as_str())).collect() }
}

struct Tag<'t> {
    name: &'t str,
    is_end: bool,
    range: Range<usize>,
}

/// The first whole tag from a place on; comments are passed over.
fn next_tag(text: &str, from: usize) -> Option<Tag<'_>> {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        let start = at + memchr::memchr(b'<', &bytes[at..])?;
        if bytes[start..].starts_with(b"<!--") {
            at = start + memchr::memmem::find(&bytes[start..], b"-->")?;
            continue;
        }
        let is_end = bytes.get(start + 1) == Some(&b'/');
        let name_start = start + 1 + usize::from(is_end);
        let name = &text[name_start..];
        let name = &name[..name.bytes().take_while(u8::is_ascii_alphanumeric).count()];
        let head = &bytes[start..bytes.len().min(start + TAG_BYTES_MAX)];
        // A tag that another one begins in is none.
        match memchr::memchr2(b'>', b'<', &head[1..]).map(|length| length + 1) {
            Some(length) if head[length] == b'>' && !name.is_empty() => {
                return Some(Tag { name, is_end, range: start..start + length + 1 });
            }
            Some(length) => at = start + length,
            None if head.len() < TAG_BYTES_MAX => return None,
            None => at = start + head.len(),
        }
    }
}

fn attribute_number(tag: &str, name: &str) -> Option<u32> {
    let lower = tag.to_ascii_lowercase();
    let value = lower[lower.find(name)? + name.len()..].trim_start().strip_prefix('=')?;
    let digits = value.trim_start().trim_start_matches(['"', '\'']);
    digits[..digits.bytes().take_while(u8::is_ascii_digit).count()].parse().ok()
}

/// A cell's text without tags.
fn plain(cell: &str) -> String {
    let mut out = String::new();
    let mut rest = cell;
    while let Some((before, behind)) = rest.split_once('<') {
        out.push_str(before);
        rest = behind.split_once('>').map_or("", |(_, behind)| behind);
    }
    out.push_str(rest);
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Named(Vec<String>);

    impl BlockSink for Named {
        fn block(&mut self, block: &Block<'_>) {
            for segment in block.segments {
                let names = &block.contexts[segment.context as usize].names;
                let text = &block.text[segment.start as usize..segment.end as usize];
                if let Some(name) = names.first() {
                    self.0.push(format!("{name}: {text}"));
                }
            }
        }
    }

    /// The values of an HTML text that have a column's name.
    fn check(text: &str, expect: &[&str]) {
        let limits = Limits::default();
        let mut reader = HtmlReader::new(&limits);
        let mut window = Window { text: text.to_owned(), ..Window::new() };
        let mut named = Named::default();
        while !window.text.is_empty() {
            let end = window.text.len();
            reader.read(&mut window, end, true, &mut named);
        }
        assert_eq!(named.0, expect, "{text}");
    }

    #[test]
    fn cells_bear_the_names_of_their_columns() {
        check(
            "<table><tr><th>a<th>b</tr><tr><td>1<td>2</tr></table><table><tr><th>c<th>d<tr><td>3<td>4",
            &["a: 1", "b: 2", "c: 3", "d: 4"],
        );
        // What goes down or across takes more than one column.
        check(
            "<table><tr><th rowspan=2>Name</th><th colspan=2>Ids</th></tr><tr><th>ssn</th><th>dob</th></tr>\
             <tr><td>Jo</td><td>1</td><td>2</td></tr></table>",
            &["Name: Jo", "Ids ssn: 1", "Ids dob: 2"],
        );
        check("<table><tr><td>x<tablex><td>y</table>", &[]);
        check(
            "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td>< Jo <td>2</td></tr>",
            &["a: 1", "b: 2"],
        );
    }

    #[test]
    fn many_tags_that_begin_like_a_table_are_gone_over_once() {
        for tag in ["<tablex>", "<table", "<table ", "<table><tr><td>"] {
            check(&tag.repeat(20_000), &[]);
        }
    }
}
