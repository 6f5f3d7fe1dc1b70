//! When an exemption ends.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use thiserror::Error;

/// A text that is neither a date nor a time.
#[derive(Debug, Error)]
#[error("`{text}` is neither a date such as 2027-01-31 nor a time such as 2027-01-31T18:00:00Z")]
pub struct UntilError {
    text: String,
    #[source]
    source: jiff::Error,
}

/// The moment at which an exemption with that `until` ends.
///
/// A date counts through its last second, UTC.
pub fn expires_at(until: &str) -> Result<Timestamp, UntilError> {
    let end = if until.len() == "2027-01-31".len() {
        until.parse::<Date>().map(end_of)
    } else {
        until.parse::<Timestamp>()
    };
    end.map_err(|source| UntilError { text: until.to_owned(), source })
}

/// Midnight after the date, or the last moment there is.
fn end_of(date: Date) -> Timestamp {
    let midnight = date.tomorrow().and_then(|next| next.to_zoned(TimeZone::UTC));
    midnight.map_or(Timestamp::MAX, |midnight| midnight.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(until: &str) -> String {
        expires_at(until).unwrap().to_string()
    }

    #[test]
    fn a_date_counts_through_its_end() {
        assert_eq!(end("2027-01-31"), "2027-02-01T00:00:00Z");
        assert_eq!(end("2028-02-29"), "2028-03-01T00:00:00Z");
    }

    #[test]
    fn a_time_is_taken_as_it_is() {
        assert_eq!(end("2027-01-31T18:00:00Z"), "2027-01-31T18:00:00Z");
        assert_eq!(end("2027-01-31T18:00:00+02:00"), "2027-01-31T16:00:00Z");
    }

    #[test]
    fn the_last_date_means_for_ever() {
        assert_eq!(expires_at("9999-12-31").unwrap(), Timestamp::MAX);
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "tomorrow", "2027-02-30", "2027/01/31", "2027-01-31T18:00:00", "31.1.2027"]
        {
            let error = expires_at(text).unwrap_err();
            assert!(error.to_string().starts_with(&format!("`{text}` is neither")), "{error}");
        }
    }
}
