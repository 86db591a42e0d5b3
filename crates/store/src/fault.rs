//! Faults on demand around any bucket: errors, replies that are lost after the effect, bodies that
//! break off, and crashes.
//!
//! For tests and simulations. A plan decides at every point; the same plan gives the same faults.

use crate::bucket::{Body, Bucket, Capabilities, Head, ListPage, PutOptions, Transferred};
use crate::error::{Error, ErrorKind};
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream;
use lakegate_core::object::{ObjectRef, Tags};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// When in an operation a plan is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Nothing has happened yet.
    Before,
    /// The effect is done, and the caller does not know.
    After,
    /// So many bytes of a body have passed.
    Midway {
        /// Bytes that passed, the last chunk's included.
        bytes: u64,
    },
}

/// One point at which something can go wrong.
#[derive(Clone, Copy, Debug)]
pub struct FaultPoint<'a> {
    /// The bucket's location.
    pub location: &'a str,
    /// The trait's method, such as `transfer`; `read.body` and `put.body` for bodies on their way.
    pub operation: &'static str,
    /// The object's key (the prefix of a listing); empty for `capabilities` and `sync`.
    pub key: &'a str,
    /// Before, after or midway.
    pub moment: Moment,
    /// Which call of this operation on this bucket it is, from 1.
    pub call: u64,
}

/// What happens at a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing out of the ordinary.
    Proceed,
    /// The operation fails with this kind.
    Fail(ErrorKind),
    /// The process dies here, in the way [`FaultPlan::crash`] says.
    Crash,
}

/// Decides what goes wrong.
pub trait FaultPlan: Send + Sync {
    /// What happens at this point.
    fn decide(&self, point: &FaultPoint<'_>) -> Fault;

    /// Dies: kills the process, or panics, or never resolves, so that the test drops the whole future.
    /// The last is the default. If it resolves, the operation fails with `Unavailable`.
    fn crash(&self) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }
}

impl<F: Fn(&FaultPoint<'_>) -> Fault + Send + Sync> FaultPlan for F {
    fn decide(&self, point: &FaultPoint<'_>) -> Fault {
        self(point)
    }
}

/// The plan in which nothing goes wrong.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoFaults;

impl FaultPlan for NoFaults {
    fn decide(&self, _point: &FaultPoint<'_>) -> Fault {
        Fault::Proceed
    }
}

/// A bucket to which things happen. Clones share the bucket, the plan and the counts.
#[derive(Clone)]
pub struct FaultyBucket {
    inner: Arc<dyn Bucket>,
    plan: Arc<dyn FaultPlan>,
    calls: Arc<Mutex<BTreeMap<&'static str, u64>>>,
}

impl FaultyBucket {
    /// Puts `plan` around `inner`.
    pub fn new(inner: Arc<dyn Bucket>, plan: Arc<dyn FaultPlan>) -> Self {
        Self { inner, plan, calls: Arc::default() }
    }

    /// How often each operation was called so far.
    pub fn calls(&self) -> BTreeMap<&'static str, u64> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn begin(&self, operation: &'static str, key: &str) -> Watch {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let call = calls.entry(operation).or_default();
        *call += 1;
        Watch {
            plan: Arc::clone(&self.plan),
            location: self.inner.location().to_owned(),
            operation,
            key: key.to_owned(),
            call: *call,
        }
    }

    /// Runs an operation with the plan asked before and after.
    async fn run<T: Send>(
        &self,
        operation: &'static str,
        key: &str,
        work: impl Future<Output = Result<T, Error>> + Send,
    ) -> Result<T, Error> {
        let watch = self.begin(operation, key);
        watch.pass(Moment::Before).await?;
        let answer = work.await?;
        watch.pass(Moment::After).await?;
        Ok(answer)
    }

    fn watch_body(&self, operation: &'static str, key: &str, body: Body) -> Body {
        let watch = self.begin(operation, key);
        let state = Some((watch, body, 0u64));
        stream::unfold(state, |state| async move {
            let (watch, mut body, bytes) = state?;
            let chunk = match body.next().await? {
                Ok(chunk) => chunk,
                Err(error) => return Some((Err(error), None)),
            };
            let bytes = bytes + chunk.len() as u64;
            match watch.pass(Moment::Midway { bytes }).await {
                Ok(()) => Some((Ok(chunk), Some((watch, body, bytes)))),
                Err(error) => Some((Err(error), None)),
            }
        })
        .boxed()
    }
}

/// One call under the eyes of the plan.
struct Watch {
    plan: Arc<dyn FaultPlan>,
    location: String,
    operation: &'static str,
    key: String,
    call: u64,
}

impl Watch {
    async fn pass(&self, moment: Moment) -> Result<(), Error> {
        let point = FaultPoint {
            location: &self.location,
            operation: self.operation,
            key: &self.key,
            moment,
            call: self.call,
        };
        let kind = match self.plan.decide(&point) {
            Fault::Proceed => return Ok(()),
            Fault::Fail(kind) => kind,
            Fault::Crash => {
                self.plan.crash().await;
                ErrorKind::Unavailable
            }
        };
        let message = format!("an injected fault, {moment:?}");
        Err(Error::new(kind, self.operation, &self.location, &self.key, message))
    }
}

#[async_trait::async_trait]
impl Bucket for FaultyBucket {
    fn location(&self) -> &str {
        self.inner.location()
    }

    async fn capabilities(&self) -> Result<Capabilities, Error> {
        self.run("capabilities", "", self.inner.capabilities()).await
    }

    async fn list(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<ListPage, Error> {
        self.run("list", prefix, self.inner.list(prefix, after, limit)).await
    }

    async fn head(&self, key: &str) -> Result<Head, Error> {
        self.run("head", key, self.inner.head(key)).await
    }

    async fn read(&self, object: &ObjectRef) -> Result<Body, Error> {
        let body = self.run("read", &object.key, self.inner.read(object)).await?;
        Ok(self.watch_body("read.body", &object.key, body))
    }

    async fn tags(&self, object: &ObjectRef) -> Result<Tags, Error> {
        self.run("tags", &object.key, self.inner.tags(object)).await
    }

    fn fitting_tags(&self, tags: &Tags) -> (Tags, Vec<String>) {
        self.inner.fitting_tags(tags)
    }

    async fn set_tags(&self, object: &ObjectRef, tags: &Tags) -> Result<(), Error> {
        self.run("set_tags", &object.key, self.inner.set_tags(object, tags)).await
    }

    async fn put(
        &self,
        key: &str,
        body: Body,
        size_bytes: Option<u64>,
        options: PutOptions,
    ) -> Result<ObjectRef, Error> {
        let body = self.watch_body("put.body", key, body);
        self.run("put", key, self.inner.put(key, body, size_bytes, options)).await
    }

    async fn transfer(
        &self,
        source: &ObjectRef,
        destination: &dyn Bucket,
        key: &str,
        tags: &Tags,
    ) -> Result<Transferred, Error> {
        let transfer = self.inner.transfer(source, destination, key, tags);
        self.run("transfer", &source.key, transfer).await
    }

    async fn delete(&self, object: &ObjectRef) -> Result<(), Error> {
        self.run("delete", &object.key, self.inner.delete(object)).await
    }

    async fn sync(&self) -> Result<(), Error> {
        self.run("sync", "", self.inner.sync()).await
    }

    /// The bucket inside, so that a transfer within one kind of store still takes its short cut.
    fn as_any(&self) -> &dyn std::any::Any {
        self.inner.as_any()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bucket::SourceAfter;
    use crate::folder::{FolderBucket, FolderOptions};
    use crate::memory::MemoryBucket;
    use futures_util::FutureExt;
    use lakegate_core::object::TAG_WORKFLOW_ID;
    use std::sync::atomic::{AtomicU64, Ordering};

    fn tags() -> Tags {
        Tags::from([(TAG_WORKFLOW_ID.to_owned(), "r1".to_owned())])
    }

    /// Fails once, at the point of this number over all buckets that share the plan.
    struct FailAt {
        point: u64,
        passed: AtomicU64,
    }

    impl FailAt {
        fn new(point: u64) -> Arc<Self> {
            Arc::new(Self { point, passed: AtomicU64::new(0) })
        }
    }

    impl FaultPlan for FailAt {
        fn decide(&self, _point: &FaultPoint<'_>) -> Fault {
            match self.passed.fetch_add(1, Ordering::SeqCst) == self.point {
                true => Fault::Fail(ErrorKind::Unavailable),
                false => Fault::Proceed,
            }
        }
    }

    #[tokio::test]
    async fn a_plan_sees_every_point_and_its_faults_happen() {
        let memory = MemoryBucket::new("m");
        let object = memory.insert("key", vec![1; 200_000]);
        let plan = |point: &FaultPoint<'_>| match (point.operation, point.moment, point.call) {
            ("head", Moment::Before, 2) => Fault::Fail(ErrorKind::Denied),
            ("delete", Moment::After, 1) => Fault::Fail(ErrorKind::Unavailable),
            ("read.body", Moment::Midway { bytes: 131_072 }, 1) => Fault::Fail(ErrorKind::Io),
            _ => Fault::Proceed,
        };
        let bucket = FaultyBucket::new(Arc::new(memory.clone()), Arc::new(plan));
        assert!(bucket.head("key").await.is_ok());
        assert_eq!(bucket.head("key").await.unwrap_err().kind, ErrorKind::Denied);
        let chunks: Vec<_> = bucket.read(&object).await.unwrap().collect().await;
        let kinds: Vec<_> =
            chunks.iter().map(|chunk| chunk.as_ref().err().map(|e| e.kind)).collect();
        assert_eq!(kinds, [None, Some(ErrorKind::Io)]);
        assert_eq!(bucket.delete(&object).await.unwrap_err().kind, ErrorKind::Unavailable);
        assert!(memory.keys().is_empty(), "the effect of a lost reply is done");
        let calls: Vec<_> = bucket.calls().into_iter().collect();
        assert_eq!(calls, [("delete", 1), ("head", 2), ("read", 1), ("read.body", 1)]);
    }

    #[tokio::test]
    async fn a_crash_never_returns_unless_the_plan_does() {
        let plan = |_: &FaultPoint<'_>| Fault::Crash;
        let bucket = FaultyBucket::new(Arc::new(MemoryBucket::new("m")), Arc::new(plan));
        assert!(bucket.head("key").now_or_never().is_none());
    }

    #[tokio::test]
    async fn a_transfer_between_two_faulty_folders_is_a_rename() {
        let directory = tempfile::tempdir().unwrap();
        let faulty = |name| {
            let options = FolderOptions { create: true, ..Default::default() };
            let folder = FolderBucket::open(&directory.path().join(name), options).unwrap();
            FaultyBucket::new(Arc::new(folder), Arc::new(NoFaults))
        };
        let (raw, stage) = (faulty("raw"), faulty("stage"));
        std::fs::write(directory.path().join("raw/key"), "bytes").unwrap();
        let object = raw.head("key").await.unwrap().object;
        let moved = raw.transfer(&object, &stage, "key", &tags()).await.unwrap();
        assert_eq!(moved.source, SourceAfter::Gone);
    }

    /// Moves one object with a fault at the point of that number, then again without.
    /// `false` when there is no such point any more.
    async fn check_move(from: Arc<dyn Bucket>, to: Arc<dyn Bucket>, point: u64) -> bool {
        let body = stream::once(async { Ok(vec![7; 300_000].into()) }).boxed();
        let source = from.put("key", body, None, PutOptions::default()).await.unwrap();
        let plan = FailAt::new(point);
        let faulty_from = FaultyBucket::new(Arc::clone(&from), plan.clone());
        let faulty_to = FaultyBucket::new(Arc::clone(&to), plan.clone());
        let first = async {
            let moved = faulty_from.transfer(&source, &faulty_to, "r1/key", &tags()).await?;
            match moved.source {
                SourceAfter::Remains => faulty_from.delete(&source).await,
                SourceAfter::Gone => Ok(()),
            }
        };
        let failed = first.await.is_err();
        let moved = from.transfer(&source, &*to, "r1/key", &tags()).await.unwrap();
        from.delete(&source).await.unwrap();
        assert!(from.list("", None, 10).await.unwrap().objects.is_empty(), "point {point}");
        let listed = to.list("", None, 10).await.unwrap().objects;
        assert_eq!(listed.len(), 1, "point {point}");
        assert_eq!(listed[0].etag, moved.object.etag, "point {point}");
        assert_eq!(to.tags(&moved.object).await.unwrap(), tags(), "point {point}");
        assert_eq!(moved.object.size_bytes, 300_000);
        to.delete(&moved.object).await.unwrap();
        failed
    }

    #[tokio::test]
    async fn a_move_that_fails_anywhere_is_finished_by_repeating_it() {
        let directory = tempfile::tempdir().unwrap();
        let folder = FolderBucket::open(directory.path(), FolderOptions::default()).unwrap();
        let folder: Arc<dyn Bucket> = Arc::new(folder);
        let memory: Arc<dyn Bucket> = Arc::new(MemoryBucket::new("m"));
        let other: Arc<dyn Bucket> = Arc::new(MemoryBucket::new("n"));
        for (from, to) in [(&memory, &folder), (&folder, &memory), (&memory, &other)] {
            let mut point = 0;
            while check_move(Arc::clone(from), Arc::clone(to), point).await {
                point += 1;
            }
            assert!(point >= 4, "{} points only", point);
        }
    }
}
