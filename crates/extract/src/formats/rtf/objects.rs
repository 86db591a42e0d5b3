//! Objects within RTF, each read as what it is.

use super::MIME_TYPE;
use crate::gaps;
use crate::members::Members;
use crate::session::Session;
use lakegate_core::coverage::{Count, Coverage};

/// Reads what is embedded. Pixels take nothing from the coverage.
pub(super) fn add_objects(
    session: &mut Session<'_>,
    coverage: &mut Coverage,
    objects: Vec<Vec<u8>>,
) {
    let mut counts = Count::default();
    for (index, object) in objects.iter().enumerate() {
        let mut members = Members::new(MIME_TYPE);
        let content = object_content(object);
        let is_open =
            members.read(session, &format!("object {}", index + 1), &mut &content[..], None);
        let inner = members.finish();
        counts.total += inner.members.map_or(1, |count| count.total);
        counts.inspected += inner.members.map_or(0, |count| count.inspected);
        coverage.units_inspected += inner.units_inspected;
        for gap in &inner.gaps {
            gaps::gap(coverage, &gap.code, format!("object {}: {}", index + 1, gap.detail));
        }
        for note in &inner.notes {
            gaps::note(coverage, format!("object {}: {note}", index + 1));
        }
        if !is_open {
            break;
        }
    }
    if counts.total > 0 {
        coverage.members = Some(counts);
    }
}

/// What an object of OLE 1 holds: behind its version, its kind, three names and its size.
fn object_content(object: &[u8]) -> &[u8] {
    let number = |at: usize| {
        let bytes = object.get(at..)?.first_chunk()?;
        usize::try_from(u32::from_le_bytes(*bytes)).ok()
    };
    let content = || {
        if number(4)? != 2 {
            return None;
        }
        let mut at: usize = 8;
        for _ in 0..3 {
            at = at.checked_add(4)?.checked_add(number(at)?)?;
        }
        let size = number(at)?;
        let content = object.get(at + 4..)?;
        Some(content.get(..size).unwrap_or(content))
    };
    content().filter(|content| !content.is_empty()).unwrap_or(object)
}
