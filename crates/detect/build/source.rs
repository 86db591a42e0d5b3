//! The shape of a family file under `identifiers/`.

use serde::Deserialize;
use std::collections::BTreeMap;

/// One family file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Family {
    /// What holds for all its identifiers that do not say otherwise.
    #[serde(default)]
    pub defaults: Defaults,
    /// The identifiers, in the order in which they are listed to people.
    pub identifiers: Vec<Identifier>,
}

/// What a family's identifiers have in common.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Defaults {
    pub category: Option<String>,
    pub severity: Option<BTreeMap<u64, String>>,
    pub countries: Option<Vec<String>>,
    pub recommended: Option<bool>,
}

impl Family {
    /// The identifiers, each with its family's defaults filled in.
    pub fn complete(self) -> Vec<Identifier> {
        let Family { defaults, mut identifiers } = self;
        for identifier in &mut identifiers {
            if identifier.category.is_none() {
                identifier.category.clone_from(&defaults.category);
            }
            if identifier.severity.is_none() {
                identifier.severity.clone_from(&defaults.severity);
            }
            if identifier.countries.is_none() {
                identifier.countries.clone_from(&defaults.countries);
            }
            identifier.recommended = identifier.recommended.or(defaults.recommended);
        }
        identifiers
    }
}

/// One identifier as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identifier {
    pub id: String,
    pub name: String,
    pub category: Option<String>,
    pub countries: Option<Vec<String>>,
    pub recommended: Option<bool>,
    pub description: String,
    /// Level by least count: `{1: LOW, 2: MEDIUM, 100: HIGH}`.
    pub severity: Option<BTreeMap<u64, String>>,
    #[serde(default)]
    pub keywords: Vec<String>,
    #[serde(default = "default_keyword_distance")]
    pub keyword_distance: u32,
    /// `name`, `address` or `medical_term`, for what a model finds and no pattern.
    pub model: Option<String>,
    #[serde(default)]
    pub patterns: Vec<Pattern>,
    pub references: Vec<String>,
    pub examples: Vec<Example>,
    pub counter_examples: Vec<Example>,
}

/// Macie's distance (macie-engine, section 3), in characters.
fn default_keyword_distance() -> u32 {
    30
}

/// One pattern of an identifier: a regex, or an IBAN structure in the notation of SWIFT's registry.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pattern {
    pub regex: Option<String>,
    pub iban: Option<String>,
    /// `none`, `required` or `absent`.
    #[serde(default = "default_keyword")]
    pub keyword: String,
    /// Where the engine looks for a start (`src/candidates.rs`): `token` (the usual), `at`, `scheme`,
    /// `colons`, `tilde` or `assigned`.
    #[serde(default = "default_anchor")]
    pub anchor: String,
    #[serde(default = "default_edge")]
    pub left: String,
    #[serde(default = "default_edge")]
    pub right: String,
    pub check: Option<String>,
    /// What form and check prove: `form`, `checksum` or `distinctive`.
    #[serde(default = "default_proof")]
    pub proof: String,
}

fn default_keyword() -> String {
    "none".into()
}

fn default_anchor() -> String {
    "token".into()
}

fn default_edge() -> String {
    "alnum".into()
}

fn default_proof() -> String {
    "form".into()
}

/// A text in which the identifier must (or must not) be found.
#[derive(Deserialize)]
#[serde(untagged)]
pub enum Example {
    /// Free text.
    Text(String),
    /// A value of a column.
    Cell { text: String, column: String },
}

/// Expands an IBAN structure such as `DE2!n8!n10!n` to a regex for capitals and small letters that
/// allows one space or hyphen after the country and after every fourth character.
pub fn iban_regex(structure: &str) -> Result<String, String> {
    let (country, mut rest) = structure.split_at_checked(2).ok_or("too short")?;
    let mut classes: Vec<String> =
        country.chars().map(|c| format!("[{c}{}]", c.to_ascii_lowercase())).collect();
    while !rest.is_empty() {
        let (count, tail) = rest.split_once('!').ok_or_else(|| format!("no `!` in {rest}"))?;
        let count: usize = count.parse().map_err(|_| format!("no length in {rest}"))?;
        let class = match tail.as_bytes().first() {
            Some(b'n') => "[0-9]",
            Some(b'a') => "[A-Za-z]",
            Some(b'c') => "[A-Za-z0-9]",
            _ => return Err(format!("unknown class in {rest}")),
        };
        classes.extend(std::iter::repeat_n(class.to_string(), count));
        rest = &tail[1..];
    }
    let mut regex = String::new();
    for (index, class) in classes.iter().enumerate() {
        if index == 2 || index > 0 && index % 4 == 0 {
            regex.push_str(r"(?:[ -]|[ -]?\r?\n)?");
        }
        regex.push_str(class);
    }
    Ok(regex)
}
