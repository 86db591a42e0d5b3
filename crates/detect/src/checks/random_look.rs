//! How random a text looks, by a few counts: kinds of characters, distinct ones, and how often letters
//! and digits take turns.

/// Whether a text of at least `least` characters looks like a key: letters and digits that take turns
/// or run long, no character too often, no sentence.
pub(super) fn looks_random(text: &[u8], least: usize) -> bool {
    if text.len() < least || distinct(text) < 7 || longest_repeat(text) >= 8 || is_asking(text) {
        return false;
    }
    if text.iter().any(|byte| byte.is_ascii_whitespace()) {
        return false;
    }
    let look = Look::of(text);
    // Names of code change case too, but twice in a word only.
    let restless = look.cases * 5 >= look.longest * 2;
    if look.digits == 0 {
        return look.longest >= 16 && restless;
    }
    let taken_in_turns = look.turns >= 3 || look.turns >= 1 && restless;
    look.letters > 0 && look.longest_mixed >= 6 && (look.longest >= 20 || taken_in_turns)
}

/// Whether a text asks for a key instead of being one.
pub(super) fn is_asking(text: &[u8]) -> bool {
    let asks = [b"your".as_slice(), b"example", b"placeholder", b"changeme", b"xxxx"];
    asks.iter().any(|word| text.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word)))
}

/// Counts that tell a key from words and numbers.
#[derive(Default)]
pub(super) struct Look {
    /// Digits.
    pub(super) digits: usize,
    /// Letters.
    pub(super) letters: usize,
    /// How often a letter follows a digit, or a digit a letter, signs between left out.
    turns: usize,
    /// How often a capital follows a small letter or the other way, directly.
    cases: usize,
    /// The longest run of letters and digits.
    pub(super) longest: usize,
    /// The longest run of letters and digits that has both.
    pub(super) longest_mixed: usize,
}

impl Look {
    /// Counts a text.
    pub(super) fn of(text: &[u8]) -> Self {
        let mut look = Self::default();
        let (mut run, mut last, mut before) = ((0usize, 0usize), None, b' ');
        for &byte in text {
            if byte.is_ascii_alphanumeric() {
                let digit = byte.is_ascii_digit();
                run = (run.0 + usize::from(!digit), run.1 + usize::from(digit));
                look.turns += usize::from(last.is_some_and(|last| last != digit));
                last = Some(digit);
                look.digits += usize::from(digit);
                look.letters += usize::from(!digit);
                let both = byte.is_ascii_alphabetic() && before.is_ascii_alphabetic();
                let changed = byte.is_ascii_uppercase() != before.is_ascii_uppercase();
                look.cases += usize::from(both && changed);
            } else {
                run = (0, 0);
            }
            look.longest = look.longest.max(run.0 + run.1);
            if run.0 > 0 && run.1 > 0 {
                look.longest_mixed = look.longest_mixed.max(run.0 + run.1);
            }
            before = byte;
        }
        look
    }
}

/// The longest run of one character.
pub(super) fn longest_repeat(text: &[u8]) -> usize {
    let (mut longest, mut run, mut last) = (0, 0, None);
    for &byte in text {
        run = if last == Some(byte) { run + 1 } else { 1 };
        last = Some(byte);
        longest = longest.max(run);
    }
    longest
}

/// How many different bytes a text has.
pub(super) fn distinct(text: &[u8]) -> u32 {
    let (low, high) = text.iter().fold((0u128, 0u128), |(low, high), byte| match byte {
        0..=0x7f => (low | 1 << byte, high),
        _ => (low, high | 1 << (byte & 0x7f)),
    });
    low.count_ones() + high.count_ones()
}
