//! The single trials of the probe. Each ends with a look at the effect: a store's word counts for
//! nothing.

use super::copy::Written;
use super::head::object_of;
use super::key::{RESERVED_PREFIX, copy_source};
use super::upload::Attributes;
use super::{S3Bucket, bare_etag, quoted_etag, tags};
use crate::bucket::Support;
use crate::error::{Error, ErrorKind};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{
    CompletedMultipartUpload, CompletedPart, EncodingType, MetadataDirective, TaggingDirective,
};
use lakegate_core::object::Tags;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

const PROBE: &str = "probe";

/// An ETag that no object has.
const NO_ETAG: &str = "00000000000000000000000000000000";

/// Characters of the random name of one probe.
const RANDOM_CHARACTERS: usize = 16;

/// The canary objects of one probe.
pub(super) struct Canaries<'a> {
    bucket: &'a S3Bucket,
    /// Their prefix within the zone.
    pub(super) root: String,
    /// Keys and versions that the store named as written, delete markers too. Listings of versions
    /// are not to be trusted with odd keys.
    made: Mutex<Vec<(String, Option<String>)>>,
}

/// A written canary.
pub(super) struct Canary {
    key: String,
    written: Written,
}

impl<'a> Canaries<'a> {
    pub(super) fn new(bucket: &'a S3Bucket) -> Self {
        let random: String = (0..RANDOM_CHARACTERS).map(|_| fastrand::alphanumeric()).collect();
        let root = format!("{RESERVED_PREFIX}probe/{random}/");
        Self { bucket, root, made: Mutex::default() }
    }

    fn note_made(&self, key: &str, version: Option<&str>) {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let version = version.filter(|version| *version != "null");
        made.push((key.to_owned(), version.map(str::to_owned)));
    }

    pub(super) async fn put(
        &self,
        name: &str,
        body: &'static str,
        tags: Option<&Tags>,
        if_absent: bool,
    ) -> Result<Canary, Error> {
        let key = format!("{}{name}", self.root);
        let (encryption, key_id) = self.bucket.encryption();
        let output = self
            .bucket
            .client()
            .put_object()
            .bucket(self.bucket.bucket())
            .key(self.bucket.full_key(&key))
            .body(ByteStream::from_static(body.as_bytes()))
            .set_tagging(tags.and_then(tags::header))
            .set_if_none_match(if_absent.then(|| "*".to_owned()))
            .set_server_side_encryption(encryption)
            .set_ssekms_key_id(key_id)
            .set_expected_bucket_owner(self.bucket.owner())
            .send()
            .await
            .map_err(|failure| self.bucket.failed(PROBE, &key, failure))?;
        self.note_made(&key, output.version_id());
        let written = Written {
            etag: bare_etag(output.e_tag()).to_owned(),
            version: output.version_id().map(str::to_owned),
        };
        Ok(Canary { key, written })
    }

    /// Checksums and versions.
    pub(super) async fn look_at(&self, plain: &Canary) -> Result<(Support, Support), Error> {
        let output = self.bucket.look(PROBE, &plain.key, None).await?;
        let sums = [
            output.checksum_crc32(),
            output.checksum_crc32_c(),
            output.checksum_crc64_nvme(),
            output.checksum_sha256(),
        ];
        let version = plain.written.version.as_deref();
        Ok((
            support(sums.iter().any(Option::is_some)),
            support(version.is_some_and(|version| version != "null")),
        ))
    }

    /// Whether tags come back, and whether writing them leaves the time of the object alone.
    pub(super) async fn tags_round_trip(&self) -> Result<(Support, bool), Error> {
        let born_with = one_tag("born");
        let Some(tagged) = tried(self.put("tagged", "one", Some(&born_with), false).await)? else {
            // The next trials need the object.
            self.put("tagged", "one", None, false).await?;
            return Ok((Support::No, true));
        };
        let before = self.listed_time(&tagged.key).await?;
        let found = tried(self.bucket.get_tags(PROBE, &tagged.key, None).await)?;
        if found.as_ref() != Some(&born_with) {
            return Ok((Support::No, true));
        }
        let later = one_tag("written later");
        if tried(self.bucket.put_tags(PROBE, &tagged.key, None, &later).await)?.is_none() {
            return Ok((Support::No, true));
        }
        let found = tried(self.bucket.get_tags(PROBE, &tagged.key, None).await)?;
        let after = self.listed_time(&tagged.key).await?;
        Ok((support(found == Some(later)), before == after))
    }

    /// The time of the last change as finely as a listing tells it.
    async fn listed_time(&self, key: &str) -> Result<Option<aws_smithy_types::DateTime>, Error> {
        let output = self
            .bucket
            .client()
            .list_objects_v2()
            .bucket(self.bucket.bucket())
            .prefix(self.bucket.full_key(key))
            .max_keys(1)
            .set_expected_bucket_owner(self.bucket.owner())
            .send()
            .await
            .map_err(|failure| self.bucket.failed(PROBE, key, failure))?;
        Ok(output.contents().first().and_then(|object| object.last_modified().cloned()))
    }

    pub(super) async fn put_if_absent(&self, plain: &Canary) -> Result<Support, Error> {
        let second = refused_by_condition(self.put("plain", "other", None, true).await)?;
        Ok(support(second && self.is_still(plain).await?))
    }

    pub(super) async fn copy_replaces_tags(&self) -> Result<Support, Error> {
        let wanted = one_tag("copied");
        let copied = self.copy("tagged", "replaced", None, false, Some(&wanted)).await;
        if tried(copied)?.is_none() {
            return Ok(Support::No);
        }
        let key = format!("{}replaced", self.root);
        Ok(support(tried(self.bucket.get_tags(PROBE, &key, None).await)? == Some(wanted)))
    }

    pub(super) async fn copy_if_absent(&self) -> Result<Support, Error> {
        let target = self.put("target", "target", None, false).await?;
        let refused = refused_by_condition(self.copy("plain", "target", None, true, None).await)?;
        Ok(support(refused && self.is_still(&target).await?))
    }

    pub(super) async fn copy_if_source_matches(&self) -> Result<Support, Error> {
        let copied = self.copy("plain", "not-meant", Some(NO_ETAG), false, None).await;
        if !refused_by_condition(copied)? {
            return Ok(Support::No);
        }
        let key = format!("{}not-meant", self.root);
        Ok(support(self.bucket.look_for(PROBE, &key).await?.is_none()))
    }

    async fn copy(
        &self,
        from: &str,
        to: &str,
        if_source: Option<&str>,
        if_absent: bool,
        tags: Option<&Tags>,
    ) -> Result<(), Error> {
        let source = self.bucket.full_key(&format!("{}{from}", self.root));
        let key = format!("{}{to}", self.root);
        let output = self
            .bucket
            .client()
            .copy_object()
            .bucket(self.bucket.bucket())
            .key(self.bucket.full_key(&key))
            .copy_source(copy_source(self.bucket.bucket(), &source, None))
            .metadata_directive(MetadataDirective::Copy)
            .set_copy_source_if_match(if_source.map(quoted_etag))
            .set_if_none_match(if_absent.then(|| "*".to_owned()))
            .set_tagging_directive(tags.map(|_| TaggingDirective::Replace))
            .set_tagging(tags.and_then(tags::header))
            .set_expected_bucket_owner(self.bucket.owner())
            .send()
            .await
            .map_err(|failure| self.bucket.failed(PROBE, &key, failure))?;
        self.note_made(&key, output.version_id());
        Ok(())
    }

    /// Ends an upload in parts on a key that is taken.
    pub(super) async fn complete_if_absent(&self) -> Result<Support, Error> {
        let taken = self.put("taken", "taken", None, false).await?;
        let begun =
            self.bucket.begin_bare_upload(PROBE, &taken.key, &Attributes::default(), None).await;
        let Some(upload) = tried(begun)? else {
            return Ok(Support::No);
        };
        let part = self.bucket.upload_part(&upload, 1, "parts".into()).await?;
        let completed = self.complete(&taken.key, &upload.id, part).await;
        let refused = refused_by_condition(completed)?;
        if refused {
            self.bucket.abort_upload(PROBE, &upload).await?;
        }
        Ok(support(refused && self.is_still(&taken).await?))
    }

    async fn complete(&self, key: &str, id: &str, part: CompletedPart) -> Result<(), Error> {
        let output = self
            .bucket
            .client()
            .complete_multipart_upload()
            .bucket(self.bucket.bucket())
            .key(self.bucket.full_key(key))
            .upload_id(id)
            .multipart_upload(CompletedMultipartUpload::builder().parts(part).build())
            .if_none_match("*")
            .set_expected_bucket_owner(self.bucket.owner())
            .send()
            .await
            .map_err(|failure| self.bucket.failed(PROBE, key, failure))?;
        self.note_made(key, output.version_id());
        Ok(())
    }

    /// A delete with a wrong ETag must spare the object, one with the right ETag must not.
    pub(super) async fn delete_if_matches(&self, plain: &Canary) -> Result<Support, Error> {
        let wrong = self.delete(&plain.key, Some(NO_ETAG), None).await;
        if !refused_by_condition(wrong)? || !self.is_still(plain).await? {
            return Ok(Support::No);
        }
        let right = self.delete(&plain.key, Some(&plain.written.etag), None).await;
        if tried(right)?.is_none() {
            return Ok(Support::No);
        }
        Ok(support(self.bucket.look_for(PROBE, &plain.key).await?.is_none()))
    }

    async fn delete(
        &self,
        key: &str,
        if_match: Option<&str>,
        version: Option<&str>,
    ) -> Result<(), Error> {
        let output = self
            .bucket
            .client()
            .delete_object()
            .bucket(self.bucket.bucket())
            .key(self.bucket.full_key(key))
            .set_if_match(if_match.map(quoted_etag))
            .set_version_id(version.map(str::to_owned))
            .set_expected_bucket_owner(self.bucket.owner())
            .send()
            .await
            .map_err(|failure| self.bucket.failed(PROBE, key, failure))?;
        if output.delete_marker() == Some(true) && version.is_none() {
            self.note_made(key, output.version_id());
        }
        Ok(())
    }

    /// Whether keys that paths would fold are kept apart, and whether other odd keys are listed as
    /// they were written.
    pub(super) async fn exact_keys(&self) -> Result<(Support, bool), Error> {
        let single = self.put("keys/x/y", "single", None, false).await?;
        let double = tried(self.put("keys/x//y", "double", None, false).await)?;
        let kept_apart = double.is_some() && self.is_still(&single).await?;

        let odd = ["keys/p+q %41", "keys/\u{1}", "keys/é/"];
        for name in odd {
            tried(self.put(name, "odd", None, false).await)?;
        }
        let root = format!("{}keys/", self.root);
        let listed = self.bucket.list_raw(PROBE, &root).await?;
        let listed: BTreeSet<&str> = listed.iter().map(String::as_str).collect();
        let has = |name: &str| listed.contains(format!("{}{name}", self.root).as_str());
        let exact = kept_apart && has("keys/x/y") && has("keys/x//y");
        Ok((support(exact), odd.iter().all(|name| has(name))))
    }

    async fn is_still(&self, canary: &Canary) -> Result<bool, Error> {
        let now = self.bucket.look_for(PROBE, &canary.key).await?;
        Ok(now.is_some_and(|now| object_of(&canary.key, &now).etag == canary.written.etag))
    }

    /// Removes every canary, with its versions and markers where there are such.
    pub(super) async fn remove_all(&self) -> Result<(), Error> {
        let made = std::mem::take(&mut *self.made.lock().unwrap_or_else(PoisonError::into_inner));
        let mut failure = None;
        for (key, version) in made {
            failure = self.delete(&key, None, version.as_deref()).await.err().or(failure);
        }
        // What a reply did not name, or what was written by a request whose reply was lost.
        for (key, version) in self.listed_versions().await? {
            self.delete(&key, None, Some(&version)).await?;
        }
        for key in self.bucket.list_raw(PROBE, &self.root).await? {
            self.delete(&key, None, None).await?;
        }
        failure.map_or(Ok(()), Err)
    }

    /// Versions and markers below the root; none where the store knows no versions.
    async fn listed_versions(&self) -> Result<Vec<(String, String)>, Error> {
        let listed = self
            .bucket
            .client()
            .list_object_versions()
            .bucket(self.bucket.bucket())
            .prefix(self.bucket.full_key(&self.root))
            .encoding_type(EncodingType::Url)
            .set_expected_bucket_owner(self.bucket.owner())
            .send()
            .await
            .map_err(|failure| self.bucket.failed(PROBE, &self.root, failure));
        let Some(page) = tried(listed)? else {
            return Ok(Vec::new());
        };
        let encoded = page.encoding_type() == Some(&EncodingType::Url);
        let entries = page.versions().iter().map(|entry| (entry.key(), entry.version_id()));
        let markers = page.delete_markers().iter().map(|entry| (entry.key(), entry.version_id()));
        let named = entries.chain(markers).filter_map(|(key, version)| {
            let version = version.filter(|version| *version != "null")?;
            Some((self.bucket.relative_key(key?, encoded)?, version.to_owned()))
        });
        Ok(named.collect())
    }
}

fn support(works: bool) -> Support {
    if works { Support::Yes } else { Support::No }
}

fn one_tag(value: &str) -> Tags {
    Tags::from([("canary".to_owned(), value.to_owned())])
}

/// `None` when the store refused; an error when it could not be asked.
fn tried<T>(result: Result<T, Error>) -> Result<Option<T>, Error> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.is_retryable() => Err(error),
        Err(_) => Ok(None),
    }
}

/// Whether the store refused because of the condition, as it should have.
fn refused_by_condition<T>(result: Result<T, Error>) -> Result<bool, Error> {
    match result {
        Ok(_) => Ok(false),
        Err(error) if error.is_retryable() => Err(error),
        Err(error) => Ok(error.kind == ErrorKind::Changed),
    }
}
