//! Who has room and who has not, told one claim after the other.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use crate::items::Identity;

use super::{Limits, Rank, waiting::Waits};

/// Who has room.
#[derive(Debug, Default)]
pub(super) struct Shares {
    /// What may become an object now.
    pub(super) granted: HashSet<Identity>,
    /// Items that have to go.
    pub(super) evicted: HashSet<Identity>,
}

/// How many findings there is no room for.
#[derive(Debug, Default)]
pub(super) struct Cut {
    pub(super) total: usize,
    pub(super) by_policy: HashMap<Arc<str>, usize>,
}

/// Gives away the room; what comes first is told first.
pub(super) struct Division<'a> {
    shares: Shares,
    room: Room<'a>,
    /// The same, if nothing went that has to go.
    places: Room<'a>,
    /// The findings that have room, or will have once something has gone.
    fitting: Cut,
}

/// The room that is left.
struct Room<'a> {
    limits: Limits,
    taken: usize,
    namespaces: HashMap<&'a str, usize>,
}

impl<'a> Division<'a> {
    pub(super) fn new(limits: Limits) -> Self {
        let room = || Room { limits, taken: 0, namespaces: HashMap::new() };
        Self { shares: Shares::default(), room: room(), places: room(), fitting: Cut::default() }
    }

    /// An item exists, whether it may stay or not.
    pub(super) fn is_there(&mut self, namespace: &'a str) {
        self.places.take(namespace);
    }

    /// Whether there is any room left.
    pub(super) fn has_room(&self) -> bool {
        self.room.taken < self.room.limits.total
    }

    /// An item stays, if there is room for it.
    pub(super) fn keep(&mut self, rank: &Rank, identity: &Identity, namespace: &'a str) {
        if matches!(rank, Rank::Committed(_)) || self.room.is_there(namespace) {
            self.room.take(namespace);
        } else {
            self.shares.evicted.insert(identity.clone());
        }
    }

    /// A finding may become an item, if there is room for it.
    pub(super) fn grant(&mut self, waits: &Waits<'_>, namespace: &'a str) {
        if !self.room.is_there(namespace) {
            return;
        }
        self.room.take(namespace);
        self.fitting.total += 1;
        for policy in waits.policies() {
            *self.fitting.by_policy.entry(Arc::clone(policy)).or_default() += 1;
        }
        // What has to go first may still be there.
        if self.places.is_there(namespace) {
            self.places.take(namespace);
            self.shares.granted.insert(waits.identity());
        }
    }

    /// Who has room, and how many of all the findings that wait do not fit.
    pub(super) fn end(self, mut waiting: Cut) -> (Shares, Cut) {
        waiting.total -= self.fitting.total;
        for (policy, fitting) in self.fitting.by_policy {
            waiting.by_policy.entry(policy).and_modify(|count| *count -= fitting);
        }
        (self.shares, waiting)
    }
}

impl<'a> Room<'a> {
    fn is_there(&self, namespace: &str) -> bool {
        let taken = self.namespaces.get(namespace).copied().unwrap_or_default();
        self.taken < self.limits.total && taken < self.limits.namespace
    }

    fn take(&mut self, namespace: &'a str) {
        self.taken += 1;
        *self.namespaces.entry(namespace).or_default() += 1;
    }
}
