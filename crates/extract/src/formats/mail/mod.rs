//! Mails: the headers decoded, the parts as what they are, and what stands between parts. What must never
//! happen: that a part stays encoded and is nevertheless called read.

mod mailbox;
pub(super) mod msg;
mod rtf;
pub(super) mod tnef;

use super::Format;
use crate::gaps;
use crate::session::{Members, Session};
use crate::spool::Spool;
use crate::writer::TextWriter;
use lakegate_core::coverage::{Coverage, CoverageStatus};
use mail_parser::parsers::MessageStream;
use mail_parser::{HeaderValue, Message, MessageParser, MessagePart, MimeHeaders, PartType};
use std::cell::Cell;
use std::ops::Range;

pub(super) use mailbox::read as read_mailbox;

pub(super) fn read(session: &mut Session<'_>, spool: &Spool) -> Coverage {
    let mime_type = Format::Mail.mime_type();
    let bytes = match super::whole(session, spool, mime_type, "the mail") {
        Ok(bytes) => bytes,
        Err(skipped) => return *skipped,
    };
    match MessageParser::new().parse(&bytes[..]) {
        Some(message) => Mail { raw: &bytes, message: &message, text: String::new() }.read(session),
        None => gaps::skipped(mime_type, gaps::MALFORMED, "the mail is damaged"),
    }
}

struct Mail<'m> {
    raw: &'m [u8],
    message: &'m Message<'m>,
    /// Headers and words of the mail and its parts so far, decoded.
    text: String,
}

impl Mail<'_> {
    fn read(mut self, session: &mut Session<'_>) -> Coverage {
        let mut members = Members::new(Format::Mail.mime_type());
        let mut count = 0;
        let mut goes_on = true;
        for (number, part) in self.message.parts.iter().enumerate() {
            self.headers(part);
            self.check(part, number, &mut members);
            if !goes_on {
                continue;
            }
            match &part.body {
                PartType::Text(text) if !is_file(part, number) => self.push(text),
                PartType::Multipart(_) => {}
                body => {
                    count += 1;
                    goes_on = self.member(session, part, body, number, &mut members);
                }
            }
        }
        for range in uncovered(self.raw.len(), self.message) {
            let between = self.raw.get(range).unwrap_or_default();
            self.push(&decoded(between));
        }
        let mut coverage = members.finish();
        if count == 0 {
            coverage.members = None;
        }
        if coverage.status == CoverageStatus::Skipped {
            coverage.status = CoverageStatus::Partial;
        }
        let mut writer = TextWriter::new(session, None);
        writer.push(&self.text);
        coverage.units_inspected += writer.finish();
        coverage
    }

    /// Writes the headers of the mail or of a part, decoded.
    fn headers(&mut self, part: &MessagePart<'_>) {
        let mut text = String::new();
        for header in &part.headers {
            let range = header.offset_start as usize..header.offset_end as usize;
            let raw = self.raw.get(range).unwrap_or_default();
            text.push_str(header.name());
            text.push_str(": ");
            match MessageStream::new(raw).parse_unstructured() {
                HeaderValue::Text(value) => text.push_str(value.trim()),
                _ => text.push_str(decoded(raw).trim()),
            }
            text.push('\n');
        }
        if let Some(name) = part.attachment_name().filter(|name| !text.contains(name)) {
            text.extend(["filename: ", name, "\n"]);
        }
        self.push(&text);
    }

    fn push(&mut self, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        self.text.push_str(text.trim_start_matches(['\r', '\n']));
        if !text.ends_with('\n') {
            self.text.push('\n');
        }
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
            (None, PartType::Html(_)) => String::new(),
            (None, _) => format!("part {number}"),
        };
        let packed_bytes = Cell::new(raw.len() as u64);
        members.read(session, &name, &mut &bytes[..], Some(&packed_bytes))
    }
}

/// Whether a text is a file of its own, such as a table, rather than words of the mail.
fn is_file(part: &MessagePart<'_>, number: usize) -> bool {
    let kind = part.content_type().and_then(|kind| kind.subtype());
    number > 0 && (part.attachment_name().is_some() || kind.is_some_and(|kind| kind != "plain"))
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

/// Text whose encoding nobody tells.
fn decoded(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
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
