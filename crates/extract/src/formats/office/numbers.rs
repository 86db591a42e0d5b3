//! How a spreadsheet shows a number: as a date, as digits between fixed characters, or plain. Long
//! numbers have all their digits and no exponent.

use std::fmt::Write;

/// How a number is shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Look {
    #[default]
    Plain,
    /// A day, with or without a time.
    Date,
    /// A time of day alone.
    Time,
    /// Digits with others between, such as `000-00-0000`; the second one is for numbers beyond a bound.
    Mask(Vec<Sign>, Option<(f64, Vec<Sign>)>),
}

/// One character of a mask.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Sign {
    /// A digit that is always shown.
    Zero,
    /// A digit that is shown if there is one.
    Digit,
    Text(char),
}

/// How the formats are shown that have a number and no code (ECMA-376, 18.8.30).
pub(super) fn built_in(format: u32) -> Look {
    match format {
        14..=17 | 22 | 27..=36 | 50..=58 => Look::Date,
        18..=21 | 45..=47 => Look::Time,
        _ => Look::Plain,
    }
}

/// What a format's code says.
pub(super) fn look(code: &str) -> Look {
    let mut sections = code.split(';');
    let first = sections.next().unwrap_or_default();
    let (bound, first) = bound(first);
    let letters = letters(first);
    if letters.contains(['y', 'd']) || letters.contains('m') && !letters.contains(['h', 's']) {
        return Look::Date;
    }
    if letters.contains(['h', 's']) {
        return Look::Time;
    }
    match (mask(first), bound) {
        (Some(mask), Some(bound)) => {
            let beyond = sections.next().and_then(mask_of_section);
            Look::Mask(mask, beyond.map(|beyond| (bound, beyond)))
        }
        (Some(mask), None) => Look::Mask(mask, None),
        (None, _) => Look::Plain,
    }
}

fn mask_of_section(section: &str) -> Option<Vec<Sign>> {
    mask(section)
}

/// A leading condition such as `[<=9999999]`.
fn bound(section: &str) -> (Option<f64>, &str) {
    let inner = section.strip_prefix("[<=").and_then(|rest| rest.split_once(']'));
    match inner.and_then(|(number, rest)| Some((number.parse().ok()?, rest))) {
        Some((bound, rest)) => (Some(bound), rest),
        None => (None, section),
    }
}

/// The letters of dates in a section, without what is quoted. Brackets hold colours and countries, or
/// the hours of a long time.
fn letters(section: &str) -> String {
    let mut found = String::new();
    let mut chars = section.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => while chars.next().is_some_and(|c| c != '"') {},
            '\\' | '_' | '*' => {
                chars.next();
            }
            '[' => {
                let inner: String = chars.by_ref().take_while(|c| *c != ']').collect();
                let inner = inner.to_ascii_lowercase();
                if !inner.is_empty() && inner.chars().all(|c| matches!(c, 'h' | 'm' | 's')) {
                    found.push('h');
                }
            }
            c if matches!(c.to_ascii_lowercase(), 'y' | 'm' | 'd' | 'h' | 's') => {
                found.push(c.to_ascii_lowercase());
            }
            _ => {}
        }
    }
    found
}

/// A longer mask is none that a person reads.
const MASK_SIGNS_MAX: usize = 100;

/// The mask that a section is, if it has more than one digit and only fixed characters between.
fn mask(section: &str) -> Option<Vec<Sign>> {
    let mut signs = Vec::new();
    let mut chars = section.chars();
    while let Some(c) = chars.next() {
        match c {
            '0' => signs.push(Sign::Zero),
            '#' | '?' => signs.push(Sign::Digit),
            '\\' => signs.push(Sign::Text(chars.next()?)),
            '"' => signs.extend(chars.by_ref().take_while(|c| *c != '"').map(Sign::Text)),
            '-' | ' ' | '(' | ')' | '/' | ':' | '+' => signs.push(Sign::Text(c)),
            '[' => {
                chars.by_ref().find(|c| *c == ']')?;
            }
            _ => return None,
        }
    }
    let digits = signs.iter().filter(|sign| !matches!(sign, Sign::Text(_))).count();
    (digits > 1 && signs.len() <= MASK_SIGNS_MAX).then_some(signs)
}

/// Writes a number as it is shown. `raw` is how it is stored, if it is stored as text.
pub(super) fn write(look: &Look, value: f64, raw: Option<&str>, is_1904: bool, out: &mut String) {
    let shown = match look {
        Look::Date | Look::Time => date(value, *look == Look::Time, is_1904, out),
        Look::Mask(mask, beyond) => {
            let mask = match beyond {
                Some((bound, beyond)) if value > *bound => beyond,
                _ => mask,
            };
            masked(mask, value, out)
        }
        Look::Plain => None,
    };
    if shown.is_none() {
        match raw.filter(|raw| !raw.contains(['e', 'E'])) {
            // Of a whole number, nothing is shown behind the point.
            Some(raw) => out.push_str(raw.strip_suffix(".0").unwrap_or(raw)),
            // This form has no exponent.
            None => {
                let _ = write!(out, "{value}");
            }
        }
    }
}

/// Beyond this a number has fewer digits than its mask would show.
const EXACT_MAX: f64 = 9.0e15;

fn masked(mask: &[Sign], value: f64, out: &mut String) -> Option<()> {
    if value < 0.0 || value.fract() != 0.0 || value > EXACT_MAX {
        return None;
    }
    let digits = (value as u64).to_string();
    let mut rest: Vec<char> = digits.chars().collect();
    let first = mask.iter().position(|sign| !matches!(sign, Sign::Text(_)))?;
    let mut shown = Vec::new();
    for (at, sign) in mask.iter().enumerate().rev() {
        match sign {
            Sign::Text(c) => shown.push(*c),
            Sign::Zero => shown.push(rest.pop().unwrap_or('0')),
            Sign::Digit => shown.extend(rest.pop()),
        }
        if at == first {
            while let Some(digit) = rest.pop() {
                shown.push(digit);
            }
        }
    }
    out.extend(shown.iter().rev());
    Some(())
}

/// The day after the last one that can be shown: 10000-01-01.
const DAYS_END: f64 = 2_958_466.0;

fn date(value: f64, is_time: bool, is_1904: bool, out: &mut String) -> Option<()> {
    if !(0.0..DAYS_END).contains(&value) {
        return None;
    }
    let mut days = value.floor() as i64;
    let mut seconds = ((value - value.floor()) * 86_400.0).round() as i64;
    if seconds == 86_400 {
        days += 1;
        seconds = 0;
    }
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if !is_time || days > 0 {
        // Days since 1970; the calendar from 1900 has a 29th of February in that year.
        let epoch = match (is_1904, days) {
            (true, _) => -24_107,
            (false, 0..60) => -25_568,
            (false, _) => -25_569,
        };
        let (year, month, day) = civil(days + epoch);
        write!(out, "{year:04}-{month:02}-{day:02}").ok()?;
        if seconds == 0 && !is_time {
            return Some(());
        }
        out.push(' ');
    }
    write!(out, "{hour:02}:{minute:02}:{second:02}").ok()
}

/// Year, month and day of a day since 1970-01-01 (Howard Hinnant, "chrono-compatible low-level date
/// algorithms").
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(code: &str, value: f64, expect: &str) {
        let mut out = String::new();
        write(&look(code), value, None, false, &mut out);
        assert_eq!(out, expect, "{code}");
    }

    #[test]
    fn codes() {
        check("General", 4.111_111_111_111_11e15, "4111111111111110");
        check("0.00E+00", 1.5, "1.5");
        check("yyyy\\-mm\\-dd", 45_352.0, "2024-03-01");
        check("[$-409]d\\-mmm\\-yy;@", 45_352.5, "2024-03-01 12:00:00");
        check("h:mm", 0.75, "18:00:00");
        check("[h]:mm", 1.5, "1900-01-01 12:00:00");
        check("mm/yy", 1.0, "1900-01-01");
        check("m/d/yyyy", 59.0, "1900-02-28");
        check("m/d/yyyy", 61.0, "1900-03-01");
        check("000\\-00\\-0000", 12_345_678.0, "012-34-5678");
        check("[<=9999999]###\\-####;\\(###\\)\\ ###\\-####", 2_125_551_234.0, "(212) 555-1234");
        check("[<=9999999]###\\-####;\\(###\\)\\ ###\\-####", 5_551_234.0, "555-1234");
        check("00000", 501.0, "00501");
        check("#,##0.00", 1234.5, "1234.5");
        check("\"Day\" 0", 3.0, "3");
        check("yyyy", -1.0, "-1");
    }

    #[test]
    fn dates_from_1904() {
        let mut out = String::new();
        write(&Look::Date, 0.0, None, true, &mut out);
        assert_eq!(out, "1904-01-01");
    }
}
