//! Keys, byte for byte: what may be one, and how one crosses the wire.
//!
//! Nothing here may change a key. A key that a store would change is refused instead.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use std::borrow::Cow;

/// Longest key that S3 takes, in bytes, the prefix included.
pub(super) const KEY_BYTES_MAX: usize = 1024;

/// Keys below this name are Lakegate's own, at the root of every zone, and never listed.
pub(super) const RESERVED_PREFIX: &str = ".lakegate/";

/// Everything but RFC 3986's unreserved characters.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The same, with `/` left alone.
const PATH: &AsciiSet = &QUERY.remove(b'/');

/// Encodes a name or a value of a query or of the `x-amz-tagging` header.
pub(super) fn encode_query(text: &str) -> String {
    percent_encode(text.as_bytes(), QUERY).to_string()
}

/// The value of `x-amz-copy-source`.
pub(super) fn copy_source(bucket: &str, full_key: &str, version: Option<&str>) -> String {
    let path = percent_encode(full_key.as_bytes(), PATH);
    match version {
        Some(version) => format!("{bucket}/{path}?versionId={}", encode_query(version)),
        None => format!("{bucket}/{path}"),
    }
}

/// A key of a listing with `EncodingType=url`, where `+` stands for a space. `None` when the bytes
/// are not UTF-8.
pub(super) fn decode_listed(text: &str) -> Option<String> {
    let text =
        if text.contains('+') { Cow::Owned(text.replace('+', " ")) } else { Cow::Borrowed(text) };
    percent_encoding::percent_decode_str(&text).decode_utf8().ok().map(Cow::into_owned)
}

/// The prefix of a zone with its closing `/`, or empty.
pub(super) fn closed_prefix(prefix: &str) -> String {
    if prefix.is_empty() || prefix.ends_with('/') {
        prefix.to_owned()
    } else {
        format!("{prefix}/")
    }
}

/// Why no S3 store can hold this key, if that is so.
pub(super) fn why_not_a_key(prefix: &str, key: &str) -> Option<String> {
    if key.is_empty() {
        return Some("an empty key names nothing".to_owned());
    }
    let length = prefix.len() + key.len();
    (length > KEY_BYTES_MAX)
        .then(|| format!("the key has {length} bytes with its prefix; S3 takes {KEY_BYTES_MAX}"))
}

/// Whether stores that keep keys as paths would fold this key into another: it has an empty segment
/// before its last one, or a segment `.` or `..`.
pub(super) fn is_folded_by_paths(full_key: &str) -> bool {
    let mut segments = full_key.split('/').rev();
    let last = segments.next().unwrap_or_default();
    matches!(last, "." | "..") || segments.any(|segment| matches!(segment, "" | "." | ".."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn copy_sources_are_encoded() {
        assert_eq!(copy_source("b", "a b+c/é?", None), "b/a%20b%2Bc/%C3%A9%3F");
        assert_eq!(copy_source("b", "k", Some("v=1")), "b/k?versionId=v%3D1");
    }

    #[test]
    fn listed_keys_are_decoded() {
        let cases = [
            ("a+b%2Bc", Some("a b+c")),
            ("ctl%01", Some("ctl\u{1}")),
            ("%C3%A9//x", Some("é//x")),
            ("%FF", None),
        ];
        for (listed, key) in cases {
            assert_eq!(decode_listed(listed).as_deref(), key, "{listed}");
        }
    }

    #[test]
    fn keys_that_paths_fold() {
        for key in ["a//b", "/lead", "x/./y", "x/../z", "..", "a//", "x/."] {
            assert!(is_folded_by_paths(key), "{key}");
        }
        for key in ["a/b", "dir/", "...", ".hidden/x", "a b/ c", "x/..y"] {
            assert!(!is_folded_by_paths(key), "{key}");
        }
    }

    proptest! {
        #[test]
        fn encoding_round_trips(key in ".{1,40}") {
            prop_assert_eq!(decode_listed(&encode_query(&key)), Some(key));
        }
    }
}
