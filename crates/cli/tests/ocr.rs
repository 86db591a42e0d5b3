//! Sensitive data in pictures, from the file to the finding, with the real Tesseract; and what the command line
//! says where it can not be had.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A test that fails may panic.

mod harness;

use harness::Place;
use serde_json::Value;
use std::path::Path;

const PLANTED: &[&str] = &[
    "CREDIT_CARD_NUMBER",
    "EMAIL_ADDRESS",
    "GERMANY_BANK_ACCOUNT_NUMBER",
    "USA_SOCIAL_SECURITY_NUMBER",
];

fn fixture(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../extract/tests/pictures");
    folder.join(name).display().to_string()
}

/// A place from which programs are found.
fn place() -> Place {
    Place::new().with_variable("PATH", std::env::var("PATH").unwrap())
}

fn check(name: &str, member: Option<&str>, pages: &[u64]) {
    let place = place();
    let ran = place.run(&format!("scan {} --output jsonl", fixture(name)));
    let blind: Value = serde_json::from_str(&ran.stdout()).unwrap();
    assert_ne!(blind["coverage"]["status"], "COMPLETE", "{blind:#}");
    let gaps = blind["coverage"]["gaps"].as_array().unwrap();
    assert!(gaps.iter().any(|gap| gap["code"] == "IMAGE_WITHOUT_TEXT"), "{blind:#}");
    assert!(matches!(ran.code(), 3 | 4), "{blind:#}");

    let ran = place.run(&format!("scan {} --ocr --output jsonl", fixture(name)));
    let line: Value = serde_json::from_str(&ran.stdout()).unwrap();
    assert_eq!(ran.code(), 3, "{line:#}");
    assert_eq!(line["coverage"]["status"], "COMPLETE", "{line:#}");
    let notes = line["coverage"]["notes"].to_string();
    assert!(notes.contains("pictures read by Tesseract "), "{line:#}");
    let detections = line["detections"].as_array().unwrap();
    for planted in PLANTED {
        let found = detections.iter().find(|found| found["type"] == *planted);
        let found = found.unwrap_or_else(|| panic!("{name}: {planted} is not in {line:#}"));
        let expected = pages.len().max(1) as u64;
        assert!(found["count"].as_u64().unwrap() >= expected, "{name}: {found:#}");
        let places = found["occurrences"].to_string();
        if let Some(member) = member {
            assert!(places.contains(member), "{name}: {found:#}");
        }
        for page in pages {
            assert!(places.contains(&format!("\"pageNumber\":{page}")), "{name}: {found:#}");
        }
    }
}

#[test]
fn what_pictures_show_is_found() {
    check("form.png", None, &[]);
    check("scan.pdf", None, &[1, 2, 3, 4, 5, 6, 7]);
    check("scan.docx", Some("word/media/image1.png"), &[]);
    check("deck.pptx", Some("ppt/media/image1.png"), &[2]);
    check("mail.eml", Some("form.png"), &[]);
}

#[test]
fn what_is_missing_is_said_at_once() {
    let place = place();
    place.write("clean.txt", "all is well\n");
    assert_eq!(place.run("init").code(), 0);
    let set = |key: &'static str, text: &str| {
        Place::new()
            .with_variable("PATH", std::env::var("PATH").unwrap())
            .with_variable("LAKEGATE__FORMATS__OCR__ENABLED", "true")
            .with_variable(key, text)
    };
    for (key, text, hint) in [
        ("LAKEGATE__FORMATS__OCR__LANGUAGES", "eng,xyz_abc", "apt install tesseract-ocr-xyz-abc"),
        ("LAKEGATE__FORMATS__OCR__PROGRAM", "/no/such/tesseract", "apt install tesseract-ocr"),
        ("PATH", "/nowhere", "apt install tesseract-ocr"),
    ] {
        let place = set(key, text);
        assert_eq!(place.run("init").code(), 0);
        place.write("clean.txt", "all is well\n");
        for command in ["scan clean.txt", "run", "doctor"] {
            let ran = place.run(command);
            assert_eq!(ran.code(), 2, "{command}: {}", ran.stderr());
            assert!(ran.stderr().contains(hint), "{command}: {}", ran.stderr());
        }
    }
    // Where pictures are not to be read, nobody misses Tesseract.
    let without = Place::new();
    without.write("clean.txt", "all is well\n");
    assert_eq!(without.run("scan clean.txt").code(), 0);
    assert_eq!(place.run("scan clean.txt --ocr").code(), 0);
}

#[test]
#[cfg(target_os = "linux")]
fn the_doctor_tells_what_holds_the_processes_and_nobody_warns_where_all_does() {
    let place = place().with_variable("LAKEGATE__FORMATS__OCR__ENABLED", "true");
    assert_eq!(place.run("init").code(), 0);
    for zone in ["raw", "scan-stage", "manual-review", "scanned-data"] {
        std::fs::create_dir_all(place.path(zone)).unwrap();
    }
    let told = place.run("doctor");
    let text = told.stdout();
    let (_, pictures) = text.split_once("processes that read pictures").expect("told");
    assert!(pictures.contains("(Landlock): yes") && !pictures.contains("NO"), "{told}");
    let told: Value = serde_json::from_str(&place.run("doctor --output json").stdout()).unwrap();
    for part in ["system_calls", "own_files", "memory", "cpu_time", "files"] {
        assert_eq!(told["recogniser"][part], true, "{told:#}");
    }
    assert_eq!(told["reading_processes"]["system_calls"], true, "{told:#}");
    place.write("clean.txt", "all is well\n");
    let scanned = place.run("scan clean.txt --ocr");
    assert_eq!(scanned.code(), 0, "{scanned}");
    assert!(!scanned.stderr().contains("less confined"), "{scanned}");
}

#[test]
fn a_page_with_a_picture_in_it_is_not_clean_unless_it_is_read() {
    use base64::Engine;
    let place = place();
    let picture = std::fs::read(fixture("form.png")).unwrap();
    let base64 = base64::prelude::BASE64_STANDARD.encode(picture);
    place.write(
        "page.html",
        &format!("<html>\n<img src=\"data:image/png;base64,{base64}\"></html>"),
    );
    let blind: Value =
        serde_json::from_str(&place.run("scan page.html --output jsonl").stdout()).unwrap();
    assert_eq!(blind["coverage"]["status"], "PARTIAL", "{blind:#}");
    let gaps = blind["coverage"]["gaps"].to_string();
    assert!(gaps.contains("IMAGE_WITHOUT_TEXT") && gaps.contains("embedded 1 (line 2)"), "{gaps}");
    let read: Value =
        serde_json::from_str(&place.run("scan page.html --ocr --output jsonl").stdout()).unwrap();
    assert_eq!(read["coverage"]["status"], "COMPLETE", "{read:#}");
    let found = read["detections"].to_string();
    assert!(PLANTED.iter().all(|planted| found.contains(planted)), "{found}");
    assert!(found.contains("embedded 1 (line 2)"), "{found}");
}
