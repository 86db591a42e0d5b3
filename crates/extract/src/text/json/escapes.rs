//! The escapes of JSON strings.

/// Appends what a JSON string stands for. What is no escape is kept as it is; half a surrogate pair
/// becomes a replacement character. The result is never longer than `raw`.
pub(super) fn unescape(raw: &str, out: &mut String) {
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        let (c, length) = decode(&rest.as_bytes()[at..]);
        match c {
            Some(c) => out.push(c),
            None => out.push_str(&rest[at..at + length]),
        }
        rest = &rest[at + length..];
    }
    out.push_str(rest);
}

/// The escape at the start of `bytes`: what it stands for, and its length.
fn decode(bytes: &[u8]) -> (Option<char>, usize) {
    let plain = |c| (Some(c), 2);
    match bytes.get(1) {
        Some(b'"') => plain('"'),
        Some(b'\\') => plain('\\'),
        Some(b'/') => plain('/'),
        Some(b'b') => plain('\u{8}'),
        Some(b'f') => plain('\u{c}'),
        Some(b'n') => plain('\n'),
        Some(b'r') => plain('\r'),
        Some(b't') => plain('\t'),
        Some(b'u') => match unit(bytes) {
            Some(unit) => decode_unit(unit, bytes),
            None => (None, 1),
        },
        _ => (None, 1),
    }
}

fn decode_unit(first: u16, bytes: &[u8]) -> (Option<char>, usize) {
    let second = bytes.get(6..).and_then(unit);
    let pair = second.and_then(|second| char::decode_utf16([first, second]).next()?.ok());
    match pair {
        Some(c) if c.len_utf16() == 2 => (Some(c), 12),
        _ => (Some(char::from_u32(u32::from(first)).unwrap_or(char::REPLACEMENT_CHARACTER)), 6),
    }
}

/// The unit of `\uXXXX`.
fn unit(bytes: &[u8]) -> Option<u16> {
    let digits = bytes.strip_prefix(b"\\u")?.get(..4)?;
    digits
        .iter()
        .try_fold(0, |unit, digit| Some(unit << 4 | char::from(*digit).to_digit(16)? as u16))
}

/// The last place up to `want` that is within neither an escape nor a character.
pub(super) fn floor_boundary(raw: &str, want: usize) -> usize {
    let bytes = raw.as_bytes();
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'\\', &bytes[at..want.min(bytes.len())]) {
        let escape = at + found;
        let after = escape + decode(&bytes[escape..]).1;
        if after > want {
            return escape;
        }
        at = after;
    }
    raw.floor_char_boundary(want)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(raw: &str, expect: &str) {
        let mut out = String::new();
        unescape(raw, &mut out);
        assert_eq!(out, expect);
    }

    #[test]
    fn escapes_become_what_they_stand_for() {
        check("plain", "plain");
        check(r#"a\"b\\c\/d"#, "a\"b\\c/d");
        check(r"1\n2\t3\r4\b5\f6", "1\n2\t3\r4\u{8}5\u{c}6");
        check(r"\u0041\u00e9\u20AC\ud834\udd1e", "Aé€𝄞");
        check(r"\ud834x \udd1e \ud834\u0041", "\u{fffd}x \u{fffd} \u{fffd}A");
        check(r"\q \u12 \u12g4 \", r"\q \u12 \u12g4 \");
    }

    proptest! {
        #[test]
        fn a_string_cut_at_a_boundary_means_the_same(
            raw in r#"(\\u[0-9a-f]{4}|\\ud83[4-5]\\udd1e|\\[nt"\\x]|[aé世𝄞]){0,20}"#,
            want in 0usize..120,
        ) {
            let cut = floor_boundary(&raw, want.min(raw.len()));
            let (mut whole, mut parts) = (String::new(), String::new());
            unescape(&raw, &mut whole);
            unescape(&raw[..cut], &mut parts);
            unescape(&raw[cut..], &mut parts);
            prop_assert_eq!(&parts, &whole);
            prop_assert!(whole.len() <= raw.len());
            prop_assert!(cut <= want && want.min(raw.len()) - cut < 12);
        }
    }
}
