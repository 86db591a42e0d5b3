//! A bucket in memory, for tests and simulations: it behaves as an S3 bucket without versions.
//!
//! It has no clock and no randomness of its own; two buckets that saw the same calls are equal. It must
//! never be offered as a zone of a real flow.

use crate::bucket::{
    Body, Bucket, Capabilities, Head, ListPage, PutOptions, SourceAfter, Support, Transferred,
};
use crate::error::{Error, ErrorKind};
use crate::stream_copy;
use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt, stream};
use lakegate_core::object::{ObjectRef, TAG_WORKFLOW_ID, Tags};
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Bodies are handed out in pieces of this size, so that readers meet more than one.
const CHUNK_BYTES: usize = 64 * 1024;

/// What one key holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemoryObject {
    /// The bytes.
    pub body: Bytes,
    /// The tags.
    pub tags: Tags,
    /// User metadata.
    pub metadata: Tags,
    /// Content type.
    pub content_type: Option<String>,
    /// A new one for every write, even of the same bytes.
    pub etag: String,
    /// When it was written, by [`MemoryBucket::set_time_ms`].
    pub modified_ms: i64,
}

impl MemoryObject {
    fn object(&self, key: &str) -> ObjectRef {
        ObjectRef {
            key: key.to_owned(),
            version: None,
            etag: self.etag.clone(),
            size_bytes: self.body.len() as u64,
            modified_ms: self.modified_ms,
        }
    }
}

/// A bucket in memory. Clones are the same bucket, so that one outlives a gate that is killed.
#[derive(Clone, Debug)]
pub struct MemoryBucket {
    location: String,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    objects: BTreeMap<String, MemoryObject>,
    writes: u64,
    time_ms: i64,
}

impl State {
    fn write(&mut self, key: &str, body: Bytes, options: PutOptions) -> ObjectRef {
        self.writes += 1;
        let object = MemoryObject {
            body,
            tags: options.tags,
            metadata: options.metadata,
            content_type: options.content_type,
            etag: format!("{:016x}", self.writes),
            modified_ms: self.time_ms,
        };
        let reference = object.object(key);
        self.objects.insert(key.to_owned(), object);
        reference
    }
}

impl MemoryBucket {
    /// An empty bucket that reports `memory://name` as its location.
    pub fn new(name: &str) -> Self {
        Self { location: format!("memory://{name}"), state: Arc::default() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Every change is complete before the guard goes: a poisoned state is still a true one.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn failed(&self, kind: ErrorKind, operation: &'static str, key: &str, message: &str) -> Error {
        Error::new(kind, operation, &self.location, key, message)
    }

    /// Sets the time of all later writes, in milliseconds since 1970; 0 until then.
    pub fn set_time_ms(&self, time_ms: i64) {
        self.lock().time_ms = time_ms;
    }

    /// Acts as a producer: writes an object, over whatever the key holds.
    pub fn insert(&self, key: &str, body: impl Into<Bytes>) -> ObjectRef {
        self.lock().write(key, body.into(), PutOptions::default())
    }

    /// Acts as a producer who gives tags and metadata.
    pub fn insert_with(&self, key: &str, body: impl Into<Bytes>, options: PutOptions) -> ObjectRef {
        self.lock().write(key, body.into(), options)
    }

    /// Acts as a producer, or a thief: removes what the key holds.
    pub fn remove(&self, key: &str) -> Option<MemoryObject> {
        self.lock().objects.remove(key)
    }

    /// What the key holds.
    pub fn get(&self, key: &str) -> Option<MemoryObject> {
        self.lock().objects.get(key).cloned()
    }

    /// Everything in the bucket, by key.
    pub fn snapshot(&self) -> BTreeMap<String, MemoryObject> {
        self.lock().objects.clone()
    }

    /// All keys, in order.
    pub fn keys(&self) -> Vec<String> {
        self.lock().objects.keys().cloned().collect()
    }

    /// Finds the named instance among the objects.
    fn instance<'a>(
        &self,
        state: &'a mut State,
        operation: &'static str,
        object: &ObjectRef,
    ) -> Result<&'a mut MemoryObject, Error> {
        match state.objects.get_mut(&object.key) {
            None => Err(self.failed(ErrorKind::NotFound, operation, &object.key, "no such object")),
            Some(found) if found.etag != object.etag => {
                Err(self.failed(ErrorKind::Changed, operation, &object.key, "another object"))
            }
            Some(found) => Ok(found),
        }
    }

    fn copy_within(
        &self,
        source: &ObjectRef,
        destination: &Self,
        key: &str,
        tags: &Tags,
    ) -> Result<Transferred, Error> {
        let found = self.instance(&mut self.lock(), "transfer", source).cloned();
        let mut state = destination.lock();
        let body = found.as_ref().ok().map(|object| &object.body);
        let own = state.objects.get(key).map(|standing| {
            standing.tags.get(TAG_WORKFLOW_ID) == tags.get(TAG_WORKFLOW_ID)
                && standing.body.len() as u64 == source.size_bytes
                && body.is_none_or(|body| *body == standing.body)
        });
        let remains = if found.is_ok() { SourceAfter::Remains } else { SourceAfter::Gone };
        let object = match (own, found) {
            (Some(true), _) => match state.objects.get_mut(key) {
                Some(standing) => {
                    standing.tags.clone_from(tags);
                    standing.object(key)
                }
                None => return Err(self.failed(ErrorKind::NotFound, "transfer", key, "vanished")),
            },
            (_, Err(error)) => return Err(error),
            (Some(false), Ok(_)) => {
                let message = "another object stands there";
                return Err(destination.failed(ErrorKind::Collision, "transfer", key, message));
            }
            (None, Ok(found)) => {
                let options = PutOptions {
                    tags: tags.clone(),
                    metadata: found.metadata,
                    content_type: found.content_type,
                    replace: false,
                };
                state.write(key, found.body, options)
            }
        };
        Ok(Transferred { object, source: remains, notes: Vec::new() })
    }
}

#[async_trait::async_trait]
impl Bucket for MemoryBucket {
    fn location(&self) -> &str {
        &self.location
    }

    async fn capabilities(&self) -> Result<Capabilities, Error> {
        Ok(Capabilities {
            tags: Support::Yes,
            copy_replaces_tags: Support::Yes,
            put_if_absent: Support::Yes,
            copy_if_absent: Support::Yes,
            copy_if_source_matches: Support::Yes,
            delete_if_matches: Support::Yes,
            versions: Support::No,
            checksums: Support::No,
            exact_keys: Support::Yes,
            fallbacks: Vec::new(),
            refusals: Vec::new(),
        })
    }

    async fn list(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<ListPage, Error> {
        let state = self.lock();
        let start = match after {
            Some(after) if after >= prefix => Bound::Excluded(after),
            _ => Bound::Included(prefix),
        };
        let mut matching = state
            .objects
            .range::<str, _>((start, Bound::Unbounded))
            .take_while(|(key, _)| key.starts_with(prefix))
            .map(|(key, object)| object.object(key));
        let objects: Vec<ObjectRef> = matching.by_ref().take(limit.max(1)).collect();
        let more = matching.next().is_some();
        let next = objects.last().filter(|_| more).map(|object| object.key.clone());
        Ok(ListPage { objects, next, skipped: Vec::new() })
    }

    async fn head(&self, key: &str) -> Result<Head, Error> {
        match self.lock().objects.get(key) {
            None => Err(self.failed(ErrorKind::NotFound, "head", key, "no such object")),
            Some(found) => Ok(Head {
                object: found.object(key),
                metadata: found.metadata.clone(),
                content_type: found.content_type.clone(),
                storage_class: None,
            }),
        }
    }

    async fn read(&self, object: &ObjectRef) -> Result<Body, Error> {
        let mut body = self.instance(&mut self.lock(), "read", object)?.body.clone();
        let chunks = std::iter::from_fn(move || {
            let length = body.len().min(CHUNK_BYTES);
            (length > 0).then(|| Ok(body.split_to(length)))
        });
        Ok(stream::iter(chunks).boxed())
    }

    async fn tags(&self, object: &ObjectRef) -> Result<Tags, Error> {
        Ok(self.instance(&mut self.lock(), "tags", object)?.tags.clone())
    }

    async fn set_tags(&self, object: &ObjectRef, tags: &Tags) -> Result<(), Error> {
        self.instance(&mut self.lock(), "set_tags", object)?.tags.clone_from(tags);
        Ok(())
    }

    async fn put(
        &self,
        key: &str,
        mut body: Body,
        size_bytes: Option<u64>,
        options: PutOptions,
    ) -> Result<ObjectRef, Error> {
        let mut bytes = BytesMut::new();
        while let Some(chunk) = body.next().await {
            bytes.extend_from_slice(&chunk?);
        }
        if size_bytes.is_some_and(|expected| expected != bytes.len() as u64) {
            let message = "the body does not have the size that was announced";
            return Err(self.failed(ErrorKind::VerificationFailed, "put", key, message));
        }
        let mut state = self.lock();
        if !options.replace && state.objects.contains_key(key) {
            let message = "another object stands there";
            return Err(self.failed(ErrorKind::Collision, "put", key, message));
        }
        Ok(state.write(key, bytes.freeze(), options))
    }

    async fn transfer(
        &self,
        source: &ObjectRef,
        destination: &dyn Bucket,
        key: &str,
        tags: &Tags,
    ) -> Result<Transferred, Error> {
        let Some(destination) = destination.as_any().downcast_ref::<Self>() else {
            return stream_copy::copy(self, source, destination, key, tags).await;
        };
        stream_copy::require_workflow_id(self, source, tags)?;
        self.copy_within(source, destination, key, tags)
    }

    async fn delete(&self, object: &ObjectRef) -> Result<(), Error> {
        let mut state = self.lock();
        match self.instance(&mut state, "delete", object) {
            Ok(_) => {
                state.objects.remove(&object.key);
                Ok(())
            }
            Err(error) if error.kind == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn sync(&self) -> Result<(), Error> {
        Ok(())
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::{Pair, run_all};
    use crate::fault::{FaultyBucket, NoFaults};
    use crate::folder::{FolderBucket, FolderOptions};

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn memory_keeps_the_contract() {
        let make = || async { Pair::new(MemoryBucket::new("a"), MemoryBucket::new("b"), ()) };
        assert!(run_all(make).await.skipped.is_empty());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn memory_without_faults_keeps_the_contract() {
        let faultless =
            |name| FaultyBucket::new(Arc::new(MemoryBucket::new(name)), Arc::new(NoFaults));
        let make = || async { Pair::new(faultless("a"), faultless("b"), ()) };
        assert!(run_all(make).await.skipped.is_empty());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn memory_and_a_folder_keep_the_contract() {
        let make = |memory_first: bool| async move {
            let directory = tempfile::tempdir().unwrap();
            let folder = FolderBucket::open(directory.path(), FolderOptions::default()).unwrap();
            let memory = MemoryBucket::new("memory");
            match memory_first {
                true => Pair::new(memory, folder, directory),
                false => Pair::new(folder, memory, directory),
            }
        };
        assert!(run_all(|| make(true)).await.skipped.is_empty());
        assert!(run_all(|| make(false)).await.skipped.is_empty());
    }
}
