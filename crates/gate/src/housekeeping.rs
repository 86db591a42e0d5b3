//! What has to be done now and then, apart from any run: emptying the trash, deleting what a move left.

use crate::error::Result;
use crate::gate::Gate;
use lakegate_ledger::{Changes, Pending, Transition};
use lakegate_store::ErrorKind;
use std::collections::BTreeSet;

/// Objects handled in one round.
const OBJECTS_MAX: u32 = 500;

/// Who does it, in the audit.
const ACTOR: &str = "lakegate:housekeeping";

impl Gate {
    /// Deletes denied objects whose retention is over. Answers how many.
    ///
    /// # Errors
    /// The ledger's. What a bucket refuses stays for the next round.
    pub async fn purge_trash(&self) -> Result<u32> {
        let now_ms = self.clock().now_ms();
        let mut purged = 0;
        for passage in self.ledger().due_purges(now_ms, OBJECTS_MAX).await? {
            let Some(place) = &passage.place else { continue };
            let Ok(flow) = self.flow(&passage.flow) else { continue };
            // The denial in the ledger allows the deletion. A crash before the row below means
            // that it is done again: what is gone already is success.
            let deleted = flow.zones.bucket(place.zone).delete(&place.object).await;
            match deleted {
                Ok(()) => {
                    self.ledger().mark_purged(&passage.id, ACTOR, now_ms).await?;
                    purged += 1;
                }
                Err(error) => {
                    let code = error.kind.code();
                    tracing::warn!(passage = %passage.id, code, "trash not emptied yet");
                }
            }
        }
        Ok(purged)
    }

    /// Deletes sources that moves of any run left behind. Answers how many.
    ///
    /// # Errors
    /// The ledger's. What a bucket refuses stays for the next round.
    pub async fn sweep_sources(&self) -> Result<u32> {
        let mut cleared = Vec::new();
        let mut touched = BTreeSet::new();
        for (id, delete) in self.ledger().pending_deletes(None, OBJECTS_MAX).await? {
            let Some(passage) = self.ledger().passage(&id).await? else { continue };
            let Ok(flow) = self.flow(&passage.flow) else { continue };
            let cause = match flow.zones.bucket(delete.zone).delete(&delete.object).await {
                Ok(()) => "source_deleted",
                Err(error) if error.kind == ErrorKind::Changed => "source_replaced_meanwhile",
                Err(error) => {
                    tracing::warn!(passage = %id, code = error.kind.code(), "source not deleted yet");
                    continue;
                }
            };
            touched.insert((passage.flow.clone(), delete.zone));
            cleared.push(Transition {
                passage: id,
                from: passage.state,
                to: passage.state,
                cause: cause.to_owned(),
                detail: None,
                changes: Changes { source_pending: Some(Pending::Cleared), ..Changes::default() },
            });
        }
        for (flow, zone) in touched {
            self.flow(&flow)?.zones.bucket(zone).sync().await?;
        }
        self.ledger().transition(&cleared, self.clock().now_ms(), ACTOR).await?;
        Ok(u32::try_from(cleared.len()).unwrap_or(u32::MAX))
    }
}
