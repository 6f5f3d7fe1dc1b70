//! Which findings are worth an object, where there is no room for all of them.
//!
//! What is claimed is put in one order, and the first have room: in the namespace, and in all. The order
//! knows what is an object already, so that nothing but a worse finding ever takes its place.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    mem,
    sync::Arc,
};

use jiff::Timestamp;

use crate::{api::State, engine::Target};

use super::{Fate, Identity, Item};

/// How many items there may be, in every state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// In all.
    pub total: usize,
    /// In one namespace.
    pub namespace: usize,
}

/// What comes first has room first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// Somebody else wants the item to be there: nothing makes it go.
    Committed(Arc<str>),
    /// The check fails.
    Failing {
        /// Nobody has decided, assigned or linked anything.
        is_plain: bool,
        /// The rank of the severity.
        severity: u32,
        /// It is no object yet.
        is_new: bool,
        /// When it was first seen.
        first_seen: Timestamp,
        /// Its name.
        name: Arc<str>,
    },
    /// The item is resolved.
    Resolved {
        /// Nobody has decided, assigned or linked anything.
        is_plain: bool,
        /// When; the latest first.
        resolved_at: Reverse<Timestamp>,
        /// Its name.
        name: Arc<str>,
    },
}

/// A finding or an item that takes room, or would.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Its place in the order.
    pub rank: Rank,
    /// The namespace of the item.
    pub namespace: Arc<str>,
    /// The policies that ask for it.
    pub policies: Vec<Arc<str>>,
}

impl Rank {
    fn is_object(&self) -> bool {
        !matches!(self, Self::Failing { is_new: true, .. })
    }
}

impl Claim {
    /// What a finding with this fate, or its item, claims; `None` where there is neither. `name` is
    /// that of the item that there would be.
    #[must_use]
    pub fn of(
        fate: &Fate,
        item: Option<&Item>,
        namespace: &Arc<str>,
        name: impl FnOnce() -> String,
    ) -> Option<Self> {
        let policies = match fate {
            Fate::Fail(failing) => failing.wanted.policies.clone(),
            Fate::Resolve(_) | Fate::Leave => Vec::new(),
        };
        let rank = match (fate, item) {
            (_, Some(item)) if item.is_committed => Rank::Committed(Arc::clone(&item.name)),
            (Fate::Fail(failing), None) => Rank::Failing {
                is_plain: true,
                severity: failing.acceptance.severity.rank(),
                is_new: true,
                first_seen: Timestamp::MAX,
                name: name().into(),
            },
            (Fate::Fail(failing), Some(item)) => fails(item, failing.acceptance.severity.rank()),
            (Fate::Leave, Some(item)) if item.status.state != Some(State::Resolved) => {
                fails(item, item.status.severity_rank.unwrap_or(u32::MAX))
            }
            (Fate::Resolve(_) | Fate::Leave, Some(item)) => Rank::Resolved {
                is_plain: !item.is_triaged,
                resolved_at: Reverse(
                    item.status.resolved_at.as_ref().map_or(Timestamp::MAX, |time| time.0),
                ),
                name: Arc::clone(&item.name),
            },
            (Fate::Resolve(_) | Fate::Leave, None) => return None,
        };
        Some(Self { rank, namespace: Arc::clone(namespace), policies })
    }
}

fn fails(item: &Item, severity: u32) -> Rank {
    Rank::Failing {
        is_plain: !item.is_triaged,
        severity,
        is_new: false,
        first_seen: item.status.first_seen.as_ref().map_or(Timestamp::MAX, |time| time.0),
        name: Arc::clone(&item.name),
    }
}

/// All that takes room, or would.
#[derive(Debug)]
pub struct Budget {
    limits: Limits,
    claims: HashMap<Target, BTreeMap<Arc<str>, Claim>>,
    order: BTreeMap<(Rank, Identity), Arc<str>>,
    namespaces: HashMap<Arc<str>, usize>,
    /// How many namespaces have more claims than room.
    crowded: usize,
    is_open: bool,
    is_stale: bool,
    /// Who has room; absent as long as all have.
    shares: Option<Shares>,
}

/// Who has room.
#[derive(Debug, Default)]
struct Shares {
    /// What may become an object now.
    granted: HashSet<Identity>,
    /// Items that have to go.
    evicted: HashSet<Identity>,
    /// How many findings there is no room for, in all and by policy.
    cut: usize,
    cut_by_policy: HashMap<Arc<str>, usize>,
}

impl Budget {
    /// Nothing is claimed, and nothing granted until everything is known.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            claims: HashMap::new(),
            order: BTreeMap::new(),
            namespaces: HashMap::new(),
            crowded: 0,
            is_open: false,
            is_stale: false,
            shares: None,
        }
    }

    /// How many items there may be.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Replaces a claim; `None` takes it back.
    pub fn claim(&mut self, identity: &Identity, claim: Option<Claim>) {
        if self.claim_of(identity) == claim.as_ref() {
            return;
        }
        self.is_stale = true;
        let (check, target) = identity;
        let known = self.claims.get_mut(target).and_then(|checks| checks.remove(check));
        if let Some(known) = known {
            self.order.remove(&(known.rank, identity.clone()));
            self.count(&known.namespace, |count| count.saturating_sub(1));
        }
        if let Some(claim) = claim {
            let namespace = Arc::clone(&claim.namespace);
            self.count(&namespace, |count| count + 1);
            self.order.insert((claim.rank.clone(), identity.clone()), namespace);
            self.claims.entry(target.clone()).or_default().insert(Arc::clone(check), claim);
        } else if self.claims.get(target).is_some_and(BTreeMap::is_empty) {
            self.claims.remove(target);
        }
    }

    /// Takes back what is claimed for a target by other checks than these.
    pub fn keep_only(&mut self, target: &Target, checks: &BTreeSet<Arc<str>>) {
        let known = self.claims.get(target).into_iter().flat_map(BTreeMap::keys);
        let gone: Vec<_> = known.filter(|check| !checks.contains(*check)).cloned().collect();
        gone.into_iter().for_each(|check| self.claim(&(check, target.clone()), None));
    }

    fn claim_of(&self, (check, target): &Identity) -> Option<&Claim> {
        self.claims.get(target)?.get(check)
    }

    fn count(&mut self, namespace: &Arc<str>, change: impl Fn(usize) -> usize) {
        let count = self.namespaces.entry(Arc::clone(namespace)).or_default();
        let (before, after) = (*count, change(*count));
        *count = after;
        if after == 0 {
            self.namespaces.remove(namespace);
        }
        let is_crowded = |count: usize| usize::from(count > self.limits.namespace);
        self.crowded = self.crowded + is_crowded(after) - is_crowded(before);
    }

    /// Everything is known: from now on room is given away. The answer is what waits for that.
    pub fn open(&mut self) -> Vec<Identity> {
        if mem::replace(&mut self.is_open, true) {
            return Vec::new();
        }
        self.is_stale = true;
        self.new_ones().cloned().collect()
    }

    /// Not everything is known any more: nothing new is given away.
    pub fn close(&mut self) {
        self.is_open = false;
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
        self.order.len() > self.limits.total || self.crowded > 0
    }

    /// Whether a finding may become an object now.
    #[must_use]
    pub fn grants(&self, identity: &Identity) -> bool {
        self.is_open
            && match &self.shares {
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
        self.shares.as_ref().map_or(0, |shares| shares.cut)
    }

    /// Of how many of them a policy asks for.
    #[must_use]
    pub fn cut_of(&self, policy: &str) -> usize {
        let shares = self.shares.as_ref();
        shares.and_then(|shares| shares.cut_by_policy.get(policy)).copied().unwrap_or_default()
    }

    /// Gives away the room anew, if anything has changed. The answer is what is to be planned again.
    pub fn share(&mut self) -> Vec<Identity> {
        if !self.is_open || !mem::take(&mut self.is_stale) {
            return Vec::new();
        }
        let shares = self.is_tight().then(|| self.work_out());
        match (mem::replace(&mut self.shares, shares), &self.shares) {
            (None, None) => Vec::new(),
            (None, Some(new)) => self.new_ones().chain(&new.evicted).cloned().collect(),
            (Some(old), None) => self.new_ones().chain(&old.evicted).cloned().collect(),
            (Some(old), Some(new)) => {
                let granted = old.granted.symmetric_difference(&new.granted);
                granted.chain(old.evicted.symmetric_difference(&new.evicted)).cloned().collect()
            }
        }
    }

    fn new_ones(&self) -> impl Iterator<Item = &Identity> {
        let new = self.order.keys().filter(|(rank, _)| !rank.is_object());
        new.map(|(_, identity)| identity)
    }

    fn work_out(&self) -> Shares {
        let mut shares = Shares::default();
        let (mut room, mut places) = (Room::new(self.limits), Room::new(self.limits));
        let objects = self.order.iter().filter(|((rank, _), _)| rank.is_object());
        objects.for_each(|(_, namespace)| places.take(namespace));
        for ((rank, identity), namespace) in &self.order {
            let is_new = !rank.is_object();
            if matches!(rank, Rank::Committed(_)) || room.is_there(namespace) {
                room.take(namespace);
                // What has to go first may still be there.
                if is_new && places.is_there(namespace) {
                    places.take(namespace);
                    shares.granted.insert(identity.clone());
                }
            } else if is_new {
                shares.cut += 1;
                let policies = self.claim_of(identity).map(|claim| &claim.policies);
                for policy in policies.into_iter().flatten() {
                    *shares.cut_by_policy.entry(Arc::clone(policy)).or_default() += 1;
                }
            } else {
                shares.evicted.insert(identity.clone());
            }
        }
        shares
    }
}

/// The room that is left.
struct Room<'a> {
    limits: Limits,
    taken: usize,
    namespaces: HashMap<&'a str, usize>,
}

impl<'a> Room<'a> {
    fn new(limits: Limits) -> Self {
        Self { limits, taken: 0, namespaces: HashMap::new() }
    }

    fn is_there(&self, namespace: &str) -> bool {
        let taken = self.namespaces.get(namespace).copied().unwrap_or_default();
        self.taken < self.limits.total && taken < self.limits.namespace
    }

    fn take(&mut self, namespace: &'a str) {
        self.taken += 1;
        *self.namespaces.entry(namespace).or_default() += 1;
    }
}
