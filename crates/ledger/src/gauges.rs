//! What is measured of the ledger as a whole, for metrics and health.

use crate::cells::{Cells, unreadable};
use crate::{Ledger, Result};

/// The reviews that are open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenReviews {
    /// How many.
    pub count: u64,
    /// When the oldest of them opened.
    pub oldest_ms: Option<i64>,
}

impl Ledger {
    /// How many reviews are open, and since when.
    ///
    /// # Errors
    /// As the database's.
    pub async fn open_reviews(&self) -> Result<OpenReviews> {
        let sql = "SELECT COUNT(*), MIN(opened_ms) FROM reviews WHERE closed_ms IS NULL";
        let row = sqlx::query(sql).fetch_one(self.reader()).await?;
        let mut cells = Cells::of(&row);
        Ok(OpenReviews { count: cells.unsigned("COUNT(*)")?, oldest_ms: cells.next()? })
    }

    /// Messages that wait to leave.
    ///
    /// # Errors
    /// As the database's.
    pub async fn messages_waiting(&self) -> Result<u64> {
        let sql = "SELECT COUNT(*) FROM outbox WHERE status = 'waiting'";
        let waiting: i64 = sqlx::query_scalar(sql).fetch_one(self.reader()).await?;
        u64::try_from(waiting).map_err(|_| unreadable("COUNT(*)"))
    }

    /// Passages by state and verdict over all runs; the verdict is empty where there is none yet.
    ///
    /// # Errors
    /// As the database's.
    pub async fn totals(&self) -> Result<Vec<(String, String, u64)>> {
        let sql = "SELECT state, verdict, SUM(objects) FROM run_tallies \
                   GROUP BY state, verdict HAVING SUM(objects) > 0 ORDER BY state, verdict";
        let rows = sqlx::query(sql).fetch_all(self.reader()).await?;
        rows.iter()
            .map(|row| {
                let mut cells = Cells::of(row);
                Ok((cells.next()?, cells.next()?, cells.unsigned("SUM(objects)")?))
            })
            .collect()
    }

    /// Proves that the ledger can be written, without changing it.
    ///
    /// # Errors
    /// As the database's; [`crate::Error::ReadOnly`] when it was opened so.
    pub async fn prove_writable(&self) -> Result<()> {
        // Taking the write lock fails where writing would.
        let write = self.write().await?;
        drop(write);
        Ok(())
    }
}
