//! Letters without case and accents, and hashes of words made of them.
//!
//! Gazetteers and features know words in this form only: `Müller`, `MULLER` and `muller` are one word.

/// What one character becomes; empty for combining marks, `None` for what is kept as it is.
fn ascii_of(c: char) -> Option<&'static str> {
    Some(match c as u32 {
        0x00c0..=0x00c5 | 0x00e0..=0x00e5 | 0x0100..=0x0105 | 0x01cd | 0x01ce => "a",
        0x00c6 | 0x00e6 => "ae",
        0x00c7 | 0x00e7 | 0x0106..=0x010d => "c",
        0x00c8..=0x00cb | 0x00e8..=0x00eb | 0x0112..=0x011b => "e",
        0x00cc..=0x00cf | 0x00ec..=0x00ef | 0x0128..=0x0131 | 0x01cf | 0x01d0 => "i",
        0x00d0 | 0x00f0 | 0x010e..=0x0111 => "d",
        0x00d1 | 0x00f1 | 0x0143..=0x014b => "n",
        0x00d2..=0x00d6 | 0x00d8 | 0x00f2..=0x00f6 | 0x00f8 | 0x014c..=0x0151 => "o",
        0x01a0 | 0x01a1 | 0x01d1 | 0x01d2 => "o",
        0x00d9..=0x00dc | 0x00f9..=0x00fc | 0x0168..=0x0173 | 0x01af | 0x01b0 => "u",
        0x00dd | 0x00fd | 0x00ff | 0x0176..=0x0178 => "y",
        0x00de | 0x00fe => "th",
        0x00df | 0x1e9e => "ss",
        0x011c..=0x0123 => "g",
        0x0124..=0x0127 => "h",
        0x0134 | 0x0135 => "j",
        0x0136..=0x0138 => "k",
        0x0139..=0x0142 => "l",
        0x0152 | 0x0153 => "oe",
        0x0154..=0x0159 => "r",
        0x015a..=0x0161 | 0x0218 | 0x0219 => "s",
        0x0162..=0x0167 | 0x021a | 0x021b => "t",
        0x0174 | 0x0175 => "w",
        0x0179..=0x017e => "z",
        0x0300..=0x036f => "",
        0x1ea0..=0x1eb7 => "a",
        0x1eb8..=0x1ec7 => "e",
        0x1ec8..=0x1ecb => "i",
        0x1ecc..=0x1ee3 => "o",
        0x1ee4..=0x1ef1 => "u",
        0x1ef2..=0x1ef9 => "y",
        _ => return None,
    })
}

/// Calls `each` with the bytes of `text` without case and accents.
#[inline]
pub fn folded(text: &str, mut each: impl FnMut(u8)) {
    if text.is_ascii() {
        return text.bytes().for_each(|byte| each(byte.to_ascii_lowercase()));
    }
    for c in text.chars() {
        if c.is_ascii() {
            each(c.to_ascii_lowercase() as u8);
        } else if let Some(plain) = ascii_of(c) {
            plain.bytes().for_each(&mut each);
        } else {
            let mut buffer = [0; 4];
            for lower in c.to_lowercase() {
                lower.encode_utf8(&mut buffer).bytes().for_each(&mut each);
            }
        }
    }
}

/// A word's hash, and the bytes at its ends that features look at.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Folded {
    /// Hash of the whole.
    pub hash: u64,
    /// The first bytes, the earlier the higher.
    pub head: u32,
    /// The last bytes, the later the lower.
    pub tail: u64,
    /// Bytes in all.
    pub len: u32,
}

/// Without the word's letters.
impl std::fmt::Debug for Folded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Folded").field("len", &self.len).finish_non_exhaustive()
    }
}

const SEED: u64 = 0x9e37_79b9_7f4a_7c15;
const STEP: u64 = 0xff51_afd7_ed55_8ccd;

/// Folds and hashes a word.
#[inline]
pub fn word(text: &str) -> Folded {
    let mut out = Folded { hash: SEED, ..Folded::default() };
    folded(text, |byte| {
        out.hash = (out.hash ^ u64::from(byte)).wrapping_mul(STEP).rotate_left(29);
        out.tail = out.tail << 8 | u64::from(byte);
        if out.len < 3 {
            out.head = out.head << 8 | u32::from(byte);
        }
        out.len += 1;
    });
    out.hash = mix(out.hash);
    out
}

/// The hash of words that stand one behind the other.
#[inline]
pub fn joined(first: u64, second: u64) -> u64 {
    mix(first.rotate_left(17).wrapping_add(second).wrapping_mul(STEP))
}

/// The hash of a phrase: its words' hashes, joined. Whatever is neither letter nor digit parts words.
pub fn phrase(text: &str) -> u64 {
    let mut words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let first = words.next().map_or(0, |first| word(first).hash);
    words.fold(first, |hash, next| joined(hash, word(next).hash))
}

/// Spreads a number's bits.
#[inline]
pub fn mix(mut hash: u64) -> u64 {
    hash ^= hash >> 32;
    hash = hash.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ hash >> 29
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fold(text: &str) -> String {
        let mut bytes = Vec::new();
        folded(text, |byte| bytes.push(byte));
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn case_and_accents_are_gone() {
        assert_eq!(fold("Müller-Lüdenscheidt"), "muller-ludenscheidt");
        assert_eq!(fold("ŁÓDŹ"), "lodz");
        assert_eq!(fold("Straße"), "strasse");
        assert_eq!(fold("Nguyễn Ða\u{301}"), "nguyen da");
        assert_eq!(fold("Ωμέγα"), "ωμέγα");
        assert_eq!(word("GARCÍA"), word("garcia"));
        assert_eq!(phrase("São Paulo"), phrase("SAO-PAULO"));
    }
}
