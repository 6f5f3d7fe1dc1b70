//! Judges a set of objects at once: what `scan` does, and what the live set is held against.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::Timestamp;

use crate::{checks::Source, model::Object};

use super::{
    About, Acceptance, AnyCheck, Circumstances, Judge, Marks, Rules, Scan, Score, Standing, Target,
    Verdicts, Wanted, accept, among::Asked,
};

/// A finding and the object that it was found in.
#[derive(Clone, Debug, PartialEq)]
pub struct Located {
    /// The object that it is reported on.
    pub target: Target,
    /// Position of the object that was judged, in the input.
    pub position: usize,
    /// The finding.
    pub wanted: Wanted,
}

/// A check that could not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unjudged {
    /// The check.
    pub check: AnyCheck,
    /// The object that it is about.
    pub target: Target,
    /// Position of the object that was judged, in the input.
    pub position: usize,
    /// Why it cannot be known.
    pub reason: String,
}

/// What a set of objects is found to be.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// Sorted by target and check.
    pub findings: Vec<Located>,
    /// Sorted by target and check.
    pub unknown: Vec<Unjudged>,
    /// How many objects were judged.
    pub objects: usize,
    /// What was reported on, sorted, each with the position of the first object judged for it.
    pub targets: Vec<(Target, usize)>,
    /// Of which [`Report::targets`] each check said that they are as they should be. A check that
    /// looked at objects is here, even if its question did not arise for any of them.
    pub passed: BTreeMap<AnyCheck, Vec<u32>>,
    /// The workloads that were judged, sorted.
    pub workloads: Vec<Target>,
    /// How each policy's checks were answered, by the policy's name.
    pub scores: Vec<(Arc<str>, Score)>,
}

impl Report {
    /// Which findings are accepted, in their order. `marks` knows what is written on an object by its
    /// position in the input, and `respected` are the tools whose annotations count as ours do.
    #[must_use]
    pub fn accept<'a>(
        &self,
        rules: &Rules,
        marks: impl Fn(usize) -> &'a Marks,
        respected: &[Source],
        now: Timestamp,
    ) -> Vec<Acceptance> {
        let circumstances = Circumstances { decision: None, known: None, respected, now };
        let accept = |Located { target, position, wanted }: &Located| {
            accept(rules, wanted, About::of(target, marks(*position)), &circumstances)
        };
        self.findings.iter().map(accept).collect()
    }
}

/// Judges objects. With `complete` they are a whole cluster, and absence proves something.
#[must_use]
pub fn evaluate(rules: &Rules, objects: &[Object], complete: bool, now: Timestamp) -> Report {
    let mut judge = Judge::new(rules, now);
    let mut scan = Scan::new(rules, complete, now);
    for object in objects {
        scan.take(judge.judge(object));
    }
    scan.finish()
}

fn checks_of<'a>(rules: &'a Rules, subjects: &[Asked<'_>]) -> BTreeSet<&'a AnyCheck> {
    let evaluations = subjects.iter().flat_map(|subject| rules.evaluations(subject.kind()));
    evaluations.map(|evaluation| &evaluation.check).collect()
}

impl Report {
    /// A report on a number of objects, of which none was added yet.
    pub(super) fn new(rules: &Rules, objects: usize) -> Self {
        let names = rules.policies().iter().map(|policy| Arc::clone(&policy.name));
        let scores = names.map(|name| (name, Score::default())).collect();
        Self { objects, scores, ..Self::default() }
    }

    /// Adds what was found of a target, on whose behalf these objects were judged; targets come in
    /// their order.
    pub(super) fn add_target(&mut self, rules: &Rules, subjects: &[Asked<'_>]) {
        let Some(first) = subjects.first() else { return };
        self.targets.push((first.target.clone(), first.position));
        if subjects.iter().any(|subject| subject.kind().is_workload()) {
            self.workloads.push(first.target.clone());
        }
        for subject in subjects {
            self.count(rules, subject);
        }
        let checks = match subjects {
            [only] if rules.asks_plainly(only.kind(), only.selecting) => {
                self.add_plainly(rules, only)
            }
            _ => checks_of(rules, subjects),
        };
        for check in checks {
            self.add(rules, check, subjects);
        }
    }

    fn count(&mut self, rules: &Rules, subject: &Asked<'_>) {
        for policy in subject.selecting.iter() {
            let score = &mut self.scores[policy].1;
            rules.count(policy, subject.kind(), subject.verdicts(), score);
        }
    }

    /// Counts what passes; the answer is the checks that are left, because they do not.
    fn add_plainly<'a>(&mut self, rules: &'a Rules, subject: &Asked<'_>) -> BTreeSet<&'a AnyCheck> {
        let evaluations = rules.evaluations(subject.kind());
        let verdicts = subject.verdicts();
        let last = self.targets.len().saturating_sub(1) as u32;
        for (position, evaluation) in evaluations.iter().enumerate() {
            let passed = verdicts[evaluation.part() as usize].passed(position as u16);
            let known = self.passed.entry(evaluation.check.clone()).or_default();
            known.extend(passed.then_some(last));
        }
        let failed = verdicts.into_iter().flat_map(Verdicts::failed);
        let unknown = verdicts.into_iter().flat_map(Verdicts::unknowns);
        let left = failed.chain(unknown.map(|(position, _)| position));
        left.map(|position| &evaluations[usize::from(position)].check).collect()
    }

    fn add(&mut self, rules: &Rules, check: &AnyCheck, subjects: &[Asked<'_>]) {
        let standing = |subject: &Asked<'_>| {
            rules.standing(subject.kind(), check.id(), subject.selecting, subject.verdicts())
        };
        let is_met = |subject: &Asked<'_>| {
            rules.passes(subject.kind(), check.id(), subject.selecting, subject.verdicts())
        };
        let standings: Vec<Standing> = subjects.iter().map(standing).collect();
        let is_wanted = |standing: &Standing| matches!(standing, Standing::Wanted(_));
        let shown = &subjects[standings.iter().position(is_wanted).unwrap_or_default()];
        let (target, position) = (shown.target.clone(), shown.position);
        let passed = match Standing::joined(standings) {
            Standing::Wanted(wanted) => {
                self.findings.push(Located { target, position, wanted: *wanted });
                false
            }
            Standing::Unknown(reason) => {
                let check = check.clone();
                self.unknown.push(Unjudged { check, target, position, reason });
                false
            }
            Standing::Clean => subjects.iter().any(is_met),
            Standing::OutOfScope | Standing::NotAsked => return,
        };
        let last = self.targets.len().saturating_sub(1) as u32;
        self.passed.entry(check.clone()).or_default().extend(passed.then_some(last));
    }
}
