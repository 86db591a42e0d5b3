//! Text in, detections out.
//!
//! A [`Catalogue`] of managed identifiers lies in the binary, made from `identifiers/*.yaml` at
//! build time. A [`Ruleset`] is a selection of them, with an operator's own identifiers ([`custom`]) and
//! allow lists. Beneath it a [`Detector`] looks for a [`Selection`] of them in a
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

mod allow;
mod assignment;
mod automaton;
mod candidates;
#[cfg(test)]
mod cases;
mod catalogue;
mod checks;
mod classes;
pub mod custom;
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
mod models;
mod overlap;
mod pass;
mod plain_form;
mod proof;
#[cfg(test)]
mod reference;
mod ruleset;
mod selection;

pub use allow::{ALLOW_BYTES_MAX, ALLOW_ENTRIES_MAX, AllowList, AllowListError};
pub use catalogue::{Catalogue, Example, Identifier, KeywordRule, Proof};
pub use detector::{AFTER_BYTES, BEFORE_BYTES, Detector, MATCH_BYTES_MAX, Scratch};
pub use error::Error;
pub use hit::{Explanation, Hit, KeywordEvidence, KeywordPlace, Side};
pub use proof::check;
pub use ruleset::{
    CUSTOM_IDENTIFIERS_MAX, Evidence, Explained, Match, Named, Ruleset, RulesetScratch,
};
pub use selection::{Base, Selection};
