//! When runs start by themselves.

use super::quantity::{parse_duration, show_duration};
use croner::parser::{CronParser, Seconds};
use std::fmt;
use std::time::Duration;

/// Runs may start at most this often by an interval.
const INTERVAL_MIN: Duration = Duration::from_secs(1);

/// When runs of a flow start by themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// Never.
    Off,
    /// Each time this long has passed since the last start.
    Every(Duration),
    /// At the times of this cron pattern of five fields, in UTC.
    Cron(String),
}

impl Schedule {
    /// Reads `6h`, `0 */6 * * *` or `off`; says what is wrong where it can not.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text == "off" {
            return Ok(Schedule::Off);
        }
        let fields = text.split_whitespace().count();
        let looks_like_cron = text.starts_with('@') || text.contains('*') || fields >= 5;
        if !looks_like_cron {
            let interval = parse_duration(text).map_err(|why| {
                format!("it is not \"off\", no cron pattern and no interval ({why})")
            })?;
            if interval < INTERVAL_MIN {
                return Err("an interval is at least 1s".to_owned());
            }
            return Ok(Schedule::Every(interval));
        }
        if !text.starts_with('@') && fields != 5 {
            return Err(format!("a cron pattern has five fields, not {fields}"));
        }
        let parser = CronParser::builder().seconds(Seconds::Disallowed).build();
        match parser.parse(text) {
            Ok(_) => Ok(Schedule::Cron(text.to_owned())),
            Err(error) => Err(error.to_string().trim_end_matches('.').to_owned()),
        }
    }
}

/// In the form that [`Schedule::parse`] reads.
impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Schedule::Off => f.write_str("off"),
            Schedule::Every(interval) => f.write_str(&show_duration(*interval)),
            Schedule::Cron(pattern) => f.write_str(pattern),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_are_read() {
        let hours = |n: u64| Schedule::Every(Duration::from_secs(n * 3600));
        let cases = [
            ("6h", hours(6)),
            ("off", Schedule::Off),
            ("0 */6 * * *", Schedule::Cron("0 */6 * * *".into())),
            ("30 2 1 1 1", Schedule::Cron("30 2 1 1 1".into())),
            ("15 8 * * MON-FRI", Schedule::Cron("15 8 * * MON-FRI".into())),
            ("@daily", Schedule::Cron("@daily".into())),
        ];
        for (text, schedule) in cases {
            assert_eq!(Schedule::parse(text), Ok(schedule.clone()), "{text}");
            assert_eq!(schedule.to_string(), text);
        }
    }

    #[test]
    fn what_is_no_schedule_is_refused() {
        for text in
            ["", "never", "0s", "0 */6 * *", "61 * * * *", "* * * * * *", "@teatime", "a b c d e"]
        {
            assert!(Schedule::parse(text).is_err(), "{text}");
        }
    }
}
