//! Keys of single providers: published samples, and places in which a key must stand.

use super::keys::KEY_TEXT;
use super::secrets::RANDOM_KEY;
use super::{Candidate, Check};

/// Beginnings of the sample keys in Firebase's public SDK
/// (<https://github.com/firebase/firebase-android-sdk>), behind their `AIza`.
const FIREBASE_SAMPLES: [&[u8]; 16] = [
    b"Syabcdefghijk",
    b"SyAnLA7NfeLqu",
    b"SyCkEhVjf3pdu",
    b"SyDMAScliyLx7",
    b"SyD3asb-2pEZV",
    b"yDNSXIbFmlXbI",
    b"SyAdOS2zB6NCs",
    b"SyASWm6HmTMdY",
    b"SyANUvH9H9BsU",
    b"SyA5_iVawFQ8A",
    b"SyA4UrcGxgwQF",
    b"SyDSb51JiIcB6",
    b"SyBF2RrAIm4a0",
    b"SyBcE-OOIbhjy",
    b"SyB8qGxt4ec15",
    b"SyA8vmApnrHNF",
];

/// A key of Google's that is no published sample.
pub(crate) static GCP_KEY: Check = Check::InValue(|candidate| {
    let text = &candidate.text[candidate.found.clone()];
    let body = text.strip_prefix(b"AIza").unwrap_or(text);
    let sample = FIREBASE_SAMPLES.iter().any(|sample| body.starts_with(sample));
    RANDOM_KEY.run(candidate).filter(|_| !sample)
});

/// An older token of npm's, a UUID: behind `_authToken=` only where that is a registry's.
pub(crate) static NPM_UUID: Check =
    Check::InValue(|candidate| KEY_TEXT.run(candidate).filter(|_| is_npm_setting(candidate)));

/// So far before an `_authToken=` the registry's address may begin, in bytes.
const REGISTRY_BYTES_MAX: usize = 256;

/// Whether what stands directly before a match is no setting `_authToken=` without a registry before
/// it: npm reads such settings only behind `//host/path/:`.
pub(super) fn is_npm_setting(candidate: &Candidate<'_>) -> bool {
    let from = candidate.found.start.saturating_sub(REGISTRY_BYTES_MAX).max(candidate.value.start);
    let before = candidate.text[from..candidate.found.start].trim_ascii_end();
    let quote = |text: &[u8]| text.ends_with(b"\"") || text.ends_with(b"'");
    let before = if quote(before) { &before[..before.len() - 1] } else { before };
    let Some(name) = before.trim_ascii_end().strip_suffix(b"=") else { return true };
    let Some(registry) = name.trim_ascii_end().strip_suffix(b"_authToken") else { return true };
    let Some(address) = registry.strip_suffix(b"/:") else { return false };
    let is_host = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._:/%@".contains(byte);
    let length = address.iter().rev().take_while(|byte| is_host(byte)).count();
    let address = &address[address.len() - length..];
    address.strip_prefix(b"//").is_some_and(|host| host.first().is_some_and(|b| *b != b'/'))
}

#[cfg(test)]
mod tests {
    use super::super::tests::passes;
    use super::*;

    #[test]
    fn published_samples_are_no_keys() {
        let sample = format!("AIza{}", "SyANUvH9H9BsU-a1b2c3d4e5f6g7h8i9j0k");
        assert!(!passes(&GCP_KEY, &sample));
        assert!(passes(&GCP_KEY, &sample.replace("ANU", "AMU")));
    }

    #[test]
    fn npm_reads_tokens_of_registries_only() {
        let uuid = "7f2c91d4-5be0-4a83-9c16-e08d2b57a3f4";
        for (before, found) in [
            ("//npm.orchard.test/:_authToken=", true),
            ("//npm.orchard.test/a/:_authToken= \"", true),
            ("NPM_TOKEN=", true),
            ("\"_authToken\": \"", true),
            ("npm.orchard.test/:_authToken=", false),
            ("//npm.orchard.test:_authToken=", false),
            ("///:_authToken=", false),
            ("_authToken=", false),
        ] {
            let text = format!("{before}{uuid}");
            let found_at = before.len()..text.len();
            let candidate =
                Candidate { text: text.as_bytes(), value: 0..text.len(), found: found_at };
            assert_eq!(NPM_UUID.run(&candidate).is_some(), found, "{text}");
        }
    }
}
