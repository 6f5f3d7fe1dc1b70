//! Gives away the room for items, once everything is known: what is found first has no advantage then.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use crate::items::{Budget, Claim, Fate, Identity, Limits};

use super::{auditor::Auditor, reading::are_known};

/// Where there is no room for everything, it is given away no more often than this, and so seldom that it
/// takes a twentieth of the time at most.
const INTERVAL: Duration = Duration::from_millis(200);
/// After this long what is known has to do.
const PATIENCE: Duration = Duration::from_secs(30);

/// The room for items.
#[derive(Debug)]
pub(super) struct Sharing {
    pub(super) budget: Budget,
    /// Since when something has to be read before room is given away.
    closed_at: Instant,
    next_at: Instant,
}

impl Sharing {
    pub(super) fn new(limits: Limits, own_namespace: Arc<str>) -> Self {
        let now = Instant::now();
        Self { budget: Budget::new(limits, own_namespace), closed_at: now, next_at: now }
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
            (true, false) => Some(self.next_at),
            (false, _) => Some(self.closed_at + PATIENCE).filter(|at| *at > Instant::now()),
        }
    }
}

impl Auditor {
    /// Notes what a finding or its item takes, or would.
    pub(super) fn claim(&mut self, identity: &Identity, fate: &Fate) {
        let claim = Claim::of(fate, self.book.item(identity));
        self.sharing.budget.claim(identity, claim);
    }

    /// Whether there is an item, or room for one.
    pub(super) fn has_room(&self, identity: &Identity) -> bool {
        self.book.item(identity).is_some() || self.sharing.budget.grants(identity)
    }

    /// Gives away the room, and has planned again whom that concerns.
    pub(super) fn share_room(&mut self) {
        let is_new = !self.sharing.budget.is_open() && self.may_share();
        if is_new {
            self.sharing.budget.open();
        }
        let budget = &mut self.sharing.budget;
        let is_stale = budget.is_open() && !budget.is_settled();
        let is_time = self.sharing.next_at <= Instant::now();
        if is_stale && (is_new || is_time || !budget.is_tight()) {
            let started = Instant::now();
            let concerned = budget.share();
            self.sharing.next_at = Instant::now() + INTERVAL.max(started.elapsed() * 20);
            concerned.into_iter().for_each(|(_, target)| self.findings.touch(target));
            self.status_is_stale = true;
        }
    }

    fn may_share(&self) -> bool {
        self.sharing.closed_at.elapsed() > PATIENCE
            || are_known(self.findings.rules().kinds(), &self.findings, &self.readings)
    }
}
