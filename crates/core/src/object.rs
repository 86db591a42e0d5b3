//! Objects and the zones they stand in.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// An object's tags or its user metadata: name to value.
pub type Tags = BTreeMap<String, String>;

/// The tag that holds the run's id on every staged object.
pub const TAG_WORKFLOW_ID: &str = "WorkflowId";
/// The tag that is `true` on every object with findings.
pub const TAG_SENSITIVE_DATA_FOUND: &str = "SensitiveDataFound";
/// The tag that holds the verdict.
pub const TAG_VERDICT: &str = "LakegateVerdict";

/// The tags that are Lakegate's own; a producer's tag of such a name is replaced.
pub const OWN_TAGS: [&str; 3] = [TAG_WORKFLOW_ID, TAG_SENSITIVE_DATA_FOUND, TAG_VERDICT];

/// One instance of an object in a bucket: these bytes under this key, not whatever the key holds later.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ObjectRef {
    /// The key, byte for byte as the store has it. Never normalised.
    pub key: String,
    /// The version id, where the store keeps versions.
    pub version: Option<String>,
    /// The entity tag without quotes: changes whenever the bytes do. It is compared, never computed.
    pub etag: String,
    /// Size in bytes.
    pub size_bytes: u64,
    /// When the bytes were written, in milliseconds since 1970, by the store's clock.
    pub modified_ms: i64,
}

impl ObjectRef {
    /// Whether `now`, what the store knows of the key, is the instance that this reference names: the
    /// same key, entity tag, size and, where this reference names one, version.
    ///
    /// A listing names no versions and a head does, so a version that only `now` has tells nothing.
    /// The time is not compared: some stores answer a listing and a head with different ones.
    #[must_use]
    pub fn is_same_instance(&self, now: &ObjectRef) -> bool {
        self.key == now.key
            && self.etag == now.etag
            && self.size_bytes == now.size_bytes
            && (self.version.is_none() || self.version == now.version)
    }
}

/// One of the four roles that a bucket, or a prefix of one, plays in a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Zone {
    /// Where objects land.
    Raw,
    /// Where claimed objects are inspected.
    ScanStage,
    /// Where objects wait for a decision, and where denied ones are kept for their retention time.
    ManualReview,
    /// Where released objects go.
    ScannedData,
}

impl Zone {
    /// Every zone, in the order in which an object meets them.
    pub const ALL: [Zone; 4] = [Zone::Raw, Zone::ScanStage, Zone::ManualReview, Zone::ScannedData];

    /// The zone's name in configuration, output and folders.
    pub fn as_str(self) -> &'static str {
        match self {
            Zone::Raw => "raw",
            Zone::ScanStage => "scan-stage",
            Zone::ManualReview => "manual-review",
            Zone::ScannedData => "scanned-data",
        }
    }

    /// The zone of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|z| z.as_str() == text)
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_is_told_by_what_its_reference_names() {
        let listed = ObjectRef {
            key: "k".to_owned(),
            version: None,
            etag: "e".to_owned(),
            size_bytes: 1,
            modified_ms: 5,
        };
        let version = |name: &str| Some(name.to_owned());
        let first = ObjectRef { version: version("1"), modified_ms: 6, ..listed.clone() };
        let second = ObjectRef { version: version("2"), ..listed.clone() };
        let cases = [
            (&listed, listed.clone(), true),
            (&listed, first.clone(), true),
            (&first, first.clone(), true),
            (&first, second, false),
            (&first, listed.clone(), false),
            (&listed, ObjectRef { key: "l".to_owned(), ..listed.clone() }, false),
            (&listed, ObjectRef { etag: "f".to_owned(), ..listed.clone() }, false),
            (&listed, ObjectRef { size_bytes: 2, ..listed.clone() }, false),
        ];
        for (meant, now, same) in cases {
            assert_eq!(meant.is_same_instance(&now), same, "{meant:?} {now:?}");
        }
    }
}
