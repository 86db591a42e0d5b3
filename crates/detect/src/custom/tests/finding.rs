//! Macie's semantics, case by case.

use super::{found, found_under, rules};
use crate::custom::{CustomIdentifier, SeverityLevel};
use crate::hit::{KeywordPlace, Side};
use crate::ruleset::RulesetScratch;
use lakegate_core::detection::Category;
use lakegate_core::verdict::Severity;

fn regex(regex: &str) -> CustomIdentifier {
    CustomIdentifier::new("X", regex)
}

#[test]
fn regexes_find_what_they_say() {
    for (pattern, text, expected) in [
        (r"EMP-\d{6}", "a EMP-123456 EMP-12345 xEMP-1234567", &["EMP-123456", "EMP-123456"][..]),
        (r"\bEMP-\d{6}\b", "a EMP-123456, xEMP-123456, EMP-1234567", &["EMP-123456"]),
        // A literal whose occurrences overlap.
        ("aa1", "aaa1 aa1", &["aa1", "aa1"]),
        // A literal at a known place behind what varies.
        (r"[A-Z]{2}-EMP-\d+", "DE-EMP-77 and X-EMP-5", &["DE-EMP-77"]),
        // A literal at no known place, and none at all.
        (r"[a-z]+@corp\.example", "mail mira@corp.example now", &["mira@corp.example"]),
        (r"[A-Z]{3}[0-9]{3}", "ABC123 ABCD123 AB123", &["ABC123", "BCD123"]),
        (r"(?i)project falcon", "Project FALCON, project  falcon", &["Project FALCON"]),
        (r"(?i)straße", "STRASSE Straße STRAßE", &["Straße", "STRAßE"]),
        // Groups are tolerated, and captures ignored.
        (r"(AB|CD)-(\d)+", "AB-12 CD-3 EF-4", &["AB-12", "CD-3"]),
        // The first alternative counts, and a lazy repeat stops early, as in PCRE.
        ("ab|abc", "abc", &["ab"]),
        (r"<.+?>", "<a><b>", &["<a>", "<b>"]),
        (r"<.+>", "<a><b>", &["<a><b>"]),
        // Matches do not overlap; the leftmost counts.
        ("aba", "ababa", &["aba"]),
        (r"\d{4}", "123456789", &["1234", "5678"]),
        // The classes are of ASCII; other characters are characters.
        (r"\d{3}", "١٢٣ 123", &["123"]),
        (r"\w+", "naïve", &["na", "ve"]),
        (r"N.V", "NÄV", &["NÄV"]),
        (r"[^ ]{3}", "äöü 日本語", &["äöü", "日本語"]),
        (r"日本\d", "日本5", &["日本5"]),
        // Start and end of the text, not of a line; a last line break may follow.
        (r"^ID\d", "ID1\nID2", &["ID1"]),
        (r"ID\d$", "ID1\nID2\n", &["ID2"]),
        (r"^\d{3}$", "123\n", &["123"]),
        (r"^\d{3}$", "123\n456", &[]),
        (r"a{2,3}", "aaaaa", &["aaa", "aa"]),
        (r"x{20,}", "xxxxxxxxxxxxxxxxxxxxxxxxx", &["xxxxxxxxxxxxxxxxxxxxxxxxx"]),
    ] {
        assert_eq!(found(&regex(pattern), text), expected, "{pattern} in {text:?}");
    }
}

#[test]
fn a_match_is_cut_at_its_greatest_length() {
    let text = "7".repeat(2_500);
    let lengths: Vec<usize> = found(&regex(r"\d+"), &text).iter().map(|m| m.len()).collect();
    assert_eq!(lengths, [1_024, 1_024, 452]);
    let far = format!("a{}b", "-".repeat(2_000));
    assert!(found(&regex("a.*b"), &far).is_empty());
}

fn with_keywords(keywords: &[&str], distance: u32) -> CustomIdentifier {
    CustomIdentifier {
        keywords: keywords.iter().map(|keyword| (*keyword).to_owned()).collect(),
        maximum_match_distance: distance,
        ..regex(r"\d{6}")
    }
}

#[test]
fn a_keyword_stands_complete_before_the_match_and_near_its_end() {
    // (keyword, greatest distance, text, whether it is found)
    for (keyword, distance, text, expected) in [
        ("employee", 50, "employee 123456", true),
        ("employee", 50, "EMPLOYEE: 123456", true),
        ("employee", 50, "123456 employee", false),
        ("employee", 50, "nobody 123456", false),
        // From the end of the keyword to the end of the match: one blank and six digits.
        ("employee", 7, "employee 123456", true),
        ("employee", 6, "employee 123456", false),
        ("employee", 6, "employee123456", true),
        // Characters, not bytes.
        ("employee", 10, "employee äöü123456", true),
        ("employee", 9, "employee äöü123456", false),
        ("mitarbeiter-nummer", 50, "Mitarbeiter Nummer 123456", true),
        ("employee id", 50, "employee_id=123456", true),
        ("größe", 50, "GRÖßE 123456", true),
        // A keyword need not be a word.
        ("emp", 50, "tempo 123456", true),
        ("emp", 50, "em p 123456", false),
    ] {
        let found = !found(&with_keywords(&[keyword], distance), text).is_empty();
        assert_eq!(found, expected, "{keyword} within {distance} in {text:?}");
    }
}

#[test]
fn any_keyword_suffices_and_each_match_has_its_own() {
    let identifier = with_keywords(&["badge", "staff"], 20);
    let text = "badge 111111 and far from it all 222222 staff 333333 444444";
    assert_eq!(found(&identifier, text), ["111111", "333333", "444444"]);
}

#[test]
fn a_name_of_column_or_path_is_a_keyword_for_all_its_values() {
    let rules = rules(&[with_keywords(&["employee id"], 10)]);
    for (names, expected) in [
        (&["employee_id"][..], true),
        (&["EmployeeID"], true),
        (&["staff", "employee-id", "value"], true),
        (&["employee"], false),
        (&[], false),
    ] {
        let found = found_under(&rules, names, "x 123456");
        assert_eq!(found.len(), usize::from(expected), "{names:?}");
        for one in found {
            let keyword = rules.explain(&one).keyword.unwrap();
            assert_eq!((keyword.keyword, keyword.place), ("employee id", KeywordPlace::Name));
        }
    }
    // In the same cell before the match, within the distance.
    assert_eq!(found_under(&rules, &["x"], "employee id 123456").len(), 1);
    assert_eq!(found_under(&rules, &["x"], "employee id is now 123456").len(), 0);
}

#[test]
fn a_match_with_an_ignored_word_does_not_count() {
    let identifier =
        CustomIdentifier { ignore_words: vec!["TEST".into()], ..regex(r"ACC-[A-Za-z]+-\d+") };
    assert_eq!(found(&identifier, "ACC-TEST-1 ACC-test-2 ACC-xTESTx-3"), ["ACC-test-2"]);
}

#[test]
fn severity_goes_by_count_and_below_the_lowest_nothing_is_detected() {
    let level = |occurrences_threshold, severity| SeverityLevel { occurrences_threshold, severity };
    let mut identifier = regex("x");
    assert_eq!(identifier.severity(1), Some(Severity::Medium));
    identifier.severity_levels = vec![level(5, Severity::Low), level(50, Severity::High)];
    for (count, expected) in
        [(4, None), (5, Some(Severity::Low)), (49, Some(Severity::Low)), (50, Some(Severity::High))]
    {
        assert_eq!(identifier.severity(count), expected, "{count}");
    }
}

#[test]
fn the_explanation_names_rule_keyword_and_distance() {
    let rules = rules(&[with_keywords(&["staff", "badge"], 50)]);
    let mut out = Vec::new();
    rules.detect_text("badge no. 123456", &mut RulesetScratch::default(), &mut out);
    let explained = rules.explain(&out[0]);
    assert_eq!((explained.rule.id, explained.rule.category), ("X", Category::CustomIdentifier));
    let keyword = explained.keyword.unwrap();
    assert_eq!(keyword.keyword, "badge");
    assert_eq!(keyword.place, KeywordPlace::Value { distance: 11, side: Side::Before });
    assert!((out[0].score - 0.75).abs() < f32::EPSILON);
}
