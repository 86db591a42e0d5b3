//! Phone numbers and e-mail addresses.

use super::{Check, Digits, all_same};

/// A number of the North American plan: neither area nor exchange begins with 0 or 1 or ends in 11,
/// and it is none of the numbers kept for fiction (555-0100 to 555-0199 are; others of 555 are not).
pub(crate) static NANP: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    let national = match digits {
        [1, rest @ ..] if rest.len() == 10 => rest,
        _ => digits,
    };
    national.len() >= 10
        && service_free(&national[..3])
        && service_free(&national[3..6])
        && !all_same(&national[3..10])
        && balanced(text)
});

fn service_free(code: &[u8]) -> bool {
    code[0] >= 2 && !(code[1] == 1 && code[2] == 1)
}

/// Any phone number: brackets must be balanced, and it must not be one digit repeated or a date.
pub(crate) static PHONE: Check = Check::Text(|text| {
    let digits = Digits::of(text);
    digits.len >= 7
        && !all_same(&digits.as_slice()[2..])
        && balanced(text)
        && !super::dates::is_three_part_date(text)
});

fn balanced(text: &[u8]) -> bool {
    let opened = text.iter().filter(|byte| **byte == b'(').count();
    let closed = text.iter().filter(|byte| **byte == b')').count();
    opened == closed
}

/// An e-mail address (RFC 5321 lengths; dots not doubled; domain labels without edge hyphens).
/// File names such as `icon@2x.png` and package versions are refused by their last label.
pub(crate) static EMAIL: Check = Check::Text(|text| {
    let Some(at) = text.iter().position(|byte| *byte == b'@') else { return false };
    let (local, domain) = (&text[..at], &text[at + 1..]);
    let labels_fit = domain.split(|byte| *byte == b'.').all(|label| {
        !label.is_empty()
            && label.len() <= 63
            && label.first() != Some(&b'-')
            && label.last() != Some(&b'-')
    });
    let last = domain.rsplit(|byte| *byte == b'.').next().unwrap_or_default();
    local.len() <= 64
        && domain.len() <= 253
        && !local.ends_with(b".")
        && !local.windows(2).any(|pair| pair == b"..")
        && labels_fit
        && !FILE_EXTENSIONS.iter().any(|extension| last.eq_ignore_ascii_case(extension.as_bytes()))
});

/// Extensions that stand after an `@` in file names and are no top-level domains.
const FILE_EXTENSIONS: [&str; 12] =
    ["png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js", "json", "html", "ico", "scss"];
