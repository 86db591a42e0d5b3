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
