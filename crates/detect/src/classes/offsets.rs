//! Places in a part of a text, as a list that is filled and narrowed without branches that a processor
//! would have to guess.

/// So many words of bitmaps are a part: few, so that the list stays near the processor.
pub(crate) const PART_WORDS: usize = 16;

/// Bytes of a part.
pub(crate) const PART_BYTES: usize = PART_WORDS * 64;

/// So many places are written at a time, whether there are as many or not.
const WRITTEN: usize = 8;

/// Offsets in a part, ascending.
pub(crate) struct Offsets {
    list: [u16; PART_BYTES + WRITTEN],
    count: usize,
}

impl Default for Offsets {
    fn default() -> Self {
        Self { list: [0; PART_BYTES + WRITTEN], count: 0 }
    }
}

impl Offsets {
    /// Replaces all by the bits of one map of each word of a part.
    #[inline(always)]
    pub fn fill(&mut self, maps: impl Iterator<Item = u64>) {
        self.count = 0;
        for (index, bits) in maps.take(PART_WORDS).enumerate() {
            self.push(bits, index as u16 * 64);
        }
    }

    #[inline(always)]
    fn push(&mut self, mut bits: u64, base: u16) {
        let mut at = self.count;
        self.count += bits.count_ones() as usize;
        while at < self.count {
            for place in &mut self.list[at..at + WRITTEN] {
                *place = base + bits.trailing_zeros() as u16;
                bits &= bits.wrapping_sub(1);
            }
            at += WRITTEN;
        }
    }

    /// Keeps those for which `keep` is true, which should be reckoned without branches.
    #[inline(always)]
    pub fn retain(&mut self, mut keep: impl FnMut(usize) -> bool) {
        let mut kept = 0;
        for index in 0..self.count {
            let place = self.list[index];
            self.list[kept] = place;
            kept += usize::from(keep(usize::from(place)));
        }
        self.count = kept;
    }

    /// All that are left.
    #[inline]
    pub fn iter(&self) -> impl Iterator<Item = usize> + use<'_> {
        self.list[..self.count].iter().map(|place| usize::from(*place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn offsets_are_the_bits_that_are_kept(maps in proptest::collection::vec(any::<u64>(), 0..PART_WORDS)) {
            let mut offsets = Offsets::default();
            offsets.fill(maps.iter().copied());
            offsets.retain(|place| !place.is_multiple_of(3));
            let set = |place: &usize| maps[place / 64] >> (place % 64) & 1 == 1 && !place.is_multiple_of(3);
            let expected: Vec<usize> = (0..maps.len() * 64).filter(set).collect();
            prop_assert_eq!(offsets.iter().collect::<Vec<_>>(), expected);
        }
    }
}
