//! The commented file that `init` writes holds every option, with its default.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A test that fails may panic.

use lakegate_cli::config::{ANY_NAME, Config, Effective, Origin, TEMPLATE, toml_text};
use std::collections::BTreeMap;
use std::path::Path;

/// Tables of the template whose names an operator would choose.
const CHOSEN_NAMES: [&str; 3] =
    ["flows.default", "notify.webhooks.operations", "formats.passwords.invoices"];

/// Options that exclude each other: the template shows both, commented out.
const ALTERNATIVES: [&str; 2] = ["#url_file = ", "#words_file = "];

fn parse(text: &str) -> Config {
    Config::parse(Path::new("/etc/lakegate.toml"), text, Vec::new(), [])
        .unwrap_or_else(|error| panic!("{error}"))
}

/// The template with every option in force that can be.
fn uncommented(leave: impl Fn(&str) -> bool) -> String {
    let line = |line: &str| match line.strip_prefix('#') {
        Some(rest) if rest.starts_with(|c: char| c != ' ') && !leave(line) => format!("{rest}\n"),
        _ => format!("{line}\n"),
    };
    TEMPLATE.lines().map(line).collect()
}

/// The key as the schema has it.
fn schema_key(key: &str) -> String {
    let mut key = key.replace("[0]", "");
    for chosen in CHOSEN_NAMES {
        let parent = chosen.rsplit_once('.').unwrap().0;
        key = key.replace(&format!("{chosen}."), &format!("{parent}.{ANY_NAME}."));
    }
    key
}

fn by_schema_key(config: &Config) -> BTreeMap<String, &Effective> {
    config.effective.iter().map(|effective| (schema_key(&effective.key), effective)).collect()
}

#[test]
fn it_parses_to_the_defaults() {
    let config = parse(TEMPLATE);
    let effective = by_schema_key(&config);
    for declared in config.declared.iter().filter(|declared| declared.is_default) {
        // A section that is commented out has no values.
        let Some(effective) = effective.get(&declared.key) else { continue };
        let shown = effective.value.clone().unwrap();
        let shown = toml_text(&shown).replace("/etc/", "");
        assert_eq!(shown, toml_text(&declared.example), "{}", declared.key);
    }
}

#[test]
fn every_option_stands_in_it_with_its_default_or_an_example() {
    // In the file itself the file of a secret does not exist.
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("secrets")).unwrap();
    for secret in ["password", "passwords", "secret", "url"] {
        std::fs::write(folder.path().join("secrets").join(secret), "secret\n").unwrap();
    }
    let file = folder.path().join("lakegate.toml");
    let without_alternatives =
        uncommented(|line| ALTERNATIVES.iter().any(|other| line.starts_with(other)));
    // An option that only goes with another value of its neighbour.
    let text =
        without_alternatives.replace("encryption = \"bucket-default\"", "encryption = \"kms\"");
    let config =
        Config::parse(&file, &text, Vec::new(), []).unwrap_or_else(|error| panic!("{error}"));
    let effective = by_schema_key(&config);
    for declared in config.declared.iter().filter(|declared| declared.in_file) {
        let key = declared.key.as_str();
        let is_alternative = key.ends_with(".url_file") || key.ends_with(".words_file");
        if is_alternative || key.starts_with("flows.*.s3.") {
            continue;
        }
        let set = effective.get(key).unwrap_or_else(|| panic!("{key} is not in the template"));
        assert!(matches!(set.origin, Origin::File(_)), "{key} is not in the template");
        let Some(value) = &set.value else { continue };
        if key.ends_with(".encryption") {
            continue;
        }
        let folder = format!("{}/", folder.path().display());
        let shown = toml_text(value).replace(&folder, "");
        assert_eq!(shown, toml_text(&declared.example), "{key}");
    }
}

#[test]
fn its_lines_are_readable() {
    for line in TEMPLATE.lines() {
        assert!(line.chars().count() <= 120, "{line}");
    }
}
