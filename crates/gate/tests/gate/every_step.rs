//! Every step twice; and every step failed, or died at, one after the other.
//!
//! One story is told again and again: three objects land, one is released, one approved, one denied and
//! restored; in a second run a key collides. A fault strikes at the first point, then at the second, and
//! so on, until the story ends without meeting it. Whatever struck, the end must be that of fair
//! weather.

use crate::support::{Content, World, block_on, invariants};
use lakegate_core::ids::RunId;
use lakegate_core::object::Zone;
use lakegate_core::passage::{DecisionKind, PassageState};
use lakegate_core::verdict::Verdict;
use lakegate_gate::{Ask, Gate, Result, Until};
use lakegate_store::{ErrorKind, Fault, Moment};
use std::sync::{Arc, Mutex};

/// Tries of what people and housekeeping do: one fault strikes, so the second succeeds.
const TRIES_MAX: usize = 3;

/// Points after which the story must have ended.
const POINTS_MAX: u64 = 5_000;

/// How a story ended: what stands where, and what became of each passage.
#[derive(Debug, PartialEq, Eq)]
pub struct End {
    standing: Vec<(Zone, String, Option<Content>)>,
    passages: Vec<(usize, String, PassageState, Option<Verdict>)>,
}

/// Tells the story. It goes on from wherever an earlier telling was cut off.
pub async fn tell(world: &mut World) -> End {
    world.put("clean.txt", Content::Clean).await;
    world.put("cards.csv", Content::Sensitive).await;
    world.put("dir/picture.png", Content::Picture).await;
    let first = world.run().await;
    decide(world, &first, "cards.csv", DecisionKind::Approve).await;
    decide(world, &first, "dir/picture.png", DecisionKind::Deny).await;
    world.drive(&first).await;
    let denied = world.passage(&first, "dir/picture.png").await.id;
    // A restoring whose reply was lost is refused when it is asked for again.
    let _ = patiently(world, async |gate| gate.restore(&denied, "reviewer").await).await;
    world.put("clean.txt", Content::Clean).await;
    let second = world.run().await;
    decide(world, &second, "clean.txt", DecisionKind::Deny).await;
    world.drive(&second).await;
    world.clock.advance_s(7 * 24 * 60 * 60);
    world.drive_all().await;
    patiently(world, async |gate| gate.purge_trash().await).await.unwrap();
    patiently(world, async |gate| gate.sweep_sources().await).await.unwrap();
    patiently(world, async |gate| gate.purge_trash().await).await.unwrap();
    end(world, &[first, second]).await
}

async fn decide(world: &mut World, run: &RunId, key: &str, kind: DecisionKind) {
    let passage = world.passage(run, key).await;
    let ask = Ask { passage: passage.id, content_hash: passage.content_hash };
    world.ask(ask, kind, "reviewer").await;
}

async fn patiently<T>(world: &mut World, act: impl AsyncFn(&Gate) -> Result<T>) -> Result<T> {
    let mut answer = world.survive(&act).await;
    for _ in 1..TRIES_MAX {
        if answer.is_err() {
            answer = world.survive(&act).await;
        }
    }
    answer
}

async fn end(world: &World, runs: &[RunId]) -> End {
    let content_of = |bytes: &bytes::Bytes| {
        world.uploads.iter().find(|upload| upload.bytes == *bytes).and_then(|upload| upload.content)
    };
    let mut standing: Vec<_> = world
        .lake
        .contents()
        .await
        .into_iter()
        .map(|s| {
            let mut key = s.key.clone();
            for (index, run) in runs.iter().enumerate() {
                key = key.replace(run.as_str(), &format!("run {index}"));
            }
            (s.zone, key, content_of(&s.bytes))
        })
        .collect();
    standing.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    let mut passages: Vec<_> = world
        .passages()
        .await
        .into_iter()
        .map(|p| {
            let run = runs.iter().position(|run| *run == p.run).unwrap();
            (run, p.key, p.state, p.verdict)
        })
        .collect();
    passages.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    End { standing, passages }
}

/// What strikes.
#[derive(Clone, Copy, Debug)]
pub enum Mishap {
    /// One operation fails.
    Fail(ErrorKind),
    /// The process dies.
    Crash,
}

/// Tells the story with a mishap at the points `first`, `first + stride` and so on; answers how many
/// points the story has.
pub async fn strike_each_point(
    make: impl AsyncFn() -> World,
    mishap: Mishap,
    first: u64,
    stride: u64,
) -> u64 {
    let mut fair_world = make().await;
    let fair = tell(&mut fair_world).await;
    invariants::assert_hold(&fair_world).await;
    let mut at = first;
    loop {
        assert!(at < POINTS_MAX, "the story does not end");
        let mut world = make().await;
        world.plan.set(move |number, _| match (number == at, mishap) {
            (false, _) => Fault::Proceed,
            (true, Mishap::Fail(kind)) => Fault::Fail(kind),
            (true, Mishap::Crash) => Fault::Crash,
        });
        let end = tell(&mut world).await;
        let points = world.plan.points();
        world.plan.calm();
        let broken = invariants::broken(&world).await;
        assert!(broken.is_empty(), "{mishap:?} at point {at}:\n  {}", broken.join("\n  "));
        assert_eq!(end, fair, "{mishap:?} at point {at}");
        if points < at {
            return points;
        }
        at += stride;
    }
}

#[test]
fn every_step_done_twice_ends_as_if_done_once() {
    block_on(async {
        let once = tell(&mut World::memory().await).await;
        for executions in [2, 3] {
            for mut world in [World::memory().await, World::folders().await] {
                world.executions = executions;
                assert_eq!(tell(&mut world).await, once);
                invariants::assert_hold(&world).await;
                let announced: Vec<_> = world.mail.subjects();
                assert!(announced.is_empty(), "nothing was delivered yet");
                world.gate.deliver().await.unwrap();
                let reminders = world.mail.subjects();
                // The second run's review: opened, three reminders, expired.
                let expected = reminders.iter().filter(|s| s.starts_with("Reminder: ")).count();
                assert_eq!(expected, 4, "{reminders:?}");
            }
        }
    });
}

#[test]
fn any_operation_in_memory_may_fail_once() {
    for kind in [ErrorKind::Unavailable, ErrorKind::Io] {
        let points = block_on(strike_each_point(World::memory, Mishap::Fail(kind), 1, 1));
        assert!(points > 80, "only {points} points");
    }
}

#[test]
fn the_gate_may_die_at_any_point_in_memory() {
    block_on(strike_each_point(World::memory, Mishap::Crash, 1, 1));
}

#[test]
fn any_operation_on_folders_may_fail_once() {
    block_on(strike_each_point(World::folders, Mishap::Fail(ErrorKind::Io), 1, 1));
}

#[test]
fn the_gate_may_die_at_any_point_on_folders() {
    block_on(strike_each_point(World::folders, Mishap::Crash, 1, 1));
}

/// Killed just before any deletion, the gate must have told the ledger of the copy.
#[test]
fn a_source_is_deleted_only_when_the_ledger_knows_its_copy() {
    block_on(async {
        let mut deletions = 0;
        loop {
            let mut world = World::memory().await;
            world.put("clean.txt", Content::Clean).await;
            world.put("cards.csv", Content::Sensitive).await;
            let doomed: Arc<Mutex<Option<(String, String)>>> = Arc::default();
            let (found, mut left) = (doomed.clone(), deletions);
            world.plan.set(move |_, point| {
                if point.operation != "delete" || point.moment != Moment::Before {
                    return Fault::Proceed;
                }
                if left > 0 {
                    left -= 1;
                    return Fault::Proceed;
                }
                *found.lock().unwrap() = Some((point.location.to_owned(), point.key.to_owned()));
                Fault::Crash
            });
            let run = world.begin().await;
            let drive = async |gate: &Gate| gate.drive(&run, Until::Routed).await;
            let died = world.once(&drive).await.is_none();
            let doomed = doomed.lock().unwrap().clone();
            let Some((location, key)) = doomed.filter(|_| died) else { break };
            let known = world.passages().await.into_iter().any(|passage| {
                let Some(pending) = passage.source_pending else { return false };
                location == format!("memory://{}", pending.zone)
                    && pending.object.key == key
                    && passage.place.is_some_and(|place| place.zone != pending.zone)
            });
            assert!(known, "the ledger knew no copy of {location}/{key}");
            deletions += 1;
        }
        assert_eq!(deletions, 4, "two objects leave two zones each");
    });
}

/// What a store refuses for good is no reason to lose, double or release anything.
#[test]
fn any_operation_may_be_refused_for_good() {
    block_on(async {
        for kind in [ErrorKind::Denied, ErrorKind::VerificationFailed] {
            for at in 1.. {
                let mut world = World::memory().await;
                world.plan.set(move |number, _| match number == at {
                    true => Fault::Fail(kind),
                    false => Fault::Proceed,
                });
                tell_loosely(&mut world).await;
                let points = world.plan.points();
                world.plan.calm();
                world.run().await;
                world.gate.sweep_sources().await.unwrap();
                let broken = invariants::broken(&world).await;
                assert!(broken.is_empty(), "{kind:?} at point {at}:\n  {}", broken.join("\n  "));
                if points < at {
                    break;
                }
            }
        }
    });
}

/// The beginning of the story, where any object may fail on its way.
async fn tell_loosely(world: &mut World) {
    world.put("clean.txt", Content::Clean).await;
    world.put("cards.csv", Content::Sensitive).await;
    world.put("dir/picture.png", Content::Picture).await;
    let run = world.run().await;
    for passage in world.passages().await {
        if passage.state == PassageState::Held {
            let kind = match passage.key.as_str() {
                "cards.csv" => DecisionKind::Approve,
                _ => DecisionKind::Deny,
            };
            let ask = Ask { passage: passage.id, content_hash: passage.content_hash };
            world.ask(ask, kind, "reviewer").await;
        }
    }
    world.drive(&run).await;
}
