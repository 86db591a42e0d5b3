//! What Outlook packs into an attachment `winmail.dat` (MS-OXTNEF): properties of the message, and its
//! attachments.

use super::msg::{code_page, push};
use super::rtf;
use crate::formats::Format;
use crate::gaps;
use crate::members::Members;
use crate::session::Session;
use crate::spool::Spool;
use crate::writer::TextWriter;
use encoding_rs::Encoding;
use lakegate_core::coverage::{Coverage, CoverageStatus};
use std::cell::Cell;

/// The mark, and a key.
const HEAD_BYTES: usize = 6;

const ATTACHMENT_BEGIN: u16 = 0x9002;
const ATTACHMENT_DATA: u16 = 0x800f;
const ATTACHMENT_TITLE: u16 = 0x8010;
const CODE_PAGE: u16 = 0x9007;
const PROPERTIES: u16 = 0x9003;
const RECIPIENTS: u16 = 0x9004;
const ATTACHMENT_PROPERTIES: u16 = 0x9005;

const RTF: u16 = 0x1009;
const HTML: u16 = 0x1013;
const ATTACHED: u16 = 0x3701;

pub(in crate::formats) fn read(session: &mut Session<'_>, spool: &Spool) -> Coverage {
    let mime_type = Format::Tnef.mime_type();
    let bytes = match spool.whole(session.limits.document_bytes_max) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return gaps::skipped(mime_type, gaps::TOO_BIG, "it is too long"),
        Err(error) => {
            let (code, detail) = gaps::of_error("it", &error);
            return gaps::skipped(mime_type, code, detail);
        }
    };
    let mut package = Package {
        members: Members::new(mime_type),
        text: String::new(),
        encoding: encoding_rs::WINDOWS_1252,
        title: String::new(),
        data: None,
    };
    if package.attributes(session, Bytes(bytes.get(HEAD_BYTES..).unwrap_or_default())).is_none() {
        package.members.gap(gaps::MALFORMED, "it is damaged or cut off");
    }
    package.end_attachment(session);
    let mut writer = TextWriter::new(session, None);
    writer.push(&package.text);
    let lines = writer.finish();
    let mut coverage = package.members.finish();
    coverage.units_inspected += lines;
    if coverage.status == CoverageStatus::Skipped && lines > 0 {
        coverage.status = CoverageStatus::Partial;
    }
    coverage
}

struct Package<'p> {
    members: Members,
    text: String,
    encoding: &'static Encoding,
    /// Of the attachment that was begun.
    title: String,
    data: Option<&'p [u8]>,
}

/// Bytes that are taken from the front.
#[derive(Clone, Copy)]
struct Bytes<'b>(&'b [u8]);

impl<'b> Bytes<'b> {
    fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn u16(&mut self) -> Option<u16> {
        self.take(2)?.try_into().ok().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_le_bytes)
    }

    /// So many bytes, and those that fill them up to four.
    fn padded(&mut self, length: usize) -> Option<&'b [u8]> {
        let taken = self.take(length)?;
        self.take(length.wrapping_neg() % 4)?;
        Some(taken)
    }
}

impl<'p> Package<'p> {
    /// Reads all attributes; `None` if they end early.
    fn attributes(&mut self, session: &mut Session<'_>, mut bytes: Bytes<'p>) -> Option<()> {
        while !bytes.0.is_empty() {
            let _level = bytes.take(1)?;
            let (id, kind) = (bytes.u16()?, bytes.u16()?);
            let length = bytes.u32()? as usize;
            let data = bytes.take(length)?;
            let sum = data.iter().fold(0_u16, |sum, byte| sum.wrapping_add(u16::from(*byte)));
            if bytes.u16()? != sum {
                self.members.gap(gaps::MALFORMED, "an attribute is damaged");
            }
            self.attribute(session, id, kind, data);
        }
        Some(())
    }

    fn attribute(&mut self, session: &mut Session<'_>, id: u16, kind: u16, data: &'p [u8]) {
        match id {
            CODE_PAGE => {
                let number = Bytes(data).u32();
                self.encoding = number.and_then(code_page).unwrap_or(self.encoding);
            }
            ATTACHMENT_BEGIN => self.end_attachment(session),
            ATTACHMENT_DATA => self.data = Some(data),
            ATTACHMENT_TITLE => self.title = self.decoded(data, self.encoding),
            PROPERTIES | ATTACHMENT_PROPERTIES => {
                let read = self.properties(session, &mut Bytes(data));
                if read.is_none() {
                    self.members.gap(gaps::MALFORMED, "its properties are damaged");
                }
            }
            RECIPIENTS => {
                let mut rows = Bytes(data);
                for _ in 0..rows.u32().unwrap_or(0) {
                    if self.properties(session, &mut rows).is_none() {
                        return self.members.gap(gaps::MALFORMED, "its recipients are damaged");
                    }
                }
            }
            // Texts of one kind or another.
            _ if matches!(kind, 1 | 2) => {
                let text = self.decoded(data, self.encoding);
                push(&mut self.text, "", &text);
            }
            _ => {}
        }
    }

    fn decoded(&self, data: &[u8], encoding: &'static Encoding) -> String {
        encoding.decode_without_bom_handling(data).0.trim_end_matches('\0').to_owned()
    }

    fn end_attachment(&mut self, session: &mut Session<'_>) {
        let title = std::mem::take(&mut self.title);
        if let Some(data) = self.data.take() {
            let name = if title.is_empty() { "attachment" } else { &title };
            self.members.read(session, name, &mut &data[..], None);
        }
        push(&mut self.text, "3704", &title);
    }

    /// Reads a list of properties; `None` if it ends early.
    fn properties(&mut self, session: &mut Session<'_>, bytes: &mut Bytes<'p>) -> Option<()> {
        for _ in 0..bytes.u32()? {
            let (kind, id) = (bytes.u16()?, bytes.u16()?);
            if id >= 0x8000 {
                // A name of its own: a number or a text.
                bytes.take(16)?;
                let is_text = bytes.u32()? == 1;
                let number = bytes.u32()? as usize;
                if is_text {
                    bytes.padded(number)?;
                }
            }
            let single = kind & 0x0fff;
            let is_long = matches!(single, 0x0d | 0x1e | 0x1f | 0x102);
            let values = if is_long || kind & 0x1000 != 0 { bytes.u32()? } else { 1 };
            for _ in 0..values {
                let value = if is_long {
                    let length = bytes.u32()? as usize;
                    bytes.padded(length)?
                } else {
                    let length = match single {
                        0x05..=0x07 | 0x14 | 0x40 => 8,
                        0x48 => 16,
                        _ => 4,
                    };
                    bytes.take(length)?
                };
                self.property(session, single, id, value);
            }
        }
        Some(())
    }

    fn property(&mut self, session: &mut Session<'_>, kind: u16, id: u16, value: &'p [u8]) {
        let encoding = match kind {
            0x1e => self.encoding,
            0x1f => encoding_rs::UTF_16LE,
            0x0d if id == ATTACHED => {
                // Which kind of object it is stands before it.
                self.data = Some(value.get(16..).unwrap_or_default());
                return;
            }
            0x102 => return self.bytes(session, id, value),
            _ => return,
        };
        let text = self.decoded(value, encoding);
        push(&mut self.text, &format!("{id:04X}"), &text);
    }

    fn bytes(&mut self, session: &mut Session<'_>, id: u16, value: &'p [u8]) {
        match id {
            RTF => match rtf::decompress(value) {
                Some((rtf, is_whole)) => {
                    if !is_whole {
                        self.members.gap(gaps::MALFORMED, "the formatted body is cut off");
                    }
                    let packed_bytes = Cell::new(value.len() as u64);
                    self.members.read(session, "", &mut &rtf[..], Some(&packed_bytes));
                }
                None => self.members.gap(gaps::MALFORMED, "the formatted body is damaged"),
            },
            HTML => {
                self.members.read(session, "", &mut &value[..], None);
            }
            ATTACHED => self.data = Some(value),
            _ => {}
        }
    }
}
