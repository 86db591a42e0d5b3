//! Passages as they stand.

use crate::cells::{Cells, parse_severity};
use crate::{Ledger, Result, bulk};
use lakegate_core::coverage::Coverage;
use lakegate_core::hash::ContentHash;
use lakegate_core::ids::{FlowName, PassageId, RunId};
use lakegate_core::object::{ObjectRef, Tags, Zone};
use lakegate_core::passage::PassageState;
use lakegate_core::verdict::{Severity, Verdict};
use serde::{Deserialize, Serialize};
use sqlx::AssertSqlSafe;
use sqlx::sqlite::{Sqlite, SqliteRow};

/// One object's way through one run, as far as it has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// Its id.
    pub id: PassageId,
    /// Its run.
    pub run: RunId,
    /// Its run's flow.
    pub flow: FlowName,
    /// The shard that it belongs to.
    pub shard: u32,
    /// The object's key within its zone, the same in `raw` and in `scanned-data`.
    pub key: String,
    /// The instance of the object that was claimed.
    pub source: ObjectRef,
    /// Where it stands.
    pub state: PassageState,
    /// Where its bytes are; `None` once they are deleted.
    pub place: Option<Place>,
    /// The copy that is still to be deleted after a move.
    pub source_pending: Option<PendingDelete>,
    /// The producer's own tags.
    pub producer_tags: Tags,
    /// The producer's own metadata.
    pub producer_metadata: Tags,
    /// What the inspection concluded.
    pub verdict: Option<Verdict>,
    /// The hash of the bytes that were inspected.
    pub content_hash: Option<ContentHash>,
    /// How much was inspected.
    pub coverage: Option<Coverage>,
    /// The gravest severity among its detections.
    pub severity: Option<Severity>,
    /// The digest of the rules under which it was inspected.
    pub ruleset: Option<String>,
    /// The suppression rule that archives its finding.
    pub archived_by: Option<String>,
    /// What the policy said.
    pub ruling: Option<Ruling>,
    /// Why it is where it is, where something stood in the way.
    pub reason: Option<Reason>,
    /// When its bytes may be deleted from the trash.
    pub purge_after_ms: Option<i64>,
    /// When it was claimed.
    pub created_ms: i64,
    /// When it last changed.
    pub updated_ms: i64,
}

/// Where a passage's bytes are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The zone.
    pub zone: Zone,
    /// The key within the zone.
    pub key: String,
    /// The instance there.
    pub object: ObjectRef,
}

/// A copy that is to be deleted after a move.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingDelete {
    /// The zone in which it is.
    pub zone: Zone,
    /// The instance to delete, and no other.
    pub object: ObjectRef,
}

/// What the policy said of a passage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ruling {
    /// `release`, `hold` or `deny`.
    pub action: String,
    /// The rule that said so.
    pub rule: String,
}

/// Why a passage is where it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// A stable code.
    pub code: String,
    /// A sentence for a person. It never holds text of the object.
    pub message: String,
}

/// Which passages to list. Everything that is set must hold; what is empty or `None` does not narrow.
#[derive(Clone, Debug, Default)]
pub struct PassageQuery {
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
    /// After this passage, in the order of ids.
    pub after: Option<PassageId>,
    /// At most this many; 0 means none.
    pub limit: u32,
}

impl Ledger {
    /// A passage by its id.
    ///
    /// # Errors
    /// As the database's.
    pub async fn passage(&self, passage: &PassageId) -> Result<Option<Passage>> {
        Ok(self.select("WHERE id = ?", vec![passage.as_str().into()]).await?.pop())
    }

    /// A shard's passages that are in one of these states (in any, when none is given), in the order
    /// of their ids.
    ///
    /// # Errors
    /// As the database's.
    pub async fn shard(
        &self,
        run: &RunId,
        shard: u32,
        states: &[PassageState],
    ) -> Result<Vec<Passage>> {
        let mut terms = Terms::default();
        terms.add("run = ?", run.as_str());
        terms.add("shard = ?", i64::from(shard));
        terms.one_of("state", states.iter().map(|state| state.as_str()));
        self.select(&format!("{} ORDER BY id", terms.clause), terms.binds).await
    }

    /// Passages by `query`, in the order of their ids.
    ///
    /// # Errors
    /// As the database's.
    pub async fn passages(&self, query: &PassageQuery) -> Result<Vec<Passage>> {
        let mut terms = Terms::default();
        if let Some(run) = &query.run {
            terms.add("run = ?", run.as_str());
        }
        if let Some(flow) = &query.flow {
            terms.add("flow = ?", flow.as_str());
        }
        terms.one_of("state", query.states.iter().map(|state| state.as_str()));
        terms.one_of("verdict", query.verdicts.iter().map(|verdict| verdict.as_str()));
        if let Some(archived) = query.archived {
            terms.term(is_archived(archived));
        }
        if let Some(prefix) = query.key_prefix.as_deref().filter(|prefix| !prefix.is_empty()) {
            // Characters, not bytes, are what SUBSTR counts in a text.
            terms.add("SUBSTR(key, 1, ?) = ", prefix.chars().count() as i64);
            terms.complete("?", prefix);
        }
        if let Some(after) = &query.after {
            terms.add("id > ?", after.as_str());
        }
        terms.binds.push(Bind::Int(i64::from(query.limit)));
        self.select(&format!("{} ORDER BY id LIMIT ?", terms.clause), terms.binds).await
    }

    /// Passages with this key on which a decision is possible: held and expired ones.
    ///
    /// # Errors
    /// As the database's.
    pub async fn held_by_key(&self, key: &str) -> Result<Vec<Passage>> {
        let clause = "WHERE key = ? AND state IN ('held', 'expired') ORDER BY id";
        self.select(clause, vec![key.into()]).await
    }

    /// Copies that are still to be deleted after a move, of one run or of all, by run and passage.
    ///
    /// # Errors
    /// As the database's.
    pub async fn pending_deletes(
        &self,
        run: Option<&RunId>,
        limit: u32,
    ) -> Result<Vec<(PassageId, PendingDelete)>> {
        let mut clause = String::from("WHERE pending_zone IS NOT NULL");
        let mut binds = Vec::new();
        if let Some(run) = run {
            clause.push_str(" AND run = ?");
            binds.push(run.as_str().into());
        }
        clause.push_str(" ORDER BY run, id LIMIT ?");
        binds.push(Bind::Int(i64::from(limit)));
        let passages = self.select(&clause, binds).await?;
        Ok(passages.into_iter().filter_map(|p| p.source_pending.map(|d| (p.id, d))).collect())
    }

    /// Passages that a clause selects. The clause is written here in this crate and holds no data.
    pub(crate) async fn select(&self, clause: &str, binds: Vec<Bind>) -> Result<Vec<Passage>> {
        let rows = select_query(clause, binds).fetch_all(self.reader()).await?;
        rows.iter().map(passage_row).collect()
    }
}

/// Passages with these ids, read within a transaction.
pub(crate) async fn passages_by_id(
    connection: &mut sqlx::SqliteConnection,
    ids: &[&PassageId],
) -> Result<Vec<Passage>> {
    let mut passages = Vec::with_capacity(ids.len());
    for chunk in bulk::chunks(ids) {
        let clause = format!("WHERE id IN {}", bulk::rows(1, chunk.len()));
        let binds = chunk.iter().map(|id| id.as_str().into()).collect();
        for row in select_query(&clause, binds).fetch_all(&mut *connection).await? {
            passages.push(passage_row(&row)?);
        }
    }
    Ok(passages)
}

type SelectQuery = sqlx::query::Query<'static, Sqlite, sqlx::sqlite::SqliteArguments>;

fn select_query(clause: &str, binds: Vec<Bind>) -> SelectQuery {
    let sql = format!("SELECT {PASSAGE_COLUMNS} FROM passages {clause}");
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for bind in binds {
        query = match bind {
            Bind::Int(value) => query.bind(value),
            Bind::Text(value) => query.bind(value),
        };
    }
    query
}

/// A value for a placeholder.
pub(crate) enum Bind {
    Int(i64),
    Text(String),
}

impl From<&str> for Bind {
    fn from(text: &str) -> Self {
        Bind::Text(text.to_owned())
    }
}

impl From<i64> for Bind {
    fn from(value: i64) -> Self {
        Bind::Int(value)
    }
}

/// Conditions that must all hold.
#[derive(Default)]
struct Terms {
    clause: String,
    binds: Vec<Bind>,
}

impl Terms {
    fn add(&mut self, term: &str, bind: impl Into<Bind>) {
        self.term(term);
        self.binds.push(bind.into());
    }

    /// A condition that compares to nothing.
    fn term(&mut self, term: &str) {
        self.clause.push_str(if self.clause.is_empty() { "WHERE " } else { " AND " });
        self.clause.push_str(term);
    }

    fn complete(&mut self, term: &str, bind: impl Into<Bind>) {
        self.clause.push_str(term);
        self.binds.push(bind.into());
    }

    /// No names at all do not narrow.
    fn one_of(&mut self, column: &str, names: impl Iterator<Item = &'static str>) {
        let mut any = false;
        for name in names {
            if any {
                self.complete(",?", name);
            } else {
                self.add(&format!("{column} IN (?"), name);
            }
            any = true;
        }
        if any {
            self.clause.push(')');
        }
    }
}

/// The condition that a finding is archived, or is not.
pub(crate) fn is_archived(archived: bool) -> &'static str {
    if archived { "archived_by IS NOT NULL" } else { "archived_by IS NULL" }
}

pub(crate) const PASSAGE_COLUMNS: &str = "id, run, flow, shard, key, source_key, source_version, \
    source_etag, size_bytes, modified_ms, state, place_zone, place_key, place_object, \
    pending_zone, pending_object, producer_tags, producer_metadata, verdict, content_hash, \
    coverage, severity, ruleset, archived_by, ruling_action, ruling_rule, reason_code, reason_message, \
    purge_after_ms, created_ms, updated_ms";

pub(crate) fn passage_row(row: &SqliteRow) -> Result<Passage> {
    let mut cells = Cells::of(row);
    Ok(Passage {
        id: PassageId::new(cells.next::<String>()?),
        run: RunId::new(cells.next::<String>()?),
        flow: FlowName::new(cells.next::<String>()?),
        shard: cells.small("passages.shard")?,
        key: cells.next()?,
        source: ObjectRef {
            key: cells.next()?,
            version: cells.next()?,
            etag: cells.next()?,
            size_bytes: cells.unsigned("passages.size_bytes")?,
            modified_ms: cells.next()?,
        },
        state: cells.named("passages.state", PassageState::parse)?,
        place: place_cells(&mut cells)?,
        source_pending: pending_cells(&mut cells)?,
        producer_tags: cells.json_or_null("passages.producer_tags")?.unwrap_or_default(),
        producer_metadata: cells.json_or_null("passages.producer_metadata")?.unwrap_or_default(),
        verdict: cells.named_or_null("passages.verdict", Verdict::parse)?,
        content_hash: cells.named_or_null("passages.content_hash", ContentHash::parse)?,
        coverage: cells.json_or_null("passages.coverage")?,
        severity: cells.named_or_null("passages.severity", parse_severity)?,
        ruleset: cells.next()?,
        archived_by: cells.next()?,
        ruling: pair(&mut cells)?.map(|(action, rule)| Ruling { action, rule }),
        reason: pair(&mut cells)?.map(|(code, message)| Reason { code, message }),
        purge_after_ms: cells.next()?,
        created_ms: cells.next()?,
        updated_ms: cells.next()?,
    })
}

fn place_cells(cells: &mut Cells<'_>) -> Result<Option<Place>> {
    let zone = cells.named_or_null("passages.place_zone", Zone::parse)?;
    let key: Option<String> = cells.next()?;
    let object = cells.json_or_null("passages.place_object")?;
    Ok(match (zone, key, object) {
        (Some(zone), Some(key), Some(object)) => Some(Place { zone, key, object }),
        _ => None,
    })
}

fn pending_cells(cells: &mut Cells<'_>) -> Result<Option<PendingDelete>> {
    let zone = cells.named_or_null("passages.pending_zone", Zone::parse)?;
    let object = cells.json_or_null("passages.pending_object")?;
    Ok(zone.zip(object).map(|(zone, object)| PendingDelete { zone, object }))
}

fn pair(cells: &mut Cells<'_>) -> Result<Option<(String, String)>> {
    let first: Option<String> = cells.next()?;
    let second: Option<String> = cells.next()?;
    Ok(first.zip(second))
}
