//! Moments as people write them: a date, a time, or how far away it is.

use jiff::{Span, Timestamp, tz::TimeZone};

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
