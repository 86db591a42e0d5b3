//! Stretches of text without letters, where neither a name nor an address can be: rows of numbers.

use std::ops::Range;

/// Bytes that are looked at together.
const CHUNK: usize = 64;

/// Whether one of the bytes may be part of a letter.
fn has_letter(bytes: &[u8]) -> bool {
    // Without a branch, so that the compiler makes vector instructions of it.
    let is = |byte: u8| (byte | 0x20).wrapping_sub(b'a') < 26 || byte >= 0x80;
    bytes.iter().fold(0, |seen, byte| seen | u8::from(is(*byte))) != 0
}

/// The first stretch of `bytes[range]`, of at most `most` bytes, that has letters no farther than `reach`
/// from any of it; `None` if no letter is so near to any byte of the range.
pub(crate) fn next_stretch(
    bytes: &[u8],
    range: Range<usize>,
    reach: usize,
    most: usize,
) -> Option<Range<usize>> {
    let first = range.start.saturating_sub(reach);
    let last = (range.end + reach).min(bytes.len());
    let mut chunks = (first..last).step_by(CHUNK).map(|at| at..(at + CHUNK).min(last));
    let with_letter = chunks.find(|chunk| has_letter(&bytes[chunk.clone()]))?;
    let start = with_letter.start.saturating_sub(reach).max(range.start);
    let limit = range.end.min(start + most);
    let mut end = with_letter.end + reach;
    for chunk in chunks {
        if end >= limit || chunk.start >= end + reach {
            break;
        }
        if has_letter(&bytes[chunk.clone()]) {
            end = chunk.end + reach;
        }
    }
    let end = end.min(limit);
    (start < end).then_some(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_hold_what_is_near_letters() {
        let mut text = "1,".repeat(5_000);
        text.replace_range(4_000..4_001, "x");
        text.replace_range(4_500..4_501, "y");
        text.replace_range(9_000..9_001, "é");
        let bytes = text.as_bytes();
        let mut at = 0;
        let mut covered = Vec::new();
        while let Some(next) = next_stretch(bytes, at..bytes.len(), 300, 1_000) {
            assert!(next.start >= at && next.len() <= 1_000, "{next:?} from {at}");
            at = next.end;
            covered.push(next);
        }
        let is = |at: usize| covered.iter().any(|stretch| stretch.contains(&at));
        assert!((3_700..=4_800).all(is) && (8_700..=9_300).all(is), "{covered:?}");
        let total: usize = covered.iter().map(ExactSizeIterator::len).sum();
        assert!(total < 2_200, "{covered:?}");
        assert_eq!(next_stretch(bytes, 0..3_000, 300, 1_000), None);
    }
}
