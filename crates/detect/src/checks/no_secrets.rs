//! What stands where a secret would and is none: placeholders, variables, code, addresses, prose.

use super::assigned_value::Value;
use super::random_look::longest_repeat;

/// Values that are never a secret: what is written where one would stand. Compared in lower case.
const PLACEHOLDERS: [&str; 50] = [
    "password",
    "passwd",
    "passphrase",
    "passwort",
    "secret",
    "token",
    "changeme",
    "change_me",
    "change-me",
    "changeit",
    "example",
    "placeholder",
    "none",
    "null",
    "nil",
    "undefined",
    "true",
    "false",
    "string",
    "text",
    "varchar",
    "required",
    "optional",
    "empty",
    "redacted",
    "hidden",
    "masked",
    "default",
    "todo",
    "test",
    "username",
    "user",
    "hasło",
    "contraseña",
    "senha",
    "yes",
    "unknown",
    "not set",
    "notset",
    "n/a",
    "prompt",
    "encrypted",
    "disabled",
    "enabled",
    "value",
    "pass",
    "credentials",
    "supersecret",
    "super_secret",
    "super-secret",
];

/// Beginnings of what asks for a value instead of being one.
const ASKING: [&str; 12] = [
    "your", "enter", "insert", "my_", "my-", "some_", "some-", "put", "replace", "example", "add_",
    "the_",
];

/// Whether a value stands for one that is not written.
pub(super) fn is_placeholder(text: &[u8]) -> bool {
    let starts = |word: &str| {
        text.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word.as_bytes()))
    };
    PLACEHOLDERS.iter().any(|word| text.eq_ignore_ascii_case(word.as_bytes()))
        || ASKING.iter().any(|word| starts(word))
        || text.iter().all(|byte| matches!(byte, b'*' | b'x' | b'X' | b'.' | b'-' | b'_' | b'#'))
        || longest_repeat(text) >= 6
        || is_left_out(text)
}

/// Whether a part of a value is left out, as in `ops_eyJz...` or `key [redacted]`.
pub(super) fn is_left_out(text: &[u8]) -> bool {
    let holds =
        |part: &[u8]| text.windows(part.len()).any(|window| window.eq_ignore_ascii_case(part));
    holds(b"...") || holds("…".as_bytes()) || holds(b"[redacted") || holds(b"<redacted")
}

/// Whether a value is a variable, a template, a call, a member or a type, or the code that follows.
pub(super) fn is_code(value: &Value<'_>) -> bool {
    let text = value.text;
    let Some(&first) = text.first() else { return true };
    if matches!(first, b'(' | b')' | b'{' | b'}' | b'[' | b']' | b'<' | b',' | b';' | b'*' | b'&') {
        return true;
    }
    let second = text.get(1).copied().unwrap_or(b' ');
    if matches!(first, b'$' | b'%' | b'#' | b'@')
        && (second.is_ascii_alphabetic() || matches!(second, b'{' | b'(' | b'['))
    {
        return true;
    }
    if [b"${".as_slice(), b"{{", b"#{", b"$(", b"%(", b"<%", b"%{"]
        .iter()
        .any(|sign| text.windows(2).any(|two| two == *sign))
    {
        return true;
    }
    if value.quoted || value.named {
        return false;
    }
    let call = text.iter().position(|byte| *byte == b'(');
    let named_call = call.is_some_and(|at| is_path(&text[..at]));
    let path = text.contains(&b'.') && is_path(text) && !text.split(|b| *b == b'.').any(is_solid);
    named_call || path || text.ends_with(b":")
}

/// Names with dots between, as `self.password` or `config.db.secret`.
fn is_path(text: &[u8]) -> bool {
    text.split(|byte| matches!(byte, b'.' | b'[' | b'>' | b':')).all(|name| {
        name.first().is_none_or(|first| first.is_ascii_alphabetic() || *first == b'_')
            && name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_-?!".contains(byte))
    })
}

/// Whether a part of a dotted text is no name: long, with digits.
fn is_solid(part: &[u8]) -> bool {
    part.len() >= 20 && part.iter().filter(|byte| byte.is_ascii_digit()).count() >= 3
}

/// Whether a bare value names a secret that is kept elsewhere: two small words with a hyphen between.
pub(super) fn is_reference(text: &[u8]) -> bool {
    let mut words = text.split(|byte| *byte == b'-');
    let is_word = |word: &[u8]| word.len() >= 3 && word.iter().all(u8::is_ascii_lowercase);
    let (first, second) = (words.next(), words.next());
    words.next().is_none() && first.is_some_and(is_word) && second.is_some_and(is_word)
}

/// Whether a text is as dense as one that a generator makes of letters, digits and signs.
pub(super) fn is_dense(text: &[u8]) -> bool {
    let has = |kind: fn(&u8) -> bool| text.iter().any(kind);
    let mut signs = [false; 128];
    text.iter().filter(|b| b.is_ascii_punctuation()).for_each(|b| signs[usize::from(*b)] = true);
    let kinds = signs.iter().filter(|seen| **seen).count();
    let classes: [&[u8]; 4] = [b"a-z", b"A-Z", b"\\d", b"\\w"];
    let regex = classes.iter().any(|class| text.windows(class.len()).any(|part| part == *class));
    text.len() >= 24
        && kinds >= 6
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_uppercase)
        && !has(u8::is_ascii_whitespace)
        && !regex
}

/// A URL without credentials in it, or a path of files.
pub(super) fn is_address(text: &[u8]) -> bool {
    let url = text.windows(3).any(|three| three == b"://") && !text.contains(&b'@');
    let path = [b"/".as_slice(), b"./", b"../", b"~/", b"arn:", b"C:\\"]
        .iter()
        .any(|start| text.starts_with(start) && text.iter().filter(|b| **b == b'/').count() > 1);
    let ends =
        [b".json".as_slice(), b".pem", b".key", b".txt", b".yaml", b".yml", b".html", b".php"];
    let slashes = text.iter().filter(|byte| **byte == b'/').count();
    let route = slashes > 1 && !text.iter().any(u8::is_ascii_digit);
    url || path || route || is_action(text) || ends.iter().any(|end| text.ends_with(end))
}

/// A controller and its action in a table of routes, as `admin/passwords#update`.
fn is_action(text: &[u8]) -> bool {
    let is_name = |name: &[u8]| {
        !name.is_empty()
            && name.iter().all(|byte| byte.is_ascii_lowercase() || b"_/".contains(byte))
    };
    let mut names = text.split(|byte| *byte == b'#');
    let (controller, action) = (names.next(), names.next());
    names.next().is_none() && controller.is_some_and(is_name) && action.is_some_and(is_name)
}

/// Text with blanks that is no phrase of small words, as passphrases are.
pub(super) fn is_sentence(text: &[u8]) -> bool {
    let words = text.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
    let (count, small) = words.fold((0, true), |(count, small), word| {
        (count + 1, small && word.iter().all(u8::is_ascii_lowercase))
    });
    count > 1 && !(count >= 4 && small)
}

/// A date, a time or a decimal number: what columns about passwords hold beside passwords.
pub(super) fn is_moment(text: &[u8]) -> bool {
    let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
    let signs = text.iter().filter(|byte| b"-:./+ TZ".contains(byte)).count();
    digits >= 1 && signs >= 1 && digits + signs == text.len()
}

/// Letters of one word.
pub(super) fn is_word(text: &[u8]) -> bool {
    text.iter().all(u8::is_ascii_alphabetic)
}
