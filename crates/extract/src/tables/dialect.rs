//! Whether a text is a table of separated values, and in which dialect.
//!
//! A text wrongly taken for a table loses values that cross a comma; a table wrongly taken for text
//! loses its column names. So a table must look like one: rows of one length, and cells that are not
//! prose. Where that is in doubt, a header decides.

use crate::tables::cells::{Row, split_rows};
use crate::tables::header::{Header, column_class, header};
use crate::tables::headings::{Headings, follows_directly};

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dialect {
    pub(crate) delimiter: u8,
    pub(crate) quote: u8,
    /// A backslash escapes a quote within a quoted cell.
    pub(crate) backslash: bool,
    /// The first row that names the columns, from 1, and how many do so.
    pub(crate) header_row: u64,
    pub(crate) header_rows: u64,
    /// Columns whose cells name what stands at their right, a bit each.
    pub(crate) label_columns: u64,
    /// Comments and blank lines above the table.
    pub(crate) preamble_bytes: usize,
    pub(crate) preamble_lines: u64,
}

impl Dialect {
    /// Appends a cell's value, its doubled and escaped quotes resolved.
    pub(crate) fn unescape(&self, raw: &str, out: &mut String) {
        let mut rest = raw;
        while let Some(at) = memchr::memchr(self.quote, rest.as_bytes()) {
            let before = &rest[..at];
            rest = &rest[at + 1..];
            match before.strip_suffix('\\') {
                Some(kept) if self.backslash => out.push_str(kept),
                _ => {
                    out.push_str(before);
                    if rest.as_bytes().first() == Some(&self.quote) {
                        rest = &rest[1..];
                    }
                }
            }
            out.push(char::from(self.quote));
        }
        out.push_str(rest);
    }
}

const DELIMITERS: [u8; 8] = [b',', b';', b'\t', b'|', b'^', b'\x01', b'~', b':'];

/// What is drawn between cells: each takes three bytes.
pub(crate) const DRAWN: [char; 5] = ['│', '┃', '║', '┆', '┇'];

/// What stands for it, as long.
pub(crate) const DRAWN_AS: &str = "|  ";

/// Lines above a table that may be its titles.
const TITLES_MAX: usize = 10;

/// Rows by which a table behind another is told.
const NEXT_ROWS_MAX: usize = 12;

/// Rows that are looked at.
const ROWS_MAX: usize = 500;

/// The dialect of a text that begins with `sample`; `None` if it is not a table. `is_whole` says
/// whether the sample is all of it.
pub(crate) fn detect(sample: &str, is_whole: bool) -> Option<Dialect> {
    let preamble = Preamble::of(sample);
    let body = &sample[preamble.bytes..];
    if looks_like_code(body) {
        return None;
    }
    let best = DELIMITERS
        .iter()
        .flat_map(|delimiter| [(*delimiter, b'"'), (*delimiter, b'\'')])
        .filter_map(|(delimiter, quote)| Candidate::of(body, is_whole, delimiter, quote))
        .max_by(|a, b| a.score.total_cmp(&b.score));
    let Some(best) = best else { return single_column(body, is_whole, &preamble) };
    Some(preamble.dialect(sample, &best))
}

/// Lines above a table that belong to no row.
#[derive(Debug, Default)]
struct Preamble {
    bytes: usize,
    lines: u64,
    /// The last comment, which may be the header.
    last_comment: Option<usize>,
}

impl Preamble {
    fn of(sample: &str) -> Self {
        let mut preamble = Preamble::default();
        for line in sample.split_inclusive('\n') {
            let text = line.trim_end();
            let is_separator = preamble.lines == 0 && text.len() == 5 && text.starts_with("sep=");
            if !(text.is_empty() || text.starts_with('#') || is_separator) || !line.ends_with('\n')
            {
                break;
            }
            preamble.last_comment = text.starts_with('#').then_some(preamble.bytes);
            preamble.bytes += line.len();
            preamble.lines += 1;
        }
        preamble
    }

    /// The dialect of a table below, whose header may be the last comment.
    fn dialect(mut self, sample: &str, best: &Candidate) -> Dialect {
        let titles = &sample[self.bytes..self.bytes + best.title_bytes];
        let commented = self.last_comment.filter(|start| {
            let comment = sample[*start..self.bytes].trim_end();
            let rows = split_rows(comment, best.delimiter, best.quote, best.backslash, 1);
            best.header_rows == 0
                && titles.is_empty()
                && rows.first().is_some_and(|row| row.cells.len() == best.columns)
        });
        match commented {
            Some(start) => {
                self.bytes = start;
                self.lines -= 1;
            }
            None => {
                self.bytes += titles.len();
                self.lines += titles.matches('\n').count() as u64;
            }
        }
        Dialect {
            delimiter: best.delimiter,
            quote: best.quote,
            backslash: best.backslash,
            header_row: self.lines + best.lines_above + 1,
            header_rows: if commented.is_some() { 1 } else { best.header_rows },
            label_columns: best.label_columns,
            preamble_bytes: self.bytes,
            preamble_lines: self.lines,
        }
    }
}

/// Markup, source, logs in brackets and dumps of databases have commas of their own.
fn looks_like_code(body: &str) -> bool {
    let mut lines = 0;
    let mut code = 0;
    for line in body.lines().filter(|line| !line.trim().is_empty()).take(ROWS_MAX) {
        let start = line.trim_start();
        let is_code = start.starts_with(['<', '{', '[', '}', ']', '/', '*', '('])
            || ["insert ", "create ", "select ", "update ", "drop ", "alter ", "#include", "-- "]
                .iter()
                .any(|word| start.get(..word.len()).is_some_and(|s| s.eq_ignore_ascii_case(word)));
        lines += 1;
        code += usize::from(is_code);
    }
    code * 2 > lines
}

/// A way to read the text as a table.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    delimiter: u8,
    quote: u8,
    backslash: bool,
    columns: usize,
    /// Rows above the header that hold a title alone.
    lines_above: u64,
    header_rows: u64,
    label_columns: u64,
    /// Bytes of titles above the first row.
    title_bytes: usize,
    score: f64,
}

impl Candidate {
    fn of(body: &str, is_whole: bool, delimiter: u8, quote: u8) -> Option<Self> {
        memchr::memchr(delimiter, body.as_bytes())?;
        let backslash = uses_backslash(body, delimiter, quote);
        let mut rows = split_rows(body, delimiter, quote, backslash, ROWS_MAX);
        if rows.len() > 1 && !is_whole && rows.len() < ROWS_MAX {
            rows.pop();
        }
        rows.retain(|row| !row.is_blank() && !is_rule(row));
        let title_bytes = drop_titles(&mut rows);
        rows.truncate(first_table(&rows));
        let cells = rows.iter().flat_map(|row| &row.cells);
        let quoted = cells.clone().filter(|cell| cell.quoted).count();
        // Single quotes are apostrophes unless they plainly enclose cells.
        if quote == b'\'' && (quoted < 2 || quoted < rows.len()) {
            return None;
        }
        let enclosed = quoted as f64 / cells.count().max(1) as f64;
        let columns = most_common_length(&rows)?;
        let headings = below_keys(&rows, columns).unwrap_or_else(|| Headings::of(&rows, columns));
        let above = &body[title_bytes..rows[headings.first].start];
        let rows = &rows[headings.first..];
        let shape = Shape::of(rows)?;
        // A reading that leaves no line out is the better one.
        let wholeness = if title_bytes == 0 { 1.0 } else { 0.5 };
        let score = shape.score() * wholeness + if quote == b'\'' { enclosed } else { 0.0 };
        if !shape.is_table(delimiter) {
            return None;
        }
        let lines_above = above.matches('\n').count() as u64;
        Some(Candidate {
            delimiter,
            quote,
            backslash,
            columns: shape.columns,
            lines_above,
            header_rows: header_rows(body, rows, headings.rows),
            label_columns: headings.labels,
            title_bytes,
            score,
        })
    }
}

/// Takes off the lines above a table that have no delimiter, such as the name of a report, and returns
/// their length.
fn drop_titles(rows: &mut Vec<Row<'_>>) -> usize {
    let titles = rows.iter().take_while(|row| row.cells.len() == 1 && !row.cells[0].quoted).count();
    if titles == 0 || titles > TITLES_MAX || rows.len() < titles + 2 {
        return 0;
    }
    rows.drain(..titles);
    rows[0].start
}

/// How many rows the first table has, if another one of other columns comes directly behind it.
fn first_table(rows: &[Row<'_>]) -> usize {
    let Some(first) = rows.first() else { return 0 };
    let is_like = |row: &&Row<'_>| row.cells.len() == first.cells.len();
    let count = rows.iter().take_while(is_like).count();
    let next = &rows[count..rows.len().min(count + NEXT_ROWS_MAX)];
    let is_sure = count > 1 && header(&rows[..count], first.cells.len()) == Header::Sure;
    if is_sure && follows_directly(next) > 0 { count } else { rows.len() }
}

/// What names the cells of a table below lines of a name and a value each, which are fewer than its columns.
fn below_keys(rows: &[Row<'_>], columns: usize) -> Option<Headings> {
    let is_above = |row: &&Row<'_>| row.cells.len() < columns;
    let above = rows.iter().take(TITLES_MAX).take_while(is_above).count();
    let table = rows.get(above..).filter(|table| above > 0 && table.len() > 1)?;
    let headings = Headings::of(table, columns);
    let is_sure = headings.rows > 0 && header(&table[headings.first..], columns) == Header::Sure;
    is_sure.then(|| Headings { first: above + headings.first, ..headings })
}

/// Whether a row is a line that is drawn, such as `+----+`.
fn is_rule(row: &Row<'_>) -> bool {
    let [cell] = &row.cells[..] else { return false };
    let text = cell.text.trim();
    let is_drawn = |c: char| matches!(c, '+' | '-' | '=' | '\u{2500}'..='\u{257f}');
    text.len() > 2
        && text.starts_with(['+', '┌', '├', '└', '╞', '┏', '┡', '╔', '╠'])
        && text.chars().all(is_drawn)
}

/// Rows of names that follow each other without a blank line.
fn header_rows(body: &str, rows: &[Row<'_>], count: usize) -> u64 {
    let is_next = |pair: &[Row<'_>]| body[pair[0].start..pair[1].start].matches('\n').count() == 1;
    let follow = rows[..count].windows(2).take_while(|pair| is_next(pair)).count();
    if count == 0 { 0 } else { follow as u64 + 1 }
}

/// Whether backslashes escape quotes: some quote after one does not end its cell.
fn uses_backslash(body: &str, delimiter: u8, quote: u8) -> bool {
    let bytes = body.as_bytes();
    memchr::memchr_iter(b'\\', bytes).any(|at| {
        bytes.get(at + 1) == Some(&quote)
            && bytes.get(at + 2).is_some_and(|next| {
                *next != delimiter && *next != quote && !matches!(next, b'\r' | b'\n')
            })
    })
}

/// What the rows of a candidate look like.
#[derive(Debug)]
struct Shape {
    rows: usize,
    columns: usize,
    /// Part of the rows that have just these columns.
    consistent: f64,
    /// Part of the rows that have half of these columns.
    wide: f64,
    /// Blanks within the average cell that is not quoted.
    blanks: f64,
    /// Part of the delimiters that a blank follows.
    spaced: f64,
    /// Part of the columns whose cells are numbers, codes or addresses.
    typed: f64,
    first_column_empty: f64,
    last_column_empty: f64,
    header: Header,
}

impl Shape {
    fn of(rows: &[Row<'_>]) -> Option<Self> {
        let columns = most_common_length(rows)?;
        if columns < 2 {
            return None;
        }
        let part = |count: usize, of: usize| count as f64 / of.max(1) as f64;
        let full: Vec<&Row<'_>> = rows.iter().filter(|row| row.cells.len() == columns).collect();
        let empty = |column: usize| {
            part(full.iter().filter(|row| row.cells[column].text.is_empty()).count(), full.len())
        };
        let half = columns.div_ceil(2).max(2);
        let wide = rows.iter().filter(|row| row.cells.len() >= half).count();
        let header = header(rows, columns);
        let data = &rows[usize::from(header != Header::None).min(rows.len() - 1)..];
        let cells = || data.iter().flat_map(|row| &row.cells).filter(|cell| !cell.quoted);
        let blanks: usize = cells().map(|cell| cell.text.trim().matches(' ').count()).sum();
        let followers = || data.iter().flat_map(|row| row.cells.iter().skip(1));
        let spaced = followers().filter(|cell| cell.spaced).count();
        let typed = (0..columns).filter(|column| column_class(data, *column).is_some()).count();
        Some(Shape {
            rows: rows.len(),
            columns,
            consistent: part(full.len(), rows.len()),
            wide: part(wide, rows.len()),
            blanks: part(blanks, cells().count()),
            spaced: part(spaced, followers().count()),
            typed: part(typed, columns),
            first_column_empty: empty(0),
            last_column_empty: empty(columns - 1),
            header,
        })
    }

    fn is_table(&self, delimiter: u8) -> bool {
        let is_sure = self.header == Header::Sure;
        if self.columns == 2 && (self.last_column_empty > 0.9 || self.first_column_empty > 0.8) {
            return false;
        }
        let needed = match delimiter {
            // What stands in so many texts must be plain.
            b':' if !is_sure || self.columns < 3 || self.spaced > 0.1 => return false,
            b':' => 0.95,
            b',' | b';' => {
                if is_sure && self.columns > 2 && self.wide > 0.95 {
                    // Rows of other lengths are many, but rows they are.
                    0.4
                } else if is_sure && self.columns > 2 {
                    0.7
                } else {
                    0.9
                }
            }
            _ => {
                if is_sure {
                    0.6
                } else {
                    0.8
                }
            }
        };
        if self.consistent < needed {
            return false;
        }
        if !matches!(delimiter, b',' | b';') {
            return self.rows > 1 || self.columns > 2;
        }
        let is_prose = self.blanks > 1.0 && (self.spaced > 0.5 || self.columns < 4);
        if is_sure {
            return !(is_prose && self.spaced > 0.5);
        }
        let is_terse = self.blanks <= 0.5 && self.spaced < 0.5;
        match self.rows {
            1 => self.columns > 2 && self.blanks <= 1.0 && self.spaced < 0.5,
            2 | 3 if self.columns < 4 => is_terse,
            _ => !is_prose,
        }
    }

    fn score(&self) -> f64 {
        let sure = if self.header == Header::Sure { 0.5 } else { 0.0 };
        self.consistent * (0.5 + self.typed) * (self.columns.min(64) as f64).log2() + sure
    }
}

fn most_common_length(rows: &[Row<'_>]) -> Option<usize> {
    let mut lengths: Vec<usize> = rows.iter().map(|row| row.cells.len()).collect();
    lengths.sort_unstable();
    lengths.chunk_by(|a, b| a == b).max_by_key(|run| run.len()).map(|run| run[0])
}

/// One column under a name: a list of numbers, codes or addresses.
fn single_column(body: &str, is_whole: bool, preamble: &Preamble) -> Option<Dialect> {
    let delimiter = b',';
    let mut rows = split_rows(body, delimiter, b'"', false, ROWS_MAX);
    if !is_whole && rows.len() < ROWS_MAX {
        rows.pop();
    }
    rows.retain(|row| !row.is_blank());
    let is_table = rows.len() >= 3
        && rows.iter().all(|row| row.cells.len() == 1)
        && header(&rows, 1) == Header::Sure
        && column_class(&rows[1..], 0).is_some();
    is_table.then_some(Dialect {
        delimiter,
        quote: b'"',
        backslash: false,
        header_row: preamble.lines + 1,
        header_rows: 1,
        label_columns: 0,
        preamble_bytes: preamble.bytes,
        preamble_lines: preamble.lines,
    })
}
