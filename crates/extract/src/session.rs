//! One object under way: what it and all its members share, and how one leads to the next.

use crate::embedded::{Apart, Contents, Finder};
use crate::formats::{self, Format};
use crate::gaps::{self, Bound};
use crate::limits::Limits;
use crate::magic::Unreadable;
use crate::metered::{Counted, Ending, Failing, Metered, Pulse};
use crate::passwords::{Keyring, Passwords};
use crate::picture::{self, Picture, Size};
use crate::sniff::{Kind, TextKind, sniff};
use crate::spool::Spool;
use crate::text::TextExtractor;
use crate::text::reader::{BlockSink, TextPlace};
use lakegate_core::coverage::{Coverage, CoverageStatus};
use lakegate_core::text::{Block, Place};
use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;

/// Bytes that are read at a time.
const PIECE_BYTES: usize = 64 << 10;

/// Between a container and its member in a path.
const WITHIN: char = '!';

/// Opens a file without a name, to hold what is too big for memory. Only one of each depth is in
/// use at a time.
pub(crate) type OpenSpool<'s> = &'s mut dyn FnMut(usize) -> io::Result<Arc<File>>;

/// What one object and all its members share.
pub(crate) struct Session<'s> {
    pub limits: &'s Limits,
    sink: &'s mut dyn BlockSink,
    open_spool: OpenSpool<'s>,
    /// The path of the member that is read.
    member: String,
    /// Containers around it.
    depth: usize,
    /// Bytes that came out of containers so far.
    expanded_bytes: u64,
    /// Members begun so far.
    members: u64,
    /// The line on which the next object begins, if it is text; further ones begin on line 1.
    pub first_line: u64,
    /// What may open what is encrypted.
    pub keyring: Keyring<'s>,
    /// The page of the document around, from 1, on which what is read stands.
    pub page: Option<u32>,
    /// Bytes of text that documents gave so far.
    pub text_bytes: u64,
    /// Pictures handed on so far.
    pictures: u64,
    /// Pixels of the largest picture since it was last asked for.
    largest_pixels: u64,
    /// Who reads what stands in a text, where this process must not.
    pub apart: Option<&'s mut dyn Apart>,
    /// What stood in the object or member that is read.
    pub contents: Contents,
}

/// What became of a picture.
pub(crate) enum Shown {
    /// Someone reads it.
    Taken,
    /// Nobody reads what pictures show.
    NotAsked,
    /// It is not read, for this reason.
    Refused(Bound),
}

impl<'s> Session<'s> {
    pub fn new(
        limits: &'s Limits,
        passwords: &'s Passwords,
        sink: &'s mut dyn BlockSink,
        open_spool: OpenSpool<'s>,
    ) -> Self {
        Self {
            limits,
            sink,
            open_spool,
            member: String::new(),
            depth: 0,
            expanded_bytes: 0,
            members: 0,
            first_line: 1,
            keyring: Keyring::new(passwords),
            page: None,
            text_bytes: 0,
            pictures: 0,
            largest_pixels: 0,
            apart: None,
            contents: Contents::default(),
        }
    }

    /// The same, with someone else who reads what stands in texts.
    pub fn apart(self, apart: &'s mut dyn Apart) -> Self {
        Self { apart: Some(apart), ..self }
    }

    /// The path of what stands under this name in what is read.
    pub fn path_of(&self, name: &str) -> String {
        match self.member.as_str() {
            "" => name.to_owned(),
            member => format!("{member}{WITHIN}{name}"),
        }
    }

    /// Who takes the blocks.
    pub fn sink(&mut self) -> &mut dyn BlockSink {
        self.sink
    }

    /// Tells that the object comes on, though there is no block yet.
    pub fn alive(&mut self) {
        self.sink.alive();
    }

    /// Hands on a block of the member that is read now; of its place, sheet and page count.
    pub fn emit(&mut self, block: &Block<'_>) {
        self.text_bytes += u64::from(block.own_end.saturating_sub(block.own_start));
        let place = Place { member: &self.member, ..block.place };
        self.sink.block(&Block { place, ..block.clone() });
    }

    /// Whether someone reads what pictures show.
    pub fn reads_pictures(&self) -> bool {
        self.limits.pictures.is_some()
    }

    /// A picture of so many pixels was seen, whether or not it is read.
    pub fn saw(&mut self, pixels: u64) {
        self.largest_pixels = self.largest_pixels.max(pixels);
    }

    /// Pixels of the largest picture that was seen since this was last asked.
    pub fn take_largest_pixels(&mut self) -> u64 {
        std::mem::take(&mut self.largest_pixels)
    }

    /// Hands a picture on to be read: a file of a format that recognisers know.
    pub fn show(&mut self, bytes: &[u8], size: Size) -> Shown {
        let Some(limits) = &self.limits.pictures else { return Shown::NotAsked };
        let refuse = |detail| Shown::Refused(Bound { code: gaps::TOO_BIG, detail });
        if size.pixels() > limits.pixels_max {
            return refuse(format!("a picture of more than {} pixels", limits.pixels_max));
        }
        if bytes.len() as u64 > limits.bytes_max {
            return refuse(format!("a picture of more than {} bytes", limits.bytes_max));
        }
        if !picture::is_picture(bytes) {
            let detail = "a picture that does not begin as one".to_owned();
            return Shown::Refused(Bound { code: gaps::MALFORMED, detail });
        }
        let pictures = self.pictures.saturating_add(u64::from(size.frames));
        if pictures > limits.pictures_max {
            return refuse(format!("more than {} pictures", limits.pictures_max));
        }
        self.pictures = pictures;
        let picture = Picture {
            member: self.member.as_str().into(),
            page: self.page,
            frames: size.frames,
            bytes: bytes.into(),
        };
        match self.sink.picture(&picture) {
            true => Shown::Taken,
            false => Shown::NotAsked,
        }
    }

    /// Reads an object or a member from its first byte to its last, as what its content is.
    pub fn object(&mut self, input: &mut dyn Read) -> Coverage {
        let first_line = std::mem::replace(&mut self.first_line, 1);
        let mut input = Counted { input, bytes: 0 };
        let mut head = Vec::new();
        let sniff_bytes = self.limits.sniff_bytes as u64;
        let first = input.by_ref().take(sniff_bytes).read_to_end(&mut head);
        let is_whole = first.is_ok() && (head.len() as u64) < sniff_bytes;
        let outside = std::mem::take(&mut self.contents);
        let mut coverage = match (head.is_empty(), first) {
            (true, Ok(_)) => gaps::complete("application/x-empty"),
            (true, Err(error)) => {
                let (code, detail) = gaps::of_error("what holds it", &error);
                gaps::skipped("application/octet-stream", code, detail)
            }
            (_, first) => {
                let kind = sniff(&head, is_whole, self.limits);
                // An error comes again where the first bytes are read once more.
                let mut rest = head.chain(Failing(first.err())).chain(&mut input);
                let is_short = head.len() < self.limits.sniff_bytes;
                self.read_as(kind, (first_line, is_short), &mut rest)
            }
        };
        std::mem::replace(&mut self.contents, outside).tell(&mut coverage);
        // What is not needed for reading counts too.
        if self.depth == 0 {
            // An error of it was told where it was read.
            let _ = io::copy(&mut input, &mut io::sink());
        }
        if coverage.bytes_total == 0 {
            coverage.bytes_total = input.bytes;
        }
        match coverage.status {
            CoverageStatus::Complete => coverage.bytes_inspected = coverage.bytes_total,
            // So far it came.
            CoverageStatus::Partial if coverage.bytes_inspected == 0 => {
                coverage.bytes_inspected = input.bytes;
            }
            CoverageStatus::Partial | CoverageStatus::Skipped => {}
        }
        coverage
    }

    fn read_as(
        &mut self,
        kind: Kind,
        (first_line, is_short): (u64, bool),
        input: &mut dyn Read,
    ) -> Coverage {
        match kind {
            Kind::Text(kind) => self.text(&kind, (first_line, is_short), input),
            Kind::Unreadable(kind) => unreadable(kind, input),
            // It is a confined process that may.
            Kind::Format(format) if self.apart.is_some() => {
                let detail = format!("{} where only text is read", format.name());
                gaps::skipped(format.mime_type(), gaps::UNSUPPORTED, detail)
            }
            Kind::Format(format) => formats::read(self, format, input),
        }
    }

    fn text(
        &mut self,
        kind: &TextKind,
        (first_line, is_short): (u64, bool),
        input: &mut dyn Read,
    ) -> Coverage {
        let mut input = Ending { input, error: None };
        // To hand on a short one costs more than to read it.
        let handed_on = (!is_short).then(|| {
            let place = TextPlace { member: self.member.as_str().into(), first_line };
            self.sink.text(&place, &mut input)
        });
        let mut coverage =
            handed_on.flatten().unwrap_or_else(|| self.text_here(kind, first_line, &mut input));
        if let Some(error) = input.error {
            let (code, detail) = gaps::of_error("what holds the text", &error);
            gaps::gap(&mut coverage, code, detail);
        }
        coverage
    }

    fn text_here(&mut self, kind: &TextKind, first_line: u64, input: &mut Ending<'_>) -> Coverage {
        let finder = Finder::new(first_line, self.limits.embedded_bytes_max);
        let mut text = TextExtractor::new(self.limits, kind, finder).at_line(first_line);
        let mut piece = vec![0; PIECE_BYTES];
        let mut bytes = 0;
        let mut mark = kind.mark_bytes;
        loop {
            let count = input.next(&mut piece);
            let mut sink = Placed { sink: self.sink, member: &self.member };
            if count == 0 {
                let (coverage, mut finder) = text.finish(bytes, &mut sink);
                finder.take().iter().for_each(|found| self.read_embedded(found));
                self.contents.outside_chars += finder.outside_chars();
                return coverage;
            }
            bytes += count as u64;
            let begin = mark.min(count);
            mark -= begin;
            text.push(&piece[begin..count], &mut sink);
            text.finder.take().iter().for_each(|found| self.read_embedded(found));
        }
    }

    /// Reads a text that a process found in what it was given. `None` if it is anything else, which must not
    /// be read here.
    pub fn foreign_text(
        &mut self,
        place: &TextPlace<'_>,
        input: &mut dyn Read,
    ) -> Option<Coverage> {
        self.member.clear();
        self.member.push_str(&place.member);
        let mut input = Ending { input, error: None };
        let mut head = Vec::new();
        let sniff_bytes = self.limits.sniff_bytes as u64;
        input.by_ref().take(sniff_bytes).read_to_end(&mut head).ok()?;
        let is_whole = (head.len() as u64) < sniff_bytes;
        let Kind::Text(kind) = sniff(&head, is_whole, self.limits) else { return None };
        let mut all = Ending { input: &mut head.chain(&mut input), error: None };
        let mut coverage = self.text_here(&kind, place.first_line, &mut all);
        std::mem::take(&mut self.contents).tell(&mut coverage);
        Some(coverage)
    }

    /// The bytes of `input`, to be read in any order.
    ///
    /// # Errors
    /// When the input breaks off, or there is no room.
    pub fn spool(&mut self, input: &mut dyn Read) -> io::Result<Spool> {
        let depth = self.depth;
        let Self { sink, open_spool, limits, .. } = self;
        let mut input = Pulse { input, sink: &mut **sink, bytes: 0 };
        Spool::fill(&mut input, limits.spool_memory_bytes, || open_spool(depth))
    }

    /// Names what is found meanwhile as from a part of the document that is read, such as its properties.
    pub fn part<T>(&mut self, name: &str, read: impl FnOnce(&mut Self) -> T) -> T {
        let path_bytes = self.member.len();
        if path_bytes > 0 {
            self.member.push(WITHIN);
        }
        self.member.push_str(name);
        let result = read(self);
        self.member.truncate(path_bytes);
        result
    }

    /// How many bytes may still come out of containers.
    pub fn room_bytes(&self) -> u64 {
        self.limits.expanded_bytes_max.saturating_sub(self.expanded_bytes)
    }

    /// So many bytes came out of a container whose parts its own reader reads.
    pub fn add_expanded(&mut self, bytes: u64) {
        self.expanded_bytes = self.expanded_bytes.saturating_add(bytes);
    }

    /// Reads to its end what may be a member and may be nonsense, to see whether its sums are right. Nothing
    /// of it comes out, but the bounds hold as if it did.
    ///
    /// # Errors
    /// When it is damaged, or a bound is reached.
    pub fn rehearse(
        &mut self,
        input: &mut dyn Read,
        packed_bytes: Option<&Cell<u64>>,
    ) -> io::Result<()> {
        let room_bytes = self.room_bytes();
        let Self { sink, limits, .. } = self;
        let mut metered = Metered { input, bytes: 0, packed_bytes, room_bytes, limits };
        let mut pulse = Pulse { input: &mut metered, sink: &mut **sink, bytes: 0 };
        let result = io::copy(&mut pulse, &mut io::sink());
        let bytes = metered.bytes;
        if result.is_err() {
            self.keyring.charge_bytes(bytes);
        }
        result.map(|_| ())
    }

    /// Reads what a container holds: `name` is the member's path in it, empty if the container only
    /// wraps one thing. `packed_bytes` says how many bytes of the container it took so far, if that is known.
    pub fn within(
        &mut self,
        name: &str,
        input: &mut dyn Read,
        packed_bytes: Option<&Cell<u64>>,
    ) -> Result<Coverage, Bound> {
        if self.depth >= self.limits.containers_depth_max {
            let detail = format!("more than {} containers in one another", self.depth);
            return Err(Bound { code: gaps::NESTING, detail });
        }
        if self.members >= self.limits.members_max {
            let detail = format!("more than {} members", self.limits.members_max);
            return Err(Bound { code: gaps::TOO_MANY_MEMBERS, detail });
        }
        self.members += 1;
        self.sink.alive();
        let path_bytes = self.member.len();
        if !name.is_empty() {
            if path_bytes > 0 {
                self.member.push(WITHIN);
            }
            self.member.push_str(name);
        }
        self.depth += 1;
        let mut metered = Metered {
            input,
            bytes: 0,
            packed_bytes,
            room_bytes: self.room_bytes(),
            limits: self.limits,
        };
        let coverage = self.object(&mut metered);
        self.expanded_bytes = self.expanded_bytes.saturating_add(metered.bytes);
        self.depth -= 1;
        self.member.truncate(path_bytes);
        Ok(coverage)
    }
}

fn unreadable(kind: Unreadable, input: &mut dyn Read) -> Coverage {
    // The object's size is told all the same.
    let _ = io::copy(input, &mut io::sink());
    gaps::skipped(kind.mime_type, gaps::UNSUPPORTED, format!("not readable: {}", kind.name))
}

/// Names the member in blocks that text readers make.
struct Placed<'p> {
    sink: &'p mut dyn BlockSink,
    member: &'p str,
}

impl BlockSink for Placed<'_> {
    fn block(&mut self, block: &Block<'_>) {
        let place = Place { member: self.member, ..block.place };
        self.sink.block(&Block { place, ..block.clone() });
    }
}

/// The coverage of a format that wraps one thing: that thing's, under the wrapper's type.
pub(crate) fn wrapping(format: Format, inner: Result<Coverage, Bound>) -> Coverage {
    match inner {
        Ok(inner) => {
            let mut coverage = Coverage { mime_type: format.mime_type().into(), ..inner };
            if coverage.status != CoverageStatus::Skipped {
                gaps::note(&mut coverage, format!("{} of {}", format.name(), inner.mime_type));
            }
            // They were bytes of what is within.
            (coverage.bytes_total, coverage.bytes_inspected) = (0, 0);
            coverage
        }
        Err(bound) => gaps::skipped(format.mime_type(), bound.code, bound.detail),
    }
}
