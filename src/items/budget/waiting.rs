//! Findings that are no items yet. There may be a hundred times as many as items, so that each is kept
//! in a few bytes.

use std::{
    cmp::Ordering,
    collections::{BTreeSet, HashMap},
    hash::Hash,
    iter,
    sync::Arc,
};

use crate::{api::Severity, engine::Target, items::Identity};

use super::division::Cut;

/// All findings that are no items, in the order in which they become some: by severity, then by object,
/// then by check.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    order: BTreeSet<Place>,
    targets: HashMap<Arc<Target>, Vec<Entry>>,
    checks: Numbered<Arc<str>>,
    policies: Numbered<Vec<Arc<str>>>,
    /// How many there are, by the number of the policies.
    counts: Vec<usize>,
}

/// A finding of a target.
#[derive(Clone, Copy, Debug)]
struct Entry {
    check: u32,
    policies: u32,
    severity: Severity,
}

/// The findings of one severity of a target, in the order: by severity, then by the name of the object.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    /// The rank of the severity in one byte, and how the name of the object begins: most others differ in
    /// that.
    first: u64,
    target: Arc<Target>,
}

/// A finding that waits.
pub(super) struct Waits<'a> {
    all: &'a Waiting,
    target: &'a Target,
    entry: Entry,
}

impl<'a> Waits<'a> {
    /// The rank of its severity.
    pub(super) fn severity(&self) -> u32 {
        self.entry.severity.rank()
    }

    pub(super) fn target(&self) -> &'a Target {
        self.target
    }

    pub(super) fn identity(&self) -> Identity {
        (Arc::clone(self.check()), self.target.clone())
    }

    /// The policies that ask for it.
    pub(super) fn policies(&self) -> &'a [Arc<str>] {
        self.all.policies.get(self.entry.policies)
    }

    fn check(&self) -> &'a Arc<str> {
        self.all.checks.get(self.entry.check)
    }
}

impl Waiting {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.counts.iter().sum()
    }

    /// How many there are, in all and by policy.
    pub(super) fn count(&self) -> Cut {
        let mut cut = Cut { total: self.len(), ..Cut::default() };
        for (policies, count) in self.policies.values.iter().zip(&self.counts) {
            for policy in policies {
                *cut.by_policy.entry(Arc::clone(policy)).or_default() += count;
            }
        }
        cut
    }

    /// Whether exactly this is known of a finding.
    pub(super) fn holds(
        &self,
        identity: &Identity,
        severity: Severity,
        policies: &[Arc<str>],
    ) -> bool {
        let (check, target) = identity;
        let check = self.checks.find(check);
        check.and_then(|check| self.entry(target, check)).is_some_and(|entry| {
            entry.severity == severity && self.policies.get(entry.policies) == policies
        })
    }

    fn entry(&self, target: &Target, check: u32) -> Option<&Entry> {
        self.targets.get(target)?.iter().find(|entry| entry.check == check)
    }

    /// The checks that something is found by, about a target.
    pub(super) fn checks_of(&self, target: &Target) -> impl Iterator<Item = &Arc<str>> {
        let entries = self.targets.get(target).into_iter().flatten();
        entries.map(|entry| self.checks.get(entry.check))
    }

    /// Adds a finding that is not there.
    pub(super) fn insert(
        &mut self,
        identity: &Identity,
        severity: Severity,
        policies: Vec<Arc<str>>,
    ) {
        let (check, target) = identity;
        let (check, policies) =
            (self.checks.number(Arc::clone(check)), self.policies.number(policies));
        let known = self.targets.get_key_value(target).map(|(known, _)| Arc::clone(known));
        let target = known.unwrap_or_else(|| Arc::new(target.clone()));
        self.order.insert(Place::of(severity, Arc::clone(&target)));
        self.targets.entry(target).or_default().push(Entry { check, policies, severity });
        self.counts.resize(self.policies.values.len(), 0);
        self.counts[policies as usize] += 1;
    }

    /// Takes out a finding; whether it was there.
    pub(super) fn remove(&mut self, identity: &Identity) -> bool {
        self.take(identity).is_some()
    }

    fn take(&mut self, identity: &Identity) -> Option<()> {
        let (check, target) = identity;
        let check = self.checks.find(check)?;
        let known = Arc::clone(self.targets.get_key_value(target)?.0);
        let entries = self.targets.get_mut(target)?;
        let index = entries.iter().position(|entry| entry.check == check)?;
        let Entry { policies, severity, .. } = entries.swap_remove(index);
        if entries.iter().all(|entry| entry.severity != severity) {
            self.order.remove(&Place::of(severity, known));
        }
        if entries.is_empty() {
            self.targets.remove(target);
        }
        self.counts[policies as usize] -= 1;
        Some(())
    }

    /// All, in their order.
    pub(super) fn iter(&self) -> impl Iterator<Item = Waits<'_>> {
        self.order.iter().flat_map(|place| self.at(place))
    }

    fn at<'a>(&'a self, place: &'a Place) -> Vec<Waits<'a>> {
        let target = &*place.target;
        let entries = self.targets.get(target).into_iter().flatten();
        let equal = entries.filter(|entry| entry.severity.rank() == place.severity());
        let waits = equal.map(|entry| Waits { all: self, target, entry: *entry });
        let mut waits: Vec<_> = waits.collect();
        waits.sort_unstable_by_key(Waits::check);
        waits
    }
}

impl Place {
    fn of(severity: Severity, target: Arc<Target>) -> Self {
        let mut first = [0; 8];
        let bytes = iter::once(severity.rank() as u8).chain(target.name.bytes());
        first.iter_mut().zip(bytes).for_each(|(place, byte)| *place = byte);
        Self { first: u64::from_be_bytes(first), target }
    }

    fn severity(&self) -> u32 {
        u32::from(self.first.to_be_bytes()[0])
    }
}

impl Ord for Place {
    fn cmp(&self, other: &Self) -> Ordering {
        self.first
            .cmp(&other.first)
            .then_with(|| self.target.name.cmp(&other.target.name))
            .then_with(|| self.target.cmp(&other.target))
    }
}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Values that many have in common, by number. There are few of them, and they are kept for ever.
#[derive(Debug, Default)]
struct Numbered<T> {
    values: Vec<T>,
    numbers: HashMap<T, u32>,
}

impl<T: Clone + Eq + Hash> Numbered<T> {
    fn find(&self, value: &T) -> Option<u32> {
        self.numbers.get(value).copied()
    }

    fn number(&mut self, value: T) -> u32 {
        let next = self.values.len() as u32;
        *self.numbers.entry(value).or_insert_with_key(|value| {
            self.values.push(value.clone());
            next
        })
    }

    fn get(&self, number: u32) -> &T {
        &self.values[number as usize]
    }
}
