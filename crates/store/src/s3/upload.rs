//! Uploads in parts: begin, complete, abandon; and what a new object is born with.

use super::client::patience;
use super::copy::Written;
use super::options::Encryption;
use super::{S3Bucket, bare_etag, tags};
use crate::bucket::Support;
use crate::error::{Error, ErrorKind};
use aws_sdk_s3::operation::copy_object::builders::CopyObjectFluentBuilder;
use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use aws_sdk_s3::types::{
    ChecksumAlgorithm, ChecksumType, CompletedMultipartUpload, CompletedPart, ServerSideEncryption,
    StorageClass,
};
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use lakegate_core::object::Tags;
use std::collections::HashMap;

/// Storage classes whose objects can not be read at once: a copy must not be born into one.
const ARCHIVE_CLASSES: [StorageClass; 2] = [StorageClass::Glacier, StorageClass::DeepArchive];

/// An upload that was begun.
pub(super) struct Upload {
    pub(super) id: String,
    /// The key within the zone.
    pub(super) key: String,
}

/// What an object carries besides its bytes and tags.
#[derive(Default)]
pub(super) struct Attributes {
    pub(super) content_type: Option<String>,
    pub(super) metadata: HashMap<String, String>,
    pub(super) storage_class: Option<StorageClass>,
    cache_control: Option<String>,
    content_disposition: Option<String>,
    content_encoding: Option<String>,
    content_language: Option<String>,
    expires: Option<DateTime>,
    website_redirect: Option<String>,
    checksum: Option<ChecksumAlgorithm>,
}

impl Attributes {
    /// Those of a new object.
    pub(super) fn new(content_type: Option<String>, metadata: &Tags) -> Self {
        let metadata = metadata.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        Self { content_type, metadata, ..Self::default() }
    }

    /// Those of an object that is there.
    pub(super) fn of(output: &HeadObjectOutput) -> Self {
        let text = |value: Option<&str>| value.map(str::to_owned);
        let expires = output.expires_string();
        let class = output.storage_class().cloned();
        let whole = output.checksum_type() == Some(&ChecksumType::FullObject);
        Self {
            content_type: text(output.content_type()),
            metadata: output.metadata().cloned().unwrap_or_default(),
            storage_class: class.filter(|class| !ARCHIVE_CLASSES.contains(class)),
            cache_control: text(output.cache_control()),
            content_disposition: text(output.content_disposition()),
            content_encoding: text(output.content_encoding()),
            content_language: text(output.content_language()),
            expires: expires.and_then(|text| DateTime::from_str(text, Format::HttpDate).ok()),
            website_redirect: text(output.website_redirect_location()),
            checksum: (whole && output.checksum_crc64_nvme().is_some())
                .then_some(ChecksumAlgorithm::Crc64Nvme),
        }
    }

    /// Writes them onto a copy that replaces metadata.
    pub(super) fn on_copy(&self, request: CopyObjectFluentBuilder) -> CopyObjectFluentBuilder {
        request
            .set_content_type(self.content_type.clone())
            .set_metadata(Some(self.metadata.clone()))
            .set_cache_control(self.cache_control.clone())
            .set_content_disposition(self.content_disposition.clone())
            .set_content_encoding(self.content_encoding.clone())
            .set_content_language(self.content_language.clone())
            .set_expires(self.expires)
            .set_website_redirect_location(self.website_redirect.clone())
    }
}

impl S3Bucket {
    /// The encryption to ask for, and its key.
    pub(super) fn encryption(&self) -> (Option<ServerSideEncryption>, Option<String>) {
        match &self.options().encryption {
            Encryption::BucketDefault => (None, None),
            Encryption::Aes256 => (Some(ServerSideEncryption::Aes256), None),
            Encryption::Kms { key_id } => (Some(ServerSideEncryption::AwsKms), key_id.clone()),
        }
    }

    pub(super) async fn begin_upload(
        &self,
        operation: &'static str,
        key: &str,
        attributes: &Attributes,
        tags: &Tags,
    ) -> Result<Upload, Error> {
        let keeps_tags = self.abilities().await?.seen.tags != Support::No;
        let tags = if keeps_tags { tags::header(tags) } else { None };
        self.begin_bare_upload(operation, key, attributes, tags).await
    }

    /// Begins an upload without asking what the store can do: the probe uses it too.
    pub(super) async fn begin_bare_upload(
        &self,
        operation: &'static str,
        key: &str,
        attributes: &Attributes,
        tagging: Option<String>,
    ) -> Result<Upload, Error> {
        let (encryption, key_id) = self.encryption();
        let output = self
            .client()
            .create_multipart_upload()
            .bucket(self.bucket())
            .key(self.full_key(key))
            .set_content_type(attributes.content_type.clone())
            .set_metadata(Some(attributes.metadata.clone()))
            .set_cache_control(attributes.cache_control.clone())
            .set_content_disposition(attributes.content_disposition.clone())
            .set_content_encoding(attributes.content_encoding.clone())
            .set_content_language(attributes.content_language.clone())
            .set_expires(attributes.expires)
            .set_website_redirect_location(attributes.website_redirect.clone())
            .set_storage_class(self.storage_class().or(attributes.storage_class.clone()))
            .set_tagging(tagging)
            .set_server_side_encryption(encryption)
            .set_ssekms_key_id(key_id)
            .set_checksum_type(attributes.checksum.as_ref().map(|_| ChecksumType::FullObject))
            .set_checksum_algorithm(attributes.checksum.clone())
            .set_expected_bucket_owner(self.owner())
            .send()
            .await
            .map_err(|failure| self.failed(operation, key, failure))?;
        match output.upload_id() {
            Some(id) => Ok(Upload { id: id.to_owned(), key: key.to_owned() }),
            None => {
                let message = "the store began an upload without an id";
                Err(self.fail(ErrorKind::Unavailable, operation, key, message))
            }
        }
    }

    pub(super) async fn complete_upload(
        &self,
        operation: &'static str,
        upload: &Upload,
        parts: Vec<CompletedPart>,
        size_bytes: u64,
        if_absent: bool,
    ) -> Result<Written, Error> {
        let judges = self.abilities().await?.complete_if_absent;
        if if_absent
            && judges != Support::Yes
            && self.look_for(operation, &upload.key).await?.is_some()
        {
            return Err(self.fail(ErrorKind::Changed, operation, &upload.key, "the key is taken"));
        }
        let if_absent = if_absent && judges != Support::No;
        let output = self
            .client_once()
            .complete_multipart_upload()
            .bucket(self.bucket())
            .key(self.full_key(&upload.key))
            .upload_id(&upload.id)
            .multipart_upload(CompletedMultipartUpload::builder().set_parts(Some(parts)).build())
            .set_if_none_match(if_absent.then(|| "*".to_owned()))
            .set_mpu_object_size(i64::try_from(size_bytes).ok())
            .set_expected_bucket_owner(self.owner())
            .customize()
            .config_override(patience(self.options(), size_bytes))
            .send()
            .await
            .map_err(|failure| self.failed(operation, &upload.key, failure))?;
        Ok(Written {
            etag: bare_etag(output.e_tag()).to_owned(),
            version: output.version_id().map(str::to_owned),
        })
    }

    /// The parts as the store has them, for stores that do not name a part's ETag at once.
    pub(super) async fn listed_parts(
        &self,
        operation: &'static str,
        upload: &Upload,
    ) -> Result<Vec<CompletedPart>, Error> {
        let mut parts = Vec::new();
        let mut pages = self
            .client()
            .list_parts()
            .bucket(self.bucket())
            .key(self.full_key(&upload.key))
            .upload_id(&upload.id)
            .set_expected_bucket_owner(self.owner())
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|failure| self.failed(operation, &upload.key, failure))?;
            parts.extend(page.parts().iter().map(|part| {
                CompletedPart::builder()
                    .set_part_number(part.part_number())
                    .set_e_tag(part.e_tag().map(str::to_owned))
                    .build()
            }));
        }
        Ok(parts)
    }

    /// Aborts an upload after `error`, so that its parts are not kept and paid for.
    pub(super) async fn abandon(&self, upload: Upload, mut error: Error) -> Error {
        let aborted = self.abort_upload(error.operation, &upload).await;
        if let Err(left) = aborted
            && left.kind != ErrorKind::NotFound
        {
            error.message.push_str("; the unfinished upload could not be removed: ");
            error.message.push_str(&left.message);
        }
        error
    }

    pub(super) async fn abort_upload(
        &self,
        operation: &'static str,
        upload: &Upload,
    ) -> Result<(), Error> {
        self.client()
            .abort_multipart_upload()
            .bucket(self.bucket())
            .key(self.full_key(&upload.key))
            .upload_id(&upload.id)
            .set_expected_bucket_owner(self.owner())
            .send()
            .await
            .map(drop)
            .map_err(|failure| self.failed(operation, &upload.key, failure))
    }
}
