//! The audit chain, and whoever meddles with it.

use crate::fixture::*;
use lakegate_core::passage::PassageState::*;
use lakegate_ledger::{AuditRow, Ledger};
use proptest::prelude::*;
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection};
use std::path::Path;

async fn filled(path: &Path) {
    let ledger = Ledger::open(path).await.unwrap();
    fill(&ledger, 3).await;
    hold(&ledger, 0).await;
    ledger.note("ada", "object.shown", None, None, &json!({}), NOON).await.unwrap();
    whole(&ledger).await;
    ledger.close().await;
}

/// Runs statements on the ledger's file as somebody with a database tool would.
async fn meddle(path: &Path, sql: &str) -> Result<(), sqlx::Error> {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path).foreign_keys(false);
    let mut connection = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await;
    connection.close().await.unwrap();
    done.map(|_| ())
}

const UNGUARD: &str = "DROP TRIGGER audit_is_not_edited; DROP TRIGGER audit_is_not_removed;";

/// What meddling leads to: the row at which it shows, or `None` where it is not seen.
async fn seen_at(sql: &str) -> Option<i64> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    filled(&path).await;
    meddle(&path, &format!("{UNGUARD} {sql}")).await.unwrap();
    let ledger = Ledger::open_read_only(&path).await.unwrap();
    let report = ledger.verify_audit().await.unwrap();
    ledger.close().await;
    report.problem.map(|problem| problem.seq)
}

#[tokio::test]
async fn edited_rows_are_found() {
    for change in [
        "at_ms = at_ms + 1",
        "actor = 'eve'",
        "action = 'passage.released'",
        "run = NULL",
        "passage = 'p-000002'",
        "state = 'released'",
        "state = NULL",
        "detail = '{}'",
        "prev_hash = zeroblob(32)",
        "hash = zeroblob(32)",
        "hash = x'00'",
        "at_ms = 'noon'",
        "state = 'nonsense'",
    ] {
        let sql = format!("UPDATE audit SET {change} WHERE seq = 5");
        assert_eq!(seen_at(&sql).await, Some(5), "{change}");
    }
}

#[tokio::test]
async fn removed_rows_are_found() {
    assert_eq!(seen_at("DELETE FROM audit WHERE seq = 1").await, Some(1));
    assert_eq!(seen_at("DELETE FROM audit WHERE seq = 4").await, Some(4));
    // The last row is a note: no passage's state tells that it is gone.
    assert_eq!(seen_at("DELETE FROM audit WHERE seq = 8").await, Some(8));
    assert_eq!(seen_at("DELETE FROM audit").await, Some(1));
    let renumbered =
        "DELETE FROM audit WHERE seq = 4; UPDATE audit SET seq = seq - 1 WHERE seq > 4";
    assert_eq!(seen_at(renumbered).await, Some(4));
}

#[tokio::test]
async fn reordered_and_inserted_rows_are_found() {
    let swapped = "UPDATE audit SET seq = -1 WHERE seq = 5; UPDATE audit SET seq = 5 WHERE seq = 6; \
                   UPDATE audit SET seq = 6 WHERE seq = -1;";
    assert_eq!(seen_at(swapped).await, Some(5));
    let copied = "INSERT INTO audit SELECT 9, at_ms, actor, action, run, passage, state, detail, \
                  hash, hash FROM audit WHERE seq = 8";
    assert_eq!(seen_at(copied).await, Some(9));
    let before = "INSERT INTO audit SELECT 0, at_ms, actor, action, run, passage, state, detail, \
                  prev_hash, hash FROM audit WHERE seq = 1";
    assert_eq!(seen_at(before).await, Some(1));
}

#[tokio::test]
async fn a_well_made_row_at_the_end_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    filled(&path).await;
    let ledger = Ledger::open_read_only(&path).await.unwrap();
    let last = ledger.audit(7, 9).await.unwrap().pop().unwrap();
    ledger.close().await;
    let mut forged = AuditRow { seq: 9, prev_hash: last.hash, ..last };
    forged.hash = forged.computed_hash();
    let hex = |hash: [u8; 32]| hash.iter().map(|b| format!("{b:02x}")).collect::<String>();
    let sql = format!(
        "INSERT INTO audit SELECT 9, at_ms, actor, action, run, passage, state, detail, \
         x'{}', x'{}' FROM audit WHERE seq = 8",
        hex(forged.prev_hash),
        hex(forged.hash)
    );
    meddle(&path, &sql).await.unwrap();
    let ledger = Ledger::open_read_only(&path).await.unwrap();
    let problem = ledger.verify_audit().await.unwrap().problem.unwrap();
    assert_eq!(problem.seq, 8);
    assert!(problem.what.contains("does not end"), "{}", problem.what);
}

#[tokio::test]
async fn edited_passages_are_found() {
    // The passage's last audit row is 7; passage 1 has only the row of its claim, 3.
    let released = "UPDATE passages SET state = 'released' WHERE id = 'p-000000'";
    assert_eq!(seen_at(released).await, Some(7));
    let staged = "UPDATE passages SET state = 'staged' WHERE id = 'p-000001'";
    assert_eq!(seen_at(staged).await, Some(3));
    assert_eq!(seen_at("DELETE FROM passages WHERE id = 'p-000001'").await, Some(3));
    let smuggled = "UPDATE passages SET id = 'p-smuggled' WHERE id = 'p-000001'";
    assert_eq!(seen_at(smuggled).await, Some(8));
    assert_eq!(seen_at("DELETE FROM audit_head").await, Some(8));
    assert_eq!(seen_at("SELECT 1").await, None);
}

#[tokio::test]
async fn the_database_itself_keeps_audit_rows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    filled(&path).await;
    for sql in ["UPDATE audit SET actor = 'eve'", "DELETE FROM audit WHERE seq = 8"] {
        assert!(meddle(&path, sql).await.unwrap_err().to_string().contains("audit rows are never"));
    }
}

#[tokio::test]
async fn a_passage_has_its_whole_story() {
    let ledger = ledger_with(2).await;
    hold(&ledger, 1).await;
    let story = ledger.audit_of(&passage_id(1)).await.unwrap();
    let actions: Vec<_> = story.iter().map(|row| row.action.as_str()).collect();
    assert_eq!(actions, ["passage.claimed", "passage.staged", "passage.scanned", "passage.held"]);
    assert_eq!(story[3].state, Some(Held));
    let detail: serde_json::Value = serde_json::from_str(&story[2].detail).unwrap();
    assert_eq!(detail["inspection"]["verdict"], "FINDINGS");
    assert_eq!(detail["inspection"]["content_hash"], hash().as_str());
    let page = ledger.audit(1, 2).await.unwrap();
    assert_eq!(page.iter().map(|row| row.seq).collect::<Vec<_>>(), [2, 3]);
}

fn any_row() -> impl Strategy<Value = AuditRow> {
    // Few letters and short texts, so that two rows are often almost the same.
    let text = || "[ab\u{0}\u{1}]{0,3}";
    let state = proptest::option::of(proptest::sample::select(&[Claimed, Held][..]));
    let texts =
        (text(), text(), proptest::option::of(text()), proptest::option::of(text()), text());
    (0..2_i64, 0..2_i64, texts, state, 0..2_u8).prop_map(|(seq, at_ms, texts, state, prev)| {
        let (actor, action, run, passage, detail) = texts;
        let (prev_hash, hash) = ([prev; 32], [0; 32]);
        AuditRow { seq, at_ms, actor, action, run, passage, state, detail, prev_hash, hash }
    })
}

/// Reads the encoding back, by its description alone.
fn decode(mut bytes: &[u8]) -> AuditRow {
    fn take<'a>(bytes: &mut &'a [u8], count: usize) -> &'a [u8] {
        let (head, tail) = bytes.split_at(count);
        *bytes = tail;
        head
    }
    fn number(bytes: &mut &[u8]) -> i64 {
        i64::from_le_bytes(take(bytes, 8).try_into().unwrap())
    }
    fn text(bytes: &mut &[u8]) -> String {
        let length = usize::try_from(number(bytes)).unwrap();
        String::from_utf8(take(bytes, length).to_vec()).unwrap()
    }
    fn optional(bytes: &mut &[u8]) -> Option<String> {
        (take(bytes, 1) == [1]).then(|| text(bytes))
    }
    let bytes = &mut bytes;
    assert_eq!(text(bytes), lakegate_ledger::AUDIT_ENCODING);
    let row = AuditRow {
        seq: number(bytes),
        at_ms: number(bytes),
        actor: text(bytes),
        action: text(bytes),
        run: optional(bytes),
        passage: optional(bytes),
        state: optional(bytes).map(|s| lakegate_core::passage::PassageState::parse(&s).unwrap()),
        detail: text(bytes),
        prev_hash: take(bytes, 32).try_into().unwrap(),
        hash: [0; 32],
    };
    assert!(bytes.is_empty());
    row
}

proptest! {
    #[test]
    fn the_encoding_loses_nothing(row in any_row()) {
        prop_assert_eq!(decode(&row.encoding()), row);
    }

    #[test]
    fn different_rows_have_different_encodings(one in any_row(), other in any_row()) {
        prop_assert_eq!(one == other, one.encoding() == other.encoding());
        prop_assert_eq!(one == other, one.computed_hash() == other.computed_hash());
    }
}
