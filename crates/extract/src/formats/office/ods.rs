//! Spreadsheets of OpenDocument: the cells as they are shown, and as they are stored where that says
//! more.

use super::findings::Findings;
use super::grid::{self, Grid};
use super::package::Package;
use super::walker::{Waiting, Walker};
use super::xml::{self, Element, Handler};
use crate::gaps;
use crate::session::Session;
use lakegate_core::coverage::Count;

/// Repeated cells of a kind that are written, each a copy of the first: the text of more is known by then.
const COPIES_MAX: u64 = 1_000;

/// Copies of all kinds that are written.
const ALL_COPIES_MAX: u64 = 1_000_000;

/// Cells of one row with a value that are kept until its end.
const ROW_CELLS_MAX: usize = 100_000;

/// Reads the tables of the content.
pub(super) fn read(session: &mut Session<'_>, package: &mut Package<'_>, findings: &mut Findings) {
    let Some(index) = package.find("content.xml") else {
        findings.gap(gaps::MALFORMED, "the content of the document is missing");
        return;
    };
    let mut waiting = Waiting::default();
    let mut walker = Walker::new(&mut waiting);
    let mut reader = Reader {
        walker: &mut walker,
        grid: Grid::new(session, ""),
        cells: Vec::new(),
        cell: None,
        row: 0,
        row_copies: 1,
        next_column: 0,
        sheets: 0,
        tables: 0,
        copies_left: ALL_COPIES_MAX,
    };
    let result =
        package.take(index).and_then(|mut part| xml::read("the content", &mut part, &mut reader));
    reader.end_row();
    let sheets = reader.sheets;
    let rows = reader.grid.finish();
    walker.finish();
    findings.units(rows);
    findings.coverage.rows = Some(Count { inspected: rows, total: rows });
    let inspected = if result.is_ok() { sheets } else { sheets.saturating_sub(1) };
    findings.coverage.pages = Some(Count { inspected, total: sheets });
    if result.is_ok() {
        findings.has_read();
    }
    findings.trouble(result);
    findings.waiting(session, "content.xml", &waiting);
}

/// A cell that is read.
#[derive(Default)]
struct Cell {
    column: u32,
    copies: u64,
    is_text: bool,
    /// As it is shown.
    shown: String,
    /// As it is stored, where that is not as it is shown.
    stored: String,
    formula: String,
    note: String,
    links: Vec<String>,
    in_note: bool,
    in_paragraph: usize,
}

struct Reader<'r, 'w, 's, 'o> {
    /// Reads what is no cell.
    walker: &'r mut Walker<'o>,
    grid: Grid<'w, 's>,
    /// Those of the row.
    cells: Vec<Cell>,
    cell: Option<Cell>,
    row: u64,
    row_copies: u64,
    next_column: u32,
    sheets: u64,
    /// Tables within one another.
    tables: usize,
    copies_left: u64,
}

impl Reader<'_, '_, '_, '_> {
    fn begin_cell(&mut self, element: &Element<'_>) {
        let mut cell = Cell { column: self.next_column, copies: 1, ..Cell::default() };
        let mut is_number = false;
        element.attributes(|name, value| match xml::local(name) {
            "number-columns-repeated" => cell.copies = value.parse().unwrap_or(1).max(1),
            "value-type" => is_number = value != "string",
            "value" | "date-value" | "time-value" | "string-value" | "boolean-value" => {
                cell.stored.clear();
                cell.stored.push_str(value);
            }
            "formula" => cell.formula.push_str(value),
            _ => {}
        });
        cell.is_text = !is_number;
        self.next_column =
            self.next_column.saturating_add(u32::try_from(cell.copies).unwrap_or(u32::MAX));
        self.cell = Some(cell);
    }

    fn end_cell(&mut self) {
        let Some(cell) = self.cell.take() else { return };
        let is_empty = [&cell.shown, &cell.stored, &cell.formula, &cell.note]
            .iter()
            .all(|text| text.is_empty());
        if is_empty && cell.links.is_empty() {
            return;
        }
        self.cells.push(cell);
        if self.cells.len() >= ROW_CELLS_MAX {
            self.write_row(1);
            self.cells.clear();
        }
    }

    fn end_row(&mut self) {
        self.end_cell();
        let copies = self.row_copies.min(COPIES_MAX);
        self.write_row(copies);
        self.cells.clear();
        self.row = self.row.saturating_add(self.row_copies);
        self.row_copies = 1;
        self.next_column = 0;
    }

    fn write_row(&mut self, row_copies: u64) {
        for row_copy in 0..row_copies {
            if self.cells.is_empty() || row_copy > 0 && self.copies_left == 0 {
                break;
            }
            let row = self.row.saturating_add(row_copy);
            for cell in &self.cells {
                let copies = cell.copies.min(COPIES_MAX);
                for copy in 0..copies {
                    if copy > 0 || row_copy > 0 {
                        if self.copies_left == 0 {
                            break;
                        }
                        self.copies_left -= 1;
                    }
                    let column = cell.column.saturating_add(copy as u32);
                    write_cell(&mut self.grid, row, column, cell);
                }
            }
        }
    }
}

fn write_cell(grid: &mut Grid<'_, '_>, row: u64, column: u32, cell: &Cell) {
    let shown = cell.shown.trim_end_matches('\n');
    grid.cell(row, column, shown, cell.is_text);
    if !cell.stored.is_empty() && !says_same(shown, &cell.stored) {
        grid.cell(row, column, &cell.stored, cell.is_text);
    }
    if grid::is_telling(&cell.formula) {
        grid.cell(row, column, &cell.formula, false);
    }
    grid.cell(row, column, cell.note.trim(), true);
    for link in &cell.links {
        grid.cell(row, column, link, true);
    }
}

/// Whether the digits and letters are the same in both.
fn says_same(shown: &str, stored: &str) -> bool {
    let signs = |text: &str| -> Vec<char> {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    signs(shown) == signs(stored)
}

impl Handler for Reader<'_, '_, '_, '_> {
    fn start(&mut self, element: &Element<'_>) {
        let name = element.local();
        match (name, &mut self.cell) {
            ("table-cell" | "covered-table-cell", None) if self.tables > 0 => {
                self.begin_cell(element);
            }
            ("table", None) => {
                self.tables += 1;
                if self.tables == 1 {
                    self.sheets += 1;
                    self.row = 1;
                    self.next_column = 0;
                    self.grid.sheet(&element.attribute("name").unwrap_or_default());
                }
            }
            ("table-row", None) if self.tables > 0 => {
                self.row_copies = element.number("number-rows-repeated").unwrap_or(1).max(1);
                self.next_column = 0;
            }
            (_, Some(cell)) => {
                let text = if cell.in_note { &mut cell.note } else { &mut cell.shown };
                match name {
                    "p" | "h" => cell.in_paragraph += 1,
                    "annotation" => cell.in_note = true,
                    "s" => {
                        let spaces = element.number::<usize>("c").unwrap_or(1).clamp(1, 64);
                        text.push_str(&" ".repeat(spaces));
                    }
                    "tab" => text.push('\t'),
                    "line-break" => text.push('\n'),
                    _ => {}
                }
                cell.links.extend(element.attribute("href"));
            }
            (_, None) => self.walker.start(element),
        }
    }

    fn end(&mut self, name: &str) {
        match (name, &mut self.cell) {
            ("table-cell" | "covered-table-cell", Some(_)) => self.end_cell(),
            (_, Some(cell)) => {
                let text = if cell.in_note { &mut cell.note } else { &mut cell.shown };
                match name {
                    "p" | "h" => {
                        cell.in_paragraph = cell.in_paragraph.saturating_sub(1);
                        text.push('\n');
                    }
                    "creator" | "date" | "title" | "desc" => text.push('\n'),
                    "annotation" => cell.in_note = false,
                    _ => {}
                }
            }
            ("table-row", None) if self.tables > 0 => self.end_row(),
            ("table", None) => self.tables = self.tables.saturating_sub(1),
            (_, None) => self.walker.end(name),
        }
    }

    fn text(&mut self, text: &str) {
        match &mut self.cell {
            Some(cell) if cell.in_paragraph > 0 || !text.trim().is_empty() => {
                let value = if cell.in_note { &mut cell.note } else { &mut cell.shown };
                value.extend(text.chars().map(|c| if matches!(c, '\n' | '\r') { ' ' } else { c }));
            }
            Some(_) => {}
            None => self.walker.text(text),
        }
    }

    fn remark(&mut self, text: &str) {
        self.walker.remark(text);
    }
}
