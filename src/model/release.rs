//! The minor releases of Kubernetes, and how long each is maintained.

use std::{fmt, str::FromStr};

use jiff::civil::{Date, date};
use schemars::JsonSchema;
use serde::Deserialize;

/// A minor release of Kubernetes 1.x.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Release {
    /// The minor version.
    pub minor: u16,
    /// The day of its first release.
    pub released: Date,
    /// The last day on which it gets fixes.
    pub end_of_life: Date,
}

/// From `data/releases/{eol,schedule}.yaml` of kubernetes/website, and
/// <https://kubernetes.io/releases/>, in November 2026.
const RELEASES: &[Release] = &[
    release(25, date(2022, 8, 23), date(2023, 10, 28)),
    release(26, date(2022, 12, 9), date(2024, 2, 28)),
    release(27, date(2023, 4, 11), date(2024, 7, 16)),
    release(28, date(2023, 8, 15), date(2024, 10, 22)),
    release(29, date(2023, 12, 13), date(2025, 2, 28)),
    release(30, date(2024, 4, 17), date(2025, 7, 15)),
    release(31, date(2024, 8, 13), date(2025, 11, 11)),
    release(32, date(2024, 12, 11), date(2026, 2, 28)),
    release(33, date(2025, 4, 23), date(2026, 6, 28)),
    release(34, date(2025, 8, 27), date(2026, 10, 27)),
    release(35, date(2025, 12, 17), date(2027, 2, 28)),
    release(36, date(2026, 4, 22), date(2027, 6, 28)),
    release(37, date(2026, 8, 26), date(2027, 10, 28)),
];

const fn release(minor: u16, released: Date, end_of_life: Date) -> Release {
    Release { minor, released, end_of_life }
}

impl Release {
    /// The releases that are known, oldest first, without a gap.
    #[must_use]
    pub const fn all() -> &'static [Self] {
        RELEASES
    }

    /// A release by its minor version; `None` for one that is older or newer than what is known.
    #[must_use]
    pub fn find(minor: u16) -> Option<&'static Self> {
        RELEASES.iter().find(|release| release.minor == minor)
    }

    /// The oldest release that is maintained on a day, as far as known.
    #[must_use]
    pub fn oldest_maintained(day: Date) -> Option<&'static Self> {
        RELEASES.iter().find(|release| release.end_of_life >= day)
    }
}

/// A minor version of Kubernetes, written as `1.36`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct MinorVersion(pub u16);

/// A text that is not a version of Kubernetes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("give a version such as 1.36")]
pub struct NoMinorVersion;

impl FromStr for MinorVersion {
    type Err = NoMinorVersion;

    fn from_str(text: &str) -> Result<Self, NoMinorVersion> {
        let numbers = text.trim_start_matches('v').split('.').collect::<Vec<_>>();
        match numbers.as_slice() {
            ["1", minor] | ["1", minor, _] => minor.parse().map(Self).map_err(|_| NoMinorVersion),
            _ => Err(NoMinorVersion),
        }
    }
}

impl TryFrom<String> for MinorVersion {
    type Error = NoMinorVersion;

    fn try_from(text: String) -> Result<Self, NoMinorVersion> {
        text.parse()
    }
}

impl fmt::Display for MinorVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "1.{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_follow_each_other() {
        for pair in Release::all().windows(2) {
            assert_eq!(pair[0].minor + 1, pair[1].minor);
            assert!(pair[0].released < pair[1].released);
            assert!(pair[0].end_of_life < pair[1].end_of_life);
        }
        assert!(Release::all().iter().all(|release| {
            let months = (release.end_of_life - release.released).get_days() / 30;
            (13..=15).contains(&months)
        }));
    }

    #[test]
    fn a_release_is_maintained_through_its_last_day() {
        let oldest = |day| Release::oldest_maintained(day).map(|release| release.minor);
        assert_eq!(oldest(date(2026, 10, 27)), Some(34));
        assert_eq!(oldest(date(2026, 10, 28)), Some(35));
        assert_eq!(oldest(date(2030, 1, 1)), None);
    }

    #[test]
    fn versions_are_read_as_people_write_them() {
        for text in ["1.36", "v1.36", "1.36.2"] {
            assert_eq!(text.parse(), Ok(MinorVersion(36)), "{text}");
        }
        for text in ["", "36", "1", "2.0", "1.x", "1.36.2.1"] {
            assert_eq!(text.parse::<MinorVersion>(), Err(NoMinorVersion), "{text}");
        }
    }
}
