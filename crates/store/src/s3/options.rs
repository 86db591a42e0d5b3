//! How a bucket is reached and how Lakegate writes to it.

use std::time::Duration;

/// 1 MiB in bytes.
const MIB: u64 = 1 << 20;

/// When the client sends checksums with what it writes and checks them on what it reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Checksums {
    /// Whenever the operation knows them.
    #[default]
    WhenSupported,
    /// Only where S3 demands them: for stores that choke on new checksum headers.
    WhenRequired,
}

/// Server-side encryption asked for with every object that is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Encryption {
    /// Nothing is asked for: the bucket's own default holds.
    #[default]
    BucketDefault,
    /// SSE-S3 (`AES256`).
    Aes256,
    /// SSE-KMS (`aws:kms`) with this key, or the account's default key.
    Kms {
        /// The key's id or ARN.
        key_id: Option<String>,
    },
}

/// How an object of a versioned bucket is deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VersionedDelete {
    /// A delete marker is put on top of it: it can be had back.
    #[default]
    Marker,
    /// Exactly that version is deleted for good. An older version of the key, if there is one, becomes
    /// current again.
    Version,
}

/// Where a bucket is and how it is used. [`S3Options::new`] has the defaults.
#[derive(Clone, Debug)]
pub struct S3Options {
    /// The bucket's name.
    pub bucket: String,
    /// Keys are relative to this prefix. A `/` is added at its end where it is missing; empty means the
    /// whole bucket.
    pub prefix: String,
    /// URL of the store; `None` takes `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`, the profile's, or AWS.
    pub endpoint: Option<String>,
    /// Region; `None` takes `AWS_REGION` or the profile's, and `us-east-1` where an endpoint is given.
    pub region: Option<String>,
    /// `host/bucket/key` instead of `bucket.host/key`. `None` means: where an endpoint is given.
    pub force_path_style: Option<bool>,
    /// Profile of the shared configuration and credentials files; `None` takes `AWS_PROFILE`.
    pub profile: Option<String>,
    /// The account that must own the bucket; sent with every request where given.
    pub expected_bucket_owner: Option<String>,
    /// When checksums are sent and checked.
    pub checksums: Checksums,
    /// Encryption of what is written.
    pub encryption: Encryption,
    /// Storage class of what is written, such as `STANDARD_IA`; `None` is the store's default.
    pub storage_class: Option<String>,
    /// How objects of a versioned bucket are deleted.
    pub versioned_delete: VersionedDelete,
    /// Deletes by looking first and deleting then, where the bucket has neither conditional deletes nor
    /// versions. What is written between the two is lost: only for buckets whose writers never write a
    /// key twice.
    pub unsafe_delete_without_condition: bool,
    /// A body up to this size is written in one request, a longer one in parts of this size (larger
    /// ones past 2,000 parts). A part is held in memory. S3 demands at least 5 MiB.
    pub upload_part_bytes: u64,
    /// An object larger than this is copied by parts. At most 5 GiB on S3.
    pub multipart_copy_threshold_bytes: u64,
    /// Size of a part of such a copy: 5 MiB to 5 GiB on S3.
    pub copy_part_bytes: u64,
    /// Parts of one object that are copied at the same time.
    pub copy_parts_at_once: usize,
    /// Tries of one operation, the first included.
    pub attempts_max: u32,
    /// Pause before the second try; it doubles with each further try, up to `backoff_max`, with jitter.
    pub backoff: Duration,
    /// Longest pause between two tries.
    pub backoff_max: Duration,
    /// Bound of connecting.
    pub connect_timeout: Duration,
    /// Bound of one try of an operation, up to the first byte of what it returns.
    pub operation_timeout: Duration,
    /// What is added to that bound for an operation on many bytes: one second for each this many.
    pub bytes_per_timeout_second: u64,
}

impl S3Options {
    /// The defaults, for `prefix` in `bucket`.
    pub fn new(bucket: impl Into<String>, prefix: impl Into<String>) -> Self {
        Self {
            bucket: bucket.into(),
            prefix: prefix.into(),
            endpoint: None,
            region: None,
            force_path_style: None,
            profile: None,
            expected_bucket_owner: None,
            checksums: Checksums::default(),
            encryption: Encryption::default(),
            storage_class: None,
            versioned_delete: VersionedDelete::default(),
            unsafe_delete_without_condition: false,
            upload_part_bytes: 8 * MIB,
            multipart_copy_threshold_bytes: 256 * MIB,
            copy_part_bytes: 128 * MIB,
            copy_parts_at_once: 4,
            attempts_max: 4,
            backoff: Duration::from_millis(200),
            backoff_max: Duration::from_secs(5),
            connect_timeout: Duration::from_secs(5),
            operation_timeout: Duration::from_secs(60),
            bytes_per_timeout_second: MIB,
        }
    }
}

impl S3Options {
    /// What is wrong with the options themselves.
    pub(super) fn check(&self) -> Result<(), String> {
        let positive = [
            ("upload_part_bytes", self.upload_part_bytes),
            ("multipart_copy_threshold_bytes", self.multipart_copy_threshold_bytes),
            ("copy_part_bytes", self.copy_part_bytes),
            ("copy_parts_at_once", self.copy_parts_at_once as u64),
            ("attempts_max", u64::from(self.attempts_max)),
            ("bytes_per_timeout_second", self.bytes_per_timeout_second),
        ];
        if let Some((name, _)) = positive.iter().find(|(_, value)| *value == 0) {
            return Err(format!("{name} must be at least 1"));
        }
        if self.bucket.is_empty() || self.bucket.contains('/') {
            return Err(format!("\"{}\" is no name of a bucket", self.bucket));
        }
        Ok(())
    }
}
