//! Documents made by hand: the same small table, and a few texts about it, in each format.

#[path = "old.rs"]
mod old;

pub use old::{compound, doc, native, ppt, xls, xlsb};
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;

/// The planted table, its first row the names of the columns.
pub const TABLE: [[&str; 3]; 3] = [
    ["name", "ssn", "card"],
    ["Ann Müller", "219-09-9999", "4111111111111111"],
    ["Bob & Co", "457-55-5462", "5500000000000004"],
];

/// What stands in the document's properties.
pub const AUTHOR: &str = "Carol Author";

/// What stands in a note, a comment or a hidden part.
pub const NOTE: &str = "call +49 30 901820";

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// A ZIP archive of parts.
pub fn archive(parts: &[(&str, String)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        let options = SimpleFileOptions::default();
        let method = match *name {
            "mimetype" => zip::CompressionMethod::Stored,
            _ => zip::CompressionMethod::Deflated,
        };
        writer.start_file(*name, options.compression_method(method)).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

const CORE: &str = r#"<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>Carol Author</dc:creator></cp:coreProperties>"#;

fn relations(inner: &[(&str, &str, &str)]) -> String {
    let mut text = String::from(
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#,
    );
    for (id, kind, target) in inner {
        text += &format!(r#"<Relationship Id="{id}" Type="http://x/{kind}" Target="{target}"/>"#);
    }
    text + "</Relationships>"
}

/// An Office document of a main part and others.
pub fn office(main: &str, parts: &[(&str, String)]) -> Vec<u8> {
    let mut all = vec![
        ("[Content_Types].xml", "<Types/>".to_owned()),
        ("_rels/.rels", relations(&[("rId1", "officeDocument", main)])),
        ("docProps/core.xml", CORE.to_owned()),
    ];
    all.extend(parts.iter().cloned());
    archive(&all)
}

pub fn docx() -> Vec<u8> {
    let mut body = String::from("<w:tbl>");
    for row in TABLE {
        body += "<w:tr>";
        for cell in row {
            // Words are cut into runs anywhere.
            let cut = cell.char_indices().nth(2).unwrap().0;
            let (start, end) = cell.split_at(cut);
            body += &format!(
                "<w:tc><w:p><w:r><w:t>{}</w:t></w:r><w:r><w:t>{}</w:t></w:r></w:p></w:tc>",
                escape(start),
                escape(end)
            );
        }
        body += "</w:tr>";
    }
    body += "</w:tbl><w:p><w:del><w:r><w:delText>old</w:delText></w:r></w:del>\
             <w:ins><w:r><w:t>new</w:t></w:r></w:ins><w:r><w:t> text</w:t></w:r></w:p>";
    let word = r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main""#;
    office(
        "word/document.xml",
        &[
            (
                "word/document.xml",
                format!("<w:document {word}><w:body>{body}</w:body></w:document>"),
            ),
            (
                "word/comments.xml",
                format!(
                    "<w:comments {word}><w:comment><w:p><w:r><w:t>{NOTE}</w:t></w:r></w:p></w:comment></w:comments>"
                ),
            ),
        ],
    )
}

pub fn pptx() -> Vec<u8> {
    let names = r#"xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships""#;
    let mut rows = String::new();
    for row in TABLE {
        rows += "<a:tr>";
        for cell in row {
            rows += &format!(
                "<a:tc><a:txBody><a:p><a:r><a:t>{}</a:t></a:r></a:p></a:txBody></a:tc>",
                escape(cell)
            );
        }
        rows += "</a:tr>";
    }
    let slide = |inner: &str| format!("<p:sld {names}>{inner}</p:sld>");
    office(
        "ppt/presentation.xml",
        &[
            (
                "ppt/presentation.xml",
                format!(
                    r#"<p:presentation {names}><p:sldIdLst><p:sldId id="256" r:id="rId2"/><p:sldId id="257" r:id="rId1"/></p:sldIdLst></p:presentation>"#
                ),
            ),
            (
                "ppt/_rels/presentation.xml.rels",
                relations(&[
                    ("rId1", "slide", "slides/slide1.xml"),
                    ("rId2", "slide", "slides/slide2.xml"),
                ]),
            ),
            ("ppt/slides/slide1.xml", slide(&format!("<a:tbl>{rows}</a:tbl>"))),
            ("ppt/slides/slide2.xml", slide("<a:p><a:r><a:t>Title</a:t></a:r></a:p>")),
            (
                "ppt/slides/_rels/slide1.xml.rels",
                relations(&[("rId1", "notesSlide", "../notesSlides/n.xml")]),
            ),
            ("ppt/notesSlides/n.xml", slide(&format!("<a:p><a:r><a:t>{NOTE}</a:t></a:r></a:p>"))),
        ],
    )
}

pub fn xlsx() -> Vec<u8> {
    let names = r#"xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships""#;
    let mut strings = String::new();
    let mut rows = String::new();
    let mut count = 0;
    for (index, row) in TABLE.iter().enumerate() {
        rows += &format!(r#"<row r="{}">"#, index + 1);
        for (column, cell) in row.iter().enumerate() {
            let place = format!("{}{}", ["A", "B", "C"][column], index + 1);
            rows += &match (index, column) {
                (1.., 1) => {
                    let digits = cell.replace('-', "");
                    format!(r#"<c r="{place}" s="1"><v>{digits}</v></c>"#)
                }
                (1, 2) => format!(r#"<c r="{place}"><v>4.111111111111111E+15</v></c>"#),
                (2, 2) => format!(r#"<c r="{place}" t="inlineStr"><is><t>{cell}</t></is></c>"#),
                _ => {
                    strings += &format!("<si><r><t>{}</t></r></si>", escape(cell));
                    count += 1;
                    format!(r#"<c r="{place}" t="s"><v>{}</v></c>"#, count - 1)
                }
            };
        }
        rows += "</row>";
    }
    rows += r#"<row r="5"><c r="D5" s="2"><f>IF(A1="hush","secret1")</f><v>45352</v></c></row>"#;
    strings += "<si><t>a string of no cell</t></si>";
    office(
        "xl/workbook.xml",
        &[
            (
                "xl/workbook.xml",
                format!(
                    r#"<workbook {names}><sheets><sheet name="People" state="hidden" r:id="rId1"/></sheets></workbook>"#
                ),
            ),
            (
                "xl/_rels/workbook.xml.rels",
                relations(&[
                    ("rId1", "worksheet", "worksheets/sheet1.xml"),
                    ("rId2", "styles", "styles.xml"),
                    ("rId3", "sharedStrings", "sharedStrings.xml"),
                ]),
            ),
            ("xl/sharedStrings.xml", format!("<sst {names}>{strings}</sst>")),
            (
                "xl/styles.xml",
                format!(
                    r#"<styleSheet {names}><numFmts><numFmt numFmtId="164" formatCode="000\-00\-0000"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="14"/></cellXfs></styleSheet>"#
                ),
            ),
            (
                "xl/worksheets/sheet1.xml",
                format!("<worksheet {names}><sheetData>{rows}</sheetData></worksheet>"),
            ),
            (
                "xl/worksheets/_rels/sheet1.xml.rels",
                relations(&[("rId1", "comments", "../comments1.xml")]),
            ),
            (
                "xl/comments1.xml",
                format!(
                    r#"<comments {names}><commentList><comment ref="B2"><text><t>{NOTE}</t></text></comment></commentList></comments>"#
                ),
            ),
        ],
    )
}

const OPEN_DOCUMENT: &str = r#"xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/""#;

fn open_document(kind: &str, body: &str) -> Vec<u8> {
    let content = format!(
        "<office:document-content {OPEN_DOCUMENT}><office:body>{body}</office:body></office:document-content>"
    );
    let meta = format!(
        "<office:document-meta {OPEN_DOCUMENT}><office:meta><dc:creator>{AUTHOR}</dc:creator></office:meta></office:document-meta>"
    );
    archive(&[
        ("mimetype", format!("application/vnd.oasis.opendocument.{kind}")),
        ("content.xml", content),
        ("meta.xml", meta),
    ])
}

fn open_document_table(cell: impl Fn(&str) -> String) -> String {
    let mut table = String::from(r#"<table:table table:name="People">"#);
    for row in TABLE {
        table += "<table:table-row>";
        for text in row {
            table += &cell(&escape(text));
        }
        table += "</table:table-row>";
    }
    table + "</table:table>"
}

pub fn odt() -> Vec<u8> {
    let table = open_document_table(|text| {
        format!("<table:table-cell><text:p>{text}</text:p></table:table-cell>")
    });
    open_document("text", &format!("<office:text>{table}<text:p>{NOTE}</text:p></office:text>"))
}

pub fn odp() -> Vec<u8> {
    let table = open_document_table(|text| {
        format!("<table:table-cell><text:p>{text}</text:p></table:table-cell>")
    });
    open_document(
        "presentation",
        &format!(
            "<office:presentation><draw:page><text:p>Title</text:p></draw:page>\
             <draw:page>{table}<text:p>{NOTE}</text:p></draw:page></office:presentation>"
        ),
    )
}

pub fn ods() -> Vec<u8> {
    let table = open_document_table(|text| {
        let note = match text {
            "219-09-9999" => {
                format!("<office:annotation><text:p>{NOTE}</text:p></office:annotation>")
            }
            _ => String::new(),
        };
        match text {
            // A long number is shown with an exponent.
            "4111111111111111" => format!(
                r#"<table:table-cell office:value-type="float" office:value="{text}"><text:p>4.11E+15</text:p></table:table-cell>"#
            ),
            _ => format!(
                r#"<table:table-cell office:value-type="string">{note}<text:p>{text}</text:p></table:table-cell>"#
            ),
        }
    });
    open_document("spreadsheet", &format!("<office:spreadsheet>{table}</office:spreadsheet>"))
}

pub fn epub() -> Vec<u8> {
    let mut rows = String::new();
    for row in TABLE {
        rows += "<tr>";
        for cell in row {
            rows += &format!("<td>{}</td>", escape(cell));
        }
        rows += "</tr>";
    }
    archive(&[
        ("mimetype", "application/epub+zip".to_owned()),
        (
            "a.xhtml",
            format!(
                r#"<html xmlns="http://www.w3.org/1999/xhtml"><body><table>{rows}</table><p>{NOTE}</p></body></html>"#
            ),
        ),
        (
            "a.opf",
            format!(
                r#"<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>{AUTHOR}</dc:creator></package>"#
            ),
        ),
    ])
}

pub fn rtf() -> Vec<u8> {
    let mut text = String::from(
        r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Arial;}}",
    );
    text += &format!(r"{{\info{{\author {AUTHOR}}}}}");
    for row in TABLE {
        for cell in row {
            text += &cell.replace('ü', r"\'fc");
            text += r"\cell ";
        }
        text += "\\row\n";
    }
    text += &format!(r"Body{{\footnote {NOTE}}}\par \f1\'cf\plain\u8364?\u-10179?\u-8704?");
    text += r"{\*\unknown kept}{\pict 00ff}\par}";
    text.into_bytes()
}
