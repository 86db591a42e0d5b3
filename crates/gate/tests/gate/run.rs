//! A gate in fair weather: what lands, where it goes, what people may do with it.

use crate::support::{Content, World, block_on, invariants, tags, world};
use lakegate_core::machine::{OnExpiry, Phase};
use lakegate_core::object::Zone;
use lakegate_core::passage::{DecisionKind, PassageState};
use lakegate_core::policy::{Action, Rule};
use lakegate_core::verdict::Verdict;
use lakegate_gate::{Ask, Error, FlowSettings, Until};
use lakegate_ledger::{DecisionResult, MessageStatus};
use lakegate_store::{Bucket as _, ErrorKind, Fault, Moment};

const DAY_S: i64 = 24 * 60 * 60;

/// Runs a test on zones in memory and on folders.
fn everywhere(test: impl AsyncFn(&mut World)) {
    block_on(async {
        for mut world in [World::memory().await, World::folders().await] {
            test(&mut world).await;
            invariants::assert_hold(&world).await;
        }
    });
}

/// Runs a test in memory, where more can be staged.
fn staged(test: impl AsyncFn(&mut World)) {
    block_on(async {
        let mut world = World::memory().await;
        test(&mut world).await;
        invariants::assert_hold(&world).await;
    });
}

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
fn approved_objects_are_released_denied_ones_go_to_the_trash() {
    everywhere(async |world| {
        world.put("good.csv", Content::Sensitive).await;
        world.put("bad.csv", Content::Sensitive).await;
        let run = world.run().await;
        world.decide(&run, "good.csv", DecisionKind::Approve).await;
        assert_eq!(world.lake.keys(Zone::ScannedData).await, ["good.csv"]);
        assert_eq!(world.state(&run, "bad.csv").await, PassageState::Held);
        world.decide(&run, "bad.csv", DecisionKind::Deny).await;
        assert_eq!(world.lake.keys(Zone::ManualReview).await, [format!("trash/{run}/bad.csv")]);
        let row = world.ledger().run(&run).await.unwrap().unwrap();
        assert_eq!(row.phase, Phase::Closed);
        assert_eq!(row.counts.in_state(PassageState::Released), 1);
        assert_eq!(row.counts.in_state(PassageState::Denied), 1);
        let review = world.ledger().review_of_run(&run).await.unwrap().unwrap();
        assert!(review.closed_ms.is_some());
    });
}

#[test]
fn the_trash_is_emptied_when_its_time_is_over_and_not_before() {
    everywhere(async |world| {
        world.put("bad.csv", Content::Sensitive).await;
        let run = world.run().await;
        world.decide(&run, "bad.csv", DecisionKind::Deny).await;
        world.clock.advance_s(7 * DAY_S - 1);
        assert_eq!(world.gate.purge_trash().await.unwrap(), 0);
        world.clock.advance_s(1);
        assert_eq!(world.gate.purge_trash().await.unwrap(), 1);
        assert_eq!(world.gate.purge_trash().await.unwrap(), 0);
        assert!(world.lake.contents().await.is_empty());
        let passage = world.passage(&run, "bad.csv").await;
        assert_eq!((passage.state, passage.place), (PassageState::Denied, None));
        assert!(matches!(
            world.gate.restore(&passage.id, "reviewer").await,
            Err(Error::Refused(_))
        ));
    });
}

#[test]
fn a_restored_object_lands_anew_and_is_judged_anew() {
    everywhere(async |world| {
        let bytes = world.put("bad.csv", Content::Sensitive).await;
        let first = world.run().await;
        world.decide(&first, "bad.csv", DecisionKind::Deny).await;
        let denied = world.passage(&first, "bad.csv").await;
        world.gate.restore(&denied.id, "reviewer").await.unwrap();
        assert_eq!(world.whereabouts(&bytes).await, [(Zone::Raw, "bad.csv".to_owned())]);
        let second = world.run().await;
        assert_eq!(world.state(&first, "bad.csv").await, PassageState::Denied);
        assert_eq!(world.state(&second, "bad.csv").await, PassageState::Held);
        world.clock.advance_s(30 * DAY_S);
        assert_eq!(world.gate.purge_trash().await.unwrap(), 0);
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
fn held_objects_of_all_shapes_can_be_decided_on() {
    let long = "k".repeat(1_024);
    let keys = ["a//b", "../outside", "ends/", "日本語", &long];
    everywhere(async |world| {
        for key in keys {
            world.put(key, Content::Picture).await;
        }
        let run = world.run().await;
        for key in &keys[..4] {
            world.decide(&run, key, DecisionKind::Approve).await;
        }
        world.decide(&run, &long, DecisionKind::Deny).await;
        let row = world.ledger().run(&run).await.unwrap().unwrap();
        assert_eq!(row.counts.in_state(PassageState::Released), 4);
        assert_eq!(row.counts.in_state(PassageState::Denied), 1);
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
fn nobody_answers_the_objects_stay_held_and_reminders_go_out() {
    everywhere(async |world| {
        world.put("cards.csv", Content::Sensitive).await;
        let run = world.run().await;
        for _ in 0..20 {
            world.clock.advance_s(DAY_S);
            world.drive(&run).await;
            world.gate.deliver().await.unwrap();
        }
        assert_eq!(world.state(&run, "cards.csv").await, PassageState::Expired);
        assert_eq!(world.lake.keys(Zone::ManualReview).await, [format!("{run}/cards.csv")]);
        let subjects = world.mail.subjects();
        let reminders = subjects.iter().filter(|s| s.starts_with("Reminder: ")).count();
        // Three before the time is up, the expiry itself, one each five days after it.
        assert_eq!((subjects.len(), reminders), (1 + 3 + 1 + 3, 3 + 1 + 3), "{subjects:?}");
        world.decide(&run, "cards.csv", DecisionKind::Approve).await;
        assert_eq!(world.state(&run, "cards.csv").await, PassageState::Released);
    });
}

#[test]
fn on_expiry_deny_denies_what_nobody_decided_on() {
    block_on(async {
        let settings = FlowSettings { on_expiry: OnExpiry::Deny, ..world::settings() };
        let mut world = World::memory_with(settings, Vec::new(), 1).await;
        world.put("good.csv", Content::Sensitive).await;
        world.put("other.csv", Content::Sensitive).await;
        let run = world.run().await;
        world.decide(&run, "good.csv", DecisionKind::Approve).await;
        world.clock.advance_s(5 * DAY_S);
        assert_eq!(world.drive(&run).await, Phase::Closed);
        assert_eq!(world.state(&run, "good.csv").await, PassageState::Released);
        assert_eq!(world.state(&run, "other.csv").await, PassageState::Denied);
        let passage = world.passage(&run, "other.csv").await;
        let decisions = world.ledger().decisions_of(&passage.id).await.unwrap();
        assert_eq!(decisions[0].actor, "policy:on_expiry");
        invariants::assert_hold(&world).await;
    });
}

#[test]
fn a_driver_that_waits_wakes_when_the_time_is_up() {
    block_on(async {
        let settings = FlowSettings {
            on_expiry: OnExpiry::Deny,
            review_expires_after_s: 1,
            ..world::settings()
        };
        let mut world = World::memory_with(settings, Vec::new(), 1).await;
        world.put("cards.csv", Content::Sensitive).await;
        let run = world.run().await;
        let closing = world.gate.drive(&run, Until::Closed);
        tokio::pin!(closing);
        // The hand clock stands: the driver's sleep ends, and the review's time is not up.
        tokio::select! {
            phase = &mut closing => panic!("{phase:?}"),
            () = tokio::task::yield_now() => {}
        }
        world.clock.advance_s(1);
        assert_eq!(closing.await.unwrap(), Phase::Closed);
        assert_eq!(world.state(&run, "cards.csv").await, PassageState::Denied);
    });
}

#[test]
fn a_driver_that_waits_wakes_when_somebody_decides() {
    everywhere(async |world| {
        world.put("cards.csv", Content::Sensitive).await;
        let run = world.run().await;
        let passage = world.passage(&run, "cards.csv").await;
        let ask = [Ask { passage: passage.id, content_hash: passage.content_hash }];
        let decide = async || {
            tokio::task::yield_now().await;
            world.gate.decide(&ask, DecisionKind::Approve, "reviewer", "looked at it").await
        };
        let (phase, answer) = tokio::join!(world.gate.drive(&run, Until::Closed), decide());
        assert_eq!(phase.unwrap(), Phase::Closed);
        assert_eq!(answer.unwrap()[0].result, DecisionResult::Recorded);
    });
}

#[test]
fn decisions_need_a_reason_and_the_right_bytes_and_count_once() {
    everywhere(async |world| {
        world.put("cards.csv", Content::Sensitive).await;
        let run = world.run().await;
        let passage = world.passage(&run, "cards.csv").await;
        let ask = Ask { passage: passage.id.clone(), content_hash: passage.content_hash.clone() };
        let approve = DecisionKind::Approve;
        let refused =
            world.gate.decide(std::slice::from_ref(&ask), approve, "reviewer", "  ").await;
        assert!(matches!(refused, Err(Error::Refused(_))));
        let other = Some(world::hash_of(b"other bytes"));
        let stale = Ask { content_hash: other, ..ask.clone() };
        assert_eq!(world.ask(stale, approve, "reviewer").await, DecisionResult::HashMismatch);
        assert_eq!(world.ask(ask.clone(), approve, "reviewer").await, DecisionResult::Recorded);
        let second = world.ask(ask, DecisionKind::Deny, "second").await;
        assert!(
            matches!(&second, DecisionResult::AlreadyDecided { actor, .. } if actor == "reviewer"),
            "{second:?}"
        );
        world.drive(&run).await;
        assert_eq!(world.state(&run, "cards.csv").await, PassageState::Released);
    });
}

#[test]
fn a_decision_made_while_the_run_is_under_way_is_carried_out() {
    block_on(async {
        let settings = FlowSettings { shard_objects_max: 1, ..world::settings() };
        let mut world = World::memory_with(settings, Vec::new(), 1).await;
        world.put("a.csv", Content::Sensitive).await;
        world.put("b.csv", Content::Sensitive).await;
        // The process ends when the second shard is about to be staged.
        world.plan.set(|_, point| match (point.operation, point.key) {
            ("transfer", "b.csv") => Fault::Crash,
            _ => Fault::Proceed,
        });
        let run = world.begin().await;
        let until = Until::Routed;
        assert!(world.once(&async |gate| gate.drive(&run, until).await).await.is_none());
        world.plan.calm();
        let early = world.passage(&run, "a.csv").await;
        assert_eq!(early.state, PassageState::Held);
        let ask = Ask { passage: early.id, content_hash: early.content_hash };
        assert_eq!(
            world.ask(ask, DecisionKind::Approve, "reviewer").await,
            DecisionResult::Recorded
        );
        world.drive(&run).await;
        assert_eq!(world.state(&run, "a.csv").await, PassageState::Released);
        assert_eq!(world.state(&run, "b.csv").await, PassageState::Held);
        invariants::assert_hold(&world).await;
    });
}

/// The move may have happened and only its replies be lost: another decision could contradict it.
#[test]
fn a_decision_that_an_outage_stands_in_the_way_of_waits_and_no_other_takes_its_place() {
    staged(async |world| {
        world.put("cards.csv", Content::Sensitive).await;
        let run = world.run().await;
        world.plan.set(|_, point| match (point.operation, point.moment) {
            ("transfer", Moment::After) => Fault::Fail(ErrorKind::Unavailable),
            _ => Fault::Proceed,
        });
        assert_eq!(
            world.decide(&run, "cards.csv", DecisionKind::Approve).await,
            DecisionResult::Recorded
        );
        assert_eq!(world.state(&run, "cards.csv").await, PassageState::Held);
        let other = world.decide(&run, "cards.csv", DecisionKind::Deny).await;
        assert!(matches!(other, DecisionResult::AlreadyDecided { .. }), "{other:?}");
        world.plan.calm();
        world.drive(&run).await;
        assert_eq!(world.state(&run, "cards.csv").await, PassageState::Released);
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
