//! Puts together what was found, target by target.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    mem, ptr, slice,
    sync::Arc,
};

use crate::model::Kind;

use super::{
    AnyCheck, Located, Part, PolicySet, Report, Rules, Score, Standing, Target, Unjudged, Verdicts,
    Wanted, among::Asked,
};

/// Puts together a report.
pub(super) struct Collector<'a> {
    rules: &'a Rules,
    report: Report,
    keeps_passes: bool,
    /// What passed, by the position of the evaluation.
    passed: HashMap<Kind, Vec<Passed>>,
    /// Whether every check is asked once.
    plain: HashMap<(Kind, PolicySet), bool>,
    /// What was made of a finding that others have too.
    known: HashMap<Slot, Arc<Wanted>>,
    reasons: HashSet<Arc<str>>,
}

/// How many targets pass a check, and which, if that is kept.
#[derive(Default)]
struct Passed(usize, Vec<u32>);

/// A finding, by its address, as an evaluation of a kind for some policies.
type Slot = (Kind, u16, PolicySet, usize);

impl<'a> Collector<'a> {
    /// Nothing yet of a number of objects.
    pub(super) fn new(rules: &'a Rules, objects: usize, keeps_passes: bool) -> Self {
        let names = rules.policies().iter().map(|policy| Arc::clone(&policy.name));
        let scores = names.map(|name| (name, Score::default())).collect();
        Self {
            rules,
            report: Report { objects, scores, ..Report::default() },
            keeps_passes,
            passed: HashMap::new(),
            plain: HashMap::new(),
            known: HashMap::new(),
            reasons: HashSet::new(),
        }
    }

    /// Adds what was found of a target, on whose behalf these objects were judged; targets come in
    /// their order.
    pub(super) fn add(&mut self, target: &Arc<Target>, subjects: &[Asked<'_>]) {
        let Some(first) = subjects.first() else { return };
        self.report.targets.push((Arc::clone(target), first.position));
        if subjects.iter().any(|subject| subject.kind().is_workload()) {
            self.report.workloads.push(Arc::clone(target));
        }
        for subject in subjects {
            self.count(subject);
        }
        match subjects {
            [only] if self.asks_plainly(only) => self.add_plainly(target, only),
            _ => {
                for check in checks_of(self.rules, subjects) {
                    self.add_check(target, check, subjects);
                }
            }
        }
    }

    fn asks_plainly(&mut self, subject: &Asked<'_>) -> bool {
        let (kind, selecting) = (subject.kind(), subject.selecting);
        let plain = self.plain.entry((kind, selecting));
        *plain.or_insert_with(|| self.rules.asks_plainly(kind, selecting))
    }

    fn count(&mut self, subject: &Asked<'_>) {
        for policy in subject.selecting.iter() {
            let score = &mut self.report.scores[policy].1;
            self.rules.count(policy, subject.kind(), subject.verdicts(), score);
        }
    }

    /// Each check was asked once, and every answer counts.
    fn add_plainly(&mut self, target: &Arc<Target>, subject: &Asked<'_>) {
        let evaluations = self.rules.evaluations(subject.kind());
        let verdicts = subject.verdicts();
        let last = self.report.targets.len().saturating_sub(1) as u32;
        let passed = self.passed.entry(subject.kind()).or_default();
        passed.resize_with(evaluations.len(), Passed::default);
        for ((position, evaluation), Passed(count, which)) in (0..).zip(evaluations).zip(passed) {
            let is_met = verdicts[evaluation.part() as usize].passed(position);
            *count += usize::from(is_met);
            which.extend((is_met && self.keeps_passes).then_some(last));
        }
        let failed = verdicts.into_iter().flat_map(Verdicts::failed);
        let unknown = verdicts.into_iter().flat_map(Verdicts::unknowns);
        let left: BTreeSet<u16> = failed.chain(unknown.map(|(position, _)| position)).collect();
        for position in left {
            let evaluation = &evaluations[usize::from(position)];
            let finding = verdicts[evaluation.part() as usize].finding(position);
            let finding = finding.filter(|_| evaluation.part() != Part::Related);
            let slot = finding
                .map(|it| (subject.kind(), position, subject.selecting, ptr::from_ref(it).addr()));
            if let Some(wanted) = slot.and_then(|slot| self.known.get(&slot)) {
                let (target, wanted) = (Arc::clone(target), Arc::clone(wanted));
                let position = subject.position;
                self.report.findings.push(Located { target, position, wanted });
                continue;
            }
            let count = self.report.findings.len();
            self.add_check(target, &evaluation.check, slice::from_ref(subject));
            if let (Some(slot), Some(found)) = (slot, self.report.findings.get(count)) {
                self.known.insert(slot, Arc::clone(&found.wanted));
            }
        }
    }

    fn add_check(&mut self, target: &Arc<Target>, check: &AnyCheck, subjects: &[Asked<'_>]) {
        let rules = self.rules;
        let standing = |subject: &Asked<'_>| {
            rules.standing(subject.kind(), check.id(), subject.selecting, subject.verdicts())
        };
        let is_met = |subject: &Asked<'_>| {
            rules.passes(subject.kind(), check.id(), subject.selecting, subject.verdicts())
        };
        let standings: Vec<Standing> = subjects.iter().map(standing).collect();
        let is_wanted = |standing: &Standing| matches!(standing, Standing::Wanted(_));
        let shown = &subjects[standings.iter().position(is_wanted).unwrap_or_default()];
        let (target, position) = (Arc::clone(target), shown.position);
        let passed = match Standing::joined(standings) {
            Standing::Wanted(wanted) => {
                let wanted = Arc::from(wanted);
                self.report.findings.push(Located { target, position, wanted });
                false
            }
            Standing::Unknown(reason) => {
                let (check, reason) = (check.clone(), self.share(reason));
                self.report.unknown.push(Unjudged { check, target, position, reason });
                false
            }
            Standing::Clean => subjects.iter().any(is_met),
            Standing::OutOfScope | Standing::NotAsked => return,
        };
        let last = self.report.targets.len().saturating_sub(1) as u32;
        *self.report.passed.entry(check.clone()).or_default() += usize::from(passed);
        if passed && self.keeps_passes {
            self.report.passes.entry(check.clone()).or_default().push(last);
        }
    }

    /// Many objects cannot be judged for the same reason.
    fn share(&mut self, reason: String) -> Arc<str> {
        if let Some(known) = self.reasons.get(&*reason) {
            return Arc::clone(known);
        }
        let reason: Arc<str> = reason.into();
        self.reasons.insert(Arc::clone(&reason));
        reason
    }

    pub(super) fn finish(mut self) -> Report {
        for (kind, passed) in mem::take(&mut self.passed) {
            let evaluations = self.rules.evaluations(kind).iter();
            for (evaluation, Passed(count, which)) in evaluations.zip(passed) {
                let check = &evaluation.check;
                *self.report.passed.entry(check.clone()).or_default() += count;
                if !which.is_empty() {
                    self.report.passes.entry(check.clone()).or_default().extend(which);
                }
            }
        }
        self.report.passes.values_mut().for_each(|which| which.sort_unstable());
        self.report
    }
}

fn checks_of<'a>(rules: &'a Rules, subjects: &[Asked<'_>]) -> BTreeSet<&'a AnyCheck> {
    let evaluations = subjects.iter().flat_map(|subject| rules.evaluations(subject.kind()));
    evaluations.map(|evaluation| &evaluation.check).collect()
}
