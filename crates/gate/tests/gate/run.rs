//! A gate in fair weather: what lands, and where it goes.

use crate::support::{Content, World, block_on, everywhere, invariants, tags, world};
use lakegate_core::machine::Phase;
use lakegate_core::object::Zone;
use lakegate_core::passage::{DecisionKind, PassageState};
use lakegate_core::policy::{Action, Rule};
use lakegate_core::verdict::Verdict;
use lakegate_gate::Error;
use lakegate_ledger::MessageStatus;
use lakegate_store::{Bucket as _, Fault};

const DAY_S: i64 = 24 * 60 * 60;

#[test]
fn each_kind_of_object_goes_where_it_belongs() {
    everywhere(async |world| {
        for (key, content) in [
            ("clean.txt", Content::Clean),
            ("cards.csv", Content::Sensitive),
            ("picture.png", Content::Picture),
            ("empty", Content::Empty),
        ] {
            world.put(key, content).await;
        }
        let run = world.run().await;
        assert!(world.lake.keys(Zone::Raw).await.is_empty());
        assert!(world.lake.keys(Zone::ScanStage).await.is_empty());
        assert_eq!(world.lake.keys(Zone::ScannedData).await, ["clean.txt", "empty"]);
        let held = [format!("{run}/cards.csv"), format!("{run}/picture.png")];
        assert_eq!(world.lake.keys(Zone::ManualReview).await, held);

        let clean = world.lake.get(Zone::ScannedData, "clean.txt").await.unwrap();
        let expected = tags(&[
            ("LakegateVerdict", "CLEAN"),
            ("WorkflowId", run.as_str()),
            ("serial", "0"),
            ("team", "harvest"),
        ]);
        assert_eq!(clean.tags, expected);
        assert_eq!(clean.metadata, tags(&[("origin", "field-station")]));
        let cards = world.lake.get(Zone::ManualReview, &held[0]).await.unwrap();
        assert_eq!(cards.tags["SensitiveDataFound"], "true");
        assert_eq!(cards.tags["LakegateVerdict"], "FINDINGS");
        let picture = world.lake.get(Zone::ManualReview, &held[1]).await.unwrap();
        assert_eq!(picture.tags["LakegateVerdict"], "UNSCANNABLE");
        assert!(!picture.tags.contains_key("SensitiveDataFound"));

        let row = world.ledger().run(&run).await.unwrap().unwrap();
        assert_eq!(row.phase, Phase::Reviewing);
        assert_eq!(row.counts.in_state(PassageState::Released), 2);
        assert_eq!(row.counts.in_state(PassageState::Held), 2);
        let found = world.passage(&run, "cards.csv").await;
        let counts =
            world.ledger().detection_counts(std::slice::from_ref(&found.id)).await.unwrap();
        let mut counts: Vec<_> =
            counts[&found.id].iter().map(|c| (c.identifier.as_str(), c.count)).collect();
        counts.sort_unstable();
        assert_eq!(counts, [("CREDIT_CARD_NUMBER", 2), ("USA_SOCIAL_SECURITY_NUMBER", 2)]);
    });
}

#[test]
fn a_run_with_held_objects_opens_one_review_and_announces_it_once() {
    everywhere(async |world| {
        world.put("cards.csv", Content::Sensitive).await;
        world.put("picture.png", Content::Picture).await;
        let run = world.run().await;
        let review = world.ledger().review_of_run(&run).await.unwrap().unwrap();
        assert_eq!(review.expires_ms - review.opened_ms, 5 * DAY_S * 1_000);
        world.gate.deliver().await.unwrap();
        world.gate.deliver().await.unwrap();
        let received = world.mail.received();
        assert_eq!(received.len(), 1);
        let message = &received[0];
        assert_eq!(
            message.subject_line(),
            "APPROVAL REQUIRED: Sensitive data identified in pipeline"
        );
        assert_eq!((message.facts.held, message.facts.review.clone()), (2, review.id.clone()));
        let link = message.facts.link.as_str();
        let token = link.strip_prefix("https://gate.example.org/r/").unwrap();
        let now_ms = world.gate.clock().now_ms();
        assert_eq!(world.gate.links().open(token, now_ms), Ok(review.id.clone()));
        let messages = world.ledger().messages_of_review(&review.id).await.unwrap();
        assert!(messages.iter().all(|m| matches!(m.status, MessageStatus::Sent { .. })));
        assert!(messages.iter().all(|m| !m.payload.contains(token)));
    });
}

#[test]
fn a_run_over_nothing_is_closed_at_once() {
    everywhere(async |world| {
        let run = world.begin().await;
        assert_eq!(world.drive(&run).await, Phase::Closed);
        assert!(world.ledger().review_of_run(&run).await.unwrap().is_none());
    });
}

#[test]
fn keys_of_all_shapes_come_through_unchanged() {
    let long = format!("{}/{}", "é".repeat(120), "x".repeat(700));
    let keys = [
        "a//b",
        "a/./b",
        "../outside",
        "/absolute",
        "ends/",
        "a/b",
        " leading and trailing ",
        "tab\tand\nnewline",
        "日本語/naïve",
        "e\u{301}",
        "é",
        "%2F%2e",
        ".hidden",
        ".lakegate/x",
        "C:\\windows",
        "trash/run-0/x",
        "run-0/x",
        &long,
    ];
    everywhere(async |world| {
        for key in keys {
            world.put(key, Content::Clean).await;
        }
        world.run().await;
        let mut expected: Vec<String> = keys.map(str::to_owned).into();
        expected.sort();
        let mut released = world.lake.keys(Zone::ScannedData).await;
        released.sort();
        assert_eq!(released, expected);
    });
}

#[test]
fn while_a_run_takes_objects_in_no_other_begins() {
    everywhere(async |world| {
        world.put("clean.txt", Content::Clean).await;
        let first = world.begin().await;
        let second = world.gate.begin_run(&world::flow(), "schedule", "clock").await;
        assert!(matches!(second, Err(Error::RunUnderWay { run, .. }) if run == first));
        world.drive(&first).await;
        world.run().await;
    });
}

#[test]
fn of_two_runs_begun_at_once_one_is_refused() {
    everywhere(async |world| {
        let flow = world::flow();
        let begin = || world.gate.begin_run(&flow, "request", "tester");
        let (one, other) = tokio::join!(begin(), begin());
        assert_eq!(u8::from(one.is_ok()) + u8::from(other.is_ok()), 1);
        world.drive_all().await;
    });
}

#[test]
fn while_one_review_waits_the_next_run_goes_on() {
    everywhere(async |world| {
        world.put("same.csv", Content::Sensitive).await;
        let first = world.run().await;
        world.put("same.csv", Content::Sensitive).await;
        let second = world.run().await;
        assert_eq!(world.state(&first, "same.csv").await, PassageState::Held);
        assert_eq!(world.state(&second, "same.csv").await, PassageState::Held);
        assert!(world.gate.held_object("same.csv").await.is_err(), "two objects bear this key");
    });
}

#[test]
fn a_key_that_is_taken_in_scanned_data_is_held_and_nothing_is_overwritten() {
    everywhere(async |world| {
        let old = world.put("report.txt", Content::Clean).await;
        world.run().await;
        world.put("report.txt", Content::Clean).await;
        let run = world.run().await;
        let passage = world.passage(&run, "report.txt").await;
        assert_eq!((passage.state, passage.verdict), (PassageState::Held, Some(Verdict::Clean)));
        assert_eq!(passage.reason.unwrap().code, "KEY_COLLISION");
        world.decide(&run, "report.txt", DecisionKind::Approve).await;
        assert_eq!(world.state(&run, "report.txt").await, PassageState::Held);
        let standing = world.lake.get(Zone::ScannedData, "report.txt").await.unwrap();
        assert_eq!(standing.bytes, old);
        world.decide(&run, "report.txt", DecisionKind::Deny).await;
        assert_eq!(world.state(&run, "report.txt").await, PassageState::Denied);
    });
}

#[test]
fn policy_rules_release_hold_and_deny() {
    let rule = |name: &str, when: &str, action, release_uninspected| Rule {
        name: name.into(),
        when: when.into(),
        action,
        release_uninspected,
    };
    block_on(async {
        let rules = vec![
            rule("pictures pass", "key.endsWith('.png')", Action::Release, true),
            rule("no cards here", "'CREDIT_CARD_NUMBER' in types", Action::Deny, false),
            rule("ask about clean ones", "key.startsWith('ask/')", Action::Hold, false),
            rule("never by this", "key.endsWith('.gif')", Action::Release, false),
        ];
        let mut world = World::memory_with(world::settings(), rules, 1).await;
        world.put("a.png", Content::Picture).await;
        world.put("b.csv", Content::Sensitive).await;
        world.put("ask/c.txt", Content::Clean).await;
        world.put("d.gif", Content::Picture).await;
        world.put("e.txt", Content::Clean).await;
        let run = world.run().await;
        for (key, state) in [
            ("a.png", PassageState::Released),
            ("b.csv", PassageState::Denied),
            ("ask/c.txt", PassageState::Held),
            ("d.gif", PassageState::Held),
            ("e.txt", PassageState::Released),
        ] {
            assert_eq!(world.state(&run, key).await, state, "{key}");
        }
        let ruling = world.passage(&run, "a.png").await.ruling.unwrap();
        assert_eq!((ruling.action.as_str(), ruling.rule.as_str()), ("release", "pictures pass"));
        invariants::assert_hold(&world).await;
    });
}

#[test]
fn objects_that_vanish_or_change_before_they_are_moved_are_visible_failures() {
    block_on(async {
        let mut world = World::memory().await;
        world.put("gone.txt", Content::Clean).await;
        world.put("new.txt", Content::Clean).await;
        let raw = world.lake.in_memory(Zone::Raw).clone();
        let (mut once, hand) = (true, raw.clone());
        world.plan.set(move |_, point| {
            if point.operation == "sync" || point.operation == "tags" && once {
                once = false;
                hand.remove("gone.txt");
                hand.insert("new.txt", Content::Sensitive.bytes(99));
            }
            Fault::Proceed
        });
        let first = world.run().await;
        world.plan.calm();
        assert_eq!(world.passage(&first, "gone.txt").await.reason.unwrap().code, "OBJECT_VANISHED");
        assert_eq!(world.passage(&first, "new.txt").await.reason.unwrap().code, "OBJECT_CHANGED");
        let second = world.run().await;
        assert_eq!(world.state(&second, "new.txt").await, PassageState::Held);
        assert!(raw.keys().is_empty());
        assert_eq!(raw.location(), "memory://raw");
    });
}
