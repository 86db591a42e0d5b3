//! The bytes of one instance, in order, over however many connections it takes.

use super::head::is_whole_etag;
use super::{S3Bucket, bare_etag, quoted_etag};
use crate::bucket::Body;
use crate::error::{Error, ErrorKind};
use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::ChecksumMode;
use bytes::Bytes;
use lakegate_core::object::ObjectRef;

/// Connections that may break while one object is read without a byte in between.
const BREAKS_MAX: u32 = 4;

/// A read in progress.
struct Reading {
    bucket: S3Bucket,
    object: ObjectRef,
    stream: ByteStream,
    offset: u64,
    breaks: u32,
    ended: bool,
}

impl S3Bucket {
    pub(super) async fn read_object(&self, object: &ObjectRef) -> Result<Body, Error> {
        self.check_key("read", &object.key).await?;
        let stream = self.get_from(object, 0).await?.body;
        let reading = Reading {
            bucket: self.clone(),
            object: object.clone(),
            stream,
            offset: 0,
            breaks: 0,
            ended: false,
        };
        Ok(Box::pin(futures_util::stream::unfold(reading, |mut reading| async move {
            let item = reading.next().await?;
            Some((item, reading))
        })))
    }

    /// A GET of the instance from `offset` on.
    async fn get_from(&self, object: &ObjectRef, offset: u64) -> Result<GetObjectOutput, Error> {
        let whole = offset == 0 && is_whole_etag(&object.etag);
        let output = self
            .client()
            .get_object()
            .bucket(self.bucket())
            .key(self.full_key(&object.key))
            .set_version_id(object.version.clone())
            .if_match(quoted_etag(&object.etag))
            .set_range((offset > 0).then(|| format!("bytes={offset}-")))
            .set_checksum_mode(whole.then_some(ChecksumMode::Enabled))
            .set_expected_bucket_owner(self.owner())
            .send()
            .await
            .map_err(|failure| {
                let mut error = self.failed("read", &object.key, failure);
                if error.kind == ErrorKind::Changed {
                    error.message = "the key holds another instance now".to_owned();
                }
                error
            })?;
        let length = output.content_length().and_then(|length| u64::try_from(length).ok());
        let expected = object.size_bytes.saturating_sub(offset);
        let same = bare_etag(output.e_tag()) == object.etag
            && length.is_none_or(|length| length == expected);
        if !same {
            let message = "the key holds another instance now";
            return Err(self.fail(ErrorKind::Changed, "read", &object.key, message));
        }
        Ok(output)
    }
}

impl Reading {
    async fn next(&mut self) -> Option<Result<Bytes, Error>> {
        while !self.ended {
            match self.stream.next().await {
                Some(Ok(chunk)) => {
                    if chunk.is_empty() {
                        continue;
                    }
                    self.breaks = 0;
                    self.offset += chunk.len() as u64;
                    return Some(self.within_size(chunk));
                }
                None if self.offset == self.object.size_bytes => return None,
                broken => {
                    let cause = match broken {
                        Some(Err(error)) => error.to_string(),
                        _ => "the body ended early".to_owned(),
                    };
                    if let Err(error) = self.resume(&cause).await {
                        self.ended = true;
                        return Some(Err(error));
                    }
                }
            }
        }
        None
    }

    fn within_size(&mut self, chunk: Bytes) -> Result<Bytes, Error> {
        if self.offset <= self.object.size_bytes {
            return Ok(chunk);
        }
        self.ended = true;
        let message = format!("more bytes than the {} expected", self.object.size_bytes);
        Err(self.bucket.fail(ErrorKind::VerificationFailed, "read", &self.object.key, message))
    }

    /// Goes on from where the connection broke, with the same instance pinned.
    async fn resume(&mut self, cause: &str) -> Result<(), Error> {
        self.breaks += 1;
        // A checksum is known to be wrong only when all bytes have come: no connection is to blame.
        if self.offset == self.object.size_bytes {
            let message = format!("the bytes do not match the store's checksum: {cause}");
            let kind = ErrorKind::VerificationFailed;
            return Err(self.bucket.fail(kind, "read", &self.object.key, message));
        }
        if self.breaks > BREAKS_MAX {
            let message = format!("the connection broke {BREAKS_MAX} times in a row: {cause}");
            let kind = ErrorKind::Unavailable;
            return Err(self.bucket.fail(kind, "read", &self.object.key, message));
        }
        self.bucket.pause_after(self.breaks).await;
        self.stream = self.bucket.get_from(&self.object, self.offset).await?.body;
        Ok(())
    }
}
