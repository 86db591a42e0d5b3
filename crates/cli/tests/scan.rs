//! `scan`: what it prints in each form, and what it does where something is missing.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A test that fails may panic.

mod harness;

use harness::Place;
use serde_json::{Value as Json, json};

/// A table with one number in each of `rows` rows.
fn table(rows: usize) -> String {
    let row = "Ann,318-49-3004\n";
    format!("name,ssn\n{}", row.repeat(rows))
}

fn sarif(place: &Place, line: &str) -> Json {
    let line = format!("scan {line} --identifiers USA_SOCIAL_SECURITY_NUMBER --output sarif");
    place.run(&line).json()["runs"][0].clone()
}

/// Rule, level, URI, first line and logical place of each result.
fn results(run: &Json) -> Vec<Json> {
    let result = |result: &Json| {
        let location = &result["locations"][0];
        let physical = &location["physicalLocation"];
        json!([
            result["ruleId"],
            result["level"],
            physical["artifactLocation"]["uri"],
            physical["region"]["startLine"],
            location["logicalLocations"][0]["fullyQualifiedName"],
        ])
    };
    run["results"].as_array().unwrap().iter().map(result).collect()
}

#[test]
fn sarif_tells_lines_only_where_they_are_known() {
    let place = Place::new();
    place.write("ä b.csv", &table(1));
    place.write("long.csv", "name,note,ssn\nAnn,\"one\ntwo\",318-49-3004\n");
    place.write("a.log", "one\nssn 318-49-3004\n");
    place.write("a.json", "{\"user\":\n{\"ssn\": \"318-49-3004\"}}");
    let ssn = "USA_SOCIAL_SECURITY_NUMBER";
    let found = |uri: &str, line: Json, place: Json| json!([ssn, "error", uri, line, place]);
    assert_eq!(
        results(&sarif(&place, ".")),
        [
            found("./a.json", Json::Null, json!("record 0: $.user.ssn")),
            found("./a.log", json!(2), Json::Null),
            found("./long.csv", Json::Null, json!("row 2, column 3 (ssn)")),
            found("./%C3%A4%20b.csv", json!(2), json!("row 2, column 2 (ssn)")),
        ]
    );
}

#[test]
fn sarif_tells_what_was_not_read_and_only_the_rules_it_used() {
    let place = Place::new();
    // Longer than what tells a format, and binary data only behind that.
    let words = "all is well\n".repeat(50_000);
    place.write("a.log", &format!("ssn 318-49-3004\nssn 318-49-3004\n{words}\0"));
    place.write("b.bin", "\u{1}\0\u{2}\0\0\u{3}");
    place.write("c.txt", &format!("{words}\0"));
    let run = sarif(&place, "a.log b.bin c.txt none.txt");
    let not_read = |level: &str, uri: &str| {
        json!(["lakegate/not-fully-read", level, uri, Json::Null, Json::Null])
    };
    let found = results(&run);
    assert_eq!(found.len(), 6);
    assert_eq!(
        found[2..],
        [
            not_read("warning", "a.log"),
            not_read("error", "b.bin"),
            not_read("warning", "c.txt"),
            not_read("error", "none.txt"),
        ]
    );
    assert_eq!(run["results"][4]["properties"]["reasons"], json!(["MALFORMED_FILE"]));
    let rules: Vec<&Json> =
        run["tool"]["driver"]["rules"].as_array().unwrap().iter().map(|r| &r["id"]).collect();
    assert_eq!(rules, ["USA_SOCIAL_SECURITY_NUMBER", "lakegate/not-fully-read"]);
}

#[test]
fn sarif_says_how_many_places_it_leaves_out() {
    let place = Place::new();
    place.write("a.csv", &table(120));
    let run = sarif(&place, "a.csv");
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 100);
    let last = results[99]["message"]["text"].as_str().unwrap();
    assert!(last.ends_with("; 20 more in this object are not listed"), "{last}");
}

#[test]
fn people_are_told_how_many_more_places_there_are() {
    let place = Place::new();
    place.write("a.csv", &table(5));
    place.write("b.jsonl", "{\"a\": 1}\n{\"a\": 2}\nnot json\n{\"a\": 3}\n");
    insta::assert_snapshot!("some", place.run("scan a.csv b.jsonl --exclude NAME"));
    insta::assert_snapshot!("all", place.run("scan a.csv b.jsonl --exclude NAME --verbose"));
}

#[test]
fn what_is_missing_is_told_and_the_rest_is_scanned() {
    let place = Place::new();
    place.write("a.csv", &table(1));
    place.write("clean.txt", "all is well\n");
    insta::assert_snapshot!("missing", place.run("scan none.txt clean.txt"));
    assert_eq!(place.run("scan none.txt a.csv").code(), 3, "findings win");
    let lines = place.run("scan none/at/all clean.txt --output jsonl").stdout();
    let line: Json = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!((&line["object"], &line["verdict"]), (&json!("none/at/all"), &json!("FAILED")));
    assert_eq!(lines.lines().count(), 2);
}

#[test]
fn help_tells_the_exit_codes() {
    insta::assert_snapshot!("help", Place::new().run("scan --help"));
}
