//! Mailboxes: one mail after the other, each begun by a line `From …`.

use super::Format;
use crate::gaps;
use crate::members::Members;
use crate::session::Session;
use lakegate_core::coverage::Coverage;
use std::io::{self, BufRead, BufReader, Read};

/// Bytes of input that are read at a time.
const INPUT_BYTES: usize = 64 << 10;

/// What the line that begins a mail is called among its headers: it names the sender.
const ENVELOPE: &[u8] = b"Envelope: ";

pub(crate) fn read(session: &mut Session<'_>, input: &mut dyn Read) -> Coverage {
    let mut members = Members::new(Format::Mailbox.mime_type());
    let mut mails = Mails {
        input: BufReader::with_capacity(INPUT_BYTES, input),
        line: Vec::new(),
        at: 0,
        is_line_start: true,
        begins_mail: true,
        error: None,
    };
    let mut number = 0;
    // The first line begins the first mail; it is read before that.
    mails.next_piece();
    while mails.begins_mail && !mails.line.is_empty() {
        number += 1;
        mails.begins_mail = false;
        mails.at = FROM.len().min(mails.line.len());
        forget_date(&mut mails.line);
        let goes_on =
            members.read(session, &format!("mail {number}"), &mut ENVELOPE.chain(&mut mails), None);
        // What its reader left.
        let drained = io::copy(&mut mails, &mut io::sink());
        if let Some(error) = mails.error.take().or(drained.err()) {
            let (code, detail) = gaps::of_error("what holds the mailbox", &error);
            members.gap(code, detail);
            break;
        }
        if !goes_on {
            break;
        }
    }
    members.finish()
}

/// Begins a mail.
const FROM: &[u8] = b"From ";

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Takes from a line `From sender Thu Nov 26 03:24:47 2026` its date: beside a word that is no address of
/// mail it reads like a person's. What is no such date, whole and at the end, stays.
fn forget_date(line: &mut Vec<u8>) {
    let Ok(text) = std::str::from_utf8(line) else { return };
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    let [_, _, weekday, month, day, time, year] = words[..] else { return };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let is_date = WEEKDAYS.contains(&weekday)
        && MONTHS.contains(&month)
        && day.len() <= 2
        && is_number(day)
        && time.len() == "00:00:00".len()
        && time.split(':').count() == 3
        && time.split(':').all(|part| part.len() == 2 && is_number(part))
        && year.len() == 4
        && is_number(year);
    let date_at = text.rfind(&format!(" {weekday} ")).filter(|_| is_date);
    if let Some(date_at) = date_at {
        line.truncate(date_at);
        line.push(b'\n');
    }
}

/// Reads one mail of the mailbox up to the next `From ` line, and then the next.
struct Mails<'r> {
    input: BufReader<&'r mut dyn Read>,
    /// A line, or a piece of a long one.
    line: Vec<u8>,
    /// How much of it was given out.
    at: usize,
    is_line_start: bool,
    begins_mail: bool,
    error: Option<io::Error>,
}

impl Mails<'_> {
    /// Reads the next line, or the next piece of one.
    fn next_piece(&mut self) {
        let was_blank = self.is_line_start && matches!(&self.line[..], b"\n" | b"\r\n" | b"");
        self.line.clear();
        self.at = 0;
        let mut piece = (&mut self.input).take(INPUT_BYTES as u64);
        if let Err(error) = piece.read_until(b'\n', &mut self.line) {
            self.error = Some(error);
        }
        self.begins_mail = self.is_line_start && was_blank && self.line.starts_with(FROM);
        self.is_line_start = self.line.ends_with(b"\n");
    }
}

impl Read for Mails<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.line.len() && !self.begins_mail && self.error.is_none() {
            self.next_piece();
        }
        if self.begins_mail || self.error.is_some() {
            return Ok(0);
        }
        let count = (&self.line[self.at.min(self.line.len())..]).read(buffer)?;
        self.at += count;
        Ok(count)
    }
}
