//! Judges a set of objects at once: what `scan` does, and what the live set is held against.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::Timestamp;

use crate::{
    checks::Source,
    model::{Body, Cluster, Facts, Kind, Labels, Object},
};

use super::{
    About, Acceptance, Circumstances, Part, PolicySet, Rules, Score, Standing, Subject, Target,
    Verdicts, Wanted, accept,
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
    verdicts: [Verdicts; 3],
}

/// Judges objects. With `complete` they are a whole cluster, and absence proves something.
#[must_use]
pub fn evaluate(rules: &Rules, objects: &[Object], complete: bool, now: Timestamp) -> Report {
    let mut cluster = Cluster::default();
    for &kind in Kind::ANY {
        cluster.set_complete(kind, complete);
    }
    for object in objects.iter().filter(|object| !is_given_up(object)) {
        match object.kind {
            Kind::Other => cluster.insert_other(object),
            _ => drop(cluster.insert(Facts::of(object))),
        }
    }
    let judged: Vec<_> = objects
        .iter()
        .enumerate()
        .filter_map(|(position, object)| judge(rules, &cluster, position, object, complete, now))
        .collect();
    collect(rules, &judged)
}

fn judge<'a>(
    rules: &Rules,
    cluster: &Cluster,
    position: usize,
    object: &'a Object,
    complete: bool,
    now: Timestamp,
) -> Option<Judged<'a>> {
    let target = target_of(object, cluster, complete)?;
    let facts = Facts::of(object);
    let place = rules
        .selecting_place(&facts.key, cluster)
        .unwrap_or_else(|| rules.selecting_namespace(&facts.key.namespace, &Labels::default()));
    let selecting = place.and(rules.selecting_labels(&object.meta.labels));
    (!selecting.is_empty()).then(|| Judged {
        position,
        object,
        target,
        selecting,
        verdicts: [
            rules.judge_alone(object, Part::Template, now),
            rules.judge_alone(object, Part::Object, now),
            rules.judge_related(&facts, cluster, false, now),
        ],
    })
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
        let checks: BTreeSet<&'static str> = subjects
            .iter()
            .flat_map(|subject| rules.evaluations(subject.object.kind))
            .map(|evaluation| evaluation.check.id)
            .collect();
        for check in checks {
            report.add(rules, target, check, &subjects);
        }
    }
    report
}

fn scores(rules: &Rules, judged: &[Judged<'_>]) -> Vec<(Arc<str>, Score)> {
    let names = rules.policies().iter().map(|policy| Arc::clone(&policy.name));
    let mut scores: Vec<_> = names.map(|name| (name, Score::default())).collect();
    for Judged { object, selecting, verdicts, .. } in judged {
        for policy in selecting.iter() {
            rules.count(policy, object.kind, verdicts.each_ref(), &mut scores[policy].1);
        }
    }
    scores
}

impl Report {
    fn add(
        &mut self,
        rules: &Rules,
        target: &Target,
        check: &'static str,
        subjects: &[&Judged<'_>],
    ) {
        let standing = |subject: &&Judged<'_>| {
            let verdicts = subject.verdicts.each_ref();
            rules.standing(subject.object.kind, check, subject.selecting, verdicts)
        };
        let is_met = |subject: &&Judged<'_>| {
            let verdicts = subject.verdicts.each_ref();
            rules.passes(subject.object.kind, check, subject.selecting, verdicts)
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
