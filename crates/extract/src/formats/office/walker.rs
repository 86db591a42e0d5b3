//! The text of an XML part, whatever it is a part of: a paragraph is a line, the cells of a table's row
//! stand on one line with tabs between, and what attributes say follows at the end of the part. Nothing
//! is left out because it is unknown: only measures, colours and the like, in the formats' own parts.

use super::super::scans::chars;
use super::style::{self, Style, block, is_identity, is_measure};
use super::xml::{Element, Handler, local};
use crate::writer::TextWriter;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Takes text as it is found.
pub(super) trait Lines {
    fn push(&mut self, text: &str);
    /// What follows stands on this page, or on none.
    fn page(&mut self, _: Option<u32>) {}
    /// A picture of the document stands here, in the part of that name.
    fn picture(&mut self, _: &str) {}
}

impl Lines for TextWriter<'_, '_> {
    fn push(&mut self, text: &str) {
        TextWriter::push(self, text);
    }
}

/// Text that waits, so many bytes of it at most.
#[derive(Default)]
pub(super) struct Waiting {
    pub text: String,
    /// Something had no room.
    pub is_cut: bool,
}

/// Bytes that wait.
const WAITING_BYTES_MAX: usize = 64 << 20;

impl Lines for Waiting {
    fn push(&mut self, text: &str) {
        if self.text.len() + text.len() > WAITING_BYTES_MAX {
            self.is_cut = true;
        } else {
            self.text.push_str(text);
        }
    }
}

/// Bytes of a paragraph or a row after which it is handed on before its end is known.
const PARAGRAPH_BYTES_MAX: usize = 1 << 20;

/// Bytes of what attributes say that wait for the end of the part.
const ATTRIBUTES_BYTES_MAX: usize = 256 << 10;

/// Lines and attributes that are remembered, so that they come once.
const SEEN_MAX: usize = 65_536;

/// A paragraph or a row of a table that is not yet at its end.
#[derive(Default)]
struct Frame {
    name: &'static str,
    now: String,
    /// The text before tracked changes, if there are any.
    was: Option<String>,
    /// Its start has been handed on.
    is_begun: bool,
    /// Cells of a row that ended.
    cells: usize,
}

impl Frame {
    fn is_row(&self) -> bool {
        self.name == "tr" || self.name == "table-row"
    }

    /// A row of several cells, which is a line of its own also where its table stands in a cell.
    fn is_line(&self) -> bool {
        self.is_row() && self.cells > 1
    }
}

/// Reads one part.
pub(super) struct Walker<'o> {
    out: &'o mut dyn Lines,
    style: Option<Style>,
    frames: Vec<Frame>,
    /// Text outside paragraphs.
    loose: String,
    /// Commands of fields.
    commands: String,
    attributes: String,
    seen_attributes: HashSet<u64>,
    /// The element begun last, if nothing ended since.
    current: String,
    /// A [`Style::Data`] element's line, before its text.
    label: String,
    inserted: usize,
    deleted: usize,
    /// Within a paragraph's properties.
    properties: usize,
    /// Within the first choice of alternatives, and within what stands in for it.
    choice: usize,
    fallback: usize,
    seen_choice: HashSet<u64>,
    /// Pages of a presentation begun so far.
    pages: u32,
    /// The part keeps a copy of cells in attributes.
    is_cache: bool,
    /// Characters of paragraphs, white space aside.
    shown_chars: u64,
    /// Rows within one another that the line before stood in, and whether it was one of several cells.
    depth: usize,
    is_table: bool,
}

/// What tells the shape of a font, or its characters, has so many hexadecimal digits at most.
const FONT_SHAPE_BYTES_MAX: usize = 20;

/// Longer numbers that are named a value may be more than a measure.
const MEASURE_VALUE_BYTES_MAX: usize = 6;

impl<'o> Walker<'o> {
    pub fn new(out: &'o mut dyn Lines) -> Self {
        Self {
            out,
            style: None,
            frames: Vec::new(),
            loose: String::new(),
            commands: String::new(),
            attributes: String::new(),
            seen_attributes: HashSet::new(),
            current: String::new(),
            label: String::new(),
            inserted: 0,
            deleted: 0,
            properties: 0,
            choice: 0,
            fallback: 0,
            seen_choice: HashSet::new(),
            pages: 0,
            is_cache: false,
            shown_chars: 0,
            depth: 0,
            is_table: false,
        }
    }

    /// Hands on what is left, also of a part that broke off. Tells how many characters stand in
    /// paragraphs, white space aside.
    pub fn finish(mut self) -> u64 {
        self.end_frames();
        self.out.page(None);
        self.flush_asides();
        self.shown_chars
    }

    fn end_frames(&mut self) {
        self.settle();
        while !self.frames.is_empty() {
            self.end_frame();
        }
    }

    fn flush_asides(&mut self) {
        for aside in [&mut self.commands, &mut self.attributes] {
            if !aside.is_empty() {
                self.out.push(aside);
                if !aside.ends_with('\n') {
                    self.out.push("\n");
                }
                aside.clear();
            }
        }
    }

    /// Text outside paragraphs ends where an element begins or ends.
    fn settle(&mut self) {
        let text = self.loose.trim();
        let is_data = self.style == Some(Style::Data);
        if is_data && !(text.is_empty() && self.label.is_empty()) {
            let label = if self.label.is_empty() { &self.current } else { &self.label };
            self.out.push(label);
            if !text.is_empty() {
                self.out.push(if label.is_empty() { "" } else { ": " });
                self.out.push(text);
            }
            self.out.push("\n");
            self.label.clear();
        } else if !text.is_empty() {
            self.shown_chars += chars(text);
            self.out.push(text);
            self.out.push("\n");
        }
        self.loose.clear();
    }

    fn append(&mut self, text: &str) {
        // Paragraphs within paragraphs share the room.
        let bytes_max = PARAGRAPH_BYTES_MAX / self.frames.len().max(1);
        let (is_deleted, is_inserted) = (self.deleted > 0, self.inserted > 0);
        let Some(frame) = self.frames.last_mut() else {
            self.loose.push_str(text);
            if self.loose.len() > PARAGRAPH_BYTES_MAX {
                self.settle();
            }
            return;
        };
        if (is_deleted || is_inserted) && frame.was.is_none() {
            frame.was = Some(frame.now.clone());
        }
        if !is_deleted {
            frame.now.push_str(text);
        }
        if let Some(was) = &mut frame.was
            && (!is_inserted || is_deleted)
        {
            was.push_str(text);
        }
        if frame.now.len() + frame.was.as_ref().map_or(0, String::len) > bytes_max {
            self.spill();
        }
    }

    /// Hands on the start of a paragraph that is too long to be kept.
    fn spill(&mut self) {
        let Some(frame) = self.frames.last_mut() else { return };
        self.shown_chars += chars(&frame.now);
        self.out.push(&frame.now);
        frame.now.clear();
        frame.is_begun = true;
        if let Some(was) = &mut frame.was {
            self.out.push("\n");
            self.out.push(was);
            self.out.push("\n");
            was.clear();
            frame.is_begun = false;
        }
    }

    fn end_frame(&mut self) {
        let Some(frame) = self.frames.pop() else { return };
        // A paragraph in a cell is a part of the row's line.
        let is_line = frame.is_line();
        if let Some(outer) = self.frames.last_mut().filter(|outer| outer.is_row() && !is_line) {
            if frame.is_begun {
                self.out.push("\n");
            }
            if frame.was.is_some() && outer.was.is_none() {
                outer.was = Some(outer.now.clone());
            }
            let was = frame.was.as_ref().unwrap_or(&frame.now);
            if let Some(outer_was) = &mut outer.was {
                join(outer_was, was);
            }
            join(&mut outer.now, &frame.now);
            if outer.now.len() > PARAGRAPH_BYTES_MAX {
                self.spill();
            }
            return;
        }
        let depth = usize::from(frame.is_row()) + self.frames.iter().filter(|f| f.is_row()).count();
        if !frame.now.trim().is_empty() {
            self.part_tables(depth);
            self.is_table = is_line || self.is_table && frame.is_row();
        }
        // What stands in one cell alone among rows is a row of their table.
        let is_row = frame.is_row() && self.is_table && !frame.is_begun;
        self.line(&frame.now, frame.is_begun, is_row);
        if let Some(was) = frame.was.filter(|was| was.trim() != frame.now.trim()) {
            self.line(&was, false, is_row);
        }
        if self.frames.is_empty() {
            if self.attributes.len() < ATTRIBUTES_BYTES_MAX {
                let attributes = std::mem::take(&mut self.attributes);
                self.flush_asides();
                self.attributes = attributes;
            } else {
                self.flush_asides();
            }
        }
    }

    /// A table that stands in a cell of another is none with it.
    fn part_tables(&mut self, depth: usize) {
        if self.depth > 0 && depth > 0 && depth != self.depth {
            self.out.push("\n");
        }
        self.depth = depth;
    }

    fn line(&mut self, text: &str, is_begun: bool, is_row: bool) {
        let text = text.trim_end();
        if text.is_empty() && !is_begun {
            return;
        }
        // Alternatives mostly say the same twice.
        if self.fallback > 0 && !is_begun && self.seen_choice.contains(&hash(text)) {
            return;
        }
        if self.choice > 0 && self.seen_choice.len() < SEEN_MAX {
            self.seen_choice.insert(hash(text));
        }
        self.shown_chars += chars(text);
        self.out.push(text);
        self.out.push(if is_row && !text.contains('\t') { "\t\n" } else { "\n" });
    }

    fn attribute(&mut self, name: &str, value: &str) {
        let value = value.trim();
        if value.is_empty() || name.starts_with("xmlns") {
            return;
        }
        if self.style == Some(Style::Data) {
            if !name.ends_with("schemaLocation") {
                for piece in [" ", local(name), "=", value] {
                    self.label.push_str(piece);
                }
            }
            return;
        }
        if name == "xlink:href" && self.style == Some(Style::OpenDocument) {
            self.out.picture(value);
        }
        // What is chosen, cached or kept in a variable may be a number.
        let is_value = match local(name) {
            "v" | "val" | "value" | "displayText" => !is_identity(&self.current),
            _ => name.starts_with("office:") && name.ends_with("value"),
        };
        let is_long = value.len() > MEASURE_VALUE_BYTES_MAX || self.is_cache;
        let is_bits = ["usb", "csb"].iter().any(|set| local(name).starts_with(set));
        let is_shape_of_font = (is_bits
            || [local(name), &self.current].iter().any(|name| name.starts_with("panose")))
            && value.len() <= FONT_SHAPE_BYTES_MAX
            && value.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_shape_of_font
            || is_measure(value) && !(is_value && is_long)
            || !self.seen_attributes.insert(hash(value))
        {
            return;
        }
        if self.seen_attributes.len() > SEEN_MAX {
            self.seen_attributes.clear();
        }
        self.aside(value);
    }

    /// Something that waits until the end of the part, if it is not too much.
    fn aside(&mut self, text: &str) {
        self.attributes.push_str(text);
        self.attributes.push('\n');
        if self.attributes.len() > ATTRIBUTES_BYTES_MAX && self.frames.is_empty() {
            self.flush_asides();
        }
    }
}

/// Adds a paragraph to a cell.
fn join(cell: &mut String, text: &str) {
    if !cell.is_empty() && !cell.ends_with('\t') && !text.is_empty() {
        cell.push(' ');
    }
    cell.extend(text.chars().map(|c| if c == '\n' { ' ' } else { c }));
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

impl Handler for Walker<'_> {
    fn start(&mut self, element: &Element<'_>) {
        self.settle();
        let style = *self.style.get_or_insert_with(|| style::of(element));
        let name = element.local();
        self.is_cache |= matches!(name, "pivotCacheDefinition" | "pivotCacheRecords");
        self.current.clear();
        self.current.push_str(name);
        element.attributes(|name, value| self.attribute(name, value));
        if style == Style::Data {
            if !self.label.is_empty() {
                self.label.insert_str(0, name);
            }
            return;
        }
        if let Some(name) = block(style, name) {
            // What stands before a block in HTML is a line of its own.
            if style == Style::Html
                && self.frames.last().is_some_and(|frame| !frame.is_row())
                && let Some(frame) = self.frames.last_mut()
            {
                let text = std::mem::take(&mut frame.now);
                let is_begun = std::mem::take(&mut frame.is_begun);
                self.line(&text, is_begun, false);
            }
            self.frames.push(Frame { name, ..Frame::default() });
            return;
        }
        match name {
            "page" if element.name() == "draw:page" => {
                self.end_frames();
                self.pages = self.pages.saturating_add(1);
                self.out.page(Some(self.pages));
            }
            "pPr" => self.properties += 1,
            "ins" | "moveTo" => self.inserted += 1,
            "del" | "moveFrom" => self.deleted += 1,
            "Choice" => self.choice += 1,
            "Fallback" => self.fallback += 1,
            "tab" | "ptab" if self.properties == 0 && !self.frames.is_empty() => self.append("\t"),
            "br" | "cr" | "line-break" if !self.frames.is_empty() => self.append("\n"),
            "noBreakHyphen" => self.append("-"),
            "s" if style == Style::OpenDocument => {
                let spaces = element.number::<usize>("c").unwrap_or(1).clamp(1, 64);
                self.append(&" ".repeat(spaces));
            }
            "fldChar" if !self.commands.is_empty() && !self.commands.ends_with('\n') => {
                self.commands.push('\n');
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        self.settle();
        self.current.clear();
        match name {
            "pPr" => self.properties = self.properties.saturating_sub(1),
            "ins" | "moveTo" => self.inserted = self.inserted.saturating_sub(1),
            "del" | "moveFrom" => self.deleted = self.deleted.saturating_sub(1),
            "Choice" => self.choice = self.choice.saturating_sub(1),
            // White space between pages is no text.
            "page" if self.pages > 0 && self.frames.is_empty() => self.out.page(None),
            "Fallback" => self.fallback = self.fallback.saturating_sub(1),
            "tc" | "td" | "th" | "table-cell" | "covered-table-cell"
                if self.frames.last().is_some_and(Frame::is_row) =>
            {
                self.append("\t");
                if let Some(row) = self.frames.last_mut() {
                    row.cells += 1;
                }
            }
            _ if self.frames.last().is_some_and(|frame| frame.name == name) => self.end_frame(),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        match self.style {
            Some(Style::Office) => match self.current.as_str() {
                "instrText" | "delInstrText" => {
                    self.commands.push_str(text);
                    if self.commands.len() > PARAGRAPH_BYTES_MAX {
                        self.flush_asides();
                    }
                }
                "t" | "delText" => self.append(text),
                _ if text.trim().is_empty() => {}
                _ => self.append(text),
            },
            Some(Style::OpenDocument | Style::Html) => {
                let is_blank = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r');
                if !text.contains(['\t', '\n', '\r']) && !text.contains("  ") {
                    self.append(text);
                    return;
                }
                let mut collapsed = String::with_capacity(text.len());
                for c in text.chars() {
                    match is_blank(c) {
                        true if collapsed.ends_with(' ') => {}
                        true => collapsed.push(' '),
                        false => collapsed.push(c),
                    }
                }
                self.append(&collapsed);
            }
            Some(Style::Data) | None => {
                self.loose.push_str(text);
                if self.loose.len() > PARAGRAPH_BYTES_MAX {
                    self.out.push(&self.loose);
                    self.loose.clear();
                }
            }
        }
    }

    fn remark(&mut self, text: &str) {
        self.settle();
        let text = text.trim();
        if !text.is_empty() {
            self.aside(text);
        }
    }
}
