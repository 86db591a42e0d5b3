//! The contract that every store must pass, on this one.

use crate::server::{PLAIN, VERSIONED, fresh_prefix, open, options};
use lakegate_store::conformance::{Pair, cases, run_all, run_matching};
use lakegate_store::{Bucket, MemoryBucket, S3Bucket, Support};

async fn pair(bucket: &str, threshold: u64) -> Pair {
    let zone = async || {
        let mut small = options(bucket, &fresh_prefix());
        small.multipart_copy_threshold_bytes = threshold;
        small.copy_part_bytes = 5 << 20;
        small.upload_part_bytes = 5 << 20;
        S3Bucket::connect(small).await.unwrap()
    };
    Pair::new(zone().await, zone().await, ())
}

#[tokio::test]
async fn a_bucket_without_versions() {
    drop(open(PLAIN).await);
    println!("{:#?}", run_all(|| pair(PLAIN, 1 << 30)).await);
}

/// With versions an instance outlives its overwriting and deleting: it can still be read, tagged and
/// copied by its version, where the contract of other stores is to refuse. `versions.rs` has its cases.
const OTHERWISE_WITH_VERSIONS: [&str; 5] = [
    "an_absent_object_is_not_found",
    "an_overwritten_object_is_not_read",
    "tags_of_another_instance_are_refused",
    "a_changed_source_stays",
    "an_absent_source_is_not_found",
];

/// SeaweedFS 4.48 lists a bucket with versions in an order that depends on the size of the page.
const NEEDS_ONE_ORDER: [&str; 3] = [
    "pages_of_any_size_give_the_same_objects",
    "a_listing_goes_on_after_what_was_removed",
    "a_prefix_selects_by_the_start_of_the_key",
];

#[tokio::test]
async fn a_bucket_with_versions() {
    let folds = open(VERSIONED).await.capabilities().await.unwrap().exact_keys == Support::No;
    for case in cases() {
        let differs = OTHERWISE_WITH_VERSIONS.contains(&case.name);
        if !differs && !(folds && NEEDS_ONE_ORDER.contains(&case.name)) {
            println!("{:?}", run_matching(case.name, || pair(VERSIONED, 1 << 30)).await);
        }
    }
}

/// All that is not empty is copied by parts, as objects above 5 GiB are.
#[tokio::test]
async fn copies_by_parts() {
    drop(open(PLAIN).await);
    println!("{:#?}", run_all(|| pair(PLAIN, 1)).await);
}

#[tokio::test]
async fn from_and_to_other_stores() {
    drop(open(PLAIN).await);
    let s3 = async || S3Bucket::connect(options(PLAIN, &fresh_prefix())).await.unwrap();
    println!(
        "{:#?}",
        run_all(async || Pair::new(MemoryBucket::new("memory"), s3().await, ())).await
    );
    println!(
        "{:#?}",
        run_all(async || Pair::new(s3().await, MemoryBucket::new("memory"), ())).await
    );
}
