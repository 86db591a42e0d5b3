//! Why an inspection came to no verdict.

/// An inspection that failed. The object's verdict is then `FAILED`, never clean.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The object's bytes could not be read to the end.
    #[error("reading the object failed")]
    Read(#[source] lakegate_store::Error),
    /// The inspection itself broke off: a defect of Lakegate's.
    #[error("the inspection broke off")]
    Broken,
}

impl Error {
    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Error::Read(error) => error.kind.code(),
            Error::Broken => "SCAN_BROKEN_OFF",
        }
    }
}
