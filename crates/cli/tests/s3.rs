//! The gate by its command line on a real S3 server, which the test runner starts (`.config/nextest.toml`).

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod harness;

use bytes::Bytes;
use futures_util::StreamExt;
use harness::Place;
use lakegate_core::object::Tags;
use lakegate_store::{Bucket, PutOptions, S3Bucket, S3Options};
use std::process::Command;

/// What the set-up script exports.
struct Server {
    endpoint: String,
    key: String,
    secret: String,
}

impl Server {
    fn running() -> Self {
        let variable = |name: &str| {
            std::env::var(name).unwrap_or_else(|_| {
                panic!("{name} is not set: run the tests with `cargo nextest run`, which starts a server")
            })
        };
        Self {
            endpoint: variable("LAKEGATE_TEST_S3_ENDPOINT"),
            key: variable("AWS_ACCESS_KEY_ID"),
            secret: variable("AWS_SECRET_ACCESS_KEY"),
        }
    }

    /// A signed request; answers with the body.
    fn curl(&self, arguments: &[&str], path: &str) -> String {
        let output = Command::new("curl")
            .args(["--silent", "--show-error", "--fail", "--aws-sigv4", "aws:amz:us-east-1:s3"])
            .args(["--user", &format!("{}:{}", self.key, self.secret)])
            .args(arguments)
            .arg(format!("{}/{path}", self.endpoint))
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert!(output.status.success(), "{path}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    /// A place whose zones are prefixes of a bucket of its own.
    fn lake(&self, bucket: &str, secret: &str) -> Place {
        let place = Place::new()
            .with_variable("AWS_ACCESS_KEY_ID", &self.key)
            .with_variable("AWS_SECRET_ACCESS_KEY", secret)
            .with_variable("AWS_REGION", "us-east-1");
        assert_eq!(place.run("init").code(), 0);
        let mut config = std::fs::read_to_string(place.path("lakegate.toml")).unwrap();
        for zone in ["raw", "scan-stage", "manual-review", "scanned-data"] {
            let folder = format!("\"zones/{zone}\"");
            assert!(config.contains(&folder));
            config = config.replace(&folder, &format!("\"s3://{bucket}/{zone}\""));
        }
        let endpoint = format!("endpoint = \"{}\"", self.endpoint);
        config = config.replace("#endpoint = \"https://s3.example.org\"", &endpoint);
        place.write("lakegate.toml", &config);
        place
    }
}

/// One zone of a bucket, as whoever stands beside the gate sees it.
struct Zone(S3Bucket);

impl Zone {
    async fn open(server: &Server, bucket: &str, zone: &str) -> Self {
        let mut options = S3Options::new(bucket, zone);
        options.endpoint = Some(server.endpoint.clone());
        Self(S3Bucket::connect(options).await.unwrap())
    }

    async fn put(&self, key: &str, text: &'static str) {
        let tags = Tags::from([("team".to_owned(), "sales".to_owned())]);
        let options = PutOptions { tags, ..PutOptions::default() };
        let body = futures_util::stream::once(async move { Ok(Bytes::from(text)) }).boxed();
        self.0.put(key, body, Some(text.len() as u64), options).await.unwrap();
    }

    /// The text and the tags of an object.
    async fn get(&self, key: &str) -> (String, Tags) {
        let head = self.0.head(key).await.unwrap();
        let tags = self.0.tags(&head.object).await.unwrap();
        let mut body = self.0.read(&head.object).await.unwrap();
        let mut text = Vec::new();
        while let Some(chunk) = body.next().await {
            text.extend_from_slice(&chunk.unwrap());
        }
        (String::from_utf8(text).unwrap(), tags)
    }
}

const CUSTOMERS: &str = "customer,ssn\na,318-49-3004\nb,427-82-4319\n";

#[tokio::test]
async fn a_whole_run_on_s3() {
    let server = Server::running();
    let bucket = format!("cli-{}", std::process::id());
    server.curl(&["-X", "PUT"], &bucket);
    let raw = Zone::open(&server, &bucket, "raw").await;
    raw.put("clean.txt", "all is well").await;
    raw.put("customers.csv", CUSTOMERS).await;
    let place = server.lake(&bucket, &server.secret);
    let run = place.run("run --output json");
    assert_eq!(run.code(), 0, "{run}");
    let objects = serde_json::json!({"claimed": 2, "released": 1, "held": 1, "failed": 0});
    assert_eq!(run.json()["objects"], objects);
    let id = run.json()["run"].as_str().unwrap().to_owned();

    let released = Zone::open(&server, &bucket, "scanned-data").await;
    let tag = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let own = [tag("team", "sales"), tag("WorkflowId", &id), tag("LakegateVerdict", "CLEAN")];
    assert_eq!(released.get("clean.txt").await, ("all is well".to_owned(), Tags::from(own)));
    let held = Zone::open(&server, &bucket, "manual-review").await;
    let (_, tags) = held.get(&format!("{id}/customers.csv")).await;
    assert_eq!(tags.get("SensitiveDataFound").map(String::as_str), Some("true"));

    let approved = place.run("approve customers.csv --reason checked");
    assert_eq!(approved.code(), 0, "{approved}");
    assert_eq!(released.get("customers.csv").await.0, CUSTOMERS);
    assert_eq!(place.run("audit verify").code(), 0);
    assert_eq!(place.run("reconcile").code(), 0);
    let doctor = place.run("doctor");
    assert_eq!(doctor.code(), 0, "{doctor}");
    assert!(doctor.stdout().contains("delete if matches: yes"), "{doctor}");
    let scanned = place.run(&format!("scan s3://{bucket}/scanned-data/ --output jsonl"));
    assert_eq!(scanned.code(), 3, "{scanned}");
    assert_eq!(scanned.stdout().lines().count(), 2, "{scanned}");
}

#[test]
fn a_missing_bucket_and_wrong_credentials_are_told_apart() {
    let server = Server::running();
    let missing = server.lake("no-such-bucket-here", &server.secret).run("run");
    assert_eq!(missing.code(), 1, "{missing}");
    assert!(missing.stderr().contains("STORE_NOT_FOUND"), "{missing}");
    let bucket = format!("cli-denied-{}", std::process::id());
    server.curl(&["-X", "PUT"], &bucket);
    let denied = server.lake(&bucket, "not-the-secret").run("run");
    assert_eq!(denied.code(), 1, "{denied}");
    assert!(denied.stderr().contains("STORE_PERMISSION_DENIED"), "{denied}");
    assert!(!denied.stderr().contains("not-the-secret"));
}
