//! Defects 1 to 12: verdicts, and moves of objects.

use super::{in_zone, staged};
use crate::support::cut_short::CutShort;
use crate::support::{Content, Lake, Rules, World, block_on, invariants, tags, world};
use lakegate_core::machine::Phase;
use lakegate_core::object::Zone;
use lakegate_core::passage::{DecisionKind, PassageState};
use lakegate_core::verdict::Verdict;
use lakegate_gate::{Ask, FlowSettings};
use lakegate_ledger::{DecisionOutcome, DecisionResult};
use lakegate_store::{Bucket, ErrorKind, Fault, Moment};
use std::sync::Arc;

#[test]
fn defect_01_error_while_reading_for_findings_releases_nothing() {
    for operation in ["read", "read.body"] {
        for kind in [ErrorKind::Unavailable, ErrorKind::Denied, ErrorKind::Io] {
            staged(async |world| {
                world.put("clean.txt", Content::Clean).await;
                world.put("cards.csv", Content::Sensitive).await;
                world.plan.set(move |_, point| match point.operation == operation {
                    true => Fault::Fail(kind),
                    false => Fault::Proceed,
                });
                let run = world.run().await;
                assert!(world.lake.keys(Zone::ScannedData).await.is_empty());
                for key in ["clean.txt", "cards.csv"] {
                    let passage = world.passage(&run, key).await;
                    let expected = (PassageState::Held, Some(Verdict::Failed));
                    assert_eq!((passage.state, passage.verdict), expected, "{operation} {kind:?}");
                }
            });
        }
    }
}

#[test]
fn defect_02_a_clean_batch_asks_nobody() {
    staged(async |world| {
        world.put("clean.txt", Content::Clean).await;
        let run = world.run().await;
        world.gate.deliver().await.unwrap();
        assert!(world.mail.received().is_empty());
        assert!(world.ledger().messages_of_run(&run).await.unwrap().is_empty());
        assert!(world.ledger().review_of_run(&run).await.unwrap().is_none());
    });
}

#[test]
fn defect_03_what_was_not_read_whole_is_not_clean() {
    staged(async |world| {
        world.put("picture.png", Content::Picture).await;
        let depth = 2_000;
        world.put_bytes("deep.json", "[".repeat(depth) + &"]".repeat(depth)).await;
        let run = world.run().await;
        for key in ["picture.png", "deep.json"] {
            let passage = world.passage(&run, key).await;
            assert_eq!(passage.state, PassageState::Held, "{key}");
            let verdict = passage.verdict.unwrap();
            assert!(matches!(verdict, Verdict::Unscannable | Verdict::Partial), "{key}: {verdict}");
            assert!(!passage.coverage.unwrap().gaps.is_empty(), "{key}: the gap is told");
        }
    });
}

#[test]
fn defect_03b_a_body_that_breaks_off_is_not_clean() {
    staged(async |world| {
        let long = "harmless ".repeat(100_000);
        world.put_bytes("long.txt", long).await;
        world.plan.set(|_, point| match (point.operation, point.moment) {
            ("read.body", Moment::Midway { bytes }) if bytes > 64 * 1024 => {
                Fault::Fail(ErrorKind::Unavailable)
            }
            _ => Fault::Proceed,
        });
        let run = world.run().await;
        assert_eq!(world.passage(&run, "long.txt").await.verdict, Some(Verdict::Failed));
    });
}

#[test]
fn defect_03c_a_body_that_ends_early_without_a_word_is_not_clean() {
    block_on(async {
        let memory = Lake::memory();
        let buckets = Zone::ALL.map(|zone| {
            let bucket = memory.bucket(zone).clone();
            match zone {
                Zone::ScanStage => Arc::new(CutShort(bucket)) as Arc<dyn Bucket>,
                _ => bucket,
            }
        });
        let settings = world::settings();
        let mut world = World::make(Lake::of(buckets), None, settings, Rules::default(), 1).await;
        world.put_bytes("long.txt", "harmless ".repeat(100_000)).await;
        let run = world.run().await;
        let passage = world.passage(&run, "long.txt").await;
        assert_eq!((passage.state, passage.verdict), (PassageState::Held, Some(Verdict::Failed)));
        invariants::assert_hold(&world).await;
    });
}

#[test]
fn defect_06_same_key_lands_again_while_the_first_is_under_review() {
    staged(async |world| {
        let first_bytes = world.put("data.csv", Content::Sensitive).await;
        let first = world.run().await;
        let second_bytes = world.put("data.csv", Content::Sensitive).await;
        let second = world.run().await;
        world.decide(&first, "data.csv", DecisionKind::Approve).await;
        let released = [(Zone::ScannedData, "data.csv".to_owned())];
        assert_eq!(world.whereabouts(&first_bytes).await, released);
        let held = [(Zone::ManualReview, format!("{second}/data.csv"))];
        assert_eq!(world.whereabouts(&second_bytes).await, held);
    });
}

#[test]
fn defect_06b_an_old_approval_does_not_release_new_bytes() {
    block_on(async {
        let mut world = World::memory().await;
        world.put("data.csv", Content::Sensitive).await;
        let run = world.run().await;
        let passage = world.passage(&run, "data.csv").await;
        let ask = Ask { passage: passage.id.clone(), content_hash: passage.content_hash };
        assert_eq!(
            world.ask(ask, DecisionKind::Approve, "reviewer").await,
            DecisionResult::Recorded
        );
        // Somebody with access to the bucket replaces what was looked at.
        let key = format!("{run}/data.csv");
        let review = world.lake.in_memory(Zone::ManualReview);
        let labels = review.get(&key).unwrap();
        let new_bytes = Content::Sensitive.bytes(4_711);
        world.lake.put(Zone::ManualReview, &key, new_bytes, &labels.tags, &labels.metadata).await;
        world.drive(&run).await;
        assert!(world.lake.keys(Zone::ScannedData).await.is_empty());
        assert_eq!(world.state(&run, "data.csv").await, PassageState::Held);
        let decisions = world.ledger().decisions_of(&passage.id).await.unwrap();
        assert!(
            matches!(
                decisions[0].outcome,
                Some(DecisionOutcome::Refused { .. } | DecisionOutcome::Failed { .. })
            ),
            "{:?}",
            decisions[0].outcome
        );
    });
}

/// The store's own word on identity is not enough: the bytes are read again before they are released.
#[test]
fn defect_06c_bytes_that_no_longer_have_the_judged_hash_are_not_released() {
    block_on(async {
        let mut world = World::memory().await;
        world.put("data.csv", Content::Sensitive).await;
        let run = world.run().await;
        let mut passage = world.passage(&run, "data.csv").await;
        // The ledger is told that the place holds another instance, as after a restore from a backup
        // whose entity tags were made anew.
        let key = format!("{run}/data.csv");
        let review = world.lake.in_memory(Zone::ManualReview);
        let labels = review.get(&key).unwrap();
        let new_bytes = Content::Sensitive.bytes(4_711);
        let object = world
            .lake
            .put(Zone::ManualReview, &key, new_bytes, &labels.tags, &labels.metadata)
            .await;
        let mut place = passage.place.take().unwrap();
        place.object = object;
        let update = lakegate_ledger::Transition {
            passage: passage.id.clone(),
            from: PassageState::Held,
            to: PassageState::Held,
            cause: "relabelled".into(),
            detail: None,
            changes: lakegate_ledger::Changes { place: Some(place), ..Default::default() },
        };
        world.ledger().transition(&[update], 0, "tester").await.unwrap();
        world.decide(&run, "data.csv", DecisionKind::Approve).await;
        assert!(world.lake.keys(Zone::ScannedData).await.is_empty());
        let decisions = world.ledger().decisions_of(&passage.id).await.unwrap();
        assert!(matches!(
            &decisions[0].outcome,
            Some(DecisionOutcome::Refused { code, .. }) if code == "GATE_OBJECT_CHANGED"
        ));
    });
}

#[test]
fn defect_07_collisions_overwrite_nothing_anywhere() {
    staged(async |world| {
        let mut all = Vec::new();
        for content in [Content::Clean, Content::Clean, Content::Sensitive, Content::Sensitive] {
            all.push(world.put("same", content).await);
            world.run().await;
        }
        for bytes in &all {
            assert_eq!(world.whereabouts(bytes).await.len(), 1);
        }
        assert_eq!(world.lake.keys(Zone::ManualReview).await.len(), 3);
    });
}

#[test]
fn defect_08_a_transient_error_after_some_moves_strands_nothing() {
    staged(async |world| {
        for n in 0..10 {
            world.put(&format!("{n}.txt"), Content::Clean).await;
        }
        let mut transfers = 0;
        world.plan.set(move |_, point| {
            transfers += u32::from(point.operation == "transfer" && point.moment == Moment::Before);
            match point.operation {
                "transfer" if (4..20).contains(&transfers) => Fault::Fail(ErrorKind::Unavailable),
                _ => Fault::Proceed,
            }
        });
        world.run().await;
        assert_eq!(world.lake.keys(Zone::ScannedData).await.len(), 10);
    });
}

/// An outage that outlasts all attempts leaves objects visibly failed, and the next run takes them up.
#[test]
fn defect_08b_a_long_outage_leaves_no_object_without_an_owner() {
    staged(async |world| {
        for n in 0..4 {
            world.put(&format!("{n}.txt"), Content::Clean).await;
        }
        world.plan.set(|_, point| {
            match (point.operation, point.moment, in_zone(point, Zone::Raw)) {
                ("transfer", Moment::Before, true) => Fault::Fail(ErrorKind::Unavailable),
                _ => Fault::Proceed,
            }
        });
        let run = world.run().await;
        for n in 0..4 {
            let passage = world.passage(&run, &format!("{n}.txt")).await;
            assert_eq!(passage.state, PassageState::Failed);
            assert_eq!(passage.reason.unwrap().code, "STORE_UNAVAILABLE");
        }
        world.plan.calm();
        world.run().await;
        assert_eq!(world.lake.keys(Zone::ScannedData).await.len(), 4);
    });
}

#[test]
fn defect_09_one_bad_object_does_not_block_the_others() {
    for operation in ["transfer", "tags", "read", "delete"] {
        staged(async |world| {
            world.put("a.txt", Content::Clean).await;
            world.put("bad.txt", Content::Clean).await;
            world.put("c.txt", Content::Clean).await;
            world.plan.set(move |_, point| {
                match point.operation == operation && point.key.ends_with("bad.txt") {
                    true => Fault::Fail(ErrorKind::Denied),
                    false => Fault::Proceed,
                }
            });
            let run = world.run().await;
            for key in ["a.txt", "c.txt"] {
                assert_eq!(world.state(&run, key).await, PassageState::Released, "{operation}");
            }
            world.plan.calm();
            world.run().await;
            world.gate.sweep_sources().await.unwrap();
        });
    }
}

/// Time is told, not asserted: see the output with `--no-capture`.
#[test]
fn defect_10_ten_thousand_objects_go_through_in_one_run() {
    const OBJECTS: usize = 10_000;
    block_on(async {
        let directory = tempfile::tempdir().unwrap();
        let settings = FlowSettings { settle_ms: 0, ..FlowSettings::default() };
        let mut world = World::folders_in(directory.path(), settings).await;
        for n in 0..OBJECTS {
            let content = if n % 100 == 7 { Content::Sensitive } else { Content::Clean };
            let path = directory.path().join(format!("raw/{n:05}.txt"));
            std::fs::write(path, content.bytes(u32::try_from(n).unwrap())).unwrap();
        }
        let begun = std::time::Instant::now();
        let run = world.run().await;
        println!("{OBJECTS} objects in {:?}", begun.elapsed());
        let row = world.ledger().run(&run).await.unwrap().unwrap();
        assert_eq!(row.counts.in_state(PassageState::Released), 9_900);
        assert_eq!(row.counts.in_state(PassageState::Held), 100);
        assert_eq!(row.phase, Phase::Reviewing);
        assert_eq!(world.lake.keys(Zone::ScannedData).await.len(), 9_900);
        assert_eq!(world.lake.keys(Zone::ManualReview).await.len(), 100);
        assert!(world.lake.keys(Zone::Raw).await.is_empty());
        assert!(world.lake.keys(Zone::ScanStage).await.is_empty());
        assert_eq!(world.ledger().verify_audit().await.unwrap().problem, None);
    });
}

#[test]
fn defect_11_a_crash_between_copy_tag_and_delete_loses_nothing() {
    for (operation, moment) in [
        ("tags", Moment::After),
        ("transfer", Moment::Before),
        ("transfer", Moment::After),
        ("sync", Moment::Before),
        ("delete", Moment::Before),
        ("delete", Moment::After),
    ] {
        staged(async |world| {
            world.put("cards.csv", Content::Sensitive).await;
            world.put("clean.txt", Content::Clean).await;
            let mut crashes_left = 3;
            world.plan.set(move |_, point| {
                match point.operation == operation && point.moment == moment && crashes_left > 0 {
                    true => {
                        crashes_left -= 1;
                        Fault::Crash
                    }
                    false => Fault::Proceed,
                }
            });
            let run = world.run().await;
            assert_eq!(world.state(&run, "cards.csv").await, PassageState::Held);
            assert_eq!(world.state(&run, "clean.txt").await, PassageState::Released);
        });
    }
}

#[test]
fn defect_12_an_upload_between_copy_and_delete_is_kept() {
    staged(async |world| {
        world.put("data.txt", Content::Clean).await;
        let raw = world.lake.in_memory(Zone::Raw).clone();
        let second = world::Upload {
            key: "data.txt".into(),
            bytes: Content::Sensitive.bytes(99),
            hash: world::hash_of(&Content::Sensitive.bytes(99)),
            tags: tags(&[("team", "harvest")]),
            metadata: tags(&[("origin", "field-station")]),
            content: Some(Content::Sensitive),
            withdrawn: false,
        };
        let (upload, mut put) = (second.clone(), false);
        world.plan.set(move |_, point| {
            if point.operation == "delete" && !put {
                put = true;
                let options = lakegate_store::PutOptions {
                    tags: upload.tags.clone(),
                    metadata: upload.metadata.clone(),
                    ..Default::default()
                };
                raw.insert_with("data.txt", upload.bytes.clone(), options);
            }
            Fault::Proceed
        });
        let first = world.run().await;
        world.plan.calm();
        world.uploads.push(second);
        assert_eq!(world.state(&first, "data.txt").await, PassageState::Released);
        assert_eq!(world.lake.keys(Zone::Raw).await, ["data.txt"]);
        let next = world.run().await;
        assert_eq!(world.state(&next, "data.txt").await, PassageState::Held);
    });
}
