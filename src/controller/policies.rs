//! The policies as they are followed: the last valid version of each, and what became of the rest.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp};

use crate::{
    api::{AuditPolicy, AuditPolicyStatus, REQUESTED_AT_ANNOTATION, limits},
    engine::{MAX_POLICIES, Policy, Rules},
    items::cut,
    model::Kind,
    schedule::Schedule,
};

/// How long resolved items are kept where the policy is gone.
const RETENTION: SignedDuration = SignedDuration::from_hours(168);

/// One policy.
#[derive(Debug)]
pub(super) struct Followed {
    pub(super) object: AuditPolicy,
    /// The last valid version, and its schedule.
    pub(super) valid: Option<Valid>,
    /// Why the present version cannot be followed.
    pub(super) error: Option<String>,
    /// Since when it is missing from the server; acted on after a confirming list.
    pub(super) lost: Option<Instant>,
    /// When the next full audit is due.
    pub(super) next_audit: Option<Timestamp>,
    /// Whether as many policies as can be are active without it.
    pub(super) is_excess: bool,
    /// What we hold true, whatever others make of it: what the last full audit has left behind,
    /// and what the server has taken from us since.
    pub(super) audited: Option<AuditPolicyStatus>,
}

/// A version of a policy that can be followed.
#[derive(Clone, Debug)]
pub(super) struct Valid {
    pub(super) policy: Arc<Policy>,
    pub(super) schedule: Schedule,
    pub(super) watch: bool,
}

impl Followed {
    /// Whether it asks for anything new.
    pub(super) fn is_active(&self) -> bool {
        self.wants_to_be_active() && !self.is_excess
    }

    fn wants_to_be_active(&self) -> bool {
        self.valid.is_some() && !self.object.spec.suspend
    }

    pub(super) fn generation(&self) -> i64 {
        self.object.metadata.generation.unwrap_or_default()
    }

    /// What is told about the policy already, or will be in a moment.
    pub(super) fn status(&self) -> Option<&AuditPolicyStatus> {
        self.audited.as_ref().or(self.object.status.as_ref())
    }

    /// The server has this status now.
    pub(super) fn told(&mut self, policy: AuditPolicy) {
        if policy.metadata.uid != self.object.metadata.uid {
            return;
        }
        let status = policy.status;
        self.object.metadata.resource_version = policy.metadata.resource_version;
        let audit = |status: &Option<AuditPolicyStatus>| {
            status.as_ref().and_then(|status| status.last_audit.clone())
        };
        // Not while a newer audit waits to be told.
        if self.audited.is_none() || audit(&self.audited) == audit(&status) {
            self.audited.clone_from(&status);
        }
        self.object.status = status;
    }

    /// The request for a full audit that was not answered yet.
    pub(super) fn request(&self) -> Option<String> {
        let annotations = self.object.metadata.annotations.as_ref()?;
        let request = annotations.get(REQUESTED_AT_ANNOTATION).filter(|text| !text.is_empty())?;
        let request = cut(request, limits::REQUEST);
        let handled = self.status().and_then(|status| status.last_handled_request.as_deref());
        (handled != Some(&request)).then_some(request)
    }

    /// Whether the present version has been audited once.
    pub(super) fn is_audited(&self) -> bool {
        self.status().is_some_and(|status| {
            status.last_audit.is_some() && status.observed_generation == Some(self.generation())
        })
    }
}

/// All policies by name.
#[derive(Debug, Default)]
pub(super) struct Policies {
    pub(super) followed: BTreeMap<String, Followed>,
    /// Policies that cannot be decoded: their items stay as they are.
    undecodable: BTreeSet<String>,
    listed: Option<BTreeSet<String>>,
    pub(super) is_complete: bool,
}

impl Policies {
    /// Takes note of a policy that was listed or has changed. The answer is whether the rules do.
    pub(super) fn observe(&mut self, object: AuditPolicy, now: Timestamp) -> bool {
        let name = object.metadata.name.clone().unwrap_or_default();
        if let Some(listed) = &mut self.listed {
            listed.insert(name.clone());
        }
        self.undecodable.remove(&name);
        let known = self.followed.remove(&name);
        let same = known.as_ref().is_some_and(|known| {
            known.lost.is_none()
                && known.object.metadata.uid == object.metadata.uid
                && known.generation() == object.metadata.generation.unwrap_or_default()
        });
        let followed = match known {
            Some(known) if same => Followed { object, ..known },
            known => follow(&name, object, known.and_then(|known| known.valid), now),
        };
        self.followed.insert(name, followed);
        !same
    }

    /// Takes note of a policy that cannot be decoded.
    pub(super) fn observe_undecodable(&mut self, name: &str, problem: &str) {
        if let Some(listed) = &mut self.listed {
            listed.insert(name.to_owned());
        }
        self.undecodable.insert(name.to_owned());
        if let Some(followed) = self.followed.get_mut(name) {
            followed.error = Some(problem.to_owned());
        }
    }

    /// Takes note of a policy that is missing; it is followed until that is confirmed.
    pub(super) fn lose(&mut self, name: &str) {
        self.undecodable.remove(name);
        if let Some(followed) = self.followed.get_mut(name) {
            followed.lost.get_or_insert_with(Instant::now);
        }
    }

    /// The version of a policy that was seen last.
    pub(super) fn version_of(&self, name: &str) -> Option<String> {
        self.followed.get(name)?.object.metadata.resource_version.clone()
    }

    pub(super) fn list_started(&mut self) {
        self.listed = Some(BTreeSet::new());
    }

    pub(super) fn list_done(&mut self) {
        self.is_complete = true;
        let Some(listed) = self.listed.take() else { return };
        let missing: Vec<_> =
            self.followed.keys().filter(|name| !listed.contains(*name)).cloned().collect();
        missing.iter().for_each(|name| self.lose(name));
    }

    /// The moment at which the first lost policy has to be confirmed.
    pub(super) fn confirm_at(&self, patience: Duration) -> Option<Instant> {
        self.followed
            .values()
            .filter_map(|followed| followed.lost)
            .min()
            .map(|lost| lost + patience)
    }

    /// Forgets lost policies that a confirming list does not show, and answers which.
    pub(super) fn confirm(
        &mut self,
        present: &BTreeSet<String>,
        patience: Duration,
    ) -> Vec<String> {
        let is_lost = |name: &String, followed: &mut Followed| {
            !present.contains(name) && followed.lost.is_some_and(|lost| lost.elapsed() >= patience)
        };
        let lost: Vec<String> =
            self.followed.extract_if(.., is_lost).map(|(name, _)| name).collect();
        for name in present {
            // It is there again; the watch will say what it looks like.
            if let Some(followed) = self.followed.get_mut(name) {
                followed.lost = None;
            }
        }
        lost
    }

    /// The rules of all active policies; of too many, those that were created first.
    pub(super) fn rules(&mut self, kubernetes_minor: u16) -> Rules {
        let mut active: Vec<_> =
            self.followed.values_mut().filter(|followed| followed.wants_to_be_active()).collect();
        active.sort_by_key(|followed| followed.object.metadata.creation_timestamp.clone());
        for (position, followed) in active.iter_mut().enumerate() {
            followed.is_excess = position >= MAX_POLICIES;
        }
        let policies = active
            .iter()
            .take(MAX_POLICIES)
            .filter_map(|followed| followed.valid.as_ref().map(|valid| Arc::clone(&valid.policy)));
        let policies: Vec<_> = policies.collect();
        for (group, kind) in policies.iter().flat_map(|policy| policy.custom_kinds()) {
            if Kind::name_another(group, kind).is_none() {
                tracing::warn!(group, kind, "not read: custom checks have named too many kinds");
            }
        }
        Rules::new(policies, kubernetes_minor)
    }

    /// How long policies keep resolved items: the longest counts, and the default for one that is
    /// gone.
    pub(super) fn retention(&self, names: &[String]) -> SignedDuration {
        let of = |name: &String| {
            let valid = self.followed.get(name).and_then(|followed| followed.valid.as_ref());
            valid.map_or(RETENTION, |valid| valid.policy.retention)
        };
        names.iter().map(of).max().unwrap_or(RETENTION)
    }

    /// Whether the items of a policy stay as they are, for a check that nobody else asks for.
    pub(super) fn holds(&self, name: &str, check: &str) -> bool {
        match self.followed.get(name) {
            Some(followed) => match &followed.valid {
                Some(valid) => !followed.is_active() || valid.policy.rejects(check),
                None => true,
            },
            None => self.undecodable.contains(name),
        }
    }
}

/// Validates a version of a policy; an invalid one leaves the last valid one in force.
fn follow(name: &str, object: AuditPolicy, last: Option<Valid>, now: Timestamp) -> Followed {
    let (valid, error) = match validate(name, &object, now) {
        Ok(valid) => (Some(valid), None),
        Err(error) => (last, Some(error)),
    };
    let mut followed = Followed {
        object,
        valid,
        error,
        lost: None,
        next_audit: None,
        is_excess: false,
        audited: None,
    };
    followed.plan_audit(now);
    followed
}

fn validate(name: &str, object: &AuditPolicy, now: Timestamp) -> Result<Valid, String> {
    let spec = &object.spec;
    let policy = Policy::compile(name, spec).map_err(|error| error.to_string())?;
    let schedule =
        Schedule::parse(&spec.schedule, &spec.time_zone, now).map_err(|error| error.to_string())?;
    Ok(Valid { policy: Arc::new(policy), schedule, watch: spec.watch })
}

impl Followed {
    /// Sets when the next full audit is due: after the last one began, or from now on.
    pub(super) fn plan_audit(&mut self, now: Timestamp) {
        let last = self.status().and_then(|status| status.last_audit.as_ref());
        let last = last.and_then(|audit| audit.started_at.as_ref()).map(|time| time.0);
        let schedule = self.valid.as_ref().map(|valid| &valid.schedule);
        self.next_audit = schedule.and_then(|schedule| schedule.next_after(last.unwrap_or(now)));
    }
}
