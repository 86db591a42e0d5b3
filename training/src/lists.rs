//! The lists that `lists.sh` fetched.

use std::collections::BTreeMap;
use std::io;

/// Values by kind and language.
pub struct Lists {
    by_kind: BTreeMap<(String, String), Vec<String>>,
}

impl Lists {
    /// Reads the file of lines `kind TAB language TAB value`.
    pub fn read(path: &str) -> io::Result<Self> {
        let mut by_kind: BTreeMap<_, Vec<String>> = BTreeMap::new();
        for line in std::fs::read_to_string(path)?.lines() {
            let mut parts = line.split('\t');
            if let (Some(kind), Some(lang), Some(value)) =
                (parts.next(), parts.next(), parts.next())
            {
                by_kind
                    .entry((kind.to_owned(), lang.to_owned()))
                    .or_default()
                    .push(value.to_owned());
            }
        }
        Ok(Self { by_kind })
    }

    /// The values of a kind in a language, none if the lists hold none.
    pub fn of(&self, kind: &str, lang: &str) -> &[String] {
        self.by_kind.get(&(kind.to_owned(), lang.to_owned())).map_or(&[], Vec::as_slice)
    }

    /// The values of a kind in all languages.
    pub fn all<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a str> {
        self.by_kind
            .iter()
            .filter(move |(key, _)| key.0 == kind)
            .flat_map(|(_, v)| v.iter().map(String::as_str))
    }
}
