//! `detect` and `identifiers`.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A test that fails may panic.

mod harness;

use harness::Place;
use insta::assert_snapshot;
use serde_json::{Value, json};

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn offsets_are_code_points() {
    let text = "Grüße 😀 an mira@larkspur.example, e\u{301} und bo@larkspur.example";
    let input = format!("{}\n", json!({ "id": 7, "text": text }));
    let ran = Place::new().run_with_input("detect --identifiers EMAIL_ADDRESS", input.as_bytes());
    let answer = &lines(&ran.stdout())[0];
    assert_eq!(answer["id"], 7);
    let points: Vec<char> = text.chars().collect();
    let found: Vec<String> = answer["spans"]
        .as_array()
        .unwrap()
        .iter()
        .map(|span| {
            let at = |name: &str| span[name].as_u64().unwrap() as usize;
            assert_eq!(span["type"], "EMAIL_ADDRESS");
            points[at("start")..at("end")].iter().collect()
        })
        .collect();
    assert_eq!(found, ["mira@larkspur.example", "bo@larkspur.example"]);
}

#[test]
fn malformed_lines_are_named_and_the_rest_is_answered() {
    let input = b"{\"id\":\"a\",\"text\":\"x\"}\n{\"id\":\"b\"}\n\n4111 1111 1111 1111\n\xff\n{\"id\":\"c\",\"text\":\"\",\"more\":1}";
    assert_snapshot!("malformed-lines", Place::new().run_with_input("detect", input));
}

#[test]
fn who_names_a_file_is_told_where_texts_come_from() {
    let named = Place::new().run("detect texts.jsonl");
    assert_eq!(named.code(), 2, "{named}");
    assert!(named.stderr().contains("texts come on standard input"), "{named}");
    let flag = Place::new().run("detect --texts");
    assert!(flag.stderr().contains("Usage: lakegate detect"), "{flag}");
    let none = Place::new().run_with_input("detect", b"hello\n");
    assert_eq!(none.code(), 1, "{none}");
    assert!(none.stderr().contains("no line of standard input could be read"), "{none}");
}

#[test]
fn a_text_without_line_break_at_its_end_is_answered() {
    let ran = Place::new().run_with_input("detect", br#"{"id":null,"text":"nothing here"}"#);
    assert_eq!(ran.stdout(), "{\"id\":null,\"spans\":[]}\n");
    assert_eq!(Place::new().run("detect").code(), 0);
}

#[test]
fn an_unknown_identifier_is_a_usage_error() {
    assert_snapshot!("unknown-identifier", Place::new().run("detect --identifiers EMAIL_ADRESS"));
    assert_eq!(Place::new().run("detect --identifiers IPV6,NONE --exclude x").code(), 2);
}

#[test]
fn identifiers_are_proven() {
    let ran = Place::new().run("identifiers check");
    assert_eq!(ran.code(), 0, "{ran}");
}

#[test]
fn identifiers_are_listed_and_shown() {
    let place = Place::new();
    let listed = place.run("identifiers list --output json").json();
    let card = listed.as_array().unwrap().iter().find(|i| i["id"] == "CREDIT_CARD_NUMBER").unwrap();
    assert_eq!(card["category"], "FINANCIAL_INFORMATION");
    let as_lines = place.run("identifiers list --output jsonl").stdout();
    assert_eq!(lines(&as_lines).len(), listed.as_array().unwrap().len());
    let table = place.run("identifiers list").stdout();
    assert_eq!(table.lines().count(), listed.as_array().unwrap().len() + 1);
    let shown = place.run("identifiers show EMAIL_ADDRESS --output json").json();
    assert_eq!(shown["id"], "EMAIL_ADDRESS");
    assert!(place.run("identifiers show EMAIL_ADDRESS").stdout().contains("Not found in"));
    assert_snapshot!("show-unknown", place.run("identifiers show EMAIL"));
}
