//! What stands beside a payment card's number: its stripe, its expiry, its security code.

use super::{Candidate, Check, Digits, all_same, luhn};

/// Magnetic stripe (ISO/IEC 7813): the card's number passes Luhn, and the month of expiry exists.
pub(crate) static CARD_TRACK: Check = Check::Text(|text| {
    let from = text.iter().position(u8::is_ascii_digit).unwrap_or(text.len());
    let length = text[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number = Digits::of(&text[from..from + length]);
    let first_track = text.get(from + length) == Some(&b'^');
    let rest = &text[from + length..];
    let date = match first_track {
        true => {
            rest.iter().skip(1).position(|byte| *byte == b'^').and_then(|at| rest.get(at + 2..))
        }
        false => rest.get(1..),
    };
    let month = date.and_then(|date| date.get(2..4));
    luhn(number.as_slice())
        && !all_same(number.as_slice())
        && month.is_some_and(|month| matches!(month, [b'0', b'1'..=b'9'] | [b'1', b'0'..=b'2']))
});

/// A card's expiry: the year lies between 2000 and 2049, so that fractions and days of months are not
/// taken for one.
pub(crate) static CARD_EXPIRY: Check = Check::Text(|text| {
    let mut runs = text.split(|byte| !byte.is_ascii_digit()).filter(|run| !run.is_empty());
    let (first, second) = (runs.next().unwrap_or_default(), runs.next().unwrap_or_default());
    // The year is the run of four digits; of two runs of two, the second; beside a month's name, the
    // only one.
    let year = match (first.len(), second.len()) {
        (4, _) => &first[2..],
        (_, 4) => &second[2..],
        (_, 0) => first,
        _ => second,
    };
    matches!(year, [b'0'..=b'4', b'0'..=b'9'])
});

/// A part of an expiry that is labelled directly before it, as in `expY=2026` or `"exp_month": 2`.
pub(crate) static CARD_EXPIRY_PART: Check = Check::InValue(|candidate| {
    let mut label = [0u8; 24];
    let length = letters_before(candidate, &mut label);
    let label = &label[..length];
    let digits = candidate.found.end - candidate.found.start;
    let wanted: &[&[u8]] = match digits {
        4 => &[b"y", b"yr", b"year", b"yyyy"],
        _ => &[b"m", b"mm", b"mo", b"month", b"mon", b"y", b"yr", b"year", b"yy"],
    };
    let fits = |ending: &&[u8]| {
        label.strip_suffix(*ending).is_some_and(|stem| {
            [b"exp".as_slice(), b"expiry", b"expiration", b"expire"]
                .iter()
                .any(|e| stem.ends_with(e))
        })
    };
    wanted.iter().any(fits).then_some(candidate.found.end)
});

/// Writes the letters of the label before a match into `label`, in small letters and in order, as far
/// as there is room; what else stands in it is left out. Returns how many there are.
fn letters_before(candidate: &Candidate<'_>, label: &mut [u8; 24]) -> usize {
    let before = &candidate.text[candidate.value.start..candidate.found.start];
    let mut length = 0;
    for byte in before.iter().rev().take(label.len()) {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {
                label[length] = byte.to_ascii_lowercase();
                length += 1;
            }
            b' ' | b'_' | b'-' | b'.' | b'=' | b':' | b'"' | b'\'' | b'[' | b']' => {}
            _ => break,
        }
    }
    label[..length].reverse();
    length
}

/// A security code: no amount, and not behind a word that gives the number another meaning.
pub(crate) static CARD_SECURITY_CODE: Check = Check::InValue(|candidate| {
    const OTHERS: [&[u8]; 20] = [
        b"exp",
        b"expiry",
        b"expiration",
        b"expires",
        b"date",
        b"year",
        b"month",
        b"thru",
        b"zip",
        b"page",
        b"version",
        b"http",
        b"error",
        b"status",
        b"line",
        b"in",
        b"ends",
        b"ending",
        b"digits",
        b"last",
    ];
    let mut label = [0u8; 24];
    let word = last_word_before(candidate, &mut label);
    let other = OTHERS.contains(&word);
    (!other && !is_counted(candidate)).then_some(candidate.found.end)
});

/// The word before a match is looked for in so many bytes: no decision depends on text far away.
const WORD_BEFORE_BYTES_MAX: usize = 64;

/// The word that stands directly before a match, in small letters.
fn last_word_before<'a>(candidate: &Candidate<'_>, word: &'a mut [u8; 24]) -> &'a [u8] {
    let far = candidate.found.start.saturating_sub(WORD_BEFORE_BYTES_MAX);
    let before = &candidate.text[candidate.value.start.max(far)..candidate.found.start];
    let end = before.iter().rposition(u8::is_ascii_alphanumeric).map_or(0, |last| last + 1);
    let start = before[..end].iter().rposition(|b| !b.is_ascii_alphabetic()).map_or(0, |at| at + 1);
    let letters = &before[start.max(end.saturating_sub(word.len()))..end];
    for (to, from) in word.iter_mut().zip(letters) {
        *to = from.to_ascii_lowercase();
    }
    &word[..letters.len()]
}

/// Whether the number counts something: digits, characters, days, a share.
fn is_counted(candidate: &Candidate<'_>) -> bool {
    const UNITS: [&[u8]; 7] =
        [b" digit", b"-digit", b" char", b" number", b" days", b" percent", b"%"];
    let after = &candidate.text[candidate.found.end..candidate.value.end];
    UNITS.iter().any(|unit| after.starts_with(unit))
}

#[cfg(test)]
mod tests {
    use super::super::tests::passes;
    use super::*;

    fn passes_behind(check: &Check, before: &str, found: &str, after: &str) -> bool {
        let text = format!("{before}{found}{after}");
        let candidate = Candidate {
            text: text.as_bytes(),
            value: 0..text.len(),
            found: before.len()..before.len() + found.len(),
        };
        check.run(&candidate).is_some()
    }

    #[test]
    fn both_tracks_have_a_card_and_a_month() {
        for good in
            ["B4539578763621486^QXZ/MIRA^30121010000000000?", "4539578763621486=30121010000000000?"]
        {
            assert!(passes(&CARD_TRACK, good), "{good}");
        }
        for bad in [
            "B4539578763621487^QXZ/MIRA^30121010000000000?",
            "4539578763621486=30131010000000000?",
            "4539578763621486=",
            "B4539578763621486^QXZ",
        ] {
            assert!(!passes(&CARD_TRACK, bad), "{bad}");
        }
    }

    #[test]
    fn expiries_are_of_this_half_century() {
        for good in ["08/27", "08/2027", "2027-08", "Aug 2027", "27-Aug"] {
            assert!(passes(&CARD_EXPIRY, good), "{good}");
        }
        for bad in ["08/77", "08/1977", "Aug 1977", ""] {
            assert!(!passes(&CARD_EXPIRY, bad), "{bad}");
        }
    }

    #[test]
    fn parts_of_an_expiry_are_labelled() {
        for (before, found) in
            [("expY=", "2026"), ("\"exp_month\": ", "2"), ("expiration year: ", "2031")]
        {
            assert!(passes_behind(&CARD_EXPIRY_PART, before, found, ""), "{before}{found}");
        }
        for (before, found) in [("expY=", "20260"), ("year=", "2026"), ("", "2026"), ("exp ", "2")]
        {
            let digits = found.len() == 5;
            assert!(digits || !passes_behind(&CARD_EXPIRY_PART, before, found, ""), "{before}");
        }
    }

    #[test]
    fn security_codes_are_no_counts() {
        assert!(passes_behind(&CARD_SECURITY_CODE, "cvv: ", "417", ""));
        assert!(!passes_behind(&CARD_SECURITY_CODE, "cvv 417 exp ", "1230", ""));
        assert!(!passes_behind(&CARD_SECURITY_CODE, "cvv of ", "100", " digits"));
    }
}
