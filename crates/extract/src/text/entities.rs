//! Characters that HTML and XML write by name or number. Where they stand in a line changes by that, but
//! not on which line.

/// A reference is shorter than this.
const REFERENCE_BYTES_MAX: usize = 32;

/// Names of the characters from U+00A0 to U+00FF.
const LATIN: [&str; 96] = [
    "nbsp", "iexcl", "cent", "pound", "curren", "yen", "brvbar", "sect", "uml", "copy", "ordf",
    "laquo", "not", "shy", "reg", "macr", "deg", "plusmn", "sup2", "sup3", "acute", "micro",
    "para", "middot", "cedil", "sup1", "ordm", "raquo", "frac14", "frac12", "frac34", "iquest",
    "Agrave", "Aacute", "Acirc", "Atilde", "Auml", "Aring", "AElig", "Ccedil", "Egrave", "Eacute",
    "Ecirc", "Euml", "Igrave", "Iacute", "Icirc", "Iuml", "ETH", "Ntilde", "Ograve", "Oacute",
    "Ocirc", "Otilde", "Ouml", "times", "Oslash", "Ugrave", "Uacute", "Ucirc", "Uuml", "Yacute",
    "THORN", "szlig", "agrave", "aacute", "acirc", "atilde", "auml", "aring", "aelig", "ccedil",
    "egrave", "eacute", "ecirc", "euml", "igrave", "iacute", "icirc", "iuml", "eth", "ntilde",
    "ograve", "oacute", "ocirc", "otilde", "ouml", "divide", "oslash", "ugrave", "uacute", "ucirc",
    "uuml", "yacute", "thorn", "yuml",
];

const OTHERS: &[(&str, char)] = &[
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("commat", '@'),
    ("period", '.'),
    ("num", '#'),
    ("colon", ':'),
    ("sol", '/'),
    ("lowbar", '_'),
    ("plus", '+'),
    ("lpar", '('),
    ("rpar", ')'),
    ("euro", '€'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("hyphen", '‐'),
    ("dash", '‐'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("bull", '•'),
    ("hellip", '…'),
    ("trade", '™'),
    ("OElig", 'Œ'),
    ("oelig", 'œ'),
    ("Scaron", 'Š'),
    ("scaron", 'š'),
    ("Yuml", 'Ÿ'),
];

/// Writes `text` with its references as characters, and gives what may be the beginning of one.
pub(crate) fn resolve<'t>(text: &'t str, is_end: bool, out: &mut String) -> &'t str {
    let mut rest = text;
    while let Some(start) = memchr::memchr(b'&', rest.as_bytes()) {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let head = &rest.as_bytes()[1..rest.len().min(REFERENCE_BYTES_MAX)];
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'#';
        let length = head.iter().position(|byte| !is_part(byte));
        let Some(length) = length else {
            if rest.len() < REFERENCE_BYTES_MAX && !is_end {
                return rest;
            }
            out.push('&');
            rest = &rest[1..];
            continue;
        };
        match character(&rest[1..1 + length]).filter(|_| head[length] == b';') {
            Some(character) => {
                out.push(character);
                rest = &rest[length + 2..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    ""
}

fn character(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok()?,
            None => number.parse().ok()?,
        };
        return match char::from_u32(code)? {
            '\0' => None,
            // Lines stay where they are.
            c if c.is_control() => Some(' '),
            c => Some(c),
        };
    }
    if let Some((_, character)) = OTHERS.iter().find(|(known, _)| *known == name) {
        return Some(*character);
    }
    let index = LATIN.iter().position(|known| *known == name)?;
    char::from_u32(0xa0 + index as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_become_characters_however_they_are_cut() {
        let text = "a&amp;b &#64;&#x40;&commat; &Uuml;&yuml; &unknown; & &; &#0;&#10; &amp";
        let expected = "a&b @@@ Üÿ &unknown; & &; &#0;  &amp";
        for cut in 0..=text.len() {
            let mut out = String::new();
            let held = resolve(&text[..cut], false, &mut out).to_owned();
            let rest = held + &text[cut..];
            assert_eq!(resolve(&rest, true, &mut out), "");
            assert_eq!(out, expected);
        }
    }
}
