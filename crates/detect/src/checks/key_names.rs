//! What may be a key or a password though little but the words before it says so.

use super::Candidate;
use super::random_look::{Look, distinct, is_asking, longest_repeat, looks_random};

/// Words for a key, as they end a name: `SERVICE_KEY`, `serviceToken`, `service secret`.
const KEY_WORDS: [&[u8]; 8] =
    [b"key", b"token", b"secret", b"access", b"private", b"apikey", b"auth", b"pass"];

/// Between such a word and the key stand at most so many signs and blanks.
const SIGNS_MAX: usize = 6;

/// Letters alone, or digits alone, are a key if there are so many.
const ONE_KIND_BYTES_MIN: usize = 20;

/// Whether a match stands directly behind a word for a key, and may be one.
pub(super) fn is_named_key(candidate: &Candidate<'_>) -> bool {
    let before = &candidate.text[candidate.value.start..candidate.found.start];
    let is_sign = |byte: &&u8| b" \t\"'`\\=:>-".contains(byte);
    let signs = before.iter().rev().take(SIGNS_MAX + 1).take_while(is_sign).count();
    let name = &before[..before.len() - signs];
    let assigned = before[name.len()..].iter().any(|byte| b"=:".contains(byte));
    (1..=SIGNS_MAX).contains(&signs)
        && KEY_WORDS.iter().any(|word| ends_with_word(name, word))
        && may_be_key(&candidate.text[candidate.found.clone()], assigned)
}

/// Whether a name ends with a word, which begins at a hump or behind what is no letter.
fn ends_with_word(name: &[u8], word: &[u8]) -> bool {
    let Some(start) = name.len().checked_sub(word.len()) else { return false };
    let (before, end) = name.split_at(start);
    let begins = before.last().is_none_or(|last| {
        !last.is_ascii_alphabetic() || last.is_ascii_lowercase() != end[0].is_ascii_lowercase()
    });
    begins && end.eq_ignore_ascii_case(word)
}

/// Whether a text may be a key, though it need not look random: no placeholder, no name of code. Letters
/// alone are one only if they are assigned: prose has long words behind such names.
fn may_be_key(text: &[u8], assigned: bool) -> bool {
    if text.len() < 12 || distinct(text) < 6 || longest_repeat(text) >= 8 || is_asking(text) {
        return false;
    }
    let look = Look::of(text);
    let one_kind = look.longest == text.len() && text.len() >= ONE_KIND_BYTES_MIN;
    match (look.letters, look.digits) {
        (_, 0) => one_kind && assigned && !is_name(text),
        (0, _) => one_kind,
        _ => look.longest_mixed >= 12 || look.digits * 4 >= text.len() && look.longest >= 8,
    }
}

/// Whether letters are words in camel case: a capital before small letters, twice or more, and no case
/// that holds for long.
fn is_name(text: &[u8]) -> bool {
    let humps = text.windows(2).filter(|w| w[0].is_ascii_lowercase() && w[1].is_ascii_uppercase());
    let runs = text.chunk_by(|a, b| a.is_ascii_uppercase() == b.is_ascii_uppercase());
    humps.count() >= 2 && runs.filter(|run| run[0].is_ascii_lowercase()).all(|run| run.len() >= 2)
}

/// Whether a text that no sign assigns is a key: longer than one that a sign does, without dots, and
/// with a digit.
pub(super) fn is_key_in_prose(text: &[u8]) -> bool {
    let plain = text.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_-+/=".contains(byte));
    plain && text.iter().any(u8::is_ascii_digit) && looks_random(text, 16)
}

/// What algorithms and standards are called: `password SHA256withRSA` names no password.
const ALGORITHMS: [&[u8]; 10] =
    [b"sha", b"md5", b"pbkdf", b"aes", b"rsa", b"bcrypt", b"argon", b"base64", b"utf", b"oauth"];

/// Whether a text behind a word for a password, without a sign, is one: letters, digits, and a sign or
/// both cases.
pub(super) fn is_password_in_prose(text: &[u8]) -> bool {
    let has = |kind: fn(&u8) -> bool| text.iter().any(kind);
    let mixed = has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase);
    let signed = has(|byte| b"!@#$%^&*?+=~".contains(byte));
    let algorithm = ALGORITHMS
        .iter()
        .any(|name| text.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name)));
    let plain = !has(|byte| b"/\\(){}[]<>:;| ".contains(byte));
    (8..=64).contains(&text.len())
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_alphabetic)
        && (mixed || signed)
        && plain
        && !algorithm
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(before: &str, key: &str) -> bool {
        let text = format!("{before}{key}");
        let found = before.len()..text.len();
        is_named_key(&Candidate { text: text.as_bytes(), value: 0..text.len(), found })
    }

    #[test]
    fn words_for_a_key_let_keys_look_plain() {
        for (before, key) in [
            ("orchard key ", "abcdef1234567890abcdef12"),
            ("orchardKEY=", "12345678901234567890"),
            ("orchard_token: \"", "abcdefghijklmnopqrstuvwx"),
            ("orchard SECRET=", "QRSTUVABCDEFGHIJKLMNOP"),
            ("orchardACCESSkey-", "wqdkzbyrhpa7mcjtxsnle"),
        ] {
            assert!(named(before, key), "{before}{key}");
        }
        for (before, key) in [
            ("monkey ", "abcdef1234567890abcdef12"),
            ("orchard ", "abcdef1234567890abcdef12"),
            ("orchard key ", "abcdefghijklmnopqrstuvwx"),
            ("orchard key=", "getOrchardAccessTokenValue"),
            ("orchard key=", "configuration_of_orchard_2"),
            ("orchard key ", "1234567890123456"),
            ("orchard key ", "orchard-key-of-the-gate-1"),
            ("orchard key=", "your1234567890abcdef1234"),
            ("orchard key=", "111111111111111111111111"),
        ] {
            assert!(!named(before, key), "{before}{key}");
        }
    }

    #[test]
    fn passwords_in_prose_look_like_one() {
        for text in ["Summer2023", "quartz!90", "VMware1!", "7Kpl-Vane"] {
            assert!(is_password_in_prose(text.as_bytes()), "{text}");
        }
        for text in ["SHA256withRSA", "policies", "Reset2", "login/Page1", "hunter22"] {
            assert!(!is_password_in_prose(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn keys_in_prose_are_long() {
        assert!(is_key_in_prose(b"7Kq2VxZn9LrTw4HsYb6J"));
        assert!(!is_key_in_prose(b"7Kq2VxZn9L"));
        assert!(!is_key_in_prose(b"self.value.9LrTw4HsYb6J"));
    }
}
