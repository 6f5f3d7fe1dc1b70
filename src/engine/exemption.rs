//! Which findings are accepted, why, and until when: one function decides, for the controller and
//! for `scan`.

use std::sync::Arc;

use jiff::Timestamp;

use crate::{
    api::{
        self, Decision, EXEMPT_ANNOTATION, EXEMPT_NOTE_ANNOTATION, EXEMPT_UNTIL_ANNOTATION,
        ExemptionOrigin, ExemptionReason, SelfAccepted, Severity, expires_at, limits,
    },
    checks::Source,
    model::{LabelSelector, Labels, Meta},
};

use super::{
    AnyCheck, Pattern, Policy, PolicyError, Rules, Target, Wanted, respect, scope,
    self_service::Own,
};

/// One entry of `spec.exemptions` of a policy.
#[derive(Clone, Debug)]
pub struct Exemption {
    checks: Vec<(String, Pattern)>,
    namespaces: Vec<Pattern>,
    namespace_selector: Option<LabelSelector>,
    objects: Option<LabelSelector>,
    names: Vec<Pattern>,
    kinds: Vec<String>,
    reason: ExemptionReason,
    note: Option<Arc<str>>,
    until: Option<Timestamp>,
}

/// The object that a finding is about.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub struct About<'a> {
    pub kind: &'a str,
    /// Of a Namespace, its own name.
    pub namespace: &'a str,
    /// Of the namespace; nothing where they are not known.
    pub namespace_labels: Option<&'a Labels>,
    pub name: &'a str,
    pub labels: &'a Labels,
    pub annotations: &'a Labels,
}

/// What is kept of what people write on an object: what exemptions and owners depend on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Marks {
    pub labels: Labels,
    pub annotations: Labels,
}

impl Marks {
    /// The marks, if there are any: most objects have none.
    #[must_use]
    pub fn filled(self) -> Option<Box<Self>> {
        (self != Self::default()).then(|| Box::new(self))
    }
}

impl<'a> About<'a> {
    /// What is asked about a target that bears these marks. `namespace_labels` knows the labels of
    /// a namespace.
    #[must_use]
    pub fn of(
        target: &'a Target,
        Marks { labels, annotations }: &'a Marks,
        namespace_labels: impl FnOnce(&str) -> Option<&'a Labels>,
    ) -> Self {
        let is_namespace = (&*target.group, &*target.kind) == ("", "Namespace");
        let namespace = if is_namespace { &target.name } else { &target.namespace };
        let namespace_labels = namespace_labels(namespace);
        let (kind, name) = (&target.kind, &target.name);
        Self { kind, namespace, namespace_labels, name, labels, annotations }
    }
}

/// What counts beside policies and annotations.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'a> {
    /// The decision on the item.
    pub decision: Option<&'a Decision>,
    /// What people accepted by themselves when it was last looked at, and since when.
    pub known: Option<&'a SelfAccepted>,
    /// The tools whose annotations count as ours do.
    pub respected: &'a [Source],
    /// The time.
    pub now: Timestamp,
}

/// A finding that is accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Where that is written.
    pub origin: ExemptionOrigin,
    /// Why; an annotation does not say.
    pub reason: Option<ExemptionReason>,
    /// What a reader should know.
    pub note: Option<Arc<str>>,
    /// When it ends.
    pub until: Option<Timestamp>,
}

/// Whether a finding is accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acceptance {
    /// What is in force: all asking policies accept the finding.
    pub in_force: Option<Accepted>,
    /// Without one in force, when the last one ended that would have counted.
    pub ended: Option<Timestamp>,
    /// The highest severity among the policies that do not accept it; among all, if all do.
    pub severity: Severity,
    /// Why what is written on the object, or decided on the item, does not count.
    pub problem: Option<String>,
    /// What people accept by themselves, and since when, where a policy limits how long.
    pub own: Option<SelfAccepted>,
}

impl Acceptance {
    /// Nothing accepts a finding of this severity.
    #[must_use]
    pub fn of_none(severity: Severity) -> Self {
        Self { in_force: None, ended: None, severity, problem: None, own: None }
    }
}

/// Decides over a finding.
#[must_use]
pub fn accept(
    rules: &Rules,
    wanted: &Wanted,
    about: About<'_>,
    circumstances: &Circumstances<'_>,
) -> Acceptance {
    let own = Own::read(&wanted.check, about, circumstances);
    let now = circumstances.now;
    let (mut accepted, mut refusing, mut ended) = (Vec::new(), Vec::new(), None);
    let (mut problem, mut is_limited) = (own.problem.clone(), false);
    for (name, severity) in wanted.policies.iter().zip(&wanted.severities) {
        let policy = rules.policy(name);
        is_limited |= policy.is_some_and(|policy| policy.self_service.is_limited());
        let candidates = policy.into_iter().flat_map(|policy| {
            policy.accepting(&wanted.check, about).chain(own.under(&policy.self_service))
        });
        let mut candidates: Vec<Accepted> = candidates.collect();
        ended = ended.max(candidates.iter().filter_map(|known| known.until).max());
        candidates.retain(|known| known.until.is_none_or(|until| until > now));
        // What lasts longest; of two that last as long, the one that stands first.
        let longest =
            candidates.into_iter().rev().max_by_key(|known| known.until.unwrap_or(Timestamp::MAX));
        if let Some(known) = longest {
            accepted.push(known);
        } else {
            problem = problem.or_else(|| own.refusal(policy?, now));
            refusing.push(*severity);
        }
    }
    let is_accepted = refusing.is_empty() && !accepted.is_empty();
    let earliest = accepted.into_iter().min_by_key(|known| known.until.unwrap_or(Timestamp::MAX));
    Acceptance {
        in_force: earliest.filter(|_| is_accepted),
        ended: ended.filter(|end| !is_accepted && *end <= now),
        severity: refusing.into_iter().min().unwrap_or(wanted.severity),
        problem: problem.filter(|_| !is_accepted),
        own: own.since.filter(|_| is_limited),
    }
}

impl Policy {
    /// Its own exemptions from a check that select an object, whether they have ended or not.
    fn accepting(&self, check: &AnyCheck, about: About<'_>) -> impl Iterator<Item = Accepted> {
        self.exemptions
            .iter()
            .filter(move |known| known.selects(check.id(), check.category(), about))
            .map(|known| Accepted {
                origin: ExemptionOrigin::Policy,
                reason: Some(known.reason),
                note: known.note.clone(),
                until: known.until,
            })
    }
}

impl Rules {
    /// Whether some policy exempts something by itself.
    #[must_use]
    pub fn has_exemptions(&self) -> bool {
        self.policies().iter().any(|policy| !policy.exemptions.is_empty())
    }

    /// What is to be kept of what is written on an object.
    #[must_use]
    pub fn marks(&self, meta: &Meta) -> Marks {
        let is_of_owner = |key: &str| self.owner_keys.contains(key);
        let labels = meta.labels.iter().filter(|(key, _)| self.reads_labels || is_of_owner(key));
        let annotations = meta.annotations.iter();
        Marks {
            labels: labels.collect(),
            annotations: annotations.filter(|(key, _)| is_read(key) || is_of_owner(key)).collect(),
        }
    }
}

/// Whether an annotation means something to exemptions.
fn is_read(annotation: &str) -> bool {
    let ours = [EXEMPT_ANNOTATION, EXEMPT_NOTE_ANNOTATION, EXEMPT_UNTIL_ANNOTATION];
    ours.contains(&annotation) || respect::is_read(annotation)
}

impl Exemption {
    /// Compiles the exemptions of a policy; the error names the field.
    pub(super) fn compile_all(exemptions: &[api::Exemption]) -> Result<Vec<Self>, PolicyError> {
        let exemptions = exemptions.iter().enumerate();
        exemptions
            .map(|(index, written)| Self::compile(&format!("spec.exemptions[{index}]"), written))
            .collect()
    }

    /// What is to be said about it, if anything: how many objects it accepts a finding of.
    #[must_use]
    pub fn remark(&self, objects: usize, now: Timestamp) -> Option<String> {
        let checks: Vec<_> = self.checks.iter().map(|(text, _)| text.as_str()).collect();
        let checks = checks.join(", ");
        match self.until {
            Some(end) if end <= now => Some(format!("{checks}: ended at {end}")),
            _ if objects == 0 => Some(format!("{checks}: matches no finding")),
            _ if objects > limits::OBJECTS_OF_EXEMPTION => {
                Some(format!("{checks}: matches findings of {objects} objects; narrow it down"))
            }
            _ => None,
        }
    }

    fn compile(field: &str, written: &api::Exemption) -> Result<Self, PolicyError> {
        let api::Exemption { checks, namespaces, names, kinds, reason, note, until, .. } = written;
        let globs = |texts: &[String], name: &str| {
            let compiled = Pattern::compile_all(texts);
            compiled.map_err(|error| PolicyError::new(format!("{field}.{name}"), error))
        };
        let labels = |written: Option<&api::LabelSelector>, name: &str| {
            scope::selector(written, &format!("{field}.{name}"))
        };
        let until = until.as_deref().map(expires_at).transpose();
        Ok(Self {
            checks: checks.iter().cloned().zip(globs(checks, "checks")?).collect(),
            namespaces: globs(namespaces, "namespaces")?,
            namespace_selector: labels(written.namespace_selector.as_ref(), "namespaceSelector")?,
            objects: labels(written.objects.as_ref(), "objects")?,
            names: globs(names, "names")?,
            kinds: kinds.clone(),
            reason: *reason,
            note: note.as_deref().map(Arc::from),
            until: until.map_err(|error| PolicyError::new(format!("{field}.until"), error))?,
        })
    }

    /// Whether it selects objects by their labels, or namespaces, which are objects, too.
    pub(super) fn reads_labels(&self) -> bool {
        self.objects.is_some() || self.namespace_selector.is_some()
    }

    /// Whether it is about a check of a category, and an object.
    #[must_use]
    pub fn selects(&self, check: &str, category: &str, about: About<'_>) -> bool {
        let any = |globs: &[Pattern], name: &str| {
            globs.is_empty() || globs.iter().any(|glob| glob.matches(name))
        };
        let is_of_check =
            |(text, glob): &(String, Pattern)| glob.matches(check) || text == category;
        self.checks.iter().any(is_of_check)
            && any(&self.namespaces, about.namespace)
            && self.selects_namespace(about.namespace_labels)
            && any(&self.names, about.name)
            && (self.kinds.is_empty() || self.kinds.iter().any(|kind| kind == about.kind))
            && self.objects.as_ref().is_none_or(|selector| selector.selects(about.labels))
    }

    fn selects_namespace(&self, labels: Option<&Labels>) -> bool {
        let selects =
            |selector: &LabelSelector| labels.is_some_and(|known| selector.selects(known));
        self.namespace_selector.as_ref().is_none_or(selects)
    }
}

#[cfg(test)]
mod tests;
