//! Base64 as texts hold it: broken into lines, with the escapes of the language around it, and in notebooks as a
//! list of lines.

use super::finder::begins_picture;

/// A line of so many characters of Base64 is no word.
const LINE_CHARS_MIN: usize = 40;

/// Bytes of a break within Base64: the end of a line, the blanks before the next one, and quotes.
const BREAK_BYTES_MAX: usize = 160;

/// What Base64 is decoded to, and how it may go on.
#[derive(Debug)]
pub(super) struct Sextets {
    bytes: Vec<u8>,
    bytes_max: usize,
    is_too_long: bool,
    /// Bits that make no byte yet, and how many.
    bits: u32,
    bit_count: u32,
    /// Characters of the line so far.
    line_chars: usize,
    /// It ends with a quote, a bracket or a tag: until then all of it is Base64.
    is_enclosed: bool,
    /// It may go on with the next string of a list.
    is_listed: bool,
}

/// What the text goes on with.
enum Next {
    /// A character of Base64 that takes so many bytes.
    Sextet(u32, usize),
    /// The end of a line or a blank.
    Break {
        bytes: usize,
        is_line: bool,
    },
    Padding,
    Other,
}

/// What a character of Base64 stands for, also in the alphabet of URLs.
pub(super) fn value(byte: u8) -> Option<u32> {
    let value = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

impl Sextets {
    /// Base64 behind this text.
    pub fn new(before: &[u8], bytes_max: usize) -> Self {
        let last = before.last().copied();
        let outside = before.strip_suffix(b"\"").unwrap_or_default().trim_ascii_end();
        Self {
            bytes: Vec::new(),
            bytes_max,
            is_too_long: false,
            bits: 0,
            bit_count: 0,
            line_chars: 0,
            is_enclosed: last.is_some_and(|byte| b"\"'`(>\\".contains(&byte)),
            is_listed: last == Some(b'"') && outside.last() == Some(&b'['),
        }
    }

    /// What was decoded, and whether there was more.
    pub fn into_bytes(self) -> (Vec<u8>, bool) {
        (self.bytes, self.is_too_long)
    }

    /// Reads on from `at` as long as `ahead` bytes can be seen, or to the end of the text. Where it stopped, and
    /// whether nothing more belongs to it.
    pub fn go_on(
        &mut self,
        text: &[u8],
        mut at: usize,
        ahead: usize,
        is_end: bool,
    ) -> (usize, bool) {
        while is_end || text.len() - at >= ahead {
            let rest = &text[at..];
            match next(rest) {
                Next::Sextet(value, bytes) => {
                    self.push(value);
                    at += bytes;
                }
                Next::Break { .. } => match self.after_break(rest) {
                    Some(bytes) => {
                        self.line_chars = 0;
                        at += bytes;
                    }
                    None => return (at, true),
                },
                Next::Padding | Next::Other => return (at, true),
            }
        }
        (at, false)
    }

    fn push(&mut self, value: u32) {
        self.line_chars += 1;
        self.bits = self.bits << 6 | value;
        self.bit_count += 6;
        if self.bit_count < 8 {
            return;
        }
        self.bit_count -= 8;
        if self.bytes.len() < self.bytes_max {
            self.bytes.push((self.bits >> self.bit_count) as u8);
        } else {
            self.is_too_long = true;
        }
    }

    /// The bytes of a break, if Base64 goes on behind it.
    fn after_break(&self, text: &[u8]) -> Option<usize> {
        let (mut at, mut is_line, mut is_next_string) = (0, false, false);
        let mut has_comma = false;
        while at < BREAK_BYTES_MAX {
            match next(text.get(at..)?) {
                Next::Break { bytes, is_line: breaks } => {
                    at += bytes;
                    is_line |= breaks;
                }
                // `…\n", "…`
                Next::Other if self.is_listed && is_line => {
                    match (text.get(at), is_next_string) {
                        (Some(b'"'), false) => is_next_string = true,
                        (Some(b','), true) if !has_comma => has_comma = true,
                        (Some(b'"'), true) if has_comma => return self.string(text, at + 1),
                        _ => return None,
                    }
                    at += 1;
                }
                Next::Sextet(..) if is_next_string => return None,
                Next::Sextet(..) => break,
                Next::Padding | Next::Other => return None,
            }
        }
        // A picture that stands below another one.
        if !self.bytes.is_empty() && begins_picture(&text[at..]) {
            return None;
        }
        let (chars, is_ended) = token(&text[at..]);
        let is_last = is_ended
            && (self.is_enclosed
                || (chars <= self.line_chars && self.line_chars >= LINE_CHARS_MIN));
        (chars >= LINE_CHARS_MIN || is_line && is_last).then_some(at)
    }

    /// The bytes of a break up to the next string of a list, if Base64 goes on in it.
    fn string(&self, text: &[u8], at: usize) -> Option<usize> {
        let (chars, is_ended) = token(text.get(at..)?);
        let goes_on = chars >= LINE_CHARS_MIN || is_ended && chars <= self.line_chars;
        (goes_on && chars > 0).then_some(at)
    }
}

/// How many characters of Base64 follow, as far as it matters, and whether nothing but an end stands behind them.
fn token(text: &[u8]) -> (usize, bool) {
    let (mut at, mut chars) = (0, 0);
    while chars < LINE_CHARS_MIN {
        match text.get(at..).map(next) {
            Some(Next::Sextet(_, bytes)) => {
                at += bytes;
                chars += 1;
            }
            Some(Next::Break { is_line, .. }) => return (chars, is_line),
            Some(Next::Padding) => return (chars, true),
            Some(Next::Other) | None => {
                let end = text.get(at);
                return (chars, end.is_none_or(|byte| b"\"'`)<&\\".contains(byte)));
            }
        }
    }
    (chars, false)
}

/// What a text goes on with, its escapes resolved: of JSON, of URIs, of CSS and scripts.
fn next(text: &[u8]) -> Next {
    let plain = |byte: u8, bytes: usize| match byte {
        b'=' => Next::Padding,
        b' ' | b'\t' => Next::Break { bytes, is_line: false },
        b'\r' | b'\n' => Next::Break { bytes, is_line: true },
        byte => value(byte).map_or(Next::Other, |value| Next::Sextet(value, bytes)),
    };
    let hex = |digits: Option<&[u8]>| {
        let digits = std::str::from_utf8(digits?).ok()?;
        u8::from_str_radix(digits, 16).ok().filter(|_| !digits.starts_with('+'))
    };
    match text {
        [b'%', ..] => hex(text.get(1..3)).map_or(Next::Other, |byte| plain(byte, 3)),
        [b'\\', ..] => {
            // JSON within JSON has several.
            const SLASHES_MAX: usize = 8;
            let slashes = text.iter().take(SLASHES_MAX).take_while(|byte| **byte == b'\\').count();
            match text.get(slashes) {
                Some(b'n' | b'r') => Next::Break { bytes: slashes + 1, is_line: true },
                Some(b't') => Next::Break { bytes: slashes + 1, is_line: false },
                Some(b'u') => {
                    let zeros = text.get(slashes + 1..slashes + 3) == Some(b"00");
                    let byte = hex(text.get(slashes + 3..slashes + 5)).filter(|_| zeros);
                    byte.map_or(Next::Other, |byte| plain(byte, slashes + 5))
                }
                Some(byte @ (b'/' | b'+' | b'=' | b'\n' | b'\r')) => plain(*byte, slashes + 1),
                _ => Next::Other,
            }
        }
        [byte, ..] => plain(*byte, 1),
        [] => Next::Other,
    }
}
