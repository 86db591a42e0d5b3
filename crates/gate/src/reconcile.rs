//! The reconciler: compares what the ledger says with what the zones hold.
//!
//! It reports everything, and mends what can be mended without losing or releasing anything: tags that
//! differ from the ledger are set again, and failed objects go back to `raw` for the next run. An
//! object that the ledger does not know is reported and never touched.

use crate::error::Result;
use crate::flow::Flow;
use crate::gate::Gate;
use crate::perform::tags_of;
use lakegate_core::ids::FlowName;
use lakegate_core::object::{TAG_WORKFLOW_ID, Zone};
use lakegate_core::passage::PassageState;
use lakegate_ledger::{Changes, Passage, PassageQuery, Pending, PendingDelete, Place, Transition};
use lakegate_store::{ErrorKind, SourceAfter};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Passages looked at together.
const PASSAGES_MAX: u32 = 1_000;

/// Objects asked of a store in one request.
const LIST_MAX: usize = 1_000;

/// Differences that one report tells of; further ones are counted.
pub const DIFFERENCES_MAX: usize = 1_000;

/// Who mends, in the audit.
const ACTOR: &str = "lakegate:reconcile";

/// The kinds of difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DifferenceKind {
    /// The ledger has a place for it, and it is not there.
    Missing,
    /// What is there is not what the ledger knows.
    Replaced,
    /// Its tags are not what the ledger says.
    Tags,
    /// The ledger does not know it.
    Unknown,
    /// It failed on its way and is in nobody's hands.
    Failed,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// What kind.
    pub kind: DifferenceKind,
    /// The zone.
    pub zone: Zone,
    /// The key within the zone.
    pub key: String,
    /// The passage, where there is one.
    pub passage: Option<String>,
    /// Whether it is mended now.
    pub mended: bool,
    /// What was found, in words.
    pub detail: String,
}

/// What the reconciler found.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Reconciliation {
    /// Passages compared.
    pub passages: u64,
    /// Objects seen in the zones.
    pub objects: u64,
    /// Differences found, told of or not.
    pub differences_found: u64,
    /// The first of them.
    pub differences: Vec<Difference>,
}

impl Reconciliation {
    fn add(&mut self, difference: Difference) {
        self.differences_found += 1;
        if self.differences.len() < DIFFERENCES_MAX {
            self.differences.push(difference);
        }
    }
}

impl Gate {
    /// Compares a flow's zones with the ledger; with `mend`, sets right what can be.
    ///
    /// # Errors
    /// The ledger's, and those of a bucket that can not be listed.
    pub async fn reconcile(&self, flow: &FlowName, mend: bool) -> Result<Reconciliation> {
        let flow = self.flow(flow)?.clone();
        let mut report = Reconciliation::default();
        let mut known: BTreeMap<Zone, Vec<String>> = BTreeMap::new();
        let mut query = PassageQuery {
            flow: Some(flow.name.clone()),
            limit: PASSAGES_MAX,
            ..PassageQuery::default()
        };
        loop {
            let page = self.ledger().passages(&query).await?;
            let full = page.len() == PASSAGES_MAX as usize;
            query.after = page.last().map(|p| p.id.clone());
            for passage in page {
                report.passages += 1;
                if let Some(place) = &passage.place {
                    known.entry(place.zone).or_default().push(place.key.clone());
                    self.compare(&flow, &passage, place, mend, &mut report).await?;
                }
            }
            if !full {
                break;
            }
        }
        for zone in [Zone::ScanStage, Zone::ManualReview, Zone::ScannedData] {
            let mut keys = known.remove(&zone).unwrap_or_default();
            keys.sort();
            unknown_objects(&flow, zone, &keys, &mut report).await?;
        }
        Ok(report)
    }

    async fn compare(
        &self,
        flow: &Flow,
        passage: &Passage,
        place: &Place,
        mend: bool,
        report: &mut Reconciliation,
    ) -> Result<()> {
        let difference = |kind, mended, detail: String| Difference {
            kind,
            zone: place.zone,
            key: place.key.clone(),
            passage: Some(passage.id.to_string()),
            mended,
            detail,
        };
        if passage.state == PassageState::Failed {
            if place.zone == Zone::Raw {
                // It never left, or is back: it is a landing like any other.
                return Ok(());
            }
            let reason = passage.reason.as_ref().map_or("unknown", |r| r.code.as_str());
            let mended = mend && self.land_again(flow, passage, place).await?;
            report.add(difference(DifferenceKind::Failed, mended, reason.to_owned()));
            return Ok(());
        }
        // A pipeline may take what is released, and what is restored lands anew: neither is ours
        // any more.
        let ours = matches!(place.zone, Zone::ScanStage | Zone::ManualReview);
        let bucket = flow.zones.bucket(place.zone);
        let head = bucket.head(&place.key).await;
        // A run may have moved it on since its row was read.
        let now = self.ledger().passage(&passage.id).await?;
        if now.is_none_or(|now| now.place.as_ref() != Some(place)) {
            return Ok(());
        }
        match head {
            Ok(head) if head.object.etag != place.object.etag && ours => {
                let detail = "other bytes than the ledger knows".to_owned();
                report.add(difference(DifferenceKind::Replaced, false, detail));
            }
            Ok(head) if head.object.etag == place.object.etag && ours => {
                let (expected, _) = bucket.fitting_tags(&tags_of(passage));
                let found = match bucket.tags(&head.object).await {
                    Ok(found) => found,
                    Err(error) if error.kind == ErrorKind::Unsupported => return Ok(()),
                    Err(error) => return Err(error.into()),
                };
                if found != expected {
                    if mend {
                        bucket.set_tags(&head.object, &expected).await?;
                    }
                    let detail = "its tags differ from the ledger".to_owned();
                    report.add(difference(DifferenceKind::Tags, mend, detail));
                }
            }
            Ok(_) => {}
            Err(error) if error.kind == ErrorKind::NotFound && ours => {
                let detail = "nothing is there".to_owned();
                report.add(difference(DifferenceKind::Missing, false, detail));
            }
            Err(error) if error.kind == ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// Puts a failed object that is still in `scan-stage` back to `raw`, where the next run inspects it
    /// anew. Another object under its key there is left alone, and so is this one then.
    async fn land_again(&self, flow: &Flow, passage: &Passage, place: &Place) -> Result<bool> {
        if place.zone != Zone::ScanStage {
            return Ok(false);
        }
        let (stage, raw) = (&flow.zones.scan_stage, &flow.zones.raw);
        let mut tags = passage.producer_tags.clone();
        tags.insert(TAG_WORKFLOW_ID.to_owned(), passage.run.to_string());
        let moved = stage.transfer(&place.object, raw.as_ref(), &passage.key, &tags).await;
        let moved = match moved {
            Ok(moved) => moved,
            Err(error) => {
                tracing::warn!(passage = %passage.id, code = error.kind.code(), "not mended");
                return Ok(false);
            }
        };
        raw.sync().await?;
        stage.sync().await?;
        let pending = (moved.source == SourceAfter::Remains).then(|| {
            Pending::Set(PendingDelete { zone: place.zone, object: place.object.clone() })
        });
        let key = passage.key.clone();
        let transition = Transition {
            passage: passage.id.clone(),
            from: PassageState::Failed,
            to: PassageState::Failed,
            cause: "landed_again".to_owned(),
            detail: None,
            changes: Changes {
                place: Some(Place { zone: Zone::Raw, key, object: moved.object }),
                source_pending: pending,
                ..Changes::default()
            },
        };
        let now_ms = self.clock().now_ms();
        self.ledger().transition(&[transition], now_ms, ACTOR).await?;
        Ok(true)
    }
}

/// Objects that the ledger does not know. `known` is sorted.
async fn unknown_objects(
    flow: &Flow,
    zone: Zone,
    known: &[String],
    report: &mut Reconciliation,
) -> Result<()> {
    let mut after: Option<String> = None;
    loop {
        let page = flow.zones.bucket(zone).list("", after.as_deref(), LIST_MAX).await?;
        for object in page.objects {
            report.objects += 1;
            // What else a pipeline keeps in scanned-data is its own affair.
            if zone != Zone::ScannedData && known.binary_search(&object.key).is_err() {
                report.add(Difference {
                    kind: DifferenceKind::Unknown,
                    zone,
                    key: object.key,
                    passage: None,
                    mended: false,
                    detail: "the ledger does not know this object".to_owned(),
                });
            }
        }
        after = page.next;
        if after.is_none() {
            return Ok(());
        }
    }
}
