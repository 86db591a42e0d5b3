//! A custom identifier, shown.

use super::unknown;
use crate::arguments::Format;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use lakegate_core::detection::Category;
use lakegate_core::finding::custom_arn;
use lakegate_detect::custom::CustomIdentifier;
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Details<'a> {
    id: &'a str,
    arn: String,
    name: &'a str,
    category: Category,
    description: &'a str,
    regex: &'a str,
    keywords: &'a [String],
    maximum_match_distance: u32,
    ignore_words: &'a [String],
    severity_levels: Vec<Level>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Level {
    occurrences_threshold: u64,
    severity: &'static str,
}

impl<'a> Details<'a> {
    fn of(identifier: &'a CustomIdentifier) -> Self {
        let levels = identifier.severity_levels.iter().map(|level| Level {
            occurrences_threshold: level.occurrences_threshold,
            severity: level.severity.as_str(),
        });
        Self {
            id: &identifier.id,
            arn: custom_arn(&identifier.id),
            name: &identifier.name,
            category: Category::CustomIdentifier,
            description: &identifier.description,
            regex: &identifier.regex,
            keywords: &identifier.keywords,
            maximum_match_distance: identifier.maximum_match_distance,
            ignore_words: &identifier.ignore_words,
            severity_levels: levels.collect(),
        }
    }

    fn text(&self) -> String {
        let mut out = format!("{}: {}\n\n", self.id, self.name);
        if !self.description.is_empty() {
            out.push_str(&format!("{}\n\n", self.description.trim()));
        }
        out.push_str(&format!("Category     {}\n", self.category.as_str()));
        let level = |l: &Level| format!("{} from {}", l.severity, l.occurrences_threshold);
        let levels: Vec<String> = self.severity_levels.iter().map(level).collect();
        let levels = if levels.is_empty() { "Medium".to_owned() } else { levels.join(", ") };
        out.push_str(&format!("Severity     {levels}\n"));
        out.push_str(&format!("Regex        {}\n", self.regex));
        let keywords = match self.keywords {
            [] => "not needed".to_owned(),
            keywords => {
                let distance = self.maximum_match_distance;
                format!("required, within {distance} characters: {}", keywords.join(", "))
            }
        };
        out.push_str(&format!("Keyword      {keywords}\n"));
        if !self.ignore_words.is_empty() {
            out.push_str(&format!("Ignored      {}\n", self.ignore_words.join(", ")));
        }
        out
    }
}

pub(super) fn show(
    id: &str,
    configured: &[CustomIdentifier],
    output: &mut Output,
) -> Result<Exit, Failure> {
    let Some(identifier) = configured.iter().find(|identifier| identifier.id == id) else {
        return Err(unknown(id, configured));
    };
    let details = Details::of(identifier);
    match output.format() {
        Format::Text => output.text(&details.text())?,
        Format::Json => output.json(&details)?,
        _ => output.json_line(&details)?,
    }
    Ok(Exit::Done)
}
