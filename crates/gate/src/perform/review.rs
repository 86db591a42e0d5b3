//! The review of a run: opened with a notice, reminded of, expired, closed.
//!
//! Expiry never releases anything: undecided objects stay held, or are denied where the operator has
//! written that down.

use super::apply;
use super::steps::{failed, record};
use super::{ACTOR, Failure, Work};
use crate::notice::{NoticeKind, notice, notice_id};
use lakegate_core::ids::{ReviewId, RunId};
use lakegate_core::machine::{CallOut, OnExpiry};
use lakegate_core::passage::{DecisionKind, PassageState};
use lakegate_ledger::{Changes, NewDecision, NewReview, PassageQuery, Transition};

/// Passages handled between two looks at the ledger.
const BATCH_MAX: u32 = 500;

/// Batches that one call handles: an upper bound.
const BATCHES_MAX: usize = 10_000;

/// Who denies at expiry.
const EXPIRY_ACTOR: &str = "policy:on_expiry";

/// The id of a run's review.
pub(crate) fn review_id(run: &RunId) -> ReviewId {
    ReviewId::new(format!("rev-{}", run.as_str().trim_start_matches("run-")))
}

pub(super) async fn open(work: &Work<'_>) -> Result<CallOut, Failure> {
    // All shards are through. What a failed call left on its way must not wait for the review's end.
    fail_the_rest(work).await?;
    let Some(run) = work.ledger.run(work.run).await? else {
        return Ok(CallOut::ReviewOpened { held: 0 });
    };
    let held = run.counts.undecided();
    if held > 0 {
        let now_ms = work.clock.now_ms();
        let after_ms = run.params.review_expires_after_s.saturating_mul(1_000);
        let review = NewReview {
            id: review_id(work.run),
            run: work.run.clone(),
            flow: work.flow.name.clone(),
            opened_ms: now_ms,
            expires_ms: now_ms.saturating_add(i64::try_from(after_ms).unwrap_or(i64::MAX)),
        };
        let message = notice(NoticeKind::Opened, "opened", work.run, &review.id, now_ms);
        work.ledger.open_review(review, Some(message)).await?;
    }
    Ok(CallOut::ReviewOpened { held })
}

pub(super) async fn remind(work: &Work<'_>) -> Result<CallOut, Failure> {
    let review = review_id(work.run);
    let name = format!("reminder-{}", work.call.0);
    let own_id = notice_id(&review, &name);
    let messages = work.ledger.messages_of_review(&review).await?;
    let others = messages.iter().filter(|m| m.kind == NoticeKind::REMINDER && m.id != own_id);
    let nth = u32::try_from(others.count()).unwrap_or(u32::MAX).saturating_add(1);
    let kind = NoticeKind::Reminder { nth };
    let message = notice(kind, &name, work.run, &review, work.clock.now_ms());
    work.ledger.enqueue(message).await?;
    Ok(CallOut::Noted)
}

pub(super) async fn expire(work: &Work<'_>) -> Result<CallOut, Failure> {
    let on_expiry = work.ledger.run(work.run).await?.map(|run| run.params.on_expiry);
    match on_expiry {
        Some(OnExpiry::Deny) => deny_undecided(work).await?,
        Some(OnExpiry::Hold) | None => mark_expired(work).await?,
    }
    apply::apply(work).await
}

async fn mark_expired(work: &Work<'_>) -> Result<(), Failure> {
    for _ in 0..BATCHES_MAX {
        let held = work.ledger.passages(&undecided(work, vec![PassageState::Held])).await?;
        if held.is_empty() {
            break;
        }
        let transitions: Vec<Transition> = held
            .iter()
            .map(|passage| Transition {
                passage: passage.id.clone(),
                from: PassageState::Held,
                to: PassageState::Expired,
                cause: "expired".to_owned(),
                detail: None,
                changes: Changes::default(),
            })
            .collect();
        record(&transitions, work).await?;
    }
    let review = review_id(work.run);
    let now_ms = work.clock.now_ms();
    let message = notice(NoticeKind::Expired, "expired", work.run, &review, now_ms);
    work.ledger.enqueue(message).await?;
    Ok(())
}

async fn deny_undecided(work: &Work<'_>) -> Result<(), Failure> {
    let mut query = undecided(work, vec![PassageState::Held, PassageState::Expired]);
    for _ in 0..BATCHES_MAX {
        let held = work.ledger.passages(&query).await?;
        let Some(last) = held.last() else { break };
        query.after = Some(last.id.clone());
        let decisions: Vec<NewDecision> = held
            .into_iter()
            .map(|passage| NewDecision {
                id: format!("expiry-{}", passage.id),
                passage: passage.id,
                kind: DecisionKind::Deny,
                content_hash: passage.content_hash,
                actor: EXPIRY_ACTOR.to_owned(),
                reason: "nobody decided in time; on_expiry = \"deny\" is configured".to_owned(),
                at_ms: work.clock.now_ms(),
            })
            .collect();
        // What somebody decided meanwhile keeps that decision.
        work.ledger.decide(&decisions).await?;
    }
    Ok(())
}

fn undecided(work: &Work<'_>, states: Vec<PassageState>) -> PassageQuery {
    PassageQuery {
        run: Some(work.run.clone()),
        states,
        limit: BATCH_MAX,
        ..PassageQuery::default()
    }
}

pub(super) async fn close(work: &Work<'_>) -> Result<CallOut, Failure> {
    fail_the_rest(work).await?;
    work.ledger.close_review(&review_id(work.run), work.clock.now_ms()).await?;
    // What can not be deleted now is housekeeping's; the review must not stay open for it.
    match apply::sweep(work).await {
        Err(Failure::Retry(error)) => {
            tracing::warn!(run = %work.run, code = error.kind.code(), "sources not deleted yet");
        }
        swept => swept?,
    }
    let failed = work.ledger.run(work.run).await?;
    let failed = failed.map_or(0, |run| run.counts.in_state(PassageState::Failed));
    if failed > 0 {
        tracing::error!(run = %work.run, failed, "objects failed and need an operator");
    }
    let (detail, now_ms) = (serde_json::json!({}), work.clock.now_ms());
    work.ledger.note(ACTOR, "run.closing", Some(work.run), None, &detail, now_ms).await?;
    Ok(CallOut::Noted)
}

/// What a cancelled run or a failed call left on the way is failed where it stands.
async fn fail_the_rest(work: &Work<'_>) -> Result<(), Failure> {
    let states = vec![PassageState::Claimed, PassageState::Staged, PassageState::Scanned];
    for _ in 0..BATCHES_MAX {
        let left = work.ledger.passages(&undecided(work, states.clone())).await?;
        if left.is_empty() {
            break;
        }
        let message = "the run ended before the object got further";
        let transitions: Vec<Transition> =
            left.iter().map(|p| failed(p, "RUN_ENDED", message.to_owned())).collect();
        record(&transitions, work).await?;
    }
    Ok(())
}
