//! Documents that are encrypted: the password that opens one, and what was not decrypted all the same.

use super::strings::{self, NO_TEXT};
use super::{STREAM_BYTES_MAX, reason};
use crate::gaps;
use crate::passwords::Refused;
use crate::session::Session;
use lakegate_core::coverage::Coverage;
use lakegate_core::secret::Secret;
use lopdf::encryption::DecryptionError;
use lopdf::{Dictionary, Document, LoadOptions, Object};

/// What a try at a password takes at most, in rounds of a hash: 64 and more of up to 16 KiB (revision 6).
const KEY_ROUNDS: u64 = 30_000;

/// From this version on strings are encrypted by AES (ISO 32000, table 20): whole blocks, and one before them.
const AES_SINCE: i64 = 4;
const BLOCK_BYTES: usize = 16;

/// Arrays and dictionaries within one another.
const DEPTH_MAX: usize = 64;

/// Reads a document's objects, with a password if it needs one, which is then given, too; or the gap.
pub(super) fn open(
    session: &mut Session<'_>,
    bytes: &[u8],
) -> Result<(Document, Option<Secret>), (&'static str, String)> {
    let open = |password: Option<&Secret>| {
        Document::load_mem_with_options(bytes, options(password))
            .map_err(|error| reason(&error))
            .map_err(|(code, detail)| (code, detail.to_owned()))
    };
    // The empty password is tried, with which everybody may read what only its owner may change.
    let document = open(None)?;
    if !is_locked(&document) {
        return Ok((document, None));
    }
    let found = session.unlock(KEY_ROUNDS, &[], |_, password| {
        match document.authenticate_password(password) {
            Ok(()) => Ok(Secret::new(password)),
            Err(lopdf::Error::Decryption(
                DecryptionError::IncorrectPassword | DecryptionError::StringPrep(_),
            )) => Err(Refused::Wrong),
            Err(_) => {
                let detail = "the document is encrypted in a way that is not supported";
                Err(Refused::Broken(gaps::ENCRYPTED, detail.into()))
            }
        }
    });
    let password = found.map_err(|locked| locked.gap("the document"))?;
    Ok((open(Some(&password))?, Some(password)))
}

/// Whether a document needs a password that was not given.
pub(super) fn is_locked(document: &Document) -> bool {
    document.trailer.has(b"Encrypt") && !document.was_encrypted()
}

/// How a document is loaded.
pub(super) fn options(password: Option<&Secret>) -> LoadOptions {
    LoadOptions {
        password: password.map(|password| password.expose().to_owned()),
        ..LoadOptions::with_max_decompressed_size(STREAM_BYTES_MAX)
    }
}

/// Tells of strings that are still encrypted because they are damaged.
pub(super) fn tell_rest(document: &Document, coverage: &mut Coverage) {
    let Some(state) = &document.encryption_state else { return };
    if state.version() < AES_SINCE {
        return;
    }
    let count: usize =
        document.objects.values().map(|object| still_encrypted(object, b"", 0)).sum();
    if count > 0 {
        let detail = format!("strings that can not be decrypted: {count}");
        gaps::gap(coverage, gaps::MALFORMED, detail);
    }
}

/// How many strings of an object look like nothing but blocks of encrypted bytes.
fn still_encrypted(object: &Object, name: &[u8], depth: usize) -> usize {
    if depth > DEPTH_MAX || NO_TEXT.contains(&name) {
        return 0;
    }
    let within = |dictionary: &Dictionary| -> usize {
        if dictionary.has_type(b"Sig") {
            return 0;
        }
        dictionary.iter().map(|(name, object)| still_encrypted(object, name, depth + 1)).sum()
    };
    match object {
        Object::String(bytes, _) => {
            let is_blocks = bytes.len() >= 2 * BLOCK_BYTES && bytes.len() % BLOCK_BYTES == 0;
            usize::from(is_blocks && strings::text(bytes).is_none())
        }
        Object::Array(parts) => {
            parts.iter().map(|part| still_encrypted(part, name, depth + 1)).sum()
        }
        Object::Dictionary(dictionary) => within(dictionary),
        Object::Stream(stream) => within(&stream.dict),
        _ => 0,
    }
}
