//! The one abstraction over stores, with the types that cross it.

use crate::error::Error;
use bytes::Bytes;
use futures_util::stream::BoxStream;
use lakegate_core::object::{ObjectRef, Tags};

/// A stream of an object's bytes, in order.
pub type Body = BoxStream<'static, Result<Bytes, Error>>;

/// One page of a listing.
#[derive(Debug, Default)]
pub struct ListPage {
    /// Objects in the order of the listing.
    pub objects: Vec<ObjectRef>,
    /// Hand this to the next call as `after`; `None` on the last page.
    pub next: Option<String>,
    /// What stands there and cannot be an object, such as a symbolic link.
    pub skipped: Vec<Skipped>,
}

/// An entry that a listing could not turn into an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Its name as far as it can be written.
    pub name: String,
    /// Why, for a person.
    pub reason: String,
}

/// What a store tells of one object without its bytes.
#[derive(Clone, Debug)]
pub struct Head {
    /// The instance that the key holds now.
    pub object: ObjectRef,
    /// User metadata (on S3 the `x-amz-meta-` headers, without that prefix).
    pub metadata: Tags,
    /// Content type, where known.
    pub content_type: Option<String>,
    /// Storage class as the store names it; `None` for the standard one.
    pub storage_class: Option<String>,
}

/// How to write a new object.
#[derive(Clone, Debug, Default)]
pub struct PutOptions {
    /// Tags it is born with.
    pub tags: Tags,
    /// User metadata.
    pub metadata: Tags,
    /// Content type.
    pub content_type: Option<String>,
    /// Replace what the key holds. `false`, the default, fails with `Collision` where the key is taken.
    pub replace: bool,
}

/// Whether the source still exists after a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceAfter {
    /// The transfer was a rename, or an earlier try had already finished: there is nothing to delete.
    Gone,
    /// The bytes stand in both places: delete the source once the ledger knows the copy.
    Remains,
}

/// A verified copy.
#[derive(Clone, Debug)]
pub struct Transferred {
    /// The copy, as the destination knows it.
    pub object: ObjectRef,
    /// What became of the source.
    pub source: SourceAfter,
    /// What is worth recording, such as a tag that did not fit; usually empty.
    pub notes: Vec<String>,
}

/// Whether a store can do something, as found by trying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// It did, with the right effect.
    Yes,
    /// It refused, or answered well and did not do it.
    No,
    /// It was not tried (a read-only bucket).
    Unknown,
}

/// What one store can do, found by the probe with a canary object and not by its word.
#[derive(Clone, Debug)]
pub struct Capabilities {
    /// Tags survive a round trip.
    pub tags: Support,
    /// A copy can be given new tags in the same call.
    pub copy_replaces_tags: Support,
    /// A put fails where the key is taken.
    pub put_if_absent: Support,
    /// A copy fails where the destination key is taken.
    pub copy_if_absent: Support,
    /// A copy fails when the source is not the one named.
    pub copy_if_source_matches: Support,
    /// A delete spares an object that is not the one named.
    pub delete_if_matches: Support,
    /// The bucket keeps versions.
    pub versions: Support,
    /// Checksums are returned with an object's head.
    pub checksums: Support,
    /// Keys such as `a//b` are kept apart from `a/b`.
    pub exact_keys: Support,
    /// What is done instead of each missing ability, or why the bucket is refused, in words.
    pub fallbacks: Vec<String>,
    /// Why this bucket must not be used for a zone that Lakegate writes; empty when it may.
    pub refusals: Vec<String>,
}

/// A bucket, or a prefix of one: the place of one zone.
///
/// All keys are relative to the bucket's prefix. Every method is safe to repeat.
#[async_trait::async_trait]
pub trait Bucket: Send + Sync {
    /// Where it is, for people: a folder's path or `s3://bucket/prefix`. Holds no credentials.
    fn location(&self) -> &str;

    /// Finds out what the store can do, with a canary object under a reserved key that it removes
    /// again. The first answer is kept.
    async fn capabilities(&self) -> Result<Capabilities, Error>;

    /// Lists objects whose keys start with `prefix`, in a stable order, beginning after the position
    /// `after`; at most `limit` of them. The reserved keys of Lakegate are not listed.
    async fn list(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<ListPage, Error>;

    /// What the key holds now.
    async fn head(&self, key: &str) -> Result<Head, Error>;

    /// The bytes of exactly this instance. Fails with `Changed`, at the start or midway, when the key
    /// holds another.
    async fn read(&self, object: &ObjectRef) -> Result<Body, Error>;

    /// The object's tags; empty where it has none.
    async fn tags(&self, object: &ObjectRef) -> Result<Tags, Error>;

    /// The tags of a set that this store can hold, and a note for each that it can not. All of them,
    /// unless the store has limits.
    fn fitting_tags(&self, tags: &Tags) -> (Tags, Vec<String>) {
        (tags.clone(), Vec::new())
    }

    /// Replaces the object's tags by this whole set, or what of it fits.
    async fn set_tags(&self, object: &ObjectRef, tags: &Tags) -> Result<(), Error>;

    /// Writes an object; `size_bytes` is the body's length where it is known.
    async fn put(
        &self,
        key: &str,
        body: Body,
        size_bytes: Option<u64>,
        options: PutOptions,
    ) -> Result<ObjectRef, Error>;

    /// Makes a verified copy of `source` (an object of this bucket) under `key` of `destination`,
    /// with exactly the [`Bucket::fitting_tags`] of `tags`, with all metadata of the source, overwriting nothing.
    ///
    /// `tags` must hold `WorkflowId`: an object at the destination with the same `WorkflowId`, size
    /// and content is this transfer's own earlier result and counts as done, even when the source is
    /// gone by now. Anything else at the destination is `Collision`. A source that is another
    /// instance is `Changed`, a missing one (with no copy at the destination) is `NotFound`.
    async fn transfer(
        &self,
        source: &ObjectRef,
        destination: &dyn Bucket,
        key: &str,
        tags: &Tags,
    ) -> Result<Transferred, Error>;

    /// Deletes exactly this instance; one that is gone already is success. Fails with `Changed`, and
    /// deletes nothing, when the key holds another instance.
    async fn delete(&self, object: &ObjectRef) -> Result<(), Error>;

    /// Makes all that was done so far survive a power failure. S3 has nothing to do here.
    async fn sync(&self) -> Result<(), Error>;

    /// For downcasting: a transfer within one kind of store takes a short cut.
    fn as_any(&self) -> &dyn std::any::Any;
}
