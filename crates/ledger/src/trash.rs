//! The trash: denied objects until their retention ends, or until they are taken back out.

use crate::cells::to_json;
use crate::passage::{Bind, Passage, PendingDelete, Place};
use crate::write::Entry;
use crate::{Ledger, Result};
use lakegate_core::ids::PassageId;
use lakegate_core::passage::PassageState;
use serde_json::json;

impl Ledger {
    /// Denied passages whose bytes may be deleted by now, the longest due first.
    ///
    /// # Errors
    /// As the database's.
    pub async fn due_purges(&self, now_ms: i64, limit: u32) -> Result<Vec<Passage>> {
        let clause = "WHERE state = 'denied' AND place_zone IS NOT NULL AND purge_after_ms <= ? \
                      ORDER BY purge_after_ms, id LIMIT ?";
        self.select(clause, vec![Bind::Int(now_ms), Bind::Int(i64::from(limit))]).await
    }

    /// Writes down that a denied passage's bytes were deleted from the trash: it has no place any
    /// more. Answers whether it had one due to be deleted.
    ///
    /// # Errors
    /// As the database's.
    pub async fn mark_purged(&self, passage: &PassageId, actor: &str, at_ms: i64) -> Result<bool> {
        self.leave_trash(passage, None, None, actor, at_ms).await
    }

    /// Writes down that a denied passage's bytes were taken out of the trash to `place`, where they
    /// land anew, and what is left to be deleted in the trash. The passage stays denied. Answers
    /// whether it was in the trash.
    ///
    /// # Errors
    /// As the database's.
    pub async fn mark_restored(
        &self,
        passage: &PassageId,
        place: &Place,
        left: Option<&PendingDelete>,
        actor: &str,
        at_ms: i64,
    ) -> Result<bool> {
        self.leave_trash(passage, Some(place), left, actor, at_ms).await
    }

    async fn leave_trash(
        &self,
        passage: &PassageId,
        place: Option<&Place>,
        left: Option<&PendingDelete>,
        actor: &str,
        at_ms: i64,
    ) -> Result<bool> {
        let object =
            place.map(|place| to_json("passages.place_object", &place.object)).transpose()?;
        let pending_object =
            left.map(|left| to_json("passages.pending_object", &left.object)).transpose()?;
        let mut write = self.write().await?;
        let run: Option<String> = sqlx::query_scalar(
            "UPDATE passages SET place_zone = $2, place_key = $3, place_object = $4, \
             pending_zone = COALESCE($6, pending_zone), \
             pending_object = COALESCE($7, pending_object), \
             purge_after_ms = NULL, updated_ms = $5 \
             WHERE id = $1 AND state = 'denied' AND purge_after_ms IS NOT NULL RETURNING run",
        )
        .bind(passage.as_str())
        .bind(place.map(|place| place.zone.as_str()))
        .bind(place.map(|place| &place.key))
        .bind(object)
        .bind(at_ms)
        .bind(left.map(|left| left.zone.as_str()))
        .bind(pending_object)
        .fetch_optional(write.connection())
        .await?;
        let Some(run) = run else { return Ok(false) };
        write
            .audit(Entry {
                at_ms,
                actor,
                action: if place.is_some() { "passage.restored" } else { "passage.purged" },
                run: Some(&run),
                passage: Some(passage.as_str()),
                state: Some(PassageState::Denied),
                detail: json!({ "place": place, "delete_pending": left }).to_string(),
            })
            .await?;
        write.commit().await?;
        Ok(true)
    }
}
