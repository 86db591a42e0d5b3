//! A gate and everything around it: producers, people, time, and things that go wrong.

use super::mail::Mailbox;
use super::{Content, HandClock, Lake, Plan, SeededEntropy};
use bytes::Bytes;
use lakegate_core::hash::ContentHash;
use lakegate_core::ids::{FlowName, PassageId, RunId};
use lakegate_core::machine::Phase;
use lakegate_core::object::{Tags, Zone};
use lakegate_core::passage::{DecisionKind, PassageState};
use lakegate_core::policy::{Policy, Rule};
use lakegate_core::suppression::{Suppression, SuppressionRule};
use lakegate_detect::{Detector, Selection};
use lakegate_extract::Limits;
use lakegate_gate::{Ask, Channel, Flow, FlowSettings, Gate, GateOptions, Result, Until, Zones};
use lakegate_ledger::{DecisionResult, Ledger, Passage, PassageQuery};
use lakegate_scan::{FingerprintKey, Inspector};
use lakegate_store::{Bucket, FaultyBucket};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

/// A gate that dies more often than this in one step does not get on.
const CRASHES_MAX: usize = 10_000;

static INSPECTOR: LazyLock<Arc<Inspector>> = LazyLock::new(|| {
    let detector = Detector::new(&Selection::recommended()).unwrap();
    let key = FingerprintKey::derive(b"a secret of thirty-two bytes....");
    Arc::new(Inspector::new(detector, key, Limits::default()))
});

/// What the gate's owner has written.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    pub policy: Vec<Rule>,
    pub suppression: Vec<SuppressionRule>,
}

/// What a producer put, to be found again at the end.
#[derive(Clone, Debug)]
pub struct Upload {
    pub key: String,
    pub bytes: Bytes,
    pub hash: ContentHash,
    pub tags: Tags,
    pub metadata: Tags,
    /// What it is; `None` where a test wrote bytes of its own.
    pub content: Option<Content>,
    /// The producer wrote over it, or took it away, before the gate had a copy.
    pub withdrawn: bool,
}

pub struct World {
    pub lake: Lake,
    pub plan: Arc<Plan>,
    pub clock: Arc<HandClock>,
    pub gate: Gate,
    pub mail: Arc<Mailbox>,
    pub settings: FlowSettings,
    pub uploads: Vec<Upload>,
    /// Denied objects of which somebody asked that they be restored, whatever came of it.
    pub restoring: Vec<PassageId>,
    /// How often each step is executed.
    pub executions: u32,
    entropy: Arc<SeededEntropy>,
    rules: Rules,
    ledger_file: Option<PathBuf>,
    /// The temporary directory, where the world made one.
    pub directory: Option<tempfile::TempDir>,
}

pub fn flow() -> FlowName {
    FlowName::new("intake")
}

pub fn hash_of(bytes: &[u8]) -> ContentHash {
    ContentHash::from_bytes(blake3::hash(bytes).as_bytes())
}

/// Settings for tests: one thing at a time, so that a seed means one order of events, and no pauses.
pub fn settings() -> FlowSettings {
    FlowSettings {
        settle_ms: 0,
        lanes: 1,
        transfers_at_once: 1,
        inspections_at_once: 1,
        retry_first_ms: 0,
        retry_max_ms: 0,
        ..FlowSettings::default()
    }
}

impl World {
    /// Zones and ledger in memory.
    pub async fn memory() -> Self {
        Self::make(Lake::memory(), None, settings(), Rules::default(), 1).await
    }

    pub async fn memory_with(settings: FlowSettings, policy: Vec<Rule>, seed: u64) -> Self {
        let rules = Rules { policy, ..Rules::default() };
        Self::make(Lake::memory(), None, settings, rules, seed).await
    }

    /// Folders and a ledger file in a temporary directory.
    pub async fn folders() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut world = Self::folders_in(directory.path(), settings()).await;
        world.directory = Some(directory);
        world
    }

    /// Folders and a ledger file in a directory, which may have been used before.
    pub async fn folders_in(root: &Path, settings: FlowSettings) -> Self {
        let ledger = Some(root.join("ledger.db"));
        Self::make(Lake::folders(root), ledger, settings, Rules::default(), 1).await
    }

    pub async fn make(
        lake: Lake,
        ledger_file: Option<PathBuf>,
        settings: FlowSettings,
        rules: Rules,
        seed: u64,
    ) -> Self {
        let ledger = match &ledger_file {
            Some(path) => Ledger::open(path).await.unwrap(),
            None => Ledger::open_in_memory().await.unwrap(),
        };
        let (plan, clock, mail) = (Arc::default(), Arc::default(), Arc::default());
        let entropy = Arc::new(SeededEntropy::new(seed));
        let gate = gate(&lake, &ledger, &plan, &clock, &entropy, &mail, &settings, &rules);
        Self {
            lake,
            plan,
            clock,
            gate,
            mail,
            settings,
            uploads: Vec::new(),
            restoring: Vec::new(),
            executions: 1,
            entropy,
            rules,
            ledger_file,
            directory: None,
        }
    }

    pub fn ledger(&self) -> &Ledger {
        self.gate.ledger()
    }

    /// The process has died; a new one begins with what ledger and buckets hold.
    pub async fn restart(&mut self) {
        self.plan.revive();
        let ledger = match &self.ledger_file {
            None => self.ledger().clone(),
            Some(path) => {
                self.ledger().close().await;
                Ledger::open(path).await.unwrap()
            }
        };
        let (plan, clock, mail) = (&self.plan, &self.clock, &self.mail);
        self.gate = gate(
            &self.lake,
            &ledger,
            plan,
            clock,
            &self.entropy,
            mail,
            &self.settings,
            &self.rules,
        );
    }

    /// Lets the gate do something, again after each time that it died of it.
    pub async fn survive<T>(&mut self, act: impl AsyncFn(&Gate) -> Result<T>) -> Result<T> {
        for _ in 0..CRASHES_MAX {
            if let Some(answer) = self.once(&act).await {
                return answer;
            }
        }
        panic!("the gate died {CRASHES_MAX} times in one step");
    }

    /// Lets the gate do something; `None` when it died of it. It is made anew then.
    pub async fn once<T>(&mut self, act: &impl AsyncFn(&Gate) -> Result<T>) -> Option<Result<T>> {
        let gate = self.gate.clone();
        let plan = self.plan.clone();
        let answer = tokio::select! {
            biased;
            () = plan.crashed() => None,
            answer = act(&gate) => Some(answer),
        };
        if answer.is_none() {
            drop(gate);
            self.restart().await;
        }
        answer
    }

    pub async fn begin(&mut self) -> RunId {
        self.survive(async |gate| gate.begin_run(&flow(), "request", "tester").await).await.unwrap()
    }

    pub async fn drive(&mut self, run: &RunId) -> Phase {
        let executions = self.executions;
        self.survive(async |gate| gate.drive_repeating(run, Until::Routed, executions).await)
            .await
            .unwrap()
    }

    /// A whole run, until it has to wait for people.
    pub async fn run(&mut self) -> RunId {
        let run = self.begin().await;
        self.drive(&run).await;
        run
    }

    /// Drives every run that is not closed as far as it gets.
    pub async fn drive_all(&mut self) {
        for run in self.ledger().open_runs().await.unwrap() {
            self.drive(&run.params.run).await;
        }
    }

    /// A producer puts an object of a kind, with tags and metadata.
    pub async fn put(&mut self, key: &str, content: Content) -> Bytes {
        let serial = u32::try_from(self.uploads.len()).unwrap();
        let tags = super::tags(&[("team", "harvest"), ("serial", &serial.to_string())]);
        self.upload(key, content.bytes(serial), Some(content), tags).await
    }

    /// A producer puts bytes of the test's own.
    pub async fn put_bytes(&mut self, key: &str, bytes: impl Into<Bytes>) -> Bytes {
        self.upload(key, bytes.into(), None, super::tags(&[("team", "harvest")])).await
    }

    pub async fn upload(
        &mut self,
        key: &str,
        bytes: Bytes,
        content: Option<Content>,
        tags: Tags,
    ) -> Bytes {
        let metadata = super::tags(&[("origin", "field-station")]);
        if let Some(standing) = self.lake.get(Zone::Raw, key).await {
            self.withdraw(key, &standing.bytes).await;
        }
        self.lake.put(Zone::Raw, key, bytes.clone(), &tags, &metadata).await;
        let key = key.to_owned();
        let hash = hash_of(&bytes);
        let upload = Upload { key, bytes, hash, tags, metadata, content, withdrawn: false };
        let bytes = upload.bytes.clone();
        self.uploads.push(upload);
        bytes
    }

    /// The producer's own act destroys what stands in `raw`, unless the gate has a copy already.
    async fn withdraw(&mut self, key: &str, bytes: &Bytes) {
        // Empty objects can not be told apart.
        let copied = !bytes.is_empty()
            && self.lake.contents().await.into_iter().any(|standing| {
                standing.zone != Zone::Raw
                    && standing.bytes == *bytes
                    && standing.key.ends_with(key)
            });
        let hash = hash_of(bytes);
        if !copied
            && let Some(upload) = self
                .uploads
                .iter_mut()
                .rev()
                .find(|upload| upload.key == key && upload.hash == hash && !upload.withdrawn)
        {
            upload.withdrawn = true;
        }
    }

    pub async fn passages(&self) -> Vec<Passage> {
        let query = PassageQuery { limit: 1_000_000, ..PassageQuery::default() };
        self.ledger().passages(&query).await.unwrap()
    }

    /// The one passage of a key in a run.
    pub async fn passage(&self, run: &RunId, key: &str) -> Passage {
        let passages = self.passages().await;
        let mut fitting = passages.into_iter().filter(|p| p.run == *run && p.key == key);
        let found = fitting.next().unwrap_or_else(|| panic!("{run} has no passage of {key}"));
        assert!(fitting.next().is_none(), "{run} has two passages of {key}");
        found
    }

    pub async fn state(&self, run: &RunId, key: &str) -> PassageState {
        self.passage(run, key).await.state
    }

    /// A person decides on one object as it stands in the ledger, and the run carries it out.
    pub async fn decide(&mut self, run: &RunId, key: &str, kind: DecisionKind) -> DecisionResult {
        let passage = self.passage(run, key).await;
        let ask = Ask { passage: passage.id, content_hash: passage.content_hash };
        let result = self.ask(ask, kind, "reviewer").await;
        self.drive(run).await;
        result
    }

    /// Records a decision, no more.
    pub async fn ask(&mut self, ask: Ask, kind: DecisionKind, actor: &str) -> DecisionResult {
        let asks = [ask];
        let answers = self
            .survive(async |gate| gate.decide(&asks, kind, actor, "looked at it").await)
            .await
            .unwrap();
        answers.into_iter().next().unwrap().result
    }

    /// Somebody asks for a denied object back.
    pub async fn restore(&mut self, passage: &PassageId) -> Result<Passage> {
        self.restoring.push(passage.clone());
        self.survive(async |gate| gate.restore(passage, "reviewer").await).await
    }

    /// Where an object's bytes stand, zone and key, in all zones.
    pub async fn whereabouts(&self, bytes: &Bytes) -> Vec<(Zone, String)> {
        let contents = self.lake.contents().await;
        let here = contents.into_iter().filter(|standing| standing.bytes == *bytes);
        here.map(|standing| (standing.zone, standing.key)).collect()
    }
}

#[allow(clippy::too_many_arguments)] // Everything that a gate is made of.
fn gate(
    lake: &Lake,
    ledger: &Ledger,
    plan: &Arc<Plan>,
    clock: &Arc<HandClock>,
    entropy: &Arc<SeededEntropy>,
    mail: &Arc<Mailbox>,
    settings: &FlowSettings,
    rules: &Rules,
) -> Gate {
    let faulty = |zone| {
        let bucket = FaultyBucket::new(lake.bucket(zone).clone(), plan.clone());
        Arc::new(bucket) as Arc<dyn Bucket>
    };
    let flow = Flow {
        name: flow(),
        zones: Zones {
            raw: faulty(Zone::Raw),
            scan_stage: faulty(Zone::ScanStage),
            manual_review: faulty(Zone::ManualReview),
            scanned_data: faulty(Zone::ScannedData),
        },
        policy: Policy::compile(rules.policy.clone()).unwrap(),
        suppression: Suppression::compile(&rules.suppression).unwrap(),
        inspector: INSPECTOR.clone(),
        settings: settings.clone(),
    };
    Gate::new(GateOptions {
        ledger: ledger.clone(),
        flows: vec![flow],
        clock: clock.clone(),
        entropy: entropy.clone(),
        secret: b"a secret of thirty-two bytes....".to_vec(),
        channels: vec![Channel { name: "mail".into(), notifier: mail.clone() }],
        subject: None,
        public_url: "https://gate.example.org".into(),
    })
}
