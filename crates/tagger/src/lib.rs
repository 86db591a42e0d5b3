//! Names of people and postal addresses in text, found by a small linear model and lists.
//!
//! ```
//! use lakegate_tagger::{Label, Scratch, Tagger};
//!
//! let text = "Dear Mrs. Anna Kowalska, we have sent it to 12 Baker Street, London NW1 6XE.";
//! let mut spans = Vec::new();
//! Tagger::built_in().find(text, 0..text.len(), &mut Scratch::default(), &mut spans);
//! assert_eq!(&text[spans[0].start..spans[0].end], "Anna Kowalska");
//! assert_eq!(spans[0].label, Label::Person);
//! ```
//!
//! Text in, spans out: no I/O, no clock. Weights and lists are files in `model/`, made by the program in
//! `training/`, and are used where they lie in the binary; nothing is parsed at start.
//!
//! The way of a text: [`token`] cuts it and asks the [`gazetteer`] about each word; `windows` cuts the
//! tokens where only what is near decides; `trigger` says which windows are worth it; [`features`] and
//! [`model`] tag those; [`spans`] makes spans of the tags.
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
pub mod spans;
mod tagger;
pub mod token;
mod trigger;
pub mod windows;

pub use columns::{Column, column};
pub use spans::{Label, Span};
pub use tagger::{CONTEXT_BYTES, Scratch, Tagger};
