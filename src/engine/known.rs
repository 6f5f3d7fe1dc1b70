//! What can be asked of the findings.

use std::{
    collections::{BTreeSet, HashMap},
    sync::LazyLock,
};

use crate::model::{Cluster, Deployed, Kind, ObjectKey, Uid};

use super::{
    About, Acceptance, Circumstances, Findings, Marks, PolicySet, Rules, Standing, Target,
    Verdicts, Wanted, accept, record::Record, rules::is_cluster_scoped,
};

/// What most people have written on most objects.
static NOTHING: LazyLock<Marks> = LazyLock::new(Marks::default);

impl Findings {
    /// The rules that verdicts answer for.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The facts.
    #[must_use]
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// How many objects are kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether nothing is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Whether an object exists, as far as is known.
    #[must_use]
    pub fn is_known(&self, key: &ObjectKey) -> bool {
        self.records.contains_key(key) || self.undecodable.contains_key(key)
    }

    /// Whether an object has an owner now that its items are reported on.
    #[must_use]
    pub fn is_superseded(&self, target: &Target) -> bool {
        self.superseded.contains(target)
    }

    /// Whether something was judged for a target.
    #[must_use]
    pub fn is_judged(&self, target: &Target) -> bool {
        self.subjects(target).next().is_some()
    }

    /// The checks that fail for a target, whether anybody asks for them or not.
    #[must_use]
    pub fn failing(&self, target: &Target) -> BTreeSet<&str> {
        let failing = self.subjects(target).flat_map(|(key, record)| {
            let evaluations = self.rules.evaluations(key.kind);
            let positions = record.verdicts().into_iter().flat_map(Verdicts::failed);
            positions.filter_map(|position| evaluations.get(usize::from(position)))
        });
        failing.map(|evaluation| evaluation.check.id()).collect()
    }

    /// How a check stands for a target.
    #[must_use]
    pub fn standing(&self, target: &Target, check: &str) -> Standing {
        Standing::joined(self.subjects(target).map(|(key, record)| {
            if !self.is_up_to_date(key, record) {
                return Standing::Unknown("being read again".to_owned());
            }
            let Some(place) = self.place_of(key) else {
                return Standing::Unknown("its namespace has not been read".to_owned());
            };
            let selecting = place.and(record.selecting);
            self.rules.standing(key.kind, check, selecting, record.verdicts())
        }))
    }

    /// The UID of a target, where it was judged itself.
    #[must_use]
    pub fn uid_of(&self, target: &Target) -> Uid {
        self.own_record(target).map(|record| record.uid).unwrap_or_default()
    }

    /// Who is responsible for a target: by its own annotations, else by those of its namespace, else by
    /// labels.
    #[must_use]
    pub fn owner_of(&self, target: &Target) -> Option<&str> {
        let annotations = self.cluster.namespace_annotations(&target.namespace);
        let labels = self.cluster.namespace_labels(&target.namespace);
        self.rules.owner_keys.find(self.marks_of(target), annotations.zip(labels))
    }

    /// Whether a target is of a kind that is judged itself, not only through what it owns.
    #[must_use]
    pub fn is_judged_itself(&self, target: &Target) -> bool {
        self.own_record(target).is_some()
    }

    /// What a target that is judged itself says of who deploys it.
    #[must_use]
    pub fn deployed(&self, target: &Target) -> Option<&Deployed> {
        self.own_record(target)?.deployed.as_deref()
    }

    fn own_record(&self, target: &Target) -> Option<&Record> {
        self.records.get(&target.key()?).filter(|record| record.reported_on.is_none())
    }

    /// What people have written on a target, or on what is judged on its behalf.
    fn marks_of(&self, target: &Target) -> impl Iterator<Item = &Marks> + Clone {
        self.subjects(target).filter_map(|(_, record)| record.marks.as_deref())
    }

    /// What is asked about a target to find the exemptions that select it.
    #[must_use]
    pub fn about<'a>(&'a self, target: &'a Target) -> About<'a> {
        let marks = self.marks_of(target).next().unwrap_or(&NOTHING);
        About::of(target, marks, |namespace| self.cluster.namespace_labels(namespace))
    }

    /// Whether a finding of a target is accepted.
    #[must_use]
    pub fn accept(
        &self,
        target: &Target,
        wanted: &Wanted,
        circumstances: &Circumstances<'_>,
    ) -> Acceptance {
        accept(&self.rules, wanted, self.about(target), circumstances)
    }

    fn subjects(&self, target: &Target) -> impl Iterator<Item = (&ObjectKey, &Record)> + Clone {
        let itself = target.key().and_then(|key| self.records.get_key_value(&key));
        let itself = itself.filter(|(_, record)| record.reported_on.is_none());
        let others = self.on_behalf.get(target).into_iter().flatten();
        itself.into_iter().chain(others.filter_map(|key| self.records.get_key_value(key)))
    }

    /// All objects that a policy selects, with what was found, for its summary.
    pub fn selected_by(&self, policy: usize) -> impl Iterator<Item = (&ObjectKey, [&Verdicts; 3])> {
        self.records.iter().filter_map(move |(key, record)| {
            let place = self.place_of(key)?;
            let selected = place.and(record.selecting).contains(policy);
            (selected && self.is_up_to_date(key, record)).then_some((key, record.verdicts()))
        })
    }

    /// About how many objects each check cannot answer that a policy asks.
    #[must_use]
    pub fn unanswered(&self) -> HashMap<&str, i64> {
        let mut counts = HashMap::new();
        for (key, record) in &self.records {
            let unknowns = record.verdicts().into_iter().flat_map(Verdicts::unknowns);
            let mut unknowns = unknowns.map(|(position, _)| usize::from(position)).peekable();
            if unknowns.peek().is_none() || !self.is_up_to_date(key, record) {
                continue;
            }
            let Some(place) = self.place_of(key) else { continue };
            let (selecting, evaluations) =
                (place.and(record.selecting), self.rules.evaluations(key.kind));
            for evaluation in unknowns.filter_map(|position| evaluations.get(position)) {
                if !evaluation.enabled_by.and(selecting).is_empty() {
                    *counts.entry(evaluation.check.id()).or_default() += 1;
                }
            }
        }
        counts
    }

    /// Whether the verdicts of an object answer for the present rules.
    fn is_up_to_date(&self, key: &ObjectKey, record: &Record) -> bool {
        !self.outdated.contains(key.kind) && record.judged_for == self.rules.signature(key.kind)
    }

    /// The policies that select an object by where it is; `None` when its Namespace is not known.
    fn place_of(&self, key: &ObjectKey) -> Option<PolicySet> {
        match key.kind {
            Kind::Namespace => self.places.get(&key.name).copied(),
            kind if is_cluster_scoped(key) => Some(self.rules.selecting_cluster_scoped(kind)),
            _ => self.places.get(&key.namespace).copied(),
        }
    }
}
