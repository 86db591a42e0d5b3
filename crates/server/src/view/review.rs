//! A review, as it is answered with.

use super::{PAGE_MAX, Result, time};
use lakegate_core::ids::ReviewId;
use lakegate_gate::{Error, Gate};
use lakegate_ledger::{Review, Standing};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReviewView {
    /// Its id.
    pub review: String,
    /// Its run.
    pub run: String,
    /// Its run's flow.
    pub flow: String,
    /// Whether it is open.
    pub open: bool,
    /// When it opened.
    pub opened: String,
    /// When its time is up.
    pub expires: String,
    /// When it closed.
    pub closed: Option<String>,
    /// Objects that wait for a decision.
    pub waiting: u64,
    /// Objects on which a decision stands.
    pub decided: u64,
    /// All its objects by verdict.
    pub verdicts: BTreeMap<String, u64>,
    /// All its objects by severity.
    pub severities: BTreeMap<String, u64>,
    /// How many of all its objects have an archived finding.
    pub archived: u64,
    /// The signed link to its page. Whoever has it may decide.
    pub link: String,
}

/// A review by its id.
///
/// # Errors
/// [`Error::NoSuchObject`] when there is none, or the ledger's.
pub async fn review(gate: &Gate, id: &ReviewId) -> Result<ReviewView> {
    let found = gate.ledger().review(id).await?;
    let found = found.ok_or_else(|| Error::NoSuchObject {
        name: id.to_string(),
        problem: "no review has this id".to_owned(),
    })?;
    review_view(gate, found).await
}

/// Reviews, all or only the open ones, the newest first.
///
/// # Errors
/// The ledger's.
pub async fn reviews(gate: &Gate, open_only: bool, limit: u32) -> Result<Vec<ReviewView>> {
    let mut views = Vec::new();
    for found in gate.ledger().reviews(open_only, limit.clamp(1, PAGE_MAX)).await? {
        views.push(review_view(gate, found).await?);
    }
    Ok(views)
}

async fn review_view(gate: &Gate, review: Review) -> Result<ReviewView> {
    let counts = gate.ledger().review_counts(&review.run, Standing::Any).await?;
    Ok(ReviewView {
        open: review.closed_ms.is_none(),
        opened: time(review.opened_ms),
        expires: time(review.expires_ms),
        closed: review.closed_ms.map(time),
        waiting: counts.waiting,
        decided: counts.decided,
        verdicts: counts.verdicts.iter().map(|(v, n)| (v.as_str().to_owned(), *n)).collect(),
        severities: counts.severities.iter().map(|(s, n)| (s.as_str().to_owned(), *n)).collect(),
        archived: counts.archived,
        link: format!("{}{}", gate.public_url(), link_path(gate, &review)),
        review: review.id.to_string(),
        run: review.run.to_string(),
        flow: review.flow.to_string(),
    })
}

/// The path of a review's page on the server. It lasts as long as the review; an overdue one gets as long again
/// as it had, in whole steps, so that asking twice gives the same link.
pub(crate) fn link_path(gate: &Gate, review: &Review) -> String {
    let lasts_ms = review.expires_ms.saturating_sub(review.opened_ms).max(1);
    let past_ms = gate.clock().now_ms().saturating_sub(review.expires_ms).max(-1);
    let steps = if past_ms < 0 { 0 } else { past_ms / lasts_ms + 1 };
    let expires_ms = review.expires_ms.saturating_add(lasts_ms.saturating_mul(steps));
    format!("/r/{}", gate.links().token(&review.id, expires_ms))
}
