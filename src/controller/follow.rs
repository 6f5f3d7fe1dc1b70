//! Follows the policies: compiles them together, reads what they need, confirms their loss.

use std::{sync::Arc, time::Instant};

use jiff::Timestamp;
use tokio::task::JoinError;

use crate::{
    inventory::{Form, Mode, Problem, Source},
    model::{Kind, KindSet},
};

use super::{
    auditor::{Auditor, HEARTBEAT},
    confirm::{Confirmed, confirm},
    policies::Followed,
};

impl Auditor {
    /// Takes the active policies into force: compiles them, reads what they need and drops the
    /// rest.
    pub(super) fn rules_changed(&mut self, now: Timestamp) {
        let rules = self.policies.rules(self.setting.kubernetes_minor);
        let rules = Arc::new(rules.naming_owners_by(self.setting.owner_keys.clone()));
        let outdated = self.findings.set_rules(rules);
        self.sharing.close();
        self.touch_all_items();
        let unaudited: Vec<String> = self
            .policies
            .followed
            .iter()
            .filter(|(_, followed)| {
                followed.is_active() && followed.error.is_none() && !followed.is_audited()
            })
            .map(|(name, _)| name.clone())
            .collect();
        for name in unaudited {
            self.start_audit(&name, "policy", None, now, outdated);
        }
        // After the audits have begun: they wait for lists that begin later than they did.
        self.converge(outdated);
        let followed = &self.policies.followed;
        self.audits.retain(|name, _| followed.get(name).is_some_and(Followed::is_active));
        self.status_is_stale = true;
    }

    /// The kinds that are to be watched.
    fn watched(&self) -> KindSet {
        let mut watched = KindSet::default();
        for (position, policy) in self.findings.rules().policies().iter().enumerate() {
            let followed = self.policies.followed.get(&*policy.name);
            let valid = followed.and_then(|followed| followed.valid.as_ref());
            if valid.is_some_and(|valid| valid.watch) {
                let kinds = self.findings.rules().kinds_of(position);
                kinds.iter().for_each(|kind| watched.insert(kind));
            }
        }
        // What is judged on change has to be judged against what is seen on change.
        for kind in watched.iter() {
            for evaluation in self.findings.rules().evaluations(kind) {
                evaluation.check.reads().iter().for_each(|read| watched.insert(*read));
            }
        }
        watched
    }

    /// Reads the kinds that the rules need, in the mode that they need, and no others.
    pub(super) fn converge(&mut self, outdated: KindSet) {
        let watched = self.watched();
        let needed = self.findings.rules().kinds();
        for kind in Kind::ALL.into_iter().chain(Kind::named()) {
            let source = Source::Kind(kind);
            let rules = self.findings.rules();
            let form = match (rules.looks_up_whole(kind), rules.sees_whole(kind)) {
                (true, _) => Form::All,
                (false, true) => Form::Whole,
                (false, false) => Form::Read,
            };
            self.inventory.prefer(kind, rules.versions_of(kind));
            let mode = if watched.contains(kind) || kind == Kind::Namespace {
                Mode::Watch
            } else {
                Mode::List
            };
            let is_needed = needed.contains(kind) || kind == Kind::Namespace;
            if !is_needed {
                self.inventory.stop(source);
                if self.readings.remove(&kind).is_some() {
                    self.metrics.reading.is_unread(&kind.label());
                }
                continue;
            }
            self.metrics.reading.is_watched(&kind.label(), mode == Mode::Watch);
            match outdated.contains(kind) {
                true => self.inventory.reread(source, mode, form),
                false => self.inventory.read(source, mode, form),
            }
        }
    }

    pub(super) fn confirm_losses(&mut self) {
        let patience = self.setting.policy_loss_confirmation;
        let is_due = self.policies.confirm_at(patience).is_some_and(|at| at <= Instant::now());
        let is_wanted = is_due || self.defined_at.is_none();
        if is_wanted
            && self.confirming.running.is_empty()
            && self.confirming.not_before <= Instant::now()
        {
            self.confirming.not_before = Instant::now() + patience.min(HEARTBEAT);
            self.confirming.running.spawn(confirm(self.client.clone()));
        }
    }

    pub(super) fn confirmed(&mut self, done: Result<Result<Confirmed, String>, JoinError>) {
        match done {
            Ok(Ok(Confirmed { present, defined_at })) => {
                if self.defined_at != defined_at {
                    self.defined_at = defined_at;
                    self.touch_all_items();
                }
                let patience = self.setting.policy_loss_confirmation;
                let lost = self.policies.confirm(&present, patience);
                lost.iter().for_each(|policy| self.metrics.audits.forget(policy));
                if !lost.is_empty() {
                    self.rules_changed(Timestamp::now());
                }
            }
            Ok(Err(problem)) => self.failed(Source::Policies, &Problem::Unavailable(problem)),
            Err(error) => tracing::error!(%error, "confirming the loss of a policy failed"),
        }
    }
}
