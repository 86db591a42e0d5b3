//! `lakegate objects list|show`, and `lakegate restore`

use super::load_config;
use crate::arguments::{Format, Global, Objects, Restore};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, Row};
use crate::session::{ObjectFilter, Session, block_on};
use lakegate_server::view::{ObjectStory, ObjectView};

/// Objects that may bear the key that is asked for.
const SAME_KEY_MAX: u32 = 1_000;

/// Occurrences that are shown of each detection.
const SAMPLES_MAX: usize = 5;

pub(super) fn run(
    command: &Objects,
    global: &Global,
    output: &mut Output,
) -> Result<Exit, Failure> {
    let config = load_config(global, Vec::new())?;
    match command {
        Objects::List { run, state, verdict, archived, key, limit } => {
            let filter = ObjectFilter {
                run: run.clone(),
                state: state.clone(),
                verdict: verdict.clone(),
                archived: *archived,
                key: key.clone(),
                limit: *limit,
            };
            let page = block_on(async { Session::open(config).await?.objects(&filter).await })?;
            output.rows(&page.objects)?;
            if page.next.is_some() {
                output.note("There are more: raise --limit, or narrow with --run, --state, --key.");
            }
        }
        Objects::Show { object } => {
            let story = block_on(async {
                let session = Session::open(config).await?;
                let id = last_of_that_name(&session, object).await?;
                session.story(&id).await
            })?;
            match output.format() {
                Format::Json => output.json(&story)?,
                Format::Jsonl => output.json_line(&story)?,
                _ => output.text(&text(&story))?,
            }
        }
    }
    Ok(Exit::Done)
}

/// An id as it is; for a key, the id of the last object that bore it.
async fn last_of_that_name(session: &Session, name: &str) -> Result<String, Failure> {
    let filter =
        ObjectFilter { key: Some(name.to_owned()), limit: SAME_KEY_MAX, ..ObjectFilter::default() };
    let page = session.objects(&filter).await?;
    let same = page.objects.into_iter().rfind(|object| object.key == name);
    Ok(same.map_or_else(|| name.to_owned(), |object| object.object))
}

pub(super) fn restore(
    arguments: &Restore,
    global: &Global,
    output: &mut Output,
) -> Result<Exit, Failure> {
    let config = load_config(global, Vec::new())?;
    let restored = block_on(async {
        let session = Session::open(config).await?;
        let mut restored = Vec::new();
        for object in &arguments.objects {
            restored.push(session.restore(object).await?);
        }
        Ok(restored)
    })?;
    output.rows(&restored)?;
    output.note("Back in raw; the next run inspects what was restored anew.");
    Ok(Exit::Done)
}

impl Row for ObjectView {
    const HEADS: &'static [&'static str] =
        &["OBJECT", "STATE", "VERDICT", "SEVERITY", "FOUND", "KEY"];

    fn cells(&self) -> Vec<String> {
        let found: Vec<String> =
            self.detections.iter().map(|d| format!("{} {}", d.count, d.identifier)).collect();
        let dash = |text: Option<&str>| text.unwrap_or("-").to_owned();
        let archived = if self.archived { " (archived)" } else { "" };
        let found = match found.is_empty() {
            true => dash(self.code.as_deref()),
            false => format!("{}{archived}", found.join(", ")),
        };
        vec![
            self.object.clone(),
            self.state.clone(),
            dash(self.verdict.as_deref()),
            dash(self.severity.as_deref()),
            found,
            self.key.escape_debug().to_string(),
        ]
    }
}

fn text(story: &ObjectStory) -> String {
    let object = &story.object;
    let mut out = format!(
        "Object   {}\nKey      {}\nRun      {}\nState    {}\nWhere    {}\nVerdict  {}\nSize     {} bytes\n",
        object.object,
        object.key.escape_debug(),
        object.run,
        object.state,
        match (&object.zone, &object.place) {
            (Some(zone), Some(place)) => format!("{zone}: {}", place.escape_debug()),
            _ => "nowhere any more".to_owned(),
        },
        object.verdict.as_deref().unwrap_or("none yet"),
        object.size_bytes,
    );
    if let Some(hash) = &object.content_hash {
        out.push_str(&format!("Content  BLAKE3 {hash}\n"));
    }
    if let Some(rule) = &object.archived_by {
        out.push_str(&format!("Archived by suppression rule `{rule}`\n"));
    }
    if let (Some(action), Some(rule)) = (&object.action, &object.rule) {
        out.push_str(&format!("Policy   {action} (rule `{rule}`)\n"));
    }
    if let (Some(code), Some(message)) = (&object.code, &object.message) {
        out.push_str(&format!("Reason   {code}: {message}\n"));
    }
    if let Some(coverage) = &object.coverage {
        out.push_str(&format!(
            "Read     {} of {} bytes as {} ({})\n",
            coverage.bytes_inspected, coverage.bytes_total, coverage.mime_type, coverage.status
        ));
        for gap in &coverage.gaps {
            out.push_str(&format!("         {}: {}\n", gap.code, gap.detail));
        }
    }
    for detection in &object.detections {
        out.push_str(&format!(
            "\nFound    {} x {} ({}, {})\n",
            detection.count, detection.identifier, detection.name, detection.severity
        ));
        for sample in detection.samples.iter().take(SAMPLES_MAX) {
            out.push_str(&format!("         {}  {}\n", sample.masked, sample.location));
        }
    }
    for decision in &story.decisions {
        out.push_str(&format!(
            "\nDecided  {} by {} at {}: {} ({})\n",
            decision.kind, decision.actor, decision.at, decision.reason, decision.outcome
        ));
        if let Some(message) = &decision.message {
            out.push_str(&format!("         {message}\n"));
        }
    }
    out.push_str("\nHistory\n");
    for step in &story.timeline {
        let state = step.state.as_deref().unwrap_or("-");
        out.push_str(&format!("  {}  {state:9} {} by {}\n", step.at, step.action, step.actor));
    }
    out
}
