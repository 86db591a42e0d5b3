//! How much of an object was really inspected, and why not the rest.

use serde::{Deserialize, Serialize};

/// Macie's three processing states of an object (macie-engine, section 9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum CoverageStatus {
    /// All of it was inspected.
    Complete,
    /// Some of it was inspected.
    Partial,
    /// None of it was.
    Skipped,
}

/// One reason why something was not inspected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// A stable code in upper case: Macie's own where one fits, such as
    /// `UNSUPPORTED_FILE_TYPE_EXCEPTION` or `MALFORMED_FILE`.
    pub code: String,
    /// A sentence for a person. It never holds text of the object.
    pub detail: String,
}

/// How many of a kind were inspected, of how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// Those that were inspected to the end.
    pub inspected: u64,
    /// Those that the object says to have.
    pub total: u64,
}

/// What an inspection read of one object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Complete, partial or skipped.
    pub status: CoverageStatus,
    /// The type found by looking at the content, such as `text/csv`.
    pub mime_type: String,
    /// The text encoding that was read, such as `UTF-8` or `UTF-16LE`; `None` for what is not text.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub encoding: Option<String>,
    /// Bytes of the object that were inspected.
    pub bytes_inspected: u64,
    /// Bytes that the object has.
    pub bytes_total: u64,
    /// Rows, records or lines inspected.
    pub units_inspected: u64,
    /// Rows or records, of a format that says how many it has.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rows: Option<Count>,
    /// Pages, slides or sheets.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub pages: Option<Count>,
    /// Members of a container, of those within its members too.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub members: Option<Count>,
    /// Why something was not inspected. Empty exactly when the status is complete.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub gaps: Vec<Gap>,
    /// What is worth knowing and took nothing from the coverage, such as
    /// "line 7: not JSON, read as text".
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub notes: Vec<String>,
}

impl Coverage {
    /// The first gap's code, as Macie reports a single reason.
    pub fn reason(&self) -> Option<&str> {
        self.gaps.first().map(|gap| gap.code.as_str())
    }
}
