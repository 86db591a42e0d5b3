//! What a message says, before any channel gives it a form.

use crate::Error;
use crate::render::words;
use lakegate_core::ids::{FlowName, ReviewId, RunId};
use lakegate_core::machine::OnExpiry;
use lakegate_core::verdict::{Severity, Verdict};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// The subject of the AWS sample's mail, which filters and tickets may already know.
pub const DEFAULT_SUBJECT: &str = "APPROVAL REQUIRED: Sensitive data identified in pipeline";

/// At most this many characters of a subject are sent.
const SUBJECT_CHARACTERS_MAX: usize = 200;
/// A message's id is at most this long, in bytes.
const ID_BYTES_MAX: usize = 120;
/// A link is at most this long, in bytes.
const LINK_BYTES_MAX: usize = 2_000;

/// One message, complete: the same value gives the same bytes at every attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The mail's `Message-ID` and the webhook's idempotency key.
    pub id: MessageId,
    /// When it was put into the outbox, in milliseconds since 1970: the mail's `Date`, and the
    /// moment from which the time that is left is told.
    pub created_ms: i64,
    /// The subject, without the prefix of a reminder.
    pub subject: String,
    /// What it is about.
    pub facts: ReviewNotice,
}

impl Message {
    /// A message with the default subject.
    pub fn new(id: MessageId, created_ms: i64, facts: ReviewNotice) -> Self {
        Self { id, created_ms, subject: DEFAULT_SUBJECT.to_owned(), facts }
    }

    /// The subject as it is sent: on one line, bounded, and for a reminder with `Reminder: ` before it.
    pub fn subject_line(&self) -> String {
        let subject = words::one_line(&self.subject, SUBJECT_CHARACTERS_MAX);
        match self.facts.reminder {
            None => subject,
            Some(_) => format!("Reminder: {subject}"),
        }
    }
}

/// A review and how things stand with it. It holds counts and names of identifiers only: no object
/// keys, which may be personal data themselves, and nothing of any object's content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewNotice {
    /// The flow.
    pub flow: FlowName,
    /// The run whose objects are held.
    pub run: RunId,
    /// The review.
    pub review: ReviewId,
    /// When the review opened, in milliseconds since 1970.
    pub opened_ms: i64,
    /// When its time is up, in milliseconds since 1970.
    pub expires_ms: i64,
    /// What happens then.
    pub on_expiry: OnExpiry,
    /// Objects of the run that wait for a decision.
    pub held: u64,
    /// Objects of the run that were released.
    pub released: u64,
    /// Objects of the run that failed and need an operator.
    pub failed: u64,
    /// Held objects by verdict.
    pub verdicts: BTreeMap<Verdict, u64>,
    /// Held objects with findings by their highest severity.
    pub severities: BTreeMap<Severity, u64>,
    /// What was found in the held objects, in the order in which it should be shown.
    pub identifiers: Vec<IdentifierCount>,
    /// The how-manieth reminder this is, from 1; `None` for the first notice.
    pub reminder: Option<u32>,
    /// The review's page: the one link of the message.
    pub link: Link,
}

/// How much of one kind of sensitive data was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentifierCount {
    /// The identifier's id, such as `CREDIT_CARD_NUMBER`.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Held objects in which it was found.
    pub objects: u64,
    /// How often it was found in all of them.
    pub occurrences: u64,
}

/// A message's id: 1 to 120 letters, digits, `-`, `_` and `.`, so that it can stand in any header.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MessageId(String);

impl MessageId {
    /// Checks the text and takes it as an id.
    pub fn new(text: impl Into<String>) -> Result<Self, Error> {
        let text = text.into();
        let fits = (1..=ID_BYTES_MAX).contains(&text.len());
        if fits && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)) {
            Ok(Self(text))
        } else {
            Err(Error::message(format!(
                "its id must be 1 to {ID_BYTES_MAX} letters, digits, '-', '_' or '.'"
            )))
        }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for MessageId {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        Self::new(text)
    }
}

impl From<MessageId> for String {
    fn from(id: MessageId) -> String {
        id.0
    }
}

/// The address of a review's page. It may carry a token that opens the page, so `Debug` does not
/// show it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Link(String);

impl Link {
    /// Checks the text and takes it as a link: `http` or `https`, and only characters that need no
    /// quoting in mails.
    pub fn new(text: impl Into<String>) -> Result<Self, Error> {
        let text = text.into();
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let plain = |b: u8| b.is_ascii_graphic() && !b"\"'<>\\`{}|^".contains(&b);
        let host = rest.is_some_and(|rest| rest.starts_with(|c: char| c != '/'));
        if host && text.len() <= LINK_BYTES_MAX && text.bytes().all(plain) {
            Ok(Self(text))
        } else {
            Err(Error::message(format!(
                "its link must be an http or https address in plain ASCII of at most {LINK_BYTES_MAX} bytes"
            )))
        }
    }

    /// The link as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Link")
    }
}

impl TryFrom<String> for Link {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        Self::new(text)
    }
}

impl From<Link> for String {
    fn from(link: Link) -> String {
        link.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_can_break_out_of_no_header() {
        for good in ["n-01k9", "a", "A.b_c-9", &"x".repeat(ID_BYTES_MAX)] {
            assert!(MessageId::new(good).is_ok(), "{good}");
        }
        for bad in ["", "a b", "a\r\nBcc: x", "a>", "a@b", "é", &"x".repeat(ID_BYTES_MAX + 1)] {
            let error = MessageId::new(bad).unwrap_err();
            assert_eq!((error.code(), error.is_retryable()), ("NOTIFY_MESSAGE", false), "{bad}");
        }
    }

    #[test]
    fn links_are_http_and_plain() {
        for good in ["http://127.0.0.1:8080/r/1", "https://gate.example.org/r/1?token=a%20b&x=1#o"]
        {
            assert!(Link::new(good).is_ok(), "{good}");
        }
        for bad in [
            "javascript:alert(1)",
            "https://",
            "https:///r/1",
            "https://a/\"onclick=",
            "https://a/<b>",
            "https://a/b c",
            "https://a/\r\nBcc: x",
            "https://a/é",
        ] {
            assert!(Link::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn stored_messages_are_checked_when_read_back() {
        assert!(serde_json::from_str::<Link>("\"https://a/r/1\"").is_ok());
        assert!(serde_json::from_str::<Link>("\"ftp://a/r/1\"").is_err());
        assert!(serde_json::from_str::<MessageId>("\"a\\r\\nb\"").is_err());
    }
}
