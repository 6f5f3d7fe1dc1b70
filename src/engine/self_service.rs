//! What the people of a namespace accept by themselves, and how far policies let them.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::{
    api::{
        self, Decision, EXEMPT_ANNOTATION, EXEMPT_NOTE_ANNOTATION, EXEMPT_UNTIL_ANNOTATION,
        ExemptionOrigin, ExemptionReason, SelfAccepted, SelfServiceMode, UntilError, expires_at,
        whole_seconds,
    },
    checks::Source,
};

use super::{
    About, Accepted, AnyCheck, Circumstances, Policy, PolicyError, digest::digest, respect,
};

/// What the people of a namespace may accept by themselves.
#[derive(Clone, Debug, Default)]
pub struct SelfService {
    annotations: SelfServiceMode,
    decisions: SelfServiceMode,
    longest: Option<SignedDuration>,
}

impl SelfService {
    /// Whether it limits how long something is accepted.
    pub(super) fn is_limited(&self) -> bool {
        self.longest.is_some()
    }

    /// Whether what people accept by themselves counts; the error says why not, of a policy.
    fn allows(&self, known: &Accepted) -> Result<(), &'static str> {
        let (mode, refusal) = match known.origin {
            ExemptionOrigin::Annotation => (self.annotations, "does not let annotations count"),
            _ => (self.decisions, "does not let decisions count"),
        };
        let has_note = known.note.as_deref().is_some_and(|note| !note.trim().is_empty());
        match mode {
            SelfServiceMode::RequireNote if !has_note => Err("asks for a note"),
            SelfServiceMode::Allow | SelfServiceMode::RequireNote => Ok(()),
            SelfServiceMode::Deny => Err(refusal),
        }
    }

    /// Compiles `spec.selfService`; the error names the field.
    pub(super) fn compile(written: &api::SelfService) -> Result<Self, PolicyError> {
        let longest = written.max_duration.as_deref().map(str::parse).transpose();
        let longest = longest.map_err(|error: jiff::Error| {
            PolicyError::new("spec.selfService.maxDuration", error)
        })?;
        Ok(Self { annotations: written.annotations, decisions: written.decisions, longest })
    }
}

/// What is written on the object and on its item.
pub(super) struct Own {
    /// Of the annotation and of the decision, as far as they are there.
    accepted: Vec<Accepted>,
    /// What cannot be read.
    pub(super) problem: Option<String>,
    /// Since when it has been there as it is.
    pub(super) since: Option<SelfAccepted>,
}

impl Own {
    pub(super) fn read(
        check: &AnyCheck,
        about: About<'_>,
        circumstances: &Circumstances<'_>,
    ) -> Self {
        let mut own = Self { accepted: Vec::new(), problem: None, since: None };
        let mut take = |place: &str, accepted: Result<Option<Accepted>, UntilError>| match accepted
        {
            Ok(accepted) => own.accepted.extend(accepted),
            Err(error) => own.problem = Some(format!("{place}: {error}")),
        };
        take(EXEMPT_UNTIL_ANNOTATION, annotated(check, about, circumstances.respected));
        take("decision", circumstances.decision.map(decided).transpose());
        if !own.accepted.is_empty() {
            let digest = Some(tell_apart(&own.accepted));
            let known = circumstances.known.filter(|known| known.digest == digest);
            let since = Some(whole_seconds(circumstances.now));
            own.since = Some(known.cloned().unwrap_or(SelfAccepted { since, digest }));
        }
        own
    }

    /// What of it a policy lets people do.
    pub(super) fn under(&self, service: &SelfService) -> impl Iterator<Item = Accepted> {
        let allowed = self.accepted.iter().filter(|known| service.allows(known).is_ok());
        allowed.map(|known| Accepted { until: self.end(known, service), ..known.clone() })
    }

    fn end(&self, known: &Accepted, service: &SelfService) -> Option<Timestamp> {
        let since = self.since.as_ref().and_then(|known| known.since.as_ref());
        let limit = since.zip(service.longest);
        let limit = limit.and_then(|(since, longest)| since.0.checked_add(longest).ok());
        known.until.into_iter().chain(limit).min()
    }

    /// Why nothing of it counts for a policy.
    pub(super) fn refusal(&self, policy: &Policy, now: Timestamp) -> Option<String> {
        self.accepted.iter().find_map(|known| {
            let place = known.origin.as_str();
            if let Err(why) = policy.self_service.allows(known) {
                return Some(format!("{place}: policy `{}` {why}", policy.name));
            }
            let end = self.end(known, &policy.self_service).filter(|end| *end <= now)?;
            Some(format!("{place}: it ended at {}", whole_seconds(end).0))
        })
    }
}

/// What the annotations of an object accept.
fn annotated(
    check: &AnyCheck,
    about: About<'_>,
    respected: &[Source],
) -> Result<Option<Accepted>, UntilError> {
    let ids = about.annotations.value(EXEMPT_ANNOTATION).unwrap_or_default();
    let accepted = |note: Option<Arc<str>>, until| {
        Some(Accepted { origin: ExemptionOrigin::Annotation, reason: None, note, until })
    };
    if ids.split(',').any(|id| id.trim() == check.id()) {
        let note = about.annotations.value(EXEMPT_NOTE_ANNOTATION).map(Arc::from);
        let until = about.annotations.value(EXEMPT_UNTIL_ANNOTATION).map(expires_at).transpose()?;
        return Ok(accepted(note, until));
    }
    let noted = respect::noted(respected, check.id(), about.annotations);
    Ok(noted.and_then(|note| accepted(Some(note.into()), None)))
}

/// What a decision on an item accepts.
fn decided(decision: &Decision) -> Result<Accepted, UntilError> {
    Ok(Accepted {
        origin: ExemptionOrigin::Decision,
        reason: Some(decision.reason),
        note: decision.note.as_deref().map(Arc::from),
        until: decision.until.as_deref().map(expires_at).transpose()?,
    })
}

/// Tells one acceptance from another: who accepts anew starts the clock anew.
fn tell_apart(accepted: &[Accepted]) -> String {
    let ends: Vec<_> =
        accepted.iter().map(|known| known.until.map(|until| until.to_string())).collect();
    let texts = accepted.iter().zip(&ends).flat_map(|(known, end)| {
        let reason = known.reason.map(ExemptionReason::as_str);
        [Some(known.origin.as_str()), reason, known.note.as_deref(), end.as_deref()]
    });
    format!("{:016x}", digest(texts.map(Option::unwrap_or_default)))
}
