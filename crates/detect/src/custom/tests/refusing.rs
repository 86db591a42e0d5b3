//! What is refused, and with which reason.

use crate::custom::{CustomIdentifier, SeverityLevel};
use crate::ruleset::Ruleset;
use crate::selection::{Base, Selection};
use crate::{AllowList, AllowListError};
use lakegate_core::verdict::Severity;

fn reason(pattern: &str) -> String {
    let problems = CustomIdentifier::new("X", pattern).problems();
    assert!(problems.len() <= 1 && problems.iter().all(|p| p.field() == "regex"), "{problems:?}");
    problems.first().map_or_else(|| "none".to_owned(), |problem| problem.to_string())
}

#[test]
fn regexes_that_macie_does_not_take_are_refused_with_the_reason() {
    for (pattern, expected) in [
        (r"(a)\1", "a backreference"),
        ("(?=a)b", "look-ahead or look-behind"),
        ("(?!a)b", "look-ahead or look-behind"),
        ("(?<=a)b", "look-ahead or look-behind"),
        ("(?<!a)b", "look-ahead or look-behind"),
        ("(?P<year>a)", "a named group"),
        ("(?<year>a)", "a named group"),
        ("(?(1)a|b)", "conditional, atomic or recursive"),
        ("(?>ab)c", "conditional, atomic or recursive"),
        ("(?R)x", "a flag other than `i`"),
        ("(?m)^a$", "a flag other than `i`"),
        ("(?x: a b )", "a flag other than `i`"),
        ("(?-u:a)", "a flag other than `i`"),
        (r"\p{Greek}", "a class of Unicode"),
        (r"[\p{L}]", "a class of Unicode"),
        ("[a[b]]", "`[` in brackets"),
        ("[a&&b]", "in brackets"),
        ("a++", "a repeat of a repeat"),
        ("a**b", "a repeat of a repeat"),
        (r"\b{start}a", "a boundary other than"),
        (r"\d{100,1000}", "the repeat at character 3 counts to 1000"),
        (r"\d{301}", "counts to 301"),
        ("xa*b*a*", "three repeats without bounds stand after one another at character 2"),
        ("a*", "matches the empty text"),
        ("", "matches the empty text"),
        ("^$", "matches the empty text"),
        ("a|", "matches the empty text"),
        ("(a", "can not be read at character 1"),
        ("[z-a]", "can not be read at character 2"),
        (r"\Z", "can not be read"),
    ] {
        let reason = reason(pattern);
        assert!(reason.contains(expected), "{pattern}: {reason}");
    }
    assert!(reason(&"a".repeat(513)).contains("513 characters; at most 512"));
    for allowed in [r"\d{100,}", "(?i)a(?-i)b", r"[\w.-]+@x", "(?:a|b)+c", &"a".repeat(512)] {
        assert_eq!(reason(allowed), "none", "{allowed}");
    }
}

#[test]
fn what_would_need_a_huge_automaton_is_refused() {
    for pattern in [
        "(?:[a-z]{1,300}){300}",
        "((a{0,300}){0,300}){0,300}x",
        "x.{0,200}y.{0,200}z",
        "(?:a|aa|aaa|b.{1,90}){1,90}!",
        // These fit an automaton's bytes, but took seconds to become one.
        r"(?i)\S{300}k\S{300}",
        r"[^\d]{300}x[^\d]{300}y",
        ".{300}.{300}",
    ] {
        assert!(reason(pattern).contains("too complex"), "{pattern}: {}", reason(pattern));
    }
    assert!(reason(&"(".repeat(200)).contains("can not be read"));
    // What people write does fit, with a literal and without.
    for pattern in [
        r"(?i)employee.{0,20}\d{6}",
        r"employee.{0,20}\d{6}",
        r"\w{5,30}\d{4}",
        "[A-Za-z0-9]{300}",
        r"\w{1,300}@\w{1,300}",
        "(?i)(smith|jones|miller).{0,60}(street|road|avenue)",
    ] {
        assert_eq!(reason(pattern), "none", "{pattern}");
    }
}

#[test]
fn every_field_has_its_bounds() {
    let good = CustomIdentifier::new("X", "x1");
    let level = |occurrences_threshold, severity| SeverityLevel { occurrences_threshold, severity };
    let cases: Vec<(CustomIdentifier, &str, &str)> = vec![
        (CustomIdentifier { id: String::new(), ..good.clone() }, "id", "can not be one"),
        (CustomIdentifier::new("a b", "x1"), "id", "can not be one"),
        (CustomIdentifier { name: String::new(), ..good.clone() }, "name", "1 to 128"),
        (CustomIdentifier { name: "n".repeat(129), ..good.clone() }, "name", "129 characters"),
        (
            CustomIdentifier { description: "d".repeat(513), ..good.clone() },
            "description",
            "513 characters; 0 to 512",
        ),
        (CustomIdentifier { keywords: vec!["ab".into()], ..good.clone() }, "keywords", "3 to 90"),
        (
            CustomIdentifier { keywords: vec!["k".repeat(91)], ..good.clone() },
            "keywords",
            "91 characters",
        ),
        (
            CustomIdentifier { keywords: vec!["abc".into(); 51], ..good.clone() },
            "keywords",
            "51 elements; at most 50",
        ),
        (
            CustomIdentifier { ignore_words: vec!["abc".into()], ..good.clone() },
            "ignore_words",
            "4 to 90",
        ),
        (
            CustomIdentifier { ignore_words: vec!["abcd".into(); 11], ..good.clone() },
            "ignore_words",
            "11 elements; at most 10",
        ),
        (
            CustomIdentifier { maximum_match_distance: 0, ..good.clone() },
            "maximum_match_distance",
            "not between 1 and 300",
        ),
        (
            CustomIdentifier { maximum_match_distance: 301, ..good.clone() },
            "maximum_match_distance",
            "not between 1 and 300",
        ),
        (
            CustomIdentifier {
                severity_levels: vec![level(5, Severity::Low), level(5, Severity::High)],
                ..good.clone()
            },
            "severity_levels",
            "rise",
        ),
        (
            CustomIdentifier {
                severity_levels: vec![level(1, Severity::High), level(5, Severity::Low)],
                ..good.clone()
            },
            "severity_levels",
            "rise",
        ),
        (
            CustomIdentifier { severity_levels: vec![level(0, Severity::High)], ..good.clone() },
            "severity_levels",
            "begin at 1",
        ),
    ];
    for (definition, field, words) in cases {
        let problems = definition.problems();
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert_eq!(problems[0].field(), field);
        assert!(problems[0].to_string().contains(words), "{}", problems[0]);
    }
    assert!(good.problems().is_empty());
}

#[test]
fn ids_are_unique_and_something_is_looked_for() {
    let none = Selection { base: Base::None, excluded: Vec::new() };
    let one = CustomIdentifier::new("STAFF", "x1");
    let message = |custom: &[CustomIdentifier]| {
        Ruleset::new(&none, custom, Vec::new()).unwrap_err().to_string()
    };
    assert!(
        message(&[one.clone(), one.clone()]).contains("`STAFF` of a custom identifier is taken")
    );
    assert!(message(&[CustomIdentifier::new("EMAIL_ADDRESS", "x1")]).contains("is taken"));
    assert_eq!(message(&[]), "no identifier is selected");
    let many: Vec<_> = (0..101).map(|n| CustomIdentifier::new(format!("C{n}"), "x1")).collect();
    assert!(message(&many).contains("101 custom identifiers; at most 100"));
}

#[test]
fn allow_lists_that_break_a_rule_are_refused() {
    let words = |content: &[u8]| AllowList::words("l", content).unwrap_err();
    assert_eq!(words(b"\n \n"), AllowListError::Empty);
    assert_eq!(words(b"a\n\xff"), AllowListError::NotUtf8 { line: 2 });
    let long = format!("ok\n{}", "x".repeat(91));
    assert_eq!(words(long.as_bytes()), AllowListError::LongEntry { line: 2, chars: 91 });
    let many: String = (0..100_001).map(|n| format!("{n}\n")).collect();
    assert_eq!(words(many.as_bytes()), AllowListError::TooManyEntries);
    assert!(matches!(AllowList::regex("l", "(?=a)b"), Err(AllowListError::Regex(_))));
    assert!(matches!(AllowList::regex("l", ".*"), Err(AllowListError::Regex(_))));
}
