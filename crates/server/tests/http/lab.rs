//! A gate over folders and a SQLite file with a server before it, and a client that sends exactly
//! what a test wants.

use lakegate_core::environment::{Clock, Entropy};
use lakegate_core::ids::{FlowName, RunId};
use lakegate_core::policy::Policy;
use lakegate_core::suppression::{Suppression, SuppressionRule};
use lakegate_detect::custom::CustomIdentifier;
use lakegate_detect::{Detector, Ruleset, Selection};
use lakegate_extract::Limits;
use lakegate_gate::{Flow, FlowSettings, Gate, GateOptions, Until, Zones};
use lakegate_ledger::{Ledger, Review};
use lakegate_scan::{FingerprintKey, Inspector};
use lakegate_server::{Bound, ServerOptions, serve};
use lakegate_store::{Bucket, FolderBucket, FolderOptions};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, SystemTime};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::oneshot;

/// When tests begin: 2027-01-15T08:00:00Z.
pub const START_MS: i64 = 1_800_000_000_000;

/// Objects land two hours and five minutes before.
const LANDED_BEFORE_S: u64 = 2 * 3_600 + 5 * 60;

/// A clock that is set by hand.
pub struct HandClock(AtomicI64);

impl HandClock {
    pub fn advance_ms(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// The same "random" bytes in every test.
pub struct CountedEntropy(AtomicU64);

impl Entropy for CountedEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        let drawn = self.0.fetch_add(1, Ordering::SeqCst);
        let mut stream = blake3::Hasher::new().update(&drawn.to_le_bytes()).finalize_xof();
        stream.fill(buffer);
    }
}

/// The gate, its folders and its server.
pub struct Lab {
    pub gate: Gate,
    pub clock: Arc<HandClock>,
    pub bound: Bound,
    pub dir: tempfile::TempDir,
    stop: Option<oneshot::Sender<()>>,
    stop_driving: Option<oneshot::Sender<()>>,
}

fn folder(root: &Path) -> Arc<dyn Bucket> {
    let options = FolderOptions { create: true, ..FolderOptions::default() };
    Arc::new(FolderBucket::open(root, options).unwrap())
}

fn flow(dir: &Path, suppression: &[SuppressionRule]) -> Flow {
    let detector = Detector::new(&Selection::all()).unwrap();
    let key = FingerprintKey::derive(b"a secret of the tests, 32 bytes.");
    Flow {
        name: FlowName::new("orders"),
        zones: Zones {
            raw: folder(&dir.join("raw")),
            scan_stage: folder(&dir.join("scan-stage")),
            manual_review: folder(&dir.join("manual-review")),
            scanned_data: folder(&dir.join("scanned-data")),
        },
        policy: Policy::compile(Vec::new()).unwrap(),
        suppression: Suppression::compile(suppression).unwrap(),
        inspector: Arc::new(Inspector::new(detector, key, Limits::default())),
        settings: FlowSettings::default(),
    }
}

impl Lab {
    /// A lake in which nothing has landed, with a server on a free port of loopback.
    pub async fn new() -> Self {
        Self::listening("127.0.0.1:0").await
    }

    pub async fn listening(listen: &str) -> Self {
        Self::made(listen, &[], None).await
    }

    /// A gate that archives what a condition holds for, by a rule of the name `tests`.
    pub async fn archiving(when: &str) -> Self {
        let rule = SuppressionRule { name: "tests".into(), when: when.into() };
        Self::made("127.0.0.1:0", &[rule], None).await
    }

    /// A server that looks for nothing but this in the texts that it is sent.
    pub async fn detecting(custom: CustomIdentifier) -> Self {
        let selection = Selection::parse("none", "").unwrap();
        let rules = Ruleset::new(&selection, &[custom], Vec::new()).unwrap();
        Self::made("127.0.0.1:0", &[], Some(rules)).await
    }

    async fn made(listen: &str, suppression: &[SuppressionRule], rules: Option<Ruleset>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(HandClock(AtomicI64::new(START_MS)));
        let gate = Gate::new(GateOptions {
            ledger: Ledger::open(&dir.path().join("ledger.db")).await.unwrap(),
            flows: vec![flow(dir.path(), suppression)],
            clock: clock.clone(),
            entropy: Arc::new(CountedEntropy(AtomicU64::new(0))),
            secret: b"another secret of the tests, 32.".to_vec(),
            channels: Vec::new(),
            subject: None,
            public_url: "https://gate.example".into(),
        });
        let (told, bound) = oneshot::channel();
        let (stop, stopped) = oneshot::channel::<()>();
        let options = ServerOptions {
            listen: listen.parse().unwrap(),
            state_dir: Some(dir.path().to_owned()),
            bound: Some(told),
            rules,
            ..ServerOptions::default()
        };
        let served = serve(gate.clone(), options, async {
            let _ = stopped.await;
        });
        tokio::spawn(async move { served.await.unwrap() });
        let bound = bound.await.unwrap();
        Self { gate, clock, bound, dir, stop: Some(stop), stop_driving: None }
    }

    /// Lets an object land.
    pub fn land(&self, key: &str, content: impl AsRef<[u8]>) {
        let path = self.path("raw", key);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        let at_s = START_MS as u64 / 1_000 - LANDED_BEFORE_S;
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(at_s);
        std::fs::File::options().append(true).open(&path).unwrap().set_modified(at).unwrap();
    }

    pub fn path(&self, zone: &str, key: &str) -> PathBuf {
        self.dir.path().join(zone).join(key)
    }

    /// One run over what has landed, until it waits for people.
    pub async fn run(&self) -> RunId {
        let run = self.gate.begin_run(&FlowName::new("orders"), "request", "test").await.unwrap();
        self.gate.drive(&run, Until::Routed).await.unwrap();
        run
    }

    /// From now on decisions are carried out as they come.
    pub fn drive(&mut self) {
        let (stop, stopped) = oneshot::channel::<()>();
        self.stop_driving = Some(stop);
        let gate = self.gate.clone();
        tokio::spawn(async move {
            gate.serve(Vec::new(), async {
                let _ = stopped.await;
            })
            .await;
        });
    }

    /// Carries out what was decided, and no more.
    pub async fn carry_out(&self, run: &RunId) {
        self.gate.drive(run, Until::Closed).await.unwrap();
    }

    pub async fn review(&self, run: &RunId) -> Review {
        self.gate.ledger().review_of_run(run).await.unwrap().unwrap()
    }

    /// The path of a review's page.
    pub async fn link(&self, run: &RunId) -> String {
        let review = self.review(run).await;
        format!("/r/{}", self.gate.links().token(&review.id, review.expires_ms))
    }

    /// How many audit rows there are: changes when anything does.
    pub async fn audit_rows(&self) -> u64 {
        let report = self.gate.ledger().verify_audit().await.unwrap();
        assert_eq!(report.problem, None);
        report.rows
    }

    pub fn host(&self) -> String {
        self.bound.address.to_string()
    }

    pub async fn send(&self, request: Request) -> Response {
        let mut stream = tokio::net::TcpStream::connect(self.bound.address).await.unwrap();
        stream.write_all(&request.bytes(&self.host())).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        Response::parse(&answer)
    }

    pub async fn get(&self, path: &str) -> Response {
        self.send(Request::new("GET", path)).await
    }

    /// As somebody with the admin token.
    pub async fn api(&self, method: &str, path: &str, body: Option<serde_json::Value>) -> Response {
        let mut request = Request::new(method, path)
            .header("authorization", &format!("Bearer {}", self.bound.token));
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        self.send(request).await
    }

    pub async fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }
}

/// A request, as it goes over the wire.
pub struct Request {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    pub fn new(method: &str, path: &str) -> Self {
        let (method, path) = (method.to_owned(), path.to_owned());
        Self { method, path, headers: Vec::new(), body: Vec::new() }
    }

    /// With this header, in the place of an earlier one of the name.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn body(self, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..self }
    }

    fn bytes(&self, host: &str) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.path);
        if !self.headers.iter().any(|(name, _)| name == "host") {
            head.push_str(&format!("host: {host}\r\n"));
        }
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("content-length: {}\r\nconnection: close\r\n\r\n", self.body.len()));
        [head.as_bytes(), &self.body].concat()
    }
}

/// An answer.
#[derive(Debug)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Response {
    fn parse(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        Self { status, headers, body: body.to_owned() }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }
}
