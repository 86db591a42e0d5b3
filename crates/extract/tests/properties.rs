//! What must hold for every object: nothing is lost, nothing depends on the chunks, blocks are bounded,
//! and what was written as a table or JSON is read back to the cell.

#![allow(clippy::unwrap_used)]

mod dump;

use dump::extract;
use lakegate_core::coverage::CoverageStatus;
use lakegate_extract::{Limits, ROWS_ARE_NOT_LINES};
use proptest::collection::vec;
use proptest::prelude::*;

/// Limits so small that every border is met.
fn limits() -> impl Strategy<Value = Limits> {
    (112usize..300, 0usize..=16, 112usize..300, 1usize..50, 1usize..200, 1usize..8).prop_map(
        |(block, overlap, value, segments, sniff, contexts)| Limits {
            sniff_bytes: sniff,
            block_bytes: block,
            overlap_bytes: overlap,
            value_bytes_max: value,
            segments_max: segments,
            contexts_max: contexts,
            damaged_max: 3,
            ..Limits::default()
        },
    )
}

fn chunks() -> impl Strategy<Value = Vec<usize>> {
    prop_oneof![Just(vec![1]), vec(1usize..100, 1..8)]
}

/// Pieces of tables, JSON and prose in any order. Every `m…m` is unlike all others, so that each can be
/// looked for.
fn soup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => Just("m#m".to_owned()),
        3 => prop_oneof![Just(","), Just("\n"), Just("\""), Just("\r\n"), Just(";"), Just("\t")]
            .prop_map(str::to_owned),
        2 => prop_oneof![
            Just("{"), Just("}"), Just("["), Just("]"), Just(":"), Just("\\"), Just(" "), Just("'"),
            Just("\",\""), Just("\":\""), Just("\"\""), Just("é"), Just("世"), Just("𝄞"), Just("12.5"),
            Just("{\"m#m\":\"m#m\"}\n"), Just("{\"a\":[1,\"m#m\"]}\n"), Just("m#m,m#m,m#m\n"),
            Just("\"m#m\",\"m#m\"\n"), Just("name,city,zip\n"), Just("true"), Just("\\u00e9"),
            Just("{\"value\":\"m#m\",\"name\":\"m#m\"}\n"), Just("\"value\":"), Just("\"name\":"),
            Just("{\"key\":\"m#m\",\"value\":{\"m#m\":[\"m#m\",7]}}\n"), Just("\"columns\":["),
            Just("\"rows\":[["), Just("[\"id\",\"name\"]\n[1,\"m#m\"]\n"), Just("[[\"id\",\"m#m\"],[1,\"m#m\"]"),
            Just("attribute,value\n"), Just("name,ssn,city\nm#m,1,m#m\n"), Just("{\"type\":{\"name\":\"m#m\"},\"value\":\"m#m\"}\n")
        ]
        .prop_map(str::to_owned),
    ];
    (
        prop_oneof![Just(""), Just("{\"a\":1}\n"), Just("id,name,city\n1,m#m,x\n"), Just("[")],
        vec(piece, 0..80),
    )
        .prop_map(|(start, pieces)| {
            let text = start.to_owned() + &pieces.concat();
            let parts: Vec<&str> = text.split('#').collect();
            let mut numbered = parts[0].to_owned();
            for (at, part) in parts.iter().enumerate().skip(1) {
                numbered += &at.to_string();
                numbered += part;
            }
            numbered
        })
}

fn check_chunks(bytes: &[u8], limits: &Limits, chunks: &[usize]) -> dump::Dump {
    let whole = extract(bytes, limits, &[usize::MAX]);
    let pieces = extract(bytes, limits, chunks);
    assert_eq!(pieces.values, whole.values);
    assert_eq!(pieces.contexts, whole.contexts);
    assert_eq!(pieces.coverage, whole.coverage);
    assert_eq!(pieces.seen, whole.seen);
    let bound = 4 * (limits.block_bytes + limits.value_bytes_max) + limits.sniff_bytes;
    assert!(whole.longest_block_bytes <= bound, "{} of {bound}", whole.longest_block_bytes);
    assert_eq!(whole.coverage.bytes_total, bytes.len() as u64);
    let is_complete = whole.coverage.status == CoverageStatus::Complete;
    assert_eq!(is_complete, whole.coverage.gaps.is_empty());
    assert!(!is_complete || whole.coverage.bytes_inspected == bytes.len() as u64);
    whole
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn no_text_is_lost(text in soup(), limits in limits(), chunks in chunks()) {
        let found = check_chunks(text.as_bytes(), &limits, &chunks);
        let longest = limits.overlap_bytes / 2;
        for marker in text.split(|c: char| !c.is_ascii_alphanumeric()) {
            if marker.starts_with('m') && marker.ends_with('m') && marker.len() <= longest {
                prop_assert!(found.seen.contains(marker), "{marker} in {text:?}");
            }
        }
        if found.coverage.mime_type == "text/plain" {
            let cr_only = !found.lines.contains('\r');
            let text = if cr_only { text.replace('\r', "\n") } else { text };
            prop_assert_eq!(found.lines, text);
        }
    }

    #[test]
    fn any_bytes_are_survived(
        bytes in vec(any::<u8>(), 0..400),
        limits in limits(),
        chunks in chunks(),
    ) {
        check_chunks(&bytes, &limits, &chunks);
    }

    #[test]
    fn text_with_some_wild_bytes_is_survived(
        text in soup(),
        wild in vec((any::<prop::sample::Index>(), any::<u8>()), 1..5),
        limits in limits(),
        chunks in chunks(),
    ) {
        let mut bytes = text.into_bytes();
        for (at, byte) in wild {
            bytes.insert(at.index(bytes.len() + 1), byte);
        }
        check_chunks(&bytes, &limits, &chunks);
    }

    #[test]
    fn limits_without_room_are_refused(block in 0usize..112, overlap in 17usize..100) {
        let limits = Limits { block_bytes: block, overlap_bytes: overlap, ..Limits::default() };
        struct Nowhere;
        impl lakegate_extract::BlockSink for Nowhere {
            fn block(&mut self, _: &lakegate_core::text::Block<'_>) {}
        }
        prop_assert!(lakegate_extract::extract(&mut &b"a"[..], &limits, &mut Nowhere).is_err());
    }
}

/// A table to be written: its delimiter, quote, line ending, and cells of which the first row is names.
#[derive(Debug)]
struct Written {
    delimiter: char,
    quote: char,
    ending: &'static str,
    rows: Vec<Vec<String>>,
}

impl Written {
    fn text(&self) -> String {
        let mut text = String::new();
        for row in &self.rows {
            for (at, cell) in row.iter().enumerate() {
                if at > 0 {
                    text.push(self.delimiter);
                }
                let special = [self.delimiter, self.quote, '"', '\'', '\n', '\r', ' '];
                if cell.contains(special) || self.quote == '\'' {
                    let doubled = cell.replace(self.quote, &format!("{0}{0}", self.quote));
                    text.push_str(&format!("{0}{doubled}{0}", self.quote));
                } else {
                    text.push_str(cell);
                }
            }
            text.push_str(self.ending);
        }
        text
    }

    fn expected(&self) -> Vec<String> {
        let mut expected = Vec::new();
        for (r, row) in self.rows.iter().enumerate() {
            for (c, cell) in row.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
                let name = if r == 0 { String::new() } else { format!(" {}", self.rows[0][c]) };
                let cell = cell.replace('\n', "⏎").replace('\r', "␍").replace('\t', "⇥");
                expected.push(format!("R{}C{}{name} = {cell}", r + 1, c + 1));
            }
        }
        expected
    }
}

fn written() -> impl Strategy<Value = Written> {
    let names = ["id", "first_name", "city", "phone", "größe"];
    let cell = prop_oneof![
        3 => "[0-9]{1,9}",
        3 => "[A-Za-zé世]{1,12}",
        1 => "[a-z ,;\t|\"'\n0-9𝄞]{0,30}".prop_map(|s| s.trim().to_owned()),
    ];
    let dialect = (
        prop_oneof![Just(','), Just(';'), Just('\t'), Just('|')],
        prop_oneof![Just('"'), Just('\'')],
        prop_oneof![Just("\n"), Just("\r\n")],
    );
    (2usize..=5, dialect).prop_flat_map(move |(columns, (delimiter, quote, ending))| {
        let header: Vec<String> = names[..columns].iter().map(|name| name.to_string()).collect();
        vec(vec(cell.clone(), columns), 3..30).prop_map(move |mut rows| {
            // A name that comes again in its column would speak against the header.
            for (number, row) in rows.iter_mut().enumerate() {
                row[0] = number.to_string();
                for (cell, name) in row.iter_mut().zip(&header) {
                    if cell == name {
                        cell.push('x');
                    }
                }
            }
            rows.insert(0, header.clone());
            Written { delimiter, quote, ending, rows }
        })
    })
}

/// A JSON value to be written. Names begin with `k`, strings with `v`.
#[derive(Clone, Debug)]
enum Json {
    Scalar(&'static str),
    Text(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    fn write(&self, path: &str, gap: &str, text: &mut String, expected: &mut Vec<String>) {
        match self {
            Json::Scalar(word) => {
                text.push_str(word);
                if *word != "null" {
                    expected.push(format!("{path} = {word}"));
                }
            }
            Json::Text(value) => {
                write_string(value, text);
                let value = value.replace('\n', "⏎").replace('\r', "␍").replace('\t', "⇥");
                expected.push(format!("{path} = {value}"));
            }
            Json::Array(elements) => {
                text.push('[');
                for (at, element) in elements.iter().enumerate() {
                    text.push_str(if at > 0 { "," } else { "" });
                    text.push_str(gap);
                    element.write(&format!("{path}[{at}]"), gap, text, expected);
                }
                text.push_str(gap);
                text.push(']');
            }
            Json::Object(members) => {
                text.push('{');
                for (at, (name, value)) in members.iter().enumerate() {
                    text.push_str(if at > 0 { "," } else { "" });
                    text.push_str(gap);
                    write_string(name, text);
                    text.push(':');
                    value.write(&format!("{path}.{name}"), gap, text, expected);
                }
                text.push('}');
            }
        }
    }
}

fn write_string(value: &str, text: &mut String) {
    text.push('"');
    for c in value.chars() {
        match c {
            '"' | '\\' => text.extend(['\\', c]),
            '\n' => text.push_str("\\n"),
            '𝄞' => text.push_str("\\ud834\\udd1e"),
            'é' => text.push_str("\\u00E9"),
            c => text.push(c),
        }
    }
    text.push('"');
}

fn json() -> impl Strategy<Value = Json> {
    let scalar = prop_oneof![
        prop_oneof![Just("0"), Just("-12.5e3"), Just("true"), Just("null"), Just("123456789")]
            .prop_map(Json::Scalar),
        "v[a-z \"\\\\\né世𝄞,{}\\[\\]:]{0,40}".prop_map(Json::Text),
    ];
    scalar.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Json::Array),
            vec(("k[a-d]{1,2}", inner), 0..6).prop_map(Json::Object),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_table_is_read_back(table in written(), limits in limits(), chunks in chunks()) {
        let limits = Limits { sniff_bytes: 1 << 16, value_bytes_max: 300, ..limits };
        let found = check_chunks(table.text().as_bytes(), &limits, &chunks);
        let has_long_cells = found.values.iter().any(|value| value.contains('⏎'));
        let notes: &[&str] = if has_long_cells { &[ROWS_ARE_NOT_LINES] } else { &[] };
        prop_assert_eq!(found.coverage.notes, notes);
        prop_assert_eq!(found.values, table.expected());
        prop_assert_eq!(found.coverage.units_inspected, table.rows.len() as u64);
    }

    #[test]
    fn json_is_read_back(
        records in vec(vec(("k[a-d]{1,2}", json()), 1..5), 1..6),
        gap in prop_oneof![Just(""), Just(" "), Just("\r\n\t")],
        limits in limits(),
        chunks in chunks(),
    ) {
        let limits = Limits { sniff_bytes: 1 << 16, value_bytes_max: 300, ..limits };
        let mut text = String::new();
        let mut expected = Vec::new();
        for (index, members) in records.iter().enumerate() {
            Json::Object(members.clone()).write(&format!("#{index} $"), gap, &mut text, &mut expected);
            text.push('\n');
        }
        let found = check_chunks(text.as_bytes(), &limits, &chunks);
        prop_assert_eq!(&found.coverage.notes, &Vec::<String>::new());
        let values: Vec<String> =
            found.values.into_iter().filter(|value| !value.contains(" = k")).collect();
        prop_assert_eq!(values, expected);
        prop_assert_eq!(found.coverage.units_inspected, records.len() as u64);
    }
}
