//! Buckets: where objects are, and the only code that touches them.
//!
//! A [`Bucket`] is a folder, a bucket of an S3 store (or a prefix of one), or memory. Keys are opaque
//! byte for byte; nothing here normalises them. The one way to move an object is
//! [`Bucket::transfer`] followed, once the ledger knows, by [`Bucket::delete`]: nothing is
//! overwritten, and nothing is deleted that is not known to stand elsewhere.
//!
//! This crate must never decide whether an object may move; it only sees to it that a move loses
//! nothing (`reference/s3.md`, section 4).
#![deny(missing_docs)]

pub mod bucket;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
pub mod error;
pub mod fault;
pub mod folder;
pub mod memory;
pub mod s3;
pub mod stream_copy;

pub use bucket::{
    Body, Bucket, Capabilities, Head, ListPage, PutOptions, Skipped, SourceAfter, Support,
    Transferred,
};
pub use error::{Error, ErrorKind};
pub use fault::{Fault, FaultPlan, FaultPoint, FaultyBucket, Moment, NoFaults};
pub use folder::{FolderBucket, FolderOptions};
pub use memory::{MemoryBucket, MemoryObject};
pub use s3::{S3Bucket, S3Options};
