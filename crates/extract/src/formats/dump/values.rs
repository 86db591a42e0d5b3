//! The values of `INSERT` statements: `(1, 'a'), (2, NULL);`.

use super::binary;
use super::source::Source;
use crate::writer::TableWriter;

/// A row may be so many times as long as one value.
const ROW_VALUES: usize = 8;

/// Bytes of a row that are looked at first.
const FIRST_BYTES: usize = 4 << 10;

/// Reads rows up to the end of the statement. `false` if what stands here is no row: it is not taken then.
pub(super) fn rows(
    source: &mut Source<'_>,
    writer: &mut TableWriter<'_, '_>,
    row: &mut u64,
    has_escapes: bool,
) -> bool {
    loop {
        source.skip_space();
        let Some(end) = find_end(source, has_escapes) else { return false };
        *row += 1;
        write(&source.rest()[1..end - 1], *row, has_escapes, writer);
        source.advance(end);
        source.skip_space();
        match source.rest().chars().next() {
            Some(',') => source.advance(1),
            Some(';') => {
                source.advance(1);
                return true;
            }
            // Something follows that is no row; a statement may begin here.
            _ => return true,
        }
    }
}

/// The length of the row that begins here, if it has an end.
fn find_end(source: &mut Source<'_>, has_escapes: bool) -> Option<usize> {
    let bytes_max = source.value_bytes_max().saturating_mul(ROW_VALUES);
    let mut wanted = FIRST_BYTES;
    loop {
        source.fill(wanted);
        let rest = source.rest();
        if !rest.starts_with('(') {
            source.is_cut |= rest.is_empty();
            return None;
        }
        if let Some(end) = end_of_row(rest.as_bytes(), has_escapes) {
            return Some(end);
        }
        let length = rest.len();
        // Not even so much was there.
        if length < wanted {
            source.is_cut = true;
            return None;
        }
        if length > bytes_max {
            return None;
        }
        wanted = length * 2;
    }
}

fn end_of_row(bytes: &[u8], has_escapes: bool) -> Option<usize> {
    let mut depth = 0_u32;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'(' => depth += 1,
            b')' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            b'\'' | b'"' => {
                let escapes = has_escapes || is_escaping(bytes, at);
                at = end_of_text(bytes, at, escapes)?;
                continue;
            }
            b'$' if let Some(tag) = dollar_tag(bytes, at) => {
                at = end_of_dollars(bytes, at, tag)?;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// PostgreSQL has texts without escapes between two tags: `$$it's$$`, `$a$it's$a$`. The length of the one that
/// begins here.
fn dollar_tag(bytes: &[u8], at: usize) -> Option<usize> {
    let before = at.checked_sub(1).and_then(|at| bytes.get(at));
    if before.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$')) {
        return None;
    }
    let name = &bytes[at + 1..];
    let length = name.iter().position(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_')?;
    let is_tag = name[length] == b'$' && !name[0].is_ascii_digit();
    is_tag.then_some(length + 2)
}

/// Where the text ends that begins with a tag of that length.
fn end_of_dollars(bytes: &[u8], at: usize, tag: usize) -> Option<usize> {
    let begin = at + tag;
    let length = memchr::memmem::find(&bytes[begin..], &bytes[at..begin])?;
    Some(begin + length + tag)
}

/// PostgreSQL marks texts with escapes: `E'a\n'`.
fn is_escaping(bytes: &[u8], quote_at: usize) -> bool {
    let before = quote_at.checked_sub(1).and_then(|at| bytes.get(at));
    matches!(before, Some(b'E' | b'e'))
}

/// Where a text ends that begins with a quote; two quotes stand for one.
fn end_of_text(bytes: &[u8], start: usize, has_escapes: bool) -> Option<usize> {
    let quote = bytes[start];
    let mut at = start + 1;
    loop {
        match *bytes.get(at)? {
            b'\\' if has_escapes => at += 2,
            byte if byte == quote => {
                at += 1;
                if bytes.get(at) != Some(&quote) {
                    return Some(at);
                }
                at += 1;
            }
            _ => at += 1,
        }
    }
}

/// Writes what stands between the parentheses of a row.
fn write(row: &str, number: u64, has_escapes: bool, writer: &mut TableWriter<'_, '_>) {
    let bytes = row.as_bytes();
    let mut start = 0;
    let mut at = 0;
    let mut depth = 0_u32;
    let mut column = 0;
    let mut text = String::new();
    loop {
        match bytes.get(at) {
            Some(b'(') => depth += 1,
            Some(b')') => depth = depth.saturating_sub(1),
            Some(b'\'' | b'"') => {
                let escapes = has_escapes || is_escaping(bytes, at);
                at = end_of_text(bytes, at, escapes).unwrap_or(bytes.len());
                continue;
            }
            Some(b'$') if let Some(tag) = dollar_tag(bytes, at) => {
                at = end_of_dollars(bytes, at, tag).unwrap_or(bytes.len());
                continue;
            }
            Some(b',') if depth > 0 => {}
            None | Some(b',') => {
                let literal = row[start..at].trim();
                let value = value(literal, has_escapes, &mut text);
                let decoded = binary::decoded(literal).or_else(|| binary::decoded(value));
                super::cell(writer, (number, column), value, decoded);
                column += 1;
                start = at + 1;
                if at >= bytes.len() {
                    return;
                }
            }
            _ => {}
        }
        at += 1;
    }
}

/// The text of a literal; what is none stands as it is.
fn value<'v>(literal: &'v str, has_escapes: bool, text: &'v mut String) -> &'v str {
    if literal.eq_ignore_ascii_case("null") {
        return "";
    }
    let bytes = literal.as_bytes();
    if literal.starts_with('$')
        && let Some(tag) = dollar_tag(bytes, 0)
        && end_of_dollars(bytes, 0, tag) == Some(bytes.len())
    {
        return &literal[tag..literal.len() - tag];
    }
    let Some(open) = literal.find(['\'', '"']) else { return literal };
    // A prefix tells the kind: `N'…'`, `_utf8'…'`.
    let is_prefix = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let prefix = &literal[..open];
    if !prefix.trim_end().chars().all(is_prefix) || prefix.len() > 16 {
        return literal;
    }
    let has_escapes = has_escapes || is_escaping(bytes, open);
    let is_whole = end_of_text(bytes, open, has_escapes) == Some(bytes.len());
    if !is_whole {
        return literal;
    }
    let inner = &literal[open + 1..literal.len() - 1];
    let quote = char::from(bytes[open]);
    let has_escape = has_escapes && inner.contains('\\');
    if !has_escape && !inner.contains(quote) {
        return inner;
    }
    text.clear();
    unescape(inner, quote, has_escapes, text);
    text
}

fn unescape(inner: &str, quote: char, has_escapes: bool, text: &mut String) {
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' if has_escapes => text.extend(chars.next().map(|c| match c {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                '0' | 'b' | 'Z' => ' ',
                c => c,
            })),
            c if c == quote => {
                // The other one of two.
                chars.next();
                text.push(quote);
            }
            c => text.push(c),
        }
    }
}
