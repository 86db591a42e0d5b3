//! The outbox: notices become messages, messages leave, and what does not leave is tried again.
//!
//! Nothing here changes a run. A message that can not be delivered is given up after
//! [`ATTEMPTS_MAX`] attempts, which is recorded; the review stays open all the same.

use crate::error::Result;
use crate::gate::Gate;
use crate::notice::NoticeKind;
use lakegate_core::ids::ReviewId;
use lakegate_core::passage::PassageState;
use lakegate_ledger::{HeldIdentifier, NewMessage, Review, ReviewCounts, Run, Standing};
use lakegate_notify::{IdentifierCount, Link, Message, MessageId, Notifier, ReviewNotice};
use std::sync::Arc;

/// How often a message is tried.
pub const ATTEMPTS_MAX: u32 = 20;

/// The pause after the first failed attempt; doubles each time.
const RETRY_FIRST_MS: i64 = 5_000;

/// The longest pause between two attempts.
const RETRY_MAX_MS: i64 = 3_600_000;

/// Messages handled in one delivery.
const MESSAGES_MAX: u32 = 100;

/// The kind of a message for one channel.
const CHANNEL_KIND: &str = "channel";

/// A way for messages to leave, under the name that it has in the outbox.
#[derive(Clone)]
pub struct Channel {
    /// Its name, such as `email`; messages waiting for it are found by it after a restart.
    pub name: String,
    /// What sends.
    pub notifier: Arc<dyn Notifier>,
}

/// A message as it waits for a channel. It holds no link: that is signed at each attempt.
#[derive(serde::Serialize, serde::Deserialize)]
struct Waiting {
    channel: String,
    link_expires_ms: i64,
    message: Message,
}

/// What one delivery did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Messages that left.
    pub sent: u32,
    /// Messages that did not, and are tried again or given up.
    pub failed: u32,
}

impl Gate {
    /// Sends what is due. Failures are recorded and tried again later; they are no error here.
    ///
    /// # Errors
    /// Only the ledger's.
    pub async fn deliver(&self) -> Result<Delivered> {
        let mut delivered = Delivered::default();
        // First notices, which make messages, then messages.
        for _ in 0..2 {
            let now_ms = self.clock().now_ms();
            for message in self.ledger().due_messages(now_ms, MESSAGES_MAX).await? {
                if message.kind == CHANNEL_KIND {
                    self.deliver_one(&message, &mut delivered).await?;
                } else {
                    self.spread(&message).await?;
                }
            }
        }
        Ok(delivered)
    }

    /// Makes one message for each channel of a notice.
    async fn spread(&self, notice: &lakegate_ledger::Message) -> Result<()> {
        let now_ms = self.clock().now_ms();
        let review = match &notice.review {
            Some(review) => self.ledger().review(review).await?,
            None => None,
        };
        let Some(review) = review else {
            self.ledger().message_failed(&notice.id, "its review is gone", None).await?;
            return Ok(());
        };
        if self.channels().is_empty() {
            // It waits: whoever configures a channel later still gets it.
            let why = "no channel is configured: see [notify] in the configuration";
            let later_ms = now_ms.saturating_add(RETRY_MAX_MS);
            self.ledger().message_failed(&notice.id, why, Some(later_ms)).await?;
            return Ok(());
        }
        let message = match self.message(notice, &review).await? {
            Ok(message) => message,
            Err(error) => {
                self.ledger().message_failed(&notice.id, &error.to_string(), None).await?;
                return Ok(());
            }
        };
        let valid_ms = review.expires_ms.saturating_sub(review.opened_ms);
        for channel in self.channels() {
            let waiting = Waiting {
                channel: channel.name.clone(),
                link_expires_ms: notice.created_ms.saturating_add(valid_ms),
                message: message.clone(),
            };
            let payload = serde_json::to_string(&waiting).unwrap_or_default();
            let new = NewMessage {
                id: format!("{}.{}", notice.id, channel.name),
                kind: CHANNEL_KIND.to_owned(),
                run: notice.run.clone(),
                review: notice.review.clone(),
                payload,
                at_ms: now_ms,
            };
            self.ledger().enqueue(new).await?;
        }
        self.ledger().message_sent(&notice.id, now_ms).await?;
        Ok(())
    }

    async fn deliver_one(
        &self,
        stored: &lakegate_ledger::Message,
        delivered: &mut Delivered,
    ) -> Result<()> {
        let waiting: Option<Waiting> = serde_json::from_str(&stored.payload).ok();
        let channel = waiting
            .as_ref()
            .and_then(|w| self.channels().iter().find(|channel| channel.name == w.channel));
        let (Some(waiting), Some(channel)) = (waiting, channel) else {
            delivered.failed += 1;
            let why = "its channel is no longer configured";
            self.ledger().message_failed(&stored.id, why, None).await?;
            return Ok(());
        };
        let mut message = waiting.message;
        let review = message.facts.review.clone();
        let sent = match self.link(&review, waiting.link_expires_ms) {
            Ok(link) => {
                message.facts.link = link;
                channel.notifier.send(&message).await
            }
            Err(error) => Err(error),
        };
        match sent {
            Ok(receipt) => {
                delivered.sent += 1;
                for refusal in &receipt.refused {
                    let status = refusal.status;
                    tracing::warn!(message = %stored.id, status, "a recipient was refused");
                }
                self.ledger().message_sent(&stored.id, self.clock().now_ms()).await?;
            }
            Err(error) => {
                delivered.failed += 1;
                self.retry_later(stored, &error).await?;
            }
        }
        Ok(())
    }

    async fn retry_later(
        &self,
        stored: &lakegate_ledger::Message,
        error: &lakegate_notify::Error,
    ) -> Result<()> {
        let again = error.is_retryable() && stored.attempts + 1 < ATTEMPTS_MAX;
        let doubled = RETRY_FIRST_MS.saturating_mul(1 << stored.attempts.min(20));
        let asked = error.retry_after_ms().and_then(|ms| i64::try_from(ms).ok()).unwrap_or(0);
        let pause_ms = doubled.max(asked).min(RETRY_MAX_MS);
        let retry_at_ms = again.then(|| self.clock().now_ms().saturating_add(pause_ms));
        tracing::warn!(message = %stored.id, code = error.code(), again, "message not sent");
        let text = format!("{}: {error}", error.code());
        self.ledger().message_failed(&stored.id, &text, retry_at_ms).await?;
        Ok(())
    }

    /// The address of a review's page with a token that is good until `expires_ms`.
    pub fn link(
        &self,
        review: &ReviewId,
        expires_ms: i64,
    ) -> std::result::Result<Link, lakegate_notify::Error> {
        Link::new(format!("{}/r/{}", self.public_url(), self.links().token(review, expires_ms)))
    }

    async fn message(
        &self,
        notice: &lakegate_ledger::Message,
        review: &Review,
    ) -> Result<std::result::Result<Message, lakegate_notify::Error>> {
        let Some(run) = self.ledger().run(&review.run).await? else {
            return Ok(Err(lakegate_notify::Error::message("its run is gone")));
        };
        let counts = self.ledger().review_counts(&review.run, Standing::Waiting).await?;
        let found = self.ledger().found_in_held(&review.run).await?;
        let kind = serde_json::from_str(&notice.payload).unwrap_or(NoticeKind::Opened);
        // Replaced by the signed link at each attempt; this one opens nothing.
        let link = match Link::new(format!("{}/r/{}", self.public_url(), review.id)) {
            Ok(link) => link,
            Err(error) => return Ok(Err(error)),
        };
        let id = match MessageId::new(notice.id.clone()) {
            Ok(id) => id,
            Err(error) => return Ok(Err(error)),
        };
        let facts = facts(&run, review, counts, found, kind, link);
        let mut message = Message::new(id, notice.created_ms, facts);
        if let Some(subject) = self.subject() {
            message.subject = subject.to_owned();
        }
        Ok(Ok(message))
    }
}

fn facts(
    run: &Run,
    review: &Review,
    counts: ReviewCounts,
    found: Vec<HeldIdentifier>,
    kind: NoticeKind,
    link: Link,
) -> ReviewNotice {
    let identifiers = found.into_iter().map(|found| IdentifierCount {
        id: found.identifier,
        name: found.name,
        objects: found.objects,
        occurrences: found.occurrences,
    });
    ReviewNotice {
        flow: review.flow.clone(),
        run: review.run.clone(),
        review: review.id.clone(),
        opened_ms: review.opened_ms,
        expires_ms: review.expires_ms,
        on_expiry: run.params.on_expiry,
        held: counts.waiting,
        released: run.counts.in_state(PassageState::Released),
        failed: run.counts.in_state(PassageState::Failed),
        verdicts: counts.verdicts,
        severities: counts.severities,
        identifiers: identifiers.collect(),
        reminder: match kind {
            NoticeKind::Opened => None,
            NoticeKind::Reminder { nth } => Some(nth),
            NoticeKind::Expired => Some(1),
        },
        link,
    }
}
