//! Calendar dates in the usual layouts.

use super::Check;
use super::days::exists;

/// A date of birth: a valid calendar date between 1900 and 2099. The clock is not read, so that one
/// input has one answer.
pub(crate) static BIRTH_DATE: Check = Check::Text(|text| read(text).is_some_and(is_valid));

/// Whether a text is a date of three numbers with two equal separators, such as `03.04.2011`.
pub(super) fn is_three_part_date(text: &[u8]) -> bool {
    let separators = text.iter().filter(|byte| !byte.is_ascii_digit()).count();
    separators == 2 && super::separator(text).is_ok() && read(text).is_some_and(is_valid)
}

/// Whether a text is a date in any layout, such as `2011-04-03` or `20110403`.
pub(super) fn is_date(text: &[u8]) -> bool {
    read(text).is_some_and(is_valid)
}

struct Date {
    year: u32,
    month: u32,
    day: u32,
}

fn is_valid(date: Date) -> bool {
    (1900..2100).contains(&date.year) && exists(date.year, date.month, date.day)
}

/// Reads up to three numbers and a month's name. Text after the third part (a time) is left alone.
fn read(text: &[u8]) -> Option<Date> {
    let mut numbers = [(0u32, 0usize); 3];
    let mut count = 0;
    let mut month = None;
    let mut at = 0;
    while at < text.len() && count + usize::from(month.is_some()) < 3 {
        let from = at;
        if text[at].is_ascii_digit() {
            while at < text.len() && text[at].is_ascii_digit() {
                at += 1;
            }
            numbers[count] = (number(&text[from..at]), at - from);
            count += 1;
        } else if text[at].is_ascii_alphabetic() {
            while at < text.len() && text[at].is_ascii_alphabetic() {
                at += 1;
            }
            month = month.or_else(|| month_of(&text[from..at]));
        } else {
            at += 1;
        }
    }
    match (month, &numbers[..count]) {
        (Some(month), [(day, 1 | 2), year]) | (Some(month), [year, (day, 1 | 2)]) => {
            Some(Date { year: full_year(*year)?, month, day: *day })
        }
        (None, [(year, 4), (month, _), (day, _)]) => {
            Some(Date { year: *year, month: *month, day: *day })
        }
        (None, [(first, _), (second, _), year]) => {
            day_and_month(*first, *second, full_year(*year)?)
        }
        (None, [(compact, 8)]) => {
            Some(Date { year: compact / 10_000, month: compact / 100 % 100, day: compact % 100 })
        }
        _ => None,
    }
}

/// Day first or month first: whichever is a date.
fn day_and_month(first: u32, second: u32, year: u32) -> Option<Date> {
    let day_first = Date { year, month: second, day: first };
    if second <= 12 { Some(day_first) } else { Some(Date { year, month: first, day: second }) }
}

fn full_year((value, digits): (u32, usize)) -> Option<u32> {
    match digits {
        4 => Some(value),
        // Two digits: any century would do for the calendar but for 29 February.
        2 => Some(if value.is_multiple_of(4) { 2000 } else { 1901 }),
        _ => None,
    }
}

fn number(digits: &[u8]) -> u32 {
    digits.iter().take(8).fold(0, |value, digit| value * 10 + u32::from(digit - b'0'))
}

/// First letters of months in English, Spanish, French, German, Italian and Portuguese.
const MONTHS: [(&[u8], u32); 24] = [
    (b"jan", 1),
    (b"ene", 1),
    (b"gen", 1),
    (b"feb", 2),
    (b"fev", 2),
    (b"mar", 3),
    (b"apr", 4),
    (b"abr", 4),
    (b"avr", 4),
    (b"may", 5),
    (b"mai", 5),
    (b"mag", 5),
    (b"jun", 6),
    (b"giu", 6),
    (b"jul", 7),
    (b"lug", 7),
    (b"aug", 8),
    (b"ago", 8),
    (b"sep", 9),
    (b"set", 9),
    (b"oct", 10),
    (b"okt", 10),
    (b"nov", 11),
    (b"dec", 12),
];

fn month_of(word: &[u8]) -> Option<u32> {
    let &[a, b, c] = word.first_chunk::<3>()?;
    let start = [a, b, c].map(|byte| byte.to_ascii_lowercase());
    let by_three = MONTHS.iter().find(|(name, _)| *name == start).map(|(_, month)| *month);
    by_three.or(match &start {
        b"dez" | b"dic" => Some(12),
        b"out" | b"ott" => Some(10),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::passes;
    use super::*;

    #[test]
    fn layouts_and_calendar() {
        for good in [
            "1984-02-29",
            "29/02/1984",
            "02/29/1984",
            "3.7.61",
            "5 January 1990",
            "January 5, 1990",
            "05-JAN-90",
            "19840229",
            "1984-02-29T00:00:00Z",
            "12 de mayo de 1971",
            "29/02/84",
        ] {
            assert!(passes(&BIRTH_DATE, good), "{good}");
        }
        for bad in [
            "1985-02-29",
            "31/04/1990",
            "13/13/1990",
            "1990-00-10",
            "18991231",
            "29/02/85",
            "5 Foo 1990",
        ] {
            assert!(!passes(&BIRTH_DATE, bad), "{bad}");
        }
    }
}
