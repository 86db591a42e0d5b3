//! Runs the scenarios of `scenarios/*.yml`: what lands, what is decided, what goes wrong, and what must
//! stand at the end. The format is explained in `scenarios/README.md`.

use crate::support::{Content, Lake, Rules, World, block_on, invariants, world};
use lakegate_core::ids::RunId;
use lakegate_core::machine::OnExpiry;
use lakegate_core::object::{Tags, Zone};
use lakegate_core::passage::DecisionKind;
use lakegate_core::policy::Rule;
use lakegate_core::suppression::SuppressionRule;
use lakegate_gate::{FlowSettings, Gate, Until};
use lakegate_store::{ErrorKind, Fault, Moment};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    story: String,
    #[serde(default)]
    policy: Vec<Rule>,
    #[serde(default)]
    suppression: Vec<SuppressionRule>,
    #[serde(default)]
    on_expiry: OnExpiry,
    steps: Vec<Step>,
    end: End,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    put: Option<Put>,
    run: Option<u32>,
    approve: Option<Decision>,
    deny: Option<Decision>,
    restore: Option<Decision>,
    advance: Option<String>,
    deliver: Option<u32>,
    mail_fails: Option<u32>,
    keep_house: Option<u32>,
    /// Strikes at the next points that fit.
    fault: Option<Mishap>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Put {
    key: String,
    content: Content,
    #[serde(default)]
    tags: Tags,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Decision {
    run: usize,
    key: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mishap {
    what: What,
    operation: String,
    zone: Option<String>,
    #[serde(default)]
    after: bool,
    times: u32,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum What {
    Crash,
    Unavailable,
    Denied,
}

/// What must stand. A run's id is written `run-1`, `run-2` and so on, in the order of the runs.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct End {
    raw: Vec<String>,
    scan_stage: Vec<String>,
    manual_review: Vec<String>,
    scanned_data: Vec<String>,
    /// Tags of objects, by zone and key; those that are not named are not looked at.
    tags: BTreeMap<String, Tags>,
    /// `state VERDICT` of each key, by run, and which rule archives its finding.
    ledger: BTreeMap<String, BTreeMap<String, String>>,
    /// Subjects of the messages that arrived.
    messages: Vec<String>,
}

#[test]
fn all_scenarios_end_as_they_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yml"))
        .collect();
    files.sort();
    assert!(files.len() >= 8, "only {} scenarios found", files.len());
    for file in files {
        check(&file);
    }
}

fn check(file: &Path) {
    let name = file.file_name().unwrap().display().to_string();
    let text = std::fs::read_to_string(file).unwrap();
    let scenario: Scenario =
        serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert!(!scenario.story.trim().is_empty(), "{name} tells no story");
    block_on(async {
        let settings = FlowSettings { on_expiry: scenario.on_expiry, ..world::settings() };
        let rules = Rules { policy: scenario.policy, suppression: scenario.suppression };
        let world = World::make(Lake::memory(), None, settings, rules, 1).await;
        let mut stage = Stage { world, runs: Vec::new() };
        for step in &scenario.steps {
            stage.play(step).await;
        }
        let end = stage.end(&scenario.end.tags).await;
        assert_eq!(end, scenario.end, "{name}: {}", scenario.story.trim());
        invariants::assert_hold(&stage.world).await;
    });
}

struct Stage {
    world: World,
    runs: Vec<RunId>,
}

impl Stage {
    async fn play(&mut self, step: &Step) {
        let world = &mut self.world;
        if let Some(put) = &step.put {
            let serial = u32::try_from(world.uploads.len()).unwrap();
            let bytes = put.content.bytes(serial);
            world.upload(&put.key, bytes, Some(put.content), put.tags.clone()).await;
        }
        if let Some(mishap) = &step.fault {
            strike(world, mishap.clone());
        }
        for _ in 0..step.run.unwrap_or(0) {
            self.runs.push(world.run().await);
        }
        for (decision, kind) in
            [(&step.approve, DecisionKind::Approve), (&step.deny, DecisionKind::Deny)]
        {
            if let Some(Decision { run, key }) = decision {
                world.decide(&self.runs[run - 1], key, kind).await;
            }
        }
        if let Some(Decision { run, key }) = &step.restore {
            let denied = world.passage(&self.runs[run - 1], key).await.id;
            world.restore(&denied).await.unwrap();
        }
        if let Some(duration) = &step.advance {
            world.clock.advance_s(seconds(duration));
            for run in world.ledger().open_runs().await.unwrap() {
                let drive = async |gate: &Gate| gate.drive(&run.params.run, Until::Routed).await;
                world.survive(drive).await.unwrap();
            }
        }
        if let Some(times) = step.mail_fails {
            world.mail.fail(times);
        }
        for _ in 0..step.deliver.unwrap_or(0) {
            world.gate.deliver().await.unwrap();
        }
        for _ in 0..step.keep_house.unwrap_or(0) {
            world.gate.purge_trash().await.unwrap();
            world.gate.sweep_sources().await.unwrap();
        }
    }

    fn plain(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (index, run) in self.runs.iter().enumerate() {
            text = text.replace(run.as_str(), &format!("run-{}", index + 1));
        }
        text
    }

    async fn end(&self, tags_asked: &BTreeMap<String, Tags>) -> End {
        let mut end = End { messages: self.world.mail.subjects(), ..End::default() };
        for standing in self.world.lake.contents().await {
            let key = self.plain(&standing.key);
            let name = format!("{}/{key}", standing.zone);
            if tags_asked.contains_key(&name) {
                let tags = standing.tags.iter();
                end.tags.insert(name, tags.map(|(k, v)| (k.clone(), self.plain(v))).collect());
            }
            match standing.zone {
                Zone::Raw => end.raw.push(key),
                Zone::ScanStage => end.scan_stage.push(key),
                Zone::ManualReview => end.manual_review.push(key),
                Zone::ScannedData => end.scanned_data.push(key),
            }
        }
        for passage in self.world.passages().await {
            let verdict = passage.verdict.map_or("no verdict", |verdict| verdict.as_str());
            let mut told = format!("{} {verdict}", passage.state);
            if let Some(rule) = passage.archived_by {
                told = format!("{told} archived by {rule}");
            }
            if let Some(reason) = passage.reason {
                told = format!("{told} {}", reason.code);
            }
            let run = self.plain(passage.run.as_str());
            end.ledger.entry(run).or_default().insert(passage.key, told);
        }
        end
    }
}

fn strike(world: &World, mishap: Mishap) {
    let moment = if mishap.after { Moment::After } else { Moment::Before };
    let mut left = mishap.times;
    world.plan.set(move |_, point| {
        let zone_fits =
            mishap.zone.as_ref().is_none_or(|zone| point.location == format!("memory://{zone}"));
        let fits = point.operation == mishap.operation && point.moment == moment && zone_fits;
        if !fits || left == 0 {
            return Fault::Proceed;
        }
        left -= 1;
        match mishap.what {
            What::Crash => Fault::Crash,
            What::Unavailable => Fault::Fail(ErrorKind::Unavailable),
            What::Denied => Fault::Fail(ErrorKind::Denied),
        }
    });
}

/// `90s`, `2h`, `5d`.
fn seconds(duration: &str) -> i64 {
    let (number, unit) = duration.split_at(duration.len() - 1);
    let unit_s = match unit {
        "s" => 1,
        "h" => 3_600,
        "d" => 86_400,
        _ => panic!("a duration ends with s, h or d: {duration}"),
    };
    number.parse::<i64>().unwrap() * unit_s
}
