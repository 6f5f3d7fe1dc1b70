//! What is open, for how long, and what became of it.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use prometheus::{Error, IntCounterVec, IntGauge, IntGaugeVec};

use crate::{
    api::{ActionItemStatus, Severity},
    items::Transition,
};

use super::{
    declare::Declare,
    tally::{NAMESPACE_SERIES, NONE, NamespaceSeries, Row, Slot, Tally},
};

/// What has gone to zero is told for this long: a graph falls to zero and does not break off.
const ZERO_IS_TOLD: Duration = Duration::from_hours(1);

/// The instruments of items.
#[derive(Debug)]
pub struct ItemMetrics {
    items: IntGaugeVec,
    overdue: IntGaugeVec,
    oldest: IntGaugeVec,
    exemption_ends: IntGaugeVec,
    by_check: IntGaugeVec,
    by_owner: IntGaugeVec,
    transitions: IntCounterVec,
    /// Findings that there is no room for.
    pub cut: IntGauge,
    /// When each series was above zero last.
    told: Mutex<BTreeMap<String, HashMap<Slot, Timestamp>>>,
}

impl ItemMetrics {
    pub(super) fn declare(counted: &Declare, declare: &Declare) -> Result<Self, Error> {
        Ok(Self {
            items: counted.gauges(
                "action_items",
                "ActionItems by namespace, severity, category and state.",
                &["namespace", "severity", "category", "state"],
            )?,
            overdue: counted.gauges(
                "action_items_overdue",
                "ActionItems that are open beyond their `status.dueAt`.",
                &["namespace", "severity"],
            )?,
            oldest: counted.gauges(
                "action_items_oldest_open_timestamp_seconds",
                "When the oldest open ActionItem was opened, in seconds since the epoch.",
                &["namespace", "severity"],
            )?,
            exemption_ends: counted.gauges(
                "exemption_earliest_end_timestamp_seconds",
                "When the first exemption ends that is in force, in seconds since the epoch; by what it \
                 comes from: `policy`, `annotation` or `decision`.",
                &["namespace", "from"],
            )?,
            by_check: counted.gauges(
                "action_items_by_check",
                "ActionItems by check, severity and state.",
                &["check", "severity", "state"],
            )?,
            by_owner: counted.gauges(
                "action_items_open_by_owner",
                "Open ActionItems by owner.",
                &["owner"],
            )?,
            transitions: transitions(declare)?,
            cut: declare
                .gauge("findings_cut", "Findings for which there is no room as an ActionItem.")?,
            told: Mutex::default(),
        })
    }

    /// Counts what happened to an item.
    pub fn transition(&self, status: &ActionItemStatus, to: Transition) {
        let severity = status.severity.map_or(NONE, Severity::as_str);
        self.transitions.with_label_values(&[severity, to.reason()]).inc();
    }

    /// Replaces all counts.
    pub(super) fn tell(&self, tally: &Tally<'_>, which: NamespaceSeries, now: Timestamp) {
        let rows = tally.rows(which);
        let gauges = [&self.items, &self.overdue, &self.oldest, &self.exemption_ends];
        gauges.into_iter().chain([&self.by_check, &self.by_owner]).for_each(IntGaugeVec::reset);
        self.tell_zeros(tally, &rows, which, now);
        for (namespace, row) in &rows {
            let Row { items, overdue, oldest, exemption_ends, .. } = row;
            for ((severity, category, state), count) in items {
                let labels = [namespace, *severity, *category, *state];
                self.items.with_label_values(&labels).set(*count);
            }
            let by_one = [
                (&self.overdue, overdue),
                (&self.oldest, oldest),
                (&self.exemption_ends, exemption_ends),
            ];
            for (gauge, values) in by_one {
                for (label, value) in values {
                    gauge.with_label_values(&[namespace, *label]).set(*value);
                }
            }
        }
        for ((check, severity, state), count) in tally.checks() {
            self.by_check.with_label_values(&[check, severity, state]).set(count);
        }
        for (owner, count) in tally.owners() {
            self.by_owner.with_label_values(&[owner]).set(count);
        }
    }

    /// Tells zero of what was more a while ago, as far as there is room.
    fn tell_zeros(
        &self,
        tally: &Tally<'_>,
        rows: &BTreeMap<&str, Row>,
        which: NamespaceSeries,
        now: Timestamp,
    ) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        for (namespace, row) in rows {
            let slots = told.entry((*namespace).to_owned()).or_default();
            slots.extend(row.items.keys().map(|slot| (*slot, now)));
        }
        let is_fresh = |last: &Timestamp| {
            Duration::try_from(now.duration_since(*last)).unwrap_or_default() < ZERO_IS_TOLD
        };
        told.retain(|namespace, slots| {
            slots.retain(|_, last| is_fresh(last));
            // What is counted with others now has no series of its own.
            let is_counted_elsewhere =
                tally.knows(namespace) && !rows.contains_key(namespace.as_str());
            !slots.is_empty() && !is_counted_elsewhere
        });
        let series: usize = rows.values().map(Row::series).sum();
        let mut room = match which {
            NamespaceSeries::All => usize::MAX,
            _ => NAMESPACE_SERIES.saturating_sub(series) / 2,
        };
        for (namespace, slots) in &*told {
            for ((severity, category, state), _) in slots.iter().filter(|(_, last)| **last != now) {
                let Some(left) = room.checked_sub(1) else { return };
                room = left;
                self.items.with_label_values(&[namespace, *severity, *category, *state]).set(0);
                self.overdue.with_label_values(&[namespace, *severity]).set(0);
            }
        }
    }
}

/// All begin at zero: what was never seen at zero has not risen.
fn transitions(declare: &Declare) -> Result<IntCounterVec, Error> {
    let transitions = declare.counters(
        "action_item_transitions_total",
        "What happened to ActionItems, by the reason of the event that tells it.",
        &["severity", "to"],
    )?;
    for severity in Severity::ALL {
        for to in Transition::ALL {
            transitions.with_label_values(&[severity.as_str(), to.reason()]);
        }
    }
    Ok(transitions)
}
