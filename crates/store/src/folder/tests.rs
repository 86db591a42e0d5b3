//! What only a folder has: ordinary files, links, interrupted operations, two file systems.

use super::*;
use crate::bucket::SourceAfter;
use crate::conformance::{Pair, run_all};
use futures_util::StreamExt;
use lakegate_core::object::TAG_WORKFLOW_ID;

fn open(path: &Path) -> FolderBucket {
    FolderBucket::open(path, FolderOptions { create: true, ..Default::default() }).unwrap()
}

fn run_tags(run: &str) -> Tags {
    Tags::from([(TAG_WORKFLOW_ID.to_owned(), run.to_owned())])
}

async fn bytes_of(bucket: &dyn Bucket, object: &ObjectRef) -> Vec<u8> {
    let mut body = bucket.read(object).await.unwrap();
    let mut bytes = Vec::new();
    while let Some(chunk) = body.next().await {
        bytes.extend_from_slice(&chunk.unwrap());
    }
    bytes
}

#[tokio::test]
async fn a_dropped_file_is_moved_and_picked_up() {
    let directory = tempfile::tempdir().unwrap();
    let raw = open(&directory.path().join("raw"));
    let stage = open(&directory.path().join("stage"));
    std::fs::create_dir(directory.path().join("raw/in")).unwrap();
    std::fs::write(directory.path().join("raw/in/a b.csv"), "one,two").unwrap();

    let page = raw.list("", None, 10).await.unwrap();
    assert_eq!(page.objects[0].key, "in/a b.csv");
    assert_eq!(bytes_of(&raw, &page.objects[0]).await, b"one,two");
    let moved = raw
        .transfer(&page.objects[0], &stage, "run-1/in/a b.csv", &run_tags("run-1"))
        .await
        .unwrap();

    assert_eq!(moved.source, SourceAfter::Gone);
    assert_eq!(moved.object.etag, page.objects[0].etag);
    assert_eq!(stage.tags(&moved.object).await.unwrap(), run_tags("run-1"));
    let picked = std::fs::read(directory.path().join("stage/run-1/in/a b.csv")).unwrap();
    assert_eq!(picked, b"one,two");
    assert!(raw.list("", None, 10).await.unwrap().objects.is_empty());
    raw.sync().await.unwrap();
    stage.sync().await.unwrap();
}

/// Two folders in one temporary directory, on the file system that keeps it.
fn pair_with(options: &FolderOptions) -> Pair {
    let directory = tempfile::tempdir().unwrap();
    let options = FolderOptions { create: true, ..options.clone() };
    let open = |name| FolderBucket::open(&directory.path().join(name), options.clone()).unwrap();
    Pair::new(open("a"), open("b"), directory)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn folders_keep_the_contract() {
    let options = FolderOptions::default();
    assert!(run_all(|| async { pair_with(&options) }).await.skipped.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn folders_that_copy_and_tidy_keep_the_contract() {
    let options =
        FolderOptions { copy_always: true, remove_emptied_directories: true, create: true };
    assert!(run_all(|| async { pair_with(&options) }).await.skipped.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn folders_on_a_poorer_system_keep_the_contract() {
    let make = || async {
        let directory = tempfile::tempdir().unwrap();
        let poor = |name| {
            let path = directory.path().join(name);
            std::fs::create_dir(&path).unwrap();
            let handle =
                fs::openat(CWD, &path, OFlags::RDONLY | OFlags::DIRECTORY, Mode::empty()).unwrap();
            let device = fs::fstat(&handle).unwrap().st_dev;
            let root = root::Root::new(handle).without_conveniences();
            let location = path.display().to_string();
            FolderBucket::with_root(root, location, device, FolderOptions::default())
        };
        Pair::new(poor("a"), poor("b"), directory)
    };
    assert!(run_all(make).await.skipped.is_empty());
}

/// A directory on another file system than the usual temporary one, where the machine has it.
fn other_file_system() -> Option<tempfile::TempDir> {
    use std::os::unix::fs::MetadataExt;
    let device = |path: &Path| std::fs::metadata(path).map(|found| found.dev()).ok();
    let elsewhere = Path::new("/dev/shm");
    let differs = device(elsewhere)? != device(&std::env::temp_dir())?;
    differs.then(|| tempfile::tempdir_in(elsewhere).ok()).flatten()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn folders_on_two_file_systems_keep_the_contract() {
    if other_file_system().is_none() {
        eprintln!("not tried: this machine has no second file system at /dev/shm");
        return;
    }
    let make = || async {
        let (here, there) = (tempfile::tempdir().unwrap(), other_file_system().unwrap());
        let (a, b) = (open(here.path()), open(there.path()));
        Pair::new(a, b, (here, there))
    };
    assert!(run_all(make).await.skipped.is_empty());
}
