//! Text in, detections out.
//!
//! A [`Catalogue`] of managed identifiers lies in the binary, made from `identifiers/*.yaml` at
//! build time. A [`Detector`] looks for a [`Selection`] of them in a
//! [`Block`](lakegate_core::text::Block) of located text and returns [`Hit`]s with a score and an
//! explanation.
//!
//! ```
//! use lakegate_detect::{Catalogue, Detector, Scratch, Selection};
//!
//! let detector = Detector::new(&Selection::all())?;
//! let hits = detector.detect_text("write to mira@larkspur.example", &mut Scratch::default());
//! assert_eq!(Catalogue::managed().identifiers()[hits[0].identifier].id, "EMAIL_ADDRESS");
//! # Ok::<(), lakegate_detect::Error>(())
//! ```
//!
//! This crate must never do I/O, keep or log text, allocate per value, or take more than linear time.
#![deny(missing_docs)]

mod assignment;
mod automaton;
mod candidates;
#[cfg(test)]
mod cases;
mod catalogue;
mod checks;
mod classes;
mod detector;
mod digest;
mod edges;
mod error;
mod evidence;
mod fold;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod hit;
mod keywords;
#[cfg(test)]
mod macie;
mod overlap;
mod pass;
mod plain_form;
mod proof;
#[cfg(test)]
mod reference;
mod selection;

pub use catalogue::{Catalogue, Example, Identifier, KeywordRule, Proof};
pub use detector::{AFTER_BYTES, BEFORE_BYTES, Detector, MATCH_BYTES_MAX, Scratch};
pub use error::Error;
pub use hit::{Explanation, Hit, KeywordEvidence, KeywordPlace};
pub use proof::check;
pub use selection::{Base, Selection};
