//! What the checks of a kind answered about one object, kept small.

use std::{borrow::Cow, sync::Arc};

use crate::checks::{Finding, Verdict};

use super::shared::Shared;

/// The answers by the evaluation's position in [`super::Rules::evaluations`]; what is neither
/// passed, failed nor unknown does not apply.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Verdicts {
    passed: Box<[u64]>,
    failed: Box<[(u16, Arc<Finding>)]>,
    unknown: Box<[(u16, Cow<'static, str>)]>,
}

impl FromIterator<(u16, Verdict)> for Verdicts {
    fn from_iter<I: IntoIterator<Item = (u16, Verdict)>>(answers: I) -> Self {
        let (mut passed, mut failed, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
        for (position, verdict) in answers {
            match verdict {
                Verdict::Pass => {
                    let word = usize::from(position / 64);
                    if passed.len() <= word {
                        passed.resize(word + 1, 0);
                    }
                    passed[word] |= 1 << (position % 64);
                }
                Verdict::Fail(finding) => failed.push((position, Arc::new(finding))),
                Verdict::Unknown(reason) => unknown.push((position, reason)),
                Verdict::NotApplicable => {}
            }
        }
        Self { passed: passed.into(), failed: failed.into(), unknown: unknown.into() }
    }
}

impl Verdicts {
    /// The same answers; findings that others have too are kept once.
    pub(super) fn sharing(mut self, findings: &mut Shared<Finding>) -> Self {
        for (_, finding) in &mut self.failed {
            *finding = findings.share(Arc::clone(finding));
        }
        self
    }

    /// Whether an evaluation passed.
    #[must_use]
    pub fn passed(&self, position: u16) -> bool {
        let word = self.passed.get(usize::from(position / 64)).copied().unwrap_or_default();
        word & (1 << (position % 64)) != 0
    }

    /// The finding of an evaluation.
    #[must_use]
    pub fn finding(&self, position: u16) -> Option<&Finding> {
        let index = self.failed.binary_search_by_key(&position, |(known, _)| *known).ok()?;
        Some(&self.failed[index].1)
    }

    /// Why an evaluation cannot know.
    #[must_use]
    pub fn unknown(&self, position: u16) -> Option<&str> {
        self.unknown.iter().find(|(known, _)| *known == position).map(|(_, reason)| &**reason)
    }

    /// The positions that failed.
    pub fn failed(&self) -> impl Iterator<Item = u16> {
        self.failed.iter().map(|(position, _)| *position)
    }

    /// The positions that cannot be known, and why.
    pub fn unknowns(&self) -> impl Iterator<Item = (u16, &str)> {
        self.unknown.iter().map(|(position, reason)| (*position, &**reason))
    }
}
