//! Buckets of S3 stores, on `aws-sdk-s3` alone.
//!
//! Keys cross the wire byte for byte. Every request pins the instance it means, by version and by
//! ETag. What a store can do is found by a probe with canary objects before the first write, because
//! stores ignore conditions, tags and directives silently; where one does, a checked fallback or a
//! refusal takes the place of the condition.
//!
//! A write or delete whose reply was lost is resolved by looking, never by a blind second try.
//! Nothing here may overwrite what it did not write, or delete what it cannot name exactly, unless
//! [`S3Options::unsafe_delete_without_condition`] says so.

mod client;
mod copy;
mod delete;
mod failure;
mod head;
mod key;
mod list;
mod multipart_copy;
mod options;
mod probe;
mod probe_steps;
mod put;
mod read;
mod tags;
mod transfer;
mod upload;
mod verify;

pub use options::{Checksums, Encryption, S3Options, VersionedDelete};

use crate::bucket::{Body, Bucket, Capabilities, Head, ListPage, PutOptions, Support, Transferred};
use crate::error::{Error, ErrorKind};
use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use lakegate_core::object::{ObjectRef, Tags};
use probe::Abilities;
use std::sync::Arc;
use tokio::sync::OnceCell;

/// A bucket of an S3 store, or a prefix of one. Clones share connections and what the probe found.
#[derive(Clone)]
pub struct S3Bucket {
    shared: Arc<Shared>,
}

struct Shared {
    /// Tries again by itself: for what may be repeated blindly.
    client: Client,
    /// Tries once: for what may not.
    client_once: Client,
    options: S3Options,
    /// The prefix with its closing `/`, or empty.
    prefix: String,
    location: String,
    /// The endpoint in use; `None` is AWS.
    endpoint: Option<String>,
    abilities: Arc<OnceCell<Abilities>>,
}

impl S3Bucket {
    /// Resolves endpoint, region and credentials from `options` and the usual AWS environment. It
    /// sends no request to the store: the first operation, or [`Bucket::capabilities`], tells whether
    /// the bucket is there and may be used.
    ///
    /// Fails when the options contradict each other or no region is known.
    pub async fn connect(options: S3Options) -> Result<Self, Error> {
        let location = location_of(&options.bucket, &options.prefix);
        let unusable =
            |message| Error::new(ErrorKind::Unsupported, "connect", &location, "", message);
        options.check().map_err(unusable)?;
        let connection = client::connect(&options).await.map_err(unusable)?;
        let shared = Shared {
            client: connection.client,
            client_once: connection.client_once,
            endpoint: connection.endpoint,
            prefix: key::closed_prefix(&options.prefix),
            options,
            location,
            abilities: Arc::default(),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Another prefix of the same bucket, with the same options, connections and findings of the probe.
    /// Not for a prefix on which the credentials may do something else.
    pub fn at_prefix(&self, prefix: &str) -> Self {
        let options = S3Options { prefix: prefix.to_owned(), ..self.shared.options.clone() };
        let shared = Shared {
            client: self.shared.client.clone(),
            client_once: self.shared.client_once.clone(),
            endpoint: self.shared.endpoint.clone(),
            prefix: key::closed_prefix(prefix),
            location: location_of(&options.bucket, prefix),
            options,
            abilities: Arc::clone(&self.shared.abilities),
        };
        Self { shared: Arc::new(shared) }
    }

    fn client(&self) -> &Client {
        &self.shared.client
    }

    fn client_once(&self) -> &Client {
        &self.shared.client_once
    }

    fn options(&self) -> &S3Options {
        &self.shared.options
    }

    fn bucket(&self) -> &str {
        &self.shared.options.bucket
    }

    fn owner(&self) -> Option<String> {
        self.shared.options.expected_bucket_owner.clone()
    }

    /// The key as the store knows it.
    fn full_key(&self, key: &str) -> String {
        format!("{}{key}", self.shared.prefix)
    }

    /// Whether the two are served by one store, with one set of credentials, so that it can copy
    /// between them by itself.
    fn shares_store_with(&self, other: &S3Bucket) -> bool {
        self.shared.endpoint == other.shared.endpoint
            && self.shared.options.profile == other.shared.options.profile
    }

    /// An error that this code found itself.
    fn fail(
        &self,
        kind: ErrorKind,
        operation: &'static str,
        key: &str,
        message: impl Into<String>,
    ) -> Error {
        Error::new(kind, operation, &self.shared.location, key, message)
    }

    /// An error that the client reported.
    fn failed<E>(
        &self,
        operation: &'static str,
        key: &str,
        failure: SdkError<E, HttpResponse>,
    ) -> Error
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        failure::error(operation, &self.shared.location, key, failure)
    }

    /// Refuses a key that this store would not keep as it is.
    async fn check_key(&self, operation: &'static str, key: &str) -> Result<(), Error> {
        if let Some(why) = key::why_not_a_key(&self.shared.prefix, key) {
            return Err(self.fail(ErrorKind::KeyNotRepresentable, operation, key, why));
        }
        if key::is_folded_by_paths(&self.full_key(key))
            && self.abilities().await?.seen.exact_keys == Support::No
        {
            let why = "this store does not keep keys with empty, `.` or `..` segments as they are";
            return Err(self.fail(ErrorKind::KeyNotRepresentable, operation, key, why));
        }
        Ok(())
    }

    /// Refuses a key that can not be written as it is, or that is not the caller's to write.
    async fn check_new_key(&self, operation: &'static str, key: &str) -> Result<(), Error> {
        let refuse = |why| Err(self.fail(ErrorKind::KeyNotRepresentable, operation, key, why));
        if key.starts_with(key::RESERVED_PREFIX) {
            return refuse("keys of this name are Lakegate's own and never listed");
        }
        self.check_key(operation, key).await?;
        // Such a store takes the key for a folder and drops bytes and tags without a word.
        if key.ends_with('/') && self.abilities().await?.seen.exact_keys == Support::No {
            return refuse("this store keeps neither bytes nor tags under a key that ends in `/`");
        }
        Ok(())
    }

    /// Waits before try number `attempt` + 1: doubling, bounded, between half and all of the time.
    async fn pause_after(&self, attempt: u32) {
        let doubled = self.options().backoff.saturating_mul(1 << attempt.saturating_sub(1).min(16));
        let longest = doubled.min(self.options().backoff_max);
        tokio::time::sleep(longest.mul_f64(0.5 + fastrand::f64() / 2.0)).await;
    }
}

fn location_of(bucket: &str, prefix: &str) -> String {
    match prefix.trim_end_matches('/') {
        "" => format!("s3://{bucket}"),
        prefix => format!("s3://{bucket}/{prefix}"),
    }
}

/// An ETag without its quotes.
fn bare_etag(etag: Option<&str>) -> &str {
    etag.unwrap_or_default().trim_matches('"')
}

/// An ETag as conditions carry it.
fn quoted_etag(etag: &str) -> String {
    format!("\"{etag}\"")
}

#[async_trait::async_trait]
impl Bucket for S3Bucket {
    fn location(&self) -> &str {
        &self.shared.location
    }

    async fn capabilities(&self) -> Result<Capabilities, Error> {
        Ok(self.abilities().await?.seen.clone())
    }

    async fn list(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<ListPage, Error> {
        self.list_page(prefix, after, limit).await
    }

    async fn head(&self, key: &str) -> Result<Head, Error> {
        self.head_object(key).await
    }

    async fn read(&self, object: &ObjectRef) -> Result<Body, Error> {
        self.read_object(object).await
    }

    async fn tags(&self, object: &ObjectRef) -> Result<Tags, Error> {
        self.tags_of_object(object).await
    }

    fn fitting_tags(&self, tags: &Tags) -> (Tags, Vec<String>) {
        tags::fit(tags)
    }

    async fn set_tags(&self, object: &ObjectRef, tags: &Tags) -> Result<(), Error> {
        self.replace_tags(object, tags).await
    }

    async fn put(
        &self,
        key: &str,
        body: Body,
        size_bytes: Option<u64>,
        options: PutOptions,
    ) -> Result<ObjectRef, Error> {
        self.put_object(key, body, size_bytes, options).await
    }

    async fn transfer(
        &self,
        source: &ObjectRef,
        destination: &dyn Bucket,
        key: &str,
        tags: &Tags,
    ) -> Result<Transferred, Error> {
        self.transfer_object(source, destination, key, tags).await
    }

    async fn delete(&self, object: &ObjectRef) -> Result<(), Error> {
        self.delete_object(object).await
    }

    async fn sync(&self) -> Result<(), Error> {
        Ok(())
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}
