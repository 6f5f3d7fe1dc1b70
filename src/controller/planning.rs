//! From what is known of a target to what is to be written about it.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use jiff::Timestamp;

use crate::{
    api::{ActionItem, ActionItemStatus},
    cluster_io::{Outcome, Told},
    engine::{Circumstances, Standing, Target},
    items::{Action, Failing, Fate, Identity, Presence, Stage, fate, kept_until},
    model::ObjectKey,
};

use super::{auditor::Auditor, write::Written};

/// An item older than the definition of policies is not closed for lack of a policy for this long.
const DEFINITION_AGE: Duration = Duration::from_hours(1);

impl Auditor {
    /// Plans the items of a target anew. The answer is whether there is something to write.
    pub(super) fn plan(&mut self, target: &Target, now: Timestamp) -> bool {
        let mut checks: BTreeSet<Arc<str>> = self.book.checks_of(target).cloned().collect();
        checks.extend(self.findings.failing(target).into_iter().map(Arc::from));
        let presence = self.presence(target);
        let owner = self.findings.owner_of(target).map(ToOwned::to_owned);
        let (mut moments, mut is_changed) = (BTreeSet::new(), false);
        for gone in self.sharing.budget.keep_only(target, &checks) {
            self.writes.put(&gone, None);
        }
        for check in checks {
            let identity = (check, target.clone());
            let fate = self.fate(&identity, presence, now);
            self.claim(&identity, &fate);
            let action = if self.sharing.budget.evicts(&identity) {
                self.delete(&identity, now, &mut moments)
            } else if self.has_room(&identity) {
                let fate = self.with_source(&identity, fate);
                self.book.plan(&identity, &fate, owner.as_deref(), now)
            } else {
                None
            };
            let action = action.or_else(|| self.retire(&identity, now, &mut moments));
            let known = self.book.item(&identity).map(|item| &item.status);
            let status = action.as_ref().and_then(Action::status).or(known);
            moments.extend(status.and_then(comes_true));
            is_changed |= action.is_some();
            self.writes.put(&identity, action);
        }
        self.moments.set(target, moments.into_iter().find(|moment| *moment > now));
        is_changed
    }

    /// Deletes an item that is no longer kept, as far as that is allowed; else says when.
    fn retire(
        &mut self,
        identity: &Identity,
        now: Timestamp,
        moments: &mut BTreeSet<Timestamp>,
    ) -> Option<Action> {
        let item = self.book.item(identity)?;
        let end = kept_until(item, self.policies.retention(&item.status.policies))?;
        if end > now {
            moments.insert(end);
            return None;
        }
        self.delete(identity, now, moments)
    }

    /// Deletes an item, as far as that is allowed; else says when.
    fn delete(
        &mut self,
        identity: &Identity,
        now: Timestamp,
        moments: &mut BTreeSet<Timestamp>,
    ) -> Option<Action> {
        let action = self.book.delete(identity)?;
        let counted = self.deletions.count(now).map_err(|later| moments.insert(later));
        counted.is_ok().then_some(action)
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

    fn fate(&self, identity: &Identity, presence: Presence, now: Timestamp) -> Fate {
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
        let is_held = |policy: &str| self.policies.holds(policy, check);
        fate(presence, standing, status, is_held, |wanted| {
            let circumstances = Circumstances {
                decision: item.and_then(|item| item.decision.as_deref()),
                known: status.and_then(|status| status.self_accepted.as_ref()),
                respected: &[],
                now,
            };
            let acceptance = self.findings.accept(target, &wanted, &circumstances);
            let due = self.findings.rules().due(&wanted);
            Failing { wanted, acceptance, due, source: None }
        })
    }

    /// Tells what a write has changed.
    fn tell(&mut self, target: &Target, before: Stage, item: &ActionItem) {
        let now = Timestamp::now();
        let Some(status) = &item.status else { return };
        if let Some(transition) = before.transition(status, now) {
            self.metrics.items.transition(status, transition);
            let (item, target) = (Box::new(item.clone()), self.findings.uid_of(target));
            self.events.tell(&Told { transition, item, target }, now);
        }
    }

    /// Whether an item may be closed because no policy asks for it: not while the definition of
    /// policies is younger than the item and less than an hour old.
    pub(super) fn may_close_for_lack(&self, created: Option<Timestamp>) -> bool {
        let (Some(defined), Some(created)) = (self.defined_at, created) else { return false };
        let age = Timestamp::now().duration_since(defined);
        created >= defined || Duration::try_from(age).unwrap_or_default() >= DEFINITION_AGE
    }

    pub(super) fn write_ended(&mut self, Written { identity, before, outcome }: Written) {
        if let Outcome::Done(item) = &outcome {
            self.tell(&identity.1, before, item);
        }
        if let Some(target) = self.writes.ended(&mut self.book, &identity, outcome) {
            self.findings.touch(target);
        }
        self.status_is_stale = true;
    }
}

/// When what a status says ends by itself: its exemption, or the time to repair.
fn comes_true(status: &ActionItemStatus) -> Option<Timestamp> {
    let end = status.exemption.as_ref().and_then(|exemption| exemption.until.as_ref());
    end.or(status.due_at.as_ref()).map(|time| time.0)
}
