//! The four places of a flow, and which places may not meet.

use super::location::Location;
use super::problem::{Origin, Problem, ProblemKind};
use super::reader::Section;
use super::{Config, Flow};
use lakegate_core::object::Zone;
use std::path::Path;

/// The four places of a flow.
#[derive(Clone, Debug)]
pub struct ZoneLocations {
    /// Where objects land.
    pub raw: Location,
    /// Where they are inspected.
    pub scan_stage: Location,
    /// Where they wait for a decision.
    pub manual_review: Location,
    /// Where they are released to.
    pub scanned_data: Location,
    origins: [Origin; 4],
}

impl ZoneLocations {
    /// The place of a zone.
    pub fn get(&self, zone: Zone) -> &Location {
        match zone {
            Zone::Raw => &self.raw,
            Zone::ScanStage => &self.scan_stage,
            Zone::ManualReview => &self.manual_review,
            Zone::ScannedData => &self.scanned_data,
        }
    }

    fn origin(&self, zone: Zone) -> Origin {
        let index = Zone::ALL.iter().position(|z| *z == zone).unwrap_or_default();
        self.origins[index].clone()
    }
}

pub(super) fn read(section: &mut Section<'_, '_>) -> Option<ZoneLocations> {
    let raw = section.required("raw", "zones/raw");
    let scan_stage = section.required("scan-stage", "zones/scan-stage");
    let manual_review = section.required("manual-review", "zones/manual-review");
    let scanned_data = section.required("scanned-data", "zones/scanned-data");
    Some(ZoneLocations {
        raw: raw?,
        scan_stage: scan_stage?,
        manual_review: manual_review?,
        scanned_data: scanned_data?,
        origins: Zone::ALL.map(|zone| section.origin(zone.as_str())),
    })
}

/// One zone of one flow.
#[derive(Clone, Copy)]
struct Place<'c> {
    flow: &'c Flow,
    zone: Zone,
}

impl Place<'_> {
    fn location(&self) -> &Location {
        self.flow.zones.get(self.zone)
    }

    fn key(&self) -> String {
        format!("flows.{}.zones.{}", self.flow.name, self.zone)
    }

    fn overlaps(&self, other: &Place<'_>) -> bool {
        let one_store = match (self.location(), other.location()) {
            (Location::S3 { .. }, Location::S3 { .. }) => {
                self.flow.s3.endpoint == other.flow.s3.endpoint
            }
            _ => true,
        };
        one_store && self.location().overlaps(other.location())
    }
}

/// Notes every two zones that share a place and may not, and every zone that holds what is not an
/// object: the state or the configuration.
pub(super) fn check(config: &Config, file: &Path, problems: &mut Vec<Problem>) {
    let places: Vec<Place<'_>> = config
        .flows
        .iter()
        .flat_map(|flow| Zone::ALL.into_iter().map(move |zone| Place { flow, zone }))
        .collect();
    for (index, place) in places.iter().enumerate() {
        let mut conflict = |message: String| {
            let (kind, origin) = (ProblemKind::Conflict, place.flow.zones.origin(place.zone));
            problems.push(Problem { kind, origin, message, hint: None });
        };
        for other in &places[..index] {
            if place.overlaps(other) && !may_share(place, other) {
                conflict(format!(
                    "`{}` and `{}` are one place or lie within each other: {} and {}",
                    place.key(),
                    other.key(),
                    place.location(),
                    other.location()
                ));
            }
        }
        if place.location().holds(&config.state_dir) {
            conflict(format!("`{}` holds the folder of `state.dir`", place.key()));
        }
        if place.location().holds(file) {
            conflict(format!("`{}` holds the configuration file", place.key()));
        }
    }
}

/// Two flows may release into one place, and one flow's released objects may land in another's `raw`.
fn may_share(a: &Place<'_>, b: &Place<'_>) -> bool {
    let released = |place: &Place<'_>| place.zone == Zone::ScannedData;
    let landing = |place: &Place<'_>| place.zone == Zone::Raw;
    a.flow.name != b.flow.name
        && ((released(a) && (released(b) || landing(b))) || (landing(a) && released(b)))
}
