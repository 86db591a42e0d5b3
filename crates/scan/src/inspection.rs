//! One inspection: an object's bytes are read once, and the conclusion comes out.

use crate::error::Error;
use crate::fingerprint::FingerprintKey;
use crate::tally::Tally;
use lakegate_core::coverage::{Coverage, CoverageStatus, Gap};
use lakegate_core::detection::Detection;
use lakegate_core::hash::ContentHash;
use lakegate_core::text::Block;
use lakegate_core::verdict::Verdict;
use lakegate_detect::{Match, Ruleset, RulesetScratch};
use lakegate_extract::process::Pool;
use lakegate_extract::{
    BlockSink, Limits, Passwords, extract_beside, extract_with_passwords, is_text,
};
use std::io::{self, Read};

/// Bytes that are read at a time where nothing but the hash needs them.
const PIECE_BYTES: usize = 256 << 10;

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

/// Reads an object to its end and concludes. Text is read here, and everything else in a process of
/// `pool`, if there is one: also what stands in the text.
///
/// # Errors
/// When the input gives an error, or no process can be started: then nothing is concluded.
pub(crate) fn inspect(
    input: &mut (dyn Read + Send),
    rules: &Ruleset,
    key: &FingerprintKey,
    (limits, passwords): (&Limits, &Passwords),
    pool: Option<&Pool>,
) -> Result<Inspected, Error> {
    let mut source = Source { input, hasher: blake3::Hasher::new(), bytes: 0, error: None };
    let mut eye = Eye {
        rules,
        key,
        scratch: RulesetScratch::default(),
        found: Vec::new(),
        tally: Tally::default(),
    };
    let extracted = extracted(&mut source, (limits, passwords), pool, &mut eye)?;
    // The hash is of all bytes, also of those that extraction did not need.
    let mut piece = vec![0; PIECE_BYTES];
    while source.error.is_none() && !matches!(source.read(&mut piece), Ok(0)) {}
    if let Some(error) = source.error {
        return Err(Error::Input(error));
    }
    let mut coverage = extracted;
    coverage.bytes_total = source.bytes;
    for (_, gap) in eye.rules.gaps(&eye.scratch) {
        coverage.status = CoverageStatus::Partial;
        coverage.gaps.push(gap);
    }
    let detections = eye.tally.detections(eye.rules);
    Ok(Inspected {
        verdict: verdict(&coverage, &detections),
        content_hash: ContentHash::from_bytes(source.hasher.finalize().as_bytes()),
        coverage,
        detections,
    })
}

/// What could be read of the object.
fn extracted(
    source: &mut Source<'_>,
    (limits, passwords): (&Limits, &Passwords),
    pool: Option<&Pool>,
    eye: &mut Eye<'_>,
) -> Result<Coverage, Error> {
    let mut head = Vec::new();
    // The source keeps its error, and gives another when it is read again.
    let _ = source.by_ref().take(limits.sniff_bytes as u64).read_to_end(&mut head);
    let is_text = is_text(&head, limits);
    if let Some(pool) = pool
        && !is_text
    {
        let extracted = pool.extract_with_passwords(&head, source, limits, passwords, eye);
        return Ok(extracted.map_err(Error::Process)?.coverage);
    }
    let mut object = head.chain(source);
    let extracted = match pool {
        Some(pool) => pool.extract_text(&mut object, limits, passwords, eye),
        None if is_text => extract_beside(&mut object, limits, eye),
        None => extract_with_passwords(&mut object, limits, passwords, eye),
    };
    Ok(extracted.map_or_else(|error| not_begun(&error), |extracted| extracted.coverage))
}

/// The coverage of an object that extraction did not even begin to read.
fn not_begun(error: &lakegate_extract::Error) -> Coverage {
    Coverage {
        status: CoverageStatus::Skipped,
        mime_type: "application/octet-stream".into(),
        encoding: None,
        bytes_inspected: 0,
        bytes_total: 0,
        units_inspected: 0,
        rows: None,
        pages: None,
        members: None,
        gaps: vec![Gap { code: "UNABLE_TO_PARSE_FILE".into(), detail: error.to_string() }],
        notes: Vec::new(),
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

/// Hashes and counts what is read, and keeps an error of the input apart from what readers of the content
/// make of it.
struct Source<'i> {
    input: &'i mut (dyn Read + Send),
    hasher: blake3::Hasher,
    bytes: u64,
    error: Option<io::Error>,
}

impl Read for Source<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.error.is_some() {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        loop {
            match self.input.read(buffer) {
                Ok(count) => {
                    self.hasher.update(&buffer[..count]);
                    self.bytes += count as u64;
                    return Ok(count);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.error = Some(error);
                    return Err(io::ErrorKind::BrokenPipe.into());
                }
            }
        }
    }
}
