//! Scan: a shard's staged objects are inspected, each gets a verdict bound to its content hash.

use super::steps::{Step, at_once, failed, sentence, settle};
use super::{Failure, Work};
use lakegate_core::coverage::{Coverage, CoverageStatus, Gap};
use lakegate_core::finding;
use lakegate_core::machine::CallOut;
use lakegate_core::passage::PassageState;
use lakegate_core::policy::Facts;
use lakegate_core::verdict::Verdict;
use lakegate_ledger::{Changes, Inspection, Passage, Place, Ruling, Transition};
use lakegate_scan::{Error, Inspected};
use lakegate_store::ErrorKind;

pub(super) async fn scan(shard: u32, work: &Work<'_>) -> Result<CallOut, Failure> {
    let staged = work.ledger.shard(work.run, shard, &[PassageState::Staged]).await?;
    let limit = work.flow.settings.inspections_at_once;
    let futures = staged.iter().map(|passage| scan_one(passage, work)).collect();
    let steps = at_once(limit, futures).await;
    settle(steps, &[], work).await?;
    Ok(CallOut::Passed)
}

async fn scan_one(passage: &Passage, work: &Work<'_>) -> Step {
    let Some(place) = &passage.place else {
        return done(failed(passage, "OBJECT_VANISHED", "the ledger has no place for it".into()));
    };
    let step = match inspect(passage, place, work).await {
        Ok(inspected) => done(concluded(passage, inspected, work)),
        Err(Error::Read(error)) if error.is_retryable() && !work.last_attempt => {
            return Step::Later(error);
        }
        Err(Error::Read(error))
            if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Changed) =>
        {
            done(failed(passage, "STAGE_OBJECT_CHANGED", sentence(&error)))
        }
        Err(error) => done(inconclusive(passage, error.code(), sentence(&error), work)),
    };
    work.progress.scanned(1, place.object.size_bytes);
    step
}

async fn inspect(passage: &Passage, place: &Place, work: &Work<'_>) -> Result<Inspected, Error> {
    let bucket = work.flow.zones.bucket(place.zone);
    let body = bucket.read(&place.object).await.map_err(Error::Read)?;
    let inspected = work.flow.inspector.inspect(&passage.key, body).await?;
    // A store that ends a body early without an error must not make an object look clean.
    if inspected.coverage.bytes_total != place.object.size_bytes {
        return Err(Error::Broken);
    }
    Ok(inspected)
}

fn done(transition: Transition) -> Step {
    Step::Done(Box::new(transition))
}

fn concluded(passage: &Passage, inspected: Inspected, work: &Work<'_>) -> Transition {
    let severity = finding::severity(&inspected.detections);
    let inspection = Inspection {
        verdict: inspected.verdict,
        content_hash: Some(inspected.content_hash),
        coverage: Some(inspected.coverage),
        detections: inspected.detections,
        ruleset: work.flow.inspector.ruleset().to_owned(),
        severity,
        archived_by: None,
    };
    scanned(passage, inspection, work)
}

/// A transition to `scanned` with the verdict `FAILED`: Lakegate could not do its work on the object.
pub(super) fn inconclusive(
    passage: &Passage,
    code: &str,
    detail: String,
    work: &Work<'_>,
) -> Transition {
    let coverage = Coverage {
        status: CoverageStatus::Skipped,
        mime_type: "application/octet-stream".into(),
        encoding: None,
        bytes_inspected: 0,
        bytes_total: passage.source.size_bytes,
        units_inspected: 0,
        rows: None,
        pages: None,
        members: None,
        gaps: vec![Gap { code: code.to_owned(), detail }],
        notes: Vec::new(),
    };
    let inspection = Inspection {
        verdict: Verdict::Failed,
        content_hash: None,
        coverage: Some(coverage),
        detections: Vec::new(),
        ruleset: work.flow.inspector.ruleset().to_owned(),
        severity: None,
        archived_by: None,
    };
    scanned(passage, inspection, work)
}

/// The verdict, and with it whether its finding is archived and what the policy says of the object: the
/// intent of the move that follows.
fn scanned(passage: &Passage, mut inspection: Inspection, work: &Work<'_>) -> Transition {
    let facts = Facts {
        verdict: inspection.verdict,
        detections: &inspection.detections,
        key: &passage.key,
        size_bytes: passage.source.size_bytes,
        tags: &passage.producer_tags,
        source: work.flow.name.as_str(),
    };
    let archived_by = work.flow.suppression.archives(&facts).map(str::to_owned);
    let ruling = work.flow.policy.rule(&facts, archived_by.is_some());
    inspection.archived_by = archived_by;
    let ruled = Ruling { action: ruling.action.as_str().to_owned(), rule: ruling.rule };
    Transition {
        passage: passage.id.clone(),
        from: passage.state,
        to: PassageState::Scanned,
        cause: inspection.verdict.as_str().to_owned(),
        detail: ruling.overruled,
        changes: Changes {
            inspection: Some(inspection),
            ruling: Some(ruled),
            ..Changes::default()
        },
    }
}
