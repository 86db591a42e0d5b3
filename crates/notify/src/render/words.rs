//! Numbers, times and names as people read them.

use crate::Error;
use jiff::Timestamp;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// The text on one line, without control characters or characters that reorder what stands beside
/// them, and cut to `characters_max`. Names come from configuration, and must not be able to end a
/// header or a line.
pub(crate) fn one_line(text: &str, characters_max: usize) -> String {
    let reorders = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let clean: String = text
        .chars()
        .filter(|c| !reorders(*c))
        .map(|c| if breaks(c) { ' ' } else { c })
        .take(characters_max + 1)
        .collect();
    if clean.chars().count() <= characters_max {
        return clean.trim().to_owned();
    }
    let cut: String = clean.chars().take(characters_max.saturating_sub(1)).collect();
    format!("{}…", cut.trim())
}

/// A count with its noun: `1 object`, `12,480 objects`.
pub(crate) fn count(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", grouped(number))
}

/// A number with its thousands set apart.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A length of time by its two largest units: `5 days`, `3 hours and 20 minutes`.
pub(crate) fn duration(ms: i64) -> String {
    let units = [(DAY_MS, "day"), (HOUR_MS, "hour"), (MINUTE_MS, "minute")];
    let Some(first) = units.iter().position(|(unit_ms, _)| ms >= *unit_ms) else {
        return "less than a minute".to_owned();
    };
    let (unit_ms, noun) = units[first];
    let whole = count((ms / unit_ms).unsigned_abs(), noun);
    match units.get(first + 1) {
        Some((next_ms, noun)) if ms % unit_ms >= *next_ms => {
            let rest = count((ms % unit_ms / next_ms).unsigned_abs(), noun);
            format!("{whole} and {rest}")
        }
        _ => whole,
    }
}

/// A moment in UTC: `Saturday 28 November 2026 at 18:05 UTC`.
pub(crate) fn moment(ms: i64) -> Result<String, Error> {
    Ok(timestamp(ms)?.strftime("%A %-d %B %Y at %H:%M UTC").to_string())
}

/// A moment in UTC for programs: `2026-11-28T18:05:00Z`.
pub(crate) fn rfc3339(ms: i64) -> Result<String, Error> {
    Ok(timestamp(ms)?.to_string())
}

fn timestamp(ms: i64) -> Result<Timestamp, Error> {
    Timestamp::from_millisecond(ms)
        .map_err(|_| Error::message(format!("{ms} ms since 1970 is no time that can be written")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_show_two_units_at_most() {
        let check = |ms: i64, expect: &str| assert_eq!(duration(ms), expect);
        check(5 * DAY_MS, "5 days");
        check(5 * DAY_MS - 1, "4 days and 23 hours");
        check(DAY_MS + 59 * MINUTE_MS, "1 day");
        check(HOUR_MS + MINUTE_MS, "1 hour and 1 minute");
        check(MINUTE_MS, "1 minute");
        check(59_999, "less than a minute");
        check(0, "less than a minute");
    }

    #[test]
    fn numbers_are_grouped() {
        let check = |number: u64, expect: &str| assert_eq!(grouped(number), expect);
        check(0, "0");
        check(999, "999");
        check(1_000, "1,000");
        check(1_234_567, "1,234,567");
        assert_eq!(count(1, "object"), "1 object");
        assert_eq!(count(0, "object"), "0 objects");
    }

    #[test]
    fn moments_are_in_utc() {
        assert_eq!(moment(1_795_889_100_000).unwrap(), "Saturday 28 November 2026 at 18:05 UTC");
        assert_eq!(rfc3339(1_795_889_100_000).unwrap(), "2026-11-28T18:05:00Z");
        assert_eq!(moment(i64::MAX).unwrap_err().code(), "NOTIFY_MESSAGE");
    }

    #[test]
    fn names_stay_on_their_line() {
        let check = |text: &str, expect: &str| assert_eq!(one_line(text, 12), expect);
        check("orders", "orders");
        check("a\r\nBcc: b", "a  Bcc: b");
        check(" a\u{202e}b\u{2028}c\0", "ab c");
        check("twelve chars", "twelve chars");
        check("thirteen char", "thirteen ch…");
    }
}
