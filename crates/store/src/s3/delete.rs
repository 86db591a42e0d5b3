//! Deleting exactly one instance.
//!
//! Where the store can judge a delete by the ETag, it does; where it can not, only an exact version is
//! deleted, or nothing, unless the operator has promised that keys are written once.

use super::copy::Written;
use super::head::is_instance;
use super::options::VersionedDelete;
use super::{S3Bucket, bare_etag, quoted_etag};
use crate::bucket::Support;
use crate::error::{Error, ErrorKind};
use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use lakegate_core::object::ObjectRef;

const DELETE: &str = "delete";

/// How one instance may be deleted here.
enum Way {
    /// By its ETag: the store spares anything else. Leaves a delete marker where versions are kept.
    IfMatch(String),
    /// This version for good.
    Version(String),
    /// Without a condition.
    Unconditional,
}

impl S3Bucket {
    pub(super) async fn delete_object(&self, object: &ObjectRef) -> Result<(), Error> {
        self.check_key(DELETE, &object.key).await?;
        let keeps_time = self.abilities().await?.keeps_time;
        let mut attempt = 1;
        loop {
            // Also how a delete whose reply was lost is resolved.
            let Some(now) = self.look_for(DELETE, &object.key).await? else {
                return Ok(());
            };
            if !is_instance(object, &now, keeps_time) {
                let message = "the key holds another instance now";
                return Err(self.fail(ErrorKind::Changed, DELETE, &object.key, message));
            }
            let way = self.way_to_delete(object, &now).await?;
            let error = match self.remove(&object.key, way).await {
                Ok(()) => return Ok(()),
                Err(error) => error,
            };
            let unclear = matches!(
                error.kind,
                ErrorKind::Unavailable | ErrorKind::Changed | ErrorKind::NotFound
            );
            if !unclear || attempt >= self.options().attempts_max {
                return Err(error);
            }
            self.pause_after(attempt).await;
            attempt += 1;
        }
    }

    async fn way_to_delete(
        &self,
        object: &ObjectRef,
        now: &HeadObjectOutput,
    ) -> Result<Way, Error> {
        let abilities = self.abilities().await?;
        let judges = abilities.is_relied_on(abilities.seen.delete_if_matches);
        // The null version of a bucket that once kept versions can be overwritten in place.
        let version = now.version_id().filter(|version| *version != "null");
        let forever = self.options().versioned_delete == VersionedDelete::Version || !judges;
        match version {
            Some(version) if forever => Ok(Way::Version(version.to_owned())),
            _ if judges => Ok(Way::IfMatch(bare_etag(now.e_tag()).to_owned())),
            _ if self.options().unsafe_delete_without_condition => Ok(Way::Unconditional),
            _ => {
                let message = "this store deletes without looking at conditions and the bucket keeps \
                               no versions: an overwrite at the same moment would be lost";
                Err(self.fail(ErrorKind::Unsupported, DELETE, &object.key, message))
            }
        }
    }

    async fn remove(&self, key: &str, way: Way) -> Result<(), Error> {
        let request = self
            .client_once()
            .delete_object()
            .bucket(self.bucket())
            .key(self.full_key(key))
            .set_expected_bucket_owner(self.owner());
        let request = match way {
            Way::IfMatch(etag) => request.if_match(quoted_etag(&etag)),
            Way::Version(version) => request.version_id(version),
            Way::Unconditional => request,
        };
        request.send().await.map_err(|failure| self.failed(DELETE, key, failure))?;
        Ok(())
    }

    /// Deletes a copy that this process has just written, and nothing else.
    pub(super) async fn take_back(&self, key: &str, written: &Written) -> Result<(), Error> {
        let abilities = self.abilities().await?;
        if let Some(version) = written.version.as_deref().filter(|version| *version != "null") {
            return self.remove(key, Way::Version(version.to_owned())).await;
        }
        let Some(now) = self.look_for(DELETE, key).await? else {
            return Ok(());
        };
        if written.etag.is_empty() || bare_etag(now.e_tag()) != written.etag {
            let message = "it is not certain that what stands there is the copy";
            return Err(self.fail(ErrorKind::Changed, DELETE, key, message));
        }
        // Some stores do not name the version of a copy in their reply.
        let way = match now.version_id().filter(|version| *version != "null") {
            Some(version) => Way::Version(version.to_owned()),
            None if abilities.seen.delete_if_matches == Support::Yes => {
                Way::IfMatch(written.etag.clone())
            }
            None => Way::Unconditional,
        };
        self.remove(key, way).await
    }
}
