//! Which names the cells of sheets and of tables within tables bear.

use super::{build, read};

/// Looks for cells of a sheet with their names. Rows are written with `|` between cells; digits are numbers.
fn check_sheet(rows: &[&str], expect: &[&str]) {
    let mut data = String::new();
    for (number, row) in rows.iter().enumerate().filter(|(_, row)| !row.is_empty()) {
        data += &format!("<row r=\"{}\">", number + 1);
        for (column, cell) in row.split('|').enumerate().filter(|(_, cell)| !cell.is_empty()) {
            let place = format!("{}{}", char::from(b'A' + column as u8), number + 1);
            data += &match cell.parse::<f64>() {
                Ok(_) => format!("<c r=\"{place}\"><v>{cell}</v></c>"),
                Err(_) => format!("<c r=\"{place}\" t=\"str\"><v>{cell}</v></c>"),
            };
        }
        data += "</row>";
    }
    let names = r#"xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships""#;
    let book =
        format!(r#"<workbook {names}><sheets><sheet name="S" r:id="rId1"/></sheets></workbook>"#);
    let relations = r#"<Relationships><Relationship Id="rId1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;
    let sheet = format!("<worksheet {names}><sheetData>{data}</sheetData></worksheet>");
    let bytes = build::office(
        "xl/workbook.xml",
        &[
            ("xl/workbook.xml", book),
            ("xl/_rels/workbook.xml.rels", relations.to_owned()),
            ("xl/worksheets/sheet1.xml", sheet),
        ],
    );
    let (found, _) = read(&bytes);
    for value in expect {
        let value = format!("|S|{value}");
        assert!(found.contains(&value), "no {value} in {found:#?}");
    }
}

/// Rows of people, whose numbers begin with 432307400.
fn people(count: usize) -> Vec<String> {
    (0..count).map(|row| format!("Ann|{}|Bern", 432_307_400 + row)).collect()
}

fn parts(count: usize) -> Vec<String> {
    (0..count).map(|row| format!("part {row}|{}|shelf", row * 7)).collect()
}

fn sheet(parts: &[&[String]]) -> Vec<String> {
    parts.concat()
}

fn check_rows(rows: &[String], expect: &[&str]) {
    check_sheet(&rows.iter().map(String::as_str).collect::<Vec<_>>(), expect);
}

const PEOPLE: &str = "Name|Passport number|City";

fn one(row: &str) -> Vec<String> {
    vec![row.to_owned()]
}

#[test]
fn forms_name_what_stands_at_their_right() {
    check_sheet(&["Passport number|432307469"], &["R1C2 Passport number = 432307469"]);
    check_sheet(
        &["Name|Ann|Passport number|432307469.0"],
        &["R1C4 Passport number = 432307469", "R1C2 - = Ann"],
    );
    let form = ["Full name||Ann Miller", "City||Bern", "Passport number||432307469"];
    check_sheet(&form, &["R3C3 Passport number = 432307469", "R1C3 Full name = Ann Miller"]);
    check_sheet(
        &[
            "Full name|||Ann Miller|City|||Bern",
            "Passport number|||432307469|E-mail|||a@example.org",
        ],
        &["R2C4 Passport number = 432307469", "R2C8 E-mail = a@example.org"],
    );
}

#[test]
fn other_tables_of_a_sheet_have_names_of_their_own() {
    let (head, title) = (one("Item|Quantity|Place"), one("Clients of the year"));
    let (names, nobody) = (one(PEOPLE), one(""));
    let people = people(70);
    // Behind a title, and directly.
    let last = "R103C2 Passport number = 432307469";
    check_rows(&sheet(&[&head, &parts(30), &title, &names, &people]), &[last]);
    check_rows(
        &sheet(&[&head, &parts(30), &names, &people]),
        &["R102C2 Passport number = 432307469", "R31C2 Quantity = 203"],
    );
    // Rows go on behind an empty one, and behind words among them.
    let (some, more) = people.split_at(30);
    check_rows(&sheet(&[&names, some, &nobody, more]), &["R72C2 Passport number = 432307469"]);
    check_rows(
        &sheet(&[&names, some, &one("Total|not known|none"), more]),
        &["R72C2 Passport number = 432307469"],
    );
}

#[test]
fn names_are_not_passed_on_to_another_table() {
    let (names, nobody) = (one(PEOPLE), one(""));
    let numbers: Vec<String> =
        (0..30).map(|row| format!("part {row}|{}|shelf", 555_000_000 + row)).collect();
    check_rows(
        &sheet(&[&names, &people(20), &nobody, &one("Gizmo|Whatsit|Thingy"), &numbers]),
        &["R24C2 Whatsit = 555000000"],
    );
    let words: Vec<String> = (0..30).map(|row| format!("part {row}|in steel|shelf")).collect();
    check_rows(
        &sheet(&[&names, &people(20), &nobody, &words]),
        &["R23C2 - = in steel", "R21C2 Passport number = 432307419"],
    );
}

/// The text of a Word document, lines with the names of cells.
fn check_document(body: &str, expect: &[&str]) {
    let word = r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main""#;
    let document = format!("<w:document {word}><w:body>{body}</w:body></w:document>");
    let (found, _) = read(&build::office("word/document.xml", &[("word/document.xml", document)]));
    let found: Vec<&str> = found.iter().filter_map(|value| value.strip_prefix("||")).collect();
    for value in expect {
        assert!(found.contains(value), "no {value} in {found:#?}");
    }
}

fn table(rows: &[&str]) -> String {
    let cell = |cell: &str| match cell.strip_prefix('<') {
        Some(_) => format!("<w:tc>{cell}<w:p/></w:tc>"),
        None => format!("<w:tc><w:p><w:r><w:t>{cell}</w:t></w:r></w:p></w:tc>"),
    };
    let row = |row: &&str| {
        let cells: Vec<String> = row.split('|').map(cell).collect();
        format!("<w:tr>{}</w:tr>", cells.concat())
    };
    format!("<w:tbl>{}</w:tbl>", rows.iter().map(row).collect::<Vec<_>>().concat())
}

#[test]
fn tables_within_tables_have_names_of_their_own() {
    let inner = table(&["name|ssn", "Ann|219099999", "Bob|457555462"]);
    check_document(&table(&[&inner]), &["L2 ssn = 219099999", "L3 ssn = 457555462"]);
    check_document(&table(&[&table(&[&inner])]), &["L2 ssn = 219099999"]);
    // Beside other cells, and within the rows of another table.
    let outer = table(&["city|people", &format!("Bern|{inner}"), "Rome|nobody"]);
    check_document(&outer, &["L4 ssn = 219099999", "L5 ssn = 457555462", "L8 = Rome\tnobody"]);
    check_document(
        &table(&["name|ssn", "Ann|219099999", "Subtotal|", "Bob|457555462"]),
        &["L3 name = Subtotal", "L4 ssn = 457555462"],
    );
    check_document(
        &table(&["name|ssn", "Ann|219099999", "North", "Bob|457555462"]),
        &["L3 name = North", "L4 ssn = 457555462"],
    );
}
