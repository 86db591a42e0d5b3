//! Reads settings one by one, and by doing so declares them.
//!
//! Each call on a [`Section`] says a key, its kind and its default, and returns the value that holds:
//! a flag's, an environment variable's, the file's, or the default. What was never asked for is
//! unknown. So the schema is the code that reads it, and there is no second list to keep in step.
//!
//! A problem never ends the reading: it is noted, the default stands in, and all are reported together.

mod credential;
mod suggestion;

pub(crate) use credential::read_secret;

use super::document::{Entry, Node, Position};
use super::overlay::{Overlay, folded, variable};
use super::problem::{Origin, Problem, ProblemKind};
use super::setting::{Given, Setting, toml_text};
use serde_json::Value as Json;
use std::path::PathBuf;

/// In the path of a declared key, the place of a name that the operator chooses.
pub const ANY_NAME: &str = "*";

/// A setting that holds, for people.
#[derive(Clone, Debug)]
pub struct Effective {
    /// Its key, such as `flows.default.settle`.
    pub key: String,
    /// What the file would hold; `None` for a secret.
    pub value: Option<Json>,
    /// Where it came from.
    pub origin: Origin,
}

/// A setting that exists.
#[derive(Clone, Debug)]
pub struct Declared {
    /// Its key, with [`ANY_NAME`] for what the operator names.
    pub key: String,
    /// Its default, or an example where it has none.
    pub example: Json,
    /// Whether `example` is the default.
    pub is_default: bool,
    /// Whether it may stand in the file.
    pub in_file: bool,
}

/// What has been read so far.
pub(super) struct Reader {
    overlay: Overlay,
    base: PathBuf,
    unknown: Vec<(String, Position)>,
    pub problems: Vec<Problem>,
    pub effective: Vec<Effective>,
    pub declared: Vec<Declared>,
}

impl Reader {
    pub fn new(overlay: Overlay, base: PathBuf) -> Self {
        let (problems, effective, declared) = (Vec::new(), Vec::new(), Vec::new());
        Self { overlay, base, unknown: Vec::new(), problems, effective, declared }
    }

    /// Reads the root.
    pub fn read<R>(&mut self, root: &[Entry], read: impl FnOnce(&mut Section<'_, '_>) -> R) -> R {
        let result = self.section(Place::root(), Some(root), read);
        self.report_unknown();
        self.problems.sort_by_key(|problem| match &problem.origin {
            Origin::File(at) => (0, *at),
            _ => (1, Position { line: 0, column: 0 }),
        });
        result
    }

    fn section<R>(
        &mut self,
        place: Place,
        entries: Option<&[Entry]>,
        read: impl FnOnce(&mut Section<'_, '_>) -> R,
    ) -> R {
        let mut section = Section { reader: self, place, entries, known: Vec::new() };
        let result = read(&mut section);
        let Section { place, known, .. } = section;
        for entry in entries.unwrap_or_default() {
            if !known.contains(&entry.key.as_str()) {
                self.unknown.push((place.key(&entry.key), entry.key_at));
            }
        }
        result
    }

    fn problem(
        &mut self,
        kind: ProblemKind,
        origin: Origin,
        message: String,
        hint: Option<String>,
    ) {
        self.problems.push(Problem { kind, origin, message, hint });
    }

    /// Unknown keys are reported last, when everything that could have been meant is known.
    fn report_unknown(&mut self) {
        let mut unknown: Vec<(String, Origin)> = std::mem::take(&mut self.unknown)
            .into_iter()
            .map(|(key, at)| (key, Origin::File(at)))
            .collect();
        unknown.extend(self.overlay.unused().map(|(key, origin)| (key.to_owned(), origin.clone())));
        for (key, origin) in unknown {
            let hint = suggestion::meant_by(&key, &self.declared).map(|meant| match &origin {
                // Only a table of a chosen name can be what does not exist.
                Origin::Environment(_) if folded(&meant) == folded(&key) => {
                    let table = key.rsplit_once('.').map_or("", |(table, _)| table);
                    format!("there is no [{table}] in the file")
                }
                Origin::Environment(_) => format!("did you mean `{}`?", variable(&meant)),
                _ => suggestion::words(&key, &meant),
            });
            let message = match &origin {
                Origin::File(_) => format!("unknown key `{key}`"),
                _ => format!("there is no setting `{key}`"),
            };
            self.problem(ProblemKind::UnknownKey, origin, message, hint);
        }
    }
}

/// Where a section stands.
#[derive(Clone, Debug)]
struct Place {
    /// Its path, as the operator wrote it; empty for the root.
    path: String,
    /// Its path with [`ANY_NAME`] in the place of chosen names.
    schema_path: String,
    /// Where its header is.
    at: Option<Position>,
    /// Whether the section is read for its declarations only: nothing of it holds.
    dry: bool,
}

impl Place {
    fn root() -> Self {
        Self { path: String::new(), schema_path: String::new(), at: None, dry: false }
    }

    fn key(&self, key: &str) -> String {
        joined(&self.path, key)
    }

    fn below(&self, key: &str, schema_key: &str, at: Option<Position>, dry: bool) -> Self {
        Self {
            path: joined(&self.path, key),
            schema_path: joined(&self.schema_path, schema_key),
            at: at.or(self.at),
            dry: self.dry || dry,
        }
    }
}

/// A table of the configuration.
pub(super) struct Section<'r, 'f> {
    reader: &'r mut Reader,
    place: Place,
    entries: Option<&'f [Entry]>,
    known: Vec<&'static str>,
}

impl<'f> Section<'_, 'f> {
    /// A setting with a default.
    pub fn value<T: Setting>(&mut self, key: &'static str, default: T) -> T {
        self.value_where(key, default, |_| Ok(()))
    }

    /// A setting with a default and a condition. The condition says what is wrong as what stands after
    /// the key: `is 0`.
    pub fn value_where<T: Setting>(
        &mut self,
        key: &'static str,
        default: T,
        check: impl Fn(&T) -> Result<(), String>,
    ) -> T {
        self.declare(key, default.show(), true, true);
        match self.given(key, &default.show(), check) {
            Some(value) => value,
            None => {
                self.note(key, Some(default.show()), Origin::Default);
                default
            }
        }
    }

    /// A local path with a default, which is relative to the file as any other.
    pub fn path_value(&mut self, key: &'static str, default: &'static str) -> PathBuf {
        self.declare(key, Json::from(default), true, true);
        if let Some(path) = self.given(key, &Json::from(default), |_| Ok(())) {
            return path;
        }
        let path = self.reader.base.join(default);
        self.note(key, Some(path.show()), Origin::Default);
        path
    }

    /// A whole number with a default and bounds.
    pub fn number(&mut self, key: &'static str, default: u64, bounds: (u64, u64)) -> u64 {
        let (least, most) = bounds;
        self.value_where(key, default, |value| {
            if (least..=most).contains(value) {
                return Ok(());
            }
            Err(format!("is {value}, not between {least} and {most}"))
        })
    }

    /// One of some words, with a default.
    pub fn choice<T: Copy + PartialEq>(
        &mut self,
        key: &'static str,
        default: T,
        choices: &[(&'static str, T)],
    ) -> T {
        let default_word = choices.iter().find(|(_, value)| *value == default);
        let default_word = default_word.map_or("", |(word, _)| word);
        let words: Vec<String> = choices.iter().map(|(word, _)| format!("\"{word}\"")).collect();
        let word = self.value_where(key, default_word.to_owned(), |word| {
            if choices.iter().any(|(choice, _)| choice == word) {
                return Ok(());
            }
            let guess = suggestion::closest(word, choices.iter().map(|(choice, _)| *choice));
            let guess = guess.map_or(String::new(), |guess| format!("; did you mean \"{guess}\"?"));
            Err(format!("is {word:?}; there are {}{guess}", words.join(", ")))
        });
        choices.iter().find(|(choice, _)| *choice == word).map_or(default, |(_, value)| *value)
    }

    /// A setting that may be missing. `example` is what one could look like.
    pub fn optional<T: Setting>(
        &mut self,
        key: &'static str,
        example: impl Into<Json>,
    ) -> Option<T> {
        let example = example.into();
        self.declare(key, example.clone(), false, true);
        self.given(key, &example, |_| Ok(()))
    }

    /// A setting that must be there.
    pub fn required<T: Setting>(
        &mut self,
        key: &'static str,
        example: impl Into<Json>,
    ) -> Option<T> {
        let example = example.into();
        let problems = self.reader.problems.len();
        let value = self.optional(key, example.clone());
        if value.is_none() && problems == self.reader.problems.len() && !self.place.dry {
            let path = self.place.key(key);
            let hint = format!("write for example `{key} = {}`", toml_text(&example));
            self.problem(ProblemKind::Missing, None, format!("`{path}` is missing"), Some(hint));
        }
        value
    }

    /// A table.
    pub fn section<R>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&mut Section<'_, '_>) -> R,
    ) -> R {
        let (entries, at) = self.table(key);
        let place = self.place.below(key, key, at, false);
        self.reader.section(place, entries, read)
    }

    /// A table that may be missing. It is there when the file has it or a variable reaches into it.
    pub fn optional_section<R>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&mut Section<'_, '_>) -> Option<R>,
    ) -> Option<R> {
        let (entries, at) = self.table(key);
        let there = entries.is_some() || self.reader.overlay.reaches_into(&self.place.key(key));
        let place = self.place.below(key, key, at, !there);
        self.reader.section(place, entries, read).filter(|_| there)
    }

    /// A table of tables, each under a name that the operator chooses.
    pub fn named_sections<R>(
        &mut self,
        key: &'static str,
        mut read: impl FnMut(&str, &mut Section<'_, '_>) -> Option<R>,
    ) -> Vec<R> {
        let (entries, at) = self.table(key);
        let outer = self.place.below(key, key, at, false);
        let declaring = outer.below(ANY_NAME, ANY_NAME, None, true);
        self.reader.section(declaring, None, |section| read(ANY_NAME, section));
        let mut all = Vec::new();
        for entry in entries.unwrap_or_default() {
            let name = entry.key.as_str();
            let place = outer.below(name, ANY_NAME, Some(entry.key_at), false);
            let Node::Table(inner) = &entry.node else {
                let message = format!("`{}` is a table, not {}", place.path, entry.node.kind());
                self.problem(ProblemKind::Value, Some(entry.at), message, None);
                continue;
            };
            all.extend(self.reader.section(place, Some(inner), |section| read(name, section)));
        }
        all
    }

    /// An array of tables. Variables do not reach into it.
    pub fn list_of_sections<R>(
        &mut self,
        key: &'static str,
        mut read: impl FnMut(&mut Section<'_, '_>) -> Option<R>,
    ) -> Vec<R> {
        self.known.push(key);
        let declaring = self.place.below(key, key, None, true);
        self.reader.section(declaring, None, &mut read);
        let mut all = Vec::new();
        let Some(entry) = self.entry(key) else { return all };
        let path = self.place.key(key);
        let Node::List(elements) = &entry.node else {
            let message = format!("`{path}` is an array of tables, not {}", entry.node.kind());
            self.problem(ProblemKind::Value, Some(entry.at), message, None);
            return all;
        };
        for (index, element) in elements.iter().enumerate() {
            let place = self.place.below(&format!("{key}[{index}]"), key, Some(element.at), false);
            let Node::Table(inner) = &element.node else {
                let message = format!("`{}` is a table, not {}", place.path, element.node.kind());
                self.problem(ProblemKind::Value, Some(element.at), message, None);
                continue;
            };
            all.extend(self.reader.section(place, Some(inner), &mut read));
        }
        all
    }

    /// Notes a problem at a key, or at the section where the key is `None` or not in the file.
    pub fn refuse(
        &mut self,
        key: Option<&str>,
        kind: ProblemKind,
        message: String,
        hint: Option<String>,
    ) {
        let at = key.and_then(|key| self.entry(key)).map(|entry| entry.at);
        self.problem(kind, at, message, hint);
    }

    /// Whether the key stands in the file, whatever its value.
    pub fn is_given(&self, key: &str) -> bool {
        self.entry(key).is_some()
    }

    /// The key's path, for messages.
    pub fn path(&self, key: &str) -> String {
        self.place.key(key)
    }

    /// Where the key stands, for a problem that is found later.
    pub fn origin(&self, key: &str) -> Origin {
        match self.entry(key).map(|entry| entry.at).or(self.place.at) {
            Some(at) => Origin::File(at),
            None => Origin::Default,
        }
    }

    /// Whether nothing was wrong so far.
    pub fn is_sound(&self) -> bool {
        self.reader.problems.is_empty()
    }

    fn problem(
        &mut self,
        kind: ProblemKind,
        at: Option<Position>,
        message: String,
        hint: Option<String>,
    ) {
        if self.place.dry {
            return;
        }
        let origin = at.or(self.place.at).map_or(Origin::Default, Origin::File);
        self.reader.problem(kind, origin, message, hint);
    }

    fn entry(&self, key: &str) -> Option<&'f Entry> {
        self.entries?.iter().find(|entry| entry.key == key)
    }

    fn declare(&mut self, key: &'static str, example: Json, is_default: bool, in_file: bool) {
        self.known.push(key);
        let key = joined(&self.place.schema_path, key);
        if !self.reader.declared.iter().any(|declared| declared.key == key) {
            self.reader.declared.push(Declared { key, example, is_default, in_file });
        }
    }

    fn note(&mut self, key: &str, value: Option<Json>, origin: Origin) {
        if !self.place.dry {
            let key = self.place.key(key);
            self.reader.effective.push(Effective { key, value, origin });
        }
    }

    /// What a flag or a variable says.
    fn overlaid(&mut self, key: &str) -> Option<(String, Origin)> {
        if self.place.dry || self.place.path.contains('[') {
            return None;
        }
        self.reader.overlay.take(&self.place.key(key))
    }

    /// What a flag, a variable or the file says, if it can be used.
    fn given<T: Setting>(
        &mut self,
        key: &'static str,
        example: &Json,
        check: impl Fn(&T) -> Result<(), String>,
    ) -> Option<T> {
        let overlaid = self.overlaid(key);
        let (given, origin) = match (&overlaid, self.entry(key)) {
            (Some((text, origin)), _) => (Given::Text(text), origin.clone()),
            (None, Some(entry)) => (Given::Node(&entry.node), Origin::File(entry.at)),
            (None, None) => return None,
        };
        let read = T::read(given, &self.reader.base)
            .map_err(|why| format!("must be {}: {why}", T::KIND))
            .and_then(|value| check(&value).map(|()| value));
        match read {
            Ok(value) => {
                self.note(key, Some(value.show()), origin);
                Some(value)
            }
            Err(why) => {
                let message = format!("`{}` {why}", self.place.key(key));
                let hint = format!("write for example `{key} = {}`", toml_text(example));
                self.reader.problem(ProblemKind::Value, origin, message, Some(hint));
                None
            }
        }
    }

    fn table(&mut self, key: &'static str) -> (Option<&'f [Entry]>, Option<Position>) {
        self.known.push(key);
        let Some(entry) = self.entry(key) else { return (None, None) };
        match &entry.node {
            Node::Table(entries) => (Some(entries), Some(entry.key_at)),
            other => {
                let message = format!("`{}` is a table, not {}", self.place.key(key), other.kind());
                self.problem(ProblemKind::Value, Some(entry.at), message, None);
                (None, None)
            }
        }
    }
}

fn joined(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}
