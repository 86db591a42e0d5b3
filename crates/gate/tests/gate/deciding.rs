//! What people may do with what is held, and what happens where nobody does.

use crate::support::{Content, World, block_on, everywhere, invariants, staged, world};
use lakegate_core::machine::{OnExpiry, Phase};
use lakegate_core::object::Zone;
use lakegate_core::passage::{DecisionKind, PassageState};
use lakegate_gate::{Ask, Error, FlowSettings, Until};
use lakegate_ledger::DecisionResult;
use lakegate_store::{ErrorKind, Fault, Moment};

const DAY_S: i64 = 24 * 60 * 60;

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
