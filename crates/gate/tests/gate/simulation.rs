//! Seeded simulations: producers, people, faults and crashes at random, then quiet, then the invariants.
//!
//! A failing seed prints `LAKEGATE_SEED=n`; with that in the environment, only that seed runs. Most
//! seeds do one thing at a time, and their order of events is the same each time; one in eight does
//! several things at once.

use crate::support::{Content, World, block_on, invariants, tags, world};
use fastrand::Rng;
use lakegate_core::machine::{MOVE_AGAIN_AFTER_S, OnExpiry};
use lakegate_core::object::Zone;
use lakegate_core::passage::{DecisionKind, PassageState};
use lakegate_core::policy::{Action, Rule};
use lakegate_gate::{Ask, FlowSettings};
use lakegate_ledger::{DecisionResult, Passage};
use lakegate_store::{ErrorKind, Fault, FaultPoint, MemoryBucket, Moment, PutOptions};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};

/// Seeds of each part. Four parts, so that they run side by side.
const SEEDS_PER_PART: u64 = 300;

/// Crashes of one seed, at most: a gate that dies at every step does not get on.
const CRASHES_MAX: u32 = 12;

#[test]
fn part_one() {
    simulate_part(0);
}

#[test]
fn part_two() {
    simulate_part(1);
}

#[test]
fn part_three() {
    simulate_part(2);
}

#[test]
fn part_four() {
    simulate_part(3);
}

/// What one seed came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Told {
    audit_head: [u8; 32],
    points: u64,
    faults: u64,
    crashes: u64,
    uploads: u64,
}

#[test]
fn a_seed_reproduces_its_run() {
    for seed in [3, 4, 5] {
        let (first, again) = (block_on(simulate(seed)), block_on(simulate(seed)));
        assert_eq!(first.unwrap(), again.unwrap(), "seed {seed}");
    }
}

fn simulate_part(part: u64) {
    if let Ok(seed) = std::env::var("LAKEGATE_SEED") {
        if part == 0 {
            run_seed(seed.parse().expect("LAKEGATE_SEED is a number"));
        }
        return;
    }
    let mut total = Told::default();
    for seed in part * SEEDS_PER_PART..(part + 1) * SEEDS_PER_PART {
        let told = run_seed(seed);
        total.points += told.points;
        total.faults += told.faults;
        total.crashes += told.crashes;
        total.uploads += told.uploads;
    }
    let Told { points, faults, crashes, uploads, .. } = total;
    println!(
        "{SEEDS_PER_PART} seeds: {points} points, {faults} faults, {crashes} crashes, {uploads} uploads"
    );
    // The weather must have been bad, or nothing was shown.
    assert!(total.faults > 10 * SEEDS_PER_PART / 4 && total.crashes > SEEDS_PER_PART / 4);
}

fn run_seed(seed: u64) -> Told {
    match std::panic::catch_unwind(AssertUnwindSafe(|| block_on(simulate(seed)))) {
        Ok(Ok(told)) => told,
        Ok(Err(broken)) => {
            panic!("LAKEGATE_SEED={seed}: the invariants do not hold:\n  {}", broken.join("\n  "))
        }
        Err(panic) => {
            eprintln!("LAKEGATE_SEED={seed}");
            std::panic::resume_unwind(panic)
        }
    }
}

/// Keys from which producers choose; few, so that they meet.
const KEYS: [&str; 6] = ["a.csv", "b.txt", "dir/c.png", "dir//c", "é", "trash/x"];

/// What happens to the gate, drawn from the seed.
struct Storm {
    rng: Rng,
    fail: f64,
    /// An operation that fails nearly always.
    sore: Option<&'static str>,
    crash: f64,
    crashes_left: u32,
    faults: u64,
    crashes: u64,
    /// Producers who act in the midst of the gate's work.
    producer: f64,
    raw: MemoryBucket,
    serial: u32,
    put: Vec<Interjection>,
}

/// What a producer did in the midst of the gate's work.
struct Interjection {
    key: &'static str,
    content: Content,
    serial: u32,
    replaced: Option<bytes::Bytes>,
    copied: bool,
}

impl Storm {
    fn strike(&mut self, point: &FaultPoint<'_>, others: &[MemoryBucket]) -> Fault {
        if self.rng.f64() < self.producer {
            self.interject(others);
        }
        if self.crashes_left > 0 && self.rng.f64() < self.crash {
            self.crashes_left -= 1;
            self.crashes += 1;
            return Fault::Crash;
        }
        let fail = if self.sore == Some(point.operation) { 0.8 } else { self.fail };
        if self.rng.f64() < fail {
            self.faults += 1;
            let kinds = [ErrorKind::Unavailable, ErrorKind::Unavailable, ErrorKind::Io];
            return Fault::Fail(kinds[self.rng.usize(..kinds.len())]);
        }
        // Now and then an error that does not pass by itself, before anything has happened.
        if point.moment == Moment::Before && self.rng.f64() < self.fail / 20.0 {
            self.faults += 1;
            return Fault::Fail(ErrorKind::Denied);
        }
        Fault::Proceed
    }

    fn interject(&mut self, others: &[MemoryBucket]) {
        let key = KEYS[self.rng.usize(..KEYS.len())];
        let content = Content::ALL[self.rng.usize(..Content::ALL.len())];
        self.serial += 1;
        let serial = self.serial;
        let replaced = self.raw.get(key).map(|object| object.body);
        let copied = replaced.as_ref().is_some_and(|bytes| {
            !bytes.is_empty()
                && others
                    .iter()
                    .flat_map(MemoryBucket::snapshot)
                    .any(|(there, object)| object.body == *bytes && there.ends_with(key))
        });
        let options =
            PutOptions { tags: upload_tags(serial), metadata: metadata(), ..PutOptions::default() };
        self.raw.insert_with(key, content.bytes(serial), options);
        self.put.push(Interjection { key, content, serial, replaced, copied });
    }
}

fn upload_tags(serial: u32) -> lakegate_core::object::Tags {
    tags(&[("team", "harvest"), ("serial", &serial.to_string())])
}

fn metadata() -> lakegate_core::object::Tags {
    tags(&[("origin", "field-station")])
}

struct Simulation {
    world: World,
    rng: Rng,
    storm: Arc<Mutex<Storm>>,
}

async fn simulate(seed: u64) -> Result<Told, Vec<String>> {
    let mut rng = Rng::with_seed(seed);
    let (settings, rules) = (draw_settings(seed, &mut rng), draw_rules(&mut rng));
    let world = World::memory_with(settings, rules, seed).await;
    let storm = Arc::new(Mutex::new(Storm {
        rng: rng.fork(),
        fail: [0.0, 0.02, 0.1, 0.25][rng.usize(..4)],
        sore: [None, None, Some("delete"), Some("transfer"), Some("read"), Some("sync")]
            [rng.usize(..6)],
        crash: [0.0, 0.01, 0.05][rng.usize(..3)],
        crashes_left: CRASHES_MAX,
        faults: 0,
        crashes: 0,
        producer: [0.0, 0.0, 0.03, 0.1][rng.usize(..4)],
        raw: world.lake.in_memory(Zone::Raw).clone(),
        serial: 1_000,
        put: Vec::new(),
    }));
    let mut simulation = Simulation { world, rng, storm };
    simulation.brew();
    for _ in 0..simulation.rng.usize(3..10) {
        simulation.step().await;
    }
    simulation.quiet().await;
    let world = &simulation.world;
    let broken = invariants::broken(world).await;
    if !broken.is_empty() {
        return Err(broken);
    }
    let audit_head = world.ledger().verify_audit().await.unwrap().head_hash;
    let storm = simulation.storm.lock().unwrap();
    Ok(Told {
        audit_head,
        points: world.plan.points(),
        faults: storm.faults,
        crashes: storm.crashes,
        uploads: world.uploads.len() as u64,
    })
}

fn draw_settings(seed: u64, rng: &mut Rng) -> FlowSettings {
    let several_at_once = seed % 8 == 7;
    let at_once = if several_at_once { 4 } else { 1 };
    FlowSettings {
        lanes: if several_at_once { 3 } else { 1 },
        transfers_at_once: at_once,
        inspections_at_once: at_once,
        shard_objects_max: rng.usize(1..4),
        page_objects_max: rng.usize(1..6),
        attempts_max: [2, 5, 9, 20][rng.usize(..4)],
        on_expiry: if rng.bool() { OnExpiry::Hold } else { OnExpiry::Deny },
        trash_retention_s: [0, 7 * 24 * 60 * 60][rng.usize(..2)],
        ..world::settings()
    }
}

fn draw_rules(rng: &mut Rng) -> Vec<Rule> {
    let rule = |name: &str, when: &str, action, release_uninspected| Rule {
        name: name.into(),
        when: when.into(),
        action,
        release_uninspected,
    };
    match rng.usize(..4) {
        0 => vec![
            rule("pictures pass", "verdict == 'UNSCANNABLE'", Action::Release, true),
            rule("cards never", "'CREDIT_CARD_NUMBER' in types", Action::Deny, false),
        ],
        _ => Vec::new(),
    }
}

impl Simulation {
    /// The weather turns.
    fn brew(&mut self) {
        let storm = self.storm.clone();
        let lake = self.world.lake.clone();
        let others = [Zone::ScanStage, Zone::ManualReview, Zone::ScannedData]
            .map(|zone| lake.in_memory(zone).clone());
        self.world.plan.set(move |_, point| storm.lock().unwrap().strike(point, &others));
    }

    async fn step(&mut self) {
        match self.rng.usize(..10) {
            0..=2 => {
                for _ in 0..self.rng.usize(1..5) {
                    let key = KEYS[self.rng.usize(..KEYS.len())];
                    let content = Content::ALL[self.rng.usize(..Content::ALL.len())];
                    self.world.put(key, content).await;
                }
            }
            3..=5 => self.run().await,
            6 | 7 => self.people_decide().await,
            8 => {
                self.world.clock.advance_s([60, 3_600, 86_400, 3 * 86_400][self.rng.usize(..4)]);
                self.world.drive_all().await;
                self.settle_interjections();
            }
            _ => self.keep_house().await,
        }
    }

    async fn run(&mut self) {
        if self.rng.bool() {
            // An unlucky driver: it dies, or is stopped, and somebody decides before the next comes.
            let run = self.world.survive(async |gate| {
                match gate.begin_run(&world::flow(), "request", "tester").await {
                    Err(lakegate_gate::Error::RunUnderWay { run, .. }) => Ok(run),
                    other => other,
                }
            });
            let run = run.await.unwrap();
            let drive = async |gate: &lakegate_gate::Gate| {
                gate.drive(&run, lakegate_gate::Until::Routed).await
            };
            if let Some(answer) = self.world.once(&drive).await {
                answer.unwrap();
            }
            self.settle_interjections();
            return;
        }
        self.world.drive_all().await;
        let run = self.world.begin().await;
        self.world.drive(&run).await;
        self.settle_interjections();
    }

    async fn people_decide(&mut self) {
        let held = |p: &Passage| matches!(p.state, PassageState::Held | PassageState::Expired);
        let passages: Vec<_> = self.world.passages().await.into_iter().filter(held).collect();
        for passage in passages {
            if self.rng.u8(..3) == 0 {
                continue;
            }
            for actor in ["reviewer", "second"].into_iter().take(self.rng.usize(1..3)) {
                let kind = match self.rng.bool() {
                    true => DecisionKind::Approve,
                    false => DecisionKind::Deny,
                };
                let stale = self.rng.u8(..8) == 0;
                let content_hash = match stale {
                    true => Some(world::hash_of(b"what stood there before")),
                    false => passage.content_hash.clone(),
                };
                let ask = Ask { passage: passage.id.clone(), content_hash };
                let result = self.world.ask(ask, kind, actor).await;
                assert!(!stale || result != DecisionResult::Recorded, "stale decision recorded");
            }
        }
        if self.rng.bool() {
            self.world.drive_all().await;
            self.settle_interjections();
        }
    }

    async fn keep_house(&mut self) {
        match self.rng.usize(..4) {
            0 => drop(self.world.survive(async |gate| gate.purge_trash().await).await),
            1 => drop(self.world.survive(async |gate| gate.sweep_sources().await).await),
            2 => drop(self.world.survive(async |gate| gate.deliver().await).await),
            _ => {
                let denied = |p: &Passage| p.state == PassageState::Denied;
                let passages = self.world.passages().await;
                if let Some(passage) = passages.into_iter().find(denied) {
                    // It may be refused, or fail: then it stays where it is.
                    drop(self.world.restore(&passage.id).await);
                }
            }
        }
        self.settle_interjections();
    }

    /// Takes what producers did in the midst of things into the record.
    fn settle_interjections(&mut self) {
        let put = std::mem::take(&mut self.storm.lock().unwrap().put);
        for interjection in put {
            let Interjection { key, content, serial, replaced, copied } = interjection;
            if let (Some(bytes), false) = (replaced, copied) {
                let hash = world::hash_of(&bytes);
                let upload = self
                    .world
                    .uploads
                    .iter_mut()
                    .rev()
                    .find(|u| u.key == key && u.hash == hash && !u.withdrawn);
                if let Some(upload) = upload {
                    upload.withdrawn = true;
                }
            }
            let bytes = content.bytes(serial);
            self.world.uploads.push(world::Upload {
                key: key.to_owned(),
                hash: world::hash_of(&bytes),
                bytes,
                tags: upload_tags(serial),
                metadata: metadata(),
                content: Some(content),
                withdrawn: false,
            });
        }
    }

    /// The storm is over: everything gets done that can be done without people.
    async fn quiet(&mut self) {
        self.settle_interjections();
        {
            let mut storm = self.storm.lock().unwrap();
            (storm.fail, storm.sore, storm.crash, storm.producer) = (0.0, None, 0.0, 0.0);
        }
        self.world.drive_all().await;
        // What failed for good in the storm is tried again after a while.
        self.world.clock.advance_s(2 * i64::try_from(MOVE_AGAIN_AFTER_S).unwrap());
        self.world.drive_all().await;
        self.world.gate.sweep_sources().await.unwrap();
        self.world.run().await;
        self.world.gate.sweep_sources().await.unwrap();
        let raw = self.world.lake.keys(Zone::Raw).await;
        assert!(raw.is_empty(), "left in raw: {raw:?}");
    }
}
