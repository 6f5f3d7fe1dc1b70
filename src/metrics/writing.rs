//! What is written, and what waits to be.

use prometheus::{Error, Gauge, IntCounter, IntCounterVec, IntGauge};

use super::declare::Declare;

/// The instruments of writing.
#[derive(Debug)]
pub struct WritingMetrics {
    /// Writes that wait.
    pub queue: IntGauge,
    /// How long the oldest write has waited, in seconds.
    pub oldest: Gauge,
    /// Writes that are tried again.
    pub retries: IntCounter,
    /// Writes by how they ended.
    pub ended: IntCounterVec,
    /// Events by how they ended.
    pub events: IntCounterVec,
    /// Names of items that two identities hash to.
    pub collisions: IntCounter,
    /// Foreign objects that stood on the names of items.
    pub foreign: IntCounter,
}

impl WritingMetrics {
    pub(super) fn declare(declare: &Declare) -> Result<Self, Error> {
        Ok(Self {
            queue: declare.gauge(
                "write_queue_length",
                "Writes of ActionItems that wait, those that are tried again included.",
            )?,
            oldest: declare.seconds(
                "write_queue_oldest_seconds",
                "How long the oldest of them has waited, in seconds; 0 when none waits.",
            )?,
            retries: declare
                .counter("write_retries_total", "Writes of ActionItems that are tried again.")?,
            ended: declare.counters(
                "writes_total",
                "Writes of ActionItems by how they ended.",
                &["result"],
            )?,
            events: declare.counters(
                "events_total",
                "Events by how they ended; `dropped`: beyond the budget, or in a namespace that ends.",
                &["result"],
            )?,
            collisions: declare
                .counter("item_name_collisions_total", "Names that two identities hash to.")?,
            foreign: declare
                .counter("foreign_items_total", "Foreign objects found on the names of items.")?,
        })
    }
}
