//! Hands on what a picture shows, page by page where it has several.

use super::{Format, Written, enlarge, size};
use crate::gaps;
use crate::picture::Size;
use crate::session::{Session, Shown};
use lakegate_core::coverage::{Count, Coverage};

/// Hands a picture on. Whether all or some of it is read by whoever takes it; what is not, the coverage
/// tells.
pub(super) fn picture(
    session: &mut Session<'_>,
    format: Format,
    bytes: &[u8],
    written: &Written,
    coverage: &mut Coverage,
) -> bool {
    if format == Format::Gif {
        return frames(session, bytes, written, coverage);
    }
    let head = size::head(format, bytes);
    if let Some(head) = &head {
        session.saw(head.size.pixels());
    }
    if !session.reads_pictures() {
        gaps::gap(coverage, gaps::IMAGE_ONLY, "pixels are not read");
        return false;
    }
    let Some(head) = head else {
        match format {
            Format::Heif => gaps::gap(coverage, gaps::IMAGE_ONLY, "HEIF pictures are not read"),
            _ => gaps::gap(coverage, gaps::MALFORMED, "the picture does not tell its size"),
        }
        return false;
    };
    if head.has_more {
        gaps::gap(coverage, gaps::IMAGE_ONLY, "only the first of its pictures is read");
    }
    let pages = head.size.frames.into();
    let enlarged = match format {
        Format::Png => enlarge::png(bytes, head.size),
        _ => None,
    };
    let (file, size) = enlarged.as_ref().map_or((bytes, head.size), |(file, size)| (file, *size));
    let is_shown = one(session, file, size, coverage);
    if pages > 1 {
        coverage.pages = Some(Count { inspected: if is_shown { pages } else { 0 }, total: pages });
    }
    is_shown
}

/// Each picture of a GIF by itself.
fn frames(
    session: &mut Session<'_>,
    bytes: &[u8],
    written: &Written,
    coverage: &mut Coverage,
) -> bool {
    let mut is_shown = false;
    for frame in &written.frames {
        let (file, size) = frame.file(bytes);
        session.saw(size.pixels());
        if !session.reads_pictures() {
            gaps::gap(coverage, gaps::IMAGE_ONLY, "pixels are not read");
            return false;
        }
        match one(session, &file, size, coverage) {
            true => is_shown = true,
            // Nor are those behind it.
            false => return is_shown,
        }
    }
    if written.frames.is_empty() {
        gaps::gap(coverage, gaps::IMAGE_ONLY, "no picture was found in it");
    } else if written.frames.iter().any(|frame| !frame.is_whole) {
        let detail = "pictures that only change those before them are read by themselves alone";
        gaps::gap(coverage, gaps::IMAGE_ONLY, detail);
    }
    is_shown
}

fn one(session: &mut Session<'_>, file: &[u8], size: Size, coverage: &mut Coverage) -> bool {
    if size.is_tiny() && size.frames == 1 {
        gaps::note(coverage, "a picture too small to show text");
        return true;
    }
    match session.show(file, size) {
        Shown::Taken => return true,
        Shown::NotAsked => gaps::gap(coverage, gaps::IMAGE_ONLY, "pixels are not read"),
        Shown::Refused(bound) => gaps::gap(coverage, bound.code, bound.detail),
    }
    false
}
