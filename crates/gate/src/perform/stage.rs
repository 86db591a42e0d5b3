//! Stage: a shard's objects go from `raw` to `scan-stage`, tagged with the run's id.

use super::steps::{Step, at_once, delete_sources, merged, moved, settle, stopped};
use super::{Failure, Work};
use crate::places;
use lakegate_core::machine::CallOut;
use lakegate_core::object::{TAG_WORKFLOW_ID, Tags, Zone};
use lakegate_core::passage::PassageState;
use lakegate_ledger::Passage;
use lakegate_store::{Error, ErrorKind};

pub(super) async fn stage(shard: u32, work: &Work<'_>) -> Result<CallOut, Failure> {
    // An earlier execution may have ended between the ledger and the deletes.
    let staged = work.ledger.shard(work.run, shard, &[PassageState::Staged]).await?;
    let pending = staged
        .into_iter()
        .filter_map(|p| p.source_pending.map(|delete| (p.id, p.state, delete)))
        .collect();
    delete_sources(pending, work).await?;

    let claimed = work.ledger.shard(work.run, shard, &[PassageState::Claimed]).await?;
    let limit = work.flow.settings.transfers_at_once;
    let futures = claimed.iter().map(|passage| stage_one(passage, work)).collect();
    let steps = at_once(limit, futures).await;
    let done = settle(steps, &[Zone::ScanStage, Zone::Raw], work).await?;
    work.progress.staged(done.len() as u64);
    Ok(CallOut::Passed)
}

async fn stage_one(passage: &Passage, work: &Work<'_>) -> Step {
    match transfer(passage, work).await {
        Ok(step) => step,
        Err(error) => stopped(passage, error, work),
    }
}

async fn transfer(passage: &Passage, work: &Work<'_>) -> Result<Step, Error> {
    let zones = &work.flow.zones;
    let key = places::under_run(work.run, &passage.key);
    let producer_tags = producer_tags(passage, &key, work).await?;
    let tags = merged(&producer_tags, &[(TAG_WORKFLOW_ID, work.run.as_str())]);
    let transferred =
        zones.raw.transfer(&passage.source, zones.scan_stage.as_ref(), &key, &tags).await?;
    let mut transition =
        moved(passage, PassageState::Staged, "staged", Zone::ScanStage, key, transferred);
    transition.changes.producer_tags = Some(producer_tags);
    Ok(Step::Done(Box::new(transition)))
}

/// The tags that the object landed with. When an earlier execution has moved it already, they are what
/// stands on the copy beside ours.
async fn producer_tags(passage: &Passage, key: &str, work: &Work<'_>) -> Result<Tags, Error> {
    match work.flow.zones.raw.tags(&passage.source).await {
        Ok(tags) => Ok(merged(&tags, &[])),
        Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Changed) => {
            let stage = &work.flow.zones.scan_stage;
            match stage.head(key).await {
                Ok(copy) => Ok(merged(&stage.tags(&copy.object).await?, &[])),
                Err(absent) if absent.kind == ErrorKind::NotFound => Err(error),
                Err(other) => Err(other),
            }
        }
        Err(error) if error.kind == ErrorKind::Unsupported => Ok(Tags::new()),
        Err(error) => Err(error),
    }
}
