//! Long texts within containers: a child unpacks them and gives them as they are, and the parent reads them as
//! it reads texts that are in no container. To take a table apart in the child, and to give its cells over
//! the pipe, costs as much as to look at them.
//!
//! What a child calls a text may be anything: what does not begin as one is never read.

use super::frame::{self, HEAD_BYTES_MAX, Kind, Stream};
use crate::beside;
use crate::embedded::Apart;
use crate::limits::Limits;
use crate::passwords::Passwords;
use crate::session::Session;
use crate::text::reader::{BlockSink, TextPlace};
use lakegate_core::coverage::Coverage;
use std::io::{self, Read, Write};

/// No text of an object begins on a later line.
const FIRST_LINE_MAX: u64 = 1 << 48;

/// Bytes that are given at a time.
const PIECE_BYTES: usize = 64 << 10;

/// The child's side: gives a text, and waits for what the parent says of it. `advanced` is called as it comes on.
pub(super) fn send(
    output: &mut dyn Write,
    answers: &mut dyn Read,
    place: &TextPlace<'_>,
    text: &mut dyn Read,
    advanced: impl Fn(),
) -> io::Result<Coverage> {
    frame::write(output, Kind::Text, &serde_json::to_vec(place)?)?;
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let count = text.read(&mut piece)?;
        advanced();
        if count == 0 {
            break;
        }
        frame::write(output, Kind::Bytes, &piece[..count])?;
    }
    frame::write(output, Kind::End, &[])?;
    output.flush()?;
    let mut payload = Vec::new();
    match frame::read(&mut &mut *answers, &mut payload)? {
        Some(Kind::Read) => Ok(serde_json::from_slice(&payload)?),
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// The parent's side: reads the text that begins with this frame, and answers.
///
/// # Errors
/// `InvalidData` when what came is no text; other errors when the child ended.
pub(super) fn take(
    head: &[u8],
    output: &mut (dyn Read + Send),
    answers: &mut dyn Write,
    limits: &Limits,
    sink: &mut dyn BlockSink,
    apart: &mut (dyn Apart + Send),
) -> io::Result<()> {
    let place =
        Some(head).filter(|head| head.len() <= HEAD_BYTES_MAX).ok_or(io::ErrorKind::InvalidData)?;
    let place: TextPlace<'_> = serde_json::from_slice(place)?;
    if !(1..=FIRST_LINE_MAX).contains(&place.first_line) {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut text = Stream::new(output);
    let read = beside::where_it_pays(&mut text, sink, |text, sink| {
        // Text needs no file.
        let mut no_spool = |_: usize| Err(io::Error::from(io::ErrorKind::Unsupported));
        let passwords = Passwords::default();
        let session = Session::new(limits, &passwords, sink, &mut no_spool);
        session.apart(apart).foreign_text(&place, text)
    });
    if !text.is_ended() {
        // An error of the pipe comes again.
        io::copy(&mut text, &mut io::sink())?;
    }
    let coverage = read.ok_or(io::ErrorKind::InvalidData)?;
    frame::write(answers, Kind::Read, &serde_json::to_vec(&coverage)?)?;
    answers.flush()
}
