//! GIF: comments and texts among the pictures.

use super::{Written, decoded};
use crate::picture::Size;
use std::ops::Range;

const HEAD_BYTES: usize = 13;
const EXTENSION: u8 = 0x21;
const PICTURE: u8 = 0x2c;
const END: u8 = 0x3b;
const COMMENT: u8 = 0xfe;
const CONTROL: u8 = 0xf9;
const TEXT: u8 = 0x01;

/// One picture of a file.
pub(super) struct Frame {
    size: Size,
    /// Where it stands on the screen: its left and top.
    corner: [u32; 2],
    place: Range<usize>,
    /// What it shows stands in it alone, and not in those before it too.
    pub is_whole: bool,
}

impl Frame {
    /// The picture as a file of its own.
    pub fn file(&self, bytes: &[u8]) -> (Vec<u8>, Size) {
        let head = bytes.get(..pictures_start(bytes)).unwrap_or_default();
        let own = bytes.get(self.place.clone()).unwrap_or_default();
        ([head, own, &[END]].concat(), self.size)
    }
}

/// Where the first picture or text may stand.
fn pictures_start(bytes: &[u8]) -> usize {
    HEAD_BYTES + bytes.get(10).map_or(0, |flags| colours(*flags))
}

/// Bytes of a table of colours that flags tell of.
fn colours(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

pub(super) fn read(bytes: &[u8], written: &mut Written) {
    let mut at = pictures_start(bytes);
    // Whether the next picture lets through those before it.
    let mut is_transparent = false;
    loop {
        let Some(kind) = bytes.get(at) else { return written.damaged += 1 };
        at += 1;
        match *kind {
            EXTENSION => {
                let label = bytes.get(at).copied();
                let (content, next) = blocks(bytes, at + 1);
                match label {
                    Some(CONTROL) => {
                        is_transparent = content.first().is_some_and(|flags| flags & 1 == 1)
                    }
                    Some(COMMENT) => written.line("Comment", &decoded(&content)),
                    // Where the text stands comes first.
                    Some(TEXT) => {
                        written.line("Text", &decoded(content.get(12..).unwrap_or_default()));
                    }
                    _ => {}
                }
                at = next;
            }
            PICTURE => {
                let flags = bytes.get(at + 8).copied().unwrap_or(0);
                // The length of codes follows the colours.
                let start = at - 1;
                let side = |from: usize| {
                    let side = bytes.get(from..).and_then(|rest| rest.first_chunk());
                    side.map_or(0, |side| u32::from(u16::from_le_bytes(*side)))
                };
                let size = Size::new(side(at + 4), side(at + 6));
                let corner = [side(at), side(at + 2)];
                at = skip(bytes, at + 9 + colours(flags) + 1);
                let first = written.frames.first();
                let is_whole = match first {
                    Some(first) => first.size == size && first.corner == corner && !is_transparent,
                    None => corner == [0, 0],
                };
                is_transparent = false;
                let place = start..at.min(bytes.len());
                written.frames.push(Frame { size, corner, place, is_whole });
            }
            END => {
                written.rest_start = Some(at);
                return;
            }
            _ => return written.damaged += 1,
        }
    }
}

/// The content of blocks, each after its length, up to an empty one; and what stands behind them.
fn blocks(bytes: &[u8], start: usize) -> (Vec<u8>, usize) {
    let mut content = Vec::new();
    let mut at = start;
    while let Some(length) = bytes.get(at).filter(|length| **length > 0) {
        let end = at + 1 + usize::from(*length);
        content.extend_from_slice(bytes.get(at + 1..end).unwrap_or_default());
        at = end;
    }
    (content, at + 1)
}

fn skip(bytes: &[u8], mut at: usize) -> usize {
    while let Some(length) = bytes.get(at).filter(|length| **length > 0) {
        at += 1 + usize::from(*length);
    }
    at + 1
}
