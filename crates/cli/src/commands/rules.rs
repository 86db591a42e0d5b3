//! What `scan`, `detect` and `identifiers` look for: the flags' selection, and the configuration's custom
//! identifiers and allow lists.

use super::environment;
use crate::arguments::{Global, Selection as Selected};
use crate::config::{Config, CustomRules, Ocr};
use crate::exit::Exit;
use crate::failure::{Failure, Report};
use lakegate_core::verdict::Severity;
use lakegate_detect::{Error, Evidence, Explained, KeywordPlace, Proof, Ruleset, Selection};
use lakegate_extract::Limits;
use lakegate_scan::SourcePasswords;
use serde::Serialize;
use std::path::Path;

/// The name of the configuration that need not be there.
const USUAL_FILE: &str = "lakegate.toml";

/// The rules that the flags ask for.
pub(super) fn ruleset(flags: &Selected, global: &Global) -> Result<Ruleset, Failure> {
    let Selected { identifiers, exclude, custom } = flags;
    let managed = Selection::parse(identifiers, exclude);
    let names_custom = matches!(managed, Err(Error::UnknownIdentifier { .. }));
    let rules = match (custom, names_custom) {
        (true, _) => Config::load_without_flow(&global.config, environment())?.custom,
        (false, true) => configured(global)?,
        (false, false) => CustomRules::default(),
    };
    Selection::among(identifiers, exclude, &rules.identifiers, *custom)
        .and_then(|(selection, chosen)| Ruleset::new(&selection, &chosen, rules.allow_lists))
        .map_err(|error| refused(&error, global))
}

/// Why a selection can not be used, with where to look.
fn refused(error: &Error, global: &Global) -> Failure {
    let report = Report::new("USAGE", error.to_string());
    let hint = match error {
        Error::UnknownIdentifier { .. } if global.config.exists() => {
            "`lakegate identifiers list` names them all".to_owned()
        }
        Error::UnknownIdentifier { .. } => format!(
            "`lakegate identifiers list` names them all; custom ones are read from {}, which does not exist",
            global.config.display()
        ),
        Error::NothingSelected => {
            "name some with --identifiers, or look for those of the configuration with --custom"
                .to_owned()
        }
        _ => return Failure::new(Exit::Usage, report),
    };
    Failure::new(Exit::Usage, report.with_hint(hint))
}

/// The configuration's custom identifiers and allow lists; none where there is no configuration.
pub(super) fn configured(global: &Global) -> Result<CustomRules, Failure> {
    let is_usual = global.config == Path::new(USUAL_FILE);
    if is_usual && !global.config.exists() {
        return Ok(CustomRules::default());
    }
    Ok(Config::load_without_flow(&global.config, environment())?.custom)
}

/// What the configuration says of reading objects.
#[derive(Default)]
pub(super) struct Reading {
    /// The limits of reading.
    pub limits: Limits,
    /// How pictures are read.
    pub ocr: Ocr,
    /// The passwords of encrypted objects.
    pub passwords: Vec<SourcePasswords>,
}

/// How objects are read, as the configuration has it; where there is none, the defaults.
pub(super) fn reading(global: &Global) -> Result<Reading, Failure> {
    let is_usual = global.config == Path::new(USUAL_FILE);
    if is_usual && !global.config.exists() {
        return Ok(Reading::default());
    }
    let config = Config::load_without_flow(&global.config, environment())?;
    let passwords = config.source_passwords(None);
    Ok(Reading { limits: config.formats, ocr: config.ocr, passwords })
}

/// Why a match is one, for output.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Explanation {
    /// The identifier.
    rule: String,
    /// What form and check prove.
    proof: &'static str,
    /// The check that was passed.
    check: Option<&'static str>,
    /// The keyword that was needed.
    keyword: Option<String>,
    /// Characters to it; none where it is the column's or field's name.
    distance: Option<u16>,
    /// Whether the keyword is in the column's or field's name.
    column: bool,
    /// Whether the match is assigned to the keyword: `keyword = match`.
    assigned: bool,
}

impl Explanation {
    pub(super) fn of(explained: &Explained<'_>) -> Self {
        let place = explained.keyword.map(|Evidence { place, .. }| place);
        Self {
            rule: explained.rule.id.to_owned(),
            proof: match explained.proof {
                Proof::Model => "model",
                Proof::Form => "form",
                Proof::Checksum => "checksum",
                Proof::Distinctive => "distinctive",
            },
            check: explained.check,
            keyword: explained.keyword.map(|evidence| evidence.keyword.to_owned()),
            distance: match place {
                Some(KeywordPlace::Value { distance, .. }) => Some(distance),
                Some(KeywordPlace::Name | KeywordPlace::Assigned) | None => None,
            },
            column: place == Some(KeywordPlace::Name),
            assigned: place == Some(KeywordPlace::Assigned),
        }
    }

    /// For people: `its check digits fit; check luhn; keyword "card" at a distance of 3`.
    pub(super) fn words(&self) -> String {
        let mut words = match self.proof {
            "model" => "a model takes it for one".to_owned(),
            "checksum" => "its check digits fit".to_owned(),
            "distinctive" => "nothing else has this form".to_owned(),
            _ => "its form fits".to_owned(),
        };
        if let Some(check) = self.check {
            words.push_str(&format!("; check {check}"));
        }
        if let Some(keyword) = &self.keyword {
            let place = match self.distance {
                Some(distance) => format!("at a distance of {distance}"),
                None if self.assigned => "that it is assigned to".to_owned(),
                None => "in the name".to_owned(),
            };
            words.push_str(&format!("; keyword {keyword:?} {place}"));
        }
        words
    }
}

/// The score in three decimals: more would be the noise of a short float in a long one.
pub(super) fn rounded(score: f32) -> f64 {
    (f64::from(score) * 1_000.0).round() / 1_000.0
}

/// A severity, or that there is no detection.
pub(super) fn severity_words(severity: Option<Severity>) -> &'static str {
    severity.map_or("none: fewer than its lowest severity level asks for", Severity::as_str)
}
