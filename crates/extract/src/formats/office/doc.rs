//! Word documents up to 2003 ([MS-DOC]): all text that the table of pieces tells, which is the body and
//! then notes, headers, comments and text boxes; and what is left in the file that no piece names.

use super::bytes::{slice, u16_at, u32_at};
use super::code_page;
use super::findings::Findings;
use super::locked;
use super::ole::Tree;
use super::strings;
use super::walker::Lines;
use crate::gaps;
use crate::session::Session;

/// Word 97 and later.
const PIECES_SINCE: u16 = 106;

/// The flag of a document that is encrypted.
const ENCRYPTED: u16 = 0x0100;

/// Where text can begin: behind the head of the file.
const HEAD_BYTES: usize = 0x200;

/// Reads the document of a storage.
pub(super) fn read(
    session: &mut Session<'_>,
    tree: &mut Tree,
    findings: &mut Findings,
    storage: &str,
) {
    let Some(index) = tree.find(storage, "WordDocument") else { return };
    let mut document = tree.take(index, findings);
    let flags = u16_at(&document, 0x0a).unwrap_or(0);
    let is_encrypted = flags & ENCRYPTED != 0;
    let name = if flags & 0x0200 == 0 { "0Table" } else { "1Table" };
    let is_old = u16_at(&document, 2).unwrap_or(0) < PIECES_SINCE;
    let mut take = |name: &str| {
        let index = tree.find(storage, name);
        index.map(|index| tree.take(index, findings)).unwrap_or_default()
    };
    let mut table = if is_old && !is_encrypted { Vec::new() } else { take(name) };
    if is_encrypted {
        // The other table and the data are encrypted, too.
        let other = take(if name == "0Table" { "1Table" } else { "0Table" });
        let mut data = take("Data");
        match locked::document::unlock(session, &mut document, &mut table, &mut data) {
            Ok(()) => beside(session, tree, findings, storage, (&data, &other)),
            Err((code, detail)) => return findings.gap(code, detail),
        }
    }
    let version = u16_at(&document, 2).unwrap_or(0);
    let mut ranges = Vec::new();
    let mut is_damaged = false;
    if version < PIECES_SINCE {
        let range = u32_at(&document, 0x18).zip(u32_at(&document, 0x1c));
        match range.and_then(|(start, end)| {
            Some((start as usize, document.get(start as usize..end as usize)?))
        }) {
            Some((start, bytes)) => {
                let encoding = code_page::encoding(of_language(u16_at(&document, 6).unwrap_or(0)));
                findings.lines(session, "", None, |lines| {
                    let mut text = String::new();
                    code_page::decode(encoding, bytes, &mut text);
                    let mut writer = Writer::new(lines);
                    writer.push(&text);
                    writer.finish();
                    Ok(())
                });
                ranges.push(start..start + bytes.len());
            }
            None => is_damaged = true,
        }
    } else {
        findings.lines(session, "", None, |lines| {
            let mut writer = Writer::new(lines);
            is_damaged = pieces(&document, &table, &mut writer, &mut ranges).is_none();
            writer.finish();
            Ok(())
        });
        // Names of authors, bookmarks and styles.
        findings.lines(session, name, None, |lines| {
            strings::read_wide(&table, lines);
            Ok(())
        });
    }
    if is_damaged {
        findings.gap(gaps::MALFORMED, "the table of the text's pieces is damaged");
    }
    findings.lines(session, "WordDocument", None, |lines| {
        left_behind(&document, ranges, lines);
        Ok(())
    });
}

/// What stands beside an encrypted document: its data, decrypted, and what is not.
fn beside(
    session: &mut Session<'_>,
    tree: &Tree,
    findings: &mut Findings,
    storage: &str,
    (data, other): (&[u8], &[u8]),
) {
    if !other.is_empty() || tree.has(storage, "encryption") {
        findings.gap(gaps::ENCRYPTED, "a part beside the document is encrypted");
    }
    if !data.is_empty() {
        findings.lines(session, "Data", None, |lines| {
            strings::read_wide(data, lines);
            Ok(())
        });
    }
}

/// The code page of a language, by its primary number.
fn of_language(language: u16) -> u32 {
    match language & 0x3ff {
        0x19 | 0x02 | 0x22 | 0x23 => 1251,
        0x05 | 0x0e | 0x15 | 0x18 | 0x1a | 0x1b | 0x24 => 1250,
        0x08 => 1253,
        0x1f => 1254,
        0x0d => 1255,
        0x01 => 1256,
        0x11 => 932,
        0x12 => 949,
        0x04 if language == 0x0404 => 950,
        0x04 => 936,
        _ => 1252,
    }
}

/// Writes the text of all pieces in order, and tells where they stand. `None` if the table is damaged.
fn pieces(
    document: &[u8],
    table: &[u8],
    writer: &mut Writer<'_>,
    ranges: &mut Vec<std::ops::Range<usize>>,
) -> Option<()> {
    let start = u32_at(document, 0x1a2)? as usize;
    let length = u32_at(document, 0x1a6)? as usize;
    let mut rest = slice(table, start, length)?;
    // What stands before the table of pieces are formats.
    while rest.first() == Some(&1) {
        rest = rest.get(3 + usize::from(u16_at(rest, 1)?)..)?;
    }
    if rest.first() != Some(&2) {
        return None;
    }
    let places = slice(rest, 5, u32_at(rest, 1)? as usize)?;
    let count = places.len().checked_sub(4)? / 12;
    let mut is_whole = count > 0;
    let mut text = String::new();
    for index in 0..count {
        let from = u32_at(places, index * 4)?;
        let to = u32_at(places, index * 4 + 4)?;
        let piece = u32_at(places, (count + 1) * 4 + index * 8 + 2)?;
        let chars = to.checked_sub(from)? as usize;
        let is_narrow = piece & 0x4000_0000 != 0;
        let place = (piece & 0x3fff_ffff) as usize;
        let (start, bytes) =
            if is_narrow { (place / 2, chars) } else { (place, chars.checked_mul(2)?) };
        let end = start.checked_add(bytes)?.min(document.len());
        is_whole &= end - start.min(end) == bytes;
        let inner = document.get(start..end).unwrap_or_default();
        text.clear();
        if is_narrow {
            code_page::decode(encoding_rs::WINDOWS_1252, inner, &mut text);
        } else {
            code_page::decode_wide(inner, &mut text);
        }
        writer.push(&text);
        ranges.push(start..end);
    }
    is_whole.then_some(())
}

/// Text of earlier versions that was not cleared away.
fn left_behind(document: &[u8], mut ranges: Vec<std::ops::Range<usize>>, lines: &mut dyn Lines) {
    ranges.sort_unstable_by_key(|range| range.start);
    let mut at = HEAD_BYTES;
    ranges.push(document.len()..document.len());
    for range in ranges {
        if let Some(between) = document.get(at..range.start) {
            strings::read(between, lines);
        }
        at = at.max(range.end);
    }
}

/// Bytes of field commands that are kept until the line ends.
const COMMANDS_BYTES_MAX: usize = 64 << 10;

/// Writes text with Word's marks in it as lines.
struct Writer<'l> {
    lines: &'l mut dyn Lines,
    line: String,
    /// Fields: their commands stand on a line of their own.
    commands: String,
    /// For each open field whether its command is read.
    fields: Vec<bool>,
    is_cell_end: bool,
}

impl<'l> Writer<'l> {
    fn new(lines: &'l mut dyn Lines) -> Self {
        Self {
            lines,
            line: String::new(),
            commands: String::new(),
            fields: Vec::new(),
            is_cell_end: false,
        }
    }

    fn push(&mut self, text: &str) {
        for c in text.chars() {
            let was_cell_end = std::mem::take(&mut self.is_cell_end);
            match c {
                '\u{7}' if was_cell_end => self.end_line(),
                '\u{7}' => {
                    self.line.push('\t');
                    self.is_cell_end = true;
                }
                '\r' | '\u{b}' | '\u{c}' | '\u{e}' | '\n' => self.end_line(),
                '\u{13}' if self.fields.len() < 64 => self.fields.push(true),
                '\u{14}' => {
                    if let Some(field) = self.fields.last_mut() {
                        *field = false;
                    }
                    self.commands.push('\n');
                }
                '\u{15}' => {
                    self.fields.pop();
                    self.commands.push('\n');
                }
                '\u{1e}' => self.line.push('-'),
                '\u{a0}' => self.line.push(' '),
                // Marks of notes and pictures, and places where a word may break.
                '\u{0}'..='\u{6}' | '\u{8}' | '\u{13}' | '\u{1f}' => {}
                _ if self.fields.last() == Some(&true) => self.commands.push(c),
                c => self.line.push(c),
            }
            if self.line.len() + self.commands.len() > COMMANDS_BYTES_MAX {
                self.lines.push(&self.line);
                self.line.clear();
                if self.commands.len() > COMMANDS_BYTES_MAX / 2 {
                    self.lines.push("\n");
                    self.end_commands();
                }
            }
        }
    }

    fn end_line(&mut self) {
        self.lines.push(&self.line);
        self.lines.push("\n");
        self.line.clear();
        self.end_commands();
    }

    fn end_commands(&mut self) {
        for command in self.commands.lines().filter(|command| !command.trim().is_empty()) {
            self.lines.push(command);
            self.lines.push("\n");
        }
        self.commands.clear();
    }

    fn finish(mut self) {
        self.end_line();
    }
}
