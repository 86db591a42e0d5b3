//! A run's journal: the events its machine was fed, in order, and its timers.

use crate::cells::{Cells, to_json, to_signed};
use crate::run::phase_name;
use crate::write::{Entry, Write};
use crate::{Error, Ledger, Result};
use lakegate_core::ids::RunId;
use lakegate_core::machine::{Event, Outcome, Phase, TimerId};

/// Events that were fed to a run's machine, and what they changed.
#[derive(Clone, Copy, Debug)]
pub struct JournalBatch<'a> {
    /// How many events the journal held before this batch. It makes the batch safe to repeat.
    pub after: u64,
    /// The events, in the order in which the machine took them. A [`Event::TimerFired`] deletes its
    /// timer.
    pub events: &'a [Event],
    /// The machine's phase after them.
    pub phase: Phase,
    /// Timers to start, with the time at which each is due, in milliseconds since 1970.
    pub timers_started: &'a [(TimerId, i64)],
    /// Timers to forget.
    pub timers_cancelled: &'a [TimerId],
    /// What came of the run, when this batch finishes it; the run is closed then.
    pub outcome: Option<&'a Outcome>,
    /// When.
    pub at_ms: i64,
}

impl Ledger {
    /// All events of a run, in their order.
    ///
    /// # Errors
    /// As the database's.
    pub async fn journal(&self, run: &RunId) -> Result<Vec<Event>> {
        let rows = sqlx::query("SELECT event FROM journal WHERE run = $1 ORDER BY position")
            .bind(run.as_str())
            .fetch_all(self.reader())
            .await?;
        rows.iter().map(|row| Cells::of(row).json("journal.event")).collect()
    }

    /// Appends a batch to a run's journal, in one transaction. A batch that is there already, event
    /// for event, is not appended again.
    ///
    /// # Errors
    /// [`Error::NoSuchRun`]; [`Error::JournalMoved`] when the journal does not stand at
    /// `batch.after`.
    pub async fn append(&self, run: &RunId, batch: &JournalBatch<'_>) -> Result<()> {
        let events = batch
            .events
            .iter()
            .map(|event| to_json("journal.event", event))
            .collect::<Result<Vec<_>>>()?;
        let mut write = self.write().await?;
        if already_there(&mut write, run, batch.after, &events).await? {
            return Ok(());
        }
        let mut position = to_signed("journal.position", batch.after)?;
        for event in &events {
            position += 1;
            sqlx::query(
                "INSERT INTO journal (run, position, event, at_ms) VALUES ($1, $2, $3, $4)",
            )
            .bind(run.as_str())
            .bind(position)
            .bind(event)
            .bind(batch.at_ms)
            .execute(write.connection())
            .await?;
        }
        change_timers(&mut write, run, batch).await?;
        stand(&mut write, run, batch).await?;
        write.commit().await
    }

    /// A run's timers with the times at which they are due, the earliest first.
    ///
    /// # Errors
    /// As the database's.
    pub async fn timers(&self, run: &RunId) -> Result<Vec<(TimerId, i64)>> {
        let rows =
            sqlx::query("SELECT timer, due_ms FROM timers WHERE run = $1 ORDER BY due_ms, timer")
                .bind(run.as_str())
                .fetch_all(self.reader())
                .await?;
        rows.iter()
            .map(|row| {
                let mut cells = Cells::of(row);
                Ok((TimerId(cells.small("timers.timer")?), cells.next()?))
            })
            .collect()
    }
}

/// Whether exactly these events stand after `after`; an error when others do, or when there is a gap.
async fn already_there(
    write: &mut Write,
    run: &RunId,
    after: u64,
    events: &[String],
) -> Result<bool> {
    let found: i64 =
        sqlx::query_scalar("SELECT COALESCE(MAX(position), 0) FROM journal WHERE run = $1")
            .bind(run.as_str())
            .fetch_one(write.connection())
            .await?;
    let expected = to_signed("journal.position", after)?;
    if found == expected {
        return Ok(false);
    }
    let standing: Vec<String> = sqlx::query_scalar(
        "SELECT event FROM journal WHERE run = $1 AND position > $2 ORDER BY position",
    )
    .bind(run.as_str())
    .bind(expected)
    .fetch_all(write.connection())
    .await?;
    if found > expected && standing == events {
        return Ok(true);
    }
    let found = u64::try_from(found).unwrap_or(0);
    Err(Error::JournalMoved { run: run.clone(), found, expected: after })
}

async fn change_timers(write: &mut Write, run: &RunId, batch: &JournalBatch<'_>) -> Result<()> {
    for (timer, due_ms) in batch.timers_started {
        sqlx::query(
            "INSERT INTO timers (run, timer, due_ms) VALUES ($1, $2, $3) \
             ON CONFLICT (run, timer) DO NOTHING",
        )
        .bind(run.as_str())
        .bind(i64::from(timer.0))
        .bind(due_ms)
        .execute(write.connection())
        .await?;
    }
    let fired = batch.events.iter().filter_map(|event| match event {
        Event::TimerFired { id } => Some(id),
        _ => None,
    });
    for timer in batch.timers_cancelled.iter().chain(fired) {
        sqlx::query("DELETE FROM timers WHERE run = $1 AND timer = $2")
            .bind(run.as_str())
            .bind(i64::from(timer.0))
            .execute(write.connection())
            .await?;
    }
    Ok(())
}

/// Writes down how far the run is, and closes it when it has an outcome.
async fn stand(write: &mut Write, run: &RunId, batch: &JournalBatch<'_>) -> Result<()> {
    let outcome = batch.outcome.map(|outcome| to_json("runs.outcome", outcome)).transpose()?;
    let closed_ms = outcome.is_some().then_some(batch.at_ms);
    let changed = sqlx::query(
        "UPDATE runs SET phase = $2, outcome = COALESCE($3, outcome), \
         closed_ms = COALESCE(closed_ms, $4) WHERE id = $1",
    )
    .bind(run.as_str())
    .bind(phase_name(batch.phase))
    .bind(&outcome)
    .bind(closed_ms)
    .execute(write.connection())
    .await?
    .rows_affected();
    if changed == 0 {
        return Err(Error::NoSuchRun { run: run.clone() });
    }
    let Some(detail) = outcome else { return Ok(()) };
    write
        .audit(Entry {
            at_ms: batch.at_ms,
            actor: "engine",
            action: "run.closed",
            run: Some(run.as_str()),
            passage: None,
            state: None,
            detail,
        })
        .await
}
