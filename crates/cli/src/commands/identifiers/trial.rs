//! `lakegate identifiers test`: what one identifier finds in a text, and why it finds nothing else.

use super::super::rules::{Explanation, configured, rounded, severity_words};
use super::unknown;
use crate::arguments::{Format, Global, TestIdentifier};
use crate::config::CustomRules;
use crate::exit::Exit;
use crate::failure::{Failure, Report};
use crate::output::Output;
use lakegate_core::sensitive::Sensitive;
use lakegate_core::text::{Block, Context, Layout, Segment};
use lakegate_detect::custom::CustomIdentifier;
use lakegate_detect::{Base, Catalogue, KeywordRule, Match, Ruleset, RulesetScratch, Selection};
use serde::Serialize;
use std::io::Read;

/// A text is at most this long.
const TEXT_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// The id of an identifier that is given by flags.
const ID_OF_FLAGS: &str = "TEST";

/// What the test gave. Of the text itself nothing is printed but masked.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Trial {
    identifier: String,
    count: usize,
    severity: &'static str,
    matches: Vec<Shown>,
    /// What the form fits and what does not count all the same.
    dropped: Vec<Shown>,
    /// What other identifiers find, where this one finds nothing.
    others: Vec<Shown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

/// A match, from `start` up to but without `end`, in Unicode code points from 0.
#[derive(Serialize)]
struct Shown {
    start: usize,
    end: usize,
    #[serde(rename = "type")]
    identifier: String,
    masked: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<Explanation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

/// What is tried on what.
struct Trying<'a> {
    text: &'a str,
    column: Option<&'a str>,
    configured: CustomRules,
}

pub(super) fn run(
    test: &TestIdentifier,
    global: &Global,
    output: &mut Output,
) -> Result<Exit, Failure> {
    let configured = configured(global)?;
    // Nobody shall type a text for an identifier that there is not.
    if let Some(id) = &test.id
        && Catalogue::managed().find(id).is_none()
        && !configured.identifiers.iter().any(|identifier| identifier.id == *id)
    {
        return Err(unknown(id, &configured.identifiers));
    }
    let text = match &test.text {
        Some(text) => text.clone(),
        None => read_text()?,
    };
    let trying = Trying { text: &text, column: test.column.as_deref(), configured };
    let trial = match (&test.regex, &test.id) {
        (Some(regex), _) => trying.custom(&CustomIdentifier {
            keywords: test.keyword.clone(),
            maximum_match_distance: test.distance,
            ignore_words: test.ignore.clone(),
            ..CustomIdentifier::new(ID_OF_FLAGS, regex)
        })?,
        (None, id) => trying.by_id(id.as_deref().unwrap_or_default())?,
    };
    match output.format() {
        Format::Text => output.text(&trial.text())?,
        Format::Json => output.json(&trial)?,
        _ => output.json_line(&trial)?,
    }
    Ok(Exit::Done)
}

fn read_text() -> Result<String, Failure> {
    let failed = |report: Report| Failure::new(Exit::Failed, report);
    let mut bytes = Vec::new();
    let mut input = std::io::stdin().lock().take(TEXT_BYTES_MAX + 1);
    input.read_to_end(&mut bytes).map_err(|error| {
        failed(Report::new("TEST_INPUT", "standard input can not be read").caused_by(&error))
    })?;
    if bytes.len() as u64 > TEXT_BYTES_MAX {
        let message = format!("the text is longer than {TEXT_BYTES_MAX} bytes");
        return Err(failed(Report::new("TEST_INPUT", message)));
    }
    String::from_utf8(bytes).map_err(|_| {
        let report = Report::new("TEST_INPUT", "the text on standard input is not UTF-8");
        failed(report.with_hint("`lakegate scan FILE` inspects files of any encoding"))
    })
}

impl Trying<'_> {
    fn by_id(&self, id: &str) -> Result<Trial, Failure> {
        let custom = self.configured.identifiers.iter().find(|identifier| identifier.id == id);
        match (custom, Catalogue::managed().find(id)) {
            (Some(custom), _) => self.custom(custom),
            (None, Some((number, _))) => self.managed(id, number),
            (None, None) => Err(unknown(id, &self.configured.identifiers)),
        }
    }

    fn custom(&self, identifier: &CustomIdentifier) -> Result<Trial, Failure> {
        let selection = Selection { base: Base::None, excluded: Vec::new() };
        let rules_of = |identifier: &CustomIdentifier| {
            Ruleset::new(&selection, std::slice::from_ref(identifier), Vec::new())
                .map_err(|error| Failure::usage(error.to_string()))
        };
        let rules = rules_of(identifier)?;
        let (found, given_up) = self.detect(&rules);
        // The same regex with no further condition: what is found of it alone has a reason not to count.
        let mut bare = identifier.clone();
        bare.keywords.clear();
        bare.ignore_words.clear();
        let bare_rules = rules_of(&bare)?;
        let dropped = self.detect(&bare_rules).0.into_iter().filter_map(|one| {
            let is_found = found.iter().any(|f| (f.start, f.end) == (one.start, one.end));
            let why = (!is_found).then(|| why_not(identifier, &self.text[one.start..one.end]))?;
            Some(self.shown(&bare_rules, &one, Some(why)))
        });
        let dropped = dropped.collect();
        let trial = self.trial(identifier.id.clone(), &rules, found, dropped);
        Ok(Trial { hint: given_up, ..trial })
    }

    fn managed(&self, id: &str, number: usize) -> Result<Trial, Failure> {
        let rules = Ruleset::new(&Selection::all(), &[], Vec::new())
            .map_err(|error| Failure::usage(error.to_string()))?;
        let (found, others): (Vec<Match>, Vec<Match>) =
            self.detect(&rules).0.into_iter().partition(|one| one.identifier == number);
        let mut trial = self.trial(id.to_owned(), &rules, found, Vec::new());
        if trial.matches.is_empty() && trial.dropped.is_empty() {
            trial.others = others.iter().map(|one| self.shown(&rules, one, None)).collect();
            trial.hint = managed_hint(number);
        }
        Ok(trial)
    }

    /// Sums up; what an allow list takes off does not count.
    fn trial(
        &self,
        identifier: String,
        rules: &Ruleset,
        found: Vec<Match>,
        mut dropped: Vec<Shown>,
    ) -> Trial {
        let mut matches = Vec::new();
        let mut severity = None;
        for one in &found {
            let text = &self.text[one.start..one.end];
            let lists = &self.configured.allow_lists;
            match lists.iter().find(|list| list.takes_off(&identifier, text)) {
                None => matches.push(self.shown(rules, one, None)),
                Some(list) => {
                    let why = format!("it is on the allow list `{}`", list.name());
                    dropped.push(self.shown(rules, one, Some(why)));
                }
            }
            severity = rules.severity(one.identifier, matches.len() as u64);
        }
        let severity = if matches.is_empty() { "none" } else { severity_words(severity) };
        dropped.sort_by_key(|shown| shown.start);
        let (count, others, hint) = (matches.len(), Vec::new(), None);
        Trial { identifier, count, severity, matches, dropped, others, hint }
    }

    /// What is found, and what was given up meanwhile.
    fn detect(&self, rules: &Ruleset) -> (Vec<Match>, Option<String>) {
        let mut found = Vec::new();
        let mut scratch = RulesetScratch::default();
        match self.column {
            None => rules.detect_text(self.text, &mut scratch, &mut found),
            Some(column) => {
                let segment = Segment::whole(self.text);
                let block = Block {
                    contexts: &[Context { names: vec![column.to_owned()] }],
                    layout: Layout::Table,
                    ..Block::of_text(self.text, std::slice::from_ref(&segment))
                };
                rules.detect(&block, &mut scratch, &mut found);
            }
        }
        let given_up = rules.gaps(&scratch).into_iter().next().map(|(_, gap)| gap.detail);
        (found, given_up)
    }

    fn shown(&self, rules: &Ruleset, found: &Match, why: Option<String>) -> Shown {
        let text = &self.text[found.start..found.end];
        let start = self.text[..found.start].chars().count();
        let explained = rules.explain(found);
        let counts = why.is_none();
        Shown {
            start,
            end: start + text.chars().count(),
            identifier: explained.rule.id.to_owned(),
            masked: Sensitive::new(text).masked(),
            score: counts.then(|| rounded(found.score)),
            explanation: counts.then(|| Explanation::of(&explained)),
            why,
        }
    }
}

/// Why a match of the regex does not count.
fn why_not(identifier: &CustomIdentifier, text: &str) -> String {
    match identifier.ignore_words.iter().find(|word| text.contains(word.as_str())) {
        Some(word) => format!("it contains the ignored word {word:?}"),
        None => format!(
            "no keyword ends within {} characters before its end, and none is in the name",
            identifier.maximum_match_distance
        ),
    }
}

/// What a match must have besides its form: which of it failed is not known, for no match came about.
fn managed_hint(number: usize) -> Option<String> {
    let identifier = Catalogue::managed().identifiers().get(number)?;
    let mut needs = Vec::new();
    let checks = identifier.checks();
    if !checks.is_empty() {
        needs.push(format!("a match must pass its check ({})", checks.join(", ")));
    }
    let keyword = match identifier.keyword_rule() {
        KeywordRule::NotNeeded => None,
        KeywordRule::Required => Some("it needs a keyword"),
        KeywordRule::Varies => Some("some of its forms need a keyword"),
    };
    if let Some(keyword) = keyword {
        let distance = identifier.keyword_distance;
        let keywords = identifier.keywords.join(", ");
        needs.push(format!("{keyword} within {distance} characters, or in the name: {keywords}"));
    }
    (!needs.is_empty()).then(|| needs.join("; "))
}

impl Trial {
    fn text(&self) -> String {
        let matches = if self.count == 1 { "match" } else { "matches" };
        let mut out =
            format!("{}: {} {matches}, severity {}\n", self.identifier, self.count, self.severity);
        let line = |shown: &Shown, named: bool| {
            let name = if named { format!("{} ", shown.identifier) } else { String::new() };
            let words = match (&shown.why, &shown.explanation) {
                (Some(why), _) => why.clone(),
                (None, Some(explanation)) => explanation.words(),
                (None, None) => String::new(),
            };
            let score = shown.score.map_or(String::new(), |score| format!("; score {score}"));
            let Shown { start, end, masked, .. } = shown;
            format!("  {start}..{end}  {name}{masked}\n      {words}{score}\n")
        };
        self.matches.iter().for_each(|shown| out.push_str(&line(shown, false)));
        for (head, list, named) in
            [("Does not count:", &self.dropped, false), ("Found instead:", &self.others, true)]
        {
            if !list.is_empty() {
                out.push_str(&format!("{head}\n"));
                list.iter().for_each(|shown| out.push_str(&line(shown, named)));
            }
        }
        if let Some(hint) = &self.hint {
            out.push_str(&format!("{}: {hint}\n", self.identifier));
        }
        out
    }
}
