//! Defects 13 to 28: denial, silence, notices, labels, records, rights.

use super::{DAY_S, in_zone, staged};
use crate::support::{Content, Lake, Rules, World, block_on, invariants, tags, world};
use lakegate_core::object::Zone;
use lakegate_core::passage::{DecisionKind, PassageState};
use lakegate_core::suppression::SuppressionRule;
use lakegate_core::verdict::{Severity, Verdict};
use lakegate_ledger::{MessageStatus, PassageQuery};
use lakegate_store::{ErrorKind, Fault};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

#[test]
fn defect_13_deny_is_soft_and_a_failed_deletion_is_tried_again() {
    staged(async |world| {
        let bytes = world.put("bad.csv", Content::Sensitive).await;
        let run = world.run().await;
        world.decide(&run, "bad.csv", DecisionKind::Deny).await;
        let trash = [(Zone::ManualReview, format!("trash/{run}/bad.csv"))];
        assert_eq!(world.whereabouts(&bytes).await, trash);
        world.clock.advance_s(7 * DAY_S);
        world.plan.set(|_, point| match point.operation {
            "delete" => Fault::Fail(ErrorKind::Denied),
            _ => Fault::Proceed,
        });
        assert_eq!(world.gate.purge_trash().await.unwrap(), 0);
        assert!(world.passage(&run, "bad.csv").await.place.is_some(), "still on record");
        world.plan.calm();
        assert_eq!(world.gate.purge_trash().await.unwrap(), 1);
        assert!(world.lake.contents().await.is_empty());
    });
}

#[test]
fn defect_14_five_days_without_an_answer_hold_and_remind() {
    staged(async |world| {
        world.put("cards.csv", Content::Sensitive).await;
        let run = world.run().await;
        world.clock.advance_s(5 * DAY_S - 1);
        world.drive(&run).await;
        assert_eq!(world.state(&run, "cards.csv").await, PassageState::Held);
        world.clock.advance_s(1);
        world.drive(&run).await;
        assert_eq!(world.state(&run, "cards.csv").await, PassageState::Expired);
        world.gate.deliver().await.unwrap();
        assert_eq!(world.mail.received().len(), 5, "opened, three reminders, expired");
        // A late answer is an answer.
        world.clock.advance_s(90 * DAY_S);
        world.decide(&run, "cards.csv", DecisionKind::Approve).await;
        assert_eq!(world.state(&run, "cards.csv").await, PassageState::Released);
    });
}

#[test]
fn defect_15_nothing_expires_but_the_trash() {
    staged(async |world| {
        world.put("clean.txt", Content::Clean).await;
        world.put("cards.csv", Content::Sensitive).await;
        let run = world.run().await;
        world.put("later.txt", Content::Clean).await;
        for _ in 0..10 {
            world.clock.advance_s(30 * DAY_S);
            world.drive(&run).await;
            world.gate.purge_trash().await.unwrap();
            world.gate.sweep_sources().await.unwrap();
        }
        assert_eq!(world.lake.keys(Zone::ScannedData).await, ["clean.txt"]);
        assert_eq!(world.lake.keys(Zone::ManualReview).await.len(), 1);
        assert_eq!(world.lake.keys(Zone::Raw).await, ["later.txt"]);
        world.run().await;
    });
}

#[test]
fn defect_16_a_run_that_could_not_do_its_work_does_not_look_like_one_that_did() {
    staged(async |world| {
        world.put("clean.txt", Content::Clean).await;
        world.plan.set(|_, point| match point.operation {
            "list" => Fault::Fail(ErrorKind::Denied),
            _ => Fault::Proceed,
        });
        let run = world.run().await;
        let outcome = world.ledger().run(&run).await.unwrap().unwrap().outcome.unwrap();
        assert!(!outcome.listing_complete);
        assert_eq!(outcome.calls_failed, 1);
        assert_eq!(world.lake.keys(Zone::Raw).await, ["clean.txt"]);
    });
}

#[test]
fn defect_17_a_notice_that_fails_is_sent_again() {
    staged(async |world| {
        for n in 0..50 {
            world.put(&format!("{n}.csv"), Content::Sensitive).await;
        }
        let run = world.run().await;
        world.mail.fail(3);
        for _ in 0..4 {
            world.gate.deliver().await.unwrap();
            world.clock.advance_s(60 * 60);
        }
        assert_eq!(world.mail.received().len(), 1);
        let messages = world.ledger().messages_of_run(&run).await.unwrap();
        let tried = messages.iter().find(|message| message.attempts > 0).unwrap();
        assert_eq!(tried.attempts, 3);
        assert!(matches!(tried.status, MessageStatus::Sent { .. }));
        assert!(tried.payload.len() < 4_096, "a message does not grow with the number of objects");
    });
}

#[test]
fn defect_18_every_object_has_its_own_decision() {
    staged(async |world| {
        for key in ["a.csv", "b.csv", "c.csv"] {
            world.put(key, Content::Sensitive).await;
        }
        let run = world.run().await;
        world.decide(&run, "a.csv", DecisionKind::Approve).await;
        world.decide(&run, "b.csv", DecisionKind::Deny).await;
        assert_eq!(world.state(&run, "a.csv").await, PassageState::Released);
        assert_eq!(world.state(&run, "b.csv").await, PassageState::Denied);
        assert_eq!(world.state(&run, "c.csv").await, PassageState::Held);
    });
}

#[test]
fn defect_19_the_producers_tags_and_metadata_survive_every_move() {
    staged(async |world| {
        let theirs = tags(&[
            ("owner", "a team"),
            ("retention", "7y"),
            ("WorkflowId", "forged"),
            ("LakegateVerdict", "CLEAN"),
        ]);
        let bytes = Content::Sensitive.bytes(1);
        world.upload("a.csv", bytes, Some(Content::Sensitive), theirs).await;
        let run = world.run().await;
        world.decide(&run, "a.csv", DecisionKind::Approve).await;
        let released = world.lake.get(Zone::ScannedData, "a.csv").await.unwrap();
        let expected = tags(&[
            ("owner", "a team"),
            ("retention", "7y"),
            ("WorkflowId", run.as_str()),
            ("LakegateVerdict", "FINDINGS"),
            ("SensitiveDataFound", "true"),
        ]);
        assert_eq!(released.tags, expected);
        assert_eq!(released.metadata, tags(&[("origin", "field-station")]));
    });
}

#[test]
fn defect_20_findings_are_kept_with_type_severity_count_and_place() {
    staged(async |world| {
        world.put("cards.csv", Content::Sensitive).await;
        let run = world.run().await;
        let passage = world.passage(&run, "cards.csv").await;
        assert_eq!(passage.severity, Some(Severity::High));
        let detections = world.ledger().detections(&passage.id).await.unwrap();
        let cards = detections.iter().find(|d| d.identifier == "CREDIT_CARD_NUMBER").unwrap();
        assert_eq!((cards.count, cards.occurrences.len()), (2, 2));
        let told = serde_json::to_string(&cards.occurrences[0]).unwrap();
        assert!(told.contains("credit card number"), "the column is named: {told}");
        assert!(!told.contains("4539 5822") && !told.contains("45395822"), "masked: {told}");
    });
}

#[test]
fn defect_21_a_suppression_rule_archives_and_releases_nothing_by_itself() {
    let rule = |name: &str, when: &str| SuppressionRule { name: name.into(), when: when.into() };
    let suppression = vec![
        rule("without the tag", "tags['no such tag'] == 'x'"),
        rule("test data", "key.startsWith('test/') && 'CREDIT_CARD_NUMBER' in types"),
        rule("never reached", "true"),
    ];
    block_on(async {
        let rules = Rules { suppression, ..Rules::default() };
        let mut world = World::make(Lake::memory(), None, world::settings(), rules, 1).await;
        world.put("test/cards.csv", Content::Sensitive).await;
        world.put("test/clean.txt", Content::Clean).await;
        let run = world.run().await;
        let passage = world.passage(&run, "test/cards.csv").await;
        assert_eq!((passage.state, passage.verdict), (PassageState::Held, Some(Verdict::Findings)));
        assert_eq!(passage.archived_by.as_deref(), Some("test data"));
        assert_eq!(passage.ruling.unwrap().action, "hold");
        assert_eq!(world.passage(&run, "test/clean.txt").await.archived_by, None);
        assert_eq!(world.lake.keys(Zone::ScannedData).await, ["test/clean.txt"]);

        let rows = world.ledger().audit_of(&passage.id).await.unwrap();
        let scanned = rows.iter().find(|row| row.action == "passage.scanned").unwrap();
        let told: serde_json::Value = serde_json::from_str(&scanned.detail).unwrap();
        assert_eq!(told["inspection"]["archived_by"], "test data");
        assert_eq!(told["inspection"]["verdict"], "FINDINGS");

        let archived = |archived| PassageQuery {
            archived: Some(archived),
            limit: 9,
            ..PassageQuery::default()
        };
        assert_eq!(world.ledger().passages(&archived(true)).await.unwrap().len(), 1);
        assert_eq!(world.ledger().passages(&archived(false)).await.unwrap().len(), 1);
        invariants::assert_hold(&world).await;
    });
}

#[test]
fn defect_22_the_verdict_is_on_record_before_anything_moves_on_it() {
    staged(async |world| {
        world.put("clean.txt", Content::Clean).await;
        world.plan.set(|_, point| match (point.operation, in_zone(point, Zone::ScanStage)) {
            ("transfer", true) => Fault::Crash,
            _ => Fault::Proceed,
        });
        let run = world.begin().await;
        let drive =
            async |gate: &lakegate_gate::Gate| gate.drive(&run, lakegate_gate::Until::Routed).await;
        assert!(world.once(&drive).await.is_none());
        let passage = world.passage(&run, "clean.txt").await;
        assert_eq!(passage.state, PassageState::Scanned);
        assert_eq!(passage.verdict, Some(Verdict::Clean));
        assert_eq!(passage.ruling.unwrap().action, "release");
        assert!(world.lake.keys(Zone::ScannedData).await.is_empty());
        world.plan.calm();
        world.drive(&run).await;
    });
}

/// What was asked of which zone, by a run with an approval and a denial.
async fn operations(world: &mut World) -> BTreeSet<(String, &'static str)> {
    let seen = Arc::new(Mutex::new(BTreeSet::new()));
    let notes = seen.clone();
    world.plan.set(move |_, point| {
        notes.lock().unwrap().insert((point.location.to_owned(), point.operation));
        Fault::Proceed
    });
    world.put("a.csv", Content::Sensitive).await;
    world.put("b.csv", Content::Sensitive).await;
    world.put("c.txt", Content::Clean).await;
    let run = world.run().await;
    world.decide(&run, "a.csv", DecisionKind::Approve).await;
    world.decide(&run, "b.csv", DecisionKind::Deny).await;
    world.plan.calm();
    seen.lock().unwrap().clone()
}

#[test]
fn defect_24_only_the_zone_where_objects_land_is_ever_listed() {
    staged(async |world| {
        let listed: Vec<_> =
            operations(world).await.into_iter().filter(|(_, op)| *op == "list").collect();
        assert_eq!(listed, [("memory://raw".to_owned(), "list")]);
    });
}

#[test]
fn defect_27_a_flow_reads_and_deletes_nothing_in_scanned_data() {
    staged(async |world| {
        let asked = operations(world).await;
        let there: Vec<_> = asked
            .iter()
            .filter(|(location, _)| location == "memory://scanned-data")
            .map(|(_, operation)| *operation)
            .collect();
        assert!(
            there
                .iter()
                .all(|operation| matches!(*operation, "head" | "put" | "put.body" | "sync")),
            "{there:?}"
        );
    });
}

#[test]
fn defect_28_who_decided_what_on_which_bytes_is_on_record() {
    staged(async |world| {
        world.put("a.csv", Content::Sensitive).await;
        let run = world.run().await;
        world.clock.advance_s(60);
        world.decide(&run, "a.csv", DecisionKind::Approve).await;
        let passage = world.passage(&run, "a.csv").await;
        let story = world.ledger().audit_of(&passage.id).await.unwrap();
        let actions: Vec<_> = story.iter().map(|row| row.action.as_str()).collect();
        let expected = [
            "passage.claimed",
            "passage.staged",
            "passage.updated",
            "passage.scanned",
            "passage.held",
            "passage.updated",
            "decision.recorded",
            "passage.released",
            "decision.applied",
            "passage.updated",
        ];
        assert_eq!(actions, expected);
        let decision = &story[6];
        assert_eq!(decision.actor, "reviewer");
        let detail: serde_json::Value = serde_json::from_str(&decision.detail).unwrap();
        let hash = passage.content_hash.unwrap();
        assert_eq!(detail["content_hash"], hash.as_str());
        assert_eq!(detail["reason"], "looked at it");
    });
}
