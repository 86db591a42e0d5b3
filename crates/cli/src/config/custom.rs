//! `[[custom_identifiers]]` and `[[allow_lists]]`: what is looked for beside the managed identifiers, and
//! what is not sensitive all the same.

use super::problem::ProblemKind;
use super::reader::Section;
use super::setting::{Given, Setting};
use lakegate_core::verdict::Severity;
use lakegate_detect::custom::{
    CustomIdentifier, DISTANCE_DEFAULT, DISTANCE_MAX, DISTANCE_MIN, SeverityLevel,
};
use lakegate_detect::{ALLOW_BYTES_MAX, AllowList, Catalogue};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const SEVERITIES: [(&str, Severity); 3] =
    [("Low", Severity::Low), ("Medium", Severity::Medium), ("High", Severity::High)];

/// The custom identifiers and allow lists of a configuration.
#[derive(Clone, Debug, Default)]
pub struct CustomRules {
    /// The identifiers, as they are written.
    pub identifiers: Vec<CustomIdentifier>,
    /// The allow lists, with what was in their files when they were read.
    pub allow_lists: Vec<Arc<AllowList>>,
}

impl CustomRules {
    pub(super) fn read(section: &mut Section<'_, '_>) -> Self {
        let mut identifiers = section.list_of_sections("custom_identifiers", identifier);
        let allow_lists = section.list_of_sections("allow_lists", allow_list);
        let ids: Vec<&str> = identifiers.iter().map(|identifier| identifier.id.as_str()).collect();
        let names: Vec<&str> = allow_lists.iter().map(|list| list.name()).collect();
        refuse_doubles("custom_identifiers", "id", &ids, section);
        refuse_doubles("allow_lists", "name", &names, section);
        let mut seen = BTreeSet::new();
        identifiers.retain(|identifier| seen.insert(identifier.id.clone()));
        Self { identifiers, allow_lists }
    }

    /// Those that a flow uses.
    pub(super) fn chosen(&self, section: &mut Section<'_, '_>) -> Self {
        let ids = chosen("custom_identifiers", section, |wanted| {
            self.identifiers.iter().any(|identifier| identifier.id == wanted)
        });
        let lists = chosen("allow_lists", section, |wanted| {
            self.allow_lists.iter().any(|list| list.name() == wanted)
        });
        let identifiers = self.identifiers.iter().filter(|identifier| ids.takes(&identifier.id));
        let allow_lists = self.allow_lists.iter().filter(|list| lists.takes(list.name()));
        Self {
            identifiers: identifiers.cloned().collect(),
            allow_lists: allow_lists.cloned().collect(),
        }
    }
}

fn refuse_doubles(key: &'static str, what: &str, names: &[&str], section: &mut Section<'_, '_>) {
    for (index, name) in names.iter().enumerate() {
        if names[..index].contains(name) {
            let message = format!("`{key}`: the {what} `{name}` is taken");
            section.refuse(Some(key), ProblemKind::Conflict, message, None);
        }
    }
}

fn identifier(section: &mut Section<'_, '_>) -> Option<CustomIdentifier> {
    let id: Option<String> = section.required("id", "EMPLOYEE_ID");
    let name: Option<String> = section.optional("name", "Employee number");
    let description: Option<String> = section.optional("description", "The number on every badge.");
    let regex: Option<String> = section.required("regex", "EMP-\\d{6}");
    let keywords: Option<Vec<String>> = section.optional("keywords", json!(["employee", "badge"]));
    let distance = section.number(
        "maximum_match_distance",
        u64::from(DISTANCE_DEFAULT),
        (u64::from(DISTANCE_MIN), u64::from(DISTANCE_MAX)),
    );
    let ignore_words: Option<Vec<String>> = section.optional("ignore_words", json!(["EMP-000000"]));
    let severity_levels = section.list_of_sections("severity_levels", severity_level);
    let id = id?;
    let definition = CustomIdentifier {
        name: name.unwrap_or_else(|| id.clone()),
        description: description.unwrap_or_default(),
        regex: regex?,
        keywords: keywords.unwrap_or_default(),
        maximum_match_distance: u32::try_from(distance).unwrap_or(DISTANCE_MAX),
        ignore_words: ignore_words.unwrap_or_default(),
        severity_levels,
        id,
    };
    let problems = definition.problems();
    for problem in &problems {
        let message = format!("custom identifier `{}`: {problem}", definition.id);
        section.refuse(Some(problem.field()), ProblemKind::Value, message, None);
    }
    if Catalogue::managed().find(&definition.id).is_some() {
        let message =
            format!("custom identifier `{}`: a managed identifier has this id", definition.id);
        section.refuse(Some("id"), ProblemKind::Conflict, message, None);
        return None;
    }
    problems.is_empty().then_some(definition)
}

fn severity_level(section: &mut Section<'_, '_>) -> Option<SeverityLevel> {
    let from: Option<u64> = section.required("from", 1);
    let severity = section.choice("severity", Severity::Medium, &SEVERITIES);
    Some(SeverityLevel { occurrences_threshold: from?, severity })
}

fn allow_list(section: &mut Section<'_, '_>) -> Option<Arc<AllowList>> {
    let name: Option<String> = section.required("name", "public numbers");
    let words_file: Option<PathBuf> = section.optional("words_file", "allow.txt");
    let regex: Option<String> = section.optional("regex", "EMP-9{6}");
    let is_written = section.is_given("words_file") || section.is_given("regex");
    let name = name?;
    let (key, list) = match (words_file, regex) {
        (Some(file), None) => {
            let list = read_words(&file)
                .and_then(|content| AllowList::words(&*name, &content).map_err(|e| e.to_string()))
                .map_err(|why| format!("{}: {why}", file.display()));
            ("words_file", list)
        }
        (None, Some(regex)) => {
            ("regex", AllowList::regex(&*name, &regex).map_err(|error| error.to_string()))
        }
        (None, None) if is_written => return None,
        (given, _) => {
            let how_many = if given.is_some() { "both" } else { "neither" };
            let message =
                format!("allow list `{name}` has {how_many} of `words_file` and `regex`, not one");
            section.refuse(None, ProblemKind::Conflict, message, None);
            return None;
        }
    };
    match list {
        Ok(list) => Some(Arc::new(list)),
        Err(why) => {
            let message = format!("allow list `{name}`: {why}");
            section.refuse(Some(key), ProblemKind::Value, message, None);
            None
        }
    }
}

/// The file of a list of words. It is read when Lakegate starts; a file that can not be read stops it,
/// since people count on what is in it.
fn read_words(file: &Path) -> Result<Vec<u8>, String> {
    let length = std::fs::metadata(file).map_err(|error| error.to_string())?.len();
    if length > ALLOW_BYTES_MAX {
        return Err(format!("the list is longer than {ALLOW_BYTES_MAX} bytes"));
    }
    std::fs::read(file).map_err(|error| error.to_string())
}

/// Which of what is configured a flow uses.
enum Chosen {
    All,
    Only(Vec<String>),
}

impl Chosen {
    fn takes(&self, name: &str) -> bool {
        match self {
            Chosen::All => true,
            Chosen::Only(names) => names.iter().any(|chosen| chosen == name),
        }
    }
}

fn chosen(
    key: &'static str,
    section: &mut Section<'_, '_>,
    exists: impl Fn(&str) -> bool,
) -> Chosen {
    section.value_where(key, Chosen::All, |chosen| match chosen {
        Chosen::All => Ok(()),
        Chosen::Only(names) => match names.iter().find(|name| !exists(name)) {
            None => Ok(()),
            Some(name) => Err(format!("names `{name}`, which there is not in `[[{key}]]`")),
        },
    })
}

impl Setting for Chosen {
    const KIND: &'static str = "all or an array of names";

    fn read(given: Given<'_>, base: &Path) -> Result<Self, String> {
        match given.text() {
            Ok("all") => Ok(Chosen::All),
            _ => Ok(Chosen::Only(Setting::read(given, base)?)),
        }
    }

    fn show(&self) -> Json {
        match self {
            Chosen::All => json!("all"),
            Chosen::Only(names) => json!(names),
        }
    }
}
