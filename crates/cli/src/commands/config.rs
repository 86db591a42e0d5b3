//! `lakegate config show`

use crate::arguments::{Config as ConfigCommand, Format, Global};
use crate::config::{Config, Effective, Origin, toml_text};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use serde_json::{Value as Json, json};
use std::path::Path;

/// What stands in the place of a secret.
const SECRET: &str = "(set)";

pub(super) fn run(
    command: &ConfigCommand,
    global: &Global,
    output: &mut Output,
) -> Result<Exit, Failure> {
    let ConfigCommand::Show { origin } = command;
    let config = super::load_config(global, Vec::new())?;
    match output.format() {
        Format::Text => output.text(&text(&config, *origin))?,
        Format::Json => {
            let settings: Vec<Json> =
                config.effective.iter().map(|s| setting(s, &config.file, *origin)).collect();
            output.json(&json!({ "file": config.file, "settings": settings }))?;
        }
        _ => {
            for effective in &config.effective {
                output.json_line(&setting(effective, &config.file, *origin))?;
            }
        }
    }
    Ok(Exit::Done)
}

/// Every setting on a line of TOML, with its origin as a comment.
fn text(config: &Config, with_origin: bool) -> String {
    let lines: Vec<String> = config
        .effective
        .iter()
        .map(|effective| match &effective.value {
            Some(value) => format!("{} = {}", effective.key, toml_text(value)),
            None => format!("{} = {SECRET}", effective.key),
        })
        .collect();
    let width = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0);
    let mut out = String::new();
    for (line, effective) in lines.iter().zip(&config.effective) {
        if with_origin {
            let origin = shown(&effective.origin, &config.file);
            out.push_str(&format!("{line:width$}  # {origin}"));
        } else {
            out.push_str(line);
        }
        out.push('\n');
    }
    out
}

fn setting(effective: &Effective, file: &Path, with_origin: bool) -> Json {
    let value = effective.value.clone().unwrap_or_else(|| json!(SECRET));
    let mut out = json!({ "key": effective.key, "value": value });
    if with_origin {
        out["origin"] = match &effective.origin {
            Origin::Default => json!({ "kind": "default" }),
            Origin::File(at) => json!({ "kind": "file", "file": file, "line": at.line }),
            Origin::Environment(name) => json!({ "kind": "environment", "name": name }),
            Origin::Flag(name) => json!({ "kind": "flag", "name": name }),
        };
    }
    out
}

fn shown(origin: &Origin, file: &Path) -> String {
    match origin {
        Origin::Default => "default".to_owned(),
        Origin::File(at) => format!("{}:{}", file.display(), at.line),
        Origin::Environment(name) => format!("environment {name}"),
        Origin::Flag(name) => format!("flag {name}"),
    }
}
