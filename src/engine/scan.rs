//! Judges a set of objects at once: what `scan` does, and what the live set is held against.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    hash::{BuildHasher, RandomState},
    sync::Arc,
};

use jiff::Timestamp;

use crate::{
    checks::Source,
    model::{Body, Cluster, Facts, Kind, Labels, Object, ObjectKey},
};

use super::{
    About, Acceptance, Circumstances, Part, PolicySet, Rules, Score, Standing, Subject, Target,
    Verdicts, Wanted, accept, shared::Shared,
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
    /// The check's id.
    pub check: &'static str,
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
    /// Of which [`Report::targets`] each check said that they are as they should be, by the check's
    /// id. A check that looked at objects is here, even if its question did not arise for any of
    /// them.
    pub passed: BTreeMap<&'static str, Vec<u32>>,
    /// The workloads that were judged, sorted.
    pub workloads: Vec<Target>,
    /// How each policy's checks were answered, by the policy's name.
    pub scores: Vec<(Arc<str>, Score)>,
}

impl Report {
    /// Which findings are accepted, in their order; `objects` are those that were judged, and
    /// `respected` the tools whose annotations count as ours do.
    #[must_use]
    pub fn accept(
        &self,
        rules: &Rules,
        objects: &[Object],
        respected: &[Source],
        now: Timestamp,
    ) -> Vec<Acceptance> {
        let circumstances = Circumstances { decision: None, since: None, respected, now };
        let accept = |Located { target, position, wanted }: &Located| {
            let is_namespace = (&*target.group, &*target.kind) == ("", "Namespace");
            let meta = &objects[*position].meta;
            let about = About {
                kind: &target.kind,
                namespace: if is_namespace { &target.name } else { &target.namespace },
                name: &target.name,
                labels: &meta.labels,
                annotations: &meta.annotations,
            };
            accept(rules, wanted, about, &circumstances)
        };
        self.findings.iter().map(accept).collect()
    }
}

/// An object, and how it is judged.
struct Judged<'a> {
    position: usize,
    object: &'a Object,
    target: Target,
    selecting: PolicySet,
    /// By [`Part`].
    verdicts: [Arc<Verdicts>; 3],
}

impl Judged<'_> {
    fn verdicts(&self) -> [&Verdicts; 3] {
        self.verdicts.each_ref().map(|verdicts| &**verdicts)
    }
}

/// Judges objects. With `complete` they are a whole cluster, and absence proves something.
#[must_use]
pub fn evaluate(rules: &Rules, objects: &[Object], complete: bool, now: Timestamp) -> Report {
    let mut judge = Judge::new(rules, objects, complete, now);
    let judged = objects.iter().enumerate();
    let judged: Vec<_> =
        judged.filter_map(|(position, object)| judge.judge(position, object)).collect();
    collect(rules, &judged)
}

/// Judges one object after the other, and what is equal only once.
struct Judge<'a> {
    rules: &'a Rules,
    complete: bool,
    now: Timestamp,
    cluster: Cluster,
    /// What is written more than once: the cluster knows the last one only.
    repeated: HashSet<ObjectKey>,
    /// The policies that select what is in a namespace.
    places: HashMap<Arc<str>, PolicySet>,
    keys: RandomState,
    /// A template knows no name, so that equal ones share their verdicts.
    templates: HashMap<(Kind, u64), Arc<Verdicts>>,
    answers: Shared<Verdicts>,
}

impl<'a> Judge<'a> {
    fn new(rules: &'a Rules, objects: &[Object], complete: bool, now: Timestamp) -> Self {
        let mut cluster = Cluster::default();
        for &kind in Kind::ANY {
            cluster.set_complete(kind, complete);
        }
        let mut repeated = HashSet::new();
        for object in objects.iter().filter(|object| !is_given_up(object)) {
            if object.kind == Kind::Other {
                cluster.insert_other(object);
                continue;
            }
            let facts = Facts::of(object);
            if cluster.facts(&facts.key).is_some() {
                repeated.insert(facts.key.clone());
            }
            cluster.insert(facts);
        }
        Self {
            rules,
            complete,
            now,
            cluster,
            repeated,
            places: HashMap::new(),
            keys: RandomState::new(),
            templates: HashMap::new(),
            answers: Shared::default(),
        }
    }

    fn judge<'o>(&mut self, position: usize, object: &'o Object) -> Option<Judged<'o>> {
        let target = target_of(object, &self.cluster, self.complete)?;
        let key = object.key();
        let selecting = self.place(&key).and(self.rules.selecting_labels(&object.meta.labels));
        if selecting.is_empty() {
            return None;
        }
        let own = self.rules.judge_alone(object, Part::Object, self.now);
        let (template, own, related) = (
            self.judge_template(object),
            Arc::new(own),
            Arc::new(self.judge_related(object, &key)),
        );
        let verdicts = [template, own, related].map(|verdicts| self.answers.share(verdicts));
        Some(Judged { position, object, target, selecting, verdicts })
    }

    fn judge_template(&mut self, object: &Object) -> Arc<Verdicts> {
        let Body::Workload(workload) = &object.body else { return Arc::default() };
        let slot = (object.kind, self.keys.hash_one(workload));
        let judge = || Arc::new(self.rules.judge_alone(object, Part::Template, self.now));
        Arc::clone(self.templates.entry(slot).or_insert_with(judge))
    }

    fn judge_related(&self, object: &Object, key: &ObjectKey) -> Verdicts {
        let judge = |facts: &Facts| self.rules.judge_related(facts, &self.cluster, false, self.now);
        match self.cluster.facts(key).filter(|_| !self.repeated.contains(key)) {
            Some(facts) => judge(facts),
            None => judge(&Facts::of(object)),
        }
    }

    /// The policies that select an object by where it is.
    fn place(&mut self, key: &ObjectKey) -> PolicySet {
        let (rules, cluster) = (self.rules, &self.cluster);
        let work_out = || {
            let nowhere = || rules.selecting_namespace(&key.namespace, &Labels::default());
            rules.selecting_place(key, cluster).unwrap_or_else(nowhere)
        };
        if !key.kind.is_namespaced() {
            return work_out();
        }
        *self.places.entry(Arc::clone(&key.namespace)).or_insert_with(work_out)
    }
}

/// The object to report on; `None` when the owner is judged instead. An owner that is not in an
/// incomplete set cannot be judged, so what it owns is, on its behalf.
fn target_of(object: &Object, cluster: &Cluster, complete: bool) -> Option<Target> {
    match Subject::of(object.kind, &object.meta) {
        Subject::Itself => Some(Target::from(object)),
        Subject::OnBehalfOf(target) => (!is_given_up(object)).then_some(target),
        Subject::Owned => {
            let owner = object.meta.controller()?;
            let kind = Kind::find(owner.group(), &owner.kind)?;
            let mut key = object.key();
            key.kind = kind;
            key.name = owner.name.as_str().into();
            let is_here = complete || cluster.facts(&key).is_some();
            (!is_here).then(|| Target::from(&key))
        }
    }
}

/// An old `ReplicaSet` of a custom owner runs nothing.
fn is_given_up(object: &Object) -> bool {
    let is_scaled_down =
        matches!(&object.body, Body::Workload(workload) if workload.replicas == Some(0));
    is_scaled_down && matches!(Subject::of(object.kind, &object.meta), Subject::OnBehalfOf(_))
}

/// Joins what was judged on behalf of the same target, check by check.
fn collect(rules: &Rules, judged: &[Judged<'_>]) -> Report {
    let mut targets: BTreeMap<&Target, Vec<&Judged<'_>>> = BTreeMap::new();
    for entry in judged {
        targets.entry(&entry.target).or_default().push(entry);
    }
    let mut report = Report { objects: judged.len(), ..Report::default() };
    report.scores = scores(rules, judged);
    for (target, subjects) in targets {
        report.targets.push((target.clone(), subjects[0].position));
        if subjects.iter().any(|subject| subject.object.kind.is_workload()) {
            report.workloads.push(target.clone());
        }
        let checks = match subjects[..] {
            [only] if rules.asks_plainly(only.object.kind, only.selecting) => {
                report.add_plainly(rules, only)
            }
            _ => checks_of(rules, &subjects),
        };
        for check in checks {
            report.add(rules, target, check, &subjects);
        }
    }
    report
}

fn checks_of(rules: &Rules, subjects: &[&Judged<'_>]) -> BTreeSet<&'static str> {
    let evaluations = subjects.iter().flat_map(|subject| rules.evaluations(subject.object.kind));
    evaluations.map(|evaluation| evaluation.check.id).collect()
}

fn scores(rules: &Rules, judged: &[Judged<'_>]) -> Vec<(Arc<str>, Score)> {
    let names = rules.policies().iter().map(|policy| Arc::clone(&policy.name));
    let mut scores: Vec<_> = names.map(|name| (name, Score::default())).collect();
    for entry in judged {
        for policy in entry.selecting.iter() {
            let score = &mut scores[policy].1;
            rules.count(policy, entry.object.kind, entry.verdicts(), score);
        }
    }
    scores
}

impl Report {
    /// Counts what passes; the answer is the checks that are left, because they do not.
    fn add_plainly(&mut self, rules: &Rules, subject: &Judged<'_>) -> BTreeSet<&'static str> {
        let evaluations = rules.evaluations(subject.object.kind);
        let verdicts = subject.verdicts();
        let last = self.targets.len().saturating_sub(1) as u32;
        for (position, evaluation) in evaluations.iter().enumerate() {
            let passed = verdicts[evaluation.part() as usize].passed(position as u16);
            let known = self.passed.entry(evaluation.check.id).or_default();
            known.extend(passed.then_some(last));
        }
        let failed = verdicts.into_iter().flat_map(Verdicts::failed);
        let unknown = verdicts.into_iter().flat_map(Verdicts::unknowns);
        let left = failed.chain(unknown.map(|(position, _)| position));
        left.map(|position| evaluations[usize::from(position)].check.id).collect()
    }

    fn add(
        &mut self,
        rules: &Rules,
        target: &Target,
        check: &'static str,
        subjects: &[&Judged<'_>],
    ) {
        let standing = |subject: &&Judged<'_>| {
            rules.standing(subject.object.kind, check, subject.selecting, subject.verdicts())
        };
        let is_met = |subject: &&Judged<'_>| {
            rules.passes(subject.object.kind, check, subject.selecting, subject.verdicts())
        };
        let standings: Vec<Standing> = subjects.iter().map(standing).collect();
        let is_wanted = |standing: &Standing| matches!(standing, Standing::Wanted(_));
        let shown = standings.iter().position(is_wanted).unwrap_or_default();
        let (target, position) = (target.clone(), subjects[shown].position);
        let passed = match Standing::joined(standings) {
            Standing::Wanted(wanted) => {
                self.findings.push(Located { target, position, wanted: *wanted });
                false
            }
            Standing::Unknown(reason) => {
                self.unknown.push(Unjudged { check, target, position, reason });
                false
            }
            Standing::Clean => subjects.iter().any(is_met),
            Standing::OutOfScope | Standing::NotAsked => return,
        };
        let last = self.targets.len().saturating_sub(1) as u32;
        self.passed.entry(check).or_default().extend(passed.then_some(last));
    }
}
