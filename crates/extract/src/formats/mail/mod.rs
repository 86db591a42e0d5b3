//! Mails: the headers decoded, the parts as what they are, and what stands between parts. What must never
//! happen: that a part stays encoded and is nevertheless called read.

mod mailbox;
pub(super) mod msg;
mod rtf;
pub(super) mod tnef;

use super::{Format, decoded};
use crate::gaps;
use crate::members::Members;
use crate::session::Session;
use crate::spool::Spool;
use crate::writer::TextWriter;
use lakegate_core::coverage::{Coverage, CoverageStatus};
use mail_parser::parsers::MessageStream;
use mail_parser::{HeaderValue, Message, MessageParser, MessagePart, MimeHeaders, PartType};
use std::cell::Cell;
use std::ops::Range;

pub(super) use mailbox::read as read_mailbox;

/// What is this many lines apart in a mail is not read as one text.
const APART_LINES_MIN: u64 = 64;

/// The subject's characters that are seen beside a part, so that its words are near the part's.
const SUBJECT_CHARS_MAX: usize = 200;

pub(super) fn read(session: &mut Session<'_>, spool: &Spool) -> Coverage {
    let mime_type = Format::Mail.mime_type();
    let bytes = match super::whole(session, spool, mime_type, "the mail") {
        Ok(bytes) => bytes,
        Err(skipped) => return *skipped,
    };
    match MessageParser::new().parse(&bytes[..]) {
        Some(message) => Mail { raw: &bytes, message: &message, pieces: Vec::new() }.read(session),
        None => gaps::skipped(mime_type, gaps::MALFORMED, "the mail is damaged"),
    }
}

struct Mail<'m> {
    raw: &'m [u8],
    message: &'m Message<'m>,
    /// Headers and words of the mail and its parts so far, decoded.
    pieces: Vec<Piece>,
}

/// Some of the mail's text whose lines are those of the mail.
struct Piece {
    /// Where it begins in the mail.
    offset: usize,
    /// It ends with a line break.
    text: String,
}

impl Mail<'_> {
    fn read(mut self, session: &mut Session<'_>) -> Coverage {
        let mut members = Members::new(Format::Mail.mime_type());
        let mut count = 0;
        let mut units = 0;
        let mut goes_on = true;
        for (number, part) in self.message.parts.iter().enumerate() {
            self.headers(part);
            self.check(part, number, &mut members);
            if !goes_on {
                continue;
            }
            if let PartType::Text(text) = &part.body
                && !is_file(part, number)
            {
                session.look_into(text);
            }
            match &part.body {
                PartType::Text(text) if !is_file(part, number) && is_as_it_stands(part) => {
                    self.push(part.offset_body, text);
                }
                PartType::Text(text) if !is_file(part, number) => {
                    units += session.part(&format!("part {number}"), |session| {
                        let mut writer = TextWriter::beside(session, &self.subject());
                        writer.push(text);
                        writer.finish()
                    });
                }
                PartType::Multipart(_) => {}
                body => {
                    count += 1;
                    goes_on = self.member(session, part, body, number, &mut members);
                }
            }
        }
        for range in uncovered(self.raw.len(), self.message) {
            let between = self.raw.get(range.clone()).unwrap_or_default();
            self.push(range.start as u32, &decoded(between));
        }
        let mut coverage = members.finish();
        if count == 0 {
            coverage.members = None;
        }
        if coverage.status == CoverageStatus::Skipped {
            coverage.status = CoverageStatus::Partial;
        }
        for (line, text) in self.runs() {
            let mut writer = TextWriter::at_line(session, line);
            writer.push(&text);
            units += writer.finish();
        }
        coverage.units_inspected += units;
        coverage
    }

    fn subject(&self) -> String {
        self.message.subject().unwrap_or_default().chars().take(SUBJECT_CHARS_MAX).collect()
    }

    /// The pieces in their order, each on its line: texts, and the lines on which they begin.
    fn runs(self) -> Vec<(u64, String)> {
        let mut pieces = self.pieces;
        pieces.sort_by_key(|piece| piece.offset);
        let mut runs: Vec<(u64, String)> = Vec::new();
        // The line on which the run goes on.
        let mut next_line = 0;
        let (mut line, mut at) = (1, 0);
        for piece in pieces {
            line += newlines(&self.raw[at..piece.offset]);
            at = piece.offset;
            match (runs.last_mut(), line.checked_sub(next_line)) {
                (Some((_, text)), Some(apart @ ..APART_LINES_MIN)) => {
                    text.extend(std::iter::repeat_n('\n', apart as usize));
                    text.push_str(&piece.text);
                }
                _ => runs.push((line, piece.text.clone())),
            }
            next_line = line + newlines(piece.text.as_bytes());
        }
        runs
    }

    /// Writes the headers of the mail or of a part, decoded. A header that is folded stands on its first
    /// line.
    fn headers(&mut self, part: &MessagePart<'_>) {
        let mut names = String::new();
        for header in &part.headers {
            let field = header.offset_field as usize..header.offset_end as usize;
            let field = decoded(self.raw.get(field).unwrap_or_default()).into_owned();
            let is_plain = !field.contains("=?") && newlines(field.trim_end().as_bytes()) == 0;
            let text = if is_plain { field } else { self.unfolded(header) };
            names.push_str(&text);
            self.push(header.offset_field, &text);
        }
        if let Some(name) = part.attachment_name().filter(|name| !names.contains(name)) {
            self.push(part.offset_header, &format!("filename: {name}"));
        }
    }

    /// A header's name and value on one line, decoded.
    fn unfolded(&self, header: &mail_parser::Header<'_>) -> String {
        let range = header.offset_start as usize..header.offset_end as usize;
        let raw = self.raw.get(range).unwrap_or_default();
        let value = match MessageStream::new(raw).parse_unstructured() {
            HeaderValue::Text(value) => value.trim().replace(['\r', '\n'], " "),
            _ => decoded(raw).trim().to_owned(),
        };
        format!("{}: {value}", header.name())
    }

    /// Adds text that stands in the mail from `offset` on.
    fn push(&mut self, offset: u32, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        let begun = text.trim_start_matches(['\r', '\n']);
        let offset = offset as usize + text.len() - begun.len();
        let end = if text.ends_with('\n') { "" } else { "\n" };
        let offset = offset.min(self.raw.len());
        self.pieces.push(Piece { offset, text: format!("{begun}{end}") });
    }

    /// Tells what of a part is damaged.
    fn check(&self, part: &MessagePart<'_>, number: usize, members: &mut Members) {
        if part.is_encoding_problem {
            let detail =
                format!("part {number}: its encoding is damaged; it was read as it stands");
            members.gap(gaps::MALFORMED, detail);
        }
        if part.content_type().is_some_and(is_encrypted) {
            members.gap(gaps::ENCRYPTED, format!("part {number}: it is encrypted"));
        }
        let known = ["7bit", "8bit", "binary", "base64", "quoted-printable"];
        let encoding = part.content_transfer_encoding().map(str::trim);
        if encoding.is_some_and(|name| !known.iter().any(|known| known.eq_ignore_ascii_case(name)))
        {
            let detail =
                format!("part {number}: it is encoded in an unknown way; read as it stands");
            members.gap(gaps::UNSUPPORTED, detail);
        }
        if !matches!(part.body, PartType::Multipart(_)) {
            return;
        }
        let boundary = part.content_type().and_then(|kind| kind.attribute("boundary"));
        let end = boundary.map(|boundary| format!("--{boundary}--"));
        let end = end.filter(|end| memchr::memmem::find(self.raw, end.as_bytes()).is_none());
        if end.is_some() {
            members.gap(gaps::MALFORMED, format!("part {number}: the end of its parts is missing"));
        }
    }

    /// Reads a part as an object of its own. `false` if no further one need be tried.
    fn member(
        &self,
        session: &mut Session<'_>,
        part: &MessagePart<'_>,
        body: &PartType<'_>,
        number: usize,
        members: &mut Members,
    ) -> bool {
        let raw_range = part.offset_body as usize..part.offset_end as usize;
        let raw = self.raw.get(raw_range).unwrap_or_default();
        let bytes: &[u8] = match body {
            PartType::Text(text) | PartType::Html(text) => text.as_bytes(),
            PartType::Binary(bytes) | PartType::InlineBinary(bytes) => bytes,
            PartType::Message(nested) if part.encoding != mail_parser::Encoding::None => {
                &nested.raw_message
            }
            PartType::Message(_) | PartType::Multipart(_) => raw,
        };
        let name = match (part.attachment_name(), body) {
            (Some(name), _) => name.to_owned(),
            // The mail's own text.
            (None, PartType::Html(_)) if is_as_it_stands(part) => {
                let before = self.raw.get(..part.offset_body as usize).unwrap_or_default();
                session.first_line = 1 + newlines(before);
                String::new()
            }
            (None, _) => format!("part {number}"),
        };
        let packed_bytes = Cell::new(raw.len() as u64);
        let goes_on = members.read(session, &name, &mut &bytes[..], Some(&packed_bytes));
        // A bound may have kept it from being read.
        session.first_line = 1;
        goes_on
    }
}

/// Whether a text is a file of its own, such as a table, rather than words of the mail.
fn is_file(part: &MessagePart<'_>, number: usize) -> bool {
    let kind = part.content_type().and_then(|kind| kind.subtype());
    number > 0 && (part.attachment_name().is_some() || kind.is_some_and(|kind| kind != "plain"))
}

/// Whether a part's lines are lines of the mail.
fn is_as_it_stands(part: &MessagePart<'_>) -> bool {
    part.encoding == mail_parser::Encoding::None
}

fn newlines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

/// Bytes of the mail that are in no header and in no part: around the parts of a multipart, and lines
/// among the headers that are none.
fn uncovered(length: usize, message: &Message<'_>) -> Vec<Range<usize>> {
    let mut covered = Vec::new();
    for part in &message.parts {
        let headers = part.headers.iter();
        covered.extend(headers.map(|header| (header.offset_field, header.offset_end)));
        if !matches!(part.body, PartType::Multipart(_)) {
            covered.push((part.offset_body, part.offset_end));
        }
    }
    covered.sort_unstable();
    let mut gaps = Vec::new();
    let mut at = 0;
    for (start, end) in covered {
        if at < start as usize {
            gaps.push(at..start as usize);
        }
        at = at.max(end as usize);
    }
    if at < length {
        gaps.push(at..length);
    }
    gaps
}

/// Whether a type says that what is in it can not be read without a key (RFC 1847, RFC 8551).
fn is_encrypted(kind: &mail_parser::ContentType<'_>) -> bool {
    let subtype = kind.subtype().unwrap_or_default().to_ascii_lowercase();
    match subtype.as_str() {
        "encrypted" | "pgp-encrypted" => true,
        "pkcs7-mime" | "x-pkcs7-mime" => {
            kind.attribute("smime-type").is_none_or(|kind| kind.contains("enveloped"))
        }
        _ => false,
    }
}
