//! Containers that want too much: each is stopped at its bound, says so, and is never complete.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A test that fails may panic.

mod dump;

use lakegate_core::coverage::{Coverage, CoverageStatus};
use lakegate_extract::Limits;
use std::io::Write;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn check(what: &str, object: &[u8], limits: &Limits, code: &str) -> Coverage {
    let dump = dump::extract(object, limits, &[1 << 16]);
    assert_ne!(dump.coverage.status, CoverageStatus::Complete, "{what}");
    let has_code = dump.coverage.gaps.iter().any(|gap| gap.code == code);
    assert!(has_code, "{what}: {:?}", dump.coverage.gaps);
    dump.coverage
}

#[test]
fn what_expands_too_much_is_stopped() {
    let zeros = vec![b'0'; 24 << 20];
    let limits = Limits::default();
    for (what, object) in [
        ("gzip", gzip(&zeros)),
        ("Zstandard", zstd::encode_all(&zeros[..], 1).unwrap()),
        ("ZIP", zip(&[("a", &zeros)])),
    ] {
        check(what, &object, &limits, "ARCHIVE_RATIO_EXCEEDS_LIMIT");
        let small = Limits {
            expanded_bytes_max: 1 << 20,
            expansion_ratio_max: u64::MAX,
            ..Limits::default()
        };
        check(what, &object, &small, "ARCHIVE_TOTAL_BYTES_EXTRACTED_OVER_LIMIT");
    }
}

#[test]
fn the_bound_of_bytes_is_that_of_all_members_together() {
    let limits = Limits { expanded_bytes_max: 25_000, ..Limits::default() };
    let member = b"ten bytes\n".repeat(1_000);
    let object = zip(&[("a", &member), ("b", &member), ("c", &member)]);
    let coverage = check("ZIP", &object, &limits, "ARCHIVE_TOTAL_BYTES_EXTRACTED_OVER_LIMIT");
    assert_eq!(coverage.members.unwrap().inspected, 2);
}

#[test]
fn containers_in_one_another_are_read_to_a_depth() {
    let mut object = b"text\n".to_vec();
    for depth in 1..=20 {
        object = if depth % 2 == 0 { zip(&[("in", &object)]) } else { gzip(&object) };
        if depth <= Limits::default().containers_depth_max {
            let dump = dump::extract(&object, &Limits::default(), &[1 << 16]);
            assert_eq!(dump.coverage.status, CoverageStatus::Complete, "{depth}");
            assert_eq!(dump.lines, "text\n");
        } else {
            let code = "ARCHIVE_NESTING_LEVEL_OVER_LIMIT";
            check("nested", &object, &Limits::default(), code);
        }
    }
}

#[test]
fn members_are_read_to_a_number() {
    let limits = Limits { members_max: 3, ..Limits::default() };
    let members: Vec<String> = (0..10).map(|n| n.to_string()).collect();
    let members: Vec<(&str, &[u8])> = members.iter().map(|n| (&n[..], n.as_bytes())).collect();
    let code = "ARCHIVE_TOTAL_DOCUMENTS_PROCESSED_OVER_LIMIT";
    let coverage = check("ZIP", &zip(&members), &limits, code);
    assert_eq!(coverage.members.unwrap().inspected, 3);
}

/// Every cut of every container: what is lost is told.
#[test]
fn what_is_cut_off_is_never_complete() {
    let text = (0..200).map(|n| format!("line {n} of some text\n")).collect::<String>();
    let text = text.as_bytes();
    let tar = {
        let mut builder = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        builder.append_data(&mut header, "a", text).unwrap();
        builder.into_inner().unwrap()
    };
    let lz4 = {
        let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    };
    for (what, object) in [
        ("gzip", gzip(text)),
        ("Zstandard", zstd::encode_all(text, 3).unwrap()),
        ("LZ4", lz4),
        ("ZIP", zip(&[("a", text)])),
        // The archive's own end may be missing; nothing of it is lost then.
        ("tar", tar[..tar.len() - 1_024 - 512].to_vec()),
    ] {
        for cut in (1..object.len()).step_by(1 + object.len() / 60) {
            let dump = dump::extract(&object[..cut], &Limits::default(), &[1 << 16]);
            let is_whole = dump.lines.as_bytes() == text;
            let is_complete = dump.coverage.status == CoverageStatus::Complete;
            // A few first bytes of some formats are text of their own.
            assert!(!is_complete || is_whole || cut < 8, "{what} cut at {cut}");
        }
    }
}

/// Takes blocks and keeps nothing.
struct Nowhere;

impl lakegate_extract::BlockSink for Nowhere {
    fn block(&mut self, _: &lakegate_core::text::Block<'_>) {}
}

/// Looking ahead or back once for each of very many places would take hours here.
#[test]
fn texts_that_have_much_to_look_at_are_read_all_the_same() {
    let values = "\"v\":1,".repeat(2_600);
    let json = format!("[{}]", vec![format!("{{{values}\"id\":\"ab\"}}"); 40].join(","));
    let prose = "These are words of a text that is no table at all.\n".repeat(1_300);
    let tables = "1\t2\n3\t4\nx\n".repeat(60_000);
    let mails = "Ann\tann@larkspur.example\n".repeat(3);
    let prose = format!("{prose}name\tmail\n{mails}{tables}");
    let columns = vec!["v"; 1_000].join(",") + ",key\n";
    let row = vec!["1"; 1_000].join(",") + ",a\n";
    let csv = columns + &row.repeat(400);
    for (what, text) in [("JSON", json), ("prose", prose), ("CSV", csv)] {
        let mut text = text.as_bytes();
        let read = lakegate_extract::extract(&mut text, &Limits::default(), &mut Nowhere).unwrap();
        assert_eq!(read.coverage.status, CoverageStatus::Complete, "{what}");
    }
}
