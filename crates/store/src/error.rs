//! What can go wrong with a bucket, in the kinds that the gate tells apart.

/// The kinds of failure that lead to different actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// There is no such object (or bucket).
    NotFound,
    /// The key holds other bytes than the reference says: somebody wrote or replaced it.
    Changed,
    /// The destination key is taken by something that is not this object's copy.
    Collision,
    /// The store refused for lack of permission, or credentials are missing or wrong.
    Denied,
    /// The store cannot do this at all.
    Unsupported,
    /// The key cannot be stored in this kind of bucket.
    KeyNotRepresentable,
    /// The object is archived (Glacier and the like) and must be restored first.
    Archived,
    /// Bytes or tags at the destination are not what was sent.
    VerificationFailed,
    /// A time-out, a 5xx, throttling or a broken connection: trying again may help.
    Unavailable,
    /// A file-system error, or anything else: trying again may help.
    Io,
}

impl ErrorKind {
    /// A stable code for people and programs, such as `STORE_NOT_FOUND`.
    pub fn code(self) -> &'static str {
        match self {
            ErrorKind::NotFound => "STORE_NOT_FOUND",
            ErrorKind::Changed => "STORE_OBJECT_CHANGED",
            ErrorKind::Collision => "STORE_KEY_COLLISION",
            ErrorKind::Denied => "STORE_PERMISSION_DENIED",
            ErrorKind::Unsupported => "STORE_UNSUPPORTED",
            ErrorKind::KeyNotRepresentable => "STORE_KEY_NOT_REPRESENTABLE",
            ErrorKind::Archived => "STORE_OBJECT_ARCHIVED",
            ErrorKind::VerificationFailed => "STORE_VERIFICATION_FAILED",
            ErrorKind::Unavailable => "STORE_UNAVAILABLE",
            ErrorKind::Io => "STORE_IO",
        }
    }
}

/// A failed operation on a bucket: which, on what, why.
#[derive(Debug, thiserror::Error)]
#[error("{operation} {location}{}{key}: {message}", if key.is_empty() { "" } else { " " })]
pub struct Error {
    /// What kind of failure it is.
    pub kind: ErrorKind,
    /// The operation, such as `list` or `copy`.
    pub operation: &'static str,
    /// The bucket, as `Bucket::location` writes it.
    pub location: String,
    /// The object's key, or empty.
    pub key: String,
    /// What happened, in words; it does not repeat `source`.
    pub message: String,
    /// The cause, if another library reported one.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// A failure with no cause from another library; add one with [`Error::caused_by`].
    pub fn new(
        kind: ErrorKind,
        operation: &'static str,
        location: &str,
        key: &str,
        message: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            operation,
            location: location.to_owned(),
            key: key.to_owned(),
            message: message.into(),
            source: None,
        }
    }

    /// The same failure with its cause.
    #[must_use]
    pub fn caused_by(
        mut self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Whether the same operation may succeed when tried again.
    pub fn is_retryable(&self) -> bool {
        matches!(self.kind, ErrorKind::Unavailable | ErrorKind::Io)
    }
}
