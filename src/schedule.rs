//! When the next full audit is due. Pure: the clock is an argument.

use croner::{
    Cron,
    parser::{CronParser, Seconds, Year},
};
use jiff::{Timestamp, tz::TimeZone};

/// A cron expression in a time zone.
#[derive(Clone, Debug)]
pub struct Schedule {
    cron: Cron,
    zone: TimeZone,
}

/// A schedule that cannot be followed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// The expression does not parse.
    #[error(
        "spec.schedule: `{expression}` is not a cron expression of five fields ({problem}); \
         use for example \"0 * * * *\" or @hourly"
    )]
    Expression {
        /// As it is written.
        expression: String,
        /// What the parser says.
        problem: String,
    },
    /// The expression names a date that never comes.
    #[error("spec.schedule: `{0}` never comes round; check day and month")]
    Never(String),
    /// The zone is not in the database.
    #[error("spec.timeZone: `{0}` is not an IANA time zone; use for example Europe/Paris")]
    TimeZone(String),
}

impl Schedule {
    /// Parses five cron fields or a macro such as `@hourly`, and an IANA time zone. `now` proves
    /// that the schedule comes round at all.
    pub fn parse(expression: &str, zone: &str, now: Timestamp) -> Result<Self, ScheduleError> {
        let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed);
        let cron = parser.build().parse(expression).map_err(|error| ScheduleError::Expression {
            expression: expression.to_owned(),
            problem: error.to_string(),
        })?;
        let zone = TimeZone::get(zone).map_err(|_| ScheduleError::TimeZone(zone.to_owned()))?;
        let schedule = Self { cron, zone };
        match schedule.next_after(now) {
            Some(_) => Ok(schedule),
            None => Err(ScheduleError::Never(expression.to_owned())),
        }
    }

    /// The first time after `time` that the schedule names; where daylight saving skips it, the
    /// moment after the gap.
    #[must_use]
    pub fn next_after(&self, time: Timestamp) -> Option<Timestamp> {
        let local = time.to_zoned(self.zone.clone());
        self.cron.find_next_occurrence(&local, false).ok().map(|next| next.timestamp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn schedule(expression: &str, zone: &str) -> Result<Schedule, ScheduleError> {
        Schedule::parse(expression, zone, time("2026-01-01T00:00:00Z"))
    }

    #[test]
    fn the_zone_counts_and_daylight_saving_is_respected() {
        let nightly = schedule("30 2 * * *", "Europe/Paris").unwrap();
        let next = |after| nightly.next_after(time(after)).unwrap().to_string();
        assert_eq!(next("2026-01-01T00:00:00Z"), "2026-01-01T01:30:00Z");
        // 02:30 does not exist on this day.
        assert_eq!(next("2026-03-29T00:00:00Z"), "2026-03-29T01:00:00Z");
        // 02:30 exists twice on this one.
        assert_eq!(next("2026-10-24T22:00:00Z"), "2026-10-25T00:30:00Z");
        assert_eq!(next("2026-10-25T00:30:00Z"), "2026-10-26T01:30:00Z");
    }

    #[test]
    fn macros_are_schedules() {
        let hourly = schedule("@hourly", "Etc/UTC").unwrap();
        let next = hourly.next_after(time("2026-01-01T10:00:00Z")).unwrap();
        assert_eq!(next, time("2026-01-01T11:00:00Z"));
    }

    #[test]
    fn errors_name_the_field_and_the_remedy() {
        for (expression, zone, start) in [
            ("every hour", "Etc/UTC", "spec.schedule: `every hour` is not a cron expression"),
            ("0 0 0 * * *", "Etc/UTC", "spec.schedule: `0 0 0 * * *` is not a cron"),
            ("0 0 30 2 *", "Etc/UTC", "spec.schedule: `0 0 30 2 *` never comes round"),
            ("@hourly", "Mars/Olympus", "spec.timeZone: `Mars/Olympus` is not an IANA"),
        ] {
            let error = schedule(expression, zone).unwrap_err().to_string();
            assert!(error.starts_with(start), "{error}");
        }
    }
}
