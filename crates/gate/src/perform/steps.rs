//! What all moves of a shard have in common: many objects at once, then the ledger, then the deletes.

use super::{ACTOR, Failure, Work};
use futures_util::StreamExt;
use lakegate_core::ids::PassageId;
use lakegate_core::object::{OWN_TAGS, Tags, Zone};
use lakegate_core::passage::PassageState;
use lakegate_ledger::{Changes, Passage, Pending, PendingDelete, Place, Reason, Transition};
use lakegate_store::{ErrorKind, SourceAfter, Transferred};

/// What came of one object's part of a call.
pub(crate) enum Step {
    /// It got further.
    Done(Box<Transition>),
    /// It did not, and trying again may help.
    Later(lakegate_store::Error),
}

/// A transition that records a verified move to `zone`, and what is left to delete. What was left of
/// an earlier move must be deleted by now: the ledger has room for one.
pub(crate) fn moved(
    passage: &Passage,
    to: PassageState,
    cause: &str,
    zone: Zone,
    key: String,
    transferred: Transferred,
) -> Transition {
    let pending = match (transferred.source, &passage.place) {
        (SourceAfter::Gone, _) => passage.source_pending.is_some().then_some(Pending::Cleared),
        (SourceAfter::Remains, Some(place)) => {
            let object = place.object.clone();
            Some(Pending::Set(PendingDelete { zone: place.zone, object }))
        }
        (SourceAfter::Remains, None) => {
            let object = passage.source.clone();
            Some(Pending::Set(PendingDelete { zone: Zone::Raw, object }))
        }
    };
    let notes = transferred.notes;
    Transition {
        passage: passage.id.clone(),
        from: passage.state,
        to,
        cause: cause.to_owned(),
        detail: (!notes.is_empty()).then(|| notes.join("; ")),
        changes: Changes {
            place: Some(Place { zone, key, object: transferred.object }),
            source_pending: pending,
            ..Changes::default()
        },
    }
}

/// A transition to `failed`: the object stays where it is, for an operator.
pub(crate) fn failed(passage: &Passage, code: &str, message: String) -> Transition {
    Transition {
        passage: passage.id.clone(),
        from: passage.state,
        to: PassageState::Failed,
        cause: code.to_owned(),
        detail: Some(message.clone()),
        changes: Changes {
            reason: Some(Reason { code: code.to_owned(), message }),
            ..Changes::default()
        },
    }
}

/// What a bucket's error means for an object: later, while attempts are left and it may help; else failed.
pub(crate) fn stopped(passage: &Passage, error: lakegate_store::Error, work: &Work<'_>) -> Step {
    if error.is_retryable() && !work.last_attempt {
        return Step::Later(error);
    }
    let code = match error.kind {
        ErrorKind::NotFound => "OBJECT_VANISHED",
        ErrorKind::Changed => "OBJECT_CHANGED",
        ErrorKind::Collision => "KEY_COLLISION",
        kind => kind.code(),
    };
    Step::Done(Box::new(failed(passage, code, sentence(&error))))
}

/// An error and its causes in one line.
pub(crate) fn sentence(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}

/// The producer's tags with ours merged in.
pub(crate) fn merged(producer: &Tags, own: &[(&str, &str)]) -> Tags {
    let mut tags = producer.clone();
    tags.retain(|name, _| !OWN_TAGS.contains(&name.as_str()));
    for (name, value) in own {
        tags.insert((*name).to_owned(), (*value).to_owned());
    }
    tags
}

/// Runs futures, `limit` of them at once, and answers in their order. A shard bounds how many there are.
pub(crate) async fn at_once<F: Future>(limit: usize, futures: Vec<F>) -> Vec<F::Output> {
    futures_util::stream::iter(futures).buffered(limit.max(1)).collect().await
}

/// Records the steps of one call: moves made durable, then the ledger, then the sources deleted.
/// Fails with `Retry` when any object is left for later.
pub(crate) async fn settle(
    steps: Vec<Step>,
    zones: &[Zone],
    work: &Work<'_>,
) -> Result<Vec<Transition>, Failure> {
    let mut transitions = Vec::with_capacity(steps.len());
    let mut later = None;
    for step in steps {
        match step {
            Step::Done(transition) => transitions.push(*transition),
            Step::Later(error) => later = Some(error),
        }
    }
    for zone in zones {
        work.flow.zones.bucket(*zone).sync().await.map_err(Failure::Retry)?;
    }
    record(&transitions, work).await?;
    let pending: Vec<_> = transitions
        .iter()
        .filter_map(|t| match &t.changes.source_pending {
            Some(Pending::Set(delete)) => Some((t.passage.clone(), t.to, delete.clone())),
            _ => None,
        })
        .collect();
    delete_sources(pending, work).await?;
    match later {
        Some(error) => Err(Failure::Retry(error)),
        None => Ok(transitions),
    }
}

/// Writes transitions down. One that meets a passage in another state than it should be is a sign of
/// two executions at the same time: the first one's word stands.
pub(crate) async fn record(transitions: &[Transition], work: &Work<'_>) -> Result<(), Failure> {
    let results = work.ledger.transition(transitions, work.clock.now_ms(), ACTOR).await?;
    for (transition, result) in transitions.iter().zip(&results) {
        if !result.holds() {
            tracing::warn!(passage = %transition.passage, to = %transition.to, ?result, "step not recorded");
        }
    }
    Ok(())
}

/// Deletes sources whose copies the ledger knows. What can not be deleted stays noted as pending: it
/// does no harm, and the sweep at the run's end and the reconciler come back to it.
pub(crate) async fn delete_sources(
    pending: Vec<(PassageId, PassageState, PendingDelete)>,
    work: &Work<'_>,
) -> Result<(), Failure> {
    let deletes = pending.into_iter().map(|(passage, state, delete)| async move {
        let bucket = work.flow.zones.bucket(delete.zone);
        let cause = match bucket.delete(&delete.object).await {
            Ok(()) => "source_deleted",
            // The bytes that were copied are no longer there; what stands there now is another
            // object, which lands in its own right.
            Err(error) if error.kind == ErrorKind::Changed => "source_replaced_meanwhile",
            Err(error) => {
                tracing::warn!(passage = %passage, code = error.kind.code(), "source not deleted yet");
                return None;
            }
        };
        Some(Transition {
            passage,
            from: state,
            to: state,
            cause: cause.to_owned(),
            detail: None,
            changes: Changes { source_pending: Some(Pending::Cleared), ..Changes::default() },
        })
    });
    let limit = work.flow.settings.transfers_at_once;
    let cleared: Vec<Transition> =
        at_once(limit, deletes.collect()).await.into_iter().flatten().collect();
    if !cleared.is_empty() {
        for zone in [Zone::Raw, Zone::ScanStage, Zone::ManualReview] {
            work.flow.zones.bucket(zone).sync().await.map_err(Failure::Retry)?;
        }
        record(&cleared, work).await?;
    }
    Ok(())
}
