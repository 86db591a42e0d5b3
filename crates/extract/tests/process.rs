//! Objects read in processes of their own: the same blocks come out, and what goes wrong there stays there.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A test that fails may panic.

mod dump;

use lakegate_core::coverage::CoverageStatus;
use lakegate_extract::process::Pool;
use lakegate_extract::{Extracted, Limits};
use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::PathBuf;

fn pool() -> Pool {
    Pool::new(PathBuf::from(env!("CARGO_BIN_EXE_lakegate-reading-process")), Vec::new())
}

/// A pool of shells that do something else than read objects.
fn shells(script: &str) -> Pool {
    // Their first word says that they are ready.
    let script = format!(r"printf '\006\000\000\000\000'; {script}");
    Pool::new(PathBuf::from("/bin/sh"), vec![OsString::from("-c"), OsString::from(script)])
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn table(rows: usize) -> Vec<u8> {
    let mut text = String::from("name,größe,note\n");
    for row in 0..rows {
        text.push_str(&format!("n{row},{},\"a, {row}\"\n", row * 31 % 977));
    }
    text.into_bytes()
}

fn read(pool: &Pool, object: &[u8], limits: &Limits) -> (Extracted, dump::Dump) {
    dump::collected(|sink| {
        let (head, mut rest) = object.split_at(object.len().min(limits.sniff_bytes));
        pool.extract(head, &mut rest, limits, sink).unwrap()
    })
}

#[test]
fn a_process_gives_what_the_thread_gives() {
    let pool = pool();
    let json = br#"{"user": {"phones": ["1", "2"]}, "x": [{"a": "b"}, {"a": "c"}]}"#;
    let objects = [gzip(&table(30_000)), gzip(json), gzip(b"only\nlines\n"), gzip(b"")];
    for object in objects.iter().cycle().take(9) {
        let (extracted, found) = read(&pool, object, &Limits::default());
        let here = dump::extract(object, &Limits::default(), &[1 << 20]);
        assert_eq!(extracted.coverage, here.coverage);
        assert!(found.values == here.values && found.contexts == here.contexts);
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_process_tells_what_holds_it() {
    let confinement = pool().confinement().unwrap();
    assert!(confinement.is_whole(), "{confinement:?}");
    // What says nothing of itself is not taken to be confined.
    assert!(!shells("sleep 1").confinement().unwrap().is_whole());
}

fn check_failure(pool: &Pool, limits: &Limits, code: &str) {
    let object = gzip(&table(100_000));
    let (extracted, _) = read(pool, &object, limits);
    let coverage = extracted.coverage;
    assert_ne!(coverage.status, CoverageStatus::Complete);
    assert_eq!(coverage.gaps[0].code, code, "{coverage:?}");
    assert_eq!(coverage.mime_type, "application/gzip");
}

#[test]
fn a_process_that_fails_costs_the_object_its_reading() {
    let limits = Limits::default();
    check_failure(&shells("exit 3"), &limits, "PARSER_BROKE_OFF");
    check_failure(&shells("kill -SEGV $$"), &limits, "PARSER_BROKE_OFF");
    check_failure(&shells("head -c 100 /dev/zero; cat >/dev/null"), &limits, "PARSER_BROKE_OFF");
    // A frame that says to be a block and is none.
    let block = r"printf '\004\003\000\000\000abc'; cat >/dev/null";
    check_failure(&shells(block), &limits, "PARSER_BROKE_OFF");
}

#[test]
fn a_process_that_does_not_come_on_is_ended() {
    let limits = Limits { stalled_seconds: 1, ..Limits::default() };
    check_failure(&shells("exec sleep 600"), &limits, "TIME_CUT_OFF_REACHED");
    let limits = Limits { object_seconds_max: 1, ..Limits::default() };
    let alive = r"while :; do printf '\006\000\000\000\000'; sleep 0.05; done";
    check_failure(&shells(alive), &limits, "TIME_CUT_OFF_REACHED");
}

#[test]
fn a_process_has_only_so_much_memory() {
    // Less than the program itself needs to go on.
    let limits = Limits { process_memory_bytes: 8 << 20, ..Limits::default() };
    let pool = pool();
    check_failure(&pool, &limits, "PARSER_BROKE_OFF");
    // The next object has a new process.
    let (extracted, _) = read(&pool, &gzip(b"text\n"), &Limits::default());
    assert_eq!(extracted.coverage.status, CoverageStatus::Complete);
}

/// Gives some bytes, then an error.
struct Breaking(usize);

impl Read for Breaking {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.0 == 0 {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        let count = self.0.min(buffer.len());
        buffer[..count].fill(b'x');
        self.0 -= count;
        Ok(count)
    }
}

#[test]
fn an_object_whose_bytes_break_off_is_never_complete() {
    let head = gzip(&table(10));
    for bytes in [0, 10, 1_000_000] {
        let (extracted, _) = dump::collected(|sink| {
            pool().extract(&head, &mut Breaking(bytes), &Limits::default(), sink).unwrap()
        });
        assert_ne!(extracted.coverage.status, CoverageStatus::Complete);
    }
}

#[test]
fn a_program_that_is_never_ready_is_an_error() {
    let other = Pool::new(PathBuf::from("/bin/true"), Vec::new());
    let (given, _) = dump::collected(|sink| {
        other.extract(b"", &mut &b""[..], &Limits::default(), sink).is_err()
    });
    assert!(given);
}

#[test]
fn a_sink_that_panics_leaves_nobody_waiting() {
    struct Panics;
    impl lakegate_extract::BlockSink for Panics {
        fn block(&mut self, _: &lakegate_core::text::Block<'_>) {
            panic!("on purpose");
        }
    }
    let text = table(300_000);
    let packed = gzip(&text);
    let survived = |work: Box<dyn FnOnce() + Send>| std::thread::spawn(work).join().is_ok();
    assert!(!survived(Box::new(move || {
        let _ = lakegate_extract::extract_beside(&mut &text[..], &Limits::default(), &mut Panics);
    })));
    assert!(!survived(Box::new(move || {
        let _ =
            pool().extract(&packed[..100], &mut &packed[100..], &Limits::default(), &mut Panics);
    })));
}

#[test]
fn without_a_program_there_is_an_error() {
    let none = Pool::new(PathBuf::from("/no/such/program"), Vec::new());
    let mut values =
        dump::collected(|sink| none.extract(b"", &mut &b""[..], &Limits::default(), sink));
    assert!(values.0.is_err() && values.1.values.drain(..).next().is_none());
}

#[test]
fn another_thread_gives_the_same() {
    for object in [table(30_000), br#"{"a": [{"b": "c"}, {"b": "d"}], "e": "f"}"#.repeat(20_000)] {
        let (extracted, found) = dump::collected(|sink| {
            lakegate_extract::extract_beside(&mut &object[..], &Limits::default(), sink).unwrap()
        });
        let here = dump::extract(&object, &Limits::default(), &[1 << 20]);
        assert_eq!(extracted.coverage, here.coverage);
        assert!(found.values == here.values && found.contexts == here.contexts);
    }
}
