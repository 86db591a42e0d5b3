//! Claiming: a page of a listing becomes passages, once.

use crate::cells::{Cells, to_json, to_signed};
use crate::write::{Entry, Write};
use crate::{Error, Ledger, Result, bulk};
use lakegate_core::ids::{FlowName, PassageId, RunId};
use lakegate_core::machine::CallOut;
use lakegate_core::object::{ObjectRef, Zone};
use lakegate_core::passage::PassageState;
use serde_json::json;
use sqlx::AssertSqlSafe;
use std::collections::{BTreeSet, HashSet};

/// Where a page of a run's listing stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimPosition {
    /// It is recorded, with what it reported.
    Done(CallOut),
    /// It is not; it begins after this key, or at the beginning.
    StartAfter(Option<String>),
}

/// An object about to be claimed.
#[derive(Clone, Debug)]
pub struct NewPassage {
    /// The passage's id.
    pub id: PassageId,
    /// The shard that it goes to.
    pub shard: u32,
    /// The object's key within its zone.
    pub key: String,
    /// The instance that was listed.
    pub source: ObjectRef,
}

/// One instance of an object under its key within `raw`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instance {
    /// The key within the zone.
    pub key: String,
    /// The entity tag.
    pub etag: String,
    /// The version, where the store keeps versions.
    pub version: Option<String>,
}

impl Ledger {
    /// Where a page of a run's listing stands.
    ///
    /// # Errors
    /// [`Error::PageMissing`] when the page before it is not recorded.
    pub async fn claim_position(&self, run: &RunId, page: u32) -> Result<ClaimPosition> {
        let rows = sqlx::query(
            "SELECT page, reported, next_after FROM claim_pages \
             WHERE run = $1 AND page IN ($2, $3) ORDER BY page DESC",
        )
        .bind(run.as_str())
        .bind(i64::from(page))
        .bind(i64::from(page) - 1)
        .fetch_all(self.reader())
        .await?;
        let Some(row) = rows.first() else {
            return match page.checked_sub(1) {
                None => Ok(ClaimPosition::StartAfter(None)),
                Some(before) => Err(Error::PageMissing { run: run.clone(), page: before }),
            };
        };
        let mut cells = Cells::of(row);
        let found = cells.small("claim_pages.page")?;
        let reported = cells.json("claim_pages.reported")?;
        if found == page {
            return Ok(ClaimPosition::Done(reported));
        }
        Ok(ClaimPosition::StartAfter(cells.next()?))
    }

    /// Records a page of a run's listing with the passages it makes, in one transaction, and answers
    /// with what the page reports. A page that is recorded already stays as it is; the answer is
    /// what it reported then. A key that the run has claimed before is left out.
    ///
    /// # Errors
    /// [`Error::NoSuchRun`].
    pub async fn claim(
        &self,
        run: &RunId,
        page: u32,
        out: &CallOut,
        next_after: Option<&str>,
        passages: &[NewPassage],
        at_ms: i64,
    ) -> Result<CallOut> {
        let mut write = self.write().await?;
        let flow: Option<String> = sqlx::query_scalar("SELECT flow FROM runs WHERE id = $1")
            .bind(run.as_str())
            .fetch_optional(write.connection())
            .await?;
        let flow = flow.ok_or_else(|| Error::NoSuchRun { run: run.clone() })?;
        if let Some(reported) = reported(&mut write, run, page).await? {
            return Ok(reported);
        }
        sqlx::query(
            "INSERT INTO claim_pages (run, page, reported, next_after, at_ms) \
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(run.as_str())
        .bind(i64::from(page))
        .bind(to_json("claim_pages.reported", out)?)
        .bind(next_after)
        .bind(at_ms)
        .execute(write.connection())
        .await?;
        for chunk in bulk::chunks(passages) {
            claim_chunk(&mut write, run, &flow, chunk, at_ms).await?;
        }
        write.commit().await?;
        Ok(out.clone())
    }

    /// Of these keys, the instances whose bytes in `raw` are some run's already: claimed by another
    /// open run, or moved on by any run and only still to be deleted there.
    ///
    /// # Errors
    /// As the database's.
    pub async fn in_flight(
        &self,
        flow: &FlowName,
        run: &RunId,
        keys: &[String],
    ) -> Result<BTreeSet<Instance>> {
        let mut instances = BTreeSet::new();
        for chunk in bulk::chunks(keys) {
            let sql = format!(
                "SELECT p.key, p.source_etag, p.source_version FROM passages p \
                 JOIN runs r ON r.id = p.run \
                 WHERE p.key IN {} AND p.flow = ? AND (p.pending_zone = ? \
                 OR (p.state = ? AND p.run <> ? AND r.closed_ms IS NULL))",
                bulk::rows(1, chunk.len())
            );
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for key in chunk {
                query = query.bind(key);
            }
            let rows = query
                .bind(flow.as_str())
                .bind(Zone::Raw.as_str())
                .bind(PassageState::Claimed.as_str())
                .bind(run.as_str())
                .fetch_all(self.reader())
                .await?;
            for row in &rows {
                let mut cells = Cells::of(row);
                instances.insert(Instance {
                    key: cells.next()?,
                    etag: cells.next()?,
                    version: cells.next()?,
                });
            }
        }
        Ok(instances)
    }
}

async fn reported(write: &mut Write, run: &RunId, page: u32) -> Result<Option<CallOut>> {
    let row = sqlx::query("SELECT reported FROM claim_pages WHERE run = $1 AND page = $2")
        .bind(run.as_str())
        .bind(i64::from(page))
        .fetch_optional(write.connection())
        .await?;
    row.map(|row| Cells::of(&row).json("claim_pages.reported")).transpose()
}

/// The parameters of one row of the statement in [`claim_chunk`].
const CLAIM_COLUMNS: usize = 16;

async fn claim_chunk(
    write: &mut Write,
    run: &RunId,
    flow: &str,
    chunk: &[NewPassage],
    at_ms: i64,
) -> Result<()> {
    let sql = format!(
        "INSERT INTO passages (id, run, flow, shard, key, source_key, source_version, source_etag, \
         size_bytes, modified_ms, state, place_zone, place_key, place_object, created_ms, \
         updated_ms) VALUES {} ON CONFLICT (run, key) DO NOTHING RETURNING id",
        bulk::rows(chunk.len(), CLAIM_COLUMNS)
    );
    let mut query = sqlx::query_scalar::<_, String>(AssertSqlSafe(sql));
    for new in chunk {
        query = query
            .bind(new.id.as_str())
            .bind(run.as_str())
            .bind(flow)
            .bind(i64::from(new.shard))
            .bind(&new.key)
            .bind(&new.source.key)
            .bind(&new.source.version)
            .bind(&new.source.etag)
            .bind(to_signed("passages.size_bytes", new.source.size_bytes)?)
            .bind(new.source.modified_ms)
            .bind(PassageState::Claimed.as_str())
            .bind(Zone::Raw.as_str())
            .bind(&new.key)
            .bind(to_json("passages.place_object", &new.source)?)
            .bind(at_ms)
            .bind(at_ms);
    }
    let made: HashSet<String> = query.fetch_all(write.connection()).await?.into_iter().collect();
    for new in chunk.iter().filter(|new| made.contains(new.id.as_str())) {
        let size_bytes = to_signed("passages.size_bytes", new.source.size_bytes)?;
        write.tally(run.as_str(), PassageState::Claimed, None, 1, size_bytes);
        write
            .audit(Entry {
                at_ms,
                actor: "engine",
                action: "passage.claimed",
                run: Some(run.as_str()),
                passage: Some(new.id.as_str()),
                state: Some(PassageState::Claimed),
                detail:
                    json!({ "from": PassageState::Landed, "key": new.key, "source": new.source })
                        .to_string(),
            })
            .await?;
    }
    Ok(())
}
