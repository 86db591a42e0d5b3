//! Operations cut short between any two effects, then repeated as after a restart.

use super::*;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Lets `steps` points pass and interrupts at the next.
fn interrupt_after(bucket: &FolderBucket, steps: usize) {
    let left = AtomicUsize::new(steps);
    let enough = move |_: &'static str| {
        left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1)).is_ok()
    };
    bucket.set_step_hook(Box::new(enough));
}

/// More points than any operation has.
const STEPS_MAX: usize = 8;

type Open = fn(&Path, &FolderOptions) -> FolderBucket;

async fn check_transfer(open: Open, options: FolderOptions) {
    let mut interrupted = 0;
    for steps in 0..STEPS_MAX {
        let directory = tempfile::tempdir().unwrap();
        let (from, to) = (directory.path().join("from"), directory.path().join("to"));
        let (raw, stage) = (open(&from, &options), open(&to, &options));
        let metadata = Tags::from([("origin".to_owned(), "branch".to_owned())]);
        let put_options = PutOptions { metadata: metadata.clone(), ..Default::default() };
        let source = put(&raw, "in/key", "bytes", put_options).await;

        interrupt_after(&raw, steps);
        let first = raw.transfer(&source, &stage, "r1/key", &run_tags("r1")).await;
        interrupted += usize::from(first.is_err());
        let standing = contents(&raw).await.len() + contents(&stage).await.len();
        assert!(standing >= 1, "after {steps} steps the object is nowhere");

        let (raw, stage) = (open(&from, &options), open(&to, &options));
        let moved = raw.transfer(&source, &stage, "r1/key", &run_tags("r1")).await.unwrap();
        assert_eq!(moved.source == SourceAfter::Remains, options.copy_always, "{steps} steps");
        raw.delete(&source).await.unwrap();
        let expected = vec![("r1/key".to_owned(), b"bytes".to_vec(), run_tags("r1"))];
        assert_eq!(contents(&stage).await, expected, "{steps} steps");
        assert_eq!(stage.head("r1/key").await.unwrap().metadata, metadata);
        assert_eq!(contents(&raw).await, []);
        assert_eq!(reserved_files(&from, "sidecars"), 0, "{steps} steps");
        // A copy that never got its key may leave a sidecar file, which fits nothing.
        let spare = usize::from(options.copy_always);
        assert!(reserved_files(&to, "sidecars") <= 1 + spare, "{steps} steps");
        assert_eq!(reserved_files(&to, "tmp"), 0, "{steps} steps");
    }
    assert!(interrupted >= 2, "the hook was passed at {interrupted} points only");
}

#[tokio::test]
async fn a_rename_cut_short_is_finished_by_repeating_it() {
    for open in [open_with as Open, open_poorly] {
        check_transfer(open, FolderOptions::default()).await;
    }
}

#[tokio::test]
async fn a_copy_cut_short_is_finished_by_repeating_it() {
    for open in [open_with as Open, open_poorly] {
        check_transfer(open, FolderOptions { copy_always: true, ..Default::default() }).await;
    }
}

#[tokio::test]
async fn a_put_cut_short_is_finished_by_repeating_it() {
    for steps in 0..STEPS_MAX {
        let directory = tempfile::tempdir().unwrap();
        let bucket = open(directory.path());
        let options = || PutOptions { tags: run_tags("r1"), replace: true, ..Default::default() };
        put(&bucket, "key", "before", PutOptions::default()).await;
        interrupt_after(&bucket, steps);
        let body = futures_util::stream::once(async { Ok("bytes".into()) }).boxed();
        let _ = bucket.put("key", body, None, options()).await;
        let (_, bytes, tags) = contents(&bucket).await.remove(0);
        let whole = [(b"before".to_vec(), Tags::new()), (b"bytes".to_vec(), run_tags("r1"))];
        assert!(whole.contains(&(bytes, tags)), "{steps} steps");

        let bucket = open(directory.path());
        put(&bucket, "key", "bytes", options()).await;
        let expected = vec![("key".to_owned(), b"bytes".to_vec(), run_tags("r1"))];
        assert_eq!(contents(&bucket).await, expected, "{steps} steps");
    }
}

#[tokio::test]
async fn a_delete_cut_short_is_finished_by_repeating_it() {
    for steps in 0..STEPS_MAX {
        let directory = tempfile::tempdir().unwrap();
        let bucket = open(directory.path());
        let options = PutOptions { tags: run_tags("r1"), ..Default::default() };
        let object = put(&bucket, "in/key", "bytes", options).await;
        interrupt_after(&bucket, steps);
        let _ = bucket.delete(&object).await;

        let bucket = open(directory.path());
        bucket.delete(&object).await.unwrap();
        assert_eq!(contents(&bucket).await, []);
        for own in ["sidecars", "tmp", "deleting"] {
            assert_eq!(reserved_files(directory.path(), own), 0, "{own} after {steps} steps");
        }
    }
}

#[tokio::test]
async fn a_file_replaced_before_the_rename_goes_back() {
    let directory = tempfile::tempdir().unwrap();
    let (raw, stage) = (open(&directory.path().join("raw")), open(&directory.path().join("stage")));
    let source = put(&raw, "key", "first", PutOptions::default()).await;
    let path = directory.path().join("raw/key");
    let landing = directory.path().join("raw/landing");
    raw.set_step_hook(Box::new(move |step| {
        if step == "sidecar written" {
            std::fs::write(&landing, "other").unwrap();
            std::fs::rename(&landing, &path).unwrap();
        }
        true
    }));
    let answer = raw.transfer(&source, &stage, "r1/key", &run_tags("r1")).await;
    assert_eq!(answer.unwrap_err().kind, ErrorKind::Changed);
    assert_eq!(contents(&stage).await, []);
    let expected = vec![("key".to_owned(), b"other".to_vec(), Tags::new())];
    assert_eq!(contents(&raw).await, expected);
}

#[tokio::test]
async fn a_file_replaced_before_the_delete_is_spared() {
    let directory = tempfile::tempdir().unwrap();
    let bucket = open(directory.path());
    let object = put(&bucket, "key", "first", PutOptions::default()).await;
    let path = directory.path().join("key");
    let landing = directory.path().join("landing");
    bucket.set_step_hook(Box::new(move |step| {
        if step == "instance seen" {
            std::fs::write(&landing, "other").unwrap();
            std::fs::rename(&landing, &path).unwrap();
        }
        true
    }));
    assert_eq!(bucket.delete(&object).await.unwrap_err().kind, ErrorKind::Changed);
    let expected = vec![("key".to_owned(), b"other".to_vec(), Tags::new())];
    assert_eq!(contents(&bucket).await, expected);
}

#[tokio::test]
async fn a_file_taken_aside_by_mistake_comes_back_after_a_crash() {
    let directory = tempfile::tempdir().unwrap();
    let bucket = open(directory.path());
    let object = put(&bucket, "key", "first", PutOptions::default()).await;
    let path = directory.path().join("key");
    let landing = directory.path().join("landing");
    bucket.set_step_hook(Box::new(move |step| {
        if step == "instance seen" {
            std::fs::write(&landing, "other").unwrap();
            std::fs::rename(&landing, &path).unwrap();
        }
        step != "file taken aside"
    }));
    assert!(bucket.delete(&object).await.is_err());
    let found = contents(&open(directory.path())).await;
    assert_eq!(found.len(), 1);
    assert!(found[0].0.starts_with("lakegate-recovered-"), "{}", found[0].0);
    assert_eq!(found[0].1, b"other");
}

#[tokio::test]
async fn a_rename_cut_short_between_link_and_unlink_is_finished() {
    let directory = tempfile::tempdir().unwrap();
    let (from, to) = (directory.path().join("from"), directory.path().join("to"));
    let options = FolderOptions::default();
    let (raw, stage) = (open_poorly(&from, &options), open_poorly(&to, &options));
    let source = put(&raw, "key", "bytes", PutOptions::default()).await;
    interrupt_after(&raw, 0);
    assert!(raw.transfer(&source, &stage, "key", &run_tags("r1")).await.is_err());
    std::fs::hard_link(from.join("key"), to.join("key")).unwrap();

    let raw = open_poorly(&from, &options);
    let moved = raw.transfer(&source, &stage, "key", &run_tags("r1")).await.unwrap();
    assert_eq!(moved.source, SourceAfter::Gone);
    assert_eq!(contents(&raw).await, []);
    let expected = vec![("key".to_owned(), b"bytes".to_vec(), run_tags("r1"))];
    assert_eq!(contents(&stage).await, expected);
}
