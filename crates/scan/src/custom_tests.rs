//! Custom identifiers and allow lists in whole objects.

use crate::{FingerprintKey, Inspected, Inspector};
use lakegate_core::detection::Category;
use lakegate_core::verdict::{Severity, Verdict};
use lakegate_detect::custom::{CustomIdentifier, SeverityLevel};
use lakegate_detect::{AllowList, Base, Ruleset, Selection};
use lakegate_extract::Limits;
use std::sync::Arc;

fn inspector(custom: CustomIdentifier, allowed: &str, limits: Limits) -> Inspector {
    let selection = Selection { base: Base::None, excluded: Vec::new() };
    let lists = if allowed.is_empty() {
        Vec::new()
    } else {
        vec![Arc::new(AllowList::words("l", allowed.as_bytes()).unwrap())]
    };
    let rules = Ruleset::new(&selection, &[custom], lists).unwrap();
    Inspector::new(rules, FingerprintKey::derive(b"test"), limits)
}

fn inspect(inspector: &Inspector, bytes: &[u8], chunk_bytes: usize) -> Inspected {
    let mut input = std::io::BufReader::with_capacity(chunk_bytes, bytes);
    inspector.inspect_from(&mut input).unwrap()
}

fn staff() -> CustomIdentifier {
    CustomIdentifier {
        keywords: vec!["employee".into()],
        ..CustomIdentifier::new("STAFF", r"[A-Z]{2}\d{4}")
    }
}

#[test]
fn tables_and_records_give_keywords_by_their_names() {
    let inspector = inspector(staff(), "", Limits::default());
    for (text, count) in [
        ("employee_no,city\nAB1234,Ulm\nCD5678,Bonn\n", 2),
        ("number,city\nAB1234,Ulm\nCD5678,Bonn\n", 0),
        ("{\"employee\": {\"numbers\": [\"AB1234\"]}, \"other\": \"CD5678\"}", 1),
        ("the employee AB1234 came and CD5678 did not\n", 2),
    ] {
        let inspected = inspect(&inspector, text.as_bytes(), 1 << 20);
        let counted: u64 = inspected.detections.iter().map(|d| d.count).sum();
        assert_eq!(counted, count, "{text}");
        for detection in &inspected.detections {
            assert_eq!(detection.identifier, "STAFF");
            assert_eq!(detection.category, Category::CustomIdentifier);
            assert_eq!(detection.severity, Severity::Medium);
        }
    }
}

#[test]
fn fewer_than_the_lowest_severity_level_are_no_detection() {
    let level = SeverityLevel { occurrences_threshold: 3, severity: Severity::High };
    let custom = CustomIdentifier { severity_levels: vec![level], ..staff() };
    let inspector = inspector(custom, "", Limits::default());
    let two = inspect(&inspector, b"employee AB1234 AB1235\n", 100);
    assert_eq!((two.verdict, two.detections.len()), (Verdict::Clean, 0));
    let three = inspect(&inspector, b"employee AB1234 AB1235 AB1236\n", 100);
    assert_eq!(three.verdict, Verdict::Findings);
    assert_eq!(three.detections[0].severity, Severity::High);
}

#[test]
fn what_is_on_an_allow_list_is_not_counted() {
    let inspector = inspector(staff(), "ab1234\n\n", Limits::default());
    let allowed = inspect(&inspector, b"employee AB1234\n", 100);
    assert_eq!(allowed.verdict, Verdict::Clean);
    // The whole text is compared.
    let other = inspect(&inspector, b"employee AB12345 and AB1236\n", 100);
    assert_eq!(other.detections[0].count, 1);
}

#[test]
fn an_identifier_that_is_given_up_leaves_the_object_not_wholly_inspected() {
    let custom = CustomIdentifier::new("HOSTILE", r"a[^!]*!");
    let mut text = "a".repeat(1_000_000);
    // Within reach of the backward pass, and beyond that of a match.
    for at in (0..text.len() - 1).step_by(3_000) {
        text.replace_range(at..=at, "!");
    }
    let inspector = inspector(custom, "", Limits::default());
    let given_up = inspect(&inspector, text.as_bytes(), 1 << 16);
    assert_ne!(given_up.verdict, Verdict::Clean);
    assert!(given_up.coverage.gaps.iter().any(|gap| gap.code == "CUSTOM_IDENTIFIER_GIVEN_UP"));
}

#[test]
fn blocks_and_chunks_make_no_difference() {
    let custom = CustomIdentifier {
        keywords: vec!["key".into()],
        maximum_match_distance: 300,
        ..CustomIdentifier::new("DIGITS", r"\d{3,7}")
    };
    let text: String = (0..60_000_u64)
        .map(|n| match n % 11 {
            0 => "key ".to_owned(),
            1..=3 => format!("{}", n * n),
            4 => format!("{n} "),
            5 => "some other words\n".to_owned(),
            6 => "äöü".to_owned(),
            _ => format!("{}{}", n, n * 31),
        })
        .collect();
    let counts = |limits: Limits, chunk_bytes: usize| {
        let inspected =
            inspect(&inspector(custom.clone(), "", limits), text.as_bytes(), chunk_bytes);
        let detection = inspected.detections.into_iter().next().unwrap();
        (detection.count, detection.occurrences)
    };
    let whole = counts(Limits { block_bytes: 8 << 20, ..Limits::default() }, 8 << 20);
    assert!(whole.0 > 1_000);
    for (block_bytes, chunk_bytes) in [(24 << 10, 1_000), (32 << 10, 1 << 20), (256 << 10, 65_537)]
    {
        let cut = counts(Limits { block_bytes, ..Limits::default() }, chunk_bytes);
        assert!(cut == whole, "{block_bytes}, {chunk_bytes}: {} for {}", cut.0, whole.0);
    }
}
