//! Decisions: what people said of held passages, and what came of it.

use crate::cells::{Cells, unreadable};
use crate::transition::{self, Transition, TransitionResult};
use crate::write::{Entry, Write};
use crate::{Error, Ledger, Result, bulk};
use lakegate_core::hash::ContentHash;
use lakegate_core::ids::{PassageId, RunId};
use lakegate_core::passage::{DecisionKind, PassageState};
use serde_json::json;
use sqlx::AssertSqlSafe;
use sqlx::sqlite::SqliteRow;
use std::collections::{HashMap, HashSet};

/// A decision about to be recorded.
#[derive(Clone, Debug)]
pub struct NewDecision {
    /// Its id. A decision with an id that is known already is not recorded again.
    pub id: String,
    /// The passage.
    pub passage: PassageId,
    /// What was decided.
    pub kind: DecisionKind,
    /// The hash of the content that the decider saw. `None` is right only to deny a passage whose
    /// content could never be hashed.
    pub content_hash: Option<ContentHash>,
    /// Who decided.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at_ms: i64,
}

/// A decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Its id.
    pub id: String,
    /// The passage.
    pub passage: PassageId,
    /// The passage's run.
    pub run: RunId,
    /// What was decided.
    pub kind: DecisionKind,
    /// The hash of the content that the decider saw.
    pub content_hash: Option<ContentHash>,
    /// Who decided.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at_ms: i64,
    /// What came of it; `None` while it waits to be carried out.
    pub outcome: Option<DecisionOutcome>,
    /// When that was.
    pub concluded_ms: Option<i64>,
}

/// What came of a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecisionOutcome {
    /// It was carried out.
    Applied,
    /// It was not carried out because it no longer fits; the passage can be decided on again.
    Refused {
        /// A stable code.
        code: String,
        /// A sentence for a person.
        message: String,
    },
    /// It could not be carried out; the passage can be decided on again.
    Failed {
        /// A stable code.
        code: String,
        /// A sentence for a person.
        message: String,
    },
}

/// What became of an attempt to record a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecisionResult {
    /// It is recorded, by this call or by an earlier one with the same id.
    Recorded,
    /// Another decision stands.
    AlreadyDecided {
        /// What was decided.
        kind: DecisionKind,
        /// By whom.
        actor: String,
        /// When.
        at_ms: i64,
    },
    /// The passage does not wait for a decision.
    NotHeld {
        /// The state in which it is.
        state: PassageState,
    },
    /// The decider saw other content than the passage has.
    HashMismatch,
    /// There is no such passage.
    NoSuchPassage,
}

pub(crate) const SELECT_DECISIONS: &str = "SELECT id, passage, run, kind, content_hash, actor, reason, at_ms, \
    outcome, outcome_code, outcome_message, concluded_ms FROM decisions";

impl Ledger {
    /// Records decisions, each on its own terms, all in one transaction with their audit rows. The
    /// answers stand in the order of the decisions.
    ///
    /// # Errors
    /// [`Error::IdTaken`] when an id is that of a decision on something else; nothing is recorded
    /// then.
    pub async fn decide(&self, decisions: &[NewDecision]) -> Result<Vec<DecisionResult>> {
        let mut write = self.write().await?;
        let mut results = Vec::with_capacity(decisions.len());
        for chunk in bulk::distinct_chunks(decisions, |decision| decision.passage.as_str()) {
            let known = known_ids(&mut write, chunk).await?;
            let subjects = subjects(&mut write, chunk).await?;
            let mut recorded = Vec::with_capacity(chunk.len());
            for new in chunk {
                let subject = subjects.get(new.passage.as_str());
                let is_known = known.get(new.id.as_str()).map(|first| first.is_same(new));
                let result = match (is_known, subject) {
                    (Some(true), _) => DecisionResult::Recorded,
                    (Some(false), _) => {
                        return Err(Error::IdTaken { what: "decision", id: new.id.clone() });
                    }
                    (None, None) => DecisionResult::NoSuchPassage,
                    (None, Some(subject)) => subject.judge(new),
                };
                if let (None, Some(subject), DecisionResult::Recorded) =
                    (is_known, subject, &result)
                {
                    recorded.push((new, subject.run.as_str()));
                }
                results.push(result);
            }
            record(&mut write, &recorded).await?;
        }
        write.commit().await?;
        Ok(results)
    }

    /// A run's decisions that are not carried out yet, in the order in which they were made.
    ///
    /// # Errors
    /// As the database's.
    pub async fn pending_decisions(&self, run: &RunId, limit: u32) -> Result<Vec<Decision>> {
        let sql = format!(
            "{SELECT_DECISIONS} WHERE run = $1 AND outcome IS NULL ORDER BY at_ms, id LIMIT $2"
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(run.as_str())
            .bind(i64::from(limit))
            .fetch_all(self.reader())
            .await?;
        rows.iter().map(decision_row).collect()
    }

    /// Runs with decisions that are not carried out yet.
    ///
    /// # Errors
    /// As the database's.
    pub async fn runs_with_pending_decisions(&self) -> Result<Vec<RunId>> {
        let sql = "SELECT DISTINCT run FROM decisions WHERE outcome IS NULL ORDER BY run";
        let runs: Vec<String> = sqlx::query_scalar(sql).fetch_all(self.reader()).await?;
        Ok(runs.into_iter().map(RunId::new).collect())
    }

    /// All decisions on a passage, in the order in which they were made.
    ///
    /// # Errors
    /// As the database's.
    pub async fn decisions_of(&self, passage: &PassageId) -> Result<Vec<Decision>> {
        let sql = format!("{SELECT_DECISIONS} WHERE passage = $1 ORDER BY at_ms, id");
        let rows =
            sqlx::query(AssertSqlSafe(sql)).bind(passage.as_str()).fetch_all(self.reader()).await?;
        rows.iter().map(decision_row).collect()
    }

    /// Writes down what came of a decision. Answers whether it was waiting.
    ///
    /// # Errors
    /// As the database's.
    pub async fn conclude_decision(
        &self,
        id: &str,
        outcome: &DecisionOutcome,
        at_ms: i64,
    ) -> Result<bool> {
        let mut write = self.write().await?;
        let concluded = conclude(&mut write, id, outcome, at_ms).await?;
        write.commit().await?;
        Ok(concluded)
    }

    /// As [`Ledger::transition`], and writes down, in the same transaction, what came of the
    /// decisions that the transitions carry out. A decision whose transition does not hold (see
    /// [`TransitionResult::holds`]) keeps waiting.
    ///
    /// # Errors
    /// As [`Ledger::transition`].
    pub async fn transition_deciding(
        &self,
        steps: &[(Transition, String, DecisionOutcome)],
        at_ms: i64,
        actor: &str,
    ) -> Result<Vec<TransitionResult>> {
        let transitions: Vec<_> = steps.iter().map(|(transition, ..)| transition).collect();
        transition::check_legal(&transitions)?;
        let mut write = self.write().await?;
        let results = transition::make(&mut write, &transitions, at_ms, actor).await?;
        for ((_, id, outcome), result) in steps.iter().zip(&results) {
            if result.holds() {
                conclude(&mut write, id, outcome, at_ms).await?;
            }
        }
        write.commit().await?;
        Ok(results)
    }
}

/// A recorded decision, as far as a repetition must equal it.
struct First {
    passage: String,
    kind: DecisionKind,
}

impl First {
    fn is_same(&self, new: &NewDecision) -> bool {
        self.passage == new.passage.as_str() && self.kind == new.kind
    }
}

async fn known_ids(write: &mut Write, chunk: &[NewDecision]) -> Result<HashMap<String, First>> {
    let sql = format!(
        "SELECT id, passage, kind FROM decisions WHERE id IN {}",
        bulk::rows(1, chunk.len())
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for new in chunk {
        query = query.bind(&new.id);
    }
    let rows = query.fetch_all(write.connection()).await?;
    rows.iter()
        .map(|row| {
            let mut cells = Cells::of(row);
            let id = cells.next()?;
            let passage = cells.next()?;
            let kind = cells.named("decisions.kind", DecisionKind::parse)?;
            Ok((id, First { passage, kind }))
        })
        .collect()
}

/// What a decision must know of its passage.
struct Subject {
    run: String,
    state: PassageState,
    content_hash: Option<ContentHash>,
    standing: Option<(DecisionKind, String, i64)>,
}

impl Subject {
    fn judge(&self, new: &NewDecision) -> DecisionResult {
        if let Some((kind, actor, at_ms)) = &self.standing {
            return DecisionResult::AlreadyDecided {
                kind: *kind,
                actor: actor.clone(),
                at_ms: *at_ms,
            };
        }
        if !matches!(self.state, PassageState::Held | PassageState::Expired) {
            return DecisionResult::NotHeld { state: self.state };
        }
        // Content that was never hashed was never seen: it can be denied, and nothing else.
        let unseen = self.content_hash.is_none() && new.kind != DecisionKind::Deny;
        if unseen || self.content_hash != new.content_hash {
            return DecisionResult::HashMismatch;
        }
        DecisionResult::Recorded
    }
}

async fn subjects(write: &mut Write, chunk: &[NewDecision]) -> Result<HashMap<String, Subject>> {
    let sql = format!(
        "SELECT p.id, p.run, p.state, p.content_hash, d.kind, d.actor, d.at_ms FROM passages p \
         LEFT JOIN decisions d ON d.passage = p.id AND (d.outcome IS NULL OR d.outcome = 'applied') \
         WHERE p.id IN {}",
        bulk::rows(1, chunk.len())
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for new in chunk {
        query = query.bind(new.passage.as_str());
    }
    let rows = query.fetch_all(write.connection()).await?;
    rows.iter()
        .map(|row| {
            let mut cells = Cells::of(row);
            let id = cells.next()?;
            let run = cells.next()?;
            let state = cells.named("passages.state", PassageState::parse)?;
            let content_hash = cells.named_or_null("passages.content_hash", ContentHash::parse)?;
            let kind = cells.named_or_null("decisions.kind", DecisionKind::parse)?;
            let actor: Option<String> = cells.next()?;
            let at_ms: Option<i64> = cells.next()?;
            let standing = kind.zip(actor).zip(at_ms).map(|((kind, actor), at)| (kind, actor, at));
            Ok((id, Subject { run, state, content_hash, standing }))
        })
        .collect()
}

async fn record(write: &mut Write, decisions: &[(&NewDecision, &str)]) -> Result<()> {
    let mut ids = HashSet::new();
    if let Some((twice, _)) = decisions.iter().find(|(new, _)| !ids.insert(&new.id)) {
        return Err(Error::IdTaken { what: "decision", id: twice.id.clone() });
    }
    for chunk in bulk::chunks(decisions) {
        let sql = format!(
            "INSERT INTO decisions (id, passage, run, kind, content_hash, actor, reason, at_ms) \
             VALUES {}",
            bulk::rows(chunk.len(), 8)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for (new, run) in chunk {
            query = query
                .bind(&new.id)
                .bind(new.passage.as_str())
                .bind(*run)
                .bind(new.kind.as_str())
                .bind(new.content_hash.as_ref().map(ContentHash::as_str))
                .bind(&new.actor)
                .bind(&new.reason)
                .bind(new.at_ms);
        }
        query.execute(write.connection()).await?;
    }
    for (new, run) in decisions {
        let detail = json!({
            "decision": new.id,
            "kind": new.kind,
            "content_hash": new.content_hash,
            "reason": new.reason,
        });
        write
            .audit(Entry {
                at_ms: new.at_ms,
                actor: &new.actor,
                action: "decision.recorded",
                run: Some(run),
                passage: Some(new.passage.as_str()),
                state: None,
                detail: detail.to_string(),
            })
            .await?;
    }
    Ok(())
}

const APPLIED: &str = "applied";
const REFUSED: &str = "refused";
const FAILED: &str = "failed";

async fn conclude(
    write: &mut Write,
    id: &str,
    outcome: &DecisionOutcome,
    at_ms: i64,
) -> Result<bool> {
    let (name, action, why) = match outcome {
        DecisionOutcome::Applied => (APPLIED, "decision.applied", None),
        DecisionOutcome::Refused { code, message } => {
            (REFUSED, "decision.refused", Some((code, message)))
        }
        DecisionOutcome::Failed { code, message } => {
            (FAILED, "decision.failed", Some((code, message)))
        }
    };
    let row = sqlx::query(
        "UPDATE decisions SET outcome = $2, outcome_code = $3, outcome_message = $4, \
         concluded_ms = $5 WHERE id = $1 AND outcome IS NULL RETURNING run, passage",
    )
    .bind(id)
    .bind(name)
    .bind(why.map(|(code, _)| code))
    .bind(why.map(|(_, message)| message))
    .bind(at_ms)
    .fetch_optional(write.connection())
    .await?;
    let Some(row) = row else { return Ok(false) };
    let mut cells = Cells::of(&row);
    let detail = json!({
        "decision": id,
        "code": why.map(|(code, _)| code),
        "message": why.map(|(_, message)| message),
    });
    write
        .audit(Entry {
            at_ms,
            actor: "engine",
            action,
            run: Some(cells.next()?),
            passage: Some(cells.next()?),
            state: None,
            detail: detail.to_string(),
        })
        .await?;
    Ok(true)
}

pub(crate) fn decision_row(row: &SqliteRow) -> Result<Decision> {
    let mut cells = Cells::of(row);
    Ok(Decision {
        id: cells.next()?,
        passage: PassageId::new(cells.next::<String>()?),
        run: RunId::new(cells.next::<String>()?),
        kind: cells.named("decisions.kind", DecisionKind::parse)?,
        content_hash: cells.named_or_null("decisions.content_hash", ContentHash::parse)?,
        actor: cells.next()?,
        reason: cells.next()?,
        at_ms: cells.next()?,
        outcome: outcome_cells(&mut cells)?,
        concluded_ms: cells.next()?,
    })
}

fn outcome_cells(cells: &mut Cells<'_>) -> Result<Option<DecisionOutcome>> {
    let name: Option<String> = cells.next()?;
    let code = cells.next::<Option<String>>()?.unwrap_or_default();
    let message = cells.next::<Option<String>>()?.unwrap_or_default();
    Ok(match name.as_deref() {
        None => None,
        Some(APPLIED) => Some(DecisionOutcome::Applied),
        Some(REFUSED) => Some(DecisionOutcome::Refused { code, message }),
        Some(FAILED) => Some(DecisionOutcome::Failed { code, message }),
        Some(_) => return Err(unreadable("decisions.outcome")),
    })
}
