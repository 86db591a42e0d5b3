//! The source of macros ([MS-OVBA]): what a module says in its strings and comments. What a module keeps
//! for running faster is read for its characters.

use super::bytes::u16_at;
use super::code_page;
use super::strings;
use super::walker::Lines;

/// A module's source is not longer.
const SOURCE_BYTES_MAX: usize = 16 << 20;

/// Writes the text of a module or of the project's stream.
pub(super) fn read(bytes: &[u8], lines: &mut dyn Lines) {
    // A container begins with 1 and a chunk's header, whose upper four bits are B or 3.
    let start = source_start(bytes);
    let (before, packed) = bytes.split_at(start.unwrap_or(bytes.len()));
    strings::read(before, lines);
    let Some(source) = expand(packed) else {
        strings::read(packed, lines);
        return;
    };
    let mut text = String::new();
    code_page::decode(encoding_rs::WINDOWS_1252, &source, &mut text);
    if source.contains(&0) {
        strings::read(&source, lines);
    } else {
        lines.push(&text);
        lines.push("\n");
    }
}

/// Where the compressed source begins: it says what it is first, after the headers and a flag.
fn source_start(bytes: &[u8]) -> Option<usize> {
    let is_project =
        bytes.first() == Some(&1) && u16_at(bytes, 1).is_some_and(|header| header >> 12 == 0xb);
    if is_project {
        return Some(0);
    }
    let mark = b"\x00Attribut";
    let at = bytes.windows(mark.len()).rposition(|window| window == mark)?;
    at.checked_sub(3).filter(|start| bytes.get(*start) == Some(&1))
}

/// The bytes of a compressed container; `None` if it is none, or too long.
fn expand(packed: &[u8]) -> Option<Vec<u8>> {
    if packed.first() != Some(&1) {
        return None;
    }
    let mut out = Vec::new();
    let mut at = 1;
    while let Some(header) = u16_at(packed, at) {
        let size = usize::from(header & 0xfff) + 3;
        let chunk = packed.get(at + 2..(at + size).min(packed.len()))?;
        let start = out.len();
        if header & 0x8000 == 0 {
            out.extend_from_slice(chunk);
        } else {
            expand_chunk(chunk, start, &mut out)?;
        }
        if out.len() > SOURCE_BYTES_MAX {
            return None;
        }
        at += size;
    }
    Some(out)
}

fn expand_chunk(chunk: &[u8], start: usize, out: &mut Vec<u8>) -> Option<()> {
    let mut at = 0;
    while let Some(flags) = chunk.get(at) {
        at += 1;
        for bit in 0..8 {
            if at >= chunk.len() {
                break;
            }
            if flags >> bit & 1 == 0 {
                out.push(*chunk.get(at)?);
                at += 1;
                continue;
            }
            let token = u16_at(chunk, at)?;
            at += 2;
            let done = out.len() - start;
            let offset_bits = (usize::BITS - done.saturating_sub(1).leading_zeros()).clamp(4, 12);
            let length = usize::from(token & (0xffff >> offset_bits)) + 3;
            let back = usize::from(token >> (16 - offset_bits)) + 1;
            let from = out.len().checked_sub(back)?;
            for index in from..from + length {
                out.push(*out.get(index)?);
            }
        }
    }
    Some(())
}
