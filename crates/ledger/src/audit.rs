//! The audit chain: one row per change, each bound to the row before it by its hash.

use crate::cells::{Cells, unreadable};
use crate::write::Entry;
use crate::{Ledger, Result};
use lakegate_core::ids::{PassageId, RunId};
use lakegate_core::passage::PassageState;
use sqlx::AssertSqlSafe;
use sqlx::sqlite::SqliteRow;

/// The name of the encoding that is hashed. It is the first field of what is hashed.
///
/// The rest, in this order: `seq`, `at_ms` (both 8 bytes, little-endian), `actor`, `action`, `run`,
/// `passage`, `state`, `detail`, and the 32 bytes of `prev_hash`. A text is its length in bytes
/// (8 bytes, little-endian) and its UTF-8; one that may be missing is preceded by a byte 0 or 1 and
/// is left out after 0. So no two rows have one encoding. The hash is BLAKE3.
pub const AUDIT_ENCODING: &str = "lakegate-audit-1";

/// One row of the audit chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// Its number, from 1 without gaps.
    pub seq: i64,
    /// When.
    pub at_ms: i64,
    /// Who: a person, or a part of Lakegate.
    pub actor: String,
    /// What, such as `passage.staged` or `decision.recorded`.
    pub action: String,
    /// The run it concerns.
    pub run: Option<String>,
    /// The passage it concerns.
    pub passage: Option<String>,
    /// The state in which the passage is from then on, where the row is about that.
    pub state: Option<PassageState>,
    /// Particulars, as JSON.
    pub detail: String,
    /// The hash of the row before; zeros for the first.
    pub prev_hash: [u8; 32],
    /// The hash of this row.
    pub hash: [u8; 32],
}

/// The end of the chain, to which the next row is bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) seq: i64,
    pub(crate) hash: [u8; 32],
}

impl Link {
    /// The beginning of the chain.
    pub(crate) const START: Link = Link { seq: 0, hash: [0; 32] };

    /// Reads `seq, hash`.
    pub(crate) fn read(cells: &mut Cells<'_>) -> Result<Self> {
        Ok(Self { seq: cells.next()?, hash: hash_cell("audit_head.hash", cells)? })
    }
}

impl AuditRow {
    /// The row that tells `entry` and follows `link`.
    pub(crate) fn after(link: &Link, entry: Entry<'_>) -> Self {
        let mut row = Self {
            seq: link.seq + 1,
            at_ms: entry.at_ms,
            actor: entry.actor.to_owned(),
            action: entry.action.to_owned(),
            run: entry.run.map(str::to_owned),
            passage: entry.passage.map(str::to_owned),
            state: entry.state,
            detail: entry.detail,
            prev_hash: link.hash,
            hash: [0; 32],
        };
        row.hash = row.computed_hash();
        row
    }

    /// What the row's hash must be by its content.
    pub fn computed_hash(&self) -> [u8; 32] {
        *blake3::hash(&self.encoding()).as_bytes()
    }

    /// The bytes that are hashed; see [`AUDIT_ENCODING`].
    pub fn encoding(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(256 + self.detail.len());
        put_text(&mut out, AUDIT_ENCODING);
        out.extend_from_slice(&self.seq.to_le_bytes());
        out.extend_from_slice(&self.at_ms.to_le_bytes());
        put_text(&mut out, &self.actor);
        put_text(&mut out, &self.action);
        put_optional(&mut out, self.run.as_deref());
        put_optional(&mut out, self.passage.as_deref());
        put_optional(&mut out, self.state.map(PassageState::as_str));
        put_text(&mut out, &self.detail);
        out.extend_from_slice(&self.prev_hash);
        out
    }
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(&(text.len() as u64).to_le_bytes());
    out.extend_from_slice(text.as_bytes());
}

fn put_optional(out: &mut Vec<u8>, text: Option<&str>) {
    out.push(u8::from(text.is_some()));
    if let Some(text) = text {
        put_text(out, text);
    }
}

pub(crate) const AUDIT_COLUMNS: &str =
    "seq, at_ms, actor, action, run, passage, state, detail, prev_hash, hash";

pub(crate) fn audit_row(row: &SqliteRow) -> Result<AuditRow> {
    let mut cells = Cells::of(row);
    Ok(AuditRow {
        seq: cells.next()?,
        at_ms: cells.next()?,
        actor: cells.next()?,
        action: cells.next()?,
        run: cells.next()?,
        passage: cells.next()?,
        state: cells.named_or_null("audit.state", PassageState::parse)?,
        detail: cells.next()?,
        prev_hash: hash_cell("audit.prev_hash", &mut cells)?,
        hash: hash_cell("audit.hash", &mut cells)?,
    })
}

fn hash_cell(column: &'static str, cells: &mut Cells<'_>) -> Result<[u8; 32]> {
    cells.next::<&[u8]>()?.try_into().map_err(|_| unreadable(column))
}

impl Ledger {
    /// Writes an audit row of its own, about something that no other method tells of. This is the
    /// one method that does its work again when it is called again.
    ///
    /// `detail` is JSON. It must not hold text of an object.
    ///
    /// # Errors
    /// As the database's.
    pub async fn note(
        &self,
        actor: &str,
        action: &str,
        run: Option<&RunId>,
        passage: Option<&PassageId>,
        detail: &serde_json::Value,
        at_ms: i64,
    ) -> Result<()> {
        let mut write = self.write().await?;
        write
            .audit(Entry {
                at_ms,
                actor,
                action,
                run: run.map(RunId::as_str),
                passage: passage.map(PassageId::as_str),
                state: None,
                detail: detail.to_string(),
            })
            .await?;
        write.commit().await
    }

    /// Audit rows after the row `after_seq` (0 for the beginning), in their order.
    ///
    /// # Errors
    /// As the database's.
    pub async fn audit(&self, after_seq: i64, limit: u32) -> Result<Vec<AuditRow>> {
        let rows = sqlx::query(AssertSqlSafe(format!(
            "SELECT {AUDIT_COLUMNS} FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2"
        )))
        .bind(after_seq)
        .bind(i64::from(limit))
        .fetch_all(self.reader())
        .await?;
        rows.iter().map(audit_row).collect()
    }

    /// A passage's whole story.
    ///
    /// # Errors
    /// As the database's.
    pub async fn audit_of(&self, passage: &PassageId) -> Result<Vec<AuditRow>> {
        let rows = sqlx::query(AssertSqlSafe(format!(
            "SELECT {AUDIT_COLUMNS} FROM audit WHERE passage = $1 ORDER BY seq"
        )))
        .bind(passage.as_str())
        .fetch_all(self.reader())
        .await?;
        rows.iter().map(audit_row).collect()
    }
}
