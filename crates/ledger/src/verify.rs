//! Proving that the audit chain is whole, and that the passages stand where it says.

use crate::audit::{AUDIT_COLUMNS, Link, audit_row};
use crate::cells::Cells;
use crate::{Error, Ledger, Result};
use futures_util::TryStreamExt;
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection};

/// What a verification found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditReport {
    /// Rows that were found in order, from the first.
    pub rows: u64,
    /// The hash of the last of them; zeros when there is none. Noted elsewhere, it proves later that
    /// nothing before it was changed.
    pub head_hash: [u8; 32],
    /// The first thing that is wrong.
    pub problem: Option<AuditProblem>,
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditProblem {
    /// The row at which it shows.
    pub seq: i64,
    /// What it is.
    pub what: String,
}

impl Ledger {
    /// Reads the whole audit chain and checks each row's number, link and hash, that the chain ends
    /// where the ledger last wrote, and that every passage is in the state that its last audit row
    /// says. Memory does not grow with the ledger.
    ///
    /// # Errors
    /// As the database's. What is wrong with the chain is no error but in the report.
    pub async fn verify_audit(&self) -> Result<AuditReport> {
        let mut connection = self.reader().acquire().await?;
        // One transaction sees one moment, whatever is written meanwhile.
        let mut snapshot = connection.begin().await?;
        let (link, mut problem) = walk(&mut snapshot).await?;
        if problem.is_none() {
            problem = check_head(&mut snapshot, &link).await?;
        }
        if problem.is_none() {
            problem = check_states(&mut snapshot, &link).await?;
        }
        snapshot.rollback().await?;
        let rows = u64::try_from(link.seq).unwrap_or(0);
        Ok(AuditReport { rows, head_hash: link.hash, problem })
    }
}

fn problem(seq: i64, what: impl Into<String>) -> Option<AuditProblem> {
    Some(AuditProblem { seq, what: what.into() })
}

/// Follows the chain as far as it is whole.
async fn walk(connection: &mut SqliteConnection) -> Result<(Link, Option<AuditProblem>)> {
    let sql = format!("SELECT {AUDIT_COLUMNS} FROM audit ORDER BY seq");
    let mut rows = sqlx::query(AssertSqlSafe(sql)).fetch(connection);
    let mut link = Link::START;
    while let Some(row) = rows.try_next().await? {
        let expected = link.seq + 1;
        let row = match audit_row(&row) {
            Ok(row) => row,
            Err(Error::Unreadable { column, .. }) => {
                return Ok((link, problem(expected, format!("{column} is not what was written"))));
            }
            Err(error) => return Err(error),
        };
        let wrong = if row.seq != expected {
            Some(format!("row {expected} is missing; row {} follows", row.seq))
        } else if row.prev_hash != link.hash {
            Some("the row is not bound to the row before it".to_owned())
        } else if row.computed_hash() != row.hash {
            Some("the row was changed: its hash does not match".to_owned())
        } else {
            None
        };
        if let Some(what) = wrong {
            return Ok((link, problem(expected, what)));
        }
        link = Link { seq: row.seq, hash: row.hash };
    }
    Ok((link, None))
}

/// Checks that the chain was neither cut short nor continued by another hand.
async fn check_head(
    connection: &mut SqliteConnection,
    link: &Link,
) -> Result<Option<AuditProblem>> {
    let row = sqlx::query("SELECT seq, hash FROM audit_head WHERE one = 1")
        .fetch_optional(connection)
        .await?;
    let Some(row) = row else {
        return Ok(problem(link.seq, "the record of the chain's end is missing"));
    };
    let head = Link::read(&mut Cells::of(&row))?;
    Ok(if head.seq > link.seq {
        problem(link.seq + 1, format!("the rows up to {} are missing", head.seq))
    } else if head != *link {
        problem(head.seq, "the chain does not end where it was last written")
    } else {
        None
    })
}

/// Checks passages against the audit chain, and the other way round.
async fn check_states(
    connection: &mut SqliteConnection,
    link: &Link,
) -> Result<Option<AuditProblem>> {
    let differing = sqlx::query(
        "SELECT id, state, told, seq FROM (SELECT p.id AS id, p.state AS state, \
         (SELECT a.state FROM audit a WHERE a.passage = p.id AND a.state IS NOT NULL \
          ORDER BY a.seq DESC LIMIT 1) AS told, \
         (SELECT MAX(a.seq) FROM audit a WHERE a.passage = p.id) AS seq \
         FROM passages p) AS standing WHERE told IS NULL OR told <> state LIMIT 1",
    )
    .fetch_optional(&mut *connection)
    .await?;
    if let Some(row) = differing {
        let mut cells = Cells::of(&row);
        let id: String = cells.next()?;
        let state: String = cells.next()?;
        let told: Option<String> = cells.next()?;
        let seq: Option<i64> = cells.next()?;
        let told = told.unwrap_or_else(|| "nothing".to_owned());
        let what = format!("passage {id} is {state}, the audit rows say {told}");
        return Ok(problem(seq.unwrap_or(link.seq), what));
    }
    let lost = sqlx::query(
        "SELECT a.seq, a.passage FROM audit a WHERE a.passage IS NOT NULL AND a.state IS NOT NULL \
         AND NOT EXISTS (SELECT 1 FROM passages p WHERE p.id = a.passage) ORDER BY a.seq LIMIT 1",
    )
    .fetch_optional(connection)
    .await?;
    let Some(row) = lost else { return Ok(None) };
    let mut cells = Cells::of(&row);
    let seq = cells.next()?;
    let id: String = cells.next()?;
    Ok(problem(seq, format!("passage {id} is gone from the ledger")))
}
