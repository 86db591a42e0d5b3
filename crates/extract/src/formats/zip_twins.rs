//! Members of a ZIP archive that bear the name of another one. Programs show the last of them only, so that
//! the others are a good place to hide something; here they are read under the same name.

use super::zip::reason;
use crate::gaps;
use crate::session::Session;
use crate::spool::{Spool, SpoolReader};
use lakegate_core::coverage::{Count, Coverage, CoverageStatus};
use std::cell::Cell;
use std::collections::HashSet;
use std::io::{BufReader, Cursor};
use std::ops::Range;
use zip::ZipArchive;

/// An entry of the directory, and the header of a member, without their names and the like (APPNOTE
/// 4.3.12, 4.3.7).
const ENTRY_BYTES: usize = 46;
const HEADER_BYTES: usize = 30;

/// So many are read; archives have hardly any.
const TWINS_MAX: usize = 1_000;

/// A member that another one of its name hides.
pub(super) struct Twin {
    /// Its header and its packed bytes.
    pub range: Range<u64>,
    /// What the directory says of it.
    entry: Vec<u8>,
}

impl Twin {
    /// The sum of its bytes, as the directory has it.
    pub fn crc(&self) -> u32 {
        self.entry
            .get(16..20)
            .and_then(|sum| sum.first_chunk())
            .map_or(0, |s| u32::from_le_bytes(*s))
    }
}

/// The hidden members, those that can be told. What can not be stays between members.
pub(super) fn find(spool: &Spool, archive: &mut ZipArchive<BufReader<SpoolReader>>) -> Vec<Twin> {
    let known: HashSet<u64> = (0..archive.len())
        .filter_map(|index| Some(archive.by_index_raw(index).ok()?.header_start()))
        .collect();
    let mut twins: Vec<Twin> = Vec::new();
    let mut at = archive.central_directory_start();
    while let Some(entry) = entry(spool, at)
        && twins.len() < TWINS_MAX
    {
        at += entry.len() as u64;
        let Some(range) = range(spool, &entry, archive.offset()) else { continue };
        let is_known = known.contains(&range.start)
            || twins.iter().any(|twin| twin.range.start == range.start);
        if !is_known {
            twins.push(Twin { range, entry });
        }
    }
    twins
}

/// An entry of the directory, whole.
fn entry(spool: &Spool, at: u64) -> Option<Vec<u8>> {
    let head = spool.bytes(at, ENTRY_BYTES).ok()?;
    if head.len() < ENTRY_BYTES || !head.starts_with(b"PK\x01\x02") {
        return None;
    }
    let length = |at: usize| usize::from(u16::from_le_bytes([head[at], head[at + 1]]));
    let all = ENTRY_BYTES + length(28) + length(30) + length(32);
    let entry = spool.bytes(at, all).ok().filter(|entry| entry.len() == all)?;
    Some(entry.to_vec())
}

/// Where the header and the packed bytes of an entry's member stand, if the entry itself tells it.
fn range(spool: &Spool, entry: &[u8], offset: u64) -> Option<Range<u64>> {
    let number = |at: usize| {
        let bytes = entry.get(at..at + 4)?.first_chunk()?;
        Some(u32::from_le_bytes(*bytes)).filter(|number| *number < u32::MAX).map(u64::from)
    };
    let (packed, start) = (number(20)?, number(42)?.checked_add(offset)?);
    let header = spool.bytes(start, HEADER_BYTES).ok()?;
    if header.len() < HEADER_BYTES || !header.starts_with(b"PK\x03\x04") {
        return None;
    }
    let length = |at: usize| u64::from(u16::from_le_bytes([header[at], header[at + 1]]));
    let end = start + HEADER_BYTES as u64 + length(26) + length(28) + packed;
    (end <= spool.size_bytes()).then_some(start..end)
}

/// Reads them into the archive's coverage.
pub(super) fn read(
    session: &mut Session<'_>,
    spool: &Spool,
    twins: &[Twin],
    coverage: &mut Coverage,
) {
    if twins.is_empty() {
        return;
    }
    gaps::note(coverage, format!("members that bear the name of another one: {}", twins.len()));
    if twins.len() == TWINS_MAX {
        gaps::gap(coverage, gaps::TOO_MANY_MEMBERS, "too many members bear the name of another");
    }
    for twin in twins {
        let read = read_one(session, spool, twin, coverage);
        let count = coverage.members.get_or_insert(Count { inspected: 0, total: 0 });
        count.total += 1;
        count.inspected += u64::from(read);
    }
}

/// Reads one, and tells whether it was read whole.
fn read_one(
    session: &mut Session<'_>,
    spool: &Spool,
    twin: &Twin,
    coverage: &mut Coverage,
) -> bool {
    const WHAT: &str = "a member that bears the name of another one";
    let length = twin.range.end - twin.range.start;
    let bytes_max = session.limits.document_bytes_max;
    if length > bytes_max {
        gaps::gap(coverage, gaps::TOO_BIG, format!("{WHAT}: more than {bytes_max} bytes"));
        return false;
    }
    let inner = alone(spool, twin).and_then(|mut archive| {
        let mut member = archive.by_index(0).map_err(|error| reason(WHAT, &error))?;
        let name = String::from_utf8_lossy(member.name_raw()).into_owned();
        let packed_bytes = Cell::new(member.compressed_size());
        let inner = session.within(&name, &mut member, Some(&packed_bytes));
        inner.map_err(|bound| (bound.code, format!("{WHAT}: {}", bound.detail)))
    });
    match inner {
        Ok(inner) => {
            coverage.units_inspected += inner.units_inspected;
            for gap in &inner.gaps {
                gaps::gap(coverage, &gap.code, format!("{WHAT}: {}", gap.detail));
            }
            inner.status == CoverageStatus::Complete
        }
        Err((code, detail)) => {
            gaps::gap(coverage, code, detail);
            false
        }
    }
}

/// An archive of this member alone.
fn alone(
    spool: &Spool,
    twin: &Twin,
) -> Result<ZipArchive<Cursor<Vec<u8>>>, (&'static str, String)> {
    let length = (twin.range.end - twin.range.start) as usize;
    let bytes = spool.bytes(twin.range.start, length);
    let mut archive = bytes.map_err(|error| gaps::of_error("a member", &error))?.to_vec();
    let directory = archive.len() as u32;
    archive.extend_from_slice(&twin.entry);
    // Its header stands first here.
    archive[directory as usize + 42..][..4].fill(0);
    archive.extend_from_slice(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    archive.extend((twin.entry.len() as u32).to_le_bytes());
    archive.extend(directory.to_le_bytes());
    archive.extend([0, 0]);
    ZipArchive::new(Cursor::new(archive)).map_err(|error| reason("a member", &error))
}
