//! Tags: what of a set fits S3, and reading and writing whole sets.

use super::S3Bucket;
use super::head::is_instance;
use super::key::encode_query;
use crate::bucket::Support;
use crate::error::{Error, ErrorKind};
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::types::{Tag, Tagging};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use lakegate_core::object::{OWN_TAGS, ObjectRef, Tags};

/// Tags that an object may have on S3.
const TAGS_MAX: usize = 10;
/// Characters of a tag's name.
const NAME_CHARACTERS_MAX: usize = 128;
/// Characters of a tag's value.
const VALUE_CHARACTERS_MAX: usize = 256;

/// The tags of a set that S3 can hold, Lakegate's own first, and a note for each that it cannot.
pub(super) fn fit(tags: &Tags) -> (Tags, Vec<String>) {
    let own = tags.iter().filter(|(name, _)| OWN_TAGS.contains(&name.as_str()));
    let others = tags.iter().filter(|(name, _)| !OWN_TAGS.contains(&name.as_str()));
    let mut kept = Tags::new();
    let mut notes = Vec::new();
    for (name, value) in own.chain(others) {
        if !is_valid(name, NAME_CHARACTERS_MAX) || !is_valid(value, VALUE_CHARACTERS_MAX) {
            notes.push(format!("tag {name:?} dropped: S3 does not take its characters or length"));
        } else if kept.len() == TAGS_MAX {
            notes.push(format!("tag {name:?} dropped: S3 takes {TAGS_MAX} tags an object"));
        } else {
            kept.insert(name.clone(), value.clone());
        }
    }
    (kept, notes)
}

/// Letters, digits, white space and `+ - = . _ : / @` (S3's rule for tags).
fn is_valid(text: &str, characters_max: usize) -> bool {
    text.chars().count() <= characters_max
        && text.chars().all(|c| c.is_alphanumeric() || c == ' ' || "+-=._:/@".contains(c))
}

/// The `x-amz-tagging` header; `None` for no tags.
pub(super) fn header(tags: &Tags) -> Option<String> {
    let pairs: Vec<String> = tags
        .iter()
        .map(|(name, value)| format!("{}={}", encode_query(name), encode_query(value)))
        .collect();
    (!pairs.is_empty()).then(|| pairs.join("&"))
}

fn is_empty_success(reply: &HttpResponse) -> bool {
    reply.status().as_u16() == 200 && reply.body().bytes().is_some_and(<[u8]>::is_empty)
}

impl S3Bucket {
    pub(super) async fn tags_of_object(&self, object: &ObjectRef) -> Result<Tags, Error> {
        self.check_key("tags", &object.key).await?;
        match self.get_tags("tags", &object.key, object.version.as_deref()).await {
            // A store without tags: `capabilities` says so, and its objects have none.
            Err(error) if error.kind == ErrorKind::Unsupported => Ok(Tags::new()),
            answer => answer,
        }
    }

    pub(super) async fn replace_tags(&self, object: &ObjectRef, tags: &Tags) -> Result<(), Error> {
        self.check_key("set_tags", &object.key).await?;
        let abilities = self.abilities().await?;
        if abilities.seen.tags == Support::No {
            let message = "this store keeps no tags";
            return Err(self.fail(ErrorKind::Unsupported, "set_tags", &object.key, message));
        }
        // PutObjectTagging has no condition, so this look is all that can be done.
        let now = self.look("set_tags", &object.key, object.version.as_deref()).await?;
        if !is_instance(object, &now, false) {
            let message = "the key holds another instance now";
            return Err(self.fail(ErrorKind::Changed, "set_tags", &object.key, message));
        }
        let (kept, _) = fit(tags);
        self.put_tags("set_tags", &object.key, object.version.as_deref(), &kept).await
    }

    pub(super) async fn get_tags(
        &self,
        operation: &'static str,
        key: &str,
        version: Option<&str>,
    ) -> Result<Tags, Error> {
        let answer = self
            .client()
            .get_object_tagging()
            .bucket(self.bucket())
            .key(self.full_key(key))
            .set_version_id(version.map(str::to_owned))
            .set_expected_bucket_owner(self.owner())
            .send()
            .await;
        let output = match answer {
            // How RGW 16 answers for an object without tags; a cut-off reply would be another error.
            Err(SdkError::ServiceError(answer)) if is_empty_success(answer.raw()) => {
                return Ok(Tags::new());
            }
            answer => answer.map_err(|failure| self.failed(operation, key, failure))?,
        };
        let pairs = output.tag_set().iter();
        Ok(pairs.map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect())
    }

    /// Writes a whole set that fits. Repeating it is harmless.
    pub(super) async fn put_tags(
        &self,
        operation: &'static str,
        key: &str,
        version: Option<&str>,
        tags: &Tags,
    ) -> Result<(), Error> {
        let mut set = Vec::with_capacity(tags.len());
        for (name, value) in tags {
            let tag = Tag::builder().key(name).value(value).build();
            set.push(tag.map_err(|cause| {
                self.fail(ErrorKind::Unsupported, operation, key, cause.to_string())
            })?);
        }
        let tagging = Tagging::builder().set_tag_set(Some(set)).build().map_err(|cause| {
            self.fail(ErrorKind::Unsupported, operation, key, cause.to_string())
        })?;
        self.client()
            .put_object_tagging()
            .bucket(self.bucket())
            .key(self.full_key(key))
            .set_version_id(version.map(str::to_owned))
            .tagging(tagging)
            .set_expected_bucket_owner(self.owner())
            .send()
            .await
            .map_err(|failure| self.failed(operation, key, failure))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(pairs: &[(&str, &str)]) -> Tags {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn ours_are_kept_when_there_are_too_many() {
        let mut all: Tags = (0..10).map(|n| (format!("A{n}"), "x".to_owned())).collect();
        all.extend(tags(&[("WorkflowId", "run"), ("LakegateVerdict", "CLEAN")]));
        let (kept, notes) = fit(&all);
        assert_eq!(kept.len(), TAGS_MAX);
        assert!(kept.contains_key("WorkflowId") && kept.contains_key("LakegateVerdict"));
        assert_eq!(notes.len(), 2);
        assert!(notes[0].contains("\"A8\""), "{notes:?}");
    }

    #[test]
    fn what_s3_refuses_is_dropped_with_a_note() {
        let long = "v".repeat(257);
        let (kept, notes) = fit(&tags(&[("a!", "1"), ("ok é", "a+b:/@"), ("long", &long)]));
        assert_eq!(kept, tags(&[("ok é", "a+b:/@")]));
        assert_eq!(notes.len(), 2);
    }

    #[test]
    fn headers_are_encoded() {
        assert_eq!(header(&tags(&[])), None);
        assert_eq!(
            header(&tags(&[("a b", "x&y"), ("k", "é")])).as_deref(),
            Some("a%20b=x%26y&k=%C3%A9")
        );
    }
}
