//! The detector as the bench sees it: hits by code points, of texts, cells and files.
//!
//! Whatever finds sensitive data is called here and nowhere else in the bench.

use crate::Outcome;
use lakegate_core::coverage::Coverage;
use lakegate_core::text::{Block, Context, Layout, Segment};
use lakegate_detect::{Detector, Hit, Scratch, Selection};
use lakegate_extract::{BlockSink, Limits, extract};

/// A detector with its memory.
pub struct Eye {
    detector: Detector,
    scratch: Scratch,
    hits: Vec<Hit>,
}

/// One thing found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// First code point.
    pub start: usize,
    /// One past the last.
    pub end: usize,
    /// Index in the catalogue.
    pub identifier: usize,
}

/// One thing found in a file.
pub struct FoundInFile {
    /// Index in the catalogue.
    pub identifier: usize,
    /// What was matched. It is sensitive: mask it before it is shown.
    pub text: String,
    /// The name of its column or field; empty if there is none.
    pub column: String,
}

impl Eye {
    /// An eye for what is selected.
    pub fn new(selection: &Selection) -> Outcome<Self> {
        let detector = Detector::new(selection)?;
        Ok(Self { detector, scratch: Scratch::default(), hits: Vec::new() })
    }

    /// What stands in a text.
    pub fn text(&mut self, text: &str) -> Vec<Found> {
        self.hits = self.detector.detect_text(text, &mut self.scratch);
        in_code_points(text, &self.hits)
    }

    /// What stands in a cell of a column of that name.
    pub fn cell(&mut self, text: &str, column: &str) -> Vec<Found> {
        let segment = Segment { unit: 2, ..Segment::whole(text) };
        let block = Block {
            contexts: &[Context { names: vec![column.to_owned()] }],
            layout: Layout::Table,
            ..Block::of_text(text, std::slice::from_ref(&segment))
        };
        self.detector.detect(&block, &mut self.scratch, &mut self.hits);
        in_code_points(text, &self.hits)
    }

    /// What stands in a file, and how much of it was read.
    pub fn file(&mut self, content: &[u8]) -> Outcome<(Vec<FoundInFile>, Coverage)> {
        self.scratch.begin_object();
        let mut sink = Sink { eye: self, found: Vec::new() };
        let extracted = extract(&mut &content[..], &Limits::default(), &mut sink)?;
        Ok((sink.found, extracted.coverage))
    }
}

struct Sink<'a> {
    eye: &'a mut Eye,
    found: Vec<FoundInFile>,
}

impl BlockSink for Sink<'_> {
    fn block(&mut self, block: &Block<'_>) {
        let Eye { detector, scratch, hits } = &mut *self.eye;
        detector.detect(block, scratch, hits);
        for hit in hits {
            let context = block.segments[hit.segment].context as usize;
            let column = block.contexts.get(context).and_then(|context| context.names.last());
            self.found.push(FoundInFile {
                identifier: hit.identifier,
                text: block.text[hit.start..hit.end].to_owned(),
                column: column.cloned().unwrap_or_default(),
            });
        }
    }
}

/// Hits are sorted by start, so one walk over the text is enough for the starts.
fn in_code_points(text: &str, hits: &[Hit]) -> Vec<Found> {
    let (mut bytes, mut points) = (0, 0);
    let mut found = Vec::with_capacity(hits.len());
    for hit in hits {
        points += text[bytes..hit.start].chars().count();
        bytes = hit.start;
        let length = text[hit.start..hit.end].chars().count();
        found.push(Found { start: points, end: points + length, identifier: hit.identifier });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_count_code_points() {
        let mut eye = Eye::new(&Selection::all()).unwrap();
        let found = eye.text("é – mira@larkspur.example, ö: otto@larkspur.example");
        let places: Vec<_> = found.iter().map(|found| (found.start, found.end)).collect();
        assert_eq!(places, [(4, 25), (30, 51)]);
    }

    #[test]
    fn cells_and_files_know_their_columns() {
        let mut eye = Eye::new(&Selection::all()).unwrap();
        assert_eq!(eye.cell("536228726", "ssn").len(), 1);
        assert_eq!(eye.cell("536228726", "order").len(), 0);
        let (found, coverage) = eye.file(b"ssn,name\n536228726,x\n536228727,y\n").unwrap();
        assert_eq!(coverage.mime_type, "text/csv");
        assert_eq!((found.len(), found[0].column.as_str()), (2, "ssn"));
        assert_eq!(found[0].text, "536228726");
    }
}
