//! Judges objects one by one, so that each can be dropped behind.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::Arc,
};

use jiff::Timestamp;

use crate::{
    checks::Finding,
    model::{Body, Facts, Kind, Object, ObjectKey},
};

use super::{
    Part, PolicySet, Rules, Subject, Target, Verdicts, View,
    contents::KindName,
    shared::{Shared, SharedFacts},
    subject::is_scaled_down,
};

/// Judges objects by themselves, and what is equal only once. Several can do so at once, each for a
/// part of the objects.
#[derive(Debug)]
pub struct Judge<'rules> {
    rules: &'rules Rules,
    now: Timestamp,
    keys: RandomState,
    /// A template knows no name, so that equal ones share their verdicts.
    templates: HashMap<(Kind, u64), Arc<Verdicts>>,
    answers: Shared<Verdicts>,
    findings: Shared<Finding>,
    facts: SharedFacts,
}

/// What is kept of an object that was judged by itself.
#[derive(Debug)]
pub struct Judged {
    pub(super) facts: Facts,
    /// What it is, if it is of a kind that no check knows.
    pub(super) other: Option<Box<KindName>>,
    pub(super) reported: Reported,
    /// The policies whose object selector selects it.
    pub(super) selecting: PolicySet,
    /// The answers about the template, and about the object.
    pub(super) alone: [Arc<Verdicts>; 2],
    /// All of it, where a custom check has yet to look at it.
    pub(super) whole: Option<Arc<str>>,
}

/// What a finding is reported on.
#[derive(Clone, Debug)]
pub(super) enum Reported {
    /// The object itself.
    Itself,
    /// An owner of a kind that no check knows.
    Owner(Box<Target>),
    /// This owner; nothing, if it is judged instead.
    Unless(Box<ObjectKey>),
    /// Nothing: it runs nothing.
    Nowhere,
}

impl<'rules> Judge<'rules> {
    /// A judge who follows these rules at this time.
    #[must_use]
    pub fn new(rules: &'rules Rules, now: Timestamp) -> Self {
        Self {
            rules,
            now,
            keys: RandomState::new(),
            templates: HashMap::new(),
            answers: Shared::default(),
            findings: Shared::default(),
            facts: SharedFacts::default(),
        }
    }

    /// Judges an object by itself.
    pub fn judge(&mut self, object: &Object) -> Judged {
        let view = View::of(object);
        let own = self.rules.judge_alone(object, view.as_ref(), Part::Object, self.now);
        Judged {
            facts: self.facts.share(Facts::of(object)),
            other: KindName::of(object).map(Box::new),
            reported: Reported::of(object),
            selecting: self.rules.selecting_labels(&object.meta.labels),
            alone: [self.judge_template(object), self.share(own)],
            whole: view.and_then(|view| self.rules.keep(object.kind, &view)),
        }
    }

    fn judge_template(&mut self, object: &Object) -> Arc<Verdicts> {
        let Body::Workload(workload) = &object.body else { return Arc::default() };
        let slot = (object.kind, self.keys.hash_one(workload));
        if let Some(known) = self.templates.get(&slot) {
            return Arc::clone(known);
        }
        let verdicts = self.share(self.rules.judge_alone(object, None, Part::Template, self.now));
        self.templates.insert(slot, Arc::clone(&verdicts));
        verdicts
    }

    fn share(&mut self, verdicts: Verdicts) -> Arc<Verdicts> {
        self.answers.share(Arc::new(verdicts.sharing(&mut self.findings)))
    }
}

impl Judged {
    /// What names the object.
    #[must_use]
    pub fn key(&self) -> &ObjectKey {
        &self.facts.key
    }

    /// The owner that it is reported on, if that is of a kind that no check knows.
    #[must_use]
    pub fn owner(&self) -> Option<&Target> {
        if let Reported::Owner(owner) = &self.reported { Some(owner) } else { None }
    }

    /// Reports it on another owner, further up.
    pub fn set_owner(&mut self, owner: Target) {
        self.reported = Reported::Owner(Box::new(owner));
    }

    /// The same as an object that is only there to be looked up.
    #[must_use]
    pub fn unasked(self) -> Self {
        Self { selecting: PolicySet::default(), ..self }
    }
}

impl Reported {
    fn of(object: &Object) -> Self {
        match Subject::of(object.kind, &object.meta) {
            Subject::Itself => Self::Itself,
            Subject::OnBehalfOf(_) if is_scaled_down(object) => Self::Nowhere,
            Subject::OnBehalfOf(target) => Self::Owner(Box::new(target)),
            Subject::Owned => {
                owner(object).map_or(Self::Nowhere, |key| Self::Unless(Box::new(key)))
            }
        }
    }
}

/// The owner that is judged instead.
fn owner(object: &Object) -> Option<ObjectKey> {
    let owner = object.meta.controller()?;
    let kind = Kind::find(owner.group(), &owner.kind)?;
    Some(ObjectKey { kind, name: owner.name.as_str().into(), ..object.key() })
}
