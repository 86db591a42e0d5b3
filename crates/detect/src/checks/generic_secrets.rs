//! Secrets that only their name and their look give away: passwords, keys without a form of their
//! own, and what stands before or behind a token.
//!
//! What is a placeholder, a variable, a call or a word of prose is refused here; how random a key
//! must look is decided by few counts that need no table of words: kinds of characters, distinct
//! characters, and how often letters and digits take turns.

use super::assigned_value::{Value, value_of};
use super::key_names::{is_key_in_prose, is_named_key, is_password_in_prose};
use super::no_secrets::{
    is_address, is_code, is_dense, is_left_out, is_moment, is_placeholder, is_reference,
    is_sentence, is_word,
};
use super::random_look::{Look, distinct, is_asking, longest_repeat, looks_random};
use super::{Candidate, Check};
use crate::assignment::{self, How};

/// A key of letters and digits, as services make them: no placeholder, no word, no plain number. With
/// the name of a service near, a run that has enough of both is enough; directly behind a word for a
/// key, letters or digits alone are.
pub(crate) static SECRET_TEXT: Check = Check::InValue(|candidate| {
    let text = &candidate.text[candidate.found.clone()];
    let look = Look::of(text);
    let solid = look.longest_mixed >= 12 && look.digits >= 3 && look.letters >= 2;
    let holds = solid && text.len() >= 12 && distinct(text) >= 6 && longest_repeat(text) < 8;
    let passes = holds && !is_asking(text) || looks_random(text, 12) || is_named_key(candidate);
    passes.then_some(candidate.found.end)
});

/// A bearer's token that looks random. A JSON Web Token has an identifier of its own, which says more.
pub(crate) static BEARER_TOKEN: Check = Check::Text(|text| {
    let dots = text.iter().filter(|byte| **byte == b'.').count();
    !(text.starts_with(b"ey") && dots == 2) && looks_random(text, 12)
});

/// A key that is short, or must hold letters and digits both: at least so much.
pub(crate) static MIXED_KEY: Check = Check::Text(|text| {
    let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
    let letters = text.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    digits >= 2 && letters >= 2 && distinct(text) >= 7 && longest_repeat(text) < 8
});

/// Telegram's bot token: `found` is the part behind the colon, and 8 to 10 digits stand before.
pub(crate) static TELEGRAM_BOT: Check = Check::InValue(|candidate| {
    let before = &candidate.text[candidate.value.start..candidate.found.start];
    let digits = before.strip_suffix(b":")?.iter().rev().take_while(|byte| byte.is_ascii_digit());
    let token = &candidate.text[candidate.found.clone()];
    ((8..=10).contains(&digits.count()) && distinct(token) >= 8).then_some(candidate.found.end)
});

/// A hash in the modular crypt format: `found` begins behind the first `$`.
pub(crate) static AFTER_DOLLAR: Check = Check::InValue(|candidate| {
    let before = &candidate.text[candidate.value.start..candidate.found.start];
    before.ends_with(b"$").then_some(candidate.found.end)
});

/// A hash by yescrypt: `found` begins behind the scheme's `$y$`.
pub(crate) static AFTER_YESCRYPT: Check = Check::InValue(|candidate| {
    let before = &candidate.text[candidate.value.start..candidate.found.start];
    let scheme = [b"$y$".as_slice(), b"$gy$"].iter().any(|scheme| before.ends_with(scheme));
    scheme.then_some(candidate.found.end)
});

/// A line of `.netrc`: the word `password` before, and `login` or `machine` before that.
pub(crate) static NETRC_PASSWORD: Check = Check::InValue(|candidate| {
    let from = candidate.found.start.saturating_sub(200).max(candidate.value.start);
    let before = &candidate.text[from..candidate.found.start];
    let before = before.trim_ascii_end().strip_suffix(b"password")?;
    let names = [b"login ".as_slice(), b"machine ".as_slice(), b"default ".as_slice()];
    let holds = names.iter().any(|name| before.windows(name.len()).any(|part| part == *name));
    let value = value_of(candidate)?;
    (holds && is_password(&value)).then_some(value.end)
});

/// The password that `curl -u` (or `--user`) is given behind the user and a colon.
pub(crate) static CURL_USER: Check = Check::InValue(|candidate| {
    let from = candidate.found.start.saturating_sub(120).max(candidate.value.start);
    let before = &candidate.text[from..candidate.found.start];
    let before = before.strip_suffix(b"'").unwrap_or(before).strip_suffix(b":")?;
    let blank = before.iter().rposition(|byte| matches!(byte, b' ' | b'='))?;
    let user = &before[blank + 1..];
    let option = before[..blank].trim_ascii_end();
    let option =
        [b" -u".as_slice(), b" --user", b" --proxy-user"].iter().any(|o| option.ends_with(o));
    let plain = !user.iter().any(|byte| b"${}<>[]".contains(byte));
    let text = &candidate.text[candidate.found.clone()];
    let value = Value { text, end: candidate.found.end, quoted: false, named: true };
    (option && plain && !user.is_empty() && is_password(&value)).then_some(value.end)
});

/// What stands in a header is at most so long, as web servers have it; what is longer is no token.
const HEADER_BYTES_MAX: usize = 8 * 1024;

/// A random token in a header, alone or behind the name of a scheme.
pub(crate) static HEADER_TOKEN: Check = Check::InValue(|candidate| {
    let start = candidate.found.start;
    let limit = candidate.value.end;
    let rest = &candidate.text[start..limit.min(start + HEADER_BYTES_MAX)];
    let ends = |byte: &u8| byte.is_ascii_control() || b"\"'`<>,;\\".contains(byte);
    let whole = start + rest.len() == limit;
    let length = rest.iter().position(ends).or_else(|| whole.then_some(rest.len()))?;
    let line = rest[..length].trim_ascii_end();
    let (scheme, token) = match line.iter().position(|byte| *byte == b' ') {
        Some(blank) => (&line[..blank], &line[blank + 1..]),
        None => (&line[..0], line),
    };
    let token = token.split(|byte| *byte == b' ').next()?;
    let end = start + scheme.len() + usize::from(!scheme.is_empty()) + token.len();
    let value = Value { text: token, end, quoted: false, named: true };
    let other = [b"basic".as_slice(), b"digest"].iter().any(|o| scheme.eq_ignore_ascii_case(o));
    (!other && how(candidate) == How::Sign && !is_code(&value) && looks_random(token, 12))
        .then_some(end)
});

/// The value assigned to a name that means a password. Weak ones count; what stands for one does not.
/// Without a sign between, as in prose, it must look like one.
pub(crate) static PASSWORD_VALUE: Check = Check::InValue(|candidate| {
    let value = value_of(candidate)?;
    if !is_password(&value) {
        return None;
    }
    match how(candidate) {
        How::Sign => Some(value.end),
        How::Option => {
            let text = value.text;
            (text.iter().any(u8::is_ascii_digit) && !text.starts_with(b"-")).then_some(value.end)
        }
        How::Loose => {
            let text = value.text.strip_suffix(b".").unwrap_or(value.text);
            let end = value.end - (value.text.len() - text.len());
            is_password_in_prose(text).then_some(end)
        }
    }
});

/// The value assigned to a name that means a key, a token or a secret: it must look random.
pub(crate) static SECRET_VALUE: Check = Check::InValue(|candidate| {
    let value = value_of(candidate)?;
    let name = name_before(candidate);
    if name
        .is_some_and(|name| is_public_name(name) || is_of_other_form(candidate, name, value.text))
    {
        return None;
    }
    let holds = !is_code(&value) && !is_address(value.text) && !is_left_out(value.text);
    let random = match how(candidate) {
        How::Loose => is_key_in_prose(value.text),
        How::Option => value.text.iter().any(u8::is_ascii_digit) && looks_random(value.text, 10),
        How::Sign => looks_random(value.text, 10) || is_dense(value.text),
    };
    (holds && random).then_some(value.end)
});

/// How the match is assigned to the name before it.
fn how(candidate: &Candidate<'_>) -> How {
    assignment::how(&candidate.text[candidate.value.start..candidate.found.start])
}

/// AWS's secret keys have so many characters.
const AWS_SECRET_BYTES: usize = 40;

/// Whether a value does not have the form that its name or its prefix asks for: AWS's secret keys have
/// a fixed length, Databricks' tokens have an identifier of their own, npm's `_authToken` belongs to a registry's address.
fn is_of_other_form(candidate: &Candidate<'_>, name: &[u8], value: &[u8]) -> bool {
    let holds = |part: &[u8]| name.windows(part.len()).any(|w| w.eq_ignore_ascii_case(part));
    let aws = holds(b"aws_secret") && value.len() != AWS_SECRET_BYTES;
    let near_miss = value.starts_with(b"dapi") && value.len() > 30;
    aws || near_miss || name == b"_authToken" && !super::providers::is_npm_setting(candidate)
}

/// The password in `Server=…;Password=X;`: another setting of a connection stands before or behind.
pub(crate) static CONNECTION_PASSWORD: Check = Check::InValue(|candidate| {
    let value =
        value_of(candidate).filter(|value| how(candidate) == How::Sign && is_password(value))?;
    let from = candidate.found.start.saturating_sub(240).max(candidate.value.start);
    let to = (value.end + 160).min(candidate.value.end);
    let around = [&candidate.text[from..candidate.found.start], &candidate.text[value.end..to]];
    let settings = around.iter().fold(0, |seen, text| seen | settings_in(text));
    (settings.count_ones() >= 2).then_some(value.end)
});

/// So far from a user's name its password may begin or end, in bytes.
const LOGIN_BYTES_MAX: usize = 160;

/// A user's name that a password is assigned beside, on either side: together they are a login.
pub(crate) static LOGIN_NAME: Check = Check::InValue(|candidate| {
    let value = value_of(candidate).filter(|_| how(candidate) == How::Sign)?;
    let text = value.text;
    let name = !value.named
        && (2..=64).contains(&text.len())
        && !is_code(&value)
        && !is_left_out(text)
        && !text.contains(&b' ');
    if !name {
        return None;
    }
    let from = candidate.found.start.saturating_sub(LOGIN_BYTES_MAX).max(candidate.value.start);
    let to = candidate.value.end.min(value.end + LOGIN_BYTES_MAX);
    let beside = [from..candidate.found.start, value.end..to];
    let login = beside.into_iter().any(|range| holds_password(candidate, range));
    login.then_some(value.end)
});

/// Whether a password, or the key of an account, is assigned within a range of the text.
fn holds_password(candidate: &Candidate<'_>, range: std::ops::Range<usize>) -> bool {
    let text = candidate.text;
    range.clone().any(|at| {
        let begins = at == range.start || !text[at - 1].is_ascii_lowercase();
        if !begins || !matches!(text[at] | 0x20, b'p' | b'a' | b's') {
            return false;
        }
        let name = PASSWORD_NAMES.iter().find(|name| {
            text[at..range.end].get(..name.len()).is_some_and(|t| t.eq_ignore_ascii_case(name))
        });
        let Some(name) = name else { return false };
        let end = at + name.len();
        let Some(start) = assignment::value_start(text, end, range.end) else { return false };
        let value = candidate.value.clone();
        let other = Candidate { text, value, found: start..start };
        how(&other) == How::Sign && value_of(&other).is_some_and(|value| is_password(&value))
    })
}

/// Names of what makes a user's name a login.
const PASSWORD_NAMES: [&[u8]; 5] =
    [b"password", b"passwd", b"pwd", b"accountkey", b"sharedaccesskey"];

/// Settings of connection strings, which stand before an equals sign.
const SETTINGS: [&str; 14] = [
    "server",
    "database",
    "data source",
    "initial catalog",
    "user id",
    "userid",
    "uid",
    "user",
    "username",
    "driver",
    "host",
    "dbname",
    "port",
    "provider",
];

/// Which of [`SETTINGS`] stand in a text as `name=`, a bit for each.
fn settings_in(text: &[u8]) -> u32 {
    let signs = text.iter().enumerate().filter(|(_, byte)| **byte == b'=');
    signs.fold(0, |seen, (at, _)| seen | setting_before(&text[..at]))
}

fn setting_before(text: &[u8]) -> u32 {
    SETTINGS.iter().enumerate().fold(0, |seen, (index, name)| {
        let Some(start) = text.len().checked_sub(name.len()) else { return seen };
        let (before, last) = text.split_at(start);
        let begins = before.last().is_none_or(|byte| !byte.is_ascii_alphanumeric());
        seen | u32::from(begins && last.eq_ignore_ascii_case(name.as_bytes())) << index
    })
}

/// Whether a value may be a password.
fn is_password(value: &Value<'_>) -> bool {
    let text = value.text;
    if !(4..=128).contains(&text.len()) || distinct(text) < 3 || is_code(value) {
        return false;
    }
    if value.named && (is_moment(text) || is_word(text) && !value.quoted && text.len() < 6) {
        return false;
    }
    let stands_for = is_placeholder(text) || !value.quoted && is_reference(text);
    !stands_for && !is_address(text) && !is_sentence(text)
}

/// Names that hold one of these are no secret's, though they end as one's: `csrf_token`, `nextToken`.
const PUBLIC_NAMES: [&str; 9] =
    ["public", "csrf", "xsrf", "next", "page", "continuation", "sync", "example", "pagination"];

fn is_public_name(name: &[u8]) -> bool {
    PUBLIC_NAMES
        .iter()
        .any(|part| name.windows(part.len()).any(|w| w.eq_ignore_ascii_case(part.as_bytes())))
}

/// The name to which the match is assigned, if it stands before the match in its value.
fn name_before<'a>(candidate: &Candidate<'a>) -> Option<&'a [u8]> {
    let from = candidate.found.start.saturating_sub(64).max(candidate.value.start);
    let before = &candidate.text[from..candidate.found.start];
    let end = before.iter().rposition(u8::is_ascii_alphanumeric)? + 1;
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let length = before[..end].iter().rev().take_while(|byte| is_name(byte)).count();
    Some(&before[end - length..end])
}

#[cfg(test)]
mod tests {
    use super::super::tests::passes;
    use super::*;

    /// Runs a check on the part of a text that is in brackets `⟦⟧`, and returns what it found.
    fn found(check: &Check, text: &str) -> Option<String> {
        let (before, rest) = text.split_once('⟦')?;
        let (inside, after) = rest.split_once('⟧')?;
        let whole = format!("{before}{inside}{after}");
        let found = before.len()..before.len() + inside.len();
        let value = 0..whole.len();
        let candidate = Candidate { text: whole.as_bytes(), value, found: found.clone() };
        let end = check.run(&candidate)?;
        Some(whole[found.start..end].to_string())
    }

    #[test]
    fn keys_look_random_and_words_do_not() {
        for key in [
            "ab12cd34ef56",
            "5f2b9c0d7e1a48836b0d2c9f4e7a1583",
            "7Kpl-vane-4490-xQ2b81",
            "QwErTyUiOpAsDfGhJk",
            "123e4567-e89b-12d3-a456-426614174000",
        ] {
            assert!(passes(&SECRET_TEXT, key), "{key}");
        }
        for word in [
            "release-2024-notes",
            "getUserAccountSettings",
            "garden-path-to-the-mill",
            "20240517102201",
            "your-api-key-12345678",
            "00000000000000000000000000000000",
            "xxxxxxxxxxxxxxxx1a2b",
        ] {
            assert!(!passes(&SECRET_TEXT, word), "{word}");
        }
    }

    #[test]
    fn passwords_end_where_their_quotes_or_their_cell_ends() {
        for (text, password) in [
            ("password = \"⟦a, b⟧!c\" # note", None),
            ("password = \"⟦hunt⟧er2\", x", Some("hunter2")),
            ("password='⟦a,b;⟧c9'", Some("a,b;c9")),
            ("password='`⟦hunt⟧er2'", Some("hunter2")),
            ("{\\\"password\\\": \\\"⟦hunt⟧er2\\\"}", Some("hunter2")),
            ("password=⟦hunt⟧er2&next=1", Some("hunter2")),
            ("password: ⟦hunt⟧er2", Some("hunter2")),
            ("⟦pepp⟧er mill otter canyon", Some("pepper mill otter canyon")),
            ("password = ⟦grün⟧e Heide", None),
            ("Pwd=⟦lark⟧spur;Uid=a", Some("larkspur")),
        ] {
            assert_eq!(found(&PASSWORD_VALUE, text).as_deref(), password, "{text}");
        }
    }

    #[test]
    fn what_stands_for_a_password_is_none() {
        for text in [
            "password = ⟦self⟧.password",
            "password = ⟦get_⟧secret(\"db\")",
            "password: ⟦${DB⟧_PASSWORD}",
            "password: ⟦chan⟧geme",
            "password: \"⟦****⟧****\"",
            "password: ⟦must⟧ be long",
            "this.password = ⟦pass⟧word1(x)",
            "password = ⟦valu⟧e;",
            "⟦2024⟧-05-17",
            "⟦Ente⟧r your password",
        ] {
            assert_eq!(found(&PASSWORD_VALUE, text), None, "{text}");
        }
    }

    #[test]
    fn names_of_paging_are_no_secrets() {
        let key = "⟦ab12⟧cd34ef56gh78";
        assert!(found(&SECRET_VALUE, &format!("access_token={key}")).is_some());
        for name in ["csrf_token", "nextPageToken", "publicKey", "x-csrf-token"] {
            assert_eq!(found(&SECRET_VALUE, &format!("{name}={key}")), None, "{name}");
        }
    }

    #[test]
    fn tokens_are_known_by_what_stands_before() {
        let telegram = "AAF3x9kQw7ZrT5bLmN2vYc8HdJ4sPg6XeRt";
        assert!(found(&TELEGRAM_BOT, &format!("7123456789:⟦{telegram}⟧")).is_some());
        assert!(found(&TELEGRAM_BOT, &format!("712345:⟦{telegram}⟧")).is_none());
        assert!(found(&CURL_USER, "curl -u mira:⟦larkspur71⟧").is_some());
        assert!(found(&CURL_USER, "curl http://mira:⟦larkspur71⟧").is_none());
        assert!(found(&NETRC_PASSWORD, "login mira password ⟦lark⟧spur71").is_some());
        assert!(found(&NETRC_PASSWORD, "the password ⟦lark⟧spur71").is_none());
    }

    #[test]
    fn a_connection_string_has_other_settings() {
        assert!(found(&CONNECTION_PASSWORD, "Server=a;Uid=b;Pwd=⟦lark⟧spur").is_some());
        assert!(found(&CONNECTION_PASSWORD, "Pwd=⟦lark⟧spur;Server=a;Database=b").is_some());
        assert!(found(&CONNECTION_PASSWORD, "Server=a;Pwd=⟦lark⟧spur").is_none());
    }

    #[test]
    fn headers_may_name_a_scheme() {
        let key = "⟦ab12⟧cd34ef56gh78";
        assert!(found(&HEADER_TOKEN, &format!("X-Api-Key: {key}\n")).is_some());
        let with_scheme = found(&HEADER_TOKEN, "Authorization: ⟦Toke⟧n ab12cd34ef56gh78\" x");
        assert_eq!(with_scheme.as_deref(), Some("Token ab12cd34ef56gh78"));
        assert!(found(&HEADER_TOKEN, "Authorization: ⟦Basi⟧c ab12cd34ef56gh78").is_none());
    }

    /// It was cut after 512 bytes once, within a character, too.
    #[test]
    fn a_long_header_is_whole() {
        let token: String = (0..600).map(|at| format!("a{}", at % 10)).collect();
        for ending in ["", " ", "é", "\n"] {
            let text = format!("X-Api-Key: {token}{ending}");
            let (value, found) = (0..text.len(), 11..text.len());
            let end = HEADER_TOKEN.run(&Candidate { text: text.as_bytes(), value, found });
            assert!(end.is_none_or(|end| end >= 11 + token.len() && text.is_char_boundary(end)));
        }
    }

    #[test]
    fn checks_are_total() {
        let checks = [
            &SECRET_TEXT,
            &MIXED_KEY,
            &TELEGRAM_BOT,
            &AFTER_DOLLAR,
            &AFTER_YESCRYPT,
            &NETRC_PASSWORD,
            &CURL_USER,
            &HEADER_TOKEN,
            &PASSWORD_VALUE,
            &SECRET_VALUE,
            &CONNECTION_PASSWORD,
            &LOGIN_NAME,
            &BEARER_TOKEN,
        ];
        let texts = ["", "\"", "\\\"", "= ", "'a'", "a:b", "=\\\"\\", "password ", "\n", "ü\u{0}é"];
        for check in checks {
            for text in texts {
                for start in 0..=text.len() {
                    let found = start..text.len();
                    let value = 0..text.len();
                    check.run(&Candidate { text: text.as_bytes(), value, found });
                }
            }
        }
    }
}
