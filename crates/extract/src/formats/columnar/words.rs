//! Numbers, dates and times as people write them, so that what detection knows from text it knows from
//! columns too. Whole numbers have no fraction, whatever the column's type: a card number in a column of
//! floats is a card number. A time at midnight is a date.

use std::fmt::Write;

const DAY_SECONDS: i64 = 86_400;

/// Above this, floats do not hold every whole number, and are written with an exponent.
const WHOLE_FLOAT_MAX: f64 = 1e18;

/// Appends a number.
pub(super) fn float(value: f64, out: &mut String) {
    if value.fract() == 0.0 && value.abs() < WHOLE_FLOAT_MAX {
        out.push_str(itoa::Buffer::new().format(value as i64));
    } else {
        out.push_str(zmij::Buffer::new().format(value));
    }
}

/// Appends a number of 32 bits, in as few digits as name it.
pub(super) fn float32(value: f32, out: &mut String) {
    if value.fract() == 0.0 && f64::from(value.abs()) < WHOLE_FLOAT_MAX {
        out.push_str(itoa::Buffer::new().format(value as i64));
    } else {
        out.push_str(zmij::Buffer::new().format(value));
    }
}

/// Appends a whole number, given in decimal digits, that counts units of `10^-scale`.
pub(super) fn decimal(digits: &str, scale: i32, out: &mut String) {
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", digits),
    };
    let Ok(scale) = usize::try_from(scale) else {
        out.push_str(sign);
        out.push_str(digits);
        // No honest scale is longer than a number of 256 bits.
        out.extend(std::iter::repeat_n('0', (scale.unsigned_abs() as usize).min(80)));
        return;
    };
    let scale = scale.min(1_000);
    let lead = scale.saturating_sub(digits.len());
    let (whole, fraction) = digits.split_at(digits.len().saturating_sub(scale));
    out.push_str(sign);
    out.push_str(if whole.is_empty() { "0" } else { whole });
    if fraction.bytes().any(|digit| digit != b'0') {
        out.push('.');
        out.extend(std::iter::repeat_n('0', lead));
        out.push_str(fraction);
    }
}

/// Appends the number that these bytes are in two's complement, the highest first, as decimal digits.
pub(super) fn big_integer(bytes: &[u8], out: &mut String) {
    let is_negative = bytes.first().is_some_and(|byte| byte & 0x80 != 0);
    let mut magnitude: Vec<u8> = bytes.to_vec();
    if is_negative {
        let mut carry = true;
        for byte in magnitude.iter_mut().rev() {
            let (sum, over) = (!*byte).overflowing_add(u8::from(carry));
            *byte = sum;
            carry = over;
        }
        out.push('-');
    }
    // Nine digits are taken off at a time, the lowest first.
    let mut groups: Vec<u32> = Vec::new();
    while magnitude.iter().any(|byte| *byte != 0) {
        let mut rest = 0_u64;
        for byte in &mut magnitude {
            let now = rest << 8 | u64::from(*byte);
            *byte = (now / 1_000_000_000) as u8;
            rest = now % 1_000_000_000;
        }
        groups.push(rest as u32);
        let zeros = magnitude.iter().take_while(|byte| **byte == 0).count();
        magnitude.drain(..zeros);
    }
    let _ = write!(out, "{}", groups.last().copied().unwrap_or(0));
    for group in groups.iter().rev().skip(1) {
        let _ = write!(out, "{group:09}");
    }
}

/// Days from 1970-01-01 that are a date; what is further away is written as a number.
const DAYS_MAX: i64 = 1 << 50;

/// Appends the date so many days after 1970-01-01.
pub(super) fn date(days: i64, out: &mut String) {
    if !(-DAYS_MAX..=DAYS_MAX).contains(&days) {
        out.push_str(itoa::Buffer::new().format(days));
        return;
    }
    // Civil from days, in eras of 400 years from 0000-03-01.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    match year {
        0..=9999 => two_digits(year / 100, out),
        _ => out.push_str(itoa::Buffer::new().format(year / 100)),
    }
    two_digits((year % 100).abs(), out);
    out.push('-');
    two_digits(month, out);
    out.push('-');
    two_digits(day, out);
}

/// Appends a number below 100.
fn two_digits(number: i64, out: &mut String) {
    let digit = |number: i64| char::from(b'0' + (number % 10) as u8);
    out.push(digit(number / 10));
    out.push(digit(number));
}

/// Appends a time of day.
pub(super) fn time(seconds: i64, nanos: u32, out: &mut String) {
    let seconds = seconds.rem_euclid(DAY_SECONDS);
    two_digits(seconds / 3600, out);
    out.push(':');
    two_digits(seconds / 60 % 60, out);
    out.push(':');
    two_digits(seconds % 60, out);
    if nanos > 0 {
        let digits = format!("{nanos:09}");
        out.push('.');
        out.push_str(digits.trim_end_matches('0'));
    }
}

/// Appends the moment so many seconds after 1970-01-01; `is_utc` if it is one, and no reading of a
/// clock on a wall.
pub(super) fn moment(seconds: i64, nanos: u32, is_utc: bool, out: &mut String) {
    date(seconds.div_euclid(DAY_SECONDS), out);
    if nanos == 0 && seconds.rem_euclid(DAY_SECONDS) == 0 {
        return;
    }
    out.push('T');
    time(seconds, nanos, out);
    if is_utc {
        out.push('Z');
    }
}

/// Seconds, and nanoseconds beyond them, of a count of units of which a second has `per_second`.
pub(super) fn split(count: i64, per_second: i64) -> (i64, u32) {
    let rest = count.rem_euclid(per_second);
    (count.div_euclid(per_second), (rest * (1_000_000_000 / per_second)) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(write: impl FnOnce(&mut String)) -> String {
        let mut out = String::new();
        write(&mut out);
        out
    }

    #[test]
    fn numbers_and_dates_read_as_people_write_them() {
        assert_eq!(text(|out| float(4_012_888_888_881_881.0, out)), "4012888888881881");
        assert_eq!(text(|out| float(-12.5, out)), "-12.5");
        assert_eq!(text(|out| float(f64::NAN, out)), "NaN");
        assert_eq!(text(|out| decimal("401288", 2, out)), "4012.88");
        assert_eq!(text(|out| decimal("-5", 3, out)), "-0.005");
        assert_eq!(text(|out| decimal("1200", 2, out)), "12");
        assert_eq!(text(|out| decimal("12", -2, out)), "1200");
        assert_eq!(text(|out| date(5_179, out)), "1984-03-07");
        assert_eq!(text(|out| date(-1, out)), "1969-12-31");
        assert_eq!(text(|out| date(11_016, out)), "2000-02-29");
        assert_eq!(text(|out| moment(1_454_486_129, 0, false, out)), "2016-02-03T07:55:29");
        assert_eq!(text(|out| moment(-1, 500_000_000, true, out)), "1969-12-31T23:59:59.5Z");
        assert_eq!(text(|out| moment(447_465_600, 0, true, out)), "1984-03-07");
        for extreme in [i64::MIN, i64::MAX] {
            assert!(!text(|out| date(extreme, out)).is_empty());
            assert!(!text(|out| moment(extreme, 0, true, out)).is_empty());
        }
    }

    #[test]
    fn big_integers_are_decimal() {
        for number in [0_i128, 1, -1, 255, 256, -256, 1 << 100, i128::MAX, i128::MIN, 1_000_000_000]
        {
            let bytes = number.to_be_bytes();
            assert_eq!(text(|out| big_integer(&bytes, out)), number.to_string());
        }
    }
}
