//! Spreadsheets of Excel since 2007, row by row. Shared strings are kept once; those that no cell shows
//! are read too, as are the strings in formulas, comments, and what stands about the cells.

use super::findings::Findings;
use super::grid::{self, Grid};
use super::main_part;
use super::numbers::{self, Look};
use super::package::Package;
use super::relations::{self, Relation};
use super::shared_strings::{SharedStrings, StringsReader};
use super::walker::{Lines, Waiting, Walker};
use super::xml::{self, Element, Handler};
use crate::gaps;
use crate::session::Session;
use lakegate_core::coverage::Count;
use std::collections::HashMap;

/// Reads the sheets.
pub(super) fn read(session: &mut Session<'_>, package: &mut Package<'_>, findings: &mut Findings) {
    let named = main_part(package);
    let main = if package.find(&named).is_some() { named } else { "xl/workbook.xml".to_owned() };
    let mut workbook = Workbook::default();
    let targets = relations::of(package, &main);
    if let Some(index) = package.find(&main) {
        let result = package
            .look(index)
            .and_then(|mut part| xml::read("the workbook", &mut part, &mut workbook));
        findings.trouble(result);
    }
    let mut styles = Styles::default();
    if let Some(index) = target(package, &targets, "styles", "xl/styles.xml") {
        let result =
            package.look(index).and_then(|mut part| xml::read("styles", &mut part, &mut styles));
        findings.trouble(result);
    }
    let mut strings = SharedStrings::new(session.limits.document_bytes_max);
    let strings_part = target(package, &targets, "sharedStrings", "xl/sharedStrings.xml");
    if let Some(index) = strings_part {
        let name = package.name(index).to_owned();
        match package.take(index) {
            Ok(mut part) => findings.lines(session, &name, None, |lines| {
                let mut reader = StringsReader::new(&mut strings, lines);
                xml::read("the shared strings", &mut part, &mut reader)
            }),
            Err((code, detail)) => findings.gap(code, detail),
        }
    }
    let mut book = Book { strings, looks: styles.looks(), is_1904: workbook.is_1904, rows: 0 };
    let mut pages = Count::default();
    for (name, id) in &workbook.sheets {
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
    // Sheets that the workbook does not name.
    for index in 0..package.len() {
        let name = package.name(index).to_owned();
        let is_sheet = super::package::folded(&name).starts_with("xl/worksheets/sheet");
        if is_sheet && !package.is_taken(index) {
            book.sheet(session, package, findings, index, &name);
        }
    }
    findings.trouble(book.strings.trouble());
    findings.coverage.pages = Some(pages);
    findings.coverage.rows = Some(Count { inspected: book.rows, total: book.rows });
    if let Some(index) = strings_part {
        let name = package.name(index).to_owned();
        findings.lines(session, &name, None, |lines| {
            book.strings.unused(lines);
            Ok(())
        });
    }
}

/// The part to which the workbook's relation of that kind leads.
fn target(package: &Package<'_>, targets: &[Relation], kind: &str, usual: &str) -> Option<usize> {
    targets
        .iter()
        .find(|relation| relation.kind == kind)
        .and_then(|relation| package.find(&relation.target))
        .or_else(|| package.find(usual))
}

/// Sheets that are read by their names.
const SHEETS_MAX: usize = 10_000;

#[derive(Default)]
struct Workbook {
    /// Names and relations.
    sheets: Vec<(String, String)>,
    is_1904: bool,
}

impl Handler for Workbook {
    fn start(&mut self, element: &Element<'_>) {
        match element.local() {
            "workbookPr" => {
                let is_1904 = element.attribute("date1904");
                self.is_1904 = is_1904.is_some_and(|value| value == "1" || value == "true");
            }
            "sheet" if self.sheets.len() < SHEETS_MAX => {
                if let Some(id) = element.attribute("id") {
                    self.sheets.push((element.attribute("name").unwrap_or_default(), id));
                }
            }
            _ => {}
        }
    }
    fn end(&mut self, _: &str) {}
    fn text(&mut self, _: &str) {}
    fn remark(&mut self, _: &str) {}
}

/// Formats of cells that are kept: more than Excel allows.
const FORMATS_MAX: usize = 100_000;

#[derive(Default)]
struct Styles {
    codes: HashMap<u32, String>,
    formats: Vec<u32>,
    is_cells: bool,
}

impl Styles {
    fn looks(&self) -> Vec<Look> {
        let look = |format: &u32| match self.codes.get(format) {
            Some(code) => numbers::look(code),
            None => numbers::built_in(*format),
        };
        self.formats.iter().map(look).collect()
    }
}

impl Handler for Styles {
    fn start(&mut self, element: &Element<'_>) {
        match element.local() {
            "numFmt" if self.codes.len() < FORMATS_MAX => {
                let id = element.number("numFmtId");
                if let (Some(id), Some(code)) = (id, element.attribute("formatCode")) {
                    self.codes.insert(id, code);
                }
            }
            "cellXfs" => self.is_cells = true,
            "xf" if self.is_cells && self.formats.len() < FORMATS_MAX => {
                self.formats.push(element.number("numFmtId").unwrap_or(0));
            }
            _ => {}
        }
    }
    fn end(&mut self, name: &str) {
        if name == "cellXfs" {
            self.is_cells = false;
        }
    }
    fn text(&mut self, _: &str) {}
    fn remark(&mut self, _: &str) {}
}

/// What all sheets share.
struct Book {
    strings: SharedStrings,
    looks: Vec<Look>,
    is_1904: bool,
    rows: u64,
}

impl Book {
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
        let mut walker = Walker::new(&mut waiting);
        let mut grid = Grid::new(session, sheet);
        let result = package.take(index).and_then(|mut part| {
            let mut reader = SheetReader::new(self, &mut grid, &mut walker);
            xml::read("a sheet", &mut part, &mut reader)
        });
        walker.finish();
        grid.settle();
        let is_whole = result.is_ok();
        findings.trouble(result);
        for relation in relations {
            let is_comments = ["comments", "threadedComment"].contains(&relation.kind.as_str());
            let Some(index) = package.find(&relation.target).filter(|_| is_comments) else {
                continue;
            };
            let result = package.take(index).and_then(|mut part| {
                let mut reader = Comments {
                    grid: &mut grid,
                    lines: &mut waiting,
                    place: None,
                    text: String::new(),
                };
                xml::read("comments", &mut part, &mut reader)
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
}

/// What the text of a cell's element is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    None,
    Value,
    Formula,
    Inline,
}

struct SheetReader<'r, 'w, 's, 'o> {
    book: &'r mut Book,
    grid: &'r mut Grid<'w, 's>,
    /// Reads what is no cell.
    walker: &'r mut Walker<'o>,
    is_data: bool,
    row: u64,
    column: u32,
    next_column: u32,
    kind: String,
    style: usize,
    field: Field,
    value: String,
    formula: String,
    inline: String,
    shown: String,
}

impl<'r, 'w, 's, 'o> SheetReader<'r, 'w, 's, 'o> {
    fn new(book: &'r mut Book, grid: &'r mut Grid<'w, 's>, walker: &'r mut Walker<'o>) -> Self {
        Self {
            book,
            grid,
            walker,
            is_data: false,
            row: 0,
            column: 0,
            next_column: 0,
            kind: String::new(),
            style: 0,
            field: Field::None,
            value: String::new(),
            formula: String::new(),
            inline: String::new(),
            shown: String::new(),
        }
    }

    fn begin_cell(&mut self, element: &Element<'_>) {
        self.kind.clear();
        self.style = 0;
        self.column = self.next_column;
        element.attributes(|name, value| match name {
            "t" => self.kind.push_str(value),
            "s" => self.style = value.parse().unwrap_or(0),
            "r" => {
                if let Some((row, column)) = grid::place(value) {
                    self.row = row;
                    self.column = column;
                }
            }
            _ => {}
        });
        self.next_column = self.column.saturating_add(1);
        self.value.clear();
        self.formula.clear();
        self.inline.clear();
    }

    fn end_cell(&mut self) {
        let (row, column) = (self.row, self.column);
        if !self.inline.is_empty() {
            self.grid.cell(row, column, &self.inline, true);
        }
        let value = self.value.as_str();
        let trimmed = value.trim();
        match self.kind.as_str() {
            "s" => {
                let index = trimmed.parse().ok();
                if let Some(text) = index.and_then(|index| self.book.strings.take(index)) {
                    self.grid.cell(row, column, text, true);
                }
            }
            "b" => {
                let shown = if trimmed == "1" { "TRUE" } else { "FALSE" };
                if !trimmed.is_empty() {
                    self.grid.cell(row, column, shown, false);
                }
            }
            "str" | "inlineStr" => self.grid.cell(row, column, value, true),
            "d" | "e" => self.grid.cell(row, column, value, false),
            _ => {
                let Ok(number) = trimmed.parse::<f64>() else {
                    self.grid.cell(row, column, value, true);
                    return self.end_formula();
                };
                let look = self.book.looks.get(self.style).unwrap_or(&Look::Plain);
                self.shown.clear();
                numbers::write(look, number, Some(trimmed), self.book.is_1904, &mut self.shown);
                self.grid.cell(row, column, &self.shown, false);
            }
        }
        self.end_formula();
    }

    fn end_formula(&mut self) {
        if grid::is_telling(&self.formula) {
            self.grid.cell(self.row, self.column, &self.formula, false);
        }
    }
}

impl Handler for SheetReader<'_, '_, '_, '_> {
    fn start(&mut self, element: &Element<'_>) {
        let name = element.local();
        if !self.is_data {
            self.is_data = name == "sheetData";
            self.walker.start(element);
            return;
        }
        match name {
            "c" => self.begin_cell(element),
            "v" => self.field = Field::Value,
            "f" => self.field = Field::Formula,
            "is" => self.field = Field::Inline,
            "row" => {
                self.row = element.number("r").unwrap_or(self.row.saturating_add(1));
                self.next_column = 0;
            }
            // How it is read is not a part of the text.
            "rPh" => self.field = Field::None,
            "t" | "r" | "rPr" => {}
            _ => self.walker.start(element),
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "sheetData" => {
                self.is_data = false;
                self.walker.end(name);
            }
            _ if !self.is_data => self.walker.end(name),
            "c" => self.end_cell(),
            "v" | "f" | "is" => self.field = Field::None,
            "rPh" => self.field = Field::Inline,
            "row" | "t" | "r" | "rPr" => {}
            _ => self.walker.end(name),
        }
    }

    fn text(&mut self, text: &str) {
        match self.field {
            Field::Value if self.is_data => self.value.push_str(text),
            Field::Formula if self.is_data => self.formula.push_str(text),
            Field::Inline if self.is_data => self.inline.push_str(text),
            _ => self.walker.text(text),
        }
    }

    fn remark(&mut self, text: &str) {
        self.walker.remark(text);
    }
}

/// Comments, each at the cell it is about.
struct Comments<'r, 'w, 's> {
    grid: &'r mut Grid<'w, 's>,
    /// Names of their authors.
    lines: &'r mut Waiting,
    place: Option<(u64, u32)>,
    text: String,
}

impl Handler for Comments<'_, '_, '_> {
    fn start(&mut self, element: &Element<'_>) {
        if matches!(element.local(), "comment" | "threadedComment") {
            self.place = element.attribute("ref").and_then(|place| grid::place(&place));
            self.text.clear();
        }
    }
    fn end(&mut self, name: &str) {
        if matches!(name, "comment" | "threadedComment" | "author") {
            match self.place.take() {
                Some((row, column)) => self.grid.cell(row, column, self.text.trim(), true),
                None => {
                    self.lines.push(self.text.trim());
                    self.lines.push("\n");
                }
            }
            self.text.clear();
        }
    }
    fn text(&mut self, text: &str) {
        self.text.push_str(text);
    }
    fn remark(&mut self, text: &str) {
        self.lines.push(text);
        self.lines.push("\n");
    }
}
