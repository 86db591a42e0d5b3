//! Keys and tokens.

use super::Check;

/// At most this many bytes of a private key are looked at, and reported.
pub(crate) const KEY_BLOCK_BYTES_MAX: usize = 8 * 1024;

/// A private key has at least this many characters of base64 in its body.
pub(super) const KEY_BODY_CHARS_MIN: usize = 40;

/// What follows a PEM or PGP header must be a body of base64; the match is extended over it, and
/// over the footer. Armour headers such as `Version: 1` may come first, and line breaks may be
/// written as `\n`.
pub(crate) static PEM_BODY: Check = Check::InValue(|candidate| {
    let limit = candidate.value.end.min(candidate.found.start + KEY_BLOCK_BYTES_MAX);
    let body = &candidate.text[candidate.found.end..limit];
    // Without a footer it ends where something else begins, as the next cell behind a `|`, and at the
    // latest where another block does.
    let foreign = |byte: &u8| !is_base64(*byte) && !is_armour(*byte);
    let hyphens = body.windows(5).position(|five| five == b"-----").unwrap_or(body.len());
    let length = match &body[hyphens..] {
        [b'-', b'-', b'-', b'-', b'-', b'B', ..] | [] => {
            body[..hyphens].iter().position(foreign).unwrap_or(hyphens)
        }
        _ => hyphens,
    };
    let base64 = body[..length].iter().filter(|b| is_base64(**b)).count();
    if base64 < KEY_BODY_CHARS_MIN || body[..length].iter().any(foreign) {
        return None;
    }
    let footer = &body[length..];
    let footer_length = if footer.starts_with(b"-----END") {
        footer[8..].windows(5).position(|five| five == b"-----").map_or(footer.len(), |at| at + 13)
    } else {
        0
    };
    Some(candidate.found.end + length + footer_length)
});

pub(super) fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

/// What stands between base64 in a key block: blanks, escaped line breaks, quotes, armour headers.
pub(super) fn is_armour(byte: u8) -> bool {
    byte.is_ascii_whitespace()
        || matches!(
            byte,
            b'\\'
                | b'"'
                | b'\''
                | b','
                | b':'
                | b'-'
                | b'.'
                | b'('
                | b')'
                | b'@'
                | b'<'
                | b'>'
                | b'_'
        )
}

/// A PuTTY key goes on to its `Private-Lines`.
pub(crate) static PUTTY_BODY: Check = Check::InValue(|candidate| {
    let limit = candidate.value.end.min(candidate.found.start + KEY_BLOCK_BYTES_MAX);
    let body = &candidate.text[candidate.found.end..limit];
    let next = body.windows(14).position(|part| part == b"PuTTY-User-Key").unwrap_or(body.len());
    let body = &body[..next];
    let private = body.windows(14).position(|part| part == b"Private-Lines:")?;
    let mac = body.windows(12).position(|part| part == b"Private-MAC:");
    let end = match mac {
        Some(mac) => {
            mac + 12
                + body[mac + 12..]
                    .iter()
                    .take_while(|b| b.is_ascii_hexdigit() || **b == b' ')
                    .count()
        }
        None => private + 14,
    };
    Some(candidate.found.end + end)
});

/// A JWT (RFC 7519) of three parts, whose first is a JSON object with `alg`; or of the two that come
/// before the signature. More parts are something else, such as an encrypted token.
pub(crate) static JWT: Check = Check::InValue(|candidate| {
    let text = &candidate.text[candidate.found.clone()];
    let goes_on = match candidate.text[candidate.found.end..candidate.value.end] {
        [b'.', next, ..] => next.is_ascii_alphanumeric() || matches!(next, b'-' | b'_'),
        _ => false,
    };
    let header = text.split(|byte| *byte == b'.').next().unwrap_or_default();
    let mut decoded = [0u8; 384];
    let length = decode(header, &mut decoded);
    let json = &decoded[..length];
    let whole = length == decoded.len() || json.trim_ascii_end().ends_with(b"}");
    let is_header = json.first() == Some(&b'{') && json.windows(5).any(|part| part == b"\"alg\"");
    (is_header && whole && !goes_on).then_some(candidate.found.end)
});

/// Basic credentials decode to `user:password` of printable text.
pub(crate) static BASIC_CREDENTIALS: Check = Check::Text(|text| {
    let value = text.rsplit(|byte| matches!(byte, b' ' | b'\t')).next().unwrap_or_default();
    let mut decoded = [0u8; 512];
    let length = decode(value, &mut decoded);
    let plain = &decoded[..length];
    plain.iter().skip(1).any(|byte| *byte == b':')
        && plain.iter().all(|byte| *byte >= 0x20 && *byte != 0x7f)
});

/// Decodes base64 of either alphabet until it ends, is wrong or `out` is full.
pub(super) fn decode(text: &[u8], out: &mut [u8]) -> usize {
    let (mut bits, mut held, mut length) = (0u32, 0u32, 0);
    for &byte in text {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => break,
        };
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            let Some(slot) = out.get_mut(length) else { break };
            *slot = (bits >> held) as u8;
            length += 1;
        }
    }
    length
}

/// AWS secret key: random text of 40 characters. Paths, hex digests, repeated and published samples
/// are refused.
pub(crate) static AWS_SECRET: Check = Check::Text(|text| {
    let mixed = text.iter().any(u8::is_ascii_lowercase)
        && text.iter().any(u8::is_ascii_uppercase)
        && text.iter().any(u8::is_ascii_digit);
    let slashes = text.iter().filter(|byte| **byte == b'/').count();
    mixed && slashes <= 6 && distinct(text) >= 20 && !text.ends_with(b"EXAMPLEKEY")
});

/// A key after a prefix: not a placeholder such as `XXXX…` or `abcabc…`.
pub(crate) static RANDOM_KEY: Check = Check::Text(|text| {
    let tail = &text[text.len().saturating_sub(16)..];
    distinct(tail) >= 6 && !text.ends_with(b"EXAMPLE")
});

/// A Stripe key that is no published sample. Placeholders of one letter repeated are reported: they
/// cost a look, and a real key must never be taken for one.
pub(crate) static STRIPE_KEY: Check = Check::Text(|text| !is_sample(text) && !is_paystack(text));

/// Paystack's keys have Stripe's prefix, but 40 hexadecimal digits behind it; Stripe's are base62.
fn is_paystack(text: &[u8]) -> bool {
    let tail = text.get(8..).unwrap_or_default();
    tail.len() == 40 && tail.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// Stripe's documented samples, which Macie does not report; only their beginnings are kept here.
fn is_sample(text: &[u8]) -> bool {
    text.starts_with(b"sk_test_4eC39H") || text.starts_with(b"pk_test_TYooMQ")
}

pub(super) fn distinct(text: &[u8]) -> u32 {
    text.iter().fold(0u128, |seen, byte| seen | 1 << (byte & 0x7f)).count_ones()
}

#[cfg(test)]
mod tests {
    use super::super::Candidate;
    use super::super::tests::passes;
    use super::*;

    #[test]
    fn a_header_without_a_body_is_no_key() {
        let check = |text: &str, header: usize| {
            PEM_BODY.run(&Candidate {
                text: text.as_bytes(),
                value: 0..text.len(),
                found: 0..header,
            })
        };
        let body = "Qm9keSBvZiBhIGtleSB0aGF0IGlzIG5vbmUsIG1hZGUgZm9yIGEgdGVzdA==";
        let whole = format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\nrest");
        assert_eq!(check(&whole, 27), Some(whole.len() - 5));
        assert_eq!(check("-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----", 27), None);
        let cut = format!("-----BEGIN PRIVATE KEY-----\\n{body}");
        assert_eq!(check(&cut, 27), Some(cut.len()));
    }

    #[test]
    fn basic_credentials_hold_a_colon() {
        assert!(passes(&BASIC_CREDENTIALS, "Authorization: Basic bWlyYTpsYXJrc3B1cg=="));
        assert!(!passes(&BASIC_CREDENTIALS, "Authorization: Basic bWlyYWxhcmtzcHVy"));
    }
}
