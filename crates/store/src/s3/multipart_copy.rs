//! Copies by parts, for objects that are too large for one request.

use super::client::patience;
use super::copy::{CopyPlan, Written};
use super::upload::{Attributes, Upload};
use super::{S3Bucket, bare_etag, quoted_etag};
use crate::bucket::Support;
use crate::error::Error;
use aws_sdk_s3::types::CompletedPart;
use futures_util::{StreamExt, TryStreamExt, stream};

/// Parts that an upload may have.
pub(super) const PARTS_MAX: u64 = 10_000;

impl S3Bucket {
    pub(super) async fn copy_by_parts(
        &self,
        plan: &CopyPlan<'_>,
        attributes: &Attributes,
    ) -> Result<Written, Error> {
        let upload = self.begin_upload("copy", plan.key, attributes, plan.tags).await?;
        match self.copy_parts(plan, &upload).await {
            Ok(written) => Ok(written),
            Err(error) => Err(self.abandon(upload, error).await),
        }
    }

    async fn copy_parts(&self, plan: &CopyPlan<'_>, upload: &Upload) -> Result<Written, Error> {
        let size = plan.source.size_bytes;
        let part_bytes = self.options().copy_part_bytes.max(size.div_ceil(PARTS_MAX));
        let ranges = (0..size.div_ceil(part_bytes)).map(|index| {
            let first = index * part_bytes;
            (index + 1, first, (first + part_bytes).min(size) - 1)
        });
        let mut parts: Vec<CompletedPart> = stream::iter(ranges)
            .map(|(number, first, last)| self.copy_part(plan, upload, number, first, last))
            .buffer_unordered(self.options().copy_parts_at_once)
            .try_collect()
            .await?;
        parts.sort_by_key(CompletedPart::part_number);
        if parts.iter().any(|part| bare_etag(part.e_tag()).is_empty()) {
            parts = self.listed_parts("copy", upload).await?;
        }
        self.complete_upload("copy", upload, parts, size, true).await
    }

    /// Copies one range. Doing it twice leaves one part.
    async fn copy_part(
        &self,
        plan: &CopyPlan<'_>,
        upload: &Upload,
        number: u64,
        first: u64,
        last: u64,
    ) -> Result<CompletedPart, Error> {
        let if_source = self.abilities().await?.seen.copy_if_source_matches != Support::No;
        let number = i32::try_from(number).unwrap_or(i32::MAX);
        let output = self
            .client()
            .upload_part_copy()
            .bucket(self.bucket())
            .key(self.full_key(plan.key))
            .upload_id(&upload.id)
            .part_number(number)
            .copy_source(plan.copy_source())
            .copy_source_range(format!("bytes={first}-{last}"))
            .set_copy_source_if_match(if_source.then(|| quoted_etag(&plan.source.etag)))
            .set_expected_bucket_owner(self.owner())
            .set_expected_source_bucket_owner(plan.from.owner())
            .customize()
            .config_override(patience(self.options(), last - first))
            // RGW 16 wants a length for the body that is not there.
            .mutate_request(|request| {
                request.headers_mut().insert("content-length", "0");
            })
            .send()
            .await
            .map_err(|failure| self.failed("copy", plan.key, failure))?;
        let result = output.copy_part_result();
        Ok(CompletedPart::builder()
            .part_number(number)
            .set_e_tag(result.and_then(|result| result.e_tag()).map(str::to_owned))
            .set_checksum_crc32(result.and_then(|r| r.checksum_crc32()).map(str::to_owned))
            .set_checksum_crc32_c(result.and_then(|r| r.checksum_crc32_c()).map(str::to_owned))
            .set_checksum_crc64_nvme(
                result.and_then(|r| r.checksum_crc64_nvme()).map(str::to_owned),
            )
            .build())
    }
}
