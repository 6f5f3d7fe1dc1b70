//! The schedules of `CronJobs`, read exactly as the API server reads them.
//!
//! It parses with robfig/cron v3: five fields whose items are `*`, `?`, a number, a name or a range,
//! each with an optional step; or a macro; or `@every` and a duration of Go.

use jiff::{
    Timestamp,
    civil::{Date, Time},
    tz::{self, TimeZone},
};

/// When Jobs are due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Crontab {
    /// At the times that five fields name.
    At(Fields),
    /// So many seconds after the last time.
    Every(i64),
}

/// Five fields, each as the set of its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fields {
    minute: u64,
    hour: u64,
    day: u64,
    month: u64,
    weekday: u64,
    /// Whether both of day and weekday have to match: one of the two is a star.
    both_days: bool,
}

/// Why a schedule is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CrontabError {
    /// There is nothing.
    #[error("it is empty")]
    Empty,
    /// The zone has a field of its own.
    #[error("it names a time zone, which belongs into `timeZone`")]
    Zone,
    /// There is no such macro.
    #[error("there is no such macro")]
    Macro,
    /// The duration of `@every` is none.
    #[error("`@every` wants a duration as `1h30m`")]
    Duration,
    /// There are too few or too many fields.
    #[error("it has {0} fields, not 5")]
    Count(usize),
    /// A field cannot be read, or names what is out of range.
    #[error("field {0} is not a {1}")]
    Field(usize, &'static str),
}

/// What a field may hold.
struct Field {
    name: &'static str,
    least: u32,
    most: u32,
    names: &'static [&'static str],
}

const FIELDS: [Field; 5] = [
    Field { name: "minute from 0 to 59", least: 0, most: 59, names: &[] },
    Field { name: "hour from 0 to 23", least: 0, most: 23, names: &[] },
    Field { name: "day from 1 to 31", least: 1, most: 31, names: &[] },
    Field {
        name: "month from 1 to 12 or JAN to DEC",
        least: 1,
        most: 12,
        names: &[
            "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
        ],
    },
    Field {
        name: "weekday from 0 to 6 or SUN to SAT",
        least: 0,
        most: 6,
        names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
    },
];

/// How far ahead a time is looked for: some schedules never come round.
const HORIZON: usize = 5 * 366;

impl Crontab {
    /// Reads a schedule.
    pub fn parse(text: &str) -> Result<Self, CrontabError> {
        if text.is_empty() {
            return Err(CrontabError::Empty);
        }
        if text.contains("TZ") {
            return Err(CrontabError::Zone);
        }
        let five = match text {
            "@yearly" | "@annually" => "0 0 1 1 *",
            "@monthly" => "0 0 1 * *",
            "@weekly" => "0 0 * * 0",
            "@daily" | "@midnight" => "0 0 * * *",
            "@hourly" => "0 * * * *",
            text if text.starts_with('@') => {
                let duration = text.strip_prefix("@every ").ok_or(CrontabError::Macro)?;
                let seconds = go_seconds(duration).ok_or(CrontabError::Duration)?;
                return Ok(Self::Every(seconds.max(1)));
            }
            text => text,
        };
        let parts: Vec<&str> = five.split_whitespace().collect();
        let Ok(parts) = <[&str; 5]>::try_from(parts.as_slice()) else {
            return Err(CrontabError::Count(parts.len()));
        };
        let mut sets = [(0, false); 5];
        for (index, (field, part)) in FIELDS.iter().zip(parts).enumerate() {
            let set = field.set(part);
            sets[index] = set.ok_or(CrontabError::Field(index + 1, field.name))?;
        }
        let [(minute, _), (hour, _), (day, any_day), (month, _), (weekday, any_weekday)] = sets;
        let both_days = any_day || any_weekday;
        Ok(Self::At(Fields { minute, hour, day, month, weekday, both_days }))
    }

    /// The first time after `time`, if one comes within five years.
    #[must_use]
    pub fn next_after(&self, time: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::Every(seconds) => {
                Timestamp::from_second(time.as_second().checked_add(*seconds)?).ok()
            }
            Self::At(fields) => {
                let today = time.to_zoned(zone.clone()).date();
                let days = today.series(jiff::Span::new().days(1)).take(HORIZON);
                let days = days.filter(|day| fields.has_day(*day));
                let mut times = days.flat_map(|day| {
                    fields
                        .times()
                        .filter_map(move |at| day.to_datetime(at).to_zoned(zone.clone()).ok())
                });
                times.find_map(|at| Some(at.timestamp()).filter(|at| *at > time))
            }
        }
    }
}

impl Fields {
    fn has_day(&self, date: Date) -> bool {
        let day = has(self.day, date.day().unsigned_abs().into());
        let weekday = date.weekday().to_sunday_zero_offset().unsigned_abs();
        let weekday = has(self.weekday, weekday.into());
        let is_due = if self.both_days { day && weekday } else { day || weekday };
        is_due && has(self.month, date.month().unsigned_abs().into())
    }

    /// The times of a day, in order.
    fn times(&self) -> impl Iterator<Item = Time> {
        let hours = (0..24).filter(|hour| has(self.hour, *hour));
        hours.flat_map(move |hour| {
            let minutes = (0..60).filter(|minute| has(self.minute, *minute));
            minutes.filter_map(move |minute| Time::new(hour as i8, minute as i8, 0, 0).ok())
        })
    }
}

fn has(set: u64, value: u32) -> bool {
    set & (1 << value) != 0
}

impl Field {
    /// The values of a comma-separated list, and whether one of its items is a plain star.
    fn set(&self, text: &str) -> Option<(u64, bool)> {
        // Empty items are passed over, even where nothing else is left.
        let items = text.split(',').filter(|item| !item.is_empty());
        items.map(|item| self.item(item)).try_fold((0, false), |(set, star), item| {
            let (values, is_star) = item?;
            Some((set | values, star || is_star))
        })
    }

    fn item(&self, text: &str) -> Option<(u64, bool)> {
        let (range, step) = match text.split_once('/') {
            Some((range, step)) => (range, Some(number(step)?)),
            None => (text, None),
        };
        let (low, high) = match range.split_once('-') {
            Some((low, high)) => (low, Some(high)),
            None => (range, None),
        };
        let is_star = matches!(low, "*" | "?");
        let (first, last) = match (is_star, high, step) {
            // What stands behind the hyphen of a star is not even looked at.
            (true, ..) => (self.least, self.most),
            (false, Some(high), _) => (self.value(low)?, self.value(high)?),
            (false, None, Some(_)) => (self.value(low)?, self.most),
            (false, None, None) => (self.value(low)?, self.value(low)?),
        };
        let step = step.unwrap_or(1);
        if first < self.least || last > self.most || first > last || step == 0 {
            return None;
        }
        let values = (first..=last).step_by(step as usize);
        Some((values.fold(0, |set, value| set | 1 << value), is_star && step == 1))
    }

    fn value(&self, text: &str) -> Option<u32> {
        let named = self.names.iter().position(|name| name.eq_ignore_ascii_case(text));
        named.map(|index| index as u32 + self.least).or_else(|| number(text))
    }
}

/// A number as Go reads it: a plus is allowed.
fn number(text: &str) -> Option<u32> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    // What no field can hold is as good as any other such number.
    is_number.then(|| digits.parse().unwrap_or(u32::MAX))
}

/// The whole seconds of a duration of Go, as `1h30m` or `-1.5h`.
fn go_seconds(text: &str) -> Option<i64> {
    const MOST: u128 = 1 << 63;
    let is_negative = text.starts_with('-');
    let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() {
        return None;
    }
    let mut nanos: u128 = 0;
    while !rest.is_empty() {
        let is_digit = |c: char| c == '.' || c.is_ascii_digit();
        let (value, after) = rest.split_at(rest.find(|c| !is_digit(c))?);
        let (unit, after) = after.split_at(after.find(is_digit).unwrap_or(after.len()));
        let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
        if whole.is_empty() && fraction.is_empty() || fraction.contains('.') {
            return None;
        }
        let unit = unit_nanos(unit)?;
        let whole: u128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
        // Digits below a nanosecond do not count.
        let fraction = fraction.bytes().take(15).fold((0, 1), |(digits, scale), digit| {
            (digits * 10 + u128::from(digit - b'0'), scale * 10)
        });
        nanos += whole.checked_mul(unit)? + fraction.0 * unit / fraction.1;
        if nanos > MOST {
            return None;
        }
        rest = after;
    }
    let seconds = (nanos / 1_000_000_000) as i64;
    (nanos < MOST || is_negative).then_some(if is_negative { -seconds } else { seconds })
}

fn unit_nanos(unit: &str) -> Option<u128> {
    Some(match unit {
        "ns" => 1,
        "us" | "\u{b5}s" | "\u{3bc}s" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    })
}

/// Whether the API server takes a name for a time zone: letter by letter as the database has it,
/// and not `Local`. `None` where there is no database to look into.
#[must_use]
pub fn is_time_zone(name: &str) -> Option<bool> {
    if tz::db().is_definitively_empty() {
        return None;
    }
    let is_part = |part: &str| {
        let is_usual = |byte: u8| byte.is_ascii_alphanumeric() || b"._-+".contains(&byte);
        (1..=14).contains(&part.len())
            && !matches!(part, "." | "..")
            && !part.starts_with('-')
            && part.bytes().all(is_usual)
    };
    let is_listed = || TimeZone::get(name).is_ok_and(|zone| zone.iana_name() == Some(name));
    Some(name.split('/').all(is_part) && !name.eq_ignore_ascii_case("Local") && is_listed())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What robfig/cron v3.0.1 does, and the API server with it.
    #[test]
    fn schedules_are_taken_as_the_api_server_takes_them() {
        for taken in [
            "* * * * *",
            "  0   0 * * *  ",
            "*/15 0-6/2,22 1,15 jan-MAR mon",
            "0 0 ? * ?",
            "5/15 * * * *",
            "*/100 * * * *",
            "*-3-9 * * * *",
            "+5 007 * * *",
            "1,,2 , * * *",
            "0 0 30 2 *",
            "@hourly",
            "@annually",
            "@every 1h30m",
            "@every -1.5h",
            "@every .5s1us",
            "@every 0",
        ] {
            assert!(Crontab::parse(taken).is_ok(), "{taken}");
        }
        for (refused, error) in [
            ("", CrontabError::Empty),
            ("1 * * *", CrontabError::Count(4)),
            ("0 0 0 * * *", CrontabError::Count(6)),
            (" @daily", CrontabError::Count(1)),
            ("@daily ", CrontabError::Macro),
            ("@reboot", CrontabError::Macro),
            ("@every", CrontabError::Macro),
            ("@every 5", CrontabError::Duration),
            ("@every 1d", CrontabError::Duration),
            ("@every ", CrontabError::Duration),
            ("@every 1.2.3s", CrontabError::Duration),
            ("@every 2562048h", CrontabError::Duration),
            ("CRON_TZ=UTC 0 0 * * *", CrontabError::Zone),
            ("60 * * * *", CrontabError::Field(1, FIELDS[0].name)),
            ("* 24 * * *", CrontabError::Field(2, FIELDS[1].name)),
            ("* * 0 * *", CrontabError::Field(3, FIELDS[2].name)),
            ("* * * 13 *", CrontabError::Field(4, FIELDS[3].name)),
            ("* * * * 7", CrontabError::Field(5, FIELDS[4].name)),
            ("* * * * monday", CrontabError::Field(5, FIELDS[4].name)),
            ("*/0 * * * *", CrontabError::Field(1, FIELDS[0].name)),
            ("5-1 * * * *", CrontabError::Field(1, FIELDS[0].name)),
            ("1-2-3 * * * *", CrontabError::Field(1, FIELDS[0].name)),
            ("1/2/3 * * * *", CrontabError::Field(1, FIELDS[0].name)),
            ("L * * * *", CrontabError::Field(1, FIELDS[0].name)),
        ] {
            assert_eq!(Crontab::parse(refused), Err(error), "{refused}");
        }
    }

    #[test]
    fn times_follow_one_another() {
        for (text, after, next) in [
            ("*/20 * * * *", "2026-01-01T00:20:00Z", "2026-01-01T00:40:00Z"),
            ("0 3 * * 1", "2026-01-01T00:00:00Z", "2026-01-05T03:00:00Z"),
            // Either of the two, where neither is a star.
            ("0 0 13 * 5", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"),
            ("0 0 */2 * 5", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"),
            ("0 0 29 2 *", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z"),
            ("@every 90m", "2026-01-01T00:00:00Z", "2026-01-01T01:30:00Z"),
        ] {
            let next_after =
                Crontab::parse(text).unwrap().next_after(after.parse().unwrap(), &TimeZone::UTC);
            assert_eq!(next_after, Some(next.parse().unwrap()), "{text}");
        }
        let never = Crontab::parse("0 0 30 2 *").unwrap();
        assert_eq!(never.next_after(Timestamp::UNIX_EPOCH, &TimeZone::UTC), None);
    }

    #[test]
    fn zones_are_compared_letter_by_letter() {
        for (name, expected) in [
            ("Europe/Paris", true),
            ("Etc/UTC", true),
            ("UTC", true),
            ("Etc/GMT+5", true),
            ("europe/paris", false),
            ("utc", false),
            ("Local", false),
            ("Mars/Olympus", false),
            ("../etc/passwd", false),
            ("", false),
        ] {
            assert_eq!(is_time_zone(name), Some(expected), "{name}");
        }
    }
}
