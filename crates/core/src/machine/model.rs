//! A model check: every order of events, over small configurations, against invariants 1 to 3 of the
//! design (bytes are somewhere; released only by a verdict or a decision; no error leads to a release).
//!
//! The world here is what the calls are contracted to do: each may succeed, be executed twice, do part
//! of its work and fail for good, or fail at once. People decide, and timers fire, at any moment.

use super::*;
use std::collections::{HashSet, VecDeque};

/// More states than this mean that the model has grown beyond what a test should enumerate.
const STATES_MAX: usize = 400_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Place {
    Raw,
    Stage,
    Review,
    Scanned,
    Trash,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Judged {
    Not,
    Clean,
    Findings,
    Failed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Thing {
    place: Place,
    judged: Judged,
    decision: Option<bool>,
    claimed: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct World {
    machine: Machine,
    timers: Vec<TimerId>,
    things: Vec<Thing>,
    deny_on_expiry: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Essence {
    phase: Phase,
    calls: Vec<Call>,
    timers: Vec<TimerKind>,
    counters: [u32; 3],
    flags: [bool; 4],
    things: Vec<Thing>,
}

impl World {
    fn new(objects: usize, lanes: u32, on_expiry: OnExpiry) -> Self {
        let params = RunParams {
            run: RunId::new("run"),
            flow: FlowName::new("flow"),
            machine_version: MACHINE_VERSION,
            lanes,
            review_expires_after_s: 10,
            remind_after_s: vec![],
            reminders_after_expiry: 1,
            on_expiry,
        };
        let thing =
            Thing { place: Place::Raw, judged: Judged::Not, decision: None, claimed: false };
        Self {
            machine: Machine::new(params),
            timers: Vec::new(),
            things: vec![thing; objects],
            deny_on_expiry: on_expiry == OnExpiry::Deny,
        }
    }

    fn feed(&mut self, event: Event) {
        for command in self.machine.step(event) {
            match command {
                Command::StartTimer { id, .. } => self.timers.push(id),
                Command::CancelTimer { id } => self.timers.retain(|t| *t != id),
                Command::Call { .. } | Command::Finish { .. } => {}
            }
        }
    }

    /// The state without the numbers that only tell in which order things were begun.
    fn essence(&self) -> Essence {
        let machine = &self.machine;
        let mut calls: Vec<Call> = machine.open.values().cloned().collect();
        let mut timers: Vec<TimerKind> = machine.timers.values().cloned().collect();
        calls.sort();
        timers.sort();
        Essence {
            phase: machine.phase,
            calls,
            timers,
            counters: [machine.pages, machine.shards_made, machine.shards_started],
            flags: [
                machine.listing_ended,
                machine.claim_stopped,
                machine.decisions_waiting,
                machine.expiry_waiting,
            ],
            things: self.things.clone(),
        }
    }

    fn held(&self) -> u64 {
        self.things.iter().filter(|t| t.place == Place::Review).count() as u64
    }

    /// All that can happen next.
    fn successors(&self) -> Vec<World> {
        let mut next = Vec::new();
        let open: Vec<_> = self.machine.open_calls().map(|(id, c)| (id, c.clone())).collect();
        for (id, call) in open {
            for (mut world, out) in self.perform(&call) {
                let event = match out {
                    Some(out) => Event::Done { id, out },
                    None => {
                        let error = CallError { code: "E".into(), message: String::new() };
                        Event::Failed { id, error }
                    }
                };
                world.feed(event.clone());
                // The same answer once more changes nothing.
                let mut twice = world.clone();
                twice.feed(event);
                assert_eq!(twice, world);
                next.push(world);
            }
        }
        for timer in &self.timers {
            let mut world = self.clone();
            world.timers.retain(|t| t != timer);
            world.feed(Event::TimerFired { id: *timer });
            next.push(world);
        }
        for index in 0..self.things.len() {
            if self.things[index].place == Place::Review && self.things[index].decision.is_none() {
                for approve in [true, false] {
                    let mut world = self.clone();
                    world.things[index].decision = Some(approve);
                    world.feed(Event::Decided);
                    next.push(world);
                }
            }
        }
        let mut cancelled = self.clone();
        cancelled.feed(Event::Cancelled);
        next.push(cancelled);
        next
    }

    /// The ways one execution of a call may go: the world after it, and what it reports (`None`: it
    /// failed for good, with its work done or not).
    fn perform(&self, call: &Call) -> Vec<(World, Option<CallOut>)> {
        let mut ways = vec![(self.clone(), None)];
        match call {
            Call::Claim { page, first_shard } => {
                let mut world = self.clone();
                let index = *first_shard as usize;
                let there = index < world.things.len();
                if there {
                    world.things[index].claimed = true;
                }
                let out = CallOut::Claimed {
                    shards: u32::from(there),
                    objects: u64::from(there),
                    bytes: 0,
                    last: *page as usize + 1 >= world.things.len(),
                };
                ways.push((world, Some(out)));
            }
            Call::Stage { shard } => {
                let mut world = self.clone();
                world.things[*shard as usize].place = Place::Stage;
                ways.push((world.clone(), None));
                ways.push((world, Some(CallOut::Passed)));
            }
            Call::Scan { shard } => {
                for judged in [Judged::Clean, Judged::Findings, Judged::Failed] {
                    let mut world = self.clone();
                    let thing = &mut world.things[*shard as usize];
                    if thing.place == Place::Stage && thing.judged == Judged::Not {
                        thing.judged = judged;
                    }
                    ways.push((world.clone(), None));
                    ways.push((world, Some(CallOut::Passed)));
                }
            }
            Call::Route { shard } => {
                let mut world = self.clone();
                let thing = &mut world.things[*shard as usize];
                if thing.place == Place::Stage {
                    thing.place =
                        if thing.judged == Judged::Clean { Place::Scanned } else { Place::Review };
                }
                ways.push((world.clone(), None));
                ways.push((world, Some(moved(0))));
            }
            Call::OpenReview => {
                ways.push((self.clone(), Some(CallOut::ReviewOpened { held: self.held() })));
            }
            Call::Apply => ways.extend(self.decided_moves()),
            Call::Expire => {
                let mut world = self.clone();
                if self.deny_on_expiry {
                    for thing in &mut world.things {
                        if thing.place == Place::Review && thing.decision.is_none() {
                            thing.decision = Some(false);
                        }
                    }
                }
                ways.extend(world.decided_moves());
            }
            Call::Remind | Call::Close => ways.push((self.clone(), Some(CallOut::Noted))),
        }
        ways
    }

    fn decided_moves(&self) -> Vec<(World, Option<CallOut>)> {
        let mut world = self.clone();
        for thing in &mut world.things {
            match (thing.place, thing.decision) {
                (Place::Review, Some(true)) => thing.place = Place::Scanned,
                (Place::Review, Some(false)) => thing.place = Place::Trash,
                _ => {}
            }
        }
        let out = moved(world.held());
        vec![(world.clone(), None), (world, Some(out))]
    }

    fn check(&self) {
        for thing in &self.things {
            if thing.place == Place::Scanned {
                let entitled = thing.judged == Judged::Clean || thing.decision == Some(true);
                assert!(entitled, "released without verdict or decision: {self:?}");
            }
            if thing.place == Place::Trash {
                assert_eq!(thing.decision, Some(false), "denied by nobody: {self:?}");
            }
            if thing.place != Place::Raw {
                assert!(thing.claimed, "moved without intent: {self:?}");
            }
        }
    }
}

fn moved(held: u64) -> CallOut {
    CallOut::Moved { released: 0, held, denied: 0, failed: 0 }
}

/// Enumerates everything reachable; returns the number of states and of closed ones.
fn explore(start: World) -> (usize, usize) {
    let mut seen = HashSet::new();
    let mut queue = VecDeque::new();
    let mut begun = start;
    begun.feed(Event::Start);
    seen.insert(begun.essence());
    queue.push_back(begun);
    let mut closed = 0;
    while let Some(world) = queue.pop_front() {
        world.check();
        if world.machine.phase() == Phase::Closed {
            closed += 1;
            assert_eq!(world.held(), 0, "closed with objects held: {world:?}");
            continue;
        }
        let stuck = world.machine.open_calls().next().is_none() && world.timers.is_empty();
        let undecided =
            world.things.iter().any(|t| t.place == Place::Review && t.decision.is_none());
        assert!(!stuck || undecided, "nothing can happen any more: {world:?}");
        for next in world.successors() {
            if seen.insert(next.essence()) {
                queue.push_back(next);
            }
        }
        assert!(seen.len() < STATES_MAX, "the model is too large");
    }
    (seen.len(), closed)
}

#[test]
fn every_order_of_events_keeps_the_invariants() {
    for (objects, lanes, on_expiry) in [
        (0, 1, OnExpiry::Hold),
        (1, 1, OnExpiry::Hold),
        (1, 1, OnExpiry::Deny),
        (2, 1, OnExpiry::Deny),
        (2, 2, OnExpiry::Hold),
    ] {
        let (states, closed) = explore(World::new(objects, lanes, on_expiry));
        assert!(closed > 0, "{objects} objects: no run ever closes");
        println!("{objects} objects, {lanes} lanes: {states} states, {closed} closed");
    }
}
