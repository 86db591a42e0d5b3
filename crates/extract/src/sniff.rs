//! What an object is, told from its first bytes and never from its name.

use crate::formats::Format;
use crate::limits::Limits;
use crate::magic::{self, Known, Unreadable};
use crate::tables::dialect::{self, Dialect};
use crate::text::encoding::{self, Decoder, Encoding};
use crate::text::json::JsonReader;
use crate::text::reader::{BlockSink, Step};
use crate::text::window::Window;
use lakegate_core::text::Block;

/// How an object is to be read.
#[derive(Debug)]
pub(crate) enum Kind {
    Unreadable(Unreadable),
    Format(Format),
    Text(TextKind),
}

impl From<Known> for Kind {
    fn from(known: Known) -> Self {
        match known {
            Known::Format(format) => Kind::Format(format),
            Known::Unreadable(unreadable) => Kind::Unreadable(unreadable),
        }
    }
}

/// How a text is to be read.
#[derive(Debug)]
pub(crate) struct TextKind {
    pub(crate) encoding: Encoding,
    pub(crate) mark_bytes: usize,
    /// Lines end with a carriage return alone.
    pub(crate) cr_lines: bool,
    /// Cells of a table stand between drawn lines.
    pub(crate) is_boxed: bool,
    pub(crate) form: Form,
}

/// What a text is made of.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Form {
    /// JSON; whether a look at it showed one record a line.
    Json {
        is_lines: bool,
    },
    Table(Dialect),
    Lines {
        mime_type: &'static str,
    },
}

/// Looks at the first bytes of an object; `is_whole` says whether they are all of it.
pub(crate) fn sniff(head: &[u8], is_whole: bool, limits: &Limits) -> Kind {
    if let Some(known) = magic::certain(head) {
        return known.into();
    }
    let Some((encoding, mark_bytes)) = encoding::detect(head) else {
        return magic::of_binary(head).into();
    };
    let mut sample = String::new();
    Decoder::new(encoding).decode(&head[mark_bytes..], &mut sample);
    let cr_lines = sample.contains('\r') && !sample.contains('\n');
    if cr_lines {
        sample = sample.replace('\r', "\n");
    }
    let mut is_boxed = false;
    let form = if let Some(is_lines) = json(&sample, is_whole, limits) {
        Form::Json { is_lines }
    } else if let Some(format) = mail(&sample) {
        if !encoding.is_wide() {
            return Kind::Format(format);
        }
        // A mail within another encoding has been through something that is no mail program.
        Form::Lines { mime_type: MAIL }
    } else if is_dump(&sample) {
        return Kind::Format(Format::SqlDump);
    } else if let Some(dialect) = dialect::detect(&sample, is_whole) {
        Form::Table(dialect)
    } else if let Some(dialect) = boxed(&sample, is_whole).filter(|_| !encoding.is_wide()) {
        is_boxed = true;
        Form::Table(dialect)
    } else {
        Form::Lines { mime_type: markup(&sample) }
    };
    Kind::Text(TextKind { encoding, mark_bytes, cr_lines, is_boxed, form })
}

/// The dialect of a table whose cells stand between drawn lines, which are read as bars.
fn boxed(sample: &str, is_whole: bool) -> Option<Dialect> {
    let lines = sample.lines().filter(|line| line.contains(dialect::DRAWN)).count();
    if lines < 2 || sample.contains('|') {
        return None;
    }
    dialect::detect(&sample.replace(dialect::DRAWN, dialect::DRAWN_AS), is_whole)
}

struct Nowhere;

impl BlockSink for Nowhere {
    fn block(&mut self, _: &Block<'_>) {}
}

/// Values before the first damage from which a text is JSON, however much of it is damaged.
const VALUES_SURE: u64 = 8;

/// Whether the sample reads as JSON, and if so whether it is JSON Lines.
fn json(sample: &str, is_whole: bool, limits: &Limits) -> Option<bool> {
    // RFC 7464 puts a record separator before each record.
    let start = sample.trim_start_matches(|c: char| c.is_whitespace() || c == '\x1e');
    if !start.starts_with(['{', '[']) {
        return None;
    }
    let value_bytes_max = limits.value_bytes_max.max(sample.len());
    let limits = Limits { value_bytes_max, damaged_max: 0, ..limits.clone() };
    let mut reader = JsonReader::new(&limits, false);
    let mut window = Window::new();
    window.text.push_str(sample);
    let is_json = loop {
        let end = window.text.len();
        match reader.read(&mut window, end, is_whole, &mut Nowhere) {
            Step::Advanced if !window.text.is_empty() => {}
            Step::Advanced | Step::Starved => break true,
            Step::Text { .. } if reader.too_deep_line.is_some() => break true,
            Step::Text { lead } => {
                let read = sample.len() - (window.text.len() - lead);
                break reader.values >= VALUES_SURE
                    || reader.values > 0 && reader.records() > 0 && read >= sample.len() / 4;
            }
        }
    };
    is_json.then(|| reader.is_lines())
}

/// A mail that is read as plain text.
pub(crate) const MAIL: &str = "message/rfc822";

/// Fields of the headers of mails, from which a text that says nothing of its encoding is a mail.
const MAIL_FIELDS_SURE: usize = 4;

/// Lines of a header that are looked at.
const HEADER_LINES_MAX: usize = 500;

/// Mail or a mailbox, if the text begins with the header of one.
fn mail(sample: &str) -> Option<Format> {
    let names = ["from", "to", "subject", "date", "received", "message-id", "return-path"];
    let is_mailbox = sample.starts_with("From ");
    let mut fields = 0;
    let mut mail_fields = 0;
    let mut is_mime = false;
    for line in sample.lines().skip(usize::from(is_mailbox)).take(HEADER_LINES_MAX) {
        if line.trim().is_empty() {
            break;
        }
        if line.starts_with([' ', '\t']) {
            continue;
        }
        let (name, value) = line.split_once(':')?;
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_graphic()) {
            return None;
        }
        let name = name.to_ascii_lowercase();
        fields += 1;
        mail_fields += usize::from(names.contains(&name.as_str()));
        is_mime |= match name.as_str() {
            "mime-version" | "content-transfer-encoding" => true,
            "content-type" => value.trim_start().to_ascii_lowercase().starts_with("multipart/"),
            _ => false,
        };
    }
    if is_mailbox && fields > 0 {
        return Some(Format::Mailbox);
    }
    // Of other mails the headers may be encoded too.
    (is_mime || mail_fields >= MAIL_FIELDS_SURE).then_some(Format::Mail)
}

/// Whether the text is a dump of a database, or holds a statement with values.
fn is_dump(sample: &str) -> bool {
    let heads = ["-- PostgreSQL database dump", "-- MySQL dump", "-- MariaDB dump"];
    let mut lines = sample.lines();
    lines.by_ref().take(DUMP_HEAD_LINES).any(|line| heads.iter().any(|head| line.starts_with(head)))
        || sample.lines().any(|line| {
            let begins = |word: &str| {
                line.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
            };
            begins("INSERT INTO ")
                || begins("INSERT [")
                || begins("REPLACE INTO ")
                || begins("COPY ") && line.trim_end().ends_with("FROM stdin;")
        })
}

/// Lines among which a dump says what it is.
const DUMP_HEAD_LINES: usize = 10;

/// A page, or the part of one that mails hold.
const HTML_BEGINNINGS: &[&str] = &[
    "<!doctype html",
    "<html",
    "<head",
    "<meta",
    "<body",
    "<style",
    "<div",
    "<p>",
    "<p ",
    "<span",
    "<table",
    "<font",
    "<h1",
    "<h2",
    "<ul",
    "<br",
    "<center",
    "<article",
    "<section",
    "<title",
    "<script",
];

/// Bytes of a document of XML in which it may say that it is a page.
const XHTML_HEAD_BYTES: usize = 1024;

fn markup(sample: &str) -> &'static str {
    let mut start = sample.trim_start();
    while let Some((_, behind)) = start.strip_prefix("<!--").and_then(|c| c.split_once("-->")) {
        start = behind.trim_start();
    }
    let has = |text: &str, word: &str| {
        memchr::memchr_iter(b'<', text.as_bytes()).any(|at| {
            text.get(at..at + word.len()).is_some_and(|found| found.eq_ignore_ascii_case(word))
        })
    };
    let head = &start[..start.floor_char_boundary(XHTML_HEAD_BYTES.min(start.len()))];
    let begins = |word: &str| start.get(..word.len()).is_some_and(|s| s.eq_ignore_ascii_case(word));
    // Mails often begin with words, and go on with a table.
    if HTML_BEGINNINGS.iter().any(|word| begins(word))
        || has(head, "<html")
        || has(sample, "<table") && has(sample, "</td")
    {
        "text/html"
    } else if begins("<?xml") {
        "text/xml"
    } else if begins("%YAML") || start.lines().next().is_some_and(|line| line.trim_end() == "---") {
        "application/x-yaml"
    } else {
        "text/plain"
    }
}
