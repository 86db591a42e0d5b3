//! Word documents up to 2003 that are encrypted ([MS-DOC] 2.2.6): three streams, of which one tells how.

use super::rc4::Rc4Lock;
use crate::gaps;
use crate::session::Session;

/// Bytes of a block.
const BLOCK_BYTES: usize = 512;

/// The start of the main stream that stands in the open.
const OPEN_BYTES: usize = 68;

/// Decrypts in place the main stream, the table and the data beside them.
///
/// # Errors
/// The gap, if nothing opens it.
pub(in super::super) fn unlock(
    session: &mut Session<'_>,
    document: &mut [u8],
    table: &mut [u8],
    data: &mut [u8],
) -> Result<(), (&'static str, String)> {
    // What is obfuscated has a number there, which is no version.
    let Some(lock) = Rc4Lock::of(table) else {
        let detail = "the document is encrypted in a way that is not supported";
        return Err((gaps::ENCRYPTED, detail.into()));
    };
    let key = lock.unlock(session).map_err(|locked| locked.gap("the document"))?;
    let open = document[..OPEN_BYTES.min(document.len())].to_vec();
    for stream in [&mut *document, table, data] {
        key.decrypt(stream, BLOCK_BYTES);
    }
    document[..open.len()].copy_from_slice(&open);
    Ok(())
}
