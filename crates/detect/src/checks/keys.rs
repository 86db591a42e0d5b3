//! Keys and tokens of providers: random text told from placeholders, digests and names.
//!
//! A prefix that only one provider uses says enough, so those keys are refused only if they are
//! plainly no key. A key without one stands near its provider's name, where digests, versions and
//! names of things stand as well; it must look random.

use super::key_names::is_named_key;
use super::secrets::{
    KEY_BLOCK_BYTES_MAX, KEY_BODY_CHARS_MIN, decode, distinct, is_armour, is_base64,
};
use super::{Candidate, Check};

/// So many bytes of the end of a key are looked at for variety: all of it, but for its prefix.
const TAIL_BYTES: usize = 16;

/// A key behind a prefix of its own: its end is varied, and it is no placeholder. Sequences such as
/// `abcdef012345` pass; they cost a look.
pub(crate) static KEY_TAIL: Check = Check::Text(|text| !is_placeholder(text) && varied_tail(text));

/// A key whose form says so much that only a placeholder is refused.
pub(crate) static KEY_LOOSE: Check = Check::Text(|text| !is_placeholder(text));

/// As `KEY_TAIL`, and not the end of a file's name.
pub(crate) static KEY_UNDOTTED: Check = Check::InValue(|candidate| {
    let found = candidate.found.clone();
    let before = found.start.checked_sub(1).filter(|at| *at >= candidate.value.start);
    let dotted = before.is_some_and(|at| candidate.text[at] == b'.');
    let text = &candidate.text[found.clone()];
    (!dotted && !is_placeholder(text) && varied_tail(text)).then_some(found.end)
});

/// A key of hexadecimal digits, or of letters of one case and digits.
pub(crate) static KEY_HEX: Check = Check::InValue(|candidate| {
    let text = &candidate.text[candidate.found.clone()];
    let holds = looks_random(text) || is_named_key(candidate);
    (holds && !is_reference(candidate)).then_some(candidate.found.end)
});

/// A key of a wider alphabet: text of the length of a digest that holds nothing but small
/// hexadecimal digits is a digest.
pub(crate) static KEY_TEXT: Check = Check::InValue(|candidate| {
    let text = &candidate.text[candidate.found.clone()];
    let holds = looks_random(text) || is_named_key(candidate);
    (holds && !is_digest(text) && !is_reference(candidate)).then_some(candidate.found.end)
});

/// A key that has letters of both cases and digits.
pub(crate) static KEY_MIXED: Check = Check::Text(|text| {
    looks_random(text)
        && text.iter().skip(2).any(u8::is_ascii_lowercase)
        && text.iter().any(u8::is_ascii_uppercase)
});

/// A key of fewer than 20 characters.
pub(crate) static KEY_SHORT: Check = Check::Text(|text| {
    !is_placeholder(text)
        && distinct(text) >= 6
        && text.iter().any(u8::is_ascii_digit)
        && text.iter().any(u8::is_ascii_alphabetic)
});

fn varied_tail(text: &[u8]) -> bool {
    distinct(&text[text.len().saturating_sub(TAIL_BYTES)..]) >= 6
}

/// Letters and digits, varied, without a word that only placeholders have.
fn looks_random(text: &[u8]) -> bool {
    let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
    let digits_min = if text.len() < 32 { 1 } else { 2 };
    digits >= digits_min
        && text.iter().any(u8::is_ascii_alphabetic)
        && distinct(text) >= if text.len() < 20 { 6 } else { 8 }
        && !is_placeholder(text)
        && !PLACEHOLDER_WORDS.iter().any(|word| holds(text, word))
}

/// What people write where a key should be; in small letters.
const PLACEHOLDER_WORDS: [&[u8]; 5] = [b"your", b"example", b"insert", b"placeholder", b"changeme"];

fn holds(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word))
}

/// `xxxxxx` or `EXAMPLE` stands within.
fn is_placeholder(text: &[u8]) -> bool {
    text.windows(6).any(|six| six.iter().all(|byte| matches!(byte, b'x' | b'X')))
        || text.windows(7).any(|seven| seven == b"EXAMPLE")
}

/// Hexadecimal digits (a UUID's too) that name a commit, an image or a path's element:
/// `owner/action@…`, `package.tgz#…`, `image@sha256:…`, `/projects/…`.
fn is_reference(candidate: &Candidate<'_>) -> bool {
    let text = &candidate.text[candidate.found.clone()];
    let before = &candidate.text[candidate.value.start..candidate.found.start];
    let named = match before {
        [.., b'@' | b'#' | b'/'] => true,
        [head @ .., b':' | b'=' | b'-'] => DIGESTS.iter().any(|name| {
            head.len() >= name.len() && head[head.len() - name.len()..].eq_ignore_ascii_case(name)
        }),
        _ => false,
    };
    named && text.iter().all(|byte| byte.is_ascii_hexdigit() || *byte == b'-')
}

/// Names of digests, as they stand before one.
const DIGESTS: [&[u8]; 5] = [b"md5", b"sha", b"sha1", b"sha256", b"sha512"];

/// The lengths of MD5, SHA-1, SHA-256 and SHA-512 in hexadecimal digits.
fn is_digest(text: &[u8]) -> bool {
    matches!(text.len(), 32 | 40 | 64 | 128)
        && text.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// A client secret of Microsoft Entra ID: its text does not go on behind a `~`, on either side.
pub(crate) static AZURE_SECRET: Check = Check::InValue(|candidate| {
    let found = candidate.found.clone();
    let before = &candidate.text[candidate.value.start..found.start];
    let after = &candidate.text[found.end..candidate.value.end];
    let text = &candidate.text[found.clone()];
    let goes_on = before.ends_with(b"~") || after.starts_with(b"~");
    (!goes_on && !is_placeholder(text) && varied_tail(text)).then_some(found.end)
});

/// A shared access signature of Azure: the date is that of `sv`, and the signature is varied
/// (<https://learn.microsoft.com/en-us/rest/api/storageservices/create-service-sas>).
pub(crate) static AZURE_SAS: Check = Check::InValue(|candidate| {
    let found = candidate.found.clone();
    let before = &candidate.text[candidate.value.start..found.start];
    let text = &candidate.text[found.clone()];
    (before.ends_with(b"sv=") && !is_placeholder(text) && varied_tail(text)).then_some(found.end)
});

/// Base64 of a PEM block whose label is one of a private key.
pub(crate) static BASE64_PEM: Check = Check::Text(|text| {
    let mut decoded = [0u8; 72];
    let length = decode(text, &mut decoded);
    text.len() >= 2 * KEY_BODY_CHARS_MIN
        && decoded[..length].windows(11).any(|part| part == b"PRIVATE KEY")
});

/// What follows the header of SSH.COM's format must be a body of base64; the match is extended over
/// it and its footer. Its lines of hyphens are of four (RFC 4716 has the same for public keys).
pub(crate) static SSH2_BODY: Check = Check::InValue(|candidate| {
    let limit = candidate.value.end.min(candidate.found.start + KEY_BLOCK_BYTES_MAX);
    let body = &candidate.text[candidate.found.end..limit];
    let length = body.windows(4).position(|four| four == b"----").unwrap_or(body.len());
    let base64 = body[..length].iter().filter(|byte| is_base64(**byte)).count();
    if base64 < KEY_BODY_CHARS_MIN || !body[..length].iter().all(|b| is_base64(*b) || is_armour(*b))
    {
        return None;
    }
    let footer: &[u8] = b"---- END SSH2 ENCRYPTED PRIVATE KEY ----";
    let footer_length = if body[length..].starts_with(footer) { footer.len() } else { 0 };
    Some(candidate.found.end + length + footer_length)
});

/// Base64 of a Java key store begins with a slash, which the match leaves out.
pub(crate) static JKS_HEAD: Check = Check::InValue(|candidate| {
    let found = candidate.found.clone();
    let before = &candidate.text[candidate.value.start..found.start];
    (before.ends_with(b"/") && varied_tail(&candidate.text[found.clone()])).then_some(found.end)
});

/// So far around the member `d` of a JSON Web Key its `kty` may stand, in bytes.
const JWK_REACH_BYTES: usize = 1000;

/// The value of the member `d` of a JSON object that has a `kty` too (RFC 7517, RFC 7518).
pub(crate) static JWK_PRIVATE: Check = Check::InValue(|candidate| {
    let (value, found) = (&candidate.value, &candidate.found);
    let before =
        &candidate.text[value.start.max(found.start.saturating_sub(JWK_REACH_BYTES))..found.start];
    let after = &candidate.text[found.end..value.end.min(found.end + JWK_REACH_BYTES)];
    let name = before.strip_suffix(b"\"")?.trim_ascii_end().strip_suffix(b":")?.trim_ascii_end();
    let typed = [before, after].iter().any(|part| part.windows(5).any(|five| five == b"\"kty\""));
    (name.ends_with(b"\"d\"") && typed && varied_tail(&candidate.text[found.clone()]))
        .then_some(found.end)
});

/// A key file of BIND goes on to a private value; the match is extended to its end.
pub(crate) static DNSSEC_BODY: Check = Check::InValue(|candidate| {
    let limit = candidate.value.end.min(candidate.found.start + KEY_BLOCK_BYTES_MAX);
    let body = &candidate.text[candidate.found.end..limit];
    let names: [&[u8]; 2] = [b"PrivateKey: ", b"PrivateExponent: "];
    let value = names.iter().find_map(|name| {
        body.windows(name.len()).position(|part| part == *name).map(|at| at + name.len())
    })?;
    let length = body[value..].iter().take_while(|byte| is_base64(**byte)).count();
    (length >= KEY_BODY_CHARS_MIN - 4).then_some(candidate.found.end + value + length)
});

#[cfg(test)]
mod tests {
    use super::super::tests::passes;
    use super::*;

    fn end(check: &Check, text: &str, found: std::ops::Range<usize>) -> Option<usize> {
        check.run(&Candidate { text: text.as_bytes(), value: 0..text.len(), found })
    }

    #[test]
    fn placeholders_are_no_keys() {
        for text in [
            "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "glpat-XXXXXXXXXXX-XXXXXXXX",
            "key_EXAMPLEEXAMPLEEXAMPLE",
        ] {
            assert!(!passes(&KEY_LOOSE, text) && !passes(&KEY_TAIL, text), "{text}");
        }
        assert!(!passes(&KEY_TAIL, "glc_1111111111111111111111111"));
        for text in
            ["your_api_key_here_12345678", "INSERT-A-KEY-0a1b2c3d4e5f", "aaaaaaaaaa1111111111"]
        {
            assert!(!passes(&KEY_HEX, text), "{text}");
        }
        assert!(passes(&KEY_TAIL, "ghp_7Kq2VxZn9LrTw4HsYb6JdGcMe8Ra3UfBo5Nq"));
    }

    #[test]
    fn digests_are_keys_only_where_keys_are_hexadecimal() {
        let digest = "e8a3f5b0c1d2967480aefdcb32109876f5e4d3c2";
        assert!(passes(&KEY_HEX, digest) && !passes(&KEY_TEXT, digest));
        assert!(passes(&KEY_TEXT, "7Kq2VxZn9LrTw4HsYb6JdGcMe8Ra3UfBo5NqT1iP"));
        assert!(!passes(&KEY_TEXT, "aNameInCamelCaseThatIsLongAndHasNoDigits"));
    }

    #[test]
    fn what_names_a_commit_or_an_image_is_no_key() {
        let digest = "e8a3f5b0c1d2967480aefdcb32109876f5e4d3c2";
        for before in ["lab/action@", "lab-1.0.tgz#", "lab@SHA256:", "/commit/"] {
            let text = format!("{before}{digest}");
            assert_eq!(end(&KEY_HEX, &text, before.len()..text.len()), None, "{text}");
        }
        let text = format!("key:{digest}");
        assert_eq!(end(&KEY_HEX, &text, 4..text.len()), Some(text.len()));
    }

    #[test]
    fn a_signature_needs_its_version() {
        let text = "sv=2022-11-02&sr=b&sig=7Kq2VxZn9LrTw4HsYb6JdGcMe8Ra3UfBo5NqT1iPs0D%3D";
        assert_eq!(end(&AZURE_SAS, text, 3..text.len()), Some(text.len()));
        let other = text.replace("sv", "on");
        assert_eq!(end(&AZURE_SAS, &other, 3..other.len()), None);
    }

    #[test]
    fn a_web_key_is_private_by_its_member_d() {
        let d = "7Kq2VxZn9LrTw4HsYb6JdGcMe8Ra3UfBo5NqT1iPs0D";
        for (text, found) in [
            (format!("{{\"kty\":\"EC\",\"d\":\"{d}\"}}"), true),
            (format!("{{\"d\" : \"{d}\", \"kty\":\"EC\"}}"), true),
            (format!("{{\"kty\":\"EC\",\"x\":\"{d}\"}}"), false),
            (format!("{{\"id\":\"EC\",\"d\":\"{d}\"}}"), false),
        ] {
            let start = text.find(d).unwrap_or_default();
            assert_eq!(end(&JWK_PRIVATE, &text, start..start + d.len()).is_some(), found, "{text}");
        }
    }

    #[test]
    fn any_bytes_are_borne() {
        for text in ["", "-", "d\":\"", "é\u{7f}", "LS0tLS1CRUdJTi"] {
            for check in [
                &KEY_TAIL,
                &KEY_LOOSE,
                &KEY_UNDOTTED,
                &KEY_HEX,
                &KEY_TEXT,
                &KEY_MIXED,
                &KEY_SHORT,
                &AZURE_SECRET,
                &AZURE_SAS,
                &BASE64_PEM,
                &SSH2_BODY,
                &JKS_HEAD,
                &JWK_PRIVATE,
                &DNSSEC_BODY,
            ] {
                for start in 0..=text.len() {
                    let _ = end(check, text, start..text.len());
                }
            }
        }
    }
}
