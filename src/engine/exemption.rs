//! Which findings are accepted, why, and until when: one function decides, for the controller and
//! for `scan`.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::{
    api::{
        self, Decision, EXEMPT_ANNOTATION, EXEMPT_NOTE_ANNOTATION, EXEMPT_UNTIL_ANNOTATION,
        ExemptionOrigin, ExemptionReason, OWNER_ANNOTATIONS, SelfServiceMode, Severity, expires_at,
    },
    checks::Source,
    model::{LabelSelector, Labels, Meta},
};

use super::{AnyCheck, Pattern, Policy, PolicyError, Rules, Wanted, respect, scope};

/// One entry of `spec.exemptions` of a policy.
#[derive(Clone, Debug)]
pub struct Exemption {
    checks: Vec<(String, Pattern)>,
    namespaces: Vec<Pattern>,
    objects: Option<LabelSelector>,
    names: Vec<Pattern>,
    kinds: Vec<String>,
    reason: ExemptionReason,
    note: Option<Arc<str>>,
    until: Option<Timestamp>,
}

/// What the people of a namespace may accept by themselves.
#[derive(Clone, Debug, Default)]
pub struct SelfService {
    annotations: SelfServiceMode,
    decisions: SelfServiceMode,
    longest: Option<SignedDuration>,
}

/// The object that a finding is about.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub struct About<'a> {
    pub kind: &'a str,
    /// Of a Namespace, its own name.
    pub namespace: &'a str,
    pub name: &'a str,
    pub labels: &'a Labels,
    pub annotations: &'a Labels,
}

/// What is kept of what people write on an object: what exemptions and owners depend on.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Marks {
    pub labels: Labels,
    pub annotations: Labels,
}

/// What counts beside policies and annotations.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'a> {
    /// The decision on the item.
    pub decision: Option<&'a Decision>,
    /// When what people accept by themselves was first seen; absent, now.
    pub since: Option<Timestamp>,
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
    /// What is written on the object and cannot count.
    pub problem: Option<String>,
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
    for (name, severity) in wanted.policies.iter().zip(&wanted.severities) {
        let policy = rules.policies().iter().find(|policy| policy.name == *name);
        let mut candidates: Vec<Accepted> = Vec::new();
        if let Some(policy) = policy {
            candidates.extend(policy.accepting(&wanted.check, about));
            candidates.extend(own.under(&policy.self_service, circumstances));
        }
        ended = ended.max(candidates.iter().filter_map(|known| known.until).max());
        candidates.retain(|known| known.until.is_none_or(|until| until > now));
        // What lasts longest; of two that last as long, the one that stands first.
        let longest =
            candidates.into_iter().rev().max_by_key(|known| known.until.unwrap_or(Timestamp::MAX));
        match longest {
            Some(known) => accepted.push(known),
            None => refusing.push(*severity),
        }
    }
    let is_accepted = refusing.is_empty() && !accepted.is_empty();
    let earliest = accepted.into_iter().min_by_key(|known| known.until.unwrap_or(Timestamp::MAX));
    Acceptance {
        in_force: earliest.filter(|_| is_accepted),
        ended: ended.filter(|end| !is_accepted && *end <= now),
        severity: refusing.into_iter().min().unwrap_or(wanted.severity),
        problem: own.problem,
    }
}

/// What is written on the object and on its item.
struct Own {
    annotation: Option<(Option<Arc<str>>, Option<Timestamp>)>,
    decision: Option<Accepted>,
    problem: Option<String>,
}

impl Own {
    fn read(check: &AnyCheck, about: About<'_>, circumstances: &Circumstances<'_>) -> Self {
        let mut own = Self { annotation: None, decision: None, problem: None };
        let ids = about.annotations.value(EXEMPT_ANNOTATION).unwrap_or_default();
        if ids.split(',').any(|id| id.trim() == check.id()) {
            let note = about.annotations.value(EXEMPT_NOTE_ANNOTATION).map(Arc::from);
            match about.annotations.value(EXEMPT_UNTIL_ANNOTATION).map(expires_at).transpose() {
                Ok(until) => own.annotation = Some((note, until)),
                Err(error) => own.problem = Some(format!("{EXEMPT_UNTIL_ANNOTATION}: {error}")),
            }
        } else {
            let noted = respect::noted(circumstances.respected, check.id(), about.annotations);
            own.annotation = noted.map(|note| (Some(note.into()), None));
        }
        if let Some(decision) = circumstances.decision {
            match decision.until.as_deref().map(expires_at).transpose() {
                Ok(until) => {
                    own.decision = Some(Accepted {
                        origin: ExemptionOrigin::Decision,
                        reason: Some(decision.reason),
                        note: decision.note.as_deref().map(Arc::from),
                        until,
                    });
                }
                Err(error) => own.problem = Some(format!("decision: {error}")),
            }
        }
        own
    }

    /// What of it a policy lets people do.
    fn under(
        &self,
        service: &SelfService,
        circumstances: &Circumstances<'_>,
    ) -> impl Iterator<Item = Accepted> {
        let annotation = self.annotation.as_ref().map(|(note, until)| Accepted {
            origin: ExemptionOrigin::Annotation,
            reason: None,
            note: note.clone(),
            until: *until,
        });
        let since = circumstances.since.unwrap_or(circumstances.now);
        let limit = service.longest.and_then(|longest| since.checked_add(longest).ok());
        let pairs = [(annotation, service.annotations), (self.decision.clone(), service.decisions)];
        pairs.into_iter().filter_map(move |(known, mode)| {
            let known = known?;
            let has_note = known.note.as_deref().is_some_and(|note| !note.trim().is_empty());
            let is_allowed = match mode {
                SelfServiceMode::Allow => true,
                SelfServiceMode::RequireNote => has_note,
                SelfServiceMode::Deny => false,
            };
            let until = known.until.into_iter().chain(limit).min();
            is_allowed.then_some(Accepted { until, ..known })
        })
    }
}

impl Policy {
    /// Its own exemptions from a check that select an object, whether they have ended or not.
    fn accepting(&self, check: &AnyCheck, about: About<'_>) -> impl Iterator<Item = Accepted> {
        self.exemptions.iter().filter(move |known| known.selects(check, about)).map(|known| {
            Accepted {
                origin: ExemptionOrigin::Policy,
                reason: Some(known.reason),
                note: known.note.clone(),
                until: known.until,
            }
        })
    }
}

impl Rules {
    /// What is to be kept of what is written on an object.
    #[must_use]
    pub fn marks(&self, meta: &Meta) -> Marks {
        let selects = |known: &Exemption| known.objects.is_some();
        let are_read = self.policies().iter().flat_map(|policy| &policy.exemptions).any(selects);
        let annotations = meta.annotations.iter();
        Marks {
            labels: if are_read { meta.labels.clone() } else { Labels::default() },
            annotations: annotations.filter(|(key, _)| is_read(key)).collect(),
        }
    }
}

/// Whether an annotation means something to exemptions, or names an owner.
fn is_read(annotation: &str) -> bool {
    let ours = [EXEMPT_ANNOTATION, EXEMPT_NOTE_ANNOTATION, EXEMPT_UNTIL_ANNOTATION];
    ours.contains(&annotation)
        || OWNER_ANNOTATIONS.contains(&annotation)
        || respect::is_read(annotation)
}

impl Exemption {
    /// Compiles the exemptions of a policy; the error names the field.
    pub(super) fn compile_all(exemptions: &[api::Exemption]) -> Result<Vec<Self>, PolicyError> {
        let exemptions = exemptions.iter().enumerate();
        exemptions
            .map(|(index, written)| Self::compile(&format!("spec.exemptions[{index}]"), written))
            .collect()
    }

    fn compile(field: &str, written: &api::Exemption) -> Result<Self, PolicyError> {
        let api::Exemption { checks, namespaces, objects, names, kinds, reason, note, until } =
            written;
        let globs = |texts: &[String], name: &str| {
            let compiled = Pattern::compile_all(texts);
            compiled.map_err(|error| PolicyError::new(format!("{field}.{name}"), error))
        };
        let until = until.as_deref().map(expires_at).transpose();
        Ok(Self {
            checks: checks.iter().cloned().zip(globs(checks, "checks")?).collect(),
            namespaces: globs(namespaces, "namespaces")?,
            objects: scope::selector(objects.as_ref(), &format!("{field}.objects"))?,
            names: globs(names, "names")?,
            kinds: kinds.clone(),
            reason: *reason,
            note: note.as_deref().map(Arc::from),
            until: until.map_err(|error| PolicyError::new(format!("{field}.until"), error))?,
        })
    }

    fn selects(&self, check: &AnyCheck, about: About<'_>) -> bool {
        let any = |globs: &[Pattern], name: &str| {
            globs.is_empty() || globs.iter().any(|glob| glob.matches(name))
        };
        let is_of_check = |(text, glob): &(String, Pattern)| {
            glob.matches(check.id()) || *text == check.category()
        };
        self.checks.iter().any(is_of_check)
            && any(&self.namespaces, about.namespace)
            && any(&self.names, about.name)
            && (self.kinds.is_empty() || self.kinds.iter().any(|kind| kind == about.kind))
            && self.objects.as_ref().is_none_or(|selector| selector.selects(about.labels))
    }
}

impl SelfService {
    /// Compiles `spec.selfService`; the error names the field.
    pub(super) fn compile(written: &api::SelfService) -> Result<Self, PolicyError> {
        let longest = written.max_duration.as_deref().map(str::parse).transpose();
        let longest = longest.map_err(|error: jiff::Error| {
            PolicyError::new("spec.selfService.maxDuration", error)
        })?;
        Ok(Self { annotations: written.annotations, decisions: written.decisions, longest })
    }
}

#[cfg(test)]
mod tests;
