//! A process that runs a small flow kills itself with SIGKILL at its n-th point: before, amid or after
//! an operation on a bucket, between the effects of one operation on a folder, and before each write
//! to the ledger. Another process goes on. All n are tried on folders; on S3, see `s3.rs`.
//!
//! The victim is this test program, started anew for the one ignored test below.

use crate::support::{Content, Lake, Rules, World, block_on, invariants, world};
use lakegate_core::ids::RunId;
use lakegate_core::passage::{DecisionKind, PassageState};
use lakegate_gate::{Ask, FlowSettings};
use lakegate_store::Fault;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The victim's directory: its ledger and, unless it works on S3, its folders.
const DIRECTORY: &str = "LAKEGATE_VICTIM_DIRECTORY";
/// The point at which it dies.
const KILL_AT: &str = "LAKEGATE_VICTIM_KILL_AT";
/// The prefix of its zones on S3.
const S3_PREFIX: &str = "LAKEGATE_VICTIM_S3_PREFIX";

/// SIGKILL.
const KILLED: i32 = 9;

/// Points after which the victim must have come to its end.
const POINTS_MAX: u64 = 10_000;

/// Where the flow's zones are.
#[derive(Clone, Debug)]
pub enum Place {
    Folders,
    S3 { prefix: String },
}

/// Counts the points of one process and kills it at one of them.
struct Fate {
    passed: AtomicU64,
    kill_at: u64,
}

impl Fate {
    fn pass(&self) {
        if self.passed.fetch_add(1, Ordering::SeqCst) + 1 == self.kill_at {
            let me = rustix::process::getpid();
            rustix::process::kill_process(me, rustix::process::Signal::KILL).unwrap();
            // The signal is on its way; nothing more may happen here.
            loop {
                std::hint::spin_loop();
            }
        }
    }
}

async fn open(directory: &Path, place: &Place, fate: Option<Arc<Fate>>) -> World {
    let lake = match place {
        Place::Folders => {
            let fate = fate.clone();
            Lake::folders_with(directory, move || {
                let fate = fate.clone()?;
                Some(Box::new(move |_: &'static str| {
                    fate.pass();
                    true
                }))
            })
        }
        Place::S3 { prefix } => crate::s3::lake(prefix).await,
    };
    let settings = FlowSettings { trash_retention_s: 0, ..world::settings() };
    // Each process draws ids of its own.
    let seed = u64::from(std::process::id()) << 20 | fastrand::u64(..1 << 20);
    let ledger = Some(directory.join("ledger.db"));
    let world = World::make(lake, ledger, settings, Rules::default(), seed).await;
    if let Some(fate) = fate {
        let clock_fate = fate.clone();
        world.clock.on_reading(move |_| clock_fate.pass());
        world.plan.set(move |_, _| {
            fate.pass();
            Fault::Proceed
        });
    }
    world
}

/// What producers put before it all begins.
async fn put(world: &mut World) {
    world.put("clean.txt", Content::Clean).await;
    world.put("dir/cards.csv", Content::Sensitive).await;
    world.put("picture.png", Content::Picture).await;
}

/// The flow's whole story, from wherever it stands: a run, an approval, a denial, an empty trash, and
/// a second run.
async fn go_on(world: &mut World) {
    let first = named_run(world, "first").await;
    world.drive(&first).await;
    decide(world, &first, "dir/cards.csv", DecisionKind::Approve).await;
    decide(world, &first, "picture.png", DecisionKind::Deny).await;
    world.drive(&first).await;
    world.gate.purge_trash().await.unwrap();
    world.gate.sweep_sources().await.unwrap();
    let second = named_run(world, "second").await;
    world.drive(&second).await;
}

/// The run that was begun under this name; begins it, if no process did so far.
async fn named_run(world: &mut World, name: &str) -> RunId {
    let runs = world.ledger().runs(None, 10).await.unwrap();
    match runs.into_iter().find(|run| run.trigger == name) {
        Some(run) => run.params.run,
        None => world.gate.begin_run(&world::flow(), name, "tester").await.unwrap(),
    }
}

async fn decide(world: &mut World, run: &RunId, key: &str, kind: DecisionKind) {
    let passage = world.passage(run, key).await;
    let ask = Ask { passage: passage.id, content_hash: passage.content_hash };
    world.ask(ask, kind, "reviewer").await;
}

/// The process that is killed.
#[test]
#[ignore = "is started by the tests that kill it"]
fn victim() {
    let directory = std::env::var(DIRECTORY).expect("started by another test");
    let kill_at = std::env::var(KILL_AT).unwrap().parse().unwrap();
    let place = match std::env::var(S3_PREFIX) {
        Ok(prefix) => Place::S3 { prefix },
        Err(_) => Place::Folders,
    };
    let fate = Arc::new(Fate { passed: AtomicU64::new(0), kill_at });
    block_on(async {
        let mut world = open(Path::new(&directory), &place, Some(fate)).await;
        go_on(&mut world).await;
    });
}

/// Runs a victim until it dies at the point; answers whether it did, or came to its end before.
fn dies(directory: &Path, place: &Place, kill_at: u64) -> bool {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--ignored", "--exact", "kill::victim", "--test-threads=1"])
        .env(DIRECTORY, directory)
        .env(KILL_AT, kill_at.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::inherit());
    if let Place::S3 { prefix } = place {
        command.env(S3_PREFIX, prefix);
    }
    let status = command.status().unwrap();
    match (status.signal(), status.code()) {
        (Some(KILLED), _) => true,
        (None, Some(0)) => false,
        _ => panic!("the victim that should die at point {kill_at} ended with {status}"),
    }
}

/// Kills a victim at the points `first`, `first + stride` and so on, until one comes to its end.
/// Answers how many died. After every third death the process that goes on is killed too.
pub fn kill_at_points(place: impl Fn() -> Place, first: u64, stride: u64) -> u64 {
    let mut deaths = 0;
    for at in (first..POINTS_MAX).step_by(usize::try_from(stride).unwrap()) {
        let directory = tempfile::tempdir().unwrap();
        let (path, place) = (directory.path(), place());
        let uploads = block_on(async {
            let mut world = open(path, &place, None).await;
            put(&mut world).await;
            world.ledger().close().await;
            world.uploads
        });
        let died = dies(path, &place, at);
        deaths += u64::from(died);
        if died && deaths % 3 == 0 {
            dies(path, &place, 1 + at * 7 % 60);
        }
        block_on(async {
            let mut world = open(path, &place, None).await;
            world.uploads = uploads;
            go_on(&mut world).await;
            let broken = invariants::broken(&world).await;
            assert!(broken.is_empty(), "killed at point {at}:\n  {}", broken.join("\n  "));
            for (state, count) in [(PassageState::Released, 2), (PassageState::Denied, 1)] {
                let passages = world.passages().await;
                let found = passages.iter().filter(|p| p.state == state).count();
                assert_eq!(found, count, "killed at point {at}: {state}");
            }
            assert_eq!(world.lake.contents().await.len(), 2, "killed at point {at}");
            world.ledger().close().await;
        });
        if !died {
            println!("{deaths} deaths, at points from {first} to {at} in steps of {stride}");
            return deaths;
        }
    }
    panic!("the victim does not come to its end");
}

#[test]
fn on_folders_at_every_fourth_point_from_the_first() {
    assert!(kill_at_points(|| Place::Folders, 1, 4) > 20);
}

#[test]
fn on_folders_at_every_fourth_point_from_the_second() {
    assert!(kill_at_points(|| Place::Folders, 2, 4) > 20);
}

#[test]
fn on_folders_at_every_fourth_point_from_the_third() {
    assert!(kill_at_points(|| Place::Folders, 3, 4) > 20);
}

#[test]
fn on_folders_at_every_fourth_point_from_the_fourth() {
    assert!(kill_at_points(|| Place::Folders, 4, 4) > 20);
}
