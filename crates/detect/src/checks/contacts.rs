//! Phone numbers and e-mail addresses.

use super::{Candidate, Check, Digits, all_same};

/// A number of the North American plan: neither area nor exchange begins with 0 or 1 or ends in 11,
/// and it is none of the numbers kept for fiction (555-0100 to 555-0199 are; others of 555 are not).
pub(crate) static NANP: Check = Check::Text(nanp);

fn nanp(text: &[u8]) -> bool {
    let digits = Digits::of(text);
    let digits = digits.as_slice();
    let national = match digits {
        [1, rest @ ..] | [0, 0, 1, rest @ ..] if rest.len() >= 10 => rest,
        _ => digits,
    };
    national.len() >= 10
        && service_free(&national[..3])
        && service_free(&national[3..6])
        && !all_same(&national[3..10])
        && balanced(text)
}

/// A number in the groups of the North American plan that has none of its codes: what is found by the
/// plan is not found twice.
pub(crate) static OUTSIDE_NANP: Check = Check::Text(|text| !nanp(text) && phone(text));

fn service_free(code: &[u8]) -> bool {
    code[0] >= 2 && !(code[1] == 1 && code[2] == 1)
}

/// Any phone number: brackets must be balanced, and it must not be one digit repeated or a date.
pub(crate) static PHONE: Check = Check::Text(phone);

fn phone(text: &[u8]) -> bool {
    let digits = Digits::of(text);
    digits.len >= 7
        && !all_same(&digits.as_slice()[2..])
        && balanced(text)
        && !super::dates::is_three_part_date(text)
}

/// A national number near a keyword, of a country that nothing tells: its groups must not be those of a
/// date, a span of years, an address of the internet, an amount, or another number that is known by its
/// groups; nor may the number go on before or after.
pub(crate) static LOCAL_PHONE: Check = Check::InValue(|candidate| {
    let found = &candidate.text[candidate.found.clone()];
    let text = without_extension(found);
    let digits = Digits::of(text);
    let passes = (6..=LOCAL_DIGITS_MAX).contains(&digits.len)
        && !all_same(&digits.as_slice()[2..])
        && balanced(text)
        && !super::dates::is_date(text)
        && !is_other_grouping(text)
        && ends_there(candidate);
    passes.then_some(candidate.found.end)
});

/// A number has at most so many digits (E.164 without its longest country code, and the 00).
const LOCAL_DIGITS_MAX: usize = 15;

/// The number without an extension behind it.
fn without_extension(text: &[u8]) -> &[u8] {
    let end = text.iter().position(|byte| byte.is_ascii_alphabetic() || *byte == b',');
    &text[..end.unwrap_or(text.len())]
}

/// At most so many groups are looked at.
const GROUPS_MAX: usize = 8;

/// Whether digits stand in groups that belong to something else.
fn is_other_grouping(text: &[u8]) -> bool {
    let mut lengths = [0usize; GROUPS_MAX];
    let mut values = [0u64; GROUPS_MAX];
    let mut count = 0;
    let groups = text.split(|byte| !byte.is_ascii_digit()).filter(|group| !group.is_empty());
    for group in groups.take(GROUPS_MAX) {
        lengths[count] = group.len();
        values[count] = group.iter().take(15).fold(0, |n, d| n * 10 + u64::from(d - b'0'));
        count += 1;
    }
    let (lengths, values) = (&lengths[..count], &values[..count]);
    let is_year = |value: &u64| (1900..2100).contains(value);
    let (hyphens, dots) = (text.contains(&b'-'), text.contains(&b'.'));
    let years = lengths == [4, 4] && values.iter().all(is_year);
    let internet_address = dots && count == 4 && values.iter().all(|value| *value < 256);
    let short_dots = dots && lengths.iter().sum::<usize>() < 9;
    let amount = count > 1 && lengths[1..].iter().all(|len| *len == 3) && values[count - 1] == 0;
    let social_security = hyphens && lengths == [3, 2, 4];
    let sort_code = !text.contains(&b' ') && lengths == [2, 2, 2];
    let scattered = text[0] != b'(' && lengths.iter().sum::<usize>() < 7 && lengths != [2, 2, 2];
    years || internet_address || short_dots || amount || social_security || sort_code || scattered
}

/// Whether no further group of digits stands before or after, which would make it a longer number.
fn ends_there(candidate: &Candidate<'_>) -> bool {
    let Candidate { text, value, found } = candidate;
    let after = &text[found.end..value.end];
    let before = &text[value.start..found.start];
    let goes_on = matches!(after, [b' ' | b'.' | b'-', b'0'..=b'9', ..]);
    let went_on = matches!(before, [.., b'0'..=b'9', b' ' | b'.' | b'-'] | [.., b'+']);
    !goes_on && !went_on
}

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

#[cfg(test)]
mod tests {
    use super::super::tests::passes;
    use super::*;

    #[test]
    fn the_north_american_plan_with_and_without_its_country_code() {
        for good in ["206-555-0143", "+1 206 555 0143", "001-253-366-9781", "(415) 555-0198 x12"] {
            assert!(passes(&NANP, good), "{good}");
        }
        for bad in ["106-555-0143", "206-155-0143", "911-555-0143", "(206 555-0143"] {
            assert!(!passes(&NANP, bad), "{bad}");
        }
    }

    #[test]
    fn national_numbers_are_told_from_other_groups() {
        for good in [
            "467 3395",
            "78 651 450",
            "60-56-85-91",
            "(99) 645-791",
            "33 93 31",
            "0 (532) 1204567",
            "532.123.45.67",
            "05321204567",
            "986 413 144 ext 1530",
        ] {
            assert!(passes(&LOCAL_PHONE, good), "{good}");
        }
        for bad in [
            "2015-2019",
            "12-04-2019",
            "2019-04-12",
            "20190412",
            "192.168.10.25",
            "1 250 000",
            "536-22-8726",
            "12-34-56",
            "12.34.56",
            "1 22 333",
        ] {
            assert!(!passes(&LOCAL_PHONE, bad), "{bad}");
        }
    }

    #[test]
    fn fragments_are_refused_without_harm() {
        for text in ["", "(", "+", "()", "x1", "00", "1", "0 ", ","] {
            for check in [&NANP, &OUTSIDE_NANP, &PHONE, &LOCAL_PHONE, &EMAIL] {
                assert!(!passes(check, text), "{text}");
            }
        }
    }

    #[test]
    fn a_part_of_a_longer_number_is_no_phone() {
        let text = b"4716 9876 2234 1561";
        for (from, to, expected) in [(0, 14, None), (5, 19, None), (0, 19, None)] {
            let candidate = Candidate { text, value: 0..text.len(), found: from..to };
            assert_eq!(LOCAL_PHONE.run(&candidate), expected, "{from}..{to}");
        }
    }
}
