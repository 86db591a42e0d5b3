//! Names of people and postal addresses in text, found by a small linear model and lists.
//!
//! ```
//! use lakegate_tagger::{Label, Scratch, Tagger, Wanted};
//!
//! let text = "Dear Mrs. Anna Kowalska, we have sent it to 12 Baker Street, London NW1 6XE.";
//! let mut spans = Vec::new();
//! let mut scratch = Scratch::default();
//! Tagger::built_in().find(text, 0..text.len(), Wanted::NAMES, &mut scratch, &mut spans);
//! assert_eq!(&text[spans[0].start..spans[0].end], "Anna Kowalska");
//! assert_eq!(spans[0].label, Label::Person);
//! ```
//!
//! Text in, spans out: no I/O, no clock. Weights and lists are files in `model/`, made by the program in
//! `training/`, and are used where they lie in the binary; nothing is parsed at start.
//!
//! The way of a text: `quiet` leaves out what has no letters; [`token`] cuts the rest and asks the
//! [`gazetteer`] about each word; `trigger` says where a name or an address may be; `windows` cuts the tokens
//! around those places where only what is near decides; [`features`] and [`model`] tag them; [`spans`] makes
//! spans of the tags. Each step is cheaper by far than the next, and most text ends at the first or second.
//!
//! All is linear in the text, and no span depends on text farther than [`CONTEXT_BYTES`] from it.

mod columns;
pub mod features;
pub mod fold;
pub mod gazetteer;
pub mod lexicon;
mod likeness;
pub mod medical;
pub mod model;
mod quiet;
pub mod spans;
mod tagger;
pub mod token;
mod trigger;
pub mod windows;
mod word_cache;

pub use columns::{Column, column};
pub use spans::{Label, Span};
pub use tagger::{CONTEXT_BYTES, PIECE_BYTES, Scratch, Tagger, Wanted};
