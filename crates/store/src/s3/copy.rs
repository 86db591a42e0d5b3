//! Copies that the store makes by itself, in one request or by parts.

use super::client::patience;
use super::head::{
    METADATA_SOURCE_ETAG, METADATA_WORKFLOW_ID, OWN_METADATA_PREFIX, has_plain_etag, is_instance,
    is_whole_etag,
};
use super::key::copy_source;
use super::upload::Attributes;
use super::verify::Source;
use super::{S3Bucket, bare_etag, quoted_etag, tags};
use crate::bucket::{SourceAfter, Support};
use crate::error::{Error, ErrorKind};
use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use aws_sdk_s3::types::{MetadataDirective, StorageClass, TaggingDirective};
use lakegate_core::object::{ObjectRef, Tags};

/// User metadata that S3 takes, names and values together, in bytes.
const METADATA_BYTES_MAX: usize = 2_048;

/// One copy to make: what, where to, and with which tags.
pub(super) struct CopyPlan<'a> {
    pub(super) from: &'a S3Bucket,
    pub(super) source: &'a ObjectRef,
    /// The key at the destination.
    pub(super) key: &'a str,
    /// The tags, as many as fit.
    pub(super) tags: &'a Tags,
    /// The run's id.
    pub(super) workflow: &'a str,
}

/// A copy as the store's reply names it.
pub(super) struct Written {
    /// Empty where the store does not say.
    pub(super) etag: String,
    pub(super) version: Option<String>,
}

impl CopyPlan<'_> {
    /// The source as it is now, whichever instance that may be; pinned where it has a version.
    pub(super) async fn look_at_source(&self) -> Result<HeadObjectOutput, Error> {
        self.from.look("transfer", &self.source.key, self.source.version.as_deref()).await
    }

    /// Whether the source is still there to compare with.
    pub(super) async fn source_now(&self) -> Result<Source, Error> {
        match self.look_at_source().await {
            Ok(source) if is_instance(self.source, &source, false) => {
                Ok(Source::Present(Box::new(source)))
            }
            Ok(_) => Ok(Source::Gone),
            Err(error) if error.kind == ErrorKind::NotFound => Ok(Source::Gone),
            Err(error) => Err(error),
        }
    }

    /// Whether there is still something to delete: a version that is no longer the current one is not
    /// in the way of anybody.
    pub(super) async fn source_after(&self, source: &Source) -> Result<SourceAfter, Error> {
        match source {
            Source::Gone => Ok(SourceAfter::Gone),
            Source::Present(_) if self.source.version.is_none() => Ok(SourceAfter::Remains),
            Source::Present(_) => match self.from.look_for("transfer", &self.source.key).await? {
                Some(now) if is_instance(self.source, &now, false) => Ok(SourceAfter::Remains),
                _ => Ok(SourceAfter::Gone),
            },
        }
    }

    /// Equal ETags prove equal bytes where the copy's is the MD5 of its bytes. Unequal ones prove
    /// nothing.
    pub(super) fn same_by_etag(&self, there: &HeadObjectOutput) -> bool {
        has_plain_etag(there) && bare_etag(there.e_tag()) == self.source.etag
    }

    pub(super) fn changed(&self) -> Error {
        let message = "the source is another instance now";
        self.from.fail(ErrorKind::Changed, "transfer", &self.source.key, message)
    }

    pub(super) fn copy_source(&self) -> String {
        copy_source(
            self.from.bucket(),
            &self.from.full_key(&self.source.key),
            self.source.version.as_deref(),
        )
    }
}

impl S3Bucket {
    /// Copies with every condition that the store honours. `Changed` may mean either side's.
    pub(super) async fn copy_under_conditions(
        &self,
        plan: &CopyPlan<'_>,
    ) -> Result<Written, Error> {
        if plan.source.size_bytes > self.options().multipart_copy_threshold_bytes {
            let attributes = self.attributes_for(plan).await?;
            return self.copy_by_parts(plan, &attributes).await;
        }
        let seen = &self.abilities().await?.seen;
        // The mark must be there from the copy's first moment, or a crash would leave a copy that
        // nobody recognises: in the tags where they are sure to arrive, in the metadata elsewhere.
        let needs_mark = seen.tags != Support::Yes
            || seen.copy_replaces_tags != Support::Yes
            || !is_whole_etag(&plan.source.etag);
        let attributes = match needs_mark {
            true => Some(self.attributes_for(plan).await?),
            false => None,
        };
        self.copy_whole(plan, attributes.as_ref()).await
    }

    async fn copy_whole(
        &self,
        plan: &CopyPlan<'_>,
        attributes: Option<&Attributes>,
    ) -> Result<Written, Error> {
        let seen = &self.abilities().await?.seen;
        let if_source = seen.copy_if_source_matches != Support::No;
        let if_absent = seen.copy_if_absent != Support::No;
        let mut request = self
            .client_once()
            .copy_object()
            .bucket(self.bucket())
            .key(self.full_key(plan.key))
            .copy_source(plan.copy_source())
            .set_copy_source_if_match(if_source.then(|| quoted_etag(&plan.source.etag)))
            .set_if_none_match(if_absent.then(|| "*".to_owned()))
            .metadata_directive(MetadataDirective::Copy)
            .set_expected_bucket_owner(self.owner())
            .set_expected_source_bucket_owner(plan.from.owner());
        if seen.tags != Support::No {
            request = request
                .tagging_directive(TaggingDirective::Replace)
                .set_tagging(tags::header(plan.tags));
        }
        if let Some(attributes) = attributes {
            request = attributes.on_copy(request.metadata_directive(MetadataDirective::Replace));
        }
        let (encryption, key_id) = self.encryption();
        let class = attributes.and_then(|attributes| attributes.storage_class.clone());
        let output = request
            .set_server_side_encryption(encryption)
            .set_ssekms_key_id(key_id)
            .set_storage_class(self.storage_class().or(class))
            .customize()
            .config_override(patience(self.options(), plan.source.size_bytes))
            .send()
            .await
            .map_err(|failure| self.failed("copy", plan.key, failure))?;
        let etag = output.copy_object_result().and_then(|result| result.e_tag());
        Ok(Written {
            etag: bare_etag(etag).to_owned(),
            version: output.version_id().map(str::to_owned),
        })
    }

    /// What a copy by its own description is born with: everything of the source that the store would
    /// not carry over by itself, and the marks of this transfer.
    async fn attributes_for(&self, plan: &CopyPlan<'_>) -> Result<Attributes, Error> {
        let source = plan.look_at_source().await?;
        if !is_instance(plan.source, &source, false) {
            return Err(plan.changed());
        }
        let mut attributes = Attributes::of(&source);
        attributes.metadata.retain(|name, _| !name.starts_with(OWN_METADATA_PREFIX));
        let marks = [
            (METADATA_WORKFLOW_ID, plan.workflow),
            (METADATA_SOURCE_ETAG, plan.source.etag.as_str()),
        ];
        for (name, value) in marks {
            let held: usize = attributes.metadata.iter().map(|(n, v)| n.len() + v.len()).sum();
            if held + name.len() + value.len() <= METADATA_BYTES_MAX {
                attributes.metadata.insert(name.to_owned(), value.to_owned());
            }
        }
        Ok(attributes)
    }

    pub(super) fn storage_class(&self) -> Option<StorageClass> {
        self.options().storage_class.as_deref().map(StorageClass::from)
    }
}
