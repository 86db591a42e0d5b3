//! The way of an object through this crate: look at its start, then read it as what it is.

use crate::Error;
use crate::embedded::Apart;
use crate::limits::Limits;
use crate::passwords::Passwords;
use crate::session::Session;
use crate::sniff::{Kind, sniff};
use crate::text::reader::BlockSink;
use lakegate_core::coverage::Coverage;
use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;

/// What an extraction says in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extracted {
    /// How much was read. `bytes_total` is what the input gave up to its end, or up to where reading
    /// ended.
    pub coverage: Coverage,
}

/// Reads one object, and hands the blocks of its text to `sink`. Not all of the input need be read.
///
/// What is wrong with the object is no error but stands in the coverage, and so does an error of the input:
/// who can tell the two apart must look at the input afterwards.
///
/// # Errors
/// [`Error::Limits`] if the limits leave no room to work in; nothing was read then.
pub fn extract(
    input: &mut dyn Read,
    limits: &Limits,
    sink: &mut dyn BlockSink,
) -> Result<Extracted, Error> {
    extract_with_passwords(input, limits, &Passwords::default(), sink)
}

/// As [`extract()`], with passwords for what is encrypted.
///
/// # Errors
/// As of [`extract()`].
pub fn extract_with_passwords(
    input: &mut dyn Read,
    limits: &Limits,
    passwords: &Passwords,
    sink: &mut dyn BlockSink,
) -> Result<Extracted, Error> {
    let mut open_spool = |_| tempfile::tempfile().map(Arc::new);
    extract_with_spools(input, limits, passwords, sink, &mut open_spool)
}

/// As [`extract_with_passwords`], with another way to files that hold what is too big for memory.
pub(crate) fn extract_with_spools(
    input: &mut dyn Read,
    limits: &Limits,
    passwords: &Passwords,
    sink: &mut dyn BlockSink,
    open_spool: &mut dyn FnMut(usize) -> io::Result<Arc<File>>,
) -> Result<Extracted, Error> {
    limits.check()?;
    let coverage = Session::new(limits, passwords, sink, open_spool).object(input);
    Ok(Extracted { coverage })
}

/// As [`extract_with_passwords`], of a text in a process that must not read what may stand in it.
pub(crate) fn extract_text(
    input: &mut dyn Read,
    limits: &Limits,
    sink: &mut dyn BlockSink,
    apart: &mut dyn Apart,
) -> Result<Extracted, Error> {
    limits.check()?;
    let passwords = Passwords::default();
    let mut open_spool = |_| tempfile::tempfile().map(Arc::new);
    let session = Session::new(limits, &passwords, sink, &mut open_spool);
    let coverage = session.apart(apart).object(input);
    Ok(Extracted { coverage })
}

/// The type of an object that begins so, as coverages name it.
pub(crate) fn type_of(head: &[u8], limits: &Limits) -> &'static str {
    match sniff(head, head.len() < limits.sniff_bytes, limits) {
        Kind::Format(format) => format.mime_type(),
        Kind::Unreadable(unreadable) => unreadable.mime_type,
        Kind::Text(_) => "text/plain",
    }
}

/// Whether an object that begins so is text, which this crate reads with its own code alone. `head` is
/// its first [`Limits::sniff_bytes`], or all of it.
pub fn is_text(head: &[u8], limits: &Limits) -> bool {
    let is_whole = head.len() < limits.sniff_bytes;
    head.is_empty() || matches!(sniff(head, is_whole, limits), Kind::Text(_))
}
