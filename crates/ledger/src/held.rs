//! What was found in the held objects of a run, summed up by the database, however many they are.

use crate::cells::{Cells, parse_severity};
use crate::{Ledger, Result};
use lakegate_core::ids::RunId;
use lakegate_core::verdict::Severity;

/// One identifier, over all objects of a run that wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldIdentifier {
    /// The identifier's id.
    pub identifier: String,
    /// Its name for people.
    pub name: String,
    /// The gravest severity that it has in any of them.
    pub severity: Severity,
    /// Objects in which it was seen.
    pub objects: u64,
    /// How often it was seen in all of them.
    pub occurrences: u64,
}

impl Ledger {
    /// What was found in a run's held and expired objects, the gravest first.
    ///
    /// # Errors
    /// As the database's.
    pub async fn found_in_held(&self, run: &RunId) -> Result<Vec<HeldIdentifier>> {
        let rows = sqlx::query(
            "SELECT d.identifier, MAX(d.name), d.severity, COUNT(*), SUM(d.seen) \
             FROM detections d JOIN passages p ON p.id = d.passage \
             WHERE p.run = $1 AND p.state IN ('held', 'expired') \
             GROUP BY d.identifier, d.severity ORDER BY d.identifier",
        )
        .bind(run.as_str())
        .fetch_all(self.reader())
        .await?;
        let mut found: Vec<HeldIdentifier> = Vec::new();
        for row in &rows {
            let mut cells = Cells::of(row);
            let next = HeldIdentifier {
                identifier: cells.next()?,
                name: cells.next()?,
                severity: cells.named("detections.severity", parse_severity)?,
                objects: cells.unsigned("COUNT(*)")?,
                occurrences: cells.unsigned("SUM(seen)")?,
            };
            match found.last_mut().filter(|last| last.identifier == next.identifier) {
                Some(last) => {
                    last.severity = last.severity.max(next.severity);
                    last.objects += next.objects;
                    last.occurrences += next.occurrences;
                }
                None => found.push(next),
            }
        }
        found.sort_by_key(|f| (std::cmp::Reverse(f.severity), std::cmp::Reverse(f.occurrences)));
        Ok(found)
    }
}
