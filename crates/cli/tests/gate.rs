//! The gate by its command line: runs, decisions, a server, bad input. What commands print is compared
//! with ids and times made the same.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod harness;

use harness::{Place, Ran};
use serde_json::Value as Json;
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A server must answer within this time on the slowest machine.
const ANSWERS_WITHIN: Duration = Duration::from_secs(60);

const CUSTOMERS: &str = "customer,ssn\na,318-49-3004\nb,427-82-4319\n";

/// A place with a configuration that starts nothing by itself, and these objects in `raw`.
fn lake(objects: &[(&str, &str)]) -> Place {
    let place = Place::new();
    assert_eq!(place.run("init").code(), 0);
    let template = std::fs::read_to_string(place.path("lakegate.toml")).unwrap();
    let quiet = template
        .replace("#schedule = \"6h\"", "schedule = \"off\"")
        .replace("#watch = true", "watch = false")
        .replace("#settle = \"1s\"", "settle = \"1ms\"");
    assert_ne!(quiet, template);
    place.write("lakegate.toml", &quiet);
    for (key, text) in objects {
        land(&place, key, text);
    }
    place
}

fn land(place: &Place, key: &str, text: &str) {
    let path = place.path("zones/raw").join(key);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn text_of(place: &Place, zone: &str, key: &str) -> Option<String> {
    std::fs::read_to_string(place.path("zones").join(zone).join(key)).ok()
}

fn run_json(place: &Place) -> Json {
    let ran = place.run("run --output json");
    assert_eq!(ran.code(), 0, "{ran}");
    ran.json()
}

fn objects(place: &Place, filter: &str) -> Vec<Json> {
    let ran = place.run(&format!("objects list --output json {filter}"));
    assert_eq!(ran.code(), 0, "{ran}");
    ran.json().as_array().unwrap().clone()
}

/// Output with everything that differs from run to run made the same.
fn steady(ran: &Ran) -> String {
    let mut out = String::new();
    for word in ran.to_string().split_inclusive([' ', '\n', ':', '"', ',']) {
        let id = ["obj-", "run-", "rev-", "dec-"].iter().find(|prefix| word.starts_with(**prefix));
        match id {
            Some(prefix) if word.len() >= 24 => {
                out.push_str(&format!("{prefix}ID{}", &word[24..]));
            }
            _ => out.push_str(word),
        }
    }
    out
}

#[test]
fn a_run_releases_what_is_clean_and_holds_the_rest() {
    let place = lake(&[("a/clean.txt", "all is well\n"), ("customers.csv", CUSTOMERS)]);
    let run = run_json(&place);
    let objects = &run["objects"];
    assert_eq!(objects, &serde_json::json!({"claimed": 2, "released": 1, "held": 1, "failed": 0}));
    for name in ["run", "review"] {
        assert!(run[name].is_string(), "{name}");
    }
    assert!(run["bytes"].is_u64() && run["seconds"].is_f64());
    assert_eq!(text_of(&place, "scanned-data", "a/clean.txt").unwrap(), "all is well\n");
    assert_eq!(text_of(&place, "scanned-data", "customers.csv"), None);
    assert_eq!(text_of(&place, "raw", "customers.csv"), None);
}

#[test]
fn an_archived_finding_is_held_and_listed_as_such() {
    let place = lake(&[("test/a.csv", CUSTOMERS), ("real/b.csv", CUSTOMERS)]);
    let config = std::fs::read_to_string(place.path("lakegate.toml")).unwrap();
    let rule = "\n[[flows.default.suppression]]\nname = \"test data\"\n\
                when = \"key.startsWith('test/')\"\n";
    place.write("lakegate.toml", &format!("{config}{rule}"));
    assert_eq!(run_json(&place)["objects"]["held"], 2);
    let archived = objects(&place, "--archived");
    assert_eq!((archived.len(), &archived[0]["key"]), (1, &"test/a.csv".into()));
    assert_eq!(objects(&place, "--archived false")[0]["key"], "real/b.csv");
    let table = place.run("objects list --state held").stdout();
    assert_eq!(table.matches("(archived)").count(), 1, "{table}");
    let shown = place.run("objects show test/a.csv").stdout();
    assert!(shown.contains("Archived by suppression rule `test data`"), "{shown}");
    let audit = place.run("audit export").stdout();
    assert_eq!(audit.matches("archived_by").count(), 1, "{audit}");
}

#[test]
fn an_empty_run_has_no_review() {
    let place = lake(&[]);
    let run = run_json(&place);
    assert_eq!(run["objects"]["claimed"], 0);
    assert!(run["review"].is_null());
    let shown = place.run(&format!("runs show {} --output json", run["run"].as_str().unwrap()));
    assert_eq!(shown.json()["phase"], "closed");
}

#[test]
fn decisions_are_per_object_and_their_moves_are_done_when_the_command_returns() {
    let place = lake(&[("keep.csv", CUSTOMERS), ("drop.csv", CUSTOMERS), ("wait.csv", CUSTOMERS)]);
    run_json(&place);
    let approved = place.run("approve keep.csv --reason checked");
    assert_eq!(approved.code(), 0, "{approved}");
    assert_eq!(text_of(&place, "scanned-data", "keep.csv").unwrap(), CUSTOMERS);
    let denied = place.run("deny drop.csv --reason no");
    assert_eq!(denied.code(), 0, "{denied}");
    assert_eq!(text_of(&place, "scanned-data", "drop.csv"), None);
    assert_eq!(objects(&place, "--state held").len(), 1);

    let again = place.run("approve keep.csv --reason again");
    assert_eq!(again.code(), 1, "{again}");
    insta::assert_snapshot!("approve-again", steady(&again));
    let id = objects(&place, "--state released")[0]["object"].as_str().unwrap().to_owned();
    let refused = place.run(&format!("deny {id} --reason late"));
    assert_eq!(refused.code(), 5, "{refused}");
}

#[test]
fn a_whole_run_is_decided_with_all() {
    let place = lake(&[("a.csv", CUSTOMERS), ("b.csv", CUSTOMERS)]);
    let run = run_json(&place)["run"].as_str().unwrap().to_owned();
    assert_eq!(place.run("approve --all --reason x").code(), 2, "--all of what?");
    let approved = place.run(&format!("approve --run {run} --all --reason checked"));
    assert_eq!(approved.code(), 0, "{approved}");
    assert_eq!(objects(&place, "--state released").len(), 2);
    let shown = place.run(&format!("runs show {run} --output json"));
    assert_eq!(shown.json()["phase"], "closed");
}

#[test]
fn objects_can_be_named_within_a_run() {
    let place = lake(&[("a.csv", CUSTOMERS)]);
    let first = run_json(&place)["run"].as_str().unwrap().to_owned();
    land(&place, "a.csv", "customer,ssn\nz,427-82-4319\n");
    let second = run_json(&place)["run"].as_str().unwrap().to_owned();
    assert_eq!(place.run("deny a.csv --reason which").code(), 1, "two objects have the key");
    let other =
        objects(&place, &format!("--run {first}"))[0]["object"].as_str().unwrap().to_owned();
    let foreign = place.run(&format!("deny {other} --run {second} --reason no"));
    assert_eq!(foreign.code(), 1, "{foreign}");
    let named = place.run(&format!("deny a.csv --run {second} --reason no"));
    assert_eq!(named.code(), 0, "{named}");
    assert_eq!(objects(&place, &format!("--run {second} --state denied")).len(), 1);
    assert_eq!(objects(&place, &format!("--run {first} --state held")).len(), 1);
}

#[test]
fn nothing_is_kept_of_what_is_denied_where_retention_is_nothing() {
    let place = lake(&[("a.csv", CUSTOMERS)]);
    let config = std::fs::read_to_string(place.path("lakegate.toml")).unwrap();
    let none = config.replace("#trash_retention = \"7d\"", "trash_retention = \"0s\"");
    assert_ne!(none, config);
    place.write("lakegate.toml", &none);
    run_json(&place);
    assert_eq!(place.run("deny a.csv --reason no").code(), 0);
    assert!(objects(&place, "--state denied")[0]["zone"].is_null());
}

#[test]
fn what_can_not_be_released_is_held_with_its_reason() {
    let place = lake(&[("dir/clean.txt", "all is well\n")]);
    std::fs::write(place.path("zones/scanned-data/dir"), "a file where a folder is needed")
        .unwrap();
    assert_eq!(run_json(&place)["objects"]["held"], 1);
    let held = &objects(&place, "--state held")[0];
    assert_eq!(held["code"], "STORE_KEY_NOT_REPRESENTABLE", "{held}");
}

#[test]
fn waiting_for_a_review_ends_with_its_last_decision() {
    let place = lake(&[("a.csv", CUSTOMERS)]);
    let config = std::fs::read_to_string(place.path("lakegate.toml")).unwrap();
    place.write(
        "lakegate.toml",
        &config.replace("#listen = \"127.0.0.1:8017\"", "listen = \"127.0.0.1:0\""),
    );
    let waiting = Command::new(env!("CARGO_BIN_EXE_lakegate"))
        .args(["run", "--wait", "--output", "json"])
        .current_dir(place.path(""))
        .env_clear()
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let started = Instant::now();
    while !place.path("state/server.json").exists() {
        assert!(started.elapsed() < ANSWERS_WITHIN, "nobody waits");
        std::thread::sleep(Duration::from_millis(20));
    }
    let approved = place.run("approve a.csv --reason checked");
    assert_eq!(approved.code(), 0, "{approved}");
    let ended = waiting.wait_with_output().unwrap();
    assert!(ended.status.success());
    let run: Json = serde_json::from_slice(&ended.stdout).unwrap();
    assert_eq!(run["objects"]["released"], 1);
}

#[test]
fn what_was_denied_can_be_restored_and_is_judged_anew() {
    let place = lake(&[("a.csv", CUSTOMERS)]);
    run_json(&place);
    assert_eq!(place.run("deny a.csv --reason no").code(), 0);
    let id = objects(&place, "")[0]["object"].as_str().unwrap().to_owned();
    let restored = place.run(&format!("restore {id}"));
    assert_eq!(restored.code(), 0, "{restored}");
    assert_eq!(text_of(&place, "raw", "a.csv").unwrap(), CUSTOMERS);
    assert_eq!(run_json(&place)["objects"]["held"], 1);
    assert_eq!(place.run(&format!("restore {id}")).code(), 5, "it is no longer in the trash");
}

#[test]
fn an_objects_story_is_told_by_key_and_by_id() {
    let place = lake(&[("customers.csv", CUSTOMERS)]);
    run_json(&place);
    place.run("approve customers.csv --reason checked");
    let story = place.run("objects show customers.csv --output json").json();
    let actions: Vec<&str> = story["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s["action"].as_str().unwrap())
        .collect();
    for action in ["passage.claimed", "passage.staged", "passage.scanned", "passage.held"] {
        assert!(actions.contains(&action), "{action} in {actions:?}");
    }
    assert_eq!(story["decisions"][0]["reason"], "checked");
    let text = place.run("objects show customers.csv");
    assert!(!text.stdout().contains("318-49"), "no matched text is shown");
    let audit = place.run("audit verify");
    assert_eq!(audit.code(), 0, "{audit}");
    let export = place.run("audit export").stdout();
    assert!(export.lines().count() >= 7 && !export.contains("318-49"));
}

#[test]
fn a_changed_ledger_is_found() {
    let place = lake(&[("customers.csv", CUSTOMERS)]);
    run_json(&place);
    let file = place.path("state/ledger.sqlite");
    let sql = "import sqlite3,sys\nc=sqlite3.connect(sys.argv[1])\n\
               c.execute(\"UPDATE passages SET state='released'\")\nc.commit()";
    let edited = Command::new("python3").args(["-c", sql]).arg(&file).status().unwrap();
    assert!(edited.success());
    let audit = place.run("audit verify");
    assert_eq!(audit.code(), 1, "{audit}");
    assert!(audit.stderr().contains("AUDIT_NOT_WHOLE"), "{audit}");
}

#[test]
fn scan_says_by_its_exit_code_what_it_found() {
    let place = lake(&[]);
    for (name, text, code) in [
        ("clean.txt", "all is well\n", 0),
        ("customers.csv", CUSTOMERS, 3),
        ("binary.bin", "\u{1}\0\u{2}\0\0\u{3}", 4),
    ] {
        place.write(name, text);
        let ran = place.run(&format!("scan {name} --output jsonl"));
        assert_eq!(ran.code(), code, "{ran}");
        let line: Json = serde_json::from_str(&ran.stdout()).unwrap();
        assert_eq!(line["object"], name);
        assert!(line["coverage"].is_object() && line["detections"].is_array());
    }
    assert_eq!(place.run("scan clean.txt binary.bin customers.csv").code(), 3, "findings win");
    assert_eq!(place.run("scan no-such-file").code(), 1);
    let excluded = "scan customers.csv --exclude USA_SOCIAL_SECURITY_NUMBER";
    assert_eq!(place.run(excluded).code(), 0);
    insta::assert_snapshot!("scan", place.run("scan customers.csv"));
    let jsonl = place.run("scan customers.csv --output jsonl").stdout();
    let line: Json = serde_json::from_str(&jsonl).unwrap();
    insta::assert_snapshot!("scan-detections", format!("{:#}", line["detections"]));
    let sarif = place.run("scan customers.csv --output sarif").json();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 2);
    let macie = place.run("scan customers.csv --output macie").json();
    assert_eq!(macie["findings"][0]["type"], "SensitiveData:S3Object/Personal");
}

#[test]
fn the_demo_shows_every_kind_of_verdict() {
    let place = Place::new();
    let ran = place.run("demo --dir lake --no-serve --output json");
    assert_eq!(ran.code(), 0, "{ran}");
    assert_eq!(
        ran.json()["objects"],
        serde_json::json!({"claimed": 10, "released": 4, "held": 6, "failed": 0})
    );
    let listed = place.run("--config lake/lakegate.toml objects list --output json").json();
    for verdict in ["CLEAN", "FINDINGS", "PARTIAL", "UNSCANNABLE"] {
        let found = listed.as_array().unwrap().iter().any(|o| o["verdict"] == verdict);
        assert!(found, "{verdict}");
    }
    let again = place.run("demo --dir lake --no-serve --output json");
    assert_eq!(again.json()["objects"]["claimed"], 0, "the demo can be run again: {again}");
}

#[test]
fn broken_surroundings_are_told_clearly() {
    let place = lake(&[]);
    let no_zone = place.path("zones/manual-review");
    std::fs::remove_dir(&no_zone).unwrap();
    insta::assert_snapshot!("missing-folder", steady(&place.run("run")));
    std::fs::write(&no_zone, "a file").unwrap();
    let not_a_folder = place.run("run");
    assert_eq!(not_a_folder.code(), 1, "{not_a_folder}");

    let place = lake(&[]);
    std::fs::remove_dir(place.path("state")).unwrap();
    std::fs::write(place.path("state"), "a file").unwrap();
    let no_state = place.run("run");
    assert_eq!(no_state.code(), 1, "{no_state}");
    assert!(no_state.stderr().contains("STATE_DIR"), "{no_state}");

    let place = lake(&[]);
    assert_eq!(place.run("run --flow absent").code(), 2);
    let config = std::fs::read_to_string(place.path("lakegate.toml")).unwrap();
    let unreachable = config
        .replace("raw = \"zones/raw\"", "raw = \"s3://no-such-bucket/raw\"")
        .replace("#endpoint = \"https://s3.example.org\"", "endpoint = \"http://127.0.0.1:9\"");
    place.write("lakegate.toml", &unreachable);
    let ran = place.run("run");
    assert_eq!(ran.code(), 1, "{ran}");
    assert!(ran.stderr().contains("error[STORE_"), "{ran}");
}

#[test]
fn a_newer_ledger_is_refused() {
    let place = lake(&[]);
    run_json(&place);
    let sql = "import sqlite3,sys\nc=sqlite3.connect(sys.argv[1])\n\
               c.execute(\"UPDATE _sqlx_migrations SET version = version + 1000\")\nc.commit()";
    let file = place.path("state/ledger.sqlite");
    assert!(Command::new("python3").args(["-c", sql]).arg(&file).status().unwrap().success());
    let ran = place.run("runs list");
    assert_eq!(ran.code(), 1, "{ran}");
    assert!(ran.stderr().contains("LEDGER_NEWER_SCHEMA"), "{ran}");
}

/// A server that is killed when the test ends.
struct Server(Child);

impl Server {
    fn start(place: &Place) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_lakegate"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .current_dir(place.path(""))
            .env_clear()
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let server = Self(child);
        let started = Instant::now();
        while !place.path("state/server.json").exists() {
            assert!(started.elapsed() < ANSWERS_WITHIN, "the server does not start");
            std::thread::sleep(Duration::from_millis(20));
        }
        server
    }

    fn signal(&mut self, name: &str) {
        let pid = self.0.id().to_string();
        assert!(Command::new("kill").args([name, &pid]).status().unwrap().success());
    }

    /// Waits for its end; answers with its exit code and log.
    fn ended(mut self) -> (Option<i32>, String) {
        let mut log = String::new();
        self.0.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        (self.0.wait().unwrap().code(), log)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn commands_speak_to_the_server_that_owns_the_ledger() {
    let place = lake(&[("clean.txt", "all is well\n"), ("customers.csv", CUSTOMERS)]);
    let mut server = Server::start(&place);
    let run = run_json(&place);
    assert_eq!(run["objects"]["held"], 1);
    let approved = place.run("approve customers.csv --reason checked");
    assert_eq!(approved.code(), 0, "{approved}");
    assert_eq!(text_of(&place, "scanned-data", "customers.csv").unwrap(), CUSTOMERS);
    assert_eq!(place.run("audit verify").code(), 0);
    let doctor = place.run("doctor");
    assert_eq!(doctor.code(), 0, "{doctor}");
    assert!(doctor.stdout().contains("system calls are filtered (seccomp): yes"), "{doctor}");
    assert_eq!(place.run("reconcile").code(), 0);
    assert_eq!(place.run("runs list --output json").json().as_array().unwrap().len(), 1);
    let second = place.run("serve");
    assert_eq!(second.code(), 1, "{second}");
    assert!(second.stderr().contains("SERVER_RUNS"), "{second}");
    server.signal("-TERM");
    let (code, log) = server.ended();
    assert_eq!(code, Some(0), "{log}");
    assert!(!place.path("state/server.json").exists());
    assert!(!log.contains("318-49"), "the log holds no matched text");
}

#[test]
fn a_killed_server_goes_on_where_it_was() {
    let place = lake(&[("customers.csv", CUSTOMERS)]);
    let mut server = Server::start(&place);
    run_json(&place);
    server.signal("-KILL");
    drop(server);
    // Nobody answers at the address that the killed server left behind, and nobody owns the ledger.
    let approved = place.run("approve customers.csv --reason checked");
    assert_eq!(approved.code(), 0, "{approved}");
    assert_eq!(text_of(&place, "scanned-data", "customers.csv").unwrap(), CUSTOMERS);
    assert_eq!(place.run("audit verify").code(), 0);
}
