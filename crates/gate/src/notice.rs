//! Notices: what the outbox holds for a review, and the messages made of it.
//!
//! A notice is put into the outbox by the call that causes it. When it is due it is spread over the
//! configured channels, one message each, so that one failing channel neither holds up nor repeats
//! another. A message in the outbox holds no link: the link is signed anew for each attempt, and is
//! the same each time.

use lakegate_core::ids::{ReviewId, RunId};
use lakegate_ledger::NewMessage;
use serde::{Deserialize, Serialize};

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum NoticeKind {
    /// The review opened.
    Opened,
    /// It is still open.
    Reminder {
        /// The how-manieth reminder, from 1.
        nth: u32,
    },
    /// Its time is up.
    Expired,
}

impl NoticeKind {
    pub(crate) const OPENED: &'static str = "review_opened";
    pub(crate) const REMINDER: &'static str = "review_reminder";
    pub(crate) const EXPIRED: &'static str = "review_expired";

    /// The message kind in the outbox.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            NoticeKind::Opened => Self::OPENED,
            NoticeKind::Reminder { .. } => Self::REMINDER,
            NoticeKind::Expired => Self::EXPIRED,
        }
    }
}

/// The id of a review's notice, by the name that the notice has within the review.
pub(crate) fn notice_id(review: &ReviewId, name: &str) -> String {
    format!("{review}.{name}")
}

/// A notice for the outbox. The call that causes it gives it the same name each time, so that it is
/// put in once.
pub(crate) fn notice(
    kind: NoticeKind,
    name: &str,
    run: &RunId,
    review: &ReviewId,
    at_ms: i64,
) -> NewMessage {
    NewMessage {
        id: notice_id(review, name),
        kind: kind.as_str().to_owned(),
        run: Some(run.clone()),
        review: Some(review.clone()),
        // A kind is a small enum of ours: it always has a JSON form.
        payload: serde_json::to_string(&kind).unwrap_or_default(),
        at_ms,
    }
}
