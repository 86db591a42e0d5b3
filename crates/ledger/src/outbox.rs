//! The outbox: messages that are sent because the transaction that caused them was made permanent.

use crate::cells::{Cells, unreadable};
use crate::write::Write;
use crate::{Ledger, Result};
use lakegate_core::ids::{ReviewId, RunId};
use sqlx::AssertSqlSafe;
use sqlx::sqlite::SqliteRow;

/// A message about to be put into the outbox.
#[derive(Clone, Debug)]
pub struct NewMessage {
    /// Its id. A message with an id that is known already is not put in again.
    pub id: String,
    /// What kind of message it is, such as `review_opened`.
    pub kind: String,
    /// The run it is about.
    pub run: Option<RunId>,
    /// The review it is about.
    pub review: Option<ReviewId>,
    /// What is to be sent, in the sender's own form. It must hold no secret.
    pub payload: String,
    /// When it is made, and due.
    pub at_ms: i64,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its id.
    pub id: String,
    /// What kind of message it is.
    pub kind: String,
    /// The run it is about.
    pub run: Option<RunId>,
    /// The review it is about.
    pub review: Option<ReviewId>,
    /// What is to be sent.
    pub payload: String,
    /// When it was made.
    pub created_ms: i64,
    /// When it is to be tried next.
    pub due_ms: i64,
    /// Failed attempts so far.
    pub attempts: u32,
    /// Whether it is sent.
    pub status: MessageStatus,
    /// What the last failed attempt said.
    pub last_error: Option<String>,
}

/// How far a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageStatus {
    /// It waits to be sent.
    Waiting,
    /// It was sent.
    Sent {
        /// When.
        at_ms: i64,
    },
    /// It could not be sent, and is not tried again.
    GaveUp,
}

const WAITING: &str = "waiting";
const SENT: &str = "sent";
const GAVE_UP: &str = "gave_up";

const SELECT_MESSAGES: &str = "SELECT id, kind, run, review, payload, created_ms, due_ms, \
    attempts, status, sent_ms, last_error FROM outbox";

impl Ledger {
    /// Puts a message into the outbox. Answers `false`, and changes nothing, when its id is known.
    ///
    /// # Errors
    /// As the database's.
    pub async fn enqueue(&self, message: NewMessage) -> Result<bool> {
        let mut write = self.write().await?;
        let made = put(&mut write, &message).await?;
        write.commit().await?;
        Ok(made)
    }

    /// Messages that are due, the longest due first.
    ///
    /// # Errors
    /// As the database's.
    pub async fn due_messages(&self, now_ms: i64, limit: u32) -> Result<Vec<Message>> {
        let sql = format!(
            "{SELECT_MESSAGES} WHERE status = 'waiting' AND due_ms <= $1 \
             ORDER BY due_ms, id LIMIT $2"
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(now_ms)
            .bind(i64::from(limit))
            .fetch_all(self.reader())
            .await?;
        rows.iter().map(message_row).collect()
    }

    /// Writes down that a message was sent. Answers whether it was waiting.
    ///
    /// # Errors
    /// As the database's.
    pub async fn message_sent(&self, id: &str, at_ms: i64) -> Result<bool> {
        let mut write = self.write().await?;
        let changed = sqlx::query(
            "UPDATE outbox SET status = $2, sent_ms = $3 WHERE id = $1 AND status = 'waiting'",
        )
        .bind(id)
        .bind(SENT)
        .bind(at_ms)
        .execute(write.connection())
        .await?
        .rows_affected();
        write.commit().await?;
        Ok(changed > 0)
    }

    /// Writes down a failed attempt to send a message, and when to try again; `None` gives it up.
    /// Answers whether it was waiting.
    ///
    /// # Errors
    /// As the database's.
    pub async fn message_failed(
        &self,
        id: &str,
        error: &str,
        retry_at_ms: Option<i64>,
    ) -> Result<bool> {
        let mut write = self.write().await?;
        let changed = sqlx::query(
            "UPDATE outbox SET status = $2, due_ms = COALESCE($3, due_ms), \
             attempts = attempts + 1, last_error = $4 WHERE id = $1 AND status = 'waiting'",
        )
        .bind(id)
        .bind(if retry_at_ms.is_some() { WAITING } else { GAVE_UP })
        .bind(retry_at_ms)
        .bind(error)
        .execute(write.connection())
        .await?
        .rows_affected();
        write.commit().await?;
        Ok(changed > 0)
    }

    /// The messages about a run, in the order in which they were made.
    ///
    /// # Errors
    /// As the database's.
    pub async fn messages_of_run(&self, run: &RunId) -> Result<Vec<Message>> {
        self.messages_where("run", run.as_str()).await
    }

    /// The messages about a review, in the order in which they were made.
    ///
    /// # Errors
    /// As the database's.
    pub async fn messages_of_review(&self, review: &ReviewId) -> Result<Vec<Message>> {
        self.messages_where("review", review.as_str()).await
    }

    async fn messages_where(&self, column: &'static str, value: &str) -> Result<Vec<Message>> {
        let sql = format!("{SELECT_MESSAGES} WHERE {column} = $1 ORDER BY created_ms, id");
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(value).fetch_all(self.reader()).await?;
        rows.iter().map(message_row).collect()
    }
}

/// Puts a message into the outbox within a transaction; answers whether it was new.
pub(crate) async fn put(write: &mut Write, message: &NewMessage) -> Result<bool> {
    let made = sqlx::query(
        "INSERT INTO outbox (id, kind, run, review, payload, created_ms, due_ms, attempts, status) \
         VALUES ($1, $2, $3, $4, $5, $6, $6, 0, $7) ON CONFLICT (id) DO NOTHING",
    )
    .bind(&message.id)
    .bind(&message.kind)
    .bind(message.run.as_ref().map(RunId::as_str))
    .bind(message.review.as_ref().map(ReviewId::as_str))
    .bind(&message.payload)
    .bind(message.at_ms)
    .bind(WAITING)
    .execute(write.connection())
    .await?
    .rows_affected();
    Ok(made > 0)
}

fn message_row(row: &SqliteRow) -> Result<Message> {
    let mut cells = Cells::of(row);
    let id = cells.next()?;
    let kind = cells.next()?;
    let run = cells.next::<Option<String>>()?.map(RunId::new);
    let review = cells.next::<Option<String>>()?.map(ReviewId::new);
    let payload = cells.next()?;
    let created_ms = cells.next()?;
    let due_ms = cells.next()?;
    let attempts = cells.small("outbox.attempts")?;
    let status: String = cells.next()?;
    let sent_ms: Option<i64> = cells.next()?;
    let status = match (status.as_str(), sent_ms) {
        (WAITING, _) => MessageStatus::Waiting,
        (SENT, Some(at_ms)) => MessageStatus::Sent { at_ms },
        (GAVE_UP, _) => MessageStatus::GaveUp,
        _ => return Err(unreadable("outbox.status")),
    };
    let last_error = cells.next()?;
    Ok(Message { id, kind, run, review, payload, created_ms, due_ms, attempts, status, last_error })
}
