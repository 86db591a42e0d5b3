//! HTML: lines of text, and tables, whose cells bear the names that their rows of names give them.
//!
//! The text stays as it is written, tags and all, so that every byte is looked at where it stands; a
//! table only tells which of it is a cell.

use crate::limits::Limits;
use crate::tables::names::CellNames;
use crate::text::html_rows::{ROWS_MAX, Rows, next_tag, plain};
use crate::text::markup;
use crate::text::prose::ProseReader;
use crate::text::reader::{BlockSink, Step, next_epoch};
use crate::text::window::{Cursor, Window};
use lakegate_core::text::{Block, Context, Layout, Place, Repeats, Segment};
use std::collections::HashMap;
use std::ops::Range;

/// Small tables that follow each other are handed on together, so many bytes at a time, if there are so many:
/// each by itself would cost more than all that is in it.
const NEAR_BYTES: usize = 32 << 10;
const NEAR_TABLES_MIN: usize = 4;

/// Names of small tables that are kept for those that follow.
const POOL_MAX: usize = 256;

/// Bytes of the tag that begins a table, without what may stand in it.
const TABLE_TAG_BYTES: usize = "<table".len();

/// Reads the window as HTML.
#[derive(Debug)]
pub(crate) struct HtmlReader {
    limits: Limits,
    prose: ProseReader,
    /// The table in whose rows the window begins.
    table: Option<Table>,
    /// Names of small tables.
    pool: Pool,
    /// Lines that stood in tables.
    lines: u64,
}

/// Names of columns that many tables share.
#[derive(Debug)]
struct Pool {
    contexts: Vec<Context>,
    places: HashMap<Vec<String>, u32>,
    epoch: u64,
}

impl Pool {
    fn new() -> Self {
        Self { contexts: vec![Context::default()], places: HashMap::new(), epoch: next_epoch() }
    }

    /// By context of a table, the one that stands for it here.
    fn places(&mut self, contexts: &[Context]) -> Vec<u32> {
        let place = |context: &Context| match self.places.get(&context.names) {
            _ if context.names.is_empty() => 0,
            Some(place) => *place,
            None => {
                let place = self.contexts.len() as u32;
                self.contexts.push(context.clone());
                self.places.insert(context.names.clone(), place);
                place
            }
        };
        contexts.iter().map(place).collect()
    }
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
            pool: Pool::new(),
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
        if near > 0 && self.read_small_tables(window, near, sink) {
            return Step::Advanced;
        }
        self.step(window, end, last, sink)
    }

    /// Hands on small tables and what stands between them; `false` if there is none that has names.
    fn read_small_tables(
        &mut self,
        window: &mut Window,
        near: usize,
        sink: &mut dyn BlockSink,
    ) -> bool {
        if self.pool.contexts.len() > POOL_MAX {
            self.pool = Pool::new();
        }
        let text = &window.text[..near];
        let mut out = Segments { text, list: Vec::new(), cursor: window.cursor() };
        let mut at = 0;
        while let Found::Table(start, header_rows) = find(text, at, true) {
            // A table of lines is read elsewhere.
            let between = &text[at..start];
            if has_text(between) && (between.contains('\t') || between.contains("  ")) {
                break;
            }
            let rows = Rows::of(&text[start..], true);
            if rows.end == 0 {
                break;
            }
            out.between(at..start);
            at = start + rows.end;
            let mut table = Table { names: CellNames::new(), header_rows };
            let first = out.list.len();
            self.add_rows(&mut table, &rows, start, &mut out);
            let places = self.pool.places(table.names.contexts());
            for segment in &mut out.list[first..] {
                segment.context = places.get(segment.context as usize).copied().unwrap_or(0);
            }
        }
        let segments = out.list;
        if at == 0 {
            return false;
        }
        let names = (&self.pool.contexts[..], self.pool.epoch);
        give(window, at, names, &segments, sink);
        self.lines += memchr::memchr_iter(b'\n', &window.text.as_bytes()[..at]).count() as u64;
        let place = window.place(at);
        window.advance(at, place);
        true
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
        self.add_rows(&mut table, &rows, 0, &mut out);
        let segments = out.list;
        let names = (table.names.contexts(), table.names.epoch());
        give(window, rows.end, names, &segments, sink);
        self.lines += memchr::memchr_iter(b'\n', text.as_bytes()).count() as u64;
        let place = window.place(rows.end);
        window.advance(rows.end, place);
        self.table = (!rows.is_closed).then_some(table);
    }

    /// Adds rows, which were read from `start` on, and what is between them.
    fn add_rows(&self, table: &mut Table, rows: &Rows, start: usize, out: &mut Segments<'_>) {
        let text = out.text;
        let mut at = start;
        for row in &rows.rows {
            let is_header = table.header_rows > 0;
            table.header_rows -= usize::from(is_header);
            for cell in &row.cells {
                let range = start + cell.range.start..start + cell.range.end;
                out.between(at..range.start);
                at = range.end;
                if is_header {
                    let name = plain(&text[range.clone()]);
                    for column in cell.column..cell.column + cell.span {
                        table.names.name(column, crate::tail_chars(&name, 240), &self.limits);
                    }
                }
                let context = if is_header { 0 } else { table.names.of(cell.column) };
                out.add(range, context);
            }
        }
        out.between(at..start + rows.end);
    }
}

/// Hands on the values of the window's front, and the words in it that tags interrupt.
fn give(
    window: &Window,
    end: usize,
    (contexts, epoch): (&[Context], u64),
    segments: &[Segment],
    sink: &mut dyn BlockSink,
) {
    if !segments.is_empty() {
        sink.block(&Block {
            text: &window.text[..end],
            segments,
            contexts,
            paths: &[],
            layout: Layout::Lines,
            place: Place::default(),
            repeats: Repeats::default(),
            own_start: 0,
            own_end: end as u32,
            contexts_epoch: epoch,
        });
    }
    markup::read(window, end, 0..end, &markup::Names { contexts, epoch, segments }, sink);
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
    fn small_tables_that_follow_each_other_keep_their_names() {
        let table = |number: usize| {
            let third = number % 3;
            format!(
                "<p>no {number}</p>\n<table><tr><th>n{third}</th><th>ssn</th></tr>\
                 <tr><td>{number}</td><td>7</td></tr></table>\n"
            )
        };
        let text: String = (0..3_000).map(table).collect();
        let expect: Vec<String> =
            (0..3_000).flat_map(|n| [format!("n{}: {n}", n % 3), "ssn: 7".into()]).collect();
        check(&text, &expect.iter().map(String::as_str).collect::<Vec<_>>());
    }

    #[test]
    fn many_tags_that_begin_like_a_table_are_gone_over_once() {
        for tag in ["<tablex>", "<table", "<table ", "<table><tr><td>"] {
            check(&tag.repeat(20_000), &[]);
        }
    }
}
