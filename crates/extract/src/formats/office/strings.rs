//! Runs of characters in binary data: the text of parts whose structure is not known, or that a program
//! left behind. What it gives is a guess; what it misses is nothing that a person could read.

use super::walker::Lines;

/// Shorter runs of characters are chance.
const CHARS_MIN: usize = 5;

/// Writes each run of printable characters, of one byte or of two, on a line.
pub(super) fn read(bytes: &[u8], lines: &mut dyn Lines) {
    let mut run = String::new();
    let mut at = 0;
    while at < bytes.len() {
        run.clear();
        let wide_bytes = wide(&bytes[at..], &mut run);
        if run.chars().count() >= CHARS_MIN {
            put(&run, lines);
            at += wide_bytes;
            continue;
        }
        run.clear();
        let narrow_bytes = narrow(&bytes[at..], &mut run);
        if narrow_bytes >= CHARS_MIN {
            put(&run, lines);
            at += narrow_bytes;
        } else {
            at += 1;
        }
    }
}

fn put(run: &str, lines: &mut dyn Lines) {
    lines.push(run);
    lines.push("\n");
}

/// A run of UTF-16LE from the start: letters of the scripts of Europe, so that noise is not taken for one.
fn wide(bytes: &[u8], run: &mut String) -> usize {
    let mut count = 0;
    for pair in bytes.chunks_exact(2) {
        let code = u32::from(u16::from_le_bytes([pair[0], pair[1]]));
        match char::from_u32(code) {
            Some(
                c @ (' '..='~'
                | '\u{a0}'..='\u{17f}'
                | '\u{370}'..='\u{52f}'
                | '\u{2010}'..='\u{2044}'
                | '€'
                | '\t'),
            ) => {
                run.push(c);
                count += 2;
            }
            _ => break,
        }
    }
    count
}

/// A run of ASCII from the start.
fn narrow(bytes: &[u8], run: &mut String) -> usize {
    let count = bytes.iter().take_while(|byte| matches!(byte, b' '..=b'~' | b'\t')).count();
    run.push_str(std::str::from_utf8(&bytes[..count]).unwrap_or_default());
    count
}

/// As [`read`], for characters of two bytes alone: in pictures those of one byte are mostly chance.
pub(super) fn read_wide(bytes: &[u8], lines: &mut dyn Lines) {
    let mut run = String::new();
    let mut at = 0;
    while at < bytes.len() {
        run.clear();
        let wide_bytes = wide(&bytes[at..], &mut run);
        if wide_bytes >= 2 * CHARS_MIN {
            put(&run, lines);
        }
        at += if wide_bytes >= 2 * CHARS_MIN { wide_bytes } else { 1 };
    }
}
