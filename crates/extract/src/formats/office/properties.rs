//! Property sets of OLE files: title, author, company and what a person added ([MS-OLEPS]).

use super::bytes::{f64_at, slice, u16_at, u32_at};
use super::code_page;
use super::strings;
use super::walker::Lines;
use std::collections::HashMap;

/// Properties of a set that are read one by one.
const PROPERTIES_MAX: usize = 10_000;

/// Values of a list.
const VALUES_MAX: usize = 10_000;

/// Writes each property on a line. Where the structure is damaged, all characters that are there.
pub(super) fn read(bytes: &[u8], lines: &mut dyn Lines) {
    let sections = u32_at(bytes, 24).unwrap_or(0).min(8) as usize;
    let is_read = sections > 0
        && (0..sections).all(|index| {
            let at = 28 + index * 20;
            let is_summary = slice(bytes, at, 4) == Some(b"\xe0\x85\x9f\xf2");
            let offset = u32_at(bytes, at + 16).map(|offset| offset as usize);
            let section = offset.and_then(|offset| bytes.get(offset..));
            section.and_then(|section| read_section(section, is_summary, lines)).is_some()
        });
    if !is_read {
        strings::read(bytes, lines);
    }
}

fn read_section(section: &[u8], is_summary: bool, lines: &mut dyn Lines) -> Option<()> {
    let count = (u32_at(section, 4)? as usize).min(PROPERTIES_MAX);
    let mut places = Vec::new();
    for index in 0..count {
        let at = 8 + index * 8;
        places.push((u32_at(section, at)?, u32_at(section, at + 4)? as usize));
    }
    let of = |wanted: u32| places.iter().find(|(id, _)| *id == wanted).map(|(_, at)| *at);
    let page = of(1).and_then(|at| u16_at(section, at + 4)).map_or(1252, u32::from);
    let names = of(0).and_then(|at| dictionary(section, at, page)).unwrap_or_default();
    let mut ends: Vec<usize> = places.iter().map(|(_, at)| *at).collect();
    ends.push(section.len());
    ends.sort_unstable();
    for (id, at) in &places {
        if matches!(id, 0 | 1 | 0x8000_0000) {
            continue;
        }
        let end = ends.iter().find(|end| *end > at).copied().unwrap_or(section.len());
        let value = section.get(*at..end.min(section.len()))?;
        let name = names.get(id).map_or_else(|| known_name(*id, is_summary), String::as_str);
        let mut text = String::new();
        if write_value(value, page, &mut text).is_none() {
            strings::read(value, lines);
        }
        // Counts of pages and words have no names of their own.
        let is_count = !names.contains_key(id) && text.trim().parse::<f64>().is_ok();
        if !text.trim().is_empty() && !is_count {
            lines.push(name);
            lines.push(": ");
            lines.push(text.trim());
            lines.push("\n");
        }
    }
    Some(())
}

fn known_name(id: u32, is_summary: bool) -> &'static str {
    match (is_summary, id) {
        (true, 2) => "title",
        (true, 3) => "subject",
        (true, 4) => "author",
        (true, 5) => "keywords",
        (true, 6) => "comments",
        (true, 7) => "template",
        (true, 8) => "last author",
        (false, 14) => "manager",
        (false, 15) => "company",
        (false, 2) => "category",
        _ => "property",
    }
}

/// Names that a person gave to properties.
fn dictionary(section: &[u8], at: usize, page: u32) -> Option<HashMap<u32, String>> {
    let count = (u32_at(section, at)? as usize).min(PROPERTIES_MAX);
    let mut names = HashMap::new();
    let mut at = at + 4;
    for _ in 0..count {
        let id = u32_at(section, at)?;
        let length = u32_at(section, at + 4)? as usize;
        let mut name = String::new();
        at += 8;
        if page == 1200 {
            let bytes = length.checked_mul(2)?;
            code_page::decode_wide(slice(section, at, bytes)?, &mut name);
            at += bytes.next_multiple_of(4);
        } else {
            code_page::decode(code_page::encoding(page), slice(section, at, length)?, &mut name);
            at += length;
        }
        names.insert(id, name.trim_end_matches('\0').to_owned());
    }
    Some(names)
}

/// Writes a value with its type before it.
fn write_value(value: &[u8], page: u32, text: &mut String) -> Option<()> {
    let kind = u16_at(value, 0)?;
    let body = value.get(4..)?;
    if kind & 0x1000 == 0 {
        write_one(kind, body, page, text)?;
        return Some(());
    }
    let count = (u32_at(body, 0)? as usize).min(VALUES_MAX);
    let mut at = 4;
    for _ in 0..count {
        let mut kind = kind & 0xfff;
        if kind == 0x0c {
            kind = u16_at(body, at)?;
            at += 4;
        }
        at += write_one(kind, body.get(at..)?, page, text)?;
        text.push(' ');
    }
    Some(())
}

/// Writes one value, and tells how many bytes it takes.
fn write_one(kind: u16, body: &[u8], page: u32, text: &mut String) -> Option<usize> {
    let start = text.len();
    let bytes = match kind {
        0x00 | 0x01 => 0,
        0x02 | 0x12 | 0x0b => 4,
        0x03 | 0x13 | 0x16 | 0x17 => {
            text.push_str(&u32_at(body, 0)?.cast_signed().to_string());
            4
        }
        0x05 => {
            text.push_str(&f64_at(body, 0)?.to_string());
            8
        }
        // Times: nothing that identifies a person.
        0x40 | 0x07 | 0x06 | 0x14 | 0x15 => 8,
        0x1e | 0x08 => {
            let length = u32_at(body, 0)? as usize;
            let inner = slice(body, 4, length)?;
            if page == 1200 {
                code_page::decode_wide(inner, text);
            } else {
                code_page::decode(code_page::encoding(page), inner, text);
            }
            (4 + length).next_multiple_of(4)
        }
        0x1f => {
            let length = (u32_at(body, 0)? as usize).checked_mul(2)?;
            code_page::decode_wide(slice(body, 4, length)?, text);
            (4 + length).next_multiple_of(4)
        }
        // A thumbnail.
        0x47 => 4 + u32_at(body, 0)? as usize,
        _ => return None,
    };
    let clean = text.split_off(start);
    text.push_str(clean.trim_end_matches('\0'));
    Some(bytes)
}
