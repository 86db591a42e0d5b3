//! Text of lines, and the tables in it: lines whose cells are separated by tabs, as the rows of tables in
//! documents are written here. Where a row of names stands above the others, each cell is a value of its
//! own that bears the name of its column; all else is read as it stands.
//!
//! What is no plain table must stay text: values that go from one cell or line into the next are found
//! only there.

use crate::cells::split_rows;
use crate::header::{Header, header};
use crate::headings::Headings;
use crate::limits::Limits;
use crate::lines::LinesReader;
use crate::names::CellNames;
use crate::reader::{BlockSink, Step};
use crate::window::Window;
use lakegate_core::text::{Block, Layout, Place, Repeats, Segment};

/// Rows by which a table is told.
const ROWS_MAX: usize = 12;

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
    names: CellNames,
    columns: usize,
    /// Rows of names that are still to come.
    header_rows: usize,
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
        }
    }

    /// The text goes on with what stood on another page: so do its tables.
    pub fn after(&mut self, tables: Tables) {
        self.tables = Tables { is_open: false, ..tables };
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
        if self.tables.is_open && self.lines.lead() == 0 {
            let rows = rows_end(&window.text[..end], last);
            if rows > 0 {
                self.read_rows(window, rows, sink);
                return Step::Advanced;
            }
            self.tables.is_open = false;
        }
        let from = line_start(window, self.lines.lead());
        match self.find(&window.text[..end], from, last) {
            Found::Table(0, table) => {
                self.tables = Tables { last: Some(table), is_open: true };
                self.read(window, end, last, sink)
            }
            Found::Further(0) => {
                self.tables.is_open = true;
                self.read(window, end, last, sink)
            }
            Found::Table(start, _) | Found::Further(start) | Found::Unclear(start) if start > 0 => {
                self.lines.read(window, start, true, sink)
            }
            _ => self.lines.read(window, end, last, sink),
        }
    }

    /// The first table from a line's start on.
    fn find(&self, text: &str, from: usize, last: bool) -> Found {
        if memchr::memchr(b'\t', text.as_bytes()).is_none() {
            return Found::Nothing;
        }
        let mut at = from;
        while let Some(start) = first_row(text, at) {
            let (end, lines) = run(text, start);
            let is_whole = end < text.len() || last;
            if !is_whole && lines < ROWS_MAX && end - start < WAITING_BYTES_MAX {
                return Found::Unclear(start);
            }
            if lines > 1
                && let Some(found) = self.judge(&text[start..end], start)
            {
                return found;
            }
            at = end;
        }
        Found::Nothing
    }

    /// What the lines of a run are that begins at `start`.
    fn judge(&self, run: &str, start: usize) -> Option<Found> {
        let rows = split_rows(run, b'\t', 0, false, ROWS_MAX);
        let columns = rows.iter().map(|row| row.cells.len()).max()?;
        let headings = Headings::of(&rows, columns);
        if headings.labels != 0 {
            // A name at the left is found in the line.
            return None;
        }
        if headings.rows == 0 || headings.first + headings.rows >= rows.len() {
            let known = self.tables.last.as_ref().is_some_and(|table| table.columns == columns);
            return (known && columns > 2).then_some(Found::Further(start));
        }
        let rows = &rows[headings.first..];
        let is_sure = header(rows, columns) == Header::Sure;
        if !is_sure && rows.len() < 3 && columns < 3 {
            return None;
        }
        let start = start + rows[0].start;
        let table = Table { names: CellNames::new(), columns, header_rows: headings.rows };
        Some(Found::Table(start, table))
    }

    /// Hands on the first lines as rows of the table.
    fn read_rows(&mut self, window: &mut Window, end: usize, sink: &mut dyn BlockSink) {
        let Some(table) = &mut self.tables.last else { return };
        let mut segments = Vec::new();
        let mut taken = 0;
        let mut unit = window.line;
        for line in window.text[..end].split_inclusive('\n') {
            let is_header = table.header_rows > 0;
            table.header_rows -= usize::from(is_header);
            cells(line, |column, before, range| {
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
    }
}

/// The first place from `lead` on where a line begins.
fn line_start(window: &Window, lead: usize) -> usize {
    if lead == 0 && window.column == 0 {
        return 0;
    }
    let rest = &window.text.as_bytes()[lead..];
    memchr::memchr(b'\n', rest).map_or(window.text.len(), |newline| lead + newline + 1)
}

/// Where the first line from `from` on begins that could be the first row of a table.
fn first_row(text: &str, from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let tab = at + memchr::memchr(b'\t', text.get(at..)?.as_bytes())?;
        let start =
            memchr::memrchr(b'\n', &text.as_bytes()[from..tab]).map_or(from, |n| from + n + 1);
        let end =
            memchr::memchr(b'\n', &text.as_bytes()[tab..]).map_or(text.len(), |n| tab + n + 1);
        let filled = text[start..end].split('\t').filter(|cell| !cell.trim().is_empty()).count();
        if filled > 1 {
            return Some(start);
        }
        at = end;
    }
}

/// The lines from `start` on that could be rows: where they end, and how many there are.
fn run(text: &str, start: usize) -> (usize, usize) {
    let lines = text[start..].split_inclusive('\n').take_while(|line| is_row(line));
    lines.fold((start, 0), |(end, lines), line| (end + line.len(), lines + 1))
}

/// Where the rows at the start of a text end; a line that is not at its end may be no row.
fn rows_end(text: &str, last: bool) -> usize {
    let is_line = |line: &&str| line.ends_with('\n') || last;
    let lines = text.split_inclusive('\n').take_while(|line| is_row(line) && is_line(line));
    lines.map(str::len).sum()
}

fn is_row(line: &str) -> bool {
    memchr::memchr(b'\t', line.trim_end_matches(['\n', '\r']).as_bytes()).is_some()
}

/// Tells each cell of a line: its column, the characters before it, and where it stands.
fn cells(line: &str, mut each: impl FnMut(u32, u32, std::ops::Range<usize>)) {
    let mut at = 0;
    let mut chars = 0;
    for (column, cell) in line.split('\t').enumerate() {
        let text = cell.trim();
        let lead = cell.len() - cell.trim_start().len();
        if !text.is_empty() {
            let before = chars + cell[..lead].chars().count();
            let start = at + lead;
            let before = u32::try_from(before).unwrap_or(u32::MAX);
            each(u32::try_from(column).unwrap_or(u32::MAX), before, start..start + text.len());
        }
        at += cell.len() + 1;
        chars += cell.chars().count() + 1;
    }
}
