//! Documents, mails, databases and pictures: the same values planted in each, where they must be found,
//! and that nothing which was cut off is called complete.

// The harness may end on an odd fixture.
#![allow(clippy::expect_used, clippy::unwrap_used)]

mod dumps;
mod found;
mod mail;
mod pdf;
mod pictures;
mod sevenzip;
mod sqlite;

use found::{Found, read};
use lakegate_core::coverage::CoverageStatus;

/// What is planted.
const NAME: &str = "Zoë Müller";
const PHONE: &str = "+49 761 555-0100";
const CARD: &str = "4111 1111 1111 1111";

/// From so many bytes a document is told to be one.
const MARK_BYTES: usize = 16;

/// A document, and the lines that must come out of it.
struct Case {
    what: &'static str,
    bytes: Vec<u8>,
    status: CoverageStatus,
    expect: Vec<String>,
    /// A part of it is not called complete.
    tells_cuts: bool,
    /// It is read once only.
    is_heavy: bool,
}

impl Case {
    fn complete(what: &'static str, bytes: Vec<u8>, expect: &[&str]) -> Self {
        let expect = expect.iter().map(|line| (*line).to_owned()).collect();
        Self {
            what,
            bytes,
            status: CoverageStatus::Complete,
            expect,
            tells_cuts: true,
            is_heavy: false,
        }
    }

    fn partial(what: &'static str, bytes: Vec<u8>, expect: &[&str]) -> Self {
        Self { status: CoverageStatus::Partial, ..Self::complete(what, bytes, expect) }
    }

    fn skipped(what: &'static str, bytes: Vec<u8>) -> Self {
        Self { status: CoverageStatus::Skipped, ..Self::complete(what, bytes, &[]) }
    }
}

fn cases() -> Vec<Case> {
    [
        pdf::cases(),
        mail::cases(),
        dumps::cases(),
        sqlite::cases(),
        sevenzip::cases(),
        pictures::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[test]
fn planted_values_are_found_where_they_are() {
    let mut failures = Vec::new();
    for case in cases() {
        let found = read(&case.bytes);
        let missing = case.expect.iter().filter(|line| !found.lines.contains(line));
        let missing: Vec<_> = missing.collect();
        if !missing.is_empty() || found.coverage.status != case.status {
            failures.push(format!("{}: without {missing:#?}: {found:#?}", case.what));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn what_is_cut_off_is_never_complete() {
    for case in cases().into_iter().filter(|case| !case.is_heavy) {
        let step = (case.bytes.len() / 40).max(1);
        for end in (MARK_BYTES..case.bytes.len()).step_by(step) {
            let found = read(&case.bytes[..end]);
            let is_complete = found.coverage.status == CoverageStatus::Complete;
            let what = case.what;
            assert!(!is_complete || !case.tells_cuts, "{what} to {end}: {found:#?}");
        }
    }
}

#[test]
fn damage_does_no_harm() {
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % below as u64) as usize
    };
    for case in cases().into_iter().filter(|case| !case.is_heavy) {
        for _ in 0..60 {
            let mut bytes = case.bytes.clone();
            for _ in 0..=random(4) {
                let at = random(bytes.len());
                bytes[at] = match random(3) {
                    0 => 0xff,
                    1 => bytes[at] ^ 1 << random(8),
                    _ => random(256) as u8,
                };
            }
            let Found { coverage, .. } = read(&bytes);
            assert_eq!(coverage.status == CoverageStatus::Complete, coverage.gaps.is_empty());
        }
    }
}
