//! UTC time as the cron library reads it.

use croner::errors::CronError;
use croner::{CivilDate, CivilDateTime, CivilTime, CronDateTime, Resolution, Weekday};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use std::cmp::Ordering;

/// A moment, read on a clock in UTC, where every wall time occurs exactly once.
#[derive(Clone)]
pub(crate) struct Utc(Timestamp);

impl Utc {
    pub(crate) fn from_ms(ms: i64) -> Option<Self> {
        Timestamp::from_millisecond(ms).ok().map(Self)
    }

    pub(crate) fn as_ms(&self) -> i64 {
        self.0.as_millisecond()
    }

    fn wall(&self) -> DateTime {
        Offset::UTC.to_datetime(self.0)
    }
}

impl CronDateTime for Utc {
    fn to_civil(&self) -> CivilDateTime {
        let wall = self.wall();
        let part = |n: i8| u32::from(n.unsigned_abs());
        CivilDateTime::new(
            CivilDate::from_parts_unchecked(
                i32::from(wall.year()),
                part(wall.month()),
                part(wall.day()),
            ),
            CivilTime::from_parts_unchecked(
                part(wall.hour()),
                part(wall.minute()),
                part(wall.second()),
            ),
        )
    }

    fn civil_weekday(&self) -> Weekday {
        let from_sunday = self.wall().weekday().to_sunday_zero_offset();
        Weekday::from_days_from_sunday(u32::from(from_sunday.unsigned_abs()))
    }

    fn resolve_civil(&self, civil: CivilDateTime) -> Result<Resolution<Self>, CronError> {
        let part = |n: u32| i8::try_from(n).map_err(|_| CronError::InvalidDate);
        let year = i16::try_from(civil.year()).map_err(|_| CronError::InvalidDate)?;
        let wall = DateTime::new(
            year,
            part(civil.month())?,
            part(civil.day())?,
            part(civil.hour())?,
            part(civil.minute())?,
            part(civil.second())?,
            0,
        );
        let wall = wall.map_err(|_| CronError::InvalidDate)?;
        let moment = Offset::UTC.to_timestamp(wall).map_err(|_| CronError::InvalidTime)?;
        Ok(Resolution::Single(Self(moment)))
    }

    fn checked_add_seconds(&self, seconds: i64) -> Option<Self> {
        let sum_ms = self.as_ms().checked_add(seconds.checked_mul(1_000)?)?;
        Self::from_ms(sum_ms)
    }

    fn cmp_instant(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}
