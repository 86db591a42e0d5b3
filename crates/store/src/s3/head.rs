//! What a key holds now.

use super::{S3Bucket, bare_etag};
use crate::bucket::Head;
use crate::error::{Error, ErrorKind};
use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use aws_sdk_s3::types::{ChecksumMode, ServerSideEncryption};
use aws_smithy_types::DateTime;
use lakegate_core::object::{ObjectRef, Tags};

/// User metadata of this prefix is Lakegate's own and not shown as the producer's.
pub(super) const OWN_METADATA_PREFIX: &str = "lakegate-";
/// User metadata with the run's id, where tags can not carry it.
pub(super) const METADATA_WORKFLOW_ID: &str = "lakegate-workflow-id";
/// User metadata with the ETag of the object that this one is a copy of.
pub(super) const METADATA_SOURCE_ETAG: &str = "lakegate-source-etag";

impl S3Bucket {
    pub(super) async fn head_object(&self, key: &str) -> Result<Head, Error> {
        self.check_key("head", key).await?;
        let output = self.look("head", key, None).await?;
        let metadata = output
            .metadata()
            .into_iter()
            .flatten()
            .filter(|(name, _)| !name.starts_with(OWN_METADATA_PREFIX))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect::<Tags>();
        Ok(Head {
            object: object_of(key, &output),
            metadata,
            content_type: output.content_type().map(str::to_owned),
            storage_class: output.storage_class().map(|class| class.as_str().to_owned()),
        })
    }

    /// One HEAD, with checksums, of a version or of what is current.
    pub(super) async fn look(
        &self,
        operation: &'static str,
        key: &str,
        version: Option<&str>,
    ) -> Result<HeadObjectOutput, Error> {
        self.client()
            .head_object()
            .bucket(self.bucket())
            .key(self.full_key(key))
            .set_version_id(version.map(str::to_owned))
            .set_expected_bucket_owner(self.owner())
            .checksum_mode(ChecksumMode::Enabled)
            .send()
            .await
            .map_err(|failure| self.failed(operation, key, failure))
    }

    /// What is current under the key, if anything.
    pub(super) async fn look_for(
        &self,
        operation: &'static str,
        key: &str,
    ) -> Result<Option<HeadObjectOutput>, Error> {
        match self.look(operation, key, None).await {
            Ok(output) => Ok(Some(output)),
            Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// The instance that a HEAD describes.
pub(super) fn object_of(key: &str, output: &HeadObjectOutput) -> ObjectRef {
    ObjectRef {
        key: key.to_owned(),
        version: output.version_id().map(str::to_owned),
        etag: bare_etag(output.e_tag()).to_owned(),
        size_bytes: size_of(output),
        modified_ms: output.last_modified().map(modified_ms).unwrap_or_default(),
    }
}

pub(super) fn size_of(output: &HeadObjectOutput) -> u64 {
    u64::try_from(output.content_length().unwrap_or_default()).unwrap_or_default()
}

/// Whole seconds: listings of some stores are finer than heads, and the two must compare equal.
pub(super) fn modified_ms(time: &DateTime) -> i64 {
    time.secs().saturating_mul(1000)
}

/// Whether `output` describes the instance `object`. Where `compare_time` and no version tells, the time
/// is looked at too: the same bytes written again have the same ETag.
pub(super) fn is_instance(
    object: &ObjectRef,
    output: &HeadObjectOutput,
    compare_time: bool,
) -> bool {
    let now = object_of(&object.key, output);
    let same_bytes = now.etag == object.etag && now.size_bytes == object.size_bytes;
    let same_write = match (&object.version, &now.version) {
        (Some(meant), Some(found)) if meant != "null" => meant == found,
        (Some(meant), Some(found)) if meant != found => false,
        _ => !compare_time || now.modified_ms == object.modified_ms,
    };
    same_bytes && same_write
}

/// Whether the ETag of what `output` describes may be the MD5 of its bytes: one part, and no
/// encryption that changes it.
pub(super) fn has_plain_etag(output: &HeadObjectOutput) -> bool {
    let encrypted = matches!(
        output.server_side_encryption(),
        Some(ServerSideEncryption::AwsKms | ServerSideEncryption::AwsKmsDsse)
    ) || output.sse_customer_algorithm().is_some();
    !encrypted && is_whole_etag(bare_etag(output.e_tag()))
}

/// Whether an ETag is not that of an upload in parts.
pub(super) fn is_whole_etag(etag: &str) -> bool {
    !etag.is_empty() && !etag.contains('-')
}
