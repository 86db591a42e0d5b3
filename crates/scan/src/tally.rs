//! Sums up hits as detections: counts, and the first occurrences with their places.

use crate::fingerprint::FingerprintKey;
use lakegate_core::detection::{Detection, Location, OCCURRENCES_MAX, Occurrence};
use lakegate_core::sensitive::Sensitive;
use lakegate_core::text::{Block, Segment};
use lakegate_detect::{Match, Ruleset, RulesetScratch};
use std::collections::BTreeMap;

/// What was seen of each identifier so far, by the identifier's number.
#[derive(Default)]
pub(crate) struct Tally {
    seen: BTreeMap<usize, Seen>,
    names: Names,
    members: ShownNames,
    sheets: ShownNames,
}

#[derive(Default)]
struct Seen {
    count: u64,
    occurrences: Vec<Occurrence>,
}

impl Tally {
    /// Takes what was found in one block.
    pub(crate) fn take(
        &mut self,
        block: &Block<'_>,
        found: &[Match],
        rules: &Ruleset,
        key: &FingerprintKey,
    ) {
        for hit in found {
            let seen = self.seen.entry(hit.identifier).or_default();
            let further = block.repeats.of(hit.segment);
            seen.count += 1 + further.len() as u64;
            let segment = &block.segments[hit.segment];
            let room = OCCURRENCES_MAX - seen.occurrences.len();
            for unit in std::iter::once(&segment.unit).chain(further).take(room) {
                let text = Sensitive::new(&block.text[hit.start..hit.end]);
                let segment = &Segment { unit: *unit, ..*segment };
                let mut location = block.locate(segment, hit.start, hit.end);
                if self.names.are_sensitive(block, segment.context, rules) {
                    forget_names(&mut location);
                }
                let (masked, fingerprint) = (text.masked(), key.fingerprint(&text));
                let member = self.members.shown(block.place.member, rules);
                if let Location::Cell { sheet: Some(sheet), .. } = &mut location {
                    *sheet = self.sheets.shown(sheet, rules).unwrap_or_default();
                }
                seen.occurrences.push(Occurrence { location, member, masked, fingerprint });
            }
        }
    }

    /// All detections, in the order of the catalogue, the custom ones last. What was seen too rarely for
    /// its identifier's severity levels is none.
    pub(crate) fn detections(self, rules: &Ruleset) -> Vec<Detection> {
        let detection = |(number, seen): (usize, Seen)| {
            let severity = rules.severity(number, seen.count)?;
            let identifier = rules.identifier(number);
            Some(Detection {
                identifier: identifier.id.to_owned(),
                name: identifier.name.to_owned(),
                category: identifier.category,
                severity,
                count: seen.count,
                occurrences: seen.occurrences,
            })
        };
        self.seen.into_iter().filter_map(detection).collect()
    }
}

/// Leaves out names that must not stand in a location, as Macie does (macie-engine, section 10).
fn forget_names(location: &mut Location) {
    match location {
        Location::Cell { column_name, .. } => *column_name = None,
        Location::Record { json_path, .. } => json_path.clear(),
        Location::LineRange { .. } | Location::Page { .. } => {}
    }
}

/// Which column names and path elements hold sensitive data themselves, such as a JSON object whose
/// keys are e-mail addresses. Looked at once for each, and only where something was found.
#[derive(Default)]
struct Names {
    epoch: u64,
    sensitive: BTreeMap<u32, bool>,
    scratch: RulesetScratch,
    found: Vec<Match>,
}

impl Names {
    fn are_sensitive(&mut self, block: &Block<'_>, context: u32, rules: &Ruleset) -> bool {
        if self.epoch != block.contexts_epoch {
            self.epoch = block.contexts_epoch;
            self.sensitive.clear();
        }
        let Self { sensitive, scratch, found, .. } = self;
        *sensitive.entry(context).or_insert_with(|| {
            let names = block.contexts.get(context as usize).map_or(&[][..], |c| &c.names);
            names.iter().any(|name| {
                rules.detect_text(name, scratch, found);
                !found.is_empty()
            })
        })
    }
}

/// Stands for a member's path or a sheet's name that holds sensitive data itself.
const WITHHELD: &str = "(name withheld)";

/// What the model guesses is no reason to withhold a path: half of all file names read like a person or a
/// place.
const GUESSED: [&str; 3] = ["NAME", "ADDRESS", "MEDICAL_TERM"];

/// The paths of members, or the names of sheets, as occurrences may show them. They come one after the
/// other, so the last is kept.
#[derive(Default)]
struct ShownNames {
    last: String,
    is_sensitive: bool,
    scratch: RulesetScratch,
    found: Vec<Match>,
}

impl ShownNames {
    fn shown(&mut self, name: &str, rules: &Ruleset) -> Option<String> {
        if name.is_empty() {
            return None;
        }
        if self.last != name {
            rules.detect_text(name, &mut self.scratch, &mut self.found);
            let ids = self.found.iter().map(|hit| rules.identifier(hit.identifier).id);
            self.is_sensitive = { ids }.any(|id| !GUESSED.contains(&id));
            name.clone_into(&mut self.last);
        }
        Some(if self.is_sensitive { WITHHELD.to_owned() } else { name.to_owned() })
    }
}
