//! What an inspection concludes, and how grave it is.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The conclusion of inspecting one object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Verdict {
    /// Nothing was found, and all of the object was inspected.
    Clean,
    /// Sensitive data was found.
    Findings,
    /// Nothing was found, but not all of the object was inspected.
    Partial,
    /// The object could not be read as any format that is known.
    Unscannable,
    /// Lakegate itself failed, after its retries.
    Failed,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Verdict; 5] = [
        Verdict::Clean,
        Verdict::Findings,
        Verdict::Partial,
        Verdict::Unscannable,
        Verdict::Failed,
    ];

    /// The verdict as it stands in tags, the ledger and all output: upper case.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Clean => "CLEAN",
            Verdict::Findings => "FINDINGS",
            Verdict::Partial => "PARTIAL",
            Verdict::Unscannable => "UNSCANNABLE",
            Verdict::Failed => "FAILED",
        }
    }

    /// The verdict of that name; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|v| v.as_str() == text)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How grave a finding is, on Macie's three-step scale (macie-engine, section 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Severity {
    /// Score 1.
    Low,
    /// Score 2.
    Medium,
    /// Score 3.
    High,
}

impl Severity {
    /// Macie's numeric score: 1, 2 or 3.
    pub fn score(self) -> u8 {
        match self {
            Severity::Low => 1,
            Severity::Medium => 2,
            Severity::High => 3,
        }
    }

    /// Macie's word for it: `Low`, `Medium` or `High`.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Low => "Low",
            Severity::Medium => "Medium",
            Severity::High => "High",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
