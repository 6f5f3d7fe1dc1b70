//! What each check answered, counted.

use std::{borrow::Cow, cmp::Reverse, collections::BTreeMap};

use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    api::limits,
    checks::ALL,
    engine::{AnyCheck, Report},
    items::clean,
};

/// How many objects a check passes, fails, and could not judge.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CheckAnswers {
    /// The check.
    pub check: Cow<'static, str>,
    /// Objects that are as they should be.
    pub passed: usize,
    /// Objects with a finding.
    pub failed: usize,
    /// Objects that could not be judged.
    pub unknown: usize,
    /// Why they could not, the most frequent reason first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
}

/// Why objects could not be judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Reason {
    /// The reason.
    pub reason: String,
    /// How many objects it holds for.
    pub objects: usize,
}

/// The answers of every check that looked at an object, in the order of the catalogue; custom ones
/// last.
pub(super) fn answers(report: &Report) -> Vec<CheckAnswers> {
    let count = |(check, passed): (&'_ AnyCheck, &usize)| {
        let answers =
            CheckAnswers { check: check.into(), passed: *passed, ..CheckAnswers::default() };
        (check.clone(), answers)
    };
    let mut answers: BTreeMap<_, _> = report.passed.iter().map(count).collect();
    for found in &report.findings {
        answers.entry(found.wanted.check.clone()).or_default().failed += 1;
    }
    let mut reasons: BTreeMap<(&AnyCheck, &str), usize> = BTreeMap::new();
    for unjudged in &report.unknown {
        *reasons.entry((&unjudged.check, &unjudged.reason)).or_default() += 1;
    }
    for ((check, reason), objects) in reasons {
        if let Some(answers) = answers.get_mut(check) {
            answers.unknown += objects;
            answers.reasons.push(Reason { reason: clean(reason, limits::MESSAGE), objects });
        }
    }
    let mut answers: Vec<_> = answers.into_values().collect();
    for answer in &mut answers {
        answer.reasons.sort_by_key(|reason| Reverse(reason.objects));
    }
    let position = |id: &str| ALL.iter().position(|check| check.id == id);
    answers.sort_by_key(|answer| position(&answer.check).unwrap_or(ALL.len()));
    answers
}
