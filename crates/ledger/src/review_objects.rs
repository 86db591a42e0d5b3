//! The objects of a review: listed gravest first, narrowed and counted as its page needs them.
//!
//! An object belongs to its run's review when it is held or expired, or when somebody decided on it.

use crate::cells::{Cells, parse_severity, unreadable};
use crate::decision::{Decision, SELECT_DECISIONS, decision_row};
use crate::passage::{Bind, Passage, is_archived};
use crate::{Ledger, Result, bulk};
use lakegate_core::hash::ContentHash;
use lakegate_core::ids::{PassageId, RunId};
use lakegate_core::verdict::{Severity, Verdict};
use sqlx::AssertSqlSafe;
use std::collections::BTreeMap;

/// Identifiers that are counted for one review, the most frequent first.
const IDENTIFIERS_MAX: u32 = 500;

/// Which of a review's objects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// Those that wait for a decision.
    #[default]
    Waiting,
    /// Those on which a decision stands, carried out or not.
    Decided,
    /// All.
    Any,
}

/// Which of a review's objects to list. Everything that is set must hold; what is empty or `None`
/// does not narrow.
#[derive(Clone, Debug)]
pub struct ReviewObjectsQuery {
    /// Of this run.
    pub run: RunId,
    /// Waiting, decided or all.
    pub standing: Standing,
    /// With one of these verdicts.
    pub verdicts: Vec<Verdict>,
    /// With one of these severities.
    pub severities: Vec<Severity>,
    /// Whose finding is archived, or is not.
    pub archived: Option<bool>,
    /// In which this identifier was seen.
    pub identifier: Option<String>,
    /// Whose key has this in it.
    pub key_part: Option<String>,
    /// After this position.
    pub after: Option<ReviewPosition>,
    /// At most this many; 0 means none.
    pub limit: u32,
}

impl ReviewObjectsQuery {
    /// All objects of a run's review that wait, up to `limit`.
    pub fn waiting(run: RunId, limit: u32) -> Self {
        Self {
            run,
            standing: Standing::Waiting,
            verdicts: Vec::new(),
            severities: Vec::new(),
            archived: None,
            identifier: None,
            key_part: None,
            after: None,
            limit,
        }
    }
}

/// A position in the order of a review's objects: by severity, the gravest first, then by id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewPosition {
    /// The severity of the object at the position.
    pub severity: Option<Severity>,
    /// Its passage.
    pub passage: PassageId,
}

/// How many of a review's waiting objects there are of each kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReviewCounts {
    /// Objects that wait for a decision.
    pub waiting: u64,
    /// Objects on which a decision stands.
    pub decided: u64,
    /// Objects by verdict.
    pub verdicts: BTreeMap<Verdict, u64>,
    /// Objects by severity.
    pub severities: BTreeMap<Severity, u64>,
    /// Objects whose finding a suppression rule archives.
    pub archived: u64,
    /// Objects by identifier (its id, its name, the objects), the most frequent first.
    pub identifiers: Vec<(String, String, u64)>,
}

const RANK: &str =
    "CASE severity WHEN 'High' THEN 3 WHEN 'Medium' THEN 2 WHEN 'Low' THEN 1 ELSE 0 END";

/// A decision stands until it is refused or fails.
const STANDS: &str = "EXISTS (SELECT 1 FROM decisions d WHERE d.passage = passages.id \
                      AND (d.outcome IS NULL OR d.outcome = 'applied'))";

const HELD: &str = "state IN ('held', 'expired')";

fn belongs(standing: Standing) -> String {
    match standing {
        Standing::Waiting => format!("{HELD} AND NOT {STANDS}"),
        Standing::Decided => STANDS.to_owned(),
        Standing::Any => format!("({HELD} OR {STANDS})"),
    }
}

fn rank(severity: Option<Severity>) -> i64 {
    severity.map_or(0, |severity| i64::from(severity.score()))
}

/// The conditions of a query, with what they compare to.
fn conditions(query: &ReviewObjectsQuery) -> (String, Vec<Bind>) {
    let mut clause = format!("WHERE run = ? AND {}", belongs(query.standing));
    let mut binds = vec![Bind::from(query.run.as_str())];
    let mut one_of = |column: &str, names: Vec<&'static str>| {
        if !names.is_empty() {
            let marks = vec!["?"; names.len()].join(",");
            clause.push_str(&format!(" AND {column} IN ({marks})"));
            binds.extend(names.into_iter().map(Bind::from));
        }
    };
    one_of("verdict", query.verdicts.iter().map(|verdict| verdict.as_str()).collect());
    one_of("severity", query.severities.iter().map(|severity| severity.as_str()).collect());
    if let Some(archived) = query.archived {
        clause.push_str(&format!(" AND {}", is_archived(archived)));
    }
    if let Some(identifier) = &query.identifier {
        clause.push_str(
            " AND EXISTS (SELECT 1 FROM detections s WHERE s.passage = passages.id \
             AND s.identifier = ?)",
        );
        binds.push(identifier.as_str().into());
    }
    if let Some(part) = &query.key_part {
        clause.push_str(" AND INSTR(key, ?) > 0");
        binds.push(part.as_str().into());
    }
    (clause, binds)
}

impl Ledger {
    /// Objects of a review by `query`, the gravest first.
    ///
    /// # Errors
    /// As the database's.
    pub async fn review_objects(&self, query: &ReviewObjectsQuery) -> Result<Vec<Passage>> {
        let (mut clause, mut binds) = conditions(query);
        if let Some(after) = &query.after {
            clause.push_str(&format!(" AND ({RANK} < ? OR ({RANK} = ? AND id > ?))"));
            let rank = rank(after.severity);
            binds.extend([rank.into(), rank.into(), after.passage.as_str().into()]);
        }
        clause.push_str(&format!(" ORDER BY {RANK} DESC, id LIMIT ?"));
        binds.push(i64::from(query.limit).into());
        self.select(&clause, binds).await
    }

    /// The ids and content hashes of all objects that fit `query`, whatever its position and limit, in
    /// the order of their ids.
    ///
    /// # Errors
    /// As the database's.
    pub async fn review_object_hashes(
        &self,
        query: &ReviewObjectsQuery,
    ) -> Result<Vec<(PassageId, Option<ContentHash>)>> {
        let (clause, binds) = conditions(query);
        let sql = format!("SELECT id, content_hash FROM passages {clause} ORDER BY id");
        let mut listed = sqlx::query(AssertSqlSafe(sql));
        for bind in binds {
            listed = match bind {
                Bind::Int(value) => listed.bind(value),
                Bind::Text(value) => listed.bind(value),
            };
        }
        let rows = listed.fetch_all(self.reader()).await?;
        rows.iter()
            .map(|row| {
                let mut cells = Cells::of(row);
                let id = PassageId::new(cells.next::<String>()?);
                Ok((id, cells.named_or_null("passages.content_hash", ContentHash::parse)?))
            })
            .collect()
    }

    /// How many objects fit `query`, whatever its position and limit.
    ///
    /// # Errors
    /// As the database's.
    pub async fn count_review_objects(&self, query: &ReviewObjectsQuery) -> Result<u64> {
        let (clause, binds) = conditions(query);
        let sql = format!("SELECT COUNT(*) FROM passages {clause}");
        let mut counted = sqlx::query_scalar(AssertSqlSafe(sql));
        for bind in binds {
            counted = match bind {
                Bind::Int(value) => counted.bind(value),
                Bind::Text(value) => counted.bind(value),
            };
        }
        let objects: i64 = counted.fetch_one(self.reader()).await?;
        u64::try_from(objects).map_err(|_| unreadable("COUNT(*)"))
    }

    /// How many of a review's objects there are of each kind, among those of one standing.
    ///
    /// # Errors
    /// As the database's.
    pub async fn review_counts(&self, run: &RunId, standing: Standing) -> Result<ReviewCounts> {
        let all = |standing| ReviewObjectsQuery {
            standing,
            ..ReviewObjectsQuery::waiting(run.clone(), 0)
        };
        let mut counts = ReviewCounts {
            waiting: self.count_review_objects(&all(Standing::Waiting)).await?,
            decided: self.count_review_objects(&all(Standing::Decided)).await?,
            ..ReviewCounts::default()
        };
        let belongs = belongs(standing);
        let sql = format!(
            "SELECT verdict, severity, COUNT(*), COUNT(archived_by) FROM passages WHERE run = $1 AND {belongs} \
             GROUP BY verdict, severity"
        );
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(run.as_str()).fetch_all(self.reader());
        for row in rows.await? {
            let mut cells = Cells::of(&row);
            let verdict = cells.named_or_null("passages.verdict", Verdict::parse)?;
            let severity = cells.named_or_null("passages.severity", parse_severity)?;
            let objects = cells.unsigned("COUNT(*)")?;
            counts.archived += cells.unsigned("COUNT(archived_by)")?;
            if let Some(verdict) = verdict {
                *counts.verdicts.entry(verdict).or_default() += objects;
            }
            if let Some(severity) = severity {
                *counts.severities.entry(severity).or_default() += objects;
            }
        }
        let sql = format!(
            "SELECT s.identifier, MIN(s.name), COUNT(*) FROM detections s \
             JOIN passages ON passages.id = s.passage \
             WHERE run = $1 AND {belongs} GROUP BY s.identifier \
             ORDER BY COUNT(*) DESC, s.identifier LIMIT $2"
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(run.as_str())
            .bind(i64::from(IDENTIFIERS_MAX))
            .fetch_all(self.reader());
        for row in rows.await? {
            let mut cells = Cells::of(&row);
            counts.identifiers.push((cells.next()?, cells.next()?, cells.unsigned("COUNT(*)")?));
        }
        Ok(counts)
    }

    /// All decisions on many passages, each in the order in which they were made. Passages without
    /// any are left out.
    ///
    /// # Errors
    /// As the database's.
    pub async fn decisions_on(
        &self,
        passages: &[PassageId],
    ) -> Result<BTreeMap<PassageId, Vec<Decision>>> {
        let mut decisions: BTreeMap<PassageId, Vec<Decision>> = BTreeMap::new();
        for chunk in bulk::chunks(passages) {
            let sql = format!(
                "{SELECT_DECISIONS} WHERE passage IN {} ORDER BY at_ms, id",
                bulk::rows(1, chunk.len())
            );
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for passage in chunk {
                query = query.bind(passage.as_str());
            }
            for row in query.fetch_all(self.reader()).await? {
                let decision = decision_row(&row)?;
                decisions.entry(decision.passage.clone()).or_default().push(decision);
            }
        }
        Ok(decisions)
    }
}
