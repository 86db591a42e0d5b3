//! Whether two objects have the same bytes, by the strongest means that the store offers.

use super::S3Bucket;
use super::copy::CopyPlan;
use super::head::object_of;
use crate::error::{Error, ErrorKind};
use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use aws_sdk_s3::types::ChecksumType;
use futures_util::StreamExt;
use lakegate_core::object::ObjectRef;

/// The source of a transfer when its destination was found to be taken.
pub(super) enum Source {
    /// The instance is still there.
    Present(Box<HeadObjectOutput>),
    /// It was deleted, or the key holds another instance.
    Gone,
}

impl S3Bucket {
    /// By checksums over the whole object where both sides have one of a kind, else by reading both.
    /// This bucket is the one of `there`.
    pub(super) async fn same_content(
        &self,
        plan: &CopyPlan<'_>,
        source: &HeadObjectOutput,
        there: &HeadObjectOutput,
    ) -> Result<bool, Error> {
        if let Some(same) = same_by_checksum(source, there) {
            return Ok(same);
        }
        let there = object_of(plan.key, there);
        let (left, right) =
            tokio::join!(plan.from.content_hash(plan.source), self.content_hash(&there));
        // A source that changes while it is compared is as gone as one that was deleted.
        match (left, right) {
            (Ok(left), Ok(right)) => Ok(left == right),
            (Err(error), _) | (_, Err(error)) => Err(error),
        }
    }

    /// Reads the instance and hashes it; memory stays at one chunk.
    pub(super) async fn content_hash(&self, object: &ObjectRef) -> Result<blake3::Hash, Error> {
        let mut body = self.read_object(object).await?;
        let mut hasher = blake3::Hasher::new();
        while let Some(chunk) = body.next().await {
            hasher.update(&chunk?);
        }
        if hasher.count() != object.size_bytes {
            let message = format!("{} bytes came of {}", hasher.count(), object.size_bytes);
            return Err(self.fail(ErrorKind::VerificationFailed, "verify", &object.key, message));
        }
        Ok(hasher.finalize())
    }
}

/// Compares a checksum of the whole object that both sides have; `None` when there is none.
fn same_by_checksum(left: &HeadObjectOutput, right: &HeadObjectOutput) -> Option<bool> {
    let whole =
        |output: &HeadObjectOutput| output.checksum_type() == Some(&ChecksumType::FullObject);
    if !whole(left) || !whole(right) {
        return None;
    }
    let kinds = [
        (left.checksum_sha256(), right.checksum_sha256()),
        (left.checksum_crc64_nvme(), right.checksum_crc64_nvme()),
        (left.checksum_crc32_c(), right.checksum_crc32_c()),
        (left.checksum_crc32(), right.checksum_crc32()),
    ];
    kinds.into_iter().find_map(|(left, right)| Some(left? == right?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(
        kind: Option<ChecksumType>,
        crc32: Option<&str>,
        crc64: Option<&str>,
    ) -> HeadObjectOutput {
        HeadObjectOutput::builder()
            .set_checksum_type(kind)
            .set_checksum_crc32(crc32.map(str::to_owned))
            .set_checksum_crc64_nvme(crc64.map(str::to_owned))
            .build()
    }

    #[test]
    fn only_checksums_of_the_whole_object_and_of_one_kind_are_compared() {
        let whole = Some(ChecksumType::FullObject);
        let composite = Some(ChecksumType::Composite);
        let a = head(whole.clone(), Some("A"), Some("64"));
        let cases = [
            (head(whole.clone(), Some("A"), None), Some(true)),
            (head(whole.clone(), Some("B"), None), Some(false)),
            (head(whole.clone(), Some("B"), Some("64")), Some(true)),
            (head(composite, Some("A"), None), None),
            (head(None, Some("A"), None), None),
            (head(whole, None, None), None),
        ];
        for (other, expected) in cases {
            assert_eq!(same_by_checksum(&a, &other), expected, "{other:?}");
        }
    }
}
