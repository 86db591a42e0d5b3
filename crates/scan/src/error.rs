//! Why an inspection came to no verdict.

/// An inspection that failed. The object's verdict is then `FAILED`, never clean.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The object's bytes could not be read to the end.
    #[error("reading the object failed")]
    Read(#[source] lakegate_store::Error),
    /// The object's bytes could not be read to the end from a file or a stream.
    #[error("reading the object failed")]
    Input(#[source] std::io::Error),
    /// A process that reads complex formats could not be started.
    #[error("a process that reads objects could not be started")]
    Process(#[source] std::io::Error),
    /// The inspection itself broke off: a defect of Lakegate's.
    #[error("the inspection broke off")]
    Broken,
}

impl Error {
    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Error::Read(error) => error.kind.code(),
            Error::Input(_) => "SCAN_READ",
            Error::Process(_) => "SCAN_PROCESS",
            Error::Broken => "SCAN_BROKEN_OFF",
        }
    }
}
