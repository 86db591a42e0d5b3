//! Pictures and other things that stand in texts in Base64: read as what they are where somebody reads pictures, told
//! where nobody does, and never read in this process.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A test that fails may panic.

#[allow(dead_code, reason = "objects are read in processes here")]
#[path = "documents/found.rs"]
mod found;
#[path = "recogniser/tools.rs"]
mod tools;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use exif::experimental::Writer;
use exif::{Field, In, Rational, Tag, Value};
use found::{Collect, Found};
use lakegate_core::coverage::CoverageStatus;
use lakegate_extract::process::Pool;
use lakegate_extract::{Limits, Passwords, is_text};
use std::io::{Cursor, Write};
use tools::{FORM, fixture, options, pool, tesseract};

const GPS: &str = "GPS coordinates (latitude, longitude): 48.137154, 11.576224";

/// Reads an object as an inspection does: text in this process, all else in another.
fn read(pool: &Pool, object: &[u8], limits: &Limits) -> Found {
    let mut collect = Collect::default();
    let (head, mut rest) = object.split_at(object.len().min(limits.sniff_bytes));
    let passwords = Passwords::default();
    let extracted = match is_text(head, limits) {
        true => pool.extract_text(&mut &object[..], limits, &passwords, &mut collect).unwrap(),
        false => pool.extract(head, &mut rest, limits, &mut collect).unwrap(),
    };
    Found { lines: collect.0, coverage: extracted.coverage }
}

/// The form as a telephone would store it.
fn photo() -> Vec<u8> {
    let degrees = |degrees, minutes, seconds| {
        let part = |num, denom| Rational { num, denom };
        Value::Rational(vec![part(degrees, 1), part(minutes, 1), part(seconds, 10_000)])
    };
    let text = |text: &str| Value::Ascii(vec![text.as_bytes().to_vec()]);
    let fields = [
        (Tag::GPSLatitudeRef, text("N")),
        (Tag::GPSLatitude, degrees(48, 8, 137_544)),
        (Tag::GPSLongitudeRef, text("E")),
        (Tag::GPSLongitude, degrees(11, 34, 344_064)),
    ]
    .map(|(tag, value)| Field { tag, ifd_num: In::PRIMARY, value });
    let mut writer = Writer::new();
    fields.iter().for_each(|field| writer.push_field(field));
    let mut out = Cursor::new(b"Exif\0\0".to_vec());
    out.set_position(6);
    let mut written = Cursor::new(Vec::new());
    writer.write(&mut written, false).unwrap();
    out.write_all(&written.into_inner()).unwrap();
    let content = out.into_inner();
    let length = (content.len() as u16 + 2).to_be_bytes();
    let picture = fixture("form.jpg");
    [&picture[..2], &[0xff, 0xe1], &length, &content, &picture[2..]].concat()
}

fn lines(text: &str, between: &str) -> String {
    let lines = text.as_bytes().chunks(76).map(String::from_utf8_lossy);
    lines.collect::<Vec<_>>().join(between)
}

/// More text than a process reads itself.
fn long_lines() -> String {
    (format!("<p>{}</p>\n", "And so it goes on. ".repeat(100))).repeat(50)
}

/// Texts with a picture, each with the line on which it stands, or the name of the part.
fn hosts(picture: &[u8], kind: &str) -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let base64 = BASE64_STANDARD.encode(picture);
    let uri = format!("data:{kind};base64,{base64}");
    let page = format!("<!doctype html>\n<p>A letter</p>\n<img src=\"{uri}\">\n");
    let listed = lines(&base64, "\\n\",\n    \"");
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    let gzip = |text: &str| {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(text.as_bytes()).unwrap();
        packed.finish().unwrap()
    };
    // Longer than what a process reads itself.
    let packed_long = gzip(&format!("{page}{}", long_lines()));
    let mail = |body: &str, encoding: &str| {
        format!(
            "From: a@larkspur.example\nTo: b@larkspur.example\nSubject: A letter\nDate: Thu, 26 Nov 2026 08:00:00 +0000\n\
            MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\
            Content-Transfer-Encoding: {encoding}\n\n{body}"
        )
    };
    let packed_body = lines(&BASE64_STANDARD.encode(&page), "\n");
    let text = |text: String| text.into_bytes();
    vec![
        ("HTML", text(page.clone()), "line 3"),
        ("HTML in UTF-16", [vec![0xff, 0xfe], wide(&page)].concat(), "line 3"),
        ("HTML, packed", gzip(&page), "line 3"),
        ("HTML, packed, long", packed_long, "line 3"),
        ("Markdown", text(format!("# A letter\n\n![scan]({uri})\n")), "line 3"),
        (
            "SVG",
            text(format!(
                "<?xml version=\"1.0\"?>\n<svg><image href=\"{}\"/></svg>",
                uri.replace(&base64, &lines(&base64, "&#10;"))
            )),
            "line 2",
        ),
        ("CSS", text(format!("a {{\n  background: url({uri});\n}}\n")), "line 2"),
        (
            "JSON",
            text(format!("{{\"a\": 1, \"scan\": \"{}\"}}", uri.replace('/', "\\/"))),
            "line 1",
        ),
        (
            "JSON Lines",
            text(format!("{{\"a\": 1}}\n{{\"scan\": \"{base64}\"}}\n{{\"a\": 2}}\n")),
            "line 2",
        ),
        (
            "XML",
            text(format!(
                "<?xml version=\"1.0\"?>\n<book><binary>\n{}\n</binary></book>",
                lines(&base64, "\n")
            )),
            "line 3",
        ),
        ("CSV", text(format!("id,scan,name\n1,{uri},a\n2,,b\n3,,c\n")), "line 2"),
        (
            "a notebook's output",
            text(format!(
                "{{\"cells\": [{{\"outputs\": [{{\"data\": {{\n  \"{kind}\": \"{base64}\\n\",\n  \"text/plain\": [\"<Figure>\"]}}}}]}}]}}"
            )),
            "line 2",
        ),
        (
            "a notebook's output in lines",
            text(format!(
                "{{\"cells\": [{{\"outputs\": [{{\"data\": {{\n  \"{kind}\": [\n    \"{listed}\"\n  ]}}}}]}}]}}"
            )),
            "line 3",
        ),
        (
            "a notebook's attachment",
            text(format!(
                "{{\"cells\": [{{\"attachments\": {{\"a.png\": {{\n  \"{kind}\": \"{base64}\"}}}}}}]}}"
            )),
            "line 2",
        ),
        ("a mail's page", text(mail(&page, "7bit")), "line 1"),
        ("a mail's page, encoded", text(mail(&packed_body, "base64")), "part 0"),
    ]
}

#[test]
fn pictures_in_texts_are_read_or_told() {
    let (with, without) = (pool(Some(options(&tesseract()))), pool(None));
    let limits = Limits::default();
    let cases = hosts(&fixture("form.png"), "image/png").into_iter().map(|case| (case, false));
    let photos = hosts(&photo(), "image/jpeg").into_iter().map(|case| (case, true)).step_by(5);
    let mut failures = Vec::new();
    for ((what, object, place), has_place) in cases.chain(photos) {
        let found = read(&with, &object, &limits);
        let shows = |found: &Found, text: &str| {
            let end = format!("text = {text}");
            found.lines.iter().any(|line| line.ends_with(&end) && line.contains("embedded 1"))
        };
        let is_complete = found.coverage.status == CoverageStatus::Complete;
        let is_told = found.coverage.notes.iter().any(|note| note.contains("read by Tesseract "));
        if !FORM.iter().all(|line| shows(&found, line)) || !is_complete || !is_told {
            failures.push(format!("{what}: {found:#?}"));
        }
        let blind = read(&without, &object, &limits);
        let gaps = &blind.coverage.gaps;
        let has_gap = gaps.iter().any(|gap| {
            gap.code == "IMAGE_WITHOUT_TEXT"
                && gap.detail.contains("embedded 1")
                && (gap.detail.contains(place) || what.contains("mail"))
        });
        if blind.coverage.status == CoverageStatus::Complete || !has_gap {
            failures.push(format!("{what} without a recogniser: {:#?}", blind.coverage));
        }
        if has_place && !(shows(&found, GPS) && shows(&blind, GPS)) {
            failures.push(format!("{what}: its place is lost: {:#?}", found.lines));
        }
    }
    failures.iter_mut().for_each(|failure| failure.truncate(6_000));
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

/// A page with this payload beside some text, and what must come of it without a recogniser.
fn check(kind: &str, payload: &[u8], status: CoverageStatus, code: Option<&str>, expect: &[&str]) {
    let base64 = BASE64_STANDARD.encode(payload);
    let words = "Some words that stand beside it. ".repeat(10);
    let page =
        format!("<html><p>{words}</p>\n<a href=\"data:{kind};base64,{base64}\">a</a></html>");
    let found = read(&pool(None), page.as_bytes(), &Limits::default());
    assert_eq!(found.coverage.status, status, "{kind}: {found:#?}");
    let codes: Vec<_> = found.coverage.gaps.iter().map(|gap| gap.code.as_str()).collect();
    assert_eq!(codes.first().copied(), code, "{kind}: {found:#?}");
    let told = format!("{:?} {:?}", found.coverage.notes, found.coverage.gaps);
    let has =
        |text: &&str| found.lines.iter().any(|line| line.contains(*text)) || told.contains(*text);
    assert!(expect.iter().all(has), "{kind}: {found:#?}");
}

#[test]
fn what_is_no_picture_is_read_as_what_it_is() {
    use CoverageStatus::{Complete, Partial};
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/passwords/files");
    let file = |name: &str| std::fs::read(format!("{folder}/{name}")).unwrap();
    let line = "Card number: 4539 7261 6751 3615";
    check(
        "text/plain",
        line.as_bytes(),
        Complete,
        None,
        &["embedded 1 (line 2): text = Card number: 4539"],
    );
    check(
        "application/json",
        br#"{"card": "4539726167513615"}"#,
        Complete,
        None,
        &["embedded 1 (line 2): $.card = 4539726167513615"],
    );
    check("application/zip", &file("plain.zip"), Complete, None, &["embedded 1 (line 2)!"]);
    check(
        "application/pdf",
        &file("aes-256.pdf"),
        Partial,
        Some("INVALID_ENCRYPTION"),
        &["embedded 1 (line 2) (application/pdf)"],
    );
    let noise: Vec<u8> =
        (0..2_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    check(
        "video/mp4",
        &[b"\0\0\0\x20ftypisom", &noise[..]].concat(),
        Partial,
        Some("UNSUPPORTED_FILE_TYPE_EXCEPTION"),
        &["video/mp4"],
    );
    check("text/plain", &noise, Partial, Some("UNSUPPORTED_FILE_TYPE_EXCEPTION"), &["embedded 1"]);
    check(
        "font/woff2",
        &[b"wOF2\0\x01\0\0", &noise[..]].concat(),
        Complete,
        None,
        &["a font, which is not read"],
    );
    // A picture of few pixels beside text is a note, as in documents.
    check(
        "image/gif",
        &fixture("moving.gif")[..],
        Partial,
        Some("IMAGE_WITHOUT_TEXT"),
        &["pixels"],
    );
    let mut small = fixture("form.png");
    small[16..24].copy_from_slice(&[0, 0, 1, 0, 0, 0, 1, 0]);
    check(
        "image/png",
        &small,
        Complete,
        None,
        &["1 images were not read, the first embedded 1 (line 2)"],
    );
    // Nothing but such a picture is not.
    let alone = format!("data:image/png;base64,{}", BASE64_STANDARD.encode(&small));
    let found = read(&pool(None), alone.as_bytes(), &Limits::default());
    assert_eq!(found.coverage.status, Partial, "{found:#?}");
}

#[test]
fn bounds_hold_for_what_stands_in_texts() {
    let picture = BASE64_STANDARD.encode(fixture("form.png"));
    let page = format!("<html><img src=\"data:image/png;base64,{picture}\"></html>");
    let told = |limits: Limits, object: &str| {
        let coverage = read(&pool(None), object.as_bytes(), &limits).coverage;
        coverage.gaps.into_iter().map(|gap| gap.code).collect::<Vec<_>>()
    };
    let small = Limits { embedded_bytes_max: 1_000, ..Limits::default() };
    assert_eq!(told(small, &page), ["FILE_EXCEEDS_SIZE_LIMIT"]);
    let rushed = Limits { object_seconds_max: 0, ..Limits::default() };
    assert_eq!(told(rushed, &page), ["TIME_CUT_OFF_REACHED"]);
    let things: String = (0..5)
        .map(|n| BASE64_STANDARD.encode(format!("a text of its own, number {n}, and so on")))
        .map(|text| format!("<a href=\"data:text/plain;base64,{text}\">\n"))
        .collect();
    let few = Limits { members_max: 3, ..Limits::default() };
    let codes = told(few, &format!("<html>{things}"));
    assert!(
        codes.iter().all(|code| code == "ARCHIVE_TOTAL_DOCUMENTS_PROCESSED_OVER_LIMIT"),
        "{codes:?}"
    );
    assert!(!codes.is_empty());
    // The same picture many times is read once.
    let found = read(&pool(None), page.repeat(3).as_bytes(), &Limits::default());
    assert_eq!(found.coverage.gaps.len(), 1, "{found:#?}");
    // One that is cut off is told by whoever reads it.
    let cut = &page[..page.len() / 2];
    let found = read(&pool(Some(options(&tesseract()))), cut.as_bytes(), &Limits::default());
    assert_eq!(found.coverage.status, CoverageStatus::Partial, "{found:#?}");
    assert!(found.coverage.gaps.iter().any(|gap| gap.detail.contains("embedded 1")), "{found:#?}");
}

/// A file within a text within a file, and so on.
/// Files in values of dumps, and in Base64 that no URI declares.
#[test]
fn files_that_nothing_declares_are_read_as_what_they_are() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/passwords/files");
    let file = |name: &str| std::fs::read(format!("{folder}/{name}")).unwrap();
    let (zip, pdf) = (file("plain.zip"), file("aes-256.pdf"));
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let json = |bytes: &[u8]| format!("{{\"data\": \"{}\"}}\n", BASE64_STANDARD.encode(bytes));
    let insert = |value: &str| {
        format!(
            "CREATE TABLE f (id INT, doc BLOB);\nINSERT INTO f (id, doc) VALUES (1, {value});\n"
        )
    };
    let copy = |bytes: &[u8]| {
        format!("COPY f (id, doc) FROM stdin;\n1\t\\\\x{}\n\\.\n\nSELECT 1;\n", hex(bytes))
    };
    for (zip, pdf) in [
        (insert(&format!("0x{}", hex(&zip))), insert(&format!("X'{}'", hex(&pdf)))),
        (copy(&zip), copy(&pdf)),
        (json(&zip), json(&pdf)),
    ] {
        let found = read(&pool(None), zip.as_bytes(), &Limits::default());
        assert_eq!(found.coverage.status, CoverageStatus::Complete, "{found:#?}");
        assert!(found.lines.iter().any(|line| line.starts_with("embedded 1")), "{found:#?}");
        let found = read(&pool(None), pdf.as_bytes(), &Limits::default());
        let codes: Vec<_> = found.coverage.gaps.iter().map(|gap| gap.code.as_str()).collect();
        assert_eq!(codes, ["INVALID_ENCRYPTION"], "{found:#?}");
    }
}

fn nested(levels: usize) -> Vec<u8> {
    let mut text = b"Card number: 4539 7261 6751 3615\n".to_vec();
    for _ in 0..levels {
        // Long ones are read by the process that confines nothing.
        let page = format!("data:application/gzip;base64,{}\n", BASE64_STANDARD.encode(&text));
        let page = page + &long_lines();
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(page.as_bytes()).unwrap();
        text = packed.finish().unwrap();
    }
    text
}

#[test]
fn files_in_texts_in_files_are_read_up_to_a_bound() {
    let found = read(&pool(None), &nested(4), &Limits::default());
    assert_eq!(found.coverage.status, CoverageStatus::Complete, "{:?}", found.coverage);
    assert!(found.lines.iter().any(|line| line.contains("4539 7261")), "{:?}", found.coverage);
    let found = read(&pool(None), &nested(12), &Limits::default());
    assert_ne!(found.coverage.status, CoverageStatus::Complete, "{:?}", found.coverage);
    let is_nesting = |code: &str| code == "ARCHIVE_NESTING_LEVEL_OVER_LIMIT";
    assert!(found.coverage.gaps.iter().any(|gap| is_nesting(&gap.code)), "{:?}", found.coverage);
}

/// What could read itself is not read in this process: a pool whose processes do nothing tells it.
#[test]
fn nothing_that_stands_in_a_text_is_read_in_this_process() {
    let silent = Pool::new("/bin/sh".into(), vec!["-c".into(), "exit 1".into()]);
    let (_, page, _) = hosts(&photo(), "image/jpeg").swap_remove(0);
    let found = read(&silent, &page, &Limits::default());
    let codes: Vec<_> = found.coverage.gaps.iter().map(|gap| gap.code.as_str()).collect();
    assert_eq!(codes, ["PARSER_BROKE_OFF"], "{found:#?}");
    assert!(!found.lines.iter().any(|line| line.contains("embedded")), "{found:#?}");
}
