//! Maps of character codes (CMaps): how long each code is, and which character or glyph it stands for.

use super::tokens::{Token, Tokens};
use std::collections::HashMap;

/// Codes are at most so long.
const CODE_BYTES_MAX: usize = 4;

/// A map of codes to text, or to numbers of glyphs.
#[derive(Debug, Default)]
pub(super) struct CharMap {
    /// Length, first and last code.
    spaces: Vec<(usize, u32, u32)>,
    texts: HashMap<u32, String>,
    /// First and last code, and the UTF-16 of the first; sorted once read.
    text_ranges: Vec<(u32, u32, Vec<u16>)>,
    glyph_ranges: Vec<(u32, u32, u32)>,
}

fn code(bytes: &[u8]) -> u32 {
    bytes.iter().take(CODE_BYTES_MAX).fold(0, |code, byte| code << 8 | u32::from(*byte))
}

fn units(bytes: &[u8]) -> Vec<u16> {
    match bytes {
        [byte] => vec![u16::from(*byte)],
        _ => bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect(),
    }
}

fn text(units: &[u16]) -> String {
    String::from_utf16_lossy(units)
}

impl CharMap {
    /// Reads a map from its stream.
    pub fn parse(bytes: &[u8]) -> Self {
        let mut map = Self::default();
        let mut operands: Vec<Token<'_>> = Vec::new();
        for token in Tokens::new(bytes) {
            let Token::Operator(operator) = token else {
                operands.push(token);
                continue;
            };
            match operator {
                b"endcodespacerange" => map.add_spaces(&operands),
                b"endbfchar" => map.add_texts(&operands),
                b"endbfrange" => map.add_text_ranges(&operands),
                b"endcidchar" => map.add_glyphs(&operands),
                b"endcidrange" => map.add_glyph_ranges(&operands),
                _ => {}
            }
            operands.clear();
        }
        map.text_ranges.sort_by_key(|range| range.0);
        map.glyph_ranges.sort_unstable();
        map
    }

    fn add_spaces(&mut self, operands: &[Token<'_>]) {
        for pair in operands.chunks_exact(2) {
            if let [Token::Text(low), Token::Text(high)] = pair
                && (1..=CODE_BYTES_MAX).contains(&low.len())
            {
                self.spaces.push((low.len(), code(low), code(high)));
            }
        }
    }

    fn add_texts(&mut self, operands: &[Token<'_>]) {
        for pair in operands.chunks_exact(2) {
            if let [Token::Text(from), Token::Text(to)] = pair {
                self.texts.insert(code(from), text(&units(to)));
            }
        }
    }

    fn add_text_ranges(&mut self, operands: &[Token<'_>]) {
        let mut rest = operands.iter();
        while let (Some(low), Some(high), Some(to)) = (rest.next(), rest.next(), rest.next()) {
            let (Token::Text(low), Token::Text(high)) = (low, high) else { return };
            match to {
                Token::Text(to) => {
                    self.text_ranges.push((code(low), code(high), units(to)));
                }
                Token::Array => {
                    let mut at = code(low);
                    for token in rest.by_ref() {
                        let Token::Text(to) = token else { break };
                        self.texts.insert(at, text(&units(to)));
                        at = at.wrapping_add(1);
                    }
                }
                _ => return,
            }
        }
    }

    fn add_glyphs(&mut self, operands: &[Token<'_>]) {
        for pair in operands.chunks_exact(2) {
            if let [Token::Text(from), Token::Number(to)] = pair {
                self.glyph_ranges.push((code(from), code(from), *to as u32));
            }
        }
    }

    fn add_glyph_ranges(&mut self, operands: &[Token<'_>]) {
        for triple in operands.chunks_exact(3) {
            if let [Token::Text(low), Token::Text(high), Token::Number(to)] = triple {
                self.glyph_ranges.push((code(low), code(high), *to as u32));
            }
        }
    }

    /// Whether it tells how long codes are.
    pub fn has_spaces(&self) -> bool {
        !self.spaces.is_empty()
    }

    /// The next code of a string, and its length.
    pub fn next_code(&self, bytes: &[u8]) -> (u32, usize) {
        for length in 1..=CODE_BYTES_MAX.min(bytes.len()) {
            let code = code(&bytes[..length]);
            let fits = |space: &&(usize, u32, u32)| {
                space.0 == length && (space.1..=space.2).contains(&code)
            };
            if self.spaces.iter().find(fits).is_some() {
                return (code, length);
            }
        }
        let shortest = self.spaces.iter().map(|space| space.0).min().unwrap_or(1);
        let length = shortest.min(bytes.len()).max(1);
        (code(&bytes[..length.min(bytes.len())]), length)
    }

    /// The text of a code.
    pub fn text(&self, code: u32) -> Option<String> {
        if let Some(text) = self.texts.get(&code) {
            return Some(text.clone());
        }
        let after = self.text_ranges.partition_point(|range| range.0 <= code);
        let (low, high, first) = self.text_ranges.get(after.checked_sub(1)?)?;
        if code > *high {
            return None;
        }
        let mut units = first.clone();
        let last = units.last_mut()?;
        *last = last.wrapping_add((code - low) as u16);
        Some(text(&units))
    }

    /// The number of the glyph of a code.
    pub fn glyph(&self, code: u32) -> Option<u32> {
        let after = self.glyph_ranges.partition_point(|range| range.0 <= code);
        let (low, high, first) = self.glyph_ranges.get(after.checked_sub(1)?)?;
        (code <= *high).then(|| first.wrapping_add(code - low))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_what_they_stand_for() {
        let map = CharMap::parse(
            b"2 begincodespacerange <00> <7f> <8000> <ffff> endcodespacerange
            1 beginbfchar <41> <00660069> endbfchar
            2 beginbfrange <50> <52> <0061> <8001> <8002> [<D83DDE00> <0062>] endbfrange
            1 begincidrange <8000> <8010> 7 endcidrange",
        );
        assert_eq!(map.next_code(b"A\x80\x01"), (0x41, 1));
        assert_eq!(map.next_code(b"\x80\x01A"), (0x8001, 2));
        assert_eq!(map.text(0x41).unwrap(), "fi");
        assert_eq!(map.text(0x52).unwrap(), "c");
        assert_eq!(map.text(0x53), None);
        assert_eq!(map.text(0x8001).unwrap(), "😀");
        assert_eq!(map.glyph(0x8002), Some(9));
        assert_eq!(map.glyph(0x8011), None);
    }
}
