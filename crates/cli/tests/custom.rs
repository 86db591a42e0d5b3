//! Custom identifiers and allow lists on the command line.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A test that fails may panic.

mod harness;

use harness::Place;
use insta::assert_snapshot;
use serde_json::{Value, json};

/// No flow is needed for `scan`, `detect` and `identifiers`.
const RULES: &str = r#"
version = 1

[[custom_identifiers]]
id = "EMPLOYEE_ID"
name = "Employee number"
description = "The number on every badge."
regex = 'EMP-\d{6}'
keywords = ["employee", "badge"]
ignore_words = ["EMP-000000"]
severity_levels = [{ from = 1, severity = "Low" }, { from = 3, severity = "High" }]

[[allow_lists]]
name = "public"
words_file = "allow.txt"
"#;

fn place() -> Place {
    let place = Place::new();
    place.write("lakegate.toml", RULES);
    place.write("allow.txt", "emp-999999\n");
    place
}

#[test]
fn an_identifier_is_tried_before_it_is_configured() {
    let ran = Place::new().run_with_input(
        r"identifiers test --regex EMP-\d{6} --keyword badge --distance 20 --ignore EMP-000000",
        "badge EMP-123456, EMP-123457, and badge EMP-000000".as_bytes(),
    );
    assert_snapshot!("test-flags", ran);
}

#[test]
fn a_configured_one_is_tried_with_the_allow_lists() {
    let text = "employee EMP-123456 and EMP-999999";
    let ran = place().run_with_input("identifiers test --id EMPLOYEE_ID", text.as_bytes());
    assert_snapshot!("test-configured", ran);
    let cell = place().run("identifiers test --id EMPLOYEE_ID --column badge_no EMP-123456");
    assert!(cell.stdout().contains("in the name"), "{cell}");
}

#[test]
fn a_managed_one_tells_what_it_lacks() {
    let found = Place::new().run("identifiers test --id EMAIL_ADDRESS mira@larkspur.example");
    assert!(found.stdout().contains("1 match"), "{found}");
    let ran = Place::new().run("identifiers test --id CREDIT_CARD_NUMBER mira@larkspur.example");
    let told = ran.stdout();
    assert!(told.contains("0 matches") && told.contains("EMAIL_ADDRESS"), "{ran}");
}

#[test]
fn a_regex_that_can_not_be_used_is_refused_with_the_reason() {
    assert_snapshot!("test-refused", Place::new().run("identifiers test --regex (?=x)y text"));
}

#[test]
fn custom_identifiers_are_listed_and_shown() {
    let place = place();
    let listed = place.run("identifiers list --output json").json();
    let last = listed.as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["id"], "EMPLOYEE_ID");
    assert_eq!(last["category"], "CUSTOM_IDENTIFIER");
    assert_snapshot!("show-custom", place.run("identifiers show EMPLOYEE_ID"));
}

#[test]
fn detect_finds_and_explains_them() {
    let text = "badge EMP-123456, badge EMP-999999";
    let input = format!("{}\n", json!({ "id": 1, "text": text }));
    let line = "detect --identifiers none --custom --explain";
    let answer = place().run_with_input(line, input.as_bytes()).stdout();
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(
        answer["spans"],
        json!([{
            "start": 6, "end": 16, "type": "EMPLOYEE_ID", "score": 0.75,
            "explanation": {
                "rule": "EMPLOYEE_ID", "proof": "form", "check": null,
                "keyword": "badge", "distance": 11, "column": false, "assigned": false,
            },
        }])
    );
    let plain = place().run_with_input("detect", input.as_bytes()).stdout();
    assert!(!plain.contains("EMPLOYEE_ID") && !plain.contains("explanation"), "{plain}");
}

#[test]
fn scan_reports_them_as_macie_does() {
    let place = place();
    place.write("staff.csv", "badge,town\nEMP-123456,Ulm\nEMP-123457,Bonn\nEMP-999999,Kiel\n");
    let ran = place.run("scan --identifiers none --custom --output macie staff.csv");
    assert_eq!(ran.code(), 3, "{ran}");
    let finding = ran.json()["findings"][0].clone();
    assert_eq!(finding["type"], "SensitiveData:S3Object/CustomIdentifier");
    assert_eq!(finding["severity"]["description"], "Low");
    let result = &finding["classificationDetails"]["result"];
    assert_eq!(result["sensitiveData"], json!([]));
    let custom = &result["customDataIdentifiers"];
    assert_eq!(custom["totalCount"], 2);
    let detection = &custom["detections"][0];
    assert_eq!(detection["name"], "Employee number");
    assert!(detection["arn"].as_str().unwrap().ends_with("custom-data-identifier/EMPLOYEE_ID"));
    assert_eq!(detection["occurrences"]["cells"][0]["columnName"], "badge");
    let clean = place.run("scan --identifiers none --custom allow.txt");
    assert_eq!(clean.code(), 0, "{clean}");
}

#[test]
fn an_allow_list_that_can_not_be_read_stops_the_command() {
    let place = Place::new();
    place.write("lakegate.toml", RULES);
    let ran = place.run_with_input("detect --custom", b"");
    assert_eq!(ran.code(), 2, "{ran}");
    assert!(ran.stderr().contains("allow list `public`"), "{ran}");
    let none = Place::new().run("detect --identifiers none");
    assert_eq!(none.code(), 2, "{none}");
}
