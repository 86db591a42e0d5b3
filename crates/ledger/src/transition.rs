//! Moving passages from state to state: compare and set, with the audit row beside it.

use crate::cells::{Cells, to_json};
use crate::passage::{Passage, PendingDelete, Place, Reason, Ruling, passages_by_id};
use crate::write::{Entry, Write};
use crate::{Error, Ledger, Result, bulk, detections};
use lakegate_core::coverage::Coverage;
use lakegate_core::detection::Detection;
use lakegate_core::hash::ContentHash;
use lakegate_core::ids::PassageId;
use lakegate_core::object::{ObjectRef, Tags, Zone};
use lakegate_core::passage::PassageState;
use lakegate_core::verdict::{Severity, Verdict};
use serde::Serialize;
use sqlx::AssertSqlSafe;
use std::collections::HashMap;

/// One passage's step, and what becomes known with it.
#[derive(Clone, Debug)]
pub struct Transition {
    /// The passage.
    pub passage: PassageId,
    /// The state in which it must be.
    pub from: PassageState,
    /// The state it goes to: one that `from` may become, or `from` itself for a mere update.
    pub to: PassageState,
    /// Why: a stable code.
    pub cause: String,
    /// Particulars for a person. They must not hold text of the object.
    pub detail: Option<String>,
    /// What else changes.
    pub changes: Changes,
}

/// What changes with a transition. What is `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Where the bytes are now.
    pub place: Option<Place>,
    /// The copy that is still to be deleted.
    pub source_pending: Option<Pending>,
    /// The producer's tags.
    pub producer_tags: Option<Tags>,
    /// The producer's metadata.
    pub producer_metadata: Option<Tags>,
    /// What the inspection concluded. It replaces the detections of an earlier one.
    pub inspection: Option<Inspection>,
    /// What the policy said.
    pub ruling: Option<Ruling>,
    /// When the bytes may be deleted from the trash.
    pub purge_after_ms: Option<i64>,
    /// Why it is where it is.
    pub reason: Option<Reason>,
}

/// A change to what is still to be deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pending {
    /// This copy is to be deleted.
    Set(PendingDelete),
    /// It is deleted.
    Cleared,
}

/// What an inspection concluded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// The verdict.
    pub verdict: Verdict,
    /// The hash of the bytes; `None` when they could not be read to their end.
    pub content_hash: Option<ContentHash>,
    /// How much was inspected; `None` when nothing could be read.
    pub coverage: Option<Coverage>,
    /// What was seen.
    pub detections: Vec<Detection>,
    /// The digest of the rules that were active.
    pub ruleset: String,
    /// The gravest severity among the detections.
    pub severity: Option<Severity>,
    /// The suppression rule that archives the finding.
    pub archived_by: Option<String>,
}

/// What came of a transition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransitionResult {
    /// It was made.
    Applied,
    /// The passage is in the state already, or an update brings nothing new; nothing was changed.
    AlreadyThere,
    /// The passage is in another state; nothing was changed.
    Conflict {
        /// The state in which it is.
        found: PassageState,
    },
    /// There is no such passage.
    NoSuchPassage,
}

impl TransitionResult {
    /// Whether the passage now is where the transition leads.
    pub fn holds(self) -> bool {
        matches!(self, TransitionResult::Applied | TransitionResult::AlreadyThere)
    }
}

impl Ledger {
    /// Makes transitions, each on its own terms, all in one transaction with their audit rows. The
    /// answers stand in the order of the transitions. A passage may occur more than once.
    ///
    /// # Errors
    /// [`Error::IllegalTransition`] when the order of states has no such step; nothing is changed
    /// then.
    pub async fn transition(
        &self,
        transitions: &[Transition],
        at_ms: i64,
        actor: &str,
    ) -> Result<Vec<TransitionResult>> {
        let steps: Vec<_> = transitions.iter().collect();
        check_legal(&steps)?;
        let mut write = self.write().await?;
        let results = make(&mut write, &steps, at_ms, actor).await?;
        write.commit().await?;
        Ok(results)
    }
}

/// Refuses steps that the order of states does not have.
pub(crate) fn check_legal(steps: &[&Transition]) -> Result<()> {
    for step in steps {
        let (from, to) = (step.from, step.to);
        if from != to && !from.may_become(to) {
            return Err(Error::IllegalTransition { passage: step.passage.clone(), from, to });
        }
    }
    Ok(())
}

/// Makes transitions within a transaction.
pub(crate) async fn make(
    write: &mut Write,
    steps: &[&Transition],
    at_ms: i64,
    actor: &str,
) -> Result<Vec<TransitionResult>> {
    let mut results = Vec::with_capacity(steps.len());
    for chunk in bulk::distinct_chunks(steps, |step| step.passage.as_str()) {
        let standing = read_standing(write, chunk).await?;
        let unchanged = unchanged(write, chunk, &standing).await?;
        let mut applied = Vec::with_capacity(chunk.len());
        for (step, unchanged) in chunk.iter().zip(unchanged) {
            let result = match standing.get(step.passage.as_str()) {
                None => TransitionResult::NoSuchPassage,
                Some(now) if now.state == step.from && !unchanged => {
                    applied.push((*step, now));
                    TransitionResult::Applied
                }
                Some(now) if now.state == step.to => TransitionResult::AlreadyThere,
                Some(now) => TransitionResult::Conflict { found: now.state },
            };
            results.push(result);
        }
        for part in bulk::chunks(&applied) {
            update(write, part, at_ms).await?;
        }
        detections::replace(write, &applied).await?;
        for (step, before) in &applied {
            tell(write, step, before, at_ms, actor).await?;
        }
    }
    Ok(results)
}

/// What a transition must know of a passage before it.
pub(crate) struct Standing {
    run: String,
    state: PassageState,
    verdict: Option<Verdict>,
    size_bytes: i64,
}

async fn read_standing(
    write: &mut Write,
    chunk: &[&Transition],
) -> Result<HashMap<String, Standing>> {
    let sql = format!(
        "SELECT id, run, state, verdict, size_bytes FROM passages WHERE id IN {}",
        bulk::rows(1, chunk.len())
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for step in chunk {
        query = query.bind(step.passage.as_str());
    }
    let rows = query.fetch_all(write.connection()).await?;
    rows.iter()
        .map(|row| {
            let mut cells = Cells::of(row);
            let id = cells.next()?;
            let standing = Standing {
                run: cells.next()?,
                state: cells.named("passages.state", PassageState::parse)?,
                verdict: cells.named_or_null("passages.verdict", Verdict::parse)?,
                size_bytes: cells.next()?,
            };
            Ok((id, standing))
        })
        .collect()
}

/// For each step of the chunk, whether it is a mere update that brings nothing new.
async fn unchanged(
    write: &mut Write,
    chunk: &[&Transition],
    standing: &HashMap<String, Standing>,
) -> Result<Vec<bool>> {
    let is_update = |step: &Transition| {
        step.from == step.to
            && standing.get(step.passage.as_str()).is_some_and(|now| now.state == step.from)
    };
    let ids: Vec<_> = chunk.iter().filter(|s| is_update(s)).map(|s| &s.passage).collect();
    let passages: HashMap<_, _> = passages_by_id(write.connection(), &ids)
        .await?
        .into_iter()
        .map(|passage| (passage.id.clone(), passage))
        .collect();
    Ok(chunk
        .iter()
        .map(|step| passages.get(&step.passage).is_some_and(|now| step.changes.are_in(now)))
        .collect())
}

impl Changes {
    /// Whether a passage is so already. A new inspection always counts as new.
    fn are_in(&self, now: &Passage) -> bool {
        fn same<T: PartialEq>(change: &Option<T>, now: Option<&T>) -> bool {
            change.as_ref().is_none_or(|change| Some(change) == now)
        }
        let pending = now.source_pending.clone().map_or(Pending::Cleared, Pending::Set);
        self.inspection.is_none()
            && same(&self.place, now.place.as_ref())
            && same(&self.source_pending, Some(&pending))
            && same(&self.producer_tags, Some(&now.producer_tags))
            && same(&self.producer_metadata, Some(&now.producer_metadata))
            && same(&self.ruling, now.ruling.as_ref())
            && same(&self.purge_after_ms, now.purge_after_ms.as_ref())
            && same(&self.reason, now.reason.as_ref())
    }
}

/// The parameters of one row of the statement in [`update`].
const UPDATE_COLUMNS: usize = 21;

/// Writes the rows. A parameter that is NULL leaves its column; an empty text clears it.
async fn update(write: &mut Write, part: &[(&Transition, &Standing)], at_ms: i64) -> Result<()> {
    let sql = format!(
        "WITH v (id, from_state, state, place_zone, place_key, place_object, pending_zone, \
         pending_object, producer_tags, producer_metadata, verdict, content_hash, coverage, \
         severity, ruleset, archived_by, ruling_action, ruling_rule, reason_code, \
         reason_message, purge_after_ms) AS (VALUES {}) \
         UPDATE passages SET state = v.state, \
         place_zone = COALESCE(v.place_zone, passages.place_zone), \
         place_key = COALESCE(v.place_key, passages.place_key), \
         place_object = COALESCE(v.place_object, passages.place_object), \
         pending_zone = NULLIF(COALESCE(v.pending_zone, passages.pending_zone), ''), \
         pending_object = NULLIF(COALESCE(v.pending_object, passages.pending_object), ''), \
         producer_tags = COALESCE(v.producer_tags, passages.producer_tags), \
         producer_metadata = COALESCE(v.producer_metadata, passages.producer_metadata), \
         verdict = COALESCE(v.verdict, passages.verdict), \
         content_hash = NULLIF(COALESCE(v.content_hash, passages.content_hash), ''), \
         coverage = NULLIF(COALESCE(v.coverage, passages.coverage), ''), \
         severity = NULLIF(COALESCE(v.severity, passages.severity), ''), \
         ruleset = COALESCE(v.ruleset, passages.ruleset), \
         archived_by = NULLIF(COALESCE(v.archived_by, passages.archived_by), ''), \
         ruling_action = COALESCE(v.ruling_action, passages.ruling_action), \
         ruling_rule = COALESCE(v.ruling_rule, passages.ruling_rule), \
         reason_code = COALESCE(v.reason_code, passages.reason_code), \
         reason_message = COALESCE(v.reason_message, passages.reason_message), \
         purge_after_ms = COALESCE(v.purge_after_ms, passages.purge_after_ms), \
         updated_ms = ? \
         FROM v WHERE passages.id = v.id AND passages.state = v.from_state",
        bulk::rows(part.len(), UPDATE_COLUMNS)
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for (step, _) in part {
        query = bind_step(query, step)?;
    }
    let changed = query.bind(at_ms).execute(write.connection()).await?.rows_affected();
    if changed == part.len() as u64 {
        Ok(())
    } else {
        Err(Error::Contradiction { what: "passages changed within their own transaction" })
    }
}

type Query<'q> = sqlx::query::Query<'q, sqlx::Sqlite, sqlx::sqlite::SqliteArguments>;

fn bind_step<'q>(query: Query<'q>, step: &Transition) -> Result<Query<'q>> {
    let changes = &step.changes;
    let place = changes.place.as_ref();
    let (pending_zone, pending_object) = match &changes.source_pending {
        None => (None, None),
        Some(Pending::Cleared) => (Some(""), Some(String::new())),
        Some(Pending::Set(delete)) => {
            (Some(delete.zone.as_str()), Some(to_json("passages.pending_object", &delete.object)?))
        }
    };
    let json = |column, tags: &Option<Tags>| tags.as_ref().map(|t| to_json(column, t)).transpose();
    let query = query
        .bind(step.passage.as_str().to_owned())
        .bind(step.from.as_str())
        .bind(step.to.as_str())
        .bind(place.map(|place| place.zone.as_str()))
        .bind(place.map(|place| place.key.clone()))
        .bind(place.map(|place| to_json("passages.place_object", &place.object)).transpose()?)
        .bind(pending_zone)
        .bind(pending_object)
        .bind(json("passages.producer_tags", &changes.producer_tags)?)
        .bind(json("passages.producer_metadata", &changes.producer_metadata)?);
    Ok(bind_inspection(query, changes.inspection.as_ref())?
        .bind(changes.ruling.as_ref().map(|ruling| ruling.action.clone()))
        .bind(changes.ruling.as_ref().map(|ruling| ruling.rule.clone()))
        .bind(changes.reason.as_ref().map(|reason| reason.code.clone()))
        .bind(changes.reason.as_ref().map(|reason| reason.message.clone()))
        .bind(changes.purge_after_ms))
}

fn bind_inspection<'q>(query: Query<'q>, inspection: Option<&Inspection>) -> Result<Query<'q>> {
    let Some(inspection) = inspection else {
        let keep = None::<String>;
        return Ok(query
            .bind(keep.clone())
            .bind(keep.clone())
            .bind(keep.clone())
            .bind(keep.clone())
            .bind(keep.clone())
            .bind(keep));
    };
    // An inspection replaces all of an earlier one: what it does not know is cleared.
    let hash = inspection.content_hash.as_ref().map_or(String::new(), ContentHash::to_string);
    let coverage = match &inspection.coverage {
        Some(coverage) => to_json("passages.coverage", coverage)?,
        None => String::new(),
    };
    Ok(query
        .bind(inspection.verdict.as_str())
        .bind(hash)
        .bind(coverage)
        .bind(inspection.severity.map_or("", Severity::as_str))
        .bind(inspection.ruleset.clone())
        .bind(inspection.archived_by.clone().unwrap_or_default()))
}

/// What an audit row tells of a transition.
#[derive(Serialize)]
struct Told<'a> {
    from: PassageState,
    cause: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<&'a Place>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delete_pending: Option<ToldPending<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inspection: Option<ToldInspection<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ruling: Option<&'a Ruling>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a Reason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purge_after_ms: Option<i64>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum ToldPending<'a> {
    Set { zone: Zone, object: &'a ObjectRef },
    Cleared(&'static str),
}

#[derive(Serialize)]
struct ToldInspection<'a> {
    verdict: Verdict,
    content_hash: Option<&'a ContentHash>,
    severity: Option<Severity>,
    ruleset: &'a str,
    detections: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    archived_by: Option<&'a str>,
}

/// Tells of a transition: the audit row and the run's tally.
async fn tell(
    write: &mut Write,
    step: &Transition,
    before: &Standing,
    at_ms: i64,
    actor: &str,
) -> Result<()> {
    let changes = &step.changes;
    let verdict = changes.inspection.as_ref().map(|i| i.verdict).or(before.verdict);
    write.tally(&before.run, before.state, before.verdict, -1, before.size_bytes);
    write.tally(&before.run, step.to, verdict, 1, before.size_bytes);
    let told = Told {
        from: step.from,
        cause: &step.cause,
        detail: step.detail.as_deref(),
        place: changes.place.as_ref(),
        delete_pending: changes.source_pending.as_ref().map(|pending| match pending {
            Pending::Set(delete) => ToldPending::Set { zone: delete.zone, object: &delete.object },
            Pending::Cleared => ToldPending::Cleared("done"),
        }),
        inspection: changes.inspection.as_ref().map(|inspection| ToldInspection {
            verdict: inspection.verdict,
            content_hash: inspection.content_hash.as_ref(),
            severity: inspection.severity,
            ruleset: &inspection.ruleset,
            detections: inspection.detections.len(),
            archived_by: inspection.archived_by.as_deref(),
        }),
        ruling: changes.ruling.as_ref(),
        reason: changes.reason.as_ref(),
        purge_after_ms: changes.purge_after_ms,
    };
    write
        .audit(Entry {
            at_ms,
            actor,
            action: action(step),
            run: Some(&before.run),
            passage: Some(step.passage.as_str()),
            state: Some(step.to),
            detail: to_json("audit.detail", &told)?,
        })
        .await
}

fn action(step: &Transition) -> &'static str {
    if step.from == step.to {
        return "passage.updated";
    }
    match step.to {
        PassageState::Landed => "passage.landed",
        PassageState::Claimed => "passage.claimed",
        PassageState::Staged => "passage.staged",
        PassageState::Scanned => "passage.scanned",
        PassageState::Released => "passage.released",
        PassageState::Held => "passage.held",
        PassageState::Denied => "passage.denied",
        PassageState::Redacted => "passage.redacted",
        PassageState::Expired => "passage.expired",
        PassageState::Failed => "passage.failed",
    }
}
