//! Properties of the budget: whatever is found, decided and repaired, there are never more items than
//! may be, those are there that come first, and who starts anew finds nothing to change.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use holystone::{
    api::Severity,
    engine::Target,
    items::{Budget, Claim, Identity, Limits, Rank},
};
use jiff::Timestamp;
use proptest::prelude::*;

const LIMITS: Limits = Limits { total: 6, namespace: 3 };
const POLICY: &str = "baseline";

/// What there is about one check and one object.
#[derive(Clone, Debug, Default, PartialEq)]
struct Finding {
    fails: bool,
    severity: u32,
    is_triaged: bool,
    is_committed: bool,
    /// Since when there is an item; since when it is resolved.
    item: Option<i64>,
    resolved: Option<i64>,
}

/// What happens to a finding.
#[derive(Clone, Debug)]
enum Event {
    Fails(u32),
    Passes,
    Triaged,
    Committed,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        8 => (1..4_u32).prop_map(Event::Fails),
        4 => Just(Event::Passes),
        1 => Just(Event::Triaged),
        1 => Just(Event::Committed),
    ]
}

/// Namespace, number, and what happens there: a number is one of two checks about an object.
fn events(most: usize) -> impl Strategy<Value = Vec<(usize, u8, Event)>> {
    prop::collection::vec((0..3_usize, 0..5_u8, event()), 0..most)
}

type Key = (usize, u8);

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn identity((namespace, number): Key) -> Identity {
    let target = Target {
        group: "apps".into(),
        kind: "Deployment".into(),
        namespace: format!("ns-{namespace}").into(),
        name: format!("web-{}", number / 2).into(),
    };
    (format!("check-{}", number % 2).into(), target)
}

impl Finding {
    fn claim(&self, (namespace, number): Key) -> Option<Claim> {
        let name: Arc<str> = format!("web-{number}-{namespace}").into();
        let is_plain = !self.is_triaged;
        let severity = Severity::ALL[self.severity as usize];
        match self.item {
            Some(_) if self.is_committed => Some(Claim::Item(Rank::Committed(name))),
            Some(seen) if self.fails => {
                let (severity, first_seen) = (severity.rank(), at(seen));
                Some(Claim::Item(Rank::Failing { is_plain, severity, first_seen, name }))
            }
            Some(_) => {
                let resolved_at = Reverse(at(self.resolved.unwrap_or_default()));
                Some(Claim::Item(Rank::Resolved { is_plain, resolved_at, name }))
            }
            None if self.fails => Some(Claim::New { severity, policies: vec![POLICY.into()] }),
            None => None,
        }
    }

    /// What comes first is less: what is committed, triaged, worse, an item, older, and by name.
    fn place(&self, (_, number): Key) -> Option<(u8, bool, u32, bool, i64, u8)> {
        let name = number / 2;
        let is_plain = !self.is_triaged;
        match self.item {
            Some(_) if self.is_committed => Some((0, false, 0, false, 0, name)),
            Some(seen) if self.fails => Some((1, is_plain, self.severity, false, seen, name)),
            Some(_) => Some((2, is_plain, 0, false, -self.resolved.unwrap_or_default(), name)),
            None if self.fails => Some((1, true, self.severity, true, 0, name)),
            None => None,
        }
    }
}

/// A server with items, and a controller that keeps within the budget.
struct World {
    findings: BTreeMap<Key, Finding>,
    budget: Budget,
    clock: i64,
    writes: usize,
}

impl World {
    fn new() -> Self {
        let mut budget = Budget::new(LIMITS, "holystone-system".into());
        budget.open();
        Self { findings: BTreeMap::new(), budget, clock: 0, writes: 0 }
    }

    fn happens(&mut self, key: Key, event: &Event) {
        self.clock += 1;
        let finding = self.findings.entry(key).or_default();
        match event {
            Event::Fails(severity) => {
                (finding.fails, finding.severity, finding.resolved) = (true, *severity, None);
            }
            Event::Passes => {
                finding.fails = false;
                finding.resolved.get_or_insert(self.clock);
            }
            Event::Triaged => finding.is_triaged = finding.item.is_some(),
            Event::Committed => {
                finding.is_committed = true;
                finding.item.get_or_insert(self.clock);
            }
        }
        self.claim(key);
    }

    fn claim(&mut self, key: Key) {
        let claim = self.findings.get(&key).and_then(|finding| finding.claim(key));
        self.budget.claim(&identity(key), claim);
    }

    /// Does what the budget says until there is nothing left to do.
    fn settle(&mut self) {
        for _ in 0..50 {
            self.budget.share();
            let writes = self.step();
            if writes == 0 {
                return;
            }
            self.writes += writes;
        }
        panic!("the budget never comes to rest");
    }

    fn step(&mut self) -> usize {
        let (mut writes, most) = (0, self.items().max(LIMITS.total));
        let keys: Vec<Key> = self.findings.keys().copied().collect();
        for key in keys {
            let (id, finding) = (identity(key), self.findings.get_mut(&key).unwrap());
            if finding.item.is_some() && self.budget.evicts(&id) {
                assert!(!finding.is_committed);
                (finding.item, finding.is_triaged) = (None, false);
            } else if finding.item.is_none() && finding.fails && self.budget.grants(&id) {
                self.clock += 1;
                finding.item = Some(self.clock);
            } else {
                continue;
            }
            writes += 1;
            self.claim(key);
        }
        assert!(self.items() <= most, "there were {most} items, and now {}", self.items());
        writes
    }

    fn items(&self) -> usize {
        self.findings.values().filter(|finding| finding.item.is_some()).count()
    }

    fn objects(&self) -> BTreeSet<Key> {
        let items = self.findings.iter().filter(|(_, finding)| finding.item.is_some());
        items.map(|(key, _)| *key).collect()
    }

    /// Those that come first, one by one.
    fn expected(&self) -> BTreeSet<Key> {
        let ranked = self.findings.iter().filter_map(|(key, of)| Some((of.place(*key)?, *key, of)));
        let mut ranked: Vec<_> = ranked.collect();
        ranked.sort_by_key(|(place, key, _)| (*place, *key));
        let (mut expected, mut inside) = (BTreeSet::new(), HashMap::<usize, usize>::new());
        for (_, key, finding) in ranked {
            let count = inside.entry(key.0).or_default();
            let is_room = expected.len() < LIMITS.total && *count < LIMITS.namespace;
            if is_room || (finding.is_committed && finding.item.is_some()) {
                expected.insert(key);
                *count += 1;
            }
        }
        expected
    }
}

proptest! {
    #[test]
    fn those_are_there_that_come_first(events in events(60)) {
        let mut world = World::new();
        for (namespace, number, event) in events {
            world.happens((namespace, number), &event);
            world.settle();
            prop_assert_eq!(world.objects(), world.expected());
            let cut = world.findings.values().filter(|of| of.fails && of.item.is_none()).count();
            prop_assert_eq!((world.budget.cut(), world.budget.cut_of(POLICY)), (cut, cut));
        }
    }

    #[test]
    fn a_new_process_changes_nothing(events in events(60), seed in any::<u64>()) {
        let mut world = World::new();
        for (namespace, number, event) in events {
            world.happens((namespace, number), &event);
            world.settle();
        }
        let before = world.objects();
        let mut keys: Vec<Key> = world.findings.keys().copied().collect();
        let count = keys.len().max(1);
        keys.rotate_left(usize::try_from(seed).unwrap_or(7) % count);
        (world.budget, world.writes) = (Budget::new(LIMITS, "holystone-system".into()), 0);
        keys.into_iter().for_each(|key| world.claim(key));
        world.settle();
        prop_assert_eq!(world.writes, 0, "nothing is given away before everything is known");
        world.budget.open();
        world.settle();
        prop_assert_eq!((world.writes, world.objects()), (0, before));
    }

    #[test]
    fn the_order_in_which_findings_are_seen_does_not_matter(
        mut events in events(40),
        seed in any::<u64>(),
    ) {
        events.retain(|(_, _, event)| matches!(event, Event::Fails(_)));
        let fresh = |events: &[(usize, u8, Event)]| {
            let mut world = World::new();
            world.budget = Budget::new(LIMITS, "holystone-system".into());
            events.iter().for_each(|(namespace, number, event)| {
                world.happens((*namespace, *number), event);
            });
            world.budget.open();
            world.settle();
            world.objects()
        };
        // The last word about each counts.
        let last: BTreeMap<Key, Event> =
            events.into_iter().map(|(namespace, number, event)| ((namespace, number), event)).collect();
        let mut events: Vec<_> = last.into_iter().map(|((a, b), event)| (a, b, event)).collect();
        let first = fresh(&events);
        let count = events.len().max(1);
        events.rotate_left(usize::try_from(seed).unwrap_or(7) % count);
        events.reverse();
        prop_assert_eq!(fresh(&events), first);
    }
}

#[test]
fn resolved_items_go_first_and_the_oldest_of_them() {
    let mut world = World::new();
    for number in 0..3 {
        world.happens((0, number), &Event::Fails(3));
        world.settle();
    }
    for number in [1, 0] {
        world.happens((0, number), &Event::Passes);
    }
    world.settle();
    assert_eq!(world.objects(), [(0, 0), (0, 1), (0, 2)].into());
    world.happens((0, 3), &Event::Fails(3));
    world.settle();
    assert_eq!(world.objects(), [(0, 0), (0, 2), (0, 3)].into());
    // The same severity never takes the place of what is there.
    world.happens((0, 4), &Event::Fails(3));
    world.happens((0, 1), &Event::Fails(3));
    world.settle();
    assert_eq!(world.budget.cut(), 1);
    let there = world.objects();
    world.happens((0, 0), &Event::Fails(1));
    world.settle();
    assert_eq!((world.objects().len(), world.budget.cut()), (3, 2));
    assert!(world.objects().contains(&(0, 0)) && !there.contains(&(0, 0)));
}
