//! One message out: by e-mail or by webhook.
//!
//! A [`Notifier`] takes one [`Message`] and either hands it over and says to whom, or fails with an
//! [`Error`] that says whether another attempt may help. It holds no state and never tries twice:
//! remembering, waiting and retrying are the caller's, who keeps an outbox. A message carries its
//! own id and time, so that every attempt at it sends the same bytes and a receiver can recognise
//! the second one.
//!
//! What this crate must never do: put an object's key, matched text or more than one link into a
//! message; print a password, a webhook's address or a review's link in an error or by `Debug`.
#![deny(missing_docs)]

mod error;
mod mail;
mod message;
pub mod render;
mod smtp;
mod tls;
mod webhook;

pub use error::Error;
pub use lakegate_core::secret::Secret;
pub use message::{DEFAULT_SUBJECT, IdentifierCount, Link, Message, MessageId, ReviewNotice};
pub use smtp::{SmtpNotifier, SmtpOptions, TlsMode};
pub use webhook::{IDEMPOTENCY_HEADER, SIGNATURE_HEADER, WebhookNotifier, WebhookOptions};

/// A way by which messages leave.
#[async_trait::async_trait]
pub trait Notifier: Send + Sync + std::fmt::Debug {
    /// Hands the message over once. When it fails after the message was already on its way (a
    /// time-out while the answer was awaited), it may have arrived all the same: the receiver
    /// knows the repetition by the message's id.
    async fn send(&self, message: &Message) -> Result<Receipt, Error>;

    /// Where messages go, for people and logs, such as
    /// `email by mail.example.org:587 (starttls) to 2 recipients`. It holds no credentials.
    fn describe(&self) -> String;
}

/// What the other side said when it took a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The last answer, such as `250 queued as 7F3A` or `HTTP 204`.
    pub answer: String,
    /// Recipients that the server refused while it took the message for others. Worth an
    /// operator's attention; sending the message again would repeat it to those it reached.
    pub refused: Vec<Refusal>,
}

/// One recipient that a mail server would not take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The address.
    pub recipient: String,
    /// SMTP reply code.
    pub status: u16,
    /// What the server said.
    pub reason: String,
}
