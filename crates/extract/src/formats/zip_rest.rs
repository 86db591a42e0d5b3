//! The bytes of a ZIP archive that belong to no member: before the first, between two, behind the
//! directory, and comments. Programs pass over them, so that they are a good place to hide something;
//! here they are read as what they are.

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

/// The directory's end is looked for in so many bytes of what stands behind the last member.
const DIRECTORY_BYTES_MAX: usize = 64 << 20;

/// Reads them all into the archive's coverage.
pub(super) fn read(
    session: &mut Session<'_>,
    spool: &Spool,
    archive: &mut ZipArchive<BufReader<SpoolReader>>,
    coverage: &mut Coverage,
) {
    comments(session, archive);
    let Some(ranges) = ranges(spool, archive) else {
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
    if reader.seek(SeekFrom::Start(range.start)).is_err() {
        return;
    }
    let mut input = NonZero { input: reader.take(range.end - range.start), has_begun: false };
    let mut first = [0; 1];
    if !matches!(input.read(&mut first), Ok(1)) {
        return;
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
) -> Option<Vec<Range<u64>>> {
    let mut taken = Vec::with_capacity(archive.len() + 1);
    for index in 0..archive.len() {
        let member = archive.by_index_raw(index).ok()?;
        let end = member.data_start()?.checked_add(member.compressed_size())?;
        taken.push(member.header_start()..end);
    }
    let directory = archive.central_directory_start();
    taken.push(directory..directory_end(spool, directory)?);
    taken.sort_by_key(|range| range.start);
    let mut free = Vec::new();
    let mut at = 0;
    for range in taken {
        if range.start > at {
            let descriptor = descriptor_bytes(spool, at..range.start);
            free.push(at + descriptor..range.start);
        } else if range.start < at {
            return None;
        }
        at = at.max(range.end);
    }
    free.push(at..spool.size_bytes());
    free.retain(|range| range.start < range.end);
    Some(free)
}

/// How many bytes behind a member say its size and sum (APPNOTE 4.3.9).
fn descriptor_bytes(spool: &Spool, range: Range<u64>) -> u64 {
    let marked = spool.bytes(range.start, 4).is_ok_and(|mark| mark[..] == *b"PK\x07\x08");
    match range.end - range.start {
        12 | 20 if range.start > 0 => range.end - range.start,
        length @ (16 | 24) if range.start > 0 => length,
        length if marked => length.min(24),
        _ => 0,
    }
}

/// Where the central directory, with its end record and comment, ends.
fn directory_end(spool: &Spool, start: u64) -> Option<u64> {
    let length = usize::try_from(spool.size_bytes().checked_sub(start)?).ok()?;
    let bytes = spool.bytes(start, length.min(DIRECTORY_BYTES_MAX)).ok()?;
    let at = memchr::memmem::rfind(&bytes, END_MARK)?;
    let record = bytes.get(at..at + END_BYTES)?;
    let comment_bytes = u64::from(u16::from_le_bytes([record[20], record[21]]));
    Some((start + (at + END_BYTES) as u64 + comment_bytes).min(spool.size_bytes()))
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
