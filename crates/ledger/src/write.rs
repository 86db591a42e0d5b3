//! One write transaction: statements, the audit rows that tell of them, and the runs' tallies.

use crate::audit::{AuditRow, Link};
use crate::cells::Cells;
use crate::{Ledger, Result, bulk};
use lakegate_core::passage::PassageState;
use lakegate_core::verdict::Verdict;
use sqlx::sqlite::{Sqlite, SqliteConnection};
use sqlx::{AssertSqlSafe, Transaction};
use std::collections::BTreeMap;

/// Audit rows that wait in memory before they are written.
const AUDIT_ROWS_WAITING_MAX: usize = 250;

/// What an audit row tells, but for its place in the chain.
pub(crate) struct Entry<'a> {
    pub(crate) at_ms: i64,
    pub(crate) actor: &'a str,
    pub(crate) action: &'a str,
    pub(crate) run: Option<&'a str>,
    pub(crate) passage: Option<&'a str>,
    /// The state in which the passage is from now on.
    pub(crate) state: Option<PassageState>,
    /// JSON.
    pub(crate) detail: String,
}

/// An open write transaction. Dropped without [`Write::commit`], it leaves nothing.
pub(crate) struct Write {
    tx: Transaction<'static, Sqlite>,
    link: Link,
    link_at_begin: i64,
    waiting: Vec<AuditRow>,
    tallies: BTreeMap<(String, PassageState, Option<Verdict>), Tally>,
}

#[derive(Default)]
struct Tally {
    objects: i64,
    bytes: i64,
}

impl Ledger {
    /// Begins a write transaction, after those before it.
    pub(crate) async fn write(&self) -> Result<Write> {
        let mut tx = self.writer()?.begin_with("BEGIN IMMEDIATE").await?;
        let row = sqlx::query("SELECT seq, hash FROM audit_head WHERE one = 1")
            .fetch_one(&mut *tx)
            .await?;
        let link = Link::read(&mut Cells::of(&row))?;
        Ok(Write {
            tx,
            link_at_begin: link.seq,
            link,
            waiting: Vec::new(),
            tallies: BTreeMap::new(),
        })
    }
}

impl Write {
    pub(crate) fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.tx
    }

    /// Adds a row to the audit chain.
    pub(crate) async fn audit(&mut self, entry: Entry<'_>) -> Result<()> {
        let row = AuditRow::after(&self.link, entry);
        self.link = Link { seq: row.seq, hash: row.hash };
        self.waiting.push(row);
        if self.waiting.len() >= AUDIT_ROWS_WAITING_MAX { self.flush_audit().await } else { Ok(()) }
    }

    /// Counts one passage out of or into a state of its run.
    pub(crate) fn tally(
        &mut self,
        run: &str,
        state: PassageState,
        verdict: Option<Verdict>,
        objects: i64,
        size_bytes: i64,
    ) {
        let tally = self.tallies.entry((run.to_owned(), state, verdict)).or_default();
        tally.objects += objects;
        tally.bytes += objects * size_bytes;
    }

    /// Makes all of it permanent.
    pub(crate) async fn commit(mut self) -> Result<()> {
        self.flush_audit().await?;
        self.flush_tallies().await?;
        if self.link.seq != self.link_at_begin {
            sqlx::query("UPDATE audit_head SET seq = $1, hash = $2 WHERE one = 1")
                .bind(self.link.seq)
                .bind(self.link.hash.to_vec())
                .execute(&mut *self.tx)
                .await?;
        }
        Ok(self.tx.commit().await?)
    }

    async fn flush_audit(&mut self) -> Result<()> {
        for chunk in bulk::chunks(&self.waiting) {
            let mut sql = String::from(
                "INSERT INTO audit \
                 (seq, at_ms, actor, action, run, passage, state, detail, prev_hash, hash) VALUES ",
            );
            sql.push_str(&bulk::rows(chunk.len(), 10));
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for row in chunk {
                query = query
                    .bind(row.seq)
                    .bind(row.at_ms)
                    .bind(&row.actor)
                    .bind(&row.action)
                    .bind(&row.run)
                    .bind(&row.passage)
                    .bind(row.state.map(PassageState::as_str))
                    .bind(&row.detail)
                    .bind(row.prev_hash.to_vec())
                    .bind(row.hash.to_vec());
            }
            query.execute(&mut *self.tx).await?;
        }
        self.waiting.clear();
        Ok(())
    }

    async fn flush_tallies(&mut self) -> Result<()> {
        for ((run, state, verdict), tally) in std::mem::take(&mut self.tallies) {
            if tally.objects == 0 && tally.bytes == 0 {
                continue;
            }
            sqlx::query(
                "INSERT INTO run_tallies (run, state, verdict, objects, bytes) \
                 VALUES ($1, $2, $3, $4, $5) \
                 ON CONFLICT (run, state, verdict) DO UPDATE SET \
                 objects = run_tallies.objects + excluded.objects, \
                 bytes = run_tallies.bytes + excluded.bytes",
            )
            .bind(run)
            .bind(state.as_str())
            .bind(verdict.map_or("", Verdict::as_str))
            .bind(tally.objects)
            .bind(tally.bytes)
            .execute(&mut *self.tx)
            .await?;
        }
        Ok(())
    }
}
