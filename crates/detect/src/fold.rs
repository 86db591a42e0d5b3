//! How keyword text is folded before it is compared: case, separators and typographic apostrophes.
//!
//! Shared with the build script, so that the catalogue and the text are folded by the same rule.

/// The folded form of an ASCII byte: lower case; blanks, `_` and `-` are all a space, because a
/// keyword's space may stand as any of them (macie-engine, section 3).
pub(crate) const fn fold_ascii(byte: u8) -> u8 {
    match byte {
        b'\t' | b'\n' | b'\r' | b'_' | b'-' => b' ',
        _ => byte.to_ascii_lowercase(),
    }
}

/// Four bytes, all digits of which are a `0`.
#[inline(always)]
pub(crate) const fn digits_alike(bytes: [u8; 4]) -> u32 {
    let raw = u32::from_le_bytes(bytes);
    let from_0 = raw ^ 0x3030_3030;
    // Bit 7 of each byte that is none of 0 to 9.
    let others = ((from_0 & 0x7f7f_7f7f) + 0x7676_7676) | from_0;
    let digits = (!others & 0x8080_8080) >> 7;
    raw & !(digits * 0x0f)
}

/// The bit, in the filter of matches' beginnings, for four bytes with [`digits_alike`].
#[inline(always)]
pub(crate) const fn start(alike: u32) -> usize {
    (alike.wrapping_mul(0x9e37_79b1) >> 15) as usize
}

/// The bit for the first two of them.
#[inline(always)]
pub(crate) const fn pair(alike: u32) -> usize {
    (alike & 0xffff) as usize
}

/// Separators between groups of a number, by their place in the table of groups.
#[inline]
pub(crate) const fn separator(byte: u8) -> Option<usize> {
    match byte {
        b' ' => Some(0),
        b'-' => Some(1),
        b'.' => Some(2),
        b'/' => Some(3),
        b':' => Some(4),
        _ => None,
    }
}

/// The bit for what follows a group of a number.
#[inline]
pub(crate) const fn behind_group(byte: u8) -> u16 {
    match (separator(byte), byte) {
        (Some(place), _) => 1 << place,
        (None, b'A'..=b'Z' | b'a'..=b'z') => 1 << 5,
        (None, b',' | b'"' | b';' | b'|' | b'\t' | b'\r' | b'\n') => 1 << 6,
        (None, _) => 1 << 7,
    }
}

/// In what may follow a group, as bits of [`behind_group`]: anything may, for a match may have ended.
pub(crate) const MAY_HAVE_ENDED: u16 = 0x8000;

/// Lengths of a number's further groups that are told apart; the last stands for all longer.
pub(crate) const GROUP_LENGTHS: usize = 16;

/// Entries of the table of third groups.
pub(crate) const THIRDS: usize = 1 << 15;

/// The entry of a number's third group, of `length` digits, behind two others and their separators.
#[inline]
pub(crate) const fn third(first: [usize; 2], second: [usize; 2], length: usize) -> usize {
    let ([run, behind_first], [group, behind_second]) = (first, second);
    let place = ((run * 5 + behind_first) * GROUP_LENGTHS + group) * 5 + behind_second;
    let place = (place * GROUP_LENGTHS + length) as u32;
    (place.wrapping_mul(0x9e37_79b1) >> 17) as usize
}

/// The letters that a word begins with, and what stands behind them.
#[derive(Clone, Copy)]
pub(crate) struct Head {
    /// The word's first eight bytes, letters in lower case.
    lower: u64,
    /// Bit 7 of each byte that is a capital behind a small letter.
    humps: u64,
    /// How many letters come first, counted to [`HEAD_LETTERS_MAX`].
    pub count: u32,
    /// The [`KINDS`] of the byte behind them.
    pub kind: u8,
}

/// More letters make no difference between heads.
pub(crate) const HEAD_LETTERS_MAX: u32 = 7;

/// Bits of the filter of heads.
pub(crate) const HEAD_BITS: u32 = 17;

/// Bits of the filter of keywords that are letters alone, and at most six.
pub(crate) const WHOLE_BITS: u32 = 16;

/// Bits of the filter of first letters.
pub(crate) const FIRST_BITS: u32 = 16;

/// The filter of first letters knows so many of a word.
const FIRST_LETTERS_MAX: u32 = 5;

/// The bit, in the filter of first letters, of a word of which these are the first bytes, and whether a
/// capital behind a small letter stands among them, so that it tells nothing.
#[inline(always)]
pub(crate) fn first_letters(word: [u8; 8]) -> (usize, bool) {
    let (raw, lower, letters) = letters(word);
    let ends = (!letters & HIGH) | 0x80 << (8 * FIRST_LETTERS_MAX);
    let kept = (ends & ends.wrapping_neg()).wrapping_sub(1) >> 7;
    let small = letters & (raw << 2);
    let humps = letters & !small & (small << 8) & ((1 << (8 * FIRST_LETTERS_MAX)) - 1);
    ((Head::mixed(lower & kept) >> (64 - FIRST_BITS)) as usize, humps != 0)
}

/// A word's first bytes, the same in lower case, and bit 7 of each that is a letter.
#[inline(always)]
fn letters(word: [u8; 8]) -> (u64, u64, u64) {
    let raw = u64::from_le_bytes(word);
    let lower = raw | (ONES * 0x20);
    let plain = lower & !HIGH;
    let from_a = plain + ONES * (0x80 - b'a' as u64);
    let behind_z = plain + ONES * (0x80 - (b'z' + 1) as u64);
    (raw, lower, from_a & !behind_z & !raw & HIGH)
}

/// Slots of the table of heads of [`HEAD_LETTERS_MAX`] letters.
pub(crate) const HEAD_SLOTS: usize = 1 << 13;

/// Bit 7 of each byte.
const HIGH: u64 = 0x8080_8080_8080_8080;

/// One in each byte.
const ONES: u64 = 0x0101_0101_0101_0101;

impl Head {
    /// The head of a word of which these are the first bytes; zeros stand behind a text's end.
    #[inline(always)]
    pub fn of(word: [u8; 8]) -> Self {
        let (raw, lower, letters) = letters(word);
        let small = letters & (raw << 2);
        let humps = letters & !small & (small << 8);
        let ends = (!letters & HIGH) | 0x80 << (8 * HEAD_LETTERS_MAX);
        let count = ends.trailing_zeros() / 8;
        let kind = KINDS[(raw >> (8 * count)) as usize & 0xff];
        Self { lower, humps, count, kind }
    }

    /// Numbers of its first letters, up to `most`, behind which a capital stands behind a small letter.
    #[inline(always)]
    pub fn before_humps(&self, most: u32) -> impl Iterator<Item = u32> + use<> {
        let (humps, count) = (self.humps, self.count);
        let before = move |letters: &u32| humps >> (8 * letters + 7) & 1 == 1;
        (1..=if humps == 0 { 0 } else { most.min(count) }).filter(before)
    }

    /// Its bit in the filter of heads of keywords that go on behind them. From [`HEAD_LETTERS_MAX`]
    /// letters on, what stands behind makes no difference.
    #[inline(always)]
    pub fn bit(&self) -> usize {
        self.bit_before(self.kind)
    }

    /// The bit of the same letters before another kind.
    #[inline(always)]
    pub fn bit_before(&self, kind: u8) -> usize {
        let kind = if self.count < HEAD_LETTERS_MAX { u64::from(kind) } else { 0 };
        (Self::mixed(self.first(self.count) | (kind << 56)) >> (64 - HEAD_BITS)) as usize
    }

    /// The bit of so many of its letters, in the filter of keywords that are no more than they.
    #[inline(always)]
    pub fn whole_bit(&self, letters: u32) -> usize {
        (Self::mixed(self.first(letters)) >> (64 - WHOLE_BITS)) as usize
    }

    /// Its letters, none of which is a zero byte.
    #[inline(always)]
    pub fn letters(&self) -> u64 {
        self.first(self.count)
    }

    /// Where to begin to look for it in the table of heads.
    #[inline(always)]
    pub fn slot(&self) -> usize {
        (Self::mixed(self.letters()) >> 40) as usize % HEAD_SLOTS
    }

    /// So many of its letters.
    #[inline(always)]
    fn first(&self, letters: u32) -> u64 {
        self.lower & ((1 << (8 * letters)) - 1)
    }

    const fn mixed(bits: u64) -> u64 {
        bits.wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }
}

/// Kinds of what may stand behind a word's letters.
pub(crate) const BLANK: u8 = 1;
pub(crate) const NOT_ASCII: u8 = 6;
pub(crate) const OTHER: u8 = 7;

/// The kind of each byte.
pub(crate) static KINDS: [u8; 256] = {
    let mut kinds = [OTHER; 256];
    let mut byte = 0;
    while byte < 256 {
        kinds[byte] = match fold_ascii(byte as u8) {
            b' ' => BLANK,
            b'.' => 2,
            b'/' => 3,
            b'\'' => 4,
            b'0'..=b'9' => 5,
            0x80.. => NOT_ASCII,
            b'a'..=b'z' => 0,
            _ => OTHER,
        };
        byte += 1;
    }
    kinds
};

/// The filter's bit for the first two bytes of such a character.
#[inline]
pub(crate) const fn lead(first: u8, second: u8) -> usize {
    ((first & 0x3f) as usize) << 6 | (second & 0x3f) as usize
}

/// The folded form of any other character. Its lower case is taken when that is one character, and not
/// ASCII (as that of the Kelvin sign).
pub(crate) fn fold_char(c: char) -> char {
    match c {
        '\u{a0}' | '\u{2010}'..='\u{2015}' => ' ',
        '\u{2018}' | '\u{2019}' => '\'',
        _ => {
            let mut lower = c.to_lowercase();
            match (lower.next(), lower.next()) {
                (Some(one), None) if !one.is_ascii() => one,
                _ => c,
            }
        }
    }
}
