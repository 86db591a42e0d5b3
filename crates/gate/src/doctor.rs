//! The doctor: what each configured store can do, tried and not believed.

use crate::error::{Error, Result};
use crate::gate::Gate;
use lakegate_core::ids::FlowName;
use lakegate_core::object::Zone;
use lakegate_store::{Capabilities, Support};
use serde::{Deserialize, Serialize};

/// What was found out about one zone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ZoneReport {
    /// The flow.
    pub flow: String,
    /// The zone.
    pub zone: Zone,
    /// Where it is.
    pub location: String,
    /// Abilities and whether the store has them: `yes`, `no` or `unknown`.
    pub abilities: Vec<(String, String)>,
    /// What is done instead of what is missing.
    pub fallbacks: Vec<String>,
    /// Why the zone can not be used; empty when it can.
    pub problems: Vec<String>,
}

impl ZoneReport {
    /// Whether the zone can be used.
    pub fn is_usable(&self) -> bool {
        self.problems.is_empty()
    }
}

impl Gate {
    /// Tries what the stores of all flows can do.
    pub async fn doctor(&self) -> Vec<ZoneReport> {
        let mut reports = Vec::new();
        for flow in self.flows() {
            for zone in Zone::ALL {
                let bucket = flow.zones.bucket(zone);
                let mut report = ZoneReport {
                    flow: flow.name.to_string(),
                    zone,
                    location: bucket.location().to_owned(),
                    abilities: Vec::new(),
                    fallbacks: Vec::new(),
                    problems: Vec::new(),
                };
                match bucket.capabilities().await {
                    Ok(found) => describe(&found, &mut report),
                    Err(error) => report.problems.push(crate::perform::sentence(&error)),
                }
                reports.push(report);
            }
        }
        reports
    }

    /// Refuses a flow whose stores can not keep the gate's promises. The stores remember what was
    /// found, so that this costs something only the first time.
    ///
    /// # Errors
    /// [`Error::Store`] when a zone does not answer, [`Error::Refused`] when it can not be used.
    pub async fn check_zones(&self, flow: &FlowName) -> Result<()> {
        let flow = self.flow(flow)?.clone();
        for zone in Zone::ALL {
            let bucket = flow.zones.bucket(zone);
            let found = bucket.capabilities().await?;
            for fallback in &found.fallbacks {
                tracing::info!(flow = %flow.name, zone = %zone, fallback, "store lacks an ability");
            }
            if !found.refusals.is_empty() {
                return Err(Error::Refused(format!(
                    "zone {zone} of flow `{}` ({}) can not be used: {}",
                    flow.name,
                    bucket.location(),
                    found.refusals.join("; ")
                )));
            }
        }
        Ok(())
    }
}

fn describe(found: &Capabilities, report: &mut ZoneReport) {
    let word = |support| match support {
        Support::Yes => "yes",
        Support::No => "no",
        Support::Unknown => "unknown",
    };
    report.abilities = [
        ("tags", found.tags),
        ("copy replaces tags", found.copy_replaces_tags),
        ("put if absent", found.put_if_absent),
        ("copy if absent", found.copy_if_absent),
        ("copy if source matches", found.copy_if_source_matches),
        ("delete if matches", found.delete_if_matches),
        ("versions", found.versions),
        ("checksums", found.checksums),
        ("exact keys", found.exact_keys),
    ]
    .map(|(ability, support)| (ability.to_owned(), word(support).to_owned()))
    .to_vec();
    report.fallbacks.clone_from(&found.fallbacks);
    report.problems.clone_from(&found.refusals);
}
