//! Listings, with keys byte for byte.

use super::head::modified_ms;
use super::key::{RESERVED_PREFIX, decode_listed};
use super::{S3Bucket, bare_etag};
use crate::bucket::{ListPage, Skipped};
use crate::error::Error;
use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use aws_sdk_s3::types::{EncodingType, Object};
use lakegate_core::object::ObjectRef;

/// Most keys that S3 returns in one page.
const PAGE_KEYS_MAX: usize = 1_000;

impl S3Bucket {
    pub(super) async fn list_page(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<ListPage, Error> {
        let limit = limit.max(1);
        let mut page = ListPage::default();
        let mut after = after.map(str::to_owned);
        // Each turn moves `after` on, so the bucket's own size is the bound.
        loop {
            let wanted = (limit - page.objects.len()).min(PAGE_KEYS_MAX);
            let output = self.list_once("list", prefix, after.as_deref(), wanted).await?;
            let last = self.take_listed(&output, &mut page);
            if !output.is_truncated().unwrap_or(false) || last.is_none() {
                return Ok(page);
            }
            if page.objects.len() >= limit {
                page.next = last;
                return Ok(page);
            }
            after = last;
        }
    }

    async fn list_once(
        &self,
        operation: &'static str,
        prefix: &str,
        after: Option<&str>,
        keys_max: usize,
    ) -> Result<ListObjectsV2Output, Error> {
        self.client()
            .list_objects_v2()
            .bucket(self.bucket())
            .prefix(self.full_key(prefix))
            .set_start_after(after.map(|key| self.full_key(key)))
            .max_keys(i32::try_from(keys_max).unwrap_or(i32::MAX))
            .encoding_type(EncodingType::Url)
            .set_expected_bucket_owner(self.owner())
            .send()
            .await
            .map_err(|failure| self.failed(operation, "", failure))
    }

    /// The key within the zone of a key as it is listed, if it is one.
    pub(super) fn relative_key(&self, listed: &str, encoded: bool) -> Option<String> {
        let full = if encoded { decode_listed(listed)? } else { listed.to_owned() };
        full.strip_prefix(&self.shared.prefix).map(str::to_owned)
    }

    /// The first page of keys below `prefix`, reserved ones too.
    pub(super) async fn list_raw(
        &self,
        operation: &'static str,
        prefix: &str,
    ) -> Result<Vec<String>, Error> {
        let output = self.list_once(operation, prefix, None, PAGE_KEYS_MAX).await?;
        let encoded = output.encoding_type() == Some(&EncodingType::Url);
        let keys = output.contents().iter().filter_map(|object| object.key());
        Ok(keys.filter_map(|key| self.relative_key(key, encoded)).collect())
    }

    /// Adds a page's objects; returns the last key, of whatever kind.
    fn take_listed(&self, output: &ListObjectsV2Output, page: &mut ListPage) -> Option<String> {
        let encoded = output.encoding_type() == Some(&EncodingType::Url);
        let mut last = None;
        for listed in output.contents() {
            let text = listed.key().unwrap_or_default();
            let Some(key) = self.relative_key(text, encoded) else {
                page.skipped.push(Skipped {
                    name: text.to_owned(),
                    reason: "the store lists a key that is not UTF-8 or not below the prefix"
                        .to_owned(),
                });
                continue;
            };
            last = Some(key.clone());
            // An empty key is the marker object of the prefix itself.
            if !key.is_empty() && !key.starts_with(RESERVED_PREFIX) {
                page.objects.push(listed_object(&key, listed));
            }
        }
        last
    }
}

fn listed_object(key: &str, listed: &Object) -> ObjectRef {
    ObjectRef {
        key: key.to_owned(),
        version: None,
        etag: bare_etag(listed.e_tag()).to_owned(),
        size_bytes: u64::try_from(listed.size().unwrap_or_default()).unwrap_or_default(),
        modified_ms: listed.last_modified().map(modified_ms).unwrap_or_default(),
    }
}
