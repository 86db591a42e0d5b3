//! What messages look like, and what can never get into them.
// A test panics when what it needs is not there.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{DAY_MS, LINK, identifier, message};
use lakegate_core::ids::FlowName;
use lakegate_core::machine::OnExpiry;
use lakegate_core::verdict::Verdict;
use lakegate_notify::{Message, render};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn reminder() -> Message {
    let mut message = message();
    message.facts.reminder = Some(2);
    message.facts.on_expiry = OnExpiry::Deny;
    message.facts.failed = 3;
    message.created_ms += 4 * DAY_MS + DAY_MS / 2;
    message
}

#[test]
fn first_notice() {
    let message = message();
    insta::assert_snapshot!("notice_text", render::text(&message).unwrap());
    insta::assert_snapshot!("notice_html", render::html(&message).unwrap());
}

#[test]
fn reminder_before_the_objects_are_denied() {
    let message = reminder();
    assert_eq!(
        message.subject_line(),
        "Reminder: APPROVAL REQUIRED: Sensitive data identified in pipeline"
    );
    insta::assert_snapshot!("reminder_text", render::text(&message).unwrap());
    insta::assert_snapshot!("reminder_html", render::html(&message).unwrap());
}

#[test]
fn time_is_up_and_nothing_was_found() {
    let mut message = message();
    message.created_ms = message.facts.expires_ms;
    message.facts.held = 1;
    message.facts.verdicts = BTreeMap::from([(Verdict::Unscannable, 1)]);
    message.facts.severities.clear();
    message.facts.identifiers.clear();
    insta::assert_snapshot!("expired_text", render::text(&message).unwrap());
}

#[test]
fn long_lists_are_cut_and_say_so() {
    let mut message = message();
    message.facts.identifiers =
        (0..57).map(|n| identifier(&format!("ID_{n}"), &format!("Kind {n}"), n, n)).collect();
    for body in [render::text(&message).unwrap(), render::html(&message).unwrap()] {
        assert!(body.contains("ID_19") && !body.contains("ID_20"));
        assert!(body.contains("and 37 more kinds of data, listed in the review"));
    }
}

#[test]
fn a_subject_is_one_bounded_line() {
    let mut message = message();
    message.subject = "Held\r\nBcc: everyone@example.org".to_owned();
    assert_eq!(message.subject_line(), "Held  Bcc: everyone@example.org");
    message.subject = "x".repeat(10_000);
    assert_eq!(message.subject_line().chars().count(), 200);
}

#[test]
fn a_time_beyond_the_calendar_is_an_error() {
    let mut message = message();
    message.facts.expires_ms = i64::MAX;
    assert_eq!(render::text(&message).unwrap_err().code(), "NOTIFY_MESSAGE");
}

#[test]
fn debug_shows_no_link() {
    let shown = format!("{:?}", message());
    assert!(shown.contains("customer-uploads") && !shown.contains("token"), "{shown}");
}

proptest! {
    /// Names cannot add a line to the text, an element to the page, or a second link.
    #[test]
    fn names_stay_text(name in "\\PC{0,40}[<>\"'&\r\n\u{2028}\u{202e}]\\PC{0,40}") {
        let plain = message();
        let mut hostile = message();
        hostile.facts.flow = FlowName::new(&name);
        hostile.facts.identifiers[0].name = name.clone();
        hostile.facts.identifiers[0].id = name;

        let text = render::text(&hostile).unwrap();
        prop_assert_eq!(text.lines().count(), render::text(&plain).unwrap().lines().count());
        let page = render::html(&hostile).unwrap();
        let tags = |page: &str| page.matches('<').count();
        prop_assert_eq!(tags(&page), tags(&render::html(&plain).unwrap()));
        prop_assert_eq!(page.matches("href=").count(), 1);
        prop_assert!(page.contains(&LINK.replace('&', "&amp;")));
    }
}
