//! The probe: what it finds, and that it leaves nothing behind.

use crate::server::{PLAIN, VERSIONED, fresh_prefix, open_at, options, put, raw};
use lakegate_store::{Bucket, ErrorKind, S3Bucket, Support};

#[tokio::test]
async fn the_probe_leaves_nothing_behind() {
    for bucket_name in [PLAIN, VERSIONED] {
        let prefix = fresh_prefix();
        let bucket = open_at(bucket_name, &prefix).await;
        let seen = bucket.capabilities().await.unwrap();
        println!("{bucket_name}: {seen:#?}");
        assert_eq!(seen.versions == Support::Yes, bucket_name == VERSIONED);
        let left =
            raw().await.list_object_versions().bucket(bucket_name).prefix(&prefix).send().await;
        let left = left.unwrap();
        assert!(left.versions().is_empty() && left.delete_markers().is_empty(), "{left:?}");
    }
}

#[tokio::test]
async fn a_bucket_where_overwrites_could_be_lost_is_refused() {
    let prefix = fresh_prefix();
    drop(open_at(PLAIN, &prefix).await);
    let mut strict = options(PLAIN, &prefix);
    strict.unsafe_delete_without_condition = false;
    let bucket = S3Bucket::connect(strict).await.unwrap();
    let seen = bucket.capabilities().await.unwrap();
    let object = put(&bucket, "k", "bytes").await;
    let deleted = bucket.delete(&object).await;
    if seen.delete_if_matches == Support::Yes {
        assert!(seen.refusals.is_empty() && deleted.is_ok(), "{seen:?} {deleted:?}");
    } else {
        assert_eq!(seen.refusals.len(), 1);
        assert_eq!(deleted.unwrap_err().kind, ErrorKind::Unsupported);
        assert!(bucket.head("k").await.is_ok());
    }
}
