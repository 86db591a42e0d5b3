//! PDF, page by page. The text of a page comes from following how it is drawn; what is not on pages (the
//! document's description, notes, form fields, outlines) is read from the objects of the file. What must never
//! happen: a page whose content was damaged, or shows only pixels, in a document that is called complete.

mod attachments;
mod cells;
mod charmap;
mod content;
mod fonts;
mod layout;
mod locked;
mod objects;
mod pages;
mod pictures;
mod raster;
mod strings;
mod tables;
mod tokens;
mod versions;
mod wraps;

use super::Format;
use crate::gaps;
use crate::session::Session;
use crate::spool::Spool;
use crate::writer::{Tables, TextWriter};
use content::Shared;
use lakegate_core::coverage::{Count, Coverage};
use lopdf::xref::XrefRecovery;
use lopdf::{DecompressError, Document};
use objects::Objects;
use pages::PageText;
use pictures::Pictures;
use versions::Seen;

/// A stream may be so long when decompressed; longer ones are not read.
const STREAM_BYTES_MAX: usize = 100 << 20;

/// How near to its end a whole file names its table of objects (ISO 32000, annex H).
const TAIL_BYTES: usize = 2048;

pub(super) fn read(session: &mut Session<'_>, spool: &Spool) -> Coverage {
    let mime_type = Format::Pdf.mime_type();
    let bytes = match super::whole(session, spool, mime_type, "the document") {
        Ok(bytes) => bytes,
        Err(skipped) => return *skipped,
    };
    let (document, password) = match locked::open(session, &bytes) {
        Ok(opened) => opened,
        Err((code, detail)) => return gaps::skipped(mime_type, code, detail),
    };
    let mut coverage = gaps::complete(mime_type);
    check_whole(&mut coverage, &bytes, &document);
    let mut seen = Seen::default();
    let mut pictures = Pictures::default();
    let parts = (&mut seen, &mut pictures);
    read_document(session, &document, spool.size_bytes(), parts, &mut coverage);
    let parts = (&mut seen, &mut pictures);
    versions::read(session, &bytes, (&document, password), parts, &mut coverage);
    read_rest(session, &bytes, &mut coverage);
    coverage
}

/// Why a document can not be opened.
fn reason(error: &lopdf::Error) -> (&'static str, &'static str) {
    use lopdf::Error;
    match error {
        Error::InvalidPassword | Error::Decryption(_) => {
            (gaps::ENCRYPTED, "it is encrypted and can not be decrypted")
        }
        Error::UnsupportedSecurityHandler(_) => {
            (gaps::ENCRYPTED, "it is encrypted in a way that is not supported")
        }
        Error::Decompress(DecompressError::MemoryLimitExceeded { .. }) => {
            (gaps::TOO_BIG, "a list of objects is too long")
        }
        _ => (gaps::MALFORMED, "the document is damaged"),
    }
}

/// Finds what was cut off or can not be told from the objects that are left.
fn check_whole(coverage: &mut Coverage, bytes: &[u8], document: &Document) {
    let tail = &bytes[bytes.len().saturating_sub(TAIL_BYTES)..];
    if memchr::memmem::find(tail, versions::END).is_none() {
        gaps::gap(coverage, gaps::MALFORMED, "the document is cut off: it has no end mark");
    }
    match document.xref_recovery {
        Some(XrefRecovery::Reconstructed) => {
            let detail = "its table of objects is damaged: some may be missing";
            gaps::gap(coverage, gaps::MALFORMED, detail);
        }
        Some(XrefRecovery::OffsetCorrected) => {
            gaps::note(coverage, "its table of objects was not where it should be");
        }
        // Nothing, or nothing that is known.
        _ => {}
    }
}

/// Reads what stands behind the end of the document, as what it is.
fn read_rest(session: &mut Session<'_>, bytes: &[u8], coverage: &mut Coverage) {
    let Some(end) = memchr::memmem::rfind(bytes, versions::END) else { return };
    let rest = &bytes[end + versions::END.len()..];
    if rest.iter().all(|byte| *byte == 0 || byte.is_ascii_whitespace()) {
        return;
    }
    super::rest(session, rest, "after the document", coverage);
}

fn read_document(
    session: &mut Session<'_>,
    document: &Document,
    document_bytes: u64,
    (seen, pictures): (&mut Seen, &mut Pictures),
    coverage: &mut Coverage,
) {
    let objects = Objects::new(document);
    let mut texts = strings::collect(&objects);
    let mut shared = Shared::new(document_bytes);
    let mut tables = Tables::default();
    let mut sums = Sums { total: objects.pages.len() as u64, ..Sums::default() };
    for (number, id) in objects.pages.iter().take(session.limits.pages_max as usize) {
        let mut page = pages::read(&objects, &mut shared, *id);
        pictures.show(session, &objects, &mut page, *number);
        texts.forget(*number, &page.fields);
        let beside = texts.take(*number);
        let writer = TextWriter::new(session, Some(*number)).after(tables);
        let (lines, tables_so_far) = write(writer, &[&page.text, &beside]);
        tables = tables_so_far;
        coverage.units_inspected += lines;
        seen.add(&page.text);
        seen.add(&beside);
        for (code, detail) in &page.gaps {
            gaps::gap(coverage, code, format!("page {number}: {detail}"));
        }
        sums.add(&page);
    }
    let rest = texts.rest();
    coverage.units_inspected += write(TextWriter::new(session, None), &[&rest]).0;
    seen.add(&rest);
    if texts.is_cut {
        gaps::gap(coverage, gaps::TOO_BIG, "there is too much text beside its pages");
    }
    sums.tell(coverage);
    objects.tell_damage(coverage);
    locked::tell_rest(document, coverage);
    attachments::read(session, &objects, coverage);
}

/// What the pages came to.
#[derive(Default)]
struct Sums {
    total: u64,
    looked_at: u64,
    read: u64,
    images_only: u64,
    unknown: u64,
    images: u64,
}

impl Sums {
    fn add(&mut self, page: &PageText) {
        self.looked_at += 1;
        self.read += u64::from(page.is_read());
        self.images_only += u64::from(page.is_image);
        self.unknown += u64::from(page.is_unknown);
        self.images += page.images;
    }

    fn tell(&self, coverage: &mut Coverage) {
        let Self { total, images_only, unknown, images, .. } = *self;
        coverage.pages = Some(Count { inspected: self.read, total });
        if total == 0 {
            gaps::gap(coverage, gaps::MALFORMED, "no page was found in it");
        }
        if self.looked_at < total {
            let detail = format!("{} of {total} pages are looked at", self.looked_at);
            gaps::gap(coverage, gaps::TOO_BIG, detail);
        }
        if images_only > 0 {
            let detail = format!("{images_only} of {total} pages are images: pixels are not read");
            gaps::gap(coverage, gaps::IMAGE_ONLY, detail);
        }
        if unknown > 0 {
            let detail =
                format!("{unknown} of {total} pages have fonts that do not tell their characters");
            gaps::gap(coverage, gaps::UNSUPPORTED, detail);
        }
        if images > 0 {
            let note = format!("images beside text whose pixels are not read: {images}");
            gaps::note(coverage, note);
        }
    }
}

/// Writes the texts of a page, or of none. Tells how many lines there were, and the tables among them.
fn write(mut writer: TextWriter<'_, '_>, texts: &[&str]) -> (u64, Tables) {
    for text in texts.iter().filter(|text| !text.is_empty()) {
        writer.push(text);
        if !text.ends_with('\n') {
            writer.push("\n");
        }
    }
    writer.finish_page()
}
