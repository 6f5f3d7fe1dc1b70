//! One number for how things stand.

use crate::{api::Severity, model::Kind};

use super::{Rules, Verdicts};

/// Pairs of object and check that were answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Score {
    /// Those that pass.
    pub passed: u64,
    /// Findings of medium and low severity.
    pub mild: u64,
    /// Findings of critical and high severity.
    pub severe: u64,
}

impl Score {
    /// Counts a finding.
    pub fn add(&mut self, severity: Severity) {
        match severity {
            Severity::Critical | Severity::High => self.severe += 1,
            Severity::Medium | Severity::Low => self.mild += 1,
            Severity::Info => {}
        }
    }

    /// `floor(100 · 2S / (2S + W + 2D))`: severe findings weigh twice; none where nothing was
    /// judged.
    #[must_use]
    pub fn percent(self) -> Option<u32> {
        let Self { passed, mild, severe } = self;
        let percent = (200 * passed).checked_div(2 * passed + mild + 2 * severe)?;
        u32::try_from(percent).ok()
    }
}

impl Rules {
    /// Counts what the checks of a policy answered about one object, those below its floor too; the
    /// answer is how many these are.
    pub fn count(
        &self,
        policy: usize,
        kind: Kind,
        verdicts: [&Verdicts; 3],
        score: &mut Score,
    ) -> u32 {
        let floor = self.policies()[policy].floor;
        let mut below = 0;
        for (index, evaluation) in self.evaluations(kind).iter().enumerate() {
            if !evaluation.enabled_by.contains(policy) {
                continue;
            }
            let verdicts = verdicts[evaluation.part() as usize];
            if verdicts.passed(index as u16) {
                score.passed += 1;
            } else if let Some(finding) = verdicts.finding(index as u16) {
                let severity = evaluation.severity(policy, finding);
                below += u32::from(severity > floor);
                score.add(severity);
            }
        }
        below
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_score_weighs_severe_findings_twice() {
        let percent = |passed, mild, severe| Score { passed, mild, severe }.percent();
        assert_eq!(percent(0, 0, 0), None);
        assert_eq!(percent(10, 0, 0), Some(100));
        assert_eq!(percent(0, 1, 1), Some(0));
        assert_eq!(percent(5, 10, 0), Some(50));
        assert_eq!(percent(5, 0, 5), Some(50));
        assert_eq!(percent(2, 0, 1), Some(66));
    }
}
