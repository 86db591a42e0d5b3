//! Durations and sizes: numbers that carry their unit.

use std::fmt;
use std::time::Duration;

/// The longest duration that is accepted: 100 years. Longer ones are slips.
const DURATION_S_MAX: u64 = 100 * 365 * 24 * 60 * 60;

/// Units of duration in milliseconds, largest first, each with its names; the first is the one shown.
const DURATION_UNITS: [(u64, &[&str]); 6] = [
    (7 * 24 * 60 * 60 * 1_000, &["w", "week", "weeks"]),
    (24 * 60 * 60 * 1_000, &["d", "day", "days"]),
    (60 * 60 * 1_000, &["h", "hour", "hours"]),
    (60 * 1_000, &["m", "min", "minute", "minutes"]),
    (1_000, &["s", "sec", "second", "seconds"]),
    (1, &["ms", "millisecond", "milliseconds"]),
];

/// Units of size in bytes, largest first.
const SIZE_UNITS: [(u64, &str); 9] = [
    (1 << 40, "TiB"),
    (1_000_000_000_000, "TB"),
    (1 << 30, "GiB"),
    (1_000_000_000, "GB"),
    (1 << 20, "MiB"),
    (1_000_000, "MB"),
    (1 << 10, "KiB"),
    (1_000, "kB"),
    (1, "B"),
];

/// A number of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size(pub u64);

/// Reads `90 minutes`, `6h`, `1d 12h` or `500ms`; says what is wrong where it can not.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let mut total_ms: u64 = 0;
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err("it is empty".to_owned());
    }
    while !rest.is_empty() {
        let (number, after) = leading_number(rest)?;
        let letters = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        let (unit, after) = after.split_at(letters);
        if unit.is_empty() {
            return Err(format!("{number} of what? The unit is missing"));
        }
        let unit_ms = DURATION_UNITS
            .iter()
            .find(|(_, names)| names.contains(&unit))
            .map(|(ms, _)| *ms)
            .ok_or_else(|| format!("there is no unit `{unit}`"))?;
        total_ms = number
            .checked_mul(unit_ms)
            .and_then(|ms| total_ms.checked_add(ms))
            .filter(|ms| *ms <= DURATION_S_MAX * 1_000)
            .ok_or("it is longer than 100 years")?;
        rest = after.trim_start();
    }
    Ok(Duration::from_millis(total_ms))
}

/// The duration in its shortest form, such as `1d 12h`, which [`parse_duration`] reads back. What is
/// below a millisecond is left out.
pub fn show_duration(duration: Duration) -> String {
    let mut rest = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    if rest == 0 {
        return "0s".to_owned();
    }
    let mut parts = Vec::new();
    // Weeks are read but not shown: days are plainer.
    for (unit_ms, names) in &DURATION_UNITS[1..] {
        if rest >= *unit_ms {
            parts.push(format!("{}{}", rest / unit_ms, names[0]));
            rest %= unit_ms;
        }
    }
    parts.join(" ")
}

impl Size {
    /// Reads `64MiB`, `5 GB` or `512 B`; says what is wrong where it can not.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() {
            return Err("it is empty".to_owned());
        }
        let (number, unit) = leading_number(text)?;
        if unit.is_empty() {
            return Err(format!("{number} of what? The unit is missing"));
        }
        let unit_bytes = SIZE_UNITS
            .iter()
            .find(|(_, name)| name.eq_ignore_ascii_case(unit))
            .map(|(bytes, _)| *bytes)
            .ok_or_else(|| format!("there is no unit `{unit}`"))?;
        number.checked_mul(unit_bytes).map(Size).ok_or_else(|| "it is too large".to_owned())
    }
}

/// The largest unit that divides the size, binary ones first; [`Size::parse`] reads it back.
impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let divides = |(unit, _): &&(u64, &str)| self.0 >= *unit && self.0.is_multiple_of(*unit);
        let binary = |(_, name): &&(u64, &str)| name.len() == 3;
        let unit = SIZE_UNITS
            .iter()
            .filter(binary)
            .find(divides)
            .or_else(|| SIZE_UNITS.iter().find(divides))
            .unwrap_or(&(1, "B"));
        write!(f, "{}{}", self.0 / unit.0, unit.1)
    }
}

/// The number at the start, and what follows it without the space between.
fn leading_number(text: &str) -> Result<(u64, &str), String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, after) = text.split_at(digits);
    if number.is_empty() {
        return Err("it must begin with a whole number".to_owned());
    }
    if after.starts_with(['.', ',']) {
        return Err("fractions are not read; take a smaller unit".to_owned());
    }
    let number = number.parse().map_err(|_| "its number is too large".to_owned())?;
    Ok((number, after.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn durations_are_read() {
        let cases = [
            ("6h", 21_600_000),
            ("1s", 1_000),
            ("500ms", 500),
            ("90 minutes", 5_400_000),
            ("1d12h", 129_600_000),
            (" 1w 1 day ", 691_200_000),
            ("0s", 0),
        ];
        for (text, ms) in cases {
            assert_eq!(parse_duration(text), Ok(Duration::from_millis(ms)), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_told_why() {
        let cases = [
            ("", "it is empty"),
            ("5", "5 of what? The unit is missing"),
            ("h", "it must begin with a whole number"),
            ("-5h", "it must begin with a whole number"),
            ("1.5h", "fractions are not read; take a smaller unit"),
            ("5 fortnights", "there is no unit `fortnights`"),
            ("5H", "there is no unit `H`"),
            ("99999999999999999999s", "its number is too large"),
            ("5000000000w", "it is longer than 100 years"),
        ];
        for (text, why) in cases {
            assert_eq!(parse_duration(text), Err(why.to_owned()), "{text}");
        }
    }

    #[test]
    fn sizes_are_read_and_shown() {
        let cases = [("64MiB", 64 << 20, "64MiB"), ("5 gb", 5_000_000_000, "5GB"), ("7B", 7, "7B")];
        for (text, bytes, shown) in cases {
            assert_eq!(Size::parse(text), Ok(Size(bytes)), "{text}");
            assert_eq!(Size(bytes).to_string(), shown);
        }
        assert_eq!(Size(0).to_string(), "0B");
        assert_eq!(Size::parse("12"), Err("12 of what? The unit is missing".to_owned()));
        assert_eq!(Size::parse("20000000TiB"), Err("it is too large".to_owned()));
    }

    proptest! {
        #[test]
        fn shown_durations_are_read_back(ms in 0..DURATION_S_MAX * 1_000) {
            let duration = Duration::from_millis(ms);
            prop_assert_eq!(parse_duration(&show_duration(duration)), Ok(duration));
        }

        #[test]
        fn shown_sizes_are_read_back(bytes: u64) {
            prop_assert_eq!(Size::parse(&Size(bytes).to_string()), Ok(Size(bytes)));
        }

        #[test]
        fn no_text_panics(text in ".{0,20}") {
            let _ = (parse_duration(&text), Size::parse(&text));
        }
    }
}
