//! Buckets that keep versions.

use crate::server::{
    VERSIONED, fresh_prefix, keys, open, open_at, options, overwrite, put, raw, read, run_tags,
};
use lakegate_store::s3::VersionedDelete;
use lakegate_store::{
    Bucket, ErrorKind, FolderBucket, FolderOptions, MemoryBucket, S3Bucket, SourceAfter, Support,
};

#[tokio::test]
async fn the_version_that_was_meant_is_read_and_copied() {
    let bucket = open(VERSIONED).await;
    assert_eq!(bucket.capabilities().await.unwrap().versions, Support::Yes);
    let first = put(&bucket, "k", "first").await;
    assert!(first.version.is_some());
    let second = overwrite(&bucket, "k", "second").await;
    assert_ne!(first.version, second.version);
    assert_eq!(read(&bucket, &first).await, b"first");
    let done = bucket.transfer(&first, &bucket, "copy", &run_tags("r")).await.unwrap();
    assert_eq!(read(&bucket, &done.object).await, b"first");

    assert_eq!(done.source, SourceAfter::Remains);
    let again = bucket.transfer(&first, &bucket, "copy", &run_tags("r")).await.unwrap();
    assert_eq!((again.object, again.source), (done.object, SourceAfter::Gone));

    bucket.set_tags(&first, &run_tags("old")).await.unwrap();
    assert!(bucket.tags(&second).await.unwrap().is_empty());
    let error = bucket.delete(&first).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Changed);
    assert_eq!(read(&bucket, &second).await, b"second");
}

#[tokio::test]
async fn a_deleted_object_is_gone_and_its_version_can_be_had_back() {
    let bucket = open(VERSIONED).await;
    let object = put(&bucket, "k", "bytes").await;
    bucket.delete(&object).await.unwrap();
    bucket.delete(&object).await.unwrap();
    assert_eq!(bucket.head("k").await.unwrap_err().kind, ErrorKind::NotFound);
    assert!(keys(&bucket, 10).await.is_empty());
    if bucket.capabilities().await.unwrap().delete_if_matches == Support::Yes {
        assert_eq!(read(&bucket, &object).await, b"bytes");
    }
}

#[tokio::test]
async fn a_version_can_be_deleted_for_good() {
    let prefix = fresh_prefix();
    drop(open_at(VERSIONED, &prefix).await);
    let mut forever = options(VERSIONED, &prefix);
    forever.versioned_delete = VersionedDelete::Version;
    let bucket = S3Bucket::connect(forever).await.unwrap();
    let object = put(&bucket, "k", "bytes").await;
    bucket.delete(&object).await.unwrap();
    let left = raw().await.list_object_versions().bucket(VERSIONED).prefix(&prefix).send().await;
    let left = left.unwrap();
    assert!(left.versions().is_empty() && left.delete_markers().is_empty(), "{left:?}");
}

#[tokio::test]
async fn objects_as_listed_can_be_moved() {
    let bucket = open(VERSIONED).await;
    put(&bucket, "k", "bytes").await;
    let listed = bucket.list("", None, 10).await.unwrap().objects.remove(0);
    let done = bucket.transfer(&listed, &bucket, "copy", &run_tags("r")).await.unwrap();
    assert_eq!(read(&bucket, &done.object).await, b"bytes");
    bucket.delete(&listed).await.unwrap();
    assert_eq!(keys(&bucket, 10).await, ["copy"]);
}

#[tokio::test]
async fn objects_as_listed_can_be_moved_to_other_stores() {
    let directory = tempfile::tempdir().unwrap();
    let folder = FolderBucket::open(directory.path(), FolderOptions::default()).unwrap();
    let others: [&dyn Bucket; 2] = [&MemoryBucket::new("to"), &folder];
    for other in others {
        let bucket = open(VERSIONED).await;
        let first = put(&bucket, "k", "bytes").await;
        let listed = bucket.list("", None, 10).await.unwrap().objects.remove(0);
        assert_eq!(listed.version, None);
        let done = bucket.transfer(&listed, other, "copy", &run_tags("r")).await.unwrap();
        assert_eq!(done.source, SourceAfter::Remains);
        assert_eq!(done.object.size_bytes, 5);
        // Once more, as after a crash: by the reference of the list, and by the version.
        for source in [&listed, &first] {
            let again = bucket.transfer(source, other, "copy", &run_tags("r")).await.unwrap();
            assert_eq!(again.object, done.object);
        }
        overwrite(&bucket, "k", "other").await;
        for source in [&listed, &first] {
            let answer = bucket.transfer(source, other, "late", &run_tags("r")).await;
            assert_eq!(answer.unwrap_err().kind, ErrorKind::Changed);
        }
    }
}
