//! Finds what texts hold in Base64: `data:` URIs (RFC 2397), and pictures, PDF files and ZIP archives without one, as notebooks, contacts and
//! JSON hold them. It sees the text go by in pieces, takes nothing from it, and what it finds does not depend on
//! the pieces.

use super::sextets::{self, Sextets};
use memchr::memmem;

/// What begins something in Base64. All but the first two are the first bytes of files: PNG, JPEG, GIF, WebP,
/// TIFF with either end first, PDF and ZIP.
const MARKS: [&[u8]; 10] = [
    b"ase64,",
    b"ASE64,",
    b"iVBORw0KGgo",
    b"/9j/",
    b"R0lGOD",
    b"UklGR",
    b"SUkqA",
    b"TU0AK",
    b"JVBERi0",
    b"UEsDBB",
];

/// What a URI begins with.
const SCHEME: &[u8] = b"data:";

/// How many of the marks are those of a URI, but for its first letter.
const URI_MARKS: usize = 2;

/// The mark that is long enough to be one even within other Base64.
const SURE_MARK: usize = 2;

/// No mark is longer.
const MARK_BYTES_MAX: usize = 16;

/// Bytes before a mark in which a URI begins, or that tell how what follows is enclosed.
const BEFORE_BYTES_MAX: usize = 256;

/// Bytes that are looked ahead to tell whether Base64 goes on: room for a break and the first of a line.
const AHEAD_BYTES_MAX: usize = 256;

/// Characters outside what is found are counted up to so many.
pub(super) const OUTSIDE_CHARS_MAX: u64 = 1_000;

/// Something that stood in a text.
#[derive(Debug)]
pub(crate) struct Embedded {
    /// The line of the text on which it begins.
    pub line: u64,
    /// What it is, decoded; if it is too long, the beginning of it.
    pub bytes: Vec<u8>,
    /// It is longer than may be kept.
    pub is_too_long: bool,
    /// A URI says that it is something; else it was told by its first bytes.
    pub is_declared: bool,
}

/// Looks at a text as it goes by.
#[derive(Debug)]
pub(crate) struct Finder {
    bytes_max: usize,
    /// The text from shortly before what is not looked at yet.
    held: Vec<u8>,
    /// Up to here no mark begins.
    searched: usize,
    /// Up to here characters outside what was found are counted.
    outside_from: usize,
    /// The line of the first byte that is held.
    line: u64,
    under_way: Option<(Embedded, Sextets)>,
    outside_chars: u64,
    found: Vec<Embedded>,
}

impl Finder {
    /// `line` is that of the text's first byte; what is found has up to `bytes_max` bytes.
    pub fn new(line: u64, bytes_max: usize) -> Self {
        Self {
            bytes_max,
            held: Vec::new(),
            searched: 0,
            outside_from: 0,
            line,
            under_way: None,
            outside_chars: 0,
            found: Vec::new(),
        }
    }

    /// Whether something may be found in a text that is at hand as a whole.
    pub fn may_find(text: &str) -> bool {
        MARKS.iter().any(|mark| memmem::find(text.as_bytes(), mark).is_some())
    }

    /// Characters that are no white space and stand outside what was found, [`OUTSIDE_CHARS_MAX`] at most.
    pub fn outside_chars(&self) -> u64 {
        self.outside_chars
    }

    /// The text goes on.
    pub fn push(&mut self, text: &str) {
        self.held.extend_from_slice(text.as_bytes());
        self.look(false);
    }

    /// The text is at its end.
    pub fn finish(&mut self) {
        self.look(true);
    }

    /// What was found since this was last asked.
    pub fn take(&mut self) -> Vec<Embedded> {
        std::mem::take(&mut self.found)
    }

    fn look(&mut self, is_end: bool) {
        // Where each mark stands next. Each is looked for once in what is held, however many of others there are.
        let mut next = [0; MARKS.len()];
        let mut at = self.searched;
        let (mut line, mut line_at) = (self.line, 0);
        loop {
            if let Some((embedded, mut sextets)) = self.under_way.take() {
                let (end, is_over) = sextets.go_on(&self.held, at, AHEAD_BYTES_MAX, is_end);
                (at, self.outside_from) = (end, end);
                if !is_over {
                    self.under_way = Some((embedded, sextets));
                    break;
                }
                self.end(embedded, sextets);
            }
            let limit = match is_end {
                true => self.held.len(),
                false => self.held.len().saturating_sub(MARK_BYTES_MAX),
            };
            let Some((mark, start)) = next_mark(&self.held, &mut next, at, limit) else {
                at = limit.max(at);
                break;
            };
            at = start + 1;
            if let Some((content, sextets)) = self.begin(mark, start) {
                line += newlines(&self.held[line_at..start]);
                line_at = start;
                self.under_way = Some((Embedded::on_line(line, mark < URI_MARKS), sextets));
                self.count_outside(content);
                at = content;
            }
        }
        let kept = if self.under_way.is_some() { at } else { at.saturating_sub(BEFORE_BYTES_MAX) };
        let kept = if is_end { self.held.len() } else { kept };
        self.count_outside(kept);
        self.outside_from = self.outside_from.saturating_sub(kept);
        self.line += newlines(&self.held[..kept]);
        self.held.drain(..kept);
        self.searched = at.saturating_sub(kept);
    }

    /// Counts the characters up to here that were not counted, and stand outside what was found.
    fn count_outside(&mut self, to: usize) {
        let Some(text) = self.held.get(self.outside_from..to) else { return };
        if self.outside_chars < OUTSIDE_CHARS_MAX {
            let chars = text.iter().filter(|byte| !byte.is_ascii_whitespace()).count() as u64;
            self.outside_chars = (self.outside_chars + chars).min(OUTSIDE_CHARS_MAX);
        }
        self.outside_from = to;
    }

    /// Whether something begins at this mark: where its Base64 begins, and how it is enclosed.
    fn begin(&self, mark: usize, start: usize) -> Option<(usize, Sextets)> {
        // What stands before something that was found says nothing of what stands behind it.
        let from = start.saturating_sub(BEFORE_BYTES_MAX).max(self.outside_from).min(start);
        let before = &self.held[from..start];
        if mark < URI_MARKS {
            let head = before.strip_suffix(b"b").or_else(|| before.strip_suffix(b"B"))?;
            let head = head.strip_suffix(b";")?;
            let schemes = (0..=head.len().checked_sub(SCHEME.len())?).rev();
            let is_scheme = |at: &usize| head[*at..*at + SCHEME.len()].eq_ignore_ascii_case(SCHEME);
            // Behind many parameters it is out of sight.
            let is_far = before.len() == BEFORE_BYTES_MAX;
            let scheme = schemes.clone().find(is_scheme).or(is_far.then_some(0))?;
            let is_type = |byte: &u8| byte.is_ascii_graphic() && !b"<>'`".contains(byte);
            if !head[scheme..].iter().all(|byte| is_type(byte) || *byte == b' ') {
                return None;
            }
            let sextets = Sextets::new(&head[..scheme], self.bytes_max);
            return Some((start + MARKS[mark].len(), sextets));
        }
        let is_within = before.last().is_some_and(|byte| sextets::value(*byte).is_some())
            // As percent encoding writes commas, colons, equals signs and quotes.
            && ![b"%2C".as_slice(), b"%3A", b"%3D", b"%22"].iter().any(|c| before.ends_with(c))
            // As JSON writes line breaks.
            && ![b"\\n".as_slice(), b"\\t", b"\\r"].iter().any(|c| before.ends_with(c));
        let begins = !is_within || mark == SURE_MARK;
        begins.then(|| (start, Sextets::new(before, self.bytes_max)))
    }

    /// Something came to its end.
    fn end(&mut self, mut embedded: Embedded, sextets: Sextets) {
        (embedded.bytes, embedded.is_too_long) = sextets.into_bytes();
        if embedded.is_too_long || is_worth(&embedded) {
            self.found.push(embedded);
        }
    }
}

impl Embedded {
    /// What a value holds that is a file, on whichever line.
    pub fn file(bytes: Vec<u8>) -> Self {
        Self { bytes, ..Self::on_line(0, true) }
    }

    fn on_line(line: u64, is_declared: bool) -> Self {
        Self { line, bytes: Vec::new(), is_too_long: false, is_declared }
    }
}

fn newlines(text: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', text).count() as u64
}

/// The first mark from `at` on that begins before `limit`, and where. `next` has where each was seen last.
fn next_mark(
    text: &[u8],
    next: &mut [usize; MARKS.len()],
    at: usize,
    limit: usize,
) -> Option<(usize, usize)> {
    for (mark, place) in MARKS.iter().zip(next.iter_mut()) {
        if *place < at || *place == 0 {
            let found = text.get(at..).and_then(|rest| memmem::find(rest, mark));
            *place = found.map_or(usize::MAX, |found| at + found);
        }
    }
    let (mark, start) = next.iter().enumerate().min_by_key(|(_, place)| **place)?;
    (*start < limit).then_some((mark, *start))
}

/// Whether a picture in Base64 begins here.
pub(super) fn begins_picture(text: &[u8]) -> bool {
    MARKS[URI_MARKS..].iter().any(|mark| text.starts_with(mark))
}

/// Fewer bytes of what is no text say nothing.
const BINARY_BYTES_MIN: usize = 32;

/// Fewer bytes of text say nothing.
const TEXT_BYTES_MIN: usize = 8;

/// Fewer bytes are no file.
const FILE_BYTES_MIN: usize = 64;

/// Whether something is looked into, rather than an example of how such things are written.
fn is_worth(embedded: &Embedded) -> bool {
    let bytes = &embedded.bytes[..];
    if !embedded.is_declared {
        return bytes.len() >= FILE_BYTES_MIN && is_file(bytes);
    }
    let is_text = || std::str::from_utf8(bytes).is_ok_and(|text| !text.contains('\0'));
    bytes.len() >= BINARY_BYTES_MIN || bytes.len() >= TEXT_BYTES_MIN && is_text()
}

/// Whether bytes that nothing but themselves says to be a file are one.
fn is_file(bytes: &[u8]) -> bool {
    // What may follow the first mark of a JPEG: tables, the frame, what programs add, remarks.
    let jpeg = |marker: u8| matches!(marker, 0xc0..=0xc4 | 0xdb | 0xdd | 0xe0..=0xef | 0xfe);
    match bytes {
        [0xff, 0xd8, 0xff, marker, ..] => jpeg(*marker),
        [b'%', b'P', b'D', b'F', b'-', ..] | [b'P', b'K', 3, 4, ..] => true,
        _ => crate::picture::is_picture(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::prelude::BASE64_STANDARD;

    /// What is found in a text, however it comes: the line and the bytes of each thing.
    fn found(text: &str) -> Vec<(u64, Vec<u8>)> {
        let look = |step: usize| {
            let mut finder = Finder::new(1, 1 << 20);
            let mut rest = text;
            while !rest.is_empty() {
                let (now, later) = rest.split_at(rest.ceil_char_boundary(step.min(rest.len())));
                finder.push(now);
                rest = later;
            }
            finder.finish();
            let outside = finder.outside_chars();
            let found = finder.take().into_iter().map(|found| (found.line, found.bytes));
            (found.collect::<Vec<_>>(), outside)
        };
        let whole = look(usize::MAX);
        for step in [1, 7, 100, 333, 1_000] {
            assert_eq!(look(step), whole, "in steps of {step}: {text}");
        }
        whole.0
    }

    /// Bytes that look like a picture, whose Base64 has every character and ends without padding.
    fn picture() -> Vec<u8> {
        let head = b"\x89PNG\r\n\x1a\n".iter().copied();
        head.chain((0..=255).cycle().map(|byte: u8| byte.wrapping_mul(89)).take(589)).collect()
    }

    fn lines(text: &str, length: usize, between: &str) -> String {
        let lines = text.as_bytes().chunks(length).map(String::from_utf8_lossy);
        lines.collect::<Vec<_>>().join(between)
    }

    #[test]
    fn uris_are_found_in_any_case_and_behind_many_parameters() {
        let base64 = BASE64_STANDARD.encode("123-45-6789 and more");
        let parameters = "a=b;".repeat(BEFORE_BYTES_MAX);
        for uri in [
            format!("data:text/plain;Base64,{base64}"),
            format!("DATA:text/plain;BASE64,{base64}"),
            format!("\"data:text/plain;{parameters}x;base64,{base64}\""),
        ] {
            assert_eq!(found(&uri), [(1, b"123-45-6789 and more".to_vec())], "{uri}");
        }
        assert!(found(&format!("xbase64,{base64}")).is_empty());
    }

    #[test]
    fn things_are_found_however_a_text_writes_them() {
        let picture = picture();
        let base64 = BASE64_STANDARD.encode(&picture);
        let percent = base64.replace('+', "%2B").replace('/', "%2F");
        let wide = BASE64_STANDARD.encode(&picture).replace('/', "\\u002f").replace('+', "\\u002B");
        let uri = |payload: &str| format!("data:image/png;base64,{payload}");
        let listed = lines(&base64, 76, "\\n\",\n      \"");
        for (text, line) in [
            (format!("<img src=\"{}\">", uri(&base64)), 1),
            (format!("\n\n<img src='{}'>", uri(&lines(&base64, 76, "\n"))), 3),
            (format!("<i src=\"{}\">", uri(&format!("\n  {}\n ", lines(&base64, 60, "\n  ")))), 1),
            (format!("a {{ background: url({}) }}", uri(&base64)), 1),
            (format!("a {{ background: url({}) }}", uri(&lines(&base64, 50, "\\\n"))), 1),
            (format!("words\n![a]({} \"words\")\nwords words", uri(&base64)), 2),
            (format!("[a]: {}\nwords that go on", uri(&base64)), 1),
            (format!("[a]: {} words", uri(&base64)), 1),
            (format!("{{\"a\": \"{}\"}}", uri(&base64).replace('/', "\\/")), 1),
            (format!("{{\"a\": \"{}\", \"b\": \"words\"}}", uri(&wide)), 1),
            (format!("{{\"a\": \"{{\\\"b\\\": \\\"{}\\\"}}\"}}", uri(&base64)), 1),
            (format!("image={}&b=c", uri(&percent)), 1),
            (format!("DATA:image/png;charset=x;BASE64,{base64}."), 1),
            (format!("{{\"image/png\": \"{base64}\\n\",\n \"text/plain\": [\"words\"]}}"), 1),
            (format!("{{\"image/png\": \"{}\\n\"}}", lines(&base64, 76, "\\n")), 1),
            (format!("{{\"image/png\": [\n      \"{listed}\"\n], \"text\": [\"a\"]}}"), 2),
            (format!("<binary id=\"a\">\n{}\n</binary>", lines(&base64, 76, "\n")), 2),
            (format!("photo: |\n  {}\nname: words\n", lines(&base64, 76, "\n  ")), 2),
            (format!("id,photo\n1,{base64}\n2,\n"), 2),
            (format!("{}{}", "é\n".repeat(400), uri(&base64)), 401),
        ] {
            assert_eq!(found(&text), [(line, picture.clone())], "{text}");
        }
        let several = format!("{}\n{base64}\n{base64}", uri("dGV4dCB3aXRoaW4="));
        let text = b"text within".to_vec();
        assert_eq!(found(&several), [(1, text), (2, picture.clone()), (3, picture)]);
    }

    #[test]
    fn examples_and_words_are_nothing() {
        for text in [
            "data:image/png;base64,",
            "write data:image/png;base64,iVBORw0KGgo... or so",
            "metadata:;base64 , data;base64,AAAA",
            "/9j/4AAQ and R0lGODlh and UklGR",
            &format!("/9j/{}", "path/to/something/".repeat(20)),
            &"SUkqAB is a word ".repeat(50),
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn what_is_too_long_is_told_and_not_kept() {
        let mut finder = Finder::new(1, 100);
        finder.push(&format!("data:x/y;base64,{}", "QUJD".repeat(100)));
        finder.finish();
        let found = finder.take();
        assert_eq!((found[0].bytes.len(), found[0].is_too_long), (100, true));
    }

    #[test]
    fn many_marks_take_no_longer_than_few() {
        let begun = std::time::Instant::now();
        for mark in ["data:;base64,AA ", "/9j/ ", "R0lGOD "] {
            let mut finder = Finder::new(1, 1 << 20);
            let text = mark.repeat((64 << 10) / mark.len());
            (0..64).for_each(|_| finder.push(&text));
            finder.finish();
        }
        assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
    }
}
