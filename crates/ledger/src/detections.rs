//! What was seen in each passage. The occurrences are masked before they come here.

use crate::cells::{Cells, parse_category, parse_severity, to_json, to_signed};
use crate::transition::{Standing, Transition};
use crate::write::Write;
use crate::{Ledger, Result, bulk};
use lakegate_core::detection::{Category, Detection};
use lakegate_core::ids::PassageId;
use lakegate_core::verdict::Severity;
use sqlx::AssertSqlSafe;
use std::collections::BTreeMap;

/// A detection without its occurrences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DetectionCount {
    /// The identifier's id.
    pub identifier: String,
    /// The identifier's name for people.
    pub name: String,
    /// Its category.
    pub category: Category,
    /// Its severity.
    pub severity: Severity,
    /// How often it was seen.
    pub count: u64,
}

impl Ledger {
    /// What was seen in a passage, in the order in which the inspection gave it.
    ///
    /// # Errors
    /// As the database's.
    pub async fn detections(&self, passage: &PassageId) -> Result<Vec<Detection>> {
        let rows = sqlx::query(
            "SELECT identifier, name, category, severity, seen, occurrences FROM detections \
             WHERE passage = $1 ORDER BY ordinal",
        )
        .bind(passage.as_str())
        .fetch_all(self.reader())
        .await?;
        rows.iter()
            .map(|row| {
                let mut cells = Cells::of(row);
                let count = count_cells(&mut cells)?;
                Ok(Detection {
                    identifier: count.identifier,
                    name: count.name,
                    category: count.category,
                    severity: count.severity,
                    count: count.count,
                    occurrences: cells.json("detections.occurrences")?,
                })
            })
            .collect()
    }

    /// What was seen in many passages, counted. Passages in which nothing was seen are left out.
    ///
    /// # Errors
    /// As the database's.
    pub async fn detection_counts(
        &self,
        passages: &[PassageId],
    ) -> Result<BTreeMap<PassageId, Vec<DetectionCount>>> {
        let mut counts: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for chunk in bulk::chunks(passages) {
            let sql = format!(
                "SELECT passage, identifier, name, category, severity, seen FROM detections \
                 WHERE passage IN {} ORDER BY passage, ordinal",
                bulk::rows(1, chunk.len())
            );
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for passage in chunk {
                query = query.bind(passage.as_str());
            }
            for row in query.fetch_all(self.reader()).await? {
                let mut cells = Cells::of(&row);
                let passage = PassageId::new(cells.next::<String>()?);
                counts.entry(passage).or_default().push(count_cells(&mut cells)?);
            }
        }
        Ok(counts)
    }
}

fn count_cells(cells: &mut Cells<'_>) -> Result<DetectionCount> {
    Ok(DetectionCount {
        identifier: cells.next()?,
        name: cells.next()?,
        category: cells.named("detections.category", parse_category)?,
        severity: cells.named("detections.severity", parse_severity)?,
        count: cells.unsigned("detections.seen")?,
    })
}

/// Puts the detections of new inspections in the place of those of earlier ones.
pub(crate) async fn replace(write: &mut Write, applied: &[(&Transition, &Standing)]) -> Result<()> {
    let inspected: Vec<_> = applied
        .iter()
        .filter_map(|(step, _)| Some((&step.passage, step.changes.inspection.as_ref()?)))
        .collect();
    for chunk in bulk::chunks(&inspected) {
        let sql = format!("DELETE FROM detections WHERE passage IN {}", bulk::rows(1, chunk.len()));
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for (passage, _) in chunk {
            query = query.bind(passage.as_str());
        }
        query.execute(write.connection()).await?;
    }
    let rows: Vec<_> = inspected
        .iter()
        .flat_map(|(passage, inspection)| {
            (0_i64..)
                .zip(&inspection.detections)
                .map(move |(ordinal, seen)| (passage, ordinal, seen))
        })
        .collect();
    for chunk in bulk::chunks(&rows) {
        let sql = format!(
            "INSERT INTO detections \
             (passage, ordinal, identifier, name, category, severity, seen, occurrences) VALUES {}",
            bulk::rows(chunk.len(), 8)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for (passage, ordinal, seen) in chunk {
            query = query
                .bind(passage.as_str())
                .bind(ordinal)
                .bind(&seen.identifier)
                .bind(&seen.name)
                .bind(seen.category.as_str())
                .bind(seen.severity.as_str())
                .bind(to_signed("detections.seen", seen.count)?)
                .bind(to_json("detections.occurrences", &seen.occurrences)?);
        }
        query.execute(write.connection()).await?;
    }
    Ok(())
}
