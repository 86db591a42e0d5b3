//! Dates of birth inside numbers.

use super::super::days::exists;

/// Where a number tells the century, it may tell this one to its end: the clock is not read, so that
/// one input has one answer.
const BIRTH_YEAR_MAX: u32 = 2099;

/// Whether someone in a register may have been born on that day.
pub(super) fn is_birth_date(year: u32, month: u32, day: u32) -> bool {
    (1800..=BIRTH_YEAR_MAX).contains(&year) && exists(year, month, day)
}

/// A date whose century is not told: it must exist in the last or in this one.
pub(super) fn is_short_date(year: u32, month: u32, day: u32) -> bool {
    exists(1900 + year, month, day) || is_birth_date(2000 + year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leap_days_and_years() {
        assert!(is_short_date(0, 2, 29));
        assert!(!is_short_date(1, 2, 29));
        assert!(is_birth_date(1999, 12, 31));
        assert!(!is_birth_date(2100, 10, 21));
        assert!(!is_birth_date(1999, 13, 1));
    }
}
