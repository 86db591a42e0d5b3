//! What reading a document of many parts came to: the parts that are read as text, and what is embedded.

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
use std::io::Read;

/// Bytes of a binary part in which strings are looked for.
const STRINGS_BYTES_MAX: u64 = 64 << 20;

/// Gathers a document's coverage.
pub(super) struct Findings {
    pub coverage: Coverage,
    images: u64,
    embedded: Count,
    has_read: bool,
}

impl Findings {
    pub fn new(mime_type: &str) -> Self {
        let coverage = gaps::complete(mime_type);
        Self { coverage, images: 0, embedded: Count::default(), has_read: false }
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

    /// The text of an XML part.
    pub fn text_part(
        &mut self,
        session: &mut Session<'_>,
        package: &mut Package<'_>,
        index: usize,
        name: &str,
        page: Option<u32>,
    ) {
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
                walker.finish();
                result
            }),
            Err((code, detail)) => self.gap(code, detail),
        }
    }

    /// Something within the document, read as what it is. Pixels take nothing from the coverage.
    pub fn embedded(
        &mut self,
        session: &mut Session<'_>,
        name: &str,
        input: &mut dyn Read,
        packed_bytes: Option<&Cell<u64>>,
    ) {
        let inner = match session.within(name, input, packed_bytes) {
            Ok(inner) => inner,
            Err(bound) => {
                self.embedded.total += 1;
                self.gap(bound.code, bound.detail);
                return;
            }
        };
        let is_unread = inner.status == CoverageStatus::Skipped;
        let has_pixels_alone = inner.gaps.iter().all(|gap| gap.code == gaps::IMAGE_ONLY);
        if (is_unread || has_pixels_alone && !inner.gaps.is_empty())
            && is_image(&inner.mime_type, name)
        {
            self.images += 1;
            self.coverage.units_inspected += inner.units_inspected;
            return;
        }
        self.add_embedded(&inner);
    }

    /// Something within the document that was read.
    pub fn add_embedded(&mut self, inner: &Coverage) {
        self.embedded.total += 1;
        let number = self.embedded.total;
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
                Role::Xml => self.text_part(session, package, index, &name, None),
                Role::Decoration => self.decoration(session, package, index, &name),
                Role::Other => match package.take(index) {
                    Ok(mut part) => {
                        let packed_bytes = Cell::new(part.packed_bytes());
                        self.embedded(session, &name, &mut part, Some(&packed_bytes));
                    }
                    Err((code, detail)) => self.gap(code, detail),
                },
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
        if self.images > 0 {
            gaps::note(&mut self.coverage, format!("{} images were not read", self.images));
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
