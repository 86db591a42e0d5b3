//! From the bytes of an object to located text.
//!
//! [`extract()`] reads an object to its end, and hands [`Block`]s of text with their values and locations
//! to a [`BlockSink`] as soon as they are complete. It tells by the content what the object is: JSON, a
//! table of separated values, lines of text, a container whose members are read in the same way, a
//! document, or something that it cannot read. In the end it says in a [`Coverage`] how much was read, and
//! why not the rest.
//!
//! Memory does not grow with the object, nor do the pieces in which it comes change what comes out. What must never
//! happen here: a panic on any input, a byte of text that reaches no block, and a coverage that calls complete
//! what was not wholly read.
//!
//! [`Block`]: lakegate_core::text::Block
//! [`Coverage`]: lakegate_core::coverage::Coverage
//!
//! ```
//! use lakegate_core::text::Block;
//! use lakegate_extract::{BlockSink, Limits, extract};
//!
//! struct Print;
//! impl BlockSink for Print {
//!     fn block(&mut self, block: &Block<'_>) {
//!         for segment in block.segments {
//!             let value = &block.text[segment.start as usize..segment.end as usize];
//!             println!("{:?}: {value}", block.locate(segment, segment.start as usize, segment.end as usize));
//!         }
//!     }
//! }
//!
//! let mut object = &b"name,phone\nAnn,555-0100\n"[..];
//! let extracted = extract(&mut object, &Limits::default(), &mut Print)?;
//! assert_eq!(extracted.coverage.mime_type, "text/csv");
//! assert_eq!(extracted.coverage.units_inspected, 2);
//! # Ok::<(), lakegate_extract::Error>(())
//! ```

mod beside;
mod embedded;
mod extract;
mod formats;
mod gaps;
mod limits;
mod magic;
mod members;
mod metered;
mod passwords;
mod picture;
pub mod process;
mod runs;
mod session;
mod sniff;
mod spool;
mod tables;
mod text;
mod writer;

pub use beside::extract_beside;
pub use extract::{Extracted, extract, extract_with_passwords, is_text};
pub use limits::{Limits, PictureLimits};
pub use passwords::{Passwords, PasswordsError};
pub use picture::Picture;
pub use text::notes::ROWS_ARE_NOT_LINES;
pub use text::reader::{BlockSink, TextPlace};

/// Why an extraction could not go on. What is wrong with an object is no error: it stands in the
/// coverage.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The limits contradict each other.
    #[error("the limits of extraction cannot work: {what}")]
    Limits {
        /// Which, and what they must be.
        what: &'static str,
    },
}

/// The last characters of a text, at most so many.
fn tail_chars(text: &str, chars_max: usize) -> &str {
    match text.char_indices().rev().nth(chars_max.saturating_sub(1)) {
        Some((at, _)) => &text[at..],
        None => text,
    }
}
