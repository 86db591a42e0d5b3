//! The parent: has the pictures read that a child hands on, and tells in the coverage which could not be.

use super::frame::{self, HEAD_BYTES_MAX, Kind};
use super::recogniser::{Recogniser, Unread};
use crate::gaps;
use crate::limits::{Limits, PictureLimits};
use crate::passwords::Passwords;
use crate::picture::{Picture, is_picture};
use crate::session::Session;
use crate::text::reader::BlockSink;
use crate::writer::TextWriter;
use lakegate_core::coverage::{Coverage, CoverageStatus};
use std::collections::HashSet;
use std::io::{self, Write};
use std::time::{Duration, Instant};

/// The child's side: sends a picture.
pub(super) fn send(output: &mut (impl Write + ?Sized), picture: &Picture<'_>) -> io::Result<()> {
    let head = serde_json::to_vec(picture)?;
    let length = u32::try_from(head.len()).unwrap_or(u32::MAX).to_le_bytes();
    frame::write_parts(output, Kind::Picture, &[&length, &head, &picture.bytes])
}

/// What stands in a frame, if it is a picture.
fn received(payload: &[u8]) -> Option<Picture<'_>> {
    let (length, rest) = payload.split_first_chunk()?;
    let length = u32::from_le_bytes(*length) as usize;
    let (head, bytes) = rest.split_at_checked(length).filter(|_| length <= HEAD_BYTES_MAX)?;
    let picture: Picture<'_> = serde_json::from_slice(head).ok()?;
    let is_sound = is_picture(bytes) && picture.page != Some(0) && picture.frames > 0;
    is_sound.then_some(Picture { bytes: bytes.into(), ..picture })
}

/// A picture that could not be read.
struct Lost {
    number: u64,
    within: String,
    member: String,
    page: Option<u32>,
    why: Unread,
}

/// The pictures of one object.
pub(super) struct Pictures<'r> {
    recogniser: Option<&'r Recogniser>,
    handed: u64,
    read: u64,
    lines: u64,
    spent: Duration,
    lost: Vec<Lost>,
    /// What in the object they stand in, if it is read by itself.
    within: String,
}

/// What a child sent is not a picture that it may send.
pub(super) struct NotAPicture;

impl<'r> Pictures<'r> {
    pub fn new(recogniser: Option<&'r Recogniser>) -> Self {
        Self {
            recogniser,
            handed: 0,
            read: 0,
            lines: 0,
            spent: Duration::ZERO,
            lost: Vec::new(),
            within: String::new(),
        }
    }

    /// Those that come next stand in what bears this name. Tells where those before stood.
    pub fn go_on_in(&mut self, name: String) -> String {
        std::mem::replace(&mut self.within, name)
    }

    /// Which further pictures may come, if any is read.
    pub fn limits(&self) -> Option<PictureLimits> {
        let limits = self.recogniser?.limits();
        let pictures_max = limits.pictures_max.saturating_sub(self.handed);
        Some(PictureLimits { pictures_max, ..limits.clone() })
    }

    /// Time that reading took so far.
    pub fn spent(&self) -> Duration {
        self.spent
    }

    /// Has the picture in a frame read, and hands on its text.
    ///
    /// # Errors
    /// When the frame holds no picture, or one beyond the bounds that the child was given.
    pub fn take(
        &mut self,
        payload: &[u8],
        limits: &Limits,
        sink: &mut dyn BlockSink,
    ) -> Result<(), NotAPicture> {
        let picture = received(payload).ok_or(NotAPicture)?;
        let Some(recogniser) = self.recogniser else { return Err(NotAPicture) };
        let bounds = recogniser.limits();
        if picture.bytes.len() as u64 > bounds.bytes_max
            || self.handed.saturating_add(picture.frames.into()) > bounds.pictures_max
        {
            return Err(NotAPicture);
        }
        for frame in 0..picture.frames {
            self.handed += 1;
            let page = if picture.frames > 1 { Some(frame + 1) } else { picture.page };
            let begun = Instant::now();
            let text = recogniser.read(&picture, frame, self.spent);
            self.spent += begun.elapsed();
            match text {
                Ok(text) => {
                    self.read += 1;
                    self.lines += write(&picture.member, page, &text, limits, sink);
                }
                Err(why) => {
                    let (number, within) = (self.handed, self.within.clone());
                    let member = format!("{within}{}", picture.member);
                    self.lost.push(Lost { number, within, member, page, why });
                }
            }
        }
        Ok(())
    }

    /// Tells what came of the pictures.
    pub fn finish(self, coverage: &mut Coverage) {
        let Some(recogniser) = self.recogniser.filter(|_| self.handed > 0) else { return };
        coverage.units_inspected += self.lines;
        if self.read > 0 {
            let name = recogniser.name();
            gaps::note(coverage, format!("pictures read by {name}: {}", self.read));
        }
        let is_nothing_read = self.read == 0 && coverage.units_inspected == 0;
        let (mut members, mut pages) = (HashSet::new(), HashSet::new());
        for Lost { number, within, member, page, why } in &self.lost {
            let (code, detail) = why.reason();
            let page_place = page.map(|page| format!(" on page {page}")).unwrap_or_default();
            let place = match within.is_empty() {
                true => page_place,
                false => format!(" in {within}{page_place}"),
            };
            gaps::gap(coverage, code, format!("picture {number}{place}: {detail}"));
            if !member.is_empty() {
                members.insert(member);
            }
            pages.extend(page.map(|page| (member, page)));
        }
        let fewer = |count: &mut u64, by: usize| *count = count.saturating_sub(by as u64);
        if let Some(count) = &mut coverage.members {
            fewer(&mut count.inspected, members.len());
        }
        if let Some(count) = &mut coverage.pages {
            fewer(&mut count.inspected, pages.len());
        }
        let is_picture = coverage.mime_type.starts_with("image/");
        if is_picture && is_nothing_read && !self.lost.is_empty() {
            coverage.status = CoverageStatus::Skipped;
        }
    }
}

/// Hands on the text of a picture, and tells how many lines it has.
fn write(
    member: &str,
    page: Option<u32>,
    text: &str,
    limits: &Limits,
    sink: &mut dyn BlockSink,
) -> u64 {
    let mut open_spool = |_| Err(io::ErrorKind::Unsupported.into());
    let passwords = Passwords::default();
    let mut session = Session::new(limits, &passwords, sink, &mut open_spool);
    session.part(member, |session| {
        let mut writer = TextWriter::new(session, page);
        writer.push(text);
        writer.finish()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_come_out_as_they_went_in_and_nothing_else_does() {
        let sent = |member: &'static str, page, bytes: &'static [u8]| {
            let picture = Picture { member: member.into(), page, frames: 2, bytes: bytes.into() };
            let mut frame = Vec::new();
            send(&mut frame, &picture).unwrap();
            (picture, frame.split_off(5))
        };
        let (picture, frame) = sent("a!b", Some(3), b"\xff\xd8\xff rest");
        assert_eq!(received(&frame), Some(picture));
        for (page, bytes) in [(Some(3), &b"/etc/passwd\n"[..]), (Some(0), b"GIF89a"), (None, b"")] {
            assert_eq!(received(&sent("", page, bytes).1), None);
        }
        for end in 0..frame.len() - 8 {
            assert_eq!(received(&frame[..end]), None);
        }
    }
}
