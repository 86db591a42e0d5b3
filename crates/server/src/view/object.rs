//! An object, as it is answered with: in a list, and with its whole story.

use super::{DecisionView, PAGE_MAX, Result, decision, time};
use lakegate_core::coverage::{Coverage, CoverageStatus};
use lakegate_core::detection::Detection;
use lakegate_core::finding::occurrences_json;
use lakegate_core::ids::{FlowName, PassageId, RunId};
use lakegate_core::object::Tags;
use lakegate_core::passage::PassageState;
use lakegate_core::verdict::Verdict;
use lakegate_gate::{Error, Gate};
use lakegate_ledger::{Passage, PassageQuery};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Occurrences of one detection that a story tells of one by one.
const OCCURRENCES_MAX: usize = 100;

/// An object in one run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ObjectView {
    /// Its id: that of its way through the run.
    pub object: String,
    /// Its run.
    pub run: String,
    /// Its run's flow.
    pub flow: String,
    /// Its key.
    pub key: String,
    /// Its size in bytes.
    pub size_bytes: u64,
    /// `landed`, `claimed`, `staged`, `scanned`, `released`, `held`, `denied`, `redacted`, `expired` or
    /// `failed`.
    pub state: String,
    /// The zone where its bytes are; missing once they are deleted.
    pub zone: Option<String>,
    /// The key within that zone.
    pub place: Option<String>,
    /// `CLEAN`, `FINDINGS`, `PARTIAL`, `UNSCANNABLE` or `FAILED`.
    pub verdict: Option<String>,
    /// `Low`, `Medium` or `High`.
    pub severity: Option<String>,
    /// Whether a suppression rule archives its finding. It is held all the same, unless a policy rule
    /// asks for `archived`.
    pub archived: bool,
    /// The suppression rule that archives its finding.
    pub archived_by: Option<String>,
    /// BLAKE3 of the bytes that were inspected.
    pub content_hash: Option<String>,
    /// What was found, counted.
    pub detections: Vec<DetectionView>,
    /// How much was inspected.
    pub coverage: Option<CoverageView>,
    /// What the policy said: `release`, `hold` or `deny`.
    pub action: Option<String>,
    /// The policy rule that said so.
    pub rule: Option<String>,
    /// A stable code, where something stood in the way.
    pub code: Option<String>,
    /// A sentence, where something stood in the way.
    pub message: Option<String>,
    /// When it was claimed.
    pub claimed: String,
    /// When it last changed.
    pub updated: String,
    /// When its bytes may be deleted from the trash.
    pub purge_after: Option<String>,
}

/// One identifier seen in an object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DetectionView {
    /// The identifier's id.
    #[serde(rename = "type")]
    pub identifier: String,
    /// The identifier's name for people.
    pub name: String,
    /// Its category.
    pub category: String,
    /// Its severity.
    pub severity: String,
    /// How often it was seen.
    pub count: u64,
    /// Where, in the arrays of Macie's occurrences; in a story only.
    #[schema(value_type = Option<Object>)]
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub occurrences: Option<serde_json::Value>,
    /// The first places with what stands there, masked; in a story only.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub samples: Vec<OccurrenceView>,
}

/// One place where an identifier was seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OccurrenceView {
    /// Where: `kind` is `cell`, `record` or `lineRange`, and the rest as it fits.
    #[schema(value_type = Object)]
    pub location: serde_json::Value,
    /// What it looks like, with letters and digits masked.
    pub masked: String,
    /// Equal for equal values; nothing can be computed back from it.
    pub fingerprint: String,
}

/// How much of an object was inspected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CoverageView {
    /// `COMPLETE`, `PARTIAL` or `SKIPPED`.
    pub status: String,
    /// The type found by looking at the content.
    pub mime_type: String,
    /// The text encoding that was read.
    pub encoding: Option<String>,
    /// Bytes inspected.
    pub bytes_inspected: u64,
    /// Bytes that there are.
    pub bytes_total: u64,
    /// Rows, records or lines inspected.
    pub units_inspected: u64,
    /// Why something was not inspected.
    pub gaps: Vec<GapView>,
    /// What is worth knowing and took nothing from the coverage.
    pub notes: Vec<String>,
}

/// One reason why something was not inspected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GapView {
    /// A stable code.
    pub code: String,
    /// A sentence.
    pub detail: String,
}

/// Objects, a page of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ObjectPage {
    /// The objects, in the order of their ids.
    pub objects: Vec<ObjectView>,
    /// Give this as `cursor` for those that follow; missing at the end.
    pub next: Option<String>,
}

/// An object with all that the ledger knows of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ObjectStory {
    /// The object; its detections tell their places.
    #[serde(flatten)]
    pub object: ObjectView,
    /// The tags that its producer gave it.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    pub tags: Tags,
    /// The metadata that its producer gave it.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    pub metadata: Tags,
    /// The digest of the rules under which it was inspected.
    pub ruleset: Option<String>,
    /// All decisions on it.
    pub decisions: Vec<DecisionView>,
    /// All that happened to it, in order.
    pub timeline: Vec<StepView>,
}

/// One thing that happened to an object: a row of the audit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StepView {
    /// The audit row's number.
    pub seq: i64,
    /// When.
    pub at: String,
    /// Who.
    pub actor: String,
    /// What.
    pub action: String,
    /// The state in which the object is from then on.
    pub state: Option<String>,
    /// Particulars.
    #[schema(value_type = Object)]
    pub detail: serde_json::Value,
}

/// Which objects to answer with. What is `None` or empty does not narrow.
#[derive(Clone, Debug, Default)]
pub struct ObjectQuery {
    /// Of this run.
    pub run: Option<RunId>,
    /// Of this flow.
    pub flow: Option<FlowName>,
    /// In one of these states.
    pub states: Vec<PassageState>,
    /// With one of these verdicts.
    pub verdicts: Vec<Verdict>,
    /// Whose finding is archived, or is not.
    pub archived: Option<bool>,
    /// Whose key begins with this.
    pub key_prefix: Option<String>,
    /// After this object.
    pub cursor: Option<PassageId>,
    /// At most this many.
    pub limit: u32,
}

/// Objects by `query`.
///
/// # Errors
/// The ledger's.
pub async fn objects(gate: &Gate, query: ObjectQuery) -> Result<ObjectPage> {
    let limit = query.limit.clamp(1, PAGE_MAX);
    let passages = gate
        .ledger()
        .passages(&PassageQuery {
            run: query.run,
            flow: query.flow,
            states: query.states,
            verdicts: query.verdicts,
            archived: query.archived,
            key_prefix: query.key_prefix,
            after: query.cursor,
            limit,
        })
        .await?;
    let ids: Vec<PassageId> = passages.iter().map(|passage| passage.id.clone()).collect();
    let mut counts = gate.ledger().detection_counts(&ids).await?;
    let full = passages.len() == limit as usize;
    let next = full.then(|| ids.last().map(ToString::to_string)).flatten();
    let objects = passages
        .into_iter()
        .map(|passage| {
            let counted = counts.remove(&passage.id).unwrap_or_default().into_iter();
            let detections = counted.map(|seen| DetectionView {
                identifier: seen.identifier,
                name: seen.name,
                category: seen.category.as_str().to_owned(),
                severity: seen.severity.as_str().to_owned(),
                count: seen.count,
                occurrences: None,
                samples: Vec::new(),
            });
            object_view(&passage, detections.collect())
        })
        .collect();
    Ok(ObjectPage { objects, next })
}

/// An object by its id, with what was found in it counted.
///
/// # Errors
/// [`Error::NoSuchObject`], or the ledger's.
pub async fn object(gate: &Gate, id: &PassageId) -> Result<ObjectView> {
    let passage = passage(gate, id).await?;
    let detections = gate.ledger().detections(id).await?;
    let detections = detections.iter().map(|seen| DetectionView {
        occurrences: None,
        samples: Vec::new(),
        ..detection_view(seen)
    });
    Ok(object_view(&passage, detections.collect()))
}

/// An object by its id, with all that the ledger knows of it.
///
/// # Errors
/// [`Error::NoSuchObject`], or the ledger's.
pub async fn story(gate: &Gate, id: &PassageId) -> Result<ObjectStory> {
    let passage = passage(gate, id).await?;
    let detections = gate.ledger().detections(id).await?;
    let decisions = gate.ledger().decisions_of(id).await?;
    let rows = gate.ledger().audit_of(id).await?;
    Ok(ObjectStory {
        object: object_view(&passage, detections.iter().map(detection_view).collect()),
        tags: passage.producer_tags,
        metadata: passage.producer_metadata,
        ruleset: passage.ruleset,
        decisions: decision::decisions(&decisions),
        timeline: rows
            .into_iter()
            .map(|row| StepView {
                seq: row.seq,
                at: time(row.at_ms),
                actor: row.actor,
                action: row.action,
                state: row.state.map(|state| state.as_str().to_owned()),
                detail: serde_json::from_str(&row.detail).unwrap_or(serde_json::Value::Null),
            })
            .collect(),
    })
}

async fn passage(gate: &Gate, id: &PassageId) -> Result<Passage> {
    let found = gate.ledger().passage(id).await?;
    found.ok_or_else(|| Error::NoSuchObject {
        name: id.to_string(),
        problem: "no object has this id".to_owned(),
    })
}

fn object_view(passage: &Passage, detections: Vec<DetectionView>) -> ObjectView {
    let reason = passage.reason.as_ref();
    ObjectView {
        object: passage.id.to_string(),
        run: passage.run.to_string(),
        flow: passage.flow.to_string(),
        key: passage.key.clone(),
        size_bytes: passage.source.size_bytes,
        state: passage.state.as_str().to_owned(),
        zone: passage.place.as_ref().map(|place| place.zone.as_str().to_owned()),
        place: passage.place.as_ref().map(|place| place.key.clone()),
        verdict: passage.verdict.map(|verdict| verdict.as_str().to_owned()),
        severity: passage.severity.map(|severity| severity.as_str().to_owned()),
        archived: passage.archived_by.is_some(),
        archived_by: passage.archived_by.clone(),
        content_hash: passage.content_hash.as_ref().map(ToString::to_string),
        detections,
        coverage: passage.coverage.as_ref().map(coverage_view),
        action: passage.ruling.as_ref().map(|ruling| ruling.action.clone()),
        rule: passage.ruling.as_ref().map(|ruling| ruling.rule.clone()),
        code: reason.map(|reason| reason.code.clone()),
        message: reason.map(|reason| reason.message.clone()),
        claimed: time(passage.created_ms),
        updated: time(passage.updated_ms),
        purge_after: passage.purge_after_ms.map(time),
    }
}

fn detection_view(seen: &Detection) -> DetectionView {
    let samples = seen.occurrences.iter().take(OCCURRENCES_MAX).map(|occurrence| OccurrenceView {
        location: serde_json::to_value(&occurrence.location).unwrap_or_default(),
        masked: occurrence.masked.clone(),
        fingerprint: occurrence.fingerprint.clone(),
    });
    DetectionView {
        identifier: seen.identifier.clone(),
        name: seen.name.clone(),
        category: seen.category.as_str().to_owned(),
        severity: seen.severity.as_str().to_owned(),
        count: seen.count,
        occurrences: Some(occurrences_json(seen.occurrences.iter().take(OCCURRENCES_MAX))),
        samples: samples.collect(),
    }
}

fn coverage_view(coverage: &Coverage) -> CoverageView {
    let status = match coverage.status {
        CoverageStatus::Complete => "COMPLETE",
        CoverageStatus::Partial => "PARTIAL",
        CoverageStatus::Skipped => "SKIPPED",
    };
    let gaps = coverage.gaps.iter();
    CoverageView {
        status: status.to_owned(),
        mime_type: coverage.mime_type.clone(),
        encoding: coverage.encoding.clone(),
        bytes_inspected: coverage.bytes_inspected,
        bytes_total: coverage.bytes_total,
        units_inspected: coverage.units_inspected,
        gaps: gaps
            .map(|gap| GapView { code: gap.code.clone(), detail: gap.detail.clone() })
            .collect(),
        notes: coverage.notes.clone(),
    }
}
