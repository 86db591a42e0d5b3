//! Documents of word processors, spreadsheets and presentations.
//!
//! All that holds text is read: what a page shows, and also headers, notes, comments, deleted text,
//! hidden sheets, properties, links, and what is embedded. A part that is not known is read for all text
//! that it has, never left out.

mod allocation;
mod biff;
mod blips;
mod bytes;
pub(super) mod code_page;
mod doc;
mod findings;
mod grid;
mod locked;
mod numbers;
mod ods;
pub(super) mod ole;
mod package;
mod ppt;
mod properties;
mod relations;
mod shared_strings;
mod strings;
mod style;
mod texts;
mod vba;
mod walker;
mod xls;
mod xlsb;
mod xlsx;
mod xml;

use crate::gaps::{self, Bound};
use crate::limits::Limits;
use crate::session::Session;
use findings::Findings;
use lakegate_core::coverage::Coverage;
use package::{Archive, Package};

/// A document that is a ZIP archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Docx,
    Pptx,
    Xlsx,
    Xlsb,
    /// OpenDocument: text, drawings, formulas and what else is made of paragraphs.
    Odt,
    Odp,
    Ods,
    Epub,
}

impl Kind {
    fn mime_type(self) -> &'static str {
        match self {
            Kind::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Kind::Pptx => {
                "application/vnd.openxmlformats-officedocument.presentationml.presentation"
            }
            Kind::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Kind::Xlsb => "application/vnd.ms-excel.sheet.binary.macroEnabled.12",
            Kind::Odt => "application/vnd.oasis.opendocument.text",
            Kind::Odp => "application/vnd.oasis.opendocument.presentation",
            Kind::Ods => "application/vnd.oasis.opendocument.spreadsheet",
            Kind::Epub => "application/epub+zip",
        }
    }
}

/// Which document an archive is, by its parts; `None` if it is an archive and no more.
pub(super) fn kind(archive: &mut Archive, limits: &Limits) -> Option<Kind> {
    let is_candidate = ["mimetype", "[Content_Types].xml", "content.xml"]
        .iter()
        .any(|name| archive.index_for_name(name).is_some())
        || archive.file_names().flatten().any(|name| {
            let name = package::folded(&name);
            name == "[content_types].xml"
                || name == "word/document.xml"
                || name == "xl/workbook.xml"
        });
    if !is_candidate {
        return None;
    }
    let mut package = Package::new(archive, limits, limits.expanded_bytes_max);
    if let Some(mimetype) = package.find("mimetype") {
        let head = package.head(mimetype, 200);
        let head = String::from_utf8_lossy(&head);
        if let Some(kind) = opendocument_kind(head.trim()) {
            return Some(kind);
        }
    }
    let main = main_part(&mut package);
    office_kind(&main)
        .or_else(|| package.folded_names().find_map(office_kind))
        .or_else(|| kind_by_content(&mut package, &main))
        .or_else(|| {
            let content = package.find("content.xml")?;
            let head = package.head(content, 4096);
            let head = String::from_utf8_lossy(&head);
            head.contains("opendocument:xmlns:office").then_some(Kind::Odt)
        })
}

fn opendocument_kind(mime_type: &str) -> Option<Kind> {
    if mime_type == "application/epub+zip" {
        return Some(Kind::Epub);
    }
    let kind = mime_type
        .strip_prefix("application/vnd.oasis.opendocument.")
        .or_else(|| mime_type.strip_prefix("application/vnd.sun.xml."))?;
    Some(match kind {
        kind if kind.starts_with("spreadsheet") || kind.starts_with("calc") => Kind::Ods,
        kind if kind.starts_with("presentation") || kind.starts_with("impress") => Kind::Odp,
        _ => Kind::Odt,
    })
}

/// The kind of document whose main part has this name.
fn office_kind(name: &str) -> Option<Kind> {
    let lower = package::folded(name);
    let is_part = |folder: &str, word: &str, end: &str| {
        lower.strip_prefix(folder).is_some_and(|name| {
            name.starts_with(word) && name.ends_with(end) && !name.contains('/')
        })
    };
    if is_part("word/", "document", ".xml") {
        Some(Kind::Docx)
    } else if is_part("xl/", "workbook", ".xml") {
        Some(Kind::Xlsx)
    } else if is_part("xl/", "workbook", ".bin") {
        Some(Kind::Xlsb)
    } else if is_part("ppt/", "presentation", ".xml") {
        Some(Kind::Pptx)
    } else {
        None
    }
}

/// The kind of document by how its main part begins, whatever that is called.
fn kind_by_content(package: &mut Package<'_>, main: &str) -> Option<Kind> {
    let index = package.find(main)?;
    let head = package.head(index, 4096);
    let head = String::from_utf8_lossy(&head);
    let is_main = |word: &str| {
        head.contains(&format!("{word}/2006/main")) || head.contains(&format!("{word}/main"))
    };
    if is_main("wordprocessingml") {
        Some(Kind::Docx)
    } else if is_main("spreadsheetml") {
        Some(Kind::Xlsx)
    } else if is_main("presentationml") {
        Some(Kind::Pptx)
    } else {
        None
    }
}

/// The name of an Office document's main part, or nothing.
fn main_part(package: &mut Package<'_>) -> String {
    relations::of(package, "")
        .into_iter()
        .find(|relation| relation.kind == "officeDocument")
        .map(|relation| relation.target)
        .unwrap_or_default()
}

/// Reads a document.
pub(super) fn read(session: &mut Session<'_>, archive: &mut Archive, kind: Kind) -> Coverage {
    let mut package = Package::new(archive, session.limits, session.room_bytes());
    let mut findings = Findings::new(kind.mime_type());
    let text_bytes = session.text_bytes;
    match kind {
        Kind::Docx => texts::docx(session, &mut package, &mut findings),
        Kind::Pptx => texts::pptx(session, &mut package, &mut findings),
        Kind::Odt | Kind::Odp | Kind::Ods if texts::is_encrypted(&mut package) => {
            let read = locked::opendocument::read(session, &mut package);
            return read.unwrap_or_else(|Bound { code, detail }| {
                gaps::skipped(kind.mime_type(), code, detail)
            });
        }
        Kind::Odt | Kind::Odp => texts::opendocument(session, &mut package, &mut findings),
        Kind::Epub => texts::epub(&mut package, &mut findings),
        Kind::Xlsx => xlsx::read(session, &mut package, &mut findings),
        Kind::Ods => ods::read(session, &mut package, &mut findings),
        Kind::Xlsb => xlsb::read(session, &mut package, &mut findings),
    }
    if matches!(kind, Kind::Xlsx | Kind::Xlsb | Kind::Ods) {
        findings.shows(session.text_bytes - text_bytes);
    }
    findings.rest(session, &mut package);
    session.add_expanded(package.expanded_bytes());
    findings.finish()
}
