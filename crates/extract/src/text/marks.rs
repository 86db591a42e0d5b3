//! Finding a few byte values in text, eight bytes at a time.

const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
const ONES: u64 = 0x0101_0101_0101_0101;

/// The high bit of every byte of `word` that equals the byte repeated in `needle`.
#[inline(always)]
fn equal(word: u64, needle: u64) -> u64 {
    let differ = word ^ needle;
    !(((differ & LOW) + LOW) | differ | LOW)
}

/// The word at `at`; past the end of the bytes it holds zeros.
#[inline(always)]
fn word_at(bytes: &[u8], at: usize) -> u64 {
    match bytes.get(at..at + 8) {
        Some(eight) => {
            let mut word = [0; 8];
            word.copy_from_slice(eight);
            u64::from_le_bytes(word)
        }
        None => {
            let tail = bytes.get(at..).unwrap_or_default();
            let mut word = [0; 8];
            word[..tail.len()].copy_from_slice(tail);
            u64::from_le_bytes(word)
        }
    }
}

/// The places of three byte values, none of them zero, in order.
pub(crate) struct Marks<'a> {
    bytes: &'a [u8],
    needles: [u64; 3],
    /// Place of the word that `mask` tells of.
    base: usize,
    mask: u64,
}

impl<'a> Marks<'a> {
    pub(crate) fn new(bytes: &'a [u8], needles: [u8; 3]) -> Self {
        let needles = needles.map(|needle| u64::from(needle) * ONES);
        let mut marks = Marks { bytes, needles, base: 0, mask: 0 };
        marks.mask = marks.mask_at(0);
        marks
    }

    #[inline(always)]
    fn mask_at(&self, at: usize) -> u64 {
        let word = word_at(self.bytes, at);
        equal(word, self.needles[0]) | equal(word, self.needles[1]) | equal(word, self.needles[2])
    }

    /// The next place.
    #[inline(always)]
    pub(crate) fn next(&mut self) -> Option<usize> {
        while self.mask == 0 {
            self.base += 8;
            if self.base >= self.bytes.len() {
                self.base = self.bytes.len();
                return None;
            }
            self.mask = self.mask_at(self.base);
        }
        let at = self.base + self.mask.trailing_zeros() as usize / 8;
        self.mask &= self.mask - 1;
        Some(at)
    }

    /// Goes on at `at`, forwards or backwards.
    pub(crate) fn seek(&mut self, at: usize) {
        self.base = at;
        self.mask = self.mask_at(at);
    }
}

/// The first of three byte values, none of them zero, from `from` on. Short distances are the rule.
#[inline(always)]
pub(crate) fn find3(bytes: &[u8], from: usize, needles: [u8; 3]) -> Option<usize> {
    let [a, b, c] = needles.map(|needle| u64::from(needle) * ONES);
    for at in [from, from + 8] {
        let word = word_at(bytes, at);
        let mask = equal(word, a) | equal(word, b) | equal(word, c);
        if mask != 0 {
            return Some(at + mask.trailing_zeros() as usize / 8);
        }
    }
    let rest = bytes.get(from + 16..)?;
    memchr::memchr3(needles[0], needles[1], needles[2], rest).map(|at| from + 16 + at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn marks_are_where_a_plain_search_sees_them(
            bytes in proptest::collection::vec(prop_oneof![Just(b','), Just(b'"'), Just(b'\n'), any::<u8>()], 0..100),
            from in 0usize..100,
        ) {
            let needles = [b',', b'"', b'\n'];
            let plain: Vec<usize> =
                (0..bytes.len()).filter(|at| needles.contains(&bytes[*at])).collect();
            let mut marks = Marks::new(&bytes, needles);
            let found: Vec<usize> = std::iter::from_fn(|| marks.next()).collect();
            prop_assert_eq!(&found, &plain);
            let later: Vec<usize> = plain.iter().copied().filter(|at| *at >= from).collect();
            marks.seek(from);
            let found: Vec<usize> = std::iter::from_fn(|| marks.next()).collect();
            prop_assert_eq!(&found, &later);
            prop_assert_eq!(find3(&bytes, from, needles), later.first().copied());
        }
    }
}
