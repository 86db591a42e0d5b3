//! Pictures read by the real Tesseract, wherever they stand; and that one which can not be read is told, and
//! holds up nothing. `tests/pictures/make.py` makes the pictures.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A test that fails may panic.

#[allow(dead_code, reason = "objects are read in processes here")]
#[path = "documents/found.rs"]
mod found;
#[path = "recogniser/tools.rs"]
mod tools;

use found::{Collect, Found};
use lakegate_core::coverage::CoverageStatus;
use lakegate_extract::process::{Pool, Recogniser, RecogniserError, RecogniserOptions};
use lakegate_extract::{Limits, PictureLimits};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tools::{CARD, FORM, NUMBER, fixture, options, pool, tesseract};

fn read(pool: &Pool, object: &[u8]) -> Found {
    let mut collect = Collect::default();
    let limits = Limits::default();
    let (head, mut rest) = object.split_at(object.len().min(limits.sniff_bytes));
    let coverage = pool.extract(head, &mut rest, &limits, &mut collect).unwrap().coverage;
    Found { lines: collect.0, coverage }
}

/// A tar archive of one member.
fn tar(name: &str, content: &[u8]) -> Vec<u8> {
    let mut header = vec![0; 512];
    header[..name.len()].copy_from_slice(name.as_bytes());
    header[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
    header[156] = b'0';
    header[257..263].copy_from_slice(b"ustar\0");
    header[148..156].fill(b' ');
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    let padding = vec![0; content.len().next_multiple_of(512) - content.len() + 1024];
    [header, content.to_vec(), padding].concat()
}

#[test]
fn what_pictures_show_is_found_where_it_stands() {
    let (with, without) = (pool(Some(options(&tesseract()))), pool(None));
    let pages = |lines: &[&str], pages: std::ops::RangeInclusive<u32>| -> Vec<String> {
        let page = |page| lines.iter().map(move |line| format!("page {page} = {line}"));
        pages.flat_map(page).collect()
    };
    let lines = |place: &str| FORM.iter().map(|line| format!("{place}{line}")).collect::<Vec<_>>();
    let mut tiff = pages(FORM, 1..=1);
    tiff.extend(pages(&[CARD, NUMBER], 2..=2));
    let member = |name, content| (tar(name, &fixture(content)), lines(&format!("{name}: text = ")));
    // Those who make such files name their pictures anew each time.
    let odf = |name, place| {
        let archive = fixture(name);
        let at = memchr::memmem::find(&archive, b"Pictures/").unwrap();
        let end = at + memchr::memmem::find(&archive[at..], b".png").unwrap() + 4;
        lines(&format!("{}: {place}", String::from_utf8_lossy(&archive[at..end])))
    };
    let cases = [
        ("form.png", fixture("form.png"), lines("text = ")),
        ("form.jpg", fixture("form.jpg"), lines("text = ")),
        ("form.gif", fixture("form.gif"), lines("text = ")),
        ("form.webp", fixture("form.webp"), lines("text = ")),
        ("form.bmp", fixture("form.bmp"), lines("text = ")),
        ("turned.png", fixture("turned.png"), lines("text = ")),
        ("pages.tif", fixture("pages.tif"), tiff),
        ("scan.pdf", fixture("scan.pdf"), pages(FORM, 1..=7)),
        ("scan.docx", fixture("scan.docx"), lines("word/media/image1.png: text = ")),
        ("deck.pptx", fixture("deck.pptx"), lines("ppt/media/image1.png: page 2 = ")),
        ("scan.odt", fixture("scan.odt"), odf("scan.odt", "text = ")),
        ("deck.odp", fixture("deck.odp"), odf("deck.odp", "page 2 = ")),
        ("moving.gif", fixture("moving.gif"), lines("text = ")),
        ("mask.pdf", fixture("mask.pdf"), pages(FORM, 1..=1)),
        ("scan.rtf", fixture("scan.rtf"), lines("picture 1: text = ")),
        ("mail.eml", fixture("mail.eml"), lines("form.png: text = ")),
        ("tar", member("a/form.png", "form.png").0, member("a/form.png", "form.png").1),
    ];
    let mut failures = Vec::new();
    for (what, object, expected) in cases {
        let found = read(&with, &object);
        let is_told = found.coverage.notes.iter().any(|note| note.contains("read by Tesseract "));
        let missing: Vec<_> = expected.iter().filter(|line| !found.lines.contains(line)).collect();
        let is_complete = found.coverage.status == CoverageStatus::Complete;
        if !missing.is_empty() || !is_complete || !is_told {
            failures.push(format!("{what}: without {missing:#?}: {found:#?}"));
        }
        let blind = read(&without, &object).coverage;
        let has_gap = blind.gaps.iter().any(|gap| gap.code == "IMAGE_WITHOUT_TEXT");
        if blind.status == CoverageStatus::Complete || !has_gap {
            failures.push(format!("{what} without a recogniser: {blind:#?}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn pictures_beside_text_take_nothing_from_a_document() {
    let found = read(&pool(None), &fixture("letter.docx"));
    assert_eq!(found.coverage.status, CoverageStatus::Complete, "{found:#?}");
    let note = "images were not read";
    assert!(found.coverage.notes.iter().any(|told| told.contains(note)), "{found:#?}");
    // Of two slides one is read.
    for deck in ["deck.pptx", "deck.odp"] {
        let pages = read(&pool(None), &fixture(deck)).coverage.pages.unwrap();
        assert_eq!((pages.inspected, pages.total), (1, 2), "{deck}");
    }
}

fn check_lost(options: RecogniserOptions, object: &[u8], code: &str) {
    let begun = Instant::now();
    let found = read(&pool(Some(options)), object);
    let coverage = &found.coverage;
    assert_ne!(coverage.status, CoverageStatus::Complete, "{code}: {found:#?}");
    assert!(coverage.gaps.iter().any(|gap| gap.code == code), "{code}: {found:#?}");
    assert!(begun.elapsed() < Duration::from_secs(30), "{code}: {found:#?}");
}

/// A program that answers as Tesseract does, and does something else with pictures.
fn impostor(folder: &Path, script: &str) -> PathBuf {
    let program = folder.join("tesseract");
    let text = format!(
        "#!/bin/sh\ncase \"$1\" in\n--version) echo 'tesseract 9.9';;\n--list-langs) printf 'list\\neng\\n';;\n*) {script};;\nesac\n"
    );
    std::fs::write(&program, text).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    program
}

#[test]
fn a_picture_that_can_not_be_read_is_told_and_holds_up_nothing() {
    let real = options(&tesseract());
    let png = fixture("form.png");
    // Its rows are damaged, its chunks are whole.
    let mut damaged = png.clone();
    let middle = damaged.len() / 2;
    damaged[middle..middle + 64].fill(0x55);
    check_lost(real.clone(), &damaged, "MALFORMED_FILE");
    check_lost(real.clone(), &png[..middle], "MALFORMED_FILE");
    // It claims to have more pixels than anyone has memory for.
    let mut bomb = png.clone();
    bomb[16..24].copy_from_slice(&[0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]);
    check_lost(real.clone(), &bomb, "FILE_EXCEEDS_SIZE_LIMIT");
    let pixels = PictureLimits { pixels_max: 1_000, ..PictureLimits::default() };
    check_lost(
        RecogniserOptions { pictures: pixels, ..real.clone() },
        &png,
        "FILE_EXCEEDS_SIZE_LIMIT",
    );
    // Pictures in pieces, and such as only change others.
    check_lost(real.clone(), &fixture("strips.pdf"), "IMAGE_WITHOUT_TEXT");
    check_lost(real.clone(), &fixture("changes.gif"), "IMAGE_WITHOUT_TEXT");
    let few = PictureLimits { pictures_max: 1, ..PictureLimits::default() };
    let few = RecogniserOptions { pictures: few, ..real.clone() };
    check_lost(few, &fixture("scan.pdf"), "FILE_EXCEEDS_SIZE_LIMIT");
    check_lost(RecogniserOptions { object_seconds_max: 0, ..real }, &png, "TIME_CUT_OFF_REACHED");
}

#[test]
fn a_recogniser_that_misbehaves_costs_the_picture_its_reading() {
    let folder = tempfile::tempdir().unwrap();
    let cases = [
        ("while :; do :; done", "TIME_CUT_OFF_REACHED"),
        // It can become no other program.
        ("exec /bin/sleep 600", "MALFORMED_FILE"),
        ("exit 0", "MALFORMED_FILE"),
        ("exit 1", "MALFORMED_FILE"),
        ("kill -SEGV $$; exit 1", "MALFORMED_FILE"),
        // It closes what it writes to, and stays.
        ("exec >&-; while :; do :; done", "TIME_CUT_OFF_REACHED"),
        // It can neither write a file nor start a program.
        (
            &format!(
                "echo x >{0}/made && /bin/true && exec /bin/sleep 600",
                folder.path().display()
            ),
            "MALFORMED_FILE",
        ),
    ];
    for (script, code) in cases {
        let program = impostor(folder.path(), script);
        let options = RecogniserOptions { picture_seconds_max: 1, ..options(&program) };
        check_lost(options, &fixture("form.png"), code);
        assert!(!folder.path().join("made").exists());
    }
}

/// The table of a picture that shows `word`.
fn table(word: &str) -> String {
    format!(r"head\n1\t1\t0\t0\t0\t0\t0\t0\t9\t9\t-1\t\n5\t1\t1\t1\t1\t1\t0\t0\t9\t9\t9\t{word}\n")
}

/// What an impostor does to show the word that `shown` stands for.
fn shown(word: &str) -> String {
    format!("printf '{}' \"{word}\"", table("%s"))
}

/// A script shows `word` where nothing holds it, and never as a recogniser.
fn check_held(script: &str, word: &str) {
    let folder = tempfile::tempdir().unwrap();
    check_program(&impostor(folder.path(), script), script, word);
}

/// The same of a program.
fn check_program(program: &Path, script: &str, word: &str) {
    let free = std::process::Command::new(program).arg("stdin").output().unwrap();
    let free = String::from_utf8_lossy(&free.stdout).into_owned();
    assert!(free.contains(word), "{script}: {free}");
    let options = RecogniserOptions { picture_seconds_max: 5, ..options(program) };
    let found = read(&pool(Some(options)), &fixture("form.png"));
    assert!(!format!("{found:?}").contains(word), "{script}: {found:?}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_recogniser_that_was_taken_over_reaches_nothing() {
    // That what an impostor shows is text that is found, if nothing is wrong with it.
    let folder = tempfile::tempdir().unwrap();
    let program = impostor(folder.path(), &shown("harmless"));
    let found = read(&pool(Some(options(&program))), &fixture("form.png"));
    assert!(found.lines.contains(&"text = harmless".to_owned()), "{found:?}");

    let secret = folder.path().join("secret");
    std::fs::write(&secret, "open-sesame\n").unwrap();
    let read_secret = format!("read word <{}; {}", secret.display(), shown("$word"));
    check_held(&read_secret, "open-sesame");
    let listing = format!("set -- {}/*; {}", folder.path().display(), shown("$*"));
    check_held(&listing, "secret");
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port();
    let place = format!("pack('S n C4 x8', 2, {port}, 127, 0, 0, 1)");
    let script = format!(
        "#!/usr/bin/perl\nif ($ARGV[0] eq '--version') {{ print \"tesseract 9.9\\n\" }}\n\
        elsif ($ARGV[0] eq '--list-langs') {{ print \"list\\neng\\n\" }}\n\
        elsif (socket(S, 2, 1, 0) && connect(S, {place})) {{ print \"{}\" }}\n",
        table("reached")
    );
    std::fs::write(&program, &script).unwrap();
    check_program(&program, &script, "reached");
    check_held(&format!("exec /usr/bin/{}", shown("started")), "started");
    check_held(&format!("/bin/true && {}", shown("forked")), "forked");
    let written = folder.path().join("written");
    let write = format!("echo x >{} && {}", written.display(), shown("wrote"));
    check_held(&write, "wrote");
}

#[test]
#[cfg(target_os = "linux")]
fn a_recogniser_tells_what_holds_it() {
    let recogniser = Recogniser::open(options(&tesseract())).unwrap();
    let confinement = recogniser.confinement().unwrap();
    assert!(confinement.is_whole(), "{confinement:?}");
    // What says nothing of itself is not taken to be confined.
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("program");
    let script = "#!/bin/sh\nshift 2\nexec \"$@\"\n";
    std::fs::write(&program, script).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let arguments = Vec::new();
    let free = RecogniserOptions { program, arguments, ..options(&tesseract()) };
    let confinement = Recogniser::open(free).unwrap().confinement();
    assert!(!confinement.is_ok_and(|confinement| confinement.is_whole()));
}

#[test]
fn without_tesseract_or_a_language_there_is_an_error_at_once() {
    let none = Recogniser::open(options(Path::new("/no/such/tesseract")));
    assert!(matches!(none, Err(RecogniserError::Program { .. })), "{none:?}");
    let other = Recogniser::open(options(Path::new("/bin/true")));
    assert!(matches!(other, Err(RecogniserError::Program { .. })), "{other:?}");
    for (language, is_name) in [("xyz", true), ("../eng", false), ("-eng", false), ("", false)] {
        let languages = vec!["eng".to_owned(), language.to_owned()];
        let error = Recogniser::open(RecogniserOptions { languages, ..options(&tesseract()) });
        assert_eq!(matches!(error, Err(RecogniserError::Language { .. })), is_name, "{error:?}");
        assert_eq!(matches!(error, Err(RecogniserError::Name(_))), !is_name, "{error:?}");
    }
}
