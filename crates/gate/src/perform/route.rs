//! Route: verdict and policy send each object of a shard on.

use super::scan::inconclusive;
use super::steps::{
    Step, at_once, delete_sources, failed, merged, moved, record, sentence, settle, stopped,
};
use super::{Failure, Work};
use crate::places;
use lakegate_core::machine::CallOut;
use lakegate_core::object::{TAG_SENSITIVE_DATA_FOUND, TAG_VERDICT, TAG_WORKFLOW_ID, Tags, Zone};
use lakegate_core::passage::PassageState;
use lakegate_core::policy::Action;
use lakegate_core::verdict::Verdict;
use lakegate_ledger::{Changes, Passage, PendingDelete, Reason, Ruling, Transition};
use lakegate_store::{Error, ErrorKind};

/// Passes over a shard: what can not be released in the first is held in the second.
const PASSES: usize = 2;

pub(super) async fn route(shard: u32, work: &Work<'_>) -> Result<CallOut, Failure> {
    give_verdicts_to_the_rest(shard, work).await?;
    for _ in 0..PASSES {
        let passed = pass(shard, work).await;
        sweep(shard, work).await?;
        passed?;
    }
    counted(shard, work).await
}

async fn pass(shard: u32, work: &Work<'_>) -> Result<(), Failure> {
    let scanned = work.ledger.shard(work.run, shard, &[PassageState::Scanned]).await?;
    if scanned.is_empty() {
        return Ok(());
    }
    let limit = work.flow.settings.transfers_at_once;
    let futures = scanned.iter().map(|passage| route_one(passage, work)).collect();
    let steps = at_once(limit, futures).await;
    let zones = [Zone::ScannedData, Zone::ManualReview, Zone::ScanStage];
    let done = settle(steps, &zones, work).await?;
    work.progress.routed(done.iter().filter(|t| t.to != t.from).count() as u64);
    Ok(())
}

/// What an earlier call gave up on: an object that was not staged is failed where it stands, one that
/// was not inspected has the verdict `FAILED`.
async fn give_verdicts_to_the_rest(shard: u32, work: &Work<'_>) -> Result<(), Failure> {
    let states = [PassageState::Claimed, PassageState::Staged];
    let left = work.ledger.shard(work.run, shard, &states).await?;
    let message = || "the step before gave up on it".to_owned();
    let transitions: Vec<Transition> = left
        .iter()
        .map(|passage| match passage.state {
            PassageState::Claimed => failed(passage, "STAGE_FAILED", message()),
            _ => inconclusive(passage, "SCAN_FAILED", message(), work),
        })
        .collect();
    if !transitions.is_empty() {
        record(&transitions, work).await?;
    }
    Ok(())
}

/// What the policy said when the verdict was recorded. It keeps saying so, also when the rules have
/// changed since; no ruling, and one that can not be read, holds.
fn ruled(passage: &Passage) -> Action {
    let ruling = passage.ruling.as_ref();
    ruling.and_then(|ruling| Action::parse(&ruling.action)).unwrap_or(Action::Hold)
}

async fn route_one(passage: &Passage, work: &Work<'_>) -> Step {
    let result = match ruled(passage) {
        Action::Release => release(passage, work).await,
        Action::Hold => hold(passage, work).await,
        Action::Deny => deny(passage, work).await,
    };
    match result {
        Ok(transition) => Step::Done(Box::new(transition)),
        Err(error) => stopped(passage, error, work),
    }
}

/// The tags that an object bears once it has a verdict.
pub(crate) fn tags(passage: &Passage) -> Tags {
    let verdict = passage.verdict.unwrap_or(Verdict::Failed);
    let mut own = vec![(TAG_WORKFLOW_ID, passage.run.as_str()), (TAG_VERDICT, verdict.as_str())];
    if verdict == Verdict::Findings {
        own.push((TAG_SENSITIVE_DATA_FOUND, "true"));
    }
    merged(&passage.producer_tags, &own)
}

/// Moves an object from where it is to a key of another zone.
pub(super) async fn move_to(
    passage: &Passage,
    zone: Zone,
    key: String,
    to: PassageState,
    cause: &str,
    work: &Work<'_>,
) -> Result<Transition, Error> {
    let Some(place) = &passage.place else {
        return Err(Error {
            kind: ErrorKind::NotFound,
            operation: "move",
            location: zone.to_string(),
            key,
            message: "the ledger has no place for the object".into(),
            source: None,
        });
    };
    if let Some(left) = &passage.source_pending {
        delete_left(left, work).await?;
    }
    let source = work.flow.zones.bucket(place.zone);
    let destination = work.flow.zones.bucket(zone);
    let transferred =
        source.transfer(&place.object, destination.as_ref(), &key, &tags(passage)).await?;
    Ok(moved(passage, to, cause, zone, key, transferred))
}

/// Deletes what an earlier move left and could not delete. Until that is done the object goes no
/// further: it would stand in two places, and the ledger would know of one.
async fn delete_left(left: &PendingDelete, work: &Work<'_>) -> Result<(), Error> {
    let bucket = work.flow.zones.bucket(left.zone);
    match bucket.delete(&left.object).await {
        Err(error) if error.kind != ErrorKind::Changed => Err(error),
        _ => bucket.sync().await,
    }
}

async fn release(passage: &Passage, work: &Work<'_>) -> Result<Transition, Error> {
    let key = passage.key.clone();
    let zone = Zone::ScannedData;
    match move_to(passage, zone, key, PassageState::Released, "released", work).await {
        Err(error) if goes_to_review(&error, work) && !is_released(passage, &error, work).await => {
            Ok(to_be_held(passage, why_not_released(&error)))
        }
        other => other,
    }
}

/// What can not be released is put before the reviewers, who can see why: in the stage it would be in
/// nobody's hands. Only what changed or vanished is not, since its verdict is void.
fn goes_to_review(error: &Error, work: &Work<'_>) -> bool {
    !matches!(error.kind, ErrorKind::Changed | ErrorKind::NotFound)
        && (work.last_attempt || !error.is_retryable())
}

/// Whether the object may stand in `scanned-data` in spite of the error: the reply of an earlier
/// attempt may have been lost. It must not be put before the reviewers then, who could still deny it.
async fn is_released(passage: &Passage, error: &Error, work: &Work<'_>) -> bool {
    let looked_at_it = matches!(error.kind, ErrorKind::Collision | ErrorKind::KeyNotRepresentable);
    if looked_at_it {
        return false;
    }
    let there = work.flow.zones.scanned_data.head(&passage.key).await;
    !matches!(there, Err(absent) if absent.kind == ErrorKind::NotFound)
}

/// The intent to hold what was to be released. It is in the ledger before the object moves, so that a
/// later attempt does not release it after all.
fn to_be_held(passage: &Passage, reason: Reason) -> Transition {
    let rule = passage.ruling.as_ref().map_or_else(String::new, |ruling| ruling.rule.clone());
    Transition {
        passage: passage.id.clone(),
        from: passage.state,
        to: passage.state,
        cause: reason.code.clone(),
        detail: None,
        changes: Changes {
            ruling: Some(Ruling { action: Action::Hold.as_str().to_owned(), rule }),
            reason: Some(reason),
            ..Changes::default()
        },
    }
}

fn why_not_released(error: &Error) -> Reason {
    match error.kind {
        ErrorKind::Collision => Reason {
            code: "KEY_COLLISION".into(),
            message: "scanned-data already holds another object under this key".into(),
        },
        kind => Reason { code: kind.code().to_owned(), message: sentence(error) },
    }
}

async fn hold(passage: &Passage, work: &Work<'_>) -> Result<Transition, Error> {
    let key = places::under_run(work.run, &passage.key);
    let cause = passage.reason.as_ref().map_or("held", |reason| reason.code.as_str());
    move_to(passage, Zone::ManualReview, key, PassageState::Held, cause, work).await
}

/// To the trash. There the object waits for the end of its retention.
pub(super) async fn deny(passage: &Passage, work: &Work<'_>) -> Result<Transition, Error> {
    let key = places::in_trash(work.run, &passage.key);
    let zone = Zone::ManualReview;
    let mut transition = move_to(passage, zone, key, PassageState::Denied, "denied", work).await?;
    let retention_ms = work.flow.settings.trash_retention_s.saturating_mul(1_000);
    let retention_ms = i64::try_from(retention_ms).unwrap_or(i64::MAX);
    transition.changes.purge_after_ms = Some(work.clock.now_ms().saturating_add(retention_ms));
    Ok(transition)
}

/// Deletes what an earlier execution moved and had no time to delete.
async fn sweep(shard: u32, work: &Work<'_>) -> Result<(), Failure> {
    let states = [PassageState::Released, PassageState::Held, PassageState::Denied];
    let pending = work
        .ledger
        .shard(work.run, shard, &states)
        .await?
        .into_iter()
        .filter_map(|p| p.source_pending.map(|delete| (p.id, p.state, delete)))
        .collect();
    delete_sources(pending, work).await
}

async fn counted(shard: u32, work: &Work<'_>) -> Result<CallOut, Failure> {
    let all = work.ledger.shard(work.run, shard, &[]).await?;
    let count = |state| all.iter().filter(|p| p.state == state).count() as u64;
    Ok(CallOut::Moved {
        released: count(PassageState::Released),
        held: count(PassageState::Held),
        denied: count(PassageState::Denied),
        failed: count(PassageState::Failed),
    })
}
