//! Values that markup interrupts: `123-45-<b>6789</b>` is one number to whoever looks at the page, and
//! `ann%40example.org` one address to whoever clicks on it. The text itself is read as it stands; each word
//! that is interrupted is read once more without what interrupts it. Nothing is taken away by that.

use crate::text::reader::BlockSink;
use crate::text::window::{Cursor, Window};
use lakegate_core::text::{Block, Context, Layout, Place, Repeats, Segment};
use std::ops::Range;

/// Tags that do not end a word.
const INLINE: [&str; 31] = [
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i", "ins",
    "kbd", "label", "mark", "nobr", "o:p", "q", "s", "samp", "small", "span", "strike", "strong",
    "sub", "sup", "tt", "u", "wbr",
];

const TAG: &[u8] = b"<";

/// The sign within addresses of mail, as links write it.
const ENCODED_AT: &[u8] = b"%40";

/// A longer tag or comment is none that interrupts a word.
const TAG_BYTES_MAX: usize = 512;

/// An interrupted word is read so far.
const WORD_BYTES_MAX: usize = 1024;

/// Bytes before a word that are seen beside it, for its keywords.
const BEFORE_BYTES: usize = 64;

/// Bytes after a word that are seen beside it.
const AFTER_BYTES: usize = 16;

/// A word without what interrupts it.
struct Word {
    /// Where it begins in the text.
    start: usize,
    /// Where it ends there.
    end: usize,
    joined: String,
    /// How much of `joined` stands before its last interruption; 0 if there is none.
    before_last: usize,
}

/// What the block that was handed on says of the text's values.
pub(crate) struct Names<'n> {
    pub contexts: &'n [Context],
    pub epoch: u64,
    pub segments: &'n [Segment],
}

impl Names<'_> {
    /// The context of what stands at a place.
    fn at(&self, place: usize) -> u32 {
        let next = self.segments.partition_point(|segment| segment.end as usize <= place);
        let found = self.segments.get(next).filter(|segment| segment.start as usize <= place);
        found.map_or(0, |segment| segment.context)
    }
}

/// Hands on the words of the window's text that are first interrupted within `own`.
pub(crate) fn read(
    window: &Window,
    end: usize,
    own: Range<usize>,
    names: &Names<'_>,
    sink: &mut dyn BlockSink,
) {
    let text = &window.text[..end];
    // What stands within a tag is looked at for itself.
    for mark in [TAG, ENCODED_AT] {
        let mut at = own.start;
        let mut cursor = window.cursor();
        let finder = memchr::memmem::Finder::new(mark);
        while let Some(found) = finder.find(&text.as_bytes()[at..own.end]) {
            let first = at + found;
            let Some(word) = word(text, first) else {
                at = first + 1;
                continue;
            };
            at = word.end.clamp(first + 1, own.end);
            if word.before_last > 0 {
                give(text, &word, &mut cursor, names, sink);
            }
        }
    }
}

fn give(text: &str, word: &Word, cursor: &mut Cursor, names: &Names<'_>, sink: &mut dyn BlockSink) {
    let from = text.floor_char_boundary(word.start.saturating_sub(BEFORE_BYTES));
    // Words come in order: the text is gone over once.
    let from = from.max(cursor.at);
    let to = text.ceil_char_boundary((word.end + AFTER_BYTES).min(text.len()));
    let (before, after) = (&text[from..word.start], &text[word.end..to]);
    let joined = [before, word.joined.as_str(), after].concat();
    cursor.advance(text, from);
    sink.block(&Block {
        text: &joined,
        segments: &[Segment {
            start: 0,
            end: joined.len() as u32,
            context: names.at(word.start),
            unit: cursor.line,
            part: u32::try_from(cursor.column).unwrap_or(u32::MAX),
        }],
        contexts: names.contexts,
        paths: &[],
        layout: Layout::Lines,
        place: Place::default(),
        repeats: Repeats::default(),
        own_start: before.len() as u32,
        own_end: (before.len() + word.before_last) as u32,
        contexts_epoch: names.epoch,
    });
}

/// The word around what stands at `first`, if that can interrupt one.
fn word(text: &str, first: usize) -> Option<Word> {
    let bytes = text.as_bytes();
    interruption(bytes, first)?;
    let start = text.ceil_char_boundary(word_start(bytes, first));
    let mut word =
        Word { start, end: first, joined: text[start..first].to_owned(), before_last: 0 };
    let is_begun = word.joined.bytes().any(|byte| byte.is_ascii_alphanumeric());
    let end_max = text.len().min(start + WORD_BYTES_MAX);
    let mut interrupted_at = 0;
    while word.end < end_max {
        if let Some((end, instead)) = interruption(bytes, word.end) {
            interrupted_at = word.joined.len();
            word.joined.push_str(instead);
            word.end = end;
            continue;
        }
        let is_blank_within = bytes[word.end] == b' '
            && word.joined.ends_with(|c: char| c.is_ascii_digit())
            && seen(bytes, word.end + 1).is_some_and(|byte| byte.is_ascii_digit());
        if !is_part(bytes[word.end]) && !is_blank_within {
            break;
        }
        if is_begun && bytes[word.end].is_ascii_alphanumeric() {
            word.before_last = interrupted_at;
        }
        let end = text.ceil_char_boundary(word.end + 1);
        word.joined.push_str(&text[word.end..end]);
        word.end = end;
    }
    Some(word)
}

/// Where the word begins that ends before `end`. Numbers may have blanks between their digits.
fn word_start(bytes: &[u8], end: usize) -> usize {
    let start_min = end.saturating_sub(WORD_BYTES_MAX / 4);
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut start = end;
    while start > start_min {
        let at = start - 1;
        let is_blank_within =
            bytes[at] == b' ' && at > 0 && digit(at - 1) && (start == end || digit(start));
        if !is_part(bytes[at]) && !is_blank_within {
            break;
        }
        start = at;
    }
    start
}

/// The first byte from `at` on that is no markup.
fn seen(bytes: &[u8], at: usize) -> Option<u8> {
    let mut at = at;
    while let Some((end, _)) = interruption(bytes, at) {
        at = end;
    }
    bytes.get(at).copied()
}

/// Where what interrupts a word at `at` ends, and what is read instead of it.
fn interruption(bytes: &[u8], at: usize) -> Option<(usize, &'static str)> {
    let rest = bytes.get(at..bytes.len().min(at + TAG_BYTES_MAX))?;
    if rest.starts_with(ENCODED_AT) {
        return Some((at + ENCODED_AT.len(), "@"));
    }
    if rest.starts_with(b"<!--") {
        return Some((at + memchr::memmem::find(rest, b"-->")? + 3, ""));
    }
    let name = rest.strip_prefix(b"</").or_else(|| rest.strip_prefix(b"<"))?;
    let length = name.iter().position(|b| !b.is_ascii_alphanumeric() && *b != b':')?;
    let is_inline = INLINE.iter().any(|tag| name[..length].eq_ignore_ascii_case(tag.as_bytes()));
    let close = memchr::memchr2(b'>', b'<', &rest[1..])? + 1;
    (is_inline && rest[close] == b'>').then_some((at + close + 1, ""))
}

/// What a value that is one word may be made of.
fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || !byte.is_ascii() || b"-._@+/:".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Names<'static> =
        Names { contexts: &[Context { names: Vec::new() }], epoch: 1, segments: &[] };

    #[derive(Default)]
    struct Owned(Vec<String>);

    impl BlockSink for Owned {
        fn block(&mut self, block: &Block<'_>) {
            let segment = &block.segments[0];
            let (start, end) = (block.own_start as usize, block.own_end as usize);
            let place = block.locate(segment, start, end);
            let lakegate_core::detection::Location::LineRange { start: line, start_column, .. } =
                place
            else {
                panic!("lines")
            };
            self.0.push(format!("{line}:{start_column} {}", &block.text[start..]));
        }
    }

    /// What is read once more of a text.
    fn check(text: &str, expect: &[&str]) {
        let window = Window { text: text.to_owned(), ..Window::new() };
        let mut owned = Owned::default();
        let end = text.len();
        read(&window, end, 0..end, &NONE, &mut owned);
        assert_eq!(owned.0, expect, "{text}");
    }

    #[test]
    fn words_are_read_without_what_interrupts_them() {
        check("plain <b>bold</b> text <br>x", &[]);
        check("<p>\nssn 123-45-<b>6789</b>\n", &["2:5 123-45-6789\n"]);
        check("é ann<!-- x -->@<span class=\"a\">exam</span>ple.org,", &["1:3 ann@example.org,"]);
        check("<a href=\"mailto:ann%40example.org\">", &["1:10 mailto:ann@example.org\">"]);
        check("4111 1111 <b>1111</b> 1111.", &["1:1 4111 1111 1111 1111."]);
        check("<td>123</td><td>456</td>", &[]);
        check("end<b>.</b> 50%40", &[]);
        check("a<b", &[]);
    }

    #[test]
    fn much_markup_is_read_in_bounded_steps() {
        let text = "a<b>".repeat(10_000);
        let window = Window { text: text.clone(), ..Window::new() };
        let mut owned = Owned::default();
        read(&window, text.len(), 0..text.len(), &NONE, &mut owned);
        let read: usize = owned.0.iter().map(String::len).sum();
        assert!(read < text.len(), "{read}");
    }
}
