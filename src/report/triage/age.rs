//! How long ago, or how far ahead, in the words of kubectl.

use jiff::Timestamp;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const YEAR: i64 = 365 * DAY;

/// `42s`, `5m`, `3h`, `12d`, `2y`: as exact as anybody wants to know.
fn span(seconds: i64) -> String {
    match seconds.max(0) {
        seconds if seconds < 2 * MINUTE => format!("{seconds}s"),
        seconds if seconds < 3 * HOUR => format!("{}m", seconds / MINUTE),
        seconds if seconds < 2 * DAY => format!("{}h", seconds / HOUR),
        seconds if seconds < 2 * YEAR => format!("{}d", seconds / DAY),
        seconds => format!("{}y", seconds / YEAR),
    }
}

/// How old something is.
pub(super) fn age(since: Timestamp, now: Timestamp) -> String {
    span(now.as_second() - since.as_second())
}

/// A moment, and how far it is from now.
pub(super) fn moment(moment: Timestamp, now: Timestamp) -> String {
    if moment > now {
        format!("{moment} (in {})", age(now, moment))
    } else {
        format!("{moment} ({} ago)", age(moment, now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_those_of_kubectl() {
        let spans = [0, 119, 120, 10_799, 10_800, 172_799, 172_800, 63_071_999, 63_072_000];
        let told = spans.map(span);
        assert_eq!(told, ["0s", "119s", "2m", "179m", "3h", "47h", "2d", "729d", "2y"]);
        assert_eq!(span(-5), "0s", "clocks differ");
    }

    #[test]
    fn moments_are_told_from_now() {
        let [first, second] =
            ["2026-11-21T18:00:00Z", "2026-11-24T18:00:00Z"].map(|text| text.parse().unwrap());
        assert_eq!(moment(first, second), "2026-11-21T18:00:00Z (3d ago)");
        assert_eq!(moment(second, first), "2026-11-24T18:00:00Z (in 3d)");
    }
}
