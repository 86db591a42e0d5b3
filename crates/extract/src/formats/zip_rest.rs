//! The bytes of a ZIP archive that belong to no member: before the first, between two, behind the
//! directory, and comments. Programs pass over them, so that they are a good place to hide something;
//! here they are read as what they are.

use super::zip_twins::{self, Twin};
use crate::gaps;
use crate::session::Session;
use crate::spool::{Spool, SpoolReader};
use crate::writer::TextWriter;
use lakegate_core::coverage::{Coverage, CoverageStatus};
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::ops::Range;
use zip::ZipArchive;

/// Stands for the name of what has none.
const NAME: &str = "(between members)";

/// So many ranges are read; archives have hardly any.
const RANGES_MAX: usize = 1_000;

/// The end of the central directory: its mark, and its length without the comment (APPNOTE 4.3.16).
const END_MARK: &[u8] = b"PK\x05\x06";
const END_BYTES: usize = 22;

/// An entry of the directory without its name, extra fields and comment (APPNOTE 4.3.12).
const ENTRY_BYTES: usize = 46;

/// Records between the last entry and the end: a signature, and two of archives of more than 4 GiB.
const RECORDS_MAX: usize = 4;

/// Reads them all into the archive's coverage.
pub(super) fn read(
    session: &mut Session<'_>,
    spool: &Spool,
    archive: &mut ZipArchive<BufReader<SpoolReader>>,
    coverage: &mut Coverage,
) {
    comments(session, archive);
    let twins = zip_twins::find(spool, archive);
    zip_twins::read(session, spool, &twins, coverage);
    let Some(ranges) = ranges(spool, archive, &twins) else {
        return gaps::gap(coverage, gaps::MALFORMED, "members overlap, or lie outside the archive");
    };
    if ranges.len() > RANGES_MAX {
        gaps::gap(coverage, gaps::MALFORMED, "too much stands between the members");
    }
    for range in ranges.into_iter().take(RANGES_MAX) {
        read_range(session, spool, range, coverage);
    }
}

fn read_range(
    session: &mut Session<'_>,
    spool: &Spool,
    range: Range<u64>,
    coverage: &mut Coverage,
) {
    let mut reader = spool.reader();
    let sought = reader.seek(SeekFrom::Start(range.start));
    let mut input = NonZero { input: reader.take(range.end - range.start), has_begun: false };
    let mut first = [0; 1];
    match sought.and_then(|_| input.read(&mut first)) {
        Ok(0) => return,
        Ok(_) => {}
        Err(error) => {
            let (code, detail) = gaps::of_error("what stands between members", &error);
            return gaps::gap(coverage, code, detail);
        }
    }
    match session.within(NAME, &mut first.chain(input), None) {
        Ok(rest) if rest.status == CoverageStatus::Complete => {}
        Ok(rest) => {
            for gap in rest.gaps {
                gaps::gap(coverage, &gap.code, format!("between members: {}", gap.detail));
            }
        }
        Err(bound) => gaps::gap(coverage, bound.code, bound.detail),
    }
}

/// Comments of the archive and its members.
fn comments(session: &mut Session<'_>, archive: &mut ZipArchive<BufReader<SpoolReader>>) {
    let mut texts = vec![String::from_utf8_lossy(archive.comment()).into_owned()];
    for index in 0..archive.len() {
        if let Ok(member) = archive.by_index_raw(index) {
            texts.push(String::from_utf8_lossy(member.comment_raw()).into_owned());
        }
    }
    texts.retain(|text| !text.is_empty());
    if texts.is_empty() {
        return;
    }
    let mut writer = TextWriter::new(session, None);
    for text in texts {
        writer.push(&text);
        writer.push("\n");
    }
    writer.finish();
}

/// The ranges that belong to nothing; `None` if the directory can not be right.
fn ranges(
    spool: &Spool,
    archive: &mut ZipArchive<BufReader<SpoolReader>>,
    twins: &[Twin],
) -> Option<Vec<Range<u64>>> {
    let mut taken = Vec::with_capacity(archive.len() + twins.len() + 1);
    for index in 0..archive.len() {
        let member = archive.by_index_raw(index).ok()?;
        let (start, crc) = (member.header_start(), member.crc32());
        let end = member.data_start()?.checked_add(member.compressed_size())?;
        taken.push(start..end.checked_add(descriptor_bytes(spool, start, end, crc))?);
    }
    for twin in twins {
        let Range { start, end } = twin.range;
        taken.push(start..end.checked_add(descriptor_bytes(spool, start, end, twin.crc()))?);
    }
    let directory = archive.central_directory_start();
    taken.push(directory..directory_end(spool, directory, archive.len() + twins.len())?);
    taken.sort_by_key(|range| range.start);
    let mut free = Vec::new();
    let mut at = 0;
    for range in taken {
        if range.start < at {
            return None;
        }
        free.push(at..range.start);
        at = range.end;
    }
    free.push(at..spool.size_bytes());
    free.retain(|range| range.start < range.end);
    Some(free)
}

/// How many bytes behind a member repeat its sum and sizes, if its header says that any do (APPNOTE 4.3.9).
fn descriptor_bytes(spool: &Spool, header: u64, end: u64, crc: u32) -> u64 {
    let has_one =
        spool.bytes(header + 6, 1).is_ok_and(|flags| flags[..].iter().any(|f| f & 8 != 0));
    let Ok(bytes) = spool.bytes(end, 24) else { return 0 };
    if !has_one {
        return 0;
    }
    let mark = if bytes.starts_with(b"PK\x07\x08") { 4 } else { 0 };
    if bytes.get(mark..mark + 4) != Some(&crc.to_le_bytes()[..]) {
        return 0;
    }
    // Sizes of eight bytes where the next header stands behind such, of four otherwise.
    let is_next = |at: usize| {
        let next = spool.bytes(end + at as u64, 2);
        next.is_ok_and(|next| next[..] == *b"PK")
    };
    let (short, long) = (mark + 12, mark + 20);
    if !is_next(short) && is_next(long) { long as u64 } else { short as u64 }
}

/// Where the central directory ends, with its entries, its end records and its comment: each must stand
/// where the one before ends, for programs find the last by searching, and what stands between is hidden.
fn directory_end(spool: &Spool, start: u64, entries: usize) -> Option<u64> {
    let mut at = start;
    let number = |bytes: &[u8], at: usize| {
        bytes.get(at..at + 2).map_or(0, |two| u64::from(u16::from_le_bytes([two[0], two[1]])))
    };
    for _ in 0..entries {
        let entry = spool.bytes(at, ENTRY_BYTES).ok()?;
        if entry.len() < ENTRY_BYTES || !entry.starts_with(b"PK\x01\x02") {
            return None;
        }
        at += ENTRY_BYTES as u64 + number(&entry, 28) + number(&entry, 30) + number(&entry, 32);
    }
    for _ in 0..RECORDS_MAX {
        let record = spool.bytes(at, END_BYTES).ok()?;
        at += match record.get(..4)? {
            END_MARK if record.len() == END_BYTES => {
                let end = at + END_BYTES as u64 + number(&record, 20);
                return Some(end.min(spool.size_bytes()));
            }
            b"PK\x05\x05" => 6 + number(&record, 4),
            b"PK\x06\x06" => 12 + u64::from_le_bytes(record.get(4..12)?.try_into().ok()?),
            b"PK\x06\x07" => 20,
            _ => return Some(at),
        };
        if at > spool.size_bytes() {
            return None;
        }
    }
    None
}

/// Passes over zeros at the start: padding.
pub(super) struct NonZero<R> {
    pub(super) input: R,
    pub(super) has_begun: bool,
}

impl<R: Read> Read for NonZero<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        loop {
            let count = self.input.read(buffer)?;
            if self.has_begun || count == 0 {
                return Ok(count);
            }
            if let Some(first) = buffer[..count].iter().position(|byte| *byte != 0) {
                self.has_begun = true;
                buffer.copy_within(first..count, 0);
                return Ok(count - first);
            }
        }
    }
}
