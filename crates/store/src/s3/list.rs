//! Listings, with keys byte for byte.

use super::head::modified_ms;
use super::key::{RESERVED_PREFIX, decode_listed};
use super::{S3Bucket, bare_etag};
use crate::bucket::{ListPage, Skipped};
use crate::error::{Error, ErrorKind};
use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use aws_sdk_s3::types::{EncodingType, Object};
use lakegate_core::object::ObjectRef;

/// Most keys that S3 returns in one page.
const PAGE_KEYS_MAX: usize = 1_000;

/// A position that this code made starts with this reserved name, so that it is no key of a listing.
const POSITION_MARK: &str = ".lakegate/position/";

/// Where a listing goes on. The store's token comes first: SeaweedFS skips objects when asked to start
/// after a key that is both an object and a folder. The key stands in for a token that the store no
/// longer takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Position {
    token: Option<String>,
    /// Within the zone.
    key: Option<String>,
}

impl Position {
    /// Reads what an earlier page handed out; anything else is a key.
    fn parse(text: &str) -> Self {
        let parsed = text.strip_prefix(POSITION_MARK).and_then(|rest| {
            let (length, rest) = rest.split_once('/')?;
            let (token, key) = rest.split_at_checked(length.parse().ok()?)?;
            Some(Self {
                token: Some(token.to_owned()),
                key: (!key.is_empty()).then(|| key.to_owned()),
            })
        });
        parsed.unwrap_or_else(|| Self { token: None, key: Some(text.to_owned()) })
    }

    fn write(&self) -> Option<String> {
        let key = self.key.as_deref().unwrap_or_default();
        match &self.token {
            Some(token) => Some(format!("{POSITION_MARK}{}/{token}{key}", token.len())),
            None => self.key.clone(),
        }
    }
}

impl S3Bucket {
    pub(super) async fn list_page(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<ListPage, Error> {
        let limit = limit.max(1);
        let mut page = ListPage::default();
        let mut position = after.map(Position::parse).unwrap_or_default();
        // Each turn moves the position on, so the bucket's own size is the bound.
        loop {
            let wanted = (limit - page.objects.len()).min(PAGE_KEYS_MAX);
            let output = self.list_from(prefix, &position, wanted).await?;
            let last = self.take_listed(&output, &mut page);
            if !output.is_truncated().unwrap_or(false) {
                return Ok(page);
            }
            let next = Position { token: output.next_continuation_token, key: last };
            if next == position || next.write().is_none() {
                let message = "the store says that there is more and not where";
                return Err(self.fail(ErrorKind::Unavailable, "list", "", message));
            }
            if page.objects.len() >= limit {
                page.next = next.write();
                return Ok(page);
            }
            position = next;
        }
    }

    /// Lists from a position, by its key where the store does not take the token.
    async fn list_from(
        &self,
        prefix: &str,
        position: &Position,
        keys_max: usize,
    ) -> Result<ListObjectsV2Output, Error> {
        match self.list_once("list", prefix, position, keys_max).await {
            Err(error)
                if error.kind == ErrorKind::Unsupported
                    && position.token.is_some()
                    && position.key.is_some() =>
            {
                let by_key = Position { token: None, key: position.key.clone() };
                self.list_once("list", prefix, &by_key, keys_max).await
            }
            answer => answer,
        }
    }

    async fn list_once(
        &self,
        operation: &'static str,
        prefix: &str,
        position: &Position,
        keys_max: usize,
    ) -> Result<ListObjectsV2Output, Error> {
        let start_after = match position.token {
            Some(_) => None,
            None => position.key.as_deref().map(|key| self.full_key(key)),
        };
        self.client()
            .list_objects_v2()
            .bucket(self.bucket())
            .prefix(self.full_key(prefix))
            .set_continuation_token(position.token.clone())
            .set_start_after(start_after)
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
        let output = self.list_once(operation, prefix, &Position::default(), PAGE_KEYS_MAX).await?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_round_trip_and_keys_stay_keys() {
        let position = |token: Option<&str>, key: Option<&str>| Position {
            token: token.map(str::to_owned),
            key: key.map(str::to_owned),
        };
        for made in [
            position(Some("t/1"), Some("a\n/b")),
            position(Some("t\u{e9}"), None),
            position(None, Some("k")),
        ] {
            assert_eq!(Position::parse(&made.write().unwrap()), made);
        }
        for key in ["k", ".lakegate/position/x", ".lakegate/position/99/t"] {
            assert_eq!(Position::parse(key), position(None, Some(key)));
        }
    }
}
