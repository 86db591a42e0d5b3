//! Hostile regexes over hostile texts: the steps are counted, so the bound does not depend on a machine.

use crate::custom::search::{Progress, Searcher, Value};
use crate::custom::syntax::Form;
use crate::custom::{CUSTOM_MATCH_BYTES_MAX, STEPS_FREE, STEPS_PER_BYTE};

/// Regexes that are taken and ask for as much as they can.
const REGEXES: [&str; 12] = [
    "a.*b",
    ".*[^A-Z]|[A-Z]",
    r"\w+@x",
    r"\w+(\w+@)?",
    "a(.*b)?",
    "(a+)+b",
    "(a|a)+b|a",
    "a{1,300}b|c",
    ".+.+x|a",
    "[a-z ]+[0-9]|[a-z]",
    r"\w{5,30}\d{4}|a",
    "(a|b|ab)+c|a.*z|b",
];

fn texts() -> Vec<String> {
    const BYTES: usize = 200_000;
    let repeated = |piece: &str| piece.repeat(BYTES / piece.len());
    vec![
        repeated("a"),
        repeated("A"),
        repeated("ab"),
        repeated("a b"),
        repeated("ax"),
        repeated("aab1"),
        format!("{}b", repeated("a")),
        repeated("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@"),
        repeated("0123456789"),
        repeated("é"),
    ]
}

#[test]
fn steps_are_bounded_by_the_bytes() {
    let mut given_up = 0;
    for regex in REGEXES {
        let searcher = Searcher::new(&Form::read(regex).unwrap()).unwrap();
        for text in texts() {
            let mut progress = Progress::default();
            let owned = 0..text.len();
            let value = Value { text: &text, owned, is_last: true, before: 0 };
            searcher.search(&value, &mut progress, &mut Vec::new(), |_| {});
            let bound =
                STEPS_FREE + STEPS_PER_BYTE * text.len() as u64 + CUSTOM_MATCH_BYTES_MAX as u64;
            assert!(progress.steps <= bound, "{regex}: {} steps", progress.steps);
            given_up += usize::from(progress.is_given_up);
        }
    }
    // The search for such pairs is not idle: some of them do meet the bound.
    assert!(given_up > 0);
}

#[test]
fn ordinary_regexes_are_far_from_the_bound() {
    let text =
        "Dear Ms Larkspur, your employee number EMP-123456 (mira@corp.example) ".repeat(2_000);
    for regex in [
        r"EMP-\d{6}",
        r"\w+@corp\.example",
        r"(?i)employee.{0,30}\d{6}",
        r"\b[A-Z]{3}-\d+\b",
        r"[A-Za-z]+",
    ] {
        let searcher = Searcher::new(&Form::read(regex).unwrap()).unwrap();
        let mut progress = Progress::default();
        let value = Value { text: &text, owned: 0..text.len(), is_last: true, before: 0 };
        searcher.search(&value, &mut progress, &mut Vec::new(), |_| {});
        assert!(progress.steps <= 2 * text.len() as u64, "{regex}: {} steps", progress.steps);
    }
}
