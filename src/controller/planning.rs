//! From what is known of a target to what is to be written about it.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use jiff::Timestamp;

use crate::{
    cluster_io::Outcome,
    engine::{Standing, Target},
    items::{Fate, Identity, Presence, fate},
    model::ObjectKey,
};

use super::auditor::Auditor;

/// An item older than the definition of policies is not closed for lack of a policy for this long.
const DEFINITION_AGE: Duration = Duration::from_hours(1);

impl Auditor {
    pub(super) fn plan(&mut self, target: &Target, now: Timestamp) {
        let mut checks: BTreeSet<Arc<str>> = self.book.checks_of(target).cloned().collect();
        checks.extend(self.findings.checks_of(target).into_iter().map(Arc::from));
        let presence = self.presence(target);
        let owner = self.findings.owner_of(target).map(ToOwned::to_owned);
        for check in checks {
            let identity = (check, target.clone());
            let fate = self.fate(&identity, presence);
            let action = self.book.plan(&identity, &fate, owner.as_deref(), now);
            self.writes.put(&identity, action);
        }
    }

    pub(super) fn presence(&mut self, target: &Target) -> Presence {
        if self.findings.is_judged(target) {
            return Presence::Judged;
        }
        if self.findings.is_superseded(target) {
            return Presence::Superseded;
        }
        if self.owners.is_below_another(target) {
            return Presence::Superseded;
        }
        let is_read = |key: &ObjectKey| self.findings.rules().kinds().contains(key.kind);
        let Some(key) = target.key().filter(is_read) else {
            let is_missing = self.owners.is_missing(target);
            return if is_missing { Presence::Deleted } else { Presence::Unread };
        };
        let is_known = self.findings.is_known(&key);
        match !is_known && self.findings.cluster().is_complete(key.kind) {
            true => Presence::Deleted,
            false => Presence::Unread,
        }
    }

    pub(super) fn fate(&self, identity: &Identity, presence: Presence) -> Fate {
        let (check, target) = identity;
        let standing = match presence {
            Presence::Judged => self.findings.standing(target, check),
            _ if self.findings.rules().enables(check) => Standing::Unknown(String::new()),
            _ => Standing::NotAsked,
        };
        let item = self.book.item(identity);
        let lacks_policy = matches!(standing, Standing::NotAsked | Standing::OutOfScope);
        if lacks_policy && item.is_some_and(|item| !self.may_close_for_lack(item.created)) {
            return Fate::Leave;
        }
        let status = item.map(|item| &item.status);
        fate(presence, standing, status, |policy| self.policies.holds(policy, check))
    }

    /// Whether an item may be closed because no policy asks for it: not while the definition of
    /// policies is younger than the item and less than an hour old.
    pub(super) fn may_close_for_lack(&self, created: Option<Timestamp>) -> bool {
        let (Some(defined), Some(created)) = (self.defined_at, created) else { return false };
        let age = Timestamp::now().duration_since(defined);
        created >= defined || Duration::try_from(age).unwrap_or_default() >= DEFINITION_AGE
    }

    pub(super) fn write_ended(&mut self, (identity, outcome): (Identity, Outcome)) {
        if let Some(target) = self.writes.ended(&mut self.book, &identity, outcome) {
            self.findings.touch(target);
        }
        self.status_is_stale = true;
    }
}
