//! PowerPoint presentations up to 2003 ([MS-PPT]): every atom of text in the stream, on the slide it is
//! part of where the file tells. What earlier savings left behind is read too.

use super::bytes::{slice, u16_at, u32_at};
use super::code_page;
use super::findings::Findings;
use super::ole::Tree;
use crate::gaps;
use crate::session::Session;
use lakegate_core::coverage::Count;
use std::collections::HashMap;

/// Containers within one another.
const DEPTH_MAX: usize = 32;

/// Edits of a file that are followed to where its slides stand.
const EDITS_MAX: usize = 10_000;

/// Slides whose number is known.
const SLIDES_MAX: usize = 100_000;

const SLIDE: u16 = 0x3ee;
const NOTES: u16 = 0x3f0;
const DOCUMENT: u16 = 0x3e8;
const SLIDE_LIST: u16 = 0xff0;
const SLIDE_PLACE: u16 = 0x3f3;
const NOTES_OF: u16 = 0x3f1;

/// The head of a record and its content.
struct Record<'b> {
    version: u16,
    instance: u16,
    kind: u16,
    content: &'b [u8],
    end: usize,
    is_cut: bool,
}

fn record(bytes: &[u8], at: usize) -> Option<Record<'_>> {
    let head = u16_at(bytes, at)?;
    let kind = u16_at(bytes, at + 2)?;
    let length = u32_at(bytes, at + 4)? as usize;
    let start = at + 8;
    let whole = slice(bytes, start, length);
    let content = whole.or_else(|| bytes.get(start..)).unwrap_or_default();
    Some(Record {
        version: head & 0xf,
        instance: head >> 4,
        kind,
        content,
        end: start + content.len(),
        is_cut: whole.is_none(),
    })
}

/// Reads the presentation of a storage.
pub(super) fn read(
    session: &mut Session<'_>,
    tree: &mut Tree,
    findings: &mut Findings,
    storage: &str,
) {
    let user = tree.find(storage, "Current User").map(|index| tree.take(index, findings));
    let user = user.unwrap_or_default();
    let Some(index) = tree.find(storage, "PowerPoint Document") else { return };
    let bytes = tree.take(index, findings);
    let places = Places::of(&bytes, u32_at(&user, 16).map(|at| at as usize));
    if places.is_encrypted || u32_at(&user, 12) == Some(0xf3d1_c4df) {
        findings
            .gap(gaps::ENCRYPTED, "the presentation is encrypted in a way that is not supported");
        return;
    }
    findings.lines(session, "Current User", None, |lines| {
        super::strings::read(&user, lines);
        Ok(())
    });
    let mut at = 0;
    let mut is_cut = bytes.len() < 8;
    while let Some(record) = record(&bytes, at) {
        let page = places.page(at, &record);
        top_level(session, findings, &places, &record, page);
        is_cut |= record.is_cut;
        at = record.end;
    }
    is_cut |= bytes.get(at..).is_some_and(|rest| rest.iter().any(|byte| *byte != 0));
    if is_cut {
        findings.gap(gaps::MALFORMED, "the presentation is damaged or cut off");
    }
    let slides = places.slides.len() as u64;
    findings.coverage.pages = Some(Count { inspected: slides, total: slides });
}

fn top_level(
    session: &mut Session<'_>,
    findings: &mut Findings,
    places: &Places,
    record: &Record<'_>,
    page: Option<u32>,
) {
    if record.kind == 0x1011 {
        return object(session, findings, record);
    }
    let mut texts = Texts { pages: vec![(page, String::new())], is_too_deep: false };
    if record.kind == DOCUMENT {
        texts.document(record.content, places);
    } else {
        texts.walk(record, 0);
    }
    if texts.is_too_deep {
        findings.gap(gaps::TOO_DEEP, format!("more than {DEPTH_MAX} containers in one another"));
    }
    for (page, text) in &texts.pages {
        if !text.is_empty() {
            findings.lines(session, "", *page, |lines| {
                lines.push(text);
                Ok(())
            });
        }
    }
    findings.has_read();
}

/// An embedded object: an OLE file, mostly compressed.
fn object(session: &mut Session<'_>, findings: &mut Findings, record: &Record<'_>) {
    if record.instance == 1 {
        let packed = record.content.get(4..).unwrap_or_default();
        let packed_bytes = std::cell::Cell::new(packed.len() as u64);
        let mut inner = flate2::read::ZlibDecoder::new(packed);
        findings.embedded(session, "object", &mut inner, Some(&packed_bytes));
    } else {
        findings.embedded(session, "object", &mut &record.content[..], None);
    }
}

/// Where slides stand in the stream.
#[derive(Default)]
struct Places {
    /// Numbers of slides by where their records begin.
    slides: HashMap<usize, u32>,
    /// Numbers of slides by their identifiers, which notes name.
    ids: HashMap<u32, u32>,
    is_encrypted: bool,
}

impl Places {
    /// Follows the edits from the last one on. What is damaged leaves slides without a number.
    fn of(bytes: &[u8], last_edit: Option<usize>) -> Self {
        let mut places = Self::default();
        let mut offsets: HashMap<u32, usize> = HashMap::new();
        let mut document = None;
        let mut edit_at = last_edit;
        for _ in 0..EDITS_MAX {
            let Some(edit) = edit_at.and_then(|at| record(bytes, at)) else { break };
            if edit.kind != 0xff5 {
                break;
            }
            places.is_encrypted |= edit.content.len() >= 32;
            if document.is_none() {
                document = u32_at(edit.content, 16);
            }
            let directory = u32_at(edit.content, 12).and_then(|at| record(bytes, at as usize));
            if let Some(directory) = directory {
                add_offsets(directory.content, &mut offsets);
            }
            edit_at = u32_at(edit.content, 8).map(|at| at as usize).filter(|at| *at > 0);
        }
        let document = document.and_then(|id| record(bytes, *offsets.get(&id)?));
        let Some(document) = document.filter(|document| document.kind == DOCUMENT) else {
            return places;
        };
        let mut at = 0;
        while let Some(list) = record(document.content, at) {
            at = list.end;
            if list.kind == SLIDE_LIST && list.instance == 0 {
                places.add_slides(list.content, &offsets);
            }
        }
        places
    }

    fn add_slides(&mut self, list: &[u8], offsets: &HashMap<u32, usize>) {
        let mut at = 0;
        let mut number = 0;
        while let Some(place) = record(list, at) {
            at = place.end;
            if place.kind != SLIDE_PLACE || number as usize >= SLIDES_MAX {
                continue;
            }
            number += 1;
            if let Some(offset) = u32_at(place.content, 0).and_then(|id| offsets.get(&id)) {
                self.slides.insert(*offset, number);
            }
            self.ids.extend(u32_at(place.content, 12).map(|id| (id, number)));
        }
    }

    /// The slide that a record of the stream is, or has notes on.
    fn page(&self, at: usize, record: &Record<'_>) -> Option<u32> {
        match record.kind {
            SLIDE => self.slides.get(&at).copied(),
            NOTES => {
                let of = self::record(record.content, 0).filter(|of| of.kind == NOTES_OF)?;
                self.ids.get(&u32_at(of.content, 0)?).copied()
            }
            _ => None,
        }
    }
}

/// Runs of identifiers, each with the places of those it counts.
fn add_offsets(directory: &[u8], offsets: &mut HashMap<u32, usize>) {
    let mut at = 0;
    while let Some(run) = u32_at(directory, at) {
        at += 4;
        for index in 0..run >> 20 {
            let Some(offset) = u32_at(directory, at) else { return };
            // The edit that was read first is the newest.
            offsets.entry((run & 0xf_ffff) + index).or_insert(offset as usize);
            at += 4;
        }
    }
}

/// Gathers texts, by the slides they are on.
struct Texts {
    pages: Vec<(Option<u32>, String)>,
    is_too_deep: bool,
}

impl Texts {
    /// The document holds outlines of all slides, one behind the other.
    fn document(&mut self, content: &[u8], places: &Places) {
        let mut at = 0;
        while let Some(list) = record(content, at) {
            at = list.end;
            if list.kind != SLIDE_LIST || list.instance != 0 || list.version != 0xf {
                self.pages.push((None, String::new()));
                self.walk(&list, 1);
                continue;
            }
            let mut inner_at = 0;
            while let Some(inner) = record(list.content, inner_at) {
                inner_at = inner.end;
                if inner.kind == SLIDE_PLACE {
                    let id = u32_at(inner.content, 12).unwrap_or(0);
                    self.pages.push((places.ids.get(&id).copied(), String::new()));
                } else {
                    self.walk(&inner, 2);
                }
            }
        }
    }

    fn walk(&mut self, record: &Record<'_>, depth: usize) {
        let is_container = record.version == 0xf || record.kind == 0x138b;
        if is_container {
            if depth > DEPTH_MAX {
                self.is_too_deep = true;
                return;
            }
            let mut at = 0;
            while let Some(inner) = self::record(record.content, at) {
                self.walk(&inner, depth + 1);
                at = inner.end;
            }
            return;
        }
        let mut text = String::new();
        match record.kind {
            0xfa0 | 0xfba => code_page::decode_wide(record.content, &mut text),
            0xfa8 => text.extend(record.content.iter().map(|byte| char::from(*byte))),
            // Fonts, colours and places of shapes; animations, and files of newer versions.
            _ => {
                let mut waiting = super::walker::Waiting::default();
                super::strings::read_wide(record.content, &mut waiting);
                text = waiting.text;
            }
        }
        let Some((_, page)) = self.pages.last_mut().filter(|_| !text.trim().is_empty()) else {
            return;
        };
        page.extend(text.chars().filter(|c| *c != '\0').map(|c| match c {
            '\r' | '\u{b}' => '\n',
            c => c,
        }));
        if !page.ends_with('\n') {
            page.push('\n');
        }
    }
}
