//! The digest of a rule set, so that a verdict says under which rules it was reached.

use crate::catalogue::{IDENTIFIERS, MODEL_DIGEST};

/// Raise it when the engine or a check changes what is found.
const ENGINE_VERSION: u32 = 2;

/// BLAKE3 over all that decides what the identifiers of these indices find, in hexadecimal.
pub(crate) fn of(indices: &[usize]) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&ENGINE_VERSION.to_le_bytes());
    for &index in indices {
        let identifier = &IDENTIFIERS[index];
        field(&mut hasher, identifier.id);
        hasher.update(&identifier.keyword_distance.to_le_bytes());
        for keyword in identifier.keywords {
            field(&mut hasher, keyword);
        }
        for pattern in identifier.patterns() {
            field(&mut hasher, pattern.regex);
            field(&mut hasher, pattern.check_name);
            field(
                &mut hasher,
                &format!(
                    "{:?} {:?} {:?} {:?}",
                    pattern.anchor, pattern.need, pattern.left, pattern.right
                ),
            );
        }
        if identifier.model.is_some() {
            hasher.update(&MODEL_DIGEST.to_le_bytes());
        }
        for (from, level) in identifier.severity {
            hasher.update(&from.to_le_bytes());
            field(&mut hasher, level.as_str());
        }
    }
    hasher.finalize().to_hex().to_string()
}

/// Length first, so that fields cannot run into each other.
fn field(hasher: &mut blake3::Hasher, text: &str) {
    hasher.update(&(text.len() as u64).to_le_bytes());
    hasher.update(text.as_bytes());
}
