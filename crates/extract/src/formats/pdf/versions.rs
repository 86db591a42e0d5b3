//! Earlier versions of a document: a program that changes one may only add to the file, so that what was
//! taken out is still in it. Of them is read what the newest version does not have.

use super::content::Shared;
use super::objects::Objects;
use super::pictures::Pictures;
use super::{locked, pages, strings, write};
use crate::gaps;
use crate::session::Session;
use crate::writer::TextWriter;
use lakegate_core::coverage::Coverage;
use lakegate_core::secret::Secret;
use lopdf::Document;
use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

/// Ends each version.
pub(super) const END: &[u8] = b"%%EOF";

/// So near before it stands where its table of objects is.
const TABLE_PLACE_BYTES: usize = 48;

/// Versions that are read, beside the newest.
const VERSIONS_MAX: usize = 8;

/// Lines that were read.
#[derive(Default)]
pub(super) struct Seen {
    lines: HashSet<u64>,
    hasher: RandomState,
}

impl Seen {
    pub fn add(&mut self, text: &str) {
        for line in text.lines() {
            self.lines.insert(self.hasher.hash_one(line.trim()));
        }
    }

    /// The lines that were not read before; they are from now on.
    fn take_new(&mut self, text: &str) -> String {
        let mut new = String::new();
        for line in text.lines() {
            if self.lines.insert(self.hasher.hash_one(line.trim())) {
                new.extend([line, "\n"]);
            }
        }
        new
    }
}

/// Reads what only earlier versions have.
pub(super) fn read(
    session: &mut Session<'_>,
    bytes: &[u8],
    (newest, password): (&Document, Option<Secret>),
    (seen, pictures): (&mut Seen, &mut Pictures),
    coverage: &mut Coverage,
) {
    let mut ends = ends(bytes);
    ends.pop();
    // That of the first page, if the file is made to be shown before all of it is there.
    if newest.linearization.is_some() && !ends.is_empty() {
        ends.remove(0);
    }
    let mut unread = ends.len().saturating_sub(VERSIONS_MAX);
    for end in ends.iter().rev().take(VERSIONS_MAX) {
        let options = locked::options(password.as_ref());
        match Document::load_mem_with_options(&bytes[..*end], options) {
            Ok(version) if !locked::is_locked(&version) && version.xref_recovery.is_none() => {
                let parts = (&mut *seen, &mut *pictures);
                let lines = read_version(session, &version, bytes.len(), parts, coverage);
                coverage.units_inspected += lines;
            }
            _ => unread += 1,
        }
    }
    if unread > 0 {
        gaps::note(coverage, format!("earlier versions within it that are not read: {unread}"));
    }
}

/// Where versions end: behind the place of their table of objects. Fonts have such marks too.
fn ends(bytes: &[u8]) -> Vec<usize> {
    let is_end = |start: &usize| {
        let before = &bytes[start.saturating_sub(TABLE_PLACE_BYTES)..*start];
        memchr::memmem::find(before, b"startxref").is_some()
    };
    let marks = memchr::memmem::find_iter(bytes, END).filter(is_end);
    marks.map(|start| start + END.len()).collect()
}

fn read_version(
    session: &mut Session<'_>,
    version: &Document,
    document_bytes: usize,
    (seen, pictures): (&mut Seen, &mut Pictures),
    coverage: &mut Coverage,
) -> u64 {
    let objects = Objects::new(version);
    let mut texts = strings::collect(&objects);
    let mut shared = Shared::new(document_bytes as u64);
    let mut lines = 0;
    for (number, id) in objects.pages.iter().take(session.limits.pages_max as usize) {
        let mut page = pages::read(&objects, &mut shared, *id);
        if pictures.show(session, &objects, &mut page, *number) > 0 {
            let detail = format!("page {number} of an earlier version: images that are not read");
            gaps::gap(coverage, gaps::IMAGE_ONLY, detail);
        }
        texts.forget(*number, &page.fields);
        let new = seen.take_new(&page.text) + &seen.take_new(&texts.take(*number));
        lines += write(TextWriter::new(session, Some(*number)), &[&new]).0;
    }
    lines + write(TextWriter::new(session, None), &[&seen.take_new(&texts.rest())]).0
}
