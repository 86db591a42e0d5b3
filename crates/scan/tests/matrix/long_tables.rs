//! A table so long that no keyword stands near its values: only the names of its columns tell of them.

use super::documents;
use super::{IDENTIFIERS, TABLE};

/// Rows below the names.
const ROWS: usize = 90;

/// The rows of the two people.
const PEOPLE: [usize; 2] = [55, 80];

/// An object that holds the table.
pub struct Long {
    pub name: &'static str,
    pub object: Vec<u8>,
    /// Where the value of the column of that number stands in a row, both from 0. The names are the row
    /// before the first.
    pub place: fn(column: usize, row: usize) -> String,
}

impl Long {
    /// What is found, sorted.
    pub fn expected(&self) -> Vec<String> {
        let of = |(column, identifier): (usize, &&str)| {
            PEOPLE.map(|row| format!("{identifier} at {}", (self.place)(column + 1, row)))
        };
        let mut all: Vec<String> = IDENTIFIERS.iter().enumerate().flat_map(of).collect();
        all.sort();
        all
    }
}

fn names() -> Vec<String> {
    ["item", "card", "ssn", "email"].map(str::to_owned).to_vec()
}

/// A row: numbers that mean nothing, unless it is a person's.
fn row(row: usize) -> Vec<String> {
    let person = PEOPLE.iter().position(|of| *of == row);
    let mut cells = vec![format!("item {row}")];
    let plain = [format!("{}", 70_000 + row), String::new(), format!("none {row}")];
    cells.extend(TABLE.iter().zip(plain).map(|((_, values), plain)| match person {
        Some(person) => values[person].to_owned(),
        None => plain,
    }));
    cells
}

fn rows() -> Vec<Vec<String>> {
    std::iter::once(names()).chain((0..ROWS).map(row)).collect()
}

fn each(write: impl Fn(&[String]) -> String) -> String {
    rows().iter().map(|cells| write(cells)).collect()
}

/// Cells with something before and behind each.
fn within(cells: &[String], before: &str, behind: &str) -> String {
    cells.iter().map(|cell| format!("{before}{cell}{behind}")).collect()
}

/// All of them.
pub fn all() -> Vec<Long> {
    let line = |_: usize, row: usize| format!("line {}", row + 2);
    let cell =
        |column: usize, row: usize| format!("R{}C{} {}", row + 2, column + 1, names()[column]);
    let html = format!("<!doctype html>\n{}</table>\n", html_rows("<table>\n"));
    vec![
        Long { name: "CSV", object: each(|cells| cells.join(",") + "\n").into(), place: cell },
        Long {
            name: "CSV with names in two rows",
            object: format!("thing,private,,public\n{}", each(|cells| cells.join(",") + "\n"))
                .into(),
            place: |column, row| {
                let above = ["thing ", "private ", "", "public "][column];
                format!("R{}C{} {above}{}", row + 3, column + 1, names()[column])
            },
        },
        Long {
            name: "CSV below a title",
            object: format!("All of it,,,\n{}", each(|cells| cells.join(",") + "\n")).into(),
            place: |column, row| format!("R{}C{} {}", row + 3, column + 1, names()[column]),
        },
        Long {
            name: "text with tabs",
            object: format!(
                "{}\n{}\nNo more.\n",
                "These are words of many kinds, and no table.\n".repeat(60),
                each(|cells| cells.join("\t") + "\n")
            )
            .into(),
            place: |_, row| format!("line {}", row + 63),
        },
        Long { name: "columns of fixed width", object: each(fixed).into(), place: line },
        Long { name: "HTML", object: html.into(), place: |_, row| format!("line {}", row + 4) },
        Long {
            name: "HTML without names marked as such",
            object: format!(
                "<html>{}</table></html>",
                html_rows("<table>\n").replace("th>", "td>")
            )
            .into(),
            place: |_, row| format!("line {}", row + 3),
        },
        Long { name: "DOCX", object: docx(), place: line },
        Long { name: "ODT", object: odt(), place: line },
        Long { name: "RTF", object: rtf(), place: line },
        Long { name: "PPTX", object: pptx(), place: |_, _| "page 1".to_owned() },
        Long {
            name: "PDF with cells of several lines",
            object: pdf_of_long_cells(),
            place: |_, row| format!("page {}", row / 28 + 1),
        },
        Long { name: "PDF", object: pdf(), place: |_, row| format!("page {}", (row + 1) / 40 + 1) },
    ]
}

fn fixed(cells: &[String]) -> String {
    let [a, b, c, d] = cells else { return String::new() };
    format!("{a:<12}{b:<20}{c:<16}{d}\n")
}

fn html_rows(start: &str) -> String {
    let mut number = 0;
    let rows = rows();
    let lines = rows.iter().map(|cells| {
        number += 1;
        let (before, behind) = if number == 1 { ("<th>", "</th>") } else { ("<td>", "</td>") };
        format!("<tr>{}</tr>\n", within(cells, before, behind))
    });
    start.to_owned() + &lines.collect::<String>()
}

fn docx() -> Vec<u8> {
    let rows = each(|cells| {
        format!(
            "<w:tr>{}</w:tr>",
            within(cells, "<w:tc><w:p><w:r><w:t>", "</w:t></w:r></w:p></w:tc>")
        )
    });
    documents::docx_of(&format!("<w:tbl>{rows}</w:tbl>"))
}

fn odt() -> Vec<u8> {
    let rows = each(|cells| {
        let cells = within(cells, "<table:table-cell><text:p>", "</text:p></table:table-cell>");
        format!("<table:table-row>{cells}</table:table-row>")
    });
    documents::odt_of(&format!("<table:table>{rows}</table:table>"))
}

fn rtf() -> Vec<u8> {
    let rows =
        each(|cells| format!("\\trowd\\cellx100\\intbl {}\\row\n", within(cells, "", "\\cell ")));
    format!("{{\\rtf1\\ansi\\ansicpg1252 {rows}}}").into_bytes()
}

fn pptx() -> Vec<u8> {
    let rows = each(|cells| {
        let (before, behind) =
            ("<a:tc><a:txBody><a:p><a:r><a:t>", "</a:t></a:r></a:p></a:txBody></a:tc>");
        format!("<a:tr>{}</a:tr>", within(cells, before, behind))
    });
    documents::pptx_of(&[format!(
        "<p:graphicFrame><a:graphic><a:graphicData><a:tbl>{rows}</a:tbl></a:graphicData></a:graphic>\
         </p:graphicFrame>"
    )])
}

/// Pages of 40 rows, of which only the first has the names.
fn pdf() -> Vec<u8> {
    let page = |rows: &[Vec<String>]| {
        let mut content = String::new();
        for (number, cells) in rows.iter().enumerate() {
            for (cell, x) in cells.iter().zip([40, 140, 280, 400]) {
                let y = 760 - 18 * number;
                content.push_str(&format!("BT /F1 10 Tf {x} {y} Td ({cell}) Tj ET\n"));
            }
        }
        content
    };
    let pages: Vec<String> = rows().chunks(40).map(page).collect();
    documents::pdf_of(&pages)
}

/// Pages of 20 rows whose first cells go over two lines and more, below names of two lines.
fn pdf_of_long_cells() -> Vec<u8> {
    let page = |(number, rows): (usize, &[Vec<String>])| {
        let mut content = String::new();
        let mut y = 770;
        let mut line = |cells: &[String], below: usize| {
            y -= below;
            for (cell, x) in
                cells.iter().zip([40, 150, 290, 410]).filter(|(cell, _)| !cell.is_empty())
            {
                content.push_str(&format!("BT /F1 10 Tf {x} {y} Td ({cell}) Tj ET\n"));
            }
        };
        if number == 0 {
            line(&["thing", "card", "ssn", "email"].map(str::to_owned), 0);
            line(&["of ours", "number", "number", "address"].map(str::to_owned), 10);
        }
        for cells in rows {
            let first = format!("{} of those we", cells[0]);
            line(&[&[first], &cells[1..]].concat(), 17);
            line(&["keep in our store".to_owned()], 10);
        }
        content
    };
    let rows: Vec<Vec<String>> = (0..ROWS).map(row).collect();
    let pages: Vec<String> = rows.chunks(28).enumerate().map(page).collect();
    documents::pdf_of(&pages)
}
