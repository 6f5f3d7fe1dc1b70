//! Which findings are worth an object, where there is no room for all of them.
//!
//! What is claimed is put in one order, and the first have room: in the namespace, and in all. The order
//! knows what is an object already, so that nothing but a worse finding ever takes its place.

mod claim;
mod division;
mod waiting;

use std::{
    collections::{BTreeSet, HashMap},
    mem,
    sync::Arc,
};

use crate::engine::Target;

use super::Identity;

pub use claim::{Claim, Rank};
use division::{Cut, Division, Shares};
use waiting::Waiting;

/// How many items there may be, in every state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// In all.
    pub total: usize,
    /// In one namespace.
    pub namespace: usize,
}

/// All that takes room, or would.
#[derive(Debug)]
pub struct Budget {
    limits: Limits,
    /// Where items about cluster-scoped objects live.
    own_namespace: Arc<str>,
    items: Ranked,
    waiting: Waiting,
    /// How much is claimed in each namespace.
    namespaces: HashMap<Arc<str>, usize>,
    /// How many namespaces have more claims than room.
    crowded: usize,
    is_open: bool,
    is_stale: bool,
    /// Who has room; absent as long as all have.
    shares: Option<Shares>,
    cut: Cut,
}

/// The items that exist, in their order.
#[derive(Debug, Default)]
struct Ranked {
    ranks: HashMap<Target, Vec<(Arc<str>, Rank)>>,
    order: BTreeSet<(Rank, Identity)>,
}

impl Ranked {
    fn get(&self, (check, target): &Identity) -> Option<&Rank> {
        self.ranks.get(target)?.iter().find(|(known, _)| known == check).map(|(_, rank)| rank)
    }

    /// Inserts an item that is not there.
    fn insert(&mut self, identity: &Identity, rank: Rank) {
        let (check, target) = identity;
        self.order.insert((rank.clone(), identity.clone()));
        self.ranks.entry(target.clone()).or_default().push((Arc::clone(check), rank));
    }

    /// Whether it was there.
    fn remove(&mut self, identity: &Identity) -> bool {
        let (check, target) = identity;
        let Some(ranks) = self.ranks.get_mut(target) else { return false };
        let Some(index) = ranks.iter().position(|(known, _)| known == check) else { return false };
        let (_, rank) = ranks.swap_remove(index);
        if ranks.is_empty() {
            self.ranks.remove(target);
        }
        self.order.remove(&(rank, identity.clone()))
    }

    fn checks_of(&self, target: &Target) -> impl Iterator<Item = &Arc<str>> {
        self.ranks.get(target).into_iter().flatten().map(|(check, _)| check)
    }
}

impl Budget {
    /// Nothing is claimed, and nothing granted until everything is known. Items about cluster-scoped
    /// objects live in `own_namespace`.
    #[must_use]
    pub fn new(limits: Limits, own_namespace: Arc<str>) -> Self {
        Self {
            limits,
            own_namespace,
            items: Ranked::default(),
            waiting: Waiting::default(),
            namespaces: HashMap::new(),
            crowded: 0,
            is_open: false,
            is_stale: false,
            shares: Some(Shares::default()),
            cut: Cut::default(),
        }
    }

    /// How many items there may be.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Replaces a claim; `None` takes it back.
    pub fn claim(&mut self, identity: &Identity, claim: Option<Claim>) {
        let is_known = match &claim {
            Some(Claim::Item(rank)) => self.items.get(identity) == Some(rank),
            Some(Claim::New { severity, policies }) => {
                self.waiting.holds(identity, *severity, policies)
            }
            None => false,
        };
        if is_known {
            return;
        }
        let (before, after) = (self.take_back(identity), usize::from(claim.is_some()));
        match claim {
            Some(Claim::Item(rank)) => self.items.insert(identity, rank),
            Some(Claim::New { severity, policies }) => {
                self.waiting.insert(identity, severity, policies);
            }
            None => {}
        }
        self.is_stale |= before + after > 0;
        self.count(&identity.1, before, after);
    }

    /// How many claims are taken back: none, or one.
    fn take_back(&mut self, identity: &Identity) -> usize {
        usize::from(self.items.remove(identity) || self.waiting.remove(identity))
    }

    /// Takes back what is claimed for a target by other checks than these. The answer is what that was.
    pub fn keep_only(&mut self, target: &Target, checks: &BTreeSet<Arc<str>>) -> Vec<Identity> {
        let known = self.items.checks_of(target).chain(self.waiting.checks_of(target));
        let gone = known.filter(|check| !checks.contains(*check));
        let gone: Vec<_> = gone.map(|check| (Arc::clone(check), target.clone())).collect();
        gone.iter().for_each(|identity| self.claim(identity, None));
        gone
    }

    /// Counts what is claimed in the namespace of a target.
    fn count(&mut self, target: &Target, before: usize, after: usize) {
        let namespace = target.home(&self.own_namespace);
        let known = self.namespaces.get(namespace).copied().unwrap_or_default();
        let count = known + after - before;
        match count {
            0 => self.namespaces.remove(namespace),
            _ => self.namespaces.insert(Arc::clone(namespace), count),
        };
        let is_crowded = |count: usize| usize::from(count > self.limits.namespace);
        self.crowded = self.crowded + is_crowded(count) - is_crowded(known);
    }

    /// Everything is known: from now on room is given away.
    pub fn open(&mut self) {
        self.is_open = true;
        self.is_stale = true;
    }

    /// Not everything is known any more: nothing is given away, and nothing has to go.
    pub fn close(&mut self) {
        self.is_open = false;
        self.shares = Some(Shares::default());
    }

    /// Whether room is given away.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// Whether who has room has been worked out, and nothing has changed since.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.is_open && !self.is_stale
    }

    /// Whether more is claimed than there is room for.
    #[must_use]
    pub fn is_tight(&self) -> bool {
        self.items.order.len() + self.waiting.len() > self.limits.total || self.crowded > 0
    }

    /// Whether a finding may become an object now.
    #[must_use]
    pub fn grants(&self, identity: &Identity) -> bool {
        match &self.shares {
            Some(shares) => shares.granted.contains(identity),
            None => !self.is_tight(),
        }
    }

    /// Whether an item has to make room.
    #[must_use]
    pub fn evicts(&self, identity: &Identity) -> bool {
        self.shares.as_ref().is_some_and(|shares| shares.evicted.contains(identity))
    }

    /// How many findings there is no room for.
    #[must_use]
    pub fn cut(&self) -> usize {
        self.cut.total
    }

    /// Of how many of them a policy asks for.
    #[must_use]
    pub fn cut_of(&self, policy: &str) -> usize {
        self.cut.by_policy.get(policy).copied().unwrap_or_default()
    }

    /// Gives away the room anew, if anything has changed. The answer is what is to be planned again.
    pub fn share(&mut self) -> Vec<Identity> {
        if !self.is_open || !mem::take(&mut self.is_stale) {
            return Vec::new();
        }
        let (shares, cut) = self.is_tight().then(|| self.work_out()).unzip();
        self.cut = cut.unwrap_or_default();
        match (mem::replace(&mut self.shares, shares), &self.shares) {
            (None, None) => Vec::new(),
            (None, Some(shares)) => {
                self.all_waiting().chain(shares.evicted.iter().cloned()).collect()
            }
            (Some(shares), None) => self.all_waiting().chain(shares.evicted).collect(),
            (Some(old), Some(new)) => {
                let granted = old.granted.symmetric_difference(&new.granted);
                granted.chain(old.evicted.symmetric_difference(&new.evicted)).cloned().collect()
            }
        }
    }

    fn all_waiting(&self) -> impl Iterator<Item = Identity> {
        self.waiting.iter().map(|waits| waits.identity())
    }

    /// Goes through all claims in their order, as long as there is room.
    fn work_out(&self) -> (Shares, Cut) {
        let home = |target| Target::home(target, &self.own_namespace);
        let mut division = Division::new(self.limits);
        let objects = self.items.order.iter();
        objects.clone().for_each(|(_, (_, target))| division.is_there(home(target)));
        let mut waiting = self.waiting.iter().peekable();
        for (rank, identity) in objects {
            while division.has_room()
                && let Some(waits) = waiting.next_if(|waits| !rank.precedes(waits.severity()))
            {
                division.grant(&waits, home(waits.target()));
            }
            division.keep(rank, identity, home(&identity.1));
        }
        while division.has_room()
            && let Some(waits) = waiting.next()
        {
            division.grant(&waits, home(waits.target()));
        }
        division.end(self.waiting.count())
    }
}
