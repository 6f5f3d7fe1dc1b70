//! What is known of the cluster right now: facts and verdicts, folded from watch events.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    hash::{BuildHasher, RandomState},
    mem,
    sync::{Arc, Weak},
};

use jiff::Timestamp;

use crate::{
    checks::Finding,
    model::{Body, Change, Cluster, Deployed, Facts, Kind, KindSet, Object, ObjectKey},
};

use super::{
    Contents, Extent, Part, PolicySet, Rules, Subject, Target, Verdicts, View,
    record::Record,
    shared::{Shared, SharedFacts},
    subject::is_scaled_down,
};

/// Facts and verdicts about every object that was read.
#[derive(Debug, Default)]
pub struct Findings {
    pub(super) rules: Arc<Rules>,
    keys: RandomState,
    pub(super) cluster: Cluster,
    /// What custom checks look up.
    pub(super) contents: Contents,
    pub(super) records: HashMap<ObjectKey, Record>,
    /// Objects that are judged on behalf of a target, by target.
    pub(super) on_behalf: HashMap<Target, BTreeSet<ObjectKey>>,
    /// Objects that have an owner now, and had items of their own.
    pub(super) superseded: HashSet<Target>,
    /// Verdicts by what was judged: a template that many objects share is judged once.
    pub(super) judged: HashMap<(Kind, u64), Weak<Verdicts>>,
    /// Answers about objects among others, and facts of templates: most objects have the same.
    pub(super) answers: Shared<Verdicts>,
    /// What is answered of the template of an object that has none.
    pub(super) nothing: Arc<Verdicts>,
    pub(super) facts: SharedFacts,
    pub(super) shared: Shared<Finding>,
    pub(super) deployed: Shared<Deployed>,
    /// The number of the running or last list of each kind.
    pub(super) sweeps: HashMap<Kind, u32>,
    /// Kinds whose verdicts answer for older rules: they are being read again.
    pub(super) outdated: KindSet,
    /// What related checks have to judge again: kind and namespace, `None` for all namespaces.
    pub(super) unrelated: HashSet<(Kind, Option<Arc<str>>)>,
    /// The same, single objects that depend on one of another namespace.
    elsewhere: HashSet<ObjectKey>,
    /// The policies that select what is in a namespace.
    pub(super) places: HashMap<Arc<str>, PolicySet>,
    /// Namespaces whose labels or annotations have changed: what is in them is planned again.
    moved: HashSet<Arc<str>>,
    /// Objects that exist and cannot be decoded: nothing that is known of them is given up.
    pub(super) undecodable: HashMap<ObjectKey, u32>,
    /// Pods that their owners stand for and that are not well, with the list that has shown them.
    pub(super) troubled: HashMap<ObjectKey, u32>,
    /// Objects that are only kept to be looked up, with the list that has shown them.
    pub(super) unjudged: HashMap<ObjectKey, u32>,
    /// Targets whose items have to be planned again.
    pub(super) dirty: HashSet<Target>,
}

impl Findings {
    /// Takes over new rules. The answer is the kinds that have to be read again; until then what
    /// is known of them neither opens nor closes anything.
    pub fn set_rules(&mut self, rules: Arc<Rules>) -> KindSet {
        let old = mem::replace(&mut self.rules, rules);
        let needed = self.rules.kinds();
        for kind in Kind::ALL.into_iter().chain(Kind::named()) {
            // Namespaces are read for every scope, whether a check looks at them or not.
            if kind != Kind::Namespace && !needed.contains(kind) {
                self.forget(kind);
            } else if !self.rules.keeps_whole(kind) {
                self.contents.forget(kind);
                self.unjudged.retain(|key, _| key.kind != kind);
            }
        }
        let is_outdated = |kind: &Kind| {
            self.outdated.contains(*kind) || old.signature(*kind) != self.rules.signature(*kind)
        };
        self.outdated = needed.iter().filter(is_outdated).collect();
        self.judged.clear();
        let namespaces: Vec<_> =
            self.cluster.all(Kind::Namespace).map(|facts| Arc::clone(&facts.key.name)).collect();
        namespaces.into_iter().for_each(|namespace| self.place(namespace));
        let rejudged = needed.iter().filter(|kind| self.rules.is_related(*kind));
        self.unrelated.extend(rejudged.map(|kind| (kind, None)));
        self.dirty.extend(self.records.iter().map(|(key, record)| target_of(key, record)));
        self.outdated
    }

    /// Whether all of a kind is known, and judged by the present rules.
    #[must_use]
    pub fn is_current(&self, kind: Kind) -> bool {
        self.cluster.is_complete(kind) && !self.outdated.contains(kind)
    }

    /// Works out which policies select what is in a namespace.
    fn place(&mut self, namespace: Arc<str>) {
        match self.cluster.namespace_labels(&namespace) {
            Some(labels) => {
                let selecting = self.rules.selecting_namespace(&namespace, labels);
                self.places.insert(namespace, selecting);
            }
            None => {
                self.places.remove(&namespace);
            }
        }
    }

    /// Forgets a kind that is no longer read.
    fn forget(&mut self, kind: Kind) {
        self.cluster.forget(kind);
        self.contents.forget(kind);
        self.undecodable.retain(|key, _| key.kind != kind);
        self.troubled.retain(|key, _| key.kind != kind);
        self.unjudged.retain(|key, _| key.kind != kind);
        let gone: Vec<_> = self.records.keys().filter(|key| key.kind == kind).cloned().collect();
        for key in gone {
            self.drop_record(&key);
        }
    }

    /// Folds in an object that was listed or has changed. What is judged on behalf of an owner is
    /// reported on `top`, where that is known: the owner of the owner.
    pub fn observe(&mut self, object: &Object, top: Option<&Target>, now: Timestamp) {
        let key = self.cluster.key(object);
        self.undecodable.remove(&key);
        let reported_on = match Subject::of(object.kind, &object.meta) {
            Subject::Itself => None,
            Subject::OnBehalfOf(target) if !is_scaled_down(object) => {
                Some(Box::new(top.cloned().unwrap_or(target)))
            }
            Subject::OnBehalfOf(_) => return self.give_up(&key, View::of(object).as_ref()),
            Subject::Owned => {
                return self.observe_owned(&key, object.trouble(), View::of(object).as_ref(), now);
            }
        };
        let facts = self.facts.share(Facts::keyed(key.clone(), object));
        self.change(&key, |cluster| cluster.insert(facts));
        let view = self.view(object, &key);
        let mut record = self.record_of(object, &key, reported_on);
        if let Some(known) = self.records.get_mut(&key) {
            (known.sweep, known.uid) = (record.sweep, record.uid);
            known.deployed.clone_from(&record.deployed);
            if known.is_of_the_same(&record) && !self.outdated.contains(key.kind) {
                return self.judge_time(object, view.as_ref(), &key, now);
            }
        }
        record.answers = self.judge(object, view.as_ref(), &key, now);
        if record.reported_on.is_none() {
            self.superseded.remove(&Target::from(&key));
        }
        self.keep(&key, record);
    }

    fn keep(&mut self, key: &ObjectKey, record: Record) {
        self.dirty.insert(target_of(key, &record));
        if let Some(target) = &record.reported_on {
            self.on_behalf.entry((**target).clone()).or_default().insert(key.clone());
        }
        let reported_on = record.reported_on.clone();
        let old = self.records.insert(key.clone(), record).and_then(|old| old.reported_on);
        if old != reported_on {
            self.leave_target(key, old.as_deref());
        }
    }

    /// An object is judged through its owner now.
    fn give_up(&mut self, key: &ObjectKey, view: Option<&View>) {
        self.drop_record(key);
        self.change(key, |cluster| cluster.remove(key));
        self.keep_unjudged(key, view);
    }

    /// Notes that an object has an owner, so that items about itself are superseded. Only asked
    /// for objects that have items.
    pub fn supersede(&mut self, target: Target) {
        self.dirty.insert(target.clone());
        self.superseded.insert(target);
    }

    /// Folds in an object that is gone.
    pub fn remove(&mut self, key: &ObjectKey) {
        self.change(key, |cluster| cluster.remove(key));
        self.undecodable.remove(key);
        self.troubled.remove(key);
        self.superseded.remove(&Target::from(key));
        self.drop_record(key);
        self.dirty.insert(Target::from(key));
    }

    pub(super) fn drop_record(&mut self, key: &ObjectKey) {
        self.forget_whole(key);
        if let Some(record) = self.records.remove(key) {
            self.dirty.insert(target_of(key, &record));
            self.leave_target(key, record.reported_on.as_deref());
        }
    }

    fn leave_target(&mut self, key: &ObjectKey, target: Option<&Target>) {
        let Some(target) = target else { return };
        self.dirty.insert(target.clone());
        if let Some(keys) = self.on_behalf.get_mut(target) {
            keys.remove(key);
            if keys.is_empty() {
                self.on_behalf.remove(target);
            }
        }
    }

    /// Changes what is known of an object. What depends on it has to be judged again: by what it
    /// was, and by what it is.
    pub(super) fn change(
        &mut self,
        key: &ObjectKey,
        change: impl FnOnce(&mut Cluster) -> Option<Change>,
    ) {
        let is_related = self.cluster.is_complete(key.kind);
        let dependents = |cluster: &Cluster| is_related.then(|| cluster.dependents(key));
        let before = dependents(&self.cluster);
        let Some(change) = change(&mut self.cluster) else { return };
        let after = dependents(&self.cluster);
        self.elsewhere.extend([before, after].into_iter().flatten().flatten());
        if change.is_judged {
            self.changed(key, change);
        }
    }

    /// Marks what related checks have to judge again because this object changed. While its kind
    /// is not complete nothing is related to it anyway.
    fn changed(&mut self, key: &ObjectKey, change: Change) {
        let scope = match key.kind {
            Kind::Namespace => {
                // Scopes and owners follow the labels and annotations of the namespace.
                self.moved.insert(Arc::clone(&key.name));
                self.place(Arc::clone(&key.name));
                Some(Arc::clone(&key.name))
            }
            kind if kind.is_namespaced() => Some(Arc::clone(&key.namespace)),
            _ => None,
        };
        if self.cluster.is_complete(key.kind) {
            let judged = self.rules.judged_by(key.kind);
            let judged = judged.iter().filter(|kind| Cluster::may_matter(*kind, key.kind, change));
            self.unrelated.extend(judged.map(|kind| (kind, scope.clone())));
        }
    }

    /// Hashes what checks see, with keys that nobody else knows.
    pub(super) fn hash(&self, object: &Object) -> u64 {
        let Object { api_version, meta, credentials, body, whole, .. } = object;
        let dependents = (&meta.owner_references, &meta.finalizers, meta.deletion_timestamp);
        let written = (api_version, &meta.managed_fields, credentials);
        self.keys.hash_one((&meta.labels, &meta.annotations, dependents, written, body, whole))
    }

    fn judge(
        &mut self,
        object: &Object,
        view: Option<&View>,
        key: &ObjectKey,
        now: Timestamp,
    ) -> [Arc<Verdicts>; 3] {
        let template = self.judge_template(object, now);
        let own = self.judge_own(object, view, now);
        [template, own, self.judge_related(key, now)]
    }

    /// Nothing has changed but the time.
    fn judge_time(
        &mut self,
        object: &Object,
        view: Option<&View>,
        key: &ObjectKey,
        now: Timestamp,
    ) {
        if !self.rules.is_timed(key.kind) {
            return;
        }
        let own = self.judge_own(object, view, now);
        let Some(record) = self.records.get_mut(key) else { return };
        if record.take(Part::Object, own) {
            self.dirty.insert(target_of(key, record));
        }
    }

    fn judge_own(&mut self, object: &Object, view: Option<&View>, now: Timestamp) -> Arc<Verdicts> {
        let own = self.rules.judge_alone(object, view, Part::Object, now);
        self.answers.share(Arc::new(own.sharing(&mut self.shared)))
    }

    /// A template knows no name, so that equal ones share their verdicts.
    fn judge_template(&mut self, object: &Object, now: Timestamp) -> Arc<Verdicts> {
        let Body::Workload(workload) = &object.body else { return Arc::clone(&self.nothing) };
        let slot = (object.kind, self.keys.hash_one(workload));
        if let Some(known) = self.judged.get(&slot).and_then(Weak::upgrade) {
            return known;
        }
        let verdicts = self.rules.judge_alone(object, None, Part::Template, now);
        let verdicts = Arc::new(verdicts.sharing(&mut self.shared));
        self.judged.insert(slot, Arc::downgrade(&verdicts));
        verdicts
    }

    fn judge_related(&mut self, key: &ObjectKey, now: Timestamp) -> Arc<Verdicts> {
        let verdicts = match self.cluster.facts(key).filter(|_| self.rules.is_related(key.kind)) {
            Some(facts) => {
                let view = self.contents.view(key);
                let around = (&self.cluster, &self.contents);
                self.rules.judge_related((facts, view.as_ref()), around, Extent::Lists, now)
            }
            None => Verdicts::default(),
        };
        self.answers.share(Arc::new(verdicts.sharing(&mut self.shared)))
    }

    /// Judges again what depends on objects that changed; tells how many objects those are.
    pub fn settle(&mut self, now: Timestamp) -> usize {
        let moved = mem::take(&mut self.moved);
        if !moved.is_empty() {
            let inside = moved.iter().flat_map(|namespace| self.cluster.inside(namespace));
            let records = inside.filter_map(|key| Some((key, self.records.get(key)?)));
            self.dirty.extend(records.map(|(key, record)| target_of(key, record)));
        }
        let keys = self.take_unrelated();
        let judged = keys.len();
        for key in keys {
            let related = self.judge_related(&key, now);
            let Some(record) = self.records.get_mut(&key) else { continue };
            if record.take(Part::Related, related) {
                self.dirty.insert(target_of(&key, record));
            }
        }
        self.contents.rest();
        judged
    }

    /// What has to be judged again, each once, and together what is in one namespace: it looks up
    /// the same.
    fn take_unrelated(&mut self) -> Vec<ObjectKey> {
        let unrelated = mem::take(&mut self.unrelated);
        let is_global = |kind: Kind| !kind.is_namespaced() && kind != Kind::Namespace;
        let global = unrelated.iter().filter(|(kind, scope)| scope.is_none() || is_global(*kind));
        let everywhere: KindSet = global.map(|(kind, _)| *kind).collect();
        let is_included = |key: &ObjectKey| {
            let scope = if key.kind == Kind::Namespace { &key.name } else { &key.namespace };
            everywhere.contains(key.kind)
                || unrelated.contains(&(key.kind, Some(Arc::clone(scope))))
        };
        let elsewhere = mem::take(&mut self.elsewhere);
        let elsewhere = elsewhere.into_iter().filter(|key| !is_included(key));
        let all = everywhere.iter().flat_map(|kind| self.cluster.all(kind));
        let inside = unrelated.iter().filter(|(kind, _)| !everywhere.contains(*kind));
        let inside = inside.flat_map(|(kind, scope)| {
            scope.iter().flat_map(|namespace| self.cluster.related(*kind, namespace))
        });
        elsewhere.chain(all.chain(inside).map(|facts| facts.key.clone())).collect()
    }

    /// The targets whose items have to be planned again.
    pub fn take_dirty(&mut self) -> HashSet<Target> {
        mem::take(&mut self.dirty)
    }

    /// Has a target's items planned again.
    pub fn touch(&mut self, target: Target) {
        self.dirty.insert(target);
    }
}

pub(super) fn target_of(key: &ObjectKey, record: &Record) -> Target {
    record.reported_on.as_deref().cloned().unwrap_or_else(|| Target::from(key))
}

#[cfg(test)]
mod tests;
