//! Text of a PDF that is in no page's content: its description, notes, form fields, links, outlines and
//! scripts. All strings of all objects are taken, save for those that are known to hold no text, so that
//! no kind of object need be known for its text to be read.

use super::objects::Objects;
use lopdf::{Dictionary, Object, ObjectId};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Values that are no text for people: digests, keys, colours, appearances, names of fonts and so on.
pub(super) const NO_TEXT: &[&[u8]] = &[
    b"ID",
    b"DA",
    b"DS",
    b"Registry",
    b"Ordering",
    b"Panose",
    b"CharSet",
    b"U",
    b"O",
    b"UE",
    b"OE",
    b"Perms",
    b"Cert",
    b"ByteRange",
    b"Lookup",
    b"ColorSpace",
    b"CS",
    b"DestOutputProfile",
    b"W",
];

/// Arrays and dictionaries within one another.
const DEPTH_MAX: usize = 64;

/// Bytes of all streams of text together.
const STREAMS_BYTES_MAX: usize = 64 << 20;

/// Streams of text that objects refer to by these names: forms of XML, scripts, rich text.
const TEXT_STREAMS: &[&[u8]] = &[b"XFA", b"JS", b"RC", b"RV"];

/// The texts by page; those of no page under 0.
#[derive(Default)]
pub(super) struct Texts {
    by_page: BTreeMap<u32, String>,
    /// There is more than was read.
    pub is_cut: bool,
}

impl Texts {
    /// What belongs to a page, from 1.
    pub fn take(&mut self, page: u32) -> String {
        self.by_page.remove(&page).unwrap_or_default()
    }

    /// Leaves out lines of fields, each once: the page shows them.
    pub fn forget(&mut self, page: u32, fields: &[String]) {
        for field in fields {
            for number in [page, 0] {
                let Some(text) = self.by_page.get_mut(&number) else { continue };
                if let Some(start) = text.find(field.as_str()) {
                    text.replace_range(start..start + field.len(), "");
                    break;
                }
            }
        }
    }

    /// What belongs to no page that was taken.
    pub fn rest(&mut self) -> String {
        std::mem::take(&mut self.by_page).into_values().collect()
    }
}

/// Collects the texts of a document.
pub(super) fn collect(objects: &Objects<'_>) -> Texts {
    let owners = owners(objects);
    let mut texts = Texts::default();
    let mut streams = BTreeSet::new();
    for (id, object) in &objects.document.objects {
        let page = owners.get(id).copied().unwrap_or(0);
        let out = texts.by_page.entry(page).or_default();
        walk(object, b"", 0, out);
        if let Some(dictionary) = dictionary(object) {
            text_streams(objects, dictionary, 0, &mut streams);
        }
        if is_metadata(object) {
            streams.insert(*id);
        }
    }
    for (name, object) in objects.document.trailer.iter() {
        walk(object, name, 0, texts.by_page.entry(0).or_default());
    }
    let mut room_bytes = STREAMS_BYTES_MAX;
    for id in streams {
        let page = owners.get(&id).copied().unwrap_or(0);
        let Ok(Object::Stream(stream)) = objects.document.get_object(id) else { continue };
        if let Ok(content) = objects.content(stream) {
            let Some(left) = room_bytes.checked_sub(content.len()) else {
                texts.is_cut = true;
                break;
            };
            room_bytes = left;
            let out = texts.by_page.entry(page).or_default();
            out.push_str(&text(&content).unwrap_or_else(|| lossy(&content)));
            out.push('\n');
        }
    }
    texts
}

/// The pages of their own objects and of the notes and fields on them.
fn owners(objects: &Objects<'_>) -> HashMap<ObjectId, u32> {
    let mut owners = HashMap::new();
    for (number, page) in &objects.pages {
        owners.entry(*page).or_insert(*number);
        let notes = objects.document.get_dictionary(*page).and_then(|page| page.get(b"Annots"));
        let notes = notes.ok().and_then(|notes| objects.resolve(notes));
        for note in notes.and_then(|notes| notes.as_array().ok()).into_iter().flatten() {
            let Ok(id) = note.as_reference() else { continue };
            owners.entry(id).or_insert(*number);
            let popup = objects.document.get_dictionary(id).and_then(|note| note.get(b"Popup"));
            if let Ok(popup) = popup.and_then(Object::as_reference) {
                owners.entry(popup).or_insert(*number);
            }
        }
    }
    owners
}

fn dictionary(object: &Object) -> Option<&Dictionary> {
    match object {
        Object::Dictionary(dictionary) => Some(dictionary),
        Object::Stream(stream) => Some(&stream.dict),
        _ => None,
    }
}

fn is_metadata(object: &Object) -> bool {
    matches!(object, Object::Stream(stream) if stream.dict.has_type(b"Metadata"))
}

/// Streams of text that a dictionary names, and the dictionaries within it.
fn text_streams(
    objects: &Objects<'_>,
    dictionary: &Dictionary,
    depth: usize,
    streams: &mut BTreeSet<ObjectId>,
) {
    for (name, object) in dictionary.iter() {
        if TEXT_STREAMS.contains(&name.as_slice()) {
            streams.extend(object.as_reference());
            if let Some(Object::Array(parts)) = objects.resolve(object) {
                streams.extend(parts.iter().filter_map(|part| part.as_reference().ok()));
            }
        }
        if let Object::Dictionary(inner) = object
            && depth < DEPTH_MAX
        {
            text_streams(objects, inner, depth + 1, streams);
        }
    }
}

/// Writes the strings of an object, each on a line after the name it stands under.
fn walk(object: &Object, name: &[u8], depth: usize, out: &mut String) {
    if depth > DEPTH_MAX || NO_TEXT.contains(&name) {
        return;
    }
    match object {
        Object::String(bytes, _) => {
            if let Some(text) = text(bytes).filter(|text| !text.trim().is_empty()) {
                if !name.is_empty() {
                    out.push_str(&String::from_utf8_lossy(name));
                    out.push_str(": ");
                }
                match date(&text) {
                    Some(date) => out.push_str(&date),
                    None => out.push_str(&text),
                }
                out.push('\n');
            }
        }
        Object::Array(parts) => parts.iter().for_each(|part| walk(part, name, depth + 1, out)),
        Object::Dictionary(dictionary) => walk_dictionary(dictionary, depth, out),
        Object::Stream(stream) => walk_dictionary(&stream.dict, depth, out),
        _ => {}
    }
}

fn walk_dictionary(dictionary: &Dictionary, depth: usize, out: &mut String) {
    if dictionary.has_type(b"Sig") || dictionary.has_type(b"Encrypt") {
        return;
    }
    // The name of a form's field says what its value is.
    let named = name_and_value(dictionary);
    if let Some((name, value)) = &named {
        out.push_str(&field(name, value));
    }
    for (name, object) in dictionary.iter() {
        let is_told = match name.as_slice() {
            b"T" | b"V" => named.is_some(),
            // What a field is set back to, where that is what it holds.
            b"DV" => dictionary.get(b"V").is_ok_and(|value| value == object),
            _ => false,
        };
        if !is_told {
            walk(object, name, depth + 1, out);
        }
    }
}

/// The name and the value of a form's field.
pub(super) fn name_and_value(dictionary: &Dictionary) -> Option<(String, String)> {
    let text = |name| dictionary.get(name).ok().and_then(string);
    Some((text(b"T")?, text(b"V")?))
}

/// The line of a form's field.
pub(super) fn field(name: &str, value: &str) -> String {
    format!("{name}: {value}\n")
}

/// A date as people write it, so that it is not taken for a number of something.
fn date(text: &str) -> Option<String> {
    let digits = text.strip_prefix("D:")?;
    let length = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let (digits, rest) = digits.split_at_checked(length).filter(|_| length == 14)?;
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    let (day, time) =
        ([part(0, 4), part(4, 6), part(6, 8)], [part(8, 10), part(10, 12), part(12, 14)]);
    Some(format!("{} {}{rest}", day.join("-"), time.join(":")))
}

pub(super) fn string(object: &Object) -> Option<String> {
    object.as_str().ok().and_then(text)
}

/// A text string (ISO 32000, 7.9.2.2), unless it is binary.
pub(super) fn text(bytes: &[u8]) -> Option<String> {
    let text = match bytes {
        [0xfe, 0xff, rest @ ..] => encoding_rs::UTF_16BE.decode_without_bom_handling(rest).0,
        [0xff, 0xfe, rest @ ..] => encoding_rs::UTF_16LE.decode_without_bom_handling(rest).0,
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.into(),
            // Near enough to the encoding of old text strings.
            Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0,
        },
    };
    let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\x1b');
    if text.contains(is_control) {
        return None;
    }
    Some(text.replace("\r\n", "\n").replace('\r', "\n"))
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
