//! Why the server could not start or go on.

use std::net::SocketAddr;
use std::path::PathBuf;

/// An error of the server.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Something else listens there.
    #[error("{listen} is in use by another process")]
    AddressInUse {
        /// The address.
        listen: SocketAddr,
    },
    /// The address can not be listened on.
    #[error("{listen} can not be listened on")]
    Listen {
        /// The address.
        listen: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The file that tells commands of the server could not be written.
    #[error("{path} can not be written")]
    StateFile {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The identifiers could not be made ready.
    #[error("the identifiers can not be used")]
    Detect(#[from] lakegate_detect::Error),
}

impl Error {
    /// A stable code for people and programs.
    pub fn code(&self) -> &'static str {
        match self {
            Error::AddressInUse { .. } => "SERVER_ADDRESS_IN_USE",
            Error::Listen { .. } => "SERVER_LISTEN",
            Error::StateFile { .. } => "SERVER_STATE_FILE",
            Error::Detect(_) => "SERVER_DETECT",
        }
    }

    /// What a person can do about it, where something can be done.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Error::AddressInUse { .. } => {
                Some("stop what listens there, or set another port in [server] listen")
            }
            Error::Listen { .. } => Some("set an address of this machine in [server] listen"),
            Error::StateFile { .. } => Some("check that this user may write to the state folder"),
            Error::Detect(_) => None,
        }
    }
}
