//! Judges objects among each other, once all are known.

use std::{
    collections::{HashMap, hash_map::Entry},
    hash::{BuildHasher, RandomState},
    sync::Arc,
};

use jiff::Timestamp;

use crate::model::{Cluster, Facts, Kind, Labels, ObjectKey};

use super::{
    Contents, Extent, Judged, PolicySet, Report, Rules, Target, Verdicts, View, collect::Collector,
    contents::KindName, judge::Reported,
};

/// Takes in objects that were judged by themselves, and judges them among each other.
#[derive(Debug)]
pub struct Scan<'rules> {
    rules: &'rules Rules,
    extent: Extent,
    keeps_passes: bool,
    now: Timestamp,
    cluster: Cluster,
    contents: Contents,
    objects: Vec<Known>,
    /// The first and the last object of each name, by a hash.
    names: HashMap<u64, (usize, usize)>,
    keys: RandomState,
}

/// An object that was taken in.
#[derive(Debug)]
struct Known {
    key: ObjectKey,
    other: Option<Box<KindName>>,
    reported: Reported,
    /// Where the cluster does not keep them: of other kinds, and of what is written again.
    facts: Option<Box<Facts>>,
    selecting: PolicySet,
    alone: [Arc<Verdicts>; 2],
    whole: Option<Arc<str>>,
}

/// An object that is reported on something, and how it is judged.
pub(super) struct Asked<'a> {
    /// In the input.
    pub(super) position: usize,
    pub(super) selecting: PolicySet,
    known: &'a Known,
    related: Verdicts,
}

impl Asked<'_> {
    pub(super) fn kind(&self) -> Kind {
        self.known.key.kind
    }

    /// By [`super::Part`].
    pub(super) fn verdicts(&self) -> [&Verdicts; 3] {
        let [template, object] = &self.known.alone;
        [template, object, &self.related]
    }
}

impl Known {
    fn target(&self) -> Target {
        let target = Target::from(&self.key);
        match self.other.as_deref() {
            Some(KindName { group, kind }) => {
                Target { group: group.as_str().into(), kind: kind.as_str().into(), ..target }
            }
            None => target,
        }
    }
}

impl<'rules> Scan<'rules> {
    /// A scan that has seen nothing yet. With `complete` the objects will be a whole cluster.
    #[must_use]
    pub fn new(rules: &'rules Rules, complete: bool, now: Timestamp) -> Self {
        let mut cluster = Cluster::default();
        for &kind in Kind::ANY {
            cluster.set_complete(kind, complete);
        }
        Self {
            rules,
            extent: Extent::Given,
            keeps_passes: false,
            now,
            cluster,
            contents: Contents::default(),
            objects: Vec::new(),
            names: HashMap::new(),
            keys: RandomState::new(),
        }
    }

    /// The same scan, which keeps what passes, and not only how much.
    #[must_use]
    pub fn keeping_passes(self, keeps_passes: bool) -> Self {
        Self { keeps_passes, ..self }
    }

    /// The same over lists, of which none is complete yet.
    #[must_use]
    pub fn of_lists(rules: &'rules Rules, extent: Extent, now: Timestamp) -> Self {
        Self { extent, ..Self::new(rules, false, now) }
    }

    /// Says whether all objects of a kind were taken in, so that absence proves something.
    pub fn set_complete(&mut self, kind: Kind, complete: bool) {
        self.cluster.set_complete(kind, complete);
    }

    /// Takes in the next object. If one before was called the same, the answer is that name and the
    /// position of the first one.
    pub fn take(&mut self, judged: Judged) -> Option<(Target, usize)> {
        let Judged { facts, other, reported, selecting, alone, whole } = judged;
        let key = facts.key.clone();
        let first = self.note_name(&key, other.as_deref());
        let own = (first.is_some() || other.is_some()).then(|| Box::new(facts.clone()));
        match (other.as_deref(), &reported) {
            (Some(KindName { group, kind }), _) => self.cluster.insert_kind(group, kind),
            (None, Reported::Nowhere) => {}
            (None, _) => drop(self.cluster.insert(facts)),
        }
        if let Some(whole) = &whole {
            self.contents.insert(&key, other.as_deref(), Arc::clone(whole));
        }
        let known = Known { key, other, reported, facts: own, selecting, alone, whole };
        let named = first.map(|first| (known.target(), first));
        self.objects.push(known);
        named
    }

    /// Notes that the next object has this name. Of an earlier one, the cluster forgets what it knows.
    fn note_name(&mut self, key: &ObjectKey, other: Option<&KindName>) -> Option<usize> {
        let position = self.objects.len();
        let (first, last) = match self.names.entry(self.keys.hash_one((key, other))) {
            Entry::Vacant(slot) => {
                slot.insert((position, position));
                return None;
            }
            Entry::Occupied(mut slot) => {
                let (first, last) = *slot.get();
                slot.insert((first, position));
                (first, last)
            }
        };
        let earlier = &mut self.objects[last];
        if earlier.facts.is_none() {
            earlier.facts = self.cluster.facts(key).cloned().map(Box::new);
        }
        Some(first)
    }

    /// Judges what depends on other objects, and puts everything together.
    #[must_use]
    pub fn finish(&self) -> Report {
        let mut places = HashMap::new();
        let mut subjects: Vec<(Arc<Target>, usize, PolicySet)> = Vec::new();
        for (position, known) in self.objects.iter().enumerate() {
            let Some(target) = self.target(known) else { continue };
            let selecting = self.place(&known.key, &mut places).and(known.selecting);
            if !selecting.is_empty() {
                subjects.push((Arc::new(target), position, selecting));
            }
        }
        subjects.sort_by(|left, right| left.0.cmp(&right.0));
        let mut collector = Collector::new(self.rules, subjects.len(), self.keeps_passes);
        for group in subjects.chunk_by(|left, right| left.0 == right.0) {
            let asked: Vec<_> = group.iter().map(|subject| self.ask(subject)).collect();
            collector.add(&group[0].0, &asked);
        }
        collector.finish()
    }

    fn ask(&self, (_, position, selecting): &(Arc<Target>, usize, PolicySet)) -> Asked<'_> {
        let known = &self.objects[*position];
        let facts = known.facts.as_deref().or_else(|| self.cluster.facts(&known.key));
        let view = known.whole.as_deref().and_then(View::read);
        let judge = |facts| {
            let around = (&self.cluster, &self.contents);
            self.rules.judge_related((facts, view.as_ref()), around, self.extent, self.now)
        };
        Asked {
            position: *position,
            selecting: *selecting,
            known,
            related: facts.map(judge).unwrap_or_default(),
        }
    }

    /// The object to report on; `None` when the owner is judged instead. An owner that is not in an
    /// incomplete set cannot be judged, so what it owns is, on its behalf.
    fn target(&self, known: &Known) -> Option<Target> {
        match &known.reported {
            Reported::Itself => Some(known.target()),
            Reported::Owner(target) => Some((**target).clone()),
            Reported::Unless(owner) => {
                let is_complete = self.cluster.is_complete(owner.kind);
                let is_here = is_complete || self.cluster.facts(owner).is_some();
                (!is_here).then(|| Target::from(&**owner))
            }
            Reported::Nowhere => None,
        }
    }

    /// The policies that select an object by where it is.
    fn place(&self, key: &ObjectKey, known: &mut HashMap<Arc<str>, PolicySet>) -> PolicySet {
        let work_out = || {
            let nowhere = || self.rules.selecting_namespace(&key.namespace, &Labels::default());
            self.rules.selecting_place(key, &self.cluster).unwrap_or_else(nowhere)
        };
        if !key.kind.is_namespaced() {
            return work_out();
        }
        *known.entry(Arc::clone(&key.namespace)).or_insert_with(work_out)
    }
}
