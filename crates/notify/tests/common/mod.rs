//! The message that the tests send.

use lakegate_core::ids::{FlowName, ReviewId, RunId};
use lakegate_core::machine::OnExpiry;
use lakegate_core::verdict::{Severity, Verdict};
use lakegate_notify::{IdentifierCount, Link, Message, MessageId, ReviewNotice};
use std::collections::BTreeMap;

/// Monday 23 November 2026, 18:05 UTC.
pub const OPENED_MS: i64 = 1_795_457_100_000;
pub const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
pub const LINK: &str = "https://gate.example.org/review/rv-01k9?token=abc.def&via=mail";

pub fn identifier(id: &str, name: &str, objects: u64, occurrences: u64) -> IdentifierCount {
    IdentifierCount { id: id.to_owned(), name: name.to_owned(), objects, occurrences }
}

pub fn message() -> Message {
    let notice = ReviewNotice {
        flow: FlowName::new("customer-uploads"),
        run: RunId::new("run-01k9vq2a7c0000000001"),
        review: ReviewId::new("rv-01k9vq2a7c0000000002"),
        opened_ms: OPENED_MS,
        expires_ms: OPENED_MS + 5 * DAY_MS,
        on_expiry: OnExpiry::Hold,
        held: 4,
        released: 12_480,
        failed: 0,
        verdicts: BTreeMap::from([
            (Verdict::Findings, 2),
            (Verdict::Partial, 1),
            (Verdict::Unscannable, 1),
        ]),
        severities: BTreeMap::from([(Severity::High, 1), (Severity::Medium, 1)]),
        identifiers: vec![
            identifier("CREDIT_CARD_NUMBER", "Credit card number", 1, 1_204),
            identifier("EMAIL_ADDRESS", "E-mail address", 2, 2_408),
        ],
        reminder: None,
        link: Link::new(LINK).unwrap(),
    };
    Message::new(MessageId::new("nt-01k9vq2a7c0000000003").unwrap(), OPENED_MS, notice)
}
