//! What lists know of a word: first name, surname, place, common word and so on.
//!
//! The table is a file of 4-byte slots, used where it lies: 20 bits of the word's hash beside 12 bits of
//! what is known. Of words in no list, about four in a million are taken for one that is.

use crate::fold;

/// What is known of a word, as bits.
pub mod known {
    /// A first name.
    pub const GIVEN: u16 = 1;
    /// A surname of a short list of common ones.
    pub const FAMILY: u16 = 1 << 1;
    /// A surname of a census.
    pub const RARE: u16 = 1 << 2;
    /// A town or village, as a word or a phrase.
    pub const PLACE: u16 = 1 << 3;
    /// A country, a state or a province.
    pub const REGION: u16 = 1 << 4;
    /// An everyday word of one of the languages.
    pub const WORD: u16 = 1 << 5;
    /// A less common English word.
    pub const WORD_RARE: u16 = 1 << 6;
    /// A word that the training templates hold: features know it by itself.
    pub const VOCABULARY: u16 = 1 << 7;
    /// Part of a street's name: street, calle, rue, ulica.
    pub const STREET: u16 = 1 << 8;
    /// A form of address or a title before a name.
    pub const TITLE: u16 = 1 << 9;
    /// Part of an organisation's name: Ltd, university, Verein.
    pub const ORGANISATION: u16 = 1 << 10;
    /// A particle inside names: de, van, von.
    pub const PARTICLE: u16 = 1 << 11;
    /// Not from a list: reads as Chinese syllables in Latin letters.
    pub const PINYIN: u16 = 1 << 12;
}

/// Slots are so many, as a power of two.
pub const SLOTS_LOG2: u32 = 19;
const FLAG_BITS: u32 = 12;
const PRINT_MASK: u32 = (1 << (32 - FLAG_BITS)) - 1;

/// A table of words, in the form of its file.
#[derive(Clone, Copy, Debug)]
pub struct Gazetteer<'a> {
    slots: &'a [u8],
}

impl<'a> Gazetteer<'a> {
    /// A table that lies in `slots`; one of another size than the format's is empty.
    pub fn new(slots: &'a [u8]) -> Self {
        if slots.len() == 4 << SLOTS_LOG2 { Self { slots } } else { Self { slots: &[] } }
    }

    /// What is known of the word or phrase with this hash.
    #[inline]
    pub fn look(&self, hash: u64) -> u16 {
        let (mut slot, print) = place(hash);
        loop {
            let Some(value) = self.slot(slot) else { return 0 };
            if value == 0 {
                return 0;
            }
            if value >> FLAG_BITS == print {
                return (value & ((1 << FLAG_BITS) - 1)) as u16;
            }
            slot = (slot + 1) & ((1 << SLOTS_LOG2) - 1);
        }
    }

    #[inline]
    fn slot(&self, index: usize) -> Option<u32> {
        let bytes = self.slots.get(4 * index..4 * index + 4)?;
        Some(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }
}

/// Where a hash's search begins, and the bits that tell it from others there; they are never zero.
#[inline]
fn place(hash: u64) -> (usize, u32) {
    ((hash >> (64 - SLOTS_LOG2)) as usize, (hash as u32 & PRINT_MASK).max(1))
}

/// Makes the file of a table. `None` if there are more words than slots allow.
pub fn build(words: impl Iterator<Item = (u64, u16)>) -> Option<Vec<u8>> {
    let mut slots = vec![0u32; 1 << SLOTS_LOG2];
    let mut room = slots.len() / 10 * 9;
    for (hash, flags) in words {
        let flags = u32::from(flags) & ((1 << FLAG_BITS) - 1);
        let (mut slot, print) = place(hash);
        while slots[slot] != 0 && slots[slot] >> FLAG_BITS != print {
            slot = (slot + 1) % slots.len();
        }
        if slots[slot] == 0 {
            room = room.checked_sub(1)?;
        }
        slots[slot] |= print << FLAG_BITS | flags;
    }
    Some(slots.iter().flat_map(|slot| slot.to_le_bytes()).collect())
}

/// The hash under which a word or phrase stands.
pub fn key(text: &str) -> u64 {
    fold::phrase(text)
}

/// Whether folded letters can be read as one to three syllables of Chinese in Latin letters.
pub fn reads_as_pinyin(word: &[u8]) -> bool {
    fn rest(word: &[u8], syllables: u8) -> bool {
        if word.is_empty() {
            return syllables > 0;
        }
        if syllables == 3 {
            return false;
        }
        let initial = INITIALS.iter().filter(|initial| word.starts_with(initial.as_bytes()));
        initial.map(|initial| initial.len()).chain([0]).any(|skip| {
            FINALS.iter().any(|end| {
                word[skip..].starts_with(end.as_bytes())
                    && (skip > 0 || !end.starts_with(['i', 'u', 'o']))
                    && rest(&word[skip + end.len()..], syllables + 1)
            })
        })
    }
    word.len() <= 18 && rest(word, 0)
}

const INITIALS: [&str; 23] = [
    "zh", "ch", "sh", "b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x", "r",
    "z", "c", "s", "y", "w",
];
const FINALS: [&str; 33] = [
    "iang", "iong", "uang", "ang", "eng", "ing", "ong", "ian", "iao", "uai", "uan", "ai", "an",
    "ao", "ei", "en", "er", "ia", "ie", "in", "iu", "ou", "ua", "ui", "un", "uo", "ue", "a", "e",
    "i", "o", "u", "v",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_went_in_is_found() {
        let words = (0..400_000u64).map(|n| (fold::mix(n * 7 + 1), (n % 4095 + 1) as u16));
        let file = build(words.clone()).unwrap();
        let table = Gazetteer::new(&file);
        let wrong = words.filter(|(hash, flags)| table.look(*hash) & flags != *flags).count();
        assert_eq!(wrong, 0);
        let strangers = (0..1_000_000u64).filter(|n| table.look(fold::mix(n * 7 + 3)) != 0).count();
        assert!(strangers < 40, "{strangers} strangers found");
    }

    #[test]
    fn no_table_knows_nothing() {
        assert_eq!(Gazetteer::new(&[]).look(key("Anna")), 0);
    }

    #[test]
    fn chinese_syllables() {
        for word in ["mingqiang", "chen", "lijuan", "zhang", "haozi", "wang", "zixuan"] {
            assert!(reads_as_pinyin(word.as_bytes()), "{word}");
        }
        for word in ["smith", "tomorrow", "kevin", "", "strength"] {
            assert!(!reads_as_pinyin(word.as_bytes()), "{word}");
        }
    }
}
