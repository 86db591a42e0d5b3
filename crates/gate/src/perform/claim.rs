//! Claim: the ledger takes ownership of what has landed. Nothing is moved yet.

use super::{ACTOR, Failure, Work};
use lakegate_core::ids::PassageId;
use lakegate_core::machine::CallOut;
use lakegate_core::object::ObjectRef;
use lakegate_ledger::{ClaimPosition, Instance, NewPassage};
use lakegate_store::{ListPage, Skipped};
use std::time::Duration;

/// Objects asked of the store in one listing request.
const LIST_REQUEST_MAX: usize = 1_000;

/// Names of skipped entries that one audit row tells of.
const SKIPPED_NAMES_MAX: usize = 20;

/// Requests that one page of claiming may make: an upper bound for listings that return little.
const LIST_REQUESTS_MAX: usize = 10_000;

pub(super) async fn claim(page: u32, first: u32, work: &Work<'_>) -> Result<CallOut, Failure> {
    let after = match work.ledger.claim_position(work.run, page).await? {
        ClaimPosition::Done(out) => return Ok(out),
        ClaimPosition::StartAfter(after) => after,
    };
    let listed = list(after, work).await?;
    note_skipped(&listed.skipped, work).await?;
    let objects = unowned(settled(listed.objects, work).await?, work).await?;
    let passages = into_shards(objects, first, work);
    let shards = passages.last().map_or(0, |p| p.shard - first + 1);
    let out = CallOut::Claimed {
        shards,
        objects: passages.len() as u64,
        bytes: passages.iter().map(|p| p.source.size_bytes).sum(),
        last: listed.next.is_none(),
    };
    let now_ms = work.clock.now_ms();
    let next = listed.next.as_deref();
    let out = work.ledger.claim(work.run, page, &out, next, &passages, now_ms).await?;
    work.progress.claimed(passages.len() as u64);
    Ok(out)
}

/// Up to a page of what stands in `raw`.
async fn list(after: Option<String>, work: &Work<'_>) -> Result<ListPage, Failure> {
    let room = work.flow.settings.page_objects_max.max(1);
    let mut page = ListPage { next: after, ..ListPage::default() };
    for _ in 0..LIST_REQUESTS_MAX {
        let limit = LIST_REQUEST_MAX.min(room - page.objects.len());
        let part = work
            .flow
            .zones
            .raw
            .list("", page.next.as_deref(), limit)
            .await
            .map_err(Failure::Retry)?;
        page.objects.extend(part.objects);
        page.skipped.extend(part.skipped);
        page.next = part.next;
        if page.next.is_none() || page.objects.len() >= room {
            break;
        }
    }
    Ok(page)
}

/// What has been unchanged for the settle time. What has not is given that time, once.
async fn settled(objects: Vec<ObjectRef>, work: &Work<'_>) -> Result<Vec<ObjectRef>, Failure> {
    let settle_ms = i64::try_from(work.flow.settings.settle_ms).unwrap_or(i64::MAX);
    let now_ms = work.clock.now_ms();
    let (mut still, fresh): (Vec<_>, Vec<_>) =
        objects.into_iter().partition(|o| o.modified_ms.saturating_add(settle_ms) <= now_ms);
    if fresh.is_empty() {
        return Ok(still);
    }
    tokio::time::sleep(Duration::from_millis(work.flow.settings.settle_ms)).await;
    for object in fresh {
        match work.flow.zones.raw.head(&object.key).await {
            Ok(head) if is_untouched(&object, &head.object) => still.push(object),
            // Still being written, or gone again: the next run sees what has become of it.
            Ok(_) => {}
            Err(error) if error.is_retryable() => return Err(Failure::Retry(error)),
            Err(_) => {}
        }
    }
    still.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(still)
}

/// Whether nothing was written since, not even the same bytes again. A listing names no version.
fn is_untouched(listed: &ObjectRef, now: &ObjectRef) -> bool {
    listed.is_same_instance(now) && listed.modified_ms == now.modified_ms
}

/// Without the objects that another run owns already and has not yet taken out of `raw`.
async fn unowned(objects: Vec<ObjectRef>, work: &Work<'_>) -> Result<Vec<ObjectRef>, Failure> {
    let keys: Vec<String> = objects.iter().map(|o| o.key.clone()).collect();
    let owned = work.ledger.in_flight(&work.flow.name, work.run, &keys).await?;
    let instance = |o: &ObjectRef| Instance {
        key: o.key.clone(),
        etag: o.etag.clone(),
        version: o.version.clone(),
    };
    Ok(objects.into_iter().filter(|o| !owned.contains(&instance(o))).collect())
}

fn into_shards(objects: Vec<ObjectRef>, first: u32, work: &Work<'_>) -> Vec<NewPassage> {
    let now_ms = work.clock.now_ms();
    let (mut shard, mut count, mut bytes) = (first, 0, 0u64);
    objects
        .into_iter()
        .map(|source| {
            let settings = &work.flow.settings;
            let full = count >= settings.shard_objects_max.max(1);
            let heavy = count > 0 && bytes + source.size_bytes > settings.shard_bytes_max;
            if full || heavy {
                shard += 1;
                (count, bytes) = (0, 0);
            }
            count += 1;
            bytes += source.size_bytes;
            let id = PassageId::new(work.entropy.id("obj", now_ms));
            NewPassage { id, shard, key: source.key.clone(), source }
        })
        .collect()
}

async fn note_skipped(skipped: &[Skipped], work: &Work<'_>) -> Result<(), Failure> {
    if skipped.is_empty() {
        return Ok(());
    }
    tracing::warn!(run = %work.run, count = skipped.len(), "entries in raw are no objects");
    let named: Vec<_> = skipped
        .iter()
        .take(SKIPPED_NAMES_MAX)
        .map(|s| serde_json::json!({ "name": s.name, "reason": s.reason }))
        .collect();
    let detail = serde_json::json!({ "count": skipped.len(), "entries": named });
    let now_ms = work.clock.now_ms();
    work.ledger.note(ACTOR, "raw_skipped", Some(work.run), None, &detail, now_ms).await?;
    Ok(())
}
