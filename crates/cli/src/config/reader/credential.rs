//! Settings that are not shown: secrets, and addresses that give access.

use super::Section;
use crate::config::Secret;
use crate::config::document::Node;
use crate::config::overlay::variable;
use crate::config::problem::{Origin, ProblemKind};
use serde_json::Value as Json;
use std::path::{Path, PathBuf};

/// A file that holds a secret is at most this long.
const SECRET_BYTES_MAX: u64 = 64 * 1024;

impl Section<'_, '_> {
    /// A secret: a variable holds it, or a file that `<key>_file` names.
    pub fn secret(&mut self, key: &'static str, key_file: &'static str) -> Option<Secret> {
        self.declare(key, Json::Null, false, false);
        let path = self.place.key(key);
        let in_file = self.entry(key).map(|entry| entry.at);
        if let Some(at) = in_file {
            let hint = format!(
                "put it into a file of its own and write `{key_file} = \"secrets/{key}\"`, or set {}",
                variable(&path)
            );
            let message = format!("`{path}` is a secret and may not stand in this file");
            self.problem(ProblemKind::SecretInFile, Some(at), message, Some(hint));
        }
        let file: Option<PathBuf> = self.optional(key_file, format!("secrets/{key}"));
        if let Some((text, origin)) = self.overlaid(key) {
            self.note(key, None, origin);
            return Some(Secret::new(text));
        }
        let file = file?;
        match read_secret(&file) {
            Ok(secret) => Some(secret),
            Err(why) => {
                let at = self.entry(key_file).map(|entry| entry.at);
                let message = format!("`{}`: {}: {why}", self.place.key(key_file), file.display());
                self.problem(ProblemKind::Unreadable, at, message, None);
                None
            }
        }
    }

    /// An address that may itself be what gives access: it may stand in the file, but is not shown.
    pub fn address(
        &mut self,
        key: &'static str,
        key_file: &'static str,
        example: &str,
    ) -> Option<Secret> {
        self.declare(key, Json::from(example), false, true);
        let file: Option<PathBuf> = self.optional(key_file, format!("secrets/{key}"));
        let given = self.overlaid(key).or_else(|| {
            let entry = self.entry(key)?;
            let Node::Text(text) = &entry.node else { return None };
            Some((text.clone(), Origin::File(entry.at)))
        });
        if let Some((text, origin)) = given {
            self.note(key, None, origin);
            return Some(Secret::new(text));
        }
        let message = match &file {
            None => format!("`{}` is missing", self.place.key(key)),
            Some(file) => match read_secret(file) {
                Ok(secret) => return Some(secret),
                Err(why) => {
                    format!("`{}`: {}: {why}", self.place.key(key_file), file.display())
                }
            },
        };
        let hint = format!("write `{key} = \"{example}\"`, or name a file with `{key_file}`");
        self.problem(ProblemKind::Missing, None, message, Some(hint));
        None
    }
}

/// A secret: the file without the line break at its end.
pub(crate) fn read_secret(file: &Path) -> Result<Secret, String> {
    let metadata = std::fs::metadata(file).map_err(|error| error.to_string())?;
    if metadata.len() > SECRET_BYTES_MAX {
        return Err(format!("it is longer than {SECRET_BYTES_MAX} bytes"));
    }
    let whole = Secret::new(std::fs::read_to_string(file).map_err(|error| error.to_string())?);
    let text = whole.expose();
    let text = text.strip_suffix('\n').unwrap_or(text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.is_empty() { Err("it is empty".to_owned()) } else { Ok(Secret::new(text)) }
}
