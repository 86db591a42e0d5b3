//! Sums up hits as detections: counts, and the first occurrences with their places.

use crate::fingerprint::FingerprintKey;
use lakegate_core::detection::{Detection, Location, OCCURRENCES_MAX, Occurrence};
use lakegate_core::sensitive::Sensitive;
use lakegate_core::text::Block;
use lakegate_detect::{Catalogue, Detector, Hit, Scratch};
use std::collections::BTreeMap;

/// What was seen of each identifier so far, by the identifier's place in the catalogue.
#[derive(Default)]
pub(crate) struct Tally {
    seen: BTreeMap<usize, Seen>,
    names: Names,
}

#[derive(Default)]
struct Seen {
    count: u64,
    occurrences: Vec<Occurrence>,
}

impl Tally {
    /// Takes the hits of one block.
    pub(crate) fn take(
        &mut self,
        block: &Block<'_>,
        hits: &[Hit],
        detector: &Detector,
        key: &FingerprintKey,
    ) {
        for hit in hits {
            let seen = self.seen.entry(hit.identifier).or_default();
            seen.count += 1;
            if seen.occurrences.len() < OCCURRENCES_MAX {
                let text = Sensitive::new(&block.text[hit.start..hit.end]);
                let segment = &block.segments[hit.segment];
                let mut location = block.locate(segment, hit.start, hit.end);
                if self.names.are_sensitive(block, segment.context, detector) {
                    forget_names(&mut location);
                }
                let (masked, fingerprint) = (text.masked(), key.fingerprint(&text));
                seen.occurrences.push(Occurrence { location, masked, fingerprint });
            }
        }
    }

    /// All detections, in the order of the catalogue.
    pub(crate) fn detections(self) -> Vec<Detection> {
        let identifiers = Catalogue::managed().identifiers();
        self.seen
            .into_iter()
            .map(|(index, seen)| {
                let identifier = &identifiers[index];
                Detection {
                    identifier: identifier.id.to_string(),
                    name: identifier.name.to_string(),
                    category: identifier.category,
                    severity: identifier.severity(seen.count),
                    count: seen.count,
                    occurrences: seen.occurrences,
                }
            })
            .collect()
    }
}

/// Leaves out names that must not stand in a location, as Macie does (macie-engine, section 10).
fn forget_names(location: &mut Location) {
    match location {
        Location::Cell { column_name, .. } => *column_name = None,
        Location::Record { json_path, .. } => json_path.clear(),
        Location::LineRange { .. } => {}
    }
}

/// Which column names and path elements hold sensitive data themselves, such as a JSON object whose
/// keys are e-mail addresses. Looked at once for each, and only where something was found.
#[derive(Default)]
struct Names {
    epoch: u64,
    sensitive: BTreeMap<u32, bool>,
    scratch: Scratch,
}

impl Names {
    fn are_sensitive(&mut self, block: &Block<'_>, context: u32, detector: &Detector) -> bool {
        if self.epoch != block.contexts_epoch {
            self.epoch = block.contexts_epoch;
            self.sensitive.clear();
        }
        let scratch = &mut self.scratch;
        *self.sensitive.entry(context).or_insert_with(|| {
            let names = block.contexts.get(context as usize).map_or(&[][..], |c| &c.names);
            names.iter().any(|name| !detector.detect_text(name, scratch).is_empty())
        })
    }
}
