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
fn custom_ids_are_named_as_managed_ones_are() {
    let place = place();
    let text = "badge EMP-123456, mira@larkspur.example, badge EMP-999999";
    let input = format!("{}\n", json!({ "id": 1, "text": text }));
    let types = |flags: &str| {
        let ran = place.run_with_input(&format!("detect {flags}"), input.as_bytes());
        assert_eq!(ran.code(), 0, "{ran}");
        let answer: Value = serde_json::from_str(&ran.stdout()).unwrap();
        let spans = answer["spans"].as_array().unwrap().clone();
        spans.iter().map(|s| s["type"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(types("--identifiers EMPLOYEE_ID"), "EMPLOYEE_ID");
    assert_eq!(types("--identifiers EMPLOYEE_ID,EMAIL_ADDRESS"), "EMPLOYEE_ID EMAIL_ADDRESS");
    assert_eq!(types("--identifiers EMAIL_ADDRESS --custom"), "EMPLOYEE_ID EMAIL_ADDRESS");
    assert_eq!(
        types("--identifiers EMAIL_ADDRESS --custom --exclude EMPLOYEE_ID"),
        "EMAIL_ADDRESS"
    );
    assert_snapshot!("unknown-custom", place.run("detect --identifiers EMPLOYE_ID"));
    assert_snapshot!("no-configuration", Place::new().run("detect --identifiers EMPLOYEE_ID"));
    assert_snapshot!("nothing-selected", place.run("detect --identifiers none"));
}

#[test]
fn an_identifier_that_is_given_up_is_told_of_in_the_answer() {
    let place = Place::new();
    place.write(
        "lakegate.toml",
        "version = 1\n[[custom_identifiers]]\nid = \"HOSTILE\"\nregex = \"a[^!]*!\"\n",
    );
    let hostile = format!("{}!", "a".repeat(3_000)).repeat(300);
    let input = format!("{}\n", json!({ "id": 1, "text": hostile }));
    let ran = place.run_with_input("detect --identifiers HOSTILE", input.as_bytes());
    let answer: Value = serde_json::from_str(&ran.stdout()).unwrap();
    assert_eq!(answer["gaps"][0]["type"], "HOSTILE");
    assert_eq!(answer["gaps"][0]["code"], "CUSTOM_IDENTIFIER_GIVEN_UP");
    assert!(ran.stderr().contains("CUSTOM_IDENTIFIER_GIVEN_UP"), "{ran}");
    let tried = place.run_with_input("identifiers test --id HOSTILE", hostile.as_bytes());
    assert!(tried.stdout().contains("takes too many steps"), "{}", tried.stderr());
}

const FLOW: &str = r#"
[flows.orders.zones]
raw = "zones/raw"
scan-stage = "zones/scan-stage"
manual-review = "zones/manual-review"
scanned-data = "zones/scanned-data"

[[flows.orders.suppression]]
name = "test data"
when = "source == 'orders' && key.startsWith('test/')"
"#;

#[test]
fn scan_tells_which_findings_are_archived() {
    let place = place();
    place.write("lakegate.toml", &format!("{RULES}{FLOW}"));
    std::fs::create_dir_all(place.path("data/test")).unwrap();
    for name in ["data/test/a.csv", "data/b.csv"] {
        place.write(name, "mail\nmira@larkspur.example\n");
    }
    let scan = |flags: &str| place.run(&format!("scan data --identifiers EMAIL_ADDRESS {flags}"));
    let archived = |flags: &str| {
        let ran = scan(&format!("--output macie {flags}"));
        assert_eq!(ran.code(), 3, "{ran}");
        let findings = ran.json()["findings"].as_array().unwrap().clone();
        findings.iter().map(|finding| finding["archived"] == true).collect::<Vec<_>>()
    };
    assert_eq!(archived(""), [false, false]);
    assert_eq!(archived("--suppress-flow orders"), [false, true]);
    assert_eq!(archived("--suppress key=='b.csv'"), [true, false]);
    assert_eq!(archived("--suppress key=='b.csv' --suppress-flow orders"), [true, true]);
    assert_eq!(archived("--suppress tags['x']=='b.csv'"), [false, false]);
    assert_snapshot!("archived", scan("--suppress-flow orders"));
    let lines = scan("--suppress-flow orders --output jsonl").stdout();
    assert_eq!(lines.matches("\"archived_by\":\"test data\"").count(), 1, "{lines}");
    let sarif = scan("--suppress-flow orders --output sarif").json();
    let results = sarif["runs"][0]["results"].as_array().unwrap().clone();
    let suppressed = results.iter().filter(|result| result.get("suppressions").is_some());
    assert_eq!((results.len(), suppressed.count()), (2, 1));
    assert_snapshot!("suppress-no-flow", scan("--suppress-flow order"));
    assert_snapshot!("suppress-bad", scan("--suppress archived"));
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
