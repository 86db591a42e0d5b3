//! Passwords of encrypted objects: by a file, by the configuration, for the objects of one source alone; and that
//! nothing shows them.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A test that fails may panic.

mod harness;

use harness::{Place, Ran};
use lakegate_cli::config::Config;
use serde_json::Value as Json;

/// What opens the archive (see `make.py` beside it).
const PASSWORD: &str = "L\u{e4}rche 7";
const ARCHIVE: &[u8] = include_bytes!("../../extract/tests/passwords/files/aes-utf8.zip");

const NO_PASSWORD: &str = "it is encrypted: no password is configured for it";
const NONE_FITS: &str = "it is encrypted: none of the configured passwords fits";

const CONFIGURED: &str = r#"
version = 1

[formats.passwords.invoices]
prefix = "invoices/"
passwords_file = "secrets/invoices"

[formats.passwords.payroll]
prefix = "payroll/"
"#;

/// A folder `lake` with the archive in several places, and files of passwords.
fn place() -> Place {
    let place = Place::new();
    for key in ["invoices/a.zip", "other/a.zip", "payroll/a.zip"] {
        land(&place, "lake", key);
    }
    std::fs::create_dir(place.path("secrets")).unwrap();
    place.write("secrets/invoices", &format!("not-this-one\n{PASSWORD}\n"));
    place.write("secrets/wrong", "not-this-one\n");
    place
}

fn land(place: &Place, folder: &str, key: &str) {
    let path = place.path(folder).join(key);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, ARCHIVE).unwrap();
}

/// What a scan of the folder says of each object: that it was read whole, or why not.
fn scanned(ran: &Ran) -> Vec<(String, String)> {
    let told = |line: &str| {
        let object: Json = serde_json::from_str(line).unwrap();
        let name = object["object"]["key"].as_str().or(object["key"].as_str());
        let coverage = &object["coverage"];
        let gap = &coverage["gaps"][0];
        let why = match gap["code"].as_str() {
            Some(code) => {
                assert_eq!(
                    (code, &object["verdict"]),
                    ("INVALID_ENCRYPTION", &"UNSCANNABLE".into())
                );
                gap["detail"].as_str().unwrap().trim_start_matches("member 1: ").to_owned()
            }
            None => coverage["status"].as_str().unwrap().to_owned(),
        };
        (name.unwrap_or_default().to_owned(), why)
    };
    ran.stdout().lines().map(told).collect()
}

fn check(place: &Place, command: &str, expect: [&str; 3]) {
    let ran = place.run(command);
    let whys: Vec<String> = scanned(&ran).into_iter().map(|(_, why)| why).collect();
    assert_eq!(whys, expect, "{command}: {ran}");
    assert_unseen(&ran);
}

fn assert_unseen(ran: &Ran) {
    let all = ran.to_string();
    assert!(!all.contains(PASSWORD) && !all.contains("not-this-one"), "a password is shown");
}

#[test]
fn a_scan_takes_passwords_from_files() {
    let place = place();
    let scan = "scan lake --output jsonl";
    check(&place, scan, [NO_PASSWORD; 3]);
    check(&place, &format!("{scan} --password-file secrets/wrong"), [NONE_FITS; 3]);
    let both = format!("{scan} --password-file secrets/wrong --password-file secrets/invoices");
    check(&place, &both, ["COMPLETE"; 3]);
    let missing = place.run(&format!("{scan} --password-file secrets/none"));
    assert_eq!(missing.code(), 2, "{missing}");
}

#[test]
fn configured_passwords_are_for_the_objects_of_their_source() {
    let place = place().with_variable("LAKEGATE__FORMATS__PASSWORDS__PAYROLL__PASSWORDS", "wrong");
    place.write("lakegate.toml", CONFIGURED);
    check(&place, "scan lake --output jsonl", ["COMPLETE", NO_PASSWORD, NONE_FITS]);
}

#[test]
fn a_run_uses_them_by_flow_and_key() {
    let place = place();
    assert_eq!(place.run("init").code(), 0);
    let template = std::fs::read_to_string(place.path("lakegate.toml")).unwrap();
    let own = template
        .replace("#schedule = \"6h\"", "schedule = \"off\"")
        .replace("#settle = \"1s\"", "settle = \"1ms\"")
        .replace("#[formats.passwords.invoices]", "[formats.passwords.invoices]")
        .replace("#prefix = \"invoices/\"", "prefix = \"invoices/\"")
        .replace("#flow = \"default\"", "flow = \"default\"")
        .replace(
            "#passwords_file = \"secrets/passwords\"",
            "passwords_file = \"secrets/invoices\"",
        );
    place.write("lakegate.toml", &own);
    for key in ["invoices/a.zip", "other/a.zip"] {
        land(&place, "zones/raw", key);
    }
    let run = place.run("run --output json");
    assert_eq!(run.code(), 0, "{run}");
    assert_unseen(&run);
    let ran = place.run("objects list --output json");
    assert_unseen(&ran);
    let verdict = |key: &str| {
        let objects = ran.json();
        let mut objects = objects.as_array().unwrap().iter();
        objects.find(|object| object["key"] == key).unwrap()["verdict"].clone()
    };
    assert_eq!(verdict("other/a.zip"), "UNSCANNABLE");
    assert_eq!(verdict("invoices/a.zip"), "FINDINGS");
    for command in ["objects show invoices/a.zip", "audit verify"] {
        assert_unseen(&place.run(command));
    }
    let state = std::fs::read_dir(place.path("state")).unwrap();
    for file in state.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
        let bytes = std::fs::read(file).unwrap();
        let is_in = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(!is_in(PASSWORD) && !is_in("not-this-one"), "a password is in the ledger");
    }
}

#[test]
fn nothing_shows_them() {
    let variable = "LAKEGATE__FORMATS__PASSWORDS__PAYROLL__PASSWORDS";
    let place = place().with_variable(variable, format!("{PASSWORD}\nnot-this-one"));
    let zones = ["raw", "scan-stage", "manual-review", "scanned-data"];
    let zones: String = zones.iter().map(|zone| format!("{zone} = \"zones/{zone}\"\n")).collect();
    place.write("lakegate.toml", &format!("{CONFIGURED}\n[flows.default.zones]\n{zones}"));
    for output in ["text", "json", "jsonl"] {
        let ran = place.run(&format!("config show --origin --output {output}"));
        assert_eq!(ran.code(), 0, "{ran}");
        assert_unseen(&ran);
        assert!(ran.stdout().contains("formats.passwords.payroll.passwords"), "{ran}");
        assert!(ran.stdout().contains("secrets/invoices"), "{ran}");
    }
    let given = [(variable.to_owned(), PASSWORD.to_owned())];
    let config = Config::load(&place.path("lakegate.toml"), Vec::new(), given).unwrap();
    let debug = format!("{config:?}");
    assert!(!debug.contains(PASSWORD) && !debug.contains("not-this-one"), "a password is shown");
    assert!(debug.contains("Passwords"));
}
