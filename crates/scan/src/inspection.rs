//! One inspection under way: bytes go in, the conclusion comes out.

use crate::fingerprint::FingerprintKey;
use crate::tally::Tally;
use lakegate_core::coverage::{Coverage, CoverageStatus, Gap};
use lakegate_core::detection::Detection;
use lakegate_core::hash::ContentHash;
use lakegate_core::text::Block;
use lakegate_core::verdict::Verdict;
use lakegate_detect::{Match, Ruleset, RulesetScratch};
use lakegate_extract::{BlockSink, Extractor};

/// What an inspection concluded.
#[derive(Clone, Debug)]
pub struct Inspected {
    /// The conclusion.
    pub verdict: Verdict,
    /// The hash of all the object's bytes.
    pub content_hash: ContentHash,
    /// What was read.
    pub coverage: Coverage,
    /// What was found, in the order of the catalogue.
    pub detections: Vec<Detection>,
}

/// An inspection that is under way. Push all bytes, then finish.
pub struct Inspection<'i> {
    extractor: Extractor,
    hasher: blake3::Hasher,
    eye: Eye<'i>,
    extraction_broken: Option<String>,
}

/// Takes blocks of text and keeps what is seen in them.
struct Eye<'i> {
    rules: &'i Ruleset,
    key: &'i FingerprintKey,
    scratch: RulesetScratch,
    found: Vec<Match>,
    tally: Tally,
}

impl BlockSink for Eye<'_> {
    fn block(&mut self, block: &Block<'_>) {
        self.rules.detect(block, &mut self.scratch, &mut self.found);
        self.tally.take(block, &self.found, self.rules, self.key);
    }
}

impl<'i> Inspection<'i> {
    pub(crate) fn new(rules: &'i Ruleset, key: &'i FingerprintKey, extractor: Extractor) -> Self {
        Self {
            extractor,
            hasher: blake3::Hasher::new(),
            eye: Eye {
                rules,
                key,
                scratch: RulesetScratch::default(),
                found: Vec::new(),
                tally: Tally::default(),
            },
            extraction_broken: None,
        }
    }

    /// Takes the object's next bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
        if self.extraction_broken.is_none()
            && let Err(error) = self.extractor.push(bytes, &mut self.eye)
        {
            self.extraction_broken = Some(error.to_string());
        }
    }

    /// Concludes, after the last byte.
    pub fn finish(mut self) -> Inspected {
        let mut coverage = self.extractor.finish(&mut self.eye).coverage;
        if let Some(detail) = self.extraction_broken {
            coverage.status = CoverageStatus::Partial;
            coverage.gaps.push(Gap { code: "UNABLE_TO_PARSE_FILE".into(), detail });
        }
        for (_, gap) in self.eye.rules.gaps(&self.eye.scratch) {
            coverage.status = CoverageStatus::Partial;
            coverage.gaps.push(gap);
        }
        let detections = self.eye.tally.detections(self.eye.rules);
        Inspected {
            verdict: verdict(&coverage, &detections),
            content_hash: ContentHash::from_bytes(self.hasher.finalize().as_bytes()),
            coverage,
            detections,
        }
    }
}

/// What was found weighs first; nothing found counts only when everything was read.
fn verdict(coverage: &Coverage, detections: &[Detection]) -> Verdict {
    match coverage.status {
        _ if !detections.is_empty() => Verdict::Findings,
        CoverageStatus::Complete if coverage.gaps.is_empty() => Verdict::Clean,
        CoverageStatus::Complete | CoverageStatus::Partial => Verdict::Partial,
        CoverageStatus::Skipped => Verdict::Unscannable,
    }
}
