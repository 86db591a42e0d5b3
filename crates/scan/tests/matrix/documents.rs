//! The planted table in formats that are not text.

use super::formats::{case, cell, column, lines, names, row, separated};
use super::{Case, TABLE};
use std::io::Write;
use std::sync::Arc;

/// All of them.
pub fn all() -> Vec<Case> {
    vec![
        case("Parquet", parquet(), |c, p| format!("{p} $.{}", column(c))),
        case("XLSX", xlsx(), |c, p| {
            format!("People!{}{} {}", ["A", "B", "C"][c], p + 2, column(c))
        }),
        case("DOCX", docx(), |c, p| format!("line {}", 3 * p + c + 1)),
        case("PPTX", pptx(), |_, p| format!("page {}", p + 1)),
        case("ODT", odt(), |c, p| format!("line {}", 3 * p + c + 1)),
        case("RTF", rtf(), |c, p| format!("line {}", 3 * p + c + 1)),
        case("PDF", pdf(), |_, p| format!("page {}", p + 1)),
        Case { member: "a.csv", ..case("mail", mail(), cell) },
        case("SQL dump", dump(), |c, p| {
            format!("people!{}{} {}", ["A", "B", "C"][c], p + 1, column(c))
        }),
    ]
}

fn parquet() -> Vec<u8> {
    parquet_of(TABLE.map(|(name, values)| (name, values.map(str::to_owned).to_vec())))
}

/// Columns of texts.
pub fn parquet_of<const COLUMNS: usize>(columns: [(&str, Vec<String>); COLUMNS]) -> Vec<u8> {
    use arrow_array::{ArrayRef, RecordBatch, StringArray};
    let columns =
        columns.map(|(name, values)| (name, Arc::new(StringArray::from(values)) as ArrayRef));
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut writer =
        parquet::arrow::ArrowWriter::try_new(Vec::new(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

/// A ZIP archive of these parts.
fn package(parts: &[(&str, String)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// `[Content_Types].xml` that says what the main part is.
fn types(part: &str, kind: &str) -> (&'static str, String) {
    let text = format!(
        "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/>\
         <Override PartName=\"/{part}\" \
         ContentType=\"application/vnd.openxmlformats-officedocument.{kind}.main+xml\"/></Types>"
    );
    ("[Content_Types].xml", text)
}

/// Relations of a part, numbered from `rId1` on.
fn relations(kind: &str, targets: &[&str]) -> String {
    let base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let one = |(n, target): (usize, &&str)| {
        format!("<Relationship Id=\"rId{}\" Type=\"{base}/{kind}\" Target=\"{target}\"/>", n + 1)
    };
    let all: String = targets.iter().enumerate().map(one).collect();
    format!(
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
         {all}</Relationships>"
    )
}

fn xlsx() -> Vec<u8> {
    let rows = [names(), row(0), row(1)];
    xlsx_of(&rows.map(|row| row.map(str::to_owned).to_vec()))
}

/// A sheet of at most four columns.
pub fn xlsx_of(rows: &[Vec<String>]) -> Vec<u8> {
    let row = |(number, cells): (usize, &Vec<String>)| {
        let number = number + 1;
        let cells: String = cells
            .iter()
            .zip(["A", "B", "C", "D"])
            .map(|(text, letter)| {
                format!("<c r=\"{letter}{number}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
            })
            .collect();
        format!("<row r=\"{number}\">{cells}</row>")
    };
    let rows: Vec<String> = rows.iter().enumerate().map(row).collect();
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let workbook = format!(
        "<workbook xmlns=\"{main}\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/\
         relationships\"><sheets><sheet name=\"People\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
    );
    let sheet =
        format!("<worksheet xmlns=\"{main}\"><sheetData>{}</sheetData></worksheet>", rows.concat());
    package(&[
        types("xl/workbook.xml", "spreadsheetml.sheet"),
        ("_rels/.rels", relations("officeDocument", &["xl/workbook.xml"])),
        ("xl/workbook.xml", workbook),
        ("xl/_rels/workbook.xml.rels", relations("worksheet", &["worksheets/sheet1.xml"])),
        ("xl/worksheets/sheet1.xml", sheet),
    ])
}

fn docx() -> Vec<u8> {
    // A value in two runs, as editors leave it.
    let paragraph = |name: &str, value: &str| {
        let (first, second) = value.split_at(5);
        let run = |text: &str| format!("<w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r>");
        format!("<w:p>{}{}{}</w:p>", run(&format!("The {name} is ")), run(first), run(second))
    };
    let all: String =
        (0..2).flat_map(|p| TABLE.map(|(name, values)| paragraph(name, values[p]))).collect();
    docx_of(&all)
}

/// A Word document with that body.
pub fn docx_of(body: &str) -> Vec<u8> {
    let document = format!(
        "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">\
         <w:body>{body}</w:body></w:document>"
    );
    package(&[
        types("word/document.xml", "wordprocessingml.document"),
        ("_rels/.rels", relations("officeDocument", &["word/document.xml"])),
        ("word/document.xml", document),
    ])
}

fn pptx() -> Vec<u8> {
    let slide = |p: usize| {
        let paragraphs: String = TABLE
            .map(|(name, values)| format!("<a:p><a:r><a:t>{name}: {}</a:t></a:r></a:p>", values[p]))
            .concat();
        format!("<p:sp><p:txBody>{paragraphs}</p:txBody></p:sp>")
    };
    pptx_of(&[slide(0), slide(1)])
}

/// A presentation with slides of those shapes.
pub fn pptx_of(slides: &[String]) -> Vec<u8> {
    let names: Vec<String> = (1..=slides.len()).map(|n| format!("slides/slide{n}.xml")).collect();
    let ids: String = (1..=slides.len())
        .map(|n| format!("<p:sldId id=\"{}\" r:id=\"rId{n}\"/>", 255 + n))
        .collect();
    let presentation = format!(
        "<p:presentation xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\" \
         xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">\
         <p:sldIdLst>{ids}</p:sldIdLst></p:presentation>"
    );
    let targets: Vec<&str> = names.iter().map(String::as_str).collect();
    let parts: Vec<String> = names.iter().map(|name| format!("ppt/{name}")).collect();
    let mut all = vec![
        types("ppt/presentation.xml", "presentationml.presentation"),
        ("_rels/.rels", relations("officeDocument", &["ppt/presentation.xml"])),
        ("ppt/presentation.xml", presentation),
        ("ppt/_rels/presentation.xml.rels", relations("slide", &targets)),
    ];
    for (part, shapes) in parts.iter().zip(slides) {
        let slide = format!(
            "<p:sld xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\" \
             xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\"><p:cSld><p:spTree>\
             {shapes}</p:spTree></p:cSld></p:sld>"
        );
        all.push((part, slide));
    }
    package(&all)
}

fn odt() -> Vec<u8> {
    let text = lines(|name, value| {
        format!("<text:p>The {name} is <text:span>{value}</text:span></text:p>")
    });
    odt_of(&text)
}

/// A text document with that body.
pub fn odt_of(text: &str) -> Vec<u8> {
    let content = format!(
        "<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
         xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"><office:body><office:text>{text}\
         </office:text></office:body></office:document-content>"
    );
    package(&[
        ("mimetype", "application/vnd.oasis.opendocument.text".to_owned()),
        ("content.xml", content),
    ])
}

fn rtf() -> Vec<u8> {
    let text = lines(|name, value| format!("The {name} is {{\\b {value}}}\\par\n"));
    format!("{{\\rtf1\\ansi\\ansicpg1252 {text}}}").into_bytes()
}

/// Two pages of text lines.
fn pdf() -> Vec<u8> {
    let content = |p: usize| {
        let shown =
            TABLE.map(|(name, values)| format!("0 -20 Td (The {name} is {}) Tj ", values[p]));
        format!("BT /F1 12 Tf 72 720 Td {}ET", shown.concat())
    };
    pdf_of(&[content(0), content(1)])
}

/// A document of pages that draw this.
pub fn pdf_of(contents: &[String]) -> Vec<u8> {
    let kids: String = (0..contents.len()).map(|page| format!("{} 0 R ", 4 + 2 * page)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Kids [{kids}] /Count {} >>", contents.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    for (page, content) in contents.iter().enumerate() {
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {} 0 R \
             /Resources << /Font << /F1 3 0 R >> >> >>",
            5 + 2 * page
        ));
        let length = content.len();
        objects.push(format!("<< /Length {length} >>\nstream\n{content}\nendstream"));
    }
    let mut file = String::from("%PDF-1.4\n");
    let mut offsets = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        offsets.push(format!("{:010} 00000 n \n", file.len()));
        file.push_str(&format!("{} 0 obj\n{object}\nendobj\n", index + 1));
    }
    let start = file.len();
    file.push_str(&format!(
        "xref\n0 {}\n0000000000 65535 f \n{}trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n",
        objects.len() + 1,
        offsets.concat(),
        objects.len() + 1
    ));
    file.into_bytes()
}

/// A mail with the table as an attachment in base64.
fn mail() -> Vec<u8> {
    use base64::Engine;
    let table = base64::engine::general_purpose::STANDARD.encode(separated(","));
    format!(
        "From: sender\nTo: receiver\nSubject: the table\nMIME-Version: 1.0\n\
         Content-Type: multipart/mixed; boundary=\"b\"\n\n--b\nContent-Type: text/plain\n\nAttached.\n\
         --b\nContent-Type: text/csv; name=\"a.csv\"\nContent-Disposition: attachment; filename=\"a.csv\"\n\
         Content-Transfer-Encoding: base64\n\n{table}\n--b--\n"
    )
    .into_bytes()
}

fn dump() -> Vec<u8> {
    let values = |p: usize| format!("('{}')", row(p).join("', '"));
    format!(
        "-- a dump\nCREATE TABLE people (card text, ssn text, email text);\n\
         INSERT INTO people (card, ssn, email) VALUES\n{},\n{};\n",
        values(0),
        values(1)
    )
    .into_bytes()
}
