//! RTF: the text of all destinations. Pictures and objects are read as what they are; nothing else is left
//! out because it is unknown.

mod destinations;
mod objects;
mod pictures;
mod tokens;

use super::office::code_page;
use crate::gaps;
use crate::session::Session;
use crate::writer::TextWriter;
use destinations::{Destination, Group, destination};
use encoding_rs::Encoding;
use lakegate_core::coverage::Coverage;
use objects::add_objects;
use pictures::Pictures;
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};
use tokens::{Token, digit, next, token};

const MIME_TYPE: &str = "application/rtf";

/// Groups within one another whose states are kept.
const GROUPS_MAX: usize = 1_000;

/// Bytes of a line or a destination after which it is handed on before its end is known.
const LINE_BYTES_MAX: usize = 1 << 20;

/// Fonts whose character sets are kept.
const FONTS_MAX: usize = 100_000;

/// Embedded objects that are read.
const OBJECTS_MAX: usize = 10_000;

pub(super) fn read(session: &mut Session<'_>, input: &mut dyn Read) -> Coverage {
    let bytes_max = usize::try_from(session.limits.document_bytes_max).unwrap_or(usize::MAX);
    let mut input = BufReader::with_capacity(64 << 10, input);
    let mut coverage = gaps::complete(MIME_TYPE);
    let text_bytes = session.text_bytes;
    let mut reader = Reader::new(TextWriter::new(session, None), bytes_max);
    let result = reader.read(&mut input);
    if let Err(error) = result {
        let (code, detail) = gaps::of_error("the text", &error);
        gaps::gap(&mut coverage, code, detail);
    } else if reader.depth > 0 {
        gaps::gap(&mut coverage, gaps::MALFORMED, "the text is cut off");
    }
    if reader.is_too_deep {
        let detail = format!("more than {GROUPS_MAX} groups in one another");
        gaps::gap(&mut coverage, gaps::TOO_DEEP, detail);
    }
    if reader.is_object_cut {
        gaps::gap(&mut coverage, gaps::TOO_BIG, "embedded objects are too many or too big");
    }
    let objects = std::mem::take(&mut reader.objects);
    let pictures = std::mem::take(&mut reader.pictures);
    coverage.units_inspected = reader.finish();
    let chars = session.text_bytes - text_bytes;
    add_objects(session, &mut coverage, objects);
    pictures.read(session, &mut coverage, chars);
    coverage
}

struct Reader<'w, 's> {
    writer: TextWriter<'w, 's>,
    group: Group,
    groups: Vec<Group>,
    /// All groups that are open, kept or not.
    depth: usize,
    is_too_deep: bool,
    /// The start of a group, where a destination can begin; and whether it is marked as one.
    is_start: bool,
    is_marked: bool,
    word: String,
    /// Bytes in the group's encoding.
    raw: Vec<u8>,
    line: String,
    /// Texts of destinations that are open.
    asides: Vec<String>,
    /// Those that are at their end, and wait until the line is.
    done: String,
    skip: usize,
    surrogate: Option<u16>,
    encoding: &'static Encoding,
    default_font: i32,
    fonts: HashMap<i32, &'static Encoding>,
    /// The font that the table of fonts tells.
    font: i32,
    pictures: Pictures,
    object: Vec<u8>,
    half: Option<u8>,
    objects: Vec<Vec<u8>>,
    objects_bytes: usize,
    bytes_max: usize,
    is_object_cut: bool,
}

impl<'w, 's> Reader<'w, 's> {
    fn new(writer: TextWriter<'w, 's>, bytes_max: usize) -> Self {
        let encoding = encoding_rs::WINDOWS_1252;
        let group = Group {
            destination: Destination::Body,
            is_own: false,
            substitutes: 1,
            encoding,
            is_deleted: false,
        };
        Self {
            writer,
            group,
            groups: Vec::new(),
            depth: 0,
            is_too_deep: false,
            is_start: false,
            is_marked: false,
            word: String::new(),
            raw: Vec::new(),
            line: String::new(),
            asides: Vec::new(),
            done: String::new(),
            skip: 0,
            surrogate: None,
            encoding,
            default_font: 0,
            fonts: HashMap::new(),
            font: 0,
            pictures: Pictures::new(bytes_max),
            object: Vec::new(),
            half: None,
            objects: Vec::new(),
            objects_bytes: 0,
            bytes_max,
            is_object_cut: false,
        }
    }

    fn read(&mut self, input: &mut dyn BufRead) -> std::io::Result<()> {
        loop {
            match token(&mut self.word, input)? {
                Token::Open => self.open(),
                Token::Close => self.close(),
                Token::Byte(byte) => self.byte(byte),
                Token::Hex(byte) => self.data_or_text(byte),
                Token::Symbol(symbol) => self.symbol(symbol),
                Token::Word(value) => {
                    let word = std::mem::take(&mut self.word);
                    if word == "bin" {
                        self.binary(input, value.unwrap_or(0))?;
                    } else {
                        self.control(&word, value);
                    }
                    self.word = word;
                }
                Token::End => return Ok(()),
            }
        }
    }

    fn open(&mut self) {
        self.settle();
        self.skip = 0;
        self.depth += 1;
        if self.groups.len() < GROUPS_MAX {
            self.groups.push(self.group);
        } else {
            self.is_too_deep = true;
        }
        self.group.is_own = false;
        self.is_start = true;
        self.is_marked = false;
    }

    fn close(&mut self) {
        self.settle();
        self.skip = 0;
        self.is_start = false;
        if self.depth == 0 {
            return;
        }
        self.depth -= 1;
        if self.depth >= self.groups.len() {
            return;
        }
        if self.group.is_own {
            self.end_destination();
        }
        if let Some(group) = self.groups.pop() {
            self.group = group;
        }
    }

    fn end_destination(&mut self) {
        match self.group.destination {
            Destination::Body | Destination::Dropped => {}
            Destination::Aside => {
                let text = self.asides.pop().unwrap_or_default();
                self.add_done(&text);
            }
            Destination::Picture => {
                self.half = None;
                self.pictures.end();
            }
            Destination::Object => {
                let object = std::mem::take(&mut self.object);
                self.half = None;
                if !object.is_empty() {
                    self.objects.push(object);
                }
            }
        }
    }

    fn add_done(&mut self, text: &str) {
        let text = text.trim_end_matches(['\n', ';', ' ']);
        if text.is_empty() {
            return;
        }
        self.done.push_str(text);
        self.done.push('\n');
        if self.line.is_empty() || self.done.len() > LINE_BYTES_MAX {
            self.end_line();
        }
    }

    fn begin(&mut self, destination: Destination) {
        self.group.destination = destination;
        self.group.is_own = true;
        if destination == Destination::Aside {
            self.asides.push(String::new());
        }
    }

    fn byte(&mut self, byte: u8) {
        match byte {
            b'\r' | b'\n' => {}
            0 => {}
            byte if matches!(
                self.group.destination,
                Destination::Object | Destination::Picture
            ) =>
            {
                self.hexadecimal(byte);
            }
            byte => self.data_or_text(byte),
        }
    }

    fn data_or_text(&mut self, byte: u8) {
        self.is_start = false;
        if self.skip > 0 {
            self.skip -= 1;
            return;
        }
        match self.group.destination {
            Destination::Picture | Destination::Dropped | Destination::Object => {}
            Destination::Body | Destination::Aside => {
                self.raw.push(byte);
                if self.raw.len() > LINE_BYTES_MAX {
                    self.settle();
                }
            }
        }
    }

    fn hexadecimal(&mut self, byte: u8) {
        let Some(digit) = digit(byte) else { return };
        match self.half.take() {
            Some(high) => self.object_byte(high << 4 | digit),
            None => self.half = Some(digit),
        }
    }

    fn object_byte(&mut self, byte: u8) {
        if self.group.destination == Destination::Picture {
            self.pictures.byte(byte);
            return;
        }
        if self.objects_bytes >= self.bytes_max || self.objects.len() >= OBJECTS_MAX {
            self.is_object_cut = true;
            return;
        }
        self.objects_bytes += 1;
        self.object.push(byte);
    }

    /// Data as it is, of so many bytes.
    fn binary(&mut self, input: &mut dyn BufRead, count: i32) -> std::io::Result<()> {
        for _ in 0..count.max(0) {
            let Some(byte) = next(input)? else { return Ok(()) };
            match self.group.destination {
                Destination::Object | Destination::Picture => self.object_byte(byte),
                Destination::Dropped => {}
                // It is said to be data, but it stands where text does.
                Destination::Body | Destination::Aside => self.data_or_text(byte),
            }
        }
        Ok(())
    }

    /// Ends a run of bytes in one encoding.
    fn settle(&mut self) {
        if self.surrogate.take().is_some() {
            self.put(char::REPLACEMENT_CHARACTER.encode_utf8(&mut [0; 4]));
        }
        if self.raw.is_empty() {
            return;
        }
        let raw = std::mem::take(&mut self.raw);
        let mut text = String::new();
        code_page::decode(self.group.encoding, &raw, &mut text);
        self.put(&text);
        self.raw = raw;
        self.raw.clear();
    }

    fn put(&mut self, text: &str) {
        match (self.group.destination, self.asides.last_mut()) {
            (Destination::Aside, Some(aside)) => {
                aside.push_str(text);
                if aside.len() > LINE_BYTES_MAX {
                    let aside = std::mem::take(aside);
                    self.add_done(&aside);
                }
            }
            (Destination::Body, _) if self.group.is_deleted => {
                self.done.push_str(text);
                self.done.push('\n');
            }
            (Destination::Body | Destination::Aside, _) => {
                self.line.push_str(text);
                if self.line.len() > LINE_BYTES_MAX {
                    self.writer.push(&self.line);
                    self.line.clear();
                    self.line.push(' ');
                }
            }
            (Destination::Picture | Destination::Dropped | Destination::Object, _) => {}
        }
    }

    fn end_line(&mut self) {
        if !self.line.is_empty() {
            self.writer.push(&self.line);
            self.writer.push("\n");
            self.line.clear();
        }
        self.writer.push(&self.done);
        self.done.clear();
    }

    fn line_break(&mut self) {
        self.settle();
        if self.group.destination == Destination::Aside {
            self.put("\n");
        } else {
            self.end_line();
        }
    }

    fn symbol(&mut self, symbol: u8) {
        if symbol == b'*' {
            self.is_marked = true;
            return;
        }
        match symbol {
            b'\r' | b'\n' => self.line_break(),
            b'~' => self.data_or_text(b' '),
            b'_' => self.data_or_text(b'-'),
            b'-' | b':' | b'|' => {}
            symbol => self.data_or_text(symbol),
        }
    }

    fn control(&mut self, word: &str, value: Option<i32>) {
        let is_start = std::mem::take(&mut self.is_start);
        let is_marked = std::mem::take(&mut self.is_marked);
        if is_start {
            let is_picture = self.group.destination == Destination::Picture;
            // A picture has properties, such as what it is to show.
            let is_apart = !is_picture || word == "picprop";
            if let Some(destination) = destination(word, is_marked).filter(|_| is_apart) {
                self.settle();
                self.begin(destination);
                return;
            }
        }
        if word == "u" {
            return self.unicode(value.unwrap_or(0));
        }
        // A control word stands in for one character too.
        if self.skip > 0 {
            self.skip -= 1;
        }
        match word {
            "par" | "line" | "sect" | "page" | "row" | "column" | "nestrow" => self.line_break(),
            "tab" | "cell" | "nestcell" => self.character("\t"),
            "emdash" => self.character("\u{2014}"),
            "endash" => self.character("\u{2013}"),
            "lquote" => self.character("\u{2018}"),
            "rquote" => self.character("\u{2019}"),
            "ldblquote" => self.character("\u{201c}"),
            "rdblquote" => self.character("\u{201d}"),
            "bullet" => self.character("\u{2022}"),
            "emspace" | "enspace" | "qmspace" => self.character(" "),
            "uc" => self.group.substitutes = value.unwrap_or(1).clamp(0, 16) as usize,
            "deleted" => {
                self.settle();
                self.group.is_deleted = value != Some(0);
            }
            _ => self.encoding_word(word, value),
        }
    }

    fn encoding_word(&mut self, word: &str, value: Option<i32>) {
        let number = value.and_then(|value| u32::try_from(value).ok());
        match (word, value) {
            ("ansicpg", _) => {
                self.encoding = code_page::encoding(number.unwrap_or(1252));
                self.switch(self.encoding);
            }
            ("mac", _) => {
                self.encoding = encoding_rs::MACINTOSH;
                self.switch(self.encoding);
            }
            ("deff", Some(font)) => self.default_font = font,
            ("f", Some(font)) => {
                self.font = font;
                self.switch_font(font);
            }
            ("plain", _) => {
                self.switch_font(self.default_font);
                self.group.is_deleted = false;
            }
            ("fcharset", _) => {
                let page = number.and_then(code_page::of_charset);
                if let (Some(page), true) = (page, self.fonts.len() < FONTS_MAX) {
                    // The usual set is that of the whole text.
                    let encoding =
                        if page == 1252 { self.encoding } else { code_page::encoding(page) };
                    self.fonts.insert(self.font, encoding);
                    self.switch(encoding);
                }
            }
            ("cpg", _) if self.fonts.len() < FONTS_MAX => {
                let encoding = code_page::encoding(number.unwrap_or(1252));
                self.fonts.insert(self.font, encoding);
                self.switch(encoding);
            }
            _ => {}
        }
    }

    fn switch_font(&mut self, font: i32) {
        let encoding = self.fonts.get(&font).copied().unwrap_or(self.encoding);
        self.switch(encoding);
    }

    fn switch(&mut self, encoding: &'static Encoding) {
        if self.group.encoding != encoding {
            self.settle();
            self.group.encoding = encoding;
        }
    }

    fn character(&mut self, text: &str) {
        self.settle();
        self.put(text);
    }

    fn unicode(&mut self, value: i32) {
        let unit = (value & 0xffff) as u16;
        let before = self.surrogate.take();
        self.settle();
        self.skip = self.group.substitutes;
        let is_high = (0xd800..0xdc00).contains(&unit);
        let units = [before.unwrap_or(unit), unit];
        let units = if before.is_some() { &units[..] } else { &units[1..] };
        if is_high && before.is_none() {
            self.surrogate = Some(unit);
            return;
        }
        let text: String = char::decode_utf16(units.iter().copied())
            .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect();
        self.put(&text);
    }

    /// Hands on what is left, and tells how many lines there were.
    fn finish(mut self) -> u64 {
        self.settle();
        while let Some(aside) = self.asides.pop() {
            self.add_done(&aside);
        }
        self.end_line();
        self.writer.finish()
    }
}
