//! The contract of a bucket, on folders of several kinds.

use super::*;
use crate::conformance::{Pair, run_all};

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
        let poor = |name| open_poorly(&directory.path().join(name), &FolderOptions::default());
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
