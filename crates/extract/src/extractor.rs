//! The way of an object through this crate: look at its start, then read it as what it is.

use crate::Error;
use crate::limits::Limits;
use crate::magic::Unreadable;
use crate::reader::BlockSink;
use crate::sniff::{Kind, sniff};
use crate::text::TextExtractor;
use lakegate_core::coverage::{Coverage, CoverageStatus, Gap};

/// Reads one object. See the crate's documentation.
#[derive(Debug)]
pub struct Extractor {
    limits: Limits,
    bytes_total: u64,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    /// Collecting the bytes that decide.
    Head(Vec<u8>),
    Text(Box<TextExtractor>),
    Unreadable(Unreadable),
}

/// What an extraction says in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extracted {
    /// How much was read. `bytes_total` is what was pushed.
    pub coverage: Coverage,
}

impl Extractor {
    /// Begins an object.
    pub fn new(limits: Limits) -> Self {
        Extractor { limits, bytes_total: 0, stage: Stage::Head(Vec::new()) }
    }

    /// Takes the next bytes of the object, and hands on the blocks that they complete.
    ///
    /// # Errors
    /// [`Error::Limits`] if the limits leave no room to work in; nothing was read then.
    pub fn push(&mut self, bytes: &[u8], sink: &mut dyn BlockSink) -> Result<(), Error> {
        if self.bytes_total == 0 {
            self.limits.check()?;
        }
        self.bytes_total += bytes.len() as u64;
        match &mut self.stage {
            Stage::Head(head) => {
                let missing = self.limits.sniff_bytes - head.len();
                let (now, later) = bytes.split_at(bytes.len().min(missing));
                head.extend_from_slice(now);
                if head.len() == self.limits.sniff_bytes && !later.is_empty() {
                    self.begin(false, sink);
                    self.read(later, sink);
                }
            }
            _ => self.read(bytes, sink),
        }
        Ok(())
    }

    /// Ends the object: hands on its last blocks and says how much was read.
    pub fn finish(mut self, sink: &mut dyn BlockSink) -> Extracted {
        if matches!(&self.stage, Stage::Head(head) if !head.is_empty()) {
            self.begin(true, sink);
        }
        let coverage = match self.stage {
            Stage::Head(_) => empty(),
            Stage::Text(text) => text.finish(self.bytes_total, sink),
            Stage::Unreadable(kind) => unreadable(kind, self.bytes_total),
        };
        Extracted { coverage }
    }

    fn begin(&mut self, is_whole: bool, sink: &mut dyn BlockSink) {
        let Stage::Head(head) = &mut self.stage else { return };
        let head = std::mem::take(head);
        match sniff(&head, is_whole, &self.limits) {
            Kind::Unreadable(kind) => self.stage = Stage::Unreadable(kind),
            Kind::Text(kind) => {
                self.stage = Stage::Text(Box::new(TextExtractor::new(&self.limits, &kind)));
                self.read(&head[kind.mark_bytes..], sink);
            }
        }
    }

    fn read(&mut self, bytes: &[u8], sink: &mut dyn BlockSink) {
        if let Stage::Text(text) = &mut self.stage {
            text.push(bytes, sink);
        }
    }
}

fn empty() -> Coverage {
    Coverage {
        status: CoverageStatus::Complete,
        mime_type: "application/x-empty".into(),
        encoding: None,
        bytes_inspected: 0,
        bytes_total: 0,
        units_inspected: 0,
        gaps: Vec::new(),
        notes: Vec::new(),
    }
}

fn unreadable(kind: Unreadable, bytes_total: u64) -> Coverage {
    Coverage {
        status: CoverageStatus::Skipped,
        mime_type: kind.mime_type.into(),
        encoding: None,
        bytes_inspected: 0,
        bytes_total,
        units_inspected: 0,
        gaps: vec![Gap {
            code: "UNSUPPORTED_FILE_TYPE_EXCEPTION".into(),
            detail: format!("not readable: {}", kind.name),
        }],
        notes: Vec::new(),
    }
}
