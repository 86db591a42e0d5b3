//! Characters in a row within bytes of no known kind: the text that is in them, if there is any.

/// Characters in a row that are taken for text. Of random bytes, few have so many.
const RUN_CHARS_MIN: usize = 6;

/// Digests, keys and other random numbers have at most so many bytes, and hide nothing. What is longer and
/// of no known kind may be anything.
pub(crate) const KEY_BYTES_MAX: usize = 64;

/// Adds each run of characters in the bytes, a line each.
pub(crate) fn readable(bytes: &[u8], out: &mut String) {
    for chunk in bytes.utf8_chunks() {
        for run in chunk.valid().split(char::is_control) {
            if run.chars().nth(RUN_CHARS_MIN - 1).is_some() {
                if !out.is_empty() {
                    out.push('\n');
                }
                out.push_str(run);
            }
        }
    }
}
