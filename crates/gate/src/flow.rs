//! A flow: one configured gate with everything that its runs share.

use lakegate_core::ids::FlowName;
use lakegate_core::machine::OnExpiry;
use lakegate_core::object::Zone;
use lakegate_core::policy::Policy;
use lakegate_core::suppression::Suppression;
use lakegate_scan::Inspector;
use lakegate_store::Bucket;
use std::sync::Arc;

/// The four places of a flow.
#[derive(Clone)]
pub struct Zones {
    /// Where objects land.
    pub raw: Arc<dyn Bucket>,
    /// Where they are inspected.
    pub scan_stage: Arc<dyn Bucket>,
    /// Where they wait for a decision.
    pub manual_review: Arc<dyn Bucket>,
    /// Where they are released to.
    pub scanned_data: Arc<dyn Bucket>,
}

impl Zones {
    /// The bucket that plays a zone's role.
    pub fn bucket(&self, zone: Zone) -> &Arc<dyn Bucket> {
        match zone {
            Zone::Raw => &self.raw,
            Zone::ScanStage => &self.scan_stage,
            Zone::ManualReview => &self.manual_review,
            Zone::ScannedData => &self.scanned_data,
        }
    }
}

/// How a flow goes about its work. Every field has a default that runs.
#[derive(Clone, Debug)]
pub struct FlowSettings {
    /// An object must have been unchanged for this long to have landed. 0 where objects appear whole
    /// (S3).
    pub settle_ms: u64,
    /// Objects in one shard, at most.
    pub shard_objects_max: usize,
    /// A shard is cut when it has this many bytes.
    pub shard_bytes_max: u64,
    /// Objects that one listing call claims, at most; they are in memory together.
    pub page_objects_max: usize,
    /// Shards in flight at once.
    pub lanes: u32,
    /// Objects of one shard that are moved at once.
    pub transfers_at_once: usize,
    /// Objects of one shard that are inspected at once.
    pub inspections_at_once: usize,
    /// How long a review may take.
    pub review_expires_after_s: u64,
    /// When to remind, after the review opened, in rising order.
    pub remind_after_s: Vec<u64>,
    /// How many reminders follow after expiry.
    pub reminders_after_expiry: u32,
    /// What happens to what nobody decided on.
    pub on_expiry: OnExpiry,
    /// How long denied objects are kept; 0 deletes them at once.
    pub trash_retention_s: u64,
    /// How often a failing step is tried, the first time included.
    pub attempts_max: u32,
    /// How long to wait before the second attempt; doubles each time.
    pub retry_first_ms: u64,
    /// The longest wait between two attempts.
    pub retry_max_ms: u64,
}

impl Default for FlowSettings {
    fn default() -> Self {
        const DAY_S: u64 = 24 * 60 * 60;
        Self {
            settle_ms: 1_000,
            shard_objects_max: 500,
            shard_bytes_max: 256 * 1024 * 1024,
            page_objects_max: 5_000,
            lanes: 2,
            transfers_at_once: 16,
            inspections_at_once: 4,
            review_expires_after_s: 5 * DAY_S,
            remind_after_s: vec![5 * DAY_S / 2, 4 * DAY_S, 5 * DAY_S * 95 / 100],
            reminders_after_expiry: 10,
            on_expiry: OnExpiry::Hold,
            trash_retention_s: 7 * DAY_S,
            attempts_max: 5,
            retry_first_ms: 500,
            retry_max_ms: 30_000,
        }
    }
}

/// One configured gate.
pub struct Flow {
    /// Its name.
    pub name: FlowName,
    /// Its places.
    pub zones: Zones,
    /// What verdicts lead to.
    pub policy: Policy,
    /// Which findings are archived.
    pub suppression: Suppression,
    /// What looks at the objects.
    pub inspector: Arc<Inspector>,
    /// How it goes about it.
    pub settings: FlowSettings,
}
