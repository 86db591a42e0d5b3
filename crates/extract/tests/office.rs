//! Office documents: each planted text is found where it stands, and damage is never called complete.

#![allow(clippy::unwrap_used, reason = "a test stops at what is wrong")]

#[path = "office/build.rs"]
mod build;
#[path = "office/tables.rs"]
mod tables;

use build::{AUTHOR, NOTE, TABLE};
use lakegate_core::coverage::{Coverage, CoverageStatus};
use lakegate_core::detection::Location;
use lakegate_core::text::{Block, Layout};
use lakegate_extract::{BlockSink, Limits, extract};

/// Values with where they stand: `member|sheet|location = value`.
#[derive(Default)]
struct Found(Vec<String>);

impl BlockSink for Found {
    fn block(&mut self, block: &Block<'_>) {
        for segment in block.segments {
            let start = segment.start.max(block.own_start) as usize;
            let end = segment.end.min(block.own_end) as usize;
            let mut at = start;
            let is_lines = block.layout == Layout::Lines;
            let parts = block.text[start..end].split_inclusive('\n');
            for part in parts.filter(|_| is_lines) {
                let place = block.locate(segment, at, at + part.len());
                let name = block.contexts[segment.context as usize].names.concat();
                self.add(block, &place, &name, part.trim_end_matches('\n'));
                at += part.len();
            }
            if !is_lines {
                let place = block.locate(segment, start, end);
                self.add(block, &place, "", &block.text[start..end]);
            }
        }
    }
}

impl Found {
    fn add(&mut self, block: &Block<'_>, place: &Location, name: &str, value: &str) {
        let place = match place {
            Location::Cell { row, column, column_name, .. } => {
                format!("R{row}C{column} {}", column_name.as_deref().unwrap_or("-"))
            }
            Location::LineRange { start, .. } => format!("L{start}"),
            Location::Page { page_number } => format!("P{page_number}"),
            Location::Record { .. } => "record".to_owned(),
        };
        let place = if name.is_empty() { place } else { format!("{place} {name}") };
        let sheet = block.place.sheet.unwrap_or_default();
        self.0.push(format!("{}|{sheet}|{place} = {value}", block.place.member));
    }
}

fn read(bytes: &[u8]) -> (Vec<String>, Coverage) {
    let mut found = Found::default();
    let mut input = bytes;
    let extracted = extract(&mut input, &Limits::default(), &mut found).unwrap();
    (found.0, extracted.coverage)
}

#[track_caller]
fn check(bytes: &[u8], mime_type: &str, expect: &[String]) {
    let (found, coverage) = read(bytes);
    for value in expect {
        assert!(found.contains(value), "{mime_type}: no {value} in {found:#?}");
    }
    assert_eq!(coverage.mime_type, mime_type);
    assert_eq!(coverage.status, CoverageStatus::Complete, "{mime_type}: {:?}", coverage.gaps);
}

/// The cells of the table, of which those below the first row have the columns' names.
fn cells() -> Vec<String> {
    let mut cells = Vec::new();
    for (index, row) in TABLE.iter().enumerate() {
        for (column, cell) in row.iter().enumerate() {
            let name = if index == 0 { "-" } else { TABLE[0][column] };
            cells.push(format!("|People|R{}C{} {name} = {cell}", index + 1, column + 1));
        }
    }
    cells
}

/// The cells of the table as parts of lines; where they stand comes from `place`, by the row from 1. Those
/// below the first row have the columns' names.
fn rows(place: impl Fn(usize) -> String) -> Vec<String> {
    let mut cells = Vec::new();
    for (index, row) in TABLE.iter().enumerate() {
        for (column, cell) in row.iter().enumerate() {
            let place = place(index + 1);
            cells.push(match index {
                0 => format!("{place} = {cell}"),
                _ => format!("{place} {} = {cell}", TABLE[0][column]),
            });
        }
    }
    cells
}

fn with(mut expect: Vec<String>, more: &[&str]) -> Vec<String> {
    expect.extend(more.iter().map(|value| (*value).to_owned()));
    expect
}

const OOXML: &str = "application/vnd.openxmlformats-officedocument";

#[test]
fn cells_of_workbooks_stand_in_their_sheets() {
    let author = format!("docProps/core.xml||L1 = creator: {AUTHOR}");
    let note = format!("|People|R2C2 ssn = {NOTE}");
    check(
        &build::xlsx(),
        &format!("{OOXML}.spreadsheetml.sheet"),
        &with(
            cells(),
            &[
                &author,
                &note,
                "|People|R5C4 - = 2024-03-01",
                "|People|R5C4 - = IF(A1=\"hush\",\"secret1\")",
                "xl/sharedStrings.xml||L1 = a string of no cell",
                "xl/workbook.xml||L1 = People",
            ],
        ),
    );
    let summary = format!("SummaryInformation||L1 = author: {AUTHOR}");
    check(
        &build::xls(),
        "application/vnd.ms-excel",
        &with(cells(), &[&summary, &note, "Workbook||L1 = a string of no cell"]),
    );
    let aside = format!("xl/worksheets/sheet1.bin||L1 = {NOTE}");
    check(
        &build::xlsb(),
        "application/vnd.ms-excel.sheet.binary.macroEnabled.12",
        &with(cells(), &[&author, &aside]),
    );
    let creator = format!("meta.xml||L1 = {AUTHOR}");
    check(
        &build::ods(),
        "application/vnd.oasis.opendocument.spreadsheet",
        &with(cells(), &[&creator, &note, "|People|R2C3 card = 4.11E+15"]),
    );
}

#[test]
fn tables_of_texts_are_lines() {
    let author = format!("docProps/core.xml||L1 = creator: {AUTHOR}");
    let comment = format!("word/comments.xml||L1 = {NOTE}");
    check(
        &build::docx(),
        &format!("{OOXML}.wordprocessingml.document"),
        &with(
            rows(|row| format!("||L{row}")),
            &[&author, &comment, "||L4 = new text", "||L5 = old text"],
        ),
    );
    let creator = format!("meta.xml||L1 = {AUTHOR}");
    let last = format!("||L4 = {NOTE}");
    check(
        &build::odt(),
        "application/vnd.oasis.opendocument.text",
        &with(rows(|row| format!("||L{row}")), &[&creator, &last]),
    );
    let summary = format!("SummaryInformation||L1 = author: {AUTHOR}");
    let note = format!("||L6 = {NOTE}");
    check(
        &build::doc(),
        "application/msword",
        &with(
            rows(|row| format!("||L{row}")),
            &[
                &summary,
                "||L4 = write to us",
                "||L5 =  HYPERLINK \"mailto:eve@example.com\" ",
                &note,
                "WordDocument||L1 = left behind",
            ],
        ),
    );
    let chapter = format!("a.xhtml||L4 = {NOTE}");
    let creator = format!("a.opf||L1 = creator: {AUTHOR}");
    check(
        &build::epub(),
        "application/epub+zip",
        &with(rows(|row| format!("a.xhtml||L{row}")), &[&creator, &chapter]),
    );
}

#[test]
fn attributes_that_say_something_are_read() {
    let word = r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main""#;
    let settings = format!(
        r#"<w:settings {word}><w:docVar w:name="ssn" w:val="219099999"/><w:sz w:val="24"/><w:nsid w:val="12345678"/></w:settings>"#
    );
    let links = r#"<Relationships><Relationship Id="rId1" Target="mailto:eve@example.com" TargetMode="External"/><Relationship Id="rId2" Target="a.xml"/></Relationships>"#;
    let data = r#"<person xmlns="urn:mine" id="4711"><phone kind="home">555-0100</phone></person>"#;
    let (found, coverage) = read(&build::office(
        "word/document.xml",
        &[
            ("word/document.xml", format!("<w:document {word}/>")),
            ("word/settings.xml", settings),
            ("word/_rels/document.xml.rels", links.to_owned()),
            ("customXml/item1.xml", data.to_owned()),
            ("customXml/item2.xml", "<a xmlns\u{e9}='b'>c</a>".to_owned()),
        ],
    ));
    assert_eq!(coverage.status, CoverageStatus::Complete);
    assert_eq!(
        found[1..],
        [
            "word/settings.xml||L1 = ssn",
            "word/settings.xml||L2 = 219099999",
            "word/_rels/document.xml.rels||L1 = mailto:eve@example.com",
            "customXml/item1.xml||L1 = person id=4711",
            "customXml/item1.xml||L2 = phone kind=home: 555-0100",
            "customXml/item2.xml||L1 = a: c",
        ]
    );
}

#[test]
fn text_of_rtf() {
    let (found, coverage) = read(&build::rtf());
    let text = found.iter().map(|line| line.split_once(" = ").unwrap().1).collect::<Vec<_>>();
    for row in TABLE {
        assert!(row.iter().all(|cell| text.contains(cell)), "{text:#?}");
    }
    for value in [AUTHOR, NOTE, "Body", "\u{41f}€\u{1f600}", "kept"] {
        assert!(text.contains(&value), "no {value} in {text:#?}");
    }
    assert_eq!(coverage.status, CoverageStatus::Complete);
    assert_eq!(coverage.notes, ["1 images were not read"]);
}

#[test]
fn slides_are_pages() {
    let author = format!("docProps/core.xml||L1 = creator: {AUTHOR}");
    let note = format!("||P2 = {NOTE}");
    check(
        &build::pptx(),
        &format!("{OOXML}.presentationml.presentation"),
        &with(rows(|_| "||P2".to_owned()), &[&author, &note, "||P1 = Title"]),
    );
    let creator = format!("meta.xml||L1 = {AUTHOR}");
    check(
        &build::odp(),
        "application/vnd.oasis.opendocument.presentation",
        &with(rows(|_| "||P2".to_owned()), &[&creator, &note, "||P1 = Title"]),
    );
    let cells = TABLE.iter().flatten().map(|cell| format!("||P2 = {cell}")).collect();
    check(&build::ppt(), "application/vnd.ms-powerpoint", &with(cells, &[&note, "||P1 = Title"]));
}

#[test]
fn objects_within_are_read_as_what_they_are() {
    let (found, coverage) = read(&build::native("a.docx", &build::docx()));
    let note = format!("a.docx!word/comments.xml||L1 = {NOTE}");
    assert!(found.contains(&note), "{found:#?}");
    assert_eq!(coverage.status, CoverageStatus::Complete, "{:?}", coverage.gaps);
    let hexadecimal: String =
        build::native("a.docx", &build::docx()).iter().map(|byte| format!("{byte:02x}")).collect();
    let text = format!(r"{{\rtf1 {{\object{{\*\objdata {hexadecimal}}}}}}}");
    let (found, coverage) = read(text.as_bytes());
    let note = format!("object 1!{note}");
    assert!(found.contains(&note), "{found:#?}");
    assert_eq!(coverage.status, CoverageStatus::Complete, "{:?}", coverage.gaps);
}

#[test]
fn rtf_reads_the_encodings_of_its_fonts() {
    let text = br"{\rtf1\ansi\ansicpg932{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset128 B;}}\f1 \'93\'fa\'96{ \f0}\par
        \uc2\u26085\'93\'fa {\uc0\u26412}\par{\deleted gone}kept}";
    let (found, _) = read(text);
    assert!(found.iter().any(|line| line.ends_with("= gone")), "{found:#?}");
    assert!(found.iter().any(|line| line.ends_with("= kept")), "{found:#?}");
    assert!(
        found.iter().any(|line| line.contains('\u{65e5}') && line.contains('\u{672c}')),
        "{found:#?}"
    );
}

/// All documents, with their names.
fn all() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("docx", build::docx()),
        ("xlsx", build::xlsx()),
        ("xlsb", build::xlsb()),
        ("pptx", build::pptx()),
        ("odt", build::odt()),
        ("ods", build::ods()),
        ("odp", build::odp()),
        ("epub", build::epub()),
        ("doc", build::doc()),
        ("xls", build::xls()),
        ("ppt", build::ppt()),
        ("rtf", build::rtf()),
    ]
}

#[test]
fn what_is_cut_off_is_never_complete() {
    for (name, whole) in all() {
        // The last sector of a compound file may be empty; RTF ends with its last brace.
        for cut in 1..64 {
            let length = whole.len() * cut / 64;
            let (_, coverage) = read(&whole[..length]);
            let is_text = coverage.mime_type == "text/plain";
            assert!(
                coverage.status != CoverageStatus::Complete || is_text,
                "{name} of {} bytes cut at {length}",
                whole.len()
            );
        }
    }
}

#[test]
fn damage_breaks_nothing() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for (_, whole) in all() {
        for _ in 0..150 {
            let mut bytes = whole.clone();
            for _ in 0..8 {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                let at = (state >> 33) as usize % bytes.len();
                bytes[at] ^= (state >> 20) as u8 | 1;
            }
            read(&bytes);
        }
    }
}

#[test]
fn bombs_and_encryption_are_told() {
    let word = r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main""#;
    let blank = " ".repeat(40 << 20);
    let bomb = format!("<w:document {word}><w:p><w:t>x{blank}</w:t></w:p></w:document>");
    let (_, coverage) = read(&build::office("word/document.xml", &[("word/document.xml", bomb)]));
    assert_eq!(coverage.reason(), Some("OOXML_UNCOMPRESSED_RATIO_EXCEEDS_LIMIT"));
    assert_eq!(coverage.status, CoverageStatus::Partial);
    let laughs = format!(
        r#"<!DOCTYPE w [<!ENTITY a "lol"><!ENTITY b "&a;&a;">]><w:document {word}><w:p><w:t>&b;</w:t></w:p></w:document>"#
    );
    let (found, _) = read(&build::office("word/document.xml", &[("word/document.xml", laughs)]));
    assert!(found.contains(&"||L1 = &b;".to_owned()), "{found:?}");
    for bytes in [
        build::compound(&[("EncryptedPackage", vec![1; 100])]),
        build::archive(&[
            ("mimetype", "application/vnd.oasis.opendocument.text".to_owned()),
            ("META-INF/manifest.xml", "<m><f><encryption-data/></f></m>".to_owned()),
            ("content.xml", "xx".to_owned()),
        ]),
        build::compound(&[(
            "Workbook",
            [&[9, 8, 8, 0, 0, 6, 5, 0, 0, 0, 0, 0][..], &[0x2f, 0, 0, 0]].concat(),
        )]),
    ] {
        let (_, coverage) = read(&bytes);
        assert_eq!(coverage.reason(), Some("INVALID_ENCRYPTION"));
        assert_ne!(coverage.status, CoverageStatus::Complete);
    }
}
