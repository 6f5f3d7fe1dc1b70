//! Moments as people write them: a date, a time, or how far away it is.

use jiff::{Span, Timestamp, tz::TimeZone};

use crate::api::expires_at;

/// A decision's end: a date or a time as it is, and `14d` from now.
pub(super) fn until(text: &str, now: Timestamp) -> Result<String, String> {
    if expires_at(text).is_ok() {
        return Ok(text.to_owned());
    }
    let end = away(text, now, 1).map_err(|()| not_read(text))?;
    Ok(end.to_string())
}

/// The moment since when something is new: `24h` ago, the beginning of a date, or a time.
pub(super) fn since(text: &str, now: Timestamp) -> Result<Timestamp, String> {
    let date = text.parse::<jiff::civil::Date>().ok().filter(|_| text.len() == "2027-01-31".len());
    let begin = date.and_then(|date| date.to_zoned(TimeZone::UTC).ok());
    if let Some(begin) = begin {
        return Ok(begin.timestamp());
    }
    text.parse().ok().map_or_else(|| away(text, now, -1).map_err(|()| not_read(text)), Ok)
}

/// Full seconds, for nobody means a part of one.
fn away(text: &str, now: Timestamp, sign: i64) -> Result<Timestamp, ()> {
    let span: Span = text.parse().map_err(drop)?;
    if !span.is_positive() {
        return Err(());
    }
    let moment = now.to_zoned(TimeZone::UTC).checked_add(span * sign).map_err(drop)?;
    Timestamp::from_second(moment.timestamp().as_second()).map_err(drop)
}

fn not_read(text: &str) -> String {
    format!(
        "`{text}` is no time; write a span such as 14d, 36h or 2w, a date such as 2027-01-31, or a \
         time such as 2027-01-31T18:00:00Z"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-21T18:00:00.5Z".parse().unwrap()
    }

    #[test]
    fn a_decision_ends_after_a_span_or_at_a_moment() {
        for (text, expected) in [
            ("14d", "2026-12-05T18:00:00Z"),
            ("36h", "2026-11-23T06:00:00Z"),
            ("2w", "2026-12-05T18:00:00Z"),
            ("1d12h", "2026-11-23T06:00:00Z"),
            ("2027-01-31", "2027-01-31"),
            ("2027-01-31T18:00:00+02:00", "2027-01-31T18:00:00+02:00"),
        ] {
            assert_eq!(until(text, now()).as_deref(), Ok(expected), "{text}");
        }
        for text in ["", "14", "soon", "-14d", "0d", "2027-02-30", "99999999y", "14 apples"] {
            assert!(until(text, now()).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_new_is_so_since_a_span_or_a_moment() {
        for (text, expected) in [
            ("24h", "2026-11-20T18:00:00Z"),
            ("7d", "2026-11-14T18:00:00Z"),
            ("2026-11-01", "2026-11-01T00:00:00Z"),
            ("2026-11-01T12:00:00Z", "2026-11-01T12:00:00Z"),
        ] {
            assert_eq!(since(text, now()).unwrap().to_string(), expected, "{text}");
        }
        assert!(since("yesterday", now()).is_err());
    }
}
