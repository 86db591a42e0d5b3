//! `lakegate identifiers list|show|check|test`

mod custom;
mod trial;

use super::rules::configured;
use crate::arguments::{Format, Global, Identifiers};
use crate::exit::Exit;
use crate::failure::{Failure, Report};
use crate::output::{Output, Row};
use lakegate_core::detection::Category;
use lakegate_detect::custom::CustomIdentifier;
use lakegate_detect::{Catalogue, Example, Identifier, KeywordRule, Selection, check};
use serde::Serialize;

pub(super) fn run(
    command: &Identifiers,
    global: &Global,
    output: &mut Output,
) -> Result<Exit, Failure> {
    match command {
        Identifiers::List => {
            let custom = configured(global)?.identifiers;
            let managed = Catalogue::managed().identifiers().iter().map(Summary::of);
            let rows: Vec<Summary> = managed.chain(custom.iter().map(Summary::of_custom)).collect();
            output.rows(&rows)?;
            Ok(Exit::Done)
        }
        Identifiers::Show { id } => match Catalogue::managed().find(id) {
            Some((_, identifier)) => show(identifier, output),
            None => custom::show(id, &configured(global)?.identifiers, output),
        },
        Identifiers::Check => prove(output),
        Identifiers::Test(test) => trial::run(test, global, output),
    }
}

/// There is no such identifier; the answer names the id that looks most like it.
fn unknown(id: &str, configured: &[CustomIdentifier]) -> Failure {
    let error = Selection::among(id, "", configured, false).err();
    let message = error.map_or_else(|| format!("`{id}` is no id"), |error| error.to_string());
    let hint = "`lakegate identifiers list` names them all";
    Failure::new(Exit::Usage, Report::new("IDENTIFIER", message).with_hint(hint))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    id: String,
    name: String,
    category: Category,
    countries: &'static [&'static str],
    recommended: bool,
    keyword: &'static str,
}

impl Summary {
    fn of(identifier: &Identifier) -> Self {
        Self {
            id: identifier.id.to_owned(),
            name: identifier.name.to_owned(),
            category: identifier.category,
            countries: identifier.countries,
            recommended: identifier.recommended,
            keyword: keyword_rule(identifier),
        }
    }

    fn of_custom(identifier: &CustomIdentifier) -> Self {
        Self {
            id: identifier.id.clone(),
            name: identifier.name.clone(),
            category: Category::CustomIdentifier,
            countries: &[],
            recommended: false,
            keyword: if identifier.keywords.is_empty() { "not needed" } else { "required" },
        }
    }
}

impl Row for Summary {
    const HEADS: &'static [&'static str] =
        &["ID", "CATEGORY", "COUNTRIES", "KEYWORD", "RECOMMENDED", "NAME"];

    fn cells(&self) -> Vec<String> {
        let countries =
            if self.countries.is_empty() { "-".to_owned() } else { self.countries.join(",") };
        vec![
            self.id.clone(),
            self.category.as_str().to_owned(),
            countries,
            self.keyword.to_owned(),
            if self.recommended { "yes" } else { "no" }.to_owned(),
            self.name.clone(),
        ]
    }
}

fn keyword_rule(identifier: &Identifier) -> &'static str {
    match identifier.keyword_rule() {
        KeywordRule::NotNeeded => "not needed",
        KeywordRule::Varies => "varies",
        KeywordRule::Required => "required",
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    #[serde(flatten)]
    summary: Summary,
    description: &'static str,
    severity: Vec<Level>,
    keywords: &'static [&'static str],
    keyword_distance: u32,
    references: &'static [&'static str],
    examples: Vec<Sample>,
    counter_examples: Vec<Sample>,
}

/// The severity from a count on.
#[derive(Serialize)]
struct Level {
    from: u64,
    severity: &'static str,
}

#[derive(Serialize)]
struct Sample {
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<&'static str>,
    text: &'static str,
}

impl Sample {
    fn of(example: &Example) -> Self {
        Self { column: example.column, text: example.text }
    }

    fn line(&self) -> String {
        let text = self.text.escape_debug();
        match self.column {
            Some(column) => format!("  {text}  (column {column})\n"),
            None => format!("  {text}\n"),
        }
    }
}

impl Details {
    fn of(identifier: &Identifier) -> Self {
        let levels = identifier.severity.iter();
        Self {
            summary: Summary::of(identifier),
            description: identifier.description,
            severity: levels
                .map(|(from, level)| Level { from: *from, severity: level.as_str() })
                .collect(),
            keywords: identifier.keywords,
            keyword_distance: identifier.keyword_distance,
            references: identifier.references,
            examples: identifier.examples.iter().map(Sample::of).collect(),
            counter_examples: identifier.counter_examples.iter().map(Sample::of).collect(),
        }
    }

    fn text(&self) -> String {
        let Self { summary, .. } = self;
        let mut out =
            format!("{}: {}\n\n{}\n\n", summary.id, summary.name, self.description.trim());
        out.push_str(&format!("Category     {}\n", summary.category.as_str()));
        if !summary.countries.is_empty() {
            out.push_str(&format!("Countries    {}\n", summary.countries.join(", ")));
        }
        let recommended = if summary.recommended { "yes" } else { "no" };
        out.push_str(&format!("Recommended  {recommended}\n"));
        let levels: Vec<String> =
            self.severity.iter().map(|l| format!("{} from {}", l.severity, l.from)).collect();
        out.push_str(&format!("Severity     {}\n", levels.join(", ")));
        out.push_str(&format!("Keyword      {}", summary.keyword));
        if !self.keywords.is_empty() {
            let distance = self.keyword_distance;
            let keywords = self.keywords.join(", ");
            out.push_str(&format!(", within {distance} characters: {keywords}"));
        }
        for (head, samples) in
            [("Found in", &self.examples), ("Not found in", &self.counter_examples)]
        {
            out.push_str(&format!("\n\n{head}\n"));
            samples.iter().for_each(|sample| out.push_str(&sample.line()));
            out.truncate(out.trim_end().len());
        }
        out.push_str("\n\nReferences\n");
        self.references.iter().for_each(|reference| out.push_str(&format!("  {reference}\n")));
        out
    }
}

fn show(identifier: &Identifier, output: &mut Output) -> Result<Exit, Failure> {
    let details = Details::of(identifier);
    match output.format() {
        Format::Text => output.text(&details.text())?,
        Format::Json => output.json(&details)?,
        _ => output.json_line(&details)?,
    }
    Ok(Exit::Done)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Proof {
    identifiers: usize,
    examples: usize,
    counter_examples: usize,
    problems: Vec<String>,
}

fn prove(output: &mut Output) -> Result<Exit, Failure> {
    let identifiers = Catalogue::managed().identifiers();
    let proof = Proof {
        identifiers: identifiers.len(),
        examples: identifiers.iter().map(|i| i.examples.len()).sum(),
        counter_examples: identifiers.iter().map(|i| i.counter_examples.len()).sum(),
        problems: check(),
    };
    match output.format() {
        Format::Text => output.text(&format!(
            "{} identifiers, {} examples, {} counter-examples: {}\n",
            proof.identifiers,
            proof.examples,
            proof.counter_examples,
            if proof.problems.is_empty() { "all hold" } else { "not all hold" }
        ))?,
        Format::Json => output.json(&proof)?,
        _ => output.json_line(&proof)?,
    }
    if proof.problems.is_empty() {
        return Ok(Exit::Done);
    }
    let reports = proof.problems.into_iter().map(|problem| Report::new("IDENTIFIER", problem));
    Err(Failure { exit: Exit::Failed, reports: reports.collect() })
}
