//! What is encrypted, written by the programs that people encrypt with: with the right password the same values
//! come out as of the plain file, and without it nothing. `make.py` and
//! `make_libreoffice.py` tell how the files were made.

// The harness may end on an odd fixture.
#![allow(clippy::expect_used, clippy::unwrap_used)]

#[path = "../documents/found.rs"]
mod found;

use found::{Found, read_with};
use lakegate_core::coverage::CoverageStatus;
use lakegate_extract::process::Pool;
use lakegate_extract::{Limits, Passwords};

const CODE: &str = "INVALID_ENCRYPTION";

/// By these first bytes it is told what an object is.
const MARK_BYTES: usize = 16;

/// The password of all that this project made, and where the format knows plain letters alone.
const RIGHT: &str = "L\u{e4}rche 7";
const RIGHT_PLAIN: &str = "larch 7";
/// That of files by other people.
const RIGHT_OFFICE: &str = "Password1234_";

fn file(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/passwords/files/");
    std::fs::read(format!("{folder}{name}")).unwrap()
}

fn passwords(text: &str) -> Passwords {
    Passwords::of_lines(text).unwrap()
}

/// Reads an encrypted file under several passwords, and the plain one that it was made of.
fn check(name: &str, plain: &str, right: &str) {
    let (bytes, plain) = (file(name), read_with(&file(plain), &Passwords::default()));
    assert_eq!(plain.coverage.status, CoverageStatus::Complete, "{name}: {plain:#?}");
    for given in [right.to_owned(), format!("wrong\n{right}\nother\n")] {
        let found = read_with(&bytes, &passwords(&given));
        assert_eq!(found.coverage.status, CoverageStatus::Complete, "{name}: {found:#?}");
        assert!(plain.lines.len() > 1);
        // No picture of an encrypted document stands beside it, and so not in its manifest; and each was
        // saved at a time of its own.
        let is_own = |line: &str| ["META-INF/", "meta.xml: "].iter().any(|p| line.starts_with(p));
        let lines = plain.lines.iter().filter(|line| !is_own(line));
        let missing: Vec<_> = lines.filter(|line| !found.lines.contains(line)).collect();
        assert!(missing.is_empty(), "{name} has not {missing:#?}: {found:#?}");
    }
    for (given, why) in [("", "no password is configured"), ("wrong\n7", "none of the configured")]
    {
        held(&read_with(&bytes, &passwords(given)), name, why);
    }
}

fn held(found: &Found, name: &str, why: &str) {
    assert_eq!(found.coverage.status, CoverageStatus::Skipped, "{name}: {found:#?}");
    assert!(found.lines.is_empty(), "{name}: {found:#?}");
    assert!(!found.coverage.gaps.is_empty(), "{name}");
    for gap in &found.coverage.gaps {
        assert!(gap.code == CODE && gap.detail.contains(why), "{name}: {gap:?}");
    }
}

#[test]
fn zip_archives_open_with_the_right_password() {
    for name in ["zipcrypto.zip", "zipcrypto-stored.zip", "aes-utf8.zip", "aes-western.zip"] {
        check(name, "plain.zip", RIGHT);
    }
    for name in ["aes128.zip", "aes192.zip", "aes256.zip"] {
        check(name, "plain.zip", RIGHT_PLAIN);
    }
    let streamed = read_with(&file("zipcrypto-streamed.zip"), &passwords(RIGHT));
    assert_eq!(streamed.coverage.status, CoverageStatus::Complete, "{streamed:#?}");
    assert!(streamed.lines.iter().any(|line| line.ends_with("phone = +49 761 555-0100")));
}

#[test]
fn seven_zip_archives_open_with_the_right_password() {
    for name in ["contents.7z", "list.7z", "stored.7z", "apart.7z"] {
        check(name, "plain.7z", RIGHT);
    }
}

#[test]
fn pdf_documents_open_with_the_password_of_their_reader_or_their_owner() {
    for name in ["rc4-40.pdf", "rc4-128.pdf", "aes-128.pdf", "aes-256-r5.pdf"] {
        check(name, "plain.pdf", RIGHT_PLAIN);
        check(name, "plain.pdf", "owner 9");
    }
    for name in ["aes-256.pdf", "aes-256-streams.pdf", "aes-256-clear-metadata.pdf"] {
        check(name, "plain.pdf", RIGHT);
        check(name, "plain.pdf", "owner 9");
    }
}

#[test]
fn what_only_its_owner_may_change_needs_no_password() {
    let plain = read_with(&file("plain.pdf"), &Passwords::default());
    for name in ["owner.pdf", "owner-rc4.pdf"] {
        let found = read_with(&file(name), &Passwords::default());
        assert_eq!(found.coverage.status, CoverageStatus::Complete, "{name}: {found:#?}");
        let missing: Vec<_> = plain.lines.iter().filter(|l| !found.lines.contains(l)).collect();
        assert!(missing.is_empty(), "{name} has not {missing:#?}: {found:#?}");
    }
    let plain = read_with(&file("plain.xlsx"), &Passwords::default());
    let found = read_with(&file("usual.xlsx"), &Passwords::default());
    assert_eq!(found.coverage.status, CoverageStatus::Complete, "{found:#?}");
    assert!(plain.lines.iter().all(|line| found.lines.contains(line)), "{found:#?}");
}

#[test]
fn office_documents_open_with_the_right_password() {
    check("agile.xlsx", "plain.xlsx", RIGHT);
    check("office-agile.xlsx", "office-agile-plain.xlsx", RIGHT_OFFICE);
    check("office-standard.docx", "office-standard-plain.docx", RIGHT_OFFICE);
}

#[test]
fn open_document_files_open_with_the_right_password() {
    check("libreoffice-book.ods", "plain-book.ods", RIGHT);
    check("libreoffice-text.odt", "plain-text.odt", RIGHT);
}

/// Of these, properties stand in the open beside what is encrypted.
#[test]
fn office_documents_before_2007_open_with_the_right_password() {
    for (name, plain) in [
        ("office-rc4.xls", "office-rc4-plain.xls"),
        ("office-rc4.doc", "office-rc4-plain.doc"),
        ("libreoffice-book.xls", "plain-book.xls"),
        ("libreoffice-text.doc", "plain-text.doc"),
    ] {
        let plain = read_with(&file(plain), &Passwords::default());
        let given = passwords(&format!("wrong\n{RIGHT_OFFICE}\n{RIGHT}"));
        let found = read_with(&file(name), &given);
        assert_eq!(found.coverage.status, CoverageStatus::Complete, "{name}: {found:#?}");
        let missing: Vec<_> = plain.lines.iter().filter(|l| !found.lines.contains(l)).collect();
        assert!(plain.lines.len() > 1 && missing.is_empty(), "{name}: {missing:#?} {found:#?}");
        for (given, why) in [("", "no password is configured"), ("wrong", "none of the configured")]
        {
            let found = read_with(&file(name), &passwords(given));
            assert_ne!(found.coverage.status, CoverageStatus::Complete, "{name}");
            let gap = &found.coverage.gaps[0];
            assert!(gap.code == CODE && gap.detail.contains(why), "{name}: {gap:?}");
        }
    }
}

#[test]
fn what_lies_within_opens_with_a_password_of_its_own() {
    let (object, both) = (file("nested.tar.gz"), format!("{RIGHT}\n{RIGHT_PLAIN}"));
    let found = read_with(&object, &passwords(&both));
    assert_eq!(found.coverage.status, CoverageStatus::Complete, "{found:#?}");
    for line in [
        "in/inner.zip!a.pdf: page 1 = The card 4111 1111 1111 1111 of Zoe Example",
        "in/inner.zip!a.pdf!people.csv:  R2C2 phone = +49 761 555-0100",
        "in/inner.zip!b.xlsx: Sheet R2C2 phone = +49 761 555-0100",
    ] {
        assert!(found.lines.iter().any(|found| found == line), "{line}: {found:#?}");
    }
    // Without that of what is in the archive.
    held(&read_with(&object, &passwords(RIGHT_PLAIN)), "nested.tar.gz", "none of the configured");
    held(&read_with(&object, &passwords(RIGHT)), "nested.tar.gz", "none of the configured");
}

/// One wrong password of 256 passes the check of ZipCrypto, and makes nonsense of what is stored.
#[test]
fn nonsense_of_a_wrong_password_is_no_text() {
    for name in ["zipcrypto-stored.zip", "zipcrypto-streamed.zip"] {
        let bytes = file(name);
        for hundred in 0..20 {
            let wrong: String = (0..100).map(|n| format!("wrong {hundred} {n}\n")).collect();
            held(&read_with(&bytes, &passwords(&wrong)), name, "none of the configured");
        }
    }
}

#[test]
fn what_is_cut_off_or_damaged_is_never_complete() {
    let names = ["zipcrypto.zip", "aes-utf8.zip", "contents.7z", "list.7z", "stored.7z"];
    let names = names.iter().chain(["aes-256.pdf", "aes-128.pdf", "agile.xlsx"].iter());
    for name in names {
        let bytes = file(name);
        let given = passwords(&format!("{RIGHT}\n{RIGHT_PLAIN}"));
        let whole = read_with(&bytes, &given);
        assert_eq!(whole.coverage.status, CoverageStatus::Complete, "{name}");
        let step = (bytes.len() / 12).max(1);
        for end in (64..bytes.len()).step_by(step) {
            let found = read_with(&bytes[..end], &given);
            assert_ne!(found.coverage.status, CoverageStatus::Complete, "{name} to {end}");
        }
        // A PDF has no sums: a key that is misspelt hides what it stands for, encrypted or not.
        let bytes = if name.ends_with(".pdf") { &bytes[..0] } else { &bytes[..] };
        for at in (MARK_BYTES..bytes.len()).step_by(step) {
            let mut damaged = bytes.to_vec();
            damaged[at] ^= 0x55;
            let found = read_with(&damaged, &given);
            // A letter may be another one, but none is missing.
            let is_whole = found.lines.len() >= whole.lines.len();
            let is_complete = found.coverage.status == CoverageStatus::Complete;
            assert!(is_whole || !is_complete, "{name} at {at}: {found:#?}");
        }
    }
}

/// A hostile document that asks for years of hashing is not tried at all.
#[test]
fn a_document_that_makes_trying_slow_is_held_at_once() {
    let mut bytes = file("agile.xlsx");
    let count: &[u8] = br#"spinCount="100000" saltSize="16""#;
    let at = bytes.windows(count.len()).position(|window| window == count).unwrap();
    let hostile = format!("{:<1$}", r#"spinCount="99999999""#, count.len());
    bytes[at..at + count.len()].copy_from_slice(hostile.as_bytes());
    held(&read_with(&bytes, &passwords(RIGHT)), "agile.xlsx", "rounds of a hash");
}

/// Each process leaves what it was told in a file of its own.
#[cfg(unix)]
#[test]
fn a_process_is_given_the_passwords_of_one_source_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (process, told) = (env!("CARGO_BIN_EXE_lakegate-reading-process"), folder.path().display());
    let script = format!("tee '{told}'/$$ | '{process}'");
    let pool = Pool::new("/bin/sh".into(), vec!["-c".into(), script.into()]);
    let bytes = file("aes256.zip");
    let read = |passwords: &Passwords| {
        let (mut nowhere, limits, mut input) = (Nowhere, Limits::default(), &bytes[..]);
        pool.extract_with_passwords(b"", &mut input, &limits, passwords, &mut nowhere).unwrap()
    };
    let (right, wrong, none) = (passwords(RIGHT_PLAIN), passwords("other"), Passwords::default());
    for _ in 0..2 {
        assert_eq!(read(&right).coverage.status, CoverageStatus::Complete);
        assert!(read(&wrong).coverage.gaps[0].detail.contains("none of the configured"));
        assert!(read(&none).coverage.gaps[0].detail.contains("no password is configured"));
    }
    let files = std::fs::read_dir(folder.path()).unwrap();
    let told: Vec<Vec<u8>> =
        files.map(|entry| std::fs::read(entry.unwrap().path()).unwrap()).collect();
    let count = |text: &str| {
        let has = |told: &&Vec<u8>| told.windows(text.len()).any(|part| part == text.as_bytes());
        told.iter().filter(has).count()
    };
    assert_eq!((told.len(), count(RIGHT_PLAIN), count("other")), (3, 1, 1));
    let both = told.iter().filter(|told| {
        [RIGHT_PLAIN, "other"]
            .iter()
            .all(|text| told.windows(text.len()).any(|part| part == text.as_bytes()))
    });
    assert_eq!(both.count(), 0);
}

struct Nowhere;

impl lakegate_extract::BlockSink for Nowhere {
    fn block(&mut self, _: &lakegate_core::text::Block<'_>) {}
}
