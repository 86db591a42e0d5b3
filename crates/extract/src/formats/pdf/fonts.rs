//! Fonts: which text a code shows, and how far it moves the pen.

use super::charmap::CharMap;
use super::objects::Objects;
use encoding_rs::Encoding;
use lopdf::{Dictionary, Document, Object};
use std::collections::HashMap;

/// Stands for what no font explains.
const UNKNOWN: &str = "\u{fffd}";

/// Glyphs whose widths a font may list.
const WIDTHS_MAX: usize = 1 << 16;

/// Widths of ASCII from the space on, in thousandths, of a common sans serif.
const ASCII_WIDTHS: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

/// What a code of a string shows.
pub(super) struct Glyph<'f> {
    pub text: std::borrow::Cow<'f, str>,
    /// In text space, of a font one unit high.
    pub width: f64,
    /// Bytes of the code.
    pub length: usize,
    /// A single byte that is the space of Western encodings.
    pub is_space: bool,
}

/// A font.
pub(super) struct Font {
    pub is_vertical: bool,
    to_unicode: Option<CharMap>,
    kind: Kind,
}

enum Kind {
    /// One byte for a code.
    Simple { texts: Vec<String>, widths: Vec<f64> },
    /// Several bytes for a code.
    Composite(Composite),
}

struct Composite {
    codes: Codes,
    widths: HashMap<u32, f64>,
    width: f64,
}

/// How the codes of a composite font are made.
enum Codes {
    /// Two bytes that number a glyph.
    Identity,
    Map(CharMap),
    /// Those of a known encoding of text.
    Text(&'static Encoding),
}

impl Font {
    pub fn load(objects: &Objects<'_>, font: &Dictionary, names: &mut GlyphNames) -> Self {
        let stream = font.get(b"ToUnicode").ok().and_then(|object| objects.resolve(object));
        let stream = stream.and_then(|object| object.as_stream().ok());
        let to_unicode = stream.and_then(|stream| objects.content(stream).ok());
        let to_unicode = to_unicode.map(|content| CharMap::parse(&content));
        let is_composite = matches!(name(objects, font, b"Subtype"), Some(b"Type0"));
        let is_vertical = is_composite
            && name(objects, font, b"Encoding").is_some_and(|name| name.ends_with(b"-V"));
        let kind = if is_composite {
            Kind::Composite(Composite::load(objects, font))
        } else {
            simple(objects, font, names)
        };
        Self { is_vertical, to_unicode, kind }
    }

    /// The next code of a string, which must not be empty.
    pub fn next(&self, bytes: &[u8]) -> Glyph<'_> {
        let (code, length) = match &self.kind {
            Kind::Simple { .. } => (u32::from(bytes.first().copied().unwrap_or(0)), 1),
            Kind::Composite(composite) => composite.next_code(bytes, self.to_unicode.as_ref()),
        };
        let mapped = self.to_unicode.as_ref().and_then(|map| map.text(code));
        let mapped = mapped.filter(|text| text.contains(|c: char| c != '\0'));
        let (text, width) = match &self.kind {
            Kind::Simple { texts, widths } => {
                let index = code as usize;
                let own = || texts.get(index).map_or(UNKNOWN, String::as_str).into();
                let width = widths.get(index).copied().unwrap_or(0.0);
                (mapped.map_or_else(own, Into::into), width)
            }
            Kind::Composite(composite) => {
                let own = || composite.text(bytes.get(..length).unwrap_or_default());
                let text = mapped.or_else(own).map_or(UNKNOWN.into(), Into::into);
                (text, composite.width(code))
            }
        };
        Glyph { text, width, length, is_space: length == 1 && code == 32 }
    }
}

impl Composite {
    fn load(objects: &Objects<'_>, font: &Dictionary) -> Self {
        let encoding = font.get(b"Encoding").ok().and_then(|object| objects.resolve(object));
        let codes = match encoding {
            Some(Object::Stream(stream)) => match objects.content(stream) {
                Ok(content) => Codes::Map(CharMap::parse(&content)),
                Err(_) => Codes::Identity,
            },
            Some(Object::Name(name)) => known_encoding(name).map_or(Codes::Identity, Codes::Text),
            _ => Codes::Identity,
        };
        let descendants = font.get(b"DescendantFonts").ok();
        let descendants = descendants.and_then(|object| objects.resolve(object));
        let descendant = descendants
            .and_then(|object| object.as_array().ok()?.first())
            .and_then(|object| objects.dictionary(object));
        let number = |dictionary: &Dictionary, key: &[u8]| {
            dictionary.get(key).ok().and_then(|object| objects.number(object))
        };
        let width = descendant.and_then(|font| number(font, b"DW")).unwrap_or(1000.0) / 1000.0;
        let listed = descendant.and_then(|font| font.get(b"W").ok());
        let listed = listed.and_then(|object| objects.resolve(object)?.as_array().ok());
        let widths = listed.map(|list| listed_widths(objects, list)).unwrap_or_default();
        Self { codes, widths, width }
    }

    fn next_code(&self, bytes: &[u8], to_unicode: Option<&CharMap>) -> (u32, usize) {
        let pair = || match bytes {
            [high, low, ..] => (u32::from(*high) << 8 | u32::from(*low), 2),
            [byte] => (u32::from(*byte), 1),
            [] => (0, 1),
        };
        match &self.codes {
            Codes::Identity => pair(),
            Codes::Map(map) if map.has_spaces() => map.next_code(bytes),
            Codes::Map(_) => match to_unicode {
                Some(map) if map.has_spaces() => map.next_code(bytes),
                _ => pair(),
            },
            Codes::Text(encoding) if *encoding == encoding_rs::UTF_16BE => pair(),
            Codes::Text(encoding) => {
                let is_single = match bytes.first() {
                    Some(0xa0..=0xdf) if *encoding == encoding_rs::SHIFT_JIS => true,
                    first => first.is_none_or(|byte| *byte < 0x81),
                };
                match bytes {
                    [byte, ..] if is_single => (u32::from(*byte), 1),
                    _ => pair(),
                }
            }
        }
    }

    fn text(&self, code: &[u8]) -> Option<String> {
        let Codes::Text(encoding) = &self.codes else { return None };
        let text = encoding.decode_without_bom_handling_and_without_replacement(code)?;
        Some(text.into_owned())
    }

    fn width(&self, code: u32) -> f64 {
        let glyph = match &self.codes {
            Codes::Identity => code,
            Codes::Map(map) => map.glyph(code).unwrap_or(code),
            Codes::Text(_) => return self.width,
        };
        self.widths.get(&glyph).copied().unwrap_or(self.width)
    }
}

/// The encoding of text that a predefined map of characters is made of (ISO 32000, 9.7.5.2).
fn known_encoding(name: &[u8]) -> Option<&'static Encoding> {
    let contains = |part: &[u8]| memchr::memmem::find(name, part).is_some();
    if contains(b"Identity") {
        None
    } else if contains(b"UCS2") || contains(b"UTF16") {
        Some(encoding_rs::UTF_16BE)
    } else if contains(b"RKSJ") {
        Some(encoding_rs::SHIFT_JIS)
    } else if contains(b"GBK2K") {
        Some(encoding_rs::GB18030)
    } else if contains(b"GB") {
        Some(encoding_rs::GBK)
    } else if contains(b"B5") || contains(b"HKscs") {
        Some(encoding_rs::BIG5)
    } else if contains(b"KSC") {
        Some(encoding_rs::EUC_KR)
    } else if name == b"EUC-H" || name == b"EUC-V" {
        Some(encoding_rs::EUC_JP)
    } else {
        None
    }
}

/// Widths of glyphs: `first [w w …]` and `first last w`.
fn listed_widths(objects: &Objects<'_>, list: &[Object]) -> HashMap<u32, f64> {
    let mut widths = HashMap::new();
    let mut rest = list.iter();
    while let (Some(first), Some(next)) = (rest.next(), rest.next()) {
        let Some(first) = objects.number(first) else { break };
        let first = first.max(0.0) as u32;
        match objects.resolve(next) {
            Some(Object::Array(each)) => {
                for (glyph, width) in (first..).zip(each) {
                    widths.extend(objects.number(width).map(|width| (glyph, width / 1000.0)));
                }
            }
            _ => {
                let last = objects.number(next).map_or(first, |last| last.max(0.0) as u32);
                let Some(width) = rest.next().and_then(|width| objects.number(width)) else {
                    break;
                };
                let room = WIDTHS_MAX.saturating_sub(widths.len());
                widths.extend((first..=last).take(room).map(|glyph| (glyph, width / 1000.0)));
            }
        }
        if widths.len() >= WIDTHS_MAX {
            break;
        }
    }
    widths
}

fn name<'o>(objects: &'o Objects<'_>, dictionary: &'o Dictionary, key: &[u8]) -> Option<&'o [u8]> {
    objects.resolve(dictionary.get(key).ok()?)?.as_name().ok()
}

fn simple(objects: &Objects<'_>, font: &Dictionary, names: &mut GlyphNames) -> Kind {
    let texts = simple_texts(objects, font, names);
    let base = name(objects, font, b"BaseFont").unwrap_or_default();
    let is_fixed = memchr::memmem::find(base, b"Courier").is_some();
    let number = |key: &[u8]| font.get(key).ok().and_then(|object| objects.number(object));
    let listed =
        font.get(b"Widths").ok().and_then(|object| objects.resolve(object)?.as_array().ok());
    // Glyphs of this kind are drawn in a space of their own.
    let is_drawn = name(objects, font, b"Subtype") == Some(b"Type3");
    let matrix = font.get(b"FontMatrix").ok().and_then(|object| objects.numbers(object));
    let unit = match matrix.as_deref() {
        Some([a, ..]) if is_drawn => a.abs(),
        _ => 0.001,
    };
    let guess = |code: usize| {
        let ascii = code.checked_sub(32).and_then(|index| ASCII_WIDTHS.get(index));
        if is_fixed { 0.6 } else { f64::from(*ascii.unwrap_or(&556)) / 1000.0 }
    };
    let mut widths: Vec<f64> = (0..256).map(guess).collect();
    if let Some(listed) = listed {
        let first = number(b"FirstChar").unwrap_or(0.0).max(0.0) as usize;
        for (width, object) in widths.iter_mut().skip(first).zip(listed) {
            if let Some(told) = objects.number(object).filter(|told| *told != 0.0) {
                *width = told * unit;
            }
        }
    }
    Kind::Simple { texts, widths }
}

/// The text of each code of a simple font.
fn simple_texts(objects: &Objects<'_>, font: &Dictionary, names: &mut GlyphNames) -> Vec<String> {
    let encoding = font.get(b"Encoding").ok().and_then(|object| objects.resolve(object));
    let (base, differences) = match encoding {
        Some(Object::Name(name)) => (Some(name.as_slice()), None),
        Some(Object::Dictionary(encoding)) => {
            let differences = encoding.get(b"Differences").ok();
            let differences =
                differences.and_then(|object| objects.resolve(object)?.as_array().ok());
            (name(objects, encoding, b"BaseEncoding"), differences)
        }
        _ => (None, None),
    };
    let mut texts = match (base, built_in(objects, font)) {
        (None, Some(program)) => names.of_program(&program),
        (base, _) => names.of_encoding(base.unwrap_or(b"StandardEncoding")),
    };
    let mut code = 0;
    for object in differences.into_iter().flatten() {
        match objects.resolve(object) {
            Some(Object::Name(name)) => {
                if let Some(text) = texts.get_mut(code) {
                    *text = names.text(name);
                }
                code += 1;
            }
            Some(object) => code = objects.number(object).map_or(code, |n| n.max(0.0) as usize),
            None => {}
        }
    }
    texts
}

/// The program of a Type 1 font, which has an encoding of its own.
fn built_in(objects: &Objects<'_>, font: &Dictionary) -> Option<Vec<u8>> {
    let descriptor = objects.dictionary(font.get(b"FontDescriptor").ok()?)?;
    let program = objects.resolve(descriptor.get(b"FontFile").ok()?)?.as_stream().ok()?;
    let program = objects.content(program).ok()?;
    memchr::memmem::find(&program, b"/Encoding").map(|start| program[start..].to_vec())
}

/// Text by names of glyphs; the tables are those of the library.
#[derive(Default)]
pub(super) struct GlyphNames {
    known: HashMap<Vec<u8>, String>,
    none: Document,
}

impl GlyphNames {
    /// The text of a glyph's name.
    fn text(&mut self, name: &[u8]) -> String {
        if let Some(text) = self.known.get(name) {
            return text.clone();
        }
        let text = self.look_up(name).unwrap_or_else(|| UNKNOWN.to_owned());
        self.known.insert(name.to_vec(), text.clone());
        text
    }

    fn look_up(&self, name: &[u8]) -> Option<String> {
        let found = |name: &[u8]| {
            let differences = vec![Object::Integer(0), Object::Name(name.to_vec())];
            let mut encoding = Dictionary::new();
            encoding.set("Differences", Object::Array(differences));
            let text = self.decode(Object::Dictionary(encoding), &[0]);
            (!text.is_empty()).then_some(text)
        };
        // A suffix tells a variant: `a.sc`; a name of many parts is a ligature: `f_i`.
        let stem = name.split(|b| *b == b'.').next().filter(|stem| !stem.is_empty())?;
        if let Some(text) = found(name).or_else(|| found(stem)) {
            return Some(text);
        }
        let parts: Vec<&[u8]> = stem.split(|b| *b == b'_').collect();
        if parts.len() > 1 {
            return parts.iter().map(|part| found(part).or_else(|| numbered(part))).collect();
        }
        numbered(stem)
    }

    /// The texts of the codes of a named encoding.
    fn of_encoding(&self, name: &[u8]) -> Vec<String> {
        let text = |code: u8| {
            let text = self.decode(Object::Name(name.to_vec()), &[code]);
            match (text.is_empty(), code) {
                (false, _) => text,
                (true, b'\t' | b'\n' | b'\r' | b' ') => " ".to_owned(),
                (true, _) => UNKNOWN.to_owned(),
            }
        };
        (0..=255).map(text).collect()
    }

    /// The texts of the codes as the program of a font names them: `dup 65 /A put`.
    fn of_program(&mut self, program: &[u8]) -> Vec<String> {
        let mut texts = self.of_encoding(b"StandardEncoding");
        let mut words = program.split(|b| b.is_ascii_whitespace()).filter(|word| !word.is_empty());
        while let Some(word) = words.next() {
            match word {
                b"def" | b"readonly" | b"eexec" => break,
                b"dup" => {}
                _ => continue,
            }
            let code = words.next().and_then(|word| std::str::from_utf8(word).ok()?.parse().ok());
            let name = words.next().and_then(|word| word.strip_prefix(b"/"));
            if let (Some(code), Some(name)) = (code, name)
                && let Some(text) = texts.get_mut::<usize>(code)
            {
                *text = self.text(name);
            }
        }
        texts
    }

    fn decode(&self, encoding: Object, bytes: &[u8]) -> String {
        let mut font = Dictionary::new();
        font.set("Type", Object::Name(b"Font".to_vec()));
        font.set("Encoding", encoding);
        let encoding = font.get_font_encoding(&self.none);
        encoding.and_then(|encoding| encoding.bytes_to_string(bytes)).unwrap_or_default()
    }
}

/// Names that are numbers of characters: `uni20AC`, `u1F600`.
fn numbered(name: &[u8]) -> Option<String> {
    let name = std::str::from_utf8(name).ok()?;
    if let Some(digits) = name.strip_prefix("uni").filter(|digits| digits.len() >= 4) {
        let units = digits.as_bytes().chunks_exact(4);
        let unit = |digits: &[u8]| u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok();
        let units: Option<Vec<u16>> = units.map(unit).collect();
        return String::from_utf16(&units?).ok();
    }
    let digits = name.strip_prefix('u').filter(|digits| (4..=6).contains(&digits.len()))?;
    char::from_u32(u32::from_str_radix(digits, 16).ok()?).map(String::from)
}
