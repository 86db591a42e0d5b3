//! `[s3]`: how S3 stores are reached. Credentials come from the usual AWS environment, never from here.

use super::limits::at_least_one;
use super::problem::ProblemKind;
use super::quantity::Size;
use super::reader::Section;
use super::setting::Setting;
use lakegate_store::S3Options;
use lakegate_store::s3::{Checksums, Encryption, VersionedDelete};
use std::time::Duration;

/// The defaults of a store, for no bucket in particular.
pub(super) fn defaults() -> S3Options {
    S3Options::new("", "")
}

/// Reads how a store is reached; `defaults` holds for what is not said.
pub(super) fn read(section: &mut Section<'_, '_>, defaults: &S3Options) -> S3Options {
    let mut options = defaults.clone();
    let bytes = |section: &mut Section<'_, '_>, key, default| {
        section.value_where(key, Size(default), at_least_one).0
    };
    let text = |section: &mut Section<'_, '_>, key, example: &str, default: &Option<String>| {
        or_default(section, key, example, default)
    };
    options.endpoint = text(section, "endpoint", "https://s3.example.org", &options.endpoint);
    options.region = text(section, "region", "eu-central-1", &options.region);
    options.force_path_style =
        section.optional("force_path_style", true).or(options.force_path_style);
    options.profile = text(section, "profile", "lakegate", &options.profile);
    options.expected_bucket_owner =
        text(section, "expected_bucket_owner", "123456789012", &options.expected_bucket_owner);
    options.checksums = section.choice("checksums", options.checksums, &CHECKSUMS);
    options.encryption = encryption(section, &options.encryption);
    options.storage_class = text(section, "storage_class", "STANDARD_IA", &options.storage_class);
    options.versioned_delete =
        section.choice("versioned_delete", options.versioned_delete, &VERSIONED_DELETES);
    options.unsafe_delete_without_condition =
        section.value("unsafe_delete_without_condition", options.unsafe_delete_without_condition);
    options.upload_part_bytes = bytes(section, "upload_part", options.upload_part_bytes);
    options.multipart_copy_threshold_bytes =
        bytes(section, "multipart_copy_threshold", options.multipart_copy_threshold_bytes);
    options.copy_part_bytes = bytes(section, "copy_part", options.copy_part_bytes);
    let parts = section.number("copy_parts_at_once", options.copy_parts_at_once as u64, (1, 64));
    options.copy_parts_at_once = usize::try_from(parts).unwrap_or(1);
    let attempts = section.number("attempts", u64::from(options.attempts_max), (1, 20));
    options.attempts_max = u32::try_from(attempts).unwrap_or(1);
    options.backoff = section.value("backoff", options.backoff);
    options.backoff_max = section.value("backoff_longest", options.backoff_max);
    options.connect_timeout = timeout(section, "connect_timeout", options.connect_timeout);
    options.operation_timeout = timeout(section, "operation_timeout", options.operation_timeout);
    options.bytes_per_timeout_second =
        bytes(section, "slowest_per_second", options.bytes_per_timeout_second);
    options
}

const CHECKSUMS: [(&str, Checksums); 2] =
    [("when-supported", Checksums::WhenSupported), ("when-required", Checksums::WhenRequired)];

const VERSIONED_DELETES: [(&str, VersionedDelete); 2] =
    [("marker", VersionedDelete::Marker), ("version", VersionedDelete::Version)];

/// The kinds of encryption, without the key.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    BucketDefault,
    Aes256,
    Kms,
}

const ENCRYPTIONS: [(&str, Kind); 3] =
    [("bucket-default", Kind::BucketDefault), ("aes256", Kind::Aes256), ("kms", Kind::Kms)];

fn encryption(section: &mut Section<'_, '_>, default: &Encryption) -> Encryption {
    let (default_kind, default_key) = match default {
        Encryption::BucketDefault => (Kind::BucketDefault, None),
        Encryption::Aes256 => (Kind::Aes256, None),
        Encryption::Kms { key_id } => (Kind::Kms, key_id.clone()),
    };
    let kind = section.choice("encryption", default_kind, &ENCRYPTIONS);
    let key_id: Option<String> = section.optional("kms_key_id", "alias/lakegate");
    if kind != Kind::Kms && key_id.is_some() {
        let message = format!(
            "`{}` is set, but `{}` is not \"kms\"",
            section.path("kms_key_id"),
            section.path("encryption")
        );
        section.refuse(Some("kms_key_id"), ProblemKind::Conflict, message, None);
    }
    match kind {
        Kind::BucketDefault => Encryption::BucketDefault,
        Kind::Aes256 => Encryption::Aes256,
        Kind::Kms => Encryption::Kms { key_id: key_id.or(default_key) },
    }
}

/// An optional text that another section may have set already.
fn or_default(
    section: &mut Section<'_, '_>,
    key: &'static str,
    example: &str,
    default: &Option<String>,
) -> Option<String> {
    section.optional(key, example.to_owned().show()).or_else(|| default.clone())
}

fn timeout(section: &mut Section<'_, '_>, key: &'static str, default: Duration) -> Duration {
    section.value_where(
        key,
        default,
        |time: &Duration| {
            if time.is_zero() { Err("is 0".to_owned()) } else { Ok(()) }
        },
    )
}
