//! XML as a stream of elements and text. Entities are never expanded: a reference that is no character
//! of its own stands in the text as it is written. Nothing here keeps more than one event in memory.

use crate::gaps::{self, Bound};
use crate::text::encoding::{self, Decoder, Encoding};
use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};
use std::borrow::Cow;
use std::io::{self, BufRead, Read};

/// Bytes that are decoded at a time.
const PIECE_BYTES: usize = 64 << 10;

/// Elements within one another.
const DEPTH_MAX: usize = 1_024;

/// Bytes of one tag or of one text between tags.
const EVENT_BYTES_MAX: usize = 32 << 20;

/// What is done with a document's parts as they come.
pub(super) trait Handler {
    fn start(&mut self, element: &Element<'_>);
    /// The end of an element, by its name without prefix.
    fn end(&mut self, name: &str);
    fn text(&mut self, text: &str);
    /// A comment, a processing instruction or a document type.
    fn remark(&mut self, text: &str);
}

/// A start tag.
pub(super) struct Element<'e> {
    start: &'e BytesStart<'e>,
}

impl Element<'_> {
    /// The name without prefix.
    pub fn local(&self) -> &str {
        local(self.start.name().0)
    }

    /// The name as it stands.
    pub fn name(&self) -> &str {
        self.start.name().0
    }

    /// The value of the attribute with this name, whatever its prefix.
    pub fn attribute(&self, name: &str) -> Option<String> {
        self.start
            .attributes()
            .with_checks(false)
            .flatten()
            .find(|attribute| local(attribute.key.0) == name)
            .map(|attribute| unescaped(&attribute.value).into_owned())
    }

    /// A number that an attribute holds.
    pub fn number<N: std::str::FromStr>(&self, name: &str) -> Option<N> {
        self.attribute(name)?.trim().parse().ok()
    }

    /// All attributes: full names and values. What is not written as an attribute comes without a name.
    pub fn attributes(&self, mut each: impl FnMut(&str, &str)) {
        for attribute in self.start.attributes().with_checks(false) {
            match attribute {
                Ok(attribute) => each(attribute.key.0, &unescaped(&attribute.value)),
                Err(_) => {
                    each("", self.start.attributes_raw());
                    return;
                }
            }
        }
    }
}

/// A name without its prefix.
pub(super) fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// Reads a document to its end.
///
/// # Errors
/// When it is damaged or too deep: the code and the words of a gap.
pub(super) fn read(
    what: &str,
    input: &mut dyn Read,
    handler: &mut dyn Handler,
) -> Result<(), (&'static str, String)> {
    let mut reader = Reader::from_reader(Decoded::new(input));
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut buffer = Vec::new();
    let mut depth = 0_usize;
    let mut has_element = false;
    loop {
        buffer.clear();
        reader.get_mut().event_bytes = 0;
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(start)) => {
                has_element = true;
                depth += 1;
                if depth > DEPTH_MAX {
                    let detail =
                        format!("{what} has more than {DEPTH_MAX} elements in one another");
                    return Err((gaps::TOO_DEEP, detail));
                }
                handler.start(&Element { start: &start });
            }
            Ok(Event::Empty(start)) => {
                has_element = true;
                let element = Element { start: &start };
                handler.start(&element);
                handler.end(element.local());
            }
            Ok(Event::End(end)) => {
                depth = depth.saturating_sub(1);
                handler.end(local(end.name().0));
            }
            Ok(Event::Text(text)) => handler.text(&text.xml10_content()),
            Ok(Event::CData(text)) => handler.text(&text.xml10_content()),
            Ok(Event::GeneralRef(reference)) => entity(&reference, handler),
            Ok(Event::Comment(text) | Event::DocType(text)) => handler.remark(&text.into_inner()),
            Ok(Event::PI(instruction)) => handler.remark(&instruction.into_inner()),
            Ok(Event::Decl(_)) => {}
            Ok(Event::Eof) if depth > 0 || !has_element => {
                return Err((gaps::MALFORMED, format!("{what} is cut off")));
            }
            Ok(Event::Eof) => return Ok(()),
            Err(quick_xml::Error::Io(error)) => return Err(gaps::of_error(what, &error)),
            Err(_) => return Err((gaps::MALFORMED, format!("{what} is not well-formed XML"))),
        }
    }
}

fn entity(reference: &BytesRef<'_>, handler: &mut dyn Handler) {
    let name = reference.xml10_content();
    match character(&name) {
        Some(c) => handler.text(c.encode_utf8(&mut [0; 4])),
        None => {
            handler.text("&");
            handler.text(&name);
            handler.text(";");
        }
    }
}

/// The character for which a reference stands by itself.
fn character(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let Some(number) = name.strip_prefix('#') else {
                // One of HTML's, which stands for one character in most cases.
                let mut chars = quick_xml::escape::resolve_html5_entity(name)?.chars();
                return chars.next().filter(|_| chars.next().is_none());
            };
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

/// A longer reference is none.
const REFERENCE_BYTES_MAX: usize = 12;

/// The value of an attribute, its characters in place of references to them.
fn unescaped(raw: &str) -> Cow<'_, str> {
    if !raw.contains('&') {
        return Cow::Borrowed(raw);
    }
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((before, after)) = rest.split_once('&') {
        text.push_str(before);
        let end = after.bytes().take(REFERENCE_BYTES_MAX).position(|byte| byte == b';');
        match end.and_then(|end| Some((character(after.get(..end)?)?, after.get(end + 1..)?))) {
            Some((c, behind)) => {
                text.push(c);
                rest = behind;
            }
            None => {
                text.push('&');
                rest = after;
            }
        }
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// Any encoding as UTF-8. No byte is dropped.
struct Decoded<'r> {
    input: &'r mut dyn Read,
    encoding: Option<Coder>,
    piece: Vec<u8>,
    text: String,
    at: usize,
    is_end: bool,
    /// Bytes given since the last event.
    event_bytes: usize,
}

enum Coder {
    Usual(Decoder),
    Named(encoding_rs::Decoder),
}

impl<'r> Decoded<'r> {
    fn new(input: &'r mut dyn Read) -> Self {
        Self {
            input,
            encoding: None,
            piece: vec![0; PIECE_BYTES],
            text: String::new(),
            at: 0,
            is_end: false,
            event_bytes: 0,
        }
    }

    fn more(&mut self) -> io::Result<()> {
        self.text.clear();
        self.at = 0;
        while self.text.is_empty() && !self.is_end {
            let mut count = 0;
            // The first piece is to show the encoding.
            while count < PIECE_BYTES {
                match self.input.read(&mut self.piece[count..]) {
                    Ok(0) => break,
                    Ok(more) => count += more,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    // What came before an error is read first; the error comes again.
                    Err(_) if count > 0 => break,
                    Err(error) => return Err(error),
                }
            }
            self.is_end = count == 0;
            let mut bytes = &self.piece[..count];
            let coder = self.encoding.get_or_insert_with(|| {
                let (coder, mark_bytes) = coder(bytes);
                bytes = &bytes[mark_bytes..];
                coder
            });
            match coder {
                Coder::Usual(decoder) if self.is_end => decoder.finish(&mut self.text),
                Coder::Usual(decoder) => decoder.decode(bytes, &mut self.text),
                Coder::Named(decoder) => {
                    self.text.reserve(3 * bytes.len() + 16);
                    let _ = decoder.decode_to_string(bytes, &mut self.text, self.is_end);
                }
            }
        }
        Ok(())
    }
}

/// How a document that begins so is decoded, and the length of its mark.
fn coder(head: &[u8]) -> (Coder, usize) {
    if let Some((encoding, mark)) = encoding::detect(head)
        && (mark > 0 || encoding.is_wide())
    {
        return (Coder::Usual(Decoder::new(encoding)), mark);
    }
    let declaration = String::from_utf8_lossy(&head[..head.len().min(200)]);
    let named = declaration
        .strip_prefix("<?xml")
        .and_then(|rest| rest.split_once("?>"))
        .and_then(|(inside, _)| inside.split_once("encoding"))
        .and_then(|(_, value)| value.split(['"', '\'']).nth(1))
        .and_then(|label| encoding_rs::Encoding::for_label(label.as_bytes()));
    match named {
        // A wide encoding would have shown.
        Some(named) if named.is_ascii_compatible() && named != encoding_rs::UTF_8 => {
            (Coder::Named(named.new_decoder_without_bom_handling()), 0)
        }
        _ => (Coder::Usual(Decoder::new(Encoding::Utf8)), 0),
    }
}

impl Read for Decoded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let count = available.len().min(buffer.len());
        buffer[..count].copy_from_slice(&available[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Decoded<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at >= self.text.len() {
            if self.event_bytes > EVENT_BYTES_MAX {
                let detail = format!("one tag or text of XML is over {EVENT_BYTES_MAX} bytes");
                return Err(Bound { code: gaps::TOO_BIG, detail }.into_io());
            }
            self.more()?;
        }
        Ok(self.text.as_bytes().get(self.at..).unwrap_or_default())
    }

    fn consume(&mut self, count: usize) {
        self.at = (self.at + count).min(self.text.len());
        self.event_bytes += count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Show(String);

    impl Handler for Show {
        fn start(&mut self, element: &Element<'_>) {
            self.0.push_str(&format!("<{}", element.name()));
            element.attributes(|name, value| self.0.push_str(&format!(" {name}={value}")));
            self.0.push('>');
        }
        fn end(&mut self, name: &str) {
            self.0.push_str(&format!("</{name}>"));
        }
        fn text(&mut self, text: &str) {
            self.0.push_str(text);
        }
        fn remark(&mut self, text: &str) {
            self.0.push_str(&format!("[{text}]"));
        }
    }

    fn check(bytes: &[u8], expect: &str) {
        let mut show = Show::default();
        let result = read("it", &mut &bytes[..], &mut show);
        assert_eq!(show.0, expect);
        assert!(result.is_ok(), "{result:?}");
    }

    #[test]
    fn elements_text_and_entities() {
        check(
            b"<?xml version='1.0'?><!--c--><a:b x='1 &amp; &lolz; &#x41;'>t&lt;&lolz;<c/>&#66;</a:b>",
            "[c]<a:b x=1 & &lolz; A>t<&lolz;<c></c>B</b>",
        );
        check(b"<a>R & D</a>", "<a>R & D</a>");
    }

    #[test]
    fn encodings() {
        check("\u{feff}<a>ü</a>".as_bytes(), "<a>ü</a>");
        let wide: Vec<u8> = "\u{feff}<a>ü</a>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        check(&wide, "<a>ü</a>");
        check(b"<?xml version='1.0' encoding='windows-1251'?><a>\xcf</a>", "<a>\u{41f}</a>");
        check(b"<a>\xfc</a>", "<a>ü</a>");
    }

    #[test]
    fn depth_and_cuts_are_told() {
        let deep = "<a>".repeat(2000);
        let result = read("it", &mut deep.as_bytes(), &mut Show::default());
        assert_eq!(result.unwrap_err().0, gaps::TOO_DEEP);
        for cut in ["<a><b>x</b>", "<?xml version='1.0'?>", ""] {
            let result = read("it", &mut cut.as_bytes(), &mut Show::default());
            assert_eq!(result.unwrap_err().0, gaps::MALFORMED);
        }
    }
}
