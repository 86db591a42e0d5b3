//! Apply: what people decided is carried out, object by object.
//!
//! A decision is about exactly the bytes that the decider saw. Before an approved object moves, its
//! bytes are read and hashed once more; what no longer fits is refused and stays held.

use super::route::{deny, move_to};
use super::steps::{at_once, delete_sources, sentence};
use super::{Failure, Work};
use futures_util::StreamExt;
use lakegate_core::hash::ContentHash;
use lakegate_core::machine::CallOut;
use lakegate_core::object::Zone;
use lakegate_core::passage::{DecisionKind, PassageState};
use lakegate_ledger::{Decision, DecisionOutcome, Passage, Pending, Place, Transition};
use lakegate_store::{Error, ErrorKind};
use std::collections::BTreeMap;

/// Decisions carried out between two looks at the ledger.
const BATCH_MAX: u32 = 500;

/// Batches that one call carries out: an upper bound.
const BATCHES_MAX: usize = 10_000;

/// What came of one decision.
enum Carried {
    Out(Box<Transition>),
    Not(DecisionOutcome),
    Later(Error),
}

pub(super) async fn apply(work: &Work<'_>) -> Result<CallOut, Failure> {
    sweep(work).await?;
    let mut counts = Counts::default();
    for _ in 0..BATCHES_MAX {
        let decisions = work.ledger.pending_decisions(work.run, BATCH_MAX).await?;
        if decisions.is_empty() {
            break;
        }
        batch(decisions, work, &mut counts).await?;
    }
    let undecided = work.ledger.run(work.run).await?.map_or(0, |run| run.counts.undecided());
    Ok(CallOut::Moved {
        released: counts.released,
        held: undecided,
        denied: counts.denied,
        failed: counts.failed,
    })
}

#[derive(Default)]
struct Counts {
    released: u64,
    denied: u64,
    failed: u64,
}

async fn batch(
    decisions: Vec<Decision>,
    work: &Work<'_>,
    counts: &mut Counts,
) -> Result<(), Failure> {
    let limit = work.flow.settings.transfers_at_once;
    let futures = decisions.iter().map(|decision| carry_out(decision, work)).collect();
    let carried: Vec<Carried> =
        at_once(limit, futures).await.into_iter().collect::<Result<_, _>>()?;
    for zone in [Zone::ScannedData, Zone::ManualReview] {
        work.flow.zones.bucket(zone).sync().await.map_err(Failure::Retry)?;
    }
    let mut later = None;
    let mut by_actor: BTreeMap<String, Vec<(Transition, String, DecisionOutcome)>> =
        BTreeMap::new();
    for (decision, carried) in decisions.into_iter().zip(carried) {
        match carried {
            Carried::Out(transition) => {
                match transition.to {
                    PassageState::Released => counts.released += 1,
                    _ => counts.denied += 1,
                }
                let step = (*transition, decision.id, DecisionOutcome::Applied);
                by_actor.entry(decision.actor).or_default().push(step);
            }
            Carried::Not(outcome) => {
                counts.failed += 1;
                let now_ms = work.clock.now_ms();
                work.ledger.conclude_decision(&decision.id, &outcome, now_ms).await?;
            }
            Carried::Later(error) => later = Some(error),
        }
    }
    for (actor, steps) in by_actor {
        work.ledger.transition_deciding(&steps, work.clock.now_ms(), &actor).await?;
        let pending = steps.iter().filter_map(|(t, ..)| match &t.changes.source_pending {
            Some(Pending::Set(delete)) => Some((t.passage.clone(), t.to, delete.clone())),
            _ => None,
        });
        delete_sources(pending.collect(), work).await?;
    }
    match later {
        Some(error) => Err(Failure::Retry(error)),
        None => Ok(()),
    }
}

async fn carry_out(
    decision: &Decision,
    work: &Work<'_>,
) -> Result<Carried, lakegate_ledger::Error> {
    let Some(passage) = work.ledger.passage(&decision.passage).await? else {
        return Ok(refused("GATE_NO_SUCH_OBJECT", "the object is not in the ledger"));
    };
    if !matches!(passage.state, PassageState::Held | PassageState::Expired) {
        return Ok(refused("GATE_NOT_HELD", "the object is no longer held"));
    }
    let result = match decision.kind {
        DecisionKind::Approve => approve(decision, &passage, work).await,
        DecisionKind::Deny => {
            deny(&passage, work).await.map(|transition| Carried::Out(Box::new(transition)))
        }
        DecisionKind::Redact => {
            Ok(refused("GATE_REDACT_UNSUPPORTED", "this version can not redact"))
        }
    };
    Ok(result.unwrap_or_else(|error| {
        if !tells_the_outcome(&error) {
            return Carried::Later(error);
        }
        let code = error.kind.code().to_owned();
        Carried::Not(DecisionOutcome::Failed { code, message: sentence(&error) })
    }))
}

/// Whether an error says that the move has not happened, by this attempt or an earlier one whose reply
/// was lost. An outage does not, however long, nor do missing permissions: the decision stands then and
/// waits, since another one could contradict what is already done.
fn tells_the_outcome(error: &Error) -> bool {
    !error.is_retryable() && !matches!(error.kind, ErrorKind::Denied | ErrorKind::Unsupported)
}

fn refused(code: &str, message: &str) -> Carried {
    Carried::Not(DecisionOutcome::Refused { code: code.to_owned(), message: message.to_owned() })
}

async fn approve(
    decision: &Decision,
    passage: &Passage,
    work: &Work<'_>,
) -> Result<Carried, Error> {
    let (Some(judged), Some(place)) = (&passage.content_hash, &passage.place) else {
        let why = "its bytes were never read to their end: deny it, or let it land anew";
        return Ok(refused("GATE_NO_CONTENT_HASH", why));
    };
    if decision.content_hash.as_ref() != Some(judged) {
        return Ok(refused("GATE_OTHER_CONTENT", "the decision was about other bytes"));
    }
    // When an earlier execution has moved it already, there is nothing left to hash here, and the
    // transfer below recognises its own result.
    if let Some(now) = hash_now(place, work).await?
        && now != *judged
    {
        let why = "the bytes in manual-review are not those that were inspected";
        return Ok(refused("GATE_OBJECT_CHANGED", why));
    }
    let key = passage.key.clone();
    let zone = Zone::ScannedData;
    let transition = move_to(passage, zone, key, PassageState::Released, "approved", work).await?;
    Ok(Carried::Out(Box::new(transition)))
}

/// The hash of what is in the place now; `None` when nothing is.
async fn hash_now(place: &Place, work: &Work<'_>) -> Result<Option<ContentHash>, Error> {
    let bucket = work.flow.zones.bucket(place.zone);
    let mut body = match bucket.read(&place.object).await {
        Ok(body) => body,
        Err(error) if error.kind == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut hasher = blake3::Hasher::new();
    while let Some(chunk) = body.next().await {
        hasher.update(&chunk?);
    }
    Ok(Some(ContentHash::from_bytes(hasher.finalize().as_bytes())))
}

/// Deletes what earlier executions of this run moved and had no time to delete.
pub(super) async fn sweep(work: &Work<'_>) -> Result<(), Failure> {
    let mut pending = Vec::new();
    for (id, delete) in work.ledger.pending_deletes(Some(work.run), BATCH_MAX).await? {
        if let Some(passage) = work.ledger.passage(&id).await? {
            pending.push((id, passage.state, delete));
        }
    }
    delete_sources(pending, work).await
}
