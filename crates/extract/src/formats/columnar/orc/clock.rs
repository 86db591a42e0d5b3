//! ORC's times: counted from its own epoch, in the zone of the writer's clock.

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};

/// Between 1970-01-01 and 2015-01-01, from which ORC counts time.
const EPOCH_SECONDS: i64 = 1_420_070_400;

/// What a time was read from.
#[derive(Clone, Debug)]
pub(super) enum Clock {
    /// It is a moment, the same everywhere.
    Utc,
    /// A clock on a wall that shows UTC, or knows no summer.
    Plain,
    /// A clock on a wall in a zone, and how far it was from UTC at the epoch.
    Zone(TimeZone, i64),
}

impl Clock {
    /// The clock of a zone by its name. One that is not known is taken for plain.
    pub fn of(zone: &str) -> Self {
        if matches!(zone, "" | "UTC" | "GMT" | "Etc/UTC") {
            return Clock::Plain;
        }
        // The bundled ones: no file is read.
        let Ok(zone) = TimeZoneDatabase::bundled().get(zone) else { return Clock::Plain };
        let at_epoch = offset(&zone, EPOCH_SECONDS);
        Clock::Zone(zone, at_epoch)
    }

    /// Seconds from 1970-01-01 as the clock showed them, and nanoseconds, which ORC writes without
    /// their zeros.
    pub fn moment(&self, seconds: i64, nanos: i64) -> (i64, u32) {
        let zeros = match nanos & 7 {
            0 => 0,
            zeros => zeros as u32 + 1,
        };
        let nanos = (nanos as u64 >> 3).saturating_mul(10_u64.pow(zeros));
        let nanos = u32::try_from(nanos).unwrap_or(0).min(999_999_999);
        let mut shown = seconds.saturating_add(EPOCH_SECONDS);
        // Before 1970, Java rounds towards it.
        if shown < 0 && nanos > 999_999 {
            shown = shown.saturating_sub(1);
        }
        if let Clock::Zone(zone, at_epoch) = self {
            let now = offset(zone, shown.saturating_sub(*at_epoch));
            shown = shown.saturating_add(now - at_epoch);
        }
        (shown, nanos)
    }
}

/// Seconds that a zone's clock is ahead of UTC.
fn offset(zone: &TimeZone, seconds: i64) -> i64 {
    let moment = Timestamp::from_second(seconds);
    moment.map_or(0, |moment| zone.to_offset(moment).seconds().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_show_summer() {
        // 1984-07-04 00:00:00 and 1984-01-04 00:00:00, written by a clock in New York.
        let clock = Clock::of("America/New_York");
        assert!(matches!(clock, Clock::Zone(..)));
        let at = |shown: i64, ahead: i64| shown - ahead - (EPOCH_SECONDS + 5 * 3600);
        assert_eq!(clock.moment(at(457_747_200, -4 * 3600), 0), (457_747_200, 0));
        assert_eq!(clock.moment(at(442_022_400, -5 * 3600), 0), (442_022_400, 0));
        assert_eq!(Clock::of("").moment(0, 5 << 3 | 7), (EPOCH_SECONDS, 500_000_000));
        assert!(matches!(Clock::of("No/Where"), Clock::Plain));
        for extreme in [i64::MIN, i64::MAX] {
            clock.moment(extreme, extreme);
        }
    }
}
