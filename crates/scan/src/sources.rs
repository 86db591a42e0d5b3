//! Which passwords open which objects.

use lakegate_extract::{Passwords, PasswordsError};

/// The passwords of one source of objects.
#[derive(Clone, Debug)]
pub struct SourcePasswords {
    /// How the keys of its objects begin; empty for all objects.
    pub prefix: String,
    /// What may open them.
    pub passwords: Passwords,
}

/// The passwords of all sources.
#[derive(Debug, Default)]
pub(crate) struct Sources(Vec<SourcePasswords>);

impl Sources {
    /// All of them, those with the longest prefix first.
    pub fn new(mut sources: Vec<SourcePasswords>) -> Result<Self, PasswordsError> {
        sources.retain(|source| !source.passwords.is_empty());
        sources.sort_by_key(|source| std::cmp::Reverse(source.prefix.len()));
        // An object may be of all of them.
        Passwords::joined(sources.iter().map(|source| &source.passwords))?;
        Ok(Self(sources))
    }

    /// The passwords of the object with that key: no others may reach whoever reads it.
    pub fn of(&self, key: &str) -> Result<Passwords, PasswordsError> {
        let fitting = self.0.iter().filter(|source| key.starts_with(&source.prefix));
        Passwords::joined(fitting.map(|source| &source.passwords))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(prefix: &str, lines: &str) -> SourcePasswords {
        SourcePasswords { prefix: prefix.into(), passwords: Passwords::of_lines(lines).unwrap() }
    }

    #[test]
    fn an_object_has_the_passwords_of_its_sources_alone() {
        let sources = Sources::new(vec![
            source("", "for all"),
            source("invoices/", "for invoices\nfor all"),
            source("invoices/2026/", "new"),
            source("payroll/", "secret"),
        ]);
        let sources = sources.unwrap();
        for (key, lines) in [
            ("a.zip", "for all"),
            ("invoices", "for all"),
            ("invoices/a.zip", "for invoices\nfor all"),
            ("invoices/2026/a.zip", "new\nfor invoices\nfor all"),
            ("payroll/invoices/a.zip", "secret\nfor all"),
        ] {
            let (found, expected) = (sources.of(key).unwrap(), Passwords::of_lines(lines).unwrap());
            assert_eq!(found, expected, "{key}");
        }
    }

    #[test]
    fn too_many_for_one_object_are_refused() {
        let lines = |from: u32| (from..from + 60).map(|n| format!("{n}\n")).collect::<String>();
        assert!(Sources::new(vec![source("", &lines(0)), source("a/", &lines(30))]).is_ok());
        assert!(Sources::new(vec![source("", &lines(0)), source("a/", &lines(60))]).is_err());
    }
}
