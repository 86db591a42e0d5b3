//! Objects and what must come out of them, as data: `tests/cases/*.txt`.
//!
//! A case is a line `=== name [limit=value …]`, the object, a line `---`, and what is expected: the type,
//! encoding, status, units and gaps on one line, the values with their locations, and the notes after
//! `!`. In an object, `⟨0d ff⟩` stands for bytes, `⟨a*99⟩` for a repeated text, and `⟨end⟩` for the end
//! before the last line break. `as=utf-16le` and the like encode the object.
//!
//! `LAKEGATE_WRITE_CASES=1` writes what comes out instead of comparing it.

// The harness speaks to whoever writes cases; an odd case file may end it.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::print_stdout)]

mod dump;

use dump::{Dump, extract};
use lakegate_extract::Limits;
use std::path::Path;

#[derive(Debug)]
struct Case {
    head: String,
    input: String,
    expect: String,
}

fn parse(text: &str) -> Vec<Case> {
    let mut cases = Vec::new();
    for part in text.split("=== ").skip(1) {
        let (head, rest) = part.split_once('\n').expect("a head");
        let (input, expect) = rest.split_once("\n---\n").expect("a line of dashes");
        let input = format!("{input}\n");
        let expect = expect.trim_end_matches('\n').to_owned();
        cases.push(Case { head: head.trim().into(), input, expect });
    }
    cases
}

fn bytes(case: &Case) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = case.input.as_str();
    while let Some((before, tail)) = rest.split_once('⟨') {
        out.extend_from_slice(before.as_bytes());
        let (what, after) = tail.split_once('⟩').expect("a closing bracket");
        rest = after;
        if what == "end" {
            assert_eq!(rest, "\n");
            rest = "";
        } else if let Some((text, count)) = what.rsplit_once('*') {
            let count = count.parse().expect("a count");
            out.extend_from_slice(text.replace("\\n", "\n").repeat(count).as_bytes());
        } else {
            out.extend(what.split(' ').map(|hex| u8::from_str_radix(hex, 16).expect("hex")));
        }
    }
    out.extend_from_slice(rest.as_bytes());
    encode(&out, setting(case, "as"))
}

fn encode(utf8: &[u8], name: Option<&str>) -> Vec<u8> {
    let text = || std::str::from_utf8(utf8).expect("UTF-8").chars();
    let utf16 = || text().collect::<String>().encode_utf16().collect::<Vec<u16>>();
    match name {
        None => utf8.to_vec(),
        Some("utf-16le") => utf16().into_iter().flat_map(u16::to_le_bytes).collect(),
        Some("utf-16be") => utf16().into_iter().flat_map(u16::to_be_bytes).collect(),
        Some("utf-32le") => text().flat_map(|c| u32::from(c).to_le_bytes()).collect(),
        Some("utf-32be") => text().flat_map(|c| u32::from(c).to_be_bytes()).collect(),
        Some("latin1") => text().map(|c| u8::try_from(u32::from(c)).expect("latin1")).collect(),
        Some(other) => panic!("unknown encoding {other}"),
    }
}

fn setting<'a>(case: &'a Case, name: &str) -> Option<&'a str> {
    case.head.split(' ').filter_map(|word| word.split_once('=')).find(|s| s.0 == name).map(|s| s.1)
}

fn limits(case: &Case) -> Limits {
    let mut limits = Limits::default();
    let number = |name| setting(case, name).map(|value| value.parse().expect("a number"));
    let fields = [
        ("sniff", &mut limits.sniff_bytes),
        ("block", &mut limits.block_bytes),
        ("overlap", &mut limits.overlap_bytes),
        ("value", &mut limits.value_bytes_max),
        ("segments", &mut limits.segments_max),
        ("contexts", &mut limits.contexts_max),
        ("columns", &mut limits.named_columns_max),
    ];
    for (name, field) in fields {
        *field = number(name).unwrap_or(*field);
    }
    limits.damaged_max = number("damaged").map_or(limits.damaged_max, |n| n as u32);
    limits
}

fn show(dump: &Dump) -> String {
    let coverage = &dump.coverage;
    let mut lines = vec![format!(
        "{} {} {:?} {}{}",
        coverage.mime_type,
        coverage.encoding.as_deref().unwrap_or("-"),
        coverage.status,
        coverage.units_inspected,
        coverage.gaps.iter().map(|gap| format!(" {}", gap.code)).collect::<String>()
    )];
    lines.extend(dump.values.iter().cloned());
    lines.extend(coverage.notes.iter().map(|note| format!("! {note}")));
    lines.join("\n")
}

fn check(case: &Case) -> Result<String, String> {
    let bytes = bytes(case);
    let limits = limits(case);
    let whole = extract(&bytes, &limits, &[usize::MAX]);
    let found = show(&whole);
    let complete = whole.coverage.gaps.is_empty();
    assert_eq!(whole.coverage.bytes_total, bytes.len() as u64);
    assert_eq!(
        whole.coverage.bytes_inspected == bytes.len() as u64,
        complete || found.contains("NESTING") || whole.coverage.mime_type.contains("json")
    );
    for chunks in [&[1][..], &[2], &[7, 1, 64]] {
        let pieces = extract(&bytes, &limits, chunks);
        assert_eq!(show(&pieces), found, "{} in chunks of {chunks:?}", case.head);
        assert_eq!(pieces.coverage, whole.coverage);
    }
    if found == case.expect { Ok(found) } else { Err(found) }
}

#[test]
fn objects_give_the_values_expected() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let write = std::env::var_os("LAKEGATE_WRITE_CASES").is_some();
    let mut failures = 0;
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let mut written = String::new();
        for case in parse(&std::fs::read_to_string(&path).unwrap()) {
            count += 1;
            let result = check(&case);
            if let Err(found) = &result {
                failures += 1;
                println!(
                    "=== {} in {}\n{}\n--- found\n{found}\n",
                    case.head,
                    path.display(),
                    case.expect
                );
            }
            let found = result.unwrap_or_else(|found| found);
            written += &format!("=== {}\n{}---\n{found}\n\n", case.head, case.input);
        }
        if write {
            std::fs::write(&path, written.trim_end_matches('\n').to_owned() + "\n").unwrap();
        }
    }
    assert!(count > 50, "{count} cases");
    assert_eq!(failures, 0, "cases differ; what is expected stands first");
}
