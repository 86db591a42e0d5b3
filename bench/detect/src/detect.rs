//! Our own process: a file, or text in memory, through detection.

use crate::{Outcome, corpus, cpu};
use lakegate_core::text::Block;
use lakegate_detect::custom::CustomIdentifier;
use lakegate_detect::{Detector, Hit, Ruleset, RulesetScratch, Scratch, Selection};
use lakegate_extract::{BlockSink, Limits, extract};
use std::fs::File;
use std::path::Path;

/// In memory, each text is gone through so often, and the best time told.
const ROUNDS: usize = 12;

struct Count {
    detector: Detector,
    scratch: Scratch,
    hits: Vec<Hit>,
    count: u64,
}

impl Count {
    fn new(identifiers: &str) -> Result<Self, lakegate_detect::Error> {
        let (base, exclude) = match identifiers.split_once('!') {
            Some((base, exclude)) => (base, exclude),
            None => (identifiers, ""),
        };
        let detector = Detector::new(&Selection::parse(base, exclude)?)?;
        Ok(Self { detector, scratch: Scratch::default(), hits: Vec::new(), count: 0 })
    }
}

impl BlockSink for Count {
    fn block(&mut self, block: &Block<'_>) {
        self.detector.detect(block, &mut self.scratch, &mut self.hits);
        self.count += self.hits.len() as u64;
    }
}

/// Reads a file and counts what is detected in it. `identifiers` is a selection, and behind a `!` what
/// is left out of it.
pub(crate) fn file(path: &Path, identifiers: &str) -> Outcome {
    let mut count = Count::new(identifiers)?;
    extract(&mut File::open(path)?, &Limits::default(), &mut count)?;
    println!("{}", count.count);
    Ok(())
}

/// Detection alone, on text in memory, without reading and extracting.
pub(crate) fn in_memory(identifiers: &str, kinds: &[&str]) -> Outcome {
    let mut count = Count::new(identifiers)?;
    for kind in kinds {
        let text = corpus::text(kind, 32_000_000);
        let mut best = f64::INFINITY;
        for _ in 0..ROUNDS {
            count.count = 0;
            let before = cpu::own_seconds();
            for part in text.as_bytes().chunks(256 * 1024) {
                if let Ok(part) = std::str::from_utf8(part) {
                    count.count +=
                        count.detector.detect_text(part, &mut count.scratch).len() as u64;
                }
            }
            best = best.min(cpu::own_seconds() - before);
        }
        println!("{kind:>10}: {:>6.0} MB/s, {} hits", text.len() as f64 / best / 1e6, count.count);
    }
    Ok(())
}

/// Custom identifiers whose cost is told: with a literal, with classes alone, and with a keyword.
const CUSTOM: [(&str, &str, &[&str]); 4] = [
    ("literal", r"EMP-[0-9]{6}", &[]),
    ("classes", r"[A-Z]{3}-[0-9]{6}", &[]),
    ("classes, keyword", r"[0-9]{6}", &["employee"]),
    ("any case", r"(?i)emp-[0-9]{6}", &[]),
];

/// What one custom identifier alone takes on text in memory, with what the engine takes by itself, which
/// [`in_memory`] of `none` tells.
pub(crate) fn custom() -> Outcome {
    let none = Selection::parse("none", "")?;
    for (name, regex, keywords) in CUSTOM {
        let keywords = keywords.iter().map(|keyword| (*keyword).to_owned()).collect();
        let identifier = CustomIdentifier { keywords, ..CustomIdentifier::new("BENCH", regex) };
        let rules = Ruleset::new(&none, &[identifier], Vec::new())?;
        let mut scratch = RulesetScratch::default();
        let mut found = Vec::new();
        for kind in corpus::KINDS {
            let text = corpus::text(kind, 32_000_000);
            let (mut best, mut count) = (f64::INFINITY, 0);
            for _ in 0..ROUNDS {
                count = 0;
                let before = cpu::own_seconds();
                for part in text.as_bytes().chunks(256 * 1024) {
                    if let Ok(part) = std::str::from_utf8(part) {
                        rules.detect_text(part, &mut scratch, &mut found);
                        count += found.len();
                    }
                }
                best = best.min(cpu::own_seconds() - before);
            }
            let nanoseconds = best / text.len() as f64 * 1e9;
            println!("{name:>16} {kind:>10}: {nanoseconds:>5.2} ns/byte, {count} found");
        }
    }
    Ok(())
}

/// Does nothing but make the detector of the whole catalogue.
pub(crate) fn start() -> Outcome {
    Count::new("all")?;
    Ok(())
}
