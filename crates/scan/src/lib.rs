//! One object in, one verdict out.
//!
//! An [`Inspector`] reads an object's bytes once: it hashes them, extracts located text, detects
//! sensitive data in it, and sums up what was seen and what could not be read. It streams: memory
//! does not grow with the object.
//!
//! It must never call an object clean that was not read whole, and never lets matched text out: what
//! leaves is masked, with a fingerprint under the installation's secret.
#![deny(missing_docs)]

#[cfg(test)]
mod custom_tests;
mod error;
mod fingerprint;
mod inspection;
mod inspector;
mod sources;
mod tally;

pub use error::Error;
pub use fingerprint::FingerprintKey;
pub use inspection::Inspected;
pub use inspector::Inspector;
pub use sources::SourcePasswords;
