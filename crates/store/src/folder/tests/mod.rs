//! What only a folder has: ordinary files, links, interrupted operations, two file systems.

mod contract;
mod hostile;
mod interruption;
mod walking;

use super::*;
use crate::bucket::SourceAfter;
use futures_util::StreamExt;
use lakegate_core::object::TAG_WORKFLOW_ID;

fn open(path: &Path) -> FolderBucket {
    FolderBucket::open(path, FolderOptions { create: true, ..Default::default() }).unwrap()
}

fn open_with(path: &Path, options: &FolderOptions) -> FolderBucket {
    FolderBucket::open(path, FolderOptions { create: true, ..options.clone() }).unwrap()
}

/// As on a system without `openat2`, no-replace rename and extended attributes.
fn open_poorly(path: &Path, options: &FolderOptions) -> FolderBucket {
    std::fs::create_dir_all(path).unwrap();
    let handle = fs::openat(CWD, path, OFlags::RDONLY | OFlags::DIRECTORY, Mode::empty()).unwrap();
    let device = fs::fstat(&handle).unwrap().st_dev;
    let root = root::Root::new(handle).without_conveniences();
    temporary::sweep(&root);
    FolderBucket::with_root(root, path.display().to_string(), device, options.clone())
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

async fn put(bucket: &FolderBucket, key: &str, bytes: &str, options: PutOptions) -> ObjectRef {
    let bytes = bytes.to_owned();
    let body = futures_util::stream::once(async move { Ok(bytes.into()) }).boxed();
    bucket.put(key, body, None, options).await.unwrap()
}

/// Every key with its bytes and tags.
async fn contents(bucket: &FolderBucket) -> Vec<(String, Vec<u8>, Tags)> {
    let mut contents = Vec::new();
    for object in bucket.list("", None, 1000).await.unwrap().objects {
        let tags = bucket.tags(&object).await.unwrap();
        contents.push((object.key.clone(), bytes_of(bucket, &object).await, tags));
    }
    contents
}

/// Files under the reserved directory, by the directory they are in.
fn reserved_files(root: &Path, directory: &str) -> usize {
    std::fs::read_dir(root.join(".lakegate").join(directory)).map_or(0, Iterator::count)
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
