//! Coverages, and the reasons why something was not read, by Macie's codes where they fit (macie-engine,
//! section 9).

use lakegate_core::coverage::{Coverage, CoverageStatus, Gap};
use std::io;

/// Gaps that are told of one object; of more, only how many.
const GAPS_MAX: usize = 50;

/// Notes that are told of one object.
const NOTES_MAX: usize = 50;

/// The type or content does not fit what the first bytes promised.
pub(crate) const MALFORMED: &str = "MALFORMED_FILE";
/// Encrypted, and there is no key.
pub(crate) const ENCRYPTED: &str = "INVALID_ENCRYPTION";
/// Not a format that is read.
pub(crate) const UNSUPPORTED: &str = "UNSUPPORTED_FILE_TYPE_EXCEPTION";
/// Too big for a format that is read as a whole.
pub(crate) const TOO_BIG: &str = "FILE_EXCEEDS_SIZE_LIMIT";
/// Some members were not read.
pub(crate) const MEMBERS: &str = "ARCHIVE_CONTAINS_UNPROCESSED_FILES";
/// Containers within containers beyond the bound.
pub(crate) const NESTING: &str = "ARCHIVE_NESTING_LEVEL_OVER_LIMIT";
/// More members than the bound.
pub(crate) const TOO_MANY_MEMBERS: &str = "ARCHIVE_TOTAL_DOCUMENTS_PROCESSED_OVER_LIMIT";
/// More bytes than the bound came out of containers.
pub(crate) const EXPANDED: &str = "ARCHIVE_TOTAL_BYTES_EXTRACTED_OVER_LIMIT";
/// More bytes came out than so few can honestly hold.
pub(crate) const RATIO: &str = "ARCHIVE_RATIO_EXCEEDS_LIMIT";
/// A part of an Office document expands to more than so few bytes can honestly hold.
pub(crate) const OOXML_RATIO: &str = "OOXML_UNCOMPRESSED_RATIO_EXCEEDS_LIMIT";
/// More bytes than the bound came out of an Office document's parts.
pub(crate) const OOXML_SIZE: &str = "OOXML_UNCOMPRESSED_SIZE_EXCEEDS_LIMIT";
/// Elements, groups or records within one another beyond the bound.
pub(crate) const TOO_DEEP: &str = "NESTING_LEVEL_OVER_LIMIT";
/// Only pixels, which nobody read as text.
pub(crate) const IMAGE_ONLY: &str = "IMAGE_WITHOUT_TEXT";

/// The parser of the format broke off.
pub(crate) const CRASHED: &str = "PARSER_BROKE_OFF";
/// The parser of the format took too long.
pub(crate) const TIME: &str = "TIME_CUT_OFF_REACHED";

/// Everything was read. The reader of the object adds how many bytes there were.
pub(crate) fn complete(mime_type: &str) -> Coverage {
    Coverage {
        status: CoverageStatus::Complete,
        mime_type: mime_type.into(),
        encoding: None,
        bytes_inspected: 0,
        bytes_total: 0,
        units_inspected: 0,
        rows: None,
        pages: None,
        members: None,
        gaps: Vec::new(),
        notes: Vec::new(),
    }
}

/// Nothing was read, for this reason.
pub(crate) fn skipped(mime_type: &str, code: &str, detail: impl Into<String>) -> Coverage {
    Coverage {
        status: CoverageStatus::Skipped,
        gaps: vec![Gap { code: code.into(), detail: detail.into() }],
        ..complete(mime_type)
    }
}

/// Something was not read, for this reason. `detail` must hold no text of the object.
pub(crate) fn gap(coverage: &mut Coverage, code: &str, detail: impl Into<String>) {
    if coverage.status == CoverageStatus::Complete {
        coverage.status = CoverageStatus::Partial;
    }
    match coverage.gaps.len() {
        0..GAPS_MAX => coverage.gaps.push(Gap { code: code.into(), detail: detail.into() }),
        GAPS_MAX => coverage.gaps.push(Gap {
            code: code.into(),
            detail: format!("{GAPS_MAX} gaps are told; there are more"),
        }),
        _ => {}
    }
}

/// Something is worth knowing.
pub(crate) fn note(coverage: &mut Coverage, note: impl Into<String>) {
    if coverage.notes.len() < NOTES_MAX {
        coverage.notes.push(note.into());
    }
}

/// A bound was reached while reading; carried through readers as the inside of an [`io::Error`].
#[derive(Debug, thiserror::Error)]
#[error("{detail}")]
pub(crate) struct Bound {
    pub code: &'static str,
    pub detail: String,
}

impl Bound {
    /// As an error of reading.
    pub fn into_io(self) -> io::Error {
        io::Error::other(self)
    }
}

/// The code and the words for an error of reading what a container holds.
pub(crate) fn of_error(what: &str, error: &io::Error) -> (&'static str, String) {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Bound>()) {
        Some(bound) => (bound.code, bound.detail.clone()),
        None => (MALFORMED, format!("{what} is damaged or cut off ({})", error.kind())),
    }
}
