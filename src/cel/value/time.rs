//! Spans of time and moments, with the limits of Kubernetes.

use std::fmt;

use jiff::civil::{Date, DateTime};

const SECONDS_A_DAY: i64 = 86_400;
const NANOS: i64 = 1_000_000_000;

/// A span of time in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration(pub i64);

/// As seconds: `5400s`, `1.5s`.
impl fmt::Display for Duration {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = (self.0 / NANOS) as f64 + (self.0 % NANOS) as f64 / 1e9;
        write!(formatter, "{seconds}s")
    }
}

/// A moment from year 1 to year 9999.
#[derive(Clone, Copy, Debug)]
pub struct Timestamp {
    seconds: i64,
    nanos: u32,
    /// Seconds east of UTC of the zone that it was written in; it is written so again.
    offset: i32,
}

impl Timestamp {
    const MIN: i64 = -62_135_596_800;
    const MAX: i64 = 253_402_300_799;

    /// The moment that many seconds and nanoseconds after 1970; `None` out of range.
    #[must_use]
    pub fn new(seconds: i64, nanos: u32) -> Option<Self> {
        let in_range = (Self::MIN..=Self::MAX).contains(&seconds) && i64::from(nanos) < NANOS;
        in_range.then_some(Self { seconds, nanos, offset: 0 })
    }

    /// Written as by a clock that is so many seconds east of UTC.
    #[must_use]
    pub fn at_offset(self, offset: i32) -> Self {
        Self { offset, ..self }
    }

    /// How many seconds east of UTC the clock is that it is written by.
    #[must_use]
    pub fn offset(self) -> i32 {
        self.offset
    }

    /// Whole seconds since 1970, rounded down.
    #[must_use]
    pub fn seconds(self) -> i64 {
        self.seconds
    }

    /// Nanoseconds after the whole second.
    #[must_use]
    pub fn nanos(self) -> u32 {
        self.nanos
    }

    /// Nanoseconds since 1970.
    #[must_use]
    pub fn total_nanos(self) -> i128 {
        i128::from(self.seconds) * i128::from(NANOS) + i128::from(self.nanos)
    }

    /// The moment so many nanoseconds after 1970; `None` out of range.
    #[must_use]
    pub fn from_total_nanos(nanos: i128) -> Option<Self> {
        let seconds = i64::try_from(nanos.div_euclid(i128::from(NANOS))).ok()?;
        Self::new(seconds, u32::try_from(nanos.rem_euclid(i128::from(NANOS))).ok()?)
    }

    /// What a clock so many seconds east of UTC shows, and the nanoseconds; years beyond 9999 and
    /// before 1 are read as those.
    #[must_use]
    pub fn civil(self, offset: i32) -> DateTime {
        let local = self.seconds.saturating_add(i64::from(offset));
        let (day, second) = (local.div_euclid(SECONDS_A_DAY), local.rem_euclid(SECONDS_A_DAY));
        let epoch = Date::constant(1970, 1, 1);
        let date = epoch.saturating_add(jiff::Span::new().try_days(day).unwrap_or_default());
        let [hour, minute, second] = [second / 3600, second / 60 % 60, second % 60]
            .map(|part| i8::try_from(part).unwrap_or_default());
        date.at(hour, minute, second, i32::try_from(self.nanos).unwrap_or_default())
    }
}

impl PartialEq for Timestamp {
    fn eq(&self, other: &Self) -> bool {
        self.total_nanos() == other.total_nanos()
    }
}

impl Eq for Timestamp {}

impl PartialOrd for Timestamp {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Timestamp {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.total_nanos().cmp(&other.total_nanos())
    }
}

/// As RFC 3339 with as many digits of the second as it needs.
impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let civil = self.civil(self.offset);
        let (date, time) = (civil.date(), civil.time());
        write!(formatter, "{:04}-{:02}-{:02}", date.year(), date.month(), date.day())?;
        write!(formatter, "T{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second())?;
        if self.nanos > 0 {
            let digits = format!("{:09}", self.nanos);
            write!(formatter, ".{}", digits.trim_end_matches('0'))?;
        }
        let (sign, minutes) = (if self.offset < 0 { '-' } else { '+' }, self.offset.abs() / 60);
        match self.offset {
            0 => formatter.write_str("Z"),
            _ => write!(formatter, "{sign}{:02}:{:02}", minutes / 60, minutes % 60),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_in_their_own_zone() {
        let moment = Timestamp::new(1_709_209_800, 500_000_000).expect("in range");
        assert_eq!(moment.to_string(), "2024-02-29T12:30:00.5Z");
        assert_eq!(moment.at_offset(-5400).to_string(), "2024-02-29T11:00:00.5-01:30");
        assert_eq!(moment, moment.at_offset(3600));
        let last = Timestamp::new(Timestamp::MAX, 999_999_999).expect("in range");
        assert_eq!(last.to_string(), "9999-12-31T23:59:59.999999999Z");
        assert_eq!(Timestamp::from_total_nanos(last.total_nanos() + 1), None);
    }

    #[test]
    fn spans_are_written_in_seconds() {
        assert_eq!(Duration(5400 * NANOS).to_string(), "5400s");
        assert_eq!(Duration(-1_500_000_000).to_string(), "-1.5s");
    }
}
