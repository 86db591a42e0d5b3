//! Writing new objects: one request for a small body, parts for a large one, memory bounded by a part.

use super::client::patience;
use super::copy::Written;
use super::head::object_of;
use super::multipart_copy::PARTS_MAX;
use super::upload::{Attributes, Upload};
use super::{S3Bucket, bare_etag, tags};
use crate::bucket::{Body, PutOptions, Support};
use crate::error::{Error, ErrorKind};
use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::CompletedPart;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use lakegate_core::object::{ObjectRef, Tags};

const PUT: &str = "put";

/// After this many parts of a body of unknown length, parts double in size, so that 10,000 parts hold
/// about 30 times what equal parts would.
const PARTS_BEFORE_DOUBLING: u64 = 2_000;

/// One object to write.
struct NewObject<'a> {
    key: &'a str,
    tags: Tags,
    attributes: Attributes,
    replace: bool,
}

impl S3Bucket {
    pub(super) async fn put_object(
        &self,
        key: &str,
        body: Body,
        size_bytes: Option<u64>,
        options: PutOptions,
    ) -> Result<ObjectRef, Error> {
        self.check_new_key(PUT, key).await?;
        let abilities = self.abilities().await?;
        let (tags, _) = tags::fit(&options.tags);
        let tags = if abilities.seen.tags == Support::No { Tags::new() } else { tags };
        let attributes = Attributes::new(options.content_type, &options.metadata);
        let new = NewObject { key, tags, attributes, replace: options.replace };
        if !new.replace
            && abilities.seen.put_if_absent != Support::Yes
            && self.look_for(PUT, key).await?.is_some()
        {
            return Err(self.taken(key));
        }
        let mut parts = Parts { body, pending: Bytes::new(), taken_bytes: 0, ended: false };
        let first = parts.next(self.options().upload_part_bytes).await?;
        if parts.ended {
            self.check_length(key, size_bytes, parts.taken_bytes)?;
            let written = self.put_whole(&new, first).await?;
            return self.finish_put(&new, &written, parts.taken_bytes, new.replace).await;
        }
        let upload = self.begin_upload(PUT, key, &new.attributes, &new.tags).await?;
        match self.put_parts(&new, &upload, first, parts, size_bytes).await {
            Ok((written, size)) => self.finish_put(&new, &written, size, true).await,
            Err(error) => Err(self.abandon(upload, error).await),
        }
    }

    fn taken(&self, key: &str) -> Error {
        self.fail(ErrorKind::Collision, PUT, key, "the key is taken")
    }

    fn check_length(&self, key: &str, expected: Option<u64>, came: u64) -> Result<(), Error> {
        match expected {
            Some(expected) if expected != came => {
                let message = format!("{came} bytes came, {expected} were announced");
                Err(self.fail(ErrorKind::VerificationFailed, PUT, key, message))
            }
            _ => Ok(()),
        }
    }

    async fn put_whole(&self, new: &NewObject<'_>, bytes: Bytes) -> Result<Written, Error> {
        let mut attempt = 1;
        loop {
            let error = match self.put_once(new, bytes.clone()).await {
                Ok(written) => return Ok(written),
                Err(error) => error,
            };
            let refused = error.kind == ErrorKind::Changed && !new.replace;
            // Only after a lost reply can the taken key be this put's own work.
            if refused && attempt == 1 {
                return Err(self.taken(new.key));
            }
            if error.kind != ErrorKind::Unavailable && !refused {
                return Err(error);
            }
            // The write may have been done and its reply lost.
            self.pause_after(attempt).await;
            if let Some(there) = self.look_for(PUT, new.key).await? {
                let hash = blake3::hash(&bytes);
                if self.is_what_was_put(new, &there, bytes.len() as u64, &hash).await? {
                    return Ok(written_as(&there));
                }
                if !new.replace {
                    return Err(self.taken(new.key));
                }
            }
            if attempt >= self.options().attempts_max {
                return Err(error);
            }
            attempt += 1;
        }
    }

    async fn put_once(&self, new: &NewObject<'_>, bytes: Bytes) -> Result<Written, Error> {
        let seen = &self.abilities().await?.seen;
        let if_absent = !new.replace && seen.put_if_absent != Support::No;
        let (encryption, key_id) = self.encryption();
        let size = bytes.len() as u64;
        let output = self
            .client_once()
            .put_object()
            .bucket(self.bucket())
            .key(self.full_key(new.key))
            .set_if_none_match(if_absent.then(|| "*".to_owned()))
            .set_content_type(new.attributes.content_type.clone())
            .set_metadata(Some(new.attributes.metadata.clone()))
            .set_tagging(tags::header(&new.tags))
            .set_server_side_encryption(encryption)
            .set_ssekms_key_id(key_id)
            .set_storage_class(self.storage_class())
            .set_expected_bucket_owner(self.owner())
            .body(ByteStream::from(bytes))
            .customize()
            .config_override(patience(self.options(), size))
            .send()
            .await
            .map_err(|failure| self.failed(PUT, new.key, failure))?;
        Ok(Written {
            etag: bare_etag(output.e_tag()).to_owned(),
            version: output.version_id().map(str::to_owned),
        })
    }

    async fn put_parts(
        &self,
        new: &NewObject<'_>,
        upload: &Upload,
        first: Bytes,
        mut parts: Parts,
        size_bytes: Option<u64>,
    ) -> Result<(Written, u64), Error> {
        let mut hasher = blake3::Hasher::new();
        let mut done = Vec::new();
        let mut part = first;
        while !part.is_empty() {
            if done.len() as u64 == PARTS_MAX {
                let message = format!("the body does not fit {PARTS_MAX} parts");
                return Err(self.fail(ErrorKind::Unsupported, PUT, new.key, message));
            }
            hasher.update(&part);
            done.push(self.upload_part(upload, done.len() as u64 + 1, part).await?);
            part = parts.next(self.part_bytes(size_bytes, done.len() as u64)).await?;
        }
        let size = parts.taken_bytes;
        self.check_length(new.key, size_bytes, size)?;
        let written = self.complete_put(new, upload, done, size, &hasher.finalize()).await?;
        Ok((written, size))
    }

    /// Size of the part that follows `done` parts.
    fn part_bytes(&self, size_bytes: Option<u64>, done: u64) -> u64 {
        let base = self.options().upload_part_bytes;
        match size_bytes {
            Some(size) => base.max(size.div_ceil(PARTS_MAX - 1)),
            None => base << (done / PARTS_BEFORE_DOUBLING),
        }
    }

    /// Uploads one part. Doing it twice leaves one part.
    pub(super) async fn upload_part(
        &self,
        upload: &Upload,
        number: u64,
        bytes: Bytes,
    ) -> Result<CompletedPart, Error> {
        let number = i32::try_from(number).unwrap_or(i32::MAX);
        let size = bytes.len() as u64;
        let output = self
            .client()
            .upload_part()
            .bucket(self.bucket())
            .key(self.full_key(&upload.key))
            .upload_id(&upload.id)
            .part_number(number)
            .body(ByteStream::from(bytes))
            .set_expected_bucket_owner(self.owner())
            .customize()
            .config_override(patience(self.options(), size))
            .send()
            .await
            .map_err(|failure| self.failed(PUT, &upload.key, failure))?;
        Ok(CompletedPart::builder()
            .part_number(number)
            .set_e_tag(output.e_tag().map(str::to_owned))
            .set_checksum_crc32(output.checksum_crc32().map(str::to_owned))
            .set_checksum_crc32_c(output.checksum_crc32_c().map(str::to_owned))
            .set_checksum_crc64_nvme(output.checksum_crc64_nvme().map(str::to_owned))
            .build())
    }

    async fn complete_put(
        &self,
        new: &NewObject<'_>,
        upload: &Upload,
        parts: Vec<CompletedPart>,
        size: u64,
        hash: &blake3::Hash,
    ) -> Result<Written, Error> {
        let mut attempt = 1;
        loop {
            let completed =
                self.complete_upload(PUT, upload, parts.clone(), size, !new.replace).await;
            let error = match completed {
                Ok(written) => return Ok(written),
                Err(error) => error,
            };
            // Unknown upload: an earlier try that seemed to fail had completed it.
            let lost = error.kind == ErrorKind::Unavailable || error.kind == ErrorKind::NotFound;
            let refused = error.kind == ErrorKind::Changed && !new.replace;
            if refused && attempt == 1 {
                return Err(self.taken(new.key));
            }
            if !lost && !refused {
                return Err(error);
            }
            self.pause_after(attempt).await;
            if let Some(there) = self.look_for(PUT, new.key).await? {
                if self.is_what_was_put(new, &there, size, hash).await? {
                    return Ok(written_as(&there));
                }
                if !new.replace {
                    return Err(self.taken(new.key));
                }
            }
            if attempt >= self.options().attempts_max {
                return Err(error);
            }
            attempt += 1;
        }
    }

    /// Whether the object that stands there has the bytes and tags of this put.
    async fn is_what_was_put(
        &self,
        new: &NewObject<'_>,
        there: &HeadObjectOutput,
        size: u64,
        hash: &blake3::Hash,
    ) -> Result<bool, Error> {
        let object = object_of(new.key, there);
        if object.size_bytes != size || self.content_hash(&object).await? != *hash {
            return Ok(false);
        }
        if self.abilities().await?.seen.tags == Support::No {
            return Ok(true);
        }
        Ok(self.get_tags(PUT, new.key, object.version.as_deref()).await? == new.tags)
    }

    /// Looks at what was written and gives it its tags where the store may have dropped or kept some.
    async fn finish_put(
        &self,
        new: &NewObject<'_>,
        written: &Written,
        size: u64,
        tags_in_doubt: bool,
    ) -> Result<ObjectRef, Error> {
        let there = self.look(PUT, new.key, written.version.as_deref()).await?;
        let object = object_of(new.key, &there);
        if !written.etag.is_empty() && object.etag != written.etag {
            let message = "the object was overwritten by another writer";
            return Err(self.fail(ErrorKind::Changed, PUT, new.key, message));
        }
        if object.size_bytes != size {
            let message = format!("the store holds {} bytes of {size}", object.size_bytes);
            return Err(self.fail(ErrorKind::VerificationFailed, PUT, new.key, message));
        }
        if tags_in_doubt && self.abilities().await?.seen.tags != Support::No {
            let version = object.version.as_deref();
            if self.get_tags(PUT, new.key, version).await? != new.tags {
                self.put_tags(PUT, new.key, version, &new.tags).await?;
                let there = self.look(PUT, new.key, version).await?;
                return Ok(object_of(new.key, &there));
            }
        }
        Ok(object)
    }
}

fn written_as(there: &HeadObjectOutput) -> Written {
    Written {
        etag: bare_etag(there.e_tag()).to_owned(),
        version: there.version_id().map(str::to_owned),
    }
}

/// A body cut into parts.
struct Parts {
    body: Body,
    pending: Bytes,
    taken_bytes: u64,
    /// Set with the last part: nothing follows.
    ended: bool,
}

impl Parts {
    /// The next `size` bytes, or what is left; empty at the end.
    async fn next(&mut self, size: u64) -> Result<Bytes, Error> {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let mut joined = BytesMut::new();
        let mut part = Bytes::new();
        loop {
            let free = size - part.len().max(joined.len());
            let piece = self.pending.split_to(self.pending.len().min(free));
            if part.is_empty() && joined.is_empty() {
                // A body of one chunk is never copied.
                part = piece;
            } else if !piece.is_empty() {
                if joined.is_empty() {
                    joined.extend_from_slice(&part);
                }
                joined.extend_from_slice(&piece);
            }
            if !self.pending.is_empty() {
                break;
            }
            match self.body.next().await {
                Some(chunk) => self.pending = chunk?,
                None => {
                    self.ended = true;
                    break;
                }
            }
        }
        let part = if joined.is_empty() { part } else { joined.freeze() };
        self.taken_bytes += part.len() as u64;
        Ok(part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn cut(chunks: &[&'static str], size: u64) -> Vec<Bytes> {
        let chunks: Vec<_> = chunks.iter().map(|c| Ok(Bytes::from_static(c.as_bytes()))).collect();
        let body: Body = Box::pin(futures_util::stream::iter(chunks));
        let mut parts = Parts { body, pending: Bytes::new(), taken_bytes: 0, ended: false };
        let mut all = Vec::new();
        while !parts.ended {
            all.push(parts.next(size).await.unwrap());
        }
        assert_eq!(parts.taken_bytes, all.iter().map(|part| part.len() as u64).sum::<u64>());
        all
    }

    #[tokio::test]
    async fn bodies_are_cut_into_equal_parts() {
        let cases: [(&[&'static str], u64, &[&str]); 6] = [
            (&[], 4, &[""]),
            (&["abc"], 4, &["abc"]),
            (&["abcd"], 4, &["abcd"]),
            (&["abcde"], 4, &["abcd", "e"]),
            (&["a", "", "bc", "defghij"], 4, &["abcd", "efgh", "ij"]),
            (&["abcd", "efgh"], 4, &["abcd", "efgh"]),
        ];
        for (chunks, size, expected) in cases {
            assert_eq!(cut(chunks, size).await, expected, "{chunks:?}");
        }
    }
}
