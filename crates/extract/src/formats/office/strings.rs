//! Runs of characters in binary data: the text of parts whose structure is not known, or that a program
//! left behind. What it gives is a guess; what it misses is nothing that a person could read.

use super::walker::Lines;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Shorter runs of characters are chance.
const CHARS_MIN: usize = 5;

/// Runs that are remembered, so that they come once.
const SEEN_MAX: usize = 65_536;

/// More characters at the start of a run that are of another script than the rest are part of it.
const STRAY_MAX: usize = 3;

/// Writes each run of printable characters, of one byte or of two, on a line.
pub(super) fn read(bytes: &[u8], lines: &mut dyn Lines) {
    Strings::default().read(bytes, lines);
}

/// As [`read`], for characters of two bytes alone: in pictures those of one byte are mostly chance.
pub(super) fn read_wide(bytes: &[u8], lines: &mut dyn Lines) {
    Strings::default().read_wide(bytes, lines);
}

/// Finds runs in many pieces of data, each run once.
#[derive(Default)]
pub(super) struct Strings {
    seen: HashSet<u64>,
}

impl Strings {
    pub fn read(&mut self, bytes: &[u8], lines: &mut dyn Lines) {
        self.find(bytes, true, lines);
    }

    pub fn read_wide(&mut self, bytes: &[u8], lines: &mut dyn Lines) {
        self.find(bytes, false, lines);
    }

    fn find(&mut self, bytes: &[u8], has_narrow: bool, lines: &mut dyn Lines) {
        let mut run = String::new();
        let mut at = 0;
        while at < bytes.len() {
            run.clear();
            let wide_bytes = wide(&bytes[at..], &mut run);
            if wide_bytes >= 2 * CHARS_MIN {
                let (stray, text) = run.split_at(stray_bytes(&run));
                self.put(stray, lines);
                self.put(text, lines);
                at += wide_bytes;
                continue;
            }
            let narrow = if has_narrow { narrow(&bytes[at..]) } else { "" };
            if narrow.len() >= CHARS_MIN {
                self.put(narrow, lines);
                at += narrow.len();
            } else {
                at += 1;
            }
        }
    }

    fn put(&mut self, run: &str, lines: &mut dyn Lines) {
        let run = run.trim();
        let mut hasher = DefaultHasher::new();
        run.hash(&mut hasher);
        if run.is_empty() || !self.seen.insert(hasher.finish()) {
            return;
        }
        if self.seen.len() > SEEN_MAX {
            self.seen.clear();
        }
        lines.push(run);
        lines.push("\n");
    }
}

/// A run of UTF-16LE from the start, in the scripts of Europe, so that noise is not taken for one.
fn wide(bytes: &[u8], run: &mut String) -> usize {
    let mut count = 0;
    for pair in bytes.chunks_exact(2) {
        let code = u32::from(u16::from_le_bytes([pair[0], pair[1]]));
        let Some(c) = char::from_u32(code).filter(|c| is_european(*c)) else { break };
        run.push(c);
        count += 2;
    }
    count
}

fn is_european(c: char) -> bool {
    matches!(c, ' '..='~' | '\t' | '\u{a0}'..='\u{17f}' | '\u{370}'..='\u{52f}')
        || matches!(c, '\u{2010}'..='\u{2044}' | '€')
}

/// Numbers before a text look like characters of some other script: how many bytes of it they are.
fn stray_bytes(run: &str) -> usize {
    let mut chars = run.char_indices();
    let stray = chars.find(|(_, c)| u32::from(*c) < 0x100);
    match stray {
        Some((at, _))
            if run[..at].chars().count() <= STRAY_MAX
                && run[at..].chars().take(4).all(|c| u32::from(c) < 0x100) =>
        {
            at
        }
        _ => 0,
    }
}

/// A run of ASCII from the start.
fn narrow(bytes: &[u8]) -> &str {
    let count = bytes.iter().take_while(|byte| matches!(byte, b' '..=b'~' | b'\t')).count();
    std::str::from_utf8(&bytes[..count]).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::walker::Waiting;
    use super::*;

    #[test]
    fn runs_of_both_widths() {
        let wide =
            |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
        let mut bytes = b"\x00\x01abc\xff\x02".to_vec();
        bytes.extend(b"ann@example.com\x00\x03");
        bytes.extend(wide("Ѐćphone 555-0100"));
        bytes.extend(b"\xff\xfe\xff");
        bytes.extend(wide("Иван Петров"));
        bytes.extend(b"\xff\xffann@example.com");
        let mut lines = Waiting::default();
        read(&bytes, &mut lines);
        assert_eq!(lines.text, "ann@example.com\nЀć\nphone 555-0100\nИван Петров\n");
    }
}
