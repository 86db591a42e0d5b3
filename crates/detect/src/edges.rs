//! What may stand directly before and after a match.
//!
//! The edge of the value counts as free: a cell or a JSON string is looked at alone, whatever
//! separates it from its neighbours.

/// A rule for one side of a match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edge {
    /// Anything.
    None,
    /// No letter and no digit, of any script.
    Alnum,
    /// As `Alnum`, and no `_` or `-`.
    Word,
    /// As `Alnum`, and not a part of a longer number, a decimal, an amount or a dotted version.
    Number,
    /// No character of base64, in either alphabet.
    Base64,
    /// White space, a quote, a bracket, or what separates values: `,`, `;`, `&`, `|`. On the left also
    /// `=`, `:` and `>`.
    Blank,
}

/// Whether `edge` allows a match to start at `at` in the value that starts at `value_start`.
#[inline]
pub(crate) fn left(edge: Edge, text: &str, value_start: usize, at: usize) -> bool {
    if at == value_start || edge == Edge::None {
        return true;
    }
    let bytes = text.as_bytes();
    let before = bytes[at - 1];
    if edge == Edge::Blank {
        return is_blank(before) || matches!(before, b'=' | b':' | b'>');
    }
    if !alnum_free(before, || text[value_start..at].chars().next_back()) {
        return false;
    }
    match edge {
        Edge::None | Edge::Alnum | Edge::Blank => true,
        Edge::Word => !matches!(before, b'_' | b'-'),
        Edge::Base64 => !matches!(before, b'_' | b'-' | b'+' | b'/'),
        Edge::Number => {
            let two_before = (at - value_start >= 2).then(|| bytes[at - 2]);
            let joined = match before {
                // Behind an abbreviation a number may begin; behind any other dot it is a fraction.
                b'.' => !two_before.is_some_and(|byte| byte.is_ascii_alphabetic()),
                b'-' | b'/' => two_before.is_some_and(|byte| byte.is_ascii_digit()),
                _ => false,
            };
            !joined && before != b'$' && !ends_with_currency(&bytes[value_start..at])
        }
    }
}

/// Whether `edge` allows a match to end at `at` in the value that ends at `value_end`.
#[inline]
pub(crate) fn right(edge: Edge, text: &str, value_end: usize, at: usize) -> bool {
    if at == value_end || edge == Edge::None {
        return true;
    }
    let bytes = text.as_bytes();
    let after = bytes[at];
    if edge == Edge::Blank {
        return is_blank(after);
    }
    if !alnum_free(after, || text[at..value_end].chars().next()) {
        return false;
    }
    match edge {
        Edge::None | Edge::Alnum | Edge::Blank => true,
        Edge::Word => !matches!(after, b'_' | b'-'),
        Edge::Base64 => !matches!(after, b'_' | b'-' | b'+' | b'/' | b'='),
        Edge::Number => {
            let joined = matches!(after, b'.' | b'-' | b'/')
                && at + 1 < value_end
                && bytes[at + 1].is_ascii_digit();
            !joined && after != b'%'
        }
    }
}

fn is_blank(byte: u8) -> bool {
    byte.is_ascii_whitespace()
        || matches!(
            byte,
            b'"' | b'\''
                | b'`'
                | b'('
                | b')'
                | b'['
                | b']'
                | b'{'
                | b'}'
                | b'<'
                | b'>'
                | b','
                | b';'
                | b'&'
                | b'|'
                | b'\\'
        )
}

fn alnum_free(byte: u8, neighbour: impl FnOnce() -> Option<char>) -> bool {
    if byte.is_ascii() {
        !byte.is_ascii_alphanumeric()
    } else {
        !neighbour().is_some_and(char::is_alphanumeric)
    }
}

fn ends_with_currency(before: &[u8]) -> bool {
    before.ends_with("€".as_bytes()) || before.ends_with("£".as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(edge: Edge, before: &str, after: &str) -> bool {
        let text = format!("{before}123{after}");
        left(edge, &text, 0, before.len()) && right(edge, &text, text.len(), before.len() + 3)
    }

    #[test]
    fn letters_and_digits_of_any_script_are_no_edge() {
        for (before, after) in [("a", ""), ("", "9"), ("é", ""), ("", "ж"), ("漢", "")] {
            assert!(!fits(Edge::Alnum, before, after), "{before}123{after}");
        }
        for (before, after) in [("", ""), ("\"", "\""), ("«", "»"), ("：", "。"), ("_", "-")] {
            assert!(fits(Edge::Alnum, before, after), "{before}123{after}");
        }
    }

    #[test]
    fn blanks_quotes_and_separators_are_blank() {
        for (before, after) in
            [("", ""), (" ", ","), ("=", "\n"), ("\"", "\""), (":", "&"), (">", "<")]
        {
            assert!(fits(Edge::Blank, before, after), "{before}123{after}");
        }
        for (before, after) in [("a", ""), ("", "."), ("-", ""), ("", "="), ("é", "")] {
            assert!(!fits(Edge::Blank, before, after), "{before}123{after}");
        }
    }

    #[test]
    fn decimals_amounts_and_versions_are_not_numbers() {
        for (before, after) in [
            ("0.", ""),
            (".", ""),
            ("-.", ""),
            ("", ".5"),
            ("12-", ""),
            ("", "/4"),
            ("$", ""),
            ("£", ""),
            ("", "%"),
        ] {
            assert!(!fits(Edge::Number, before, after), "{before}123{after}");
        }
        for (before, after) in [("", "."), ("no.", ""), ("1,", ",2"), ("-", "-")] {
            assert!(fits(Edge::Number, before, after), "{before}123{after}");
        }
    }
}
