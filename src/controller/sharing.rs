//! Gives away the room for items, once everything is known: what is found first has no advantage then.

use std::time::{Duration, Instant};

use crate::items::{Budget, Claim, Fate, Identity, Limits};

use super::{auditor::Auditor, reading::are_known};

/// Where there is no room for everything, it is given away no more often than this.
const INTERVAL: Duration = Duration::from_millis(200);
/// After this long what is known has to do.
const PATIENCE: Duration = Duration::from_secs(30);

/// The room for items.
#[derive(Debug)]
pub(super) struct Sharing {
    pub(super) budget: Budget,
    /// Since when something has to be read before room is given away.
    closed_at: Instant,
    shared_at: Instant,
}

impl Sharing {
    pub(super) fn new(limits: Limits) -> Self {
        let now = Instant::now();
        Self { budget: Budget::new(limits), closed_at: now, shared_at: now }
    }

    /// Something has to be read before room is given away again.
    pub(super) fn close(&mut self) {
        self.budget.close();
        self.closed_at = Instant::now();
    }

    /// When to look again.
    pub(super) fn wake_at(&self) -> Option<Instant> {
        match (self.budget.is_open(), self.budget.is_settled()) {
            (true, true) => None,
            (true, false) => Some(self.shared_at + INTERVAL),
            (false, _) => Some(self.closed_at + PATIENCE).filter(|at| *at > Instant::now()),
        }
    }
}

impl Auditor {
    /// Notes what a finding or its item takes, or would.
    pub(super) fn claim(&mut self, identity: &Identity, fate: &Fate) {
        let namespace = self.book.namespace_of(&identity.1);
        let name = || self.book.name_of(identity, 0);
        let claim = Claim::of(fate, self.book.item(identity), namespace, name);
        self.sharing.budget.claim(identity, claim);
    }

    /// Whether there is an item, or room for one.
    pub(super) fn has_room(&self, identity: &Identity) -> bool {
        self.book.item(identity).is_some() || self.sharing.budget.grants(identity)
    }

    /// Gives away the room, and has planned again whom that concerns.
    pub(super) fn share_room(&mut self) {
        let mut concerned = Vec::new();
        if !self.sharing.budget.is_open() && self.may_share() {
            concerned = self.sharing.budget.open();
        }
        let is_calm = !self.sharing.budget.is_tight() || !concerned.is_empty();
        let is_stale = self.sharing.budget.is_open() && !self.sharing.budget.is_settled();
        if is_stale && (is_calm || self.sharing.shared_at.elapsed() >= INTERVAL) {
            concerned.extend(self.sharing.budget.share());
            self.sharing.shared_at = Instant::now();
            self.status_is_stale = true;
        }
        concerned.into_iter().for_each(|(_, target)| self.findings.touch(target));
    }

    fn may_share(&self) -> bool {
        self.sharing.closed_at.elapsed() > PATIENCE
            || are_known(self.findings.rules().kinds(), &self.findings, &self.readings)
    }
}
