//! A baseline: the findings that a file lists, so that only others fail.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::api::{UntilError, expires_at};

use super::{Comparison, PastFinding, ScanReport};

const HEAD: &str = "\
# Findings that `holystone scan --baseline` knows: only others fail. Written by --write-baseline, which keeps the
# `reason` and the `until` (a date) that you add; after that date the finding fails again.
";
const VERSION: u32 = 1;

/// The findings that are known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    version: u32,
    findings: Vec<Known>,
}

/// A finding that is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    fingerprint: String,
    check: String,
    target: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<String>,
}

/// A file that is no baseline.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// It cannot be read.
    #[error("{0}")]
    Form(String),
    /// It was written by another version of Holystone.
    #[error("version {0} is not known; write it anew with --write-baseline")]
    Version(u32),
    /// An end that is none.
    #[error("{fingerprint}: {source}")]
    Until {
        /// The entry.
        fingerprint: String,
        /// What is wrong.
        source: UntilError,
    },
}

/// What of a baseline does not hold any more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outdated {
    /// Entries whose time is over: their findings fail.
    pub expired: Vec<PastFinding>,
    /// Entries of findings that are no more.
    pub stale: Vec<PastFinding>,
}

impl Baseline {
    /// Reads a file.
    pub fn parse(text: &str) -> Result<Self, BaselineError> {
        let baseline: Self = serde_saphyr::from_str(text).map_err(|error| {
            // The rest shows the text itself.
            let error = error.to_string();
            let first = error.lines().next().unwrap_or_default();
            BaselineError::Form(first.trim_start_matches("error: ").to_owned())
        })?;
        if baseline.version != VERSION {
            return Err(BaselineError::Version(baseline.version));
        }
        for Known { fingerprint, until, .. } in &baseline.findings {
            until.as_deref().map(expires_at).transpose().map_err(|source| {
                BaselineError::Until { fingerprint: fingerprint.clone(), source }
            })?;
        }
        Ok(baseline)
    }

    /// The findings of a report that are not exempt, with what `before` says of them.
    #[must_use]
    pub fn of(report: &ScanReport<'_>, before: Option<&Self>) -> Self {
        let before: HashMap<&str, &Known> = before.map(Self::by_fingerprint).unwrap_or_default();
        let open = report.findings.iter().filter(|finding| finding.exemption.is_none());
        let known = open.map(|finding| {
            let PastFinding { fingerprint, check, target } = finding.into();
            let before = before.get(&*fingerprint);
            Known {
                reason: before.and_then(|known| known.reason.clone()),
                until: before.and_then(|known| known.until.clone()),
                fingerprint,
                check,
                target,
            }
        });
        let mut findings: Vec<_> = known.collect();
        findings.sort_by(|a, b| a.fingerprint.cmp(&b.fingerprint));
        Self { version: VERSION, findings }
    }

    /// The file.
    pub fn to_yaml(&self) -> Result<String, serde_saphyr::SerializeError> {
        Ok(HEAD.to_owned() + &serde_saphyr::to_string(self)?)
    }

    fn by_fingerprint(&self) -> HashMap<&str, &Known> {
        self.findings.iter().map(|known| (&*known.fingerprint, known)).collect()
    }
}

impl ScanReport<'_> {
    /// The same, in which findings that a baseline lists are unchanged, and what of it does not hold
    /// any more.
    #[must_use]
    pub fn against_baseline(
        mut self,
        with: &str,
        baseline: &Baseline,
        now: Timestamp,
    ) -> (Self, Outdated) {
        let is_over = |known: &Known| {
            let end = known.until.as_deref().and_then(|until| expires_at(until).ok());
            end.is_some_and(|end| end <= now)
        };
        let found: HashSet<String> =
            self.findings.iter().map(|finding| finding.fingerprint).collect();
        let unknown: HashSet<(String, String)> =
            self.unknown.iter().map(|entry| (entry.check.into(), entry.target.title())).collect();
        let is_unknown =
            |known: &Known| unknown.contains(&(known.check.clone(), known.target.clone()));
        let (here, gone): (Vec<_>, Vec<_>) =
            baseline.findings.iter().partition(|known| found.contains(&known.fingerprint));
        let outdated = Outdated {
            expired: here.iter().filter(|known| is_over(known)).map(|known| past(known)).collect(),
            stale: gone
                .iter()
                .filter(|known| !is_unknown(known))
                .map(|known| past(known))
                .collect(),
        };
        let known = here.iter().filter(|known| !is_over(known));
        let known: HashSet<&str> = known.map(|known| &*known.fingerprint).collect();
        let lost = gone.len() - outdated.stale.len();
        self.compare(
            with,
            |finding| match known.contains(&*finding.fingerprint) {
                true => Comparison::Unchanged,
                false => Comparison::New,
            },
            outdated.stale.clone(),
            lost,
        );
        (self, outdated)
    }
}

fn past(known: &Known) -> PastFinding {
    let Known { fingerprint, check, target, .. } = known.clone();
    PastFinding { fingerprint, check, target }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{api::Severity, report::samples};

    fn report(names: &[&str]) -> ScanReport<'static> {
        let findings = names.iter().map(|name| samples::finding(name, "short", Severity::High, 1));
        samples::report(findings.collect())
    }

    fn at(time: &str) -> Timestamp {
        time.parse().unwrap()
    }

    #[test]
    fn what_a_baseline_lists_does_not_fail() {
        let baseline = Baseline::of(&report(&["b", "a"]), None);
        let read = Baseline::parse(&baseline.to_yaml().unwrap()).unwrap();
        assert_eq!(read, baseline);
        assert_eq!(baseline.findings[0].target, "Deployment shop/a");
        let now = at("2026-11-21T00:00:00Z");
        let (same, outdated) = report(&["a", "b"]).against_baseline("x", &baseline, now);
        assert!(!same.reaches(Severity::Info));
        assert_eq!(outdated, Outdated::default());
        let (more, outdated) = report(&["a", "c"]).against_baseline("x", &baseline, now);
        assert!(more.reaches(Severity::High));
        assert_eq!(outdated.stale[0].target, "Deployment shop/b");
    }

    #[test]
    fn an_entry_ends_and_its_finding_fails_again() {
        let mut baseline = Baseline::of(&report(&["a"]), None);
        baseline.findings[0].until = Some("2026-11-20".to_owned());
        baseline.findings[0].reason = Some("SEC-12".to_owned());
        let day = |time| report(&["a"]).against_baseline("x", &baseline, at(time));
        assert!(!day("2026-11-20T23:59:59Z").0.reaches(Severity::High));
        let (report, outdated) = day("2026-11-21T00:00:00Z");
        assert!(report.reaches(Severity::High));
        assert_eq!(outdated.expired.len(), 1);
        let again = Baseline::of(&report, Some(&baseline));
        assert_eq!(again, baseline, "reasons and ends are kept");
    }

    #[test]
    fn what_is_no_baseline_is_refused() {
        for (text, says) in [
            ("version: 2\nfindings: []\n", "version 2 is not known"),
            (
                "version: 1\nfindings: [{fingerprint: a, check: b, target: c, untill: x}]\n",
                "untill",
            ),
            (
                "version: 1\nfindings: [{fingerprint: a, check: b, target: c, until: x}]\n",
                "a: `x` is neither",
            ),
            ("[]", ""),
        ] {
            let error = Baseline::parse(text).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}
