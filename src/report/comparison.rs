//! Only what is new: findings held against those of another time.

use std::{borrow::Cow, collections::HashSet};

use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    api::{ActionItem, State},
    engine::{Report, Target},
};

use super::scan::{ScanFinding, ScanReport, TargetName, target};

/// How a finding compares with another time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Comparison {
    /// It was not there.
    New,
    /// It was there.
    Unchanged,
    /// Nobody knows whether it was there: the object could not be read or judged then.
    Incomparable,
}

/// What a report is held against, and what is no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Compared {
    /// A baseline file, or a commit.
    pub with: String,
    /// How many findings are new.
    pub new: usize,
    /// How many are not.
    pub unchanged: usize,
    /// Of how many nobody knows, now or then.
    pub incomparable: usize,
    /// Findings that were there, and are fixed.
    pub fixed: Vec<PastFinding>,
}

/// A finding of another time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "as in a finding")]
pub struct PastFinding {
    pub fingerprint: String,
    pub check: String,
    /// Kind, namespace and name.
    pub target: String,
}

impl From<ScanFinding> for PastFinding {
    fn from(finding: ScanFinding) -> Self {
        Self {
            fingerprint: finding.fingerprint,
            check: finding.check.to_string(),
            target: finding.target.title(),
        }
    }
}

impl ScanReport<'_> {
    /// Marks each finding by whether `comparison` says that it was there, and counts.
    pub(super) fn compare(
        &mut self,
        with: &str,
        comparison: impl Fn(&ScanFinding) -> Comparison,
        fixed: Vec<PastFinding>,
        lost: usize,
    ) {
        let mut compared =
            Compared { with: with.to_owned(), new: 0, unchanged: 0, incomparable: lost, fixed };
        let found: Vec<_> = self.findings.iter().map(|finding| comparison(&finding)).collect();
        for comparison in &found {
            match comparison {
                Comparison::New => compared.new += 1,
                Comparison::Unchanged => compared.unchanged += 1,
                Comparison::Incomparable => compared.incomparable += 1,
            }
        }
        self.findings.compare(found);
        self.compared = Some(compared);
        self.count();
    }

    /// The same, held against what was found at another time. What could not be read or judged on
    /// one side is neither new nor fixed.
    #[must_use]
    pub fn against_past(mut self, with: &str, past: &ScanReport<'_>) -> Self {
        let (then, now) = (Unknown::of(past), Unknown::of(&self));
        let (known, present) = (fingerprints(past), fingerprints(&self));
        let gone = past.findings.iter().filter(|old| !present.contains(&old.fingerprint));
        let (lost, fixed): (Vec<_>, Vec<_>) = gone.partition(|old| now.covers(old));
        let (lost, fixed) = (lost.len(), fixed.into_iter().map(PastFinding::from).collect());
        let comparison = |finding: &ScanFinding| match known.contains(&finding.fingerprint) {
            true => Comparison::Unchanged,
            false if then.covers(finding) => Comparison::Incomparable,
            false => Comparison::New,
        };
        self.compare(with, comparison, fixed, lost);
        self
    }
}

impl ScanReport<'_> {
    /// The same, held against the items of a cluster. What one stands for is known, even if it is exempt
    /// there; open ones whose object was judged and passes would be fixed. `judged` is what this report
    /// was made from.
    #[must_use]
    pub fn against_items(mut self, with: &str, items: &[ActionItem], judged: &Report) -> Self {
        let is_in = |item: &&ActionItem, states: &[State]| {
            let status = item.status.as_ref();
            status.and_then(|status| status.state).is_some_and(|state| states.contains(&state))
        };
        let known =
            items.iter().filter(|item| is_in(item, &[State::Open, State::Pending, State::Exempt]));
        let known: HashSet<&str> = known.filter_map(|item| item.metadata.name.as_deref()).collect();
        let passed: HashSet<(&str, &Target)> = judged
            .passes
            .iter()
            .flat_map(|(check, targets)| targets.iter().map(move |at| (check.id(), *at as usize)))
            .filter_map(|(check, at)| Some((check, &*judged.targets.get(at)?.0)))
            .collect();
        let fixed = items.iter().filter(|item| is_in(item, &[State::Open])).filter(|item| {
            passed.contains(&(item.spec.check.as_str(), &Target::from(&item.spec.target)))
        });
        let mut fixed: Vec<PastFinding> = fixed
            .map(|item| PastFinding {
                fingerprint: item.metadata.name.clone().unwrap_or_default(),
                check: item.spec.check.clone(),
                target: target(&Target::from(&item.spec.target)).title(),
            })
            .collect();
        fixed.sort();
        let comparison = |finding: &ScanFinding| match known.contains(&*finding.fingerprint) {
            true => Comparison::Unchanged,
            false => Comparison::New,
        };
        self.compare(with, comparison, fixed, 0);
        self
    }
}

fn fingerprints(report: &ScanReport<'_>) -> HashSet<String> {
    report.findings.iter().map(|finding| finding.fingerprint).collect()
}

/// What nobody knows of one side.
struct Unknown {
    files: HashSet<String>,
    checks: HashSet<(Cow<'static, str>, TargetName)>,
}

impl Unknown {
    fn of(report: &ScanReport<'_>) -> Self {
        let checks = report.unknown.iter().map(|unknown| (unknown.check, unknown.target));
        Self {
            files: report.problems.iter().map(|problem| problem.file.clone()).collect(),
            checks: checks.collect(),
        }
    }

    fn covers(&self, finding: &ScanFinding) -> bool {
        self.files.contains(&finding.file)
            || self.checks.contains(&(finding.check.clone(), finding.target.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        api::Severity,
        report::{UnknownCheck, samples},
    };

    fn side(names: &[&str]) -> ScanReport<'static> {
        let findings = names.iter().map(|name| samples::finding(name, "short", Severity::High, 1));
        let mut report = samples::report(findings.collect());
        report.problems.clear();
        report
    }

    fn marks(report: &ScanReport<'_>) -> Vec<Option<Comparison>> {
        report.findings.iter().map(|finding| finding.comparison).collect()
    }

    #[test]
    fn findings_are_new_unchanged_or_fixed() {
        let report = side(&["a", "b"]).against_past("main", &side(&["b", "c"]));
        assert_eq!(marks(&report), [Some(Comparison::New), Some(Comparison::Unchanged)]);
        let compared = report.compared.as_ref().unwrap();
        assert_eq!((compared.new, compared.unchanged, compared.incomparable), (1, 1, 0));
        assert_eq!(compared.fixed[0].target, "Deployment shop/c");
        assert_eq!(report.summary.open.high, 1);
        assert!(report.reaches(Severity::High));
        let same = side(&["a"]).against_past("main", &side(&["a"]));
        assert!(!same.reaches(Severity::Info));
    }

    #[test]
    fn what_could_not_be_judged_is_neither_new_nor_fixed() {
        let mut past = side(&["b"]);
        let unknown = UnknownCheck {
            check: "short".into(),
            target: samples::target("a"),
            reason: "why".into(),
            file: "web.yaml".into(),
            line: 1,
        };
        past.unknown = vec![unknown].into();
        let report = side(&["a"]).against_past("main", &past);
        assert_eq!(marks(&report), [Some(Comparison::Incomparable)]);
        assert!(report.reaches(Severity::High), "nobody knows that it is old");

        let mut now = side(&[]);
        now.problems = samples::report(Vec::new()).problems;
        now.problems[0].file = "web.yaml".into();
        let report = now.against_past("main", &side(&["b"]));
        let compared = report.compared.unwrap();
        assert_eq!((compared.fixed.len(), compared.incomparable), (0, 1));
    }
}
