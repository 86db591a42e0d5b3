//! Excel's files up to 2003 that are encrypted ([MS-XLS] 2.2.10): the heads of records stand in the open, and
//! so do some records.

use super::super::biff::record;
use super::super::bytes::{u16_at, u32_at};
use super::rc4::Rc4Lock;
use crate::gaps;
use crate::session::Session;

/// Bytes of a block.
const BLOCK_BYTES: usize = 1024;

/// The record that tells how a workbook is encrypted, and so many records at most stand before it.
const FILE_PASS: u16 = 0x2f;
const RECORDS_BEFORE_MAX: usize = 64;

/// What stands in that record first where it is RC4.
const RC4: u16 = 1;

/// What a decrypted one is called: no record has this number.
const NO_RECORD: u16 = 0;

/// Records that are not encrypted, and the one whose first bytes are not.
const OPEN: &[u16] = &[0x809, FILE_PASS, 0x194, 0x195, 0xe1, 0x196, 0x138];
const SHEET: u16 = 0x85;
const SHEET_OPEN_BYTES: usize = 4;

/// Bytes of a record's head.
const HEAD_BYTES: usize = 4;

/// Decrypts a workbook in place, if it is encrypted: then whether it was.
///
/// # Errors
/// The gap, if nothing opens it.
pub(in super::super) fn unlock(
    session: &mut Session<'_>,
    bytes: &mut [u8],
) -> Result<bool, (&'static str, String)> {
    let Some(at) = file_pass(bytes) else { return Ok(false) };
    let told = bytes.get(at + HEAD_BYTES..).unwrap_or_default();
    let lock = match u16_at(told, 0) {
        Some(RC4) => Rc4Lock::of(told.get(2..).unwrap_or_default()),
        _ => None,
    };
    let Some(lock) = lock else {
        let detail = "the workbook is encrypted in a way that is not supported";
        return Err((gaps::ENCRYPTED, detail.into()));
    };
    let key = lock.unlock(session).map_err(|locked| locked.gap("the workbook"))?;
    let encrypted = bytes.to_vec();
    key.decrypt(bytes, BLOCK_BYTES);
    stay_open(bytes, &encrypted);
    bytes[at..at + 2].copy_from_slice(&NO_RECORD.to_le_bytes());
    Ok(true)
}

fn file_pass(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    for _ in 0..RECORDS_BEFORE_MAX {
        let (record, next) = record(bytes, at)?;
        if record.kind == FILE_PASS {
            return Some(at);
        }
        at = next;
    }
    None
}

/// Puts back what was not encrypted. The heads tell where records are, so they are followed there.
fn stay_open(bytes: &mut [u8], open: &[u8]) {
    let mut at = 0;
    while let (Some(kind), Some(length)) = (u16_at(open, at), u16_at(open, at + 2)) {
        let length = usize::from(length);
        let open_bytes = match kind {
            SHEET => SHEET_OPEN_BYTES.min(length),
            kind if OPEN.contains(&kind) => length,
            _ => 0,
        };
        let end = (at + HEAD_BYTES + open_bytes).min(open.len());
        bytes[at..end].copy_from_slice(&open[at..end]);
        at += HEAD_BYTES + length;
    }
    // Zeros behind the end are no records, and nothing there was encrypted.
    if u32_at(open, at).is_none() && at < open.len() {
        bytes[at..].copy_from_slice(&open[at..]);
    }
}
