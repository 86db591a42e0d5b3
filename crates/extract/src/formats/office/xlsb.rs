//! Excel's binary workbooks since 2007 ([MS-XLSB]), record by record. The characters of every record and
//! part that is not known are read too.

use super::bytes::{f64_at, slice, u16_at, u32_at};
use super::code_page;
use super::findings::Findings;
use super::grid::Grid;
use super::main_part;
use super::numbers::{self, Look};
use super::package::{Package, Trouble, folded};
use super::relations;
use super::shared_strings::SharedStrings;
use super::strings::Strings;
use super::walker::{Lines, Waiting};
use super::xls::compact;
use crate::gaps;
use crate::session::Session;
use lakegate_core::coverage::Count;
use std::collections::HashMap;
use std::io::{BufReader, Read};

/// Bytes of one record: a cell has at most 32,767 characters.
const RECORD_BYTES_MAX: usize = 16 << 20;

/// Formats that are kept.
const FORMATS_MAX: usize = 100_000;

/// Reads the sheets.
pub(super) fn read(session: &mut Session<'_>, package: &mut Package<'_>, findings: &mut Findings) {
    let named = main_part(package);
    let main = if package.find(&named).is_some() { named } else { "xl/workbook.bin".to_owned() };
    let targets = relations::of(package, &main);
    let mut book = Book::new(session.limits.document_bytes_max);
    let mut waiting = Waiting::default();
    let styles = "xl/styles.bin".to_owned();
    let strings = "xl/sharedStrings.bin".to_owned();
    for name in [&main, &styles, &strings] {
        let Some(index) = package.find(name) else { continue };
        let result = part(package, index, |kind, bytes| book.global(kind, bytes, &mut waiting));
        findings.trouble(result);
    }
    book.settle();
    findings.waiting(session, &main, &waiting);
    let mut pages = Count::default();
    let sheets = std::mem::take(&mut book.sheets);
    for (id, name) in &sheets {
        pages.total += 1;
        let target = targets.iter().find(|relation| relation.id == *id);
        match target.and_then(|target| package.find(&target.target)) {
            Some(index) if !package.is_taken(index) => {
                let is_whole = book.sheet(session, package, findings, index, name);
                pages.inspected += u64::from(is_whole);
            }
            Some(_) => {}
            None => findings.gap(gaps::MALFORMED, format!("sheet {} is missing", pages.total)),
        }
    }
    findings.trouble(book.strings.trouble());
    findings.coverage.pages = Some(pages);
    findings.coverage.rows = Some(Count { inspected: book.rows, total: book.rows });
    findings.lines(session, &strings, None, |lines| {
        book.strings.unused(lines);
        Ok(())
    });
    others(session, package, findings);
}

/// Tables, caches and what else is made of records.
fn others(session: &mut Session<'_>, package: &mut Package<'_>, findings: &mut Findings) {
    for index in 0..package.len() {
        let name = package.name(index).to_owned();
        let lower = folded(&name);
        let is_records = lower.starts_with("xl/")
            && lower.ends_with(".bin")
            && !["vbaproject", "embeddings/", "printersettings", "activex"]
                .iter()
                .any(|other| lower.contains(other));
        if !is_records || package.is_taken(index) {
            continue;
        }
        let mut waiting = Waiting::default();
        let mut strings = Strings::default();
        let result = part(package, index, |_, bytes| strings.read(bytes, &mut waiting));
        findings.trouble(result);
        findings.waiting(session, &name, &waiting);
    }
}

/// Gives each record of a part, by its kind and bytes.
fn part(
    package: &mut Package<'_>,
    index: usize,
    mut each: impl FnMut(u32, &[u8]),
) -> Result<(), Trouble> {
    let mut input = BufReader::new(package.take(index)?);
    let mut bytes = Vec::new();
    loop {
        let kind = number(&mut input, 2).map_err(|error| gaps::of_error("a part", &error))?;
        let Some(kind) = kind else { return Ok(()) };
        // A kind keeps the mark of a second byte.
        let length = number(&mut input, 4).map_err(|error| gaps::of_error("a part", &error))?;
        let length = length.ok_or((gaps::MALFORMED, "a part is cut off".to_owned()))? as usize;
        if length > RECORD_BYTES_MAX {
            return Err((gaps::MALFORMED, "a part has a record that is too long".to_owned()));
        }
        bytes.clear();
        let count = (&mut input).take(length as u64).read_to_end(&mut bytes);
        let count = count.map_err(|error| gaps::of_error("a part", &error))?;
        each(kind, &bytes);
        if count < length {
            return Err((gaps::MALFORMED, "a part is cut off".to_owned()));
        }
    }
}

/// A number of seven bits a byte; `None` at the end.
fn number(input: &mut dyn Read, bytes_max: usize) -> std::io::Result<Option<u32>> {
    let mut number = 0;
    for index in 0..bytes_max {
        let mut byte = [0];
        if input.read(&mut byte)? == 0 {
            return match index {
                0 => Ok(None),
                _ => Err(std::io::ErrorKind::UnexpectedEof.into()),
            };
        }
        number |= u32::from(byte[0] & 0x7f) << (7 * index);
        if byte[0] & 0x80 == 0 {
            break;
        }
    }
    Ok(Some(number))
}

/// A string with its length before it, and where it ends.
fn string(bytes: &[u8], at: usize, text: &mut String) -> Option<usize> {
    let length = u32_at(bytes, at)?;
    if length == u32::MAX {
        return Some(at + 4);
    }
    let inner = slice(bytes, at + 4, (length as usize).checked_mul(2)?);
    code_page::decode_wide(inner.or_else(|| bytes.get(at + 4..))?, text);
    Some(at + 4 + inner?.len())
}

/// What all sheets share.
struct Book {
    /// Relations and names.
    sheets: Vec<(String, String)>,
    is_1904: bool,
    strings: SharedStrings,
    codes: HashMap<u16, String>,
    formats: Vec<u16>,
    is_cells: bool,
    looks: Vec<Look>,
    rows: u64,
    other: Strings,
}

impl Book {
    fn new(bytes_max: u64) -> Self {
        Self {
            sheets: Vec::new(),
            is_1904: false,
            strings: SharedStrings::new(bytes_max),
            codes: HashMap::new(),
            formats: Vec::new(),
            is_cells: false,
            looks: Vec::new(),
            rows: 0,
            other: Strings::default(),
        }
    }

    /// A record of the workbook, its styles or its shared strings.
    fn global(&mut self, kind: u32, bytes: &[u8], lines: &mut Waiting) {
        let mut text = String::new();
        match kind {
            19 => {
                string(bytes, 1, &mut text);
                if !self.strings.push(&text) {
                    lines.push(&text);
                    lines.push("\n");
                }
            }
            44 => {
                string(bytes, 2, &mut text);
                if self.codes.len() < FORMATS_MAX {
                    self.codes.extend(u16_at(bytes, 0).map(|id| (id, text)));
                }
            }
            47 if self.is_cells && self.formats.len() < FORMATS_MAX => {
                self.formats.push(u16_at(bytes, 2).unwrap_or(0));
            }
            617 => self.is_cells = true,
            618 => self.is_cells = false,
            153 => self.is_1904 = u32_at(bytes, 0).is_some_and(|flags| flags & 1 != 0),
            156 => {
                let mut id = String::new();
                if let Some(at) = string(bytes, 8, &mut id) {
                    string(bytes, at, &mut text);
                }
                lines.push(&text);
                lines.push("\n");
                self.sheets.push((id, text));
            }
            _ => self.other.read(bytes, lines),
        }
    }

    fn settle(&mut self) {
        let look = |format: &u16| match self.codes.get(format) {
            Some(code) => numbers::look(code),
            None => numbers::built_in(u32::from(*format)),
        };
        self.looks = self.formats.iter().map(look).collect();
    }

    /// Reads a sheet and its comments. Whether it was read to its end.
    fn sheet(
        &mut self,
        session: &mut Session<'_>,
        package: &mut Package<'_>,
        findings: &mut Findings,
        index: usize,
        sheet: &str,
    ) -> bool {
        let part_name = package.name(index).to_owned();
        let relations = relations::of(package, &part_name);
        let mut waiting = Waiting::default();
        let mut grid = Grid::new(session, sheet);
        let mut row = 1;
        let result = part(package, index, |kind, bytes| {
            if kind == 0 {
                row = u64::from(u32_at(bytes, 0).unwrap_or(0)) + 1;
            } else {
                self.cell(kind, bytes, row, &mut grid, &mut waiting);
            }
        });
        grid.settle();
        let is_whole = result.is_ok();
        findings.trouble(result);
        for relation in relations {
            let is_comments = relation.kind == "comments";
            let index = package.find(&relation.target).filter(|_| is_comments);
            let Some(index) = index.filter(|index| !package.is_taken(*index)) else { continue };
            let mut place = (1, 0);
            let mut strings = Strings::default();
            let result = part(package, index, |kind, bytes| match kind {
                635 => {
                    let row = u32_at(bytes, 4).unwrap_or(0);
                    place = (u64::from(row) + 1, u32_at(bytes, 12).unwrap_or(0));
                }
                637 => {
                    let mut text = String::new();
                    string(bytes, 1, &mut text);
                    grid.cell(place.0, place.1, &text, true);
                }
                _ => strings.read(bytes, &mut waiting),
            });
            findings.trouble(result);
        }
        let rows = grid.finish();
        self.rows += rows;
        findings.units(rows);
        if is_whole {
            findings.has_read();
        }
        findings.waiting(session, &part_name, &waiting);
        is_whole
    }

    fn cell(
        &mut self,
        kind: u32,
        bytes: &[u8],
        row: u64,
        grid: &mut Grid<'_, '_>,
        waiting: &mut Waiting,
    ) {
        let column = u32_at(bytes, 0).unwrap_or(0);
        let style = u32_at(bytes, 4).map_or(0, |style| (style & 0xff_ffff) as usize);
        let mut text = String::new();
        match kind {
            1 | 3 | 11 => {}
            2 | 5 | 9 => {
                let number = match kind {
                    2 => u32_at(bytes, 8).map(compact),
                    _ => f64_at(bytes, 8),
                };
                let Some(number) = number else { return };
                let look = self.looks.get(style).unwrap_or(&Look::Plain);
                numbers::write(look, number, None, self.is_1904, &mut text);
                grid.cell(row, column, &text, false);
            }
            4 | 10 => {
                let shown = if bytes.get(8) == Some(&1) { "TRUE" } else { "FALSE" };
                grid.cell(row, column, shown, false);
            }
            6 | 8 | 62 => {
                string(bytes, if kind == 62 { 9 } else { 8 }, &mut text);
                grid.cell(row, column, &text, true);
            }
            7 => {
                let index = u32_at(bytes, 8).map(|index| index as usize);
                if let Some(text) = index.and_then(|index| self.strings.take(index)) {
                    grid.cell(row, column, text, true);
                }
            }
            _ => self.other.read(bytes, waiting),
        }
        // Strings in the formula itself.
        if matches!(kind, 8..=11) {
            let value_bytes = match kind {
                8 => 4 + u32_at(bytes, 8).map_or(0, |length| length as usize).saturating_mul(2),
                9 => 8,
                _ => 1,
            };
            let formula = bytes.get(8_usize.saturating_add(value_bytes)..).unwrap_or_default();
            let mut found = Waiting::default();
            self.other.read(formula, &mut found);
            for text in found.text.lines() {
                grid.cell(row, column, text, false);
            }
        }
    }
}
