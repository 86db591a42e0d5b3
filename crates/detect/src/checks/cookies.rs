//! HTTP cookies.

use super::{Candidate, Check};

/// At most so many bytes of a header are taken; browsers keep to as many for one cookie.
const HEADER_BYTES_MAX: usize = 4096;

/// The colon stands at most so many bytes before the first name.
const GAP_BYTES_MAX: usize = 16;

/// A `Cookie` or `Set-Cookie` header (RFC 6265): the match is its first name and `=`. The header's name
/// ends with a colon, or the match begins a field that is named as the header. The match is extended
/// over all pairs and attributes.
pub(crate) static COOKIE_HEADER: Check = Check::InValue(|candidate: &Candidate<'_>| {
    let start = candidate.found.start;
    let before =
        &candidate.text[candidate.value.start.max(start.saturating_sub(GAP_BYTES_MAX))..start];
    let sign = before.iter().rfind(|byte| !matches!(byte, b' ' | b'\t' | b'"' | b'\'' | b'\\'));
    let names_header = match sign {
        Some(sign) => *sign == b':',
        None => before.len() < GAP_BYTES_MAX,
    };
    if !names_header {
        return None;
    }
    let limit = candidate.value.end.min(candidate.found.start + HEADER_BYTES_MAX);
    let rest = &candidate.text[candidate.found.end..limit];
    let length = rest.iter().position(|byte| ends_header(*byte)).unwrap_or(rest.len());
    let length = rest[..length].iter().rposition(|byte| !is_blank(*byte)).map_or(0, |at| at + 1);
    let value = rest[..length].split(|byte| *byte == b';').next().unwrap_or_default();
    // A placeholder for a value is no cookie: `${sid}`, `<value>`, `...`.
    let is_value = value.iter().any(u8::is_ascii_alphanumeric)
        && !matches!(value.first(), Some(b'$' | b'<' | b'{' | b'%'));
    is_value.then_some(candidate.found.end + length)
});

/// Whether a header can not go on over a byte: a line's end, a quote around it, text that is no ASCII.
fn ends_header(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'\\' | b'`') || !byte.is_ascii() || byte.is_ascii_control()
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b';' | b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(before: &str, name: &str, after: &str, expected: Option<&str>) {
        let text = format!("{before}{name}{after}");
        let candidate = Candidate {
            text: text.as_bytes(),
            value: 0..text.len(),
            found: before.len()..before.len() + name.len(),
        };
        let end = COOKIE_HEADER.run(&candidate);
        assert_eq!(end.map(|end| &text[before.len()..end]), expected, "{text}");
    }

    #[test]
    fn the_whole_header_is_the_match() {
        check("Cookie: ", "sid=", "q4471; lang=en\r\nHost: x", Some("sid=q4471; lang=en"));
        check(
            "Set-Cookie: ",
            "sid=",
            "q4471; Path=/; HttpOnly",
            Some("sid=q4471; Path=/; HttpOnly"),
        );
        check("\"cookie\": \"", "sid=", "q4471\", \"a\"", Some("sid=q4471"));
        check("", "sid=", "q4471", Some("sid=q4471"));
        check("cookie = '", "sid=", "q4471'", None);
        check("Cookie: ", "sid=", "<value>", None);
        check("Cookie: ", "sid=", "", None);
    }
}
