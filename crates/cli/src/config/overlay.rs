//! Values that lie over the file's: flags, and environment variables.
//!
//! `LAKEGATE__SECTION__KEY` is `section.key`; letter case does not matter, and `_` stands for `-` too.

use super::problem::Origin;

/// The beginning of every variable's name that is a setting.
pub const ENVIRONMENT_PREFIX: &str = "LAKEGATE__";

/// A flag that sets a setting.
#[derive(Clone, Debug)]
pub struct FlagValue {
    /// The flag, such as `--port`.
    pub flag: &'static str,
    /// The setting, such as `server.listen`.
    pub key: &'static str,
    /// What it is set to, as text.
    pub text: String,
}

#[derive(Debug)]
struct Value {
    /// The setting's path as [`folded`] writes it.
    path: String,
    text: String,
    origin: Origin,
    used: bool,
}

/// All such values; the first one of a path wins.
#[derive(Debug, Default)]
pub(super) struct Overlay {
    values: Vec<Value>,
}

impl Overlay {
    pub fn new(
        flags: Vec<FlagValue>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        let flags = flags.into_iter().map(|flag| Value {
            path: folded(flag.key),
            text: flag.text,
            origin: Origin::Flag(flag.flag),
            used: false,
        });
        let mut values: Vec<Value> = flags.collect();
        let mut variables: Vec<Value> = environment
            .into_iter()
            .filter_map(|(name, text)| {
                let begins = name.get(..ENVIRONMENT_PREFIX.len())?;
                begins.eq_ignore_ascii_case(ENVIRONMENT_PREFIX).then(|| Value {
                    path: folded(&name[ENVIRONMENT_PREFIX.len()..].replace("__", ".")),
                    text,
                    origin: Origin::Environment(name.clone()),
                    used: false,
                })
            })
            .collect();
        variables.sort_by(|a, b| a.path.cmp(&b.path));
        values.extend(variables);
        Self { values }
    }

    /// The value for a setting. All values for it count as used from here on.
    pub fn take(&mut self, key: &str) -> Option<(String, Origin)> {
        let path = folded(key);
        let mut first = None;
        for value in self.values.iter_mut().filter(|value| value.path == path) {
            value.used = true;
            first = first.or_else(|| Some((value.text.clone(), value.origin.clone())));
        }
        first
    }

    /// Whether there is a value for a setting below this path.
    pub fn reaches_into(&self, path: &str) -> bool {
        let path = folded(path);
        self.values
            .iter()
            .any(|value| value.path.strip_prefix(&path).is_some_and(|rest| rest.starts_with('.')))
    }

    /// Values that nothing asked for: path and origin.
    pub fn unused(&self) -> impl Iterator<Item = (&str, &Origin)> {
        self.values.iter().filter(|value| !value.used).map(|v| (v.path.as_str(), &v.origin))
    }
}

/// A path with the differences taken out that a variable's name can not express.
pub(super) fn folded(path: &str) -> String {
    path.to_ascii_lowercase().replace('-', "_")
}

/// The variable that sets a setting.
pub(super) fn variable(key: &str) -> String {
    let name = key.replace('.', "__").replace('-', "_").to_ascii_uppercase();
    format!("{ENVIRONMENT_PREFIX}{name}")
}
