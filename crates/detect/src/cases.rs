//! Cases of detection as a whole: what once went wrong, and what peers get wrong.

use crate::{Catalogue, Detector, Hit, KeywordPlace, Scratch, Selection};
use lakegate_core::text::{Block, Context, Layout, Segment};

fn id(hit: &Hit) -> &'static str {
    Catalogue::managed().identifiers()[hit.identifier].id
}

/// Checks which identifiers are found in a text, in order.
fn check(text: &str, expected: &[&str]) {
    let detector = Detector::new(&Selection::all()).unwrap();
    let hits = detector.detect_text(text, &mut Scratch::default());
    assert_eq!(hits.iter().map(id).collect::<Vec<_>>(), expected, "{text}");
}

fn cell<'a>(text: &'a str, segments: &'a [Segment], contexts: &'a [Context]) -> Block<'a> {
    Block { contexts, layout: Layout::Table, ..Block::of_text(text, segments) }
}

#[test]
fn overlaps_have_one_winner() {
    check("account number DE89370400440532013000", &["GERMANY_BANK_ACCOUNT_NUMBER"]);
    check("phone 206-555-0143 ssn 536-22-8726", &["PHONE_NUMBER", "USA_SOCIAL_SECURITY_NUMBER"]);
    check("NIF 12345678Z", &["SPAIN_NIF_NUMBER"]);
    check("DNI 12345678Z", &["SPAIN_DNI_NUMBER"]);
}

#[test]
fn values_are_found_behind_any_separator() {
    let key = ["sk_", "live_", "Vq7RtY2mKp9LxZ4cBn8WdJ3f"].concat();
    for separator in [",", "|", "\t", ";", " ", "\"", "'", "=", ":", "\n"] {
        for (value, expected) in [
            (key.as_str(), "STRIPE_CREDENTIALS"),
            ("5425233430109903", "CREDIT_CARD_NUMBER_(NO_KEYWORD)"),
            ("mira@larkspur.example", "EMAIL_ADDRESS"),
            ("GB29NWBK60161331926819", "UK_BANK_ACCOUNT_NUMBER"),
        ] {
            check(&format!("17{separator}{value}{separator}4"), &[expected]);
        }
    }
}

#[test]
fn numbers_that_are_no_cards() {
    for text in [
        "0.5425233430109903",
        ".5425233430109903",
        "-.5425233430109903",
        "1764000000123",
        "e5425233430109903",
    ] {
        check(text, &[]);
    }
}

#[test]
fn letters_of_other_scripts_are_edges_and_neighbours() {
    check("邮箱：mira@larkspur.example", &["EMAIL_ADDRESS"]);
    check("josé.peña@larkspur.example", &["EMAIL_ADDRESS"]);
    check("«5425233430109903»", &["CREDIT_CARD_NUMBER_(NO_KEYWORD)"]);
    check("é5425233430109903", &[]);
}

#[test]
fn disguised_numbers_are_found_where_they_stand() {
    let detector = Detector::new(&Selection::all()).unwrap();
    for number in [
        "５４２５２３３４３０１０９９０３",
        "5425\u{200b}2334\u{200b}3010\u{200b}9903",
        "5425\u{ad}2334\u{ad}3010\u{ad}9903",
        "5425\u{a0}2334\u{a0}3010\u{a0}9903",
        "5425\u{2011}2334\u{2011}3010\u{2011}9903",
        "٥٤٢٥٢٣٣٤٣٠١٠٩٩٠٣",
        "\u{202a}5425233430109903\u{202c}",
    ] {
        for (before, after) in
            [("", ""), ("漢字 ", " ж"), ("رقم: ", " نص"), ("\u{200b}a ", "\u{ad} b")]
        {
            let text = format!("{before}{number}{after}");
            let hits = detector.detect_text(&text, &mut Scratch::default());
            assert_eq!(hits.len(), 1, "{text}");
            let found = text[hits[0].start..hits[0].end].trim_matches(['\u{202a}', '\u{202c}']);
            assert_eq!(found, number.trim_matches(['\u{202a}', '\u{202c}']), "{text}");
        }
    }
}

#[test]
fn a_key_behind_a_longer_run_of_hyphens_is_found() {
    let body = "Qm9keSBvZiBhIGtleSB0aGF0IGlzIG5vbmUsIG1hZGUgZm9yIGEgdGVzdA==";
    check(&format!("--------BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----"), &["PKCS"]);
}

#[test]
fn a_keyword_that_names_another_value_does_not_name_this_one() {
    let both = ["USA_SOCIAL_SECURITY_NUMBER", "USA_PASSPORT_NUMBER"];
    for text in [
        "ssn=536228726 passport_number=561234567",
        "ssn: 536228726, passport number: 561234567",
        "ssn      : 536228726, passport number: 561234567",
        "/people?ssn=536228726&passport_number=561234567",
        "ssn: 536228726\npassport number: 561234567",
        "the SSN is 536228726; passport number = 561234567",
        "the SSN is 536228726 passport is 561234567",
        "'ssn': '536228726', 'passport number': '561234567'",
    ] {
        check(text, &both);
    }
    // It names both where there is no other.
    check("536228726 ssn: 536228727", &["USA_SOCIAL_SECURITY_NUMBER"; 2]);
    check("536228726 is the passport number", &["USA_PASSPORT_NUMBER"]);
}

#[test]
fn names_of_one_object_do_not_stand_for_those_of_another() {
    let detector = Detector::new(&Selection::all()).unwrap();
    let (mut scratch, mut hits) = (Scratch::default(), Vec::new());
    let text = "536228726";
    let segments = [Segment { start: 0, end: 9, context: 0, unit: 2, part: 0 }];
    for (name, expected) in [("ssn", 1), ("order", 0), ("ssn", 1)] {
        let contexts = [Context { names: vec![name.to_string()] }];
        detector.detect(&cell(text, &segments, &contexts), &mut scratch, &mut hits);
        assert_eq!(hits.len(), expected, "{name}");
    }
    let evidence = hits[0].explanation.keyword.unwrap();
    assert_eq!((evidence.keyword, evidence.place), ("ssn", KeywordPlace::Name));
}

#[test]
fn a_keyword_counts_in_its_own_cell_only() {
    let detector = Detector::new(&Selection::all()).unwrap();
    let mut hits = Vec::new();
    let text = "ssn\t536228726";
    let segment = |start, end| Segment { start, end, context: 0, unit: 2, part: 0 };
    let contexts = [Context::default()];
    for (segments, expected) in
        [(vec![segment(0, 3), segment(4, 13)], 0), (vec![segment(0, 13)], 1)]
    {
        detector.detect(&cell(text, &segments, &contexts), &mut Scratch::default(), &mut hits);
        assert_eq!(hits.len(), expected);
    }
}

#[test]
fn digests_tell_rule_sets_apart_and_stay() {
    let digest = |ids: &str| {
        Detector::new(&Selection::parse(ids, "").unwrap()).unwrap().ruleset_digest().to_string()
    };
    assert_eq!(digest("all"), digest("all"));
    assert_ne!(digest("all"), digest("recommended"));
}
