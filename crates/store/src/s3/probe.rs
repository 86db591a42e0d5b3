//! What the store behind a bucket really does, found with canary objects.
//!
//! The canaries stand under a reserved key with a random name and are removed again, with all their
//! versions. An answer is kept for as long as the bucket is open; a failure to answer is not.

use super::S3Bucket;
use super::probe_steps::Canaries;
use crate::bucket::{Capabilities, Support};
use crate::error::{Error, ErrorKind};

/// What was found, with what only this backend needs to know.
#[derive(Clone, Debug)]
pub(super) struct Abilities {
    pub(super) seen: Capabilities,
    /// Completing an upload in parts fails where the key is taken.
    pub(super) complete_if_absent: Support,
    /// Writing tags leaves the time of the last change alone.
    pub(super) keeps_time: bool,
    /// The store is AWS itself, whose documented behaviour is relied on where nothing could be tried.
    pub(super) is_aws: bool,
}

impl Abilities {
    /// Whether a condition may be left to the store.
    pub(super) fn is_relied_on(&self, support: Support) -> bool {
        support == Support::Yes || (support == Support::Unknown && self.is_aws)
    }

    fn untried(is_aws: bool, why: &str) -> Self {
        let seen = Capabilities {
            tags: Support::Unknown,
            copy_replaces_tags: Support::Unknown,
            put_if_absent: Support::Unknown,
            copy_if_absent: Support::Unknown,
            copy_if_source_matches: Support::Unknown,
            delete_if_matches: Support::Unknown,
            versions: Support::Unknown,
            checksums: Support::Unknown,
            exact_keys: Support::Unknown,
            fallbacks: Vec::new(),
            refusals: vec![format!("nothing can be written here: {why}")],
        };
        Self { seen, complete_if_absent: Support::Unknown, keeps_time: true, is_aws }
    }
}

impl S3Bucket {
    /// What the probe found; the first call runs it.
    pub(super) async fn abilities(&self) -> Result<&Abilities, Error> {
        self.shared.abilities.get_or_try_init(|| self.probe()).await
    }

    async fn probe(&self) -> Result<Abilities, Error> {
        self.check_access().await?;
        let canaries = Canaries::new(self);
        let found = self.try_everything(&canaries).await;
        let left = canaries.remove_all().await;
        let mut abilities = found?;
        if let Err(error) = left {
            let root = &canaries.root;
            let note = format!("canary objects are left under {root}: {}", error.message);
            abilities.seen.fallbacks.push(note);
        }
        Ok(abilities)
    }

    /// A listing, because its errors tell a missing bucket from wrong credentials.
    async fn check_access(&self) -> Result<(), Error> {
        let listed = self
            .client()
            .list_objects_v2()
            .bucket(self.bucket())
            .prefix(&self.shared.prefix)
            .max_keys(1)
            .set_expected_bucket_owner(self.owner())
            .send()
            .await;
        listed.map(drop).map_err(|failure| {
            let mut error = self.failed("open", "", failure);
            if error.kind == ErrorKind::NotFound {
                error.message = format!("the bucket does not exist ({})", error.message);
            }
            error
        })
    }

    async fn try_everything(&self, canaries: &Canaries<'_>) -> Result<Abilities, Error> {
        let is_aws = self.shared.endpoint.is_none();
        let plain = match canaries.put("plain", "one", None, false).await {
            Ok(plain) => plain,
            Err(error) if error.kind == ErrorKind::Denied => {
                return Ok(Abilities::untried(is_aws, &error.message));
            }
            Err(error) => return Err(error),
        };
        let (checksums, versions) = canaries.look_at(&plain).await?;
        let (tags, keeps_time) = canaries.tags_round_trip().await?;
        let put_if_absent = canaries.put_if_absent(&plain).await?;
        let copy_replaces_tags = match tags {
            Support::Yes => canaries.copy_replaces_tags().await?,
            other => other,
        };
        let copy_if_absent = canaries.copy_if_absent().await?;
        let copy_if_source_matches = canaries.copy_if_source_matches().await?;
        let complete_if_absent = canaries.complete_if_absent().await?;
        let delete_if_matches = canaries.delete_if_matches(&plain).await?;
        let (exact_keys, lists_exactly) = canaries.exact_keys().await?;
        let mut seen = Capabilities {
            tags,
            copy_replaces_tags,
            put_if_absent,
            copy_if_absent,
            copy_if_source_matches,
            delete_if_matches,
            versions,
            checksums,
            exact_keys,
            fallbacks: Vec::new(),
            refusals: Vec::new(),
        };
        let unsafe_delete = self.options().unsafe_delete_without_condition;
        seen.fallbacks = fallbacks(&seen, complete_if_absent, unsafe_delete);
        seen.refusals = refusals(&seen, lists_exactly, unsafe_delete);
        Ok(Abilities { seen, complete_if_absent, keeps_time, is_aws })
    }
}

fn fallbacks(seen: &Capabilities, complete: Support, unsafe_delete: bool) -> Vec<String> {
    let deletes = match (seen.versions, unsafe_delete) {
        (Support::Yes, _) => "no conditional delete: the exact version is deleted for good",
        (_, true) => {
            "no conditional delete: the object is looked at and then deleted, as configured"
        }
        (_, false) => "",
    };
    let all = [
        (seen.tags, "no tags: the ledger has them; the run's id is written as metadata"),
        (seen.copy_replaces_tags, "copies keep old tags: tags are written again after each copy"),
        (seen.put_if_absent, "no conditional put: the key is looked at before each write"),
        (seen.copy_if_absent, "no conditional copy: the key is looked at before each copy"),
        (complete, "no conditional end of an upload in parts: the key is looked at before it"),
        (
            seen.copy_if_source_matches,
            "copies ignore what the source must be: it is looked at again, and a copy of a changed \
             source is removed",
        ),
        (seen.delete_if_matches, deletes),
        (seen.checksums, "no checksums: copies whose ETags say nothing are read and compared"),
        (
            seen.exact_keys,
            "keys with empty, `.` or `..` segments are not kept as they are: they are refused",
        ),
    ];
    all.into_iter()
        .filter(|(support, text)| *support == Support::No && !text.is_empty())
        .map(|(_, text)| text.to_owned())
        .collect()
}

fn refusals(seen: &Capabilities, lists_exactly: bool, unsafe_delete: bool) -> Vec<String> {
    let mut refusals = Vec::new();
    if seen.delete_if_matches == Support::No && seen.versions != Support::Yes && !unsafe_delete {
        refusals.push(
            "deletes ignore conditions and the bucket keeps no versions: an object that is \
             overwritten at the wrong moment would be lost. Turn versioning on, or set \
             unsafe_delete_without_condition if every key is written once only"
                .to_owned(),
        );
    }
    if !lists_exactly {
        refusals.push("listings do not return keys as they were written".to_owned());
    }
    refusals
}
