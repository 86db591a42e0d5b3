//! The templates, one file a language: lines of text with slots in braces, and lists that begin with `@`.

use std::collections::BTreeMap;

/// The languages, by the names of their files.
pub const LANGUAGES: [&str; 8] = ["en", "es", "fr", "de", "it", "pt", "nl", "pl"];

const FILES: [&str; 8] = [
    include_str!("../templates/en.txt"),
    include_str!("../templates/es.txt"),
    include_str!("../templates/fr.txt"),
    include_str!("../templates/de.txt"),
    include_str!("../templates/it.txt"),
    include_str!("../templates/pt.txt"),
    include_str!("../templates/nl.txt"),
    include_str!("../templates/pl.txt"),
];

/// The templates of one language.
pub struct Language {
    /// Its name.
    pub lang: &'static str,
    /// Lines with slots.
    pub lines: Vec<String>,
    /// Lists by name.
    pub lists: BTreeMap<&'static str, Vec<&'static str>>,
}

/// All templates.
pub fn all() -> Vec<Language> {
    LANGUAGES.into_iter().zip(FILES).map(|(lang, file)| language(lang, file)).collect()
}

fn language(lang: &'static str, file: &'static str) -> Language {
    let mut out = Language { lang, lines: Vec::new(), lists: BTreeMap::new() };
    for line in file.lines().filter(|line| !line.is_empty()) {
        match line.strip_prefix('@').and_then(|list| list.split_once(' ')) {
            Some((name, values)) if name.chars().all(|c| c.is_ascii_lowercase()) => {
                out.lists.insert(name, values.split('|').collect());
            }
            _ => out.lines.push(line.replace("\\n", "\n")),
        }
    }
    out
}

/// A template's parts: plain text and the names of slots.
pub fn parts(line: &str) -> Vec<(&str, bool)> {
    let mut out = Vec::new();
    let mut rest = line;
    while let Some(open) = rest.find('{') {
        let inner = &rest[open + 1..];
        match inner.find('}') {
            Some(close) if close > 0 && inner[..close].bytes().all(|b| b.is_ascii_lowercase()) => {
                out.push((&rest[..open], false));
                out.push((&inner[..close], true));
                rest = &inner[close + 1..];
            }
            _ => {
                out.push((&rest[..=open], false));
                rest = inner;
            }
        }
    }
    out.push((rest, false));
    out
}
