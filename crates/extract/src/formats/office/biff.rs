//! Records of Excel's files up to 2003, and the strings in them, which may go on from one to the next.

use super::bytes::{slice, u16_at};

/// One record, with those that continue it.
pub(super) struct Record<'b> {
    pub kind: u16,
    /// Its bytes, and those of each continuation.
    pub parts: Vec<&'b [u8]>,
}

impl<'b> Record<'b> {
    pub fn bytes(&self) -> &'b [u8] {
        self.parts.first().copied().unwrap_or_default()
    }
}

const CONTINUE: u16 = 0x3c;

/// The record at a place and the place behind it; `None` at the end or where the stream is cut off.
pub(super) fn record<'b>(bytes: &'b [u8], at: usize) -> Option<(Record<'b>, usize)> {
    let kind = u16_at(bytes, at)?;
    let mut length = usize::from(u16_at(bytes, at + 2)?);
    let mut parts = vec![slice(bytes, at + 4, length)?];
    let mut next = at + 4 + length;
    while u16_at(bytes, next) == Some(CONTINUE) {
        length = usize::from(u16_at(bytes, next + 2)?);
        parts.push(slice(bytes, next + 4, length)?);
        next += 4 + length;
    }
    Some((Record { kind, parts }, next))
}

/// Reads characters that may go on in a continuation.
pub(super) struct Cursor<'r, 'b> {
    parts: &'r [&'b [u8]],
    part: usize,
    at: usize,
}

impl<'r, 'b> Cursor<'r, 'b> {
    pub fn new(parts: &'r [&'b [u8]]) -> Self {
        Self { parts, part: 0, at: 0 }
    }

    pub fn is_at_end(&self) -> bool {
        let rest = self.parts.get(self.part + 1..).unwrap_or_default();
        let here = self.parts.get(self.part).map_or(0, |part| part.len());
        self.at >= here && rest.iter().all(|part| part.is_empty())
    }

    pub fn byte(&mut self) -> Option<u8> {
        loop {
            let part = self.parts.get(self.part)?;
            if let Some(byte) = part.get(self.at) {
                self.at += 1;
                return Some(*byte);
            }
            self.part += 1;
            self.at = 0;
        }
    }

    pub fn number(&mut self, bytes: usize) -> Option<u32> {
        let mut number = 0;
        for index in 0..bytes {
            number |= u32::from(self.byte()?) << (8 * index);
        }
        Some(number)
    }

    pub fn skip(&mut self, mut bytes: usize) -> Option<()> {
        while bytes > 0 {
            let left = self.parts.get(self.part)?.len().saturating_sub(self.at);
            let step = left.min(bytes);
            self.at += step;
            bytes -= step;
            if bytes > 0 {
                self.part += 1;
                self.at = 0;
            }
        }
        Some(())
    }

    /// So many characters; each continuation says anew how wide they are.
    pub fn chars(&mut self, mut count: usize, mut is_wide: bool, text: &mut String) -> Option<()> {
        let mut units = Vec::new();
        let mut is_whole = true;
        while count > 0 {
            let part = self.parts.get(self.part).copied().unwrap_or_default();
            let left = part.get(self.at..).unwrap_or_default();
            let width = 1 + usize::from(is_wide);
            let here = (left.len() / width).min(count);
            if here == 0 {
                self.part += 1;
                self.at = 1;
                match self.parts.get(self.part).and_then(|part| part.first()) {
                    Some(flags) => is_wide = flags & 1 != 0,
                    None => {
                        is_whole = false;
                        break;
                    }
                }
                continue;
            }
            let inner = &left[..here * width];
            if is_wide {
                units.extend(
                    inner.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])),
                );
            } else {
                units.extend(inner.iter().map(|byte| u16::from(*byte)));
            }
            self.at += here * width;
            count -= here;
        }
        text.extend(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
        is_whole.then_some(())
    }

    /// A string with its length before it, and formats and phonetics behind.
    pub fn string(&mut self, length_bytes: usize, text: &mut String) -> Option<()> {
        let count = self.number(length_bytes)? as usize;
        let flags = self.byte()?;
        let runs = if flags & 8 != 0 { self.number(2)? as usize } else { 0 };
        let more = if flags & 4 != 0 { self.number(4)? as usize } else { 0 };
        self.chars(count, flags & 1 != 0, text)?;
        self.skip(runs * 4 + more)
    }
}
