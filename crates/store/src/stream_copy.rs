//! A verified copy between any two stores: read, write, read back, compare.
//!
//! It is what every pair of different stores uses. It must never report a copy that it has not read
//! back, and never take another object for its own earlier result.

use crate::bucket::{Body, Bucket, Head, PutOptions, SourceAfter, Transferred};
use crate::error::{Error, ErrorKind};
use futures_util::StreamExt;
use lakegate_core::object::{ObjectRef, TAG_WORKFLOW_ID, Tags};
use std::sync::{Arc, Mutex, PoisonError};

/// Copies `source`, an object of `from`, to `key` of `to`, by the contract of [`Bucket::transfer`].
///
/// # Errors
/// As [`Bucket::transfer`]; `VerificationFailed` when the copy does not read back as it was sent. Such
/// a copy is removed again.
pub async fn copy(
    from: &dyn Bucket,
    source: &ObjectRef,
    to: &dyn Bucket,
    key: &str,
    tags: &Tags,
) -> Result<Transferred, Error> {
    let (fitting, notes) = to.fitting_tags(tags);
    require_workflow_id(from, source, &fitting)?;
    let copy = Copy { from, source, to, key, tags: &fitting };
    let done = copy.carry_out().await?;
    Ok(Transferred { notes, ..done })
}

/// Refuses tags by which a transfer could not recognise its own result.
pub(crate) fn require_workflow_id(
    from: &dyn Bucket,
    source: &ObjectRef,
    tags: &Tags,
) -> Result<(), Error> {
    if tags.contains_key(TAG_WORKFLOW_ID) {
        return Ok(());
    }
    let message = format!("the tags of a transfer must hold {TAG_WORKFLOW_ID}");
    Err(failed(ErrorKind::Unsupported, from, &source.key, message))
}

fn failed(kind: ErrorKind, bucket: &dyn Bucket, key: &str, message: impl Into<String>) -> Error {
    Error::new(kind, "transfer", bucket.location(), key, message)
}

struct Copy<'a> {
    from: &'a dyn Bucket,
    source: &'a ObjectRef,
    to: &'a dyn Bucket,
    key: &'a str,
    /// The tags, as many as the destination can hold.
    tags: &'a Tags,
}

/// What is known of the bytes that went through a stream.
#[derive(Default)]
struct Passed {
    hasher: blake3::Hasher,
    failure: Option<ErrorKind>,
}

impl Copy<'_> {
    async fn carry_out(&self) -> Result<Transferred, Error> {
        match self.source_head().await {
            Ok(head) => self.run(&head).await,
            Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Changed) => {
                // The source may be gone because an earlier try had finished.
                match self.earlier_result().await? {
                    Some(object) => self.done(object, SourceAfter::Gone).await,
                    None => Err(error),
                }
            }
            Err(error) => Err(error),
        }
    }

    async fn source_head(&self) -> Result<Head, Error> {
        let head = self.from.head(&self.source.key).await?;
        if self.source.is_same_instance(&head.object) {
            return Ok(head);
        }
        let message = "the key holds another object now";
        Err(failed(ErrorKind::Changed, self.from, &self.source.key, message))
    }

    async fn run(&self, head: &Head) -> Result<Transferred, Error> {
        let passed = Arc::new(Mutex::new(Passed::default()));
        let body = watch(self.from.read(self.source).await?, &passed);
        let options = PutOptions {
            tags: self.tags.clone(),
            metadata: head.metadata.clone(),
            content_type: head.content_type.clone(),
            replace: false,
        };
        let put = self.to.put(self.key, body, Some(self.source.size_bytes), options).await;
        let passed = {
            let passed = passed.lock().unwrap_or_else(PoisonError::into_inner);
            (passed.hasher.finalize(), passed.failure)
        };
        match (put, passed) {
            (Ok(object), (sent, _)) => {
                self.verify(&object, sent).await?;
                Ok(Transferred { object, source: SourceAfter::Remains, notes: Vec::new() })
            }
            // The destination may report a body that broke off in its own words.
            (Err(error), (_, Some(kind))) if error.kind != kind => {
                let message = "the source could not be read to its end";
                Err(failed(kind, self.from, &self.source.key, message).caused_by(error))
            }
            (Err(error), _) if error.kind == ErrorKind::Collision => {
                match self.earlier_result_of_standing_source().await? {
                    Some(object) => self.done(object, SourceAfter::Remains).await,
                    None => Err(error),
                }
            }
            (Err(error), _) => Err(error),
        }
    }

    /// Reads the copy back. A copy that is not what was sent is removed.
    async fn verify(&self, object: &ObjectRef, sent: blake3::Hash) -> Result<(), Error> {
        let same_bytes = object.size_bytes == self.source.size_bytes
            && hash(self.to.read(object).await?).await? == sent;
        let wrong = if !same_bytes {
            "the copy read back differs from what was sent"
        } else if self.to.tags(object).await? != *self.tags {
            "the copy does not have the tags that it was given"
        } else {
            return Ok(());
        };
        // Should this fail too, the next try finds the copy and reports a collision: nothing is lost.
        let _ = self.to.delete(object).await;
        Err(failed(ErrorKind::VerificationFailed, self.to, self.key, wrong))
    }

    /// The object at the destination, if it has this transfer's run and size.
    async fn earlier_result(&self) -> Result<Option<ObjectRef>, Error> {
        let standing = match self.to.head(self.key).await {
            Err(error) if error.kind == ErrorKind::NotFound => return Ok(None),
            answer => answer?.object,
        };
        if standing.size_bytes != self.source.size_bytes {
            return Ok(None);
        }
        let tags = self.to.tags(&standing).await?;
        let same_run = tags.get(TAG_WORKFLOW_ID) == self.tags.get(TAG_WORKFLOW_ID);
        Ok(same_run.then_some(standing))
    }

    /// The same, with the bytes compared, which is possible while the source stands.
    async fn earlier_result_of_standing_source(&self) -> Result<Option<ObjectRef>, Error> {
        let Some(standing) = self.earlier_result().await? else {
            return Ok(None);
        };
        let there = hash(self.to.read(&standing).await?).await?;
        let here = hash(self.from.read(self.source).await?).await?;
        Ok((there == here).then_some(standing))
    }

    /// The copy stands; makes sure of its tags.
    async fn done(&self, object: ObjectRef, source: SourceAfter) -> Result<Transferred, Error> {
        if self.to.tags(&object).await? != *self.tags {
            self.to.set_tags(&object, self.tags).await?;
        }
        Ok(Transferred { object, source, notes: Vec::new() })
    }
}

/// Hashes a body on its way and notes whether it broke off.
fn watch(body: Body, passed: &Arc<Mutex<Passed>>) -> Body {
    let passed = Arc::clone(passed);
    body.inspect(move |chunk| {
        let mut passed = passed.lock().unwrap_or_else(PoisonError::into_inner);
        match chunk {
            Ok(chunk) => {
                passed.hasher.update(chunk);
            }
            Err(error) => passed.failure = Some(error.kind),
        }
    })
    .boxed()
}

async fn hash(mut body: Body) -> Result<blake3::Hash, Error> {
    let mut hasher = blake3::Hasher::new();
    while let Some(chunk) = body.next().await {
        hasher.update(&chunk?);
    }
    Ok(hasher.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bucket::{Capabilities, ListPage};
    use crate::fault::{Fault, FaultPoint, FaultyBucket, Moment};
    use crate::memory::MemoryBucket;
    use bytes::Bytes;

    fn tags() -> Tags {
        Tags::from([(TAG_WORKFLOW_ID.to_owned(), "r1".to_owned())])
    }

    /// A store that says it wrote what it was given, and wrote something else.
    struct LyingBucket {
        inner: MemoryBucket,
        spoil: fn(&mut Vec<u8>, &mut PutOptions),
    }

    #[async_trait::async_trait]
    impl Bucket for LyingBucket {
        fn location(&self) -> &str {
            "lies"
        }
        async fn capabilities(&self) -> Result<Capabilities, Error> {
            self.inner.capabilities().await
        }
        async fn list(
            &self,
            prefix: &str,
            after: Option<&str>,
            limit: usize,
        ) -> Result<ListPage, Error> {
            self.inner.list(prefix, after, limit).await
        }
        async fn head(&self, key: &str) -> Result<Head, Error> {
            self.inner.head(key).await
        }
        async fn read(&self, object: &ObjectRef) -> Result<Body, Error> {
            self.inner.read(object).await
        }
        async fn tags(&self, object: &ObjectRef) -> Result<Tags, Error> {
            self.inner.tags(object).await
        }
        async fn set_tags(&self, object: &ObjectRef, tags: &Tags) -> Result<(), Error> {
            self.inner.set_tags(object, tags).await
        }
        async fn put(
            &self,
            key: &str,
            body: Body,
            _size_bytes: Option<u64>,
            mut options: PutOptions,
        ) -> Result<ObjectRef, Error> {
            let chunks: Vec<Result<Bytes, Error>> = body.collect().await;
            let mut bytes = Vec::new();
            for chunk in chunks {
                bytes.extend_from_slice(&chunk?);
            }
            (self.spoil)(&mut bytes, &mut options);
            Ok(self.inner.insert_with(key, bytes, options))
        }
        async fn transfer(
            &self,
            source: &ObjectRef,
            destination: &dyn Bucket,
            key: &str,
            tags: &Tags,
        ) -> Result<Transferred, Error> {
            copy(self, source, destination, key, tags).await
        }
        async fn delete(&self, object: &ObjectRef) -> Result<(), Error> {
            self.inner.delete(object).await
        }
        async fn sync(&self) -> Result<(), Error> {
            self.inner.sync().await
        }
        fn as_any(&self) -> &dyn std::any::Any {
            self
        }
    }

    #[tokio::test]
    async fn a_copy_that_is_not_what_was_sent_is_removed() {
        let spoils: [fn(&mut Vec<u8>, &mut PutOptions); 4] = [
            |bytes, _| bytes[3] ^= 1,
            |bytes, _| bytes.truncate(4),
            |_, options| options.tags.clear(),
            |_, options| {
                options.tags.insert("extra".to_owned(), "1".to_owned());
            },
        ];
        for spoil in spoils {
            let from = MemoryBucket::new("from");
            let source = from.insert("key", "bytes");
            let to = LyingBucket { inner: MemoryBucket::new("to"), spoil };
            let answer = from.transfer(&source, &to, "r1/key", &tags()).await;
            assert_eq!(answer.unwrap_err().kind, ErrorKind::VerificationFailed);
            assert!(to.inner.keys().is_empty());
            assert!(from.get("key").is_some());
        }
    }

    #[tokio::test]
    async fn a_source_that_breaks_off_is_reported_as_it_was() {
        let memory = MemoryBucket::new("from");
        let source = memory.insert("key", vec![1; 200_000]);
        let plan = |point: &FaultPoint<'_>| match point.moment {
            Moment::Midway { bytes } if bytes > 100_000 => Fault::Fail(ErrorKind::Changed),
            _ => Fault::Proceed,
        };
        let from = FaultyBucket::new(std::sync::Arc::new(memory), std::sync::Arc::new(plan));
        let to = MemoryBucket::new("to");
        let answer = copy(&from, &source, &to, "r1/key", &tags()).await;
        assert_eq!(answer.unwrap_err().kind, ErrorKind::Changed);
        assert!(to.keys().is_empty());
    }
}
