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
