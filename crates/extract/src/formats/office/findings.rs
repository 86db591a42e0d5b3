//! What reading a document of many parts came to: the parts that are read as text, and what is embedded.

use super::super::scans::Pictures;
use super::code_page;
use super::package::{Package, Trouble};
use super::strings;
use super::walker::{Lines, Waiting, Walker};
use super::xml::{self, Element, Handler};
use crate::gaps;
use crate::session::Session;
use crate::writer::TextWriter;
use lakegate_core::coverage::{Count, Coverage, CoverageStatus};
use std::cell::Cell;
use std::collections::HashMap;
use std::io::Read;

/// Bytes of a binary part in which strings are looked for.
const STRINGS_BYTES_MAX: u64 = 64 << 20;

/// A line of something embedded counts as so much shown text.
const EMBEDDED_LINE_CHARS: u64 = 20;

/// Gathers a document's coverage.
pub(super) struct Findings {
    pub coverage: Coverage,
    /// Pictures that nobody reads.
    unread: Pictures,
    /// Pages that show nothing but such.
    image_pages: u64,
    is_judged_by_page: bool,
    /// Characters that the document shows beside them, as far as they count.
    shown_chars: u64,
    /// What is read from here on does not count.
    is_shown_known: bool,
    /// Parts that are pictures: those that nobody reads with their pixels and bytes.
    parts: HashMap<usize, Option<(u64, u64)>>,
    embedded: Count,
    has_read: bool,
}

impl Findings {
    pub fn new(mime_type: &str) -> Self {
        let coverage = gaps::complete(mime_type);
        Self {
            coverage,
            unread: Pictures::default(),
            image_pages: 0,
            is_judged_by_page: false,
            shown_chars: 0,
            is_shown_known: false,
            parts: HashMap::new(),
            embedded: Count::default(),
            has_read: false,
        }
    }

    pub fn gap(&mut self, code: &str, detail: impl Into<String>) {
        gaps::gap(&mut self.coverage, code, detail);
    }

    /// A part that was not read, or not to its end.
    pub fn trouble(&mut self, result: Result<(), Trouble>) {
        if let Err((code, detail)) = result {
            self.gap(code, detail);
        }
    }

    /// Lines or cells that were read.
    pub fn units(&mut self, count: u64) {
        self.has_read |= count > 0;
        self.coverage.units_inspected += count;
    }

    /// A part was read that may hold no text.
    pub fn has_read(&mut self) {
        self.has_read = true;
    }

    /// The text that `write` gives, named as from a part if `name` is not empty.
    pub fn lines(
        &mut self,
        session: &mut Session<'_>,
        name: &str,
        page: Option<u32>,
        write: impl FnOnce(&mut dyn Lines) -> Result<(), Trouble>,
    ) {
        let read = |session: &mut Session<'_>| {
            let mut writer = TextWriter::new(session, page);
            let result = write(&mut writer);
            (result, writer.finish())
        };
        let (result, lines) =
            if name.is_empty() { read(session) } else { session.part(name, read) };
        self.has_read |= result.is_ok();
        self.units(lines);
        self.trouble(result);
    }

    /// Text that waited until a sheet was at its end.
    pub fn waiting(&mut self, session: &mut Session<'_>, name: &str, waiting: &Waiting) {
        if waiting.is_cut {
            self.gap(gaps::TOO_BIG, "a sheet has too much text beside its cells");
        }
        if !waiting.text.is_empty() {
            self.lines(session, name, None, |lines| {
                lines.push(&waiting.text);
                Ok(())
            });
        }
    }

    /// The document shows so many more characters beside its pictures.
    pub fn shows(&mut self, chars: u64) {
        if !self.is_shown_known {
            self.shown_chars += chars;
        }
    }

    /// All that counts as shown beside pictures was read: what is left is headers, notes and the like, or was
    /// judged page by page.
    pub fn shows_no_more(&mut self) {
        self.is_shown_known = true;
    }

    /// A page that shows so many characters, and these parts, which are pictures.
    pub fn page_shows(
        &mut self,
        session: &mut Session<'_>,
        package: &mut Package<'_>,
        page: u32,
        chars: u64,
        pictures: &[usize],
    ) {
        let outside = session.page.replace(page);
        let mut unread = Pictures::default();
        for index in pictures {
            if !package.is_taken(*index) {
                self.embedded_part(session, package, *index);
            }
            if let Some(Some((pixels, bytes))) = self.parts.get(index) {
                unread.add(*pixels, *bytes);
            }
        }
        session.page = outside;
        self.is_judged_by_page = true;
        self.image_pages += u64::from(unread.are_all(chars));
    }

    /// The text of an XML part. Tells how many characters of it are shown.
    pub fn text_part(
        &mut self,
        session: &mut Session<'_>,
        package: &mut Package<'_>,
        index: usize,
        name: &str,
        page: Option<u32>,
    ) -> u64 {
        let mut chars = 0;
        match package.take(index) {
            Ok(mut part) if is_styling(name) => {
                let mut waiting = Waiting::default();
                let mut walker = Walker::new(&mut waiting);
                let result = xml::read("a part", &mut part, &mut walker);
                walker.finish();
                waiting.text = telling(&waiting.text);
                self.waiting(session, name, &waiting);
                self.trouble(result);
            }
            Ok(mut part) => self.lines(session, name, page, |lines| {
                let mut walker = Walker::new(lines);
                let result = xml::read("a part", &mut part, &mut walker);
                chars = walker.finish();
                result
            }),
            Err((code, detail)) => self.gap(code, detail),
        }
        self.shows(chars);
        chars
    }

    /// A part that is read as what it is.
    fn embedded_part(
        &mut self,
        session: &mut Session<'_>,
        package: &mut Package<'_>,
        index: usize,
    ) {
        let name = package.name(index).to_owned();
        match package.take(index) {
            Ok(mut part) => {
                let packed_bytes = Cell::new(part.packed_bytes());
                let unread = self.embedded(session, &name, &mut part, Some(&packed_bytes));
                self.parts.insert(index, unread);
            }
            Err((code, detail)) => self.gap(code, detail),
        }
    }

    /// Something within the document, read as what it is. Where nobody is there to read pictures, they take
    /// nothing from the coverage by themselves. Tells the pixels, as far as they are known, and bytes of a
    /// picture that is not read.
    pub fn embedded(
        &mut self,
        session: &mut Session<'_>,
        name: &str,
        input: &mut dyn Read,
        packed_bytes: Option<&Cell<u64>>,
    ) -> Option<(u64, u64)> {
        session.take_largest_pixels();
        let inner = match session.within(name, input, packed_bytes) {
            Ok(inner) => inner,
            Err(bound) => {
                self.embedded.total += 1;
                self.gap(bound.code, bound.detail);
                return None;
            }
        };
        let pixels = session.take_largest_pixels();
        let is_unread = inner.status == CoverageStatus::Skipped;
        let has_pixels_alone = inner.gaps.iter().all(|gap| gap.code == gaps::IMAGE_ONLY);
        if (is_unread || has_pixels_alone && !inner.gaps.is_empty())
            && is_image(&inner.mime_type, name)
        {
            self.coverage.units_inspected += inner.units_inspected;
            self.unread.add(pixels, inner.bytes_total);
            if session.reads_pictures() {
                self.unread_picture(&inner);
            }
            return Some((pixels, inner.bytes_total));
        }
        self.add_embedded(&inner);
        None
    }

    /// Something within the document that was read.
    pub fn add_embedded(&mut self, inner: &Coverage) {
        self.embedded.total += 1;
        let number = self.embedded.total;
        if !inner.mime_type.starts_with("image/") {
            // Whatever it is, it is more than a stamp.
            self.shows(inner.units_inspected.saturating_mul(EMBEDDED_LINE_CHARS));
        }
        if let Some(within) = inner.members {
            self.embedded.total += within.total;
            self.embedded.inspected += within.inspected;
        }
        self.embedded.inspected += u64::from(inner.status == CoverageStatus::Complete);
        self.has_read |= inner.status != CoverageStatus::Skipped;
        self.coverage.units_inspected += inner.units_inspected;
        for gap in &inner.gaps {
            self.gap(&gap.code, format!("embedded object {number}: {}", gap.detail));
        }
        for note in &inner.notes {
            gaps::note(&mut self.coverage, format!("embedded object {number}: {note}"));
        }
    }

    /// A picture that could not be read although somebody reads pictures.
    fn unread_picture(&mut self, inner: &Coverage) {
        let number = self.unread.count;
        if inner.mime_type.starts_with("image/") {
            for gap in &inner.gaps {
                self.gap(&gap.code, format!("picture {number} that is not read: {}", gap.detail));
            }
        } else {
            let detail = format!("picture {number} that is not read: its format is not known");
            self.gap(gaps::IMAGE_ONLY, detail);
        }
    }

    /// All parts that are not yet read.
    pub fn rest(&mut self, session: &mut Session<'_>, package: &mut Package<'_>) {
        let parts_max = session.limits.members_max;
        for index in 0..package.len() {
            if index as u64 >= parts_max {
                self.gap(gaps::TOO_MANY_MEMBERS, format!("more than {parts_max} parts"));
                break;
            }
            if package.is_taken(index) || package.is_directory(index) {
                continue;
            }
            let name = package.name(index).to_owned();
            match Role::of(&name, &package.head(index, 512)) {
                Role::Structure => {}
                Role::Relations => self.relations(session, package, index, &name),
                Role::Xml => {
                    self.text_part(session, package, index, &name, None);
                }
                Role::Decoration => self.decoration(session, package, index, &name),
                Role::Other => self.embedded_part(session, package, index),
            }
        }
    }

    /// Links that lead out of the document.
    fn relations(
        &mut self,
        session: &mut Session<'_>,
        package: &mut Package<'_>,
        index: usize,
        name: &str,
    ) {
        match package.take(index) {
            Ok(mut part) => self.lines(session, name, None, |lines| {
                xml::read("a part", &mut part, &mut Links { lines })
            }),
            Err((code, detail)) => self.gap(code, detail),
        }
    }

    /// Binary data that is known to describe a printer, a font or a control.
    fn decoration(
        &mut self,
        session: &mut Session<'_>,
        package: &mut Package<'_>,
        index: usize,
        name: &str,
    ) {
        let mut bytes = Vec::new();
        match package.take(index) {
            Ok(part) => {
                if let Err(error) = part.take(STRINGS_BYTES_MAX).read_to_end(&mut bytes) {
                    self.trouble(Err(gaps::of_error("a part", &error)));
                }
            }
            Err((code, detail)) => self.gap(code, detail),
        }
        self.lines(session, name, None, |lines| {
            if super::package::folded(name).starts_with("xl/customproperty") {
                let mut text = String::new();
                code_page::decode_wide(&bytes, &mut text);
                lines.push(&text);
            } else {
                strings::read(&bytes, lines);
            }
            Ok(())
        });
    }

    /// The coverage of it all.
    pub fn finish(mut self) -> Coverage {
        if self.unread.count > 0 {
            gaps::note(&mut self.coverage, format!("{} images were not read", self.unread.count));
        }
        if self.image_pages > 0 {
            let pages = self.coverage.pages.get_or_insert_default();
            pages.inspected = pages.inspected.saturating_sub(self.image_pages);
            let (images, total) = (self.image_pages, pages.total);
            let detail = format!("{images} of {total} pages are images: pixels are not read");
            self.gap(gaps::IMAGE_ONLY, detail);
        } else if !self.is_judged_by_page && self.unread.are_all(self.shown_chars) {
            let detail = "it shows images and hardly any text: pixels are not read";
            self.gap(gaps::IMAGE_ONLY, detail);
        }
        if self.embedded.total > 0 {
            self.coverage.members = Some(self.embedded);
        }
        if !self.has_read && self.coverage.status == CoverageStatus::Partial {
            self.coverage.status = CoverageStatus::Skipped;
        }
        self.coverage
    }
}

/// Parts that say how a document looks: names of fonts, colours and styles, which read like names of people.
fn is_styling(name: &str) -> bool {
    let lower = super::package::folded(name);
    let folders = ["/theme/", "/slidemasters/", "/slidelayouts/", "/notesmasters/"];
    let names = [
        "/styles.xml",
        "/styleswitheffects.xml",
        "/fonttable.xml",
        "/tablestyles.xml",
        "/settings.xml",
        "/websettings.xml",
        "/presprops.xml",
        "/viewprops.xml",
    ];
    folders.iter().any(|folder| lower.contains(folder))
        || names.iter().any(|end| lower.ends_with(end))
}

/// The lines of such a part that may hold something all the same, a number or an address of mail, each with
/// the one before it, which may say what it is.
fn telling(text: &str) -> String {
    let may_tell = |line: &&str| {
        line.contains('@') || line.bytes().filter(u8::is_ascii_digit).count() >= STYLING_DIGITS_MIN
    };
    let lines: Vec<&str> = text.lines().collect();
    let mut telling = String::new();
    for (index, line) in lines.iter().enumerate() {
        if may_tell(line) || lines.get(index + 1).is_some_and(may_tell) {
            telling.extend([line, "\n"]);
        }
    }
    telling
}

/// Fewer digits are a size or a colour.
const STYLING_DIGITS_MIN: usize = 5;

/// Pixels and drawings, by what was found or by the name of what nothing was found of.
fn is_image(mime_type: &str, name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let extensions = [".emf", ".wmf", ".emz", ".wmz", ".pict", ".pct", ".wdp", ".jxr", ".svm"];
    mime_type.starts_with("image/")
        || [
            "application/octet-stream",
            "application/x-riff",
            "application/gzip",
            "application/x-empty",
        ]
        .contains(&mime_type)
            && extensions.iter().any(|extension| lower.ends_with(extension))
}

/// How a part is read.
enum Role {
    /// It only says which parts there are.
    Structure,
    Relations,
    Xml,
    Decoration,
    Other,
}

impl Role {
    fn of(name: &str, head: &[u8]) -> Role {
        let lower = super::package::folded(name);
        let ends = |end: &str| lower.ends_with(end);
        let is_decoration = ((lower.contains("/printersettings")
            || lower.starts_with("xl/customproperty"))
            && ends(".bin"))
            || (lower.contains("/activex")
                && ends(".bin")
                && !head.starts_with(b"\xd0\xcf\x11\xe0"))
            || [".odttf", ".fntdata", ".ttf", ".otf", ".woff", ".woff2"]
                .iter()
                .any(|end| ends(end));
        let start = head.iter().position(|byte| !b"\xef\xbb\xbf \r\n\t".contains(byte));
        let is_markup = start.and_then(|start| head.get(start..)).is_some_and(|text| {
            text.starts_with(b"<?xml")
                || text.starts_with(b"\xff\xfe<")
                || text.starts_with(b"\xfe\xff\x00<")
        });
        if lower == "[content_types].xml" || lower == "mimetype" {
            Role::Structure
        } else if ends(".rels") {
            Role::Relations
        } else if is_markup
            || [".xml", ".vml", ".rdf", ".xhtml", ".opf", ".ncx"].iter().any(|end| ends(end))
                && !head.is_empty()
        {
            Role::Xml
        } else if is_decoration {
            Role::Decoration
        } else {
            Role::Other
        }
    }
}

/// Writes the targets of relations that are external.
struct Links<'l> {
    lines: &'l mut dyn Lines,
}

impl Handler for Links<'_> {
    fn start(&mut self, element: &Element<'_>) {
        if element.attribute("TargetMode").is_some_and(|mode| mode == "External")
            && let Some(target) = element.attribute("Target")
        {
            self.lines.push(&target);
            self.lines.push("\n");
        }
    }
    fn end(&mut self, _: &str) {}
    fn text(&mut self, text: &str) {
        if !text.trim().is_empty() {
            self.lines.push(text);
            self.lines.push("\n");
        }
    }
    fn remark(&mut self, text: &str) {
        self.text(text);
    }
}
