//! Takes in what was seen of the cluster.

use std::{
    borrow::Cow,
    time::{Duration, Instant},
};

use jiff::Timestamp;

use crate::{
    engine::{Subject, Target, View},
    inventory::{Decoded, Observation, Owner, Problem, Seen, Source},
    model::{Kind, Object, ObjectKey},
};

use super::{auditor::Auditor, reading::is_not_granted};

impl Auditor {
    pub(super) fn take_in(&mut self, observation: Observation) {
        let now = Timestamp::now();
        let source = observation.source;
        match observation.seen {
            Seen::ListStarted => self.list_started(source),
            Seen::ListDone(began) => self.list_done(source, began, now),
            Seen::Applied(decoded) => self.applied(source, decoded, now),
            Seen::Deleted(decoded) => self.deleted(source, decoded),
            Seen::Failed(problem) => self.failed(source, &problem),
        }
    }

    pub(super) fn list_started(&mut self, source: Source) {
        self.metrics.reading.lists.with_label_values(&[&*label(source)]).inc();
        match source {
            Source::Policies => self.policies.list_started(),
            Source::Items => self.book.list_started(),
            Source::Kind(kind) => {
                self.findings.list_started(kind);
                self.readings.entry(kind).or_default().list_started();
            }
        }
    }

    pub(super) fn list_done(&mut self, source: Source, began: Instant, now: Timestamp) {
        self.metrics.reading.is_readable(&label(source));
        if self.complaints.remove(&source).is_some() {
            tracing::info!(source = &*label(source), "can be read again");
        }
        match source {
            Source::Policies => {
                self.policies.list_done();
                self.rules_may_have_changed(now);
            }
            Source::Items => {
                self.items_problem = None;
                let is_first = !self.book.is_complete();
                for (_, target) in self.book.list_done() {
                    self.findings.touch(target);
                }
                self.touch_all_items();
                if is_first {
                    self.rules_may_have_changed(now);
                }
            }
            Source::Kind(kind) => {
                let objects = self.findings.list_done(kind);
                tracing::debug!(%kind, objects, "listed");
                let reading = self.readings.entry(kind).or_default();
                reading.list_done(now);
                // What is gone for good can only be told now.
                self.touch_items_of(kind);
                for audit in self.audits.values_mut() {
                    audit.heard_of(kind, began);
                }
            }
        }
        self.status_is_stale = true;
    }

    /// Follows the policies once all of them are known, and all items: what is read of an object
    /// that got an owner depends on whether it has items.
    fn rules_may_have_changed(&mut self, now: Timestamp) {
        if self.policies.is_complete && self.book.is_complete() {
            self.rules_changed(now);
        }
    }

    /// Plans all items again.
    pub(super) fn touch_all_items(&mut self) {
        let all: Vec<Target> = self.book.targets().cloned().collect();
        all.into_iter().for_each(|target| self.findings.touch(target));
    }

    /// Plans all items about objects of a kind again.
    pub(super) fn touch_items_of(&mut self, kind: Kind) {
        let targets: Vec<Target> = self
            .book
            .targets()
            .filter(|target| (&*target.group, &*target.kind) == (kind.group(), kind.name()))
            .cloned()
            .collect();
        targets.into_iter().for_each(|target| self.findings.touch(target));
    }

    pub(super) fn applied(&mut self, source: Source, decoded: Decoded, now: Timestamp) {
        match decoded {
            Decoded::Object(object) => {
                let kind = object.kind;
                self.metrics.reading.judged.with_label_values(&[&*label(source)]).inc();
                if let Some(reading) = self.readings.get_mut(&kind) {
                    reading.decodable(&qualified(&object.key()));
                }
                self.observe(*object, now);
            }
            Decoded::Owned(key, trouble, whole) => {
                self.owners.cancel(&key);
                let view = whole.and_then(|whole| View::of_known(&key, &whole));
                self.findings.observe_owned(&key, trouble, view.as_ref(), now);
                self.supersede(&key);
            }
            Decoded::Policy(policy) => {
                if self.policies.observe(*policy, now) {
                    self.rules_may_have_changed(now);
                }
                self.status_is_stale = true;
            }
            Decoded::Item(item) => {
                if let Some((_, target)) = self.book.observe(&item) {
                    self.findings.touch(target);
                }
            }
            Decoded::Undecodable { namespace, name, problem } => {
                self.undecodable(source, &namespace, &name, &problem);
            }
        }
    }

    /// Judges an object, once it is known on whom it is reported.
    fn observe(&mut self, object: Object, now: Timestamp) {
        self.owners.cancel(&object.key());
        let owner = match Subject::of(object.kind, &object.meta) {
            Subject::Itself => return self.findings.observe(&object, None, now),
            Subject::Owned => None,
            Subject::OnBehalfOf(owner) => Some(owner),
        };
        self.supersede(&object.key());
        let Some(owner) = owner else { return self.findings.observe(&object, None, now) };
        match self.owners.look_up(&owner) {
            Some(Owner::Top(top)) => self.findings.observe(&object, Some(top), now),
            Some(Owner::Unreadable | Owner::Unserved) => {
                self.findings.observe(&object, Some(&owner), now);
            }
            // The garbage collector will take it.
            Some(Owner::Missing) => self.findings.remove(&object.key()),
            None => {
                self.findings.postpone(&object.key());
                self.owners.wait_for(&owner, object);
            }
        }
    }

    /// An owner was looked for: what waited for that is judged now.
    pub(super) fn owner_found(&mut self, owner: Target, objects: Vec<Object>) {
        let now = Timestamp::now();
        objects.into_iter().for_each(|object| self.observe(object, now));
        self.findings.touch(owner);
    }

    /// Items about an object that has an owner now are closed, for they are reported there.
    pub(super) fn supersede(&mut self, key: &ObjectKey) {
        let target = Target::from(key);
        if self.book.checks_of(&target).next().is_some() {
            self.findings.supersede(target);
        }
    }

    pub(super) fn undecodable(
        &mut self,
        source: Source,
        namespace: &str,
        name: &str,
        problem: &str,
    ) {
        self.metrics.reading.undecodable.with_label_values(&[&*label(source)]).inc();
        tracing::warn!(source = &*label(source), namespace, name, problem, "cannot be decoded");
        match source {
            Source::Policies => self.policies.observe_undecodable(name, problem),
            Source::Items => {}
            Source::Kind(kind) => {
                let key = ObjectKey { kind, namespace: namespace.into(), name: name.into() };
                let reading = self.readings.entry(kind).or_default();
                reading.undecodable(qualified(&key), problem.to_owned());
                self.findings.cannot_decode(&key);
            }
        }
        self.status_is_stale = true;
    }

    pub(super) fn deleted(&mut self, source: Source, decoded: Decoded) {
        match decoded {
            Decoded::Object(object) => {
                self.owners.cancel(&object.key());
                self.findings.remove(&object.key());
            }
            Decoded::Owned(key, ..) => {
                self.owners.cancel(&key);
                self.findings.remove(&key);
            }
            Decoded::Policy(policy) => {
                self.policies.lose(policy.metadata.name.as_deref().unwrap_or_default());
            }
            Decoded::Item(item) => {
                if let Some((_, target)) = self.book.forget(&item) {
                    self.findings.touch(target);
                }
            }
            Decoded::Undecodable { namespace, name, .. } => match source {
                Source::Policies => self.policies.lose(&name),
                Source::Items => {}
                Source::Kind(kind) => {
                    let key = ObjectKey { kind, namespace: namespace.into(), name: name.into() };
                    self.findings.remove(&key);
                }
            },
        }
    }

    /// A source cannot be read: what is known stays, what absence would prove is unknown.
    pub(super) fn failed(&mut self, source: Source, problem: &Problem) {
        if let (Source::Kind(kind), Problem::NotServed) = (source, problem)
            && kind.is_optional()
            && self.findings.cluster().count(kind) == 0
        {
            // The add-on is not installed: that there are no objects is certain.
            self.metrics.reading.contact(&label(source), Timestamp::now());
            self.list_started(source);
            return self.list_done(source, Instant::now(), Timestamp::now());
        }
        let is_usual = matches!(source, Source::Kind(kind) if is_not_granted(kind, problem));
        self.metrics.reading.is_unreadable(&label(source), problem.reason(), is_usual);
        let minute = Duration::from_mins(1);
        if self.complaints.get(&source).is_none_or(|logged| logged.elapsed() >= minute) {
            self.complaints.insert(source, Instant::now());
            let reason = problem.reason();
            tracing::warn!(source = &*label(source), reason, %problem, "cannot be read; trying again");
        }
        if source == Source::Items {
            self.items_problem = Some(problem.to_string());
        }
        if let Source::Kind(kind) = source {
            self.findings.set_complete(kind, false);
            self.readings.entry(kind).or_default().failed(kind, problem);
            for audit in self.audits.values_mut() {
                audit.heard_of(kind, Instant::now());
            }
        }
        self.status_is_stale = true;
    }
}

/// The name of a source in metrics and logs.
pub(super) fn label(source: Source) -> Cow<'static, str> {
    match source {
        Source::Policies => "AuditPolicy".into(),
        Source::Items => "ActionItem".into(),
        Source::Kind(kind) => kind.label(),
    }
}

fn qualified(key: &ObjectKey) -> String {
    match &*key.namespace {
        "" => key.name.to_string(),
        namespace => format!("{namespace}/{}", key.name),
    }
}
