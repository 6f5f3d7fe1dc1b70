//! Parts of moments and of spans of time.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::Overload;
use crate::cel::error::EvaluateError;
use crate::cel::value::{Outcome, Timestamp, Value};

/// A part of a moment: in UTC, or in the zone that is named.
macro_rules! part {
    ($name:literal, $id:literal, $body:expr) => {
        [
            Overload::member(
                $name,
                concat!("timestamp_to_", $id),
                "timestamp -> int",
                |arguments| part(arguments, $body),
            ),
            Overload::member(
                $name,
                concat!("timestamp_to_", $id, "_with_tz"),
                "timestamp, string -> int",
                |arguments| part(arguments, $body),
            ),
        ]
    };
}

/// A span in whole units.
macro_rules! whole {
    ($name:literal, $id:literal, $nanos:literal) => {
        Overload::member($name, $id, "duration -> int", |arguments| match arguments {
            [Value::Duration(span)] => Ok((span.0 / $nanos).into()),
            _ => Err(EvaluateError::NO_SUCH_OVERLOAD),
        })
    };
}

pub(super) const PARTS: &[&[Overload]] = &[
    &part!("getFullYear", "year", |clock| clock.year().into()),
    &part!("getMonth", "month", |clock| i64::from(clock.month()) - 1),
    &part!("getDayOfYear", "day_of_year", |clock| i64::from(clock.day_of_year()) - 1),
    &part!("getDayOfMonth", "day_of_month", |clock| i64::from(clock.day()) - 1),
    &part!("getDate", "day_of_month_1_based", |clock| clock.day().into()),
    &part!("getDayOfWeek", "day_of_week", |clock| {
        i64::from(clock.weekday().to_sunday_zero_offset())
    }),
    &part!("getHours", "hours_tz", |clock| clock.hour().into()),
    &part!("getMinutes", "minutes", |clock| clock.minute().into()),
    &part!("getSeconds", "seconds", |clock| clock.second().into()),
    &part!("getMilliseconds", "milliseconds", |clock| clock.millisecond().into()),
    &[
        whole!("getHours", "duration_to_hours", 3_600_000_000_000),
        whole!("getMinutes", "duration_to_minutes", 60_000_000_000),
        whole!("getSeconds", "duration_to_seconds", 1_000_000_000),
        whole!("getMilliseconds", "duration_to_milliseconds", 1_000_000),
    ],
];

fn part<'a>(arguments: &[Value<'a>], of: fn(DateTime) -> i64) -> Outcome<'a> {
    let (moment, offset) = match arguments {
        [Value::Timestamp(moment)] => (moment, 0),
        [Value::Timestamp(moment), zone] => (moment, offset(*moment, zone.as_text()?)?),
        _ => return Err(EvaluateError::NO_SUCH_OVERLOAD),
    };
    Ok(of(moment.civil(offset)).into())
}

/// How many seconds east of UTC a zone is at a moment: `Europe/Berlin`, `-08:00`.
fn offset(moment: Timestamp, zone: &str) -> Result<i32, EvaluateError> {
    if let Some((hours, minutes)) = zone.split_once(':') {
        let number = |text: &str| {
            let wrong = || format!("strconv.Atoi: parsing \"{text}\": invalid syntax");
            text.parse::<i32>().map_err(|_| EvaluateError::failed(wrong()))
        };
        let (hours, minutes) = (number(hours)?, number(minutes)?);
        let minutes = if zone.starts_with('-') { -minutes } else { minutes };
        return Ok(hours.saturating_mul(3600).saturating_add(minutes.saturating_mul(60)));
    }
    if matches!(zone, "" | "UTC") {
        return Ok(0);
    }
    let unknown = || EvaluateError::failed(format!("unknown time zone {zone}"));
    let found = TimeZone::get(zone).map_err(|_| unknown())?;
    let instant = jiff::Timestamp::new(moment.seconds(), 0).unwrap_or(jiff::Timestamp::MAX);
    Ok(found.to_offset(instant).seconds())
}
