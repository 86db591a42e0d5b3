//! The server under test, and buckets on it.

use aws_sdk_s3::Client;
use aws_sdk_s3::types::{BucketVersioningStatus, VersioningConfiguration};
use bytes::Bytes;
use futures_util::StreamExt;
use lakegate_core::object::{ObjectRef, TAG_WORKFLOW_ID, Tags};
use lakegate_store::{Body, Bucket, PutOptions, S3Bucket, S3Options};
use std::time::Duration;

/// The bucket of all tests that need no versions; each test has its own prefix.
pub const PLAIN: &str = "lakegate-plain";
/// The bucket that keeps versions.
pub const VERSIONED: &str = "lakegate-versioned";

pub fn endpoint() -> String {
    std::env::var("LAKEGATE_TEST_S3_ENDPOINT").expect(
        "LAKEGATE_TEST_S3_ENDPOINT is not set. `cargo nextest run` starts a server and sets it; \
         for another runner: eval \"$(scripts/servers/seaweedfs.sh start DIR | sed 's/^/export /')\"",
    )
}

/// A prefix that no other test uses.
pub fn fresh_prefix() -> String {
    let random: String = (0..12).map(|_| fastrand::lowercase()).collect();
    format!("test-{random}")
}

/// Options for `bucket` on the server under test, with small parts, so that copies by parts happen at
/// sizes that tests can afford.
pub fn options(bucket: &str, prefix: &str) -> S3Options {
    let mut options = S3Options::new(bucket, prefix);
    options.endpoint = Some(endpoint());
    options.unsafe_delete_without_condition = true;
    options.backoff = Duration::from_millis(20);
    if std::env::var_os("LAKEGATE_TEST_S3_WHEN_REQUIRED").is_some() {
        options.checksums = lakegate_store::s3::Checksums::WhenRequired;
    }
    options
}

pub async fn open(bucket: &str) -> S3Bucket {
    open_at(bucket, &fresh_prefix()).await
}

pub async fn open_at(bucket: &str, prefix: &str) -> S3Bucket {
    create(bucket).await;
    S3Bucket::connect(options(bucket, prefix)).await.unwrap()
}

/// A client with no opinion, to look behind the backend's back.
pub async fn raw() -> Client {
    let config =
        aws_sdk_s3::Config::builder()
            .behavior_version(aws_sdk_s3::config::BehaviorVersion::latest())
            .endpoint_url(endpoint())
            .force_path_style(true)
            .region(aws_sdk_s3::config::Region::new("us-east-1"))
            .credentials_provider(
                aws_config::environment::EnvironmentVariableCredentialsProvider::new(),
            )
            .request_checksum_calculation(
                aws_sdk_s3::config::RequestChecksumCalculation::WhenRequired,
            )
            .http_client(aws_smithy_http_client::Builder::new().build_http());
    Client::from_conf(config.build())
}

/// Makes the bucket if need be.
async fn create(bucket: &str) {
    let client = raw().await;
    let made = client.create_bucket().bucket(bucket).send().await;
    if bucket == VERSIONED && made.is_ok() {
        enable_versions(&client, bucket).await;
    }
    let mut tries = 0;
    // Another test may have made it a moment ago.
    while client.head_bucket().bucket(bucket).send().await.is_err()
        || !is_ready(&client, bucket).await
    {
        tries += 1;
        assert!(tries < 500, "the bucket {bucket} does not come up: {made:?}");
        tokio::task::yield_now().await;
    }
}

async fn enable_versions(client: &Client, bucket: &str) {
    let enabled =
        VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled).build();
    client
        .put_bucket_versioning()
        .bucket(bucket)
        .versioning_configuration(enabled)
        .send()
        .await
        .unwrap();
}

async fn is_ready(client: &Client, bucket: &str) -> bool {
    if bucket != VERSIONED {
        return true;
    }
    let status = client.get_bucket_versioning().bucket(bucket).send().await;
    status.is_ok_and(|status| status.status() == Some(&BucketVersioningStatus::Enabled))
}

pub fn body(bytes: impl Into<Bytes>) -> Body {
    let bytes = bytes.into();
    Box::pin(futures_util::stream::iter([Ok(bytes)]))
}

pub async fn put(bucket: &S3Bucket, key: &str, text: &str) -> ObjectRef {
    put_with(bucket, key, text.as_bytes(), PutOptions::default()).await
}

pub async fn put_with(
    bucket: &S3Bucket,
    key: &str,
    bytes: &[u8],
    options: PutOptions,
) -> ObjectRef {
    let bytes = Bytes::copy_from_slice(bytes);
    let size = bytes.len() as u64;
    bucket.put(key, body(bytes), Some(size), options).await.unwrap()
}

pub async fn overwrite(bucket: &S3Bucket, key: &str, text: &str) -> ObjectRef {
    let options = PutOptions { replace: true, ..PutOptions::default() };
    put_with(bucket, key, text.as_bytes(), options).await
}

pub async fn read(bucket: &S3Bucket, object: &ObjectRef) -> Vec<u8> {
    let mut body = bucket.read(object).await.unwrap();
    let mut bytes = Vec::new();
    while let Some(chunk) = body.next().await {
        bytes.extend_from_slice(&chunk.unwrap());
    }
    bytes
}

pub async fn read_key(bucket: &S3Bucket, key: &str) -> Vec<u8> {
    let head = bucket.head(key).await.unwrap();
    read(bucket, &head.object).await
}

/// Every key of the zone, by pages of `limit`.
pub async fn keys(bucket: &S3Bucket, limit: usize) -> Vec<String> {
    let mut after = None;
    let mut keys = Vec::new();
    loop {
        let page = bucket.list("", after.as_deref(), limit).await.unwrap();
        assert!(page.objects.len() <= limit && page.skipped.is_empty(), "{page:?}");
        keys.extend(page.objects.into_iter().map(|object| object.key));
        match page.next {
            Some(next) => after = Some(next),
            None => return keys,
        }
    }
}

pub fn tags(pairs: &[(&str, &str)]) -> Tags {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The tags of a transfer in the run `run`.
pub fn run_tags(run: &str) -> Tags {
    tags(&[(TAG_WORKFLOW_ID, run), ("producer", "kept")])
}

/// Bytes that no compression or sparse file could fake.
pub fn noise(length: usize) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(7);
    std::iter::repeat_with(|| random.u8(..)).take(length).collect()
}
