//! Databases, page by page.

use crate::{Case, NAME, PHONE};

const PAGE_BYTES: usize = 512;

fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = vec![(value & 0x7f) as u8];
    while value > 0x7f {
        value >>= 7;
        bytes.insert(0, (value & 0x7f) as u8 | 0x80);
    }
    bytes
}

enum Value<'v> {
    Null,
    Number(i8),
    Text(&'v [u8]),
    Blob(&'v [u8]),
}

fn record(values: &[Value<'_>]) -> Vec<u8> {
    let (mut kinds, mut body) = (Vec::new(), Vec::new());
    for value in values {
        match value {
            Value::Null => kinds.push(0),
            Value::Number(number) => {
                kinds.push(1);
                body.push(*number as u8);
            }
            Value::Text(bytes) => {
                kinds.extend(varint(bytes.len() as u64 * 2 + 13));
                body.extend_from_slice(bytes);
            }
            Value::Blob(bytes) => {
                kinds.extend(varint(bytes.len() as u64 * 2 + 12));
                body.extend_from_slice(bytes);
            }
        }
    }
    let mut record = varint(kinds.len() as u64 + 1);
    record.extend(kinds);
    record.extend(body);
    record
}

/// A page of a tree: its kind, its cells, and the page behind them.
fn page(number: usize, kind: u8, cells: &[Vec<u8>], last: u32) -> Vec<u8> {
    let mut page = vec![0; PAGE_BYTES];
    let header = if number == 1 { 100 } else { 0 };
    page[header] = kind;
    page[header + 3..header + 5].copy_from_slice(&(cells.len() as u16).to_be_bytes());
    let is_inner = matches!(kind, 2 | 5);
    if is_inner {
        page[header + 8..header + 12].copy_from_slice(&last.to_be_bytes());
    }
    let mut pointer = header + if is_inner { 12 } else { 8 };
    let mut end = PAGE_BYTES;
    for cell in cells {
        end -= cell.len();
        page[end..end + cell.len()].copy_from_slice(cell);
        page[pointer..pointer + 2].copy_from_slice(&(end as u16).to_be_bytes());
        pointer += 2;
    }
    page
}

fn row(number: u64, record: &[u8]) -> Vec<u8> {
    [varint(record.len() as u64), varint(number), record.to_vec()].concat()
}

/// A row that goes on on further pages, the first of which is told.
fn long_row(number: u64, record: &[u8], first_page: u32) -> (Vec<u8>, Vec<Vec<u8>>) {
    let least = (PAGE_BYTES - 12) * 32 / 255 - 23;
    let even = least + (record.len() - least) % (PAGE_BYTES - 4);
    let local = if even <= PAGE_BYTES - 35 { even } else { least };
    let mut cell = [varint(record.len() as u64), varint(number), record[..local].to_vec()].concat();
    cell.extend(first_page.to_be_bytes());
    let pieces: Vec<&[u8]> = record[local..].chunks(PAGE_BYTES - 4).collect();
    let mut pages = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        let is_last = index + 1 == pieces.len();
        let next = if is_last { 0 } else { first_page + index as u32 + 1 };
        let mut page = [next.to_be_bytes().as_slice(), piece].concat();
        page.resize(PAGE_BYTES, 0);
        pages.push(page);
    }
    (cell, pages)
}

fn database(encode: fn(&str) -> Vec<u8>, encoding: u8) -> Vec<u8> {
    let text = |text: &str| encode(text);
    let table = |name: &str, root: i8, sql: &str| {
        record(&[
            Value::Text(&text("table")),
            Value::Text(&text(name)),
            Value::Text(&text(name)),
            Value::Number(root),
            Value::Text(&text(sql)),
        ])
    };
    let people = "CREATE TABLE people(id INTEGER PRIMARY KEY, name, phone, file)";
    let keyed = "CREATE TABLE k(v, k PRIMARY KEY) WITHOUT ROWID";
    let schema = [row(1, &table("people", 2, people)), row(2, &table("k", 5, keyed))];
    let person = |name: &str, phone: &str, file: Value<'_>| {
        record(&[Value::Null, Value::Text(&text(name)), Value::Text(&text(phone)), file])
    };
    let long = format!("{} {PHONE}", "x".repeat(1200));
    let file = b"name,phone\nAnn,555-0100\nBob,555-0101\n";
    let (long, further) = long_row(12, &person("long", &long, Value::Null), 6);
    let inner = [[3_u32.to_be_bytes().to_vec(), varint(7)].concat()];
    let first = [row(7, &person(NAME, PHONE, Value::Blob(file)))];
    let second = [row(9, &person("no file", "none", Value::Blob(&[0xff, 0, 1]))), long];
    let pair = record(&[Value::Text(&text("key")), Value::Text(&text(NAME))]);
    let mut pages = vec![
        page(1, 13, &schema, 0),
        page(2, 5, &inner, 4),
        page(3, 13, &first, 0),
        page(4, 13, &second, 0),
        page(5, 10, &[[varint(pair.len() as u64), pair].concat()], 0),
    ];
    pages.extend(further);
    let count = pages.len() as u32;
    let mut bytes = pages.concat();
    bytes[..16].copy_from_slice(b"SQLite format 3\0");
    bytes[16..18].copy_from_slice(&(PAGE_BYTES as u16).to_be_bytes());
    bytes[28..32].copy_from_slice(&count.to_be_bytes());
    bytes[59] = encoding;
    bytes
}

const EXPECT: &[&str] = &[
    "people R1C1 id = 7",
    "people R1C2 name = Zoë Müller",
    "people R1C3 phone = +49 761 555-0100",
    "people R2C2 name = no file",
    "people R3C1 id = 12",
    "k R1C1 v = Zoë Müller",
    "k R1C2 k = key",
    "people row 1 column 4:  R2C2 phone = 555-0100",
];

pub fn cases() -> Vec<Case> {
    let long = format!("people R3C3 phone = {} {PHONE}", "x".repeat(1200));
    let utf8 = database(|text| text.as_bytes().to_vec(), 1);
    let little = database(|text| text.encode_utf16().flat_map(u16::to_le_bytes).collect(), 2);
    let big = database(|text| text.encode_utf16().flat_map(u16::to_be_bytes).collect(), 3);
    // A page that leads back to itself.
    let mut looping = utf8.clone();
    looping[PAGE_BYTES + 8..PAGE_BYTES + 12].copy_from_slice(&2_u32.to_be_bytes());
    // Cells that all stand on one another.
    let mut stacked = utf8.clone();
    let page = &mut stacked[2 * PAGE_BYTES..3 * PAGE_BYTES];
    page[3..5].copy_from_slice(&100_u16.to_be_bytes());
    let cell = [page[8], page[9]];
    (8..208).step_by(2).for_each(|at| page[at..at + 2].copy_from_slice(&cell));
    let mut cases = vec![
        Case::complete("SQLite", utf8, EXPECT),
        Case::complete("SQLite in UTF-16LE", little, EXPECT),
        Case::complete("SQLite in UTF-16BE", big, EXPECT),
        Case::partial("SQLite with rows on one another", stacked, &EXPECT[..1]),
        Case::partial("SQLite with a loop", looping, &EXPECT[..3]),
    ];
    cases[0].expect.push(long);
    cases
}
