//! Documents made of binary records.

use super::{AUTHOR, CORE, NOTE, TABLE, relations};
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// A property set with an author.
fn summary() -> Vec<u8> {
    let mut bytes = vec![0xfe, 0xff, 0, 0, 0, 0, 0, 0];
    bytes.extend([0; 16]);
    bytes.extend(1_u32.to_le_bytes());
    bytes.extend(b"\xe0\x85\x9f\xf2\xf9\x4f\x68\x10\xab\x91\x08\x00\x2b\x27\xb3\xd9");
    bytes.extend(48_u32.to_le_bytes());
    let mut value = 0x1e_u32.to_le_bytes().to_vec();
    value.extend((AUTHOR.len() as u32 + 1).to_le_bytes());
    value.extend(AUTHOR.as_bytes());
    value.extend([0; 4]);
    bytes.extend((16 + value.len() as u32).to_le_bytes());
    bytes.extend(1_u32.to_le_bytes());
    bytes.extend(4_u32.to_le_bytes());
    bytes.extend(16_u32.to_le_bytes());
    bytes.extend(value);
    bytes
}

/// A compound file of streams, and a summary.
pub fn compound(streams: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    for (name, content) in streams {
        file.create_stream(name).unwrap().write_all(content).unwrap();
    }
    file.create_stream("\u{5}SummaryInformation").unwrap().write_all(&summary()).unwrap();
    file.flush().unwrap();
    file.into_inner().into_inner()
}

pub fn doc() -> Vec<u8> {
    let mut text = String::new();
    for row in TABLE {
        for cell in row {
            text += cell;
            text.push('\u{7}');
        }
        text.push('\u{7}');
    }
    text += "\u{13} HYPERLINK \"mailto:eve@example.com\" \u{14}write\u{15} to us\r";
    text += NOTE;
    text.push('\r');
    // The first piece is of one byte a character, the other of two.
    let cut = text.find("Bob").unwrap();
    let (first, second) = text.split_at(cut);
    let mut document = vec![0; 0x400];
    document[..4].copy_from_slice(b"\xec\xa5\xc1\x00");
    document[0xb] = 2;
    let narrow: Vec<u8> = first.chars().map(|c| c as u8).collect();
    let starts = [document.len() as u32, (document.len() + narrow.len()) as u32];
    document.extend(&narrow);
    document.extend(wide(second));
    let ends = [0, first.chars().count() as u32, text.chars().count() as u32];
    let mut table = vec![2, 0, 0, 0, 0];
    for end in ends {
        table.extend(end.to_le_bytes());
    }
    for piece in [(starts[0] * 2) | 0x4000_0000, starts[1]] {
        table.extend([0, 0]);
        table.extend(piece.to_le_bytes());
        table.extend([0, 0]);
    }
    let length = table.len() as u32;
    table[1..5].copy_from_slice(&(length - 5).to_le_bytes());
    document[0x1a6..0x1aa].copy_from_slice(&length.to_le_bytes());
    document.extend(b"\x00\x00left behind\x00\x00");
    compound(&[("WordDocument", document), ("1Table", table)])
}

fn atom(head: u16, kind: u16, content: &[u8]) -> Vec<u8> {
    let mut bytes = head.to_le_bytes().to_vec();
    bytes.extend(kind.to_le_bytes());
    bytes.extend((content.len() as u32).to_le_bytes());
    bytes.extend(content);
    bytes
}

pub fn ppt() -> Vec<u8> {
    let place = |persist: u32, id: u32| {
        let mut content = persist.to_le_bytes().to_vec();
        content.extend([0; 8]);
        content.extend(id.to_le_bytes());
        content.extend([0; 4]);
        atom(0, 0x3f3, &content)
    };
    let mut list = place(2, 256);
    list.extend(place(3, 257));
    let mut stream = atom(0xf, 0x3e8, &atom(0xf, 0xff0, &list));
    let mut offsets = vec![0, stream.len() as u32];
    stream.extend(atom(0xf, 0x3ee, &atom(0xf, 0xf00d, &atom(0, 0xfa8, b"Title"))));
    offsets.push(stream.len() as u32);
    let table = TABLE.map(|row| row.join("\u{b}")).join("\r");
    stream.extend(atom(0xf, 0x3ee, &atom(0, 0xfa0, &wide(&table))));
    let mut notes = atom(1, 0x3f1, &[&257_u32.to_le_bytes()[..], &[0; 4]].concat());
    notes.extend(atom(0, 0xfa8, NOTE.as_bytes()));
    stream.extend(atom(0xf, 0x3f0, &notes));
    let directory = stream.len() as u32;
    let mut run = ((3_u32 << 20) | 1).to_le_bytes().to_vec();
    run.extend(offsets.iter().flat_map(|offset| offset.to_le_bytes()));
    stream.extend(atom(0, 0x1772, &run));
    let edit = stream.len() as u32;
    let content = [0, 0, 0, directory, 1, 4, 0].map(u32::to_le_bytes).concat();
    stream.extend(atom(0, 0xff5, &content));
    let mut user = atom(0, 0xff6, &[]);
    user.extend([20, 0xe391_c05f, edit, 0].map(u32::to_le_bytes).concat());
    compound(&[("PowerPoint Document", stream), ("Current User", user)])
}

fn biff(kind: u16, content: &[u8]) -> Vec<u8> {
    let mut bytes = kind.to_le_bytes().to_vec();
    bytes.extend((content.len() as u16).to_le_bytes());
    bytes.extend(content);
    bytes
}

/// Row, column and format of a cell.
fn cell_head(row: usize, column: usize, format: u16) -> Vec<u8> {
    [row as u16, column as u16, format].map(u16::to_le_bytes).concat()
}

pub fn xls() -> Vec<u8> {
    let begin = |kind: u16| biff(0x809, &[&[0, 6][..], &kind.to_le_bytes(), &[0; 12]].concat());
    // The strings, the last of which goes on in another record, where its characters are wide.
    let texts = [
        "name",
        "ssn",
        "card",
        "Ann Müller",
        "Bob & Co",
        "a string of no cell",
        "219-09-9999",
        "5500000000000004",
    ];
    let mut strings = [8_u32, 8].map(u32::to_le_bytes).concat();
    for text in texts {
        strings.extend((text.chars().count() as u16).to_le_bytes());
        strings.push(0);
        strings.extend(text.chars().map(|c| c as u8));
    }
    strings.truncate(strings.len() - 6);
    let more = [&[1][..], &wide("000004")].concat();
    let mut global = begin(5);
    global.extend(biff(
        0x41e,
        &[&164_u16.to_le_bytes()[..], &[13, 0, 0], b"000\\-00\\-0000"].concat(),
    ));
    for format in [0_u16, 164] {
        global.extend(biff(0xe0, &[&[0, 0][..], &format.to_le_bytes(), &[0; 16]].concat()));
    }
    let sheet_at = global.len() + 18 + 4 + strings.len() + 4 + more.len() + 4;
    global.extend(biff(
        0x85,
        &[&(sheet_at as u32).to_le_bytes()[..], &[0, 0, 6, 0], b"People"].concat(),
    ));
    global.extend(biff(0xfc, &strings));
    global.extend(biff(0x3c, &more));
    global.extend(biff(0x0a, &[]));
    let string = |row, column, index: u32| {
        biff(0xfd, &[cell_head(row, column, 0), index.to_le_bytes().to_vec()].concat())
    };
    let mut sheet = begin(0x10);
    for column in 0..3 {
        sheet.extend(string(0, column, column as u32));
    }
    sheet.extend(string(1, 0, 3));
    sheet.extend(string(1, 1, 6));
    let card = 4_111_111_111_111_111_f64.to_le_bytes().to_vec();
    sheet.extend(biff(0x203, &[cell_head(1, 2, 0), card].concat()));
    sheet.extend(string(2, 0, 4));
    let compact = (457_555_462_u32 << 2) | 2;
    sheet.extend(biff(0x27e, &[cell_head(2, 1, 1), compact.to_le_bytes().to_vec()].concat()));
    sheet.extend(string(2, 2, 7));
    sheet.extend(biff(0x5d, &[&[0x15, 0, 0x12, 0, 0x19, 0, 7, 0][..], &[0; 14]].concat()));
    let count = NOTE.len() as u16;
    sheet.extend(biff(0x1b6, &[&[0; 10][..], &count.to_le_bytes(), &[0; 6]].concat()));
    sheet.extend(biff(0x3c, &[&[0][..], NOTE.as_bytes()].concat()));
    sheet.extend(biff(0x1c, &[&[1, 0, 1, 0, 0, 0, 7, 0, 3, 0, 0][..], b"Eve\0"].concat()));
    sheet.extend(biff(0x0a, &[]));
    compound(&[("Workbook", [global, sheet].concat())])
}

fn xlsb_record(kind: u8, content: &[u8]) -> Vec<u8> {
    [&[kind, content.len() as u8][..], content].concat()
}

fn xlsb_text(text: &str) -> Vec<u8> {
    [&(text.encode_utf16().count() as u32).to_le_bytes()[..], &wide(text)].concat()
}

pub fn xlsb() -> Vec<u8> {
    let text = |bytes: Vec<u8>| bytes;
    let mut sheet = Vec::new();
    for (index, row) in TABLE.iter().enumerate() {
        sheet.extend(xlsb_record(0, &[&(index as u32).to_le_bytes()[..], &[0; 12]].concat()));
        for (column, cell) in row.iter().enumerate() {
            let head = [column as u32, 0].map(u32::to_le_bytes).concat();
            sheet.extend(match cell.parse::<f64>() {
                Ok(number) => xlsb_record(5, &[head, number.to_le_bytes().to_vec()].concat()),
                Err(_) => xlsb_record(6, &[head, xlsb_text(cell)].concat()),
            });
        }
    }
    sheet.extend(xlsb_record(40, &xlsb_text(NOTE)));
    let workbook = [&[0; 8][..], &xlsb_text("rId1"), &xlsb_text("People")].concat();
    let workbook = [&[0x9c, 0x01, workbook.len() as u8][..], &workbook].concat();
    let parts: Vec<(&str, Vec<u8>)> = vec![
        ("_rels/.rels", relations(&[("rId1", "officeDocument", "xl/workbook.bin")]).into_bytes()),
        ("[Content_Types].xml", b"<Types/>".to_vec()),
        ("docProps/core.xml", CORE.as_bytes().to_vec()),
        ("xl/workbook.bin", text(workbook)),
        (
            "xl/_rels/workbook.bin.rels",
            relations(&[("rId1", "worksheet", "worksheets/sheet1.bin")]).into_bytes(),
        ),
        ("xl/worksheets/sheet1.bin", sheet),
    ];
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(&content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// An object that is a file.
pub fn native(name: &str, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, 0, 0, 2, 0];
    for text in [name, "C:\\a"] {
        bytes.extend(text.as_bytes());
        bytes.push(0);
    }
    bytes.extend([0, 0, 3, 0, 5, 0, 0, 0]);
    bytes.extend(b"C:\\b\0");
    bytes.extend((content.len() as u32).to_le_bytes());
    bytes.extend(content);
    compound(&[("\u{1}Ole10Native", bytes)])
}
