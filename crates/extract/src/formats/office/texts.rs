//! Text documents and presentations made of XML parts: which part comes first, and on which page.

use super::super::scans;
use super::findings::Findings;
use super::package::{Package, folded};
use super::walker::{Lines, Walker};
use super::xml::{self, Element, Handler};
use super::{main_part, relations};
use crate::gaps;
use crate::session::Session;
use crate::writer::TextWriter;
use lakegate_core::coverage::Count;
use std::collections::HashSet;
use std::io::Read;

/// The body of a Word document; headers, notes and comments are among the rest.
pub(super) fn docx(session: &mut Session<'_>, package: &mut Package<'_>, findings: &mut Findings) {
    let main = main_part(package);
    match package.find(&main).or_else(|| package.find("word/document.xml")) {
        Some(index) => {
            findings.text_part(session, package, index, "", None);
            findings.shows_no_more();
        }
        None => findings.gap(gaps::MALFORMED, "the main part of the document is missing"),
    }
}

/// Relations of a slide that lead to what many slides share.
const SHARED: &[&str] =
    &["slideLayout", "slideMaster", "notesMaster", "theme", "slide", "themeOverride"];

/// Relations of a slide that lead to what is not shown with it.
const BESIDE: &[&str] = &["notesSlide", "comments", "comment", "tags"];

/// The slides of a presentation in their order, each with what belongs to it alone.
pub(super) fn pptx(session: &mut Session<'_>, package: &mut Package<'_>, findings: &mut Findings) {
    let named = main_part(package);
    let main =
        if package.find(&named).is_some() { named } else { "ppt/presentation.xml".to_owned() };
    let mut order = Order::default();
    match package.find(&main) {
        Some(index) => {
            let result = package
                .look(index)
                .and_then(|mut part| xml::read("the presentation", &mut part, &mut order));
            findings.trouble(result);
        }
        None => findings.gap(gaps::MALFORMED, "the main part of the presentation is missing"),
    }
    let targets = relations::of(package, &main);
    let mut pages = Count::default();
    for id in &order.ids {
        let page = u32::try_from(pages.total + 1).ok();
        pages.total += 1;
        let target = targets.iter().find(|relation| relation.id == *id).map(|found| &found.target);
        let Some((target, index)) = target.and_then(|name| Some((name, package.find(name)?)))
        else {
            findings.gap(gaps::MALFORMED, format!("slide {} is missing", pages.total));
            continue;
        };
        if package.is_taken(index) {
            continue;
        }
        let mut chars = findings.text_part(session, package, index, "", page);
        pages.inspected += 1;
        let mut pictures = Vec::new();
        for relation in relations::of(package, target) {
            let Some(index) = package.find(&relation.target) else { continue };
            let (name, kind) = (folded(&relation.target), relation.kind.as_str());
            if kind == "image" && !name.ends_with(".svg") {
                pictures.push(index);
            }
            if name.ends_with(".xml") && !package.is_taken(index) && !SHARED.contains(&kind) {
                let more = findings.text_part(session, package, index, "", page);
                chars += if BESIDE.contains(&kind) { 0 } else { more };
            }
        }
        findings.page_shows(session, package, page.unwrap_or(0), chars, &pictures);
    }
    findings.coverage.pages = Some(pages);
}

/// The relations of the slides, in order.
#[derive(Default)]
struct Order {
    ids: Vec<String>,
    is_told: bool,
}

/// Slides whose order is followed; those beyond are read without a number.
const SLIDES_MAX: usize = 100_000;

impl Handler for Order {
    fn start(&mut self, element: &Element<'_>) {
        match element.local() {
            "sldIdLst" => self.is_told = true,
            "sldId" if self.is_told && self.ids.len() < SLIDES_MAX => {
                // Its own number has the same name without prefix.
                element.attributes(|name, value| {
                    if name.ends_with(":id") {
                        self.ids.push(value.to_owned());
                    }
                });
            }
            _ => {}
        }
    }
    fn end(&mut self, name: &str) {
        if name == "sldIdLst" {
            self.is_told = false;
        }
    }
    fn text(&mut self, _: &str) {}
    fn remark(&mut self, _: &str) {}
}

/// The content of an OpenDocument text or presentation; what it shares with others is among the rest.
pub(super) fn opendocument(
    session: &mut Session<'_>,
    package: &mut Package<'_>,
    findings: &mut Findings,
) {
    let Some(index) = package.find("content.xml") else {
        findings.gap(gaps::MALFORMED, "the content of the document is missing");
        return;
    };
    let mut part = match package.take(index) {
        Ok(part) => part,
        Err((code, detail)) => return findings.gap(code, detail),
    };
    let mut pages = 0;
    let mut pages_lines = 0;
    findings.has_read();
    let mut paged = Pages {
        session,
        page: None,
        text: String::new(),
        pages: &mut pages,
        lines: &mut pages_lines,
        shown: Vec::new(),
    };
    let mut walker = Walker::new(&mut paged);
    let result = xml::read("the content", &mut part, &mut walker);
    let chars = walker.finish();
    paged.flush();
    let shown = paged.shown;
    findings.units(pages_lines);
    drop(part);
    if pages == 0 {
        findings.shows(chars);
    }
    for page in shown {
        let pictures = page.pictures.iter().filter_map(|name| package.find(name));
        let pictures: Vec<usize> = pictures.collect();
        findings.page_shows(session, package, page.number, page.chars, &pictures);
    }
    findings.shows_no_more();
    if pages > 0 {
        let inspected = if result.is_ok() { pages } else { pages - 1 };
        findings.coverage.pages = Some(Count { inspected, total: pages });
    }
    findings.trouble(result);
}

/// Bytes of a page that are kept until it ends.
const PAGE_BYTES_MAX: usize = 4 << 20;

/// Writes what stands on each page by itself.
struct Pages<'w, 's> {
    session: &'w mut Session<'s>,
    page: Option<u32>,
    text: String,
    pages: &'w mut u64,
    lines: &'w mut u64,
    shown: Vec<Page>,
}

/// What one page shows.
struct Page {
    number: u32,
    chars: u64,
    /// The parts that are its pictures.
    pictures: Vec<String>,
}

/// Pictures of one page whose place is known.
const PICTURES_MAX: usize = 1_000;

impl Pages<'_, '_> {
    fn flush(&mut self) {
        if self.text.is_empty() {
            return;
        }
        let mut writer = TextWriter::new(self.session, self.page);
        writer.push(&self.text);
        *self.lines += writer.finish();
        self.text.clear();
    }
}

impl Lines for Pages<'_, '_> {
    fn push(&mut self, text: &str) {
        if let Some(page) = self.shown.last_mut().filter(|_| self.page.is_some()) {
            page.chars += scans::chars(text);
        }
        self.text.push_str(text);
        if self.text.len() > PAGE_BYTES_MAX {
            self.flush();
        }
    }

    fn page(&mut self, page: Option<u32>) {
        if self.page != page {
            self.flush();
            *self.pages += u64::from(page.is_some());
            self.page = page;
            self.shown.extend(page.map(|number| Page { number, chars: 0, pictures: Vec::new() }));
        }
    }

    fn picture(&mut self, name: &str) {
        if let Some(page) = self.shown.last_mut().filter(|_| self.page.is_some())
            && page.pictures.len() < PICTURES_MAX
        {
            page.pictures.push(relations::resolve("", name));
        }
    }
}

/// Whether the manifest of an OpenDocument file says that its parts are encrypted.
pub(super) fn is_encrypted(package: &mut Package<'_>) -> bool {
    struct Look(bool);
    impl Handler for Look {
        fn start(&mut self, element: &Element<'_>) {
            self.0 |= element.local() == "encryption-data";
        }
        fn end(&mut self, _: &str) {}
        fn text(&mut self, _: &str) {}
        fn remark(&mut self, _: &str) {}
    }
    let mut look = Look(false);
    if let Some(index) = package.find("META-INF/manifest.xml")
        && let Ok(mut part) = package.look(index)
    {
        let _ = xml::read("the manifest", &mut part, &mut look);
    }
    look.0
}

/// Parts of a book that are encrypted are told, and not read.
pub(super) fn epub(package: &mut Package<'_>, findings: &mut Findings) {
    #[derive(Default)]
    struct Look {
        names: HashSet<String>,
        is_font: bool,
    }
    impl Handler for Look {
        fn start(&mut self, element: &Element<'_>) {
            match element.local() {
                "EncryptionMethod" => {
                    let algorithm = element.attribute("Algorithm").unwrap_or_default();
                    self.is_font = algorithm.contains("embedding") || algorithm.contains("font");
                }
                "CipherReference" if !self.is_font => {
                    self.names.extend(element.attribute("URI").map(|name| folded(&name)));
                }
                _ => {}
            }
        }
        fn end(&mut self, _: &str) {}
        fn text(&mut self, _: &str) {}
        fn remark(&mut self, _: &str) {}
    }
    let Some(index) = package.find("META-INF/encryption.xml") else { return };
    let mut look = Look::default();
    let result = package.look(index).and_then(|mut part| xml::read("a part", &mut part, &mut look));
    findings.trouble(result);
    for name in &look.names {
        if let Some(index) = package.find(name) {
            // It is taken and left.
            let _ = package.take(index).map(|mut part| part.read(&mut []));
            findings.gap(gaps::ENCRYPTED, "a part of the book is encrypted");
        }
    }
}
