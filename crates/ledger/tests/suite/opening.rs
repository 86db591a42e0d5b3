//! Opening: owners, readers, schemas and damage.

use crate::fixture::*;
use lakegate_core::passage::PassageState::Held;
use lakegate_ledger::{Error, Ledger, SCHEMA_VERSION};
use sqlx::Connection;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

async fn raw(path: &Path, sql: &'static str) {
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .foreign_keys(false);
    let mut connection = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn what_was_written_is_there_after_closing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let ledger = Ledger::open(&path).await.unwrap();
    fill(&ledger, 2).await;
    hold(&ledger, 0).await;
    let clone = ledger.clone();
    ledger.close().await;
    assert!(matches!(clone.run(&run_id()).await, Err(Error::Closed)));
    assert!(matches!(clone.begin_run(new_run(&run_id())).await, Err(Error::Closed)));
    let ledger = Ledger::open(&path).await.unwrap();
    assert_eq!(state_of(&ledger, 0).await, Held);
    whole(&ledger).await;
}

#[tokio::test]
async fn a_ledger_has_one_owner_and_many_readers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let owner = Ledger::open(&path).await.unwrap();
    let refused = Ledger::open(&path).await.unwrap_err();
    assert_eq!((refused.code(), refused.hint().is_some()), ("LEDGER_LOCKED", true));
    let reader = Ledger::open_read_only(&path).await.unwrap();
    fill(&owner, 1).await;
    assert_eq!(reader.runs(None, 9).await.unwrap().len(), 1);
    assert_eq!(whole(&reader).await, 2);
    assert!(matches!(reader.begin_run(new_run(&run_id())).await, Err(Error::ReadOnly)));
    assert!(reader.is_read_only() && !owner.is_read_only());
    owner.close().await;
    assert_eq!(whole(&reader).await, 2);
    Ledger::open(&path).await.unwrap();
}

const LEDGER_TO_HOLD: &str = "LAKEGATE_TEST_LEDGER_TO_HOLD";

/// Not a test by itself: the other process of the test below.
#[tokio::test]
#[ignore = "started by another test"]
async fn other_process() {
    let path = std::env::var_os(LEDGER_TO_HOLD).expect("the ledger to hold");
    let ledger = Ledger::open(Path::new(&path)).await.unwrap();
    fill(&ledger, 5).await;
    println!("\nheld");
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
}

#[tokio::test]
async fn another_process_is_told_who_owns_the_ledger_and_takes_over_when_it_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let mut other = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "opening::other_process", "--ignored", "--nocapture"])
        .env(LEDGER_TO_HOLD, &path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let said = BufReader::new(other.stdout.take().unwrap());
    assert!(said.lines().map_while(Result::ok).any(|line| line == "held"));
    let expected = format!("process {}", other.id());
    match Ledger::open(&path).await {
        Err(Error::Locked { holder, .. }) => assert_eq!(holder, expected),
        opened => panic!("expected a locked ledger: {opened:?}"),
    }
    other.kill().unwrap();
    other.wait().unwrap();
    let ledger = Ledger::open(&path).await.unwrap();
    assert_eq!(whole(&ledger).await, 6);
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    Ledger::open(&path).await.unwrap().close().await;
    let newer = "INSERT INTO _sqlx_migrations \
                 (version, description, installed_on, success, checksum, execution_time) \
                 VALUES (9000, 'later', '2030-01-01', 1, x'00', 0)";
    raw(&path, newer).await;
    for refused in [Ledger::open(&path).await, Ledger::open_read_only(&path).await] {
        let known = SCHEMA_VERSION;
        match refused {
            Err(Error::NewerSchema { found: 9_000, known: told }) => assert_eq!(told, known),
            opened => panic!("expected a newer schema: {opened:?}"),
        }
    }
}

#[tokio::test]
async fn an_older_schema_is_not_read_without_migrating() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    raw(&path, "CREATE TABLE something (id TEXT)").await;
    let refused = Ledger::open_read_only(&path).await;
    assert!(matches!(refused, Err(Error::OlderSchema { found: 0, .. })));
}

#[tokio::test]
async fn what_is_no_ledger_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    std::fs::write(&path, "not a database, but a text that is long enough to be one".repeat(99))
        .unwrap();
    for refused in [Ledger::open(&path).await, Ledger::open_read_only(&path).await] {
        assert_eq!(refused.unwrap_err().code(), "LEDGER_CORRUPT");
    }
    let missing = folder.path().join("none.db");
    let refused = Ledger::open_read_only(&missing).await.unwrap_err();
    assert_eq!(refused.code(), "LEDGER_CANNOT_OPEN");
    assert!(!missing.exists());
    let nowhere = folder.path().join("none/ledger.db");
    assert_eq!(Ledger::open(&nowhere).await.unwrap_err().code(), "LEDGER_LOCK_FILE");
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_may_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let ledger = Ledger::open(&path).await.unwrap();
    fill(&ledger, 1).await;
    for name in ["ledger.db", "ledger.db-wal", "ledger.db.lock"] {
        let mode = std::fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name}");
    }
}

/// A ledger as the first released schema left it: a run with three objects, one of them held and
/// decided upon.
#[tokio::test]
async fn a_ledger_of_schema_1_opens() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    raw(&path, include_str!("../data/schema-1.sql")).await;
    let ledger = Ledger::open(&path).await.unwrap();
    assert_eq!(whole(&ledger).await, 9);
    let run = ledger.open_runs().await.unwrap().pop().unwrap();
    assert_eq!((run.counts.claimed(), run.counts.undecided()), (3, 1));
    let passage = ledger.passage(&passage_id(0)).await.unwrap().unwrap();
    assert_eq!((passage.state, passage.content_hash), (Held, Some(hash())));
    assert_eq!(passage.archived_by, None);
    assert_eq!(ledger.detections(&passage_id(0)).await.unwrap().len(), 1);
    assert_eq!(ledger.pending_decisions(&run_id(), 9).await.unwrap().len(), 1);
    fill(&ledger, 3).await;
    assert_eq!(whole(&ledger).await, 9);
}
