//! Sums up hits as detections: counts, and the first occurrences with their places.

use crate::fingerprint::FingerprintKey;
use lakegate_core::detection::{Detection, OCCURRENCES_MAX, Occurrence};
use lakegate_core::sensitive::Sensitive;
use lakegate_core::text::Block;
use lakegate_detect::{Catalogue, Hit};
use std::collections::BTreeMap;

/// What was seen of each identifier so far, by the identifier's place in the catalogue.
#[derive(Default)]
pub(crate) struct Tally {
    seen: BTreeMap<usize, Seen>,
}

#[derive(Default)]
struct Seen {
    count: u64,
    occurrences: Vec<Occurrence>,
}

impl Tally {
    /// Takes the hits of one block.
    pub(crate) fn take(&mut self, block: &Block<'_>, hits: &[Hit], key: &FingerprintKey) {
        for hit in hits {
            let seen = self.seen.entry(hit.identifier).or_default();
            seen.count += 1;
            if seen.occurrences.len() < OCCURRENCES_MAX {
                seen.occurrences.push(occurrence(block, hit, key));
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

fn occurrence(block: &Block<'_>, hit: &Hit, key: &FingerprintKey) -> Occurrence {
    let text = Sensitive::new(&block.text[hit.start..hit.end]);
    Occurrence {
        location: block.locate(&block.segments[hit.segment], hit.start, hit.end),
        masked: text.masked(),
        fingerprint: key.fingerprint(&text),
    }
}
