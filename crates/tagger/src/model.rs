//! The weights, and the best labels by them.

use crate::features::{self, Cell, MARGIN, ROWS_LOG2};

/// What a token may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Tag {
    /// Nothing of the others.
    Other,
    /// The first word of a person's name.
    PersonFirst,
    /// A further word of a person's name.
    Person,
    /// The first token of an address.
    AddressFirst,
    /// A further token of an address.
    Address,
    /// Part of an organisation's name.
    Organisation,
    /// Part of a place's name.
    Place,
    /// Another name: a product, a month, a heading.
    Misc,
}

/// How many tags there are.
pub const TAGS: usize = 8;

impl Tag {
    /// All tags in the order of their columns.
    pub const ALL: [Tag; TAGS] = [
        Tag::Other,
        Tag::PersonFirst,
        Tag::Person,
        Tag::AddressFirst,
        Tag::Address,
        Tag::Organisation,
        Tag::Place,
        Tag::Misc,
    ];

    /// Whether the tag may stand behind `before`.
    pub fn may_follow(self, before: Tag) -> bool {
        match self {
            Tag::Person => matches!(before, Tag::PersonFirst | Tag::Person),
            Tag::Address => matches!(before, Tag::AddressFirst | Tag::Address),
            _ => true,
        }
    }
}

/// Scores of the tags of one token.
pub type Scores = [i32; TAGS];

/// The weights, in the form of their file: first those of pairs of neighbouring tags as 16-bit
/// numbers, then the features' rows as 8-bit numbers.
#[derive(Clone, Copy, Debug)]
pub struct Model<'a> {
    pairs: &'a [u8],
    rows: &'a [u8],
}

const PAIR_BYTES: usize = 2 * TAGS * TAGS;

/// Bytes of the weights' file.
pub const FILE_BYTES: usize = PAIR_BYTES + (TAGS << ROWS_LOG2);

/// A score that no path gets past. Sums of two of them fit beside [`BACK_BITS`].
pub const IMPOSSIBLE: i32 = -60_000_000;

/// Bits that a tag takes.
const BACK_BITS: u32 = TAGS.trailing_zeros();

impl<'a> Model<'a> {
    /// Weights that lie in `file`; of another size than the format's they are all zero.
    pub fn new(file: &'a [u8]) -> Self {
        let whole = if file.len() == FILE_BYTES { file } else { &[] };
        let (pairs, rows) = whole.split_at(PAIR_BYTES.min(whole.len()));
        Self { pairs, rows }
    }

    /// The weight of a pair of neighbouring tags.
    fn pair(&self, before: usize, tag: usize) -> i32 {
        if !Tag::ALL[tag].may_follow(Tag::ALL[before]) {
            return IMPOSSIBLE;
        }
        let at = 2 * (before * TAGS + tag);
        self.pairs
            .get(at..at + 2)
            .map_or(0, |pair| i32::from(i16::from_le_bytes([pair[0], pair[1]])))
    }

    /// The weights of pairs, ready for [`best`].
    pub fn pairs(&self) -> [Scores; TAGS] {
        std::array::from_fn(|before| std::array::from_fn(|tag| self.pair(before, tag)))
    }

    /// The scores of the token whose cell is `cells[at]`.
    #[inline]
    pub fn scores(&self, cells: &[Cell], at: usize) -> Scores {
        let mut sum = [0i16; TAGS];
        features::rows(cells, at, &mut |row| {
            if let Some(weights) = self.rows.get(row * TAGS..row * TAGS + TAGS) {
                for (sum, weight) in sum.iter_mut().zip(weights) {
                    *sum += i16::from(*weight as i8);
                }
            }
        });
        sum.map(i32::from)
    }
}

/// The best tags of a row of tokens by their scores. `pairs[before][tag]` weighs neighbours.
pub fn best(
    scores: &[Scores],
    pairs: &[Scores; TAGS],
    back: &mut Vec<[u8; TAGS]>,
    tags: &mut Vec<Tag>,
) {
    back.clear();
    tags.clear();
    let Some(first) = scores.first() else { return };
    let mut now = *first;
    for tag in Tag::ALL.into_iter().filter(|tag| !tag.may_follow(Tag::Other)) {
        now[tag as usize] = IMPOSSIBLE;
    }
    for score in &scores[1..] {
        // The tag before stands in the lowest bits of a sum, so that the best of both is one comparison;
        // sums are kept small for that. Of equal ones the first tag counts.
        let top = now.iter().copied().max().unwrap_or(0);
        let mut next = [i32::MIN; TAGS];
        for before in 0..TAGS {
            let (sum, mark) = (now[before] - top, (TAGS - 1 - before) as i32);
            for tag in 0..TAGS {
                next[tag] = next[tag].max((sum + pairs[before][tag]) << BACK_BITS | mark);
            }
        }
        back.push(next.map(|sum| (TAGS - 1) as u8 - (sum & (TAGS - 1) as i32) as u8));
        now = std::array::from_fn(|tag| (next[tag] >> BACK_BITS) + score[tag]);
    }
    let mut tag = (0..TAGS).max_by_key(|tag| (now[*tag], TAGS - tag)).unwrap_or(0);
    tags.push(Tag::ALL[tag]);
    for from in back.iter().rev() {
        tag = usize::from(from[tag]);
        tags.push(Tag::ALL[tag]);
    }
    tags.reverse();
}

/// Where the cell of token `index` stands.
pub fn cell_index(index: usize) -> usize {
    index + MARGIN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_goes_on_that_did_not_begin() {
        let pairs = Model::new(&[]).pairs();
        let mut person = [0; TAGS];
        person[Tag::Person as usize] = 100;
        let (mut back, mut tags) = (Vec::new(), Vec::new());
        best(&[person, person, person], &pairs, &mut back, &mut tags);
        assert_eq!(tags, [Tag::PersonFirst, Tag::Person, Tag::Person]);
    }
}
