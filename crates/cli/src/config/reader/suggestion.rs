//! Guesses at what an unknown name stands for.

use super::{ANY_NAME, Declared};
use crate::config::overlay::folded;

/// The existing key that an unknown one most likely stands for.
pub(super) fn meant_by(key: &str, declared: &[Declared]) -> Option<String> {
    let parts: Vec<&str> = key.split('.').collect();
    let (last, parents) = parts.split_last()?;
    let known = || declared.iter().flat_map(|declared| prefixes(&declared.key));
    let siblings = known().filter_map(|candidate| {
        let candidate: Vec<&str> = candidate.split('.').collect();
        let (name, above) = candidate.split_last()?;
        let same = |a: &str, b: &str| a == ANY_NAME || folded(a) == folded(without_index(b));
        let beside =
            above.len() == parents.len() && above.iter().zip(parents).all(|(a, b)| same(a, b));
        (beside && *name != ANY_NAME).then_some(*name)
    });
    if let Some(name) = closest(last, siblings) {
        return Some(parents.iter().copied().chain([name]).collect::<Vec<_>>().join("."));
    }
    // The right name in the wrong place.
    known()
        .find(|candidate| {
            candidate.rsplit('.').next().is_some_and(|name| folded(name) == folded(last))
        })
        .map(str::to_owned)
}

/// `policy` for `policy[1]`.
fn without_index(name: &str) -> &str {
    name.split('[').next().unwrap_or(name)
}

/// The key and the tables above it.
fn prefixes(key: &str) -> impl Iterator<Item = &str> {
    key.match_indices('.').map(|(at, _)| &key[..at]).chain([key])
}

/// The word that was most likely meant, if one is near enough.
pub(super) fn closest<'w>(word: &str, known: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let distance = |known: &str| strsim::osa_distance(&folded(word), &folded(known));
    let near_enough = (word.chars().count() / 3).max(1);
    known
        .map(|known| (distance(known), known))
        .filter(|(distance, _)| *distance <= near_enough)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

/// What to say of an unknown key: the name alone where it stands in the right table.
pub(super) fn words(key: &str, meant: &str) -> String {
    let split = |key: &str| -> (String, String) {
        let (table, name) = key.rsplit_once('.').unwrap_or(("", key));
        (table.to_owned(), name.to_owned())
    };
    let ((table, _), (meant_table, name)) = (split(key), split(meant));
    match meant_table.as_str() {
        _ if table == meant_table => format!("did you mean `{name}`?"),
        "" => format!("`{name}` stands at the top of the file, before any table"),
        _ => format!("`{name}` belongs in [{meant_table}]").replace(ANY_NAME, "NAME"),
    }
}
