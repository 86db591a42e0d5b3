//! Text of lines, and the tables in it: lines whose cells are separated by tabs, as the rows of tables in
//! documents are written here, or stand below each other in columns of fixed width. Where a row of names stands above the others, each cell is a value of its
//! own that bears the name of its column; all else is read as it stands.
//!
//! What is no plain table must stay text: values that go from one cell or line into the next are found
//! only there.

use crate::limits::Limits;
use crate::tables::cells::Row;
use crate::tables::header::{Header, header};
use crate::tables::headings::{Headings, begins_another};
use crate::tables::likeness::Likeness;
use crate::tables::names::CellNames;
use crate::tables::row_form::{RowForm, could_be_fixed};
use crate::text::lines::LinesReader;
use crate::text::reader::{BlockSink, Step};
use crate::text::window::Window;
use lakegate_core::text::{Block, Layout, Place, Repeats, Segment};
use std::ops::Range;

/// Rows by which a table is told.
const ROWS_MAX: usize = 12;

/// Rows by which a table without names is one.
const NAMELESS_ROWS_MIN: usize = 4;

/// Bytes of lines that wait until it is clear whether they are a table.
const WAITING_BYTES_MAX: usize = 64 << 10;

/// Reads the window as lines, some of which are rows.
#[derive(Debug)]
pub(crate) struct ProseReader {
    limits: Limits,
    lines: LinesReader,
    /// Lines that were rows.
    rows: u64,
    tables: Tables,
    /// What was read since the last table.
    between: Between,
    /// It is the text of a document, in which a table has no other lines between its rows.
    is_document: bool,
}

/// What stands between a table and rows that may be more of it.
#[derive(Clone, Copy, Debug, Default)]
struct Between {
    has_words: bool,
    has_blank_line: bool,
    lines: usize,
    /// Another page begins, and no rows came since.
    is_page: bool,
}

/// A cell that goes over several lines parts a table by so many at most.
const BROKEN_LINES_MAX: usize = 2;

impl Between {
    fn add(&mut self, text: &str) {
        self.has_words |= text.chars().any(char::is_alphabetic);
        for line in text.lines() {
            self.lines += 1;
            self.has_blank_line |= line.trim().is_empty();
        }
    }
}

/// What stands between a table and some place in what is not read yet; no byte is looked at twice.
struct Passed {
    between: Between,
    to: usize,
}

impl Passed {
    fn up_to(&mut self, text: &str, place: usize) -> Between {
        self.between.add(&text[self.to..place]);
        self.to = place;
        self.between
    }
}

/// The tables of a text so far.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    /// The last one.
    last: Option<Table>,
    /// The next line may be its next row.
    is_open: bool,
}

#[derive(Debug)]
struct Table {
    form: RowForm,
    names: CellNames,
    columns: usize,
    /// Rows of names that are still to come.
    header_rows: usize,
    /// What its first rows are like.
    likeness: Likeness,
}

/// What the lines at some place are.
enum Found {
    /// The rows of a table with names from there on.
    Table(usize, Table),
    /// Rows like those of the last table.
    Further(usize),
    /// Too few lines to tell.
    Unclear(usize),
    /// No table.
    Nothing,
}

impl ProseReader {
    /// `lead` bytes at the window's front were read before, and are only seen again as neighbours.
    pub fn new(limits: &Limits, lead: usize) -> Self {
        Self {
            limits: limits.clone(),
            lines: LinesReader::new(limits, lead),
            rows: 0,
            tables: Tables::default(),
            between: Between::default(),
            is_document: false,
        }
    }

    /// The same, of a document's text.
    pub fn of_document(limits: &Limits, lead: usize) -> Self {
        Self { is_document: true, ..Self::new(limits, lead) }
    }

    /// The same, of text in which tags may stand within words.
    pub fn of_markup(limits: &Limits) -> Self {
        Self { lines: LinesReader::of_markup(limits), ..Self::new(limits, 0) }
    }

    /// The text goes on with what stood on another page: so do its tables.
    pub fn after(&mut self, tables: Tables) {
        self.tables = Tables { is_open: false, ..tables };
        self.between.is_page = true;
    }

    /// Bytes at the window's front that were read before.
    pub fn lead(&self) -> usize {
        self.lines.lead()
    }

    /// Lines that were handed on so far.
    pub fn lines(&self) -> u64 {
        self.lines.lines() + self.rows
    }

    /// The tables so far, for what goes on elsewhere.
    pub fn into_tables(self) -> Tables {
        self.tables
    }

    /// Reads from `window.text[..end]`, which ends the text if `last`.
    pub fn read(
        &mut self,
        window: &mut Window,
        end: usize,
        last: bool,
        sink: &mut dyn BlockSink,
    ) -> Step {
        if self.go_on(window, end, last, sink) {
            return Step::Advanced;
        }
        let from = line_start(window, self.lines.lead());
        let found = self.find(&window.text[..end], from, last);
        let start = match found {
            Found::Table(start, _) | Found::Further(start) | Found::Unclear(start) => start,
            Found::Nothing => 0,
        };
        if start > 0 {
            self.pass(&window.text[..start]);
            return self.lines.read(window, start, true, sink);
        }
        match found {
            Found::Table(_, table) => self.tables = Tables { last: Some(table), is_open: true },
            Found::Further(_) => self.tables.is_open = true,
            Found::Unclear(_) | Found::Nothing => {}
        }
        if self.go_on(window, end, last, sink) {
            return Step::Advanced;
        }
        self.pass(&window.text[..end]);
        self.lines.read(window, end, last, sink)
    }

    /// Takes note of what is no table.
    fn pass(&mut self, text: &str) {
        if self.tables.last.is_some() {
            self.between.add(&text[self.lines.lead()..]);
        }
    }

    /// Reads further rows of the table that is open, if there are any; else it is open no longer.
    fn go_on(
        &mut self,
        window: &mut Window,
        end: usize,
        last: bool,
        sink: &mut dyn BlockSink,
    ) -> bool {
        let open = self.tables.last.as_ref().filter(|_| self.tables.is_open);
        let (rows, is_end) = open
            .filter(|_| self.lines.lead() == 0)
            .map_or((0, true), |table| rows_end(&window.text[..end], table, last));
        let taken = if rows > 0 { self.read_rows(window, rows, sink) } else { 0 };
        if taken > 0 {
            self.between = Between::default();
        }
        self.tables.is_open = taken > 0 && !(is_end && taken == rows);
        taken > 0
    }

    /// The first table from a line's start on.
    fn find(&mut self, text: &str, from: usize, last: bool) -> Found {
        let (mark, is_row): (&[u8], fn(&str) -> bool) = match memchr::memchr(b'\t', text.as_bytes())
        {
            Some(_) => (b"\t", |line| RowForm::Tabs.is_row(line)),
            None => (b"  ", could_be_fixed),
        };
        let mut at = from;
        let mut passed = Passed { between: self.between, to: self.lines.lead() };
        while let Some(start) = first_row(text, at, mark) {
            let (end, lines) = run(text, start, is_row);
            let is_whole = end < text.len() || last;
            if !is_whole && lines < ROWS_MAX && end - start < WAITING_BYTES_MAX {
                return Found::Unclear(start);
            }
            // The last row of a table may stand alone on its page.
            let is_alone = || self.between.is_page && last && !text[end..].contains('\t');
            if (lines > 1 || is_alone())
                && let Some(found) = self.judge(text, start..end, &mut passed)
            {
                return found;
            }
            // What comes later may be more of this one.
            if lines >= NAMELESS_ROWS_MIN {
                self.tables.last = None;
            }
            at = end;
        }
        Found::Nothing
    }

    /// What the lines of a run are that begins at `start`.
    fn judge(&self, text: &str, range: Range<usize>, passed: &mut Passed) -> Option<Found> {
        let start = range.start;
        let run = &text[range];
        let form = match run.contains('\t') {
            true => RowForm::Tabs,
            false => RowForm::fixed(run, ROWS_MAX)?,
        };
        let rows = form.rows(run, ROWS_MAX);
        let columns = rows.iter().map(|row| row.cells.len()).max()?;
        let headings = Headings::of(&rows, columns);
        if headings.labels != 0 {
            // A name at the left is found in the line.
            return None;
        }
        if headings.rows == 0 || headings.first + headings.rows >= rows.len() {
            let goes_on = self.goes_on(&form, &rows, columns, (text, start), passed);
            return goes_on.then_some(Found::Further(start));
        }
        let below_titles = &rows[headings.first..];
        let is_sure = header(below_titles, columns) == Header::Sure;
        // What looks like names only a little may be the first of a table's further rows.
        if !is_sure
            && headings.first == 0
            && self.goes_on(&form, &rows, columns, (text, start), passed)
        {
            return Some(Found::Further(start));
        }
        let rows = below_titles;
        let is_clear = rows.len() > 2 || columns > 2;
        if !is_sure && (form != RowForm::Tabs || !is_clear) {
            return None;
        }
        let start = start + rows[0].start;
        let below = &rows[headings.rows..];
        let goes_on = begins_another(below) > 0 && below.len() > 1;
        let header_rows = headings.rows + usize::from(goes_on);
        let likeness = Likeness::of(below);
        let table = Table { form, names: CellNames::new(), columns, header_rows, likeness };
        Some(Found::Table(start, table))
    }

    /// Whether rows that begin at some place of the text are more of the last table.
    fn goes_on(
        &self,
        form: &RowForm,
        rows: &[Row<'_>],
        columns: usize,
        (text, start): (&str, usize),
        passed: &mut Passed,
    ) -> bool {
        let Some(table) = &self.tables.last else { return false };
        table.columns == columns
            && table.form == *form
            && self.could_go_on(table, &Likeness::of(rows), passed.up_to(text, start))
    }

    /// Whether rows without names are more of a table.
    fn could_go_on(&self, table: &Table, rows: &Likeness, between: Between) -> bool {
        let goes_on = table.likeness.goes_on(rows);
        if between.is_page {
            return goes_on || table.columns > 2 && table.likeness.could_go_on(rows);
        }
        let is_broken = between.lines <= BROKEN_LINES_MAX && !between.has_blank_line;
        let is_fixed = table.form != RowForm::Tabs;
        goes_on && (!between.has_words || !self.is_document && (is_broken || is_fixed))
    }

    /// Hands on the first lines as rows of the table, and tells how many bytes they take.
    fn read_rows(&mut self, window: &mut Window, end: usize, sink: &mut dyn BlockSink) -> usize {
        let Some(table) = &mut self.tables.last else { return 0 };
        let mut segments = Vec::new();
        let mut taken = 0;
        let mut unit = window.line;
        for line in window.text[..end].split_inclusive('\n') {
            let is_header = table.header_rows > 0;
            table.header_rows -= usize::from(is_header);
            table.form.cells(line, |column, before, range| {
                let context = if is_header { 0 } else { table.names.of(column) };
                if is_header {
                    table.names.name(column, &line[range.clone()], &self.limits);
                }
                let (start, end) = ((taken + range.start) as u32, (taken + range.end) as u32);
                segments.push(Segment { start, end, context, unit, part: before });
            });
            taken += line.len();
            unit += 1;
            if segments.len() >= self.limits.segments_max {
                break;
            }
        }
        self.rows += unit - window.line;
        sink.block(&Block {
            text: &window.text[..taken],
            segments: &segments,
            contexts: table.names.contexts(),
            paths: &[],
            layout: Layout::Lines,
            place: Place::default(),
            repeats: Repeats::default(),
            own_start: 0,
            own_end: taken as u32,
            contexts_epoch: table.names.epoch(),
        });
        let place = window.place(taken);
        window.advance(taken, place);
        taken
    }
}

/// The first place from `lead` on where a line begins.
fn line_start(window: &Window, lead: usize) -> usize {
    let begins_line = match lead {
        0 => window.column == 0,
        lead => window.text.as_bytes()[lead - 1] == b'\n',
    };
    if begins_line {
        return lead;
    }
    let rest = &window.text.as_bytes()[lead..];
    memchr::memchr(b'\n', rest).map_or(window.text.len(), |newline| lead + newline + 1)
}

/// Where the first line from `from` on begins that could be the first row of a table: something stands
/// on both sides of the mark.
fn first_row(text: &str, from: usize, mark: &[u8]) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        let found = at + memchr::memmem::find(bytes.get(at..)?, mark)?;
        let start = memchr::memrchr(b'\n', &bytes[from..found]).map_or(from, |n| from + n + 1);
        let end = memchr::memchr(b'\n', &bytes[found..]).map_or(text.len(), |n| found + n + 1);
        if memchr::memmem::find(text[start..end].trim().as_bytes(), mark).is_some() {
            return Some(start);
        }
        at = end;
    }
}

/// The lines from `start` on that could be rows: where they end, and how many there are.
fn run(text: &str, start: usize, is_row: fn(&str) -> bool) -> (usize, usize) {
    let lines = text[start..].split_inclusive('\n').take_while(|line| is_row(line));
    lines.fold((start, 0), |(end, lines), line| (end + line.len(), lines + 1))
}

/// Where the rows of the table at the start of a text end, and whether another table begins there; a line
/// that is not at its end may be no row.
fn rows_end(text: &str, table: &Table, last: bool) -> (usize, bool) {
    let form = &table.form;
    let is_row = |line: &&str| form.is_row(line) && (line.ends_with('\n') || last);
    let mut end = 0;
    for (number, line) in text.split_inclusive('\n').take_while(is_row).enumerate() {
        let could_begin = number > table.header_rows.max(1) - 1
            && !line.bytes().any(|byte| byte.is_ascii_digit());
        if could_begin && begins_another(&form.rows(&text[end..], ROWS_MAX)) > 0 {
            return (end, true);
        }
        end += line.len();
    }
    (end, false)
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

    /// The last value of a column with this name that has it, on pages or in one text; and how many have.
    fn check(pages: &[&str], is_document: bool, expect: (usize, &str)) {
        let limits = Limits::default();
        let mut tables = Tables::default();
        let mut named = Named::default();
        for (number, page) in pages.iter().enumerate() {
            let mut reader = ProseReader { is_document, ..ProseReader::new(&limits, 0) };
            if number > 0 {
                reader.after(tables);
            }
            let mut window = Window { text: (*page).to_owned(), ..Window::new() };
            while !window.text.is_empty() {
                let end = window.text.len();
                reader.read(&mut window, end, true, &mut named);
            }
            tables = reader.into_tables();
        }
        let numbers: Vec<&String> =
            named.0.iter().filter(|n| n.starts_with("passport number: ")).collect();
        let last = numbers.last().map_or("", |last| last.as_str());
        assert_eq!((numbers.len(), last), expect, "{pages:?}");
    }

    fn rows(first: usize, count: usize) -> String {
        (first..first + count).map(|row| format!("Ann\t{}\tBern\n", 432_307_400 + row)).collect()
    }

    const NAMES: &str = "name\tpassport number\tcity\n";

    #[test]
    fn a_table_goes_on_with_rows_like_its_own() {
        let (some, more) = (rows(0, 5), rows(5, 5));
        let all = (10, "passport number: 432307409");
        let half = (5, "passport number: 432307404");
        let table = format!("{NAMES}{some}");
        // On the next page, behind its head, or a row alone on it.
        check(&[&table, &more], true, all);
        check(&[&table, &format!("Company\nPage 2\n{more}")], true, all);
        check(&[&table, &rows(5, 1)], true, (6, "passport number: 432307405"));
        check(&[&table, "bolt\t12\tsteel\nnut\t7\tbrass\nnail\t3\tsteel\n"], true, half);
        check(&[&format!("{table}\nOther numbers\n\n{more}"), &more], true, half);
        // A cell of several lines parts a table of a text, and another table does not go on.
        check(&[&format!("{table}and so on\n{more}")], false, all);
        check(&[&format!("{table}\nOther numbers\n\n{more}")], false, half);
        check(&[&format!("{table}Other numbers\n{more}")], true, half);
        check(&[&format!("{table}\n\n{more}")], true, all);
    }

    #[test]
    fn rows_of_a_cell_alone_and_names_of_two_lines() {
        let table = format!("{NAMES}{}Subtotal\t\n{}", rows(0, 5), rows(5, 5));
        check(&[&table], true, (10, "passport number: 432307409"));
        let table = format!("Name\tpassport\tTown\nof it\tnumber\tof birth\n{}", rows(0, 5));
        check(&[&table], true, (5, "passport number: 432307404"));
    }

    #[test]
    fn columns_of_fixed_width_may_be_far_from_the_start() {
        let line = |name, note, number: &str| format!("{name:<12}{note:<3000}{number}\n");
        let row = |row: u32| line("Ann", "none", &(432_307_400 + row).to_string());
        let table = line("name", "note", "passport number") + &(0..20).map(row).collect::<String>();
        check(&[&table], false, (20, "passport number: 432307419"));
    }
}
