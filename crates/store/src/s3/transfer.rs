//! The verified copy of one object to another place of the same store, and its idempotence.
//!
//! The order is always: copy under conditions, look at the result, compare size, content and tags.
//! What does not hold is taken back, if it is certain to be this transfer's own; what is in doubt is
//! left where it stands.

use super::S3Bucket;
use super::copy::{CopyPlan, Written};
use super::head::{METADATA_SOURCE_ETAG, METADATA_WORKFLOW_ID, is_instance, object_of, size_of};
use super::tags::fit;
use super::verify::Source;
use crate::bucket::{Bucket, SourceAfter, Support, Transferred};
use crate::error::{Error, ErrorKind};
use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use lakegate_core::object::{ObjectRef, TAG_WORKFLOW_ID, Tags};

const TRANSFER: &str = "transfer";

/// Why a copy in hand may not stand.
enum Flaw {
    /// It is this transfer's own and wrong: take it back.
    Ours(Error),
    /// It is not known whose it is, or it may hold the only bytes: leave it.
    Doubtful(Error),
}

impl S3Bucket {
    pub(super) async fn transfer_object(
        &self,
        source: &ObjectRef,
        destination: &dyn Bucket,
        key: &str,
        tags: &Tags,
    ) -> Result<Transferred, Error> {
        let near = destination.as_any().downcast_ref::<S3Bucket>();
        let Some(near) = near.filter(|near| near.shares_store_with(self)) else {
            return crate::stream_copy::copy(self, source, destination, key, tags).await;
        };
        let Some(workflow) = tags.get(TAG_WORKFLOW_ID) else {
            let message = format!("a transfer needs the tag {TAG_WORKFLOW_ID}");
            return Err(self.fail(ErrorKind::Unsupported, TRANSFER, &source.key, message));
        };
        if near.bucket() == self.bucket() && near.full_key(key) == self.full_key(&source.key) {
            let message = "source and destination are the same key";
            return Err(self.fail(ErrorKind::Collision, TRANSFER, key, message));
        }
        self.check_key(TRANSFER, &source.key).await?;
        near.check_new_key(TRANSFER, key).await?;
        let (fitting, notes) = fit(tags);
        let plan = CopyPlan { from: self, source, key, tags: &fitting, workflow };
        let mut done = near.carry_out(&plan).await?;
        done.notes.extend(notes);
        Ok(done)
    }

    /// Runs a plan with this bucket as the destination.
    async fn carry_out(&self, plan: &CopyPlan<'_>) -> Result<Transferred, Error> {
        let abilities = self.abilities().await?;
        if abilities.seen.copy_if_absent != Support::Yes
            && let Some(there) = self.look_for(TRANSFER, plan.key).await?
        {
            return self.settle(plan, there).await;
        }
        let mut attempt = 1;
        loop {
            let error = match self.copy_under_conditions(plan).await {
                Ok(written) => return self.confirm(plan, written).await,
                Err(error) => error,
            };
            // Whatever the answer was or where it got lost: what stands there now decides.
            if let Some(there) = self.look_for(TRANSFER, plan.key).await? {
                return self.settle(plan, there).await;
            }
            let error = match error.kind {
                ErrorKind::Changed => self.explain_refusal(plan, error).await?,
                _ => error,
            };
            if error.kind != ErrorKind::Unavailable || attempt >= self.options().attempts_max {
                return Err(error);
            }
            self.pause_after(attempt).await;
            attempt += 1;
        }
    }

    /// A failed condition with nothing at the destination: the source must have changed. When it has
    /// not, the conditions were met by a passing state, and another try may help.
    async fn explain_refusal(&self, plan: &CopyPlan<'_>, error: Error) -> Result<Error, Error> {
        let source = plan.look_at_source().await?;
        if is_instance(plan.source, &source, false) {
            return Ok(Error { kind: ErrorKind::Unavailable, ..error });
        }
        Ok(plan.changed())
    }

    /// What stands at the destination already is either an earlier result of this transfer or
    /// somebody else's object.
    async fn settle(
        &self,
        plan: &CopyPlan<'_>,
        there: HeadObjectOutput,
    ) -> Result<Transferred, Error> {
        let collision = || {
            let message = "the key is taken by another object";
            self.fail(ErrorKind::Collision, TRANSFER, plan.key, message)
        };
        if size_of(&there) != plan.source.size_bytes || !self.bears_mark(plan, &there).await? {
            return Err(collision());
        }
        let source = plan.source_now().await?;
        if !self.has_content_of(plan, &source, &there).await? {
            return Err(collision());
        }
        let there = self.ensure_tags(plan, there).await?;
        let source = plan.source_after(&source).await?;
        Ok(Transferred { object: object_of(plan.key, &there), source, notes: Vec::new() })
    }

    /// Whether the object at the destination bears this run's id.
    async fn bears_mark(
        &self,
        plan: &CopyPlan<'_>,
        there: &HeadObjectOutput,
    ) -> Result<bool, Error> {
        let marked = |name: &str, value: &str| {
            there.metadata().and_then(|all| all.get(name)).is_some_and(|found| found == value)
        };
        if marked(METADATA_WORKFLOW_ID, plan.workflow) {
            return Ok(true);
        }
        if self.abilities().await?.seen.tags == Support::No {
            return Ok(false);
        }
        let tags = self.get_tags(TRANSFER, plan.key, there.version_id()).await?;
        Ok(tags.get(TAG_WORKFLOW_ID).is_some_and(|id| id == plan.workflow))
    }

    /// Compares content by the strongest means there is (rule 7 of a move that loses nothing).
    async fn has_content_of(
        &self,
        plan: &CopyPlan<'_>,
        source: &Source,
        there: &HeadObjectOutput,
    ) -> Result<bool, Error> {
        if plan.same_by_etag(there) {
            return Ok(true);
        }
        match source {
            Source::Present(source) => self.same_content(plan, source, there).await,
            Source::Gone => {
                let recorded = there.metadata().and_then(|all| all.get(METADATA_SOURCE_ETAG));
                if recorded.is_some_and(|etag| *etag == plan.source.etag) {
                    return Ok(true);
                }
                let message = "the source is gone, and the object at the destination can not be \
                               compared with it by what the store tells";
                Err(self.fail(ErrorKind::VerificationFailed, TRANSFER, plan.key, message))
            }
        }
    }

    /// Verifies a copy that was just made, and takes it back when it is wrong.
    async fn confirm(&self, plan: &CopyPlan<'_>, written: Written) -> Result<Transferred, Error> {
        match self.find_flaw(plan, &written).await {
            Ok(there) => Ok(Transferred {
                object: object_of(plan.key, &there),
                source: SourceAfter::Remains,
                notes: Vec::new(),
            }),
            Err(Flaw::Doubtful(error)) => Err(error),
            Err(Flaw::Ours(mut error)) => {
                if let Err(left) = self.take_back(plan.key, &written).await {
                    error.message.push_str("; the copy could not be removed: ");
                    error.message.push_str(&left.message);
                }
                Err(error)
            }
        }
    }

    async fn find_flaw(
        &self,
        plan: &CopyPlan<'_>,
        written: &Written,
    ) -> Result<HeadObjectOutput, Flaw> {
        let abilities = self.abilities().await.map_err(Flaw::Doubtful)?;
        let (there, tags) = tokio::join!(
            self.look(TRANSFER, plan.key, written.version.as_deref()),
            self.tags_if_kept(plan.key, written.version.as_deref()),
        );
        let there = there.map_err(Flaw::Doubtful)?;
        let now = object_of(plan.key, &there);
        if !written.etag.is_empty() && now.etag != written.etag {
            let message = "the copy was overwritten by another writer";
            return Err(Flaw::Doubtful(self.fail(
                ErrorKind::Collision,
                TRANSFER,
                plan.key,
                message,
            )));
        }
        if abilities.seen.copy_if_source_matches != Support::Yes && plan.source.version.is_none() {
            self.check_source_again(plan).await?;
        }
        if now.size_bytes != plan.source.size_bytes {
            let message = format!(
                "the copy has {} bytes, the source {}",
                now.size_bytes, plan.source.size_bytes
            );
            let error = self.fail(ErrorKind::VerificationFailed, TRANSFER, plan.key, message);
            return Err(Flaw::Ours(error));
        }
        if !plan.same_by_etag(&there) {
            let source = plan.look_at_source().await.map_err(Flaw::Doubtful)?;
            let same = self.same_content(plan, &source, &there).await.map_err(Flaw::Doubtful)?;
            if !same {
                let message = "the copy's bytes are not the source's";
                let error = self.fail(ErrorKind::VerificationFailed, TRANSFER, plan.key, message);
                return Err(Flaw::Ours(error));
            }
        }
        let tags = tags.map_err(Flaw::Doubtful)?;
        if tags.is_some_and(|tags| tags != *plan.tags) {
            return self.ensure_tags(plan, there).await.map_err(Flaw::Doubtful);
        }
        Ok(there)
    }

    /// For stores that ignore the condition on a copy's source: looks whether the source is still the
    /// one that was meant.
    async fn check_source_again(&self, plan: &CopyPlan<'_>) -> Result<(), Flaw> {
        let source = plan.look_at_source().await.map_err(Flaw::Doubtful)?;
        let compare_time = plan.from.abilities().await.map_err(Flaw::Doubtful)?.keeps_time;
        if is_instance(plan.source, &source, compare_time) {
            return Ok(());
        }
        Err(Flaw::Ours(plan.changed()))
    }

    async fn tags_if_kept(&self, key: &str, version: Option<&str>) -> Result<Option<Tags>, Error> {
        if self.abilities().await?.seen.tags == Support::No {
            return Ok(None);
        }
        self.get_tags(TRANSFER, key, version).await.map(Some)
    }

    /// Sees to it that the copy has exactly the plan's tags, writing them again where the store
    /// dropped or kept others. Returns the copy as it is then.
    async fn ensure_tags(
        &self,
        plan: &CopyPlan<'_>,
        there: HeadObjectOutput,
    ) -> Result<HeadObjectOutput, Error> {
        let version = there.version_id().map(str::to_owned);
        let version = version.as_deref();
        let mut attempt = 0;
        loop {
            if self.tags_if_kept(plan.key, version).await?.is_none_or(|tags| tags == *plan.tags) {
                break;
            }
            if attempt >= self.options().attempts_max {
                let message = "the copy does not keep its tags";
                return Err(self.fail(ErrorKind::VerificationFailed, TRANSFER, plan.key, message));
            }
            if attempt > 0 {
                self.pause_after(attempt).await;
            }
            attempt += 1;
            match self.put_tags(TRANSFER, plan.key, version, plan.tags).await {
                // Another try of the same transfer may be writing the same tags at this moment.
                Err(error) if error.kind == ErrorKind::Unavailable => {}
                answer => answer?,
            }
        }
        if attempt == 0 || self.abilities().await?.keeps_time {
            return Ok(there);
        }
        self.look(TRANSFER, plan.key, version).await
    }
}
