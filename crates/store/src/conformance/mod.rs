//! The contract of [`Bucket`] as cases that every store must pass.
//!
//! A store's tests call [`run_all`] with a function that makes two fresh, empty buckets: objects are
//! put into the first and transferred to the second. The same two may be of different kinds.
//!
//! A case panics when an expectation fails; that is its answer, and why this module may unwrap.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod deletion;
mod keys;
mod listing;
mod objects;
mod tagging;
mod transfers;

use crate::bucket::{Body, Bucket, Capabilities, PutOptions, Support};
use crate::error::{Error, ErrorKind};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt, stream};
use lakegate_core::object::{ObjectRef, TAG_WORKFLOW_ID, Tags};
use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

/// Two empty buckets to try a store on.
pub struct Pair {
    /// Objects are put here, and transferred away.
    pub source: Arc<dyn Bucket>,
    /// They are transferred to here.
    pub destination: Arc<dyn Bucket>,
    /// Kept until the case is over, such as a temporary directory.
    pub guard: Box<dyn Any + Send + Sync>,
}

impl Pair {
    /// Two buckets, and what must live as long as they do.
    pub fn new(
        source: impl Bucket + 'static,
        destination: impl Bucket + 'static,
        guard: impl Any + Send + Sync,
    ) -> Self {
        Self {
            source: Arc::new(source),
            destination: Arc::new(destination),
            guard: Box::new(guard),
        }
    }
}

/// One expectation of the contract.
#[derive(Clone, Copy)]
pub struct Case {
    /// What must hold, as a name.
    pub name: &'static str,
    /// Why the case does not apply to a store with these capabilities; `None` where it does.
    skip: fn(&Capabilities) -> Option<&'static str>,
    run: fn(Arc<Pair>) -> BoxFuture<'static, ()>,
}

impl Case {
    const fn new(name: &'static str, run: fn(Arc<Pair>) -> BoxFuture<'static, ()>) -> Self {
        Self { name, skip: |_| None, run }
    }

    const fn unless(mut self, skip: fn(&Capabilities) -> Option<&'static str>) -> Self {
        self.skip = skip;
        self
    }
}

/// Names an async function as a case.
macro_rules! case {
    ($module:ident :: $name:ident) => {
        $crate::conformance::Case::new(stringify!($name), |pair| Box::pin($module::$name(pair)))
    };
}

/// What was tried and what was not.
#[derive(Debug, Default)]
pub struct Report {
    /// Cases that held.
    pub passed: Vec<&'static str>,
    /// Cases that do not apply, with the reason.
    pub skipped: Vec<(&'static str, &'static str)>,
}

/// Every case.
pub fn cases() -> Vec<Case> {
    let keeps_keys = |can: &Capabilities| {
        (can.exact_keys == Support::No).then_some("the store does not keep keys apart")
    };
    let puts_if_absent = |can: &Capabilities| {
        (can.put_if_absent == Support::No).then_some("the store has no conditional put")
    };
    let copies_if_absent = |can: &Capabilities| {
        (can.copy_if_absent == Support::No).then_some("the store has no conditional copy")
    };
    vec![
        case!(listing::an_empty_bucket_lists_nothing),
        case!(listing::pages_of_any_size_give_the_same_objects),
        case!(listing::a_listing_goes_on_after_what_was_removed),
        case!(listing::a_prefix_selects_by_the_start_of_the_key),
        case!(listing::a_listed_object_is_the_one_that_head_gives),
        case!(objects::what_was_put_is_read),
        case!(objects::an_object_without_bytes_is_an_object),
        case!(objects::a_body_of_many_chunks_comes_back_whole),
        case!(objects::a_body_that_breaks_off_leaves_nothing),
        case!(objects::a_body_of_another_size_leaves_nothing),
        case!(objects::a_taken_key_is_a_collision),
        case!(objects::a_replacement_inherits_nothing),
        case!(objects::one_of_many_concurrent_puts_wins).unless(puts_if_absent),
        case!(objects::an_absent_object_is_not_found),
        case!(objects::an_overwritten_object_is_not_read),
        case!(objects::a_read_never_mixes_two_objects),
        case!(objects::the_probe_leaves_nothing_and_repeats_itself),
        case!(tagging::tags_are_replaced_as_a_whole),
        case!(tagging::tags_of_another_instance_are_refused),
        case!(tagging::setting_tags_keeps_metadata_and_bytes),
        case!(deletion::a_deleted_object_is_gone),
        case!(deletion::deleting_twice_is_deleting_once),
        case!(deletion::another_instance_is_spared),
        case!(transfers::a_transfer_keeps_bytes_and_metadata_and_sets_tags),
        case!(transfers::an_object_without_bytes_is_transferred),
        case!(transfers::a_large_object_is_transferred),
        case!(transfers::a_repeated_transfer_is_done_already),
        case!(transfers::a_transfer_is_done_though_the_source_is_deleted),
        case!(transfers::a_transfer_is_done_though_the_source_key_holds_another),
        case!(transfers::a_taken_destination_is_a_collision),
        case!(transfers::same_run_and_size_with_other_bytes_is_a_collision),
        case!(transfers::a_changed_source_stays),
        case!(transfers::an_absent_source_is_not_found),
        case!(transfers::tags_without_a_run_are_refused),
        case!(transfers::two_transfers_of_one_object_end_as_one),
        case!(transfers::two_objects_race_to_one_key).unless(copies_if_absent),
        case!(transfers::an_object_goes_through_and_comes_back),
        case!(keys::odd_keys_stay_apart_or_are_refused).unless(keeps_keys),
        case!(keys::odd_keys_are_transferred_or_refused).unless(keeps_keys),
        case!(keys::a_key_and_keys_below_it_stay_apart_or_are_refused).unless(keeps_keys),
    ]
}

/// Runs every case on buckets of its own.
///
/// # Panics
/// With the names and messages of all cases that failed.
pub async fn run_all<M, F>(make: M) -> Report
where
    M: Fn() -> F,
    F: Future<Output = Pair>,
{
    run_matching("", make).await
}

/// Runs the cases whose names contain `part`.
///
/// # Panics
/// With the names and messages of all cases that failed.
pub async fn run_matching<M, F>(part: &str, make: M) -> Report
where
    M: Fn() -> F,
    F: Future<Output = Pair>,
{
    let mut report = Report::default();
    let mut failures = Vec::new();
    for case in cases().into_iter().filter(|case| case.name.contains(part)) {
        let pair = Arc::new(make().await);
        let source_skips = (case.skip)(&pair.source.capabilities().await.unwrap());
        let destination_skips = (case.skip)(&pair.destination.capabilities().await.unwrap());
        if let Some(reason) = source_skips.or(destination_skips) {
            report.skipped.push((case.name, reason));
            continue;
        }
        match AssertUnwindSafe((case.run)(pair)).catch_unwind().await {
            Ok(()) => report.passed.push(case.name),
            Err(panic) => failures.push(format!("{}: {}", case.name, message_of(&*panic))),
        }
    }
    assert!(failures.is_empty(), "{} cases failed:\n{}", failures.len(), failures.join("\n"));
    report
}

fn message_of(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("it panicked without a message")
}

/// Bytes that differ from seed to seed and repeat nowhere soon.
fn noise(length: usize, seed: u64) -> Bytes {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut bytes = Vec::with_capacity(length);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes.into()
}

fn whole(bytes: impl Into<Bytes>) -> Body {
    let bytes = bytes.into();
    stream::once(async move { Ok(bytes) }).boxed()
}

fn in_chunks(bytes: Bytes, chunk: usize) -> Body {
    let starts = (0..bytes.len()).step_by(chunk);
    let chunks: Vec<_> =
        starts.map(|at| Ok(bytes.slice(at..bytes.len().min(at + chunk)))).collect();
    stream::iter(chunks).boxed()
}

fn texts(pairs: &[(&str, &str)]) -> Tags {
    pairs.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn tags_of_run(run: &str) -> Tags {
    texts(&[(TAG_WORKFLOW_ID, run)])
}

async fn put(bucket: &dyn Bucket, key: &str, bytes: impl Into<Bytes>) -> ObjectRef {
    put_with(bucket, key, bytes, PutOptions::default()).await.unwrap()
}

async fn put_with(
    bucket: &dyn Bucket,
    key: &str,
    bytes: impl Into<Bytes>,
    options: PutOptions,
) -> Result<ObjectRef, Error> {
    let bytes = bytes.into();
    let size_bytes = bytes.len() as u64;
    bucket.put(key, whole(bytes), Some(size_bytes), options).await
}

/// As a producer does who lands the same key again.
async fn overwrite(bucket: &dyn Bucket, key: &str, bytes: impl Into<Bytes>) -> ObjectRef {
    let options = PutOptions { replace: true, ..Default::default() };
    put_with(bucket, key, bytes, options).await.unwrap()
}

async fn collect(body: Body) -> Result<Bytes, Error> {
    let chunks: Vec<Result<Bytes, Error>> = body.collect().await;
    let mut bytes = Vec::new();
    for chunk in chunks {
        bytes.extend_from_slice(&chunk?);
    }
    Ok(bytes.into())
}

async fn read(bucket: &dyn Bucket, object: &ObjectRef) -> Result<Bytes, Error> {
    collect(bucket.read(object).await?).await
}

/// What the key holds now, read by the head's own reference.
async fn content(bucket: &dyn Bucket, key: &str) -> Bytes {
    let head = bucket.head(key).await.unwrap();
    read(bucket, &head.object).await.unwrap()
}

async fn keys_of(bucket: &dyn Bucket, prefix: &str) -> Vec<String> {
    list_all(bucket, prefix, 1000).await.into_iter().map(|object| object.key).collect()
}

async fn list_all(bucket: &dyn Bucket, prefix: &str, limit: usize) -> Vec<ObjectRef> {
    const PAGES_MAX: usize = 10_000;
    let mut objects = Vec::new();
    let mut after: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let page = bucket.list(prefix, after.as_deref(), limit).await.unwrap();
        assert!(page.objects.len() <= limit, "a page holds more than was asked for");
        assert!(page.skipped.is_empty(), "skipped: {:?}", page.skipped);
        objects.extend(page.objects);
        match page.next {
            None => return objects,
            next => after = next,
        }
    }
    panic!("the listing does not end");
}

#[track_caller]
fn assert_kind<T: std::fmt::Debug>(answer: Result<T, Error>, kind: ErrorKind) {
    match answer {
        Err(error) if error.kind == kind => {}
        other => panic!("expected {kind:?}, got {other:?}"),
    }
}

async fn assert_absent(bucket: &dyn Bucket, key: &str) {
    match bucket.head(key).await {
        Err(error) if error.kind == ErrorKind::NotFound => {}
        other => panic!("{key:?} should be absent, head says {other:?}"),
    }
}
