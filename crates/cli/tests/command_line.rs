//! Commands as people run them: what they print, and their exit codes.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A test that fails may panic.

mod harness;

use harness::Place;
use insta::assert_snapshot;

#[test]
fn help_of_every_command() {
    let place = Place::new();
    for command in [
        "",
        "init",
        "detect",
        "identifiers",
        "identifiers show",
        "config",
        "config show",
        "completions",
    ] {
        let name = format!("help-{}", command.replace(' ', "-"));
        assert_snapshot!(name, place.run(&format!("{command} --help")));
    }
}

#[test]
fn usage_errors_have_code_2_and_our_form() {
    let place = Place::new();
    assert_snapshot!("usage", place.run("detekt"));
    assert_eq!(place.run("detekt").code(), 2);
    assert_eq!(place.run("").code(), 2);
    assert_eq!(place.run("config show --output yaml").code(), 2);
    assert_eq!(place.run("--version").code(), 0);
}

#[test]
fn init_writes_what_runs_and_overwrites_nothing() {
    let place = Place::new();
    assert_snapshot!("init", place.run("init lake"));
    for folder in
        ["state", "zones/raw", "zones/scan-stage", "zones/manual-review", "zones/scanned-data"]
    {
        assert!(place.path("lake").join(folder).is_dir(), "{folder}");
    }
    place.write("lake/lakegate.toml", "mine");
    assert_snapshot!("init-again", place.run("init lake"));
    assert_eq!(std::fs::read_to_string(place.path("lake/lakegate.toml")).unwrap(), "mine");
}

#[test]
fn a_missing_file_says_how_to_get_one() {
    assert_snapshot!("no-file", Place::new().run("config show"));
}

#[test]
fn config_show_tells_origins() {
    let place = Place::new()
        .with_variable("LAKEGATE__FLOWS__DEFAULT__SCHEDULE", "90 minutes")
        .with_variable("lakegate__flows__default__zones__scan_stage", "elsewhere")
        .with_variable("LAKEGATE__FLOWS__DEFAULT__EXCLUDE", "EMAIL_ADDRESS, DATE_OF_BIRTH")
        .with_variable("LAKEGATE__NOTIFY__EMAIL__PASSWORD", "not shown anywhere")
        .with_variable("LAKEGATE__LIMITS__LANES", "3");
    place.run("init");
    let file = std::fs::read_to_string(place.path("lakegate.toml")).unwrap();
    let email = "[notify.email]\nhost = \"mail.example.org\"\nusername = \"lakegate\"\n\
        from = \"a@example.org\"\nto = [\"b@example.org\"]\n";
    place.write("lakegate.toml", &format!("{file}{email}"));
    let shown = place.run("config show --origin");
    assert!(!shown.to_string().contains("not shown anywhere"));
    assert_snapshot!("origins", shown);
    let json = place.run("config show --origin --output json").json();
    let lanes = json["settings"].as_array().unwrap().iter().find(|s| s["key"] == "limits.lanes");
    assert_eq!(
        *lanes.unwrap(),
        serde_json::json!({
            "key": "limits.lanes",
            "value": 3,
            "origin": { "kind": "environment", "name": "LAKEGATE__LIMITS__LANES" },
        })
    );
}

#[test]
fn variables_that_are_no_settings_are_refused() {
    let place = Place::new()
        .with_variable("LAKEGATE__FLOWS__DEFAULT__SCHEDUL", "6h")
        .with_variable("LAKEGATE__FLOWS__ORDERS__SCHEDULE", "6h")
        .with_variable("LAKEGATE__SERVER__LISTEN", "everywhere");
    place.run("init");
    assert_snapshot!("bad-variables", place.run("config show"));
}

#[test]
fn the_configuration_is_found_by_flag_and_by_variable() {
    let place = Place::new().with_variable("LAKEGATE_CONFIG", "lake/lakegate.toml");
    place.run("init lake");
    assert_eq!(place.run("config show").code(), 0);
    assert_eq!(place.run("config show --config other.toml").code(), 2);
}

#[test]
fn completions_are_written_for_every_shell() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = place.run(&format!("completions {shell}"));
        assert_eq!(ran.code(), 0);
        assert!(ran.stdout().contains("identifiers"), "{shell}");
    }
}
