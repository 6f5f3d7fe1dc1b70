//! Counts items, and chooses what of it is exported: the number of series has a bound.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
};

use jiff::Timestamp;

use crate::{
    api::{ActionItemStatus, ExemptionOrigin, Severity, State},
    checks::Category,
};

/// The label of what is counted together because there is no room for each.
pub const OTHER: &str = "(other)";
/// The label of what is counted together because that is asked for.
const ALL: &str = "(all)";
/// The label of what has none.
pub(super) const NONE: &str = "(none)";
/// Series of namespaces, of checks, and owners.
pub(super) const NAMESPACE_SERIES: usize = 700;
const CHECK_SERIES: usize = 250;
const OWNERS: usize = 25;
/// Checks that cannot answer.
const UNANSWERED: usize = 50;

/// Which namespaces have series of their own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum NamespaceSeries {
    /// Those with the worst findings, as far as there is room; the rest is `(other)`.
    #[default]
    Top,
    /// Each, however many there are.
    All,
    /// None: everything is `(all)`.
    None,
}

/// Severity, category and state of items.
pub(super) type Slot = (&'static str, &'static str, &'static str);

/// What is counted of a namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) items: BTreeMap<Slot, i64>,
    /// Open items beyond their time, and when the oldest open one was opened, by severity.
    pub(super) overdue: BTreeMap<&'static str, i64>,
    pub(super) oldest: BTreeMap<&'static str, i64>,
    /// When the first exemption ends, by what it comes from.
    pub(super) exemption_ends: BTreeMap<&'static str, i64>,
    /// Open items, the worst severity first.
    open: [i64; Severity::ALL.len()],
}

impl Row {
    pub(super) fn series(&self) -> usize {
        self.items.len() + self.overdue.len() + self.oldest.len() + self.exemption_ends.len()
    }

    fn join(&mut self, other: &Self) {
        add(&mut self.items, &other.items);
        add(&mut self.overdue, &other.overdue);
        earliest(&mut self.oldest, &other.oldest);
        earliest(&mut self.exemption_ends, &other.exemption_ends);
    }
}

fn add<K: Ord + Copy>(sums: &mut BTreeMap<K, i64>, more: &BTreeMap<K, i64>) {
    more.iter().for_each(|(key, count)| *sums.entry(*key).or_default() += count);
}

fn earliest<K: Ord + Copy>(times: &mut BTreeMap<K, i64>, more: &BTreeMap<K, i64>) {
    more.iter().for_each(|(key, time)| note(times, *key, *time));
}

fn note<K: Ord>(times: &mut BTreeMap<K, i64>, key: K, time: i64) {
    times.entry(key).and_modify(|known| *known = time.min(*known)).or_insert(time);
}

/// What all items come to.
#[derive(Debug, Default)]
pub struct Tally<'a> {
    namespaces: HashMap<&'a str, Row>,
    /// By check, and by severity and state.
    checks: HashMap<&'a str, BTreeMap<(&'static str, &'static str), i64>>,
    /// Open items by owner.
    owners: HashMap<&'a str, i64>,
}

impl<'a> Tally<'a> {
    /// Counts an item.
    pub fn add(
        &mut self,
        namespace: &'a str,
        check: &'a str,
        status: &'a ActionItemStatus,
        now: Timestamp,
    ) {
        let severity = status.severity.map_or(NONE, Severity::as_str);
        let state = status.state.unwrap_or(State::Pending);
        let category = category(status.category.as_deref());
        let row = self.namespaces.entry(namespace).or_default();
        *row.items.entry((severity, category, state.as_str())).or_default() += 1;
        *self.checks.entry(check).or_default().entry((severity, state.as_str())).or_default() += 1;
        let overdue = row.overdue.entry(severity).or_default();
        match (state, &status.exemption) {
            (State::Open, _) => {
                *overdue += i64::from(status.is_overdue(now));
                if let Some(opened) = &status.opened_at {
                    note(&mut row.oldest, severity, opened.0.as_second());
                }
                let place = status.severity.map_or(Severity::ALL.len(), |it| it.rank() as usize);
                row.open[place - 1] += 1;
                *self.owners.entry(owner(status.owner.as_deref())).or_default() += 1;
            }
            (State::Exempt, Some(exemption)) => {
                let from = source(exemption.from.as_deref());
                if let Some(until) = &exemption.until {
                    note(&mut row.exemption_ends, from, until.0.as_second());
                }
            }
            _ => {}
        }
    }

    /// The namespaces that have series of their own, and what the others come to.
    pub(super) fn rows(&self, which: NamespaceSeries) -> BTreeMap<&'a str, Row> {
        let mut room = match which {
            NamespaceSeries::Top => self.room(),
            NamespaceSeries::All => usize::MAX,
            NamespaceSeries::None => 0,
        };
        let rest = if which == NamespaceSeries::None { ALL } else { OTHER };
        let mut worst_first: Vec<_> = self.namespaces.iter().collect();
        worst_first.sort_unstable_by_key(|(namespace, row)| (Reverse(row.open), **namespace));
        let mut rows = BTreeMap::new();
        for (namespace, row) in worst_first {
            // Once one does not fit none does, so that the order is a true one.
            room = room.saturating_sub(row.series());
            match room {
                0 => rows.entry(rest).or_insert_with(Row::default).join(row),
                _ => _ = rows.insert(namespace, row.clone()),
            }
        }
        rows
    }

    /// How many series there may be of single namespaces.
    fn room(&self) -> usize {
        let mut all = Row::default();
        let mut series = 0;
        for row in self.namespaces.values() {
            series += row.series();
            all.join(row);
        }
        match series <= NAMESPACE_SERIES {
            true => usize::MAX,
            // Any rest has at most the series of everything.
            false => NAMESPACE_SERIES.saturating_sub(all.series()),
        }
    }

    /// Whether there is anything in a namespace.
    pub(super) fn knows(&self, namespace: &str) -> bool {
        self.namespaces.contains_key(namespace)
    }

    /// The checks that most is open of, and what the others come to.
    pub(super) fn checks(&self) -> BTreeMap<(&'a str, &'static str, &'static str), i64> {
        let each = self.checks.iter().flat_map(|(check, counts)| {
            counts.iter().map(move |((severity, state), count)| (*check, *severity, *state, *count))
        });
        let mut most_first: Vec<_> = each.collect();
        most_first.sort_unstable_by_key(|(check, severity, state, count)| {
            (*state != State::Open.as_str(), Reverse(*count), *check, *severity, *state)
        });
        let rest = Severity::ALL.len() * State::ALL.len() + State::ALL.len();
        let is_tight = most_first.len() > CHECK_SERIES;
        let room = if is_tight { CHECK_SERIES - rest } else { CHECK_SERIES };
        let mut checks = BTreeMap::new();
        for (place, (check, severity, state, count)) in most_first.into_iter().enumerate() {
            let check = if place < room { check } else { OTHER };
            *checks.entry((check, severity, state)).or_default() += count;
        }
        checks
    }

    /// The owners of most open items, and what the others come to.
    pub(super) fn owners(&self) -> BTreeMap<&'a str, i64> {
        most(&self.owners, OWNERS)
    }
}

/// The largest counts, and what the others come to.
pub(super) fn most<'a>(counts: &HashMap<&'a str, i64>, room: usize) -> BTreeMap<&'a str, i64> {
    let mut most_first: Vec<_> = counts.iter().collect();
    most_first.sort_unstable_by_key(|(name, count)| (Reverse(**count), **name));
    let mut kept = BTreeMap::new();
    for (place, (name, count)) in most_first.into_iter().enumerate() {
        *kept.entry(if place < room { *name } else { OTHER }).or_default() += count;
    }
    kept
}

/// The checks that cannot answer about most objects, and what the others come to.
pub(super) fn unanswered<'a>(counts: &HashMap<&'a str, i64>) -> BTreeMap<&'a str, i64> {
    most(counts, UNANSWERED)
}

/// A custom check may name any category.
fn category(name: Option<&str>) -> &'static str {
    let known = Category::ALL.into_iter().map(Category::as_str);
    name.map_or(NONE, |name| known.into_iter().find(|known| *known == name).unwrap_or(OTHER))
}

/// What an exemption comes from.
fn source(name: Option<&str>) -> &'static str {
    name.and_then(ExemptionOrigin::parse).map_or(OTHER, ExemptionOrigin::as_str)
}

/// What people call an owner, if it is a word: an annotation may hold any text.
fn owner(name: Option<&str>) -> &str {
    let is_word = |name: &&str| {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "@._+:/-".contains(c);
        name.len() <= 63 && name.chars().all(is_plain)
    };
    match name {
        None | Some("") => NONE,
        Some(name) => Some(name).filter(is_word).unwrap_or(OTHER),
    }
}
