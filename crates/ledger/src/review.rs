//! Reviews: the held objects of a run, waiting for a person.

use crate::cells::Cells;
use crate::outbox::{self, NewMessage};
use crate::write::Entry;
use crate::{Ledger, Result};
use lakegate_core::ids::{FlowName, ReviewId, RunId};
use serde_json::json;
use sqlx::AssertSqlSafe;
use sqlx::sqlite::SqliteRow;

/// A review about to be opened.
#[derive(Clone, Debug)]
pub struct NewReview {
    /// Its id.
    pub id: ReviewId,
    /// Its run.
    pub run: RunId,
    /// Its run's flow.
    pub flow: FlowName,
    /// When it opens.
    pub opened_ms: i64,
    /// When its time is up.
    pub expires_ms: i64,
}

/// A review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// Its id.
    pub id: ReviewId,
    /// Its run.
    pub run: RunId,
    /// Its run's flow.
    pub flow: FlowName,
    /// When it opened.
    pub opened_ms: i64,
    /// When its time is up.
    pub expires_ms: i64,
    /// When it closed.
    pub closed_ms: Option<i64>,
}

const REVIEW_COLUMNS: &str = "id, run, flow, opened_ms, expires_ms, closed_ms";

impl Ledger {
    /// Opens a run's review and puts its message into the outbox, in one transaction. Answers
    /// `false`, and changes nothing, when the run has a review already.
    ///
    /// # Errors
    /// As the database's.
    pub async fn open_review(&self, new: NewReview, message: Option<NewMessage>) -> Result<bool> {
        let mut write = self.write().await?;
        let made = sqlx::query(
            "INSERT INTO reviews (id, run, flow, opened_ms, expires_ms) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        )
        .bind(new.id.as_str())
        .bind(new.run.as_str())
        .bind(new.flow.as_str())
        .bind(new.opened_ms)
        .bind(new.expires_ms)
        .execute(write.connection())
        .await?
        .rows_affected();
        if made == 0 {
            return Ok(false);
        }
        if let Some(message) = &message {
            outbox::put(&mut write, message).await?;
        }
        write
            .audit(Entry {
                at_ms: new.opened_ms,
                actor: "engine",
                action: "review.opened",
                run: Some(new.run.as_str()),
                passage: None,
                state: None,
                detail: json!({ "review": new.id, "expires_ms": new.expires_ms }).to_string(),
            })
            .await?;
        write.commit().await?;
        Ok(true)
    }

    /// A review by its id.
    ///
    /// # Errors
    /// As the database's.
    pub async fn review(&self, review: &ReviewId) -> Result<Option<Review>> {
        self.review_where("id", review.as_str()).await
    }

    /// A run's review.
    ///
    /// # Errors
    /// As the database's.
    pub async fn review_of_run(&self, run: &RunId) -> Result<Option<Review>> {
        self.review_where("run", run.as_str()).await
    }

    /// Reviews, all or only those that are open, the newest first.
    ///
    /// # Errors
    /// As the database's.
    pub async fn reviews(&self, open_only: bool, limit: u32) -> Result<Vec<Review>> {
        let filter = if open_only { "WHERE closed_ms IS NULL" } else { "" };
        let sql = format!(
            "SELECT {REVIEW_COLUMNS} FROM reviews {filter} ORDER BY opened_ms DESC, id DESC LIMIT $1"
        );
        let rows =
            sqlx::query(AssertSqlSafe(sql)).bind(i64::from(limit)).fetch_all(self.reader()).await?;
        rows.iter().map(review_row).collect()
    }

    /// Closes a review. Answers whether it was open.
    ///
    /// # Errors
    /// As the database's.
    pub async fn close_review(&self, review: &ReviewId, at_ms: i64) -> Result<bool> {
        let mut write = self.write().await?;
        let run: Option<String> = sqlx::query_scalar(
            "UPDATE reviews SET closed_ms = $2 WHERE id = $1 AND closed_ms IS NULL RETURNING run",
        )
        .bind(review.as_str())
        .bind(at_ms)
        .fetch_optional(write.connection())
        .await?;
        let Some(run) = run else { return Ok(false) };
        write
            .audit(Entry {
                at_ms,
                actor: "engine",
                action: "review.closed",
                run: Some(&run),
                passage: None,
                state: None,
                detail: json!({ "review": review }).to_string(),
            })
            .await?;
        write.commit().await?;
        Ok(true)
    }

    async fn review_where(&self, column: &'static str, value: &str) -> Result<Option<Review>> {
        let sql = format!("SELECT {REVIEW_COLUMNS} FROM reviews WHERE {column} = $1");
        let row = sqlx::query(AssertSqlSafe(sql)).bind(value).fetch_optional(self.reader()).await?;
        row.as_ref().map(review_row).transpose()
    }
}

fn review_row(row: &SqliteRow) -> Result<Review> {
    let mut cells = Cells::of(row);
    Ok(Review {
        id: ReviewId::new(cells.next::<String>()?),
        run: RunId::new(cells.next::<String>()?),
        flow: FlowName::new(cells.next::<String>()?),
        opened_ms: cells.next()?,
        expires_ms: cells.next()?,
        closed_ms: cells.next()?,
    })
}
